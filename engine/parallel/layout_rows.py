"""Second half of a layout: how high each node and bend stands.

What should lie on one straight line (the bends of a flow, then steps that follow each other, then a gateway and its
middle branch) forms a row, where lines would not cross (after Brandes and Köpf 2001). Rows are packed from the top and
then moved towards what they are connected with as far as their neighbours leave room.
"""

import itertools
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from statistics import median

from engine.parallel.layout_layers import Columns

NODE_GAP = 28.0
LINE_GAP = 18.0
LANE_PAD = 24.0
LANE_HEIGHT = 100.0
ROUNDS = 12


@dataclass(frozen=True)
class Rows:
    """``middle``: vertex → y of its middle (px); ``lanes``: top of each lane and, last, the bottom of all."""

    middle: list[float]
    lanes: list[float]


@dataclass
class _Packing:
    """Rows (and the borders of lanes, numbered after them) with how far apart neighbours are at least."""

    after: list[dict[int, float]]
    before: list[dict[int, float]] = field(default_factory=list)
    height: list[float] = field(default_factory=list)

    def keep(self, upper: int, lower: int, distance: float) -> None:
        """``lower`` is at least so far below ``upper``."""
        if upper != lower:
            self.after[upper][lower] = max(distance, self.after[upper].get(lower, 0))

    def pack(self) -> list[int]:
        """Everything as high as it can be; returns the rows from top to bottom."""
        self.before = [{} for _ in self.after]
        for upper, below in enumerate(self.after):
            for lower, distance in below.items():
                self.before[lower][upper] = distance
        order = list(TopologicalSorter({row: self.before[row] for row in range(len(self.after))}).static_order())
        self.height = [0.0] * len(self.after)
        for row in order:
            self.height[row] = max((self.height[up] + d for up, d in self.before[row].items()), default=0.0)
        return order

    def move(self, row: int, wanted: float) -> None:
        """As near to ``wanted`` as the neighbours allow."""
        least = max((self.height[up] + d for up, d in self.before[row].items()), default=0.0)
        most = min((self.height[low] - d for low, d in self.after[row].items()), default=wanted)
        self.height[row] = max(least, min(wanted, most))


def rows_of(found: Columns, lanes: int) -> Rows:
    """The heights of all vertices; ``lanes``: how many lanes are drawn, 0 for none."""
    row = _aligned(found)
    count = max(row, default=-1) + 1
    packing = _Packing([{} for _ in range(count + (lanes + 1 if lanes else 0))])
    for vertices in found.columns:
        for upper, lower in itertools.pairwise(vertices):
            packing.keep(row[upper], row[lower], _distance(found, upper, lower))
        if lanes:
            _keep_lanes(found, vertices, row, packing, count)
    for lane in range(lanes):
        packing.keep(count + lane, count + lane + 1, LANE_HEIGHT)
    order = packing.pack()
    pulls = _pulls(found, row, count)
    for turn in range(ROUNDS):
        for line in order if turn % 2 else reversed(order):
            if line < count and pulls[line]:
                mine = packing.height
                packing.move(line, median(mine[other] for other in pulls[line]))
    borders = packing.height[count:]
    return Rows([packing.height[line] for line in row], borders)


def _distance(found: Columns, upper: int, lower: int) -> float:
    if found.host.get(lower) == upper:
        return found.nodes[upper].height / 2 + found.nodes[lower].above
    gap = LINE_GAP if found.is_bend(upper) or found.is_bend(lower) else NODE_GAP
    return _below(found, upper) + gap + _above(found, lower)


def _above(found: Columns, vertex: int) -> float:
    return 0 if found.is_bend(vertex) else found.nodes[vertex].above


def _below(found: Columns, vertex: int) -> float:
    return 0 if found.is_bend(vertex) else found.nodes[vertex].below


def _keep_lanes(found: Columns, vertices: list[int], row: list[int], packing: _Packing, count: int) -> None:
    for n, vertex in enumerate(vertices):
        lane = found.lane[vertex]
        if not n or found.lane[vertices[n - 1]] != lane:
            packing.keep(count + lane, row[vertex], LANE_PAD + _above(found, vertex))
        if n + 1 == len(vertices) or found.lane[vertices[n + 1]] != lane:
            packing.keep(row[vertex], count + lane + 1, LANE_PAD + _below(found, vertex))


def _pulls(found: Columns, row: list[int], count: int) -> list[list[int]]:
    """Row → the rows it is connected with, once for each flow."""
    pulls: list[list[int]] = [[] for _ in range(count)]
    for vertex, others in enumerate(found.outs):
        for other in others:
            if row[vertex] != row[other]:
                pulls[row[vertex]].append(row[other])
                pulls[row[other]].append(row[vertex])
    return pulls


def _aligned(found: Columns) -> list[int]:
    """Vertex → its row."""
    place = [0] * len(found.column)
    for vertices in found.columns:
        for n, vertex in enumerate(vertices):
            place[vertex] = n
    left = [-1] * len(found.column)
    for vertices in found.columns:
        taken: list[tuple[int, int]] = []
        ends: set[int] = set()
        starts: set[int] = set()
        for _, one, other in sorted(_wishes(found, vertices, place)):
            if one in starts or other in ends or found.lane[one] != found.lane[other]:
                continue
            spot = bisect_left(taken, (place[one], place[other]))
            if (spot and taken[spot - 1][1] > place[other]) or (spot < len(taken) and taken[spot][1] < place[other]):
                continue
            taken.insert(spot, (place[one], place[other]))
            starts.add(one)
            ends.add(other)
            left[other] = one
    return _numbered(found, left)


def _numbered(found: Columns, left: list[int]) -> list[int]:
    row, count = [-1] * len(left), 0
    for vertices in found.columns:
        for vertex in vertices:
            if left[vertex] >= 0:
                row[vertex] = row[left[vertex]]
            else:
                row[vertex] = count
                count += 1
    return row


def _wishes(found: Columns, vertices: list[int], place: list[int]) -> Iterator[tuple[int, int, int]]:
    """(importance, left, right) of every flow behind a column that should be straight."""
    for one in vertices:
        outs = _ranked(found, found.outs[one], place)
        for other in found.outs[one]:
            ins = _ranked(found, found.ins[other], place)
            if found.is_bend(one) and found.is_bend(other):
                yield 0, one, other
            elif len(found.outs[one]) == 1 and len(found.ins[other]) == 1:
                yield 1, one, other
            elif other == outs[(len(outs) - 1) // 2] and one == ins[(len(ins) - 1) // 2]:
                yield 2, one, other


def _ranked(found: Columns, vertices: list[int], place: list[int]) -> list[int]:
    """From top to bottom; only the shapes where there are any, so that a flow that passes by goes round them."""
    shapes = [vertex for vertex in vertices if not found.is_bend(vertex)]
    return sorted(shapes or vertices, key=place.__getitem__)
