"""When working time is over: office hours against a minute-by-minute model, working days as limits count them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Limit, WorkCalendar, due_date, load_calendar, without_lists
from engine.calendar.timers import office_due, timer_calendar, timer_counted_again, timer_due
from engine.diagram.schedule import OFFICE_SECONDS, WORKING_DAYS, WorkingTime
from engine.errors import CalendarError
from engine.settings import default_processes
from tests.slow_calendar import BEIJING, MINUTE, SlowCalendar

CALENDAR = load_calendar(default_processes() / "calendars")
SLOW = SlowCalendar()


def hours(count: float) -> WorkingTime:
    return WorkingTime(Decimal(str(count * 3600)), OFFICE_SECONDS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-03-02T09:00", 2, "2026-03-02T11:00"),
        ("2026-03-02T09:00", 3, "2026-03-02T12:00"),
        ("2026-03-02T11:00", 2, "2026-03-02T14:30"),
        ("2026-03-02T12:30", 1, "2026-03-02T14:30"),
        ("2026-03-02T05:00", 4, "2026-03-02T14:30"),
        ("2026-03-02T16:30", 4, "2026-03-03T12:00"),
        ("2026-03-02T17:30", 1, "2026-03-03T10:00"),
        ("2026-03-06T16:30", 2, "2026-03-09T10:00"),
        ("2026-02-13T16:30", 8, "2026-02-14T17:30"),
        ("2026-02-14T16:30", 4, "2026-02-24T12:00"),
        ("2026-03-02T09:00", 70, "2026-03-13T17:30"),
    ],
    ids=str,
)
def test_nights_lunch_and_holidays_are_no_office_time(start: str, count: float, end: str) -> None:
    assert timer_due(CALENDAR, at(start), hours(count)) == (at(end), False)


STARTS = st.integers(0, 300 * 24 * 60).map(lambda minutes: at("2026-01-01T00:00") + minutes * MINUTE)


@given(STARTS, st.integers(1, 40 * 60))
def test_office_time_ends_when_that_many_office_minutes_have_passed(start: datetime, minutes: int) -> None:
    moment, left = start, minutes
    while left:
        left -= SLOW.open(moment.date()) and SLOW.in_office(moment)
        moment += MINUTE
    assert office_due(CALENDAR, start, Decimal(minutes * 60)) == (moment, False)


@given(STARTS, st.decimals(0, 30, places=2))
def test_working_days_are_those_of_limits(start: datetime, amount: Decimal) -> None:
    due = due_date(CALENDAR, start, Limit(amount))
    assert timer_due(CALENDAR, start, WorkingTime(amount, WORKING_DAYS)) == (due.at, due.provisional)


def test_the_default_calendar_is_the_national_one() -> None:
    time_left, start = WorkingTime(Decimal(5), WORKING_DAYS), at("2026-02-13T09:00")
    assert timer_calendar()(start, time_left) == (at("2026-02-27T17:30"), False)
    assert timer_calendar(CALENDAR)(start, time_left) == timer_calendar()(start, time_left)


def test_office_time_of_a_year_without_a_list_is_provisional() -> None:
    late = CALENDAR.at(date(max(CALENDAR.published), 12, 31), time(16))
    assert office_due(CALENDAR, late, Decimal(3600))[1] is False
    assert office_due(CALENDAR, late, Decimal(36_000))[1] is True


def test_a_year_outside_the_calendar_is_an_error() -> None:
    with pytest.raises(CalendarError):
        timer_due(CALENDAR, at("2299-12-31T16:00"), hours(20))


@pytest.fixture
def before() -> WorkCalendar:
    """The calendar before the list of 2026 was there."""
    return without_lists(CALENDAR, [2026])


def test_office_time_counted_again_tells_the_days_that_moved_it(before: WorkCalendar) -> None:
    start, length = at("2026-02-12T16:30"), hours(10)
    was = office_due(before, start, length.amount)
    assert was == (at("2026-02-16T11:00"), True)
    told = timer_counted_again(CALENDAR, start, length, was)
    assert told is not None
    assert (told.due, told.provisional, told.moved) == (at("2026-02-14T11:00"), False, True)
    assert [day.date for day in told.days] == ["2026-02-14", "2026-02-16"]
    assert timer_counted_again(CALENDAR, start, length, (told.due, False)) is None


def test_an_instant_that_stands_becomes_definite(before: WorkCalendar) -> None:
    start, length = at("2026-03-02T09:00"), hours(4)
    told = timer_counted_again(CALENDAR, start, length, office_due(before, start, length.amount))
    assert told is not None
    assert (told.moved, told.provisional, told.days) == (False, False, ())


def test_a_definite_instant_moves_to_another_day_or_not_at_all() -> None:
    start, length = at("2026-03-02T09:00"), hours(4)
    right = office_due(CALENDAR, start, length.amount)[0]
    assert timer_counted_again(CALENDAR, start, length, (right - timedelta(hours=1), False)) is None
    told = timer_counted_again(CALENDAR, start, length, (right + timedelta(days=1), False))
    assert told is not None
    assert (told.due, told.moved, told.days) == (right, True, ())


@pytest.mark.parametrize("amount", ["3", "0.5"])
def test_working_days_are_counted_again_as_clocks_are(before: WorkCalendar, amount: str) -> None:
    start, length = at("2026-02-13T16:30"), WorkingTime(Decimal(amount), WORKING_DAYS)
    told = timer_counted_again(CALENDAR, start, length, timer_due(before, start, length))
    assert told is not None
    assert (told.due, told.provisional, told.moved) == (*timer_due(CALENDAR, start, length), True)
