"""What people decided, given again to a new workflow: how a case moves to another version, and how it goes back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from engine.case.act import Act
from engine.case.deployment import Deployment
from engine.case.parts.fired import FiredEvent
from engine.case.state import CANCELLED, DONE, OPEN, VOIDED, Case, Task, is_standing
from engine.case.steps import begin, decide, decide_for_case, status_of
from engine.catalogue import Offering
from engine.commands import SYSTEM
from engine.journal import Json
from engine.runtime import Flow, OpenTask

Given = Task | FiredEvent
"""What is given again: what somebody decided, or a timer event that happened."""

DISAGREE = "disagree"


@dataclass(frozen=True)
class Line:
    """One step (item, result) an act concerns, by code and names; ``task`` is its row, if it has one. ``why`` is given
    for what is not possible."""

    code: str
    name_zh: str
    name_en: str
    task: str = ""
    why_zh: str = ""
    why_en: str = ""

    def as_dict(self) -> dict[str, Json]:
        """The line as JSON, without what is empty."""
        return {name: value for name, value in vars(self).items() if value}


def step_line(offerings: Sequence[Offering], step: str, task: str = "", why: tuple[str, str] = ("", "")) -> Line:
    """A step with its item, named by the first of these offerings that knows it."""
    found = next((o.steps[step] for o in offerings if step in o.steps), None)
    if found is None:
        return Line(step, step, step, task, *why)
    zh, en = found.name_zh, found.name_en
    if found.item:
        item = item_names(offerings, found.item)
        zh, en = f"{item[0]} · {zh}", f"{item[1]} · {en}"
    return Line(step, zh, en, task, *why)


def item_names(offerings: Sequence[Offering], code: str) -> tuple[str, str]:
    """Short names of an item, by the first of these offerings that has it."""
    found = next((item for offering in offerings for item in offering.items if item.code == code), None)
    return (code, code) if found is None else (found.short_zh, found.short_en)


def whose(one: Task | FiredEvent) -> tuple[str, str]:
    """What somebody decided in one instance of a step is never taken for another one."""
    return (one.step if isinstance(one, Task) else one.element), one.instance


class Rerun:
    """Decisions (and fired events) given to a new workflow until nothing more can be; ``left`` are those not taken.

    ``trial`` is the case as it would be: here with its items as they are.
    """

    def __init__(self, case: Case, deployment: Deployment, act: Act, given: Iterable[Given]) -> None:
        self.deployment, self.act = deployment, act
        self.steps = deployment.offering.steps
        self.trial = self.begun(case)
        self.flow = begin(self.trial, deployment, act)
        self.flow.advance()
        self.left = list(given)
        self.taken: list[Given] = []
        self.passed: list[OpenTask] = []
        """Steps that nobody has to handle, and that have no row yet."""
        while self._give() or self._pass():
            pass

    def begun(self, case: Case) -> Case:
        """The case with nothing decided."""
        return replace(case, version=self.deployment.version, decisions={}, flow=Flow.start(self.deployment.spec))

    def reached(self, opened: OpenTask) -> None:
        """The workflow waits for a step."""

    def concluded(self, row: Task, decision: str) -> None:
        """A decision was given; the workflow has not gone on yet."""

    def _give(self) -> bool:
        opened = self.flow.open_tasks()
        for one in opened:
            self.reached(one)
        waiting = {(one.element, one.place): one.id for one in reversed(opened)}
        for given in self.left:
            if isinstance(given, FiredEvent):
                taken = self._happen(given)
            else:
                taken = whose(given) in waiting and self.fits(given)
                if taken:
                    self._decide(given, waiting[whose(given)])
            if taken:
                self.left.remove(given)
                self.taken.append(given)
                return True
        return False

    def _decide(self, row: Task, task_id: str) -> None:
        # What was deemed agreed to, and objected to later, let the workflow go on as an agreement.
        objected = bool(row.deemed) and row.actor != SYSTEM.id and row.decision == DISAGREE
        decision = "agree" if objected else row.decision
        if decision is not None:
            decide(self.trial, self.flow, task_id, row.step, decision)
            self.concluded(row, str(row.decision))
        self.flow.close(task_id, decision, needed=row.status == DONE)
        if objected and not row.instance:
            decide_for_case(self.trial, self.flow, row.step, DISAGREE)
            self.flow.advance()

    def _happen(self, fired: FiredEvent) -> bool:
        for event in self.flow.events():
            if (event.element, event.place, event.armed.number) == (fired.element, fired.instance, fired.number):
                self.flow.happen_again(event.armed, fired.due_at)
                return True
        return False

    def fits(self, row: Task) -> bool:
        """Whether a row says the same of its step in this version."""
        step = self.steps[row.step]
        if (step.act, step.item) != (row.act, row.item):
            return False
        return row.status == DONE or row.status == status_of(self.trial, step)

    def _pass(self) -> bool:
        for opened in self.flow.open_tasks():
            step = self.steps[opened.element]
            if not opened.compensates and status_of(self.trial, step) != OPEN:
                self.passed.append(opened)
                self.flow.close(opened.id, None, needed=False)
                return True
        return False

    def among(
        self, waiting: list[Task], same: Callable[[Task, OpenTask], bool]
    ) -> tuple[dict[str, Task], list[OpenTask]]:
        """The steps it waits for now: id → the task of ``waiting`` it is, which is taken out there; and all others."""
        kept: dict[str, Task] = {}
        fresh = []
        for opened in self.flow.open_tasks():
            found = next((task for task in waiting if same(task, opened)), None)
            if found is None:
                fresh.append(opened)
            else:
                waiting.remove(found)
                kept[opened.id] = found
        return kept, fresh

    @property
    def lost(self) -> list[Task]:
        """Decisions it did not take."""
        return [row for row in self.left if isinstance(row, Task) and row.status == DONE]

    @classmethod
    def of_case(cls, case: Case, deployment: Deployment, act: Act, events: Iterable[FiredEvent] = ()) -> Self:
        """With all rounds a case went through; if something is left then, with the last word on each step."""
        closed = [task for task in case.tasks.values() if task.status not in {OPEN, CANCELLED, VOIDED}]
        full = cls(case, deployment, act, in_order([*events, *closed]))
        if not full.lost:
            return full
        last = {whose(task): task for task in case.tasks.values() if is_standing(task)}
        return cls(case, deployment, act, in_order([*events, *(row for row in closed if last[whose(row)] is row)]))


def in_order(given: Iterable[Given]) -> list[Given]:
    """As it happened; of one instant, as given: rows stay in the order they were opened in."""
    return sorted(given, key=lambda one: one.at if isinstance(one, FiredEvent) else one.closed_at or "")
