"""Who does what next: people in pools, work waiting for them, and the rule that says what goes first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, Generic, TypeAlias, TypeVar

Rank: TypeAlias = tuple[int, ...]
"""Smaller goes first."""

LEAST_SLACK, FIRST_COME, SHORTEST = "least_slack", "first_come", "shortest"


@dataclass(frozen=True)
class Waiting:
    """What a rule can look at, all in one unit of time: when the plan has it begin at the latest, how much work it is,
    when it came, and how many came before it."""

    latest: int
    work: int
    arrived: int
    number: int


RULES: Mapping[str, Callable[[Waiting], Rank]] = {
    LEAST_SLACK: lambda w: (w.latest, w.arrived, w.number),
    FIRST_COME: lambda w: (w.arrived, w.number),
    SHORTEST: lambda w: (w.work, w.latest, w.arrived, w.number),
}
"""Rule → rank. Slack is the latest start minus now; now is the same for all, so the latest start ranks like it."""


@dataclass(eq=False)
class Ticket:
    """A piece of work: how it ranks, and how many people of which pools it takes while it is done."""

    rank: Rank
    demand: Mapping[Any, int]
    gone: bool = field(default=False, init=False)
    """Withdrawn while it waited."""


TicketT = TypeVar("TicketT", bound=Ticket)
_Demand: TypeAlias = tuple[tuple[Any, int], ...]


class Dispatcher(Generic[TicketT]):
    """Starts waiting work by rank whenever enough people are free; what does not fit lets others pass.

    Work of the same demand queues together: when the first does not fit, none of them does. ``capacities`` gives the
    people of each pool; a pool that is not there has no limit.
    """

    def __init__(self, capacities: Mapping[Any, int]) -> None:
        self.free = dict(capacities)
        self._queues: dict[_Demand, list[tuple[Rank, int, TicketT]]] = {}
        self._count = 0

    def add(self, ticket: TicketT) -> None:
        """Puts work into its queue."""
        self._count += 1
        heappush(self._queues.setdefault(tuple(ticket.demand.items()), []), (ticket.rank, self._count, ticket))

    def withdraw(self, ticket: TicketT) -> None:
        """Takes waiting work away."""
        ticket.gone = True

    def start(self) -> list[TicketT]:
        """Everything that can begin now, in the order it begins; its people are busy until ``finish``."""
        started: list[TicketT] = []
        while (demand := self._first()) is not None:
            _, _, ticket = heappop(self._queues[demand])
            if not self._queues[demand]:
                del self._queues[demand]
            self._take(ticket, 1)
            started.append(ticket)
        return started

    def finish(self, ticket: TicketT) -> None:
        """Its people are free again."""
        self._take(ticket, -1)

    def _take(self, ticket: TicketT, sign: int) -> None:
        for pool, people in ticket.demand.items():
            if pool in self.free:
                self.free[pool] -= sign * people

    def _first(self) -> _Demand | None:
        """The demand whose first work ranks before that of all others that fit."""
        best = None
        for demand in [*self._queues]:
            queue = self._queues[demand]
            while queue and queue[0][2].gone:
                heappop(queue)
            if not queue:
                del self._queues[demand]
            elif self._fits(demand) and (best is None or queue[0][:2] < self._queues[best][0][:2]):
                best = demand
        return best

    def _fits(self, demand: _Demand) -> bool:
        return all(self.free.get(pool, people) >= people for pool, people in demand)
