"""A flow out of a gateway that chooses is neither the default nor has it a condition."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.6.2, 10.6.3"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Flows out of exclusive and inclusive gateways that have several."""
    for node in diagram.of("exclusiveGateway", "inclusiveGateway"):
        for flow in node.outgoing if len(node.outgoing) > 1 else ():
            if flow.condition is None and not flow.is_default:
                yield Problem(
                    flow.element, "网关的非默认流出没有条件",
                    "a flow out of this gateway has neither a condition nor is it the default", "add a condition",
                )  # fmt: skip
