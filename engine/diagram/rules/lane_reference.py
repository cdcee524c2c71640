"""A lane lists a node that is not there."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem, text_of
from engine.diagram.xml import bpmn

SECTION = "10.8"


def check(diagram: Diagram) -> Iterator[Problem]:
    """A warning: lanes are drawn and do not change what runs."""
    for scope in diagram.scopes:
        for lanes in scope.element.iterfind(bpmn("laneSet")):
            for reference in lanes.iter(bpmn("flowNodeRef")):
                if text_of(reference) not in diagram.node_by_id:
                    lane = reference.getparent()
                    yield Problem(
                        lanes if lane is None else lane,
                        f"泳道里没有节点 {text_of(reference)}",
                        f"there is no node {text_of(reference)} for this lane",
                        "remove the reference",
                        "warning",
                    )
