"""Conditional events: they happen when their condition becomes true.

Asked when they begin to wait, and again when a value they read was written.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagram.expression import compile_expression
from engine.errors import ExpressionError
from engine.runtime.token import Token

WAS = "was"
"""Of a token that waits for conditions: the numbers of those that hold."""


def check(workflow: Any, fresh: Mapping[str, Token], written: set[str] | None) -> bool:
    """Asks the conditions of fresh tokens, and those that read something written (None: whatever they read).

    True when something happened.
    """
    happened = False
    for token in list((workflow.conditional if written is None or written else fresh).values()):
        if not token.live:
            workflow.conditional.pop(token.id, None)
            continue
        for number, text in _conditions(token):
            again = token.id in fresh or written is None or not written.isdisjoint(compile_expression(text).names)
            if again and token.live and token._state == TaskState.WAITING:
                happened |= _ask(workflow, token, number, text)
    return happened


def _conditions(token: Token) -> Iterator[tuple[int, str]]:
    for number, trigger in enumerate(token.task_spec.triggers):
        if trigger.kind == "condition":
            yield number, trigger.text


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
        if error.code == "expression.unknown_name" or isinstance(error.__cause__, LookupError):
            return False  # a value, or a part of one, that is not there yet
        raise
