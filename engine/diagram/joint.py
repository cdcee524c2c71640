"""Joint visits: one task drawn for site steps of several items (``bl:covers``), run as those steps side by side.

In what runs, the task is a sub-process of the same id with a branch for each step it covers: a choice by the condition
of its item, if it has one, and the user task of the step. What leads into and out of the task, its boundary events and
its drawing stay as they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from engine.diagram.extension import POLICY, TASKS
from engine.diagram.written import WrittenStep, new_element, user_task
from engine.diagram.xml import BL, XSI, bpmn

COVERS = "covers"
_OWN = tuple(f"{{{BL}}}{name}" for name in ("step", "needs", "yields", COVERS))


@dataclass(frozen=True)
class CoveredStep:
    """A step as it runs inside a joint visit; ``condition``: when it is part of the case, empty for always."""

    step: WrittenStep
    condition: str = ""


def covered_by(task: etree._Element) -> tuple[str, ...]:
    """Ids of the steps a task stands for; empty for a step of its own."""
    return tuple(e.get("ref", "") for e in task.iterfind(f"{bpmn('extensionElements')}/{{{BL}}}{COVERS}"))


def joint_tasks(root: etree._Element) -> Iterator[tuple[etree._Element, tuple[str, ...]]]:
    """The tasks of a file that stand for several steps, each with the ids of those, in document order."""
    for task in root.iter(*TASKS):
        if covers := covered_by(task):
            yield task, covers


def unfold(root: etree._Element, step_of: Callable[[str], CoveredStep]) -> bytes:
    """The file with every joint visit as the sub-process that runs; ``root`` is changed."""
    for task, covers in list(joint_tasks(root)):
        _unfold(task, [step_of(step) for step in covers])
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _unfold(task: etree._Element, covered: list[CoveredStep]) -> None:
    said = task.find(f"{bpmn('extensionElements')}/{{{BL}}}step")
    policy = "" if said is None else said.get(POLICY, "")
    for own in task.findall(f"{bpmn('extensionElements')}/*"):
        parent = own.getparent()
        if own.tag in _OWN and parent is not None:
            parent.remove(own)
    task.tag = bpmn("subProcess")
    task.attrib.pop("implementation", "")
    inside = _Inside(task)
    start, split = inside.add("startEvent", "start"), inside.add("parallelGateway", "split")
    join, end = inside.add("parallelGateway", "join"), inside.add("endEvent", "end")
    inside.flow(start, split)
    inside.flow(join, end)
    for one in covered:
        drawn = user_task(one.step)
        if policy:
            drawn[0][0].set(POLICY, policy)
        task.append(drawn)
        inside.branch(one, split, join)


class _Inside:
    """What is put into a joint visit; its ids have a slash, which no id of an XML file may have."""

    def __init__(self, task: etree._Element) -> None:
        self._task = task
        self._prefix = task.get("id", "")

    def add(self, tag: str, name: str) -> str:
        """A node; gives its id."""
        return self._put(new_element(tag, id=f"{self._prefix}/{name}"))

    def _put(self, drawn: etree._Element) -> str:
        self._task.append(drawn)
        return drawn.get("id", "")

    def flow(self, source: str, target: str, condition: str = "") -> str:
        """A flow; gives its id."""
        identity = f"{self._prefix}/{source}/{target}"
        drawn = new_element("sequenceFlow", id=identity, sourceRef=source, targetRef=target)
        if condition:
            said = etree.SubElement(drawn, bpmn("conditionExpression"), nsmap={"xsi": XSI})
            said.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
            said.text = condition
        return self._put(drawn)

    def branch(self, one: CoveredStep, split: str, join: str) -> None:
        """From the split over a step to the join; past it where its condition does not hold."""
        step = one.step.id
        if not one.condition:
            self.flow(split, step)
            self.flow(step, join)
            return
        asked, met = self.add("exclusiveGateway", f"if/{step}"), self.add("exclusiveGateway", f"met/{step}")
        gateway = self._task[-2]
        self.flow(split, asked)
        self.flow(asked, step, one.condition)
        gateway.set("default", self.flow(asked, met))
        self.flow(step, met)
        self.flow(met, join)
