"""The element is legal BPMN, but our own cases cannot run it yet, or never will.

To let our cases run more, add to ``SERVED``.
"""

from collections.abc import Iterator

from engine.diagram.rules.model import ACTIVITIES, LOOPS, NODES, Diagram, Node, Problem, is_true, kind_of

SECTION = "-"

_INSIDE = ("signal", "escalation", "compensate")
"""Events that come from inside a diagram and go nowhere else."""
_AWAITED = ("timer", "conditional")
"""What a token may wait for in the flow; a signal could be over before it comes."""

_REPEATED = (
    "userTask", "manualTask", "scriptTask", "businessRuleTask", "subProcess", "callActivity", "adHocSubProcess",
)  # fmt: skip

SERVED = frozenset(
    {
        "startEvent", "endEvent", "intermediateThrowEvent", *_REPEATED, "transaction", "subProcess/triggeredByEvent",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway",
        "sequenceFlow/again",
        "intermediateThrowEvent/linkEventDefinition", "intermediateCatchEvent/linkEventDefinition",
        *(f"intermediateThrowEvent/{event}EventDefinition" for event in _INSIDE),
        *(f"intermediateCatchEvent/{event}EventDefinition" for event in _AWAITED),
        *(f"endEvent/{event}EventDefinition" for event in (*_INSIDE, "terminate", "error", "cancel")),
        *(f"boundaryEvent/{event}EventDefinition" for event in (*_INSIDE, *_AWAITED, "error", "cancel")),
        *(f"startEvent/{event}EventDefinition" for event in (*_INSIDE, *_AWAITED, "error")),
        *(f"{task}/{what}" for task in _REPEATED for what in (
            "isForCompensation", "standardLoopCharacteristics", "multiInstanceLoopCharacteristics")),
        *(f"{task}/{what}" for task in (*_REPEATED, "transaction") for what in ("startQuantity", "completionQuantity")),
    }
)  # fmt: skip
"""What our cases run: an element without anything special, or ``element/special``. Special is an event definition, a
kind of loop, ``triggeredByEvent``, ``isForCompensation``, ``startQuantity``, ``completionQuantity``, ``behavior`` of
multi-instance activities or ``ordering`` of ad-hoc ones; and ``sequenceFlow/again`` is a second flow between the same
two nodes."""

SERVED_BESIDE = frozenset(
    {
        "documentation", "extensionElements", "laneSet", "sequenceFlow", "textAnnotation", "association", "group",
        "incoming", "outgoing", "standardLoopCharacteristics", "multiInstanceLoopCharacteristics",
        "completionCondition", "dataObject", "dataObjectReference", "property", "ioSpecification",
        "dataInputAssociation", "dataOutputAssociation",
    }
)  # fmt: skip
"""Children of a process or sub-process, other than nodes, that our cases carry or run."""

NEVER = frozenset({"task", "globalTask"})
"""What is refused wherever a file has elements of ours, also when it runs alone."""

_TASK = (
    "普通任务没有办理人,会被直接跳过",
    "a plain task is done by nobody and would be passed over",
    "make it a user task",
)
_EVENT = ("本版本不能执行这种事件", "this release cannot run this event", "use a plain event or a user task")
_LATER = ("本版本不能执行", "this release cannot run it", "use user tasks and gateways")
_LOOP = (
    "本版本不能多次执行它", "this release cannot run it several times", "repeat a sub-process around it instead",
)  # fmt: skip
_SERVICE = ("本版本不调用服务", "this release calls no services", "make it a user task")

INSTEAD = {
    "task": _TASK,
    "globalTask": _TASK,
    "serviceTask": _SERVICE,
    "sendTask": _SERVICE,
    "receiveTask": ("本版本不接收消息", "this release receives no messages", "make it a user task"),
    "messageEventDefinition": (
        "本版本不收发消息", "this release receives and sends no messages", "use a signal inside the diagram",
    ),
    "behavior": (
        "多实例不能在实例完成时抛出事件", "instances cannot throw events when they complete",
        "remove behavior and use completionCondition",
    ),
    "ordering": (
        "即席子流程的环节不能依次等待", "the steps of an ad-hoc sub-process cannot wait for each other",
        "remove ordering, or draw a sequence",
    ),
    "multiInstanceLoopCharacteristics": _LOOP,
    "standardLoopCharacteristics": _LOOP,
}  # fmt: skip
"""Why something is refused (Chinese, English) and what to use instead, by element or special; else ``_LATER``."""


def check(diagram: Diagram) -> Iterator[Problem]:
    """Everything that is not ``SERVED``; outside our cases only what is ``NEVER`` done, and only in files of ours."""
    for element in diagram.global_tasks:
        if diagram.around.ours and kind_of(element) in NEVER:
            yield Problem(element, f"{kind_of(element)}:{_TASK[0]}", f"{kind_of(element)}: {_TASK[1]}", _TASK[2])
    for node in diagram.nodes:
        yield from _node(diagram, node)
    if not diagram.around.product:
        return
    yield from _flows(diagram)
    for scope in diagram.scopes:
        for child in scope.element:
            kind = kind_of(child)
            if kind and kind not in SERVED_BESIDE and kind not in NODES:
                yield Problem(child, f"本版本不能执行 {kind}", f"{kind}: {_LATER[1]}", _LATER[2])


def _flows(diagram: Diagram) -> Iterator[Problem]:
    seen: set[tuple[str | None, str | None]] = set()
    for flow in diagram.flows:
        pair = flow.element.get("sourceRef"), flow.element.get("targetRef")
        if pair in seen and "sequenceFlow/again" not in SERVED:
            yield Problem(
                flow.element, f"{pair[0]} 到 {pair[1]} 有两条流向", f"two flows lead from {pair[0]} to {pair[1]}",
                "keep one of them",
            )  # fmt: skip
        seen.add(pair)


def _node(diagram: Diagram, node: Node) -> Iterator[Problem]:
    around = diagram.around
    if not around.product and not (around.ours and node.kind in NEVER):
        return
    for what in _features(node):
        if what not in SERVED:
            name = what.rpartition("/")[2]
            fallback = _EVENT if name.endswith("EventDefinition") or not node.kind.endswith("Task") else _LATER
            why = INSTEAD.get(name) or INSTEAD.get(node.kind) or fallback
            yield Problem(node.element, f"{what}:{why[0]}", f"{what}: {why[1]}", why[2])


def _features(node: Node) -> Iterator[str]:
    """What a node asks of a runtime, in the words of ``SERVED``."""
    special = [kind_of(found) for found in node.definitions]
    if not special:
        yield node.kind
    if is_true(node.element, "instantiate"):
        yield f"{node.kind}/instantiate"
    if node.kind == "startEvent" and node.scope.parent is None and special:
        # A case begins when its application is accepted, by nothing else.
        yield from (f"process/{name}" for name in special)
        return
    if node.kind in ACTIVITIES:
        special += [kind_of(child) for child in node.children(*LOOPS)]
        special += [name for name in ("triggeredByEvent", "isForCompensation") if is_true(node.element, name)]
        special += [name for name in ("startQuantity", "completionQuantity") if node.element.get(name, "1") != "1"]
        special += ["ordering"] if node.element.get("ordering", "Parallel") != "Parallel" else []
        several = node.children("multiInstanceLoopCharacteristics")
        special += ["behavior" for loop in several if loop.get("behavior", "All") != "All"]
    for name in dict.fromkeys(special):
        yield f"{node.kind}/{name}"
