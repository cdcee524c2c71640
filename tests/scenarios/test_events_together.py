"""Events of several families meeting each other (BPMN 2.0.2, 10.5, 10.7, 13.4, 13.5): instances, scopes, joins."""

from typing import Any

import pytest

from tests.scenarios.drawing import (
    boundary,
    call,
    cancel,
    cardinality_loop,
    catch,
    compensation,
    condition,
    data_object,
    definitions,
    drawing,
    element,
    end,
    error_event,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    flow,
    flows,
    handled,
    handler,
    inclusive,
    message,
    parallel,
    process,
    script,
    service,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    transaction,
    users,
)
from tests.scenarios.runs import Begin

INSTANCES = cardinality_loop("2")


def test_an_event_sub_process_of_one_instance_leaves_the_other_instance_alone(begin: Begin) -> None:
    inner = sub(
        "inner", INSTANCES, start("s1"), users("a"), exclusive("x", "x-e1"), end("e1"), end("bad", error_event("E1")),
        flows("s1 > a > x > e1"), flow("x", "bad", "wrong"),
        event_sub("h", start("s2", error_event("E1")), users("repair"), end("e2"), flows("s2 > repair > e2")),
    )  # fmt: skip
    play = begin(drawing(start(), inner, users("after"), end(), flows("s > inner > after > e")))
    play.do("a", wrong=True)
    assert sorted(label.partition("[")[0] for label in play.open) == ["a", "repair"]
    play.do("a", wrong=False)
    assert play.done.count("inner") == 1
    play.do("repair")
    assert play.open == ["after"]


def test_every_instance_of_a_receive_task_takes_a_message_of_its_own(begin: Begin) -> None:
    many = element("receiveTask", "r", INSTANCES, messageRef="message-m")
    play = begin(drawing(start(), users("a"), many, end(), flows("s > a > r > e")))
    assert not play.message("m")
    play.do("a")
    assert (play.waiting, play.finished) == (["r"], False)
    assert play.message("m")
    play.ended("s a r r e")


def test_one_signal_reaches_the_catch_events_of_all_instances(begin: Begin) -> None:
    inner = sub("inner", INSTANCES, start("s1"), catch("c", signal("g")), end("e1"), flows("s1 > c > e1"))
    play = begin(drawing(start(), inner, end(), flows("s > inner > e")))
    assert play.signal("g") == 2
    play.ended()


def test_an_interrupting_escalation_of_one_instance_ends_all(begin: Begin) -> None:
    inner = sub("inner", INSTANCES, start("s1"), users("a"), end("e1", escalation("up")), flows("s1 > a > e1"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", escalation("up")), users("told"), end(),
                flows("s > inner > e; x > told > e"))
    )  # fmt: skip
    play.do("a")
    assert play.open == ["told"]
    play.do("told")
    play.ended("s s1 s1 a e1 x told e")


def test_a_throw_event_compensates_in_its_own_instance_only(begin: Begin) -> None:
    inner = sub("inner", INSTANCES, start("s1"), *handled("a"), users("b"), throw("t", compensation()), end("e1"),
                flows("s1 > a > b > t > e1"))  # fmt: skip
    play = begin(drawing(start(), inner, users("after"), end(), flows("s > inner > after > e")))
    play.do("a", "a", "b")
    assert sorted(label.partition("[")[0] for label in play.open) == ["b", "undo-a"]
    play.do("undo-a")
    play.do("b", "undo-a")
    assert play.open == ["after"]


def test_every_round_of_a_sub_process_is_compensated_with_all_in_it(begin: Begin) -> None:
    inner = sub("inner", start("s1"), *handled("a", "b"), end("e1"), flows("s1 > a > b > e1"))
    play = begin(
        drawing(start(), exclusive("again"), inner, exclusive("x", "x-t"), throw("t", compensation("inner")), end(),
                flows("s > again > inner > x > t > e"), flow("x", "again", "more"))
    )  # fmt: skip
    play.do("a", "b", more=True)
    play.do("a", "b", more=False)
    play.do("undo-b", "undo-a", "undo-b")
    assert not play.finished
    play.do("undo-a")
    play.ended()


def test_what_is_done_again_after_its_compensation_is_compensated_again(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("again"), *handled("a"), throw("t", compensation()), exclusive("x", "x-e"), end(),
                flows("s > again > a > t > x > e"), flow("x", "again", "more"))
    )  # fmt: skip
    play.do("a", more=True)
    play.do("undo-a")
    play.do("a", more=False)
    assert play.open == ["undo-a"]
    play.do("undo-a")
    play.ended("s again a undo-a t x again a undo-a t x e")


def test_a_sub_process_waits_for_handlers_that_its_throw_event_did_not_wait_for(begin: Begin) -> None:
    inner = sub("inner", start("s1"), *handled("a"), throw("t", compensation(wait=False)), end("e1"),
                flows("s1 > a > t > e1"))  # fmt: skip
    play = begin(drawing(start(), inner, users("after"), end(), flows("s > inner > after > e")))
    play.do("a")
    assert play.open == ["undo-a"]
    play.do("undo-a")
    assert play.open == ["after"]


def test_a_non_interrupting_event_sub_process_compensates_what_its_scope_completed(begin: Begin) -> None:
    play = begin(
        drawing(start(), *handled("a"), users("b"), end(), flows("s > a > b > e"),
                event_sub("h", start("s2", message("m"), interrupting=False), throw("t", compensation()), end("e2"),
                          flows("s2 > t > e2")))
    )  # fmt: skip
    play.do("a")
    assert play.message("m")
    assert play.sorted == ["b", "undo-a"]
    play.do("undo-a", "b")
    play.ended()


@pytest.mark.parametrize("where", ["sub", "event"])
def test_a_cancel_end_event_deeper_in_a_transaction_cancels_the_whole_of_it(begin: Begin, where: str) -> None:
    stop = {
        "sub": (sub("deep", start("s2"), users("b"), end("stop", cancel()), flows("s2 > b > stop")),
                flows("s1 > f1 > deep > e1")),
        "event": (event_sub("h", start("s2", message("m"), interrupting=False), users("b"), end("stop", cancel()),
                            flows("s2 > b > stop")),),
    }[where]  # fmt: skip
    first = "s1 > f1 > a > c > e1"
    trip = transaction("trip", start("s1"), parallel("f1"), *handled("a"), users("c"), end("e1"), *stop,
                       flows(first if where == "event" else "f1 > a > c > e1"))  # fmt: skip
    play = begin(
        drawing(start(), trip, boundary("x", "trip", cancel()), end(), end("e9"), flows("s > trip > e; x > e9"))
    )
    play.do("a")
    if where == "event":
        assert play.message("m")
    play.do("b")
    assert play.open == ["undo-a"]
    assert "c" in play.cancelled
    play.do("undo-a")
    play.ended()
    assert play.done[-2:] == ["x", "e9"]


def test_a_condition_reads_the_values_of_its_own_scope(begin: Begin) -> None:
    inner = sub("inner", data_object("n"), start("s1"), script("zero", "n = 0"), parallel("f1"),
                catch("c", condition("n > 3")), users("a"), script("five", "n = 5"), end("e1"),
                flows("s1 > zero > f1 > c > e1; f1 > a > five > e1"))  # fmt: skip
    play = begin(drawing(start(), inner, end(), flows("s > inner > e")), data={"n": 9})
    assert play.waiting == ["c"]
    play.do("a")
    play.ended(data={"n": 9})


def test_an_inclusive_join_waits_for_a_boundary_event_that_can_still_fire(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b", "c"), boundary("x", "a", message("m"), interrupting=False),
                inclusive("j"), end(), flows("s > f > a > e; f > b > j > c > e; x > j"))
    )  # fmt: skip
    play.do("b")
    assert play.open == ["a"]
    assert play.message("m")
    assert play.sorted == ["a", "c"], "a token on every flow in"
    play.do("a", "c")
    play.ended()


def test_an_inclusive_join_goes_on_when_the_boundary_event_is_gone(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b", "c"), boundary("x", "a", message("m"), interrupting=False),
                inclusive("j"), end(), flows("s > f > a > e; f > b > j > c > e; x > j"))
    )  # fmt: skip
    play.do("b", "a")
    assert play.open == ["c"]


def test_an_inclusive_join_does_not_wait_for_a_branch_that_an_event_cancelled(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("deep"), end("e1"), flows("s1 > deep > e1"))
    play = begin(
        drawing(start(), parallel("f"), users("b", "c"), inner, boundary("x", "inner", signal("g")), inclusive("j"),
                end(), end("e2"), flows("s > f > inner > j; f > b > j > c > e; x > e2"))
    )  # fmt: skip
    play.do("b")
    assert play.open == ["deep"]
    assert play.signal("g") == 1
    assert play.open == ["c"]


def test_an_event_sub_process_sees_the_payload_that_started_it(begin: Begin) -> None:
    heard: list[Any] = []
    play = begin(
        drawing(start(), users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", message("m"), interrupting=False), service("note"), end("e2"),
                          flows("s2 > note > e2"))),
        services={"note": lambda values: heard.append(values["x"])},
    )  # fmt: skip
    assert play.message("m", {"x": 1})
    assert play.message("m", {"x": 2})
    assert heard == [1, 2]


def test_a_boundary_error_inside_an_event_sub_process_is_caught_there(begin: Begin) -> None:
    asked = event_sub(
        "h", start("s2", message("m"), interrupting=False),
        sub("inner", start("s1"), users("b"), end("bad", error_event("E1")), flows("s1 > b > bad")),
        boundary("x", "inner", error_event("E1")), users("repair"), end("e2"),
        flows("s2 > inner > e2; x > repair > e2"),
    )  # fmt: skip
    play = begin(drawing(start(), users("a"), end(), flows("s > a > e"), asked))
    assert play.message("m")
    assert play.message("m")
    play.do("b")
    assert play.sorted == ["a", "b", "repair"]
    play.do("b", "repair", "repair", "a")
    play.ended()


def test_the_event_sub_process_of_a_process_goes_before_that_of_a_process_around_it(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), call("k", "called"), end(), flows("s > k > e"),
                    event_sub("far", start("s8", error_event()), users("wrong"), end("e8"),
                              flows("s8 > wrong > e8"))),
            process(start("s1"), sub("inner", start("s2"), end("bad", error_event("E1")), flows("s2 > bad")), end("e1"),
                    flows("s1 > inner > e1"), event_sub("near", start("s9", error_event()), users("right"), end("e9"),
                                                        flows("s9 > right > e9")),
                    identity="called", executable=False),
        )
    )  # fmt: skip
    assert play.open == ["right"]
    play.do("right")
    play.ended("s s1 s2 bad s9 right e9 near k e")


def test_an_error_on_the_way_of_an_advance_is_caught_at_its_own_instant(begin: Begin) -> None:
    inner = sub("inner", start("s1"), catch("c", timer(duration="PT1H")), end("bad", error_event("E1")),
                flows("s1 > c > bad"))  # fmt: skip
    play = begin(
        drawing(start(), inner, boundary("x", "inner", error_event("E1")), boundary("late", "inner",
                timer(duration="PT2H")), catch("c2", timer(duration="PT30M")), end(), end("e2"),
                flows("s > inner > e; x > c2 > e; late > e2"))
    )  # fmt: skip
    play.advance(days=1)
    play.ended("s s1 c bad x c2 e")


def test_a_gateway_waits_for_everything_that_can_be_waited_for_inside_an_event_sub_process(begin: Begin) -> None:
    asked = event_sub(
        "h", start("s2", signal("g"), interrupting=False), event_gateway("w"), catch("c1", message("m")),
        catch("c2", timer(duration="PT1H")), end("e2"), flows("s2 > w > c1 > e2; w > c2 > e2"),
    )  # fmt: skip
    play = begin(drawing(start(), users("a"), end(), flows("s > a > e"), asked))
    assert play.signal("g") == 1
    assert play.signal("g") == 1
    assert play.message("m")
    play.advance(hours=1)
    assert (play.done.count("c1"), play.done.count("c2"), play.done.count("h")) == (1, 1, 2)
    play.do("a")
    play.ended()


def test_an_end_event_that_compensates_and_throws_an_error_does_both(begin: Begin) -> None:
    inner = sub("inner", start("s1"), *handled("a"), end("e1", compensation(), error_event("E1")), flows("s1 > a > e1"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", error_event("E1")), end(), end("e9"),
                flows("s > inner > e; x > e9"))
    )  # fmt: skip
    play.do("a", "undo-a")
    play.ended("s s1 a undo-a e1 x e9")


def test_an_end_event_that_compensates_and_terminates_does_both(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), *handled("a"), users("beside"), end("e", compensation(), terminate()),
                end("e2"), flows("s > f > a > e; f > beside > e2"))
    )  # fmt: skip
    play.do("a", "undo-a")
    play.ended("s f a undo-a e")
    assert "beside" in play.cancelled


def test_an_end_event_without_anything_to_compensate_still_throws_its_error(begin: Begin) -> None:
    inner = sub("inner", start("s1"), end("e1", compensation(), error_event("E1")), flows("s1 > e1"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", error_event("E1")), end(), end("e9"),
                flows("s > inner > e; x > e9"))
    )  # fmt: skip
    play.ended("s s1 e1 x e9")


def test_a_sub_process_that_failed_is_not_compensated(begin: Begin) -> None:
    inner = sub("inner", start("s1"), *handled("a"), end("bad", error_event("E1")), flows("s1 > a > bad"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", error_event("E1")), end(), end("e9", compensation()),
                flows("s > inner > e; x > e9"))
    )  # fmt: skip
    play.do("a")
    play.ended("s s1 a bad x e9")


def test_the_last_end_event_of_a_sub_process_may_throw_several_things(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("e1", signal("g"), escalation("up")), flows("s1 > a > e1"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", escalation("up"), interrupting=False), users("b", "c"),
                boundary("y", "inner", signal("g"), interrupting=False), end(),
                flows("s > inner > e; x > b > e; y > c > e"))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["b", "c"]
    play.do("b", "c")
    play.ended()
    assert "inner" in play.done


def test_the_instances_that_completed_before_an_early_end_are_compensated(begin: Begin) -> None:
    play = begin(
        drawing(start(), task("userTask", "a", cardinality_loop("3", until="nrOfCompletedInstances == 2")),
                *handler("a"), end("e", compensation()), flows("s > a > e"))
    )  # fmt: skip
    play.do("a", "a", "undo-a", "undo-a")
    play.ended("s a a undo-a undo-a e")
