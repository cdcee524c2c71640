"""The steps of a case as rows: in which state each is, who had it, until when. The table beside the diagram."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.case.offers.reached import reached
from engine.case.state import COVERED, DONE, ENDED_ITEMS, GRANTED, OPEN, OVER, SKIPPED, WAITING, Case, Task
from engine.case.steps import ACCEPT
from engine.catalogue import COMMITTED, Offering, Step
from engine.catalogue.vocabulary import BEFORE_START
from engine.instants import to_text
from engine.reader import CaseView
from webapp.words import TimeLeft, limit_of, step_lights, time_left

ACTIVE, OVERDUE, REFUSED, WAITS, FUTURE = "active", "overdue", "refused", "waiting", "future"
COLOURS: Mapping[str, str] = {
    DONE: "green", COVERED: "green", ACTIVE: "blue", OVERDUE: "red", REFUSED: "red", WAITS: "amber",
}  # fmt: skip
WORDS: Mapping[str, str] = {ACTIVE: OPEN}
"""States of a step whose word is that of another code."""


@dataclass(frozen=True)
class StepRow:
    """One step of the deployed version that this case may reach."""

    step: Step
    item: str
    state: str
    task: Task | None
    left: TimeLeft | None
    waits_for: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The code its state is put in words by (kind ``task_status``)."""
        if self.state == COVERED and self.step.act != ACCEPT:
            return COMMITTED
        return WORDS.get(self.state, self.state)

    @property
    def colour(self) -> str:
        """Colour of its tag."""
        return COLOURS.get(self.state, "grey")


def task_left(view: CaseView, task: Task) -> TimeLeft:
    """How an open task's deadline stands, by its own limit and the lights of its policy."""
    lights = step_lights(view.deployment, task.step)
    return time_left(task.opened_at, task.due_at, limit_of(task.limit, task.unit), lights)


def step_rows(view: CaseView) -> list[StepRow]:
    """All steps of the items of the case and of the bundle itself, in the order of the catalogue."""
    offering, case = view.deployment.offering, view.case
    latest = reached(case, view.entries)
    rows = []
    for step in offering.steps.values():
        if not step.item or step.item in case.items:
            rows.append(_row(view, step, latest))
    return rows


def _row(view: CaseView, step: Step, latest: Mapping[str, Task]) -> StepRow:
    task = latest.get(step.id)
    if task is not None:
        left = task_left(view, task) if task.status == OPEN else None
        return StepRow(step, step.item, _state_of(task, to_text(view.now)), task, left)
    case = view.case
    item = case.items.get(step.item)
    if case.status in OVER or (item is not None and item.status in ENDED_ITEMS):
        return StepRow(step, step.item, SKIPPED, None, None)
    causes = waits_for(view.deployment.offering, case, step.item)
    next_in_line = all(before in latest and latest[before].status != OPEN for before in step.after)
    if causes and next_in_line:
        return StepRow(step, step.item, WAITS, None, None, causes)
    return StepRow(step, step.item, FUTURE, None, None)


def _state_of(task: Task, now: str) -> str:
    if task.status == OPEN:
        return OVERDUE if task.due_at and task.due_at < now else ACTIVE
    return REFUSED if task.status == DONE and task.decision == "disagree" else task.status


def waits_for(offering: Offering, case: Case, code: str) -> tuple[str, ...]:
    """Items whose result this one waits for at the moment: it has no open task and they are not finished."""
    item = case.items.get(code)
    if item is None or item.status in ENDED_ITEMS | {GRANTED}:
        return ()
    if any(task.item == code for task in case.open_tasks()):
        return ()
    waiting = item.status == WAITING
    causes = [
        edge.from_
        for edge in offering.precedence
        if edge.to == code and edge.from_ in case.items and (edge.strength == BEFORE_START or not waiting)
        and case.items[edge.from_].status not in ENDED_ITEMS | {GRANTED}
    ]  # fmt: skip
    return tuple(dict.fromkeys(causes))
