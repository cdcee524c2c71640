"""Office hours: the lunch break and nights are not office time."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import OfficeHours
from engine.errors import CalendarError

OFFICE = OfficeHours()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def is_office_minute(minute: int) -> bool:
    """Written apart from the code under test: 09:00–12:00 and 13:30–17:30."""
    return 540 <= minute < 720 or 810 <= minute < 1050


def test_the_usual_office_day_is_seven_hours_and_closes_at_half_past_five() -> None:
    assert (OFFICE.opening, OFFICE.close) == (time(9), time(17, 30))
    assert OFFICE.per_day == timedelta(hours=7)


@pytest.mark.parametrize(
    ("wall", "left"),
    [
        (time(0), 420),
        (time(9), 420),
        (time(11, 59), 241),
        (time(12), 240),
        (time(12, 45), 240),
        (time(13, 30), 240),
        (time(17, 29), 1),
        (time(17, 30), 0),
        (time(23, 59), 0),
    ],
)
def test_what_is_left_of_a_day_leaves_out_lunch_and_night(wall: time, left: int) -> None:
    assert OFFICE.time_left(wall) == minutes(left)


@pytest.mark.parametrize(
    ("wall", "spent", "end"),
    [
        (time(9), 180, time(12)),
        (time(9), 181, time(13, 31)),
        (time(11, 30), 60, time(14)),
        (time(12, 10), 5, time(13, 35)),
        (time(7), 420, time(17, 30)),
        (time(10), 0, time(10)),
    ],
)
def test_office_time_runs_through_the_day_and_may_end_as_lunch_begins(wall: time, spent: int, end: time) -> None:
    assert OFFICE.after(wall, minutes(spent)) == end


def test_more_than_the_day_has_left_is_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        OFFICE.after(time(17), minutes(31))
    assert caught.value.code == "calendar.past_close"


@given(st.integers(0, 1439))
def test_what_is_left_is_a_plain_count_of_office_minutes(minute: int) -> None:
    left = sum(is_office_minute(later) for later in range(minute, 1440))
    assert OFFICE.time_left(time(minute // 60, minute % 60)) == minutes(left)


@given(st.integers(0, 1439), st.integers(1, 420))
def test_after_and_time_left_agree(minute: int, spent: int) -> None:
    wall = time(minute // 60, minute % 60)
    left = OFFICE.time_left(wall)
    if minutes(spent) <= left:
        assert left - OFFICE.time_left(OFFICE.after(wall, minutes(spent))) == minutes(spent)


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(9), time(9)),),
        ((time(12), time(9)),),
        ((time(13), time(17)), (time(9), time(12))),
        ((time(9), time(13)), (time(12), time(17))),
        ((time(9), time.fromisoformat("17:00+08:00")),),
    ],
)
def test_spans_that_are_empty_overlap_or_carry_a_zone_are_refused(
    spans: tuple[tuple[time, time], ...],
) -> None:
    with pytest.raises(CalendarError) as caught:
        OfficeHours(spans)
    assert caught.value.code == "calendar.office_spans"
