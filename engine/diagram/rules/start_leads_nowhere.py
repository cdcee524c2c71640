"""No flow leads out of a start event."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.5.2"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Start events without a flow out (in our own cases the rule ``dead-end`` says it)."""
    for node in diagram.of("startEvent") if not diagram.around.product else ():
        if not node.outgoing:
            yield Problem(
                node.element,
                "开始事件没有流出",
                "nothing leads out of this start event",
                "connect it to the first step",
            )
