"""A process of ours does not begin at exactly one start event."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "-"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Cases of ours are opened in one way only; the standard allows several, or none."""
    for scope in diagram.scopes if diagram.around.product else ():
        count = len(scope.of("startEvent"))
        if scope.parent is None and count != 1:
            yield Problem(
                scope.element, f"应有一个开始事件,现有 {count} 个", f"expected one start event, found {count}",
                "keep one start event",
            )  # fmt: skip
