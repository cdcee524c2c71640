"""A process as a net for the soundness checker: nodes by kind, and flows that know what they stand for.

Kinds: ``source`` (one, gives the first token), ``sink`` (one, every end event leads there and it consumes), ``xor``
(one token in, one out), ``and`` (a token on every flow in, one on every flow out), ``or`` (inclusive gateway). A task
is a flow on which a token stays until a person acts, between an ``xor`` (each token runs it) and an ``and`` (a token
on every flow out); conditions on its flows are an ``or`` behind that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from lxml import etree

from engine.diagram.links import link_catches, link_throws
from engine.diagram.xml import bpmn, local_name

SOURCE, SINK = "(source)", "(sink)"
"""Ids of the two added nodes; round brackets cannot occur in an XML id."""

AFTER, CHOICE = "(after)", "(choice)"
"""Suffixes of the nodes added behind tasks and events; see ``drawn``."""

NOTHING = "(nothing)"
"""Label of the way on which no condition of a task holds, while other flows go on without one."""

_KINDS = {
    "startEvent": "and",
    "endEvent": "xor",
    "userTask": "xor",
    "manualTask": "xor",
    "intermediateThrowEvent": "xor",
    "intermediateCatchEvent": "xor",
    "exclusiveGateway": "xor",
    "parallelGateway": "and",
    "inclusiveGateway": "or",
}


class Delay(Enum):
    """Whether a token has to wait for a person on a flow: never, always, or as the data will have it."""

    NONE = 0
    PERSON = 1
    MAYBE = 2


_THROUGH = {
    "userTask": Delay.PERSON,
    "manualTask": Delay.PERSON,
    "intermediateThrowEvent": Delay.NONE,
    "intermediateCatchEvent": Delay.NONE,
}
"""Elements that every token passes for itself, and which then give a token to every flow out."""

_CONDITION = bpmn("conditionExpression")


def drawn(node: str) -> str:
    """The drawn element a node belongs to, empty for the source and the sink."""
    return node.partition("(")[0]


@dataclass(frozen=True, eq=False)
class Flow:
    """``parts``: what a token passes on it, in order; ``beside``: what it also stands for; ``label``: how the choice of
    it is called, an id or the name of a drawn flow.
    """

    source: str
    target: str
    delay: Delay = Delay.NONE
    parts: "tuple[Flow | str, ...]" = ()
    beside: "tuple[Flow, ...]" = ()
    label: str = ""
    default: bool = False

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
        return self.kinds[node] == "or" and len(self.ins[node]) > 1

    def inclusive_joins(self) -> list[str]:
        """The inclusive joins in the order of their ids, as the runtime asks them."""
        return sorted(node for node in self.kinds if self.waits_inclusively(node))

    def copy(self) -> "Net":
        """A net of its own; flows are values and shared."""
        twin = Net()
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


def read_net(process: etree._Element) -> Net | None:
    """The net of a process, or None when its structure is too broken to be run (``lint`` says why)."""
    nodes = {e.get("id", ""): e for e in process if local_name(e) in _KINDS and e.get("id")}
    flows = process.findall(bpmn("sequenceFlow"))
    starts = [identity for identity, node in nodes.items() if local_name(node) == "startEvent"]
    catches = link_catches(process)
    if len(starts) != 1 or any(f.get(end) not in nodes for f in flows for end in ("sourceRef", "targetRef")):
        return None
    if any(len(catches.get(name, ())) != 1 for name in link_throws(process)):
        return None
    net = Net()
    net.add_node(SOURCE, "source")
    net.add_node(SINK, "sink")
    for identity, node in nodes.items():
        net.add_node(identity, _KINDS[local_name(node)])
    net.add(Flow(SOURCE, starts[0]))
    leaving: dict[str, list[etree._Element]] = {identity: [] for identity in nodes}
    for flow in flows:
        leaving[flow.get("sourceRef", "")].append(flow)
    for identity, node in nodes.items():
        _connect(net, node, local_name(node), leaving[identity])
    for name, throws in link_throws(process).items():
        for throw in throws:
            net.add(Flow(throw + AFTER, catches[name][0]))
    return net


def _connect(net: Net, node: etree._Element, name: str, leaving: list[etree._Element]) -> None:
    identity = node.get("id", "")
    if name == "endEvent":
        net.add(Flow(identity, SINK))
        return
    if name not in _THROUGH:
        for flow in leaving:
            net.add(_drawn_flow(identity, node, flow))
        return
    net.add_node(identity + AFTER, "and")
    net.add(Flow(identity, identity + AFTER, _THROUGH[name]))
    plain = [flow for flow in leaving if flow.find(_CONDITION) is None and not _is_default(node, flow)]
    for flow in plain:
        net.add(_drawn_flow(identity + AFTER, node, flow))
    chosen = [flow for flow in leaving if flow not in plain]
    if chosen:
        _connect_chosen(net, node, chosen, bool(plain))


def _connect_chosen(net: Net, node: etree._Element, chosen: list[etree._Element], others: bool) -> None:
    """Flows out of a task with conditions: some of them, or the default alone, or none when other flows go on."""
    identity = node.get("id", "")
    defaults = [flow for flow in chosen if _is_default(node, flow)]
    # Of one condition and a default, exactly one is taken.
    both = len(defaults) == 1 and len(chosen) == 2
    net.add_node(identity + CHOICE, "xor" if both else "or")
    net.add(Flow(identity + AFTER, identity + CHOICE))
    for flow in chosen:
        net.add(_drawn_flow(identity + CHOICE, node, flow))
    if others and not defaults:
        net.add(Flow(identity + CHOICE, SINK, label=NOTHING, default=True))


def _drawn_flow(source: str, node: etree._Element, flow: etree._Element) -> Flow:
    target = flow.get("targetRef", "")
    return Flow(source, target, label=flow.get("name") or target, default=_is_default(node, flow))


def _is_default(node: etree._Element, flow: etree._Element) -> bool:
    return node.get("default") is not None and node.get("default") == flow.get("id")
