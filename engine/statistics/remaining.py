"""How long cases and steps took from where a running case stands: what was seen, nothing fitted to it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from engine.case.state import DONE, OPEN
from engine.case.steps import DELIVER
from engine.statistics.lengths import Lengths, lengths_of
from engine.statistics.numbers import WorkTime
from engine.statistics.records import CaseRecord

Standing = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Offering, items of the case, and its open steps: where a case stands."""
NOTHING = lengths_of(())


@dataclass(frozen=True, slots=True)
class Stay:
    """A case stood somewhere for ``lasted``, and was ready ``remaining`` after it had come there (office time); one
    that is not ready yet (``ended`` false) has come so far."""

    lasted: int
    remaining: int
    ended: bool


@dataclass(frozen=True)
class History:
    """``stays`` by where cases stood, and how long each step takes; of ``cases`` that were ready."""

    cases: int
    stays: Mapping[Standing, Sequence[Stay]]
    steps: Mapping[str, Lengths]

    def like(self, standing: Standing, elapsed: int) -> Lengths:
        """Office time still to come of the cases that stood there at least as long."""
        stays = [stay for stay in self.stays.get(standing, ()) if stay.lasted >= elapsed]
        known = (stay for stay in stays if stay.ended or stay.remaining > elapsed)
        return lengths_of((stay.remaining - elapsed, stay.ended) for stay in known)

    def step(self, step: str) -> Lengths:
        """How long a step takes, waiting in its department included."""
        return self.steps.get(step, NOTHING)


def standing_of(case: CaseRecord) -> Standing:
    """Where a running case stands."""
    return case.offering, case.items, tuple(sorted(task.step for task in case.open_steps))


def standing_since(case: CaseRecord) -> datetime:
    """Since when it has stood there: the last opening or closing of a step."""
    return max([case.accepted, *_edges(case)])


def history_of(cases: Sequence[CaseRecord], now: datetime, time: WorkTime) -> History:
    """What can be learned from these cases, known at ``now``."""
    stays: defaultdict[Standing, list[Stay]] = defaultdict(list)
    steps: defaultdict[str, list[tuple[int, bool]]] = defaultdict(list)
    for case in cases:
        for standing, stay in _stays(case, now, time):
            stays[standing].append(stay)
        for task in case.steps:
            if task.status in {DONE, OPEN} and task.act != DELIVER:
                spent = time.between(task.opened, task.closed or now, case.pauses_of(task.item))
                steps[task.step].append((spent, task.closed is not None))
    ready = sum(case.ready is not None for case in cases)
    return History(ready, dict(stays), {step: lengths_of(seen) for step, seen in steps.items()})


def _edges(case: CaseRecord) -> set[datetime]:
    """The instants at which a step that was really open was opened or closed, deliveries left out."""
    tasks = [task for task in case.steps if task.took_time and task.act != DELIVER]
    return {task.opened for task in tasks} | {task.closed for task in tasks if task.closed is not None}


def _stays(case: CaseRecord, now: datetime, time: WorkTime) -> Iterator[tuple[Standing, Stay]]:
    """Every place a case stood at, in order; that of a running case last."""
    pauses, end = case.all_pauses(), case.ready or now
    tasks = [task for task in case.steps if task.took_time and task.act != DELIVER]
    for start, until in pairwise(sorted(edge for edge in _edges(case) | {end} if edge <= end)):
        there = [task.step for task in tasks if task.opened <= start and (task.closed is None or task.closed >= until)]
        if there:
            spent, rest = time.between(start, until, pauses), time.between(start, end, pauses)
            yield (
                (case.offering, case.items, tuple(sorted(there))),
                Stay(spent, rest, case.ready is not None),
            )
