"""The values a diagram reads and writes: each process instance has its own, sub-processes and instances add local ones.

A value is written where it is declared, else to its process; so branches share a process's values and nothing is copied
and merged at joins.
"""

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import BadInput, LimitExceeded

MAX_NESTING = 50
MAX_ITEMS = 100_000
"""Values, and a sixteenth of the characters, of all that comes in at once or is written at once."""
MAX_BITS = 1024


class Visible(ChainMap[str, Any]):
    """What an expression sees, innermost first. A label of a data object reads the object."""

    def __init__(self, aliases: Mapping[str, str], *maps: Any) -> None:
        super().__init__(*maps)
        self._aliases = aliases

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or super().__contains__(self._aliases.get(str(key), key))

    def __missing__(self, key: str) -> Any:
        known = self._aliases.get(key)
        if known is None or known == key or not super().__contains__(known):
            raise KeyError(key)
        return self[known]


class OnFirstUse(Mapping[str, Any]):
    """Values that are computed only when an expression asks for one of them."""

    def __init__(self, names: tuple[str, ...], compute: Callable[[], Mapping[str, Any]]) -> None:
        self._names, self._compute = names, compute

    def __getitem__(self, key: str) -> Any:
        if key not in self._names:
            raise KeyError(key)
        return self._compute()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._names and key in self._compute()

    def __iter__(self) -> Any:
        return iter(self._compute())

    def __len__(self) -> int:
        return len(self._compute())


def plain(data: Mapping[str, Any] | None, where: str) -> dict[str, Any]:
    """A copy of values from outside as JSON values; BadInput for anything else, LimitExceeded for too much of it."""
    budget = [MAX_ITEMS]
    if data is not None and not isinstance(data, Mapping):
        raise BadInput("data.shape", "数据应为名称到值的映射", "data must map names to values", where)
    return {name: _plain(data[name], where, 0, budget) for name in sorted(_key(n, where) for n in data)} if data else {}


def measured(value: Any, where: str) -> tuple[Any, int]:
    """A value as ``plain`` would keep it, and how much of its budget it takes."""
    budget = [MAX_ITEMS]
    return _plain(value, where, 0, budget), MAX_ITEMS - budget[0]


def _plain(value: Any, where: str, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1 + (len(value) // 16 if isinstance(value, str) else 0)
    if budget[0] < 0 or depth > MAX_NESTING:
        raise LimitExceeded("data.size", "数据过大或嵌套过深", "the data is too large or nested too deeply", where)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and value.bit_length() <= MAX_BITS:
        return int(value)
    if isinstance(value, str) and (value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)):
        return value
    if isinstance(value, float) and value - value == 0:  # neither infinite nor NaN, which JSON does not know
        return value
    if isinstance(value, Mapping):
        # In the order of the names: what a replay reads back is in no other order than what was written.
        names = sorted(_key(name, where) for name in value)
        return {name: _plain(value[name], where, depth + 1, budget) for name in names}
    if isinstance(value, list | tuple):
        return [_plain(item, where, depth + 1, budget) for item in value]
    kind = type(value).__name__
    raise BadInput("data.value", f"不能保存这个 {kind} 值", f"this {kind} cannot be kept as a value", where)


def _key(name: Any, where: str) -> str:
    if not isinstance(name, str):
        raise BadInput("data.name", "值的名称应为文字", "names of values must be text", where)
    return name
