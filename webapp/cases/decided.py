"""The decisions of a case as its page shows them: those that stand, and those that were taken back, struck through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.case.documents import ISSUED_KIND
from engine.case.state import DONE, VOIDED, Task
from engine.reader import CaseView
from webapp.cases.history import Line, numbered
from webapp.words import department_name, local

DELIVER = "deliver"


@dataclass(frozen=True)
class Decision:
    """One decision of a department; ``void`` is the entry that took it back, None while it stands."""

    task: str
    step_id: str
    item: str
    step: str
    department: str
    who: str
    decision: str
    opinion: str
    at: str
    void: Line | None = None

    @property
    def colour(self) -> str:
        """Colour of its tag."""
        if self.void is not None:
            return "grey"
        return {"disagree": "red", "agree_with_conditions": "amber", "forward": "blue"}.get(self.decision, "green")


def decisions(view: CaseView, people: Mapping[str, str], lines: Sequence[Line]) -> list[Decision]:
    """Decisions in the order they were given, voided ones too; the handing over is not one. ``lines``: the journal."""
    by = {line.seq: line for line in lines}
    given = [t for t in view.case.tasks.values() if t.status in {DONE, VOIDED} and t.act != DELIVER]
    return [_decision(view, people, task, by) for task in sorted(given, key=lambda t: t.closed_at or "")]


def _decision(view: CaseView, people: Mapping[str, str], task: Task, by: Mapping[int, Line]) -> Decision:
    offering = view.deployment.offering
    name = local(offering.steps[task.step]) if task.step in offering.steps else task.step
    return Decision(
        task=task.id, step_id=task.step,
        item=local(offering.item(task.item), "short") if task.item in view.case.items else "",
        step=numbered(name, task.instance), department=department_name(task.department),
        who=people.get(task.actor or "", task.actor or ""), decision=task.decision or "", opinion=task.opinion,
        at=task.closed_at or "", void=by.get(task.voided) if task.status == VOIDED else None,
    )  # fmt: skip


def by_step(given: Sequence[Decision]) -> Mapping[str, tuple[Decision, ...]]:
    """The decisions that stand no longer, by their steps."""
    void = [one for one in given if one.void is not None]
    return {one.step_id: tuple(other for other in void if other.step_id == one.step_id) for one in void}


def ended_by(task: Task, lines: Sequence[Line]) -> Line | None:
    """The entry that took a decision back, or closed a task; ``lines``: the journal, newest first."""
    if task.status == VOIDED:
        return next((line for line in lines if line.seq == task.voided), None)
    given = next((line for line in lines if line.task == task.id), None)
    return given or next((line for line in lines if line.at == task.closed_at and line.kind != ISSUED_KIND), None)
