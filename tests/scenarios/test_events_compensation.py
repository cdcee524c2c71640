"""Compensation (BPMN 2.0.2, 10.5.6, 10.7, 13.5.5): handlers of completed activities, last one first, once each."""

from typing import Any

from engine.runtime.standalone import BpmnError
from tests.scenarios.drawing import (
    association,
    boundary,
    call,
    cardinality_loop,
    catch,
    collection_loop,
    compensation,
    data_object,
    definitions,
    drawing,
    element,
    end,
    error_event,
    event_sub,
    exclusive,
    flow,
    flows,
    handled,
    handler,
    message,
    parallel,
    process,
    script,
    service,
    signal,
    standard_loop,
    start,
    sub,
    task,
    terminate,
    throw,
    users,
)
from tests.scenarios.runs import Begin


def test_without_compensation_nothing_is_undone(begin: Begin) -> None:
    play = begin(drawing(start(), *handled("a", "b"), end(), flows("s > a > b > e")))
    assert (play.open, play.waiting) == (["a"], [])
    play.do("a", "b")
    play.ended("s a b e")


def test_handlers_run_one_after_another_last_completed_first_and_the_throw_event_waits(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a", "b", "c"), throw("t", compensation()), users("after"), end(),
                flows("s > b > a > c > t > after > e"))
    )  # fmt: skip
    for step in ("b", "a", "c", "undo-c", "undo-a", "undo-b", "after"):
        assert play.open == [step]
        play.do(step)
    play.ended()
    assert [name for name in play.done if name != "s"] == [
        "b", "a", "c", "undo-c", "undo-a", "undo-b", "t", "after", "e",
    ]  # fmt: skip


def test_the_order_is_that_of_completion_also_between_parallel_branches(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f", "j"), *handled("a", "b", "c"), throw("t", compensation()), end(),
                flows("s > f > a > j; f > b > j; f > c > j > t > e"))
    )  # fmt: skip
    play.do("c", "a", "b", "undo-b", "undo-a", "undo-c")
    play.ended()


def test_an_end_event_compensates_before_the_process_ends(begin: Begin) -> None:
    play = begin(drawing(start(), *handled("a", "b"), end("e", compensation()), flows("s > a > b > e")))
    play.do("a", "b")
    assert (play.open, play.finished) == (["undo-b"], False)
    play.do("undo-b", "undo-a")
    play.ended("s a b undo-b undo-a e")


def test_an_activity_named_is_the_only_one_compensated(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a", "b", "c"), throw("t", compensation("b")), end(), flows("s > a > b > c > t > e"))
    )
    play.do("a", "b", "c")
    assert play.open == ["undo-b"]
    play.do("undo-b")
    play.ended()


def test_what_has_no_handler_or_has_not_completed_is_not_compensated(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), *handled("a", "open"), users("plain"), throw("t", compensation()), end(),
                flows("s > f > a > plain > t > e; f > open > e"))
    )  # fmt: skip
    play.do("a", "plain")
    assert play.sorted == ["open", "undo-a"]
    play.do("undo-a", "open")
    play.ended()
    assert "undo-open" not in play.done


def test_a_cancelled_activity_is_not_compensated(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a"), boundary("x", "a", message("m")), throw("t", compensation()), end(),
                flows("s > a > e; x > t > e"))
    )  # fmt: skip
    assert play.message("m")
    play.ended("s x t e")


def test_no_completion_is_compensated_twice(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a", "b"), throw("t1", compensation("a")), throw("t2", compensation()),
                throw("t3", compensation()), end("e", compensation("a")), flows("s > a > b > t1 > t2 > t3 > e"))
    )  # fmt: skip
    play.do("a", "b", "undo-a")
    assert play.open == ["undo-b"]
    play.do("undo-b")
    play.ended("s a b undo-a t1 undo-b t2 t3 e")


def test_without_waiting_the_throw_event_goes_on_at_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a", "b"), throw("t", compensation(wait=False)), users("after"), end(),
                flows("s > a > b > t > after > e"))
    )  # fmt: skip
    play.do("a", "b")
    assert play.sorted == ["after", "undo-b"]
    play.do("after")
    assert (play.open, play.finished) == (["undo-b"], False)
    play.do("undo-b", "undo-a")
    play.ended()


def test_every_round_of_a_flow_is_compensated(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("again"), *handled("a"), exclusive("x", default="x-t"), throw("t", compensation()),
                end(), flows("s > again > a > x > t > e"), flow("x", "again", "more"))
    )  # fmt: skip
    play.do("a", more=True)
    play.do("a", more=False)
    play.do("undo-a")
    assert (play.open, play.finished) == (["undo-a"], False)
    play.do("undo-a")
    play.ended()


def test_every_instance_and_every_round_of_an_activity_is_compensated(begin: Begin) -> None:
    for loop in (cardinality_loop("3"), cardinality_loop("3", sequential=True), standard_loop("loopCounter < 3")):
        play = begin(
            drawing(start(), task("userTask", "a", loop), *handler("a"), throw("t", compensation()), end(),
                    flows("s > a > t > e"))
        )  # fmt: skip
        play.do("a", "a", "a", "undo-a", "undo-a")
        assert not play.finished
        play.do("undo-a")
        play.ended()


def test_handlers_read_the_values_and_write_them(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), service("b"), *handler("a", "scriptTask", element("script", "", "x = x + paid")),
                *handler("b", "serviceTask"), throw("t", compensation()), end(), flows("s > a > b > t > e")),
        data={"x": 1}, services={"b": lambda values: {"paid": 5}, "undo-b": lambda values: {"back": values["paid"]}},
    )  # fmt: skip
    play.do("a", x=10)
    play.ended("s a b undo-b undo-a t e", {"x": 15, "paid": 5, "back": 5})


def test_a_handler_may_be_a_sub_process(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), boundary("c-a", "a", compensation()), association("c-a", "undo"),
                sub("undo", start("s1"), users("u1", "u2"), end("e1"), flows("s1 > u1 > u2 > e1"),
                    isForCompensation="true"),
                throw("t", compensation()), end(), flows("s > a > t > e"))
    )  # fmt: skip
    play.do("a", "u1", "u2")
    play.ended("s a s1 u1 u2 e1 undo t e")


def inner(*parts: str) -> str:
    """The sub-process ``inner`` with the handled tasks ``a`` and ``b``."""
    return sub("inner", start("s1"), *handled("a", "b"), end("e1"), flows("s1 > a > b > e1"), *parts)


def test_compensating_a_completed_sub_process_compensates_what_completed_in_it(begin: Begin) -> None:
    for named in ("inner", ""):
        play = begin(
            drawing(start(), inner(), *handled("z"), throw("t", compensation(named)), end(),
                    flows("s > z > inner > t > e"))
        )  # fmt: skip
        play.do("z", "a", "b", "undo-b", "undo-a")
        if not named:
            play.do("undo-z")
        play.ended()


def test_a_completed_sub_process_takes_its_turn_among_its_siblings(begin: Begin) -> None:
    play = begin(
        drawing(start(), inner(), *handled("y", "z"), throw("t", compensation()), end(),
                flows("s > y > inner > z > t > e"))
    )  # fmt: skip
    play.do("y", "a", "b", "z", "undo-z", "undo-b", "undo-a", "undo-y")
    play.ended()


def test_compensation_reaches_through_several_completed_levels(begin: Begin) -> None:
    outer = sub("outer", start("s2"), inner(), *handled("y"), end("e2"), flows("s2 > inner > y > e2"))
    play = begin(drawing(start(), outer, end("e", compensation("outer")), flows("s > outer > e")))
    play.do("a", "b", "y", "undo-y", "undo-b", "undo-a")
    play.ended()


def test_a_sub_process_with_a_handler_at_its_boundary_is_compensated_by_it(begin: Begin) -> None:
    play = begin(
        drawing(start(), inner(), *handler("inner"), throw("t", compensation()), end(), flows("s > inner > t > e"))
    )
    play.do("a", "b")
    assert play.open == ["undo-inner"]
    play.do("undo-inner")
    play.ended()


def test_a_compensation_event_sub_process_replaces_the_handlers_inside(begin: Begin) -> None:
    undo = event_sub("h", start("s3", compensation()), users("all-back"), end("e3"), flows("s3 > all-back > e3"))
    play = begin(
        drawing(start(), inner(undo), throw("t", compensation("inner")), users("after"), end(),
                flows("s > inner > t > after > e"))
    )  # fmt: skip
    assert play.waiting == []
    play.do("a", "b")
    assert play.open == ["all-back"]
    play.do("all-back")
    assert play.open == ["after"]
    play.do("after")
    play.ended()


def test_a_compensation_event_sub_process_may_call_the_handlers_inside(begin: Begin) -> None:
    undo = event_sub("h", start("s3", compensation()), users("first"), throw("t3", compensation("a")), end("e3"),
                     flows("s3 > first > t3 > e3"))  # fmt: skip
    play = begin(drawing(start(), inner(undo), throw("t", compensation("inner")), end(), flows("s > inner > t > e")))
    play.do("a", "b", "first")
    assert play.open == ["undo-a"]
    play.do("undo-a")
    play.ended()
    assert "undo-b" not in play.done


def test_a_sub_process_that_is_still_running_is_not_compensated_from_outside(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), inner(), *handled("z"), throw("t", compensation()), end(),
                flows("s > f > inner > e; f > z > t > e"))
    )  # fmt: skip
    play.do("a", "z")
    assert play.sorted == ["b", "undo-z"]
    play.do("undo-z")
    assert play.open == ["b"]


def test_a_throw_event_in_a_sub_process_compensates_only_there(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("z"), users("after"), end(), flows("s > z > inner > after > e"),
                sub("inner", start("s1"), *handled("a"), throw("t", compensation()), end("e1"),
                    flows("s1 > a > t > e1")))
    )  # fmt: skip
    play.do("z", "a", "undo-a")
    assert play.open == ["after"]


def test_what_was_compensated_inside_is_not_compensated_again_with_the_sub_process(begin: Begin) -> None:
    play = begin(
        drawing(start(), sub("inner", start("s1"), *handled("a", "b"), throw("t1", compensation("a")), end("e1"),
                             flows("s1 > a > b > t1 > e1")),
                throw("t", compensation()), end(), flows("s > inner > t > e"))
    )  # fmt: skip
    play.do("a", "b", "undo-a", "undo-b")
    play.ended()


def test_every_instance_of_a_multi_instance_sub_process_is_compensated(begin: Begin) -> None:
    many = sub("inner", cardinality_loop("2", sequential=True), start("s1"), *handled("a"), end("e1"),
               flows("s1 > a > e1"))  # fmt: skip
    play = begin(drawing(start(), many, throw("t", compensation()), end(), flows("s > inner > t > e")))
    play.do("a", "a", "undo-a", "undo-a")
    play.ended()


def test_an_error_event_sub_process_compensates_what_its_scope_had_completed(begin: Begin) -> None:
    undo = event_sub("h", start("s2", error_event("E1")), throw("t", compensation()), users("sorry"), end("e2"),
                     flows("s2 > t > sorry > e2"))  # fmt: skip
    play = begin(drawing(start(), *handled("a", "b"), end("bad", error_event("E1")), flows("s > a > b > bad"), undo))
    play.do("a", "b", "undo-b", "undo-a")
    assert play.open == ["sorry"]
    play.do("sorry")
    play.ended()


def test_values_of_a_completed_sub_process_reach_its_handlers(begin: Begin) -> None:
    def undo(values: dict[str, Any]) -> dict[str, Any]:
        return {"seen": values["x"]}

    play = begin(
        drawing(start(), users("z"), sub("inner", start("s1"), users("a"), *handler("a", "serviceTask"), end("e1"),
                                         flows("s1 > a > e1")),
                throw("t", compensation()), end(), flows("s > inner > z > t > e")),
        services={"undo-a": undo},
    )  # fmt: skip
    play.do("a", x=1)
    play.do("z")
    play.ended(data={"x": 1, "seen": 1})


def test_each_instance_is_compensated_with_its_own_item(begin: Begin) -> None:
    for sequential in (True, False):
        undone: list[str] = []
        play = begin(
            drawing(start(), task("serviceTask", "book", collection_loop("rooms", "room", sequential=sequential),
                                  implementation="book"),
                    *handler("book", "serviceTask"), throw("t", compensation()), end(), flows("s > book > t > e")),
            data={"rooms": ["red", "green", "blue"]},
            services={"book": lambda values: None, "undo-book": lambda values, log=undone: log.append(values["room"])},
        )  # fmt: skip
        play.ended()
        assert sorted(undone) == ["blue", "green", "red"]
        assert not sequential or undone == ["blue", "green", "red"]


def test_handlers_inside_a_completed_sub_process_see_its_own_data(begin: Begin) -> None:
    seen: list[object] = []
    inner_part = sub("inner", data_object("local"), start("s1"), script("fill", "local = 7"), users("a"),
                     *handler("a", "serviceTask"), end("e1"), flows("s1 > fill > a > e1"))  # fmt: skip
    play = begin(
        drawing(start(), inner_part, throw("t", compensation()), end(), flows("s > inner > t > e")),
        services={"undo-a": lambda values: seen.append(values["local"])},
    )
    play.do("a")
    play.ended(data={})
    assert seen == [7]


def test_a_handler_that_throws_an_error_is_caught_around_it(begin: Begin) -> None:
    def undo(values: dict[str, Any]) -> None:
        raise BpmnError("E1")

    play = begin(
        drawing(start(), sub("inner", start("s1"), users("a"), *handler("a", "serviceTask"), throw("t", compensation()),
                             end("e1"), flows("s1 > a > t > e1")),
                boundary("x", "inner", error_event("E1")), users("rescue"), end(),
                flows("s > inner > e; x > rescue > e")),
        services={"undo-a": undo},
    )  # fmt: skip
    play.do("a")
    assert play.open == ["rescue"]
    play.do("rescue")
    play.ended("s s1 a x rescue e")


def test_what_ends_a_scope_ends_its_compensation_too(begin: Begin) -> None:
    inner_part = sub("inner", start("s1"), *handled("a", "b"), throw("t", compensation()), end("e1"),
                     flows("s1 > a > b > t > e1"))  # fmt: skip
    play = begin(
        drawing(start(), inner_part, boundary("x", "inner", message("stop")), users("after"), end(),
                flows("s > inner > e; x > after > e"))
    )  # fmt: skip
    play.do("a", "b")
    assert play.open == ["undo-b"]
    assert play.message("stop")
    assert play.open == ["after"]
    play.do("after")
    play.ended("s s1 a b x after e")


def test_a_terminate_end_event_stops_a_compensation_that_nobody_waits_for(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a", "b"), throw("t", compensation(wait=False)), users("after"),
                end("e", terminate()), flows("s > a > b > t > after > e"))
    )  # fmt: skip
    play.do("a", "b", "after")
    play.ended("s a b t after e")
    assert "undo-b" in play.cancelled


def test_compensation_leaves_tokens_beside_alone(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), *handled("a"), users("beside"), throw("t", compensation()), end(),
                flows("s > f > a > t > e; f > beside > e"))
    )  # fmt: skip
    play.do("a", "undo-a")
    assert play.open == ["beside"]
    play.do("beside")
    play.ended()


def test_a_call_activity_is_compensated_by_its_handler(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), call("k", "called"), *handler("k"), throw("t", compensation()), end(),
                    flows("s > k > t > e")),
            process(start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), identity="called", executable=False),
        )
    )  # fmt: skip
    play.do("a", "undo-k")
    play.ended("s s1 a e1 k undo-k t e")


def test_a_multiple_throw_event_throws_and_compensates(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), *handled("a"), catch("c", signal("g")), users("heard"),
                throw("t", signal("g"), compensation()), end(), flows("s > f > a > t > e; f > c > heard > e"))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["heard", "undo-a"]
    play.do("undo-a", "heard")
    play.ended()


def test_a_throw_event_in_a_sub_process_may_name_an_activity_around_it(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a", "b"), sub("inner", start("s1"), throw("t", compensation("a")), end("e1"),
                                                 flows("s1 > t > e1")),
                end(), flows("s > a > b > inner > e"))
    )  # fmt: skip
    play.do("a", "b", "undo-a")
    play.ended("s a b s1 undo-a t e1 inner e")


def test_naming_an_activity_that_is_still_open_compensates_nothing(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), *handled("a"), throw("t", compensation("a")), end(),
                flows("s > f > a > e; f > t > e"))
    )  # fmt: skip
    assert play.open == ["a"]
    play.do("a")
    play.ended()
    assert "undo-a" not in play.done
