"""Decision tables: every hit policy, every kind of cell, decisions that require others, and what is refused."""

import datetime
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagram import dmn, dmn_columns
from engine.diagram.dmn import Decision, read_decisions
from engine.diagram.xml import read_xml
from engine.errors import DiagramError, ExpressionError, LimitExceeded

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def text(name: str, written: object, **attributes: str) -> str:
    extra = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{extra}><text>{escape(str(written))}</text></{name}>"


def column(expression: str, kind: str = "", values: str = "") -> str:
    written = text("inputExpression", expression, **({"typeRef": kind} if kind else {}))
    return f"<input>{written}{text('inputValues', values) if values else ''}</input>"


def output(name: str = "o", kind: str = "", values: str = "", default: str = "") -> str:
    inner = text("outputValues", values) if values else ""
    inner += text("defaultOutputEntry", default) if default else ""
    return f'<output name="{name}"{f" typeRef={kind!r}" if kind else ""}>{inner}</output>'


def row(tests: Iterable[object], results: Iterable[object], key: str = "") -> str:
    cells = [text("inputEntry", cell) for cell in tests] + [text("outputEntry", cell) for cell in results]
    return f"<rule{f' id={key!r}' if key else ''}>\n{''.join(cells)}</rule>\n"


def table(*parts: str, policy: str = "UNIQUE", aggregation: str = "") -> str:
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{extra}>\n{"".join(parts)}</decisionTable>'


def decision(body: str, key: str = "d", name: str = "D", needs: Iterable[str] = (), variable: str = "") -> str:
    required = "".join(
        f'<informationRequirement><required{"Input" if other.startswith("in") else "Decision"} href="#{other}"/>'
        "</informationRequirement>"
        for other in needs
    )
    return f'<decision id="{key}" name="{name}">{variable}{required}{body}</decision>\n'


def definitions(*parts: str, namespace: str = DMN13, language: str = "") -> bytes:
    extra = f' expressionLanguage="{language}"' if language else ""
    root = f'<definitions xmlns="{namespace}" id="x" name="x" namespace="x"{extra}>'
    return f"{root}\n{''.join(parts)}</definitions>".encode()


def read(*parts: str, key: str = "d", **attributes: str) -> Decision:
    return read_decisions(definitions(*parts, **attributes), "t.dmn")[key]


def one_cell(cell: str, kind: str = "") -> Decision:
    """A table that says whether ``x`` passes ``cell``."""
    return read(decision(table(column("x", kind), output(default="false"), row([cell], ["true"]))))


def passes(cell: str, value: object, **others: object) -> Any:
    return one_cell(cell).decide({"x": value, **others})["o"]


def refusal(*parts: str, **attributes: str) -> DiagramError:
    with pytest.raises(DiagramError) as caught:
        read(*parts, **attributes)
    assert caught.value.where.startswith("t.dmn:")
    return caught.value


# Hit policies

SIZES = [row(["< 10"], ['"small"'], "s"), row(["> 5"], ['"big"'], "b"), row(["[7..8]"], ['"odd"'])]
ORDER = '"odd", "big", "small"'


def sizes(policy: str, aggregation: str = "", **columns: str) -> Decision:
    return read(decision(table(column("x"), output(**columns), *SIZES, policy=policy, aggregation=aggregation)))


def test_unique_gives_the_one_matching_rule() -> None:
    assert sizes("UNIQUE").decide({"x": 3}) == {"o": "small"}
    assert sizes("UNIQUE").decide({"x": 10}) == {"o": "big"}


def test_unique_with_several_matching_rules_names_them() -> None:
    with pytest.raises(DiagramError) as caught:
        sizes("UNIQUE").decide({"x": 7})
    assert caught.value.code == "dmn.not_unique"
    assert "1 (s), 2 (b), 3" in caught.value.message_en and "1 (s), 2 (b), 3" in caught.value.message_zh
    assert caught.value.where.startswith("t.dmn:2 ")


def test_first_gives_the_first_matching_rule_and_looks_no_further() -> None:
    assert sizes("FIRST").decide({"x": 7}) == {"o": "small"}
    later = [row(["1"], ["1"]), row(["missing"], ["2"])]
    assert read(decision(table(column("x"), output(), *later, policy="FIRST"))).decide({"x": 1}) == {"o": 1}


def test_any_takes_equal_outputs_and_refuses_different_ones() -> None:
    rows = [row(["< 10"], ["1"], "a"), row(["> 5"], ["1.0"], "b"), row(["7"], ["true"], "c")]
    found = read(decision(table(column("x"), output(), *rows, policy="ANY")))
    assert found.decide({"x": 6}) == {"o": 1}
    with pytest.raises(DiagramError, match=r"1 \(a\), 3 \(c\)") as caught:
        found.decide({"x": 7})
    assert caught.value.code == "dmn.not_same"


def test_priority_takes_the_output_listed_first() -> None:
    found = sizes("PRIORITY", values=ORDER)
    assert [found.decide({"x": x})["o"] for x in (3, 6, 7)] == ["small", "big", "odd"]


def test_output_order_sorts_by_the_listed_outputs_and_rule_order_does_not() -> None:
    assert sizes("OUTPUT ORDER", values=ORDER).decide({"x": 8}) == [{"o": "odd"}, {"o": "big"}, {"o": "small"}]
    for policy in ("RULE ORDER", "COLLECT"):
        assert sizes(policy, values=ORDER).decide({"x": 8}) == [{"o": "small"}, {"o": "big"}, {"o": "odd"}]


def test_the_order_of_several_outputs_counts_from_the_left_and_skips_unlisted_columns() -> None:
    columns = output("a", values="2, 1"), output("free"), output("b", values='"x", "y"')
    rows = [row(["-"], [1, 9, '"x"']), row(["-"], [2, 8, '"y"']), row(["-"], [2, 7, '"x"'])]
    found = read(decision(table(column("x"), *columns, *rows, policy="OUTPUT ORDER"))).decide({"x": 0})
    assert [line["free"] for line in found] == [7, 8, 9]


def test_outputs_of_equal_rank_stay_in_the_order_of_the_rules() -> None:
    columns = output("a", values="true, 1"), output("n")
    rows = [row([], [1, 1]), row([], ["true", 2]), row([], ["true", 3])]
    assert read(decision(table(*columns, *rows, policy="PRIORITY"))).decide({}) == {"a": True, "n": 2}


@pytest.mark.parametrize(
    ("aggregation", "at_7", "at_20"), [("SUM", 6, 2), ("MIN", 1, 2), ("MAX", 3, 2), ("COUNT", 3, 1)]
)
def test_collect_with_an_aggregator_gives_a_number(aggregation: str, at_7: int, at_20: int) -> None:
    rows = [row(["< 10"], ["1"]), row(["> 5"], ["2"]), row(["[7..8]"], ["3"])]
    found = read(decision(table(column("x"), output(), *rows, policy="COLLECT", aggregation=aggregation)))
    assert found.decide({"x": 7}) == at_7
    result = found.decide({"x": 20})
    assert result == {"COUNT": 1}.get(aggregation, at_20) and isinstance(result, int)


def test_aggregators_take_numbers_only() -> None:
    for policy in ("SUM", "MIN", "MAX"):
        with pytest.raises(DiagramError) as caught:
            sizes("COLLECT", policy).decide({"x": 3})
        assert caught.value.code == "dmn.not_number"
    assert sizes("COLLECT", "COUNT").decide({"x": 7}) == 3


@pytest.mark.parametrize(
    ("policy", "aggregation", "plain", "with_default"),
    [
        ("UNIQUE", "", {}, {"o": 4}), ("FIRST", "", {}, {"o": 4}), ("ANY", "", {}, {"o": 4}),
        ("PRIORITY", "", {}, {"o": 4}), ("RULE ORDER", "", [], [{"o": 4}]), ("OUTPUT ORDER", "", [], [{"o": 4}]),
        ("COLLECT", "", [], [{"o": 4}]), ("COLLECT", "SUM", None, 4), ("COLLECT", "MIN", None, 4),
        ("COLLECT", "MAX", None, 4), ("COLLECT", "COUNT", 0, 0),
    ],
)  # fmt: skip
def test_without_a_match_the_defaults_hold(policy: str, aggregation: str, plain: Any, with_default: Any) -> None:
    for default, expected in (("", plain), ("2 * 2", with_default)):
        columns = column("x"), output(values="1, 4", default=default), row(["1"], ["1"])
        assert read(decision(table(*columns, policy=policy, aggregation=aggregation))).decide({"x": 2}) == expected


def test_an_output_without_default_is_null_beside_one_with_default() -> None:
    assert read(decision(table(output("a", default="y"), output("b")))).decide({"y": 3}) == {"a": 3, "b": None}


# Cells


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", [1, "a", None, True], []),
        ("", [1, None], []),
        ("5", [5, 5.0], [4, "5", None]),
        ("1", [1, 1.0], [True, 0]),
        ("0", [0], [False, None]),
        ("-5, -2.5", [-5, -2.5], [5]),
        ("1.50", [1.5], [1]),
        ('"a"', ["a"], ["b", None]),
        ('"a", "b,c", "not(d)"', ["a", "b,c", "not(d)"], ["b", "c", "d"]),
        ("true", [True], [1, False, None]),
        ("false", [False], [0, None]),
        ("null", [None], [0, "", False]),
        ("not(null)", [0, "", False], [None]),
        ('null, "a"', [None, "a"], ["b"]),
        ("< 5", [4, 4.9], [5, None, True]),
        ("<= 5", [5], [5.1]),
        ("> 5", [5.1], [5]),
        (">= 5", [5], [4]),
        ("<=-5", [-5], [-4]),
        ("[1..10]", [1, 10], [0.9, 10.1, None, True]),
        ("(1..10]", [1.1, 10], [1]),
        ("]1..10]", [1.1, 10], [1]),
        ("[1..10)", [1, 9.9], [10]),
        ("[1..10[", [1, 9.9], [10]),
        ("]1..10[", [1.1, 9.9], [1, 10]),
        ("(1..10)", [1.1, 9.9], [1, 10]),
        ("(1 + 1..(2 + 3) * 2]", [2.1, 10], [2, 10.1]),
        ('["b".."d"]', ["b", "c"], ["a", "e"]),
        ("< 2, [4..5], ]7..9[, 12", [1, 4, 8, 12], [2, 7, 9, 11]),
        ("not(5)", [4], [5, True, False]),
        ('not("a", "b")', ["c", None], ["a", "b"]),
        ("not(< 5)", [5], [4, None, True]),
        ("not([1..3], 7)", [0, 4], [1, 3, 7, None]),
        ("not(null, < 5)", [5], [4, None]),
        ("not(true)", [False, None], [True]),
        ("not([1..3), 7)", [0, 3, 4], [1, 7]),
        ("not(]1..3[)", [1, 3], [2]),
        ("not(? = 1), [5..7)", [2, 5, 6], [1]),
        ("not(? = 1) and not(? = 2)", [3], [1, 2]),
        ("? > 5 and ? < 9", [6], [5, 9]),
        ("? < 2 or ? in (5, 6)", [1, 5], [2]),
        ("not(? > 5 and ? < 9)", [5], [6]),
        ("not(? = 1) or ? = 1", [1, 2], []),
        ("? * ? = 9", [3, -3], [2]),
        ("= 5", [5], [4]),
        ("3 + 2", [5], [4]),
        ("if 1 < 2 then 5 else 6", [5], [6]),
        ('date("2026-01-02")', ["2026-01-02", datetime.date(2026, 1, 2)], ["2026-01-03"]),
        ('[date("2026-01-02")..date("2026-02-01")]', ["2026-01-31"], ["2026-02-02", None]),
    ],
)  # fmt: skip
def test_a_cell_passes_what_feel_says(cell: str, yes: list[Any], no: list[Any]) -> None:
    for value in yes:
        assert passes(cell, value) is True, value
    for value in no:
        assert passes(cell, value) is False, value


def test_cells_compare_with_other_values_by_name() -> None:
    assert passes("y", 5, y=5) and not passes("y", 5, y=6)
    assert passes("< y, z.limit", 7, y=1, z={"limit": 7})
    assert passes("[y..y + 2]", 6, y=4) and not passes("[y..y + 2]", 7, y=4)
    assert passes("y > 3", "anything", y=4)


def test_values_without_order_are_an_error_with_the_place_of_the_rule() -> None:
    with pytest.raises(ExpressionError) as caught:
        passes("< 5", "a")
    assert caught.value.where == "t.dmn:3 rule"


def test_a_missing_value_is_an_error_unless_a_cell_asks_for_null() -> None:
    with pytest.raises(ExpressionError) as caught:
        one_cell("5").decide({})
    assert caught.value.code == "expression.unknown_name" and caught.value.where == "t.dmn:3 input"
    assert one_cell("null").decide({}) == {"o": True}
    path = read(decision(table(column("a.b"), output(), row(["null"], ["1"]), row(["not(null)"], ["2"]))))
    given: list[dict[str, Any]] = [{}, {"a": {}}, {"a": {"b": None}}, {"a": {"b": 0}}]
    assert [path.decide(values)["o"] for values in given] == [1, 1, 1, 2]


def test_outputs_are_expressions_and_an_empty_one_is_null() -> None:
    results = ["x * 2", "", '"餐饮"', "null", 'date("2026-01-02")', "x / 2", "if x > 1 then a.b else 0", "-1"]
    names = [output(f"o{n}") for n in range(len(results))]
    found = read(decision(table(column("x"), *names, row(["-"], results)))).decide({"x": 3, "a": {"b": [1]}})
    assert list(found.values()) == [6, None, "餐饮", None, "2026-01-02", 1.5, [1], -1]


def test_an_only_output_without_name_has_the_decisions_name() -> None:
    body = table("<output/>", row([], ["1"]))
    assert read(decision(body)).decide({}) == {"D": 1}
    assert read(decision(body, variable='<variable name="v"/>')).decide({}) == {"v": 1}


def test_camundas_input_variable_names_the_value_in_its_column() -> None:
    clause = '<input xmlns:c="urn:c" c:inputVariable="v">' + text("inputExpression", "x + 1") + "</input>"
    found = read(decision(table(clause, output(), row(["v > 5 and cellInput < 9"], ["1"]), policy="FIRST")))
    assert [found.decide({"x": x}) for x in (4, 5, 8)] == [{}, {"o": 1}, {}]


# Types


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("number", [1, 1.5, None], ["1", True]),
        ("feel:number", [1], ["1"]),
        ("integer", [1], [1.5, False]),
        ("long", [1], [1.5]),
        ("double", [1, 1.5], ["1.5"]),
        ("string", ["", "a"], [1]),
        ("boolean", [True, False], [1, "true"]),
        ("date", ["2026-01-02", datetime.date(2026, 1, 2)], ["2026-13-01", "20260102", 5]),
        ("Any", [1, "a", [1]], []),
    ],
)
def test_values_have_the_type_of_their_column(kind: str, good: list[Any], bad: list[Any]) -> None:
    into = one_cell("-", kind)
    out = read(decision(table(output("o", kind), row([], ["x"]))))
    for value in good:
        assert into.decide({"x": value}) == {"o": True}
        out.decide({"x": value})
    for value in bad:
        for found in (into, out):
            with pytest.raises(DiagramError) as caught:
                found.decide({"x": value})
            assert caught.value.code == "dmn.type"


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("number", '"a"'), ("number", "true"), ("number", '["a".."b"]'), ("string", "5"), ("string", "< 5"),
        ("date", '"x"'),
    ],
)  # fmt: skip
def test_cells_of_another_type_are_refused_when_the_file_is_read(kind: str, cell: str) -> None:
    error = refusal(decision(table(column("x", kind), output(), row([cell], ["1"]))))
    assert error.code == "dmn.type" and error.where == "t.dmn:4 inputEntry"


def test_values_outside_the_listed_ones_are_refused() -> None:
    found = read(decision(table(column("x", "number", "[1..5], 9"), output("o", "", "1, 2"), row(["-"], ["y"]))))
    assert found.decide({"x": 9, "y": 2}) == {"o": 2}
    assert found.decide({"x": None, "y": None}) == {"o": None}
    for values in ({"x": 6, "y": 1}, {"x": 1, "y": 3}):
        with pytest.raises(DiagramError) as caught:
            found.decide(values)
        assert caught.value.code == "dmn.not_allowed"
    error = refusal(decision(table(output("o", "", "1, 2"), row([], ["3"]))))
    assert error.code == "dmn.not_allowed" and error.where == "t.dmn:4 outputEntry"


def test_item_definitions_narrow_a_type() -> None:
    items = (
        f'<itemDefinition name="Level"><typeRef>Small</typeRef>{text("allowedValues", "1, 2, 3")}</itemDefinition>'
        f'<itemDefinition name="Small"><typeRef>number</typeRef>{text("allowedValues", "< 3")}</itemDefinition>'
        '<itemDefinition name="Person"><itemComponent name="age"/></itemDefinition>'
    )
    found = read(items, decision(table(column("x", "Level"), output(), row(["-"], ["1"]))))
    assert found.decide({"x": 2}) == {"o": 1}
    for value in (3, 0, "a"):
        with pytest.raises(DiagramError):
            found.decide({"x": value})
    assert "itemComponent" in str(refusal(items, decision(table(column("x", "Person"), output()))))


# Decisions that require others

AGE = decision(
    table(column("age"), output("group"), row(["< 18"], ['"child"']), row([">= 18"], ['"adult"'])), "a", "Age Group"
)


@pytest.mark.parametrize("name", ["a", "Age Group", "group", "the_age"])
def test_a_required_decision_is_read_by_each_of_its_names(name: str) -> None:
    age = AGE.replace("<decisionTable", '<variable name="the_age"/><decisionTable', 1)
    price = decision(
        table(column(name), output("price"), row(['"child"'], ["5"]), row(["-"], ["9"]), policy="FIRST"), needs=["a"]
    )
    found = read(price, age)
    assert found.decide({"age": 3, "group": "given", "a": "given"}) == {"price": 5}
    assert found.decide({"age": 30}) == {"price": 9}


def test_several_outputs_are_a_context_and_several_hits_a_list() -> None:
    pair = decision(table(output("u"), output("v"), row([], [1, 2])), "p", "P")
    many = decision(table(output("w"), row([], [1]), row([], [2]), policy="COLLECT"), "m", "M")
    total = decision(table(output("n"), row([], [1]), row([], [2]), policy="COLLECT", aggregation="SUM"), "s", "S")
    body = table(*[output(f"o{n}") for n in range(6)], row([], ["P.v", "u", "w", "M", "n", "S"]))
    found = read(pair, many, total, decision(body, needs=["p", "m", "s"]))
    assert list(found.decide({}).values()) == [2, 1, [1, 2], [1, 2], 3, 3]
    assert found.required[0].result({}) == {"u": 1, "v": 2}
    assert [other.result({}) for other in found.required[1:]] == [[1, 2], 3]


def test_a_result_is_offered_by_the_names_of_its_outputs() -> None:
    rows = output("a"), output("b"), row([], [1, 2]), row([], [3, 4])
    assert read(decision(table(*rows, policy="COLLECT"))).offered({}) == {"a": [1, 3], "b": [2, 4]}
    assert read(decision(table(*rows, policy="FIRST"))).offered({}) == {"a": 1, "b": 2}
    assert read(decision(table(*rows[:2]))).offered({}) == {"a": None, "b": None}
    assert sizes("COLLECT", "COUNT").offered({"x": 7}) == {"o": 3}
    assert read(decision(LITERAL)).offered({}) == {"D": 1}


def test_a_name_given_by_two_required_decisions_is_refused_where_it_is_read() -> None:
    both = [decision(table(output("o"), row([], [n])), key, key.upper()) for n, key in enumerate("ab")]
    assert read(*both, decision(text("literalExpression", "a + b"), needs="ab")).decide({}) == 1
    error = refusal(*both, decision(text("literalExpression", "o"), needs="ab"))
    assert error.code == "dmn.ambiguous"


def test_literal_expressions_are_decisions() -> None:
    found = read(
        '<inputData id="in1" name="Guest Count"/>',
        decision(text("literalExpression", "Guest Count * 2"), needs=["in1"]),
    )
    assert found.decide({"Guest Count": 4}) == found.result({"Guest Count": 4}) == 8
    typed = read(decision(text("literalExpression", "x"), variable='<variable name="D" typeRef="number"/>'))
    with pytest.raises(DiagramError, match="type number"):
        typed.decide({"x": "a"})


def test_each_required_decision_is_decided_once() -> None:
    """Forty layers of two, each requiring both of the layer below: 2 to the 40th decisions if nothing were kept."""
    parts = [decision(text("literalExpression", "1"), key, key) for key in ("a0", "b0")]
    for layer in range(1, 41):
        below = [f"a{layer - 1}", f"b{layer - 1}"]
        parts += [
            decision(text("literalExpression", " + ".join(below)), f"{key}{layer}", f"{key}{layer}", below)
            for key in "ab"
        ]
    found = read(*reversed(parts), key="a40")
    assert found.decide({}) == 2**40
    assert "b40" not in repr(found) and len(repr(found)) < 500


def test_values_cannot_grow_without_bound() -> None:
    parts = [decision(text("literalExpression", "[1, 1]", expressionLanguage="binglian"), "x0", "x0")]
    for n in range(1, 25):
        body = text("literalExpression", f"[x{n - 1}, x{n - 1}]", expressionLanguage="binglian")
        parts.append(decision(body, f"x{n}", f"x{n}", [f"x{n - 1}"]))
    with pytest.raises(LimitExceeded) as caught:
        read(*parts, key="x24").decide({})
    assert caught.value.where.startswith("t.dmn:") and caught.value.where.endswith(" literalExpression")
    assert refusal(decision(text("literalExpression", f"{2**300} * 2"))).code == "expression.too_large"


@pytest.mark.parametrize("needs", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "a", "d": "a"}])
def test_decisions_in_a_circle_are_refused_with_their_names(needs: dict[str, str]) -> None:
    error = refusal(*(decision(text("literalExpression", "1"), key, key, [other]) for key, other in needs.items()))
    assert error.code == "dmn.cycle"
    assert "a → b" in error.message_en or "b → c" in error.message_en or needs == {"a": "a"}


def test_decisions_come_in_an_order_in_which_each_follows_what_it_requires() -> None:
    parts = [
        decision(text("literalExpression", "1"), key, key, other) for key, other in (("c", "b"), ("b", "a"), ("a", ""))
    ]
    assert list(read_decisions(definitions(*parts), "t.dmn")) == ["a", "b", "c"]


# Languages and names


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/", DMN13,
        "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)  # fmt: skip
def test_every_version_is_read(namespace: str) -> None:
    assert read(decision(table(output(), row([], ["1"]))), namespace=namespace).decide({}) == {"o": 1}


@pytest.mark.parametrize(
    "language", ["feel", "http://www.omg.org/spec/FEEL/20140401", "https://www.omg.org/spec/DMN/20191111/FEEL/"]
)
def test_feel_has_many_names(language: str) -> None:
    found = read(decision(table(column("x"), output(), row(["[1..2]"], ["x"]))), language=language)
    assert found.decide({"x": 2}) == {"o": 2}


def test_juel_and_our_own_language_are_run_where_the_file_says_so() -> None:
    def of(language: str, *cells: str) -> Decision:
        inputs = "<input>" + text("inputExpression", cells[0], expressionLanguage=language) + "</input>"
        rule = text("inputEntry", cells[1], expressionLanguage=language)
        rule += text("outputEntry", cells[2], expressionLanguage=language)
        return read(decision(table(inputs, output(), f"<rule>{rule}</rule>")))

    assert of("juel", "x", "${cellInput > 5 && y}", "${x ? 1 : 2}").decide({"x": 6, "y": True}) == {"o": 1}
    assert of("feel", "${x}", "#{cellInput == 'a'}", "${x}").decide({"x": "a"}) == {"o": "a"}
    assert of("binglian", "len(x)", "cellInput in (1, 2)", "x[0]").decide({"x": "ab"}) == {"o": "a"}
    assert of("binglian", "len(x)", "-", "").decide({"x": "ab"}) == {"o": None}
    assert of("groovy", "x", "-", "-1").decide({"x": 0}) == {"o": -1}


@pytest.mark.parametrize("language", ["groovy", "javascript", "http://www.w3.org/1999/XPath", "python"])
def test_scripts_are_refused_by_name(language: str) -> None:
    call, total, test = (
        text(name, written, expressionLanguage=language)
        for name, written in (("literalExpression", "x.y()"), ("literalExpression", "x + 1"), ("inputEntry", "x"))
    )
    for part in (call, total, table(column("x"), output(), f"<rule>{test}{text('outputEntry', 1)}</rule>")):
        assert language[:20] in str(refusal(decision(part)))


def test_names_of_several_words_are_read_longest_first() -> None:
    data = [
        f'<inputData id="in{n}" name="{name}"/>'
        for n, name in enumerate(["Age", "Age Group", "Age Group-2", "a&amp;b"])
    ]
    body = table(*[output(f"o{n}") for n in range(4)], row([], ["Age", "Age  Group", "Age Group - 2", "x.Age + 1"]))
    values = {"Age": 1, "Age Group": 2, "Age Group-2": 3, "x": {"Age": 4}}
    assert list(read(*data, decision(body)).decide(values).values()) == [1, 2, 3, 5]
    with pytest.raises(ExpressionError, match="Age_Group"):
        read(*data, decision(text("literalExpression", "Age Group"))).decide({})
    assert "Group" in str(refusal(*data, decision(text("literalExpression", "x.Age Group"))))


# What is refused

LITERAL = text("literalExpression", "1")
RULE = row(["1"], ["1"])


@pytest.mark.parametrize(
    ("parts", "code", "place", "words"),
    [
        ([], "no_decision", "1 x", ""),
        (["<decision/>"], "no_id", "2 decision", ""),
        ([decision(LITERAL), decision(LITERAL)], "twice", "3 d", "d"),
        ([decision("")], "no_logic", "2 d", ""),
        ([decision(LITERAL + LITERAL)], "twice", "2 literalExpression", "literalExpression"),
        ([decision(LITERAL + table(output()))], "no_logic", "2 d", ""),
        ([decision("<context/>")], "unsupported", "2 context", "context"),
        ([decision("<invocation id='i'/>")], "unsupported", "2 i", "invocation"),
        ([decision("<knowledgeRequirement/>" + LITERAL)], "unsupported", "2 knowledgeRequirement", "knowledgeReq"),
        (["<businessKnowledgeModel id='k'/>"], "unsupported", "2 k", "businessKnowledgeModel"),
        (["<decisionService id='k'/>"], "unsupported", "2 k", "decisionService"),
        (["<import id='k'/>"], "unsupported", "2 k", "import"),
        (["<e xmlns='urn:x'/>"], "unsupported", "2 e", "e"),
        ([decision("<literalExpression><importedValues/></literalExpression>")], "unsupported", "2 imp", "imported"),
        ([decision("<literalExpression><text>1<b/></text></literalExpression>")], "unsupported", "2 b", "b"),
        ([decision("<literalExpression><text>1</text><text>2</text></literalExpression>")], "twice", "2 text", ""),
        ([decision(LITERAL, needs=["other"])], "not_found", "2 requiredDecision", "#other"),
        ([decision(LITERAL, needs=["d"]).replace("#d", "f#d")], "not_found", "2 requiredDecision", "f#d"),
        ([decision(table(output(), policy="BEST"))], "policy", "2 decisionTable", "BEST"),
        ([decision(table(output(), policy="COLLECT", aggregation="AVG"))], "policy", "2 decisionTable", "AVG"),
        ([decision(table(output(), aggregation="SUM"))], "policy", "2 decisionTable", "SUM"),
        ([decision(table(output("a"), output("b"), policy="COLLECT", aggregation="MIN"))], "policy", "2 dec", "MIN"),
        ([decision(table())], "no_output", "2 decisionTable", ""),
        ([decision(table("<output/>", "<output/>"))], "no_name", "3 output", ""),
        ([decision(table(output("a"), output("a")))], "twice", "2 decisionTable", ""),
        ([decision(table(output(), policy="PRIORITY"))], "no_order", "2 decisionTable", "outputValues"),
        ([decision(table(output(values="[1..5]"), policy="OUTPUT ORDER"))], "no_order", "2 dec", "outputValues"),
        ([decision(table("<input/>", output()))], "no_expression", "3 input", ""),
        ([decision(table(column("x"), output(), row([], ["1"], "r")))], "cells", "3 r", "rule 1"),
        ([decision(table(column("x"), output(), row(["1"], [])))], "cells", "3 rule", "rule 1"),
        ([decision(table(column("x", "time"), output()))], "type", "3 input", "time"),
        ([decision(table(output("o", "number"), row([], ['"a"'])))], "type", "4 outputEntry", "number"),
        ([decision(table(output("o", "number", default='"a"')))], "type", "3 defaultOutputEntry", "number"),
        (['<itemDefinition name="T"><typeRef>T</typeRef></itemDefinition>',
          decision(table(column("x", "T"), output()))], "type", "3 input", "T"),
        (['<itemDefinition name="T" isCollection="true"><typeRef>number</typeRef></itemDefinition>',
          decision(table(column("x", "T"), output()))], "type", "3 input", "isCollection"),
    ],
)  # fmt: skip
def test_files_that_would_not_be_run_are_refused(parts: list[str], code: str, place: str, words: str) -> None:
    error = refusal(*parts)
    assert error.code == f"dmn.{code}"
    assert error.where.startswith(f"t.dmn:{place}")
    assert words in error.message_en and error.message_zh


@pytest.mark.parametrize(
    "cell",
    [
        "1,", ",1", "1,,2", "()", "[1..", "1..2", "[1..2] and ?", "< 1 and ? > 2", "[1,2]", "<", "not(1", "not()",
        "? + 1", "? = null", "not([1..2)", "x instance of number", "every y in x satisfies y",
        "function(x) x", 'date("2026-02-30")',
        "date(x)", 'date("2026-01-02", 5)', '"date"("2026-01-02")',
        'date and time("2026-01-02T03:04:05")', "sum(?)", "{a: 1}", "@x", '"open', "a b", "__class__", "[1..2]]",
        "5 6",
        "< null", "between(1)", "1; 2", "x[1]", "(" * 300, "1" * 2001, ", ".join(["?"] * 700),
    ],
)  # fmt: skip
def test_cells_that_cannot_be_translated_are_refused_with_their_place(cell: str) -> None:
    error = refusal(decision(table(column("x"), output(), row([cell], ["1"]))))
    assert isinstance(error, ExpressionError) and error.where == "t.dmn:4 inputEntry"


@pytest.mark.parametrize(
    "cell", ["-", "?", "[1, 2]", "1, 2", "< 5", "sum(x)", "1 / 0", "for x in y return x", "=", "a b"]
)
def test_outputs_that_cannot_be_computed_are_refused_with_their_place(cell: str) -> None:
    error = refusal(decision(table(column("x"), output(), row(["1"], [cell]))))
    assert error.where == "t.dmn:4 outputEntry"


def test_a_cell_that_is_no_test_is_an_error_when_it_runs() -> None:
    with pytest.raises(ExpressionError) as caught:
        passes("?", 5)
    assert caught.value.code == "dmn.not_truth"
    assert passes("?", True) is True


def test_a_file_has_a_bounded_number_of_rules_and_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dmn_columns, "MAX_RULES", 2)
    monkeypatch.setattr(dmn, "MAX_DECISIONS", 1)
    assert refusal(decision(table(output(), *[row([], [1])] * 3))).code == "dmn.too_many"
    assert refusal(decision(LITERAL), decision(LITERAL, "e")).code == "dmn.too_many"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "diagram.empty"),
        (b"<a>", "diagram.not_xml"),
        (b"<a/>", "dmn.not_dmn"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "dmn.not_dmn"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', "diagram.doctype"),
        (b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>', "diagram.doctype"),
        (b"<a>" + b" " * 5_000_000 + b"</a>", "diagram.too_large"),
        (b"<a>" + b"<b/>" * 90_000 + b"</a>", "diagram.too_many_elements"),
    ],
)
def test_xml_is_read_safely(data: bytes, code: str) -> None:
    with pytest.raises(DiagramError) as caught:
        read_decisions(data, "t.dmn")
    assert caught.value.code == code and "t.dmn" in caught.value.where


def test_comments_drawings_and_notes_do_not_matter() -> None:
    noted = decision(
        "<description>why</description><extensionElements><z xmlns='urn:z'/></extensionElements><question>?</question>"
        "<authorityRequirement><requiredAuthority href='#k'/></authorityRequirement>"
        + table(output(), "<annotation name='n'/>", row([], ["<!-- one -->1".replace("<!-- one -->", "")]))
    )
    drawing = '<d:DMNDI xmlns:d="https://www.omg.org/spec/DMN/20191111/DMNDI/"><d:DMNDiagram/></d:DMNDI>'
    source = definitions(
        "<knowledgeSource id='k' name='law'/><textAnnotation><text>t</text></textAnnotation>", noted, drawing
    )
    source = source.replace(b"<text>1</text>", b"<text>1<!-- one --> + <![CDATA[1]]></text>")
    assert read_decisions(source, "t.dmn")["d"].decide({}) == {"o": 2}
    assert read_xml(source, "t.dmn").get("id") == "x"


# Random tables against a plain reading of the same ranges

ENDS = st.integers(-6, 6)
RANGE = st.tuples(st.sampled_from("[(]"), ENDS, ENDS, st.sampled_from("])["))
CELL = st.none() | st.tuples(st.booleans(), st.lists(RANGE, min_size=1, max_size=3))
RULES = st.lists(st.tuples(CELL, CELL, ENDS), max_size=6)
Cell = tuple[bool, list[tuple[str, int, int, str]]] | None


def said(cell: Cell) -> str:
    if cell is None:
        return "-"
    tests = ", ".join(f"{opening}{low}..{high}{closing}" for opening, low, high, closing in cell[1])
    return f"not({tests})" if cell[0] else tests


def meant(cell: Cell, value: float) -> bool:
    if cell is None:
        return True
    inside = False
    for opening, low, high, closing in cell[1]:
        above = value >= low if opening == "[" else value > low
        below = value <= high if closing == "]" else value < high
        inside = inside or (above and below)
    return inside is not cell[0]


@given(RULES, st.lists(st.tuples(ENDS | st.floats(-7, 7), ENDS), min_size=1, max_size=5))
def test_random_tables_match_what_their_ranges_say(
    rules: list[tuple[Cell, Cell, int]], points: list[tuple[float, int]]
) -> None:
    columns = [column("x", "number"), column("y"), output(default="99")]
    rows = [row([said(a), said(b)], [result]) for a, b, result in rules]
    read_as = {
        policy: read(decision(table(*columns, *rows, policy=policy))) for policy in ("UNIQUE", "FIRST", "COLLECT")
    }
    for x, y in points:
        expected = [{"o": result} for a, b, result in rules if meant(a, x) and meant(b, y)]
        values = {"x": x, "y": y}
        assert read_as["COLLECT"].decide(values) == (expected or [{"o": 99}])
        assert read_as["FIRST"].decide(values) == (expected or [{"o": 99}])[0]
        if len(expected) > 1:
            with pytest.raises(DiagramError, match="several rules match"):
                read_as["UNIQUE"].decide(values)
        else:
            assert read_as["UNIQUE"].decide(values) == (expected or [{"o": 99}])[0]


WORDS = st.sampled_from(
    ["x", "?", "y", "1", "0.5", "-", '"a"', "null", "true", "date", "not", "(", ")", "[", "]", "..", ",", "<", ">=",
     "=", "and", "or", "in", "between", "if", "then", "else", ".", "+", "/", "*", "{", "Guest", "Guest Count",
     "'", "\\"]
)  # fmt: skip
VALUES = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["a", "b", [], {}, {"x": 1}])


@given(st.lists(WORDS, max_size=12).map(" ".join), VALUES, VALUES)
def test_any_cell_is_run_or_refused_in_words(cell: str, x: object, y: object) -> None:
    data = '<inputData id="in1" name="Guest Count"/>'
    parts = (
        decision(table(column("x"), output(), row([cell], ["1"]))),
        decision(table(output(), row([], [cell]))),
        decision(text("literalExpression", cell)),
    )
    for part in parts:
        try:
            read(data, part).decide({"x": x, "y": y, "Guest Count": y})
        except DiagramError as error:
            assert error.where.startswith("t.dmn:") and error.message_zh and error.message_en


CAMUNDA = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" xmlns:biodi="http://bpmn.io/schema/dmn/biodi/1.0"
  xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="fire" name="消防" namespace="http://camunda.org/schema/1.0/dmn">
  <inputData id="InputData_1" name="Floor Area">
    <extensionElements><biodi:bounds x="1" y="2"/></extensionElements></inputData>
  <decision id="check" name="Kind of check" camunda:historyTimeToLive="P30D">
    <informationRequirement><requiredDecision href="#risk"/></informationRequirement>
    <informationRequirement><requiredInput href="#InputData_1"/></informationRequirement>
    <decisionTable id="t1" hitPolicy="RULE ORDER">
      <input id="i1" label="风险"><inputExpression id="e1" typeRef="string"><text>risk</text></inputExpression></input>
      <input id="i2"><inputExpression id="e2" typeRef="integer"><text>guests</text></inputExpression></input>
      <output id="o1" label="检查" name="check" typeRef="string" />
      <rule id="r1"><description>高风险</description>
        <inputEntry id="c1"><text><![CDATA["high"]]></text></inputEntry><inputEntry id="c2"><text></text></inputEntry>
        <outputEntry id="c3"><text>"site"</text></outputEntry></rule>
      <rule id="r2">
        <inputEntry id="c4"><text>not("low")</text></inputEntry><inputEntry id="c5"><text>&gt;= 50</text></inputEntry>
        <outputEntry id="c6"><text>"plan"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="risk" name="Risk">
    <informationRequirement><requiredInput href="#InputData_1"/></informationRequirement>
    <decisionTable id="t2">
      <input id="i3"><inputExpression id="e3" typeRef="double"><text>floor_area</text></inputExpression></input>
      <output id="o2" name="risk" typeRef="string" />
      <rule id="r3"><inputEntry id="c7"><text>[0..50]</text></inputEntry>
        <outputEntry id="c8"><text>"low"</text></outputEntry></rule>
      <rule id="r4"><inputEntry id="c9"><text>]50..300[</text></inputEntry>
        <outputEntry id="c10"><text>"middle"</text></outputEntry></rule>
      <rule id="r5"><inputEntry id="c11"><text>&gt;=300</text></inputEntry>
        <outputEntry id="c12"><text>"high"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


@pytest.mark.parametrize(
    ("area", "guests", "checks"),
    [(50, 99, []), (50.5, 49, []), (299, 50, ["plan"]), (300, 0, ["site"]), (1000, 50, ["site", "plan"])],
)
def test_a_file_as_camundas_modeler_writes_it_runs(area: float, guests: int, checks: list[str]) -> None:
    found = read_decisions(CAMUNDA.encode(), "fire.dmn")
    assert list(found) == ["risk", "check"]
    values = {"floor_area": area, "guests": guests}
    assert found["check"].decide(values) == [{"check": check} for check in checks]
    assert found["check"].result(values) == checks
