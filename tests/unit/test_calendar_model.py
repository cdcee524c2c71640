"""Due dates against a slow model written apart from the engine, minute by minute and day by day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import chinese_calendar
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import (
    DueDate,
    Limit,
    Suspension,
    Unit,
    due_date,
    elapsed_working_days,
    light,
    load_calendar,
)

CALENDAR = replace(
    load_calendar(Path(__file__).parents[2] / "processes" / "calendars"),
    published=frozenset(range(2004, 2027)),
)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}

Pauses = list[Suspension]


def works(day: date, pauses: Pauses) -> bool:
    return day_open(day) and not suspended(day, pauses)


def day_open(day: date) -> bool:
    if 2004 <= day.year <= 2026:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) not in FIXED


def suspended(day: date, pauses: Pauses) -> bool:
    return any(pause.starts <= day and (pause.ends is None or day < pause.ends) for pause in pauses)


def in_office(wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    return 540 <= minute < 720 or 810 <= minute < 1050


def close_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, 30, tzinfo=CALENDAR.zone)


def model_due(start: datetime, limit: Limit, pauses: Pauses) -> datetime:
    """``start`` on a whole minute, local; shares of a day that are whole minutes."""
    if limit.value == 0:
        day = start.date()
        while not works(day, pauses) or start > close_of(day):
            day += DAY
        return close_of(day)
    if limit.unit != "working_days":
        return model_calendar_days(start.date(), limit, pauses)
    day, whole = start.date(), int(limit.value)
    minutes = int((limit.value - whole) * 420)
    for _ in range(whole):
        day = next_working_day(day, pauses)
    if not minutes:
        return close_of(day)
    wall = start
    if whole:
        wall = close_of(day)
    while minutes:
        minutes -= works(wall.date(), pauses) and in_office(wall)
        wall += MINUTE
    return wall


def next_working_day(day: date, pauses: Pauses) -> date:
    day += DAY
    while not works(day, pauses):
        day += DAY
    return day


def model_calendar_days(day: date, limit: Limit, pauses: Pauses) -> datetime:
    left = int(limit.value)
    if limit.unit == "months":
        left = months_in_days(day, left)
    while left:
        day += DAY
        left -= not suspended(day, pauses)
    while not works(day, pauses):
        day += DAY
    return close_of(day)


def months_in_days(day0: date, months: int) -> int:
    """Step month by month on the first; then the day, or the last one the month has."""
    first = day0.replace(day=1)
    for _ in range(months):
        first = (first + 31 * DAY).replace(day=1)
    following = (first + 31 * DAY).replace(day=1)
    last = min(first + (day0.day - 1) * DAY, following - DAY)
    return (last - day0).days


starts = st.datetimes(datetime(2003, 10, 1), datetime(2027, 6, 1)).map(  # noqa: DTZ001 - made aware below
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=CALENDAR.zone)
)
# Twentieths of a day are 21 minutes.
shares = st.integers(0, 19).map(lambda twentieths: Decimal(twentieths) / 20)
working = st.builds(lambda whole, share: Limit(whole + share), st.integers(0, 60), shares)
calendar_units: st.SearchStrategy[Unit] = st.sampled_from(("days", "months"))
calendar_days = st.builds(lambda value, unit: Limit(Decimal(value), unit), st.integers(0, 14), calendar_units)
limits = working | calendar_days


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, Limit, Pauses]:
    """A start, a limit, and suspensions around it that may overlap, touch, be empty or cover day 0."""
    start = draw(starts)
    spans = draw(st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 25)), max_size=4))
    pauses = [Suspension(start.date() + begin * DAY, start.date() + (begin + length) * DAY) for begin, length in spans]
    return start, draw(limits), pauses


@given(cases())
def test_the_due_date_is_the_slow_models(case: tuple[datetime, Limit, Pauses]) -> None:
    start, limit, pauses = case
    assert due_date(CALENDAR, start, limit, pauses).at == model_due(start, limit, pauses)


@given(cases())
def test_the_derivation_is_every_day_from_day_0_to_the_due_day_and_adds_up(
    case: tuple[datetime, Limit, Pauses],
) -> None:
    start, limit, pauses = case
    answer = due_date(CALENDAR, start, limit, pauses)
    dates = [line.date for line in answer.days]
    last = CALENDAR.local_date(answer.at)
    assert dates == [start.date() + n * DAY for n in range((last - start.date()).days + 1)]
    assert all((line.share is not None) == line.counted for line in answer.days)
    if limit.unit != "months":
        assert sum(line.share or 0 for line in answer.days) == limit.value
    assert_provisional_when_a_year_is_unpublished(answer)


def assert_provisional_when_a_year_is_unpublished(answer: DueDate) -> None:
    consulted = [line.date.year for line in answer.days if line.why != "day_zero"]
    assert answer.provisional == any(not 2004 <= year <= 2026 for year in consulted)


@given(cases())
def test_elapsed_is_the_slow_models_count(case: tuple[datetime, Limit, Pauses]) -> None:
    start, limit, pauses = case
    now = start + int(limit.value) * DAY
    day, plain = start.date(), 0
    while day < now.date():
        day += DAY
        plain += works(day, pauses)
    assert elapsed_working_days(CALENDAR, start, now, pauses) == plain


@given(cases(), st.integers(0, 60 * 24 * 40))
def test_a_later_start_is_never_due_earlier(case: tuple[datetime, Limit, Pauses], minutes: int) -> None:
    """Months end at the last day of a shorter month (民法典 202): 28 and 29 January are both due on 28 February, and a
    suspension on the 29th then moves the earlier start alone. So months are compared without suspensions."""
    start, limit, pauses = case
    pauses = [] if limit.unit == "months" else pauses
    later = start + minutes * MINUTE
    assert due_date(CALENDAR, start, limit, pauses).at <= due_date(CALENDAR, later, limit, pauses).at


@given(cases(), shares, st.integers(0, 30))
def test_a_larger_limit_is_never_due_earlier(case: tuple[datetime, Limit, Pauses], share: Decimal, whole: int) -> None:
    """Zero stands apart: it means "today", so a first share of a day may end before it."""
    start, limit, pauses = case
    more = whole + share if limit.unit == "working_days" else Decimal(whole)
    larger = Limit(limit.value + more, limit.unit)
    if limit.value:
        assert due_date(CALENDAR, start, limit, pauses).at <= due_date(CALENDAR, start, larger, pauses).at


@given(cases())
def test_a_suspension_never_brings_the_due_date_forward(case: tuple[datetime, Limit, Pauses]) -> None:
    start, limit, pauses = case
    assert due_date(CALENDAR, start, limit).at <= due_date(CALENDAR, start, limit, pauses).at


@given(cases(), st.lists(st.integers(-60, 60 * 24 * 120), min_size=2, max_size=6))
def test_a_light_goes_from_green_to_yellow_to_red_and_never_back(
    case: tuple[datetime, Limit, Pauses], offsets: list[int]
) -> None:
    start, limit, pauses = case
    due = due_date(CALENDAR, start, limit, pauses).at
    moments = sorted(start + offset * MINUTE for offset in offsets)
    order = [("green", "yellow", "red").index(light(CALENDAR, start, due, now, limit)) for now in moments]
    assert order == sorted(order)
    assert [shown == 2 for shown in order] == [now > due for now in moments]
