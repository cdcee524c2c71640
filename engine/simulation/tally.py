"""What became of the cases: three numbers are kept of each, everything else is summed up."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from engine.case.state import Case
from engine.instants import from_text
from engine.parallel.schedule import decimal_days
from engine.simulation.office_time import OfficeTime

QUANTILES = (("p10", 10), ("p50", 50), ("p90", 90), ("p99", 99))


@dataclass(frozen=True)
class Days:
    """Working days, of ``cases``: quantiles, mean and most; all 0 when there are none."""

    cases: int
    p10: float
    p50: float
    p90: float
    p99: float
    mean: float
    most: float


def quantile(ordered: Sequence[int], percent: int) -> int:
    """The smallest of the values (in order, at least one) that ``percent`` (1 to 100) of them do not exceed."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


def days_of(values: Sequence[int], time: OfficeTime) -> Days:
    """The figures of some spans of office time."""
    ordered = sorted(values) or [0]
    found = {name: _number(time.days(quantile(ordered, percent))) for name, percent in QUANTILES}
    mean = Fraction(sum(ordered), len(ordered))
    return Days(
        cases=len(values), mean=_number(mean / time.per_day), most=_number(time.days(ordered[-1])), **found
    )  # fmt: skip


def _number(days: Fraction) -> float:
    return float(decimal_days(days))


class Tally:
    """Counts cases as they end."""

    def __init__(self, time: OfficeTime) -> None:
        self._time = time
        self.closed: dict[str, array[int]] = {}
        self.decided = array("q")
        self.before = array("q")
        self.outcomes: Counter[str] = Counter()
        self.late = self.overdue = self.declined = self.corrected = 0
        self.first: int | None = None
        self.last = 0

    def add(self, case: Case, decided: datetime | None, overdue: int) -> None:
        """A closed case; ``decided``: when everything was ready to be handed over (None: when it closed).

        It is late when that was after the promised total.
        """
        submitted, accepted, closed = (
            from_text(text or case.submitted_at) for text in (case.submitted_at, case.accepted_at, case.closed_at)
        )
        ready = min(closed, decided or closed)
        begun, ended = self._time.at(accepted), self._time.at(closed)
        self.closed.setdefault(case.offering, array("q")).append(ended - begun)
        self.decided.append(self._time.at(ready) - begun)
        self.before.append(begun - self._time.at(submitted))
        self.outcomes[case.outcome] += 1
        self.late += case.promised_due_at is not None and ready > from_text(case.promised_due_at)
        self.overdue += overdue
        self.first = begun if self.first is None else min(self.first, begun)
        self.last = max(self.last, ended)

    @property
    def all_closed(self) -> Sequence[int]:
        """From acceptance to closing, of all cases."""
        return array("q", (one for many in self.closed.values() for one in many))

    def by_offering(self) -> Mapping[str, Days]:
        """From acceptance to closing, of the cases of each offering."""
        return {code: days_of(self.closed[code], self._time) for code in sorted(self.closed)}
