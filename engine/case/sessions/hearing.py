"""The law of hearings (行政许可法 46–48), asked before one is arranged, moved or joined.

Days of the applicant and of the authority are working days (82); the notice comes seven calendar days before.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.calendar import Limit, WorkCalendar, due_date
from engine.case.approvers.people import require_account
from engine.case.intent import Intent
from engine.case.seating.seat_text import seats_from
from engine.case.state import Case, Task
from engine.errors import BadInput, NotPossible
from engine.instants import from_text

ASK_DAYS, HOLD_DAYS = Decimal(5), Decimal(20)
"""Working days to ask for a hearing after being told of the right to, and to hold it after that (47)."""
NOTICE = timedelta(days=7)
"""From the day of the notice to that of the hearing (48)."""


@dataclass(frozen=True)
class Hearing:
    """What is checked: when it is to be held, on which items, and who presides; ``told_on`` and ``asked_on`` are empty
    when nobody asked for it (46)."""

    planned_at: datetime
    items: Collection[str]
    chair: str
    told_on: str
    asked_on: str


def require_lawful(case: Case, act: Intent, wanted: Hearing) -> None:
    """Raises, with the article, what the law does not allow; closed tasks have to be recalled before."""
    _require_asked_in_time(act, wanted, case.submitted_at)
    day, today = act.calendar.local_date(wanted.planned_at), act.calendar.local_date(act.instant)
    if day - today < NOTICE:
        raise NotPossible(
            "hearing.notice", "应当于举行听证的七日前通知（行政许可法 48）",
            "a hearing is announced at least seven days before it is held (行政许可法 48)", "planned_at",
        )  # fmt: skip
    require_chair(case, act, wanted)


def _require_asked_in_time(act: Intent, wanted: Hearing, submitted: str) -> None:
    if not wanted.told_on and not wanted.asked_on:
        return
    told, asked = _day("told_on", wanted.told_on), _day("asked_on", wanted.asked_on)
    if not act.calendar.local_date(from_text(submitted)) <= told <= asked <= act.calendar.local_date(act.instant):
        raise BadInput(
            "hearing.days", "告知应在收件之后，申请听证应在告知之后，都不晚于今天",
            "told after the application came in, asked for after that, and not in the future", "asked_on",
        )  # fmt: skip
    if asked > last_day(act.calendar, told, ASK_DAYS):
        raise NotPossible(
            "hearing.asked_late", "应当在被告知之日起五日内提出听证申请（行政许可法 47）",
            "a hearing is asked for within five days of being told (行政许可法 47)", "asked_on",
        )  # fmt: skip
    if act.calendar.local_date(wanted.planned_at) > last_day(act.calendar, asked, HOLD_DAYS):
        raise NotPossible(
            "hearing.late", "应当在申请听证之日起二十日内组织听证（行政许可法 47）",
            "a hearing is held within twenty days of being asked for (行政许可法 47)", "planned_at",
        )  # fmt: skip


def last_day(calendar: WorkCalendar, day: date, days: Decimal) -> date:
    """The last day of a term in working days that begins with a day; the first does not count (民法典 201)."""
    return calendar.local_date(due_date(calendar, calendar.at(day, calendar.office.opening), Limit(days)).at)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("hearing.day", "请按“年-月-日”填写", "give the day as year-month-day", name) from error


def require_chair(case: Case, act: Intent, wanted: Hearing) -> None:
    """Somebody who works here, and neither examines the application nor made it (48)."""
    if not wanted.chair:
        raise BadInput("hearing.chair", "请指定听证主持人", "say who presides over the hearing", "chair")
    require_account(act.people, wanted.chair)
    if wanted.chair == case.applicant or wanted.chair in examiners(case, wanted.items):
        raise NotPossible(
            "hearing.chair_examines", "听证主持人应当是审查该申请的工作人员以外的人员（行政许可法 48）",
            "who presides is not one of those who examine the application (行政许可法 48)", "chair",
        )  # fmt: skip


def examiners(case: Case, items: Iterable[str]) -> set[str]:
    """Accounts that have decided, voted or advised on steps of these items, or have one."""
    codes = set(items)
    return {account for task in case.tasks.values() if task.item in codes for account in _people(task)}


def _people(task: Task) -> Iterator[str]:
    if task.actor:
        yield task.actor
    for seat in seats_from(task.seats):
        yield from seat.people()


def planned(text: str) -> datetime:
    """The instant of ``2026-03-05T09:00+08:00``; BadInput for any other text, or one without a zone."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _no_instant() from error
    if instant.tzinfo is None or not 2000 <= instant.year <= 2100:
        raise _no_instant()
    return instant


def _no_instant() -> BadInput:
    return BadInput("session.instant", "请填写日期和时间", "give the day and the time, with its zone", "planned_at")
