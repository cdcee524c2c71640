"""What a command is judged by before it becomes an entry."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from engine.calendar import WorkCalendar
from engine.case.approvers.people import Nobody, People
from engine.case.deployment import Deployment, Get
from engine.case.timekeeping import recompute
from engine.commands import Actor
from engine.journal import Entry


class Intent(NamedTuple):
    """Who wants something of a case, when, and on which version it runs; ``get`` gives any deployed version,
    ``journal`` the entries of the case so far."""

    actor: Actor
    instant: datetime
    deployment: Deployment
    get: Get
    journal: Callable[[], Sequence[Entry]]
    calendar: WorkCalendar
    people: People = Nobody()

    def counting(self) -> recompute.Counting:
        """What the limits of clocks are found with."""
        return recompute.Counting(self.journal(), self.get, self.calendar)

    @property
    def day(self) -> str:
        """The local day, ISO."""
        return str(self.calendar.local_date(self.instant).isoformat())
