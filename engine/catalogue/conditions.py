"""When an item or material of a case is needed: one comparison over the routing fields of the form."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.catalogue.table import Scalar
from engine.errors import CatalogueError

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS = tuple(_COMPARE)
EQUALITIES = ("==", "!=")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """``field operator value`` over the routing fields of a form, and the same in words."""

    field: str
    operator: str
    value: Scalar
    words_zh: str
    words_en: str

    def applies(self, values: Mapping[str, object]) -> bool:
        """Whether it holds; CatalogueError when the field is absent or of another type."""
        given = values.get(self.field)
        if given is None:
            raise CatalogueError(
                "condition.missing_value", f"条件“{self.words_zh}”需要先知道 {self.field}",
                f"the condition {self.words_en!r} needs the value of {self.field}", self.field,
            )  # fmt: skip
        if isinstance(given, int | float) and not isinstance(given, bool):
            given = Decimal(str(given))
        if type(given) is not type(self.value) or (isinstance(given, Decimal) and not given.is_finite()):
            raise CatalogueError(
                "condition.wrong_type", f"条件“{self.words_zh}”不能用于这样的值",
                f"the condition {self.words_en!r} cannot take such a value", self.field,
            )  # fmt: skip
        return _COMPARE[self.operator](given, self.value)


@dataclass(frozen=True, kw_only=True)
class Condition(Comparison):
    """When a conditional item of a bundle applies."""

    item: str
    basis: str
    source: tuple[str, ...] = ()
