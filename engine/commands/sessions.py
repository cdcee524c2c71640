"""Hearings, site visits, expert reviews and tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ArrangeSession:
    """Arrange a hearing, a site visit, an expert review or a test, for one item or several together (联合勘验).

    All but a site visit stop the clocks of the items until it is closed (行政许可法 45).
    """

    case_id: str
    """The case."""
    kind: str
    """``hearing``, ``site_visit``, ``expert_review`` or ``testing``."""
    items: str
    """Codes of the items that take part, one after the other."""
    planned_at: str
    """When it is held or begins, an instant with its zone: ``2026-03-05T09:00+08:00``."""
    place: str
    """Where; no personal data."""
    ground: str
    """Legal ground, as the applicant is told."""
    expected_days: str = ""
    """Working days it is expected to take (行政许可法 45); of a site visit one, unless given."""
    told_on: str = ""
    """Of a hearing: when the applicant was told of the right to one (行政许可法 47); empty when nobody asked (46)."""
    asked_on: str = ""
    """Of a hearing: the day the applicant asked for it."""
    chair: str = ""
    """Of a hearing: account of who presides; nobody who examines the application (行政许可法 48)."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ChangeSession:
    """Move a session to another time or place, before anybody has recorded anything."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    reason: str
    """Why, as all are told; no personal data."""
    planned_at: str = ""
    """The new instant, with its zone; empty: as it was."""
    place: str = ""
    """The new place; empty: as it was."""
    expected_days: str = ""
    """Working days it is expected to take; empty: as it was."""
    chair: str = ""
    """Account of who presides over a hearing; empty: as it was."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class JoinSession:
    """Take part in a session with one more item, by a handler of that item."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    item: str
    """The item that joins."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RecordFindings:
    """Record what a department found for its item; until the session is closed, the last record counts."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    item: str
    """The item."""
    attended: str
    """Who was there, by department and position; no names of outsiders."""
    outcome: str
    """``pass``, ``rectify`` or ``fail``."""
    findings: str = ""
    """What was found; must say something unless it passes."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class CloseSession:
    """Close a session when every item has its findings: the clocks it stopped go on."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    conclusion: str
    """What it comes to; no personal data."""
    record: str = ""
    """Number of the record or report; must be there unless it is a site visit (行政许可法 48)."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Items without findings → why."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class CancelSession:
    """Call a session off: the clocks it stopped go on."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    reason: str
    """Why, as all are told; no personal data."""
    key: str = ""
    """Idempotency key."""


SessionCommand = ArrangeSession | ChangeSession | JoinSession | RecordFindings | CloseSession | CancelSession
"""What is done with hearings, site visits, expert reviews and tests."""
