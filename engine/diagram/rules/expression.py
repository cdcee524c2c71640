"""An expression is not in the language of conditions, or empty."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.expression import compile_expression
from engine.diagram.rules.model import LOOPS, Diagram, Problem, kind_of, text_of
from engine.errors import DiagramError

SECTION = "8.4.6"

_OF_NODE = frozenset({"activationCondition", "completionCondition"})
_OF_PART = frozenset({"condition", "loopCondition", "loopCardinality", "completionCondition", "transformation"})
_PARTS = frozenset(
    {"conditionalEventDefinition", "dataInputAssociation", "dataOutputAssociation", "complexBehaviorDefinition"}
)


def check(diagram: Diagram) -> Iterator[Problem]:
    """Conditions of flows, events, gateways and loops, and the expressions of data associations."""
    for flow in diagram.flows:
        if flow.condition is not None:
            yield from _compiled(flow.element, flow.condition)
    for node in diagram.nodes:
        for child in node.element:
            kind = kind_of(child)
            if kind in _OF_NODE:
                yield from _compiled(node.element, child)
            elif kind in _PARTS or kind in LOOPS:
                yield from _part(node.element, child)
        for definition in node.definitions:
            if kind_of(definition) in _PARTS and definition.getparent() is not node.element:
                yield from _part(node.element, definition)


def _part(owner: etree._Element, part: etree._Element) -> Iterator[Problem]:
    for child in part:
        kind = kind_of(child)
        if kind in _OF_PART:
            yield from _compiled(owner, child)
        elif kind == "complexBehaviorDefinition":
            yield from _part(owner, child)
        elif kind == "assignment":
            for inner in child:
                if kind_of(inner) == "from":
                    yield from _compiled(owner, inner)


def _compiled(owner: etree._Element, expression: etree._Element) -> Iterator[Problem]:
    try:
        compile_expression(text_of(expression))
    except DiagramError as error:
        yield Problem(
            owner, error.message_zh, error.message_en, f"correct {kind_of(expression)}: see docs/bpmn-support.md"
        )
