"""Exclusive and parallel gateways (BPMN 2.0.2, 13.4.1, 13.4.2)."""

import itertools

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import drawing, end, exclusive, flow, flows, parallel, script, start, users
from tests.scenarios.runs import Begin

CHOICE = drawing(
    start(),
    exclusive("x", default="x-c"),
    users("a", "b", "c"),
    end(),
    flows("s > x > c > e; a > e; b > e"),
    flow("x", "a", "n > 10"),
    flow("x", "b", "n > 5"),
)
STRICT = drawing(
    start(),
    users("u"),
    exclusive("x"),
    users("a", "b"),
    end(),
    flows("s > u > x; a > e; b > e"),
    flow("x", "a", "n == 1"),
    flow("x", "b", "n == 2"),
)


@pytest.mark.parametrize(("n", "opened"), [(11, "a"), (6, "b"), (0, "c")])
def test_the_first_flow_whose_condition_holds_is_taken_else_the_default(begin: Begin, n: int, opened: str) -> None:
    # The default stands first in the file: it is still the last to be asked.
    play = begin(CHOICE, data={"n": n})
    assert play.open == [opened]
    play.do(opened)
    play.ended(f"s x {opened} e", {"n": n})


def test_a_condition_on_the_default_flow_is_not_asked(begin: Begin) -> None:
    sources = drawing(
        start(), exclusive("x", default="x-a"), users("a", "b"), end(), flows("s > x; a > e; b > e"),
        flow("x", "a", "n == 1"), flow("x", "b", "n == 2"),
    )  # fmt: skip
    assert begin(sources, data={"n": 3}).open == ["a"]
    assert begin(sources, data={"n": 2}).open == ["b"]


def test_conditions_after_the_one_that_holds_are_not_computed(begin: Begin) -> None:
    sources = drawing(
        start(), exclusive("x"), users("a", "b"), end(), flows("s > x; a > e; b > e"),
        flow("x", "a", "n == 1"), flow("x", "b", "missing == 1"),
    )  # fmt: skip
    assert begin(sources, data={"n": 1}).open == ["a"]


def test_when_no_flow_fits_it_is_told_in_words_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(STRICT)
    with play.refused(BinglianError, "x"):
        play.do("u", n=3)
    assert play.open == ["u"]
    assert play.data == {}
    play.do("u", n=2)
    assert play.open == ["b"]


def test_when_no_flow_fits_at_the_start_nothing_begins(begin: Begin) -> None:
    sources = drawing(start(), exclusive("x"), users("a"), end(), flows("s > x; a > e"), flow("x", "a", "n == 1"))
    with pytest.raises(BinglianError) as told:
        begin(sources, data={"n": 2})
    assert "x" in str(told.value)


@pytest.mark.parametrize(
    "text", ["__import__('os')", "n.real", "[x for x in n]", "lambda: 1", "n =", "(", "open('f')", "n ** 2"]
)
def test_a_condition_outside_the_language_is_a_finding(begin: Begin, text: str) -> None:
    sources = drawing(
        start(), exclusive("x", default="x-b"), users("a", "b"), end(), flows("s > x > b > e; a > e"),
        flow("x", "a", text),
    )  # fmt: skip
    with pytest.raises(DiagramRejected) as refused:
        begin(sources, data={"n": 1})
    assert [finding.element for finding in refused.value.findings] == ["x-a"]


def test_an_exclusive_gateway_passes_every_token_on(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b", "z"), exclusive("m"), end(),
                flows("s > f > a > m > z > e; f > b > m"))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["b", "z"]
    play.do("b")
    assert play.open == ["z", "z"]
    play.do("z", "z")
    play.ended("s f a m b m z e z e")


def test_an_exclusive_gateway_with_several_flows_in_and_out(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), users("a", "b", "y", "n"), exclusive("x", default="x-n"), end(),
            flows("s > a > x; s > b > x; x > n > e; y > e"), flow("x", "y", "yes"),
        )
    )  # fmt: skip
    play.do("a", yes=True)
    assert play.sorted == ["b", "y"]
    play.do("b", yes=False)
    assert play.sorted == ["n", "y"]


# Parallel


FORK = drawing(
    start(),
    parallel("f", "j"),
    users("a", "b", "c", "z"),
    end(),
    flows("s > f > a > j > z > e; f > b > j; f > c > j"),
)


@pytest.mark.parametrize("order", list(itertools.permutations("abc")), ids="".join)
def test_a_join_waits_for_every_flow_in_any_order(begin: Begin, order: tuple[str, ...]) -> None:
    play = begin(FORK)
    for number, name in enumerate(order):
        assert play.sorted == sorted(order[number:])
        play.do(name)
    assert play.open == ["z"]
    play.do("z")
    play.ended(f"s f {' '.join(order)} j z e")


LOOP = drawing(
    start(),
    exclusive("m"),
    parallel("f", "j"),
    users("a", "b", "c"),
    exclusive("x", default="x-e"),
    end(),
    flows("s > m > f > a > j > x > e; f > b > j; f > c > j"),
    flow("x", "m", "again"),
)


@pytest.mark.parametrize("first", list(itertools.permutations("abc")), ids="".join)
def test_a_second_round_in_another_order_joins_by_itself(begin: Begin, first: tuple[str, ...]) -> None:
    for second in itertools.permutations("abc"):
        play = begin(LOOP)
        for order, again in ((first, True), (second, False)):
            for number, name in enumerate(order):
                assert play.sorted == sorted(order[number:])
                play.do(name, again=again)
        play.ended(f"s m f {' '.join(first)} j x m f {' '.join(second)} j x e")


def test_two_tokens_on_one_flow_are_two_rounds(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f", "j"), users("a", "b", "c", "h", "z"), exclusive("m", ), exclusive("n"), end(),
            flows("s > f > a > m > j > z > e; f > b > m; f > c > n > j; f > h > n"),
        )
    )  # fmt: skip
    play.do("a", "b")
    assert play.sorted == ["c", "h"]
    play.do("c")
    assert play.sorted == ["h", "z"]
    play.do("z")
    assert play.open == ["h"]
    play.do("h")
    play.do("z")
    play.ended("s f a m b m c n j z e h n j z e")


def test_a_token_left_at_a_join_keeps_the_process_alive(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f", "j"), users("a", "b", "z"), exclusive("m"), end(),
            flows("s > f > a > m > j > z > e; f > b > m; f > j"),
        )
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["b", "z"]
    play.do("z", "b")
    assert play.open == []
    assert not play.finished, "the token of b waits at the join for one that never comes (13.4.1)"
    assert play.run.failed is None


def test_a_gateway_that_joins_and_splits(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f", "g", "j"), users("a", "b", "c", "h"), end(),
                flows("s > f > a > g > c > j > e; f > b > g > h > j"))
    )  # fmt: skip
    play.do("b")
    assert play.open == ["a"]
    play.do("a")
    assert play.sorted == ["c", "h"]
    play.do("h", "c")
    play.ended("s f b a g h c j e")


def test_nested_forks(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f", "g", "i", "j"), users("a", "b", "c"), end(),
                flows("s > f > a > j > e; f > g > b > i > j; g > c > i"))
    )  # fmt: skip
    assert play.sorted == ["a", "b", "c"]
    play.do("c", "a")
    assert play.open == ["b"]
    play.do("b")
    play.ended("s f g c a b i j e")


def test_a_split_without_a_join_ends_when_every_branch_has_ended(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b"), end("e1"), end("e2"), flows("s > f > a > e1; f > b > e2"))
    )
    play.do("a")
    assert not play.finished
    play.do("b")
    play.ended("s f a e1 b e2")


def test_branches_write_different_values_and_the_last_writer_of_one_stands(begin: Begin) -> None:
    play = begin(FORK, data={"same": 0})
    play.do("a", same=1, mine_a=1)
    play.do("b", same=2, mine_b=1)
    play.do("c", mine_c=1)
    assert play.data == {"same": 2, "mine_a": 1, "mine_b": 1, "mine_c": 1}


def test_branches_without_a_person_join_too(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f", "j"), script("a", "x = 1"), script("b", "y = 2"), script("c", "z = x + y"),
                end(),
                flows("s > f > a > j > c > e; f > b > j"))
    )  # fmt: skip
    play.ended(data={"x": 1, "y": 2, "z": 3})
    assert sorted(play.done) == ["a", "b", "c", "e", "f", "j", "s"]


def test_the_oldest_task_is_offered_first(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f"), users("a", "b", "c", "z"), end(), flows("s > f > a > z > e; f > b > e; f > c > e")
        )
    )
    play.do("a")
    assert play.open[-1] == "z"
    assert play.sorted == ["b", "c", "z"]
