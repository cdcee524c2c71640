"""Where two calendars, or two years of one, differ: which days, and what each says of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.calendar.days import DayStatus, DayWhy, WorkCalendar

_PLAIN = frozenset({DayWhy.WORKDAY, DayWhy.WEEKEND})
_LEAP_YEAR = 2000


@dataclass(frozen=True)
class DayDifference:
    """A day two calendars do not agree on: the date (month and day between two years), and both statuses.

    A status is None for 29 February in a year that has none.
    """

    date: str
    a: DayStatus | None
    b: DayStatus | None

    def as_dict(self) -> dict[str, Any]:
        """The difference as JSON."""
        return {"date": self.date, "a": _told(self.a), "b": _told(self.b)}


def differing_days(a: WorkCalendar, b: WorkCalendar, first: date, last: date) -> list[DayDifference]:
    """Days from ``first`` to ``last`` that are working days in one calendar and days off in the other."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [DayDifference(str(day), a.day(day), b.day(day)) for day in days if a.is_working(day) != b.is_working(day)]


def differing_years(calendar: WorkCalendar, one: int, other: int) -> list[DayDifference]:
    """Month-days that are something other than a plain weekday or weekend in either year, and not the same in both."""
    found = []
    for month, day in _month_days():
        a, b = (_status(calendar, year, month, day) for year in (one, other))
        special = any(status is not None and status.why not in _PLAIN for status in (a, b))
        if special and (a is None or b is None or (a.working, a.why) != (b.working, b.why)):
            found.append(DayDifference(f"{month:02d}-{day:02d}", a, b))
    return found


def _month_days() -> Iterator[tuple[int, int]]:
    first = date(_LEAP_YEAR, 1, 1)
    for number in range(366):
        day = first + timedelta(days=number)
        yield day.month, day.day


def _status(calendar: WorkCalendar, year: int, month: int, day: int) -> DayStatus | None:
    try:
        return calendar.day(date(year, month, day))
    except ValueError:
        return None


def _told(status: DayStatus | None) -> dict[str, Any] | None:
    if status is None:
        return None
    return {
        "working": status.working, "why": status.why.value, "name_zh": status.name_zh,
        "provisional": status.provisional,
    }  # fmt: skip
