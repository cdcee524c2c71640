"""What a live act asks of the outside: deployed versions, the calendar, case numbers."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import cast

from engine.calendar import MAX_LIMIT, Limit, Unit, WorkCalendar, due_date
from engine.calendar.timers import office_due
from engine.case.act import Pause
from engine.case.deadlines import next_opening, opening_before
from engine.case.deployment import Deployment
from engine.case.running import suspensions
from engine.deployments import Deployments
from engine.diagram.schedule import OFFICE_SECONDS
from engine.errors import IntegrityError
from engine.instants import to_text
from engine.journal import Json
from engine.settings import Settings
from engine.store import Transaction


class EnginePorts:
    """The outside of one transaction; of an act that is only tried there is none."""

    def __init__(self, deployments: Deployments, settings: Settings, transaction: Transaction | None) -> None:
        self.step_limit = settings.step_limit
        self.token_limit = settings.token_limit
        self._deployments = deployments
        self._area = settings.area
        self._transaction = transaction

    def deployment(self, version: str) -> Deployment:
        """The deployed version a case runs on."""
        return self._deployments.get(version)

    def due(self, start: datetime, limit: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> Json:
        """The due instant of a limit, whether it is provisional, and which calendar said so."""
        calendar = self._deployments.calendar
        if unit == OFFICE_SECONDS:
            at, provisional = office_due(calendar, start, limit)
            return {"at": to_text(at), "provisional": provisional, "calendar": calendar.version}
        kind = cast(Unit, unit)
        if limit.is_finite() and 1 <= limit <= MAX_LIMIT.get(kind, 0) and not limit % 1 and not pauses:
            at, provisional = _at_close(calendar, calendar.local(start).date(), limit, kind)
        else:
            due = due_date(calendar, start, Limit.of(limit, kind), suspensions(calendar, pauses))
            at, provisional = due.at, due.provisional
        return {"at": to_text(at), "provisional": provisional, "calendar": calendar.version}

    def opening_after(self, instant: datetime) -> str:
        """When offices open on the first working day after the day of ``instant``."""
        return to_text(next_opening(self._deployments.calendar, instant))

    def opening_before(self, instant: datetime, days: int) -> str:
        """When offices open on the working day so many working days before the day of ``instant``."""
        return to_text(opening_before(self._deployments.calendar, instant, days))

    def next_number(self, instant: datetime) -> str:
        """Area (6) + date (8, local) + sequence (6), from a counter locked until the commit."""
        if self._transaction is None:
            raise IntegrityError("ports.tried", "试行的操作不取编号", "an act that is only tried takes no number")
        day = instant.astimezone(self._deployments.calendar.zone).strftime("%Y%m%d")
        prefix = f"{self._area}{day}"
        return f"{prefix}{self._transaction.next_value(f'number:{prefix}'):06d}"


@lru_cache(maxsize=1000)
def _at_close(calendar: WorkCalendar, day: date, limit: Decimal, unit: Unit) -> tuple[datetime, bool]:
    """Whole days from a day on end at the close of business of another, whenever the clock began; the same question is
    asked for every step that opens on that day."""
    due = due_date(calendar, calendar.at(day, calendar.office.opening), Limit.of(limit, unit))
    return due.at, due.provisional
