"""A flow leads into an event that nothing may lead into: a start event, a boundary event, the catch of a link."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.5.2"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Start, boundary and catching link events with a flow in."""
    for node in diagram.of("startEvent", "boundaryEvent", "intermediateCatchEvent"):
        waits = node.kind == "intermediateCatchEvent" and not node.has("linkEventDefinition")
        if node.incoming and not waits:
            yield Problem(
                node.element, "这里不能有流入", "no flow may lead in here", "lead the flow to the step behind it"
            )
