"""An event that always interrupts is marked as not interrupting: an error, or the cancelling of a transaction."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem, is_true

SECTION = "10.5.4, 10.5.6"
_ALWAYS = ("errorEventDefinition", "cancelEventDefinition")


def check(diagram: Diagram) -> Iterator[Problem]:
    """Boundary events and starts of event sub-processes."""
    for node in diagram.of("boundaryEvent", "startEvent"):
        attribute = "cancelActivity" if node.kind == "boundaryEvent" else "isInterrupting"
        if node.has(*_ALWAYS) and not is_true(node.element, attribute, default=True):
            yield Problem(
                node.element, "错误和取消事件总是中断,不能设为不中断",
                "errors and cancellations always interrupt; this one says it does not",
                f"remove {attribute}, or use an escalation",
            )  # fmt: skip
