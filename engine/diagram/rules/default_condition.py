"""A default flow has a condition, which is ignored."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.6.2"


def check(diagram: Diagram) -> Iterator[Problem]:
    """A warning: the standard says that such a condition is not read."""
    for flow in diagram.flows:
        if flow.is_default and flow.condition is not None:
            yield Problem(
                flow.element, "默认流出的条件不起作用", "the condition of a default flow is ignored",
                "remove the condition, or make another flow the default", "warning",
            )  # fmt: skip
