"""The drawing (BPMN DI) of a converted diagram: sizes and labels, lanes, sub-processes with their content."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from engine.diagram.soundness_events import SUB_PROCESSES
from engine.diagram.soundness_read import is_flow_node
from engine.diagram.svg_text import balanced, measure
from engine.diagram.xml import bpmn, local_name
from engine.parallel.layout import Box, Edge, Layout, Node, Point, lay_out, with_lanes_where_legible
from engine.parallel.layout_ways import EDGE_ROOM

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"

TASK = (120.0, 80.0)
GATEWAY = (50.0, 50.0)
EVENT = (36.0, 36.0)
LABEL_SIZE = 11.0
LABEL_LINE = 14.0
LABEL_WIDTH = 96.0
PAD = 30.0


@dataclass(frozen=True)
class Lane:
    """One lane and the ids of the nodes in it."""

    id: str
    name: str
    nodes: tuple[str, ...]


@dataclass
class Drawing:
    """Everything drawn of one scope, placed from its own corner; ``inside``: sub-process → its drawing.

    ``brief``: flows are written as one line from shape to shape, without their bends, and nothing drawn has an id.
    """

    layout: Layout
    nodes: Mapping[str, etree._Element]
    flows: Sequence[etree._Element]
    lanes: tuple[Lane, ...] = ()
    inside: dict[str, "Drawing"] = field(default_factory=dict)
    brief: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of all of it with the margin."""
        boxes = list(self.layout.boxes.values())
        points = [point for way in self.layout.ways.values() for point in way]
        right = max([*(b.x + b.width for b in boxes), *(p[0] for p in points)], default=0)
        bottom = max([*(b.y + b.height + LABEL_LINE for b in boxes), *(p[1] for p in points)], default=0)
        return right + PAD, bottom + PAD


def drawing_of(
    nodes: Mapping[str, etree._Element], flows: Sequence[etree._Element], lanes: Sequence[Lane] = ()
) -> Drawing:
    """``nodes`` in reading order with the flows between them; in ``lanes`` if that is legible."""
    inside = {
        identity: _content(node)
        for identity, node in nodes.items()
        if local_name(node) in SUB_PROCESSES and any(is_flow_node(e) for e in node)
    }
    lane_of = {node: n for n, lane in enumerate(lanes) for node in lane.nodes}
    shapes = [_node(i, node, lane_of.get(i, 0), inside.get(i)) for i, node in nodes.items()]
    edges = [Edge(flow.get("id", ""), flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in flows]
    layout = with_lanes_where_legible(shapes, edges, len(lanes)) if lanes else lay_out(shapes, edges)
    return Drawing(layout, nodes, flows, tuple(lanes) if layout.lanes else (), inside)


def _content(scope: etree._Element) -> Drawing:
    nodes = {e.get("id", ""): e for e in scope if is_flow_node(e)}
    flows = [f for f in scope.iterfind(bpmn("sequenceFlow")) if {f.get("sourceRef"), f.get("targetRef")} <= set(nodes)]
    return drawing_of({identity: nodes[identity] for identity in reading_order(nodes, flows)}, flows)


def reading_order(nodes: Mapping[str, etree._Element], flows: Iterable[etree._Element]) -> list[str]:
    """Ids in an order in which flows lead forward, except those that close a loop."""
    follow: dict[str, list[str]] = {identity: [] for identity in nodes}
    entered: set[str] = set()
    for identity, node in nodes.items():
        if node.get("attachedToRef") in follow:
            follow[node.get("attachedToRef", "")].append(identity)
            entered.add(identity)
    for flow in flows:
        follow[flow.get("sourceRef", "")].append(flow.get("targetRef", ""))
        entered.add(flow.get("targetRef", ""))
    done: list[str] = []
    seen: set[str] = set()
    # Depth first, finished last: reversed, everything stands before what it leads to.
    for start in reversed([*(i for i in nodes if i in entered), *(i for i in nodes if i not in entered)]):
        stack = [] if start in seen else [(start, iter(reversed(follow[start])))]
        seen.add(start)
        while stack:
            identity, onward = stack[-1]
            following = next((n for n in onward if n not in seen), None)
            if following is None:
                done.append(identity)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(reversed(follow[following]))))
    return done[::-1]


def _node(identity: str, element: etree._Element, lane: int, inside: Drawing | None) -> Node:
    kind = local_name(element)
    if inside is not None:
        width, height = inside.size
        return Node(identity, width, height + LABEL_LINE, (height + LABEL_LINE) / 2, (height + LABEL_LINE) / 2, lane)
    if not _labelled(element):
        width, height = TASK
        return Node(identity, width, height, height / 2, height / 2, lane)
    width, height = GATEWAY if kind.endswith("Gateway") else EVENT
    lines = _label(element)
    below = height / 2 + (LABEL_LINE * len(lines) + 6 if lines else 0)
    host = element.get("attachedToRef", "") if kind == "boundaryEvent" else ""
    above = height / 2 + (18 if host else 0)
    return Node(identity, width, height, above, below, lane, host, max(map(_width, lines), default=0))


def _labelled(element: etree._Element) -> bool:
    """Whether its name stands below it, not in it."""
    return local_name(element).endswith(("Gateway", "Event"))


def _label(element: etree._Element) -> list[str]:
    name = " ".join((element.get("name") or "").split())
    return balanced(name, LABEL_WIDTH, LABEL_SIZE)[:4] if name else []


def _width(line: str) -> float:
    return measure(line, LABEL_SIZE) + 4


def write_drawing(drawing: Drawing, diagram_id: str, plane_of: str) -> etree._Element:
    """The ``bpmndi:BPMNDiagram`` element."""
    diagram = etree.Element(f"{{{DI}}}BPMNDiagram", id=diagram_id, nsmap={"bpmndi": DI, "dc": DC, "di": DD})
    plane = etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", id=f"{diagram_id}-plane", bpmnElement=plane_of)
    _write(plane, drawing, 0, 0)
    for drawn in plane if drawing.brief else ():
        del drawn.attrib["id"]
    return diagram


def _write(plane: etree._Element, drawing: Drawing, left: float, top: float) -> None:
    for lane, band in zip(drawing.lanes, drawing.layout.lanes, strict=False):
        shape = _shape(plane, lane.id, band, left, top)
        shape.set("isHorizontal", "true")
    for identity, node in drawing.nodes.items():
        box = drawing.layout.boxes[identity]
        shape = _shape(plane, identity, box, left, top)
        if local_name(node) == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        if identity in drawing.inside:
            shape.set("isExpanded", "true")
        elif local_name(node) in SUB_PROCESSES:
            shape.set("isExpanded", "false")
        if _labelled(node) and (lines := _label(node)):
            _bounds(etree.SubElement(shape, f"{{{DI}}}BPMNLabel"), _label_room(node, box, lines), left, top)
    for flow in drawing.flows:
        way = drawing.layout.ways[flow.get("id", "")]
        _edge(plane, flow, (way[0], way[-1]) if drawing.brief else way, left, top)
    for identity, inside in drawing.inside.items():
        box = drawing.layout.boxes[identity]
        _write(plane, inside, left + box.x, top + box.y + LABEL_LINE)


def _label_room(node: etree._Element, box: Box, lines: Sequence[str]) -> Box:
    """Below a gateway or event; right of an event that is attached, below which its flow begins."""
    width, height = max(map(_width, lines)), LABEL_LINE * len(lines)
    if local_name(node) == "boundaryEvent":
        return Box(box.x + box.width + 2, box.y + box.height / 2 + 4, width, height)
    return Box(box.x + box.width / 2 - width / 2, box.y + box.height + 4, width, height)


def _shape(plane: etree._Element, of: str, box: Box, left: float, top: float) -> etree._Element:
    shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"shape-{of}", bpmnElement=of)
    _bounds(shape, box, left, top)
    return shape


def _bounds(parent: etree._Element, box: Box, left: float, top: float) -> None:
    bounds = etree.SubElement(parent, f"{{{DC}}}Bounds")
    sides = {"x": left + box.x, "y": top + box.y, "width": box.width, "height": box.height}
    for name, value in sides.items():
        bounds.set(name, f"{value:.0f}")


def _edge(plane: etree._Element, flow: etree._Element, way: tuple[Point, ...], left: float, top: float) -> None:
    edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"edge-{flow.get('id')}", bpmnElement=flow.get("id", ""))
    for x, y in way:
        etree.SubElement(edge, f"{{{DD}}}waypoint", x=f"{left + x:.0f}", y=f"{top + y:.0f}")
    name = " ".join((flow.get("name") or "").split())
    if name:
        # Where the flow is alone: behind the vertical line that the flows out of one gateway share.
        x, y = (way[0][0] + EDGE_ROOM, way[0][1]) if len(way) == 2 else way[2]
        back = len(way) > 3 and way[3][0] < x
        room = Box(x - 4 - _width(name) if back else x + 4, y - 18, _width(name), LABEL_LINE)
        _bounds(etree.SubElement(edge, f"{{{DI}}}BPMNLabel"), room, left, top)
