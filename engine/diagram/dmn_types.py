"""Types of the columns of decision tables: the simple ones of FEEL, and item definitions that narrow them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.diagram.dmn_cells import Cells, is_date, placed, refuse
from engine.diagram.dmn_unary import INPUT, Test
from engine.diagram.expression import Expression
from engine.errors import ExpressionError

_SAMPLES: Mapping[str, Any] = {"number": 0, "integer": 0, "string": "", "boolean": True, "date": "2000-01-01"}
_SAME = {"long": "integer", "double": "number", "any": "any", "": "any"}
"""Other names of these types: Camunda's, and no type at all."""


@dataclass(frozen=True)
class Type:
    """``kind`` is any, number, integer, string, boolean or date; ``allowed`` lists what a value may be, if anything."""

    kind: str = "any"
    allowed: tuple[Test, ...] = ()

    def check(self, value: Any, scope: Mapping[str, Any], name: str, where: str) -> None:
        """Raises DiagramError when ``value`` is of another type or not an allowed one; null is of every type."""
        if value is None:
            return
        if not _fits(self.kind, value):
            raise refuse("type", f"{name} 应是 {self.kind}", f"{name} should be a value of type {self.kind}", where)
        with placed(where):
            outside = not all(test.holds({**scope, INPUT: value}) for test in self.allowed)
        if outside:
            zh, en = f"{name} 的值不在允许的值之内", f"the value of {name} is not among the allowed ones"
            raise refuse("not_allowed", zh, en, where)

    def check_test(self, test: Test, name: str, where: str) -> None:
        """Refuses a test that no value of this type could be put to."""
        for constant in test.constants:
            self.check(constant, {}, name, where)
        if self.kind not in _SAMPLES or test.expression.names - {INPUT}:
            return
        try:
            test.holds({INPUT: _SAMPLES[self.kind]})
        except ExpressionError as error:
            if isinstance(error.__cause__, TypeError):
                zh, en = f"{name} 应与 {self.kind} 比较", f"{name} should be compared with a value of type {self.kind}"
                raise refuse("type", zh, en, where) from error

    def check_constant(self, expression: Expression, name: str, where: str) -> None:
        """Refuses an output that is written out and of another type."""
        if not expression.names:
            with placed(where):
                self.check(expression.evaluate({}), {}, name, where)


def plain(value: Any) -> Any:
    """A day as its text, which is how dates are written and compared here; everything else as it is."""
    return value.isoformat() if type(value) is date else value


def _fits(kind: str, value: Any) -> bool:
    if kind == "any":
        return True
    if kind == "boolean" or isinstance(value, bool):
        return kind == "boolean" and isinstance(value, bool)
    if kind == "date":
        return isinstance(value, str) and is_date(value)
    return isinstance(value, {"number": int | float, "integer": int, "string": str}[kind])


@dataclass(frozen=True)
class ItemDefinition:
    """A type of the file's own: its base, the language and text of its allowed values; or why it has no simple base."""

    base: str
    language: str = "feel"
    allowed: str = ""
    not_simple: str = ""


class Types:
    """The types a file may use."""

    def __init__(self, items: Mapping[str, ItemDefinition], cells: Cells) -> None:
        self._items = items
        self._cells = cells
        self._found: dict[str, Type] = {}

    def named(self, reference: str, where: str) -> Type:
        """The type of a ``typeRef``; with or without prefix. Refuses types that are not simple values."""
        allowed: list[Test] = []
        name, seen = reference, set[str]()
        if reference in self._found:
            return self._found[reference]
        while (item := self._item(name)) is not None:
            if item.not_simple or name in seen:
                why = item.not_simple or "itemDefinition"
                raise refuse("type", f"类型 {name} 不支持:{why}", f"the type {name} is not supported: {why}", where)
            seen.add(name)
            if item.allowed:
                with placed(where):
                    test = self._cells.test(item.allowed, item.language)
                allowed += [test] if test is not None else []
            name = item.base
        found = Type(_simple(name, where), tuple(allowed))
        self._found[reference] = found
        return found

    def _item(self, name: str) -> ItemDefinition | None:
        return self._items.get(name) or self._items.get(name.rpartition(":")[2])


def _simple(name: str, where: str) -> str:
    kind = name.rpartition(":")[2].lower()
    kind = _SAME.get(kind, kind)
    if kind != "any" and kind not in _SAMPLES:
        raise refuse(
            "type", f"不支持类型 {name};可用 number、string、boolean、date",
            f"the type {name} is not supported; use number, string, boolean or date", where,
        )  # fmt: skip
    return kind
