"""Multiple events (BPMN 2.0.2, 10.5.1): any of several definitions, with parallelMultiple all; shared definitions."""

from collections.abc import Callable
from itertools import permutations

import pytest

from tests.scenarios.drawing import (
    boundary,
    catch,
    condition,
    definition_ref,
    definitions,
    drawing,
    end,
    error_event,
    escalation,
    event_sub,
    exclusive,
    flows,
    message,
    parallel,
    process,
    signal,
    start,
    sub,
    throw,
    timer,
    users,
)
from tests.scenarios.runs import Begin


def test_a_multiple_start_event_starts_at_any_of_its_events(begin: Begin) -> None:
    drawn = drawing(start("s", message("m"), signal("g"), timer(duration="PT1H")), users("a"), end(),
                    flows("s > a > e"))  # fmt: skip
    by_message, by_signal, by_timer = begin(drawn), begin(drawn), begin(drawn)
    assert by_message.waiting == ["s"]
    assert by_message.message("m")
    assert by_signal.signal("g") == 1
    by_timer.advance(hours=1)
    for play in (by_message, by_signal, by_timer):
        assert (play.open, play.waiting) == (["a"], [])
        play.do("a")
        play.ended("s a e")


def test_a_parallel_multiple_start_event_needs_all_of_its_events(begin: Begin) -> None:
    play = begin(drawing(start("s", message("m"), signal("g"), every=True), users("a"), end(), flows("s > a > e")))
    assert play.message("m", {"x": 1})
    assert (play.open, play.waiting) == ([], ["s"])
    assert play.signal("g") == 1
    assert (play.open, play.waiting, play.data) == (["a"], [], {"x": 1})
    play.do("a")
    play.ended("s a e")


def test_a_multiple_catch_event_goes_on_at_any_of_its_events(begin: Begin) -> None:
    drawn = drawing(start(), users("a"), catch("c", message("m"), signal("g"), timer(duration="PT1H"),
                    condition("x > 3")), end(), flows("s > a > c > e"))  # fmt: skip
    plays = [begin(drawn, data={"x": 0}) for _ in range(4)]
    for play in plays:
        play.do("a", x=5 if play is plays[3] else 0)
    assert plays[0].message("m")
    assert plays[1].signal("g") == 1
    plays[2].advance(hours=1)
    for play in plays:
        play.ended("s a c e")


@pytest.mark.parametrize("order", list(permutations(("message", "signal", "timer"))), ids="-".join)
def test_a_parallel_multiple_catch_event_goes_on_when_all_came(begin: Begin, order: tuple[str, ...]) -> None:
    drawn = drawing(start(), catch("c", message("m"), signal("g"), timer(duration="PT1H"), every=True), end(),
                    flows("s > c > e"))  # fmt: skip
    play = begin(drawn)
    steps: dict[str, Callable[[], object]] = {
        "message": lambda: play.message("m"),
        "signal": lambda: play.signal("g"),
        "timer": lambda: play.advance(hours=1),
    }
    for step in order:
        assert not play.finished
        assert play.waiting == ["c"]
        steps[step]()
    play.ended("s c e")


def test_a_multiple_throw_event_throws_all_of_its_events(begin: Begin) -> None:
    for last in (throw("t", message("m"), signal("g")), end("t", message("m"), signal("g"))):
        drawn = [
            start(), parallel("f"), catch("c1", message("m")), catch("c2", signal("g")), users("a", "b", "d"), end(),
            last, flows("s > f > c1 > a > e; f > c2 > b > e; f > d > t"),
        ]  # fmt: skip
        play = begin(drawing(*drawn, *([flows("t > e")] if "Throw" in last else [])))
        play.do("d")
        assert play.sorted == ["a", "b"]
        play.do("a", "b")
        play.ended()
        assert "t" in play.done


def test_an_interrupting_multiple_boundary_event_fires_at_the_first(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", message("m"), timer(duration="PT1H")), end(),
                flows("s > a > e; x > b > e"))
    )  # fmt: skip
    assert play.waiting == ["x"]
    play.advance(hours=1)
    assert (play.open, play.waiting) == (["b"], [])
    assert not play.message("m")


def test_a_non_interrupting_multiple_boundary_event_fires_at_each(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"),
                boundary("x", "a", message("m"), signal("g"), timer(duration="PT1H"), interrupting=False), end(),
                flows("s > a > e; x > b > e"))
    )  # fmt: skip
    assert play.message("m")
    assert play.signal("g") == 1
    play.advance(hours=1)
    assert play.message("m")
    assert play.sorted == ["a", "b", "b", "b", "b"]


def test_a_parallel_multiple_boundary_event_needs_all(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", message("m"), signal("g"), every=True), end(),
                flows("s > a > e; x > b > e"))
    )  # fmt: skip
    assert play.signal("g") == 1
    assert (play.open, play.waiting) == (["a"], ["x"])
    assert play.message("m")
    assert (play.open, play.waiting, play.cancelled) == (["b"], [], ["a"])


def test_a_non_interrupting_parallel_multiple_boundary_event_needs_all_each_time(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"),
                boundary("x", "a", message("m"), signal("g"), every=True, interrupting=False), end(),
                flows("s > a > e; x > b > e"))
    )  # fmt: skip
    for opened in (["a", "b"], ["a", "b", "b"]):
        assert play.message("m")
        assert play.sorted == opened[:-1]
        assert play.signal("g") == 1
        assert play.sorted == opened


def test_half_of_a_parallel_multiple_event_is_gone_with_its_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("again"), users("a", "b"),
                boundary("x", "a", message("m"), signal("g"), every=True), end(),
                flows("s > again > a > again; x > b > e"))
    )  # fmt: skip
    assert play.message("m")
    play.do("a")
    assert play.signal("g") == 1
    assert play.open == ["a"]
    assert play.message("m")
    assert play.open == ["b"]


def test_a_multiple_event_sub_process_starts_at_any_of_its_events(begin: Begin) -> None:
    for interrupting, opened in ((True, ["b"]), (False, ["a", "b"])):
        play = begin(
            drawing(start(), users("a"), end(), flows("s > a > e"),
                    event_sub("h", start("s2", message("m"), signal("g"), interrupting=interrupting), users("b"),
                              end("e2"), flows("s2 > b > e2")))
        )  # fmt: skip
        assert play.signal("g") == 1
        assert play.sorted == opened
        play.do(*opened)
        play.ended()


def test_a_parallel_multiple_event_sub_process_needs_all_of_its_events(begin: Begin) -> None:
    for interrupting, opened in ((True, ["b"]), (False, ["a", "b"])):
        play = begin(
            drawing(start(), users("a"), end(), flows("s > a > e"),
                    event_sub("h", start("s2", message("m"), signal("g"), interrupting=interrupting, every=True),
                              users("b"), end("e2"), flows("s2 > b > e2")))
        )  # fmt: skip
        assert play.signal("g") == 1
        assert play.open == ["a"]
        assert play.message("m")
        assert play.sorted == opened


def test_a_multiple_boundary_event_catches_errors_and_escalations_too(begin: Begin) -> None:
    for thrown in (error_event("E1"), escalation("up")):
        play = begin(
            drawing(start(), sub("inner", start("s1"), users("a"), end("e1", thrown), flows("s1 > a > e1")),
                    boundary("x", "inner", error_event("E1"), escalation("up"), message("m")), users("b"), end(),
                    flows("s > inner > e; x > b > e"))
        )  # fmt: skip
        play.do("a")
        assert play.open == ["b"]
        play.do("b")
        play.ended("s s1 a e1 x b e")


def test_definitions_at_the_root_of_the_file_are_shared(begin: Begin) -> None:
    play = begin(
        definitions(
            message("m", "the-message"), timer(duration="PT1H", identity="the-hour"),
            process(start(), catch("c1", definition_ref("the-message")), catch("c2", definition_ref("the-hour")),
                    users("a", "b"), boundary("x", "a", definition_ref("the-hour"), interrupting=False),
                    throw("t", definition_ref("the-message")), catch("c3", definition_ref("the-message")), end(),
                    flows("s > c1 > c2 > a > t > c3 > e; x > b > e")),
        )
    )  # fmt: skip
    assert play.message("m")
    play.advance(hours=1)
    assert play.open == ["a"]
    play.advance(hours=1)
    assert play.sorted == ["a", "b"]
    play.do("a", "b")
    play.ended()
    assert {"c1", "c2", "t", "c3", "x"} <= set(play.done)


def test_own_and_shared_definitions_make_one_multiple_event(begin: Begin) -> None:
    drawn = definitions(
        message("m", "the-message"),
        process(start(), catch("c", signal("g"), definition_ref("the-message"), every=True), end(),
                flows("s > c > e")),
    )  # fmt: skip
    play = begin(drawn)
    assert play.signal("g") == 1
    assert not play.finished
    assert play.message("m")
    play.ended("s c e")
