"""Which days are working days: published years, years not yet published, regions, the calendar's version."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import DayStatus, DayWhy, MarkedDay, OfficeHours, WorkCalendar, load_calendar
from engine.errors import CalendarError

CALENDAR = load_calendar(Path(__file__).parents[2] / "processes" / "calendars")
# The list for 2027 comes with a later package: the tests of years without one must not depend on that.
UNTIL_2026 = replace(CALENDAR, published=frozenset(range(2004, 2027)))


@pytest.mark.parametrize(
    ("day", "working", "why", "name_zh"),
    [
        (date(2026, 3, 2), True, DayWhy.WORKDAY, ""),
        (date(2026, 3, 7), False, DayWhy.WEEKEND, ""),
        (date(2026, 2, 18), False, DayWhy.HOLIDAY, "春节"),
        (date(2026, 2, 21), False, DayWhy.HOLIDAY, "春节"),
        (date(2026, 2, 14), True, DayWhy.MADE_UP_WORKDAY, "春节调休"),
        (date(2026, 10, 10), True, DayWhy.MADE_UP_WORKDAY, "国庆节调休"),
    ],
)
def test_a_published_day_says_what_it_is_and_which_holiday_it_belongs_to_licensing_act_82(
    day: date, working: bool, why: DayWhy, name_zh: str
) -> None:
    assert CALENDAR.day(day) == DayStatus(working, why, False, name_zh)
    assert CALENDAR.is_working(day) is working


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)))
def test_published_days_agree_with_the_published_day_table(day: date) -> None:
    assert UNTIL_2026.is_working(day) is chinese_calendar.is_workday(day)
    assert not UNTIL_2026.day(day).provisional


@pytest.mark.parametrize(
    ("day", "why", "name_zh"),
    [
        (date(2027, 1, 1), DayWhy.ASSUMED_HOLIDAY, "元旦"),
        (date(2027, 5, 2), DayWhy.ASSUMED_HOLIDAY, "劳动节"),
        (date(2027, 10, 3), DayWhy.ASSUMED_HOLIDAY, "国庆节"),
        (date(2027, 5, 3), DayWhy.WORKDAY, ""),
        (date(2027, 10, 9), DayWhy.WEEKEND, ""),
    ],
)
def test_a_year_without_a_published_list_has_weekends_and_fixed_holidays_and_is_provisional(
    day: date, why: DayWhy, name_zh: str
) -> None:
    assert UNTIL_2026.day(day) == DayStatus(why is DayWhy.WORKDAY, why, True, name_zh)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_no_day_from_1900_to_2199_crashes(day: date) -> None:
    status = UNTIL_2026.day(day)
    assert status.provisional is not (2004 <= day.year <= 2026)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2300, 1, 1), date.min, date.max])
def test_a_day_outside_the_calendar_is_refused_in_words(day: date) -> None:
    with pytest.raises(CalendarError) as caught:
        CALENDAR.day(day)
    assert (caught.value.code, caught.value.where) == ("calendar.year", str(day.year))


def test_a_regional_holiday_and_its_working_weekend_stand_above_the_national_list() -> None:
    declared = {
        date(2026, 3, 20): MarkedDay(False, DayWhy.REGIONAL_HOLIDAY, "地方节日"),
        date(2026, 3, 28): MarkedDay(True, DayWhy.REGIONAL_WORKDAY, "地方节日调休"),
        date(2027, 3, 9): MarkedDay(False, DayWhy.REGIONAL_HOLIDAY, "地方节日"),
    }
    regional = replace(UNTIL_2026, declared=declared)
    assert regional.day(date(2026, 3, 20)) == DayStatus(False, DayWhy.REGIONAL_HOLIDAY, False, "地方节日")
    assert regional.day(date(2026, 3, 28)).why is DayWhy.REGIONAL_WORKDAY
    # The region's own day is known, but the national list of its year is not.
    assert regional.day(date(2027, 3, 9)) == DayStatus(False, DayWhy.REGIONAL_HOLIDAY, True, "地方节日")


@given(st.dates(date(2003, 6, 1), date(2028, 6, 1)), st.integers(0, 900))
def test_working_days_between_is_a_plain_count_of_days(after: date, length: int) -> None:
    through = date.fromordinal(after.toordinal() + length)
    plain = sum(UNTIL_2026.is_working(date.fromordinal(after.toordinal() + n)) for n in range(1, length + 1))
    assert UNTIL_2026.working_days_between(after, through) == plain
    assert UNTIL_2026.working_days_between(through, after) == 0


def test_the_version_changes_with_anything_the_calendar_says_and_with_nothing_else() -> None:
    same = WorkCalendar(
        zone=ZoneInfo("Asia/Shanghai"),
        fixed=dict(sorted(CALENDAR.fixed.items(), reverse=True)),
        lights=CALENDAR.lights,
    )
    holiday = {date(2026, 3, 20): MarkedDay(False, DayWhy.REGIONAL_HOLIDAY, "地方节日")}
    others = [
        replace(CALENDAR, declared=holiday),
        replace(CALENDAR, published=CALENDAR.published | {2199}),
        replace(CALENDAR, fixed={}),
        replace(CALENDAR, zone=ZoneInfo("Asia/Urumqi")),
        replace(CALENDAR, office=OfficeHours(((time(10), time(14)),))),
        replace(CALENDAR, lights=replace(CALENDAR.lights, yellow_days_left=2)),
        replace(CALENDAR, national={}),
    ]
    assert same.version == CALENDAR.version
    assert len({CALENDAR.version, *(other.version for other in others)}) == len(others) + 1
    assert len(CALENDAR.version) == 12


def test_a_calendar_cannot_be_changed_afterwards_not_even_through_what_it_was_built_from() -> None:
    declared: dict[date, MarkedDay] = {}
    calendar = replace(CALENDAR, declared=declared)
    declared[date(2026, 3, 2)] = MarkedDay(False, DayWhy.REGIONAL_HOLIDAY, "后来写入")
    assert calendar.is_working(date(2026, 3, 2))
    with pytest.raises(TypeError):
        calendar.declared[date(2026, 3, 2)] = declared[date(2026, 3, 2)]  # type: ignore[index]


def test_instants_become_local_dates_in_beijing() -> None:
    assert CALENDAR.local_date(datetime(2026, 3, 1, 16, tzinfo=UTC)) == date(2026, 3, 2)
    assert CALENDAR.local_date(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert CALENDAR.at(date(2026, 3, 2), time(9)) == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        CALENDAR.local(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - the point of the test
    assert caught.value.code == "calendar.naive_instant"


@pytest.mark.parametrize("instant", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_are_refused_as_years_not_as_an_overflow(instant: datetime) -> None:
    with pytest.raises(CalendarError) as caught:
        CALENDAR.local(instant)
    assert caught.value.code == "calendar.year"
