"""Saving: BpmnWorkflowSerializerTest, VersionMigrationTest, dictTest, jsonTest and the Reset*Test modules.

There is no call that sets a run back to an earlier task: whoever wants that restores what was saved then.
"""

from datetime import timedelta
from typing import Any

import pytest

from engine.errors import BadInput, BinglianError, IntegrityError
from engine.runtime.standalone import Run
from tests.scenarios.drawing import (
    boundary,
    catch,
    collection_loop,
    drawing,
    end,
    flows,
    message,
    script,
    start,
    sub,
    task,
    timer,
    users,
)
from tests.scenarios.runs import Begin
from tests.scenarios_spiff.steps import straight

WORK = drawing(
    straight(
        users("first"),
        sub("home", start("s1"), users("inside", "last"), end("e1"), flows("s1 > inside > last > e1")),
        script("w", "y = x + 1"), users("final"), path="first > home > w > final",
    ),
    boundary("late", "first", timer(duration="PT1H")), users("hurry"), end("e2"), flows("late > hurry > e2"),
)  # fmt: skip


def element_ids(run: Run) -> list[str]:
    """What is offered."""
    return [ready.element for ready in run.ready()]


def done(run: Run, *names: str, **data: Any) -> Run:
    """The run after these tasks."""
    for name in names:
        run.complete(next(ready.id for ready in run.ready() if ready.element == name), data)
    return run


def test_saving_what_was_restored_gives_the_same_again(begin: Begin) -> None:
    play = begin(WORK, data={"x": 1})
    for name in ("first", "inside", "last", "final"):
        saved = play.run.dump()
        again = Run.restore(saved, {"p.bpmn": WORK})
        assert Run.restore(again.dump(), {"p.bpmn": WORK}).dump() == again.dump()
        assert [(t.id, t.element) for t in again.ready()] == [(t.id, t.element) for t in play.run.ready()]
        assert (again.data, again.trace, again.waiting()) == (play.data, play.run.trace, play.run.waiting())
        play.do(name)
    play.ended(data={"x": 1, "y": 2})
    assert Run.restore(play.run.dump(), {"p.bpmn": WORK}).finished


def test_values_are_saved(begin: Begin) -> None:
    value = {"text": "并联", "list": [1, 2.5, None, True], "map": {"a": {"b": []}}}
    play = begin(WORK, data={"x": 1, "value": value})
    assert Run.restore(play.run.dump(), {"p.bpmn": WORK}).data == {"x": 1, "value": value}


@pytest.mark.parametrize("value", [object(), len, {1, 2}, b"bytes"], ids=["object", "function", "set", "bytes"])
def test_what_cannot_be_saved_is_refused_when_it_is_given(begin: Begin, value: Any) -> None:
    play = begin(WORK)
    with play.refused(BadInput):
        play.do("first", x=value)
    play.do("first", x=1)
    assert play.data == {"x": 1}


@pytest.mark.parametrize("wrong", [b"", b"{}", b"\x91\x63", b"not a run"])
def test_what_is_no_saved_run_is_refused_in_words(begin: Begin, wrong: bytes) -> None:
    begin(WORK)
    with pytest.raises(BinglianError):
        Run.restore(wrong, {"p.bpmn": WORK})


def test_a_form_of_another_version_is_refused_in_words(begin: Begin) -> None:
    saved = begin(WORK).run.dump()
    assert saved[1:2] == b"\x01", "the version comes first"
    with pytest.raises(IntegrityError, match="99"):
        Run.restore(saved[:1] + b"\x63" + saved[2:], {"p.bpmn": WORK})


def test_services_are_given_again_when_restoring(begin: Begin) -> None:
    sources = drawing(straight(users("a"), task("serviceTask", "b", implementation="add"), path="a > b"))

    def add(values: dict[str, Any]) -> dict[str, Any]:
        return {"n": values["n"] + 1}

    saved = begin(sources, services={"add": add}, data={"n": 1}).run.dump()
    run = done(Run.restore(saved, {"p.bpmn": sources}, services={"add": add}), "a")
    assert (run.finished, run.data) == (True, {"n": 2})


def test_back_to_the_first_task_its_timer_waits_again_and_the_sub_process_is_gone(begin: Begin) -> None:
    run = begin(WORK, data={"x": 1}).run
    saved = run.dump()
    done(run, "first", "inside")
    assert (element_ids(run), run.waiting()) == (["last"], [])
    back = Run.restore(saved, {"p.bpmn": WORK})
    assert (element_ids(back), back.waiting()) == (["first"], ["late"])
    assert done(back, "first", "inside", "last", "final").finished


def test_back_into_a_sub_process_that_was_over(begin: Begin) -> None:
    run = done(begin(WORK, data={"x": 1}).run, "first", "inside")
    saved = run.dump()
    done(run, "last")
    assert element_ids(run) == ["final"]
    back = Run.restore(saved, {"p.bpmn": WORK})
    assert (element_ids(back), back.data) == (["last"], {"x": 1})
    assert done(back, "last", "final").finished


def test_back_into_many_instances_one_after_the_other(begin: Begin) -> None:
    loop = collection_loop("items", "item", into="given", of="answer", sequential=True)
    sources = drawing(straight(task("userTask", "a", loop), users("review"), path="a > review"))
    run = begin(sources, data={"items": [1, 2]}).run
    saved = run.dump()
    for answer in (10, 20):
        done(run, "a", answer=answer)
    assert (element_ids(run), run.data["given"]) == (["review"], [10, 20])
    back = Run.restore(saved, {"p.bpmn": sources})
    for answer in (15, 20):
        done(back, "a", answer=answer)
    assert done(back, "review").data["given"] == [15, 20]


def test_going_on_with_a_changed_file(begin: Begin) -> None:
    saved = done(begin(WORK, data={"x": 1}).run, "first").dump()
    more = drawing(
        straight(
            users("first"),
            sub("home", start("s1"), users("inside", "last", "added"), end("e1"),
                flows("s1 > inside > last > added > e1")),
            script("w", "y = x + 2"), users("final"), path="first > home > w > final",
        ),
        boundary("late", "first", timer(duration="PT1H")), users("hurry"), end("e2"), flows("late > hurry > e2"),
    )  # fmt: skip
    run = Run.restore(saved, {"p.bpmn": more})
    assert done(run, "inside", "last", "added", "final").finished
    assert run.data == {"x": 1, "y": 3}


def test_timers_and_messages_under_way_are_saved(begin: Begin) -> None:
    sources = drawing(start(), catch("t", timer(duration="PT1H")), catch("m", message("late")), end(),
                      flows("s > t > m > e"))  # fmt: skip
    run = begin(sources).run
    run.message("late", {"came": "early"})
    run.advance(timedelta(minutes=59))
    again = Run.restore(run.dump(), {"p.bpmn": sources})
    again.advance(timedelta(minutes=1))
    assert (again.finished, again.data) == (True, {"came": "early"})
