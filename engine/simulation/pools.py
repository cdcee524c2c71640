"""What the pools of people did: kept as sums while time goes by, so a long simulation needs no more memory."""

from dataclasses import dataclass
from fractions import Fraction

from engine.parallel.schedule import decimal_days
from engine.simulation.assumptions import Pool
from engine.simulation.office_time import OfficeTime


@dataclass(frozen=True)
class PoolFigures:
    """Of one department (or one role in it); times in working days.

    ``people``: None without a limit. ``busy``: how many are at work, on average. ``utilisation``: the share of their
    time they are. ``mean_queue``, ``max_queue``: pieces of work that wait for longer than an instant. ``waiting_days``:
    all waiting together, ``mean_wait_days``: for each piece of work.
    """

    department: str
    role: str
    people: int | None
    done: int
    busy: float
    utilisation: float | None
    mean_queue: float
    max_queue: int
    waiting_days: float
    mean_wait_days: float


class PoolMeter:
    """One pool while the simulation runs; times are office time."""

    def __init__(self) -> None:
        self.working = self.waiting = self.done = self.max_queue = 0
        self.worked = self.waited = 0
        self._since = 0

    def move(self, now: int, *, waiting: int = 0, working: int = 0) -> None:
        """Adds up the time until ``now``, then changes how many pieces of work wait and are worked on."""
        if now > self._since:
            self.worked += self.working * (now - self._since)
            self.waited += self.waiting * (now - self._since)
            self.max_queue = max(self.max_queue, self.waiting)
            self._since = now
        self.waiting += waiting
        self.working += working

    def figures(self, pool: Pool, people: int | None, time: OfficeTime, span: int) -> PoolFigures:
        """The figures over ``span`` of office time."""
        busy, queue = Fraction(self.worked, span or 1), Fraction(self.waited, span or 1)
        waiting = time.days(self.waited)
        return PoolFigures(
            department=pool[0],
            role=pool[1],
            people=people,
            done=self.done,
            busy=_number(busy),
            utilisation=None if people is None else _number(busy / people),
            mean_queue=_number(queue),
            max_queue=self.max_queue,
            waiting_days=_number(waiting),
            mean_wait_days=_number(waiting / (self.done or 1)),
        )


def _number(value: Fraction) -> float:
    return float(decimal_days(value))
