"""Due dates the slow way: one day after another, one minute after another, by the letter of the rules.

Written apart from the engine and sharing nothing with it but the words of a limit. Rules: 行政许可法 82 (working days),
45 (time not counted); 民法典 201 (day 0 does not count), 202 (months), 203 (a last day that is a day off; close of
business). A part of a working day is that part of its office minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import chinese_calendar

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BEIJING = ZoneInfo("Asia/Shanghai")
FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Holidays whose date the law itself gives: all that is known of a year without a list."""

GOLDEN = [
    ("2026-01-30", 20, "2026-03-05"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-14", 5, "2026-02-28"),
    ("2026-02-20", 5, "2026-02-28"),
    ("2026-04-30", 20, "2026-06-01"),
    ("2026-08-10", 45, "2026-10-16"),
    ("2026-09-18", 20, "2026-10-22"),
    ("2026-10-01", 5, "2026-10-13"),
    ("2025-12-22", 10, "2026-01-06"),
]
"""Day 0, working days, the day they end: counted by hand on the published lists."""

Pause = tuple[date, date]
"""Days that do not count: from the first, up to but not with the second."""


def known_lists() -> dict[int, dict[date, bool]]:
    """The published lists, 2004 to 2026: date → whether it is a working day."""
    lists: dict[int, dict[date, bool]] = {year: {} for year in range(2004, 2027)}
    for working, days in ((False, chinese_calendar.holidays), (True, chinese_calendar.workdays)):
        for day in days:
            if day.year in lists:
                lists[day.year][day] = working
    return lists


@dataclass(frozen=True)
class SlowCalendar:
    """``lists``: year → its published days; ``local``: what a region declares; ``hours``: office spans in minutes."""

    lists: Mapping[int, Mapping[date, bool]] = field(default_factory=known_lists)
    local: Mapping[date, bool] = field(default_factory=dict)
    hours: Sequence[tuple[int, int]] = ((540, 720), (810, 1050))

    def open(self, day: date) -> bool:
        """Whether offices are open on a day."""
        if day in self.local:
            return self.local[day]
        if day.year in self.lists:
            return self.lists[day.year].get(day, day.weekday() < 5)
        return day.weekday() < 5 and (day.month, day.day) not in FIXED

    def counts(self, day: date, pauses: Sequence[Pause]) -> bool:
        """Whether a day is a working day that is counted."""
        return self.open(day) and not paused(day, pauses)

    def close(self, day: date) -> datetime:
        """Close of business of a day."""
        return datetime(day.year, day.month, day.day, tzinfo=BEIJING) + self.hours[-1][1] * MINUTE

    def in_office(self, moment: datetime) -> bool:
        """Whether the minute that begins now is an office minute."""
        minute = moment.hour * 60 + moment.minute
        return any(start <= minute < end for start, end in self.hours)

    def due(self, start: datetime, value: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> tuple[datetime, bool]:
        """When a limit ends (local), and whether that is provisional; ``start`` local, on a whole minute."""
        if value == 0:
            end = self._today(start, pauses)
        elif unit == "working_days":
            end = self._working_days(start, value, pauses)
        else:
            end = self._calendar_days(start.date(), int(value), unit, pauses)
        first = start.date() if value < 1 else start.date() + DAY
        return end, any(year not in self.lists for year in range(first.year, end.year + 1))

    def _today(self, start: datetime, pauses: Sequence[Pause]) -> datetime:
        day = start.date()
        while not self.counts(day, pauses) or start > self.close(day):
            day += DAY
        return self.close(day)

    def _working_days(self, start: datetime, value: Decimal, pauses: Sequence[Pause]) -> datetime:
        day, whole = start.date(), int(value)
        for _ in range(whole):
            day += DAY
            while not self.counts(day, pauses):
                day += DAY
        office_minutes = sum(end - begin for begin, end in self.hours)
        minutes = int((value - whole) * office_minutes)
        if not minutes:
            return self.close(day)
        moment = self.close(day) if whole else start
        while minutes:
            minutes -= self.in_office(moment) and self.counts(moment.date(), pauses)
            moment += MINUTE
        return moment

    def _calendar_days(self, day: date, value: int, unit: str, pauses: Sequence[Pause]) -> datetime:
        left = value if unit == "days" else days_of_months(day, value)
        while left:
            day += DAY
            left -= not paused(day, pauses)
        while not self.counts(day, pauses):
            day += DAY
        return self.close(day)


def paused(day: date, pauses: Sequence[Pause]) -> bool:
    """Whether a day falls into a suspension."""
    return any(begin <= day < end for begin, end in pauses)


def days_of_months(day0: date, months: int) -> int:
    """Step month by month on the first; then the day, or the last one the month has (民法典 202)."""
    first = day0.replace(day=1)
    for _ in range(months):
        first = (first + 31 * DAY).replace(day=1)
    following = (first + 31 * DAY).replace(day=1)
    return (min(first + (day0.day - 1) * DAY, following - DAY) - day0).days
