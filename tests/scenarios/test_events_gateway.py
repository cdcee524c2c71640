"""Event-based gateways (BPMN 2.0.2, 10.6.6, 13.4.4): the first event wins; instantiating: it starts the process."""

from collections.abc import Callable

import pytest

from tests.scenarios.drawing import (
    boundary,
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
    sub,
    timer,
    users,
)
from tests.scenarios.runs import Begin, Play

ALL = drawing(
    start(), parallel("f"), event_gateway("g"), catch("by-message", message("m")), catch("by-signal", signal("s")),
    catch("by-timer", timer(duration="PT1H")), catch("by-condition", condition("x > 3")),
    users("set", "a"), exclusive("j"), end(),
    flows("s > f > g; f > set > e; g > by-message > j; g > by-signal > j; g > by-timer > j; g > by-condition > j"),
    flows("j > a > e"),
)  # fmt: skip

EVENTS: dict[str, Callable[[Play], object]] = {
    "by-message": lambda play: play.message("m"),
    "by-signal": lambda play: play.signal("s"),
    "by-timer": lambda play: play.advance(hours=1),
    "by-condition": lambda play: play.do("set", x=5),
}


@pytest.mark.parametrize("winner", EVENTS)
def test_the_first_event_wins_and_the_others_stop_waiting(begin: Begin, winner: str) -> None:
    play = begin(ALL, data={"x": 0})
    assert play.waiting == sorted(EVENTS)
    EVENTS[winner](play)
    assert play.waiting == []
    assert play.open.count("a") == 1
    for late in (name for name in EVENTS if name != winner):
        EVENTS[late](play)
    assert (play.open.count("a"), play.waiting) == (1, [])
    play.do("a")
    play.ended()
    assert [name for name in play.done if name in EVENTS] == [winner]


def test_the_gateway_completes_before_the_event_that_won(begin: Begin) -> None:
    play = begin(
        drawing(start(), event_gateway("g"), catch("c1", message("m1")), catch("c2", message("m2")), end(),
                flows("s > g > c1 > e; g > c2 > e"))
    )  # fmt: skip
    assert play.message("m2")
    play.ended("s g c2 e")


def test_a_message_kept_since_before_wins_at_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), event_gateway("g"), catch("c1", message("m1")), catch("c2", message("m2")), end(),
                flows("s > a > g > c1 > e; g > c2 > e"))
    )  # fmt: skip
    assert not play.message("m2", {"x": 1})
    play.do("a")
    play.ended("s a g c2 e", {"x": 1})


def test_receive_tasks_race_a_timer(begin: Begin) -> None:
    drawn = drawing(start(), event_gateway("g"), receive("r1", "m1"), receive("r2", "m2"),
                    catch("c", timer(duration="PT1H")), end(),
                    flows("s > g > r1 > e; g > r2 > e; g > c > e"))  # fmt: skip
    by_message, by_timer = begin(drawn), begin(drawn)
    assert by_message.waiting == ["c", "r1", "r2"]
    assert by_message.message("m2", {"x": 1})
    by_message.ended("s g r2 e", {"x": 1})
    by_timer.advance(hours=1)
    by_timer.ended("s g c e")


def test_a_gateway_in_a_loop_waits_anew(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("again"), event_gateway("g"), catch("more", message("m")),
                catch("stop", timer(duration="PT1H")), end(), flows("s > again > g > more > again; g > stop > e"))
    )  # fmt: skip
    play.advance(minutes=50)
    assert play.message("m")
    play.advance(minutes=50)
    assert play.message("m")
    play.advance(minutes=50)
    assert not play.finished
    play.advance(minutes=10)
    play.ended("s again g more again g more again g stop e")


def test_two_tokens_at_one_gateway_race_apart(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b"), exclusive("in"), event_gateway("g"), catch("c1", message("m")),
                catch("c2", message("n")), end(), flows("s > f > a > in; f > b > in > g > c1 > e; g > c2 > e"))
    )  # fmt: skip
    play.do("a", "b")
    assert play.message("m")
    assert (play.waiting, play.finished) == (["c1", "c2"], False)
    assert play.message("n")
    play.ended()
    assert (play.done.count("c1"), play.done.count("c2")) == (1, 1)


def test_a_gateway_waiting_in_a_sub_process_is_cancelled_with_it(begin: Begin) -> None:
    inner = sub("inner", start("s1"), event_gateway("g"), catch("c1", message("m")), catch("c2", timer(duration="P1D")),
                end("e1"), flows("s1 > g > c1 > e1; g > c2 > e1"))  # fmt: skip
    play = begin(
        drawing(
            start(), inner, boundary("x", "inner", signal("stop")), end(), end("e2"), flows("s > inner > e; x > e2")
        )
    )
    assert play.signal("stop") == 1
    assert play.finished
    assert play.done[-2:] == ["x", "e2"]


def instantiating(*, together: bool) -> bytes:
    """A process that an event-based gateway without incoming flow starts."""
    return drawing(
        event_gateway("g", instantiate=True, parallel=together), catch("c1", message("m1")), catch("c2", message("m2")),
        users("a", "b"), end(), flows("g > c1 > a > e; g > c2 > b > e"),
    )  # fmt: skip


def test_an_instantiating_exclusive_gateway_starts_the_process_at_the_first_event(begin: Begin) -> None:
    play = begin(instantiating(together=False))
    assert (play.open, play.waiting, play.finished) == ([], ["c1", "c2"], False)
    assert play.message("m2", {"x": 1})
    assert (play.open, play.waiting, play.data) == (["b"], [], {"x": 1})
    assert not play.message("m1")
    play.do("b")
    play.ended()
    assert "a" not in play.done


@pytest.mark.parametrize(("first", "second"), [("1", "2"), ("2", "1")])
def test_an_instantiating_parallel_gateway_needs_all_its_events(begin: Begin, first: str, second: str) -> None:
    play = begin(instantiating(together=True))
    one, two = ("a", "b") if first == "1" else ("b", "a")
    assert play.message(f"m{first}")
    assert (play.open, play.waiting) == ([one], [f"c{second}"])
    play.do(one)
    assert not play.finished, "the other event is still needed"
    assert play.message(f"m{second}")
    play.do(two)
    play.ended()
    assert [name for name in play.done if name in ("c1", "c2")] == [f"c{first}", f"c{second}"]


def test_an_instantiating_gateway_before_receive_tasks(begin: Begin) -> None:
    play = begin(
        drawing(event_gateway("g", instantiate=True), receive("r1", "m1"), receive("r2", "m2"), users("a"), end(),
                flows("g > r1 > a > e; g > r2 > e"))
    )  # fmt: skip
    assert play.waiting == ["r1", "r2"]
    assert play.message("m1")
    assert (play.open, play.waiting) == (["a"], [])
    play.do("a")
    play.ended()


def test_several_instantiating_events_beside_each_other(begin: Begin) -> None:
    play = begin(
        drawing(start("s", message("m0")), receive("r", "m1", instantiate=True), users("a", "b"), end(),
                flows("s > a > e; r > b > e"))
    )  # fmt: skip
    assert play.waiting == ["r", "s"]
    assert play.message("m1")
    assert (play.open, play.waiting) == (["b"], [])
