"""How many rounds a test runs: a few each time, many when somebody has the time."""

from dataclasses import dataclass

import pytest

SAMPLE_SHARE = 8
"""``--long-sample`` runs one in this many of the long rounds."""


@dataclass(frozen=True)
class Rounds:
    """Give it as the fixture ``rounds`` and call it: ``for n in range(rounds(test=5, long=50))``."""

    tier: str

    def __call__(self, test: int, long: int, sample: int | None = None) -> int:
        """The count for this tier; ``sample`` is an eighth of ``long`` (and at least ``test``) unless given."""
        share = max(test, -(-long // SAMPLE_SHARE))
        return {"normal": test, "sample": share if sample is None else sample, "long": long}[self.tier]


def tier_of(config: pytest.Config) -> str:
    """``normal``, ``sample`` (``--long-sample``) or ``long`` (``--long``)."""
    if config.getoption("--long"):
        return "long"
    return "sample" if config.getoption("--long-sample") else "normal"
