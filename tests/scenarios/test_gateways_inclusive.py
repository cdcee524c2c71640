"""Inclusive gateways (BPMN 2.0.2, 13.4.3): a join waits for what can reach an empty flow and no filled one."""

import itertools

import pytest

from engine.errors import BinglianError
from tests.scenarios.drawing import drawing, end, exclusive, flow, flows, inclusive, parallel, start, sub, users
from tests.scenarios.runs import Begin

ANY = drawing(
    start(),
    inclusive("f", default="f-c"),
    users("a", "b", "c", "z"),
    inclusive("j"),
    end(),
    flows("s > f > c > j; a > j; b > j; j > z > e"),
    flow("f", "a", '"a" in chosen'),
    flow("f", "b", '"b" in chosen'),
)


@pytest.mark.parametrize("chosen", ["a", "b", "ab", "ba"])
def test_every_flow_whose_condition_holds_and_the_join_waits_for_these(begin: Begin, chosen: str) -> None:
    play = begin(ANY, data={"chosen": chosen})
    for number, name in enumerate(chosen):
        assert play.sorted == sorted(chosen[number:])
        play.do(name)
    assert play.open == ["z"]
    play.do("z")
    play.ended(f"s f {' '.join(chosen)} j z e", {"chosen": chosen})


def test_the_default_when_no_condition_holds(begin: Begin) -> None:
    play = begin(ANY, data={"chosen": ""})
    assert play.open == ["c"]
    play.do("c", "z")
    play.ended("s f c j z e")


def test_when_nothing_fits_it_is_told_in_words_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), users("u"), inclusive("x"), users("a"), end(), flows("s > u > x; a > e"), flow("x", "a", "n == 1")
        )
    )
    with play.refused(BinglianError, "x"):
        play.do("u", n=2)
    play.do("u", n=1)
    assert play.open == ["a"]


def test_an_inclusive_split_may_be_joined_by_an_exclusive_one(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), inclusive("f"), users("a", "b", "z"), exclusive("m"), end(),
            flows("s > f; a > m; b > m; m > z > e"),
            flow("f", "a", "True"), flow("f", "b", "True"),
        )
    )  # fmt: skip
    play.do("a", "b")
    assert play.open == ["z", "z"]


def test_nested_inclusive_blocks(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), inclusive("f"), users("a", "b", "c", "y", "z"), inclusive("g"), inclusive("i"), inclusive("j"),
            end(),
            flows("s > f; a > j; b > i; c > i; i > y > j > z > e"),
            flow("f", "a", "True"), flow("f", "g", "True"), flow("g", "b", "True"), flow("g", "c", "len(s) == 1"),
        ),
        data={"s": "x"},
    )  # fmt: skip
    assert play.sorted == ["a", "b", "c"]
    play.do("a", "b")
    assert play.open == ["c"]
    play.do("c")
    assert play.open == ["y"]
    play.do("y")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s f g a b c i y j z e")


def test_a_join_fires_without_a_new_token_when_the_one_it_waited_for_goes_elsewhere(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f"), users("a", "b", "z"), exclusive("x", default="x-e2"), inclusive("j"), end(),
            end("e2"),
            flows("s > f > a > j > z > e; f > b > x > e2"), flow("x", "j", "join"),
        )
    )  # fmt: skip
    play.do("a")
    assert play.open == ["b"], "the token at b can still come"
    play.do("b", join=False)
    assert play.open == ["z"]
    play.do("z")
    play.ended("s f a b x e2 j z e")


def test_the_same_when_it_does_come(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f"), users("a", "b", "z"), exclusive("x", default="x-e2"), inclusive("j"), end(),
            end("e2"),
            flows("s > f > a > j > z > e; f > b > x > e2"), flow("x", "j", "join"),
        )
    )  # fmt: skip
    play.do("a")
    play.do("b", join=True)
    assert play.open == ["z"]
    play.do("z")
    play.ended("s f a b x j z e")


def test_a_token_that_can_also_reach_a_filled_flow_is_not_waited_for(begin: Begin) -> None:
    # 13.4.3: c can reach the empty flow b-j, but also the filled flow m-j, so the join fires now.
    play = begin(
        drawing(
            start(), parallel("f"), users("a", "c", "b", "z"), exclusive("x", default="x-m"), exclusive("m"),
            inclusive("j"), end(),
            flows("s > f > a > m > j > z > e; f > c > x > m; b > j"), flow("x", "b", "other"),
        )
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["c", "z"]
    play.do("c", other=True)
    play.do("b")
    assert play.open == ["z", "z"]


def test_two_tokens_on_one_flow_are_two_rounds(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f"), users("a", "b", "c", "z"), exclusive("m"), inclusive("j"), end(),
            flows("s > f > a > m > j > z > e; f > b > m; f > c > j"),
        )
    )  # fmt: skip
    play.do("a", "b")
    assert play.open == ["c"]
    play.do("c")
    assert play.open == ["z", "z"]
    play.do("z", "z")
    play.ended()
    assert play.done.count("j") == 2


LOOP = drawing(
    start(),
    exclusive("m"),
    inclusive("f"),
    users("a", "b", "c"),
    inclusive("j"),
    exclusive("x", default="x-e"),
    end(),
    flows("s > m > f; a > j; b > j; c > j; j > x > e"),
    flow("f", "a", '"a" in chosen'),
    flow("f", "b", '"b" in chosen'),
    flow("f", "c", '"c" in chosen'),
    flow("x", "m", "len(following) > 0"),
)


@pytest.mark.parametrize("first", [("a",), ("a", "b"), ("c", "b", "a")], ids="".join)
@pytest.mark.parametrize("second", [("b",), ("b", "a"), ("a", "b", "c")], ids="".join)
def test_a_loop_with_different_choices_each_round(
    begin: Begin, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    play = begin(LOOP, data={"chosen": list(first), "following": list(second)})
    for order, data in ((first, {"chosen": list(second)}), (second, {"following": []})):
        for number, name in enumerate(order):
            assert play.sorted == sorted(order[number:])
            last = number == len(order) - 1
            play.do(name, **(data if last else {}))
    play.ended(f"s m f {' '.join(first)} j x m f {' '.join(second)} j x e")


def test_a_join_with_a_flow_back_into_itself(begin: Begin) -> None:
    # j-x-j: behind the join a token can come back to it only through the join itself, so the first round does not wait.
    play = begin(
        drawing(
            start(), inclusive("j"), users("a"), exclusive("x", default="x-e"), end(), flows("s > j > a > x > e"),
            flow("x", "j", "again"),
        )
    )  # fmt: skip
    assert play.open == ["a"]
    play.do("a", again=True)
    assert play.open == ["a"]
    play.do("a", again=False)
    play.ended("s j a x j a x e")


def test_two_joins_one_after_the_other_wait_for_the_same_token(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f"), users("a", "b", "c", "y", "z"), exclusive("x", default="x-k"), inclusive("j"),
            inclusive("k"), end(),
            flows("s > f > a > j > y > k > z > e; f > b > x > k; f > c > k"), flow("x", "j", "first"),
        )
    )  # fmt: skip
    play.do("a", "c")
    assert play.open == ["b"]
    play.do("b", first=False)
    assert play.open == ["y"], "k waits for y"
    play.do("y")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s f a c b x j y k z e")


@pytest.mark.parametrize("order", list(itertools.permutations("abc")), ids="".join)
def test_a_join_outside_of_a_sub_process_waits_for_the_whole_sub_process(begin: Begin, order: tuple[str, ...]) -> None:
    home = sub("home", start("s1"), users("a", "b"), end("e1"), flows("s1 > a > e1; s1 > b > e1"))
    play = begin(
        drawing(start(), inclusive("f"), home, users("c", "z"), inclusive("j"), end(),
                flows("s > f; home > j; c > j; j > z > e"), flow("f", "home", "True"), flow("f", "c", "True"))
    )  # fmt: skip
    for number, name in enumerate(order):
        assert play.sorted == sorted(order[number:])
        play.do(name)
    assert play.open == ["z"]


def test_a_join_inside_a_sub_process_does_not_wait_for_tokens_outside(begin: Begin) -> None:
    home = sub("home", start("s1"), inclusive("i"), users("a", "b"), inclusive("j1"), end("e1"),
               flows("s1 > i; a > j1; b > j1; j1 > e1"), flow("i", "a", "True"), flow("i", "b", "False"))  # fmt: skip
    play = begin(
        drawing(start(), users("u", "v"), home, end(), flows("s > u > home > e; s > v > home")),
    )
    play.do("u")
    assert play.sorted == ["a", "v"]
    play.do("a")
    assert play.done == ["s", "u", "s1", "i", "a", "j1", "e1", "home", "e"]
    assert play.open == ["v"]


def test_in_a_second_instance_of_the_sub_process_the_joins_are_separate(begin: Begin) -> None:
    home = sub("home", start("s1"), inclusive("i"), users("a", "b"), inclusive("j1"), end("e1"),
               flows("s1 > i; a > j1; b > j1; j1 > e1"), flow("i", "a", "True"), flow("i", "b", "True"))  # fmt: skip
    play = begin(drawing(start(), users("u", "v"), home, end(), flows("s > u > home > e; s > v > home")))
    play.do("u", "v")
    assert play.sorted == ["a", "a", "b", "b"]
    play.do("a", "a")
    assert play.done.count("j1") == 0
    play.do("b")
    assert play.done.count("j1") == 1
    play.do("b")
    play.ended()


@pytest.mark.parametrize(("n", "opened"), [(1, ["a"]), (2, ["a"])])
def test_a_flow_directly_from_the_split_to_the_join(begin: Begin, n: int, opened: list[str]) -> None:
    play = begin(
        drawing(start(), inclusive("f"), users("a", "z"), inclusive("j"), end(), flows("s > f; a > j > z > e"),
                flow("f", "a", "n > 0"), flow("f", "j", "n > 1")),
        data={"n": n},
    )  # fmt: skip
    assert play.open == opened
    play.do("a")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s f a j z e")
