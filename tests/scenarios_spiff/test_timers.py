"""Timers: TimerDateTest, TimerDuration*Test, TimerIntermediateTest, NITimerDurationBoundaryTest, TimerCycle*Test,
TimeDurationParseTest and ResetTimerTest.
"""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    catch,
    drawing,
    end,
    event_sub,
    exclusive,
    flow,
    flows,
    parallel,
    script,
    start,
    sub,
    terminate,
    timer,
    users,
)
from tests.scenarios.runs import Begin, Play
from tests.scenarios_spiff.steps import chosen, follow, straight


def new_year() -> datetime:
    """When the scenarios with dates begin."""
    return datetime(2023, 1, 1, tzinfo=UTC)


DATE = "2023-01-01T00:00:05Z"


@pytest.mark.parametrize("when", [f'"{DATE}"', "due"], ids=["text", "value"])
@pytest.mark.parametrize("at_start", [True, False], ids=["start", "on the way"])
def test_a_date(begin: Begin, when: str, at_start: bool) -> None:
    event = timer(date=when)
    parts = start("t", event) + end() + flows("t > e") if at_start else straight(catch("t", event), path="t")
    play = begin(drawing(parts), data={"due": DATE}, clock=new_year)
    play.advance(seconds=4)
    assert play.waiting == ["t"]
    play.advance(seconds=1)
    play.ended()


def test_a_duration(begin: Begin) -> None:
    play = begin(drawing(straight(catch("t", timer(duration="PT5M")), users("a"), path="t > a")))
    play.advance(minutes=4, seconds=59)
    assert play.waiting == ["t"]
    play.advance(seconds=1)
    assert play.open == ["a"]


def test_time_is_up_for_questions_in_a_sub_process(begin: Begin) -> None:
    inner = (start("s1"), exclusive("m"), chosen("there", "e1", "m"), end("e1"), flows("s1 > m > there"))
    play = begin(
        drawing(start(), users("ready"), sub("drive", *inner), boundary("x", "drive", timer(duration="PT10M")),
                users("scream", "stop"), exclusive("m2"), end(),
                flows("s > ready > drive > m2 > stop > e; x > scream > m2"))
    )  # fmt: skip
    play.do("ready")
    for _ in range(9):
        play.do("there", choice="no")
        play.advance(minutes=1)
    assert play.open == ["there"]
    play.advance(minutes=1)
    assert (play.open, play.waiting) == (["scream"], [])
    follow(play, "scream stop")
    play.ended()
    assert "drive" in play.cancelled


@pytest.mark.parametrize("interrupting", [True, False], ids=["interrupting", "not"])
@pytest.mark.parametrize("late", [True, False], ids=["late", "in time"])
def test_a_timer_at_a_task(begin: Begin, late: bool, interrupting: bool) -> None:
    play = begin(
        drawing(straight(users("a"), path="a"), boundary("x", "a", timer(duration="PT1H"), interrupting=interrupting),
                script("w", "called = True"), end("e2"), flows("x > w > e2"))
    )  # fmt: skip
    play.advance(minutes=60 if late else 59)
    assert play.data == ({"called": True} if late else {})
    assert play.open == ([] if late and interrupting else ["a"])
    follow(play, " ".join(play.open))
    assert play.waiting == []
    play.ended("s " + ("x w e2 " if late else "") + ("" if late and interrupting else "a e"))


def test_a_timer_beside_the_work_asks_for_a_reason(begin: Begin) -> None:
    inner = (start("s1"), users("work"), end("e1"), flows("s1 > work > e1"))
    play = begin(
        drawing(start(), sub("home", *inner), boundary("x", "home", timer(duration="PT1H"), interrupting=False),
                users("reason"), parallel("join"), end(), flows("s > home > join > e; x > reason > join"))
    )  # fmt: skip
    play.advance(minutes=59)
    assert play.open == ["work"]
    play.advance(minutes=1)
    assert play.sorted == ["reason", "work"]
    play.do("reason", why="just because")
    play.do("work", over=True)
    play.ended(data={"why": "just because", "over": True})


def test_a_cycle_beside_a_task_fires_as_often_as_it_says(begin: Begin) -> None:
    play = begin(
        drawing(straight(users("coffee", "back"), path="coffee > back"), script("refill", "cups += 1"), end("e2"),
                boundary("x", "coffee", timer(cycle="R2/PT15M"), interrupting=False), flows("x > refill > e2")),
        data={"cups": 0},
    )  # fmt: skip
    for cups in (1, 2, 2):
        play.advance(minutes=15)
        assert (play.open, play.data) == (["coffee"], {"cups": cups})
    follow(play, "coffee back")
    play.ended()


def test_a_cycle_at_the_start_beside_the_process_fires_until_the_process_ends(begin: Begin) -> None:
    play = begin(
        drawing(start(), catch("wait", timer(duration="PT1H")), end("e", terminate()), flows("s > wait > e"),
                event_sub("h", start("s1", timer(cycle="R2/PT15M"), interrupting=False), script("refill", "cups += 1"),
                          end("e1"), flows("s1 > refill > e1"))),
        data={"cups": 0},
    )  # fmt: skip
    play.advance(minutes=59)
    assert (play.data, play.waiting) == ({"cups": 2}, ["wait"])
    play.advance(minutes=1)
    play.ended(data={"cups": 2})


def test_a_start_event_with_a_cycle_starts_one_instance_at_its_first_instant(begin: Begin) -> None:
    play = begin(
        drawing(start("s", timer(cycle="R2/PT15M")), script("refill", "cups += 1"), end(), flows("s > refill > e")),
        data={"cups": 0},
    )
    assert play.waiting == ["s"]
    play.advance(hours=1)
    play.ended("s refill e", {"cups": 1})


def waiting(begin: Begin, text: str) -> Play:
    """A wait of this duration from the first of January 2023."""
    return begin(drawing(straight(catch("t", timer(duration=text)), path="t")), clock=new_year)


@pytest.mark.parametrize(
    ("text", "due"),
    [("P1Y6M1DT1H1M1S", "2024-07-02T01:01:01"), ("P1Y6M1DT1H1M1.5S", "2024-07-02T01:01:01.500000"),
     ("P1YT1H1M1S", "2024-01-01T01:01:01"), ("P1MT1H", "2023-02-01T01:00:00"), ("P4W", "2023-01-29T00:00:00"),
     ("P1Y6M1D", "2024-07-02T00:00:00"),
     ("P1W1D", "2023-01-09T00:00:00"), ("PT1H1M1S", "2023-01-01T01:01:01"), ("P1Y", "2024-01-01T00:00:00"),
     ("P2Y", "2025-01-01T00:00:00"), *((f"P{n}M", f"2023-{n + 1:02}-01T00:00:00") for n in range(1, 12))],
)  # fmt: skip
def test_durations_of_the_calendar(begin: Begin, text: str, due: str) -> None:
    play = waiting(begin, text)
    wanted = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert play.run.next_timer() == wanted
    play.run.advance(wanted - new_year() - timedelta(microseconds=1))
    assert play.waiting == ["t"]
    play.run.advance(timedelta(microseconds=1))
    play.ended()


@pytest.mark.parametrize("text", ["PT1.5H30S", "PT1,5H30S", "P1H1M1S", "P1DT", "PT1H1M1", "T1,5H"])
def test_what_is_no_duration_is_refused(begin: Begin, text: str) -> None:
    with pytest.raises(DiagramRejected) as refused:
        waiting(begin, text)
    assert {finding.element for finding in refused.value.findings} == {"t"}


@pytest.mark.parametrize("text", ["PDT1H1M1S", "PYMDT1H1M1S"])
def test_a_duration_without_its_numbers_is_the_name_of_a_value_that_is_not_there(begin: Begin, text: str) -> None:
    with pytest.raises(BinglianError, match=text):
        waiting(begin, text)


@pytest.mark.parametrize(("text", "hours"), [("PT1.5H", 1.5), ("PT1,5H", 1.5)])
def test_a_fraction_of_an_hour(begin: Begin, text: str, hours: float) -> None:
    play = waiting(begin, text)
    assert play.run.next_timer() == new_year() + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "days"),
    [("R2/P1Y/2025-01-01T00:00:00Z", ["2024-01-01", "2025-01-01"]),
     ("R2/P11M/2025-01-01T00:00:00Z", ["2024-02-01", "2025-01-01"]),
     ("R12/P1M/2024-01-01T00:00:00Z", [*(f"2023-{month:02}-01" for month in range(2, 13)), "2024-01-01"])],
)  # fmt: skip
def test_periods_counted_back_from_an_end(begin: Begin, text: str, days: list[str]) -> None:
    play = begin(
        drawing(straight(users("a"), path="a"), boundary("x", "a", timer(cycle=text), interrupting=False), end("e2"),
                flows("x > e2")),
        clock=new_year,
    )  # fmt: skip
    now, due = new_year(), play.run.next_timer()
    found = []
    while due is not None:
        found.append(due.date().isoformat())
        play.run.advance(due - now)
        now, due = due, play.run.next_timer()
    assert found == days


def test_going_back_to_a_task_starts_its_timer_anew(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("m"), users("a", "b"), boundary("x", "a", timer(duration="PT60S")),
                exclusive("y", default="y-e"), end(), flows("s > m > a > y > e; x > b > e"),
                flow("y", "m", "modify")),
    )  # fmt: skip
    first = play.run.next_timer()
    play.advance(seconds=50)
    play.do("a", modify=True)
    second = play.run.next_timer()
    assert first is not None
    assert second == first + timedelta(seconds=50)
    play.advance(seconds=50)
    assert play.open == ["a"]
    play.do("a", modify=False)
    assert play.waiting == []
    play.ended("s m a y m a y e")
