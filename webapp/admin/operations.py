"""What the background could not do by itself: timers set aside, notices undelivered, cases flagged; tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine.case.parts.pledge import CHECK
from engine.case.parts.terms import DEEMED, DEFERRED
from engine.case.steps import EVENT
from engine.errors import NotFound
from engine.reader import plain
from engine.store.deliveries import ALL, APPRISE, MAIL, WEBHOOK, mark_of
from webapp.admin.lists import PAGE, place, place_text
from webapp.auth import is_supervisor, signed_in
from webapp.cases import demand_notices, demand_words, hand_words, promise_words
from webapp.cases.history import step_words
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import gettext as _
from webapp.i18n import ngettext
from webapp.words import Words

CHANNELS: Words = {WEBHOOK: "Webhook", MAIL: _l("邮件"), APPRISE: _l("群消息")}
NOTICES: Words = {
    "step_overdue": _l("超期提醒"), "step_reminded": _l("办理提醒"), "step_at_risk": _l("临期督办"),
    "step_joined": _l("上级一并办理"), "step_handed_over": _l("已改由他人办理"), "step_handed": _l("改由您办理"),
    "step_deemed": _l("逾期视为已答复"), "deemed_objected": _l("对“视为同意”提出异议"),
    "step_cancelled": _l("环节已取消"), "item_not_reached": _l("不再办理"),
    "step_returned": _l("退回办理"), "case_withdrawn": _l("申请已撤销"), "case_terminated": _l("办理已终止"),
    "case_reopened": _l("重新办理"), "material_replaced": _l("材料已更新，请重新办理"),
    "case_deemed_accepted": _l("视为受理"), "deferred_overdue": _l("容缺材料逾期未补"),
    "case_accepted": _l("申请已受理"), "case_declined": _l("不予受理"), "case_closed": _l("申请已办结"),
    "clock_extended": _l("办理期限已延长"), "clock_suspended": _l("办理期限已中止"),
    "clock_resumed": _l("办理期限恢复计算"), "correction_requested": _l("通知补正"),
    **{template: title for template, (title, _colour) in hand_words.NOTICES.items()},
    **{template: title for template, (title, _colour) in promise_words.NOTICES.items()},
    **{template: title for template, (title, _colour) in demand_notices.TITLES.items()},
    "session_arranged": _l("已安排特别程序"), "session_changed": _l("特别程序有变更"),
    "session_joined": _l("有事项加入特别程序"), "session_cancelled": _l("特别程序取消"),
    "session_closed": _l("特别程序结束"),
    "step_nudged": _l("催办"), "escalation_explained": _l("督办已有说明"), "escalation_written_off": _l("督办已销号"),
}  # fmt: skip
HIDDEN = "•••"

Record = Mapping[str, Any]


@dataclass(frozen=True)
class AsideTimer:
    """A timer nobody tries any more: its row, and what it is in words; ``department`` is empty for one of a case."""

    row: Record
    what: str
    department: str


@dataclass(frozen=True)
class FailedMessage:
    """A message that has not arrived: its row, channel and notices in words, who was to have it.

    ``person`` is a name, ``receiver`` says who it is otherwise; ``address`` shows no more than its first letter and
    where it is. What does not apply is empty.
    """

    row: Record
    channel: str
    person: str
    receiver: str
    address: str
    notices: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Part:
    """One page of a list; ``after`` asks for the next one, empty at the end."""

    rows: tuple[Any, ...]
    after: str


@signed_in(is_supervisor)
def page() -> str:
    """The three lists; ``timers``, ``notices`` and ``flags`` are the places to go on from."""
    asked = request.args.get
    return render_template(
        "admin/operations.html",
        timers=_timers(asked("timers", "")), notices=_notices(asked("notices", "")), flags=_flags(asked("flags", "")),
        now=engine().read.now(), all=ALL,
    )  # fmt: skip


@signed_in(is_supervisor)
def retry() -> Response:
    """``case`` and ``timer``: this timer is tried again at once; ``all``: every one that was set aside."""
    try:
        if "all" in request.form:
            _say_timers(engine().timers.retry_all())
        else:
            engine().timers.retry(_sent("case"), _sent("timer"))
            _say_timers(1)
    except NotFound as error:  # a colleague was faster
        flash(message_of(error))
    return redirect(url_for("admin.operations", _anchor="timers"), HTTPStatus.SEE_OTHER)


@signed_in(is_supervisor)
def send() -> Response:
    """``key`` and ``recipient``: this message is sent again at once; ``key`` alone is ``ALL`` of those set aside."""
    try:
        recipient = None if _sent("key") == ALL else _sent("recipient")
        _say_notices(engine().deliveries.retry(_sent("key"), engine().read.now(), recipient))
    except NotFound as error:
        flash(message_of(error))
    return redirect(url_for("admin.operations", _anchor="notices"), HTTPStatus.SEE_OTHER)


def _sent(name: str) -> str:
    return plain(request.form.get(name, ""))


def _say_timers(number: int) -> None:
    said = ngettext("%(n)s 个时限将立即重试。", "%(n)s 个时限将立即重试。", number, n=number)
    flash(said if number else _("没有被搁置的时限。"))


def _say_notices(number: int) -> None:
    said = ngettext("%(n)s 条通知将立即再次发送。", "%(n)s 条通知将立即再次发送。", number, n=number)
    flash(said if number else _("没有被搁置的通知。"))


def _part(rows: Sequence[Record], names: Sequence[str]) -> tuple[list[Record], str]:
    """The rows of a page, of which one more was read, and the place of the next one."""
    shown = list(rows[:PAGE])
    return shown, place_text(shown[-1][name] or "" for name in names) if len(rows) > PAGE else ""


def _timers(after: str) -> Part:
    rows, following = _part(engine().timers.set_aside(PAGE + 1, place(after, 3)), ("due_at", "case_id", "timer_id"))
    return Part(tuple(AsideTimer(row, timer_words(row), row["department"] or "") for row in rows), following)


def timer_words(row: Record) -> str:
    """What a timer is about: the step whose limit it keeps, a term of the case, an event of the diagram."""
    timer_id = str(row["timer_id"])
    if row["step"] and row["version"]:
        return step_words(engine().deployments.get(row["version"]).offering, row["step"], row["instance"])
    if timer_id == DEEMED:
        return _("受理期限")
    if timer_id.startswith(DEFERRED):
        return _("容缺材料后补期限")
    if (kind := timer_id.partition(".")[0]) in demand_words.TERMS:
        return str(demand_words.TERMS[kind])
    if timer_id.startswith(f"{CHECK}."):
        return _("承诺核查期限")
    return _("流程图中的定时事件") if EVENT in timer_id else timer_id


def _notices(after: str) -> Part:
    found = engine().deliveries.undelivered(PAGE + 1, place(after, 4))
    rows, following = _part(found, ("next_try_at", "key", "channel", "recipient"))
    kinds = engine().deliveries.kinds([row["key"] for row in rows])
    people = engine().deliveries.addresses([row["recipient"] for row in rows if row["channel"] == MAIL])
    return Part(tuple(_message(row, kinds, people) for row in rows), following)


def _message(
    row: Record, kinds: Mapping[tuple[str, str], Mapping[str, int]], people: Mapping[str, tuple[str, str]]
) -> FailedMessage:
    person, address = people.get(row["recipient"], ("", "")) if row["channel"] == MAIL else ("", "")
    told = kinds.get((row["key"], row["recipient"]), {})
    notices = tuple((str(NOTICES.get(template, template)), number) for template, number in told.items())
    channel = str(CHANNELS.get(row["channel"], row["channel"]))
    return FailedMessage(row, channel, person, "" if person else _receiver(row), masked(address), notices)


def masked(address: str) -> str:
    """``a•••@example.org`` for an address; its place alone says where a mail server refuses everybody."""
    name, at, where = address.rpartition("@")
    return f"{name[:1]}{HIDDEN}@{where}" if at else HIDDEN if address else ""


def _receiver(row: Record) -> str:
    """Who has no name: the address of the settings, or which chat of them; these addresses hold passwords."""
    mark, marks = str(row["recipient"]), [mark_of(url) for url in engine().settings.notices.apprise]
    if row["channel"] == APPRISE and mark in marks:
        return _("第 %(n)s 个群", n=marks.index(mark) + 1)
    return mark or _("设置中的接收地址")


def _flags(after: str) -> Part:
    rows, following = _part(engine().flags.all(PAGE + 1, place(after, 2)), ("flagged_at", "case_id"))
    return Part(tuple(rows), following)
