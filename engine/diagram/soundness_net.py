"""A scope as a net for the soundness checker: nodes by kind, and flows that know what they stand for.

Kinds: ``source`` (one, gives the first token), ``sink`` (one, every end leads there and it consumes), ``xor`` (one
token in, one out), ``and`` (a token on every flow in, one on every flow out), ``or`` (inclusive gateway), ``complex``
(complex join: whatever its condition asks for, once), ``gather`` (several tokens of its one flow in) and ``clear`` (an
end that takes every token of the scope with it). ``soundness_read`` says how a diagram becomes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

SOURCE, SINK = "(source)", "(sink)"
"""Ids of the two added nodes; round brackets cannot occur in an XML id."""

NOTHING = "(nothing)"
"""Label of the way on which no condition of a task holds, while other flows go on without one."""

QUIET = "(quiet)"
"""Label of the way on which an event does not happen."""


class Delay(Enum):
    """Whether a token has to wait on a flow, for a person or an event: never, always, or as it will turn out."""

    NONE = 0
    PERSON = 1
    MAYBE = 2


def drawn(node: str) -> str:
    """The drawn element a node belongs to, empty for the source and the sink."""
    return node.partition("(")[0]


@dataclass(frozen=True, eq=False)
class Flow:
    """``parts``: what a token passes on it, in order; ``beside``: what it also stands for; ``label``: how the choice of
    it is called, an id or the name of a drawn flow; ``joined``: whether it stands for a join that is inclusive.
    """

    source: str
    target: str
    delay: Delay = Delay.NONE
    parts: "tuple[Flow | str, ...]" = ()
    beside: "tuple[Flow, ...]" = ()
    label: str = ""
    default: bool = False
    joined: bool = False

    def way(self) -> list[str]:
        """The ids a token passes on one way along it."""
        return list(_flatten(self, aside=False))

    def stands_for(self) -> set[str]:
        """The ids of everything it replaces."""
        return set(_flatten(self, aside=True))


def _flatten(flow: Flow, aside: bool) -> Iterator[str]:
    # Shared parts are met once when everything is wanted, or a graph of many merges would take exponential time.
    stack: list[Flow | str] = [flow]
    seen: set[int] = set()
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            yield part
        elif not aside or id(part) not in seen:
            seen.add(id(part))
            stack.extend(reversed(part.parts))
            if aside:
                stack.extend(part.beside)


@dataclass
class Net:
    """``kinds``: node → kind; ``ins`` and ``outs``: node → its flows (insertion-ordered, so runs repeat exactly)."""

    kinds: dict[str, str] = field(default_factory=dict)
    ins: dict[str, dict[Flow, None]] = field(default_factory=dict)
    outs: dict[str, dict[Flow, None]] = field(default_factory=dict)
    needed: dict[str, int] = field(default_factory=dict)
    """Tokens each ``gather`` takes."""
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Nodes that a token at another one may still set going; only inclusive joins ask."""
    ends: set[str] = field(default_factory=set)
    """Ids of the elements that consume a token and leave the others."""
    open: list[str] = field(default_factory=list)
    """Ids of the elements this net does not do justice to."""

    def add_node(self, node: str, kind: str) -> None:
        """Adds a node without flows."""
        self.kinds[node] = kind
        self.ins[node], self.outs[node] = {}, {}

    def add(self, flow: Flow) -> None:
        """Connects."""
        self.outs[flow.source][flow] = None
        self.ins[flow.target][flow] = None

    def remove(self, flow: Flow) -> None:
        """Disconnects."""
        del self.outs[flow.source][flow]
        del self.ins[flow.target][flow]

    def drop_node(self, node: str) -> None:
        """Forgets a node whose flows are gone."""
        del self.kinds[node], self.ins[node], self.outs[node]

    def flows(self) -> list[Flow]:
        """Every flow."""
        return [flow for flows in self.outs.values() for flow in flows]

    def waits_inclusively(self, node: str) -> bool:
        """Whether it is an inclusive join; with one flow in, there is nothing to wait for."""
        return self.kinds[node] in {"or", "complex"} and len(self.ins[node]) > 1

    def inclusive_joins(self) -> list[str]:
        """The inclusive joins in the order of their ids, as the runtime asks them."""
        return sorted(node for node in self.kinds if self.waits_inclusively(node))

    def copy(self) -> "Net":
        """A net of its own; flows are values and shared."""
        twin = Net(needed=self.needed, beside=self.beside, ends=self.ends, open=self.open)
        for node, kind in self.kinds.items():
            twin.add_node(node, kind)
        for flow in self.flows():
            twin.add(flow)
        return twin

    def reachable(self, starts: list[str]) -> set[str]:
        """Nodes to which flows lead from ``starts``, these included."""
        seen, stack = set(starts), list(starts)
        while stack:
            for flow in self.outs[stack.pop()]:
                if flow.target not in seen:
                    seen.add(flow.target)
                    stack.append(flow.target)
        return seen

    def behind_loops(self) -> set[str]:
        """Nodes on a loop or behind one: what is left when nodes without flows in are peeled off again and again."""
        open_ins = {node: len(flows) for node, flows in self.ins.items()}
        peeled = [node for node, count in open_ins.items() if not count]
        for node in peeled:
            for flow in self.outs[node]:
                open_ins[flow.target] -= 1
                if not open_ins[flow.target]:
                    peeled.append(flow.target)
        return set(self.kinds) - set(peeled)
