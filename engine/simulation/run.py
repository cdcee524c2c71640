"""Cases on a simulated clock through the real engine: what happens next is looked up, the clock is set there, done.

The engine is the product's own: it decides what opens, what is covered, skipped or cancelled, when something is due and
when a case is closed. The simulation only says who begins what, and how long it takes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any

from engine.case.state import CLOSED, COVERED, OPEN, SKIPPED, case_from_state
from engine.case.steps import EVENT
from engine.catalogue import Offering
from engine.commands import (
    SYSTEM,
    AcceptCase,
    Actor,
    DecideStep,
    DeclineCase,
    DeliverResults,
    FireTimer,
    Outcome,
    RequestCorrection,
    SubmitCase,
    SupplyMaterials,
)  # fmt: skip
from engine.engine import Engine
from engine.errors import AlreadyDone, LimitExceeded, NotPossible
from engine.instants import from_text
from engine.simulation.applications import form_for, materials_for, one_missing
from engine.simulation.assumptions import Pool
from engine.simulation.cases import Application, Running, SimulatedClock
from engine.simulation.dispatch import RULES, Dispatcher, Waiting
from engine.simulation.office_time import OfficeTime
from engine.simulation.plans import DELIVER, CasePlan, case_plan
from engine.simulation.pools import PoolMeter
from engine.simulation.tally import Tally
from engine.simulation.work import Job, Work
from engine.store import queries
from engine.store.operations import DueTimer

CLERK = Actor("window", "window", frozenset({"window_clerk"}))
MOST_COMMANDS = 5_000
"""Decisions of one case; more is a diagram that goes round for ever."""
REASON = "模拟"
TIMER = b"timerEventDefinition"


class Run:
    """One simulation of some applications, from the first to the last."""

    def __init__(self, engine: Engine, clock: SimulatedClock, time: OfficeTime, work: Work, *, serial: bool) -> None:
        self._engine = engine
        self._clock = clock
        self._time = time
        self._work = work
        self._given = work.given
        self._serial = serial
        self._events: list[tuple[int, int, Callable[[int], None]]] = []
        self._numbers = count()
        self._dispatcher: Dispatcher[Job] = Dispatcher(work.given.people)
        self._meters: dict[Pool, PoolMeter] = {}
        self._running: dict[str, Running] = {}
        self._plans: dict[tuple[str, frozenset[str]], CasePlan] = {}
        self._forms: dict[tuple[str, frozenset[str]], Mapping[str, str]] = {}
        self._done: Callable[[], None] = lambda: None
        diagrams = (offering.diagram for offering in engine.deployments.catalogue.offerings.values())
        self._timed = any(TIMER in diagram for diagram in diagrams)
        self._due: datetime | None = None
        """Not later than the next deadline of a step."""
        self.tally = Tally(time)

    def all_of(self, applications: Iterator[Application], done: Callable[[], None]) -> None:
        """Simulates them, calling ``done`` after each case; NotPossible when some of them can never end."""
        self._done = done
        self._next_of(applications)
        while True:
            coming = self._time.instant(self._events[0][0]) if self._events else None
            due = self._due_before(coming)
            if due is not None:
                self._fire(due)
            elif coming is not None:
                self._happen()
            else:
                break
        if self._running:
            stuck = next(iter(self._running.values()))
            raise NotPossible(
                "simulate.stuck", f"有 {len(self._running)} 件办件无法办结", f"{len(self._running)} cases never end",
                stuck.offering.code,
            )  # fmt: skip

    def _due_before(self, coming: datetime | None) -> datetime | None:
        """When the next timer is due, if that is before ``coming``.

        The engine is asked when it may be: deadlines of steps are known since the steps opened, and cleared ones come
        to light here. Timers drawn in a diagram may come at any time.
        """
        if self._timed or coming is None or (self._due is not None and self._due < coming):
            self._due = self._engine.due()
            return self._due if self._due is not None and (coming is None or self._due < coming) else None
        return None

    def meters(self) -> Mapping[Pool, PoolMeter]:
        """What the pools did, in order."""
        return {pool: self._meters[pool] for pool in sorted(self._meters)}

    def _at(self, time: int, what: Callable[[int], None]) -> None:
        heappush(self._events, (time, next(self._numbers), what))

    def _happen(self) -> None:
        """Everything that happens at the next moment; then whoever is free begins something."""
        now = self._events[0][0]
        self._clock.forward(self._time.instant(now))
        while self._events and self._events[0][0] == now:
            heappop(self._events)[2](now)
        self._begin(now)

    def _fire(self, due: datetime) -> None:
        """The timers that are due, as a sweep fires them, cases in the order they came in."""
        self._clock.forward(due)
        now = self._time.at(due)
        for timer in sorted(self._engine.lease(), key=self._in_turn):
            case = self._running.get(timer.case_id)
            if case is None:
                continue  # an earlier one of these has ended it
            try:
                outcome = self._engine.execute(FireTimer(timer.case_id, timer.timer_id), SYSTEM)
            except AlreadyDone:
                continue  # an earlier one of these has cleared it
            if EVENT not in timer.timer_id:
                case.overdue += 1
            if EVENT in timer.timer_id or outcome.closed:  # silence has decided a step
                self._look(case, now)
        self._begin(now)

    def _in_turn(self, timer: DueTimer) -> tuple[datetime, int, str]:
        return timer.due_at, self._running[timer.case_id].application.number, timer.timer_id

    def _next_of(self, applications: Iterator[Application]) -> None:
        """The next application comes at its time; only then the one after it is asked for."""
        coming = next(applications, None)
        if coming is not None:
            self._at(coming.time, partial(self._arrive, coming, applications))

    def _arrive(self, coming: Application, applications: Iterator[Application], now: int) -> None:
        self._next_of(applications)
        offering = self._engine.deployments.catalogue.offering(coming.code)
        form = self._form(offering, coming.items)
        everything = materials_for(offering, form)
        missing = None if coming.correction is None else one_missing(offering, form)
        given = everything if missing is None else missing
        outcome = self._engine.execute(SubmitCase(coming.code, form, given), CLERK)
        case = Running(coming, offering, self._plan(offering, coming.items), outcome.case_id)
        if coming.declined:
            self._engine.execute(DeclineCase(case.id, REASON), CLERK)
            self.tally.declined += 1
            self._done()
        elif missing is None or coming.correction is None:
            self._accept(case, now)
        else:
            self.tally.corrected += 1
            self._engine.execute(RequestCorrection(case.id, {}, REASON), CLERK)
            self._at(now + coming.correction, partial(self._correct, case, everything))

    def _form(self, offering: Offering, items: frozenset[str]) -> Mapping[str, str]:
        key = offering.code, items
        if key not in self._forms:
            self._forms[key] = form_for(offering, items, self._given.answers.get(offering.code, {}))
        return self._forms[key]

    def _plan(self, offering: Offering, items: frozenset[str]) -> CasePlan:
        key = offering.code, items
        if key not in self._plans:
            self._plans[key] = case_plan(offering, items, self._given, serial=self._serial)
        return self._plans[key]

    def _correct(self, case: Running, materials: Mapping[str, str], now: int) -> None:
        self._engine.execute(SupplyMaterials(case.id, materials), CLERK)
        self._accept(case, now)

    def _accept(self, case: Running, now: int) -> None:
        self._engine.execute(AcceptCase(case.id), CLERK)
        case.accepted = now
        self._running[case.id] = case
        self._look(case, now)

    def _look(self, case: Running, now: int) -> None:
        """What the engine opened, covered and took away."""
        with self._engine.store.database.read() as connection:
            rows = queries.tasks_of(connection, case.id)
        fresh = [row for row in rows if row["task_id"] not in case.seen]
        for row in sorted(fresh, key=lambda row: (_in_order(row["task_id"]), row["task_id"])):
            case.seen.add(row["task_id"])
            if row["status"] == OPEN or (row["status"] == COVERED and self._given.acceptance):
                self._new_job(case, row, now)
        closed = {row["task_id"] for row in rows if row["status"] != OPEN}
        over = {row["item"] for row in rows if row["status"] == SKIPPED}
        for job in [*case.jobs.values()]:
            if job.step.item in over if job.covered else job.task in closed:
                self._withdraw(case, job, now)
        self._queue(case, now)
        self._close(case)

    def _new_job(self, case: Running, row: Mapping[str, Any], now: int) -> None:
        step = case.offering.step(row["step"])
        visit = case.visits[step.id] = case.visits.get(step.id, 0) + 1
        if step.act == DELIVER and case.decided is None:
            case.decided = now
        job = self._work.job(step, (case.application.number, visit), case.plan.limits.get(step.id, Fraction(0)), now)
        job.case_id, job.task, job.covered = case.id, row["task_id"], row["status"] == COVERED
        if row["due_at"] is not None and (self._due is None or from_text(row["due_at"]) < self._due):
            self._due = from_text(row["due_at"])
        case.jobs[job.task] = job

    def _queue(self, case: Running, now: int) -> None:
        """Queues work that can begin: what comes after an acceptance by its department waits until that is done."""
        held = [case.plan.after.get(job.step.id, frozenset()) for job in case.jobs.values() if job.covered]
        for job in case.jobs.values():
            if job.queued or any(job.step.id in after for after in held):
                continue
            job.queued = True
            latest = case.accepted + self._time.of_days(case.plan.latest.get(job.step.id, Fraction(0)))
            job.rank = RULES[self._given.rule](Waiting(latest, job.work, now, next(self._numbers)))
            self._meter(job).move(now, waiting=1)
            self._dispatcher.add(job)

    def _begin(self, now: int) -> None:
        for job in self._dispatcher.start():
            job.started = True
            self._meter(job).move(now, waiting=-1, working=1)
            self._at(now + job.work, partial(self._finish, job))

    def _finish(self, job: Job, now: int) -> None:
        if job.gone:
            return
        self._dispatcher.finish(job)
        self._meter(job).move(now, working=-1)
        self._meter(job).done += 1
        case = self._running[job.case_id]
        del case.jobs[job.task]
        if job.covered:
            self._queue(case, now)
            self._close(case)
        elif self._has_moved(case, job, self._decide(case, job)):
            self._look(case, now)
        else:
            self._close(case)

    def _has_moved(self, case: Running, job: Job, outcome: Outcome) -> bool:
        """Whether more happened than that the work is done: an acceptance that was covered shows in no outcome."""
        others = {*outcome.opened, *outcome.closed} - {job.task}
        return bool(others) or job.refuses or job.step.id not in case.plan.quiet

    def _decide(self, case: Running, job: Job) -> Outcome:
        case.commands += 1
        if case.commands > MOST_COMMANDS:
            raise LimitExceeded(
                "simulate.endless", f"一件办件已办理 {MOST_COMMANDS} 次仍未办结",
                f"a case has not ended after {MOST_COMMANDS} decisions", case.offering.code,
            )  # fmt: skip
        actor = Actor(job.step.department, job.step.department, frozenset({job.step.role}))
        if job.step.act == DELIVER:
            return self._engine.execute(DeliverResults(case.id, job.task, "window"), actor)
        decision = "disagree" if job.refuses else "agree"
        return self._engine.execute(DecideStep(case.id, job.task, decision, REASON), actor)

    def _withdraw(self, case: Running, job: Job, now: int) -> None:
        """The engine has taken the work away; whoever was at it is free."""
        del case.jobs[job.task]
        if job.started:
            self._dispatcher.finish(job)
            self._meter(job).move(now, working=-1)
        elif job.queued:
            self._meter(job).move(now, waiting=-1)
        self._dispatcher.withdraw(job)

    def _close(self, case: Running) -> None:
        """Closes the books on a case that has ended; one that only waits for a timer goes on."""
        if case.jobs:
            return
        with self._engine.store.database.read() as connection:
            stored = queries.case_with_state(connection, case.id)
        ended = case_from_state(json.loads(stored[0]), b"") if stored else None
        if ended is not None and ended.status == CLOSED:
            decided = None if case.decided is None else self._time.instant(case.decided)
            self.tally.add(ended, decided, case.overdue)
            del self._running[case.id]
            self._done()

    def _meter(self, job: Job) -> PoolMeter:
        return self._meters.setdefault(self._given.pool_of(job.step), PoolMeter())


def _in_order(task_id: str) -> list[int]:
    """``4.10`` comes after ``4.2``: the order in which tasks were opened."""
    return [int(part) for part in task_id.split(".") if part.isdigit()]
