"""Elapsed and remaining working days, and when a clock turns yellow and red."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.calendar import (
    Limit,
    Suspension,
    Unit,
    due_date,
    elapsed_working_days,
    light,
    load_calendar,
    working_days_left,
)
from engine.errors import CalendarError

CALENDAR = load_calendar(Path(__file__).parents[2] / "processes" / "calendars")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


def colour(start: str, value: str, now: str, unit: Unit = "working_days") -> str:
    limit = Limit.of(value, unit)
    due = due_date(CALENDAR, at(start), limit).at
    return light(CALENDAR, at(start), due, at(now), limit)


@pytest.mark.parametrize(
    ("now", "elapsed"),
    [
        ("2026-02-13 23:59", 0),
        ("2026-02-14 00:00", 1),  # a working Saturday
        ("2026-02-20 10:00", 1),
        ("2026-02-24 08:00", 2),
        ("2026-02-28 20:00", 6),
        ("2026-02-01 10:00", 0),
    ],
)
def test_elapsed_is_working_days_after_day_0_up_to_today(now: str, elapsed: int) -> None:
    assert elapsed_working_days(CALENDAR, at("2026-02-13 10:00"), at(now)) == Decimal(elapsed)


def test_suspended_days_are_not_elapsed_and_overlapping_ones_are_left_out_once() -> None:
    start, now = at("2026-03-02 10:00"), at("2026-03-20 10:00")
    pauses = [
        Suspension(date(2026, 3, 4), date(2026, 3, 10)),  # 4, 5, 6, 9 March
        Suspension(date(2026, 3, 6), date(2026, 3, 11)),  # and the 10th
        Suspension(date(2026, 2, 2), date(2026, 3, 3)),  # before day 1: nothing
        Suspension(date(2026, 3, 19), date(2026, 5, 1)),  # 19, 20 March so far
        Suspension(date(2026, 6, 1), date(2026, 6, 2)),  # later
    ]
    assert elapsed_working_days(CALENDAR, start, now) == 14
    assert elapsed_working_days(CALENDAR, start, now, pauses) == 14 - 5 - 2


def test_a_suspension_still_going_on_stops_the_count_at_its_first_day() -> None:
    pause = [Suspension(date(2026, 3, 5))]
    for now in ("2026-03-05 10:00", "2026-03-20 10:00", "2026-12-31 10:00"):
        assert elapsed_working_days(CALENDAR, at("2026-03-02 10:00"), at(now), pause) == 2


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-03-02 10:00", 5),
        ("2026-03-06 23:00", 1),
        ("2026-03-08 10:00", 1),
        ("2026-03-09 09:00", 0),
        ("2026-03-09 23:00", 0),
        ("2026-03-10 00:00", -1),
        ("2026-03-13 10:00", -4),
        ("2026-03-15 10:00", -4),
    ],
)
def test_days_left_is_0_on_the_last_day_and_negative_when_over(now: str, left: int) -> None:
    due = due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(5)).at
    assert working_days_left(CALENDAR, at(now), due) == left


# 20 working days from 2 March 2026 end on 30 March; day 18 is the 26th.
@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2026-03-01 10:00", "green"),
        ("2026-03-02 10:00", "green"),
        ("2026-03-25 23:59", "green"),
        ("2026-03-26 00:00", "yellow"),
        ("2026-03-30 17:30", "yellow"),
        ("2026-03-30 17:31", "red"),
        ("2026-04-30 10:00", "red"),
    ],
)
def test_a_long_limit_is_yellow_from_90_percent_used_and_red_when_past_due(now: str, shown: str) -> None:
    assert colour("2026-03-02 10:00", "20", now) == shown


@pytest.mark.parametrize(
    ("value", "now", "shown"),
    [
        ("5", "2026-03-05 23:59", "green"),
        ("5", "2026-03-06 00:00", "yellow"),
        ("2", "2026-03-02 23:59", "green"),
        ("2", "2026-03-03 00:00", "yellow"),
        ("1.5", "2026-03-02 10:00", "green"),
        ("1.5", "2026-03-03 00:00", "yellow"),
    ],
)
def test_a_shorter_limit_is_yellow_from_one_working_day_left_before_90_percent(
    value: str, now: str, shown: str
) -> None:
    assert colour("2026-03-02 10:00", value, now) == shown


@pytest.mark.parametrize(
    ("start", "value", "now", "shown"),
    [
        ("2026-03-02 09:00", "0.5", "2026-03-02 09:00", "green"),
        ("2026-03-02 09:00", "0.5", "2026-03-02 13:38", "green"),
        ("2026-03-02 09:00", "0.5", "2026-03-02 13:39", "yellow"),  # 21 of 210 minutes left
        ("2026-03-02 09:00", "0.5", "2026-03-02 14:01", "red"),
        ("2026-03-06 16:30", "0.5", "2026-03-08 10:00", "green"),
        ("2026-03-06 16:30", "0.5", "2026-03-09 11:09", "yellow"),
        ("2026-03-02 09:00", "1", "2026-03-03 09:00", "green"),
        ("2026-03-02 09:00", "1", "2026-03-03 16:05", "green"),
        ("2026-03-02 09:00", "1", "2026-03-03 16:06", "yellow"),  # 84 of 840 minutes left
        ("2026-03-02 13:30", "0", "2026-03-02 17:05", "green"),
        ("2026-03-02 13:30", "0", "2026-03-02 17:06", "yellow"),  # 24 of 240 minutes left
        ("2026-03-02 17:30", "0", "2026-03-02 17:30", "yellow"),
        ("2026-03-07 10:00", "0", "2026-03-08 10:00", "green"),
    ],
)
def test_limits_of_a_day_or_less_only_turn_yellow_at_90_percent_of_their_office_time(
    start: str, value: str, now: str, shown: str
) -> None:
    assert colour(start, value, now) == shown


@pytest.mark.parametrize(
    ("value", "unit", "now", "shown"),
    [
        ("30", "days", "2026-03-28 10:00", "green"),  # due Wednesday 1 April, day 27 is the 29th
        ("30", "days", "2026-03-29 00:00", "yellow"),
        ("1", "months", "2026-03-29 10:00", "green"),  # 31 days, due Thursday 2 April; 90 % is day 28
        ("1", "months", "2026-03-30 00:00", "yellow"),
        ("3", "months", "2026-05-23 10:00", "green"),
        ("3", "months", "2026-05-24 10:00", "yellow"),
        ("7", "days", "2026-03-06 00:00", "yellow"),  # one working day left: the 9th
        ("7", "days", "2026-03-05 23:00", "green"),
        ("1", "days", "2026-03-02 10:00", "green"),
        ("1", "days", "2026-03-03 17:29", "yellow"),
        ("0", "months", "2026-03-02 10:00", "green"),
    ],
)
def test_limits_in_days_and_months_are_measured_in_calendar_days(value: str, unit: Unit, now: str, shown: str) -> None:
    assert colour("2026-03-02 10:00", value, now, unit) == shown


@pytest.mark.parametrize(
    ("value", "now", "shown"),
    [
        ("20", "2026-04-09 23:59", "green"),
        ("20", "2026-04-10 00:00", "yellow"),
        ("0.5", "2026-03-17 13:38", "green"),
        ("0.5", "2026-03-17 13:39", "yellow"),
    ],
)
def test_a_suspension_has_moved_the_due_date_and_with_it_the_yellow(value: str, now: str, shown: str) -> None:
    start, limit = at("2026-03-03 09:00"), Limit.of(value)
    pause = Suspension(date(2026, 3, 3), date(2026, 3, 17), "专家评审")
    due = due_date(CALENDAR, start, limit, [pause]).at
    assert light(CALENDAR, start, due, at(now), limit) == shown


def test_the_thresholds_are_data() -> None:
    lights = replace(CALENDAR.lights, yellow_used=Decimal("0.5"), yellow_days_left=0, short_limit=Decimal(0))
    calendar = replace(CALENDAR, lights=lights)
    start, limit = at("2026-03-02 10:00"), Limit.of(20)
    due = due_date(calendar, start, limit).at
    assert light(calendar, start, due, at("2026-03-13 10:00"), limit) == "green"
    assert light(calendar, start, due, at("2026-03-16 10:00"), limit) == "yellow"
    short = Limit.of(1)
    assert light(calendar, start, due_date(calendar, start, short).at, start, short) == "green"


def test_an_instant_without_a_zone_is_refused_everywhere() -> None:
    good, limit = at("2026-03-02 10:00"), Limit.of(5)
    naive = good.replace(tzinfo=None)
    for arguments in ((naive, good, good), (good, naive, good), (good, good, naive)):
        with pytest.raises(CalendarError):
            light(CALENDAR, *arguments, limit)
    for first, second in ((naive, good), (good, naive)):
        with pytest.raises(CalendarError):
            working_days_left(CALENDAR, first, second)
        with pytest.raises(CalendarError):
            elapsed_working_days(CALENDAR, first, second)
