"""Any JSON value survives, equal in a straight and a restored run; anything else is told in words."""

from typing import Any

import pytest

from engine.errors import BadInput, BinglianError, LimitExceeded
from tests.scenarios.drawing import drawing, end, flows, parallel, script, start, users
from tests.scenarios.runs import Begin

ONE = drawing(start(), users("a", "b"), end(), flows("s > a > b > e"))

VALUES: list[Any] = [
    None, True, False, 0, -1, 2**31, 2**63 - 1, -(2**63), 2**64, -(2**64), 10**60, 0.1, -0.0, 1e300,
    "", "text", "汉字 𠀀", "line\nline", "null\x00byte",
    [], [[]], [1, "a", None, [True]], {}, {"": 1}, {"a b": {"汉": [1]}}, {"a": {"b": {}}},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_any_json_value_survives(begin: Begin, value: Any) -> None:
    play = begin(ONE, data={"first": value})
    assert play.data == {"first": value}
    play.do("a", second=value)
    assert play.data == {"first": value, "second": value}
    assert [type(one) for one in play.data.values()] == [type(value)] * 2
    play.do("b", third=[value, {"x": value}])
    play.ended("s a b e", {"first": value, "second": value, "third": [value, {"x": value}]})


@pytest.mark.parametrize("name", ["a.b", "a b", "", "汉", "len", "_x", "id", "None", "data", "1"])
def test_a_value_may_have_any_name(begin: Begin, name: str) -> None:
    play = begin(ONE, data={name: 1})
    task_id = play.id_of("a")
    play.run.complete(task_id, {name: 2})
    assert play.data == {name: 2}


def test_a_tuple_is_a_list_in_both_ways_of_running(begin: Begin) -> None:
    play = begin(ONE, data={"x": (1, 2)})
    play.do("a", y=(3, (4,)))
    assert play.data == {"x": [1, 2], "y": [3, [4]]}


def circular() -> list[object]:
    """A list that holds itself."""
    found: list[object] = []
    found.append(found)
    return found


def deep() -> list[object]:
    """Lists nested 5,000 deep."""
    found: list[object] = []
    for _ in range(5_000):
        found = [found]
    return found


BAD: dict[str, Any] = {
    "an object": object(), "bytes": b"x", "a function": len, "a class": int, "itself": circular(), "too deep": deep(),
    "not a number": float("nan"), "infinite": float("inf"), "complex": 1j,
    "half a character": "\ud800",
    "an object inside": {"a": [object()]}, "a number as a key": {1: "x"}, "a set": {1},
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_what_is_no_json_is_refused_in_words(begin: Begin, name: str) -> None:
    play = begin(ONE, data={"n": 1})
    task_id = play.id_of("a")
    wrong = LimitExceeded if name in ("itself", "too deep") else BadInput
    with play.refused(wrong):
        play.run.complete(task_id, {"x": BAD[name]})
    with pytest.raises(wrong):
        begin(ONE, data={"x": BAD[name]})
    play.do("a", "b")
    play.ended("s a b e", {"n": 1})


@pytest.mark.parametrize("given", [[1], "text", 5, [("x", 1)], True])
def test_values_that_are_no_mapping_are_refused_in_words(begin: Begin, given: Any) -> None:
    play = begin(ONE)
    task_id = play.id_of("a")
    with play.refused(BadInput):
        play.run.complete(task_id, given)
    with pytest.raises(BadInput):
        begin(ONE, data=given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 9223372036854775807 * 9223372036854775807", (2**63 - 1) ** 2),
        ("x = (1, 2)", [1, 2]),
        ('x = {"a": (1, [2])}', {"a": [1, [2]]}),
        ("x = sorted([3, 1, 2])", [1, 2, 3]),
        ("x = 1 / 4", 0.25),
        ('x = "a" + "汉"', "a汉"),
    ],
)
def test_what_a_script_makes_is_the_same_in_both_ways_of_running(begin: Begin, text: str, expected: object) -> None:
    play = begin(drawing(start(), script("w", text), users("a"), end(), flows("s > w > a > e")))
    assert play.data == {"x": expected}
    play.do("a")
    assert play.data == {"x": expected}


@pytest.mark.parametrize("text", ["x = {1: 2}", "x = 1e308 * 10"])
def test_what_a_script_makes_is_json_or_told_in_words(begin: Begin, text: str) -> None:
    play = begin(drawing(start(), users("u"), script("w", text), users("a"), end(), flows("s > u > w > a > e")))
    with play.refused(BinglianError):
        play.do("u")


def test_a_list_under_two_names_is_two_lists(begin: Begin) -> None:
    play = begin(
        drawing(start(), script("w", "b = a\nc = [a, a]"), users("u"), script("v", "b[0] = 9"), end(),
                flows("s > w > u > v > e")),
        data={"a": [1]},
    )  # fmt: skip
    play.do("u")
    play.ended(data={"a": [1], "b": [9], "c": [[1], [1]]})


def test_branches_do_not_share_what_they_read(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f", "j"), users("u", "v"), script("w", "mine = given\nmine[0] = 5"), end(),
                flows("s > f > u > w > j > e; f > v > j")),
        data={"given": [1, 2]},
    )  # fmt: skip
    play.do("u", "v")
    play.ended(data={"given": [1, 2], "mine": [5, 2]})


def test_a_large_value_passes(begin: Begin) -> None:
    play = begin(ONE)
    play.do("a", rows=[{"number": number, "text": "字" * 10} for number in range(5_000)])
    assert len(play.data["rows"]) == 5_000
    play.do("b")
    assert play.finished
