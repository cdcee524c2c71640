"""A compensation is not drawn as the standard asks: one boundary event, one association, one activity without flows."""

from collections.abc import Iterator

from engine.diagram.rules.model import THROWING, Diagram, Node, Problem, Scope, bare
from engine.diagram.xml import bpmn

SECTION = "10.7"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Boundary events that compensate, and the activities that only run to compensate."""
    associated: dict[str, list[str]] = {}
    for association in diagram.root.iter(bpmn("association")):
        source, target = bare(association.get("sourceRef")), bare(association.get("targetRef"))
        associated.setdefault(source, []).append(target)
        associated.setdefault(target, []).append(source)
    called = set()
    for node in diagram.of("boundaryEvent"):
        if node.has("compensateEventDefinition"):
            handlers = [
                found
                for target in dict.fromkeys(associated.get(node.id, []))
                if (found := diagram.node_by_id.get(target)) is not None and found.is_handler
            ]
            called.update(handlers)
            yield from _boundary(node, handlers)
    for node in diagram.nodes:
        if node.is_handler:
            yield from _handler(node, node in called)
        elif node.kind in THROWING:
            yield from _throw(diagram, node)
        elif node.kind == "startEvent" and node.has("compensateEventDefinition"):
            yield from _event_sub_process(node)


def _throw(diagram: Diagram, node: Node) -> Iterator[Problem]:
    """What it names lies beside it, or further out (an event sub-process compensates what is around it)."""
    for definition in node.definitions:
        named = bare(definition.get("activityRef"))
        found = diagram.node_by_id.get(named)
        if named and found is not None and not _is_around(node.scope, found.scope):
            yield Problem(
                node.element, f"从这里补偿不到活动 {named},它在另一个子流程里",
                f"the activity {named} cannot be compensated from here: it lies inside another sub-process",
                "name the sub-process it lies in, or leave the reference out",
            )  # fmt: skip


def _is_around(scope: Scope | None, wanted: Scope) -> bool:
    while scope is not None and scope is not wanted:
        scope = scope.parent
    return scope is wanted


def _event_sub_process(start: Node) -> Iterator[Problem]:
    if start.scope.is_event_sub_process and start.scope.parent is not None and start.scope.parent.parent is None:
        yield Problem(
            start.element, "流程本身不会被补偿,这个补偿事件子流程永远不会执行",
            "a process itself is never compensated, so this event sub-process never runs",
            "put it into the sub-process it is to compensate",
        )  # fmt: skip


def _boundary(node: Node, handlers: list[Node]) -> Iterator[Problem]:
    beside = [handler for handler in handlers if handler.scope is node.scope]
    if len(handlers) != 1 or len(beside) != 1:
        yield Problem(
            node.element,
            f"补偿边界事件应关联同层一个补偿活动,现有 {len(beside)} 个",
            f"an association connects it with one activity beside it that compensates; found {len(beside)}",
            'draw an association from this event to an activity with isForCompensation="true"',
        )
    if node.outgoing:
        yield Problem(
            node.element, "补偿边界事件不能有流出", "no flow leads out of a compensation boundary event",
            "use an association",
        )  # fmt: skip


def _handler(node: Node, called: bool) -> Iterator[Problem]:
    if node.incoming or node.outgoing:
        yield Problem(
            node.element, "补偿活动不能有流入或流出", "no flow leads into or out of an activity that compensates",
            "remove the flows, or isForCompensation",
        )  # fmt: skip
    if not called:
        yield Problem(
            node.element, "没有补偿边界事件关联到这个补偿活动",
            "no compensation boundary event is associated with this activity, so it never runs",
            "draw an association from the compensation boundary event to it",
        )  # fmt: skip
