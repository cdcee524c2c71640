"""The words of the acts on clocks: questions of the forms, what was done, who was first."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.commands import ExtendClock, ResumeClock, SuspendClock
from engine.errors import BinglianError
from engine.journal import Entry
from engine.reader import CaseView
from webapp.cases.clock_words import SAYS
from webapp.cases.history import people_of
from webapp.errors import message_of
from webapp.i18n import gettext as _
from webapp.words import day, instant

SAID: Mapping[str, Any] = {
    "suspend": _l("办理中止计时"), "resume": _l("恢复计时"), "extend": _l("延长期限"),
    "suspend.do": _l("确定中止计时"), "resume.do": _l("确定恢复计时"), "extend.do": _l("确定延长期限"),
    "item": _l("范围"), "procedure": _l("特别程序"), "scope": _l("中止哪些时限"), "ground": _l("法律依据"),
    "evidence": _l("凭据"), "expected_days": _l("预计需要的工作日"), "suspension": _l("恢复哪一次中止"),
    "level": _l("批准机关"), "approver": _l("批准人或批准文号"), "reason": _l("延长的理由"),
    "procedure.help": _l("听证、检验、检测、鉴定等所需时间不计入期限（行政许可法第四十五条）。"),
    "scope.help": _l("补正和地方规定不是法律列明的情形，只能中止承诺时限。"),
    "ground.help": _l("申请人会看到。例如：行政许可法第四十七条。"),
    "evidence.help": _l("能证明的文书及其编号，例如：听证通知书 3 号。不要写个人信息。"),
    "expected_days.help": _l("书面告知申请人的时间。"),
    "level.help": _l("单个事项由本机关负责人批准，联合办理由本级政府负责人批准（行政许可法第四十二条）。"),
    "approver.help": _l("写职务或批准文号，不写私人信息。"),
    "reason.help": _l("会告知申请人；不要写个人信息。"),
}  # fmt: skip
"""Acts, their fields and the help of a field."""


def said(act: str) -> str:
    """What an act means for the applicant, before it is done."""
    return {
        "suspend": _("申请人会收到通知：中止的程序、依据和预计时间。"),
        "resume": _("恢复的当日计入期限。申请人会收到通知。"),
        "extend": _("期限只能延长一次。申请人会收到通知：延长多少、为什么。"),
    }[act]


def nothing(act: str) -> str:
    """Nothing can be chosen now."""
    return {
        "suspend": _("现在没有可以中止的计时：事项尚未开始或已经决定，或办件已经结束。"),
        "resume": _("现在没有中止着的计时。"),
        "extend": _("现在没有可以延长的期限：已经延长过、已经届满或已经决定。"),
    }[act]


def done(view: CaseView, command: SuspendClock | ResumeClock | ExtendClock) -> str:
    """What was done: the line of the journal; of an extension with the new date of the law."""
    kind = {SuspendClock: "ClockSuspended", ResumeClock: "ClockResumed", ExtendClock: "ClockExtended"}[type(command)]
    entry = next(entry for entry in reversed(view.entries) if entry.kind == kind)
    words = SAYS[kind](entry, view.deployment.offering, view.case)[0]
    if kind != "ClockExtended":
        return _("%(words)s。", words=words)
    item = view.case.items.get(str(entry.facts["item"]))
    due = item.statutory_due_at if item is not None else view.case.statutory_due_at
    return _("%(words)s，法定最晚 %(day)s。", words=words, day=day(due)) if due else _("%(words)s。", words=words)


def already(view: CaseView, command: SuspendClock | ResumeClock | ExtendClock, error: BinglianError) -> str:
    """Who did it before, and when: told calmly."""
    first = _first(view, command)
    if first is not None:
        told = {"name": people_of(view).get(first.actor, first.actor), "time": instant(first.instant)}
        if isinstance(command, ExtendClock):
            return _("%(name)s 已在 %(time)s 延长过这个期限，期限只能延长一次。", **told)
        return _("%(name)s 已在 %(time)s 恢复了这次计时。", **told)
    stop = view.case.suspensions.get(command.suspension) if isinstance(command, ResumeClock) else None
    if stop is None:
        return message_of(error)
    return _("这次中止已在 %(time)s 随决定或办结而结束。", time=instant(stop.ended_at))


def _first(view: CaseView, command: SuspendClock | ResumeClock | ExtendClock) -> Entry | None:
    if isinstance(command, ResumeClock):
        kind, about, value = "ClockResumed", "suspension", command.suspension
    else:
        only = next(iter(view.case.items)) if len(view.case.items) == 1 else ""
        kind, about, value = "ClockExtended", "item", command.item or only
    return next((entry for entry in view.entries if entry.kind == kind and entry.facts[about] == value), None)
