"""Serial to parallel: draws a precedence as a BPMN diagram that admits every order it allows and no other.

User tasks, events and whole units (choices, loops, sub-processes) are kept as they are, with our elements and those
nobody here knows; only the flows between them are new. A diagram of more than ``LARGE`` new flows is written short, so
that it stays within what ``engine.diagram.xml`` reads.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from engine.catalogue import Offering
from engine.diagram.soundness_read import is_flow_node
from engine.diagram.xml import BL, BPMN, XSI, bpmn, local_name
from engine.errors import BadInput
from engine.parallel.convert_chart import Chart, Gateway, Link, drawn_chart
from engine.parallel.convert_drawing import DC, DD, DI, Drawing, Lane, drawing_of, write_drawing
from engine.parallel.convert_parts import Parts, parts_of_offering
from engine.parallel.convert_serial import read_serial
from engine.parallel.order import PrecedenceGraph
from engine.parallel.precedence import precedence_of
from engine.parallel.structure import Block, structure
from engine.parallel.structure_guards import guarded

__all__ = ["Conversion", "Parts", "convert_offering", "convert_parts", "convert_serial"]

LARGE = 5000
"""New flows beyond which nodes do not list their flows, parallel gateways have no name, and the drawing is brief."""

_PREFIXES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI, "bl": BL}
_HEAD = ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef")
_TAIL = (
    "association", "group", "textAnnotation", "resourceRole", "performer", "humanPerformer", "potentialOwner",
    "correlationSubscription", "supports",
)  # fmt: skip


@dataclass(frozen=True)
class Conversion:
    """``root``: the diagram; ``graph``: the order it was made from, of ``parts``; ``crossings`` in its drawing."""

    root: etree._Element
    graph: PrecedenceGraph
    parts: Parts
    block: Block
    crossings: int

    @property
    def data(self) -> bytes:
        """The diagram as a file (UTF-8)."""
        return etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)


def convert_offering(
    offering: Offering,
    departments: Mapping[str, str],
    codes: Iterable[str] | None = None,
    *,
    relaxed: bool = False,
    graph: PrecedenceGraph | None = None,
) -> Conversion:
    """The parallel diagram of an item or bundle, of its items ``codes`` (all when None).

    ``departments``: code → name, for the lanes. ``graph``: another precedence over the offering's steps (joint visits,
    phases). BadInput when the order is circular or two steps yield the same.
    """
    order = graph or precedence_of(offering, codes, relaxed=relaxed)
    return convert_parts(parts_of_offering(offering, order, departments), order)


def convert_serial(data: bytes, file: str) -> Conversion:
    """The parallel diagram of a BPMN file drawn in sequence (``convert_serial.read_serial``)."""
    parts, order = read_serial(data, file)
    return convert_parts(parts, order)


Draw: TypeAlias = Callable[[Mapping[str, etree._Element], Sequence[etree._Element], Sequence[Lane]], Drawing]
"""Nodes by id in reading order, the flows between them and the lanes → where everything stands."""


def convert_parts(parts: Parts, order: PrecedenceGraph, draw: Draw = drawing_of) -> Conversion:
    """Puts the units of ``parts`` together in the order of ``order``; ``draw`` places them."""
    block = structure(order.predecessors)
    if block is None:
        raise BadInput("parallel.no_steps", "没有可编排的环节", "there are no steps to arrange", parts.file)
    block = guarded(block, lambda step: parts.condition_of.get(step, ""))
    taken = {e.get("id", "") for e in parts.root.iter() if isinstance(e.tag, str) and _is_kept(e, parts)}
    taken |= {flow.get("id", "") for flow in parts.leaving.values()}
    chart = drawn_chart(block, parts.ends, parts.units.__getitem__, parts.conditions, taken)
    large = len(chart.links) > LARGE
    nodes = {identity: _node(identity, parts, chart, named=not large) for identity in chart.nodes}
    flows = [*map(deepcopy, parts.inner), *(_flow(link, parts) for link in chart.links)]
    for flow in () if large else flows:
        _connect(nodes, flow)
    for node in nodes.values():
        _in_canonical_order(node)
    drawing = draw(nodes, flows, _lanes(parts, chart))
    drawing.brief = large
    root = _root(parts, nodes, flows, drawing)
    return Conversion(root, order, parts, block, drawing.layout.crossings)


def _is_kept(element: etree._Element, parts: Parts) -> bool:
    """Whether the element, or one like it, is in the new diagram too."""
    namespace, name = etree.QName(element).namespace, local_name(element)
    if namespace != BPMN or element.getparent() is not parts.process:
        return namespace not in {DI, DC, DD} and name not in {"laneSet", "lane"}
    return name != "laneSet" and (
        not (is_flow_node(element) or name == "sequenceFlow") or element.get("id") in parts.nodes
    )


def _node(identity: str, parts: Parts, chart: Chart, *, named: bool) -> etree._Element:
    """The element of a node without its flows; parallel gateways say what they do if ``named``."""
    if identity in chart.gateways:
        return _gateway(chart.gateways[identity], named)
    node = deepcopy(parts.nodes[identity])
    for flow in [*node.iterchildren(bpmn("incoming"), bpmn("outgoing"))]:
        node.remove(flow)
    return node


def _gateway(said: Gateway, named: bool) -> etree._Element:
    node = etree.Element(bpmn(said.kind), id=said.id)
    if named or said.kind != "parallelGateway":
        node.set("name", said.name)
    node.set("gatewayDirection", said.direction)
    if said.default:
        node.set("default", said.default)
    return node


def _flow(link: Link, parts: Parts) -> etree._Element:
    kept = parts.leaving.get(link.source)
    if kept is not None:
        flow = deepcopy(kept)
        flow.set("targetRef", link.target)
        return flow
    flow = etree.Element(bpmn("sequenceFlow"), id=link.id)
    if link.name:
        flow.set("name", link.name)
    flow.set("sourceRef", link.source)
    flow.set("targetRef", link.target)
    if link.expression:
        said = etree.SubElement(flow, bpmn("conditionExpression"), nsmap={"xsi": XSI, "bpmn": BPMN})
        said.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
        said.text = link.expression
    return flow


def _connect(nodes: Mapping[str, etree._Element], flow: etree._Element) -> None:
    for end, tag in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
        etree.SubElement(nodes[flow.get(end, "")], bpmn(tag)).text = flow.get("id")


def _in_canonical_order(node: etree._Element) -> None:
    """What is said about a node, its flows in, its flows out, then what is special to it."""
    ranks = {name: n for n, name in enumerate((*_HEAD, "incoming", "outgoing"))}
    node[:] = sorted(node, key=lambda child: ranks.get(local_name(child), len(ranks)))


def _lanes(parts: Parts, chart: Chart) -> list[Lane]:
    """The nodes by department; a gateway stands with the step it is nearest to, the ends with the first one."""
    step_of = {node: step for step, unit in parts.units.items() for node in unit.nodes}
    if not parts.lanes or set(step_of.values()) - parts.lanes.keys():
        return []
    first = next(step_of[node] for node in chart.nodes if node in step_of)
    last = next(step_of[node] for node in reversed(chart.nodes) if node in step_of)
    near = {parts.ends[0]: first, parts.ends[1]: last} | {g.id: g.near for g in chart.gateways.values()} | step_of
    found: dict[tuple[str, str], list[str]] = {}
    for node in chart.nodes:
        found.setdefault(parts.lanes[near[node]], []).append(node)
    prefix = f"lane-{parts.process.get('id')}"
    return [Lane(f"{prefix}-{n}", name, tuple(ids)) for n, ((_, name), ids) in enumerate(found.items(), start=1)]


def _root(
    parts: Parts, nodes: Mapping[str, etree._Element], flows: Sequence[etree._Element], drawing: Drawing
) -> etree._Element:
    given: dict[Any, str] = dict(parts.root.nsmap)  # the stubs do not know the default namespace
    given |= {p: uri for p, uri in _PREFIXES.items() if p not in given and uri not in given.values()}
    root = etree.Element(parts.root.tag, _attributes(parts.root), nsmap=given)
    identity = parts.process.get("id", "")
    drawn = write_drawing(drawing, f"diagram-{identity}", identity)
    for child in parts.root:
        if child is parts.process:
            root.append(_process(parts, nodes, flows, drawing))
        elif local_name(child) not in {"BPMNDiagram", "relationship"}:
            root.append(deepcopy(child))
    root.append(drawn)
    root.extend(deepcopy(child) for child in parts.root.iterchildren(bpmn("relationship")))
    etree.indent(root, space="" if drawing.brief else "  ")
    return root


def _process(
    parts: Parts, nodes: Mapping[str, etree._Element], flows: Sequence[etree._Element], drawing: Drawing
) -> etree._Element:
    process = etree.Element(parts.process.tag, _attributes(parts.process))
    others = [deepcopy(e) for e in parts.process if not _is_redrawn(e)]
    gone = {e.get("id") for e in parts.process.iter() if e.get("id")} - {e.get("id") for e in (*nodes.values(), *flows)}
    head = [e for e in others if local_name(e) in (*_HEAD, "property", "ioSpecification", "ioBinding")]
    tail = [e for e in others if local_name(e) in _TAIL and not _hangs(e, gone, others)]
    process.extend(head)
    if drawing.lanes:
        process.append(_lane_set(drawing.lanes, parts.process.get("id", "")))
    process.extend(nodes.values())
    process.extend(e for e in others if e not in head and local_name(e) not in _TAIL)
    process.extend(flows)
    process.extend(tail)
    return process


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _is_redrawn(element: etree._Element) -> bool:
    return local_name(element) in {"laneSet", "sequenceFlow"} or is_flow_node(element)


def _hangs(element: etree._Element, gone: set[str | None], others: Sequence[etree._Element]) -> bool:
    """Whether this is an association with something that is no longer there."""
    there = {e.get("id") for other in others for e in other.iter()}
    return any(element.get(end) in gone - there for end in ("sourceRef", "targetRef") if element.get(end))


def _lane_set(lanes: Iterable[Lane], process: str) -> etree._Element:
    found = etree.Element(bpmn("laneSet"), id=f"lanes-{process}")
    for lane in lanes:
        drawn = etree.SubElement(found, bpmn("lane"), id=lane.id, name=lane.name)
        for node in lane.nodes:
            etree.SubElement(drawn, bpmn("flowNodeRef")).text = node
    return found
