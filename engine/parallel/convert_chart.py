"""From a block structure to the nodes and flows of a diagram.

Each fork block becomes a splitting and a joining parallel gateway. In a mesh a step with several steps before it gets a
joining one, a step with several behind it a splitting one; steps that wait for the same ones share a join, and a join
of some of them goes before a join of more.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.errors import BadInput
from engine.parallel.structure import Block, Fork, Guard, Leaf, Mesh, Series, steps_of

MAX_NESTING = 150
"""Blocks within blocks; a deeper structure is refused, nobody could read it."""

FORK_NAME, JOIN_NAME, YES, NO = "分头办理", "汇合", "是", "否"


@dataclass(frozen=True)
class Unit:
    """What stands for one step: ``nodes`` in reading order, of which ``entry`` and ``exit`` are two (or one)."""

    step: str
    entry: str
    exit: str
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """When a guarded block is done: ``gateway`` is its ids in short, ``question`` and ``merge`` their names."""

    gateway: str
    question: str
    merge: str
    expression: str


@dataclass(frozen=True)
class Gateway:
    """A gateway this module drew; ``default`` names the flow of an exclusive one that passes by, ``near`` a step."""

    id: str
    kind: str
    name: str
    direction: str
    near: str
    default: str = ""


@dataclass(frozen=True)
class Link:
    """A sequence flow this module drew; ``expression`` is empty when it is always taken."""

    id: str
    source: str
    target: str
    name: str = ""
    expression: str = ""


@dataclass
class Chart:
    """The diagram as nodes (ids in reading order: those of units, or of ``gateways``) and the flows between them."""

    nodes: list[str] = field(default_factory=list)
    gateways: dict[str, Gateway] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)


def drawn_chart(
    block: Block,
    ends: tuple[str, str],
    unit_of: Callable[[str], Unit],
    conditions: Mapping[str, Condition],
    taken: Iterable[str],
) -> Chart:
    """The chart of ``block`` between the start and end events ``ends``; ``taken`` are ids that are used already.

    BadInput when blocks are nested deeper than ``MAX_NESTING``.
    """
    if _depth(block) > MAX_NESTING:
        raise BadInput(
            "parallel.nesting", f"并行块嵌套超过 {MAX_NESTING} 层", f"blocks are nested deeper than {MAX_NESTING}"
        )
    drawing = _Drawing(unit_of, conditions, set(taken) | set(ends))
    drawing.chart.nodes.append(ends[0])
    entry, exit_ = drawing.draw(block)
    drawing.chart.nodes.append(ends[1])
    drawing.link(ends[0], entry)
    drawing.link(exit_, ends[1])
    return drawing.chart


def _depth(block: Block) -> int:
    deepest, stack = 0, [(block, 1)]
    while stack:
        top, depth = stack.pop()
        deepest = max(deepest, depth)
        if not isinstance(top, Leaf):
            stack.extend((part, depth + 1) for part in ((top.block,) if isinstance(top, Guard) else top.blocks))
    return deepest


@dataclass
class _Drawing:
    unit_of: Callable[[str], Unit]
    conditions: Mapping[str, Condition]
    taken: set[str]
    chart: Chart = field(default_factory=Chart)

    def draw(self, block: Block) -> tuple[str, str]:
        """Draws a block; returns the nodes by which it is entered and left."""
        match block:
            case Leaf(step):
                unit = self.unit_of(step)
                self.chart.nodes.extend(unit.nodes)
                return unit.entry, unit.exit
            case Series(blocks):
                return self._series(blocks)
            case Fork(blocks):
                return self._fork(blocks)
            case Guard(condition, inside):
                return self._guard(condition, inside)
            case Mesh():
                return self._mesh(block)

    def _series(self, blocks: tuple[Block, ...]) -> tuple[str, str]:
        parts = [self.draw(block) for block in blocks]
        for (_, exit_), (entry, _) in itertools.pairwise(parts):
            self.link(exit_, entry)
        return parts[0][0], parts[-1][1]

    def _fork(self, blocks: tuple[Block, ...]) -> tuple[str, str]:
        near = next(steps_of(blocks[0]))
        fork = self.parallel("fork", near)
        parts: list[tuple[Sequence[str], Sequence[str]]] = []
        for block in blocks:
            if isinstance(block, Mesh):
                parts.append(_Mesh(self, block).draw_open())
            else:
                entry, exit_ = self.draw(block)
                parts.append(([entry], [exit_]))
        join = self.parallel("join", near)
        for entries, exits in parts:
            for entry in entries:
                self.link(fork, entry)
            for exit_ in exits:
                self.link(exit_, join)
        return fork, join

    def _mesh(self, mesh: Mesh) -> tuple[str, str]:
        near = next(steps_of(mesh))
        fork = self.parallel("fork", near)
        entries, exits = _Mesh(self, mesh).draw_open()
        join = self.parallel("join", near)
        for entry in entries:
            self.link(fork, entry)
        for exit_ in exits:
            self.link(exit_, join)
        return fork, join

    def _guard(self, condition: str, inside: Block) -> tuple[str, str]:
        said, near = self.conditions[condition], next(steps_of(inside))
        split, merge = self._free(f"if-{said.gateway}"), self._free(f"after-{said.gateway}")
        self.chart.nodes.append(split)
        entry, exit_ = self.draw(inside)
        self.link(split, entry, YES, said.expression)
        self.link(exit_, merge)
        past = self.link(split, merge, NO)
        self.chart.nodes.append(merge)
        self.chart.gateways[split] = Gateway(split, "exclusiveGateway", said.question, "Diverging", near, past)
        self.chart.gateways[merge] = Gateway(merge, "exclusiveGateway", said.merge, "Converging", near)
        return split, merge

    def parallel(self, role: str, near: str) -> str:
        """A new parallel gateway, ``fork`` or ``join``, near the step ``near``."""
        identity = self._free(f"{role}-{near}")
        name, direction = (FORK_NAME, "Diverging") if role == "fork" else (JOIN_NAME, "Converging")
        self.chart.gateways[identity] = Gateway(identity, "parallelGateway", name, direction, near)
        self.chart.nodes.append(identity)
        return identity

    def link(self, source: str, target: str, name: str = "", expression: str = "") -> str:
        """A new flow; returns its id."""
        identity = self._free(f"flow-{source}-{target}")
        self.chart.links.append(Link(identity, source, target, name, expression))
        return identity

    def _free(self, wish: str) -> str:
        identity, count = wish, 1
        while identity in self.taken:
            count += 1
            identity = f"{wish}-{count}"
        self.taken.add(identity)
        return identity


_Key = int | frozenset[int]
"""A block of a mesh by number, or what a join waits for."""


class _Mesh:
    """Draws one mesh between a splitting and a joining gateway that the caller draws."""

    def __init__(self, drawing: _Drawing, mesh: Mesh) -> None:
        self.drawing, self.mesh = drawing, mesh
        waits = {n: frozenset(before) for n, before in enumerate(mesh.before) if before}
        joins = _joins([before for before in waits.values() if len(before) > 1])
        self.ins: dict[_Key, tuple[_Key, ...]] = {**{n: (_one(before),) for n, before in waits.items()}, **joins}
        self.outs: dict[_Key, list[_Key]] = {}
        for key, sources in self.ins.items():
            for source in sources:
                self.outs.setdefault(source, []).append(key)
        self.entered: dict[_Key, str] = {}
        self.left: dict[_Key, str] = {}

    def draw_open(self) -> tuple[list[str], list[str]]:
        """Draws the blocks and what is between them; returns the nodes to be entered and those to be waited for."""
        for number, block in enumerate(self.mesh.blocks):
            for key in self.ins.get(number, ()):
                self._draw_join(key)
            self.entered[number], exit_ = self.drawing.draw(block)
            self._split(number, exit_, next(steps_of(block)))
        for key, sources in self.ins.items():
            for source in sources:
                self.drawing.link(self.left[source], self.entered[key])
        numbers = range(len(self.mesh.blocks))
        entries = [self.entered[n] for n in numbers if n not in self.ins]
        return entries, [self.left[n] for n in numbers if n not in self.outs]

    def _draw_join(self, key: _Key) -> None:
        """The join ``key`` and those before it that are not drawn yet."""
        stack = [key]
        while stack:
            top = stack[-1]
            missing = [k for k in self.ins.get(top, ()) if isinstance(k, frozenset) and k not in self.entered]
            stack.extend(missing)
            if missing:
                continue
            stack.pop()
            if isinstance(top, frozenset) and top not in self.entered:
                self._draw_one(top)

    def _draw_one(self, key: frozenset[int]) -> None:
        following = next((k for k in self.outs[key] if isinstance(k, int)), max(key))
        near = next(steps_of(self.mesh.blocks[following]))
        self.entered[key] = self.drawing.parallel("join", near)
        self._split(key, self.entered[key], near)

    def _split(self, key: _Key, exit_: str, near: str) -> None:
        """A splitting gateway behind a node that several follow."""
        self.left[key] = exit_
        if len(self.outs.get(key, ())) > 1:
            self.left[key] = self.drawing.parallel("fork", near)
            self.drawing.link(exit_, self.left[key])


def _one(before: frozenset[int]) -> _Key:
    return next(iter(before)) if len(before) == 1 else before


def _joins(waits: list[frozenset[int]]) -> dict[_Key, tuple[_Key, ...]]:
    """Each set of blocks something waits for → what its join is entered from: blocks and smaller joins."""
    distinct = sorted(dict.fromkeys(waits), key=len)
    holding: dict[int, list[frozenset[int]]] = {}
    found: dict[_Key, tuple[_Key, ...]] = {}
    for wait in distinct:
        smaller = {other for number in wait for other in holding.get(number, ()) if other < wait}
        left, parts = set(wait), list[_Key]()
        for other in sorted(smaller, key=lambda o: (-len(o), sorted(o))):
            if other <= left:
                parts.append(other)
                left -= other
        found[wait] = (*parts, *sorted(left))
        for number in wait:
            holding.setdefault(number, []).append(wait)
    return found
