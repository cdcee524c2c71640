"""A link is caught, but no event of the same process or sub-process throws it."""

from collections.abc import Iterator

from engine.diagram.links import link_name
from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.5.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Catching link events whose name nothing throws."""
    for scope in diagram.scopes:
        thrown = {link_name(node.element) for node in scope.of("intermediateThrowEvent")}
        for node in scope.of("intermediateCatchEvent"):
            name = link_name(node.element)
            if name is not None and name not in thrown:
                yield Problem(
                    node.element, f"链接“{name}”没有抛出事件", f"nothing throws the link {name!r} in its process",
                    "throw it, or remove this event",
                )  # fmt: skip
