"""Last part of a layout: how wide the columns are, and the way of each flow in horizontal and vertical lines.

Vertical lines run in the gaps between columns. The flows out of one splitting node share one, so do those into one
joining node; the others have their own. Within a gap the lines are put in an order in which few horizontal lines cross
them and none lies on another.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.parallel.layout_layers import Columns, Edge
from engine.parallel.layout_rows import Rows

Point = tuple[float, float]

EDGE_ROOM = 22.0
LINE_ROOM = 12.0
MOST_ORDERED = 60
"""Lines in one gap whose order is searched; beyond that they stand in the order of their heights."""

_Key = tuple[str, int | str]


@dataclass
class _Line:
    """A vertical line of a gap: the heights of the horizontal lines that meet it on its left and right."""

    lefts: set[float] = field(default_factory=set)
    rights: set[float] = field(default_factory=set)
    track: int = 0

    @property
    def top(self) -> float:
        """Its upper end."""
        return min(self.lefts | self.rights)

    @property
    def bottom(self) -> float:
        """Its lower end."""
        return max(self.lefts | self.rights)

    def spans(self, height: float) -> bool:
        """Whether a horizontal line at ``height`` meets it."""
        return self.top <= height <= self.bottom

    def beside(self, other: "_Line") -> bool:
        """Whether both can stand on one x."""
        return self.bottom < other.top or other.bottom < self.top


@dataclass(frozen=True)
class Ways:
    """``left``: vertex → x of its left side; ``points``: edge id → ends of its vertical lines; ``right``: of all."""

    left: list[float]
    points: Mapping[str, tuple[Point, ...]]
    right: float


def ways_of(found: Columns, rows: Rows, edges: Sequence[Edge], start: float) -> Ways:
    """The columns from ``start`` (px) to the right, and the ways of ``edges``."""
    hops = _hops(found, edges)
    gaps: list[dict[_Key, _Line]] = [{} for _ in range(len(found.columns) + 1)]
    for of_edge in hops.values():
        for gap, key, lefts, rights in of_edge:
            line = gaps[gap].setdefault(key, _Line())
            line.lefts.update(rows.middle[vertex] for vertex in lefts)
            line.rights.update(rows.middle[vertex] for vertex in rights)
    tracks = [_tracks([line for line in lines.values() if line.top < line.bottom]) for lines in gaps]
    widths = [max((_width(found, v) for v in vertices), default=0.0) for vertices in found.columns]
    columns: list[float] = []
    x = start
    for column, width in enumerate(widths):
        # The first gap is only there for a flow that goes back to the first column.
        x += _gap_width(tracks[column]) if column or tracks[0] else 0.0
        columns.append(x)
        x += width
    left = [columns[c] + (widths[c] - _own_width(found, v)) / 2 for v, c in enumerate(found.column)]
    ends = [*columns, x + _gap_width(tracks[-1])]
    points = {}
    for edge in edges:
        points[edge.id] = tuple(
            (ends[gap] - EDGE_ROOM - LINE_ROOM * (max(0, tracks[gap] - 1) - gaps[gap][key].track), rows.middle[vertex])
            for gap, key, ones, others in hops[edge.id]
            for vertex in (*ones, *others)
        )
    return Ways(left, points, ends[-1] if tracks[-1] else x)


def _gap_width(tracks: int) -> float:
    return 2 * EDGE_ROOM + LINE_ROOM * max(0, tracks - 1)


def _own_width(found: Columns, vertex: int) -> float:
    return 0.0 if found.is_bend(vertex) else found.nodes[vertex].width


def _width(found: Columns, vertex: int) -> float:
    if found.is_bend(vertex) or vertex in found.host:
        return 0.0
    return max(found.nodes[vertex].width, found.nodes[vertex].label_width)


_Hop = tuple[int, _Key, tuple[int, ...], tuple[int, ...]]


def _hops(found: Columns, edges: Sequence[Edge]) -> dict[str, list[_Hop]]:
    """Edge id → for each gap it uses: the gap's number, which line, and the vertices on its left and right."""
    number = {node.id: n for n, node in enumerate(found.nodes)}
    leaving, entering = [0] * len(found.nodes), [0] * len(found.nodes)
    for edge in edges:
        leaving[number[edge.source]] += 1
        entering[number[edge.target]] += 1
    hops: dict[str, list[_Hop]] = {}
    for edge in edges:
        chain = found.chains[edge.id]
        source, target = number[edge.source], number[edge.target]
        out: _Key = ("out", source) if leaving[source] > 1 else ("edge", edge.id)
        into: _Key = ("in", target) if entering[target] > 1 else ("edge", edge.id)
        if edge.id in found.back:
            into = into if into[0] == "in" else ("edge", f"{edge.id} back")
            hops[edge.id] = [
                (found.column[source] + 1, out, (source, chain[-1]), ()),
                (found.column[target], into, (), (chain[0], target)),
            ]
            continue
        hops[edge.id] = []
        for one, other in itertools.pairwise(chain):
            key: _Key = ("edge", edge.id)
            if one == source and out[0] == "out":
                key = out
            elif other == target and into[0] == "in":
                key = into
            hops[edge.id].append((found.column[other], key, (one,), (other,)))
    return hops


def _tracks(lines: list[_Line]) -> int:
    """Puts the lines of a gap on tracks, from left to right; returns how many there are."""
    many = len(lines) > MOST_ORDERED
    ordered = sorted(lines, key=lambda line: (line.top, line.bottom)) if many else _in_order(lines)
    used = 0
    for n, line in enumerate(ordered):
        line.track = 1 + max((o.track for o in ordered[:n] if not o.beside(line)), default=-1)
        used = max(used, line.track + 1)
    return used


def _in_order(lines: Iterable[_Line]) -> list[_Line]:
    ordered: list[_Line] = []
    for line in lines:
        right = sum(_cost(line, other) for other in ordered)
        spot, least = 0, right
        for n, other in enumerate(ordered):
            right += _cost(other, line) - _cost(line, other)
            if right < least:
                spot, least = n + 1, right
        ordered.insert(spot, line)
    return ordered


def _cost(left: _Line, right: _Line) -> int:
    """Crossings when ``left`` stands left of ``right``; a line that lies on another costs more than any crossing."""
    crossed = sum(right.spans(height) for height in left.rights) + sum(left.spans(height) for height in right.lefts)
    return crossed + 1000 * len(left.rights & right.lefts)
