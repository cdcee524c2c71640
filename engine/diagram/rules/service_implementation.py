"""A service task says nothing about what carries it out."""

from collections.abc import Iterator

from engine.diagram.rules.extensions import says_who_does_it
from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.3.3"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Service tasks without an operation, an implementation, a topic of another engine or a registered service."""
    for node in diagram.of("serviceTask"):
        if not says_who_does_it(node.element, diagram.around.services):
            yield Problem(
                node.element, "服务任务没有说明由谁执行", "the service task does not say what carries it out",
                "add operationRef or implementation, register a service under its name or id, or make it a user task",
            )  # fmt: skip
