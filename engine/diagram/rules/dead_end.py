"""Nothing leads out of a node of a process of ours, so a case would be lost there."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "-"


def check(diagram: Diagram) -> Iterator[Problem]:
    """In the standard such a node ends its token."""
    for node in diagram.nodes if diagram.around.product else ():
        ends = node.kind == "endEvent" or node.is_event_sub_process or node.is_handler
        throws = node.kind == "intermediateThrowEvent" and node.has("linkEventDefinition")
        repairs = node.kind == "boundaryEvent" and node.has("compensateEventDefinition")
        if not (node.outgoing or ends or throws or repairs or node.scope.kind == "adHocSubProcess"):
            yield Problem(
                node.element, "没有流出,案件会停在这里", "nothing leads out of here, so a case would be lost",
                "connect it to an end event",
            )  # fmt: skip
