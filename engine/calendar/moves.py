"""A running limit counted again with the calendar as it is now: where its due date is, and which days moved it.

A year's list arrives in the November before, or late; a notice may correct it afterwards. What was counted with
weekends and fixed holidays is then counted with the list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from engine.calendar.compare import DayDifference, differing_days
from engine.calendar.days import DayWhy, WorkCalendar, national_days
from engine.calendar.limits import Limit, due_date, length_in_days
from engine.calendar.suspensions import Suspension

_OF_LISTS = frozenset({DayWhy.HOLIDAY, DayWhy.MADE_UP_WORKDAY})


@dataclass(frozen=True)
class Clock:
    """A limit that runs: its start, and the due date that was computed for it once."""

    start: datetime
    limit: Limit
    due: datetime
    provisional: bool
    suspensions: Sequence[Suspension] = ()


@dataclass(frozen=True)
class Moved:
    """What counting again says: the due date now, whether it is another day, and the days that made it so.

    ``days``: what the calendar without the list said of each day (``a``) and what it says now (``b``). Empty when the
    date stands, and when it was not the arrival of a list that moved it (a correction, another region).
    """

    due: datetime
    provisional: bool
    moved: bool
    days: tuple[DayDifference, ...]


def counted_again(calendar: WorkCalendar, clock: Clock) -> Moved | None:
    """The change of a clock's due date, or None when all stands: the day, and whether it is provisional.

    A definite date moves to another day only; the hour it was given stays.
    """
    now = due_date(calendar, clock.start, clock.limit, clock.suspensions)
    moved = calendar.local_date(now.at) != calendar.local_date(clock.due)
    if clock.provisional:
        moved = now.at != clock.due
    if not moved:
        return None if now.provisional == clock.provisional else Moved(clock.due, now.provisional, False, ())
    return Moved(now.at, now.provisional, True, _reasons(calendar, clock, now.at))


def without_lists(calendar: WorkCalendar, years: Sequence[int]) -> WorkCalendar:
    """The calendar as it was before the national lists of these years were there, nor what the first of them says of
    the December before."""
    declared = {
        day: marked for day, marked in calendar.declared.items() if day.year not in years or marked.why not in _OF_LISTS
    }
    december = (min(years) - 1, 12)
    national = {day: marked for day, marked in calendar.national.items() if (day.year, day.month) != december}
    known = {day: marked for day, marked in national_days().items() if (day.year, day.month) == december}
    published = calendar.published.difference(years)
    return replace(calendar, declared=declared, national=national | known, published=published)


def _reasons(calendar: WorkCalendar, clock: Clock, now: datetime) -> tuple[DayDifference, ...]:
    """The days of the first calendar that gives the old due date: without the last year's list, the last two …"""
    first, last = _span(calendar, clock, now)
    for before in _earlier(calendar, clock, last.year):
        if due_date(before, clock.start, clock.limit, clock.suspensions).at == clock.due:
            return tuple(differing_days(before, calendar, first, last))
    return ()


def _earlier(calendar: WorkCalendar, clock: Clock, last: int) -> Iterator[WorkCalendar]:
    """Also without the list of the year after, whose notice may have set days of the last December."""
    for first in range(last + 1, calendar.local_date(clock.start).year - 1, -1):
        if first in calendar.published:
            yield without_lists(calendar, range(first, last + 2))


def _span(calendar: WorkCalendar, clock: Clock, now: datetime) -> tuple[date, date]:
    """The days that can have made the difference: of a limit in days or months only those from its last day on."""
    day0 = calendar.local_date(clock.start)
    last = max(calendar.local_date(clock.due), calendar.local_date(now))
    if clock.limit.unit == "working_days" or clock.suspensions:
        return day0, last
    return day0 + timedelta(days=length_in_days(day0, clock.limit)), last


def reasons_as_json(days: Sequence[DayDifference]) -> list[dict[str, Any]]:
    """The days as a journal keeps them: date, what it was and is (DayWhy codes), the holiday it belongs to."""
    return [
        {"date": day.date, "was": day.a.why.value, "is": day.b.why.value, "name_zh": day.b.name_zh or day.a.name_zh}
        for day in days
        if day.a is not None and day.b is not None
    ]
