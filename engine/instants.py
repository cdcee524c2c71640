"""Instants as text: UTC with microseconds and ``Z``, the form journals and states keep. Naive datetimes are refused."""

from datetime import UTC, datetime

from engine.errors import BadInput


def aware_utc(instant: datetime) -> datetime:
    """The same instant in UTC; BadInput when it has no zone."""
    if instant.tzinfo is None:
        raise BadInput("instant.naive", "时间缺少时区", "the instant has no time zone", str(instant))
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


_last: tuple[datetime, str] = datetime.max.replace(tzinfo=UTC), ""
"""One act asks for the text of the same instant again and again."""


def to_text(instant: datetime) -> str:
    """``2026-01-30T01:00:00.000000Z``; sorts like the instants themselves."""
    global _last  # replaced as a whole, so any thread reads a pair that belongs together
    known, text = _last
    if known is not instant:
        text = aware_utc(instant).isoformat(timespec="microseconds")[:-6] + "Z"  # without +00:00
        _last = instant, text
    return text


def from_text(text: str) -> datetime:
    """The instant of ``to_text``; ValueError for a text in any other form."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or to_text(instant) != text:
        raise ValueError(text)
    return instant
