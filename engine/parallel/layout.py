"""Places the shapes and flows of a diagram: left to right in columns, flows in horizontal and vertical lines.

``layout_layers`` finds columns and order, ``layout_rows`` the heights, ``layout_ways`` the vertical lines. Nothing
overlaps: every shape has the room of its picture and label, and a flow that passes a column has a place in it.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.parallel.layout_layers import Columns, Edge, Node, columns_of, crossings
from engine.parallel.layout_rows import Rows, rows_of
from engine.parallel.layout_ways import Point, ways_of

__all__ = ["Box", "Edge", "Layout", "Node", "Point", "lay_out", "with_lanes_where_legible"]

MARGIN = 40.0
LANE_LABEL = 30.0
MOST_LANES = 12
MOST_LANED = 1500
"""Nodes beyond which lanes are not tried."""
ATTACHED = 18.0
"""An attached event stands so far (px) over the border of its host."""


@dataclass(frozen=True)
class Box:
    """A rectangle in px, y downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """``lanes``: top and bottom of each lane, empty when none are drawn; ``crossings`` of flows between columns."""

    boxes: Mapping[str, Box]
    ways: Mapping[str, tuple[Point, ...]]
    lanes: tuple[Box, ...]
    crossings: int


def with_lanes_where_legible(nodes: Sequence[Node], edges: Sequence[Edge], lanes: int) -> Layout:
    """The layout with lanes if it has no more crossings than without, else without.

    ``nodes`` in reading order carry the number of their lane. One lane says nothing, more than ``MOST_LANES`` too much.
    """
    plain = lay_out([replace(node, lane=0) for node in nodes], edges)
    if not 1 < lanes <= MOST_LANES or len(nodes) > MOST_LANED:
        return plain
    laned = lay_out(nodes, edges, lanes)
    return laned if laned.crossings <= plain.crossings else plain


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge], lanes: int = 0) -> Layout:
    """The layout of ``nodes`` (in reading order: an edge to an earlier one goes back) with ``lanes`` lanes, 0 for none.

    Edges name nodes; an event that is attached to another node follows its host in ``nodes``.
    """
    found = columns_of(nodes, edges)
    rows = rows_of(found, lanes)
    top = MARGIN - _highest(found, rows)
    rows = Rows([round(y + top) for y in rows.middle], [round(y + top) for y in rows.lanes])
    start = MARGIN + (LANE_LABEL + MARGIN / 2 if lanes else 0)
    ways = ways_of(found, rows, edges, start)
    boxes = _boxes(found, rows, ways.left)
    drawn = {edge.id: _way(boxes, found, rows, edge, ways.points[edge.id]) for edge in edges}
    right = ways.right + MARGIN / 2 - MARGIN
    borders = rows.lanes
    bands = tuple(Box(MARGIN, upper, round(right), lower - upper) for upper, lower in itertools.pairwise(borders))
    return Layout(boxes, drawn, bands, crossings(found))


def _highest(found: Columns, rows: Rows) -> float:
    tops = [rows.middle[v] - (0 if found.is_bend(v) else found.nodes[v].above) for v in range(len(found.column))]
    return min([*tops, *rows.lanes], default=0)


def _boxes(found: Columns, rows: Rows, left: list[float]) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    beside: dict[int, int] = {}
    for n, node in enumerate(found.nodes):
        if node.host:
            host, place = boxes[node.host], beside.get(found.host[n], 0)
            beside[found.host[n]] = place + 1
            x, y = host.x + 10 + place * (node.width + 8), host.y + host.height - ATTACHED
        else:
            x, y = left[n], rows.middle[n] - node.height / 2
        boxes[node.id] = Box(round(x), round(y), node.width, node.height)
    return boxes


def _way(
    boxes: Mapping[str, Box], found: Columns, rows: Rows, edge: Edge, lines: tuple[Point, ...]
) -> tuple[Point, ...]:
    source, target = boxes[edge.source], boxes[edge.target]
    first, last = lines[0][1], lines[-1][1]
    start: tuple[Point, ...] = ((source.x + source.width, first),)
    if first > source.y + source.height:
        middle = source.x + source.width / 2
        start = ((middle, source.y + source.height), (middle, first))
    points = [(round(x), round(y)) for x, y in (*start, *lines, (target.x, last))]
    kept: list[Point] = []
    for n, point in enumerate(points):
        before, after = kept[-1] if kept else None, points[n + 1] if n + 1 < len(points) else None
        if point == before and after is not None:
            continue
        if before and after and (before[0] == point[0] == after[0] or before[1] == point[1] == after[1]):
            continue
        kept.append(point)
    return tuple(kept)
