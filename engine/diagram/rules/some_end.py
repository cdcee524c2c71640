"""A process of ours has no end event."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "-"


def check(diagram: Diagram) -> Iterator[Problem]:
    """In the standard a token may end at any node without a flow out; a case of ours has to reach a result."""
    for scope in diagram.scopes if diagram.around.product else ():
        if scope.parent is None and not scope.of("endEvent"):
            yield Problem(scope.element, "没有结束事件", "there is no end event", "draw an end event")
