"""No token can ever come to a node."""

from collections.abc import Iterator

from engine.diagram.links import link_name
from engine.diagram.rules.model import Diagram, Node, Problem, Scope, is_true

SECTION = "10.5.2, 13.2"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Nodes that no flow, link, event or association leads to from where their process or sub-process begins.

    A warning where the rest can run without them; an error when nothing can begin, and always in our own cases.
    """
    for scope in diagram.scopes:
        seen = _reached(scope)
        level = "warning" if any(map(_runs, seen)) and not diagram.around.product else "error"
        for node in scope.nodes:
            if node not in seen:
                yield Problem(
                    node.element, "从开始事件到不了这里", "it cannot be reached from the start",
                    "connect it, or remove it", level,
                )  # fmt: skip


def _runs(node: Node) -> bool:
    """Whether a node is part of the ordinary course and does not merely wait for something else to go wrong."""
    return not (node.kind == "boundaryEvent" or node.is_event_sub_process or node.is_handler)


def _reached(scope: Scope) -> set[Node]:
    catches = _by_link(scope, "intermediateCatchEvent")
    thrown = _by_link(scope, "intermediateThrowEvent")
    started = scope.kind != "adHocSubProcess" and bool(scope.of("startEvent"))
    hosted = {event for node in scope.nodes for event in node.attached if event is not node}
    seen = {node for node in scope.nodes if _begins(node, started)}
    # Links that nothing throws and events that are attached to nothing have rules of their own.
    seen |= {node for name, nodes in catches.items() if name not in thrown for node in nodes}
    seen |= {node for node in scope.of("boundaryEvent") if node not in hosted}
    waiting = list(seen)
    while waiting:
        node = waiting.pop()
        following = [flow.target for flow in node.outgoing if flow.target is not None] + node.attached
        if node.kind == "intermediateThrowEvent":
            following += catches.get(link_name(node.element) or "", [])
        fresh = [target for target in dict.fromkeys(following) if target not in seen]
        seen.update(fresh)
        waiting += fresh
    return seen


def _by_link(scope: Scope, kind: str) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in scope.of(kind):
        name = link_name(node.element)
        if name is not None:
            found.setdefault(name, []).append(node)
    return found


def _begins(node: Node, started: bool) -> bool:
    """Whether a token may appear here without a flow; ``started``: only at start events and the like."""
    if node.kind == "startEvent" or node.is_event_sub_process or node.is_handler:
        return True
    if node.kind in {"receiveTask", "eventBasedGateway"} and is_true(node.element, "instantiate"):
        return True
    if started or node.incoming or node.kind in {"boundaryEvent", "endEvent"}:
        return False
    return node.kind != "intermediateCatchEvent" or link_name(node.element) is None
