"""Whether the predictions were right: cases as they stood earlier, predicted from what was finished then.

Brier score: the mean of (probability − what happened)², 0 is perfect. It is compared with saying of every case what the
share of late ones was in the end, which nobody could know then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.statistics.numbers import Share, WorkTime
from engine.statistics.plans import Plans
from engine.statistics.records import CaseRecord, as_of
from engine.statistics.remaining import history_of
from engine.statistics.risk import Predictor

BINS = 10


@dataclass(frozen=True)
class Forecast:
    """A probability that was given by a method, and whether the case was late in the end."""

    method: str
    probability: float
    late: bool


@dataclass(frozen=True)
class Bin:
    """Forecasts with a probability from ``low`` to ``high`` (below it; the last one: 1 too)."""

    low: float
    high: float
    mean: float
    late: Share

    def as_dict(self) -> dict[str, Any]:
        """The line of the table as JSON."""
        return {"low": self.low, "high": self.high, "mean": self.mean, "late": self.late.as_dict()}


@dataclass(frozen=True)
class Calibration:
    """``brier`` of the forecasts, ``base_brier`` of saying the share of late ones; ``late`` is that share."""

    late: Share
    brier: float
    base_brier: float
    by_method: dict[str, int]
    bins: tuple[Bin, ...]

    def as_dict(self) -> dict[str, Any]:
        """The calibration as JSON."""
        return {
            **asdict(self), "late": self.late.as_dict(), "bins": [one.as_dict() for one in self.bins],
        }  # fmt: skip


def backtest(
    cases: Sequence[CaseRecord], instants: Iterable[datetime], plans: Plans, time: WorkTime, now: datetime
) -> list[Forecast]:
    """Forecasts at each instant for the cases that were running and not late yet.

    Judged are those whose promised date is past at ``now``, ready or not: to judge the ready ones only would leave out
    the slow ones.
    """
    ends = {case.id: case.late(now) for case in cases if case.promised_due is not None and case.promised_due < now}
    found: list[Forecast] = []
    for instant in instants:
        known = [case for case in (as_of(one, instant, time.calendar) for one in cases) if case is not None]
        predictor = Predictor(history_of(known, instant, time), plans, time)
        for case in known:
            if case.ready is None and case.id in ends:
                risk = predictor.predict(case, instant)
                if risk.chance is not None:
                    found.append(Forecast(risk.method, risk.chance, bool(ends[case.id])))
    return found


def calibration(forecasts: Sequence[Forecast]) -> Calibration | None:
    """How good they were; None when there are none."""
    if not forecasts:
        return None
    late = Share(sum(one.late for one in forecasts), len(forecasts))
    base = late.number / late.total
    methods = sorted({one.method for one in forecasts})
    return Calibration(
        late=late,
        brier=round(sum((one.probability - one.late) ** 2 for one in forecasts) / len(forecasts), 4),
        base_brier=round(base * (1 - base), 4),
        by_method={method: sum(one.method == method for one in forecasts) for method in methods},
        bins=tuple(_bins(forecasts)),
    )


def _bins(forecasts: Sequence[Forecast]) -> Iterable[Bin]:
    for number in range(BINS):
        inside = [one for one in forecasts if min(int(one.probability * BINS), BINS - 1) == number]
        if inside:
            mean = round(sum(one.probability for one in inside) / len(inside), 3)
            yield Bin(number / BINS, (number + 1) / BINS, mean, Share(sum(one.late for one in inside), len(inside)))


def table(found: Calibration) -> str:
    """The reliability table as people read it, in Markdown."""
    lines = ["| predicted | cases | mean prediction | really late |", "|---|---|---|---|"]
    for one in found.bins:
        lines.append(f"| {one.low:.0%} to {one.high:.0%} | {one.late.total} | {one.mean:.1%} | {one.late} |")
    lines.append(f"\nBrier score {found.brier} (always {found.late}: {found.base_brier})")
    return "\n".join(lines)
