"""Orders between steps: one arrow of the precedence, and the graph they form together."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, TypeAlias

from engine.errors import CatalogueError

Kind: TypeAlias = Literal["derived", "declared", "inside"]
DERIVED: Kind = "derived"
DECLARED: Kind = "declared"
INSIDE: Kind = "inside"


@dataclass(frozen=True)
class Order:
    """``after`` waits until ``before`` (both step ids) is finished, and why.

    ``kind``: ``derived`` when ``after`` needs the result ``carries`` that ``before`` hands on, ``declared`` when
    a rule says so without a result, ``inside`` between the steps of one item. ``strength`` is a word of
    ``catalogue.vocabulary``; ``source`` are keys of ``Catalogue.sources``, none for what is assumed.
    """

    before: str
    after: str
    strength: str
    kind: Kind
    why_zh: str
    why_en: str
    source: tuple[str, ...] = ()
    relaxable: bool = False
    carries: str = ""


@dataclass(frozen=True)
class Cycle:
    """Orders that bite their own tail: each begins where the one before it ends."""

    edges: tuple[Order, ...]
    explanation_zh: str
    explanation_en: str

    @property
    def steps(self) -> tuple[str, ...]:
        """Ids of its steps, each once."""
        return tuple(order.before for order in self.edges)


@dataclass
class PrecedenceGraph:
    """``steps`` in the order of the catalogue and every order between two of them; never changed once built.

    Two steps may have several orders between them, one per reason. ``names`` are the steps' names (zh, en) for
    explanations; a step without one is called by its id. ``visits``: joint visits among the steps, each with the ids of
    those that became one in it.
    """

    steps: tuple[str, ...]
    orders: tuple[Order, ...]
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    visits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """(before, after) of every order, each once."""
        return frozenset((order.before, order.after) for order in self.orders)

    @cached_property
    def successors(self) -> Mapping[str, tuple[str, ...]]:
        """Steps that wait directly for a step, by id, sorted."""
        return self._neighbours((before, after) for before, after in self.pairs)

    @cached_property
    def predecessors(self) -> Mapping[str, tuple[str, ...]]:
        """Steps a step waits for directly, by id, sorted."""
        return self._neighbours((after, before) for before, after in self.pairs)

    def _neighbours(self, pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {step: [] for step in self.steps}
        for one, other in sorted(pairs):
            found[one].append(other)
        return {step: tuple(others) for step, others in found.items()}

    def name(self, step: str) -> tuple[str, str]:
        """What people call a step (zh, en)."""
        return self.names.get(step, (step, step))

    def topological(self) -> tuple[str, ...]:
        """Every step after all it waits for, else first come first served; CatalogueError when there is a cycle."""
        cycle = next(self._each_cycle(), None) if len(self._sorted) < len(self.steps) else None
        if cycle is not None:
            raise CatalogueError(
                "precedence.cycle",
                f"环节顺序成环：{cycle.explanation_zh}",
                f"the order is circular: {cycle.explanation_en}",
                " → ".join((*cycle.steps, cycle.steps[0])),
            )
        return self._sorted

    @cached_property
    def _sorted(self) -> tuple[str, ...]:
        return self._peel(self.steps, self.predecessors, self.successors)

    @cached_property
    def masks(self) -> Mapping[str, int]:
        """All steps that come after a step, however far, as bits by position in ``steps``; for large graphs."""
        place = {step: 1 << index for index, step in enumerate(self.steps)}
        after: dict[str, int] = {}
        for step in reversed(self.topological()):
            after[step] = 0
            for later in self.successors[step]:
                after[step] |= place[later] | after[later]
        return after

    def reachable(self) -> Mapping[str, frozenset[str]]:
        """All steps that come after a step, however far, by id; CatalogueError when there is a cycle."""
        return {step: frozenset(self._named(mask)) for step, mask in self.masks.items()}

    def _named(self, mask: int) -> Iterable[str]:
        while mask:
            bit = mask & -mask
            yield self.steps[bit.bit_length() - 1]
            mask ^= bit

    def reduced(self) -> "PrecedenceGraph":
        """Only the orders no chain of others implies, with all their reasons; CatalogueError on a cycle."""
        place = {step: 1 << index for index, step in enumerate(self.steps)}
        kept: set[tuple[str, str]] = set()
        for step in self.steps:
            beyond = 0
            for later in self.successors[step]:
                beyond |= self.masks[later]
            kept |= {(step, later) for later in self.successors[step] if not place[later] & beyond}
        return replace(self, orders=tuple(order for order in self.orders if (order.before, order.after) in kept))

    def without(self, steps: Collection[str]) -> "PrecedenceGraph":
        """The graph with these steps taken out; what waited for one of them waits for what came before it."""
        orders = list(self.orders)
        for gone in steps:
            into = [order for order in orders if order.after == gone and order.before != gone]
            out = [order for order in orders if order.before == gone and order.after != gone]
            orders = [order for order in orders if gone not in (order.before, order.after)]
            orders += [_joined(one, other) for one in into for other in out]
        left = tuple(step for step in self.steps if step not in set(steps))
        return PrecedenceGraph(left, tuple(dict.fromkeys(orders)), self.names, self.visits)

    def with_orders(self, orders: Iterable[Order]) -> "PrecedenceGraph":
        """The graph with more orders."""
        return replace(self, orders=(*self.orders, *orders))

    def cycles(self) -> list[Cycle]:
        """A shortest cycle of every tangle, no two with a step in common; empty when the steps can be done."""
        return list(self._each_cycle())

    def _each_cycle(self) -> Iterator[Cycle]:
        left = self._core(self.steps)
        while left:
            cycle = self._shortest_cycle(left)
            yield self._explained(cycle)
            left = self._core([step for step in left if step not in cycle])

    def _core(self, steps: Collection[str]) -> tuple[str, ...]:
        """What is left of ``steps`` after taking away all that can be first or last, in order."""
        for one, other in ((self.predecessors, self.successors), (self.successors, self.predecessors)):
            gone = set(self._peel(steps, one, other))
            steps = [step for step in steps if step not in gone]
        return tuple(steps)

    @staticmethod
    def _peel(
        steps: Collection[str], before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        """The steps that can be taken one by one, each when nothing before it is left."""
        inside = set(steps)
        waiting = {step: sum(other in inside for other in before[step]) for step in steps}
        ready, taken = deque(step for step in steps if not waiting[step]), []
        while ready:
            step = ready.popleft()
            taken.append(step)
            for other in after[step]:
                if other in inside:
                    waiting[other] -= 1
                    if not waiting[other]:
                        ready.append(other)
        return tuple(taken)

    def _shortest_cycle(self, steps: Collection[str]) -> list[str]:
        inside = set(steps)
        ways = (way for step in steps if (way := self.way(step, step, inside)))
        return min(ways, key=len)[:-1]

    def way(self, start: str, end: str, inside: Collection[str] | None = None) -> list[str]:
        """A shortest chain of steps from ``start`` to ``end`` (both in it; a real round when they are the same).

        Empty when there is none. ``inside`` bounds the steps it may touch.
        """
        came: dict[str, str] = {}
        queue = deque([start])
        while queue:
            step = queue.popleft()
            for later in self.successors[step]:
                if later in came or (inside is not None and later not in inside):
                    continue
                came[later] = step
                if later == end:
                    return _traced(came, start, end)
                queue.append(later)
        return []

    def along(self, chain: Iterable[str]) -> tuple[Order, ...]:
        """The first order given between each two neighbours of a chain of steps."""
        first: dict[tuple[str, str], Order] = {}
        for order in self.orders:
            first.setdefault((order.before, order.after), order)
        return tuple(first[pair] for pair in pairwise(chain))

    def _explained(self, cycle: list[str]) -> Cycle:
        """A cycle in words; orders inside items are told without a reason, they need none."""
        orders = self.along([*cycle, cycle[0]])
        zh = "；".join(self._words_zh(order) for order in orders)
        en = "; ".join(self._words_en(order) for order in orders)
        loose = [order for order in orders if order.relaxable]
        hint_zh = "".join(f"其中“{self._words_zh(order)}”可以放宽。" for order in loose)
        hint_en = "".join(f" “{self._words_en(order)}” may be relaxed." for order in loose)
        return Cycle(
            orders,
            f"{zh}。各环节互相等待，没有一个能先开始；须放宽或取消其中一项。{hint_zh}",
            f"{en}. Each waits for the others and none can begin; one of these has to be relaxed or dropped.{hint_en}",
        )

    def _words_zh(self, order: Order) -> str:
        why = f"（{order.why_zh}）" if order.kind != INSIDE else ""
        return f"“{self.name(order.after)[0]}”须等“{self.name(order.before)[0]}”{why}"

    def _words_en(self, order: Order) -> str:
        why = f" ({order.why_en})" if order.kind != INSIDE else ""
        return f"“{self.name(order.after)[1]}” waits for “{self.name(order.before)[1]}”{why}"


def _traced(came: Mapping[str, str], start: str, end: str) -> list[str]:
    chain = [end, came[end]]
    while chain[-1] != start:
        chain.append(came[chain[-1]])
    return chain[::-1]


def _joined(one: Order, other: Order) -> Order:
    """The order left between two neighbours of a step taken out, with the reason that says more."""
    telling = one if one.kind != INSIDE else other
    return replace(telling, before=one.before, after=other.after)
