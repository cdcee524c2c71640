"""The forms of sessions: their fields, how they become commands, and the words around them."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from engine.commands import (
    ArrangeSession,
    CancelSession,
    ChangeSession,
    CloseSession,
    JoinSession,
    RecordFindings,
    SessionCommand,
)  # fmt: skip
from engine.errors import BadInput, BinglianError
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import gettext as _

ABSENT = "absent-"
"""Before the code of an item, the name of the field that says why it has no findings."""

MOST_LIKE = 50
"""People looked at whose names hold what was typed."""

SAID: Mapping[str, Any] = {
    "arrange": _l("安排听证、勘验、评审、检测"), "arrange.do": _l("确定安排"),
    "record": _l("填写记录"), "record.do": _l("保存记录"), "join": _l("参加这一次"), "join.do": _l("确定参加"),
    "close": _l("结束"), "close.do": _l("确定结束"), "change": _l("变更时间、地点"), "change.do": _l("确定变更"),
    "cancel": _l("取消安排"), "cancel.do": _l("确定取消"),
    "kind": _l("特别程序"), "items": _l("参加的事项"), "planned_at": _l("时间（北京时间）"), "place": _l("地点"),
    "ground": _l("法律依据"), "expected_days": _l("预计需要的工作日"), "told_on": _l("告知听证权利的日期"),
    "asked_on": _l("申请人提出申请的日期"), "chair": _l("听证主持人"), "reason": _l("理由"),
    "item": _l("事项"), "attended": _l("到场人员"), "outcome": _l("结论"), "findings": _l("情况记录"),
    "conclusion": _l("总的结论"), "record_number": _l("笔录或报告编号"),
    "items.help": _l("选几个就是联合进行：各部门一起去一次，各自填写记录。"),
    "place.help": _l("申请人会看到。不要写个人信息。"),
    "ground.help": _l("申请人会看到。例如：行政许可法第四十六条。"),
    "expected_days.help": _l(
        "听证、专家评审、检验检测的时间不计入期限，所需时间应书面告知申请人（行政许可法第四十五条）；勘验可不填。"
    ),
    "told_on.help": _l("申请人应在被告知之日起五日内提出（行政许可法第四十七条）。依职权举行的，两个日期都不填。"),
    "asked_on.help": _l("应在申请之日起二十日内组织听证，举行七日前通知（行政许可法第四十七、四十八条）。"),
    "chair.help": _l("填写姓名或账号。应当是审查该申请的工作人员以外的人员（行政许可法第四十八条）。"),
    "attended.help": _l("写部门和职务，申请人一方写“申请人”或“代理人”，不写姓名。"),
    "findings.help": _l("需整改或不符合的，写明情况。不要写个人信息。"),
    "reason.help": _l("会告知参加的部门。不要写个人信息。"),
    "record_number.help": _l("听证、专家评审、检验检测必填。例如：听证笔录 3 号。"),
}  # fmt: skip
"""Acts, fields and the help of a field."""


@dataclass(frozen=True)
class Typed:
    """What stands in the form of an act: texts by field, the key, what is wrong with which field."""

    act: str
    values: Mapping[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    error: str = ""
    field: str = ""

    def refused(self, error: BinglianError) -> "Typed":
        """The same with the error in words at its field, and another key."""
        where = {"record": "record_number"}.get(error.where, error.where)
        known = where if where in SAID and where not in FIELDS else ""
        return replace(self, key=secrets.token_urlsafe(12), error=message_of(error), field=known)


FIELDS: Mapping[str, tuple[str, ...]] = {
    "arrange": (
        "kind", "planned_at", "place", "ground", "expected_days", "told_on", "asked_on", "chair",
    ),
    "record": ("item", "attended", "outcome", "findings"),
    "join": ("item",),
    "change": ("planned_at", "place", "expected_days", "chair", "reason"),
    "close": ("conclusion", "record_number"),
    "cancel": ("reason",),
}  # fmt: skip


def typed_now(act: str) -> Typed:
    """What was sent."""
    form = request.form
    values = {name: form.get(name, "") for name in FIELDS[act]}
    values |= {name: text for name, text in form.items() if act == "close" and name.startswith(ABSENT)}
    return Typed(act, values, tuple(form.getlist("items")), form.get("key", ""))


def account_of(text: str) -> str:
    """The account of whoever is meant by a name or an account; the engine refuses what is neither.

    BadInput when several people have the name.
    """
    text = text.strip()
    like = engine().records.people(text, (), MOST_LIKE) if text else []
    meant = [one.id for one in like if one.id == text] or [one.id for one in like if one.name == text]
    if len(meant) > 1:
        raise BadInput(
            "person.several", "有几位同名的人员，请填写账号", "several people have this name: give the account", "chair"
        )
    return meant[0] if meant else text


def command_of(case_id: str, number: str, typed: Typed) -> SessionCommand:
    """The command a form stands for."""
    return _COMMANDS[typed.act](case_id, number, typed)


def _arrange(case_id: str, number: str, typed: Typed) -> SessionCommand:
    return ArrangeSession(case_id, items=" ".join(typed.chosen), key=typed.key, **_when_and_who(typed))


def _record(case_id: str, number: str, typed: Typed) -> SessionCommand:
    return RecordFindings(case_id, number, key=typed.key, **typed.values)


def _join(case_id: str, number: str, typed: Typed) -> SessionCommand:
    return JoinSession(case_id, number, typed.values["item"], typed.key)


def _change(case_id: str, number: str, typed: Typed) -> SessionCommand:
    return ChangeSession(case_id, number, key=typed.key, **_when_and_who(typed))


def _when_and_who(typed: Typed) -> dict[str, str]:
    values = typed.values
    return {**values, "planned_at": zoned(values["planned_at"]), "chair": account_of(values["chair"])}


def _close(case_id: str, number: str, typed: Typed) -> SessionCommand:
    absent = {name.removeprefix(ABSENT): text for name, text in typed.values.items() if name.startswith(ABSENT)}
    return CloseSession(case_id, number, typed.values["conclusion"], typed.values["record_number"], absent, typed.key)


def _cancel(case_id: str, number: str, typed: Typed) -> SessionCommand:
    return CancelSession(case_id, number, typed.values["reason"], typed.key)


_COMMANDS: Mapping[str, Callable[[str, str, Typed], SessionCommand]] = {
    "arrange": _arrange, "record": _record, "join": _join, "change": _change, "close": _close, "cancel": _cancel,
}  # fmt: skip


def zoned(text: str) -> str:
    """What is typed as local time, with its zone; any other text as it is."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return at.replace(tzinfo=engine().read.calendar.zone).isoformat() if at.tzinfo is None else text


def done(act: str, name: str) -> str:
    """What was done, in words."""
    words = {
        "arrange": _("已安排：%(name)s。参加的部门和申请人会收到通知。", name=name),
        "record": _("已保存记录：%(name)s。", name=name),
        "join": _("已参加：%(name)s。", name=name),
        "change": _("已变更：%(name)s。参加的部门和申请人会收到通知。", name=name),
        "close": _("已结束：%(name)s。", name=name),
        "cancel": _("已取消：%(name)s。", name=name),
    }
    return words[act]
