"""Reading decision tables: columns, rows, and whether they fit together."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from engine.diagram.dmn_cells import placed, refuse
from engine.diagram.dmn_reader import Source, child, children, text_of
from engine.diagram.dmn_table import AGGREGATORS, POLICIES, Input, Output, Rule, Table
from engine.diagram.dmn_types import Type
from engine.diagram.dmn_unary import Test
from engine.diagram.expression import Expression

MAX_RULES = 5_000


def read_table(source: Source, element: etree._Element, name: str) -> tuple[Table, frozenset[str]]:
    """A decision table and the names its expressions read; ``name`` is for an only output that has none."""
    where = source.at(element)
    policy, aggregation = _policy(element, where)
    rows = children(element, "rule")
    if len(rows) > MAX_RULES:
        raise refuse("too_many", f"规则超过 {MAX_RULES} 条", f"more than {MAX_RULES} rules", where)
    inputs = [_input(source, clause, number) for number, clause in enumerate(children(element, "input"), 1)]
    clauses = children(element, "output")
    outputs = [_output(source, clause, name if len(clauses) == 1 else "") for clause in clauses]
    _check_outputs(outputs, policy, aggregation, where)
    rules = [_rule(source, row, number, (inputs, outputs)) for number, row in enumerate(rows, 1)]
    optional = {at for rule in rules for at, test in enumerate(rule.tests) if test is not None and test.null}
    columns = (replace(column, optional=at in optional) for at, column in enumerate(inputs))
    table = Table(where, policy, aggregation, tuple(columns), tuple(outputs), tuple(rules))
    return table, frozenset(name for expression in _expressions(table) for name in expression.names)


def _policy(element: etree._Element, where: str) -> tuple[str, str]:
    policy, aggregation = element.get("hitPolicy") or "UNIQUE", element.get("aggregation") or ""
    if policy not in POLICIES:
        raise refuse("policy", f"没有命中策略 {policy}", f"there is no hit policy {policy}", where)
    if aggregation and (aggregation not in AGGREGATORS or policy != "COLLECT"):
        zh, en = f"{policy} 不能与汇总 {aggregation} 同用", f"{policy} cannot be used with aggregation {aggregation}"
        raise refuse("policy", zh, en, where)
    return policy, aggregation


def _label(clause: etree._Element, otherwise: str) -> str:
    return clause.get("label") or otherwise


def _variable(clause: etree._Element) -> str:
    """Camunda's and Operaton's ``inputVariable``: a further name of the value in the cells of its column."""
    names = (value for key, value in clause.attrib.items() if etree.QName(str(key)).localname == "inputVariable")
    return str(next(names, ""))


def _input(source: Source, clause: etree._Element, number: int) -> Input:
    where = source.at(clause)
    element = child(clause, "inputExpression")
    if element is None:
        raise refuse("no_expression", "输入列没有 inputExpression", "the input has no inputExpression", where)
    with placed(where):
        expression = source.cells.value(text_of(element), source.language(element))
    kind = source.types.named(element.get("typeRef") or "", where)
    kind, _ = _listed(source, clause, "inputValues", kind)
    name = _label(clause, text_of(element)) or f"input {number}"
    return Input(name, where, expression, kind, _variable(clause))


def _listed(source: Source, clause: etree._Element, name: str, kind: Type) -> tuple[Type, Test | None]:
    """The type narrowed by the column's ``inputValues`` or ``outputValues``, and these."""
    element = child(clause, name)
    if element is None:
        return kind, None
    where = source.at(element)
    with placed(where):
        test = source.cells.test(text_of(element), source.language(element))
    if test is None:
        return kind, None
    kind.check_test(test, name, where)
    return replace(kind, allowed=(*kind.allowed, test)), test


def _output(source: Source, clause: etree._Element, otherwise: str) -> Output:
    """An output column. The only one may be without name; it has the decision's then."""
    where = source.at(clause)
    name = clause.get("name") or otherwise
    if not name:
        zh, en = "有几个输出列时,每列都要有 name", "an output needs a name when there are several"
        raise refuse("no_name", zh, en, where)
    kind, test = _listed(source, clause, "outputValues", source.types.named(clause.get("typeRef") or "", where))
    order = test.constants if test is not None and test.listed else ()
    element = child(clause, "defaultOutputEntry")
    default = None if element is None else _entry(source, element, name, kind)
    return Output(name, where, kind, order, default)


def _check_outputs(outputs: list[Output], policy: str, aggregation: str, where: str) -> None:
    names = [output.name for output in outputs]
    if not names:
        raise refuse("no_output", "决策表没有输出列", "the table has no output", where)
    if len(set(names)) < len(names):
        raise refuse("twice", "两个输出列同名", "two outputs have the same name", where)
    if aggregation and len(names) > 1:
        zh, en = f"汇总 {aggregation} 只能有一个输出列", f"the aggregation {aggregation} needs a single output"
        raise refuse("policy", zh, en, where)
    if policy in ("PRIORITY", "OUTPUT ORDER") and not any(output.order for output in outputs):
        zh, en = f"{policy} 需要 outputValues 列出的值", f"{policy} needs outputValues that list the values in order"
        raise refuse("no_order", zh, en, where)


def _rule(source: Source, row: etree._Element, number: int, columns: tuple[list[Input], list[Output]]) -> Rule:
    inputs, outputs = columns
    where = source.at(row)
    tests, entries = children(row, "inputEntry"), children(row, "outputEntry")
    if (len(tests), len(entries)) != (len(inputs), len(outputs)):
        raise refuse(
            "cells", f"第 {number} 条规则应有 {len(inputs)} 个输入和 {len(outputs)} 个输出",
            f"rule {number} should have {len(inputs)} input and {len(outputs)} output entries", where,
        )  # fmt: skip
    key = row.get("id")
    return Rule(
        f"{number} ({key})" if key else str(number), where,
        tuple(_test(source, cell, column) for cell, column in zip(tests, inputs, strict=True)),
        tuple(_entry(source, cell, out.name, out.type) for cell, out in zip(entries, outputs, strict=True)),
    )  # fmt: skip


def _test(source: Source, cell: etree._Element, column: Input) -> Test | None:
    where = source.at(cell)
    with placed(where):
        test = source.cells.test(text_of(cell), source.language(cell))
    if test is not None:
        column.type.check_test(test, column.name, where)
    return test


def _entry(source: Source, cell: etree._Element, name: str, kind: Type) -> Expression:
    """One output; an empty cell is null."""
    where = source.at(cell)
    with placed(where):
        text = text_of(cell)
        expression = source.cells.value(text, source.language(cell)) if text else source.cells.value("null", "feel")
    kind.check_constant(expression, name, where)
    return expression


def _expressions(table: Table) -> Iterator[Expression]:
    for column in table.inputs:
        yield column.expression
    for output in table.outputs:
        if output.default is not None:
            yield output.default
    for rule in table.rules:
        yield from rule.outputs
        yield from (test.expression for test in rule.tests if test is not None)
