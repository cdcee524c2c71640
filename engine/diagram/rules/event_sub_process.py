"""An event sub-process is connected by flows, or does not begin at exactly one start event."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.3.5, 10.5.6"


def check(diagram: Diagram) -> Iterator[Problem]:
    """What ``triggeredByEvent`` asks for; which triggers its start may have says the rule ``event-place``."""
    for node in diagram.nodes:
        if node.is_event_sub_process and (node.incoming or node.outgoing):
            yield Problem(
                node.element, "事件子流程不能有流入或流出", "no flow leads into or out of an event sub-process",
                "remove the flows, or triggeredByEvent",
            )  # fmt: skip
    for scope in diagram.scopes:
        count = len(scope.of("startEvent"))
        if scope.is_event_sub_process and scope.nodes and count != 1:
            yield Problem(
                scope.element, f"事件子流程应有一个开始事件,现有 {count} 个",
                f"an event sub-process has exactly one start event, this one has {count}",
                "draw one event sub-process for each trigger",
            )  # fmt: skip
