"""Event sub-processes and boundary events (BPMN 2.0.2, 10.3.5, 10.5.4, 13.4.3, 13.5.4): what ends with what."""

import pytest

from tests.scenarios.drawing import (
    boundary,
    call,
    cardinality_loop,
    catch,
    definitions,
    drawing,
    end,
    event_gateway,
    event_sub,
    exclusive,
    flows,
    message,
    parallel,
    process,
    signal,
    start,
    sub,
    task,
    timer,
    users,
)
from tests.scenarios.runs import Begin


def listening(name: str, definition: str, *, interrupting: bool = True) -> str:
    """The event sub-process ``h-<name>``: start ``s-<name>``, task ``<name>``, end ``e-<name>``."""
    return event_sub(f"h-{name}", start(f"s-{name}", definition, interrupting=interrupting), users(name),
                     end(f"e-{name}"), flows(f"s-{name} > {name} > e-{name}"))  # fmt: skip


def test_an_interrupting_event_sub_process_cancels_branches_waits_and_timers(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("deep"), boundary("t1", "deep", timer(duration="PT1H")), end("e1"),
                flows("s1 > deep > e1; t1 > e1"))  # fmt: skip
    play = begin(
        drawing(start(), parallel("f", "j"), users("a"), catch("c", message("m")), catch("t", timer(duration="PT2H")),
                event_gateway("g"), catch("g1", signal("g1")), catch("g2", timer(duration="PT3H")), inner, end(),
                flows("s > f > a > j; f > c > j; f > t > j; f > g > g1 > j; g > g2 > j; f > inner > j > e"),
                listening("b", message("stop")))
    )  # fmt: skip
    assert play.sorted == ["a", "deep"]
    assert play.waiting == ["c", "g1", "g2", "s-b", "t", "t1"]
    assert play.message("stop")
    assert (play.open, play.waiting) == (["b"], [])
    assert {"a", "deep", "inner", "c", "t"} <= set(play.cancelled)
    play.advance(days=1)
    assert not play.message("m")
    assert play.signal("g1") == 0
    play.do("b")
    play.ended()
    assert play.done[-4:] == ["s-b", "b", "e-b", "h-b"]


def test_an_interrupting_event_sub_process_stops_its_siblings_listening(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("main"), end(), flows("s > main > e"), listening("a", message("m")),
                listening("b", message("n"), interrupting=False), listening("c", timer(duration="PT1H")))
    )  # fmt: skip
    assert play.waiting == ["s-a", "s-b", "s-c"]
    assert play.message("m")
    assert (play.open, play.waiting) == (["a"], [])
    assert not play.message("n")
    play.advance(hours=2)
    assert play.open == ["a"]


def test_an_interrupting_event_sub_process_cancels_the_siblings_that_run(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("main"), end(), flows("s > main > e"), listening("a", message("m")),
                listening("b", message("n"), interrupting=False))
    )  # fmt: skip
    assert play.message("n")
    assert play.sorted == ["b", "main"]
    assert play.message("m")
    assert play.open == ["a"]
    assert {"b", "main"} <= set(play.cancelled)
    play.do("a")
    play.ended("s s-b s-a a e-a h-a")


def test_several_non_interrupting_event_sub_processes_run_at_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("main"), end(), flows("s > main > e"),
                listening("a", message("m"), interrupting=False), listening("b", signal("g"), interrupting=False))
    )  # fmt: skip
    assert play.message("m")
    assert play.signal("g") == 1
    assert play.message("m")
    assert play.sorted == ["a", "a", "b", "main"]
    play.do("main")
    assert (play.sorted, play.waiting, play.finished) == (["a", "a", "b"], ["s-a", "s-b"], False)
    play.do("a", "b")
    assert not play.finished
    play.do("a")
    play.ended()


def test_an_event_sub_process_of_a_sub_process_lives_as_long_as_that(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"),
                listening("b", message("m"), interrupting=False))  # fmt: skip
    play = begin(drawing(start(), users("before", "after"), inner, end(), flows("s > before > inner > after > e")))
    assert play.waiting == []
    play.do("before")
    assert play.waiting == ["s-b"]
    assert play.message("m")
    play.do("a")
    assert play.open == ["b"], "the sub-process waits for its event sub-process"
    play.do("b")
    assert (play.open, play.waiting) == (["after"], [])


def test_when_an_interrupting_event_sub_process_ends_its_sub_process_ends_normally(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), listening("b", message("m")))
    play = begin(drawing(start(), parallel("f"), inner, users("after", "apart"), end(),
                         flows("s > f > inner > after > e; f > apart > e")))  # fmt: skip
    assert play.message("m")
    assert play.sorted == ["apart", "b"]
    play.do("b")
    assert play.sorted == ["after", "apart"]
    assert play.done == ["s", "f", "s1", "s-b", "b", "e-b", "h-b", "inner"]


def test_a_boundary_event_ends_a_sub_process_with_its_running_event_sub_process(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), listening("b", message("m")))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", signal("g")), users("c"), end(),
                flows("s > inner > e; x > c > e"))
    )  # fmt: skip
    assert play.message("m")
    assert play.open == ["b"]
    assert play.signal("g") == 1
    assert (play.open, play.waiting) == (["c"], [])
    play.do("c")
    play.ended()
    assert "inner" not in play.done


def test_event_sub_processes_nest(begin: Begin) -> None:
    nested = event_sub(
        "outer", start("s1", message("m")), users("a"), end("e1"), flows("s1 > a > e1"),
        listening("b", signal("g"), interrupting=False), listening("c", message("n")),
    )  # fmt: skip
    play = begin(drawing(start(), users("main"), end(), flows("s > main > e"), nested))
    assert play.waiting == ["s1"], "what stands inside listens only while it runs"
    assert play.signal("g") == 0
    assert play.message("m")
    assert (play.open, play.waiting) == (["a"], ["s-b", "s-c"])
    assert play.signal("g") == 1
    assert play.sorted == ["a", "b"]
    assert play.message("n")
    assert (play.open, play.waiting) == (["c"], [])
    play.do("c")
    play.ended("s s1 s-b s-c c e-c h-c outer")


def test_an_outer_interruption_ends_an_inner_event_sub_process(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"),
                listening("b", message("m"), interrupting=False))  # fmt: skip
    play = begin(drawing(start(), inner, end(), flows("s > inner > e"), listening("c", signal("g"))))
    assert play.message("m")
    assert play.sorted == ["a", "b"]
    assert play.signal("g") == 1
    assert (play.open, play.waiting) == (["c"], [])
    play.do("c")
    assert play.finished


def test_an_inner_interruption_leaves_the_rest_of_the_process_alone(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), listening("b", message("m")))
    play = begin(
        drawing(start(), parallel("f", "j"), inner, users("apart"), end(),
                flows("s > f > inner > j > e; f > apart > j"),
                listening("c", signal("g"), interrupting=False))
    )  # fmt: skip
    assert play.message("m")
    assert (play.sorted, play.waiting) == (["apart", "b"], ["s-c"])


def test_an_event_sub_process_of_a_process_that_waits_for_its_start_does_not_listen_yet(begin: Begin) -> None:
    play = begin(drawing(start("s", message("go")), users("a"), end(), flows("s > a > e"), listening("b", signal("g"))))
    assert play.waiting == ["s"]
    assert play.signal("g") == 0
    assert play.message("go")
    assert (play.open, play.waiting) == (["a"], ["s-b"])


def test_an_event_sub_process_of_a_called_process_listens_while_it_runs(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), users("before"), call("k", "called"), users("after"), end(),
                    flows("s > before > k > after > e")),
            process(start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), listening("b", message("m")),
                    identity="called", executable=False),
        )
    )  # fmt: skip
    assert play.waiting == []
    play.do("before")
    assert play.waiting == ["s-b"]
    assert play.message("m")
    play.do("b")
    assert (play.open, play.waiting) == (["after"], [])


def test_an_interrupting_boundary_event_ends_everything_deep_inside(begin: Begin) -> None:
    deepest = sub("deepest", start("s3"), users("c"), boundary("t3", "c", timer(duration="PT1H"), interrupting=False),
                  end("e3"), flows("s3 > c > e3; t3 > e3"))  # fmt: skip
    deep = sub("deep", start("s2"), parallel("f2"), catch("b", message("m")), deepest, end("e2"),
               flows("s2 > f2 > b > e2; f2 > deepest > e2"),
               listening("h", signal("g"), interrupting=False))  # fmt: skip
    inner = sub("inner", start("s1"), parallel("f1"), users("a"), deep, call("k", "called"), end("e1"),
                flows("s1 > f1 > a > e1; f1 > deep > e1; f1 > k > e1"))  # fmt: skip
    play = begin(
        definitions(
            process(start(), inner, boundary("x", "inner", message("stop")), users("after"), end(),
                    flows("s > inner > e; x > after > e")),
            process(start("s4"), users("d"), end("e4"), flows("s4 > d > e4"), identity="called", executable=False),
        )
    )  # fmt: skip
    assert (play.sorted, play.waiting) == (["a", "c", "d"], ["b", "s-h", "t3", "x"])
    assert play.signal("g") == 1
    assert play.message("stop")
    assert (play.open, play.waiting) == (["after"], [])
    assert {"a", "b", "c", "d", "h", "inner", "deep", "deepest", "k"} <= set(play.cancelled)
    play.do("after")
    play.ended()


def test_a_non_interrupting_boundary_event_of_a_sub_process_leaves_it_running(begin: Begin) -> None:
    inner = sub(
        "inner", start("s1"), parallel("f1"), users("a", "b"), end("e1"), flows("s1 > f1 > a > e1; f1 > b > e1")
    )
    play = begin(
        drawing(start(), inner, boundary("x", "inner", signal("g"), interrupting=False), users("c"), end(),
                flows("s > inner > e; x > c > e"))
    )  # fmt: skip
    assert play.signal("g") == 1
    play.do("a")
    assert play.signal("g") == 1
    assert (play.sorted, play.cancelled) == (["b", "c", "c"], [])
    play.do("b", "c", "c")
    play.ended()
    assert (play.done.count("inner"), play.done.count("x"), play.done.count("e")) == (1, 2, 3)


@pytest.mark.parametrize("sequential", [False, True], ids=["parallel", "sequential"])
def test_an_interrupting_boundary_event_ends_all_instances(begin: Begin, sequential: bool) -> None:
    play = begin(
        drawing(start(), task("userTask", "a", cardinality_loop("3", sequential=sequential)),
                boundary("x", "a", message("m")), users("b"), end(), flows("s > a > e; x > b > e"))
    )  # fmt: skip
    assert play.waiting == ["x"]
    play.do("a")
    assert play.message("m")
    assert (play.open, play.waiting) == (["b"], [])
    play.do("b")
    play.ended()
    assert (play.done.count("a"), play.done.count("x")) == (1, 1)


@pytest.mark.parametrize("sequential", [False, True], ids=["parallel", "sequential"])
def test_a_non_interrupting_boundary_event_belongs_to_the_activity_not_to_each_instance(
    begin: Begin, sequential: bool
) -> None:
    play = begin(
        drawing(start(), task("userTask", "a", cardinality_loop("2", sequential=sequential)),
                boundary("x", "a", timer(cycle="R/PT1H"), interrupting=False), users("b"), end(),
                flows("s > a > e; x > b > e"))
    )  # fmt: skip
    play.advance(minutes=90)
    assert play.open.count("b") == 1
    play.do(*[label for label in play.open if label.startswith("a")][:1])
    play.advance(minutes=30)
    assert play.open.count("b") == 2
    play.do(*[label for label in play.open if label.startswith("a")])
    assert (play.open, play.waiting) == (["b", "b"], [])


def test_every_token_of_an_activity_has_its_own_boundary_event(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("in1", "in2", "a", "b"), boundary("x", "a", message("m")), end(),
                flows("s > f > in1 > a > e; f > in2 > a; x > b > e"))
    )  # fmt: skip
    play.do("in1", "in2")
    assert play.open == ["a", "a"]
    assert play.message("m")
    assert play.sorted == ["a", "b"], "one message goes to one of them"
    play.do("a")
    assert play.waiting == []
    play.do("b")
    play.ended()


def test_a_signal_interrupts_every_token_of_an_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("in1", "in2", "a", "b"), boundary("x", "a", signal("g")), end(),
                flows("s > f > in1 > a > e; f > in2 > a; x > b > e"))
    )  # fmt: skip
    play.do("in1", "in2")
    assert play.signal("g") == 2
    assert play.open == ["b", "b"]


def test_each_of_several_boundary_events_goes_its_own_way(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b", "c", "d"), boundary("x", "a", message("m"), interrupting=False),
                boundary("y", "a", signal("g"), interrupting=False), boundary("z", "a", timer(duration="PT1H")), end(),
                flows("s > a > e; x > b > e; y > c > e; z > d > e"))
    )  # fmt: skip
    assert play.waiting == ["x", "y", "z"]
    assert play.signal("g") == 1
    assert play.message("m")
    play.advance(hours=1)
    assert (play.sorted, play.waiting, play.cancelled) == (["b", "c", "d"], [], ["a"])
    play.do("b", "c", "d")
    play.ended()


def test_a_boundary_event_may_lead_back_to_its_own_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("again"), users("a"), boundary("x", "a", message("m")), end(),
                flows("s > again > a > e; x > again"))
    )  # fmt: skip
    assert play.message("m")
    assert play.message("m")
    assert (play.open, play.waiting) == (["a"], ["x"])
    play.do("a")
    play.ended("s again x again x again a e")


def test_a_boundary_event_on_a_call_activity_ends_the_called_process(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), call("k", "called"), boundary("x", "k", timer(duration="PT1H")), users("b"), end(),
                    flows("s > k > e; x > b > e")),
            process(start("s1"), parallel("f1"), users("a"), catch("c", message("m")), end("e1"),
                    flows("s1 > f1 > a > e1; f1 > c > e1"), identity="called", executable=False),
        )
    )  # fmt: skip
    assert (play.open, play.waiting) == (["a"], ["c", "x"])
    play.advance(hours=1)
    assert (play.open, play.waiting) == (["b"], [])
    assert {"a", "c", "k"} <= set(play.cancelled)


def test_a_non_interrupting_boundary_flow_outlives_its_activity_at_a_join(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b", "c"), boundary("x", "a", message("m"), interrupting=False), parallel("j"),
                end(), flows("s > a > j > c > e; x > b > j"))
    )  # fmt: skip
    assert play.message("m")
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["c"]
    play.do("c")
    play.ended("s x a b j c e")
