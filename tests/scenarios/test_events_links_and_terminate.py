"""Link events (BPMN 2.0.2, 10.5.5) carry a token on; terminate end events (10.5.3, 13.5.6) end their scope."""

from tests.scenarios.drawing import (
    association,
    boundary,
    call,
    cardinality_loop,
    catch,
    compensation,
    definitions,
    drawing,
    end,
    event_sub,
    exclusive,
    flow,
    flows,
    link,
    message,
    parallel,
    process,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    users,
)
from tests.scenarios.runs import Begin


def test_every_throw_of_a_link_goes_on_at_its_catch(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b", "c"), throw("t1", link("L")), throw("t2", link("L")),
                catch("k", link("L")), end(), flows("s > f > a > t1; f > b > t2; k > c > e"))
    )  # fmt: skip
    assert play.waiting == [], "a link is not an event from outside"
    play.do("b")
    assert play.sorted == ["a", "c"]
    play.do("a")
    assert play.open == ["c", "c"]
    play.do("c", "c")
    play.ended()
    assert (play.done.count("t1"), play.done.count("t2"), play.done.count("k")) == (1, 1, 2)


def test_a_link_may_go_back_and_make_a_loop(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("m"), catch("k", link("again")), users("a"), exclusive("x", default="x-e"),
                throw("t", link("again")), end(), flows("s > m > a > x > e; k > m"), flow("x", "t", "more"))
    )  # fmt: skip
    play.do("a", more=True)
    play.do("a", more=False)
    play.ended("s m a x t k m a x e")


def test_links_of_one_name_in_two_scopes_do_not_meet(begin: Begin) -> None:
    inner = sub("inner", start("s1"), throw("t1", link("L")), catch("k1", link("L")), users("a"), end("e1"),
                flows("s1 > t1; k1 > a > e1"))  # fmt: skip
    play = begin(
        drawing(start(), inner, throw("t", link("L")), catch("k", link("L")), users("b"), end(),
                flows("s > inner > t; k > b > e"))
    )  # fmt: skip
    play.do("a", "b")
    play.ended("s s1 t1 k1 a e1 inner t k b e")


def test_a_terminate_end_event_ends_the_whole_process(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("deep"), end("e1"), flows("s1 > deep > e1"))
    play = begin(
        drawing(start(), parallel("f", "j"), users("a", "b"), inner, catch("c", message("m")), end("t", terminate()),
                end(), flows("s > f > a > t; f > b > j > e; f > inner > j; f > c > j"),
                event_sub("h", start("s2", signal("g")), end("e2"), flows("s2 > e2")))
    )  # fmt: skip
    play.do("a")
    play.ended("s f s1 a t")
    assert {"b", "deep", "inner", "c"} <= set(play.cancelled)
    assert not play.message("m")
    assert play.signal("g") == 0


def test_a_terminate_end_event_in_a_sub_process_ends_only_that_and_the_flow_goes_on(begin: Begin) -> None:
    inner = sub("inner", start("s1"), parallel("f1"), users("a", "b"), end("t", terminate()), end("e1"),
                flows("s1 > f1 > a > t; f1 > b > e1"))  # fmt: skip
    play = begin(
        drawing(start(), parallel("f"), inner, users("apart", "after"), end(),
                flows("s > f > inner > after > e; f > apart > e"))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["after", "apart"]
    assert "b" in play.cancelled
    assert "inner" in play.done
    play.do("after", "apart")
    play.ended()


def test_a_terminate_end_event_reaches_deep_into_its_scope(begin: Begin) -> None:
    deep = sub("deep", start("s2"), users("b"), catch("c", message("m")), parallel("f2"), end("e2"),
               flows("s2 > f2 > b > e2; f2 > c > e2"))  # fmt: skip
    inner = sub("inner", start("s1"), parallel("f1"), users("a"), deep, boundary("x", "deep", signal("g")),
                end("t", terminate()), end("e1"), flows("s1 > f1 > a > t; f1 > deep > e1; x > e1"))  # fmt: skip
    play = begin(drawing(start(), inner, users("after"), end(), flows("s > inner > after > e")))
    assert play.waiting == ["c", "x"]
    play.do("a")
    assert (play.open, play.waiting) == (["after"], [])
    assert {"b", "c", "deep"} <= set(play.cancelled)


def test_a_terminate_end_event_ends_only_its_own_instance_of_a_multi_instance_sub_process(begin: Begin) -> None:
    inner = sub("inner", cardinality_loop("2"), start("s1"), parallel("f1"), users("a", "b"), end("t", terminate()),
                end("e1"), flows("s1 > f1 > a > t; f1 > b > e1"))  # fmt: skip
    play = begin(drawing(start(), inner, users("after"), end(), flows("s > inner > after > e")))
    play.do("a")
    assert play.sorted == ["a", "b"]
    play.do("a")
    assert play.open == ["after"]


def test_a_terminate_end_event_of_a_called_process_ends_only_that(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), parallel("f"), call("k", "called"), users("apart", "after"), end(),
                    flows("s > f > k > after > e; f > apart > e")),
            process(start("s1"), parallel("f1"), users("a", "b"), end("t", terminate()), end("e1"),
                    flows("s1 > f1 > a > t; f1 > b > e1"), identity="called", executable=False),
        )
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["after", "apart"]


def test_a_terminate_end_event_of_an_event_sub_process_ends_only_that(begin: Begin) -> None:
    handler = event_sub("h", start("s2", message("m"), interrupting=False), parallel("f2"), users("a", "b"),
                        end("t", terminate()), end("e2"), flows("s2 > f2 > a > t; f2 > b > e2"))  # fmt: skip
    play = begin(drawing(start(), users("main"), end(), flows("s > main > e"), handler))
    assert play.message("m")
    play.do("a")
    assert play.open == ["main"]


def test_a_terminate_end_event_ends_the_event_sub_processes_that_run_beside(begin: Begin) -> None:
    handler = event_sub("h", start("s2", message("m"), interrupting=False), users("b"), end("e2"), flows("s2 > b > e2"))
    play = begin(drawing(start(), users("a"), end("t", terminate()), flows("s > a > t"), handler))
    assert play.message("m")
    assert play.message("m")
    play.do("a")
    play.ended("s s2 s2 a t")
    assert play.cancelled.count("b") == 2


def test_terminating_compensates_nothing(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b"), boundary("c-a", "a", compensation()),
                task("userTask", "undo", isForCompensation="true"), association("c-a", "undo"), end("t", terminate()),
                end(), flows("s > f > a > t; f > b > e"))
    )  # fmt: skip
    play.do("a")
    play.ended("s f a t")
