"""An expression reads the decision of a step that several instances do, but stands outside of the instance."""

import ast
from collections.abc import Iterator

from lxml import etree

from engine.diagram.expression import parse_quietly
from engine.diagram.rules.decisive_in_loop import PERSONS, Repeated
from engine.diagram.rules.model import Diagram, Problem, kind_of, text_of

SECTION = "-"

_EXPRESSIONS = frozenset(
    {
        "conditionExpression", "condition", "loopCondition", "loopCardinality", "completionCondition", "from", "script",
        "transformation", "activationCondition", "timeDate", "timeDuration", "timeCycle",
    }
)  # fmt: skip
_SEVERAL = "multiInstanceLoopCharacteristics"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every ``decision["step"]``; inside an instance it is what was decided in that instance, outside there is none."""
    if not diagram.around.product:
        return
    places = _places(diagram)
    for expression in _expressions(diagram) if places else ():
        for step in _read(text_of(expression)):
            if step in places and not _is_inside(expression, places[step]):
                owner = next(e for e in expression.iterancestors() if e.get("id"))
                yield Problem(
                    owner, f"{step} 有多个实例，在实例之外没有单一的决定",
                    f"{step} has several instances; outside of them there is no single decision of it",
                    'collect the decisions: loopDataOutputRef and outputDataItem, then count_of(votes, "agree")',
                )  # fmt: skip


def _places(diagram: Diagram) -> dict[str, etree._Element]:
    """Steps that are done by several instances → the innermost activity, or called process, of one of them."""
    several = {node.element for node in diagram.nodes if node.children(_SEVERAL)}
    found: dict[str, etree._Element] = {}
    for node in diagram.nodes if several else ():
        if node.kind not in PERSONS and node.kind != "callActivity":
            continue
        around = [node.element, *node.element.iterancestors()]
        inner = next((element for element in around if element in several), None)
        if inner is None and node.element in Repeated(diagram, several, at_two_places=False):
            inner = next(e for e in around if kind_of(e) == "process")
        if inner is not None:
            found[node.id] = inner
    return found


def _expressions(diagram: Diagram) -> Iterator[etree._Element]:
    roots = [scope.element for scope in diagram.scopes if scope.parent is None]
    for root in (*roots, *diagram.global_tasks):
        yield from (element for element in root.iter() if kind_of(element) in _EXPRESSIONS)


def _read(text: str) -> Iterator[str]:
    """The steps whose decision an expression or script reads by name."""
    try:
        tree = parse_quietly("\n".join(line.strip() for line in text.splitlines()), "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id="decision"), slice=ast.Constant(value=str(step))):
                yield step


def _is_inside(expression: etree._Element, place: etree._Element) -> bool:
    """Whether an expression stands inside the instances, and not in what says how many there are."""
    around = [expression, *expression.iterancestors()]
    if place not in around:
        return False
    return kind_of(around[around.index(place) - 1]) != _SEVERAL
