"""Two runs of the same files know nothing of each other."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import Run
from tests.scenarios.drawing import (
    boundary,
    call,
    cardinality_loop,
    collection_loop,
    data_object,
    definitions,
    drawing,
    end,
    exclusive,
    flow,
    flows,
    message,
    parallel,
    process,
    script,
    start,
    sub,
    task,
    timer,
    users,
)
from tests.scenarios.runs import Begin

BUSY = definitions(
    process(
        data_object("fee"),
        start(),
        parallel("f", "j"),
        users("a"),
        task("userTask", "t", collection_loop("names", "name", into="results", of="result", until="sum(results) > 9")),
        sub("home", start("s1"), users("b"), script("w", "seen = seen + [note]"), end("e1"), flows("s1 > b > w > e1")),
        boundary("late", "a", timer(duration="PT1H"), interrupting=False),
        boundary("told", "home", message("m"), interrupting=False),
        call("c", "other"),
        exclusive("m"),
        exclusive("x", default="x-e"),
        users("y"),
        end(),
        flows("s > m > f > a > j; f > t > j; f > home > j; f > c > j; j > x > e; late > y; told > y; y > e"),
        flow("x", "m", "again"),
    ),
    process(start("s2"), users("q"), end("e2"), flows("s2 > q > e2"), identity="other", executable=False),
)


def test_two_runs_side_by_side(begin: Begin) -> None:
    one = begin(BUSY, data={"names": ["x", "y"], "seen": []})
    two = begin(BUSY, data={"names": ["z"], "seen": ["before"]})
    untouched = two.state()
    assert one.sorted == ["a", "b", "q", "t[0]", "t[1]"]
    assert two.sorted == ["a", "b", "q", "t[0]"]
    one.do("q")
    one.do("t[1]", result=10)
    one.do("b", note="n", again=True)
    one.advance(hours=1)
    assert one.message("m") is False
    one.do("a")
    assert two.state() == untouched
    assert one.done.count("j") == 1
    assert one.sorted == ["a", "b", "q", "t[0]", "t[1]", "y", "y"], "the message kept from round 1 is heard in round 2"
    two.do("q", "a", "b", note="k", again=False)
    two.do("t[0]", result=1)
    two.ended()
    assert two.data["seen"] == ["before", "k"]
    assert one.data["seen"] == ["n"]


def test_the_ids_of_tasks_of_one_run_mean_nothing_to_another(begin: Begin) -> None:
    one, two = begin(BUSY, data={"names": [], "seen": []}), begin(BUSY, data={"names": [], "seen": []})
    one.do("a")
    assert "a" in two.open
    two.do("a")
    assert one.sorted == two.sorted


def test_many_instances_do_not_change_the_diagram_for_the_next_run(begin: Begin) -> None:
    sources = drawing(
        start(), task("userTask", "t", cardinality_loop("n")), sub("home", users("a"), cardinality_loop("n")), end(),
        flows("s > t > home > e"),
    )  # fmt: skip
    for n in (2, 0, 3, 1):
        play = begin(sources, data={"n": n})
        for number in range(n):
            play.do(f"t[{number}]")
        play.do(*["a"] * n)
        play.ended()
        assert play.done.count("home") == n


def test_a_dump_can_be_restored_twice_and_goes_two_ways() -> None:
    sources = {"p.bpmn": BUSY}
    run = Run(sources, data={"names": ["x"], "seen": []})
    dump = run.dump()
    one, two = Run.restore(dump, sources), Run.restore(dump, sources)
    assert one.ready() == two.ready() == run.ready()
    first = next(ready.id for ready in one.ready() if ready.element == "a")
    one.complete(first, {"x": 1})
    assert one.data["x"] == 1
    assert "x" not in two.data
    assert "x" not in run.data
    two.complete(first, {"x": 2})
    assert (one.data["x"], two.data["x"]) == (1, 2)


def test_a_dump_changes_nothing_and_equal_steps_give_equal_states() -> None:
    sources = {"p.bpmn": BUSY}
    instant = datetime(2026, 3, 2, 9, tzinfo=UTC)
    runs = [Run(sources, data={"names": ["x", "y"], "seen": []}, clock=lambda: instant) for _ in range(2)]
    for element_id in ("a", "b", "q"):
        for run in runs:
            ready = next(one for one in run.ready() if one.element == element_id)
            run.complete(ready.id, {"note": "n"})
            assert run.dump() == run.dump()
        assert runs[0].ready() == runs[1].ready()
        assert runs[0].trace == runs[1].trace
    for run in runs:
        run.advance(timedelta(minutes=1))
    assert runs[0].data == runs[1].data


def test_damaged_bytes_are_refused_in_words() -> None:
    sources = {"p.bpmn": BUSY}
    dump = Run(sources, data={"names": ["x"], "seen": []}).dump()
    for data in (dump[:-5], b"", b"nonsense"):
        with pytest.raises(BinglianError):
            Run.restore(data, sources)


def test_the_state_of_another_diagram_is_refused_in_words() -> None:
    dump = Run({"p.bpmn": BUSY}, data={"names": ["x"], "seen": []}).dump()
    other = drawing(start(), users("a"), end(), flows("s > a > e"))
    with pytest.raises(BinglianError):
        Run.restore(dump, {"p.bpmn": other})
