"""How the elements of a scope become nodes and flows of its net; ``soundness_read`` tells the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.diagram.links import LINK
from engine.diagram.soundness_events import SUB_PROCESSES, Escalations, clears, host_of, interrupts, is_true
from engine.diagram.soundness_net import NOTHING, QUIET, SINK, Delay, Flow, Net
from engine.diagram.xml import bpmn, local_name

AFTER, CHOICE, GATHERED = "(after)", "(choice)", "(gathered)"
FORK, JOIN, ENDED, ARMED = "(fork)", "(join)", "(ended)", "(armed)"
"""Suffixes of added nodes; round brackets cannot occur in an XML id. See ``soundness_net.drawn``."""

MOST_TOKENS = 50
"""Tokens an activity may gather or give before its scope is not decided any more."""

WORK: Mapping[str, Delay] = {
    "task": Delay.NONE,
    "scriptTask": Delay.NONE,
    "userTask": Delay.PERSON,
    "manualTask": Delay.PERSON,
    **dict.fromkeys(("serviceTask", "sendTask", "businessRuleTask", "receiveTask", "callActivity"), Delay.MAYBE),
    **dict.fromkeys(SUB_PROCESSES, Delay.MAYBE),
}
"""Activities, and whether somebody must act before they end."""
PASSED: Mapping[str, Delay] = {
    **WORK,
    "intermediateThrowEvent": Delay.NONE,
    "intermediateCatchEvent": Delay.MAYBE,
}
"""Elements that every token passes for itself, and which then give a token to every flow out."""

_GATEWAYS = {"exclusiveGateway": "xor", "parallelGateway": "and", "inclusiveGateway": "or"}
KINDS: Mapping[str, str] = {
    **_GATEWAYS,
    **dict.fromkeys(PASSED, "xor"),
    "complexGateway": "complex",
    "eventBasedGateway": "xor",
    "startEvent": "and",
    "boundaryEvent": "and",
    "endEvent": "xor",
}
_LOOPS = (bpmn("multiInstanceLoopCharacteristics"), bpmn("standardLoopCharacteristics"))
_CONDITION = bpmn("conditionExpression")


@dataclass
class Reading:
    """One scope and the net it becomes."""

    scope: etree._Element
    nodes: dict[str, etree._Element]
    net: Net = field(default_factory=Net)
    leaving: dict[str, list[etree._Element]] = field(default_factory=dict)
    entered: dict[str, list[str]] = field(default_factory=dict)
    attached: dict[str, list[etree._Element]] = field(default_factory=dict)
    escalations: Escalations = field(default_factory=dict)

    def kind(self, identity: str) -> str:
        """The local name of a node."""
        return local_name(self.nodes[identity])


def connect(reading: Reading, identity: str, node: etree._Element) -> None:
    """Adds one element, what is attached to it, and the flows out of both."""
    name = local_name(node)
    if clears(reading.scope, node, reading.escalations):
        reading.net.kinds[identity] = "clear"
    elif name == "complexGateway":
        _connect_complex(reading, identity, node)
    elif name == "eventBasedGateway":
        together = is_true(node, "instantiate") and node.get("eventGatewayType") == "Parallel"
        reading.net.add_node(identity + AFTER, "and" if together else "xor")
        reading.net.add(Flow(identity, identity + AFTER, Delay.MAYBE))
        _connect_all(reading, node, identity + AFTER, reading.leaving[identity])
    elif name in PASSED:
        _connect_passed(reading, identity, node)
    elif name != "boundaryEvent":
        _connect_all(reading, node, identity, reading.leaving[identity])


def _connect_complex(reading: Reading, identity: str, node: etree._Element) -> None:
    net, leaving = reading.net, reading.leaving[identity]
    if len(reading.entered[identity]) < 2:
        net.kinds[identity] = "xor"
    elif any(flow.find(_CONDITION) is not None for flow in leaving):
        # A flow with a condition may be taken again when the gateway is reset.
        net.open.append(identity)
    net.add_node(identity + AFTER, "and")
    net.add(Flow(identity, identity + AFTER))
    _leave(reading, node, identity + AFTER)


def _connect_passed(reading: Reading, identity: str, node: etree._Element) -> None:
    """Gathering, work with what is attached to it, and leaving; see the module."""
    net = reading.net
    events = reading.attached.get(identity, [])
    begun = _gathered(reading, identity, node)
    ending = [event for event in events if interrupts(event)]
    ended = identity + (ENDED if ending else AFTER)
    net.add_node(identity + AFTER, "and")
    if ending:
        net.add_node(ended, "xor")
        net.add(Flow(ended, identity + AFTER, label=QUIET))
    for event in ending:
        net.add(Flow(ended, event.get("id", ""), label=event.get("id", "")))
        _connect_all(reading, event, event.get("id", ""), reading.leaving[event.get("id", "")])
    delay = _delay(reading, identity, node)
    watching = [event for event in events if event not in ending]
    if watching:
        net.add_node(identity + FORK, "and")
        net.add_node(identity + JOIN, "and")
        net.add(Flow(begun, identity + FORK))
        net.add(Flow(identity + FORK, identity + JOIN, delay))
        net.add(Flow(identity + JOIN, ended))
        net.beside[identity + JOIN] = tuple(event.get("id", "") for event in watching)
        for number, event in enumerate(watching):
            _connect_watching(reading, event, delay, number)
    else:
        net.add(Flow(begun, ended, delay))
    _leave(reading, node, identity + AFTER)


def _connect_watching(reading: Reading, event: etree._Element, delay: Delay, number: int) -> None:
    net, identity, host = reading.net, event.get("id", ""), host_of(event)
    armed, done = identity + ARMED, f"{host}(done {number})"
    net.add_node(armed, "xor")
    net.add_node(done, "xor")
    net.add(Flow(host + FORK, armed, delay))
    net.add(Flow(armed, done, label=QUIET))
    net.add(Flow(armed, identity, label=identity))
    net.add(Flow(identity, done))
    net.add(Flow(done, host + JOIN))
    for flow in reading.leaving[identity]:
        _give(reading, event, identity, flow)


def _gathered(reading: Reading, identity: str, node: etree._Element) -> str:
    quantity = _quantity(reading, node, "startQuantity")
    if quantity == 1:
        return identity
    reading.net.add_node(identity + GATHERED, "gather")
    reading.net.needed[identity + GATHERED] = quantity
    reading.net.add(Flow(identity, identity + GATHERED))
    return identity + GATHERED


def _quantity(reading: Reading, node: etree._Element, attribute: str) -> int:
    text = node.get(attribute, "1").strip().lstrip("+0")
    if not text.isdecimal() or len(text) > 4 or int(text) > MOST_TOKENS:
        reading.net.open.append(node.get("id", ""))
        return 1
    return int(text)


def _delay(reading: Reading, identity: str, node: etree._Element) -> Delay:
    before = {reading.kind(source) for source in reading.entered[identity]}
    if before == {"eventBasedGateway"} or node.find(LINK) is not None:
        return Delay.NONE
    # No instance at all is possible too.
    repeated = any(node.find(loop) is not None for loop in _LOOPS)
    usual = PASSED[local_name(node)]
    return Delay.MAYBE if repeated and usual is Delay.PERSON else usual


def _leave(reading: Reading, node: etree._Element, source: str) -> None:
    """The flows out of what has ended: all without condition, and some of those with one."""
    leaving = reading.leaving[node.get("id", "")]
    plain = [flow for flow in leaving if flow.find(_CONDITION) is None and not _is_default(node, flow)]
    chosen = [flow for flow in leaving if flow not in plain]
    if not chosen:
        _connect_all(reading, node, source, plain)
        return
    for flow in plain:
        _give(reading, node, source, flow)
    _connect_chosen(reading, node, chosen, bool(plain))


def _connect_all(reading: Reading, node: etree._Element, source: str, leaving: list[etree._Element]) -> None:
    for flow in leaving:
        _give(reading, node, source, flow)
    throws_link = local_name(node) == "intermediateThrowEvent" and node.find(LINK) is not None
    if not leaving and not throws_link:
        reading.net.ends.add(node.get("id", ""))
        reading.net.add(Flow(source, SINK))


def _connect_chosen(reading: Reading, node: etree._Element, chosen: list[etree._Element], others: bool) -> None:
    """Flows out of a task with conditions: some of them, or the default alone, or none when other flows go on."""
    net, choice = reading.net, node.get("id", "") + CHOICE
    defaults = [flow for flow in chosen if _is_default(node, flow)]
    # Of one condition and a default, exactly one is taken.
    both = len(defaults) == 1 and len(chosen) == 2
    net.add_node(choice, "xor" if both else "or")
    net.add(Flow(node.get("id", "") + AFTER, choice))
    for flow in chosen:
        _give(reading, node, choice, flow)
    if others and not defaults:
        net.add(Flow(choice, SINK, label=NOTHING, default=True))


def _give(reading: Reading, node: etree._Element, source: str, flow: etree._Element) -> None:
    """A drawn flow; an activity may give several tokens on it."""
    target = flow.get("targetRef", "")
    label = target if local_name(node) == "eventBasedGateway" else flow.get("name") or target
    default = _is_default(node, flow)
    quantity = _quantity(reading, node, "completionQuantity")
    if quantity == 1:
        reading.net.add(Flow(source, target, label=label, default=default))
        return
    number = len(reading.net.kinds)
    split, merge = f"{node.get('id')}(split {number})", f"{node.get('id')}(merge {number})"
    reading.net.add_node(split, "and")
    reading.net.add_node(merge, "xor")
    reading.net.add(Flow(source, split, label=label, default=default))
    for _ in range(quantity):
        reading.net.add(Flow(split, merge))
    reading.net.add(Flow(merge, target))


def _is_default(node: etree._Element, flow: etree._Element) -> bool:
    return node.get("default") is not None and node.get("default") == flow.get("id")
