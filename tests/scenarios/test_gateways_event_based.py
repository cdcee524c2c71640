"""Event-based gateways, the basics (BPMN 2.0.2, 13.4.4): the first event wins and the other branches stop."""

import pytest

from tests.scenarios.drawing import (
    catch,
    condition,
    drawing,
    end,
    event_gateway,
    exclusive,
    flows,
    message,
    parallel,
    receive,
    signal,
    start,
    timer,
    users,
)
from tests.scenarios.runs import Begin

FIRST = drawing(
    start(),
    event_gateway("g"),
    catch("paid", message("paid")),
    catch("stop", signal("stop")),
    catch("late", timer(duration="PT2H")),
    users("a", "b", "c"),
    end(),
    flows("s > g > paid > a > e; g > stop > b > e; g > late > c > e"),
)


@pytest.mark.parametrize("which", ["paid", "stop", "late"])
def test_the_first_event_wins(begin: Begin, which: str) -> None:
    play = begin(FIRST)
    assert play.open == []
    assert play.waiting == ["late", "paid", "stop"]
    if which == "paid":
        assert play.message("paid") is True
    elif which == "stop":
        assert play.signal("stop") == 1
    else:
        play.advance(hours=1)
        assert play.waiting == ["late", "paid", "stop"]
        play.advance(hours=1)
    opened = {"paid": "a", "stop": "b", "late": "c"}[which]
    assert play.open == [opened]
    assert play.waiting == []
    assert play.signal("stop") == 0
    play.advance(hours=5)
    assert play.open == [opened]
    play.do(opened)
    play.ended(f"s g {which} {opened} e")


def test_a_receive_task_behind_the_gateway(begin: Begin) -> None:
    play = begin(
        drawing(start(), event_gateway("g"), receive("r", "paid"), catch("late", timer(duration="P1D")), users("a"),
                end(), flows("s > g > r > a > e; g > late > e"))
    )  # fmt: skip
    assert play.waiting == ["late", "r"]
    play.message("paid")
    assert (play.open, play.waiting) == (["a"], [])


def test_two_tokens_at_one_gateway_wait_each_for_themselves(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("u", "v", "a"), exclusive("m"), event_gateway("g"),
                catch("paid", message("paid")), catch("late", timer(duration="P1D")), end(),
                flows("s > f > u > m > g > paid > a > e; f > v > m; g > late > e"))
    )  # fmt: skip
    play.do("u", "v")
    assert play.waiting == ["late", "late", "paid", "paid"]
    assert play.message("paid") is True
    assert play.open == ["a"]
    assert play.waiting == ["late", "paid"]
    play.advance(days=1)
    assert play.waiting == []
    play.do("a")
    play.ended()


def test_a_condition_behind_the_gateway(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("u", "a"), event_gateway("g"), catch("c", condition("n > 3")),
                catch("paid", message("paid")), end(), flows("s > f > g > c > a > e; g > paid > e; f > u > e")),
        data={"n": 0},
    )  # fmt: skip
    assert (play.open, play.waiting) == (["u"], ["c", "paid"])
    play.do("u", n=4)
    assert (play.open, play.waiting) == (["a"], [])


def test_the_gateway_in_a_loop_arms_its_events_again(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("m"), event_gateway("g"), catch("paid", message("paid")),
                catch("late", timer(duration="PT1H")), users("a"), end(),
                flows("s > m > g > paid > a > m; g > late > e"))
    )  # fmt: skip
    play.message("paid")
    play.advance(minutes=50)
    play.do("a")
    assert play.waiting == ["late", "paid"]
    play.advance(minutes=50)
    assert play.waiting == ["late", "paid"], "the hour began anew"
    play.advance(minutes=10)
    play.ended("s m g paid a m g late e")


def test_a_message_kept_from_before_wins_at_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("u"), event_gateway("g"), catch("paid", message("paid")), catch("other", message("o")),
                users("a"), end(), flows("s > u > g > paid > a > e; g > other > e"))
    )  # fmt: skip
    assert play.message("paid") is False
    play.do("u")
    assert (play.open, play.waiting) == (["a"], [])
