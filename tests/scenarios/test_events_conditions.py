"""Conditional events (BPMN 2.0.2, 10.5.5): fire when the condition becomes true, again only after it was false."""

from tests.scenarios.drawing import (
    boundary,
    catch,
    condition,
    drawing,
    end,
    event_sub,
    exclusive,
    flows,
    message,
    parallel,
    script,
    service,
    start,
    sub,
    users,
)
from tests.scenarios.runs import Begin


def test_a_catch_event_waits_until_the_condition_becomes_true(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b", "d"), catch("c", condition("x > 3")), end(),
                flows("s > f > c > d > e; f > a > b > e")),
        data={"x": 0},
    )  # fmt: skip
    assert (play.open, play.waiting) == (["a"], ["c"])
    play.do("a", x=2)
    assert play.waiting == ["c"]
    play.do("b", x=4)
    assert (play.open, play.waiting) == (["d"], [])
    play.do("d")
    play.ended()


def test_a_catch_event_whose_condition_holds_lets_the_token_pass(begin: Begin) -> None:
    play = begin(drawing(start(), catch("c", condition("x > 3")), end(), flows("s > c > e")), data={"x": 5})
    play.ended("s c e")


def test_a_process_with_a_conditional_start_begins_when_it_holds(begin: Begin) -> None:
    drawn = drawing(start("s", condition("x > 3")), users("a"), end(), flows("s > a > e"))
    assert begin(drawn, data={"x": 1}).waiting == ["s"]
    play = begin(drawn, data={"x": 5})
    assert (play.open, play.waiting) == (["a"], [])
    play.do("a")
    play.ended("s a e")


def test_a_script_a_message_and_a_service_can_make_a_condition_true(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f", "j"), users("a"), script("n1", "x = 1"), service("n3"),
                catch("m", message("m")), catch("c1", condition("x == 1")), catch("c2", condition("x == 2")),
                catch("c3", condition("x == 3")), end(),
                flows("s > f > a > n1 > m > n3 > j; f > c1 > j; f > c2 > j; f > c3 > j; j > e")),
        data={"x": 0}, services={"n3": lambda values: {"x": 3}},
    )  # fmt: skip
    assert play.waiting == ["c1", "c2", "c3"]
    play.do("a")
    assert play.waiting == ["c2", "c3", "m"]
    assert play.message("m", {"x": 2})
    play.ended()


def test_an_interrupting_boundary_event_ends_its_activity_when_the_condition_becomes_true(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b", "c"), boundary("x", "a", condition("n > 3")), end(),
                flows("s > f > a > e; x > c > e; f > b > e")),
        data={"n": 0},
    )  # fmt: skip
    assert play.waiting == ["x"]
    play.do("b", n=5)
    assert (play.open, play.cancelled, play.waiting) == (["c"], ["a"], [])
    play.do("c")
    play.ended("s f b e x c e")


def test_a_condition_that_stays_false_leaves_the_activity_alone(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", condition("n > 3")), end(), flows("s > a > e; x > b > e")),
        data={"n": 0},
    )
    play.do("a", n=5)
    play.ended("s a e")


def test_a_non_interrupting_boundary_event_fires_at_every_change_from_false_to_true(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b", "c"), boundary("x", "a", condition("n > 3"),
                interrupting=False), exclusive("again"), end(),
                flows("s > f > a > e; x > c > e; f > again > b > again")),
        data={"n": 0},
    )  # fmt: skip
    seen = []
    for number in (5, 6, 1, 2, 7, 4, 0):
        play.do("b", n=number)
        seen.append(play.done.count("x"))
    assert seen == [1, 1, 1, 1, 2, 2, 2]
    assert play.sorted == ["a", "b", "c", "c"]


def test_an_interrupting_event_sub_process_takes_over_when_the_condition_becomes_true(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), end(), flows("s > a > b > e"),
                event_sub("h", start("s2", condition("x > 3")), users("c"), end("e2"), flows("s2 > c > e2"))),
        data={"x": 0},
    )  # fmt: skip
    assert play.waiting == ["s2"]
    play.do("a", x=5)
    assert (play.open, play.waiting) == (["c"], [])
    play.do("c")
    assert play.finished
    assert "b" not in play.done


def test_a_non_interrupting_event_sub_process_starts_at_every_change_from_false_to_true(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a1", "a2", "a3", "a4", "a5"), end(), flows("s > a1 > a2 > a3 > a4 > a5 > e"),
                event_sub("h", start("s2", condition("x > 3"), interrupting=False), users("c"), end("e2"),
                          flows("s2 > c > e2"))),
        data={"x": 0},
    )  # fmt: skip
    play.do("a1", x=5)
    assert play.sorted == ["a2", "c"]
    play.do("a2", x=6)
    assert play.sorted == ["a3", "c"]
    play.do("a3", x=0)
    play.do("a4", x=7)
    assert play.sorted == ["a5", "c", "c"]


def test_an_event_sub_process_of_a_sub_process_sees_what_happens_outside(begin: Begin) -> None:
    inner = sub(
        "inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"),
        event_sub("h", start("s2", condition("stop")), users("c"), end("e2"), flows("s2 > c > e2")),
    )  # fmt: skip
    play = begin(
        drawing(start(), parallel("f", "j"), inner, users("b"), end(), flows("s > f > inner > j; f > b > j > e")),
        data={"stop": False},
    )
    play.do("b", stop=True)
    assert (play.open, play.cancelled) == (["c"], ["a"])
    play.do("c")
    assert play.finished
    assert play.done[-5:] == ["e2", "h", "inner", "j", "e"]
