"""A process or sub-process has several start events without a trigger, so where it begins is not clear."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.5.2, 13.3.4"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Each none start event after the first; event sub-processes and our own cases have rules of their own."""
    for scope in diagram.scopes if not diagram.around.product else ():
        plain = [node for node in scope.of("startEvent") if not node.definitions]
        for node in plain[1:] if not scope.is_event_sub_process else ():
            yield Problem(
                node.element, f"已有无触发的开始事件 {plain[0].id}",
                f"there is a start event without a trigger already: {plain[0].id}",
                "keep one, followed by a parallel gateway when both ways are meant",
            )  # fmt: skip
