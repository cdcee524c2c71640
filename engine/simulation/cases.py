"""A simulated clock, applications before they exist, and cases while they run."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.catalogue import Offering
from engine.simulation.plans import CasePlan
from engine.simulation.work import Job


class SimulatedClock:
    """Stands where it was set; never goes back."""

    def __init__(self) -> None:
        self._instant = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._instant

    def forward(self, instant: datetime) -> None:
        """Stand at ``instant``, unless that is past."""
        self._instant = max(self._instant, instant)


@dataclass(frozen=True)
class Application:
    """One case before it exists: ``time`` it is handed in, ``items`` it needs, and what chance has for it."""

    number: int
    code: str
    time: int
    items: frozenset[str]
    correction: int | None
    """Office time until what is missing is there; None when everything is."""
    declined: bool


@dataclass(eq=False)
class Running:
    """One accepted case."""

    application: Application
    offering: Offering
    plan: CasePlan
    id: str
    accepted: int = 0
    decided: int | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    """What is still to be done, by task."""
    seen: set[str] = field(default_factory=set)
    visits: dict[str, int] = field(default_factory=dict)
    commands: int = 0
    overdue: int = 0
