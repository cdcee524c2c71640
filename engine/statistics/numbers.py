"""Working days and shares as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.calendar import Suspension, WorkCalendar, office_time_between
from engine.calendar.suspensions import united

_MICROSECOND = timedelta(microseconds=1)


class WorkTime:
    """Office time in whole microseconds, so nothing is rounded while it is added up."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.per_day = calendar.office.per_day // _MICROSECOND
        self._first: datetime | None = None
        self._since: dict[datetime, int] = {}
        """Instant → office time since the first one that was asked for; less than 0 before it."""

    def between(self, start: datetime, end: datetime, pauses: Sequence[Suspension] = ()) -> int:
        """Office time from ``start`` to ``end``, the days of ``pauses`` left out; 0 when not later."""
        total = self._plain(start, end)
        for pause in united(pauses) if total else ():
            ends = end if pause.ends is None else min(end, self.midnight(pause.ends))
            total -= self._plain(max(start, self.midnight(pause.starts)), ends)
        return total

    def days(self, spent: float) -> float:
        """Office time as working days, four places."""
        return round(spent / self.per_day, 4)

    def midnight(self, day: date) -> datetime:
        """The instant a local day begins."""
        return self.calendar.at(day, time())

    def _plain(self, start: datetime, end: datetime) -> int:
        return self._at(end) - self._at(start) if end > start else 0

    def _at(self, instant: datetime) -> int:
        """Office time adds up, so it is counted once for each instant, not for each pair."""
        known = self._since.get(instant)
        if known is None:
            first = self._first = self._first or instant
            early, late = min(first, instant), max(first, instant)
            known = office_time_between(self.calendar, early, late) // _MICROSECOND * (1 if instant is late else -1)
            self._since[instant] = known
        return known


def quantile(ordered: Sequence[int], percent: int) -> int:
    """The smallest of the values (in order, at least one) that ``percent`` (1 to 100) of them do not exceed."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


@dataclass(frozen=True)
class Share:
    """``number`` of ``total``."""

    number: int
    total: int

    @property
    def percent(self) -> Decimal | None:
        """One decimal, half up; None of nothing."""
        if not self.total:
            return None
        return (Decimal(100 * self.number) / Decimal(self.total)).quantize(Decimal("0.1"), ROUND_HALF_UP)

    def as_dict(self) -> dict[str, Any]:
        """Numerator, denominator and the percentage."""
        percent = self.percent
        return {"number": self.number, "total": self.total, "percent": None if percent is None else float(percent)}

    def __str__(self) -> str:
        return f"{self.number}/{self.total} = {self.percent} %" if self.total else "0/0"
