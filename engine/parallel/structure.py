"""The block structure of a precedence: steps in sequence, in parallel, and what is neither.

A precedence is given as ``Orders``: each step → the steps that must be done before it. It is series-parallel when it
can be taken apart into sequences and parallel blocks down to single steps (Valdes, Tarjan and Lawler 1982); what cannot
stays a ``Mesh`` of blocks with the orders between them. All functions are pure and keep the order in which the steps
are given, so the same input gives the same structure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from engine.errors import BadInput

Orders: TypeAlias = Mapping[str, Iterable[str]]
"""Step → the steps before it; a step that only stands among the values counts as given without any."""


@dataclass(frozen=True)
class Leaf:
    """One step."""

    step: str


@dataclass(frozen=True)
class Series:
    """Blocks one after the other; at least two."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Fork:
    """Blocks beside each other; at least two."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Mesh:
    """Blocks whose order is neither: ``before[n]`` are the numbers of the blocks that block n waits for."""

    blocks: tuple["Block", ...]
    before: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Guard:
    """A block that is passed over unless ``condition`` (a key of the caller's) holds."""

    condition: str
    block: "Block"


Block: TypeAlias = Leaf | Series | Fork | Mesh | Guard


def steps_of(block: Block) -> Iterator[str]:
    """The steps inside, in the order of the blocks."""
    stack = [block]
    while stack:
        top = stack.pop()
        if isinstance(top, Leaf):
            yield top.step
        else:
            stack.extend((top.block,) if isinstance(top, Guard) else reversed(top.blocks))


def is_series_parallel(block: Block) -> bool:
    """Whether no mesh is inside."""
    stack = [block]
    while stack:
        top = stack.pop()
        if isinstance(top, Mesh):
            return False
        if not isinstance(top, Leaf):
            stack.extend((top.block,) if isinstance(top, Guard) else top.blocks)
    return True


@dataclass(frozen=True)
class Poset:
    """A precedence with all that follows from it; steps are numbered in a topological order.

    ``names``: number → step; ``above``: number → bits of everything before it; ``covers``: number → the numbers
    directly before it (the reduced precedence).
    """

    names: tuple[str, ...]
    above: tuple[int, ...]
    covers: tuple[tuple[int, ...], ...]

    def reduced(self) -> dict[str, tuple[str, ...]]:
        """The precedence without the orders that follow from others."""
        return {name: tuple(self.names[n] for n in self.covers[i]) for i, name in enumerate(self.names)}


def poset(orders: Orders) -> Poset:
    """The order of ``orders``, closed and reduced; BadInput names the steps when it is circular.

    n steps and e orders take n·e/64 word operations and n² bits.
    """
    before: dict[str, list[str]] = {}
    for step, earlier in orders.items():
        before[step] = list(earlier)
    for step in [name for earlier in list(before.values()) for name in earlier]:
        before.setdefault(step, [])
    names = tuple(_in_order(before))
    number = {name: n for n, name in enumerate(names)}
    above: list[int] = []
    covers: list[tuple[int, ...]] = []
    for name in names:
        direct: list[int] = []
        reached = 0
        for other in sorted({number[step] for step in before[name]}, reverse=True):
            if not reached >> other & 1:
                direct.append(other)
                reached |= above[other] | 1 << other
        above.append(reached)
        covers.append(tuple(sorted(direct)))
    return Poset(names, tuple(above), tuple(covers))


def _in_order(before: Mapping[str, list[str]]) -> list[str]:
    """A topological order that follows the given one where it may: along chains first, as people read."""
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        steps = " → ".join(error.args[1])
        raise BadInput("precedence.cycle", f"环节顺序成环:{steps}", f"the order is circular: {steps}", steps) from error
    found: list[str] = []
    done: set[str] = set()
    for start in before:
        stack = [(start, iter(before[start]))]
        while stack:
            step, earlier = stack[-1]
            waiting = next((name for name in earlier if name not in done), None)
            if waiting is not None:
                stack.append((waiting, iter(before[waiting])))
                continue
            stack.pop()
            if step not in done:
                done.add(step)
                found.append(step)
    return found


@dataclass
class _Graph:
    """Blocks and the reduced order between them."""

    blocks: dict[int, Block]
    ins: dict[int, set[int]]
    outs: dict[int, set[int]]

    def merge(self, numbers: Sequence[int], block: Block, ins: set[int], outs: set[int]) -> None:
        """Puts ``block`` in the place of the first of ``numbers`` and forgets the others."""
        first, gone = numbers[0], set(numbers)
        for number in numbers:
            for other in self.ins.pop(number):
                self.outs.get(other, set()).discard(number)
            for other in self.outs.pop(number):
                self.ins.get(other, set()).discard(number)
            del self.blocks[number]
        self.blocks[first], self.ins[first], self.outs[first] = block, ins - gone, outs - gone
        for other in self.ins[first]:
            self.outs[other].add(first)
        for other in self.outs[first]:
            self.ins[other].add(first)


def structure(orders: Orders) -> Block | None:
    """The block structure of a precedence, None without steps; BadInput when it is circular."""
    order = poset(orders)
    if not order.names:
        return None
    graph = _Graph(
        {n: Leaf(name) for n, name in enumerate(order.names)},
        {n: set(earlier) for n, earlier in enumerate(order.covers)},
        {n: set() for n in range(len(order.names))},
    )
    for number, earlier in graph.ins.items():
        for other in earlier:
            graph.outs[other].add(number)
    while _merge_chains(graph) | _merge_twins(graph):
        pass
    return _parted(graph, sorted(graph.blocks), order.above)


def _merge_chains(graph: _Graph) -> bool:
    """One round of: whatever only follows one block, which nothing else follows, is in sequence with it."""
    merged = False
    for start in sorted(graph.blocks):
        if start not in graph.blocks or _only_follower(graph, next(iter(graph.ins[start]), -1)) == start:
            continue
        chain = [start]
        while (following := _only_follower(graph, chain[-1])) >= 0:
            chain.append(following)
        if len(chain) > 1:
            blocks = tuple(part for n in chain for part in _flat(graph.blocks[n], Series))
            graph.merge(chain, Series(blocks), graph.ins[chain[0]], graph.outs[chain[-1]])
            merged = True
    return merged


def _only_follower(graph: _Graph, number: int) -> int:
    """The block that alone follows ``number`` and follows it alone, or -1."""
    outs = graph.outs.get(number, ())
    if len(outs) != 1:
        return -1
    following = next(iter(outs))
    return following if len(graph.ins[following]) == 1 else -1


def _merge_twins(graph: _Graph) -> bool:
    """One round of: blocks with the same orders before and after are beside each other."""
    alike: dict[tuple[frozenset[int], frozenset[int]], list[int]] = {}
    for number in sorted(graph.blocks):
        alike.setdefault((frozenset(graph.ins[number]), frozenset(graph.outs[number])), []).append(number)
    found = [numbers for numbers in alike.values() if len(numbers) > 1]
    for numbers in found:
        blocks = tuple(part for n in numbers for part in _flat(graph.blocks[n], Fork))
        graph.merge(numbers, Fork(blocks), set(graph.ins[numbers[0]]), set(graph.outs[numbers[0]]))
    return bool(found)


def _flat(block: Block, kind: type[Series] | type[Fork]) -> tuple[Block, ...]:
    return block.blocks if isinstance(block, kind) else (block,)


def _parted(graph: _Graph, numbers: list[int], above: tuple[int, ...]) -> Block:
    """What is left when no rule applies: parts that do not touch, parts one after the other, else a mesh."""
    if len(numbers) == 1:
        return graph.blocks[numbers[0]]
    apart = _components(graph, numbers)
    if len(apart) > 1:
        parts = (_parted(graph, part, above) for part in apart)
        return Fork(tuple(block for part in parts for block in _flat(part, Fork)))
    stages = _stages(numbers, above)
    if len(stages) > 1:
        parts = (_parted(graph, part, above) for part in stages)
        return Series(tuple(block for part in parts for block in _flat(part, Series)))
    return _mesh(graph, numbers)


def _mesh(graph: _Graph, numbers: list[int]) -> Mesh:
    """Forks that would only repeat the splitting and joining of the mesh around them are dissolved."""
    inside = set(numbers)
    parts: dict[int, list[int]] = {}
    blocks: list[Block] = []
    for number in numbers:
        dissolved = _repeats(graph, number, inside)
        block = graph.blocks[number]
        own = block.blocks if isinstance(block, Fork) and dissolved else (block,)
        parts[number] = list(range(len(blocks), len(blocks) + len(own)))
        blocks.extend(own)
    before: list[tuple[int, ...]] = []
    for number in numbers:
        earlier = tuple(sorted(part for other in graph.ins[number] & inside for part in parts[other]))
        before.extend([earlier] * len(parts[number]))
    return Mesh(tuple(blocks), tuple(before))


def _repeats(graph: _Graph, number: int, inside: set[int]) -> bool:
    """Whether a gateway that splits is right before this block and one that joins right behind it."""
    ins, outs = graph.ins[number] & inside, graph.outs[number] & inside
    splits = not ins or (len(ins) == 1 and len(graph.outs[next(iter(ins))] & inside) > 1)
    awaited = {frozenset(graph.ins[other] & inside) for other in outs}
    return splits and (not outs or (len(awaited) == 1 and len(next(iter(awaited))) > 1))


def _components(graph: _Graph, numbers: list[int]) -> list[list[int]]:
    inside, seen, found = set(numbers), set[int](), []
    for start in numbers:
        if start in seen:
            continue
        seen.add(start)
        part = [start]
        for number in part:
            beside = ((graph.ins[number] | graph.outs[number]) & inside) - seen
            seen |= beside
            part.extend(beside)
        found.append(sorted(part))
    return found


def _stages(numbers: list[int], above: tuple[int, ...]) -> list[list[int]]:
    """``numbers`` cut wherever everything after waits for everything before."""
    # A block is named by one of its steps, and everything inside a block is before and after the same blocks.
    mask = sum(1 << number for number in numbers)
    ranked = sorted(numbers, key=lambda n: ((above[n] & mask).bit_count(), n))
    awaited_by_all = [mask] * (len(ranked) + 1)
    for place in range(len(ranked) - 1, -1, -1):
        awaited_by_all[place] = awaited_by_all[place + 1] & above[ranked[place]]
    stages: list[list[int]] = [[]]
    earlier = 0
    for place, number in enumerate(ranked):
        if earlier and earlier & ~awaited_by_all[place] == 0:
            stages.append([])
        stages[-1].append(number)
        earlier |= 1 << number
    return [sorted(stage) for stage in stages]
