"""A sequence flow leads into or out of a sub-process, or to another process."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.3.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Flows whose ends are not in the process or sub-process that holds the flow."""
    for flow in diagram.flows:
        if flow.source is None or flow.target is None:
            continue
        if flow.source.scope is not flow.target.scope:
            yield Problem(
                flow.element,
                f"流向从 {flow.source.id} 跨过边界到 {flow.target.id}",
                f"the flow from {flow.source.id} to {flow.target.id} crosses the border of a process or sub-process",
                "connect the sub-process itself, or use a message or signal event",
            )
        elif flow.scope is not flow.source.scope:
            yield Problem(
                flow.element,
                f"流向写在别的流程里,不在 {flow.source.id} 所在的流程",
                f"the flow is not written in the process or sub-process of {flow.source.id}",
                "move it beside the nodes it connects",
            )
