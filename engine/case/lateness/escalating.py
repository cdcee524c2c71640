"""督办: a late step is raised with somebody, who answers for it."""

from dataclasses import dataclass

from engine.case.act import Act
from engine.case.parts.escalation import Escalation
from engine.case.state import Case, Task


@dataclass(frozen=True)
class Rung:
    """One rung of a ladder as it is reached: its level, what it does, and who is told."""

    level: int
    does: str
    to_department: str
    to_role: str


def raise_escalation(case: Case, task: Task, rung: Rung, due_at: str, act: Act) -> Escalation:
    """Puts a new record into the case."""
    number = str(len(case.escalations) + 1)
    case.escalations[number] = raised = Escalation(
        number, task.id, task.step, task.item, task.department, task.role, rung.level, rung.does,
        rung.to_department, rung.to_role, due_at, act.at, act.entry,
    )  # fmt: skip
    return raised
