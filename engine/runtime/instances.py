"""What holds inside one instance of a multi-instance activity only: which one it is, and what was told to it.

Several instances do the same steps at one time. What is decided in one of them must not be read in another as its own;
so it is kept with the token of the instance, and expressions inside see it instead of what is known outside.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from engine.journal import canonical_text, digest
from engine.runtime.loops import MultiInstance, item_of
from engine.runtime.token import BODY, NUMBER, TOLD, VALUES, Token

SHORT = 60
"""Characters of an item that tell which instance it is."""


def around(token: Token) -> Iterator[Token]:
    """The instances a token is or lies in, the innermost first; also through called processes."""
    current: Token | None = token
    while current is not None:
        if BODY in current.internal_data and isinstance(current.task_spec.loop, MultiInstance):
            yield current
        current = current.workflow.tasks.get(current.scope)


def place_of(token: Token) -> str:
    """``2/5``, with its item ``2/5 fire``: the second of five instances; nested ones from outside inwards, ``·``."""
    return " · ".join(reversed([_place(instance) for instance in around(token)]))


def _place(instance: Token) -> str:
    total, item = item_of(instance)
    place = f"{instance.internal_data[NUMBER] + 1}/{total}"
    if item is None:
        return place
    text = str(item) if isinstance(item, str | int | float) else canonical_text(item)
    short = text if len(text) <= SHORT else f"{text[:SHORT]}… {digest(text.encode())[:8]}"
    return f"{place} {short}"


def tell(token: Token, name: str, key: str, value: Any) -> bool:
    """Has expressions in the innermost instance around a token see ``value`` under ``key`` of what is called ``name``.

    An instance that is the token itself also gives the value as its output item. False when there is no instance.
    """
    instance = next(around(token), None)
    if instance is None:
        return False
    told = instance.internal_data.setdefault(TOLD, {})
    told[name] = dict(sorted({**told.get(name, {}), key: value}.items()))
    if instance is token and (output := token.task_spec.loop.output):
        token.internal_data[VALUES] = {**token.internal_data[VALUES], output[0]: value}
    return True


def told(token: Token, view: Mapping[str, Any]) -> dict[str, Any]:
    """What of a view is something else inside the instances around a token."""
    found: dict[str, Any] = {}
    for instance in reversed(list(around(token))):
        for name, values in instance.internal_data.get(TOLD, {}).items():
            seen = found[name] = copy(found[name] if name in found else view.get(name, {}))
            seen.update(values)
    return found
