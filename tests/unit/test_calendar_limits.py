"""Due dates by the letter: working days, shares of a day, calendar days and months, suspensions."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.calendar import (
    MAX_LIMIT,
    DayWhy,
    DueDate,
    Limit,
    Suspension,
    Unit,
    describe,
    due_date,
    load_calendar,
    office_time_between,
)
from engine.errors import CalendarError
from tests.slow_calendar import GOLDEN

# The list for 2027 comes with a later package: the tests of years without one must not depend on that.
CALENDAR = replace(
    load_calendar(Path(__file__).parents[2] / "processes" / "calendars"),
    published=frozenset(range(2004, 2027)),
)


def at(text: str) -> datetime:
    """A wall time in Beijing: ``at("2026-03-02 10:00")``."""
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


def local(answer: DueDate) -> str:
    return f"{CALENDAR.local(answer.at):%Y-%m-%d %H:%M}"


def due(start: str, value: float | str, unit: Unit = "working_days") -> str:
    return local(due_date(CALENDAR, at(start), Limit.of(value, unit)))


@pytest.mark.parametrize(("day0", "days", "last"), GOLDEN)
@pytest.mark.parametrize("clock", ["00:00", "10:30", "17:30", "23:59"])
def test_golden_vectors_the_nth_working_day_strictly_after_day_0_at_close_licensing_act_82(
    day0: str, days: int, last: str, clock: str
) -> None:
    answer = due_date(CALENDAR, at(f"{day0} {clock}"), Limit.of(days))
    assert local(answer) == f"{last} 17:30"
    assert answer.at.tzinfo is UTC
    assert not answer.provisional
    assert sum(line.counted for line in answer.days) == days


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-03-02 08:00", "2026-03-02 17:30"),
        ("2026-03-02 10:00", "2026-03-02 17:30"),
        ("2026-03-02 17:30", "2026-03-02 17:30"),
        ("2026-03-02 17:31", "2026-03-03 17:30"),
        ("2026-03-06 20:00", "2026-03-09 17:30"),
        ("2026-03-07 10:00", "2026-03-09 17:30"),
        ("2026-02-15 10:00", "2026-02-24 17:30"),
    ],
)
def test_zero_is_close_of_day_0_or_of_the_next_working_day_after_close_or_on_a_day_off(start: str, last: str) -> None:
    for unit in ("working_days", "days", "months"):
        assert due(start, 0, unit) == last


@pytest.mark.parametrize(
    ("start", "share", "end"),
    [
        ("2026-03-02 09:00", "0.5", "2026-03-02 14:00"),  # 180 minutes, lunch, 30 minutes
        ("2026-03-02 13:30", "0.5", "2026-03-02 17:00"),
        ("2026-03-02 14:00", "0.5", "2026-03-02 17:30"),
        ("2026-03-02 14:01", "0.5", "2026-03-03 09:01"),  # the night does not count
        ("2026-03-02 12:30", "0.25", "2026-03-02 15:15"),  # started at lunch
        ("2026-03-02 07:00", "0.25", "2026-03-02 10:45"),  # started before opening
        ("2026-03-02 17:30", "0.25", "2026-03-03 10:45"),  # at close: from the next opening
        ("2026-03-02 22:00", "0.25", "2026-03-03 10:45"),  # after close
        ("2026-03-06 16:30", "0.5", "2026-03-09 11:30"),  # spills over the weekend
        ("2026-03-07 11:00", "0.5", "2026-03-09 14:00"),  # on a day off
        ("2026-02-14 16:30", "0.5", "2026-02-24 11:30"),  # working Saturday, then the Spring Festival
    ],
)
def test_a_share_of_a_day_is_that_share_of_its_office_minutes_from_the_starting_instant(
    start: str, share: str, end: str
) -> None:
    answer = due_date(CALENDAR, at(start), Limit.of(share))
    assert local(answer) == end
    assert sum(line.share or 0 for line in answer.days) == Decimal(share)


@pytest.mark.parametrize(
    ("start", "value", "end"),
    [
        ("2026-03-02 10:00", "1.5", "2026-03-04 14:00"),
        ("2026-03-02 23:00", "1.5", "2026-03-04 14:00"),
        ("2026-03-05 10:00", "1.5", "2026-03-09 14:00"),
        ("2026-03-02 10:00", "2.25", "2026-03-05 10:45"),
        ("2026-02-13 10:00", "1.1", "2026-02-24 09:42"),
    ],
)
def test_k_and_a_share_is_k_whole_days_then_the_share_of_the_next_working_day(start: str, value: str, end: str) -> None:
    answer = due_date(CALENDAR, at(start), Limit.of(value))
    assert local(answer) == end
    assert sum(line.share or 0 for line in answer.days) == Decimal(value)


def test_a_share_is_kept_to_the_microsecond() -> None:
    answer = due_date(CALENDAR, at("2026-03-02 09:00:00.000001"), Limit.of("0.000001"))
    assert answer.at - at("2026-03-02 09:00:00.000001") == timedelta(microseconds=25_200)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-03-02", 7, "2026-03-09"),
        ("2026-03-02", 5, "2026-03-09"),  # Saturday: the next working day
        ("2026-01-16", 30, "2026-02-24"),  # in the Spring Festival: the day after it
        ("2026-02-07", 7, "2026-02-14"),  # a working Saturday stands
        ("2026-09-16", 15, "2026-10-08"),  # the National Day holidays
        ("2026-03-07", 2, "2026-03-09"),  # day 0 may be a day off
    ],
)
def test_calendar_days_leave_out_day_0_and_a_last_day_off_moves_civil_code_201_203(
    start: str, days: int, last: str
) -> None:
    assert due(f"{start} 15:00", days, "days") == f"{last} 17:30"


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-03-02", 3, "2026-06-02"),
        ("2025-11-30", 3, "2026-02-28"),  # no 30 February: the month's last day (a working Saturday)
        ("2024-01-31", 1, "2024-02-29"),  # leap year
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-17", 1, "2026-02-24"),  # 17 February is the Spring Festival
        ("2025-12-31", 2, "2026-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_months_last_civil_code_202_203(
    start: str, months: int, last: str
) -> None:
    assert due(f"{start} 15:00", months, "months") == f"{last} 17:30"


def test_the_derivation_in_calendar_days_counts_weekends_and_shows_the_move_to_a_working_day() -> None:
    answer = due_date(CALENDAR, at("2026-03-05 10:00"), Limit.of(2, "days"))
    assert [(line.date.day, line.counted, line.why) for line in answer.days] == [
        (5, False, DayWhy.DAY_ZERO),
        (6, True, DayWhy.CALENDAR_DAY),
        (7, True, DayWhy.CALENDAR_DAY),
        (8, False, DayWhy.WEEKEND),
        (9, False, DayWhy.DUE_DAY),
    ]


def working_days(start: str, count: int) -> list[date]:
    """The first ``count`` working days after ``start``: index 0 is working day 1."""
    answer = due_date(CALENDAR, at(start), Limit.of(count))
    return [line.date for line in answer.days if line.counted]


def test_a_suspension_3_to_13_stretches_20_working_days_to_30_licensing_act_45() -> None:
    days = working_days("2026-03-02 10:00", 30)
    hearing = Suspension(days[2], days[12], "听证")
    answer = due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(20), [hearing])
    assert CALENDAR.local_date(answer.at) == days[29]
    assert sum(line.counted for line in answer.days) == 20
    by_date = {line.date: line for line in answer.days}
    # Half open: the day it starts does not count, the day it ends counts.
    assert (by_date[days[2]].why, by_date[days[2]].name_zh) == (DayWhy.SUSPENDED, "听证")
    assert by_date[days[11]].why is DayWhy.SUSPENDED
    assert by_date[days[12]].counted


def test_overlapping_suspensions_are_united_and_their_order_does_not_matter() -> None:
    start, limit = at("2026-03-02 10:00"), Limit.of(20)
    days = working_days("2026-03-02 10:00", 30)
    whole = due_date(CALENDAR, start, limit, [Suspension(days[2], days[12])])
    parts = [
        Suspension(days[6], days[12], "鉴定"),
        Suspension(days[2], days[8], "听证"),
        Suspension(days[4], days[5]),
        Suspension(days[20], days[20], "空"),
    ]
    split = due_date(CALENDAR, start, limit, parts)
    assert split.at == whole.at
    assert split == due_date(CALENDAR, start, limit, parts[::-1])
    assert {line.name_zh for line in split.days if line.why is DayWhy.SUSPENDED} == {"听证、鉴定"}


def test_adjoining_suspensions_keep_their_own_names() -> None:
    pauses = [
        Suspension(date(2026, 3, 3), date(2026, 3, 4), "听证"),
        Suspension(date(2026, 3, 4), date(2026, 3, 5), "鉴定"),
    ]
    answer = due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(1), pauses)
    assert [line.name_zh for line in answer.days] == ["", "听证", "鉴定", ""]
    assert local(answer) == "2026-03-05 17:30"


@pytest.mark.parametrize(
    ("value", "unit", "end"),
    [
        ("0", "working_days", "2026-03-05 17:30"),
        ("0.5", "working_days", "2026-03-05 14:00"),  # day 0 itself is suspended: from the next opening
        ("1.5", "working_days", "2026-03-06 14:00"),
        ("3", "days", "2026-03-09 17:30"),  # counts 5, 6, 7 March; 7 and 8 are a weekend
        ("1", "months", "2026-04-07 17:30"),  # 2 April and two days; 4 to 6 April is a holiday
    ],
)
def test_every_kind_of_limit_leaves_out_suspended_days(value: str, unit: Unit, end: str) -> None:
    pause = Suspension(date(2026, 3, 2), date(2026, 3, 5))
    assert local(due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(value, unit), [pause])) == end


def test_a_last_day_that_moves_does_not_land_on_a_suspended_day() -> None:
    pause = Suspension(date(2026, 3, 9), date(2026, 3, 11))
    answer = due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(5, "days"), [pause])
    assert local(answer) == "2026-03-11 17:30"


def test_a_suspension_without_end_allows_no_due_date_unless_the_limit_ends_before_it() -> None:
    open_end = Suspension(date(2026, 3, 10))
    with pytest.raises(CalendarError) as caught:
        due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(20), [open_end])
    assert caught.value.code == "calendar.suspension"
    assert local(due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(5), [open_end])) == "2026-03-09 17:30"


def test_a_suspension_that_ends_before_it_starts_or_holds_instants_is_refused() -> None:
    with pytest.raises(CalendarError):
        Suspension(date(2026, 3, 10), date(2026, 3, 9))
    with pytest.raises(CalendarError):
        Suspension(at("2026-03-10 10:00"))


@pytest.mark.parametrize(
    ("start", "value", "unit", "end", "provisional"),
    [
        ("2026-12-28", "5", "working_days", "2027-01-05 17:30", True),
        ("2026-11-21", "45", "working_days", "2027-01-25 17:30", True),
        ("2026-12-28", "3", "working_days", "2026-12-31 17:30", False),
        ("2026-12-31", "0", "working_days", "2026-12-31 17:30", False),
        ("2026-12-28", "3.5", "working_days", "2027-01-04 14:00", True),
        ("2026-12-01", "31", "days", "2027-01-04 17:30", True),
        ("2026-11-10", "1", "months", "2026-12-10 17:30", False),
        ("2003-12-31", "1", "working_days", "2004-01-02 17:30", False),  # day 0 is left out, not consulted
        ("2003-12-30", "2", "working_days", "2004-01-02 17:30", True),
    ],
)
def test_a_due_date_that_consults_a_year_without_a_published_list_is_provisional(
    start: str, value: str, unit: Unit, end: str, provisional: bool
) -> None:
    answer = due_date(CALENDAR, at(f"{start} 10:00"), Limit.of(value, unit))
    assert (local(answer), answer.provisional) == (end, provisional)


@pytest.mark.parametrize("year", [1900, 1949, 1986, 2002, 2003, 2027, 2100, 2199])
@pytest.mark.parametrize("value", ["0", "0.5", "20"])
def test_no_year_crashes(year: int, value: str) -> None:
    for day in (date(year, 1, 1), date(year, 11, 30)):
        document = describe(CALENDAR, day, Limit.of(value))
        assert document["provisional"] is True
        assert day.isoformat() <= str(document["due"]) < f"{year + 1}"
    assert str(describe(CALENDAR, date(year, 12, 31), Limit.of(20))["due"]).startswith(f"{year + 1}-0")


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        due_date(CALENDAR, datetime(2026, 3, 2, 9), Limit.of(1))  # noqa: DTZ001 - the point of the test
    assert caught.value.code == "calendar.naive_instant"


def test_the_same_instant_in_any_zone_has_the_same_due_date() -> None:
    limit = Limit.of("0.5")
    in_utc = due_date(CALENDAR, datetime(2026, 3, 2, 1, tzinfo=UTC), limit)
    assert in_utc == due_date(CALENDAR, at("2026-03-02 09:00"), limit)


def test_5000_working_days_still_work() -> None:
    answer = due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(5000))
    assert sum(line.counted for line in answer.days) == 5000
    assert CALENDAR.working_days_between(date(2026, 3, 2), CALENDAR.local_date(answer.at)) == 5000


@pytest.mark.parametrize("unit", MAX_LIMIT)
def test_the_longest_limit_from_2199_ends_and_a_longer_one_is_refused(unit: Unit) -> None:
    answer = due_date(CALENDAR, at("2199-12-31 10:00"), Limit.of(MAX_LIMIT[unit], unit))
    assert CALENDAR.local_date(answer.at).year < 2299
    with pytest.raises(CalendarError) as caught:
        Limit.of(MAX_LIMIT[unit] + 1, unit)
    assert caught.value.code == "calendar.limit"


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("-1", "working_days"),
        ("-0.000001", "working_days"),
        ("NaN", "working_days"),
        ("sNaN", "working_days"),
        ("Infinity", "working_days"),
        ("1e400", "working_days"),
        ("1e-400", "working_days"),
        ("0.0000001", "working_days"),
        ("twenty", "working_days"),
        ("", "days"),
        ("0.5", "days"),
        ("1.5", "months"),
        ("20", "weeks"),
        ("20", ""),
    ],
)
def test_a_limit_that_means_nothing_is_refused(value: str, unit: Unit) -> None:
    with pytest.raises(CalendarError) as caught:
        Limit.of(value, unit)
    assert caught.value.code == "calendar.limit"


def test_a_limit_is_a_decimal_and_takes_json_numbers_through_of() -> None:
    with pytest.raises(CalendarError):
        Limit(20)  # type: ignore[arg-type]
    assert Limit.of(20) == Limit(Decimal(20), "working_days")
    assert Limit.of(0.1) == Limit(Decimal("0.1"))
    assert Limit.of("1e2").value == 100


def test_describe_is_the_json_document_of_the_command_line() -> None:
    document = describe(CALENDAR, date(2026, 2, 13), Limit.of(2))
    assert list(document) == ["due", "provisional", "days"]
    assert (document["due"], document["provisional"]) == ("2026-02-24T17:30:00+08:00", False)
    days = document["days"]
    assert isinstance(days, list)
    assert days[:3] == [
        {"date": "2026-02-13", "counted": False, "why": "day_zero", "name_zh": ""},
        {"date": "2026-02-14", "counted": True, "why": "made_up_workday", "name_zh": "春节调休"},
        {"date": "2026-02-15", "counted": False, "why": "holiday", "name_zh": "春节"},
    ]
    assert days[-1] == {"date": "2026-02-24", "counted": True, "why": "workday", "name_zh": ""}
    assert len(days) == 12
    assert all(type(entry["why"]) is str for entry in days)


def test_describe_of_a_date_starts_at_opening_and_of_an_instant_at_that_instant() -> None:
    limit = Limit.of("0.5")
    assert describe(CALENDAR, date(2026, 3, 2), limit)["due"] == "2026-03-02T14:00:00+08:00"
    afternoon = describe(CALENDAR, datetime(2026, 3, 2, 6, tzinfo=UTC), limit)
    assert afternoon["due"] == "2026-03-02T17:30:00+08:00"


def test_the_derivation_shows_a_day_that_started_after_close() -> None:
    answer = due_date(CALENDAR, at("2026-03-06 19:00"), Limit.of("0.5"))
    assert [(line.date.day, line.counted, line.why) for line in answer.days] == [
        (6, False, DayWhy.AFTER_CLOSE),
        (7, False, DayWhy.WEEKEND),
        (8, False, DayWhy.WEEKEND),
        (9, True, DayWhy.WORKDAY),
    ]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-02 10:00", "2026-03-02 14:00", 150),
        ("2026-03-02 16:30", "2026-03-03 10:00", 120),
        ("2026-03-06 16:30", "2026-03-09 10:00", 120),
        ("2026-03-07 10:00", "2026-03-08 10:00", 0),
        ("2026-03-07 10:00", "2026-03-09 23:00", 420),
        ("2026-03-03 10:00", "2026-03-02 10:00", 0),
    ],
)
def test_office_time_between_two_instants_leaves_out_nights_lunch_and_days_off(
    start: str, end: str, minutes: int
) -> None:
    assert office_time_between(CALENDAR, at(start), at(end)) == timedelta(minutes=minutes)


def test_other_office_hours_move_the_close_of_business() -> None:
    office = replace(CALENDAR.office, spans=((time(10), time(14)), (time(15, 30), time(19, 30))))
    calendar = replace(CALENDAR, office=office)
    answer = due_date(calendar, at("2026-03-02 10:00"), Limit.of(1))
    assert f"{calendar.local(answer.at):%Y-%m-%d %H:%M}" == "2026-03-03 19:30"
