"""Which elements of a process may hold tokens at one time.

Within a scope this is the relation of its net (``soundness_relation``): all pairs that can occur, and in a sound
diagram without unusual inclusive or complex joins no others. Around it:

* What is inside a sub-process is concurrent with whatever the sub-process is, but not with the sub-process itself.
* Parallel instances of an activity are concurrent with each other: the activity, and all inside it, with themselves.
* A boundary event that does not interrupt leads beside its activity and what is inside it; one that does comes after.
* An event sub-process that does not interrupt is concurrent with everything else in its scope, one that does with
  nothing of it. Like such a boundary event it is taken to happen at most once for each activation of its scope.
* Compensation handlers run while the event that throws the compensation waits, beside whatever that event is beside; if
  it does not wait, beside everything.
* An ad-hoc process offers at once what no flow leads to; with a completion condition, everything again and again.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from lxml import etree

from engine.diagram.soundness_events import SUB_PROCESSES, definitions, has_definition, interrupts, is_true
from engine.diagram.soundness_net import Net, drawn
from engine.diagram.soundness_read import is_flow_node, read_net, scopes
from engine.diagram.soundness_relation import Relation
from engine.diagram.xml import bpmn, local_name
from engine.errors import LimitExceeded

__all__ = ["MOST", "Concurrency", "concurrent_pairs"]

MOST = 4000
"""Flow nodes and sequence flows of a process that are compared; the work grows with their square."""

_SUB_TAGS = tuple(bpmn(name) for name in SUB_PROCESSES)


class Concurrency:
    """Which flow nodes of ``process`` may hold tokens at one time.

    ``process`` may also be a sub-process; then its content is looked at for one activation of it. All scopes inside are
    covered; one whose structure is broken (``soundness.read_net``) adds nothing. Raises LimitExceeded for a process of
    more than ``MOST`` elements.
    """

    def __init__(self, process: etree._Element) -> None:
        nodes = [element for element in process.iterdescendants() if is_flow_node(element)]
        size = len(nodes) + sum(1 for _ in process.iterdescendants(bpmn("sequenceFlow")))
        if size > MOST:
            raise LimitExceeded(
                "diagram.concurrency", f"流程有 {size} 个元素,超过 {MOST} 个,未能判定哪些会同时进行",
                f"the process has {size} elements, more than {MOST}: not decided what goes on at one time",
            )  # fmt: skip
        self._around: dict[str, list[str]] = {}
        for element in nodes:
            outer = [e.get("id", "") for e in element.iterancestors(*_SUB_TAGS)]
            self._around[element.get("id", "")] = [element.get("id", ""), *(i for i in outer if i in self._around)]
        self._number = {identity: n for n, identity in enumerate(self._around)}
        self._beside = [0] * len(self._number)
        bits = [1 << n for n in range(len(self._number))]
        for scope in scopes(process):
            for pair in _level(scope):
                one, other = (self._number.get(identity, -1) for identity in pair)
                if one >= 0 and other >= 0:
                    self._beside[one] |= bits[other]
                    self._beside[other] |= bits[one]

    def together(self, one: str, other: str) -> bool:
        """Whether both may hold tokens at one time; with ``one`` twice, whether it may hold several."""
        pairs = product(self._around.get(one, ()), self._around.get(other, ()))
        return any(self._beside[self._number[a]] >> self._number[b] & 1 for a, b in pairs)

    def pairs(self) -> set[frozenset[str]]:
        """All pairs of ids; one id alone when the node may hold several tokens."""
        inside: list[list[str]] = [[] for _ in self._number]
        for identity, outer in self._around.items():
            for around in outer:
                inside[self._number[around]].append(identity)
        found: set[frozenset[str]] = set()
        for number, beside in enumerate(self._beside):
            for other in range(number, len(inside)):
                if beside >> other & 1:
                    found.update(map(frozenset, product(inside[number], inside[other])))
        return found


def concurrent_pairs(process: etree._Element) -> set[frozenset[str]]:
    """Pairs of ids of flow nodes that may hold tokens at one time, see ``Concurrency``; the set may be very large."""
    return Concurrency(process).pairs()


def _level(scope: etree._Element) -> Iterator[tuple[str, str]]:
    """Pairs of one scope; compensation handlers may be elsewhere."""
    net = read_net(scope)
    if net is None:
        return
    nodes = [node for node in net.kinds if drawn(node) == node]
    pairs = list(_ordered(scope, nodes, net))
    yield from pairs
    yield from ((e.get("id", ""),) * 2 for e in scope if is_flow_node(e) and _is_several(e))
    listening = [e for e in scope.iterchildren(*_SUB_TAGS) if _listens_beside(e)]
    names = [e.get("id", "") for e in listening]
    yield from product(names, nodes)
    yield from combinations(names, 2)
    undone = {name for event in _throwers(scope) for name in _while_undoing(event, pairs, nodes)}
    if any(_throwers(inner) for element in listening for inner in scopes(element)):
        undone.update(nodes)
    yield from product(_handlers(scope), undone)


def _ordered(scope: etree._Element, nodes: list[str], net: Net) -> Iterable[tuple[str, str]]:
    if local_name(scope) == "adHocSubProcess":
        if scope.get("ordering") == "Sequential":
            return ()
        if scope.find(bpmn("completionCondition")) is not None:
            return combinations(nodes, 2)
    return Relation(net).pairs()


def _is_several(element: etree._Element) -> bool:
    several = element.find(bpmn("multiInstanceLoopCharacteristics"))
    return several is not None and not is_true(several, "isSequential")


def _listens_beside(element: etree._Element) -> bool:
    """Whether this is an event sub-process that leaves the rest of its scope going."""
    starts = element.findall(bpmn("startEvent"))
    if not is_true(element, "triggeredByEvent") or not starts:
        return False
    return not any(interrupts(start) or _compensates(start) for start in starts)


def _compensates(event: etree._Element) -> bool:
    return has_definition(event, "compensateEventDefinition")


def _throwers(scope: etree._Element) -> list[etree._Element]:
    """Events that ask for compensation."""
    return [e for e in scope.iterchildren(bpmn("intermediateThrowEvent"), bpmn("endEvent")) if _compensates(e)]


def _while_undoing(event: etree._Element, pairs: list[tuple[str, str]], nodes: list[str]) -> Iterable[str]:
    if not all(is_true(d, "waitForCompletion", "true") for d in definitions(event)):
        return nodes
    identity = event.get("id", "")
    return {other if one == identity else one for one, other in pairs if identity in (one, other)}


def _handlers(scope: etree._Element) -> list[str]:
    """What a compensation thrown in ``scope`` may run; from an event sub-process, what belongs to its scope."""
    parent = scope.getparent()
    of = parent if parent is not None and is_true(scope, "triggeredByEvent") else scope
    return [e.get("id", "") for e in of.iterdescendants() if is_flow_node(e) and _undoes(e)]


def _undoes(element: etree._Element) -> bool:
    if is_true(element, "isForCompensation"):
        return True
    return is_true(element, "triggeredByEvent") and any(map(_compensates, element.iterfind(bpmn("startEvent"))))
