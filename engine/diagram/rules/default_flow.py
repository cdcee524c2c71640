"""A default flow does not start at the node that names it, or that node cannot have one."""

from collections.abc import Iterator

from engine.diagram.rules.model import ACTIVITIES, CHOOSING, Diagram, Problem

SECTION = "8.4.13"


def check(diagram: Diagram) -> Iterator[Problem]:
    """The attribute ``default`` of every node."""
    for node in diagram.nodes:
        default = node.element.get("default")
        if not default:
            continue
        if node.kind not in ACTIVITIES | CHOOSING:
            yield Problem(
                node.element, f"{node.kind} 不能有默认流出", f"a {node.kind} cannot have a default flow",
                "use an exclusive gateway",
            )  # fmt: skip
        elif default not in {flow.element.get("id") for flow in node.outgoing}:
            yield Problem(
                node.element, f"默认流出 {default} 不从这里出发", f"the default flow {default} does not start here",
                "name one of the flows out of here",
            )  # fmt: skip
