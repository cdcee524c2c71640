"""A receive task does not say which message, or starts the process where it cannot; a send task says nothing."""

from collections.abc import Iterator

from engine.diagram.rules.extensions import says_who_does_it
from engine.diagram.rules.model import Diagram, Node, Problem, is_true

SECTION = "10.3.3"


def check(diagram: Diagram) -> Iterator[Problem]:
    """``messageRef`` or ``operationRef`` of both; a send task may name an implementation, or is left to a person."""
    for node in diagram.of("sendTask", "receiveTask"):
        sends = node.kind == "sendTask"
        named = node.element.get("messageRef") or node.element.get("operationRef")
        if not named and not (sends and says_who_does_it(node.element, diagram.around.services)):
            yield Problem(
                node.element, "没有说明是哪个消息", "it does not say which message is meant",
                "define a bpmn:message and refer to it with messageRef", "warning" if sends else "error",
            )  # fmt: skip
        if not sends and is_true(node.element, "instantiate") and not _may_start(node):
            yield Problem(
                node.element, "启动流程的接收任务不能在子流程里,也不能有流入",
                "a receive task that starts the process is not in a sub-process and has no flow in",
                "remove instantiate",
            )  # fmt: skip


def _may_start(node: Node) -> bool:
    return node.scope.parent is None and not node.incoming
