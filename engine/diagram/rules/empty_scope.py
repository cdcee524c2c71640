"""A process or sub-process has nothing in it that could be executed."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.3.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Processes and sub-processes without any node."""
    for scope in diagram.scopes:
        if not scope.nodes:
            yield Problem(
                scope.element,
                "里面没有可执行的内容",
                "there is nothing executable in it",
                "draw its steps or remove it",
            )
