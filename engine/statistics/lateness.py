"""How much is late, where, and where the time of late cases went.

Scope: the cases accepted in a period, with all their steps. A step counts when somebody decided it or still has to; it
is late when that was, or is now, after its due date. A case is late when it was not ready to be handed over by its
promised date, as suspensions and extensions have moved it. What stands still has no due date and is not late.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.instants import to_text
from engine.statistics import chain
from engine.statistics.chain import CAUSES, Stretch
from engine.statistics.numbers import Share, WorkTime, quantile
from engine.statistics.plans import Plans
from engine.statistics.records import CaseRecord, StepRecord


@dataclass(frozen=True)
class Late:
    """How many were late and by how many working days: ``mean_over``, ``p90_over`` of the late ones, None of none."""

    share: Share
    mean_over: float | None
    p90_over: float | None

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON."""
        return {**self.share.as_dict(), "mean_over_days": self.mean_over, "p90_over_days": self.p90_over}


@dataclass(frozen=True)
class Group:
    """A step or department: what is finished, and what is open now."""

    code: str
    name_zh: str
    name_en: str
    finished: Late
    open: Late

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON."""
        names = {name: getattr(self, name) for name in ("code", "name_zh", "name_en")}
        return {**names, "finished": self.finished.as_dict(), "open": self.open.as_dict()}


@dataclass(frozen=True)
class LateCase:
    """A late case and where its time went, from application to closing (or now)."""

    case: CaseRecord
    over_days: float
    stretches: tuple[Stretch, ...]

    def time_by(self, cause: str) -> int:
        """Office time that went to a cause."""
        return sum(stretch.time for stretch in self.stretches if stretch.cause == cause)


@dataclass(frozen=True)
class Blame:
    """A department on the chains of late cases: time there, and the part of it past its steps' own due dates.

    ``cases``: late cases that lost time beyond a step's due date there.
    """

    code: str
    name_zh: str
    name_en: str
    days: float
    over_days: float
    cases: int


@dataclass(frozen=True)
class Lateness:
    """The overdue analysis; ``causes`` in working days of all late cases together."""

    at: datetime
    since: date | None
    until: date | None
    steps: tuple[Group, ...]
    departments: tuple[Group, ...]
    finished: Late
    open: Late
    causes: Mapping[str, float]
    blame: tuple[Blame, ...]
    late_cases: tuple[LateCase, ...]
    time: WorkTime

    def as_dict(self) -> dict[str, Any]:
        """One JSON document."""
        scope = {"since": self.since, "until": self.until}
        return {
            "at": to_text(self.at),
            "scope": {"by": "accepted", **{name: day and day.isoformat() for name, day in scope.items()}},
            "cases": {"finished": self.finished.as_dict(), "open": self.open.as_dict()},
            "departments": [group.as_dict() for group in self.departments],
            "steps": [group.as_dict() for group in self.steps],
            "causes": dict(self.causes),
            "chains": [dict(one.__dict__) for one in self.blame],
            "late_cases": [self._case(late) for late in self.late_cases],
        }

    def _case(self, late: LateCase) -> dict[str, Any]:
        case = late.case
        return {
            "number": case.number, "offering": case.offering, "accepted_at": to_text(case.accepted),
            "promised_due_at": case.promised_due and to_text(case.promised_due),
            "ready_at": case.ready and to_text(case.ready), "closed_at": case.closed and to_text(case.closed),
            "over_days": late.over_days,
            "causes": {cause: self.time.days(late.time_by(cause)) for cause in CAUSES},
            "stretches": [chain.as_dict(stretch, self.time) for stretch in late.stretches],
            "days": [line.as_dict() for line in chain.by_day(late.stretches, self.time)],
        }  # fmt: skip


Delay = tuple[datetime | None, datetime]
"""Due (None: standing still, never late) and done, or now."""


def lateness_of(
    cases: Sequence[CaseRecord], plans: Plans, now: datetime, time: WorkTime,
    period: tuple[date | None, date | None] = (None, None),
) -> Lateness:  # fmt: skip
    """The analysis of these cases at an instant; ``period`` only says what they are."""
    tasks = [(case, task) for case in cases for task in case.steps if task.counts]
    names = {task.step: plans.of(case).name(task.step) for case, task in tasks}
    departments = {task.department: plans.department(task.department) for _, task in tasks}
    all_steps = [task for _, task in tasks]
    late = sorted(_late_cases(cases, plans, now, time), key=lambda one: (-one.over_days, one.case.number))
    return Lateness(
        at=now, since=period[0], until=period[1],
        steps=_groups(all_steps, "step", names, now, time),
        departments=_groups(all_steps, "department", departments, now, time),
        finished=_late([(case.promised_due, case.ready) for case in cases if case.ready is not None], time),
        open=_late([(case.promised_due, now) for case in cases if case.ready is None], time),
        causes={cause: time.days(sum(one.time_by(cause) for one in late)) for cause in CAUSES},
        blame=_blame(late, plans, time), late_cases=tuple(late), time=time,
    )  # fmt: skip


def _groups(
    tasks: Iterable[StepRecord], by: str, names: Mapping[str, tuple[str, str]], now: datetime, time: WorkTime
) -> tuple[Group, ...]:
    """Those with most late ones first."""
    finished: defaultdict[str, list[Delay]] = defaultdict(list)
    waiting: defaultdict[str, list[Delay]] = defaultdict(list)
    for task in tasks:
        kind = waiting if task.closed is None else finished
        kind[getattr(task, by)].append((task.due, task.closed or now))
    groups = [
        Group(code, *names[code], _late(finished[code], time), _late(waiting[code], time)) for code in sorted(names)
    ]
    return tuple(sorted(groups, key=lambda group: -(group.finished.share.number + group.open.share.number)))


def _late(delays: Sequence[Delay], time: WorkTime) -> Late:
    over = sorted(time.between(due, done) for due, done in delays if due is not None and done > due)
    share = Share(len(over), len(delays))
    if not over:
        return Late(share, None, None)
    return Late(share, time.days(sum(over) / len(over)), time.days(quantile(over, 90)))


def _late_cases(cases: Sequence[CaseRecord], plans: Plans, now: datetime, time: WorkTime) -> Iterable[LateCase]:
    for case in cases:
        if case.late(now) and case.promised_due is not None:
            over = time.days(time.between(case.promised_due, case.ready or now))
            yield LateCase(case, over, tuple(chain.stretches(case, plans.of(case), now, time)))


def _blame(late: Sequence[LateCase], plans: Plans, time: WorkTime) -> tuple[Blame, ...]:
    spent, over, cases = Counter[str](), Counter[str](), Counter[str]()
    for one in late:
        counted = [stretch for stretch in one.stretches if stretch.counted and stretch.department]
        for stretch in counted:
            spent[stretch.department] += stretch.time
            over[stretch.department] += stretch.over
        cases.update({stretch.department for stretch in counted if stretch.over})
    found = [
        Blame(code, *plans.department(code), time.days(spent[code]), time.days(over[code]), cases[code])
        for code in sorted(spent)
    ]
    return tuple(sorted(found, key=lambda one: (-one.over_days, -one.days)))
