"""Office hours: how much of a day's working time lies before or after an instant.

Everything here is local wall time. No change of the clocks in Asia/Shanghai (the last was in 1991) fell into
office hours, so differences of wall times are real durations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise

from engine.errors import CalendarError

Span = tuple[time, time]

_ANY_DATE = date(2000, 1, 1)


@dataclass(frozen=True)
class OfficeHours:
    """The spans of one working day, in order, for example (09:00, 12:00), (13:30, 17:30).

    Nights, the lunch break and everything else outside the spans is not office time (DOMAIN: a share of a day
    is a share of its office minutes). Raises CalendarError when a span is empty, overlaps or has a zone.
    """

    spans: tuple[Span, ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if any(edge.tzinfo for edge in edges):
            raise _bad_spans("办公时间应为当地时间，不带时区", "office hours are local times, without a zone")
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise _bad_spans("办公时段应按先后排列且互不重叠", "office spans must be in order and not overlap")

    @cached_property
    def opening(self) -> time:
        """When the office opens."""
        return self.spans[0][0]

    @cached_property
    def close(self) -> time:
        """Close of business: a period of whole days ends here (民法典 203)."""
        return self.spans[-1][1]

    @cached_property
    def per_day(self) -> timedelta:
        """Office time of one whole working day."""
        return sum((_between(start, end) for start, end in self.spans), timedelta())

    def time_left(self, wall: time) -> timedelta:
        """Office time from ``wall`` until close of business; zero at and after close."""
        return sum((_between(start, end) for start, end in self._from(wall)), timedelta())

    def after(self, wall: time, spent: timedelta) -> time:
        """The wall time at which ``spent`` of office time has passed since ``wall``.

        Time used up exactly at the start of the lunch break ends there, not after it. Raises CalendarError
        when less than ``spent`` is left of the day.
        """
        if not spent:
            return wall
        rest = spent
        for start, end in self._from(wall):
            length = _between(start, end)
            if rest <= length:
                return (datetime.combine(_ANY_DATE, start, UTC) + rest).time()
            rest -= length
        raise CalendarError(
            "calendar.past_close",
            "当日剩余办公时间不足",
            "there is not that much office time left in the day",
            f"{wall.isoformat()} + {spent}",
        )

    def _from(self, wall: time) -> Iterator[Span]:
        return ((max(start, wall), end) for start, end in self.spans if wall < end)


def _between(start: time, end: time) -> timedelta:
    return datetime.combine(_ANY_DATE, end, UTC) - datetime.combine(_ANY_DATE, start, UTC)


def _bad_spans(message_zh: str, message_en: str) -> CalendarError:
    return CalendarError("calendar.office_spans", message_zh, message_en, "office.spans")
