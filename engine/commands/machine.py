"""What nobody sends but the engine itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FireTimer:
    """A due instant has passed; sent by the sweep, never by a person."""

    case_id: str
    """The case."""
    timer_id: str
    """``<task id>:<number of the stage>``, ``<token>@<number>.<times>`` of an event, or the id of a term."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class IssueDocument:
    """Record that a document that was due is made and its file kept; by the system, which makes it."""

    case_id: str
    """The case."""
    document: str
    """The document, ``<entry that made it due>.<ordinal>``."""
    kind: str
    """Code of its kind."""
    number: str
    """Its number."""
    sha256: str
    """SHA-256 of the file, 64 hexadecimal digits."""
    key: str = ""
    """Idempotency key."""
