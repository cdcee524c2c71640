"""Decision tables at run time: which rules match, and what each hit policy makes of them (DMN 1.3, section 8.2.10)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.diagram.dmn_cells import placed, refuse
from engine.diagram.dmn_types import Type, plain
from engine.diagram.dmn_unary import INPUT, Test
from engine.diagram.expression import Expression
from engine.errors import ExpressionError

Scope = Mapping[str, Any]
Outputs = dict[str, Any]


@dataclass(frozen=True)
class Input:
    """A column of tests. ``variable`` is another name its cells use for the value; ``optional``: a cell tests for null,
    so a value that is not there is null instead of an error."""

    name: str
    where: str
    expression: Expression
    type: Type
    variable: str = ""
    optional: bool = False

    def names(self, scope: Scope) -> Scope:
        """What this column's cells may read; DiagramError when the value cannot be computed or has another type."""
        with placed(self.where):
            try:
                value = plain(self.expression.evaluate(scope))
            except ExpressionError as error:
                if not (self.optional and isinstance(error.__cause__, NameError | LookupError)):
                    raise
                value = None
        self.type.check(value, scope, self.name, self.where)
        return {**scope, **({self.variable: value} if self.variable else {}), INPUT: value}


@dataclass(frozen=True)
class Output:
    """A column of results; ``order`` is outputValues from the most to the least important, for PRIORITY."""

    name: str
    where: str
    type: Type
    order: tuple[Any, ...] = ()
    default: Expression | None = None

    def value(self, expression: Expression, scope: Scope, where: str) -> Any:
        """One result, of this column's type."""
        with placed(where):
            value = plain(expression.evaluate(scope))
        self.type.check(value, scope, self.name, where)
        return value

    def rank(self, value: Any) -> int:
        """The place of a value in ``order``, the unlisted after all others."""
        return next((place for place, listed in enumerate(self.order) if _same(listed, value)), len(self.order))


def _same(left: Any, right: Any) -> bool:
    """Equality in which true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


@dataclass(frozen=True)
class Rule:
    """A row; a test that is None lets everything pass. ``name`` is its number, with its id when it has one."""

    name: str
    where: str
    tests: tuple[Test | None, ...]
    outputs: tuple[Expression, ...]

    def matches(self, columns: list[Scope]) -> bool:
        """Whether every test holds; ``columns`` are the names each may read, the value to test among them."""
        with placed(self.where):
            return all(test is None or test.holds(scope) for test, scope in zip(self.tests, columns, strict=True))


@dataclass(frozen=True)
class Table:
    """``policy`` and ``aggregation`` as the file writes them, the latter empty without one."""

    where: str
    policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def decide(self, scope: Scope) -> Any:
        """One dict of outputs, a list of them, or the aggregated number; DiagramError when the table cannot say."""
        columns = [column.names(scope) for column in self.inputs]
        hits = (rule for rule in self.rules if rule.matches(columns))
        return _POLICIES[self.policy](self, hits, scope)

    def results(self, rule: Rule, scope: Scope) -> Outputs:
        """The outputs of one row."""
        pairs = zip(self.outputs, rule.outputs, strict=True)
        return {output.name: output.value(entry, scope, rule.where) for output, entry in pairs}

    def defaults(self, scope: Scope) -> Outputs:
        """What holds when no rule matches: the default entries (null beside them), or nothing."""
        if all(output.default is None for output in self.outputs):
            return {}
        return {o.name: None if o.default is None else o.value(o.default, scope, o.where) for o in self.outputs}

    def ranked(self, hits: Iterator[Rule], scope: Scope) -> list[Outputs]:
        """The outputs of all hits by outputValues, left column first; equals in the order of the rules."""
        ordered = [output for output in self.outputs if output.order]
        found = [self.results(rule, scope) for rule in hits]
        return sorted(found, key=lambda result: tuple(output.rank(result[output.name]) for output in ordered))


def _names(rules: list[Rule]) -> str:
    shown = ", ".join(rule.name for rule in rules[:10])
    return shown if len(rules) <= 10 else f"{shown}, …"


def _unique(table: Table, hits: Iterator[Rule], scope: Scope) -> Outputs:
    found = list(hits)
    if len(found) > 1:
        raise refuse(
            "not_unique", f"命中策略 UNIQUE 下有多条规则同时成立:{_names(found)}",
            f"several rules match under hit policy UNIQUE: {_names(found)}", table.where,
        )  # fmt: skip
    return table.results(found[0], scope) if found else table.defaults(scope)


def _first(table: Table, hits: Iterator[Rule], scope: Scope) -> Outputs:
    found = next(hits, None)
    return table.defaults(scope) if found is None else table.results(found, scope)


def _any(table: Table, hits: Iterator[Rule], scope: Scope) -> Outputs:
    found = [(rule, table.results(rule, scope)) for rule in hits]
    if not found:
        return table.defaults(scope)
    first = found[0][1]
    other = [rule for rule, result in found if not all(_same(result[name], value) for name, value in first.items())]
    if other:
        names = _names([found[0][0], *other])
        raise refuse(
            "not_same", f"命中策略 ANY 下同时成立的规则结果不同:{names}",
            f"matching rules give different outputs under hit policy ANY: {names}", table.where,
        )  # fmt: skip
    return first


def _priority(table: Table, hits: Iterator[Rule], scope: Scope) -> Outputs:
    found = table.ranked(hits, scope)
    return found[0] if found else table.defaults(scope)


def _or_defaults(table: Table, found: list[Outputs], scope: Scope) -> list[Outputs]:
    if found:
        return found
    defaults = table.defaults(scope)
    return [defaults] if defaults else []


def _in_rule_order(table: Table, hits: Iterator[Rule], scope: Scope) -> list[Outputs]:
    return _or_defaults(table, [table.results(rule, scope) for rule in hits], scope)


def _in_output_order(table: Table, hits: Iterator[Rule], scope: Scope) -> list[Outputs]:
    return _or_defaults(table, table.ranked(hits, scope), scope)


def _collect(table: Table, hits: Iterator[Rule], scope: Scope) -> Any:
    found = [table.results(rule, scope) for rule in hits]
    if table.aggregation == "COUNT":
        return len(found)
    found = _or_defaults(table, found, scope)
    if not table.aggregation:
        return found
    name = table.outputs[0].name
    values = [result[name] for result in found]
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        zh, en = f"{table.aggregation} 只能汇总数字:{name}", f"{table.aggregation} needs numbers only: {name}"
        raise refuse("not_number", zh, en, table.where)
    return _AGGREGATORS[table.aggregation](values) if values else None


_AGGREGATORS: Mapping[str, Callable[[list[Any]], Any]] = {"SUM": sum, "MIN": min, "MAX": max, "COUNT": len}
_POLICIES: Mapping[str, Callable[[Table, Iterator[Rule], Scope], Any]] = {
    "UNIQUE": _unique, "FIRST": _first, "ANY": _any, "PRIORITY": _priority,
    "RULE ORDER": _in_rule_order, "OUTPUT ORDER": _in_output_order, "COLLECT": _collect,
}  # fmt: skip
POLICIES = frozenset(_POLICIES)
AGGREGATORS = frozenset(_AGGREGATORS)
