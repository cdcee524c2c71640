"""Errors (BPMN 2.0.2, 10.5.1, 10.5.6, 13.5): caught by the innermost catcher, interrupting; else the run fails."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.runtime.standalone import BpmnError, DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    call,
    cardinality_loop,
    catch,
    definitions,
    drawing,
    element,
    end,
    error_event,
    event_sub,
    exclusive,
    flow,
    flows,
    message,
    parallel,
    process,
    script,
    service,
    standard_loop,
    start,
    sub,
    timer,
    users,
)
from tests.scenarios.runs import Begin


def throwing(code: str, message: str = "", **data: object) -> dict[str, Callable[[dict[str, Any]], None]]:
    """Services in which ``work`` throws this error."""

    def work(values: dict[str, Any]) -> None:
        raise BpmnError(code, message, data)

    return {"work": work}


def failing(*parts: str, code: str = "E1") -> str:
    """A sub-process ``inner`` whose task ``a`` leads to an error end event ``bad``, with the task ``beside`` open."""
    return sub("inner", start("s1"), parallel("f1"), users("a", "beside"), end("bad", error_event(code)), end("e1"),
               flows("s1 > f1 > a > bad; f1 > beside > e1"), *parts)  # fmt: skip


def caught(*parts: str) -> bytes:
    """The process around ``failing``: ``inner`` leads to ``after``, the boundary event ``x`` to ``rescue``."""
    return drawing(start(), users("after", "rescue"), end(), flows("s > inner > after > e; x > rescue > e"), *parts)


@pytest.mark.parametrize("code", ["E1", ""], ids=["its code", "every code"])
def test_an_error_end_event_ends_its_sub_process_and_the_boundary_event_goes_on(begin: Begin, code: str) -> None:
    play = begin(caught(failing(), boundary("x", "inner", error_event(code))))
    assert play.sorted == ["a", "beside"]
    assert play.waiting == [], "an error is not waited for from outside"
    play.do("a")
    assert play.open == ["rescue"]
    assert "beside" in play.cancelled
    play.do("rescue")
    play.ended("s s1 f1 a bad x rescue e")


def test_without_an_error_the_boundary_event_stays_silent(begin: Begin) -> None:
    play = begin(
        caught(sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1")),
               boundary("x", "inner", error_event("E1")))
    )  # fmt: skip
    play.do("a")
    assert play.open == ["after"]


def test_a_service_that_throws_is_caught_at_its_own_boundary(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), service("work"), boundary("x", "work", error_event("E1")), users("rescue"), end(),
                flows("s > a > work > e; x > rescue > e")),
        services=throwing("E1", "no paper", left=3),
    )  # fmt: skip
    play.do("a")
    assert play.open == ["rescue"]
    assert play.data == {"left": 3}
    assert "work" not in play.done
    play.do("rescue")
    play.ended("s a x rescue e")


def test_the_exact_code_goes_before_the_catcher_of_all(begin: Begin) -> None:
    for code, opened in (("E1", "exact"), ("E2", "other"), ("E3", "every")):
        play = begin(
            drawing(start(), service("work"), boundary("x0", "work", error_event()),
                    boundary("x1", "work", error_event("E1")), boundary("x2", "work", error_event("E2")),
                    users("every", "exact", "other"), end(),
                    flows("s > work > e; x0 > every > e; x1 > exact > e; x2 > other > e")),
            services=throwing(code),
        )  # fmt: skip
        assert play.open == [opened]


def test_an_error_end_event_must_say_which_error(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(start(), end("e", error_event()), flows("s > e")))
    assert [finding.element for finding in refused.value.findings] == ["e"]


def test_an_error_goes_outward_past_levels_that_do_not_catch_it(begin: Begin) -> None:
    middle = sub(
        "middle", start("s2"), parallel("f2"), failing(), users("also"), boundary("x2", "inner", error_event("E2")),
        users("wrong"), end("e2"), flows("s2 > f2 > inner > e2; f2 > also > e2; x2 > wrong > e2"),
    )  # fmt: skip
    outer = sub("outer", start("s3"), middle, end("e3"), flows("s3 > middle > e3"))
    play = begin(
        drawing(start(), parallel("f"), outer, boundary("x", "outer", error_event("E1")), users("rescue", "apart"),
                end(), flows("s > f > outer > e; f > apart > e; x > rescue > e"))
    )  # fmt: skip
    assert play.sorted == ["a", "also", "apart", "beside"]
    play.do("a")
    assert play.sorted == ["apart", "rescue"]
    assert {"also", "beside", "inner", "middle", "outer"} <= set(play.cancelled)
    play.do("rescue", "apart")
    play.ended()
    assert not {"inner", "middle", "outer", "x2", "wrong"} & set(play.done)


def test_the_innermost_catcher_takes_the_error_and_the_outer_ones_stay_silent(begin: Begin) -> None:
    outer = sub(
        "outer", start("s2"), failing(), boundary("x2", "inner", error_event()), users("near"), end("e2"),
        flows("s2 > inner > e2; x2 > near > e2"),
    )  # fmt: skip
    play = begin(
        drawing(start(), outer, boundary("x", "outer", error_event("E1")), users("far"), end(),
                flows("s > outer > e; x > far > e"))
    )  # fmt: skip
    play.do("a")
    assert play.open == ["near"]
    play.do("near")
    play.ended("s s2 s1 f1 a bad x2 near e2 outer e")


def test_an_error_event_sub_process_goes_before_the_boundary_event_of_its_scope(begin: Begin) -> None:
    handler = event_sub("h", start("s2", error_event("E1")), users("b"), end("e2"), flows("s2 > b > e2"))
    play = begin(caught(failing(handler), boundary("x", "inner", error_event("E1"))))
    play.do("a")
    assert play.open == ["b"]
    assert "beside" in play.cancelled
    play.do("b")
    assert play.open == ["after"], "the scope ended normally"
    assert play.done == ["s", "s1", "f1", "a", "bad", "s2", "b", "e2", "h", "inner"]


def test_an_error_event_sub_process_that_throws_the_error_on_is_caught_outside(begin: Begin) -> None:
    handler = event_sub(
        "h", start("s2", error_event("E1")), users("b"), end("on", error_event("E1")), flows("s2 > b > on")
    )
    play = begin(caught(failing(handler), boundary("x", "inner", error_event("E1"))))
    play.do("a")
    play.do("b")
    assert play.open == ["rescue"]
    assert "inner" not in play.done


def test_an_error_event_sub_process_of_the_process_catches_what_a_service_throws(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "beside"), service("work"), end(),
                flows("s > f > a > work > e; f > beside > e"),
                event_sub("h", start("s2", error_event()), users("b"), end("e2"), flows("s2 > b > e2"))),
        services=throwing("E9"),
    )  # fmt: skip
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    play.ended("s f a s2 b e2 h")


def test_an_error_of_an_event_sub_process_is_caught_by_another_one_of_a_scope_further_out(begin: Begin) -> None:
    called = event_sub(
        "called", start("s2", message("m"), interrupting=False), users("b"), end("bad2", error_event("E1")),
        flows("s2 > b > bad2"),
    )  # fmt: skip
    inner = sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), called)
    play = begin(caught(inner, boundary("x", "inner", error_event("E1"))))
    assert play.message("m")
    play.do("b")
    assert (play.open, play.waiting) == (["rescue"], [])
    assert "a" in play.cancelled


def test_an_error_comes_out_of_a_called_process(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), call("k", "called"), boundary("x", "k", error_event("E1")), users("rescue"), end(),
                    flows("s > k > e; x > rescue > e")),
            process(start("s0"), failing(), end("e0"), flows("s0 > inner > e0"), identity="called", executable=False),
        )
    )  # fmt: skip
    play.do("a")
    assert play.open == ["rescue"]
    assert {"k", "beside"} <= set(play.cancelled)
    play.do("rescue")
    play.ended("s s0 s1 f1 a bad x rescue e")


def test_a_called_process_may_catch_its_error_itself(begin: Begin) -> None:
    handler = event_sub("h", start("s2", error_event("E1")), users("b"), end("e2"), flows("s2 > b > e2"))
    play = begin(
        definitions(
            process(start(), call("k", "called"), boundary("x", "k", error_event("E1")), users("rescue"), end(),
                    flows("s > k > e; x > rescue > e")),
            process(start("s0"), failing(), end("e0"), flows("s0 > inner > e0"), handler, identity="called",
                    executable=False),
        )
    )  # fmt: skip
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    play.ended("s s0 s1 f1 a bad s2 b e2 h k e")


@pytest.mark.parametrize("other", ["", "E2"], ids=["no catcher", "a catcher of another code"])
def test_an_uncaught_error_fails_the_run_and_cancels_everything(begin: Begin, other: str) -> None:
    catcher = (boundary("x", "inner", error_event(other)), users("rescue"), flows("x > rescue > e")) if other else ()
    play = begin(
        drawing(start(), parallel("f"), failing(), catch("c", message("m")), users("apart"), end(), *catcher,
                flows("s > f > inner > e; f > c > e; f > apart > e"),
                event_sub("h", start("s2", timer(duration="PT1H"), interrupting=False), end("e2"), flows("s2 > e2")))
    )  # fmt: skip
    play.do("a")
    failed = play.run.failed
    assert failed is not None
    assert failed.code == "E1"
    assert (play.open, play.waiting, play.finished) == ([], [], False)
    assert {"beside", "apart", "c"} <= set(play.cancelled)
    assert not play.message("m")
    play.advance(days=1)
    assert (play.open, play.done) == ([], ["s", "f", "s1", "f1", "a", "bad"])


def test_an_uncaught_error_of_a_service_keeps_its_words(begin: Begin) -> None:
    play = begin(drawing(start(), service("work"), end(), flows("s > work > e")), services=throwing("E7", "no paper"))
    failed = play.run.failed
    assert failed is not None
    assert (failed.code, failed.message_en) == ("E7", "no paper")
    assert (play.finished, play.done) == (False, ["s"])


def test_an_error_end_event_of_the_process_itself_fails_the_run(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b"), end(), end("bad", error_event("E1")),
                flows("s > f > a > bad; f > b > e"))
    )  # fmt: skip
    play.do("a")
    assert play.run.failed is not None
    assert (play.open, play.finished) == ([], False)


def test_an_error_in_one_instance_ends_all_instances(begin: Begin) -> None:
    inner = sub(
        "inner", cardinality_loop("3"), start("s1"), users("a"), exclusive("g", default="g-e1"), end("e1"),
        end("bad", error_event("E1")), flows("s1 > a > g > e1"), flow("g", "bad", "wrong"),
    )  # fmt: skip
    play = begin(caught(inner, boundary("x", "inner", error_event("E1"))))
    assert play.sorted == ["a", "a", "a"]
    play.do("a", wrong=False)
    play.do("a", wrong=True)
    assert play.open == ["rescue"]
    assert (play.done.count("bad"), play.done.count("x"), play.done.count("inner")) == (1, 1, 1)
    play.do("rescue")
    play.ended()


def test_an_error_boundary_event_catches_what_any_instance_of_a_service_throws(begin: Begin) -> None:
    play = begin(
        drawing(start(), service("work", cardinality_loop("3")), boundary("x", "work", error_event("E1")),
                users("rescue"), end(), flows("s > work > e; x > rescue > e")),
        services=throwing("E1"),
    )  # fmt: skip
    assert play.open == ["rescue"]
    play.do("rescue")
    play.ended("s x rescue e")


def test_after_a_caught_error_the_activity_may_be_tried_again(begin: Begin) -> None:
    def work(values: dict[str, Any]) -> dict[str, Any]:
        if values["tries"] < 3:
            raise BpmnError("E1")
        return {"worked": True}

    play = begin(
        drawing(start(), exclusive("again"), script("n", "tries = tries + 1"), service("work"),
                boundary("x", "work", error_event("E1")), end(), flows("s > again > n > work > e; x > again")),
        data={"tries": 0}, services={"work": work},
    )  # fmt: skip
    play.ended("s again n x again n x again n work e", {"tries": 3, "worked": True})


def test_an_error_is_known_by_its_code_whatever_its_id_and_name(begin: Begin) -> None:
    play = begin(
        definitions(
            element("error", "error-1", name="no paper", errorCode="P0"),
            process(start(), service("work"),
                    boundary("x", "work", element("errorEventDefinition", "", errorRef="error-1")), end(), end("e9"),
                    flows("s > work > e; x > e9")),
        ),
        services=throwing("P0"),
    )  # fmt: skip
    play.ended("s x e9")


def test_an_error_of_an_event_sub_process_of_the_process_fails_the_run(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", message("m"), interrupting=False), users("b"), end("bad", error_event("E1")),
                          flows("s2 > b > bad")))
    )  # fmt: skip
    assert play.message("m")
    play.do("b")
    assert play.run.failed is not None
    assert (play.open, play.waiting, play.finished) == ([], [], False)


def test_an_error_in_one_branch_leaves_kept_what_was_written_before(begin: Begin) -> None:
    play = begin(caught(failing(), boundary("x", "inner", error_event("E1"))), data={"n": 0})
    play.do("a", n=1)
    play.do("rescue")
    play.ended(data={"n": 1})


def test_an_error_ends_a_loop_and_its_remaining_rounds(begin: Begin) -> None:
    def work(values: dict[str, Any]) -> dict[str, Any]:
        if values["n"] == 2:
            raise BpmnError("E1")
        return {"n": values["n"] + 1}

    play = begin(
        drawing(start(), service("work", standard_loop("loopCounter < 9")), boundary("x", "work", error_event("E1")),
                end(), end("e9"), flows("s > work > e; x > e9")),
        data={"n": 0}, services={"work": work},
    )  # fmt: skip
    play.ended("s work work x e9", {"n": 2})
