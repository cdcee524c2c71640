"""What a diagram is made of before it is put together, and the parts an item or bundle of the catalogue has."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from engine.catalogue import Condition as ItemCondition
from engine.catalogue import Offering, SharedStep, Step
from engine.diagram.extension import TASKS
from engine.diagram.xml import BL, BPMN, bpmn, executable_processes, read_definitions
from engine.parallel.convert_chart import Condition, Unit
from engine.parallel.order import PrecedenceGraph

START, END = "case-start", "case-end"


@dataclass(frozen=True)
class Parts:
    """What to draw, whatever its order.

    ``root``: the definitions to keep the surroundings of; ``process``: the one in it to redraw; ``nodes``: the flow
    nodes by id; ``inner``: the flows inside units; ``leaving``: node → the flow out of it to keep (its name, condition,
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
    visits = {visit.id: visit for visit in offering.shared_steps}
    nodes = {
        step: drawn[step] if step in drawn else _visit(offering, visits[step]) if step in visits
        else _task(offering, offering.step(step))
        for step in graph.steps
    }  # fmt: skip
    ends = {e.get("id", ""): e for e in process.iterchildren(bpmn("startEvent"), bpmn("endEvent"))}
    for identity, tag, name in ((START, "startEvent", "一窗受理"), (END, "endEvent", "办结")):
        nodes[identity] = ends.get(identity, _element(tag, id=identity, name=name))
    items = {step: _items(offering, step) for step in graph.steps}
    condition_of = {
        s: "+".join(codes) for s, codes in items.items() if all(map(offering.condition_of, codes)) and codes
    }
    return Parts(
        file=where,
        root=root,
        process=process,
        nodes={identity: deepcopy(node) for identity, node in nodes.items()},
        units={step: Unit(step, step, step, (step,)) for step in graph.steps},
        ends=(START, END),
        conditions={key: _condition(offering, key.split("+")) for key in dict.fromkeys(condition_of.values())},
        condition_of=condition_of,
        lanes=_lanes(offering, graph.steps, departments),
    )


def _items(offering: Offering, step: str) -> list[str]:
    """The items a step, or the steps a joint visit stands for, belong to; an own step belongs to none."""
    stands_for = next((visit.replaces for visit in offering.shared_steps if visit.id == step), (step,))
    codes = dict.fromkeys(offering.item_of(one) for one in stands_for if one in offering.steps)
    return [] if "" in codes else list(codes)


def _lanes(offering: Offering, steps: Iterable[str], departments: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    codes = {visit.id: visit.lead_department for visit in offering.shared_steps}
    codes |= {step.id: step.department for step in offering.steps.values()}
    return {step: (codes[step], departments.get(codes[step], codes[step])) for step in steps}


def _condition(offering: Offering, codes: list[str]) -> Condition:
    """When one of the items is part of the case."""
    said = [condition for code in codes if (condition := offering.condition_of(code)) is not None]
    names = "、".join(offering.item(code).short_zh for code in codes)
    question = "，或".join(condition.words_zh for condition in said)
    return Condition("-".join(codes), f"{question}？", f"{names}汇合", " or ".join(map(_expression, said)))


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


def _task(offering: Offering, step: Step) -> etree._Element:
    """The user task of a step as the catalogue knows it."""
    short = offering.item(step.item).short_zh if step.item else ""
    task = _element("userTask", id=step.id, name=f"{short} · {step.name_zh}" if short else step.name_zh)
    said = {"item": step.item} if step.item else {}
    said |= {"act": step.act, "department": step.department, "role": step.role}
    said |= {"limit": _number(step), "unit": step.unit} | ({"decisive": "true"} if step.decisive else {})
    return _with_step(task, said, step.needs, step.yields)


def _visit(offering: Offering, visit: SharedStep) -> etree._Element:
    """The user task of a joint visit: what its steps need and yield, led by the department that convenes it."""
    steps = [offering.step(step) for step in visit.replaces if step in offering.steps]
    said = {"act": "site", "department": visit.lead_department, "role": steps[0].role}
    said |= {"limit": _number(visit), "unit": visit.unit}
    needs = dict.fromkeys(ref for step in steps for ref in step.needs)
    yields = dict.fromkeys(ref for step in steps for ref in step.yields)
    return _with_step(_element("userTask", id=visit.id, name=visit.name_zh), said, needs, yields)


def _number(step: Step | SharedStep) -> str:
    return f"{step.limit.normalize():f}"


def _with_step(
    task: etree._Element, said: Mapping[str, str], needs: Iterable[str], yields: Iterable[str]
) -> etree._Element:
    extension = etree.SubElement(task, bpmn("extensionElements"))
    own = etree.SubElement(extension, f"{{{BL}}}step")
    for name, value in said.items():
        own.set(name, value)
    for tag, refs in (("needs", needs), ("yields", yields)):
        for ref in refs:
            etree.SubElement(extension, f"{{{BL}}}{tag}").set("ref", ref)
    return task
