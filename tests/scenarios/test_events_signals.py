"""Signals (BPMN 2.0.2, 10.5.1, 10.5.5): broadcast to everything that waits at that moment, never kept."""

import pytest

from engine.runtime.standalone import Bus
from tests.scenarios.drawing import (
    boundary,
    call,
    catch,
    definitions,
    drawing,
    element,
    end,
    event_sub,
    flows,
    parallel,
    process,
    signal,
    start,
    sub,
    throw,
    users,
)
from tests.scenarios.runs import Begin


def test_a_signal_starts_the_process(begin: Begin) -> None:
    play = begin(drawing(start("s", signal("go")), users("a"), end(), flows("s > a > e")))
    assert (play.open, play.waiting) == ([], ["s"])
    assert play.signal("other") == 0
    assert play.signal("go", {"x": 1}) == 1
    assert (play.open, play.data) == (["a"], {"x": 1})
    assert play.signal("go") == 0, "another signal would start another instance of the process"
    play.do("a")
    play.ended("s a e")


def test_a_signal_reaches_every_catcher(begin: Begin) -> None:
    inner = sub("inner", start("s1"), catch("deep", signal("g")), end("e1"), flows("s1 > deep > e1"))
    play = begin(
        drawing(start(), parallel("f", "j"), catch("c1", signal("g")), catch("c2", signal("g")), inner,
                catch("other", signal("h")), users("a"), end(),
                flows("s > f > c1 > j > a > e; f > c2 > j; f > inner > j; f > other > j"))
    )  # fmt: skip
    assert play.waiting == ["c1", "c2", "deep", "other"]
    assert play.signal("g", {"x": 1}) == 3
    assert (play.waiting, play.data) == (["other"], {"x": 1})
    assert play.signal("h") == 1
    assert play.open == ["a"]


def test_a_signal_that_nothing_waits_for_is_lost(begin: Begin) -> None:
    play = begin(drawing(start(), users("a"), catch("c", signal("g")), end(), flows("s > a > c > e")))
    assert play.signal("g", {"x": 1}) == 0
    play.do("a")
    assert (play.waiting, play.data, play.finished) == (["c"], {}, False)
    assert play.signal("g") == 1
    play.ended("s a c e")


def test_a_throw_event_reaches_the_catchers_of_its_run_but_none_that_come_later(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), catch("c1", signal("g")), catch("c2", signal("g")), users("a", "b", "d"),
                throw("t", signal("g")), catch("late", signal("g")), end(),
                flows("s > f > c1 > a > e; f > c2 > b > e; f > d > t > late > e"))
    )  # fmt: skip
    play.do("d")
    assert (play.sorted, play.waiting) == (["a", "b"], ["late"])


def test_an_end_event_throws_its_signal(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), catch("c", signal("g")), users("a", "b"), end(), end("e2", signal("g")),
                flows("s > f > c > a > e; f > b > e2"))
    )  # fmt: skip
    play.do("b")
    assert play.open == ["a"]
    play.do("a")
    play.ended()
    assert "e2" in play.done


def test_a_signal_thrown_in_one_run_is_caught_in_all_on_its_bus(begin: Begin) -> None:
    bus = Bus()
    waiting = drawing(start(), catch("c", signal("g")), users("a"), end(), flows("s > c > a > e"))
    first, second, apart = begin(waiting, bus=bus), begin(waiting, bus=bus), begin(waiting)
    started = begin(drawing(start("s", signal("g")), users("a"), end(), flows("s > a > e")), bus=bus)
    thrower = begin(drawing(start(), users("a"), throw("t", signal("g")), end(), flows("s > a > t > e")), bus=bus)
    thrower.do("a")
    thrower.ended("s a t e")
    assert (first.open, second.open, started.open, apart.open) == (["a"], ["a"], ["a"], [])


def test_a_signal_from_outside_goes_to_all_runs_on_the_bus(begin: Begin) -> None:
    bus = Bus()
    waiting = drawing(start(), catch("c", signal("g")), users("a"), end(), flows("s > c > a > e"))
    first, second = begin(waiting, bus=bus), begin(waiting, bus=bus)
    assert first.signal("g", {"x": 1}) == 2
    assert (first.open, second.open) == (["a"], ["a"])
    assert (first.data, second.data) == ({"x": 1}, {"x": 1})


def test_an_interrupting_signal_boundary_event_ends_the_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", signal("g")), end(), flows("s > a > e; x > b > e"))
    )
    assert play.signal("g") == 1
    assert (play.open, play.cancelled, play.waiting) == (["b"], ["a"], [])
    assert play.signal("g") == 0
    play.do("b")
    play.ended("s x b e")


def test_a_non_interrupting_signal_boundary_event_fires_each_time(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", signal("g"), interrupting=False), end(),
                flows("s > a > e; x > b > e"))
    )  # fmt: skip
    assert (play.signal("g"), play.signal("g")) == (1, 1)
    assert play.sorted == ["a", "b", "b"]
    play.do("a")
    assert play.signal("g") == 0
    play.do("b", "b")
    play.ended()


def test_one_signal_fires_several_boundary_events_of_one_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b", "c"), boundary("x", "a", signal("g"), interrupting=False),
                boundary("y", "a", signal("g"), interrupting=False), end(), flows("s > a > e; x > b > e; y > c > e"))
    )  # fmt: skip
    assert play.signal("g") == 2
    assert play.sorted == ["a", "b", "c"]


def test_an_interrupting_signal_event_sub_process_takes_over(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", signal("g")), users("b"), end("e2"), flows("s2 > b > e2")))
    )  # fmt: skip
    assert play.signal("g") == 1
    assert (play.open, play.cancelled) == (["b"], ["a"])
    play.do("b")
    play.ended("s s2 b e2 h")


def test_a_non_interrupting_signal_event_sub_process_runs_beside(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", signal("g"), interrupting=False), users("b"), end("e2"),
                          flows("s2 > b > e2")))
    )  # fmt: skip
    assert (play.signal("g"), play.signal("g")) == (1, 1)
    assert play.sorted == ["a", "b", "b"]
    play.do("a", "b", "b")
    play.ended()


def test_an_event_sub_process_of_a_scope_that_ended_hears_nothing(begin: Begin) -> None:
    inner = sub(
        "inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"),
        event_sub("h", start("s2", signal("g"), interrupting=False), users("b"), end("e2"), flows("s2 > b > e2")),
    )  # fmt: skip
    play = begin(drawing(start(), inner, users("c"), end(), flows("s > inner > c > e")))
    assert play.waiting == ["s2"]
    play.do("a")
    assert play.waiting == []
    assert play.signal("g") == 0
    assert play.open == ["c"]


def test_a_signal_thrown_inside_a_sub_process_interrupts_that_sub_process(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), throw("t", signal("g")), users("b"), end("e1"),
                flows("s1 > a > t > b > e1"))  # fmt: skip
    play = begin(
        drawing(start(), inner, boundary("x", "inner", signal("g")), users("c"), end(),
                flows("s > inner > e; x > c > e"))
    )  # fmt: skip
    play.do("a")
    assert play.open == ["c"]
    play.do("c")
    play.ended()
    assert "b" not in play.done


def test_a_signal_crosses_into_a_called_process(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), call("k", "called"), end(), flows("s > k > e")),
            process(start("s2"), catch("c", signal("g")), end("e2"), flows("s2 > c > e2"), identity="called",
                    executable=False),
        )
    )  # fmt: skip
    assert play.waiting == ["c"]
    assert play.signal("g") == 1
    play.ended("s s2 c e2 k e")


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["told"]), (False, ["after", "told"])])
def test_a_sub_process_hears_the_signal_of_its_own_last_end_event(
    begin: Begin, interrupting: bool, opened: list[str]
) -> None:
    inner = sub("inner", start("s1"), users("a"), end("e1", signal("g")), flows("s1 > a > e1"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", signal("g"), interrupting=interrupting), users("after", "told"),
                end(), flows("s > inner > after > e; x > told > e"))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == opened


def test_a_signal_without_a_name_is_known_by_its_id(begin: Begin) -> None:
    body = process(start(), catch("c", element("signalEventDefinition", "", signalRef="g1")), end(),
                   flows("s > c > e"))  # fmt: skip
    play = begin(definitions(element("signal", "g1"), body))
    assert play.signal("g1") == 1
    play.ended("s c e")
