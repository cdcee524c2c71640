"""Instants as text: UTC with microseconds and ``Z``, the form journals and states keep. Naive datetimes are refused."""

from datetime import UTC, datetime

from engine.errors import BadInput


def aware_utc(instant: datetime) -> datetime:
    """The same instant in UTC; BadInput when it has no zone."""
    if instant.tzinfo is None:
        raise BadInput("instant.naive", "时间缺少时区", "the instant has no time zone", str(instant))
    return instant.astimezone(UTC)


def to_text(instant: datetime) -> str:
    """``2026-01-30T01:00:00.000000Z``; sorts like the instants themselves."""
    return aware_utc(instant).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """The instant of ``to_text``; ValueError for a text in any other form."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or to_text(instant) != text:
        raise ValueError(text)
    return instant
