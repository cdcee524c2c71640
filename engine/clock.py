"""The one place that reads the machine's clock. Everything else is handed an instant."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns an aware datetime in UTC; tests and simulations pass their own."""


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)
