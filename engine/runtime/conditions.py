"""Conditional events: they happen when their condition becomes true, asked after every change of values."""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagram.expression import compile_expression
from engine.errors import ExpressionError
from engine.runtime.token import Token

WAS = "was"


def check(workflow: Any) -> bool:
    """Asks every waiting condition; True when something happened."""
    if not workflow.spec.has_conditions:
        return False
    happened = False
    for token in list(workflow.tasks.values()):
        for number, trigger in enumerate(token.task_spec.triggers):
            if trigger.kind == "condition" and token.live and token._state == TaskState.WAITING:
                happened |= _ask(workflow, token, number, trigger.text)
    return happened


def _ask(workflow: Any, token: Token, number: int, text: str) -> bool:
    was = token.internal_data.setdefault(WAS, [])
    holds = _holds(workflow, token, text)
    if holds == (number in was):
        return False
    if not holds:
        was.remove(number)
        return False
    was.append(number)
    token.task_spec.happen(token, number)
    return True


def _holds(workflow: Any, token: Token, text: str) -> bool:
    try:
        return bool(compile_expression(text).evaluate(workflow.visible(token)))
    except ExpressionError as error:
        if error.code == "expression.unknown_name":
            return False  # a value that is not there yet
        raise
