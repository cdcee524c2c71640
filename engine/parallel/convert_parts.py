"""What a diagram is made of before it is put together, and the parts an item or bundle of the catalogue has."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from engine.catalogue import Offering, SharedStep
from engine.diagram.extension import TASKS
from engine.diagram.joint import covered_by
from engine.diagram.written import WrittenStep, new_element, user_task
from engine.diagram.xml import BL, bpmn, executable_processes, read_definitions
from engine.joint import SITE, expression_of, limit_of, written_step
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
        step: drawn[step] if step in drawn and covered_by(drawn[step]) == graph.visits.get(step, ())
        else user_task(_visit(offering, visits[step], graph.visits[step]) if step in graph.visits
                       else written_step(offering, offering.step(step)))
        for step in graph.steps
    }  # fmt: skip
    ends = {e.get("id", ""): e for e in process.iterchildren(bpmn("startEvent"), bpmn("endEvent"))}
    for identity, tag, name in ((START, "startEvent", "一窗受理"), (END, "endEvent", "办结")):
        nodes[identity] = ends.get(identity, new_element(tag, id=identity, name=name))
    items = {step: _items(offering, graph, step) for step in graph.steps}
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


def _items(offering: Offering, graph: PrecedenceGraph, step: str) -> list[str]:
    """The items a step, or the steps a joint visit stands for, belong to; an own step belongs to none."""
    codes = dict.fromkeys(offering.item_of(one) for one in graph.visits.get(step, (step,)))
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
    return Condition("-".join(codes), f"{question}？", f"{names}汇合", " or ".join(map(expression_of, said)))


def _new_root(offering: Offering) -> etree._Element:
    root = new_element("definitions", id=f"definitions-{offering.code}", targetNamespace="urn:binglian:processes")
    process = etree.SubElement(root, bpmn("process"))
    for name, value in (("id", offering.code), ("name", offering.name_zh), ("isExecutable", "true")):
        process.set(name, value)
    extension = etree.SubElement(process, bpmn("extensionElements"))
    etree.SubElement(extension, f"{{{BL}}}offering").set("code", offering.code)
    return root


def _visit(offering: Offering, visit: SharedStep, covers: tuple[str, ...]) -> WrittenStep:
    """A joint visit: what the steps it covers need and yield, led by the department that convenes it."""
    steps = [offering.step(step) for step in covers]
    said = {"act": SITE, "department": visit.lead_department, "role": steps[0].role}
    said |= {"limit": limit_of(visit), "unit": visit.unit}
    said |= {"decisive": "true"} if any(step.decisive for step in steps) else {}
    needs = dict.fromkeys(ref for step in steps for ref in step.needs)
    yields = dict.fromkeys(ref for step in steps for ref in step.yields)
    return WrittenStep(visit.id, visit.name_zh, said, tuple(needs), tuple(yields), covers)
