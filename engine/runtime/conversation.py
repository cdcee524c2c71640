"""Which messages belong together: key-based correlation (BPMN 2.0.2, 8.4.2).

The first message a process (or an instance of a sub-process) sends or receives in a conversation fixes the values of
its correlation keys; a later one goes only to a catcher for which the same key has the same values, or none yet.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.diagram.expression import compile_expression
from engine.errors import ExpressionError
from engine.runtime.token import Token

FIXED = "keys"
"""Of the owner of a content: correlation key → its values by property."""

Keys = dict[str, dict[str, Any]]


def keys(workflow: Any, message: str, payload: Mapping[str, Any]) -> Keys:
    """The values a message has for the correlation keys that know it; a key it does not fill is left out."""
    found: Keys = {}
    incomplete = set()
    for key, name, path in workflow.spec.correlations.get(message, ()):
        try:
            found.setdefault(key, {})[name] = compile_expression(path).evaluate(payload)
        except ExpressionError:
            incomplete.add(key)
    return {key: values for key, values in found.items() if key not in incomplete}


def fits(workflow: Any, token: Token, wanted: Keys) -> bool:
    """Whether a token's conversation has the same values, or none yet, for every key."""
    return all(
        all(fixed.get(name, value) == value for name, value in wanted[key].items())
        for owner in _owners(workflow, token)
        for key, fixed in owner.internal_data.get(FIXED, {}).items()
        if key in wanted
    )


def keep(workflow: Any, token: Token, known: Keys) -> None:
    """Fixes the keys that have no values yet, for the content a token stands in."""
    owners = list(_owners(workflow, token))
    for key, values in known.items():
        if not any(key in owner.internal_data.get(FIXED, {}) for owner in owners):
            owners[0].internal_data.setdefault(FIXED, {})[key] = values


def _owners(workflow: Any, token: Token) -> Iterator[Token]:
    owner: Token | None = workflow.tasks.get(token.scope)
    while owner is not None:
        yield owner
        owner = workflow.tasks.get(owner.scope)
