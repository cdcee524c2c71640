"""A sequence flow does not begin and end at nodes of its process."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem, kind_of

SECTION = "8.4.13"


def check(diagram: Diagram) -> Iterator[Problem]:
    """One problem for each end that is missing, unknown or no flow node."""
    for flow in diagram.flows:
        for name, found in (("sourceRef", flow.source), ("targetRef", flow.target)):
            if found is None:
                value = flow.element.get(name)
                element = diagram.by_id.get(value or "")
                is_what = f"({kind_of(element)})" if element is not None else ""
                yield Problem(
                    flow.element, f"流向的 {name}={value}{is_what} 不是本流程的节点",
                    f"{name}={value}{is_what} is not a node of this process", "connect the flow again",
                )  # fmt: skip
