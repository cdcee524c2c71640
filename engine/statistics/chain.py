"""Where the time of a case went: the chain of steps that ended last, back to its acceptance, day by day.

Whoever looks at a case that took long sees ten branches; what mattered is one chain of steps, each opened because the
one before it was done. Time on it is the own time of the item that ended last, or that item's waiting for another one,
unless the clock stood still.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from engine.calendar import Suspension
from engine.calendar.suspensions import united
from engine.instants import to_text
from engine.statistics.numbers import WorkTime
from engine.statistics.plans import StepPlan
from engine.statistics.records import CaseRecord, StepRecord

OWN, OTHER_ITEM, APPLICANT, SUSPENDED = "own", "other_item", "applicant", "suspended"
WINDOW, BETWEEN = "window", "between"
"""Causes: own time of the item that ended last (or of a step of the whole case); it waits for another item; the
applicant corrects; a special procedure; the window answers; no step is open (a timer of the diagram)."""
CAUSES = (OWN, OTHER_ITEM, APPLICANT, SUSPENDED, WINDOW, BETWEEN)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time with one cause; ``time`` is the office time in it (of days that stand still too), ``over`` the part past
    the step's own due date. ``counted``: it runs on the promised clock."""

    cause: str
    start: datetime
    end: datetime
    time: int
    over: int = 0
    step: str = ""
    item: str = ""
    department: str = ""

    @property
    def counted(self) -> bool:
        """Whether the promised clock of the case runs."""
        return self.cause in {OWN, OTHER_ITEM, BETWEEN}


@dataclass(frozen=True, slots=True)
class DayShare:
    """What a working day, or a share of it, went to."""

    day: date
    share: float
    stretch: Stretch

    def as_dict(self) -> dict[str, Any]:
        """The day as JSON."""
        told = {name: getattr(self.stretch, name) for name in ("cause", "step", "item", "department")}
        return {"date": self.day.isoformat(), "share": self.share, **told}


def stretches(case: CaseRecord, plan: StepPlan, now: datetime, time: WorkTime) -> list[Stretch]:
    """All time from the application to the closing (or now), in order, each instant in one stretch."""
    end = case.closed or now
    found = [*_before(case, time)]
    chain = chain_of(case, plan, now)
    mine = next((task.item for task in reversed(chain) if task.item), "")
    at = case.accepted
    for task in chain:
        opened, closed = max(at, task.opened), max(at, task.closed or now)
        found += _cut(case, Stretch(BETWEEN, at, opened, 0), time)
        cause = OWN if task.item in {"", mine} else OTHER_ITEM
        whole = Stretch(cause, opened, closed, 0, 0, task.step, task.item, task.department)
        found += _cut(case, whole, time, task.due)
        at = closed
    return [*found, *_cut(case, Stretch(BETWEEN, at, end, 0), time)]


def by_day(found: Sequence[Stretch], time: WorkTime) -> Iterator[DayShare]:
    """The working days of stretches, in order; a day with several causes has a line for each."""
    for stretch in found:
        day, last = time.calendar.local_date(stretch.start), time.calendar.local_date(stretch.end)
        while day <= last:
            following = day + timedelta(days=1)
            spent = time.between(max(stretch.start, time.midnight(day)), min(stretch.end, time.midnight(following)))
            if spent:
                yield DayShare(day, time.days(spent), stretch)
            day = following


def chain_of(case: CaseRecord, plan: StepPlan, now: datetime) -> list[StepRecord]:
    """The steps of which each was opened when the one before it was done, from the acceptance to what ended last."""
    tried = [task for task in case.steps if task.took_time]
    chain: list[StepRecord] = []
    task = max(tried, key=lambda one: (one.closed or now, -_slack(one, now)), default=None)
    while task is not None:
        chain.append(task)
        task = _before_it(task, [one for one in tried if one not in chain], case.accepted, plan)
    return chain[::-1]


def _slack(task: StepRecord, now: datetime) -> float:
    """Of several open steps the one that is due first is looked at."""
    return 0.0 if task.due is None else (task.due - now).total_seconds()


def _before_it(task: StepRecord, others: Sequence[StepRecord], accepted: datetime, plan: StepPlan) -> StepRecord | None:
    """What a step was opened by: what it waits for; whatever else was done at that moment; what it waited for once."""
    if task.opened <= accepted:
        return None
    earlier = [one for one in others if one.closed is not None and one.closed <= task.opened]
    direct = [one for one in earlier if one.step in plan.before.get(task.step, ())]
    related = [one for one in earlier if task.step in plan.after.get(one.step, ())]
    for chosen in (direct, related, earlier):
        same = [one for one in chosen if one.closed == task.opened]
        if same:
            return same[-1]
    return max(related, key=lambda one: one.closed or task.opened, default=None)


def _before(case: CaseRecord, time: WorkTime) -> Iterator[Stretch]:
    """From the application to its acceptance."""
    at = case.submitted
    for asked, supplied in case.corrections:
        start, end = min(asked, case.accepted), min(supplied or case.accepted, case.accepted)
        yield from _timed(Stretch(WINDOW, at, start, 0), time)
        yield from _timed(Stretch(APPLICANT, start, end, 0), time)
        at = end
    yield from _timed(Stretch(WINDOW, at, case.accepted, 0), time)


def _cut(case: CaseRecord, whole: Stretch, time: WorkTime, due: datetime | None = None) -> Iterator[Stretch]:
    """A stretch in pieces: the days its clock stood still are the applicant's, or those of a special procedure."""
    pauses = [pause for pause in case.pauses if pause.item in {"", whole.item}]
    applicant = united([pause.days for pause in pauses if pause.applicant])
    others = united([pause.days for pause in pauses if not pause.applicant])
    edges = {whole.start, whole.end}
    for days in (*applicant, *others):
        edges |= {time.midnight(day) for day in (days.starts, days.ends) if day is not None}
    inside = sorted(edge for edge in edges if whole.start <= edge <= whole.end)
    for start, end in pairwise(inside):
        cause = whole.cause
        if _stands(others, start, time):
            cause = SUSPENDED
        elif _stands(applicant, start, time):
            cause = APPLICANT
        piece = Stretch(cause, start, end, 0, 0, whole.step, whole.item, whole.department)
        yield from _timed(piece, time, due if piece.counted else None)


def _stands(pauses: Sequence[Suspension], at: datetime, time: WorkTime) -> bool:
    day = time.calendar.local_date(at)
    return any(one.starts <= day and (one.ends is None or day < one.ends) for one in pauses)


def _timed(piece: Stretch, time: WorkTime, due: datetime | None = None) -> Iterator[Stretch]:
    """The stretch with its office time, unless it is empty."""
    if piece.start >= piece.end:
        return
    over = 0 if due is None else time.between(max(due, piece.start), piece.end)
    yield Stretch(
        piece.cause, piece.start, piece.end, time.between(piece.start, piece.end), over, piece.step, piece.item,
        piece.department,
    )  # fmt: skip


def as_dict(stretch: Stretch, time: WorkTime) -> dict[str, Any]:
    """The stretch as JSON, in working days."""
    return {
        "cause": stretch.cause, "step": stretch.step, "item": stretch.item, "department": stretch.department,
        "from": to_text(stretch.start), "to": to_text(stretch.end), "days": time.days(stretch.time),
        "over_days": time.days(stretch.over),
    }  # fmt: skip
