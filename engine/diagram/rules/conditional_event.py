"""A conditional event has no condition."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem, kind_of
from engine.diagram.xml import bpmn

SECTION = "10.5.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Conditional event definitions without ``condition``; whether it can be read says the rule ``expression``."""
    for node in diagram.nodes:
        for definition in node.definitions:
            if kind_of(definition) == "conditionalEventDefinition" and definition.find(bpmn("condition")) is None:
                yield Problem(node.element, "条件事件没有条件", "it has no condition", "add bpmn:condition")
