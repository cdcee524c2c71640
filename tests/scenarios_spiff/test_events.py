"""Signals, errors, escalations, cancel, conditions and what they interrupt: ActionManagementTest,
CallActivityEscalationTest, UncaughtEscalationTest, TransactionSubprocssTest, CancelBoundaryEventTest,
MultipleEventsTest, SignalAndCancelEventTest, SignalTest, ConditionalEventTest, EventBasedGatewayTest and
EventSubprocessTest.
"""

from datetime import UTC, datetime

import pytest

from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    call,
    cancel,
    catch,
    condition,
    data_object,
    definitions,
    drawing,
    end,
    error_event,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    flow,
    flows,
    message,
    parallel,
    process,
    script,
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
from tests.scenarios.runs import Begin, Play
from tests.scenarios_spiff.steps import chosen, follow, io, moved, straight

# An action with a date to start, a date to finish, and a way to call it off


def at_nine() -> datetime:
    """When the scenarios with dates begin."""
    return datetime(2030, 1, 1, 9, tzinfo=UTC)


def action(begin: Begin) -> Play:
    """Reviewed, it may begin at 10 and should be over at 11; meanwhile it may be called off."""
    main = process(
        start(), chosen("review", "notify", "off"), script("notify", 'told = "new"'), parallel("fork"),
        users("call-off"), script("tell", 'told = "off"'), catch("begin", timer(date="begins")), call("work", "doing"),
        boundary("late", "work", timer(date="ends"), interrupting=False), script("overdue", 'told = "overdue"'),
        end("e2"), end("off", terminate()), end("e", terminate()),
        flows("s > review; notify > fork > call-off > tell > off; fork > begin > work > e; late > overdue > e2"),
    )  # fmt: skip
    doing = process(
        start("s1"), users("take"), exclusive("m"), chosen("finish", "e1", "m"), end("e1"),
        flows("s1 > take > m > finish"), identity="doing", executable=False,
    )  # fmt: skip
    dates = {"begins": "2030-01-01T10:00:00Z", "ends": "2030-01-01T11:00:00Z"}
    return begin(definitions(main, doing), data=dates, clock=at_nine)


def test_an_action_done_in_time(begin: Begin) -> None:
    play = action(begin)
    play.do("review", choice="yes")
    assert (play.open, play.waiting, play.data["told"]) == (["call-off"], ["begin"], "new")
    play.advance(hours=1)
    assert (play.sorted, play.waiting) == (["call-off", "take"], ["late"])
    follow(play, "take finish=no finish=yes")
    play.ended()
    assert {"call-off", "late"}.isdisjoint(play.done)


def test_an_overdue_action_is_told_and_still_done(begin: Begin) -> None:
    play = action(begin)
    follow(play, "review=yes")
    play.advance(hours=1)
    play.do("take")
    play.advance(hours=1)
    assert (play.sorted, play.waiting, play.data["told"]) == (["call-off", "finish"], [], "overdue")
    follow(play, "finish=yes")
    play.ended()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [("review=no", "", None), ("review=yes call-off", "", "off"), ("review=yes", "take call-off", "off")],
    ids=["refused", "before it began", "while it is done"],
)
def test_an_action_called_off(begin: Begin, before: str, after: str, told: str | None) -> None:
    play = action(begin)
    follow(play, before)
    play.advance(hours=1)
    follow(play, after)
    play.ended()
    assert play.data.get("told") == told
    assert play.done[-1] == "off"


# Escalations out of called processes

CATCHERS = {"any": [""], "one": ["help"], "two": ["help", "unknown"]}


def escalating() -> bytes:
    """Six calls of one process: caught by any code, by one, by two; interrupting (``i``) or not (``n``)."""
    parts = []
    for name, codes in CATCHERS.items():
        for kind in "in":
            at = f"{name}-{kind}"
            parts += [call(f"c-{at}", "maybe"), end(f"normal-{at}"), flows(f"fork > c-{at} > normal-{at}")]
            for code in codes:
                caught = f"{code or 'caught'}-{at}"
                parts += [
                    boundary(f"b-{caught}", f"c-{at}", escalation(code), interrupting=kind == "i"), end(caught),
                    flows(f"b-{caught} > {caught}"),
                ]  # fmt: skip
    maybe = process(
        start("s1"), exclusive("x", default="x-e1"), end("e1"), end("e2", escalation("help")),
        end("e3", escalation("unknown")), flows("s1 > x > e1"), flow("x", "e2", 'escalate == "yes"'),
        flow("x", "e3", 'escalate == "unknown"'), identity="maybe", executable=False,
    )  # fmt: skip
    return definitions(process(start(), parallel("fork"), *parts, flows("s > fork")), maybe)


@pytest.mark.parametrize(
    ("escalate", "reached"),
    [("yes", "normal-any-n caught-any-n caught-any-i normal-one-n help-one-n help-one-i normal-two-n help-two-n "
             "help-two-i"),
     ("no", "normal-any-n normal-any-i normal-one-n normal-one-i normal-two-n normal-two-i"),
     ("unknown", "normal-any-n caught-any-n caught-any-i normal-one-n normal-one-i normal-two-n unknown-two-n "
                 "unknown-two-i")],
)  # fmt: skip
def test_who_catches_an_escalation_of_a_called_process(begin: Begin, escalate: str, reached: str) -> None:
    play = begin(escalating(), data={"escalate": escalate})
    play.ended()
    ends = {name for name in play.done if name.split("-")[0] in {"normal", "caught", "help", "unknown"}}
    assert ends == set(reached.split())


def test_an_escalation_nobody_catches_has_no_effect(begin: Begin) -> None:
    play = begin(
        drawing(straight(sub("home", start("s1"), end("e1", escalation("up")), flows("s1 > e1")), path="home"))
    )
    play.ended("s s1 e1 home e")


# Transactions


def buying() -> bytes:
    """A transaction that may be cancelled, or fail with or without a code."""
    inner = (
        start("s1"), users("value"), exclusive("x1", default="x1-amount"), users("amount"),
        exclusive("x2", default="x2-e1"), end("e1"), end("stop", cancel()), end("bad", error_event("E1")),
        end("none", error_event("E2")), flows("s1 > value > x1 > amount > x2 > e1"), flow("x1", "stop", 'value == ""'),
        flow("x2", "bad", "amount < 0"), flow("x2", "none", "amount == 0"),
    )  # fmt: skip
    return drawing(
        start(), transaction("buy", *inner), boundary("cancelled", "buy", cancel()),
        boundary("failed", "buy", error_event("E1")), boundary("failed-so", "buy", error_event()),
        script("w", "result = value"), end(), end("e2"), end("e3"), end("e4"),
        flows("s > buy > w > e; cancelled > e2; failed > e3; failed-so > e4"),
    )  # fmt: skip


def test_a_transaction_completes(begin: Begin) -> None:
    play = begin(buying())
    play.do("value", value="x")
    play.do("amount", amount=2)
    play.ended("s s1 value x1 amount x2 e1 buy w e", {"value": "x", "amount": 2, "result": "x"})


def test_a_transaction_is_cancelled(begin: Begin) -> None:
    play = begin(buying())
    play.do("value", value="")
    play.ended()
    assert play.done[-2:] == ["cancelled", "e2"]
    assert "w" not in play.done


@pytest.mark.parametrize(("amount", "way"), [(-1, ["failed", "e3"]), (0, ["failed-so", "e4"])], ids=["code", "other"])
def test_an_error_leaves_a_transaction_by_one_way_only(begin: Begin, amount: int, way: list[str]) -> None:
    play = begin(buying())
    play.do("value", value="x")
    play.do("amount", amount=amount)
    play.ended()
    assert play.done[-2:] == way
    assert {"cancelled", "failed", "failed-so", "w"}.intersection(play.done) == {way[0]}


@pytest.mark.parametrize("wrong", ["boundary", "end"])
def test_a_cancel_event_outside_a_transaction_is_refused(begin: Begin, wrong: str) -> None:
    home = sub("home", start("s1"), end("e1", *([cancel()] if wrong == "end" else [])), flows("s1 > e1"))
    border = [boundary("x", "home", cancel()), end("e2"), flows("x > e2")] if wrong == "boundary" else []
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(straight(home, *border, path="home")))
    assert [finding.element for finding in refused.value.findings] == ["x" if wrong == "boundary" else "e1"]


# Signals, and a cancel event behind them


def calling_off() -> bytes:
    """A task that a signal interrupts, then a transaction that someone cancels."""
    inner = (start("s1"), chosen("two", "stop", "e1"), end("e1"), end("stop", cancel()), flows("s1 > two"))
    return drawing(
        start(), users("hello", "one", "bye"), transaction("buy", *inner), boundary("on-signal", "one", signal("off")),
        boundary("on-cancel", "buy", cancel()), script("w1", 'off = "signal"'), script("w2", 'off = "cancel"'), end(),
        end("e2"), end("e3"), flows("s > hello > one > buy > bye > e; on-signal > w1 > e2; on-cancel > w2 > e3"),
    )  # fmt: skip


def test_a_signal_nobody_waits_for_does_nothing(begin: Begin) -> None:
    play = begin(calling_off(), data={"off": "none"})
    assert play.signal("off") == 0
    assert (play.open, play.data) == (["hello"], {"off": "none"})


def test_a_signal_interrupts(begin: Begin) -> None:
    play = begin(calling_off())
    play.do("hello")
    assert play.signal("off") == 1
    play.ended("s hello on-signal w1 e2", {"off": "signal"})


def test_a_cancel_event_goes_on_at_the_boundary(begin: Begin) -> None:
    play = begin(calling_off())
    follow(play, "hello one two=yes")
    play.ended("s hello one s1 two two-gate stop on-cancel w2 e3", {"off": "cancel", "choice": "yes"})


def test_a_signal_ends_a_wait(begin: Begin) -> None:
    play = begin(
        drawing(straight(users("wait"), path="wait"), boundary("x", "wait", signal("cancel")),
                script("w", "caught = True"), end("e2"), flows("x > w > e2"))
    )  # fmt: skip
    assert play.signal("cancel") == 1
    play.ended("s x w e2", {"caught": True})


# Conditions over data objects


def finishing(name: str) -> str:
    """A task whose output goes to the data object ``over``."""
    return task("userTask", name, io(outputs="result"), moved("dataOutputAssociation", "result", "over"))


def test_an_intermediate_event_waits_for_its_condition(begin: Begin) -> None:
    play = begin(
        drawing(data_object("over"), start(), parallel("fork", "join"), finishing("a"), users("b"),
                catch("c", condition("over")), end(), flows("s > fork > a > join > e; fork > b > c > join")),
        data={"over": False},
    )  # fmt: skip
    play.do("b")
    assert (play.open, play.waiting) == (["a"], ["c"])
    play.do("a", result=True)
    play.ended()


def test_a_condition_interrupts_a_task(begin: Begin) -> None:
    play = begin(
        drawing(data_object("over"), start(), parallel("fork", "join"), finishing("c"), users("d"),
                boundary("x", "d", condition("over")), exclusive("m"), end(),
                flows("s > fork > c > join > e; fork > d > m > join; x > m")),
        data={"over": False},
    )  # fmt: skip
    assert play.waiting == ["x"]
    play.do("c", result=True)
    play.ended()
    assert play.cancelled == ["d"]


# Event-based gateways


def racing() -> bytes:
    """The first message goes back to the gateway, the second and the timer end."""
    return drawing(
        start(), exclusive("m"), event_gateway("g"), catch("c1", message("one")), catch("c2", message("two")),
        catch("t", timer(duration="PT1M")), end("e2"), end("e3"), flows("s > m > g > c1 > m; g > c2 > e2; g > t > e3"),
    )  # fmt: skip


@pytest.mark.parametrize("again", [0, 2])
def test_the_first_event_wins_and_may_lead_back(begin: Begin, again: int) -> None:
    play = begin(racing())
    for _ in range(again):
        assert play.message("one")
        assert play.waiting == ["c1", "c2", "t"]
    assert play.message("two")
    play.ended("s m g " + "c1 m g " * again + "c2 e2")


def test_the_timer_of_an_event_based_gateway_wins_when_nothing_comes(begin: Begin) -> None:
    play = begin(racing())
    play.advance(seconds=59)
    assert play.message("one")
    play.advance(seconds=59)
    assert play.waiting == ["c1", "c2", "t"], "back at the gateway the time begins anew"
    play.advance(seconds=1)
    play.ended("s m g c1 m g t e3")


# Event sub-processes


@pytest.mark.parametrize("interrupting", [True, False], ids=["interrupting", "not"])
def test_a_signal_of_the_process_starts_its_event_sub_process(begin: Begin, interrupting: bool) -> None:
    play = begin(
        drawing(start(), users("set"), throw("t", signal("go")), end(), flows("s > set > t > e"),
                event_sub("h", start("s1", signal("go"), interrupting=interrupting), users("a"), end("e1"),
                          flows("s1 > a > e1")))
    )  # fmt: skip
    play.do("set", v1=True, v2=False)
    assert (play.open, play.data) == (["a"], {"v1": True, "v2": False})
    play.do("a")
    play.ended()
    assert ("e" in play.done) == (not interrupting)
