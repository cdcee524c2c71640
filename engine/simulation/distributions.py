"""How long work takes, as distributions; and where their chance comes from.

Every value is drawn from one uniform number by the inverse of the distribution. The numbers belong to (seed, case,
step), not to the order in which things happen: so the same case takes the same work whoever does it and whatever runs
beside it, and two runs differ only by what was changed (common random numbers).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist
from typing import Protocol

_NORMAL = NormalDist()
_TEN_PERCENT_ABOVE = _NORMAL.inv_cdf(0.9)
_LEAST = 2.0**-54
"""A uniform number may be 0, where an unbounded distribution has no value."""


def stream(*names: object) -> Random:
    """The random numbers that belong to these names, the same in every process."""
    return Random("/".join(map(str, names)))


class Distribution(Protocol):
    """Gives a value ≥ 0 for a uniform number in [0, 1); larger numbers never give smaller values."""

    def value(self, uniform: float) -> float:
        """The quantile at ``uniform``."""
        ...


@dataclass(frozen=True)
class Exact:
    """Always the same."""

    share: float = 1.0

    def value(self, uniform: float) -> float:
        """The share."""
        return self.share


@dataclass(frozen=True)
class Uniform:
    """Anything between ``low`` and ``high``, equally likely."""

    low: float
    high: float

    def value(self, uniform: float) -> float:
        """The quantile."""
        return self.low + uniform * (self.high - self.low)


@dataclass(frozen=True)
class Triangular:
    """Between ``low`` and ``high``, most likely ``mode``."""

    low: float
    mode: float
    high: float

    def value(self, uniform: float) -> float:
        """The quantile."""
        width = self.high - self.low
        if not width:
            return self.low
        if uniform * width < self.mode - self.low:
            return self.low + sqrt(uniform * width * (self.mode - self.low))
        return self.high - sqrt((1 - uniform) * width * (self.high - self.mode))


@dataclass(frozen=True)
class Lognormal:
    """Mostly short, sometimes very long: half are within ``median`` (> 0), nine of ten within ``p90``."""

    median: float
    p90: float

    def value(self, uniform: float) -> float:
        """The quantile."""
        sigma = log(self.p90 / self.median) / _TEN_PERCENT_ABOVE
        return self.median * exp(sigma * _NORMAL.inv_cdf(max(uniform, _LEAST)))


@dataclass(frozen=True)
class Empirical:
    """What was seen before, in order, straight lines between."""

    seen: Sequence[float]

    def value(self, uniform: float) -> float:
        """The quantile."""
        place, rest = divmod(uniform * (len(self.seen) - 1), 1)
        low = self.seen[int(place)]
        return low + rest * (self.seen[min(int(place) + 1, len(self.seen) - 1)] - low)
