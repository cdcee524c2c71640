"""Nothing leads out of a gateway that is to choose or split."""

from collections.abc import Iterator

from engine.diagram.rules.model import GATEWAYS, Diagram, Problem

SECTION = "10.6.1"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Gateways without a flow out; only where nothing is drawn as an end may a joining one be the last node."""
    for scope in diagram.scopes if not diagram.around.product else ():
        ended = bool(scope.of("endEvent"))
        for node in scope.of(*GATEWAYS):
            last = len(node.incoming) > 1 and not ended and node.kind != "eventBasedGateway"
            if not node.outgoing and not last:
                yield Problem(
                    node.element, "网关没有流出", "nothing leads out of this gateway", "connect it to what comes next"
                )
