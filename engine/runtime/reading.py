"""From BPMN XML to elements: every process that can run in a case, side by side in one ``FlowSpec``.

Reads what the checker has passed; without recursion, so no nesting is too deep.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from engine.diagram.links import link_name
from engine.diagram.rules.business_rule import decision_reference, result_variable
from engine.diagram.rules.extensions import foreign_attributes
from engine.diagram.rules.model import EMBEDDED, bare, is_true
from engine.diagram.script import compile_script
from engine.diagram.xml import bpmn, local_name
from engine.errors import DiagramError
from engine.runtime import activities, events, gateways
from engine.runtime.loops import MultiInstance
from engine.runtime.reading_data import (
    ActivityData,
    correlations,
    data_names,
    declared_data,
    foreign_child,
    gives_or_takes_all,
    read_loop,
    received,
    sent,
    unwrapped,
)  # fmt: skip
from engine.runtime.reading_events import Definitions, expression_text
from engine.runtime.specs import AdHoc, Content, Edge, Element, FlowSpec, Process

ELEMENTS: Mapping[str, type[Element]] = {
    "startEvent": events.StartEvent,
    "endEvent": events.EndEvent,
    "intermediateThrowEvent": events.ThrowEvent,
    "intermediateCatchEvent": events.IntermediateCatch,
    "boundaryEvent": events.BoundaryEvent,
    "userTask": activities.UserTask,
    "manualTask": activities.UserTask,
    "task": activities.PlainTask,
    "scriptTask": activities.ScriptTask,
    "serviceTask": activities.ServiceTask,
    "sendTask": activities.SendTask,
    "receiveTask": activities.ReceiveTask,
    "businessRuleTask": activities.DecisionTask,
    "subProcess": activities.SubProcess,
    "transaction": activities.SubProcess,
    "adHocSubProcess": activities.SubProcess,
    "callActivity": activities.CallActivity,
    "exclusiveGateway": gateways.ExclusiveGateway,
    "inclusiveGateway": gateways.InclusiveGateway,
    "parallelGateway": gateways.ParallelGateway,
    "complexGateway": gateways.ComplexGateway,
    "eventBasedGateway": gateways.EventGateway,
}

GLOBAL_TASKS: Mapping[str, type[activities.Activity]] = {
    "globalTask": activities.PlainTask,
    "globalUserTask": activities.UserTask,
    "globalManualTask": activities.UserTask,
    "globalScriptTask": activities.ScriptTask,
    "globalBusinessRuleTask": activities.DecisionTask,
}

_Nodes = dict[str, tuple[etree._Element, Element]]
"""The nodes of a content by id."""


@dataclass(frozen=True)
class _File:
    """What is known of the file a process stands in."""

    known: Definitions
    aliases: dict[str, str]


@dataclass(frozen=True)
class _Scope:
    """A process or sub-process being read: its XML, its element, the prefix of the names inside."""

    container: etree._Element
    owner: Any
    prefix: str
    file: _File


class Reader:
    """Reads a process and all it calls. ``roots`` are adopted ``bpmn:definitions`` by file name."""

    def __init__(self, roots: Mapping[str, etree._Element], decisions: Mapping[str, Any]) -> None:
        self._decisions = decisions
        self._processes: dict[str, tuple[etree._Element, _File]] = {}
        self._globals: dict[str, tuple[etree._Element, _File]] = {}
        self._correlations: dict[str, list[tuple[str, str, str]]] = {}
        for root in roots.values():
            aliases: dict[str, str] = {}
            for container in root.iter(bpmn("process"), *(bpmn(name) for name in EMBEDDED)):
                aliases |= data_names(container)[1]
            file = _File(Definitions(root), aliases)
            for message, key, name, path in correlations(root):
                for known in file.known.names("message", message):
                    self._correlations.setdefault(known, []).append((key, name, path))
            for element in root:
                if element.tag == bpmn("process"):
                    self._processes.setdefault(element.get("id", ""), (element, file))
                elif local_name(element) in GLOBAL_TASKS:
                    self._globals.setdefault(element.get("id", ""), (element, file))
        self._called: dict[str, str] = {}
        self._to_read: list[_Scope] = []

    def read(self, process_id: str, title: str = "") -> FlowSpec:
        """The spec of a process; DiagramError when it is not there."""
        if process_id not in self._processes:
            raise DiagramError("diagram.no_process", f"没有流程 {process_id}", f"there is no process {process_id!r}")
        container, file = self._processes[process_id]
        spec = FlowSpec(process_id, container.get("name", title), process_id)
        self._to_read.append(_Scope(container, spec.start, "", file))
        while self._to_read:
            self._read_scope(spec, self._to_read.pop())
        spec.correlations = self._correlations
        return spec

    def _read_scope(self, spec: FlowSpec, scope: _Scope) -> None:
        declared, _ = data_names(scope.container)
        spec.aliases |= {label: target for label, target in scope.file.aliases.items() if label != target}
        nodes: _Nodes = {}
        for node in scope.container:
            kind = ELEMENTS.get(local_name(node)) if isinstance(node.tag, str) else None
            if kind is None or _is_compensation_event(node, scope.file.known):
                continue
            identity = node.get("id", "")
            nodes[identity] = (node, self._element(spec, scope, node, identity, kind))
        self._connect(scope, nodes)
        self._attach(scope, nodes)
        if isinstance(scope.owner, Process):
            scope.owner.inputs_declared = declared_data(scope.container, "dataInput")
            scope.owner.outputs_declared = declared_data(scope.container, "dataOutput")
        scope.owner.content = _content(scope, nodes)
        scope.owner.declares |= declared

    def _element(self, spec: FlowSpec, scope: _Scope, node: etree._Element, identity: str, kind: Any) -> Element:
        source, file = node, scope.file
        if kind is activities.CallActivity:
            target = bare(_called(node))
            if target in self._globals and target not in self._processes:
                source, file = self._globals[target]
                kind = GLOBAL_TASKS[local_name(source)]
        title = node.get("name") or source.get("name") or ""
        element: Element = kind(spec, scope.prefix + identity, identity, title, scope.owner.name)
        if isinstance(element, activities.Activity):
            _read_activity(element, node, scope)
        filler = _FILL.get(kind)
        if filler is not None:
            filler(self, element, source, replace(scope, file=file))
        return element

    def _process_element(self, spec: FlowSpec, process_id: str, where: str) -> str:
        """The element of a called process, which is read too; the same for every call of it."""
        if process_id not in self._called:
            if process_id not in self._processes:
                raise DiagramError(
                    "diagram.no_process", f"没有流程 {process_id}", f"there is no process {process_id!r}", where
                )
            container, file = self._processes[process_id]
            name = f"bl:process:{process_id}"
            owner = Process(spec, name, process_id, container.get("name", ""))
            self._called[process_id] = name
            self._to_read.append(_Scope(container, owner, f"{process_id}:", file))
        return self._called[process_id]

    def _connect(self, scope: _Scope, nodes: _Nodes) -> None:
        leaving: dict[str, list[Edge]] = {}
        entering: dict[str, list[Edge]] = {}
        for flow in scope.container.iterfind(bpmn("sequenceFlow")):
            source, target = _one_of(nodes, flow.get("sourceRef")), _one_of(nodes, flow.get("targetRef"))
            if source not in nodes or target not in nodes:
                continue
            edge = Edge(
                flow.get("id", ""), scope.prefix + source, scope.prefix + target,
                expression_text(flow.find(bpmn("conditionExpression"))),
                _is_default(nodes[source][0], flow),
            )  # fmt: skip
            leaving.setdefault(source, []).append(edge)
            entering.setdefault(target, []).append(edge)
        for identity, (_, element) in nodes.items():
            element.edges = tuple(leaving.get(identity, ()))
            element.entries = tuple(entering.get(identity, ()))

    def _attach(self, scope: _Scope, nodes: _Nodes) -> None:
        """Boundary events to their activities, links to each other, handlers to what they compensate."""
        catches = {link_name(node): e for node, e in nodes.values() if isinstance(e, events.IntermediateCatch)}
        for node, element in nodes.values():
            if isinstance(element, events.BoundaryEvent):
                host = nodes[bare(node.get("attachedToRef"))][1]
                element.host = host.name
                _as_activity(host).boundary += (element.name,)
            elif isinstance(element, events.ThrowEvent) and link_name(node) is not None:
                catch = catches[link_name(node)]
                assert isinstance(catch, events.IntermediateCatch)
                element.link = catch.name
                catch.throws += (element.name,)
        for event, handler in _compensations(scope):
            host = nodes[bare(event.get("attachedToRef"))][1]
            _as_activity(host).handler = scope.prefix + handler

    # --- what each kind of element says

    def _catches(self, element: events.Catching, node: etree._Element, scope: _Scope) -> None:
        element.triggers = scope.file.known.triggers(node)
        element.every = is_true(node, "parallelMultiple")
        element.receives = received(node, scope.file.aliases)

    def _start(self, element: events.StartEvent, node: etree._Element, scope: _Scope) -> None:
        self._catches(element, node, scope)
        kinds = {trigger.kind for trigger in element.triggers}
        element.interrupting = is_true(node, "isInterrupting", default=True) or "error" in kinds

    def _boundary(self, element: events.BoundaryEvent, node: etree._Element, scope: _Scope) -> None:
        self._catches(element, node, scope)
        kinds = {trigger.kind for trigger in element.triggers}
        element.interrupting = is_true(node, "cancelActivity", default=True) or bool(kinds & {"error", "cancel"})

    def _throw(self, element: events.Throwing, node: etree._Element, scope: _Scope) -> None:
        element.throws = tuple(
            events.Trigger(t.kind, t.names, activity=t.activity and scope.prefix + t.activity, wait=t.wait)
            for t in scope.file.known.triggers(node)
        )
        element.sends = sent(node, scope.file.aliases)

    def _script(self, element: activities.ScriptTask, node: etree._Element, scope: _Scope) -> None:
        element.script = compile_script(node.findtext(bpmn("script")) or "")

    def _service(self, element: activities.ServiceTask, node: etree._Element, scope: _Scope) -> None:
        operation = scope.file.known.operations.get(bare(node.get("operationRef")))
        named = [] if operation is None else [operation.get("name"), operation.get("id")]
        named += [node.get("implementation"), foreign_child(node, "taskDefinition", "type")]
        named += [
            foreign_attributes(node).get(n, "") for n in ("topic", "delegateExpression", "expression", "class", "type")
        ]
        named += [unwrapped(n) for n in named if n] + [node.get("name"), node.get("id")]
        element.names = tuple(dict.fromkeys(n for n in named if n))
        element.result = result_variable(node)

    def _send(self, element: activities.SendTask, node: etree._Element, scope: _Scope) -> None:
        self._service(element, node, scope)
        names = scope.file.known.names("message", node.get("messageRef"))
        names = names or scope.file.known.message_of_operation(node.get("operationRef"))
        if names:
            element.throws = (events.Trigger("message", names),)
            element.sends = sent(node, scope.file.aliases)

    def _receive(self, element: activities.ReceiveTask, node: etree._Element, scope: _Scope) -> None:
        names = scope.file.known.names("message", node.get("messageRef"))
        names = names or scope.file.known.message_of_operation(node.get("operationRef")) or (element.bpmn_id,)
        element.triggers = (events.Trigger("message", names),)

    def _decision(self, element: activities.DecisionTask, node: etree._Element, scope: _Scope) -> None:
        self._service(element, node, scope)
        called = decision_reference(node) or node.get("implementation") or ""
        element.decision = self._decisions.get(called)

    def _container(self, element: activities.SubProcess, node: etree._Element, scope: _Scope) -> None:
        element.event_triggered = is_true(node, "triggeredByEvent")
        element.transaction = local_name(node) == "transaction"
        self._to_read.append(_Scope(node, element, scope.prefix, scope.file))

    def _call(self, element: activities.CallActivity, node: etree._Element, scope: _Scope) -> None:
        spec = element._wf_spec
        element.process = self._process_element(spec, bare(_called(node)), element.bpmn_id)
        declared = bool(element.takes or element.gives)
        element.takes_all = not declared or gives_or_takes_all(node, "in")
        element.gives_all = not declared or gives_or_takes_all(node, "out")

    def _complex(self, element: gateways.ComplexGateway, node: etree._Element, scope: _Scope) -> None:
        element.activation = expression_text(node.find(bpmn("activationCondition")))

    def _event_gateway(self, element: gateways.EventGateway, node: etree._Element, scope: _Scope) -> None:
        element.parallel = node.get("eventGatewayType") == "Parallel"


_FILL: Mapping[Any, Callable[[Reader, Any, etree._Element, _Scope], None]] = {
    events.StartEvent: Reader._start,
    events.EndEvent: Reader._throw,
    events.ThrowEvent: Reader._throw,
    events.IntermediateCatch: Reader._catches,
    events.BoundaryEvent: Reader._boundary,
    activities.ScriptTask: Reader._script,
    activities.ServiceTask: Reader._service,
    activities.SendTask: Reader._send,
    activities.ReceiveTask: Reader._receive,
    activities.DecisionTask: Reader._decision,
    activities.SubProcess: Reader._container,
    activities.CallActivity: Reader._call,
    gateways.ComplexGateway: Reader._complex,
    gateways.EventGateway: Reader._event_gateway,
}


def _called(node: etree._Element) -> str:
    return node.get("calledElement") or foreign_child(node, "calledElement", "processId")


def _read_activity(element: activities.Activity, node: etree._Element, scope: _Scope) -> None:
    data = ActivityData(node, scope.file.aliases)
    element.takes, element.gives = data.takes(), data.gives()
    element.loop = read_loop(node, data, scope.file.known)
    element._wf_spec.several |= isinstance(element.loop, MultiInstance)
    element.declares = data.local_names() | (element.loop.declared if element.loop else frozenset())
    element.start_quantity = int(node.get("startQuantity") or 1)
    element.quantity = int(node.get("completionQuantity") or 1)
    element.for_compensation = is_true(node, "isForCompensation")


def _one_of(nodes: _Nodes, reference: str | None) -> str:
    """The id of the node a flow names; one with a colon, which the schema forbids, is not taken for a prefix."""
    found = (reference or "").strip()
    return found if found in nodes else bare(found)


def _is_default(source: etree._Element, flow: etree._Element) -> bool:
    named = source.get("default", "").strip()
    return bool(named) and flow.get("id") in {named, bare(named)}


def _as_activity(element: Element) -> activities.Activity:
    if not isinstance(element, activities.Activity):
        raise DiagramError(
            "diagram.boundary",
            "边界事件应附在活动上",
            "a boundary event must be attached to an activity",
            element.bpmn_id,
        )
    return element


def _is_compensation_event(node: etree._Element, known: Definitions) -> bool:
    kinds = [trigger.kind for trigger in known.triggers(node)] if local_name(node) == "boundaryEvent" else []
    return kinds == ["compensation"]


def _compensations(scope: _Scope) -> Iterator[tuple[etree._Element, str]]:
    """Compensation boundary events with the id of their handler."""
    found = scope.container.iterfind(bpmn("boundaryEvent"))
    boundary = {e.get("id", ""): e for e in found if _is_compensation_event(e, scope.file.known)}
    for association in scope.container.iter(bpmn("association")):
        ends = [bare(association.get("sourceRef")), bare(association.get("targetRef"))]
        for event, handler in (ends, ends[::-1]):
            if event in boundary:
                yield boundary[event], handler


def _content(scope: _Scope, nodes: _Nodes) -> Content:
    starts = [e for _, e in nodes.values() if isinstance(e, events.StartEvent)]
    listeners, compensation = [], ""
    for node, element in nodes.values():
        if isinstance(element, activities.SubProcess) and element.event_triggered:
            for start in node.iterfind(bpmn("startEvent")):
                if [trigger.kind for trigger in scope.file.known.triggers(start)][:1] == ["compensation"]:
                    compensation = element.name
                else:
                    listeners.append(scope.prefix + start.get("id", ""))
    none = [e.name for e in starts if not e.triggers]
    begins: list[str] = []
    if isinstance(scope.owner, Process) and not none:
        begins = [e.name for e in starts] + [e.name for node, e in nodes.values() if is_true(node, "instantiate")]
    if isinstance(scope.owner, activities.SubProcess) and scope.owner.event_triggered:
        none = [e.name for e in starts]
    return Content(
        starts=tuple(none if starts or begins else [e.name for _, e in nodes.values() if _begins_alone(e)]),
        listeners=tuple(listeners),
        begins=tuple(begins),
        ad_hoc=_ad_hoc(scope.container),
        compensation=compensation,
    )


def _begins_alone(element: Element) -> bool:
    """A node without a flow into it starts with its content, when there is no start event (implicit start)."""
    if element.entries or isinstance(element, events.BoundaryEvent | events.StartEvent):
        return False
    if isinstance(element, events.IntermediateCatch) and not element.triggers:
        return False
    return not (isinstance(element, activities.Activity) and (element.for_compensation or element.event_triggered))


def _ad_hoc(container: etree._Element) -> AdHoc | None:
    if local_name(container) != "adHocSubProcess":
        return None
    return AdHoc(
        condition=expression_text(container.find(bpmn("completionCondition"))),
        sequential=container.get("ordering") == "Sequential",
        cancel_remaining=is_true(container, "cancelRemainingInstances", default=True),
    )
