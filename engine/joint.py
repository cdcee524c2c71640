"""Joint visits of an item or bundle as cases run them: the site steps they stand for, side by side.

A diagram may draw one task for site steps of several items. Each department still decides its own step in its own task,
with its own role, limit and clock; the flow goes on when all are decided. The visit itself is the joint session of
``engine.case.sessions``.
"""

from collections.abc import Mapping
from dataclasses import replace

from engine.catalogue import Condition, Offering, SharedStep, Step
from engine.diagram.extension import StepElement, may_say, read_step
from engine.diagram.joint import COVERS, CoveredStep, joint_tasks, unfold
from engine.diagram.written import WrittenStep
from engine.diagram.xml import read_definitions

SITE = "site"
"""What the steps of a joint visit do."""


def drawn_visits(offering: Offering, file: str) -> list[tuple[StepElement, tuple[str, ...]]]:
    """The joint visits of the diagram, each with the ids of the steps it stands for; most diagrams are not read."""
    if not may_say(offering.diagram, COVERS):
        return []
    root = read_definitions(offering.diagram, file)
    return [(read_step(task, file), covers) for task, covers in joint_tasks(root)]


def joint_visits(offering: Offering, file: str) -> Mapping[str, tuple[str, ...]]:
    """The steps each joint visit of the diagram stands for, by the id of its task."""
    return {drawn.id: covers for drawn, covers in drawn_visits(offering, file)}


def as_run(offering: Offering, file: str) -> Offering:
    """The offering with the diagram that runs, itself when that is the drawn one; NotFound for an unknown step."""
    if not drawn_visits(offering, file):
        return offering
    diagram = unfold(read_definitions(offering.diagram, file), lambda step: _covered(offering, offering.step(step)))
    return replace(offering, diagram=diagram)


def _covered(offering: Offering, step: Step) -> CoveredStep:
    condition = offering.condition_of(step.item) if step.item else None
    return CoveredStep(written_step(offering, step), "" if condition is None else expression_of(condition))


def written_step(offering: Offering, step: Step) -> WrittenStep:
    """A step as the catalogue knows it."""
    short = offering.item(step.item).short_zh if step.item else ""
    said = {"item": step.item} if step.item else {}
    said |= {"act": step.act, "department": step.department, "role": step.role}
    said |= {"limit": limit_of(step), "unit": step.unit} | ({"decisive": "true"} if step.decisive else {})
    return WrittenStep(step.id, f"{short} · {step.name_zh}" if short else step.name_zh, said, step.needs, step.yields)


def limit_of(step: Step | SharedStep) -> str:
    """A limit as a diagram writes it."""
    return f"{step.limit.normalize():f}"


def expression_of(said: Condition) -> str:
    """When an item applies, in the language of conditions."""
    value = repr(said.value) if isinstance(said.value, bool | str) else str(said.value)
    return f"{said.field} {said.operator} {value}"
