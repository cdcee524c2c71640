"""The clocks of a case as one moment shows them, each with its derivation day by day.

Pure: the case is given as it stood at that moment, with its journal up to then. A due date that was counted before a
year's list was there is explained by the calendar without that list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from engine.calendar import (
    DayLine,
    DueDate,
    Limit,
    Suspension,
    Unit,
    WorkCalendar,
    due_date,
    light,
    without_lists,
)
from engine.case.parts.pledge import CHECK, PUT_RIGHT
from engine.case.parts.terms import ANSWER, CORRECTION_ANSWER, DEFERRED, DELIVERY, GATHER, Stop
from engine.case.policies import lights_of
from engine.case.procedures import PROCEDURES
from engine.case.running import (
    ITEM_PROMISED,
    ITEM_STATUTORY,
    PROMISED,
    STATUTORY,
    TASK,
    TERM,
    Running,
    applies,
    is_stopped,
    pauses_of,
    suspensions,
)
from engine.case.state import Case
from engine.case.timekeeping.recompute import Counting, span_with_extension
from engine.catalogue import Offering, materials_checklist
from engine.instants import from_text, to_text
from engine.journal import Entry, Json

EXTENDED = "ClockExtended"
STOPPED = "stopped"
"""Instead of the colour of a light."""
NAMES: Mapping[str, tuple[str, str]] = {
    PROMISED: ("承诺办结", "promised"), STATUTORY: ("法定最晚", "statutory"),
    ITEM_PROMISED: ("事项承诺", "item, promised"), ITEM_STATUTORY: ("事项法定", "item, statutory"),
    TASK: ("环节", "step"), ANSWER: ("受理答复", "answer to the application"),
    DEFERRED: ("容缺补交", "deferred material"), DELIVERY: ("送达", "delivery"),
    CHECK: ("承诺核查", "check of the promise"), PUT_RIGHT: ("限期整改", "putting it right"),
    GATHER: ("汇总补正要求", "gathering of demands"), CORRECTION_ANSWER: ("申请人补正", "the applicant's correction"),
}  # fmt: skip


@dataclass(frozen=True)
class ClockStop:
    """A suspension as a clock shows it; ``ended_at`` is None while it goes on."""

    number: str
    stop: Stop

    def as_dict(self) -> dict[str, Json]:
        """The suspension as JSON, with the names of its procedure."""
        procedure = PROCEDURES[self.stop.procedure]
        names = (
            "item",
            "procedure",
            "ground",
            "evidence",
            "expected_days",
            "scope",
            "started_at",
            "ended_at",
            "ended_by",
        )
        told = {name: getattr(self.stop, name) for name in names}
        return {"number": self.number, "name_zh": procedure.name_zh, "name_en": procedure.name_en, **told}


@dataclass(frozen=True)
class ClockView:
    """One clock at one moment.

    ``due`` is None while it is stopped; ``expected`` is then when it would be due if what stops it takes as long as was
    said. ``light`` is green, yellow, red or stopped; of a clock that has ended, as it was then. ``days`` derive ``due``
    (or ``expected``); ``agrees`` is False when no known calendar gives the date on record.
    """

    kind: str
    of: str
    name_zh: str
    name_en: str
    start: str
    limit: str
    unit: str
    due: str | None
    provisional: bool
    expected: str | None
    suspensions: tuple[ClockStop, ...]
    extension: Mapping[str, Json] | None
    ended_at: str | None
    light: str
    days: tuple[DayLine, ...]
    agrees: bool

    @property
    def stopped(self) -> bool:
        """Whether it stands still."""
        return self.light == STOPPED

    def as_dict(self) -> dict[str, Json]:
        """The clock as JSON."""
        days = [
            {
                "date": str(line.date), "counted": line.counted, "why": line.why.value, "name_zh": line.name_zh,
                "share": None if line.share is None else str(line.share),
            }
            for line in self.days
        ]  # fmt: skip
        stops = [stop.as_dict() for stop in self.suspensions]
        extension = None if self.extension is None else dict(self.extension)
        return {**vars(self), "stopped": self.stopped, "suspensions": stops, "extension": extension, "days": days}


@dataclass(frozen=True)
class _Clock:
    """A clock of the case that runs or has ended."""

    running: Running
    ended_at: str | None


def clocks_of(case: Case, offering: Offering, counting: Counting, now: datetime) -> tuple[ClockView, ...]:
    """Every clock that has begun: of the case, its items, its steps, and its other terms."""
    found = []
    for clock in _clocks(case):
        span = span_with_extension(case, clock.running, counting)
        if span is not None:
            found.append(_view(case, offering, counting, (clock, span), now))
    return tuple(found)


def clock_name(case: Case, offering: Offering, kind: str, of: str) -> tuple[str, str]:
    """What a clock is called: Chinese, English."""
    if kind == TERM:
        term = case.terms[of]
        zh, en = NAMES[term.kind]
        lines = materials_checklist(offering, case.values, case.pledges) if term.of else ()
        found = {line.code: (line.name_zh, line.name_en) for line in lines}
        found |= {item.code: (item.short_zh, item.short_en) for item in offering.items}
        names = found.get(term.of)
        return (f"{zh} {names[0]}", f"{en} {names[1]}") if names else (zh, en)
    zh, en = NAMES[kind]
    if kind == TASK:
        step = offering.steps.get(case.tasks[of].step)
        return (zh, en) if step is None else (f"{zh} {step.name_zh}", f"{en} {step.name_en}")
    item = next((item for item in offering.items if item.code == of), None)
    return (zh, en) if item is None else (f"{zh} {item.short_zh}", f"{en} {item.short_en}")


def _clocks(case: Case) -> Iterator[_Clock]:
    if case.accepted_at:
        for kind, due, unsure in (
            (PROMISED, case.promised_due_at, case.promised_provisional),
            (STATUTORY, case.statutory_due_at, case.statutory_provisional),
        ):
            yield _Clock(Running(kind, "", "", case.accepted_at, due, unsure), case.closed_at)
    for item in case.items.values():
        if item.opened_at is not None:
            start = (item.code, item.code, item.opened_at)
            yield _Clock(Running(ITEM_PROMISED, *start, item.due_at, item.provisional), item.ended_at)
            statutory = Running(ITEM_STATUTORY, *start, item.statutory_due_at, item.statutory_provisional)
            yield _Clock(statutory, item.ended_at)
    for task in case.tasks.values():
        if task.due_at is not None or task.closed_at is None:
            yield _Clock(
                Running(TASK, task.id, task.item, task.opened_at, task.due_at, task.provisional), task.closed_at
            )
    for key, term in case.terms.items():
        yield _Clock(Running(TERM, key, "", term.starts, term.due_at, term.provisional), term.ended_at)


def _view(
    case: Case, offering: Offering, counting: Counting, of: tuple[_Clock, tuple[Decimal, str]], now: datetime
) -> ClockView:
    clock, (value, unit) = of
    running, limit, calendar = clock.running, Limit(value, cast(Unit, unit)), counting.calendar
    stopped = running.due is None and clock.ended_at is None and is_stopped(case, running)
    stops = {number: stop for number, stop in case.suspensions.items() if applies(stop, running)}
    answer, agrees = _derived(case, calendar, running, limit, list(stops.values()), now)
    zh, en = clock_name(case, offering, running.kind, running.of)
    colour = STOPPED
    if running.due is not None:
        until = min(now, from_text(clock.ended_at)) if clock.ended_at else now
        lights = None
        if running.kind == TASK:
            lights = lights_of(counting.get(case.version).policy(case.tasks[running.of].step), calendar.lights)
        colour = light(calendar, from_text(running.start), from_text(running.due), until, limit, lights)
    shown = [(n, s) for n, s in stops.items() if clock.ended_at is None or s.started_at <= clock.ended_at]
    return ClockView(
        kind=running.kind, of=running.of, name_zh=zh, name_en=en, start=running.start, limit=str(value), unit=unit,
        due=running.due, provisional=running.provisional if running.due else answer.provisional,
        expected=to_text(answer.at) if stopped else None,
        suspensions=tuple(ClockStop(number, stop) for number, stop in shown),
        extension=_extension(case, running, counting.entries), ended_at=clock.ended_at, light=colour,
        days=answer.days, agrees=agrees,
    )  # fmt: skip


def _derived(
    case: Case, calendar: WorkCalendar, clock: Running, limit: Limit, stops: Sequence[Stop], now: datetime
) -> tuple[DueDate, bool]:
    """The due date on record with its days; of a stopped clock, the one that is expected."""
    start = from_text(clock.start)
    if clock.due is None:
        open_now = [stop for stop in stops if stop.ended_at is None]
        pauses = suspensions(calendar, pauses_of(case, clock)) + [_expected(calendar, stop, now) for stop in open_now]
        return due_date(calendar, start, limit, pauses), True
    pauses = suspensions(calendar, pauses_of(case, clock))
    due = from_text(clock.due)
    first = due_date(calendar, start, limit, pauses)
    if (first.at, first.provisional) == (due, clock.provisional):
        return first, True
    last = calendar.local_date(due).year + 1
    for year in range(last, calendar.local_date(start).year - 1, -1):
        before = due_date(without_lists(calendar, range(year, last + 1)), start, limit, pauses)
        if (before.at, before.provisional) == (due, clock.provisional):
            return before, True
    return first, first.at == due


def _expected(calendar: WorkCalendar, stop: Stop, now: datetime) -> Suspension:
    """An open suspension as if it took as long as was said, or until now when it takes longer."""
    start = from_text(stop.started_at)
    end = due_date(calendar, start, Limit(Decimal(stop.expected_days))).at
    over = calendar.local_date(max(end, now))
    return Suspension(calendar.local_date(start), over, PROCEDURES[stop.procedure].name_zh)


def _extension(case: Case, clock: Running, entries: Sequence[Entry]) -> Mapping[str, Json] | None:
    """What was approved, by whom and when; None when the clock was not extended."""
    if clock.key not in case.extensions:
        return None
    owner = clock.item or ("" if len(case.items) > 1 else next(iter(case.items)))
    for entry in entries:
        if entry.kind == EXTENDED and entry.facts["item"] == owner:
            facts: dict[str, Any] = {name: entry.facts[name] for name in ("days", "level", "approver", "reason")}
            return {**facts, "at": entry.at}
    return None
