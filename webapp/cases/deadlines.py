"""A due date with its derivation, day by day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.calendar import DayLine, Limit, due_date
from engine.case.running import PROMISED, TASK, Running, pauses_of, suspensions
from engine.case.running import limit_of as limit_kept
from engine.case.state import Case, Task
from engine.catalogue import Offering
from engine.instants import from_text
from engine.parallel.plan import critical_path
from engine.parallel.plan_caps import WORKING_DAYS
from webapp.context import engine
from webapp.words import TimeLeft, limit_of, limit_words, step_lights, time_left


@dataclass(frozen=True)
class DerivedDay:
    """One day of a derivation, as shown: ``share`` is empty for a day that does not count."""

    date: date
    why: str
    name: str
    share: str
    sum: str


@dataclass(frozen=True)
class Deadline:
    """A limit that runs: since when, until when, how it stands and how that was computed.

    ``agrees`` is False when today's calendar would give another instant than the one on record.
    """

    opened_at: str
    due_at: str
    limit: str
    provisional: bool
    left: TimeLeft
    days: tuple[DerivedDay, ...]
    agrees: bool


def deadline_of_task(case: Case, task: Task) -> Deadline | None:
    """The deadline of a step; None when it has none, or stands still."""
    if task.due_at is None:
        return None
    clock = Running(TASK, task.id, task.item, task.opened_at, task.due_at, task.provisional)
    return _deadline(case, clock, task.due_at, limit_of(task.limit, task.unit))


def deadline_of_case(case: Case, offering: Offering) -> Deadline | None:
    """The promised limit of the whole case, from its acceptance; None before that, and while it stands still."""
    if case.accepted_at is None or case.promised_due_at is None:
        return None
    clock = Running(PROMISED, "", "", case.accepted_at, case.promised_due_at, case.promised_provisional)
    kept = limit_kept(case, clock) or (critical_path(offering, tuple(case.items)).length, WORKING_DAYS)
    return _deadline(case, clock, case.promised_due_at, limit_of(*kept))


def _deadline(case: Case, clock: Running, due_at: str, limit: Limit) -> Deadline:
    lights = None
    if clock.kind == TASK:
        lights = step_lights(engine().deployments.get(case.version), case.tasks[clock.of].step)
    calendar = engine().read.calendar
    answer = due_date(calendar, from_text(clock.start), limit, suspensions(calendar, pauses_of(case, clock)))
    return Deadline(
        clock.start, due_at, limit_words(limit.value, limit.unit), clock.provisional,
        time_left(clock.start, due_at, limit, lights), derived_days(answer.days), answer.at == from_text(due_at),
    )  # fmt: skip


def derived_days(lines: tuple[DayLine, ...]) -> tuple[DerivedDay, ...]:
    """The days of a derivation with what each counts for, and the sum so far."""
    total, days = Decimal(0), []
    for line in lines:
        share = line.share if line.counted else None
        total += Decimal(0) if not line.counted else Decimal(1) if share is None else share
        counted = "" if not line.counted else _plain(Decimal(1) if share is None else share)
        days.append(DerivedDay(line.date, line.why.value, line.name_zh, counted, _plain(total)))
    return tuple(days)


def _plain(number: Decimal) -> str:
    return f"{round(number, 2).normalize():f}"
