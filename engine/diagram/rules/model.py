"""A diagram as the rules see it: scopes, nodes and flows with their ends, read once and without recursion.

A *scope* is a process or any kind of sub-process: what a token cannot leave by a sequence flow (BPMN 2.0.2, 10.2). A
*node* is a flow node, a *flow* a sequence flow. Wrong diagrams are read too; what is missing is ``None`` or empty.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.diagram.calls import GLOBAL_TASKS
from engine.diagram.dmn import Decision
from engine.diagram.xml import BPMN, bpmn

EMBEDDED = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
    }
)  # fmt: skip
ACTIVITIES = TASKS | EMBEDDED | {"callActivity"}
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"})
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})
CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
EVENTS = CATCHING | THROWING
NODES = ACTIVITIES | GATEWAYS | EVENTS
LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})

_PREFIX = f"{{{BPMN}}}"
_START = len(_PREFIX)


def kind_of(element: etree._Element) -> str:
    """``userTask`` for an element of the standard, an empty string for any other node of the file."""
    tag = element.tag
    return tag[_START:] if isinstance(tag, str) and tag.startswith(_PREFIX) else ""


def text_of(element: etree._Element | None) -> str:
    """The text of an element, without the white space around it."""
    return "" if element is None else (element.text or "").strip()


def is_true(element: etree._Element, attribute: str, default: bool = False) -> bool:
    """An ``xsd:boolean`` attribute: ``true`` and ``1`` are true."""
    value = element.get(attribute)
    return default if value is None else value.strip() in {"true", "1"}


def bare(reference: str | None) -> str:
    """The id a reference (a qualified name) names: ``b`` of ``a:b``."""
    return (reference or "").strip().rpartition(":")[2]


@dataclass(eq=False, slots=True)
class Scope:
    """A process or an embedded sub-process with what is directly inside it."""

    element: etree._Element
    kind: str
    parent: "Scope | None" = None
    nodes: "list[Node]" = field(default_factory=list)
    flows: "list[Flow]" = field(default_factory=list)

    @property
    def is_event_sub_process(self) -> bool:
        """Whether an event starts it, not a sequence flow (10.2.5)."""
        return self.parent is not None and is_true(self.element, "triggeredByEvent")

    def of(self, *kinds: str) -> "list[Node]":
        """The nodes directly inside that are of one of these kinds."""
        return [node for node in self.nodes if node.kind in kinds]


@dataclass(eq=False, slots=True)
class Node:
    """A flow node with its flows, its event definitions (references followed) and what is attached to it."""

    element: etree._Element
    kind: str
    scope: Scope
    incoming: "list[Flow]" = field(default_factory=list)
    outgoing: "list[Flow]" = field(default_factory=list)
    definitions: list[etree._Element] = field(default_factory=list)
    attached: "list[Node]" = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id, an empty string when there is none."""
        return self.element.get("id", "")

    @property
    def is_event_sub_process(self) -> bool:
        """Whether it is a sub-process started by an event (10.2.5)."""
        return self.kind in EMBEDDED and is_true(self.element, "triggeredByEvent")

    @property
    def is_handler(self) -> bool:
        """Whether it only runs to compensate another activity (10.7)."""
        return self.kind in ACTIVITIES and is_true(self.element, "isForCompensation")

    def has(self, *definitions: str) -> bool:
        """Whether one of its event definitions is of one of these kinds."""
        return any(kind_of(found) in definitions for found in self.definitions)

    def children(self, *kinds: str) -> list[etree._Element]:
        """Its child elements of these kinds, in document order."""
        return [child for child in self.element if kind_of(child) in kinds]


@dataclass(eq=False, slots=True)
class Flow:
    """A sequence flow; an end is ``None`` when it is no flow node of the processes looked at."""

    element: etree._Element
    scope: Scope
    source: Node | None = None
    target: Node | None = None

    @property
    def condition(self) -> etree._Element | None:
        """Its condition, if it has one."""
        return self.element.find(bpmn("conditionExpression"))

    @property
    def is_default(self) -> bool:
        """Whether its source names it as the default."""
        identity = self.element.get("id")
        return self.source is not None and bool(identity) and self.source.element.get("default") == identity


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, in words, and what to do instead."""

    element: etree._Element
    zh: str
    en: str
    hint: str = ""
    level: str = "error"


@dataclass(frozen=True)
class Surroundings:
    """What else there is to refer to, and how strict to be."""

    callable: Mapping[str, etree._Element] = field(default_factory=dict)
    """Processes and global tasks of all files, by id."""
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    """The decisions of all files, by id."""
    services: Collection[str] = ()
    """Names of the services registered with the runtime."""
    product: bool = False
    """Whether our case layer has to serve the diagram; ``rules/not_in_product.py`` says what it can."""
    ours: bool = False
    """Whether the file has elements of our own namespace."""


@dataclass(eq=False)
class Diagram:
    """The processes of one file that are to run, with everything inside them."""

    file: str
    root: etree._Element
    around: Surroundings
    scopes: list[Scope] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    global_tasks: list[etree._Element] = field(default_factory=list)
    by_id: dict[str, etree._Element] = field(default_factory=dict)
    """The first element of the standard with each id, in the whole file."""
    twice: list[etree._Element] = field(default_factory=list)
    """Elements whose id another one before it has."""
    node_by_id: dict[str, Node] = field(default_factory=dict)

    def of(self, *kinds: str) -> Iterator[Node]:
        """The nodes of these kinds, in document order by scope."""
        return (node for node in self.nodes if node.kind in kinds)

    def named(self, reference: str | None) -> etree._Element | None:
        """The element a reference names, or ``None``."""
        found = self.by_id.get((reference or "").strip())
        return self.by_id.get(bare(reference)) if found is None else found


def read_diagram(file: str, root: etree._Element, chosen: Iterable[etree._Element], around: Surroundings) -> Diagram:
    """The ``chosen`` processes and global tasks of a file as the rules see them; never fails, whatever they hold."""
    diagram = Diagram(file, root, around)
    _read_ids(diagram)
    for element in chosen:
        if kind_of(element) in GLOBAL_TASKS:
            diagram.global_tasks.append(element)
        else:
            _read_scopes(diagram, element)
    _connect(diagram)
    return diagram


def _read_ids(diagram: Diagram) -> None:
    for element in diagram.root.iter(f"{_PREFIX}*"):
        identity = element.get("id")
        if identity and diagram.by_id.setdefault(identity, element) is not element:
            diagram.twice.append(element)


def _read_scopes(diagram: Diagram, process: etree._Element) -> None:
    waiting = [Scope(process, kind_of(process))]
    while waiting:
        scope = waiting.pop()
        diagram.scopes.append(scope)
        inner = []
        for child in scope.element:
            kind = kind_of(child)
            if kind == "sequenceFlow":
                scope.flows.append(Flow(child, scope))
            elif kind in NODES:
                scope.nodes.append(Node(child, kind, scope))
                if kind in EMBEDDED:
                    inner.append(Scope(child, kind, scope))
        waiting += reversed(inner)
        diagram.nodes += scope.nodes
        diagram.flows += scope.flows


def _connect(diagram: Diagram) -> None:
    for node in diagram.nodes:
        diagram.node_by_id.setdefault(node.id, node)
    diagram.node_by_id.pop("", None)
    for flow in diagram.flows:
        flow.source = diagram.node_by_id.get(flow.element.get("sourceRef", ""))
        flow.target = diagram.node_by_id.get(flow.element.get("targetRef", ""))
        if flow.source is not None:
            flow.source.outgoing.append(flow)
        if flow.target is not None:
            flow.target.incoming.append(flow)
    for node in diagram.nodes:
        if node.kind in EVENTS:
            node.definitions = list(_definitions(diagram, node.element))
        if node.kind == "boundaryEvent":
            host = diagram.node_by_id.get(bare(node.element.get("attachedToRef")))
            if host is not None:
                host.attached.append(node)


def _definitions(diagram: Diagram, event: etree._Element) -> Iterator[etree._Element]:
    for child in event:
        kind = kind_of(child)
        if kind.endswith("EventDefinition"):
            yield child
        elif kind == "eventDefinitionRef":
            found = diagram.named(text_of(child))
            if found is not None and kind_of(found).endswith("EventDefinition"):
                yield found
