"""A boundary event is not attached to an activity beside it."""

from collections.abc import Iterator

from engine.diagram.rules.model import ACTIVITIES, Diagram, Node, Problem, bare

SECTION = "10.5.4"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Boundary events that are attached to nothing, to no activity, to an event sub-process or across a border."""
    for node in diagram.of("boundaryEvent"):
        reference = bare(node.element.get("attachedToRef"))
        wrong = _wrong(node, diagram.node_by_id.get(reference), reference)
        if wrong is not None:
            yield Problem(node.element, *wrong, "attach it to the task or sub-process it watches")


def _wrong(node: Node, host: Node | None, reference: str) -> tuple[str, str] | None:
    if host is None:
        return (
            f"边界事件没有依附的活动:{reference}",
            f"it is attached to {reference or 'nothing'}, which is no activity",
        )
    if host is node:
        return "边界事件依附于自身", "it is attached to itself"
    if host.kind not in ACTIVITIES:
        return f"边界事件不能依附于 {host.kind}", f"it is attached to a {host.kind}, not to an activity"
    if host.is_event_sub_process:
        return "边界事件不能依附于事件子流程", "nothing can be attached to an event sub-process"
    if host.scope is not node.scope:
        return "边界事件与所依附的活动不在同一层", "it is not written beside the activity it is attached to"
    return None
