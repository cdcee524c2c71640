"""The parts of a case: frozen data, told in canonical form once and never again."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from itertools import compress, repeat
from json.encoder import encode_basestring as quoted
from operator import attrgetter, call, ne
from typing import Any, NamedTuple, TypeVar

from engine.journal import Json, canonical_text

Changed = TypeVar("Changed")


class Part:
    """What a case keeps many of, by key. Being frozen, it keeps its text (``text_of_parts``)."""

    __slots__ = ("_text",)
    _text: str


def reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads fields all at once."""
    return attrgetter(*names) if len(names) > 1 else lambda of: tuple([getattr(of, name) for name in names])


class _Shape(NamedTuple):
    """The fields of a class of parts in the order of their names: read at once, the default of each (of one that has
    none, what no field is), what stands before each in the canonical form, and what sets each."""

    names: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    defaults: tuple[Any, ...]
    heads: tuple[str, ...]
    setters: Mapping[str, Callable[[Any, Any], None]]


@cache
def shape_of(kind: type[Any]) -> _Shape:
    """The shape of a class with slots."""
    known = sorted(fields(kind), key=lambda field: field.name)
    names = tuple(field.name for field in known)
    return _Shape(
        names, reader(names),
        tuple(f.default if f.default_factory is MISSING else f.default_factory() for f in known),
        tuple(f"{quoted(name)}:" for name in names), {name: getattr(kind, name).__set__ for name in names},
    )  # fmt: skip


def told(of: Any) -> dict[str, Any]:
    """The fields that do not have their default."""
    shape = shape_of(of.__class__)
    values = zip(shape.names, shape.read(of), shape.defaults, strict=True)
    return {name: value for name, value, default in values if value != default}


def text_of_value(value: Json) -> str:
    """``canonical_text``, quicker for a text."""
    return quoted(value) if value.__class__ is str else canonical_text(value)


def text_of(part: Any) -> str:
    """The canonical form of ``told``."""
    _, read, defaults, heads, _ = shape_of(part.__class__)
    values = read(part)
    texts = [
        head + (quoted(value) if value.__class__ is str else canonical_text(value))
        for head, value in compress(zip(heads, values, strict=True), map(ne, values, defaults))
    ]
    return f"{{{','.join(texts)}}}"


def text_of_parts(parts: Mapping[str, Any]) -> str:
    """The canonical form of parts by their keys; each is told once."""
    try:
        texts = [f"{quoted(key)}:{parts[key]._text}" for key in sorted(parts)]
    except AttributeError:
        for part in parts.values():
            if not hasattr(part, "_text"):
                object.__setattr__(part, "_text", text_of(part))
        return text_of_parts(parts)
    return f"{{{','.join(texts)}}}"


def changed(part: Changed, changes: Mapping[str, Any]) -> Changed:
    """The same part with other values in these fields, as ``dataclasses.replace`` makes it, without its checks."""
    kind: Any = part.__class__
    shape = shape_of(kind)
    setters = shape.setters
    new: Changed = object.__new__(kind)
    deque(map(call, setters.values(), repeat(new), shape.read(part)), maxlen=0)  # each keeps its value
    for name, value in changes.items():
        setters[name](new, value)
    return new
