"""Random conditions, written in JUEL and in FEEL, mean the same after translation as their author meant."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.diagram.expression import MAX_LENGTH, compile_expression
from engine.diagram.foreign import translate_condition
from engine.errors import ExpressionError


@dataclass(frozen=True)
class Node:
    """``kind`` and operands of a condition; leaves keep their value or name."""

    kind: str
    parts: tuple[Any, ...]


NUMBERS = ("n", "m")
TEXTS = ("t", "餐")
TRUTHS = ("p", "q")
TEXT_VALUES = st.sampled_from(["", "a", "b", "q\"uo'te", "back\\slash", "}", "餐饮", "${x}", "5", "true", "1.5"])


def leaf(kind: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    return values.map(lambda value: Node(kind, (value,)))


def named(names: tuple[str, ...]) -> st.SearchStrategy[Node]:
    return leaf("name", st.sampled_from(names))


def made(kinds: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    return st.builds(Node, st.sampled_from(kinds.split()), st.tuples(*parts))


TEXT = named(TEXTS) | leaf("text", TEXT_VALUES.filter(lambda value: value not in ("5", "true", "1.5")))
PATH = leaf("path", st.sampled_from(["k", "l"]))


def numbers(division: str) -> st.SearchStrategy[Node]:
    plain = named(NUMBERS) | leaf("number", st.integers(0, 20) | st.sampled_from([0.5, 2.25]))
    return st.recursive(
        plain,
        lambda inner: made(f"+ - * / {division}", inner, inner) | made("neg", inner),
        max_leaves=4,
    )


def truths(number: st.SearchStrategy[Node], extra: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    plain = (
        named(TRUTHS)
        | leaf("truth", st.booleans())
        | made("== != < <= > >=", number, number)
        | made("== != < >=", named(TEXTS), TEXT)
        | made("null nonnull", PATH)
        | extra
    )
    return st.recursive(
        plain,
        lambda inner: made("and or", inner, inner) | made("not", inner) | made("if", inner, inner, inner)
        | made("== !=", inner, inner),
        max_leaves=7,
    )  # fmt: skip


JUEL_NUMBERS = numbers("%")
FEEL_NUMBERS = numbers("-")
JUEL_CONDITIONS = truths(
    JUEL_NUMBERS,
    made("empty", PATH)
    | made("loose", st.sampled_from(["t", "n"]), st.sampled_from(["5", "1.5", "-3", "a"]))
    | made("loose", st.sampled_from(["t", "p"]), st.sampled_from(["true", "false"])),
)
FEEL_CONDITIONS = truths(
    FEEL_NUMBERS,
    made("between", FEEL_NUMBERS, FEEL_NUMBERS, FEEL_NUMBERS)
    | made("range", FEEL_NUMBERS, st.sampled_from("[(]"), st.integers(0, 9), st.integers(0, 9), st.sampled_from("])["))
    | made("among", named(TEXTS), st.lists(TEXT_VALUES, min_size=1, max_size=3)),
)
NUMBER_VALUES = st.integers(-9, 9) | st.sampled_from([-1.5, 0.5, 1.5, 7.25])
VALUES = st.fixed_dictionaries(
    {
        **dict.fromkeys(NUMBERS, NUMBER_VALUES), **dict.fromkeys(TEXTS, TEXT_VALUES),
        **dict.fromkeys(TRUTHS, st.booleans()),
        "d": st.dictionaries(st.sampled_from(["k", "l"]), st.sampled_from([None, "", "a", 0, 5, False])),
    }
)  # fmt: skip

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def java_remainder(left: Any, right: Any) -> Any:
    quotient = abs(left) // abs(right)
    return left - abs(right) * quotient if left >= 0 else left + abs(right) * quotient


def loosely_equal(value: Any, quoted: str) -> bool:
    """JUEL turns the quoted side into what it is compared with."""
    if isinstance(value, bool):
        return value == (quoted == "true")
    if isinstance(value, str):
        return value == quoted
    return quoted != "a" and value == float(quoted)


def meaning(node: Node, values: dict[str, Any]) -> Any:
    """The value of a condition, worked out without the translation or the engine."""
    kind, parts = node.kind, node.parts
    if kind in COMPARE or kind == "%":
        left, right = (meaning(part, values) for part in parts)
        return java_remainder(left, right) if kind == "%" else COMPARE[kind](left, right)
    simple: dict[str, Callable[..., Any]] = {
        "name": lambda: values[parts[0]],
        "path": lambda: values["d"].get(parts[0]),
        "neg": lambda: -meaning(parts[0], values),
        "not": lambda: not meaning(parts[0], values),
        "and": lambda: meaning(parts[0], values) and meaning(parts[1], values),
        "or": lambda: meaning(parts[0], values) or meaning(parts[1], values),
        "if": lambda: meaning(parts[1] if meaning(parts[0], values) else parts[2], values),
        "null": lambda: meaning(parts[0], values) is None,
        "nonnull": lambda: meaning(parts[0], values) is not None,
        "empty": lambda: meaning(parts[0], values) is None or meaning(parts[0], values) == "",
        "loose": lambda: loosely_equal(values[parts[0]], parts[1]),
        "among": lambda: meaning(parts[0], values) in parts[1],
    }
    if kind in simple:
        return simple[kind]()
    return bounded(node, values) if kind in ("between", "range") else parts[0]


def bounded(node: Node, values: dict[str, Any]) -> bool:
    if node.kind == "between":
        # The upper bound is looked at only when the lower one holds, as in a Python chain.
        value, low, high = node.parts
        return bool(meaning(low, values) <= meaning(value, values) <= meaning(high, values))
    subject, opening, low, high, closing = node.parts
    value = meaning(subject, values)
    above = low <= value if opening == "[" else low < value
    return bool(above and (value <= high if closing == "]" else value < high))


def juel(node: Node) -> str:
    """The condition as a JUEL author would write it, with all parentheses."""
    kind, parts = node.kind, node.parts
    if kind in COMPARE or kind in ("%", "and", "or"):
        sign = {"and": "&&", "or": "||"}.get(kind, kind)
        return f"({juel(parts[0])} {sign} {juel(parts[1])})"
    written: dict[str, Callable[[], str]] = {
        "name": lambda: str(parts[0]),
        "number": lambda: str(parts[0]),
        "text": lambda: quoted_juel(parts[0]),
        "truth": lambda: str(parts[0]).lower(),
        "path": lambda: f"d.{parts[0]}",
        "neg": lambda: f"-{juel(parts[0])}",
        "not": lambda: f"!{juel(parts[0])}",
        "if": lambda: f"({juel(parts[0])} ? {juel(parts[1])} : {juel(parts[2])})",
        "null": lambda: f"({juel(parts[0])} == null)",
        "nonnull": lambda: f"(null ne {juel(parts[0])})",
        "empty": lambda: f"(empty {juel(parts[0])})",
        "loose": lambda: f"({parts[0]} eq {quoted_juel(parts[1])})",
    }
    return written[kind]()


def quoted_juel(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted_feel(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def feel(node: Node) -> str:
    """The condition as a FEEL author would write it."""
    kind, parts = node.kind, node.parts
    if kind in COMPARE or kind in ("and", "or"):
        return f"({feel(parts[0])} {'=' if kind == '==' else kind} {feel(parts[1])})"
    written: dict[str, Callable[[], str]] = {
        "name": lambda: str(parts[0]),
        "number": lambda: str(parts[0]),
        "text": lambda: quoted_feel(parts[0]),
        "truth": lambda: str(parts[0]).lower(),
        "path": lambda: f"d.{parts[0]}",
        "neg": lambda: f"-{feel(parts[0])}",
        "not": lambda: f"not({feel(parts[0])})",
        "if": lambda: f"(if {feel(parts[0])} then {feel(parts[1])} else {feel(parts[2])})",
        "null": lambda: f"({feel(parts[0])} = null)",
        "nonnull": lambda: f"(null != {feel(parts[0])})",
        "between": lambda: f"({feel(parts[0])} between {feel(parts[1])} and {feel(parts[2])})",
        "range": lambda: f"({feel(parts[0])} in {parts[1]}{parts[2]}..{parts[3]}{parts[4]})",
        "among": lambda: f"({feel(parts[0])} in ({', '.join(quoted_feel(text) for text in parts[1])}))",
    }
    return written[kind]()


def check_same(written: str, node: Node, values: dict[str, Any]) -> None:
    try:
        ours = translate_condition(written, None)
    except ExpressionError as error:
        # Remainders repeat their left side; a few conditions become longer or deeper than the language allows.
        assume(not any(word in error.message_en for word in ("too long", "longer than", "too deeply")))
        raise
    assert len(ours) <= MAX_LENGTH
    assert translate_condition(ours, None) == ours
    try:
        expected = meaning(node, values)
    except ZeroDivisionError:
        with pytest.raises(ExpressionError):
            compile_expression(ours).evaluate(values)
        return
    value = compile_expression(ours).evaluate(values)
    assert (value, type(value)) == (expected, type(expected))


@settings(max_examples=400, deadline=None)
@given(JUEL_CONDITIONS, VALUES)
def test_random_juel_conditions_keep_their_value(node: Node, values: dict[str, Any]) -> None:
    check_same(f"${{{juel(node)}}}", node, values)


@settings(max_examples=400, deadline=None)
@given(FEEL_CONDITIONS, VALUES)
def test_random_feel_conditions_keep_their_value(node: Node, values: dict[str, Any]) -> None:
    check_same(f"= {feel(node)}", node, values)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["+", "-", "*", "%"]), st.integers(1, 9)), min_size=1, max_size=5),
    st.integers(-9, 9),
)
def test_chains_without_parentheses_group_as_in_java(chain: list[tuple[str, int]], start: int) -> None:
    """JUEL groups ``* %`` before ``+ -`` and to the left, like the arithmetic below."""
    sums: list[int] = [start]
    for mark, number in chain:
        if mark in "+-":
            sums.append(number if mark == "+" else -number)
        else:
            sums[-1] = sums[-1] * number if mark == "*" else java_remainder(sums[-1], number)
    text = "n" + "".join(f" {mark} {number}" for mark, number in chain)
    ours = translate_condition(f"${{{text} == {sum(sums)}}}" if sum(sums) >= 0 else f"${{{text} < 0}}", None)
    assert compile_expression(ours).evaluate({"n": start}) is True


@settings(max_examples=400, deadline=None)
@given(st.text("${}()[]=!<>&|?:.,+-*/% 'ab\"1\\nottrueinullempty", max_size=40))
def test_no_text_breaks_the_reader_and_what_it_returns_compiles(text: str) -> None:
    for written, language in ((f"${{{text}}}", None), (f"={text}", None), (text, "feel")):
        try:
            ours = translate_condition(written, language)
        except ExpressionError:
            continue
        if ours != written:
            compile_expression(ours)
            assert translate_condition(ours, None) == ours
