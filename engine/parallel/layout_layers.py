"""First half of a layout: which column each node is in, and in what order the nodes of a column stand.

Columns are longest paths from the left. A flow over several columns passes a bend in each of them. The order begins as
the caller reads the nodes, in which a series-parallel diagram has no crossing, and is improved by barycentres as long
as crossings are left (Sugiyama, Tagawa and Toda 1981).
"""

import itertools
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SWEEPS = 8
PATIENCE = 100_000
"""Bends moved at most, over all sweeps; a very large diagram gets fewer sweeps."""


@dataclass(frozen=True)
class Node:
    """A shape to place. ``above`` and ``below``: room (px) of its picture and label from its middle; ``lane``: number.

    ``host`` is the id of the node an event is attached to.
    """

    id: str
    width: float
    height: float
    above: float
    below: float
    lane: int = 0
    host: str = ""
    label_width: float = 0


@dataclass(frozen=True)
class Edge:
    """A flow to route."""

    id: str
    source: str
    target: str


@dataclass
class Columns:
    """Vertices are numbers: first the nodes, in their order, then the bends.

    ``chains``: edge id → its vertices from left to right, with both ends; of a ``back`` edge only bends, over the
    columns from its target to its source. ``columns``: vertices from top to bottom.
    """

    nodes: Sequence[Node]
    column: list[int]
    rank: list[float]
    lane: list[int]
    columns: list[list[int]] = field(default_factory=list)
    chains: dict[str, list[int]] = field(default_factory=dict)
    back: set[str] = field(default_factory=set)
    ins: list[list[int]] = field(default_factory=list)
    outs: list[list[int]] = field(default_factory=list)
    host: dict[int, int] = field(default_factory=dict)

    def is_bend(self, vertex: int) -> bool:
        """Whether a flow only passes here."""
        return vertex >= len(self.nodes)


def columns_of(nodes: Sequence[Node], edges: Sequence[Edge]) -> Columns:
    """The nodes (in reading order) and the bends of ``edges`` in columns, in an order with few crossings.

    An edge to a node that is read earlier goes back.
    """
    number = {node.id: n for n, node in enumerate(nodes)}
    found = Columns(nodes, _column_numbers(nodes, edges, number), [float(n) for n in number.values()], [])
    found.lane = [node.lane for node in nodes]
    found.host = {number[node.id]: number[node.host] for node in nodes if node.host}
    found.ins, found.outs = [[] for _ in nodes], [[] for _ in nodes]
    entered = [0] * len(nodes)
    for edge in edges:
        entered[number[edge.target]] += 1
    for edge in edges:
        source, target = number[edge.source], number[edge.target]
        if target <= source:
            _add_back(found, edge, source, target)
        else:
            _add_forward(found, edge, source, target, entered[target] > 1)
    found.columns = [[] for _ in range(max(found.column, default=-1) + 1)]
    for vertex, column in enumerate(found.column):
        found.columns[column].append(vertex)
    _sort(found)
    _improve(found)
    return found


def _column_numbers(nodes: Sequence[Node], edges: Sequence[Edge], number: Mapping[str, int]) -> list[int]:
    column = [0] * len(nodes)
    outs: list[list[int]] = [[] for _ in nodes]
    attached: dict[int, list[int]] = {}
    for edge in edges:
        outs[number[edge.source]].append(number[edge.target])
    for n, node in enumerate(nodes):
        if node.host:
            attached.setdefault(number[node.host], []).append(n)
    for n in range(len(nodes)):
        for event in attached.get(n, ()):
            column[event] = column[n]
        for target in outs[n]:
            if target > n:
                column[target] = max(column[target], column[n] + 1)
    return column


def _bend(found: Columns, column: int, rank: float, lane: int) -> int:
    found.column.append(column)
    found.rank.append(rank)
    found.lane.append(lane)
    found.ins.append([])
    found.outs.append([])
    return len(found.column) - 1


def _add_forward(found: Columns, edge: Edge, source: int, target: int, joined: bool) -> None:
    # A flow into a join stays in its own lane as long as it can, one out of a fork leaves at once.
    lane = found.lane[source if joined else target]
    rank = found.rank[source] + 0.25 + 0.5 * target / len(found.nodes)
    between = range(found.column[source] + 1, found.column[target])
    chain = [source, *(_bend(found, column, rank, lane) for column in between), target]
    found.chains[edge.id] = chain
    for one, other in itertools.pairwise(chain):
        found.outs[one].append(other)
        found.ins[other].append(one)


def _add_back(found: Columns, edge: Edge, source: int, target: int) -> None:
    over = range(found.column[target], found.column[source] + 1)
    rank = found.rank[target] - 0.25
    chain = [_bend(found, column, rank, found.lane[target]) for column in over]
    found.chains[edge.id] = chain
    found.back.add(edge.id)
    for one, other in itertools.pairwise(chain):
        found.outs[one].append(other)
        found.ins[other].append(one)


def _sort(found: Columns) -> None:
    for vertices in found.columns:
        vertices.sort(key=lambda v: (found.lane[v], *_rank(found, v), v))


def _rank(found: Columns, vertex: int) -> tuple[float, bool]:
    """An attached event stands right below its host."""
    host = found.host.get(vertex)
    return (found.rank[vertex], False) if host is None else (found.rank[host], True)


def crossings(found: Columns) -> int:
    """How often two flows cross, counted between columns."""
    place = [0] * len(found.column)
    for vertices in found.columns:
        for n, vertex in enumerate(vertices):
            place[vertex] = n
    count = 0
    for vertices in found.columns:
        seen: list[int] = []
        for vertex in vertices:
            ends = sorted(place[other] for other in found.outs[vertex])
            count += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _improve(found: Columns) -> None:
    best, least = [list(vertices) for vertices in found.columns], crossings(found)
    sweeps = min(SWEEPS, PATIENCE // max(1, len(found.column)))
    for sweep in range(sweeps):
        if not least:
            break
        forward = sweep % 2 == 0
        neighbours = found.ins if forward else found.outs
        for vertices in found.columns if forward else reversed(found.columns):
            _by_barycentre(found, vertices, neighbours)
        count = crossings(found)
        if count < least:
            best, least = [list(vertices) for vertices in found.columns], count
    found.columns = best


def _by_barycentre(found: Columns, vertices: list[int], neighbours: list[list[int]]) -> None:
    # Ranks become places in the column; a vertex without neighbours keeps its own.
    for n, vertex in enumerate(vertices):
        found.rank[vertex] = float(n)
    wanted = {
        v: sum(found.rank[o] for o in neighbours[v]) / len(neighbours[v]) if neighbours[v] else found.rank[v]
        for v in vertices
    }
    for vertex, rank in wanted.items():
        found.rank[vertex] = rank
    vertices.sort(key=lambda v: (found.lane[v], *_rank(found, v)))
    for n, vertex in enumerate(vertices):
        found.rank[vertex] = float(n)
