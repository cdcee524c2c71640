"""Complex gateways (BPMN 2.0.2, 13.4.5): a condition over what has come, then what is still missing is swallowed."""

import itertools

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    complex_gateway,
    drawing,
    end,
    exclusive,
    flow,
    flows,
    parallel,
    start,
    task,
    users,
)
from tests.scenarios.runs import Begin


def joined(activation: str) -> bytes:
    """a, b, c into a complex gateway by the flows fa, fb, fc, and on to z."""
    return drawing(
        start(), parallel("f"), users("a", "b", "c", "z"), complex_gateway("g", activation), end(),
        flows("s > f > a; f > b; f > c; g > z > e"),
        *(flow(name, "g", identity=f"f{name}") for name in "abc"),
    )  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations("abc")), ids="".join)
def test_two_of_three_go_on_once_and_the_third_is_swallowed(begin: Begin, order: tuple[str, ...]) -> None:
    first, second, third = order
    play = begin(joined("activationCount >= 2"))
    play.do(first)
    assert play.sorted == sorted([second, third])
    play.do(second)
    assert play.sorted == sorted([third, "z"])
    play.do(third)
    assert play.open == ["z"]
    play.do("z")
    play.ended()
    assert [play.done.count(name) for name in ("a", "b", "c", "z", "e")] == [1] * 5


def test_after_the_two_the_process_may_reach_the_end_before_the_third_comes(begin: Begin) -> None:
    play = begin(joined("activationCount >= 2"))
    play.do("a", "b", "z")
    assert play.open == ["c"]
    assert not play.finished
    play.do("c")
    play.ended()
    assert play.done.count("e") == 1


@pytest.mark.parametrize("order", list(itertools.permutations("abc")), ids="".join)
def test_the_first_of_three_goes_on_and_the_others_are_swallowed(begin: Begin, order: tuple[str, ...]) -> None:
    play = begin(joined("activationCount >= 1"))
    play.do(order[0])
    assert "z" in play.open
    play.do(order[1])
    assert play.sorted == sorted([order[2], "z"])
    play.do(order[2])
    assert play.open == ["z"]
    play.do("z")
    play.ended()
    assert play.done.count("z") == 1


def test_all_of_three(begin: Begin) -> None:
    play = begin(joined("activationCount == 3"))
    play.do("c", "a")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["z"]
    play.do("z")
    play.ended()


@pytest.mark.parametrize(
    ("order", "fires_after"), [("abc", 2), ("acb", 2), ("bca", 3), ("bac", 2), ("cab", 2), ("cba", 3)]
)
def test_a_condition_over_the_flows_by_their_ids(begin: Begin, order: str, fires_after: int) -> None:
    play = begin(joined("fa > 0 and (fb > 0 or fc > 0)"))
    for number, name in enumerate(order, start=1):
        assert ("z" in play.open) == (number > fires_after)
        play.do(name)
    assert play.open == ["z"]


def doubled(activation: str) -> bytes:
    """a gives two tokens on the flow fa, b one on fb."""
    return drawing(
        start(), parallel("f"), task("userTask", "a", completionQuantity="2"), users("b", "z"),
        complex_gateway("g", activation), end(), flows("s > f > a; f > b; g > z > e"), flow("a", "g", identity="fa"),
        flow("b", "g", identity="fb"),
    )  # fmt: skip


def test_two_tokens_on_one_flow_are_one_flow_of_the_count(begin: Begin) -> None:
    play = begin(doubled("activationCount >= 2"))
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["z"]
    play.do("z")
    assert not play.finished, "the second token of a waits for the next round"
    assert play.done.count("z") == 1


def test_the_id_of_a_flow_says_how_many_tokens_it_holds(begin: Begin) -> None:
    play = begin(doubled("fa >= 2"))
    play.do("b")
    assert play.open == ["a"]
    play.do("a")
    assert play.open == ["z"]


def test_a_condition_may_read_values_of_the_process(begin: Begin) -> None:
    play = begin(joined("activationCount >= needed"), data={"needed": 2})
    play.do("a")
    assert play.sorted == ["b", "c"]
    play.do("c")
    assert play.sorted == ["b", "z"]


def test_a_condition_with_a_name_that_is_not_there_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(joined("activationCount >= needed"))
    with play.refused(BinglianError, "needed"):
        play.do("a")
    play.do("a", needed=1)
    assert "z" in play.open


def test_a_join_without_an_activation_condition_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(joined(""))
    assert [finding.element for finding in refused.value.findings] == ["g"]


PHASES = drawing(
    start(),
    parallel("f"),
    users("a", "b", "c", "z", "r"),
    complex_gateway("g", "activationCount >= 2"),
    end(),
    flows("s > f > a > g; f > b > g; f > c > g; z > e; r > e"),
    flow("g", "z", "waitingForStart"),
    flow("g", "r", "not waitingForStart"),
)


def test_flows_out_may_tell_the_activation_from_the_reset(begin: Begin) -> None:
    play = begin(PHASES)
    play.do("a", "b")
    assert play.sorted == ["c", "z"]
    play.do("c")
    assert play.sorted == ["r", "z"]
    play.do("z", "r")
    play.ended()


AGAIN = drawing(
    start(),
    exclusive("m"),
    parallel("f"),
    users("a", "b", "c", "z"),
    complex_gateway("g", "activationCount >= 2"),
    exclusive("x", default="x-e"),
    end(),
    flows("s > m > f > a > g; f > b > g; f > c > g; g > z > x > e"),
    flow("x", "m", "again"),
)


def test_after_the_reset_a_second_round_counts_anew(begin: Begin) -> None:
    play = begin(AGAIN)
    play.do("a", "b", "c")
    assert play.open == ["z"]
    play.do("z", again=True)
    assert play.sorted == ["a", "b", "c"]
    play.do("c")
    assert play.sorted == ["a", "b"]
    play.do("b")
    assert play.sorted == ["a", "z"]
    play.do("z", again=False)
    play.do("a")
    play.ended()
    assert play.done.count("z") == 2
    assert play.done.count("e") == 1


def test_a_second_round_that_begins_before_the_reset_waits_for_it(begin: Begin) -> None:
    play = begin(AGAIN)
    play.do("a", "b")
    play.do("z", again=True)
    assert play.sorted == ["a", "b", "c", "c"]
    play.do("a", "b")
    assert play.sorted == ["c", "c"], "the gateway still waits for the c of the first round"
    play.do("c")
    assert play.sorted == ["c", "z"], "reset; then a and b of the second round are there already"
    play.do("z", again=False)
    play.do("c")
    play.ended()
    assert play.done.count("z") == 2


def test_the_reset_does_not_wait_for_a_token_that_cannot_come_any_more(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), exclusive("m"), parallel("f"), users("a", "b", "c", "z"),
            complex_gateway("g", "activationCount >= 2"), exclusive("x", default="x-e"), exclusive("y", default="y-e2"),
            end(), end("e2"),
            flows("s > m > f > a > g; f > b > g; f > c > y > e2; g > z > x > e"),
            flow("x", "m", "again"), flow("y", "g", "come"),
        )
    )  # fmt: skip
    play.do("a", "b")
    play.do("c", come=False)
    play.do("z", again=True)
    play.do("a")
    play.do("c", come=True)
    assert play.sorted == ["b", "z"]
    play.do("z", again=False)
    play.do("b")
    play.ended()
    assert play.done.count("z") == 2


SPLIT = drawing(
    start(),
    users("u"),
    complex_gateway("g", default="g-c"),
    users("a", "b", "c"),
    end(),
    flows("s > u > g > c > e; a > e; b > e"),
    flow("g", "a", "n > 0"),
    flow("g", "b", "n > 1"),
)


@pytest.mark.parametrize(("n", "opened"), [(0, ["c"]), (1, ["a"]), (2, ["a", "b"])])
def test_a_complex_split_takes_every_flow_whose_condition_holds(begin: Begin, n: int, opened: list[str]) -> None:
    play = begin(SPLIT)
    play.do("u", n=n)
    assert play.sorted == opened
    play.do(*opened)
    play.ended()


def test_a_complex_split_where_nothing_fits_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("u"), complex_gateway("g"), users("a"), end(), flows("s > u > g; a > e"),
                flow("g", "a", "n > 0"))
    )  # fmt: skip
    with play.refused(BinglianError):
        play.do("u", n=0)
    play.do("u", n=1)
    assert play.open == ["a"]
