"""A gateway is declared to join or to split, but its flows do something else."""

from collections.abc import Iterator

from engine.diagram.rules.model import GATEWAYS, Diagram, Problem

SECTION = "8.4.9"

_MANY_IN_AND_OUT = {"Converging": (True, False), "Diverging": (False, True), "Mixed": (True, True)}
"""Whether several flows lead in and out, by direction."""


def check(diagram: Diagram) -> Iterator[Problem]:
    """A warning: a gateway does what its flows say, whatever ``gatewayDirection`` declares."""
    for node in diagram.of(*GATEWAYS):
        direction = node.element.get("gatewayDirection", "Unspecified")
        declared = _MANY_IN_AND_OUT.get(direction)
        if declared is not None and declared != (len(node.incoming) > 1, len(node.outgoing) > 1):
            zh = f"声明为 {direction},实有 {len(node.incoming)} 条流入、{len(node.outgoing)} 条流出"
            en = f"declared {direction}, but {len(node.incoming)} flows lead in and {len(node.outgoing)} out"
            yield Problem(node.element, zh, en, "correct or remove gatewayDirection", "warning")
