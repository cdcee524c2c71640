"""Precedence graphs for tests: written in one line, or drawn by hypothesis, and judged by trying everything."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise, permutations

from hypothesis import strategies as st

from engine.parallel.order import DECLARED, Order, PrecedenceGraph


def order(before: str, after: str, why: str = "", relaxable: bool = False) -> Order:
    """A declared order with one reason in both languages."""
    return Order(before, after, "before_step", DECLARED, why or f"{before}{after}", why, (), relaxable)


def graph_of(text: str, steps: str = "") -> PrecedenceGraph:
    """``"a<b<c d<c"``: a before b before c, d before c; ``steps`` names those in their order, or alone."""
    written = [chain.split("<") for chain in text.split()]
    named = dict.fromkeys([*steps.split(), *(step for chain in written for step in chain)])
    orders = (order(before, after) for chain in written for before, after in pairwise(chain))
    return PrecedenceGraph(tuple(named), tuple(orders))


@st.composite
def graphs(draw: st.DrawFn, most: int = 40) -> PrecedenceGraph:
    """A graph without cycles of up to ``most`` steps, its steps listed in any order."""
    count = draw(st.integers(1, most))
    names = draw(st.permutations([f"s{index}" for index in range(count)]))
    place = st.integers(0, count - 1)
    pairs = draw(st.sets(st.tuples(place, place), max_size=3 * count))
    orders = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    return PrecedenceGraph(tuple(sorted(names)), tuple(order(names[one], names[other]) for one, other in orders))


DAYS = st.decimals(0, 30, places=2)


@st.composite
def plans(draw: st.DrawFn, most: int = 40) -> tuple[PrecedenceGraph, dict[str, Decimal]]:
    """A graph and working days for each of its steps, some of them none."""
    graph = draw(graphs(most))
    days = draw(st.lists(DAYS, min_size=len(graph.steps), max_size=len(graph.steps)))
    return graph, dict(zip(graph.steps, days, strict=True))


def extensions(graph: PrecedenceGraph) -> set[tuple[str, ...]]:
    """Every sequence of all steps the orders allow, found by trying all."""
    return {
        line for line in permutations(graph.steps)
        if all(line.index(before) < line.index(after) for before, after in graph.pairs)
    }  # fmt: skip


def chains(graph: PrecedenceGraph) -> Iterator[tuple[str, ...]]:
    """Every chain of steps from one that waits for nothing to one nothing waits for."""
    stack: list[tuple[str, ...]] = [(step,) for step in graph.steps if not graph.predecessors[step]]
    while stack:
        chain = stack.pop()
        if not graph.successors[chain[-1]]:
            yield chain
        stack += [(*chain, later) for later in graph.successors[chain[-1]]]


def length(chain: tuple[str, ...], days: Mapping[str, Decimal]) -> Decimal:
    """Working days of a chain of steps."""
    return sum((days[step] for step in chain), Decimal(0))
