"""A compensation is not drawn as the standard asks: one boundary event, one association, one activity without flows."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Node, Problem, bare
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
