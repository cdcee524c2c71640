"""Bounds: what would never stop, or grow without end, is told in words and the run is unchanged."""

import pytest

from engine.errors import BinglianError, LimitExceeded
from engine.runtime.standalone import Bus, DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    call,
    cardinality_loop,
    catch,
    collection_loop,
    condition,
    definitions,
    drawing,
    end,
    exclusive,
    flows,
    message,
    parallel,
    process,
    script,
    signal,
    standard_loop,
    start,
    sub,
    task,
    throw,
    timer,
    users,
)
from tests.scenarios.runs import Begin


def runaway(*parts: str) -> bytes:
    """A person, then something that does not stop."""
    return drawing(start(), users("u", "v"), end(), flows("s > u; s > v > e"), *parts)


RUNAWAYS = {
    "a loop of gateways": runaway(exclusive("m"), exclusive("x"), flows("u > m > x > m")),
    "a loop of scripts": runaway(exclusive("m"), script("w", "n = 1"), flows("u > m > w > m")),
    "a loop of growing values": runaway(exclusive("m"), script("w", "n = n + n"), flows("u > m > w > m")),
    "tokens that multiply": runaway(
        exclusive("m"), parallel("f"), exclusive("y"), exclusive("z"), flows("u > m > f > y > m; f > z > m")
    ),
    "tasks that multiply": runaway(
        exclusive("m"), parallel("f"), users("t"), flows("u > m > f > t; f > m")
    ),
    "a completion quantity in a loop": runaway(
        exclusive("m"), task("task", "t", completionQuantity="2"), flows("u > m > t > m")
    ),
    "completion quantities that multiply": runaway(
        task("task", "t1", completionQuantity="200"), task("task", "t2", completionQuantity="200"),
        task("task", "t3", completionQuantity="200"), flows("u > t1 > t2 > t3 > e"),
    ),
    "a standard loop for ever": runaway(script("w", "x = 1", standard_loop("True")), flows("u > w > e")),
    "a standard loop that needs no condition": runaway(task("task", "t", standard_loop("True")), flows("u > t > e")),
    "a sub-process for ever": runaway(sub("home", task("task", "t"), standard_loop("True")), flows("u > home > e")),
    "10,000 instances": runaway(task("userTask", "t", cardinality_loop("10000")), flows("u > t > e")),
    "1,000,000 instances": runaway(task("userTask", "t", cardinality_loop("1000000")), flows("u > t > e")),
    "1,000,000,000,000 instances": runaway(task("userTask", "t", cardinality_loop("1000000000000")),
    flows("u > t > e")),
    "1,000,000 scripts one by one": runaway(
        script("w", "x = 1", cardinality_loop("1000000", sequential=True)), flows("u > w > e")
    ),
    "1,000,000 sub-processes": runaway(sub("home", users("t"), cardinality_loop("1000000")), flows("u > home > e")),
    "200 times 200 instances": runaway(
        sub("home", task("userTask", "t", cardinality_loop("200")), cardinality_loop("200")), flows("u > home > e")
    ),
    "a signal that starts itself again": runaway(
        throw("t", signal("again")), exclusive("m"), flows("u > m > t > m"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(RUNAWAYS))
def test_what_does_not_stop_is_told_and_the_run_is_unchanged(begin: Begin, name: str) -> None:
    play = begin(RUNAWAYS[name], data={"n": [1]})
    with play.refused(LimitExceeded):
        play.do("u")
    assert play.sorted == ["u", "v"]
    play.do("v")
    assert play.open == ["u"]


@pytest.mark.parametrize("quantity", ["0", "-1", "100000000"])
@pytest.mark.parametrize("name", ["startQuantity", "completionQuantity"])
def test_a_quantity_out_of_bounds_is_a_finding(begin: Begin, name: str, quantity: str) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(start(), task("task", "t", **{name: quantity}), end(), flows("s > t > e")))
    assert [finding.element for finding in refused.value.findings] == ["t"]


@pytest.mark.parametrize("count", [10_000, 1_000_000])
def test_a_number_that_is_too_large(begin: Begin, count: int) -> None:
    play = begin(runaway(task("userTask", "t", cardinality_loop("count")), flows("u > t > e")))
    with play.refused(LimitExceeded):
        play.do("u", count=count)
    play.do("u", count=3)
    assert play.sorted == ["t[0]", "t[1]", "t[2]", "v"]


def test_a_collection_of_ten_thousand(begin: Begin) -> None:
    play = begin(runaway(task("userTask", "t", collection_loop("names")), flows("u > t > e")))
    task_id = play.id_of("u")
    with play.refused(LimitExceeded):
        play.run.complete(task_id, {"names": list(range(10_000))})


def test_a_process_that_calls_itself_for_ever(begin: Begin) -> None:
    main = process(start(), users("u", "v"), call("c", "q"), end(), flows("s > u > c > e; s > v > e"))
    other = process(start("s1"), call("c1", "q"), end("e1"), flows("s1 > c1 > e1"), identity="q", executable=False)
    play = begin(definitions(main, other))
    with play.refused(LimitExceeded):
        play.do("u")
    play.do("v")
    assert play.open == ["u"]


def test_two_processes_that_call_each_other_for_ever(begin: Begin) -> None:
    main = process(start(), users("u"), call("c", "q"), end(), flows("s > u > c > e"))
    one = process(start("s1"), call("c1", "r"), end("e1"), flows("s1 > c1 > e1"), identity="q", executable=False)
    two = process(start("s2"), call("c2", "q"), end("e2"), flows("s2 > c2 > e2"), identity="r", executable=False)
    play = begin(definitions(main, one, two))
    with play.refused(LimitExceeded):
        play.do("u")


def test_a_process_that_calls_itself_twice(begin: Begin) -> None:
    main = process(start(), users("u"), call("c", "q"), end(), flows("s > u > c > e"))
    other = process(
        start("s1"), call("c1", "q"), call("c2", "q"), end("e1"), flows("s1 > c1 > e1; s1 > c2 > e1"), identity="q",
        executable=False,
    )  # fmt: skip
    play = begin(definitions(main, other))
    with play.refused(LimitExceeded):
        play.do("u")


def test_what_does_not_stop_from_the_start(begin: Begin) -> None:
    with pytest.raises(LimitExceeded):
        begin(drawing(start(), exclusive("m"), exclusive("x"), flows("s > m > x > m")))


def test_signals_that_open_ever_more_tasks(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), users("a"), boundary("b", "a", signal("again"), interrupting=False), throw("t", signal("again")),
            end(), flows("s > a > e; b > t > e"),
        )
    )  # fmt: skip
    with play.refused(LimitExceeded):
        play.signal("again")
    play.do("a")
    play.ended("s a e")


# A step that fails after an event from outside


FAILING = drawing(
    start(),
    parallel("f"),
    catch("m", message("go")),
    catch("g", signal("go")),
    catch("t", timer(duration="PT1H")),
    catch("c", condition("n > 5")),
    users("u"),
    script("w", "x = 1 / n"),
    end(),
    flows("s > f > m > w > e; f > g > w; f > t > w; f > c > w; f > u > e"),
)


@pytest.mark.parametrize("event", ["message", "signal", "timer"])
def test_a_step_that_fails_after_an_event_leaves_the_run_unchanged(begin: Begin, event: str) -> None:
    play = begin(FAILING, data={"n": 0})
    assert (play.open, play.waiting) == (["u"], ["c", "g", "m", "t"])
    with play.refused(BinglianError):
        if event == "message":
            play.message("go")
        elif event == "signal":
            play.signal("go")
        else:
            play.advance(hours=2)
    play.do("u", n=1)
    assert play.waiting == ["c", "g", "m", "t"]
    assert play.message("go") is True
    assert play.signal("go") == 1
    play.advance(hours=1)
    assert play.waiting == ["c"]
    assert play.done.count("w") == 3


def test_two_timers_of_which_the_second_fails_leave_the_run_unchanged(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f"), catch("t1", timer(duration="PT1H")), catch("t2", timer(duration="PT2H")),
            script("w1", "n = 0"), script("w2", "x = 1 / n"), end(), flows("s > f > t1 > w1 > e; f > t2 > w2 > e"),
        ),
        data={"n": 1},
    )  # fmt: skip
    with play.refused(BinglianError):
        play.advance(hours=3)
    play.advance(hours=1)
    assert (play.data, play.waiting) == ({"n": 0}, ["t2"]), "the clock had not moved either"


def test_a_message_to_another_run_that_fails_leaves_both_unchanged(begin: Begin) -> None:
    bus = Bus()
    receiver = begin(
        drawing(start(), catch("m", message("go")), script("w", "x = 1 / n"), end(), flows("s > m > w > e")),
        bus=bus, data={"n": 0},
    )  # fmt: skip
    sender = begin(drawing(start(), users("u"), throw("t", message("go")), end(), flows("s > u > t > e")), bus=bus)
    before = receiver.state()
    with sender.refused(BinglianError):
        sender.do("u")
    assert receiver.state() == before
    assert sender.open == ["u"]
