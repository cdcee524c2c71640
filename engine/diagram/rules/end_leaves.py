"""A flow leads out of an event that nothing may lead out of: an end event, the throw of a link."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.5.3"


def check(diagram: Diagram) -> Iterator[Problem]:
    """End events and throwing link events with a flow out."""
    for node in diagram.of("endEvent", "intermediateThrowEvent"):
        if node.outgoing and (node.kind == "endEvent" or node.has("linkEventDefinition")):
            yield Problem(
                node.element, "这里不能有流出", "no flow may lead out of here", "lead the flow away before it"
            )
