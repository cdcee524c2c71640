"""Whatever happens in whatever order: a run that is saved and restored at every step stays what it would be without."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.runtime.standalone import Run
from tests.scenarios.drawing import (
    boundary,
    catch,
    compensation,
    condition,
    drawing,
    end,
    error_event,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    flow,
    flows,
    handled,
    message,
    parallel,
    signal,
    start,
    sub,
    terminate,
    throw,
    timer,
    users,
)

BOOKING = sub(
    "booking", start("s1"), parallel("f1"), *handled("hotel", "flight"), exclusive("j1"), exclusive("x1", "x1-e1"),
    end("e1"), end("full", error_event("full")), throw("slow", escalation("slow")),
    flows("s1 > f1 > hotel > j1; f1 > flight > slow > j1 > x1 > e1"), flow("x1", "full", "n > 5"),
    event_sub("asked", start("s2", message("ask"), interrupting=False), users("answer"), end("e2", signal("answered")),
              flows("s2 > answer > e2")),
)  # fmt: skip

EVERYTHING = drawing(
    start(), parallel("f"), BOOKING, boundary("was-full", "booking", error_event("full")),
    boundary("is-slow", "booking", escalation("slow"), interrupting=False),
    boundary("late", "booking", timer(cycle="R/PT3H"), interrupting=False),
    throw("undo", compensation()), users("told", "reminded", "pay"), end(),
    event_gateway("g"), catch("g1", message("paid"), signal("answered"), every=True),
    catch("g2", timer(duration="PT10H")), catch("g3", condition("n > 7")),
    flows("s > f > booking > pay > e; was-full > undo > e; is-slow > told > e; late > reminded > e"),
    flows("f > g > g1 > e; g > g2 > e; g > g3 > e"),
    event_sub("stopped", start("s3", message("stop")), users("bye"), end("e3", terminate()), flows("s3 > bye > e3")),
)  # fmt: skip

NOW = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

STEPS = st.one_of(
    st.tuples(st.just("message"), st.sampled_from(["ask", "paid", "stop", "nothing"])),
    st.tuples(st.just("signal"), st.sampled_from(["answered", "nothing"])),
    st.tuples(st.just("advance"), st.integers(1, 9)),
    st.tuples(st.just("do"), st.integers(0, 4), st.integers(0, 9)),
)


def take(run: Run, step: tuple[Any, ...]) -> bool | int | None:
    """Make one step; what it answers."""
    if step[0] == "message":
        return run.message(step[1], {"n": 0})
    if step[0] == "signal":
        return run.signal(step[1])
    if step[0] == "advance":
        run.advance(timedelta(hours=step[1]))
    elif offered := sorted(run.ready(), key=lambda task: task.element):
        run.complete(offered[step[1] % len(offered)].id, {"n": step[2]})
    return None


def seen(run: Run) -> tuple[object, ...]:
    """What can be seen of a run."""
    return run.ready(), run.trace, run.data, run.waiting(), run.finished, run.failed


@settings(deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_saving_and_restoring_changes_nothing(steps: list[tuple[Any, ...]]) -> None:
    sources = {"p.bpmn": EVERYTHING}
    straight, restored = (Run(sources, data={"n": 0}, clock=lambda: NOW) for _ in range(2))
    for step in steps:
        assert take(straight, step) == take(restored, step)
        restored = Run.restore(restored.dump(), sources, clock=lambda: NOW)
        assert seen(straight) == seen(restored)
    assert straight.failed is None
    assert straight.finished or straight.ready() or straight.waiting(), "nothing is stuck"
    assert not (straight.finished and (straight.ready() or straight.waiting())), "nothing is open behind the end"
