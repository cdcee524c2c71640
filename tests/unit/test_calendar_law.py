"""What the law says of time, article by article: 行政许可法 32, 42, 44, 45, 47, 48, 82; 民法典 201, 202, 203.

The figures are those of the articles; the days are counted by hand on the published calendar of 2026.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.calendar import DayWhy, Limit, Suspension, Unit, due_date, elapsed_working_days, load_calendar
from tests.slow_calendar import BEIJING, GOLDEN, SlowCalendar

CALENDAR = replace(
    load_calendar(Path(__file__).parents[2] / "processes" / "calendars"), published=frozenset(range(2004, 2027))
)
SLOW = SlowCalendar()
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def due(start: str, value: float | str, unit: Unit = "working_days", *pauses: Suspension) -> str:
    return f"{CALENDAR.local(due_date(CALENDAR, at(start), Limit.of(value, unit), pauses).at):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(("day0", "days", "last"), GOLDEN)
def test_article_82_golden_vectors_hold_for_the_slow_model_too(day0: str, days: int, last: str) -> None:
    start = at(f"{day0} 10:00")
    assert due(f"{day0} 10:00", days) == f"{last} 17:30"
    assert SLOW.due(start, Decimal(days), "working_days") == (at(f"{last} 17:30"), False)


def test_article_82_limits_count_in_working_days_without_holidays_and_with_declared_working_weekends() -> None:
    answer = due_date(CALENDAR, at("2026-02-13 10:00"), Limit.of(2))
    why = {line.date.day: (line.counted, line.why) for line in answer.days}
    assert why[14] == (True, DayWhy.MADE_UP_WORKDAY)
    assert all(why[day] == (False, DayWhy.HOLIDAY) for day in range(15, 24))
    assert why[24] == (True, DayWhy.WORKDAY)


def test_article_32_a_correction_notice_has_five_working_days_after_the_application_was_received() -> None:
    # Received Friday 13 February; the Spring Festival lies between.
    assert due("2026-02-13 16:00", 5) == "2026-02-27 17:30"


def test_article_32_on_the_morning_after_day_five_the_case_counts_as_accepted_from_the_day_of_receipt() -> None:
    received, last = at("2026-03-02 11:00"), due_date(CALENDAR, at("2026-03-02 11:00"), Limit.of(5)).at
    assert CALENDAR.local_date(last) == date(2026, 3, 9)
    assert elapsed_working_days(CALENDAR, received, at("2026-03-09 17:30")) == 5
    assert elapsed_working_days(CALENDAR, received, at("2026-03-10 00:00")) == 6
    # Day 0 of the decision is then the day of receipt, not the day somebody noticed.
    assert due("2026-03-02 11:00", 20) == "2026-03-30 17:30"


@pytest.mark.parametrize(
    ("limit", "extension", "first", "extended"),
    [(20, 10, "2026-03-30 17:30", "2026-04-14 17:30"), (45, 15, "2026-05-08 17:30", "2026-05-28 17:30")],
    ids=["one authority: 20 and 10", "joint handling: 45 and 15"],
)
def test_article_42_a_decision_has_its_days_from_acceptance_and_one_extension_on_top(
    limit: int, extension: int, first: str, extended: str
) -> None:
    assert due("2026-03-02 10:00", limit) == first
    assert due("2026-03-02 10:00", limit + extension) == extended
    start = at("2026-03-02 10:00")
    assert SLOW.due(start, Decimal(limit + extension), "working_days")[0] == at(extended)


def test_article_42_an_extension_counts_on_from_the_last_day_of_the_limit() -> None:
    """Twenty days and then ten are thirty days: the extension begins where the limit ends, whenever it is decided."""
    twenty = due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(20)).at
    assert due_date(CALENDAR, twenty, Limit.of(10)).at == due_date(CALENDAR, at("2026-03-02 10:00"), Limit.of(30)).at


def test_article_44_the_licence_is_delivered_within_ten_working_days_after_the_decision() -> None:
    assert due("2026-09-29 15:00", 10) == "2026-10-19 17:30"  # National Day, and Saturday the 10th works


def test_article_45_hearings_and_expert_reviews_do_not_count_from_the_day_they_start_to_the_day_they_end() -> None:
    start = at("2026-03-02 10:00")
    days = [line.date for line in due_date(CALENDAR, start, Limit.of(30)).days if line.counted]
    pause = Suspension(days[2], days[12], "专家评审")
    assert due_date(CALENDAR, start, Limit.of(20), [pause]).at == due_date(CALENDAR, start, Limit.of(30)).at
    assert elapsed_working_days(CALENDAR, start, at(f"{days[12]} 12:00"), [pause]) == 3


def test_article_45_two_procedures_at_the_same_time_take_their_time_once() -> None:
    one = Suspension(date(2026, 3, 4), date(2026, 3, 11), "听证")
    other = Suspension(date(2026, 3, 6), date(2026, 3, 13), "鉴定")
    both = Suspension(date(2026, 3, 4), date(2026, 3, 13))
    assert due("2026-03-02 10:00", 20, "working_days", one, other) == due("2026-03-02 10:00", 20, "working_days", both)


def test_articles_47_and_48_a_hearing_is_asked_for_within_five_days_held_within_twenty_announced_seven_before() -> None:
    told = "2026-03-02 10:00"
    asked, held = due(told, 5), due("2026-03-09 16:00", 20)
    assert (asked, held) == ("2026-03-09 17:30", "2026-04-07 17:30")
    hearing = date(2026, 4, 7)
    announced = hearing
    while CALENDAR.working_days_between(announced, hearing) < 7:
        announced -= DAY
    # Seven working days before 7 April; 4 to 6 April are the Tomb-sweeping holiday.
    assert announced == date(2026, 3, 26)
    assert due(f"{announced} 17:00", 7) == f"{hearing} 17:30"


def test_civil_code_201_the_day_a_period_starts_does_not_count() -> None:
    for hour in ("00:00", "10:00", "23:59"):
        assert due(f"2026-03-02 {hour}", 1) == "2026-03-03 17:30"
        assert due(f"2026-03-02 {hour}", 3, "days") == "2026-03-05 17:30"


def test_civil_code_202_a_month_ends_on_the_day_that_corresponds_or_on_the_last_one_there_is() -> None:
    assert due("2026-03-31 10:00", 1, "months") == "2026-04-30 17:30"
    assert due("2024-01-31 10:00", 1, "months") == "2024-02-29 17:30"


def test_civil_code_203_a_last_day_that_is_a_holiday_gives_way_to_the_next_and_ends_at_close_of_business() -> None:
    assert due("2026-09-16 10:00", 15, "days") == "2026-10-08 17:30"
    assert due("2026-02-09 10:00", 5, "days") == "2026-02-14 17:30"  # a working Saturday is no holiday


def test_a_year_without_a_list_is_counted_with_weekends_and_fixed_holidays_and_says_so() -> None:
    answer = due_date(CALENDAR, at("2026-12-28 10:00"), Limit.of(5))
    assert answer.provisional
    assert (CALENDAR.local(answer.at), True) == SLOW.due(at("2026-12-28 10:00"), Decimal(5), "working_days")
