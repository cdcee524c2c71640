"""Takes a drawn flow apart into units: pieces with one way in and one way out, one after the other.

What every run passes (dominators, Lengauer and Tarjan 1979; found as by Cooper, Harvey and Kennedy 2001) forms a chain
from the start to the end; a choice, a loop or a block lies between two of its nodes. The chain is cut wherever exactly
one flow leads over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """``nodes`` in reading order; entered at ``entry``, left from ``exit`` only."""

    entry: str
    exit: str
    nodes: tuple[str, ...]


def pieces(order: Sequence[str], flows: Sequence[tuple[str, str]], start: str, end: str) -> list[Piece]:
    """The pieces from ``start`` to ``end``, these included as pieces of their own or together with others.

    ``order``: all nodes, ``start`` first, flows leading forward except those that close a loop; every node is reached.
    """
    chain, region = _chain(order, flows, start, end)
    place = {node: n for n, node in enumerate(chain)}
    # Even places are the chain's, odd ones what lies behind a node of it.
    at = {node: 2 * place[node] if node in place else 2 * place[region[node]] + 1 for node in order}
    over = [0] * len(chain)
    for source, target in flows:
        low, high = sorted((at[source], at[target]))
        for gap in range(low // 2, high // 2):
            over[gap] += 1
    found: list[Piece] = []
    first = 0
    for n in range(len(chain)):
        if n + 1 < len(chain) and over[n] != 1:
            continue
        inside = tuple(node for node in order if 2 * first <= at[node] <= 2 * n + 1)
        found.append(Piece(chain[first], chain[n], inside))
        first = n + 1
    return found


def _chain(
    order: Sequence[str], flows: Sequence[tuple[str, str]], start: str, end: str
) -> tuple[list[str], dict[str, str]]:
    """What every run to ``end`` passes, and for every other node the last of these before it."""
    above = _dominators(order, flows)
    chain = [end]
    while chain[-1] != start:
        chain.append(above[chain[-1]])
    chain.reverse()
    on_chain = set(chain)
    region: dict[str, str] = {}
    for node in order:
        before = above[node]
        region[node] = node if node in on_chain else before if before in on_chain else region[before]
    return chain, region


def _dominators(order: Sequence[str], flows: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Node → the nearest node that every way to it passes; the first one is its own."""
    number = {node: n for n, node in enumerate(order)}
    ins: list[list[int]] = [[] for _ in order]
    for source, target in flows:
        ins[number[target]].append(number[source])
    above = [0] + [-1] * (len(order) - 1)
    changed = True
    while changed:
        changed = False
        for n in range(1, len(order)):
            known = [before for before in ins[n] if above[before] >= 0]
            nearest = known[0]
            for other in known[1:]:
                nearest = _meeting(above, nearest, other)
            changed |= above[n] != nearest
            above[n] = nearest
    return {order[n]: order[nearest] for n, nearest in enumerate(above)}


def _meeting(above: Sequence[int], one: int, other: int) -> int:
    while one != other:
        while one > other:
            one = above[one]
        while other > one:
            other = above[other]
    return one
