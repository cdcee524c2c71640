"""The words of what people answer to an escalation: questions of the forms, and what was done."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.commands import AcknowledgeEscalation, ExplainEscalation, WriteOffEscalation
from webapp.i18n import gettext as _

SAID: Mapping[str, Any] = {
    "explanation": _l("超期的情况说明"), "remark": _l("销号意见"),
    "explanation.help": _l("原因和已采取的措施；销号前可以补充，以最后一次为准。不要写个人信息。"),
    "remark.help": _l("对说明的核实情况。销号后不能再签收、说明。不要写个人信息。"),
}  # fmt: skip
"""Fields and the help of a field."""


def done(command: AcknowledgeEscalation | ExplainEscalation | WriteOffEscalation) -> str:
    """What was done."""
    if isinstance(command, AcknowledgeEscalation):
        return _("已签收。")
    return (
        _("说明已提交，已告知收到督办的岗位和效能监督。") if isinstance(command, ExplainEscalation) else _("已销号。")
    )
