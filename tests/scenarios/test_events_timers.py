"""Timers (BPMN 2.0.2, 10.5.1, 10.5.5, ISO 8601): dates, durations and cycles, each fired at its own instant."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.errors import BinglianError, LimitExceeded
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    call,
    catch,
    definitions,
    drawing,
    end,
    event_gateway,
    event_sub,
    exclusive,
    flow,
    flows,
    parallel,
    process,
    script,
    start,
    sub,
    timer,
    users,
)
from tests.scenarios.runs import Begin

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> dict[str, object]:
    """The keyword of a run that begins at this time in Shanghai."""
    return {"clock": lambda: datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)}


NOW = at(2026, 3, 2)


def waits(**definition: str) -> bytes:
    """A catch event ``c`` with a timer."""
    return drawing(start(), catch("c", timer(**definition)), end(), flows("s > c > e"))


def test_a_duration_counts_from_the_arrival_of_the_token(begin: Begin) -> None:
    play = begin(drawing(start(), users("a"), catch("c", timer(duration="PT1H")), end(), flows("s > a > c > e")), **NOW)
    play.advance(hours=5)
    play.do("a")
    assert play.waiting == ["c"]
    play.advance(minutes=59, seconds=59)
    assert not play.finished
    play.advance(seconds=1)
    play.ended("s a c e")


@pytest.mark.parametrize(
    "date",
    ["2026-03-02T12:30:00+08:00", "2026-03-02T04:30:00Z", "2026-03-02T12:30:00", "2026-03-02T12:30"],
    ids=["zone", "utc", "no zone", "no seconds"],
)
def test_a_date_fires_at_its_instant_and_without_a_zone_it_is_shanghai_time(begin: Begin, date: str) -> None:
    play = begin(waits(date=date), **NOW)
    play.advance(hours=3, minutes=29, seconds=59)
    assert not play.finished
    play.advance(seconds=1)
    play.ended("s c e")


def test_a_date_without_a_time_is_the_start_of_that_day(begin: Begin) -> None:
    play = begin(waits(date="2026-03-03"), **NOW)
    play.advance(hours=14, minutes=59)
    assert not play.finished
    play.advance(minutes=1)
    play.ended("s c e")


def test_a_date_that_has_passed_fires_at_once(begin: Begin) -> None:
    play = begin(waits(date="2025-01-01T00:00:00Z"), **NOW)
    play.advance(seconds=0)
    play.ended("s c e")


@pytest.mark.parametrize(
    ("begun", "duration", "days"),
    [
        ((2026, 3, 2), "P1M", 31),
        ((2026, 1, 31), "P1M", 28),
        ((2024, 2, 29), "P1Y", 365),
        ((2026, 3, 2), "P1Y", 365),
        ((2026, 3, 2), "P2W", 14),
        ((2026, 3, 2), "P1Y2M3D", 365 + 61 + 3),
        ((2026, 3, 2), "P1DT24H", 2),
    ],
)
def test_months_and_years_are_those_of_the_calendar(
    begin: Begin, begun: tuple[int, int, int], duration: str, days: int
) -> None:
    play = begin(waits(duration=duration), **at(*begun))
    play.advance(days=days, seconds=-1)
    assert not play.finished
    play.advance(seconds=1)
    play.ended("s c e")


def test_a_cycle_on_a_catch_event_fires_once(begin: Begin) -> None:
    play = begin(waits(cycle="R3/PT1H"), **NOW)
    play.advance(minutes=59)
    assert not play.finished
    play.advance(hours=5)
    play.ended("s c e")


@pytest.mark.parametrize(
    ("definition", "hours"),
    [({"date": "2026-03-02T11:00:00+08:00"}, 2), ({"duration": "PT3H"}, 3), ({"cycle": "R3/PT1H"}, 1)],
    ids=["date", "duration", "cycle"],
)
def test_a_timer_starts_the_process_once(begin: Begin, definition: dict[str, str], hours: int) -> None:
    play = begin(drawing(start("s", timer(**definition)), users("a"), end(), flows("s > a > e")), **NOW)
    assert (play.open, play.waiting, play.finished) == ([], ["s"], False)
    play.advance(hours=hours, seconds=-1)
    assert play.open == []
    play.advance(seconds=1)
    assert (play.open, play.waiting) == (["a"], [])
    play.advance(days=2)
    assert play.open == ["a"]
    play.do("a")
    play.ended("s a e")


def test_an_interrupting_timer_boundary_event_ends_the_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", timer(duration="PT2H")), end(),
                flows("s > a > e; x > b > e")),
        **NOW,
    )  # fmt: skip
    assert (play.open, play.waiting) == (["a"], ["x"])
    play.advance(hours=2)
    assert (play.open, play.waiting, play.cancelled) == (["b"], [], ["a"])
    play.do("b")
    play.ended("s x b e")


def test_a_timer_ends_with_the_activity_it_stands_on(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b", "c"), boundary("x", "a", timer(duration="PT2H")),
                boundary("y", "a", timer(cycle="R/PT1H"), interrupting=False), end(),
                flows("s > a > c > e; x > b > e; y > b")),
        **NOW,
    )  # fmt: skip
    assert play.waiting == ["x", "y"]
    play.advance(minutes=59)
    play.do("a")
    assert play.waiting == []
    play.advance(days=1)
    assert play.open == ["c"]
    play.do("c")
    play.ended("s a c e")


def test_a_non_interrupting_timer_boundary_event_fires_once_for_a_duration(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", timer(duration="PT1H"), interrupting=False), end(),
                flows("s > a > e; x > b > e")),
        **NOW,
    )  # fmt: skip
    play.advance(hours=10)
    assert (play.sorted, play.waiting) == (["a", "b"], [])
    play.do("a", "b")
    play.ended("s x a e b e")


def test_a_cycle_on_a_non_interrupting_boundary_event_fires_as_often_as_it_says(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", timer(cycle="R3/PT1H"), interrupting=False), end(),
                flows("s > a > e; x > b > e")),
        **NOW,
    )  # fmt: skip
    for opened in (["a", "b"], ["a", "b", "b"], ["a", "b", "b", "b"], ["a", "b", "b", "b"]):
        play.advance(hours=1)
        assert play.sorted == opened
    assert play.waiting == []


def test_an_endless_cycle_fires_until_its_activity_completes(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), script("b", "n = n + 1"), boundary("x", "a", timer(cycle="R/PT1H"),
                interrupting=False), end(), flows("s > a > e; x > b > e")),
        data={"n": 0}, **NOW,
    )  # fmt: skip
    play.advance(hours=24)
    assert (play.data, play.waiting) == ({"n": 24}, ["x"])
    play.do("a")
    play.advance(hours=24)
    assert play.data == {"n": 24}
    play.ended()


def test_a_cycle_with_a_first_instant_counts_from_there(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), script("b", "n = n + 1"),
                boundary("x", "a", timer(cycle="R2/2026-03-02T12:00:00+08:00/PT1H"), interrupting=False), end(),
                flows("s > a > e; x > b > e")),
        data={"n": 0}, **NOW,
    )  # fmt: skip
    counts = []
    for _ in range(6):
        play.advance(hours=1)
        counts.append(play.data["n"])
    assert counts == [0, 0, 1, 2, 2, 2]


def test_a_cycle_with_an_end_does_not_fire_after_it(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), script("b", "n = n + 1"),
                boundary("x", "a", timer(cycle="R9/PT1H/2026-03-02T12:30:00+08:00"), interrupting=False), end(),
                flows("s > a > e; x > b > e")),
        data={"n": 0}, **NOW,
    )  # fmt: skip
    play.advance(hours=3)
    assert play.data["n"] == 3
    play.advance(days=3)
    assert (play.data["n"], play.waiting) == (4, []), "09:30, 10:30, 11:30, 12:30; what was before has passed"


def test_a_cycle_on_an_interrupting_boundary_event_fires_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", timer(cycle="R5/PT1H")), end(),
                flows("s > a > e; x > b > e")),
        **NOW,
    )  # fmt: skip
    play.advance(hours=10)
    assert play.open == ["b"]
    play.do("b")
    play.ended("s x b e")


def test_a_reminder_and_a_deadline_on_one_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "reminded", "late"),
                boundary("reminder", "a", timer(cycle="R/P1D"), interrupting=False),
                boundary("deadline", "a", timer(duration="P2DT12H")), end(),
                flows("s > a > e; reminder > reminded > e; deadline > late > e")),
        **NOW,
    )  # fmt: skip
    play.advance(days=10)
    assert play.sorted == ["late", "reminded", "reminded"]
    assert (play.waiting, play.cancelled) == ([], ["a"])


def test_an_interrupting_timer_event_sub_process_takes_over(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", timer(duration="P1D")), users("b"), end("e2"), flows("s2 > b > e2"))),
        **NOW,
    )  # fmt: skip
    assert play.waiting == ["s2"]
    play.advance(days=1)
    assert (play.open, play.waiting, play.cancelled) == (["b"], [], ["a"])
    play.do("b")
    play.ended("s s2 b e2 h")


def test_a_non_interrupting_timer_event_sub_process_runs_beside_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", timer(duration="P1D"), interrupting=False), users("b"), end("e2"),
                          flows("s2 > b > e2"))),
        **NOW,
    )  # fmt: skip
    play.advance(days=5)
    assert (play.sorted, play.waiting) == (["a", "b"], [])
    play.do("b", "a")
    play.ended("s s2 b e2 h a e")


def test_a_cycle_repeats_a_non_interrupting_event_sub_process_while_its_scope_lives(begin: Begin) -> None:
    inner = sub(
        "inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"),
        event_sub("h", start("s2", timer(cycle="R/PT1H"), interrupting=False), users("b"), end("e2"),
                  flows("s2 > b > e2")),
    )  # fmt: skip
    play = begin(drawing(start(), inner, users("c"), end(), flows("s > inner > c > e")), **NOW)
    play.advance(hours=2)
    assert play.sorted == ["a", "b", "b"]
    play.do("a", "b", "b")
    assert (play.open, play.waiting) == (["c"], [])
    play.advance(hours=5)
    assert play.open == ["c"]


@pytest.mark.parametrize(
    ("definition", "hours"),
    [
        ({"duration": "wait"}, 2),
        ({"duration": '"PT" + str(hours) + "H"'}, 3),
        ({"date": "until"}, 4),
        ({"cycle": "again"}, 5),
    ],
    ids=["duration", "computed", "date", "cycle"],
)
def test_a_timer_may_be_an_expression_over_the_values(begin: Begin, definition: dict[str, str], hours: int) -> None:
    values = {"wait": "PT2H", "hours": 3, "until": "2026-03-02T13:00:00+08:00", "again": "R2/PT5H"}
    play = begin(waits(**definition), data=values, **NOW)
    play.advance(hours=hours, seconds=-1)
    assert not play.finished
    play.advance(seconds=1)
    play.ended("s c e")


def test_an_expression_is_computed_when_the_timer_begins(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a"), catch("c", timer(duration="wait")), end(),
                flows("s > f > a > e; f > c > e")),
        data={"wait": "PT2H"}, **NOW,
    )  # fmt: skip
    play.do("a", wait="PT9H")
    play.advance(hours=2)
    play.ended()


def test_several_timers_due_at_once_fire_in_the_order_of_their_instants(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), catch("t3", timer(duration="PT3H")), catch("t1", timer(duration="PT1H")),
                catch("t2", timer(date="2026-03-02T11:00:00+08:00")), end(),
                flows("s > f > t3 > e; f > t1 > e; f > t2 > e")),
        **NOW,
    )  # fmt: skip
    play.advance(days=1)
    play.ended("s f t1 e t2 e t3 e")


def test_a_timer_that_another_one_begins_counts_from_the_instant_of_that_one(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), catch("t1", timer(duration="PT1H")), catch("t2", timer(duration="PT2H")),
                catch("between", timer(duration="PT2H30M")), end(), flows("s > f > t1 > t2 > e; f > between > e")),
        **NOW,
    )  # fmt: skip
    play.advance(days=1)
    play.ended("s f t1 between e t2 e")


def test_an_earlier_timer_may_cancel_a_later_one_of_the_same_advance(begin: Begin) -> None:
    play = begin(
        drawing(start(), event_gateway("g"), catch("slow", timer(duration="PT2H")),
                catch("fast", timer(duration="PT1H")), end(), flows("s > g > slow > e; g > fast > e")),
        **NOW,
    )  # fmt: skip
    assert play.waiting == ["fast", "slow"]
    play.advance(days=1)
    play.ended("s g fast e")


def test_a_timer_on_a_sub_process_counts_from_its_begin_and_ends_it_deep_inside(begin: Begin) -> None:
    deep = sub("deep", start("s2"), users("b"), catch("t", timer(duration="PT9H")), end("e2"), flows("s2 > b > t > e2"))
    inner = sub("inner", start("s1"), users("a"), deep, end("e1"), flows("s1 > a > deep > e1"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", timer(duration="PT8H")), users("c"), end(),
                flows("s > inner > e; x > c > e")),
        **NOW,
    )  # fmt: skip
    play.advance(hours=7)
    play.do("a")
    play.do("b")
    assert play.waiting == ["t", "x"]
    play.advance(hours=1)
    assert (play.open, play.waiting) == (["c"], [])
    play.advance(hours=10)
    play.do("c")
    play.ended("s s1 a s2 b x c e")


@pytest.mark.parametrize("cycle", ["0 0 12 * * ?", "*/5 * * * *"])
def test_a_cron_cycle_is_refused_before_anything_runs(begin: Begin, cycle: str) -> None:
    with pytest.raises(DiagramRejected) as caught:
        begin(waits(cycle=cycle), **NOW)
    assert [finding.element for finding in caught.value.findings] == ["c"]


def test_an_expression_that_gives_no_time_is_an_error_and_changes_nothing(begin: Begin) -> None:
    play = begin(drawing(start(), users("a"), catch("c", timer(duration="wait")), end(), flows("s > a > c > e")), **NOW)
    with play.refused(BinglianError):
        play.do("a", wait="soon")
    play.do("a", wait="PT1H")
    play.advance(hours=1)
    play.ended("s a c e")


def test_a_timer_of_an_event_sub_process_begins_anew_each_time_its_scope_does(begin: Begin) -> None:
    inner = sub(
        "inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"),
        event_sub("h", start("s2", timer(duration="PT2H"), interrupting=False), users("b"), end("e2"),
                  flows("s2 > b > e2")),
    )  # fmt: skip
    play = begin(
        drawing(start(), exclusive("again"), inner, exclusive("x", "x-e"), end(), flow("x", "again", "more"),
                flows("s > again > inner > x > e")),
        **NOW,
    )  # fmt: skip
    play.advance(minutes=90)
    play.do("a", more=True)
    play.advance(minutes=90)
    assert play.open == ["a"]
    play.advance(minutes=30)
    assert play.sorted == ["a", "b"]
    play.do("b")
    play.do("a", more=False)
    play.ended()


def test_a_deadline_that_falls_due_in_a_called_process_ends_it(begin: Begin) -> None:
    play = begin(
        definitions(
            process(start(), call("k", "called"), end(), flows("s > k > e")),
            process(start("s1"), users("a"), boundary("x", "a", timer(duration="PT1H")), end("e1"), end("e2"),
                    flows("s1 > a > e1; x > e2"), identity="called", executable=False),
        ),
        **NOW,
    )  # fmt: skip
    play.advance(hours=1)
    play.ended("s s1 x e2 k e")


def test_a_short_cycle_cannot_flood_the_run(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), boundary("x", "a", timer(cycle="R/PT1S"), interrupting=False), end(),
                flows("s > a > e; x > e")),
        **NOW,
    )  # fmt: skip
    with play.refused(LimitExceeded):
        play.advance(days=30)
    play.do("a")
    play.ended("s a e")


def test_a_monthly_cycle_keeps_its_day_where_the_month_has_it(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), script("b", "n = n + 1"),
                boundary("x", "a", timer(cycle="R3/P1M"), interrupting=False), end(),
                flows("s > a > e; x > b > e")),
        data={"n": 0}, **at(2026, 1, 31),
    )  # fmt: skip
    for days, fired in ((28, 1), (30, 1), (1, 2), (29, 2), (1, 3)):
        play.advance(days=days)
        assert play.data["n"] == fired, "28 February, 31 March, 30 April"
