"""A scope of a diagram (a process or a sub-process) read as a net; BPMN 2.0.2, chapter 13.

* An activity, whatever is inside it, is a flow on which a token stays (``A → A(after)``), between an ``xor`` (each
  token runs it) and an ``and`` (a token on every flow out); conditions on its flows are a choice behind that
  (``A(choice)``). Catching events are the same. Multiple instances and loops stay inside the activity.
* Interrupting boundary events are a choice when the activity has ended (``A(ended)``). Each other one decides beside
  the work (``B(armed)``) whether it happens before the activity ends, and then gives its tokens. Assumption: at most
  once for each time the activity runs, so a reminder that is repeated does not count as growth.
* Terminate, error and cancel ends, and escalations that interrupt the scope, are ``clear``. Whatever else leads nowhere
  consumes its token.
* An event-based gateway waits, and then exactly one of its events happens; all of them when it starts a process as a
  parallel one.
* Several start events (or instantiating gateways and receive tasks) are alternatives. Without any, everything without a
  flow in starts at once (13.2).
* Compensation handlers and their events, and event sub-processes, are not part of the flow; what is inside them is a
  scope of its own.
"""

from lxml import etree

from engine.diagram.links import LINK, link_catches, link_throws
from engine.diagram.soundness_connect import AFTER, KINDS, PASSED, WORK, Reading, connect
from engine.diagram.soundness_events import SUB_PROCESSES, has_definition, host_of, is_true
from engine.diagram.soundness_net import SINK, SOURCE, Flow, Net
from engine.diagram.xml import BPMN, bpmn, local_name

START = "(start)"
"""The node added before several starts."""


def is_flow_node(element: etree._Element) -> bool:
    """Whether this is an activity, an event or a gateway that can be referred to."""
    if not isinstance(element.tag, str) or etree.QName(element).namespace != BPMN:
        return False
    return local_name(element) in KINDS and bool(element.get("id"))


def is_node(element: etree._Element) -> bool:
    """Whether tokens come to this child of a scope by its flows."""
    if not is_flow_node(element):
        return False
    if is_true(element, "isForCompensation") or is_true(element, "triggeredByEvent"):
        return False
    return local_name(element) != "boundaryEvent" or not has_definition(element, "compensateEventDefinition")


def is_passed(element: etree._Element) -> bool:
    """Whether a token stays at this element for a while: an activity, an intermediate event, an event-based gateway."""
    return local_name(element) in PASSED or local_name(element) == "eventBasedGateway"


def scopes(process: etree._Element) -> list[etree._Element]:
    """The process and every sub-process inside it, in document order."""
    return [process, *process.iterdescendants(*(bpmn(name) for name in SUB_PROCESSES))]


def read_net(scope: etree._Element) -> Net | None:
    """The net of a scope, or None when its structure is too broken to be run (``lint`` says why) or it is empty."""
    reading = Reading(scope, {e.get("id", ""): e for e in scope if is_node(e)})
    catches = link_catches(scope)
    if not _collect(reading) or any(len(catches.get(name, ())) != 1 for name in link_throws(scope)):
        return None
    net = reading.net
    net.add_node(SOURCE, "source")
    net.add_node(SINK, "sink")
    for identity, node in reading.nodes.items():
        net.add_node(identity, KINDS[local_name(node)])
    if not _connect_starts(reading):
        return None
    for identity, node in reading.nodes.items():
        connect(reading, identity, node)
    for name, throws in link_throws(scope).items():
        for throw in throws:
            net.add(Flow(throw + AFTER, catches[name][0]))
    return net


def _collect(reading: Reading) -> bool:
    """Who is connected to whom; whether all ends are there."""
    reading.leaving = {identity: [] for identity in reading.nodes}
    reading.entered = {identity: [] for identity in reading.nodes}
    for flow in reading.scope.iterfind(bpmn("sequenceFlow")):
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if source not in reading.nodes or target not in reading.nodes:
            return False
        reading.leaving[source].append(flow)
        reading.entered[target].append(source)
    for node in reading.nodes.values():
        if local_name(node) == "boundaryEvent":
            reading.attached.setdefault(host_of(node), []).append(node)
    return all(host in reading.nodes and reading.kind(host) in WORK for host in reading.attached)


def _connect_starts(reading: Reading) -> bool:
    free = [identity for identity, sources in reading.entered.items() if not sources]
    starts = [i for i in reading.nodes if reading.kind(i) == "startEvent"]
    starts += [i for i in free if is_true(reading.nodes[i], "instantiate")]
    chosen = bool(starts)
    if not chosen:
        starts = [i for i in free if reading.kind(i) != "boundaryEvent" and reading.nodes[i].find(LINK) is None]
    if len(starts) > 1:
        reading.net.add_node(START, "xor" if chosen else "and")
        reading.net.add(Flow(SOURCE, START))
    for identity in starts:
        reading.net.add(Flow(START if len(starts) > 1 else SOURCE, identity, label=identity))
    return bool(starts)
