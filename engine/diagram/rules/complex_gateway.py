"""A complex gateway joins several flows, but does not say when it goes on."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.6.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Complex gateways with several flows in and no ``activationCondition``."""
    for node in diagram.of("complexGateway"):
        if len(node.incoming) > 1 and not node.children("activationCondition"):
            yield Problem(
                node.element, "复杂网关没有激活条件", "it has no activation condition",
                "add activationCondition, such as activationCount >= 2",
            )  # fmt: skip
