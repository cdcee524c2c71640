"""Models made from the dataclasses of the engine, so that no field is named a second time."""

import ast
import inspect
import sys
from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model
from pydantic import Field as Described

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)
"""Of what is sent: nothing unknown, nothing converted."""
GIVEN = ConfigDict(frozen=True)
"""Of what is answered."""


def model_of(
    source: type[Any], without: Collection[str] = (), config: ConfigDict = STRICT, *, name: str = "", **other: Any
) -> type[BaseModel]:
    """The model of a dataclass, called as it unless ``name`` is given: its fields with their types, defaults and
    descriptions.

    ``other`` are fields with another type, or more of them: ``(type, default)``, ``...`` for no default.
    """
    hints, said = get_type_hints(source), described(source)
    known: dict[str, Any] = {
        field.name: (hints[field.name], _default(field, said.get(field.name)))
        for field in fields(source)
        if field.name not in without
    }
    model: type[BaseModel] = create_model(
        name or source.__name__, __config__=config, __doc__=inspect.getdoc(source), **{**known, **other}
    )
    return model


def _default(field: Field[Any], said: str | None) -> Any:
    if field.default_factory is not MISSING:
        return Described(default_factory=field.default_factory, description=said)
    return Described(default=... if field.default is MISSING else field.default, description=said)


def described(source: type[Any]) -> Mapping[str, str]:
    """Field → the text below it in the source of its class; empty where there is no source to read."""
    return _texts(source.__module__).get(source.__name__, {})


@cache
def _texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """Class → field → text, of one module read once."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except OSError:
        return {}
    return {node.name: _below(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _below(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = following.value if isinstance(following, ast.Expr) else None
            if isinstance(said, ast.Constant):
                found[statement.target.id] = " ".join(str(said.value).split())
    return found
