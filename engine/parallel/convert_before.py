"""What a conversion began with, as a diagram: the steps one after the other, in lines like text; or the file itself."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise

from lxml import etree

from engine.catalogue.vocabulary import BEFORE_STEP
from engine.diagram.soundness_read import is_flow_node
from engine.diagram.xml import bpmn
from engine.parallel.convert import Conversion, convert_parts
from engine.parallel.convert_drawing import Drawing, Lane, drawing_of, reading_order, write_drawing
from engine.parallel.convert_parts import Parts
from engine.parallel.layout import Box, Layout, Point
from engine.parallel.order import DECLARED, Order, PrecedenceGraph
from engine.parallel.structure import poset

CELL_WIDTH, CELL_HEIGHT, TURN = 156.0, 112.0, 18.0
MARGIN = 30.0
SQUARE, MOST_ACROSS = 1.2, 5
"""How much wider than high the picture of a serial order is at most, and how many steps stand in one line."""


def serial_diagram(parts: Parts, graph: PrecedenceGraph) -> etree._Element:
    """The definitions with every step of ``graph`` after the one before it, without conditions and lanes.

    The order is that of the catalogue, item by item as far as what they wait for allows.
    """
    steps = poset(graph.predecessors).names
    orders = tuple(Order(one, other, BEFORE_STEP, DECLARED, "", "") for one, other in pairwise(steps))
    plain = replace(parts, conditions={}, condition_of={}, lanes={})
    return convert_parts(plain, PrecedenceGraph(steps, orders, graph.names), _in_lines).root


def file_diagram(conversion: Conversion) -> etree._Element:
    """The definitions a file had; without shapes of its own they are drawn."""
    root = conversion.parts.root
    if next(root.iter("{*}BPMNShape"), None) is not None:
        return root
    root = deepcopy(root)
    identity = conversion.parts.process.get("id", "")
    process = next(each for each in root.iterfind(bpmn("process")) if each.get("id") == identity)
    nodes = {e.get("id", ""): e for e in process if is_flow_node(e)}
    flows = process.findall(bpmn("sequenceFlow"))
    drawing = drawing_of({identity: nodes[identity] for identity in reading_order(nodes, flows)}, flows)
    for empty in root.findall("{*}BPMNDiagram"):
        root.remove(empty)
    root.append(write_drawing(drawing, f"diagram-{identity}", identity))
    return root


def _in_lines(nodes: Mapping[str, etree._Element], flows: Sequence[etree._Element], lanes: Sequence[Lane]) -> Drawing:
    """A chain in lines from left to right; the flow at the end of a line goes back to the beginning of the next."""
    shapes = drawing_of(nodes, ()).layout.boxes
    across = 1
    while across < MOST_ACROSS and CELL_WIDTH * across < SQUARE * CELL_HEIGHT * len(shapes) / across:
        across += 1
    boxes: dict[str, Box] = {}
    for place, (identity, shape) in enumerate(shapes.items()):
        line, column = divmod(place, across)
        x = MARGIN + TURN + CELL_WIDTH * column + (CELL_WIDTH - TURN - shape.width) / 2
        y = MARGIN + CELL_HEIGHT * line + (CELL_HEIGHT - shape.height) / 2
        boxes[identity] = Box(x, y, shape.width, shape.height)
    ways = {
        flow.get("id", ""): _way(boxes[flow.get("sourceRef", "")], boxes[flow.get("targetRef", "")]) for flow in flows
    }
    return Drawing(Layout(boxes, ways, (), 0), nodes, flows)


def _way(one: Box, other: Box) -> tuple[Point, ...]:
    start, end = (one.x + one.width, one.y + one.height / 2), (other.x, other.y + other.height / 2)
    if other.x > one.x:
        return start, end
    right, left, between = start[0] + TURN, MARGIN + TURN / 2, (start[1] + end[1]) / 2
    return start, (right, start[1]), (right, between), (left, between), (left, end[1]), end
