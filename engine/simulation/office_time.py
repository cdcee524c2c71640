"""Office time as one number: how long the offices have been open since the simulation began.

Work is measured in it, so nights, lunch breaks and days off take nothing away and add nothing. Integers, so nothing is
ever rounded while it is added up.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from engine.calendar import WorkCalendar, office_time_between

_MICROSECOND = timedelta(microseconds=1)


class OfficeTime:
    """Microseconds of office time after the opening of the first working day from ``first`` on."""

    def __init__(self, calendar: WorkCalendar, first: date) -> None:
        self.calendar = calendar
        self.per_day = calendar.office.per_day // _MICROSECOND
        self._coming = self._working_days(first)
        self._days = [next(self._coming)]
        self._origin = calendar.at(self._days[0], calendar.office.opening)

    def _working_days(self, first: date) -> Iterator[date]:
        return (line.date for line in self.calendar.lines_from(first) if line.counted)

    def instant(self, time: int) -> datetime:
        """The instant (UTC) at which ``time`` ≥ 0 has passed: at the end of a day its close, not the next opening."""
        day, rest = divmod(time, self.per_day)
        if day and not rest:
            day, rest = day - 1, self.per_day
        while len(self._days) <= day:
            self._days.append(next(self._coming))
        office = self.calendar.office
        return self.calendar.at(self._days[day], office.after(office.opening, rest * _MICROSECOND))

    def at(self, instant: datetime) -> int:
        """Office time passed at an instant; 0 before the beginning."""
        return office_time_between(self.calendar, self._origin, instant) // _MICROSECOND

    def of_days(self, days: Fraction | float) -> int:
        """Working days as office time, to the nearest microsecond."""
        return round(days * self.per_day)

    def days(self, time: int) -> Fraction:
        """Office time as working days, exactly."""
        return Fraction(time, self.per_day)
