"""A flow has a condition, but its source does not choose among its flows."""

from collections.abc import Iterator

from engine.diagram.rules.model import ACTIVITIES, CHOOSING, Diagram, Problem

SECTION = "8.4.13"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Conditions on flows out of events, parallel and event-based gateways."""
    for flow in diagram.flows:
        source = flow.source
        if source is not None and source.kind not in CHOOSING | ACTIVITIES and flow.condition is not None:
            yield Problem(
                flow.element, f"{source.kind} 的流出不能带条件",
                f"a flow out of a {source.kind} cannot have a condition", "put an exclusive gateway before it",
            )  # fmt: skip
