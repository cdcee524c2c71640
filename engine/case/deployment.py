"""A deployed version: the item or bundle and its diagram as they stood, parsed once, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.catalogue import Offering
from engine.parallel.plan import critical_path
from engine.runtime.specs import FlowSpec


@dataclass(frozen=True)
class Deployment:
    """``version`` is the hash of every file it is made of; running cases keep theirs."""

    version: str
    offering: Offering
    spec: FlowSpec
    _lengths: dict[tuple[str, ...], Decimal] = field(default_factory=dict, init=False, repr=False, compare=False)

    def length(self, codes: Sequence[str]) -> Decimal:
        """Working days of the longest chain of steps when these items apply; worked out once, it never changes."""
        key = tuple(codes)
        if key not in self._lengths:
            self._lengths[key] = critical_path(self.offering, codes).length
        return self._lengths[key]
