"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Beijing: an ordinary working day, just as the offices open."""


class ManualClock:
    """Call it (or its ``now``) for the instant, aware and in UTC; ``advance`` and ``set`` move it.

    It may be set back too: a machine's clock does that, and the engine has to bear it.
    """

    def __init__(self, start: datetime = START) -> None:
        self._instant = start
        self.set(start)

    def __call__(self) -> datetime:
        return self._instant

    def now(self) -> datetime:
        """The same as calling the clock."""
        return self._instant

    def advance(self, **by: float) -> datetime:
        """Move by ``timedelta(**by)``, for example ``days=1, hours=2``, and return the new instant."""
        return self.set(self._instant + timedelta(**by))

    def set(self, instant: datetime) -> datetime:
        """Stand at ``instant`` (any zone, never naive) and return it in UTC."""
        if instant.tzinfo is None:
            raise ValueError("a clock takes aware instants only")
        self._instant = instant.astimezone(UTC)
        return self._instant
