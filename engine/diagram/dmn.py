"""Decisions for business rule tasks: decision tables and literal expressions of DMN 1.1 to 1.5.

Everything is compiled and checked when a file is read; what would not be run is refused by name. How tables are read
is told in ``docs/dmn.md``.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lxml import etree

from engine.diagram.dmn_cells import placed, refuse
from engine.diagram.dmn_columns import read_table
from engine.diagram.dmn_reader import Source, child, children, open_source, text_of
from engine.diagram.dmn_table import Output, Table
from engine.diagram.dmn_types import plain
from engine.diagram.xml import local_name
from engine.errors import DiagramError, LimitExceeded

MAX_DECISIONS = 200


@dataclass(frozen=True)
class _Literal:
    """A decision that is one expression."""

    column: Output
    expression: Any

    def decide(self, scope: Mapping[str, Any]) -> Any:
        return self.column.value(self.expression, scope, self.column.where)


@dataclass(frozen=True, eq=False)
class Decision:
    """One decision, ready to run.

    ``outputs`` are the names of its columns, none for a literal expression. ``required`` are decided first, each once,
    whatever the values say; what they gave replaces values of the same names.
    """

    id: str
    name: str
    variable: str
    outputs: tuple[str, ...]
    where: str
    required: tuple["Decision", ...] = field(repr=False)
    _logic: Table | _Literal = field(repr=False)
    _aliases: Mapping[str, str] = field(repr=False)

    def decide(self, values: Mapping[str, Any]) -> Any:
        """What the decision gives for ``values``.

        A table with UNIQUE, FIRST, ANY or PRIORITY: one dict, output name → value; no rule matching: the default
        outputs, without defaults ``{}``. RULE ORDER, OUTPUT ORDER and COLLECT: a list of such dicts, with no match
        ``[]`` or the one dict of defaults. COLLECT with COUNT: the number of matching rules; with SUM, MIN, MAX: a
        number, None for no match without default. A literal expression: its value.

        Raises DiagramError with ``file:line id``: a value that is missing or of another type, several rules where one
        may match, an expression that cannot be computed.
        LimitExceeded: a value grows too large.
        """
        return self._decide(values, {})

    def result(self, values: Mapping[str, Any]) -> Any:
        """The same as other decisions see it (DMN 1.3, section 7.3.5): the value alone where there is one output."""
        return self._alone(self.decide(values))

    def offered(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same by names: each output, a list of its values where several rules count; an expression by its name."""
        found = self.decide(values)
        return self._columns(found) if self.outputs else {self.variable or self.id: found}

    @property
    def names(self) -> frozenset[str]:
        """Under which names other decisions read this one."""
        return frozenset({self.id, self.name, self.variable, *self.outputs})

    def _decide(self, values: Mapping[str, Any], decided: dict[str, Any]) -> Any:
        scope = {name: plain(value) for name, value in values.items()}
        for other in self.required:
            if other.id not in decided:
                decided[other.id] = other._decide(values, decided)
            scope.update(other._offered(decided[other.id]))
        scope.update({alias: scope[name] for name, alias in self._aliases.items() if name in scope})
        return self._logic.decide(scope)

    def _alone(self, found: Any) -> Any:
        if len(self.outputs) != 1:
            return found
        if isinstance(found, list):
            return [row[self.outputs[0]] for row in found]
        return found.get(self.outputs[0]) if isinstance(found, dict) else found

    def _offered(self, found: Any) -> dict[str, Any]:
        return self._columns(found) | dict.fromkeys((self.id, self.name, self.variable), self._alone(found))

    def _columns(self, found: Any) -> dict[str, Any]:
        offered: dict[str, Any] = {}
        for name in self.outputs:
            if isinstance(found, list):
                offered[name] = [row[name] for row in found]
            else:
                offered[name] = found.get(name) if isinstance(found, dict) else found
        return offered


def read_decisions(data: bytes, file: str) -> dict[str, Decision]:
    """All decisions of a DMN file by id, in an order in which each comes after those it requires.

    Raises DiagramError with ``file:line id`` for whatever is not safe XML, not DMN, or would not be run.
    """
    source = open_source(data, file)
    elements = _by_id(source)
    found: dict[str, Decision] = {}
    try:
        for key, required in _in_order(source, elements).items():
            found[key] = _decision(source, elements[key], tuple(found[other] for other in required))
    except LimitExceeded as error:  # a constant that is too large is a fault of the file
        raise DiagramError(error.code, error.message_zh, error.message_en, error.where) from error
    return found


def _by_id(source: Source) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for element in children(source.root, "decision"):
        key, where = element.get("id", ""), source.at(element)
        if not key:
            raise refuse("no_id", "决策没有 id", "the decision has no id", where)
        if key in found:
            raise refuse("twice", f"id {key} 重复", f"the id {key} is used twice", where)
        found[key] = element
    if not found:
        raise refuse("no_decision", "文件中没有决策", "there is no decision in the file", source.at(source.root))
    if len(found) > MAX_DECISIONS:
        zh, en = f"决策超过 {MAX_DECISIONS} 个", f"more than {MAX_DECISIONS} decisions"
        raise refuse("too_many", zh, en, source.at(source.root))
    return found


def _in_order(source: Source, elements: Mapping[str, etree._Element]) -> dict[str, list[str]]:
    """The ids of the decisions each one requires; required ones come first."""
    inputs = {element.get("id", "") for element in children(source.root, "inputData")}
    needs = {key: _required(source, element, inputs | elements.keys()) for key, element in elements.items()}
    graph = {key: [other for other in found if other in elements] for key, found in needs.items()}
    try:
        return {key: graph[key] for key in TopologicalSorter(graph).static_order()}
    except CycleError as error:
        round_trip = list(reversed(error.args[1]))
        shown = " → ".join(round_trip[:10])
        raise refuse(
            "cycle", f"决策互相依赖:{shown}", f"decisions require each other: {shown}",
            source.at(elements[round_trip[0]]),
        ) from error  # fmt: skip


def _required(source: Source, decision: etree._Element, known: set[str]) -> list[str]:
    """The ids a decision requires, each once."""
    found: dict[str, None] = {}
    for requirement in children(decision, "informationRequirement"):
        for needed in children(requirement, "requiredDecision", "requiredInput"):
            href = needed.get("href", "")
            if not href.startswith("#") or href[1:] not in known:
                zh, en = f"找不到 {href}(只在本文件内查找)", f"{href} is not in this file"
                raise refuse("not_found", zh, en, source.at(needed))
            found[href[1:]] = None
    return list(found)


def _decision(source: Source, element: etree._Element, required: tuple[Decision, ...]) -> Decision:
    where = source.at(element)
    variable = child(element, "variable")
    key = element.get("id", "")
    name = element.get("name") or key
    called = (variable.get("name") if variable is not None else None) or name
    bodies = children(element, "decisionTable", "literalExpression")
    if len(bodies) != 1:
        zh, en = "应有一个 decisionTable 或 literalExpression", "one decisionTable or literalExpression is expected"
        raise refuse("no_logic", zh, en, where)
    logic: Table | _Literal
    if local_name(bodies[0]) == "decisionTable":
        logic, read = read_table(source, bodies[0], called)
        outputs = tuple(output.name for output in logic.outputs)
    else:
        logic = _literal(source, bodies[0], variable, called)
        read, outputs = logic.expression.names, ()
    found = Decision(key, name, called, outputs, where, required, logic, source.aliases)
    _check_names(found, read)
    return found


def _literal(source: Source, element: etree._Element, variable: etree._Element | None, name: str) -> _Literal:
    where = source.at(element)
    with placed(where):
        expression = source.cells.value(text_of(element), source.language(element))
    declared = element.get("typeRef") or (variable.get("typeRef") if variable is not None else None)
    kind = source.types.named(declared or "", where)
    kind.check_constant(expression, name, where)
    return _Literal(Output(name, where, kind), expression)


def _check_names(decision: Decision, read: frozenset[str]) -> None:
    """Refuses the reading of a name that several required decisions give."""
    given = Counter(name for other in decision.required for name in other.names)
    for name, times in given.items():
        if times > 1 and decision._aliases.get(name, name) in read:
            raise refuse(
                "ambiguous", f"{name} 由几个前置决策给出,请改用决策的名称",
                f"{name} is given by several required decisions; read it by the name of the decision", decision.where,
            )  # fmt: skip
