"""The structural concurrency relation of a net: which two flows may hold tokens in one marking.

It is the least relation with

* the tokens one move gives are concurrent with each other;
* what is concurrent with all tokens a move takes is concurrent with all it gives.

A. Kovalyov, J. Esparza: A Polynomial Algorithm to Compute the Concurrency Relation of Free-Choice Signal Transition
Graphs (Proc. WODES 1996), after A. Kovalyov: Concurrency Relations and the Safety Problem for Petri Nets (ICATPN 1992):
it contains all pairs that can really occur, and for a free-choice net in which every token can always come to the end
and none meets another on one flow, no others. Nets of exclusive, parallel and event-based gateways are free-choice.
With inclusive joins it is as close where they end a block; elsewhere, and in unsound diagrams, there may be more pairs
than can occur. It takes a number of steps that is polynomial in the size of the net, and no marking is visited.

An inclusive join moves on only when no token that can still reach one of its empty flows is left, so what it gives is
not concurrent with such a token (unless that token reaches a filled flow as well). A complex join moves on as if it
were inclusive, and what may come to it late is concurrent with everything behind it.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from engine.diagram.soundness_connect import AFTER, ARMED, ENDED, FORK, GATHERED, JOIN
from engine.diagram.soundness_net import SOURCE, Flow, Net, drawn

_STAYING = {
    (AFTER, ""), (AFTER, GATHERED), (ENDED, ""), (ENDED, GATHERED), (GATHERED, ""), (JOIN, FORK), (ARMED, FORK),
}  # fmt: skip
"""Suffixes of target and source of the flows on which a token is inside an element; on others it is on its way."""


@dataclass
class Relation:
    """The relation of ``net``; ``near``: for each chain of flows, the chains concurrent with it as bits of a number.

    Flows between which nothing splits or joins are a chain: what is concurrent with one is with all.
    """

    net: Net
    chains: list[list[Flow]] = field(init=False)
    near: list[int] = field(init=False)
    reached: int = 0

    def __post_init__(self) -> None:
        self.chains = list(_chains(self.net))
        self.near = [0] * len(self.chains)
        self._number = {flow: n for n, chain in enumerate(self.chains) for flow in chain}
        self._groups = {join: list(self._reaching(join)) for join in self.net.inclusive_joins()}
        self._waiting: deque[str] = deque()
        self._queued: set[str] = set()
        self._give(0, self._of(self.net.outs[SOURCE]), 0)
        while self._waiting:
            node = self._waiting.popleft()
            self._queued.discard(node)
            self._fire(node)
        self._add_late()

    def _of(self, flows: Iterable[Flow]) -> list[int]:
        return [self._number[flow] for flow in flows]

    def _fire(self, node: str) -> None:
        ins, outs, kind = self._of(self.net.ins[node]), self._of(self.net.outs[node]), self.net.kinds[node]
        here = [n for n in ins if self.reached >> n & 1]
        if kind in {"sink", "clear"} or not here:
            return
        if kind == "and":
            if len(here) == len(ins) and all(self.near[a] >> b & 1 for a, b in combinations(ins, 2)):
                self._give(self._all(ins), outs, _bits_of(outs))
        elif kind == "gather":
            if self.net.needed[node] < 2 or self.near[here[0]] >> here[0] & 1:
                self._give(self.near[here[0]], outs, 0)
        else:
            beside = self._after_inclusive(node) if node in self._groups else self._any(here)
            self._give(beside, outs, self._together(node))

    def _together(self, node: str) -> int:
        """Flows out of a choice that may be taken with others; the default is taken alone."""
        outs = self.net.outs[node]
        return 0 if self.net.kinds[node] == "xor" else _bits_of(self._of(flow for flow in outs if not flow.default))

    def _all(self, places: list[int]) -> int:
        common = -1
        for place in places:
            common &= self.near[place]
        return common

    def _any(self, places: Iterable[int]) -> int:
        some = 0
        for place in places:
            some |= self.near[place]
        return some

    def _after_inclusive(self, join: str) -> int:
        """What may be there when the join moves on: reaches none of its flows, or one that can be filled meanwhile."""
        beside = self._any(self._of(self.net.ins[join]))
        allowed = 0
        for reached, group in self._groups[join]:
            allowed |= group & (self._any(reached) if reached else beside)
        return allowed

    def _reaching(self, join: str) -> Iterator[tuple[list[int], int]]:
        """The flows into the join that a token can reach without passing it, and all flows from which it is these."""
        reached: dict[str, list[int]] = {node: [] for node in self.net.kinds}
        for flow in self.net.ins[join]:
            for node in _before(self.net, flow.source, join):
                reached[node].append(self._number[flow])
        groups: dict[tuple[int, ...], int] = {}
        for n, chain in enumerate(self.chains):
            target = chain[-1].target
            key = (n,) if target == join else tuple(reached[target])
            groups[key] = groups.get(key, 0) | 1 << n
        yield from ((list(key), group) for key, group in groups.items())

    def _give(self, beside: int, places: list[int], together: int) -> None:
        """A token on one of ``places``, or on several of those that may come ``together``, and others ``beside``."""
        for place in places:
            if not self.reached >> place & 1:
                self.reached |= 1 << place
                self._touch(place)
            others = together & ~(1 << place) if together >> place & 1 else 0
            self._pair(place, (beside | others) & ~self.near[place])

    def _pair(self, place: int, new: int) -> None:
        if new:
            self.near[place] |= new
            self._touch(place)
        bit, near = 1 << place, self.near
        for other in _bits(new):
            near[other] |= bit
            self._touch(other)

    def _add_late(self) -> None:
        """Tokens that come to a complex join after it has moved on, beside all that may follow from that."""
        added = []
        for join in [node for node in self._groups if self.net.kinds[node] == "complex"]:
            beside = self._any(self._of(self.net.ins[join]))
            coming = sum(group for reached, group in self._groups[join] if reached)
            first = [self.chains[n][-1] for n in _bits(beside & coming)]
            late = set(first) | self._following([flow.target for flow in first], join)
            added.append((self._of(late), _bits_of(self._of(self._following([join], "")))))
        for late_places, after in added:
            for place in late_places:
                self._pair(place, after & ~self.near[place])

    def _following(self, starts: list[str], avoiding: str) -> set[Flow]:
        found: set[Flow] = set()
        seen, stack = {avoiding}, list(starts)
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                found |= self.net.outs[node].keys()
                stack.extend(flow.target for flow in self.net.outs[node])
        return found

    def _touch(self, place: int) -> None:
        node = self.chains[place][-1].target
        if node not in self._queued:
            self._queued.add(node)
            self._waiting.append(node)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Pairs of drawn elements, twice the same one when it may be entered again before it is left."""
        places: dict[str, int] = {}
        for n in _bits(self.reached):
            for element in filter(None, map(_element, self.chains[n])):
                places[element] = places.get(element, 0) | 1 << n
        elements = list(places)
        for position, one in enumerate(elements):
            beside = self._any(_bits(places[one]))
            yield from ((one, other) for other in elements[position:] if beside & places[other])


def _chains(net: Net) -> Iterator[list[Flow]]:
    """All flows a token can come to, those of a chain together and in order."""
    for flow in net.flows():
        if not _is_link(net, flow.source):
            chain = [flow]
            while _is_link(net, chain[-1].target):
                chain += net.outs[chain[-1].target]
            yield chain


def _is_link(net: Net, node: str) -> bool:
    return net.kinds[node] in {"xor", "and", "or"} and len(net.ins[node]) == len(net.outs[node]) == 1


def _bits_of(places: Iterable[int]) -> int:
    number = 0
    for place in places:
        number |= 1 << place
    return number


def _bits(number: int) -> Iterator[int]:
    # By its digits: taking bit after bit from a number of thousands of bits costs its length each time.
    digits = bin(number)[:1:-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def _before(net: Net, start: str, avoiding: str) -> set[str]:
    """Nodes from which a token can come to ``start`` without passing ``avoiding``."""
    led_to: dict[str, list[str]] = {}
    for node, others in net.beside.items():
        for other in others:
            led_to.setdefault(other, []).append(node)
    seen: set[str] = set()
    stack = [start]
    while stack:
        node = stack.pop()
        if node not in seen and node != avoiding:
            seen.add(node)
            stack.extend(flow.source for flow in net.ins[node])
            stack.extend(led_to.get(node, ()))
    return seen


def _element(flow: Flow) -> str:
    """The drawn element at or in which a token on ``flow`` is; empty between the parts of one."""
    element = drawn(flow.target)
    suffixes = flow.target[len(element) :], flow.source[len(drawn(flow.source)) :]
    return element if not suffixes[0] or suffixes in _STAYING else ""
