"""The words of the forms: what was found, and on what ground something is revoked."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

SAID: Mapping[str, Any] = {
    "outcome": _l("核查结论"), "findings": _l("核查情况"), "evidence": _l("凭证"), "ground": _l("法律依据"),
    "reason": _l("撤销的理由"),
    "outcome.help": _l("可以整改的，限期整改后再次核查一次；承诺不实的，由作出决定的部门负责人决定是否撤销。"),
    "findings.help": _l("对照承诺的条件写明查到了什么。申请人会看到；不要写个人信息。"),
    "evidence.help": _l("能证明的文书及其编号，例如：检查记录 7 号。认定不符合承诺的必须填写。"),
    "ground.help": _l("会写进撤销决定书。"),
    "reason.help": _l("会写进撤销决定书，申请人和有关部门会看到；不要写个人信息。"),
}  # fmt: skip

_LAW = "《中华人民共和国行政许可法》第六十九条"
GROUNDS: Mapping[str, str] = {
    "deceit": f"{_LAW}第二款",
    "abuse": f"{_LAW}第一款第（一）项",
    "powers": f"{_LAW}第一款第（二）项",
    "procedure": f"{_LAW}第一款第（三）项",
    "conditions": f"{_LAW}第一款第（四）项",
    "other": f"{_LAW}第一款第（五）项",
}
"""Grounds of 行政许可法 69, as the decision names them."""
_MEANS: Mapping[str, Any] = {
    "deceit": _l("以欺骗、贿赂等不正当手段取得（承诺不实）：第六十九条第二款"),
    "abuse": _l("工作人员滥用职权、玩忽职守作出：第六十九条第一款第（一）项"),
    "powers": _l("超越法定职权作出：第六十九条第一款第（二）项"),
    "procedure": _l("违反法定程序作出：第六十九条第一款第（三）项"),
    "conditions": _l("申请人不具备申请资格或者不符合法定条件：第六十九条第一款第（四）项"),
    "other": _l("依法可以撤销的其他情形：第六十九条第一款第（五）项"),
}


def grounds() -> list[tuple[str, str]]:
    """Code and words of each ground."""
    return [(code, str(words)) for code, words in _MEANS.items()]
