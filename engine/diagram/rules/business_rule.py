"""A business rule task names a decision that is not there, or nothing that could decide (then a person does)."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.diagram.dmn import Decision
from engine.diagram.rules.extensions import extensions, foreign_attributes, says_who_does_it
from engine.diagram.rules.model import Diagram, Problem, kind_of

SECTION = "10.3.3"

_TASKS = frozenset({"businessRuleTask", "globalBusinessRuleTask"})


def check(diagram: Diagram) -> Iterator[Problem]:
    """Business rule tasks and called global business rule tasks."""
    tasks = [node.element for node in diagram.of("businessRuleTask")]
    tasks += [task for task in diagram.global_tasks if kind_of(task) == "globalBusinessRuleTask"]
    there = ", ".join(sorted(diagram.around.decisions)[:8]) or "-"
    for task in tasks:
        reference = decision_reference(task)
        if reference is not None and reference not in diagram.around.decisions:
            yield Problem(
                task, f"没有决策 {reference}", f"there is no decision {reference}",
                f"give its .dmn file too; known are: {there}",
            )  # fmt: skip
        if reference is None and diagram.around.product:
            yield Problem(
                task, "业务规则任务没有说明由哪个决策决定", "it does not say which decision is meant",
                "name a decision of a .dmn file beside the diagram in bl:decision",
            )  # fmt: skip
        elif reference is None and not says_who_does_it(task, diagram.around.services):
            yield Problem(
                task, "业务规则任务没有说明由哪个决策决定", "it does not say which decision is meant",
                "name the decision in bl:decision or decisionRef; until then it is offered to a person", "warning",
            )  # fmt: skip


def result_names(task: etree._Element, decisions: Mapping[str, Decision]) -> tuple[str, ...]:
    """The values the decision of a task gives, if it has one: its result variable, or else the outputs by name."""
    decision = decisions.get(decision_reference(task) or "") if decisions else None
    if decision is None or kind_of(task) not in _TASKS:
        return ()
    variable = result_variable(task)
    return (variable,) if variable else decision.outputs or (decision.variable or decision.id,)


def result_variable(task: etree._Element) -> str:
    """The one value a task puts its whole result in, in our words or those of another engine; mostly none."""
    attributes = foreign_attributes(task)
    for name in ("resultVariable", "resultVariableName"):
        if attributes.get(name):
            return attributes[name]
    named = {"calledDecision": "resultVariable", "decision": "result"}
    found = (element.get(named[name], "") for name, element in extensions(task) if name in named)
    return next(filter(None, found), "")


def decision_reference(task: etree._Element) -> str | None:
    """The decision a task names in our words or those of another engine; ``None`` when it names none."""
    attributes = foreign_attributes(task)
    for name in ("decisionRef", "decisionTableReferenceKey"):
        if attributes.get(name):
            return attributes[name]
    for name, element in extensions(task):
        if name == "calledDecision" and element.get("decisionId"):
            return element.get("decisionId")
        if name == "decision" and element.get("ref"):
            return element.get("ref")
        if name == "field" and element.get("name") == "decisionTableReferenceKey":
            return "".join(map(str, element.itertext())).strip() or element.get("stringValue")
    return None
