"""What a diagram is made of before it is put together, and the parts an item or bundle of the catalogue has."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from engine.catalogue import Condition as ItemCondition
from engine.catalogue import Offering, Step
from engine.diagram.extension import TASKS
from engine.diagram.xml import BL, BPMN, bpmn, executable_processes, read_definitions
from engine.parallel.convert_chart import Condition, Unit
from engine.parallel.order import PrecedenceGraph

START, END = "case-start", "case-end"


@dataclass(frozen=True)
class Parts:
    """What to draw, whatever its order.

    ``root``: the definitions to keep the surroundings of; ``process``: the one in it to redraw; ``nodes``: the flow nodes
    by id; ``inner``: the flows inside units; ``leaving``: node → the flow out of it to keep (its name, condition,
    extensions); ``ends``: start and end event; ``conditions``: by key, ``condition_of``: step → key; ``lanes``:
    step → (key, name) of its lane.
    """

    file: str
    root: etree._Element
    process: etree._Element
    nodes: Mapping[str, etree._Element]
    units: Mapping[str, Unit]
    ends: tuple[str, str]
    inner: tuple[etree._Element, ...] = ()
    leaving: Mapping[str, etree._Element] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    condition_of: Mapping[str, str] = field(default_factory=dict)
    lanes: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def parts_of_offering(
    offering: Offering, graph: PrecedenceGraph, departments: Mapping[str, str], file: str = ""
) -> Parts:
    """The steps of ``graph`` as user tasks: as the offering's diagram has them, else as the catalogue says.

    ``departments``: code → name, for the lanes. DiagramError when the diagram cannot be read.
    """
    where = file or f"{offering.code}/process.bpmn"
    root = read_definitions(offering.diagram, where) if offering.diagram.strip() else _new_root(offering)
    processes = executable_processes(root)
    process = processes[0] if processes else root[0]
    drawn = {e.get("id", ""): e for e in process.iter(*TASKS)}
    nodes = {step: drawn[step] if step in drawn else _task(offering, step) for step in graph.steps}
    ends = {e.get("id", ""): e for e in process.iterchildren(bpmn("startEvent"), bpmn("endEvent"))}
    for identity, tag, name in ((START, "startEvent", "一窗受理"), (END, "endEvent", "办结")):
        nodes[identity] = ends.get(identity, _element(tag, id=identity, name=name))
    condition_of = {s: offering.item_of(s) for s in graph.steps if offering.condition_of(offering.item_of(s))}
    return Parts(
        file=where,
        root=root,
        process=process,
        nodes={identity: deepcopy(node) for identity, node in nodes.items()},
        units={step: Unit(step, step, step, (step,)) for step in graph.steps},
        ends=(START, END),
        conditions={code: _condition(offering, code) for code in dict.fromkeys(condition_of.values())},
        condition_of=condition_of,
        lanes=_lanes(offering, graph.steps, departments),
    )


def _lanes(offering: Offering, steps: Iterable[str], departments: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    codes = {step: offering.step(step).department for step in steps}
    return {step: (code, departments.get(code, code)) for step, code in codes.items()}


def _condition(offering: Offering, code: str) -> Condition:
    said = offering.condition_of(code)
    if said is None:  # the caller asks for conditional items only
        raise KeyError(code)
    return Condition(code, f"{said.words_zh}？", f"{offering.item(code).short_zh}汇合", _expression(said))


def _expression(said: ItemCondition) -> str:
    value = repr(said.value) if isinstance(said.value, bool | str) else str(said.value)
    return f"{said.field} {said.operator} {value}"


def _element(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(bpmn(tag), attributes, nsmap={"bpmn": BPMN, "bl": BL})


def _new_root(offering: Offering) -> etree._Element:
    root = _element("definitions", id=f"definitions-{offering.code}", targetNamespace="urn:binglian:processes")
    process = etree.SubElement(root, bpmn("process"))
    for name, value in (("id", offering.code), ("name", offering.name_zh), ("isExecutable", "true")):
        process.set(name, value)
    extension = etree.SubElement(process, bpmn("extensionElements"))
    etree.SubElement(extension, f"{{{BL}}}offering").set("code", offering.code)
    return root


def _task(offering: Offering, step_id: str) -> etree._Element:
    """The user task of a step as the catalogue knows it."""
    step = offering.step(step_id)
    short = offering.item(step.item).short_zh if step.item else ""
    task = _element("userTask", id=step.id, name=f"{short} · {step.name_zh}" if short else step.name_zh)
    extension = etree.SubElement(task, bpmn("extensionElements"))
    said = etree.SubElement(extension, f"{{{BL}}}step")
    for name, value in _step_attributes(step).items():
        said.set(name, value)
    for tag, refs in (("needs", step.needs), ("yields", step.yields)):
        for ref in refs:
            etree.SubElement(extension, f"{{{BL}}}{tag}").set("ref", ref)
    return task


def _step_attributes(step: Step) -> dict[str, str]:
    said = {"item": step.item} if step.item else {}
    said |= {"act": step.act, "department": step.department, "role": step.role, "limit": f"{step.limit.normalize():f}"}
    said["unit"] = step.unit
    return said | ({"decisive": "true"} if step.decisive else {})
