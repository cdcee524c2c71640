"""A cancel event is not on or inside a transaction."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Node, Problem, Scope, bare

SECTION = "10.3.5, 10.5.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Cancel end events belong inside a transaction, cancel boundary events on one."""
    for node in diagram.of("endEvent", "boundaryEvent"):
        if node.has("cancelEventDefinition") and not _belongs(diagram, node):
            yield Problem(
                node.element, "取消事件只能用于事务子流程", "a cancel event belongs to a transaction",
                "make the sub-process a transaction, or use an error",
            )  # fmt: skip


def _belongs(diagram: Diagram, node: Node) -> bool:
    if node.kind == "boundaryEvent":
        host = diagram.node_by_id.get(bare(node.element.get("attachedToRef")))
        return host is not None and host.kind == "transaction"
    scope: Scope | None = node.scope
    while scope is not None and scope.kind != "transaction":
        scope = scope.parent
    return scope is not None
