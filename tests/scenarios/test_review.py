"""What a review found in the runtime: runs that stuck, acts that were not undone, words that were Python's."""

import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import BinglianError, DiagramError
from engine.runtime.standalone import Bus, Run
from tests.scenarios.drawing import (
    association,
    boundary,
    catch,
    compensation,
    condition,
    data_object,
    drawing,
    end,
    error_event,
    escalation,
    exclusive,
    flow,
    flows,
    script,
    signal,
    start,
    sub,
    task,
    throw,
    timer,
    users,
)
from tests.scenarios.runs import Begin

FILE = "p.bpmn"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CAUGHT = drawing(start(), catch("c", signal("x")), end(), flows("s > c > e"))


@pytest.mark.parametrize("thrower", ["intermediate", "end"])
def test_an_escalation_that_ends_the_scope_of_its_throw_event_leaves_nothing_to_compensate(
    begin: Begin, thrower: str
) -> None:
    definitions = escalation("full"), compensation()
    thrown = {"end": end("t", *definitions), "intermediate": throw("t", *definitions) + end("e1") + flows("t > e1")}
    play = begin(
        drawing(
            start(), sub("home", start("s1"), users("a"), thrown[thrower], flows("s1 > a > t")),
            boundary("b", "home", escalation("full")), end(), end("e2"), flows("s > home > e; b > e2"),
        )
    )  # fmt: skip
    play.do("a")
    play.ended()
    assert "e2" in play.done


def test_an_error_that_was_caught_ends_what_the_end_event_still_had_to_throw(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), sub("home", start("s1"), end("e1", error_event("q"), error_event("w")), flows("s1 > e1")),
            boundary("b", "home", error_event("q")), end(), end("e2"), flows("s > home > e; b > e2"),
        )
    )  # fmt: skip
    play.ended()


def undone_late(*handler: str) -> bytes:
    """A compensation whose handler ``undo`` has the boundary event ``late``, which interrupts it."""
    return drawing(
        start(), users("a"), boundary("c-a", "a", compensation()), association("c-a", "undo"), *handler,
        throw("t", compensation()), end(), end("e2"), flows("s > a > t > e; late > e2"),
    )  # fmt: skip


def test_a_compensation_goes_on_when_a_deadline_ends_its_handler(begin: Begin) -> None:
    undo = task("userTask", "undo", isForCompensation="true")
    play = begin(undone_late(undo, boundary("late", "undo", timer(duration="PT1H"))))
    play.do("a")
    assert play.open == ["undo"]
    play.advance(hours=1)
    play.ended()


def test_a_compensation_goes_on_when_an_error_ends_its_handler(begin: Begin) -> None:
    undo = sub("undo", start("s1"), end("e1", error_event("q")), flows("s1 > e1"), isForCompensation="true")
    play = begin(undone_late(undo, boundary("late", "undo", error_event("q"))))
    play.do("a")
    play.ended()


def test_a_condition_on_a_part_that_is_not_there_yet_is_not_true(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), users("a"), boundary("b", "a", condition('decision["x"] == "no"')), end(), end("e2"),
            flows("s > a > e; b > e2"),
        ),
        data={"decision": {}},
    )  # fmt: skip
    play.do("a", decision={"x": "yes"})
    play.ended("s a e")


def test_a_script_writes_into_a_data_object_by_its_label(begin: Begin) -> None:
    play = begin(
        drawing(start(), data_object("DO1", name="order"), script("w", 'order["fee"] = 5'), end(), flows("s > w > e")),
        data={"DO1": {}},
    )
    play.ended("s w e", {"DO1": {"fee": 5}})


def test_a_run_that_could_not_start_is_not_on_the_bus() -> None:
    bus = Bus()
    good = Run({FILE: CAUGHT}, bus=bus)
    parts = flow("g", "a", "n > 1"), flow("g", "b", "n > 2"), flows("s > g; a > e; b > e")
    with pytest.raises(DiagramError):
        Run({FILE: drawing(start(), exclusive("g"), users("a", "b"), end(), *parts)}, data={"n": 0}, bus=bus)
    assert good.signal("x") == 1
    assert good.finished


def test_a_new_run_does_not_take_the_place_of_a_restored_one_on_the_bus() -> None:
    old = Bus()
    _, second = Run({FILE: CAUGHT}, bus=old), Run({FILE: CAUGHT}, bus=old)
    bus = Bus()
    restored = Run.restore(second.dump(), {FILE: CAUGHT}, bus=bus)
    new = Run({FILE: CAUGHT}, bus=bus)
    assert new.signal("x") == 2
    assert restored.finished


def test_whatever_is_asked_first_sees_the_timers_that_have_come_due() -> None:
    instants = [NEW_YEAR]
    drawn = drawing(start(), catch("c", timer(duration="PT1H")), end(), flows("s > c > e"))
    run = Run({FILE: drawn}, clock=lambda: instants[0])
    instants[0] += timedelta(hours=2)
    assert run.finished


def test_equal_values_are_saved_as_equal_bytes_in_whatever_order_they_were_written() -> None:
    drawn = drawing(start(), script("w", "copy = given"), users("a"), end(), flows("s > w > a > e"))
    one, two = (
        Run({FILE: drawn}, data={"given": given}, clock=lambda: NEW_YEAR)
        for given in ({"b": 1, "a": 2}, {"a": 2, "b": 1})
    )
    assert one.data == two.data
    assert one.dump() == two.dump()


def test_a_damaged_dump_is_refused_in_words() -> None:
    drawn = drawing(start(), users("a"), end(), flows("s > a > e"))
    whole, rng = Run({FILE: drawn}).dump(), random.Random(1)
    for _ in range(500):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            Run.restore(bytes(damaged), {FILE: drawn}).ready()
        except BinglianError:
            continue


def test_a_script_gives_the_same_text_in_every_process() -> None:
    """Sets of texts have another order in every process; a replay must not see it."""
    code = (
        "from engine.errors import BinglianError\n"
        "from engine.diagram.expression import compile_expression\n"
        'try: print(compile_expression(\'str({"a", "b", "c", "d"})\').evaluate({}))\n'
        "except BinglianError: print('refused')\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(told) == 1
