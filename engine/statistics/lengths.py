"""How long something takes, from what has ended and what has not yet: the estimate of Kaplan and Meier.

Leaving out what still goes on would leave out the slow ones: a young installation would believe that everything is
fast. What still goes on counts as taking longer than it has so far.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

ALMOST = 1e-12
"""Shares closer than this are equal."""


@dataclass(frozen=True)
class Lengths:
    """``times`` at which something ended, in order, the share ``left`` that takes longer than each, and how many
    had ended by then (``counts``).

    ``ended`` and ``running``: how many there were of either; ``most``: the longest of all, running ones included.
    """

    times: tuple[int, ...]
    left: tuple[float, ...]
    counts: tuple[int, ...]
    ended: int
    running: int
    most: int

    def longer(self, time: int) -> float:
        """The share that takes longer than ``time``."""
        place = bisect_right(self.times, time)
        return self.left[place - 1] if place else 1.0

    def number_longer(self, time: int) -> int:
        """How many of those that ended took longer than ``time``."""
        place = bisect_right(self.times, time)
        return self.ended - (self.counts[place - 1] if place else 0)

    def rest(self, elapsed: int, share: float) -> int:
        """The time still to come, of what has lasted for ``elapsed``, that ``share`` (0 to 1, not 1) do not exceed."""
        return self.resting(elapsed)(share)

    def resting(self, elapsed: int) -> Callable[[float], int]:
        """``rest`` of what has lasted for ``elapsed``, for many shares.

        Longer than everything that ended: as if it began now, because nothing is known of such.
        """
        longer = self.longer(elapsed)
        if longer < ALMOST or bisect_right(self.times, elapsed) == len(self.times):
            longer, elapsed = 1.0, 0
        times, rising, after = self.times, self._rising, max(self.most, elapsed)

        def rest(share: float) -> int:
            place = bisect_right(rising, ALMOST - longer * (1 - share))
            return (times[place] if place < len(times) else after) - elapsed

        return rest

    @cached_property
    def _rising(self) -> tuple[float, ...]:
        """``left`` in an order that can be searched."""
        return tuple(-share for share in self.left)


def lengths_of(seen: Iterable[tuple[int, bool]]) -> Lengths:
    """The estimate from times and whether it had ended by then."""
    ordered = sorted(seen, key=lambda one: (one[0], not one[1]))
    left, ended = 1.0, 0
    steps: dict[int, tuple[float, int]] = {}
    for place, (time, over) in enumerate(ordered):
        if over:
            at_risk, ended = len(ordered) - place, ended + 1
            left *= (at_risk - 1) / at_risk
            steps[time] = left, ended
    shares, counts = tuple(share for share, _ in steps.values()), tuple(count for _, count in steps.values())
    most = ordered[-1][0] if ordered else 0
    return Lengths(tuple(steps), shares, counts, ended, len(ordered) - ended, most)
