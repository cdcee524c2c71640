"""Time limits of a case."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SuspendClock:
    """Stop the clocks of an item, or of the whole case, for a special procedure (行政许可法 45)."""

    case_id: str
    """The case."""
    item: str
    """Code of the item; empty for the whole case."""
    procedure: str
    """``hearing``, ``tender``, ``auction``, ``inspection``, ``testing``, ``quarantine``, ``appraisal``,
    ``expert_review``; ``correction`` and ``local`` for the promised clocks only."""
    ground: str
    """The legal ground."""
    evidence: str
    """The document that shows it, for example the number of the notice of the hearing."""
    expected_days: str
    """Working days it is expected to take, as the applicant is told in writing."""
    scope: str = "both"
    """``both``, or ``promised`` for the promised clocks only."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ResumeClock:
    """End a suspension; the day it ends counts again."""

    case_id: str
    """The case."""
    suspension: str
    """Number of the suspension in the case."""
    evidence: str
    """The document that shows that the procedure is over."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ExtendClock:
    """Extend the time limits once (行政许可法 42): 10 working days, or 15 for joint handling."""

    case_id: str
    """The case."""
    item: str
    """Code of the item; empty for the whole of a joint case."""
    reason: str
    """Why, as the applicant is told; no personal data."""
    level: str
    """Who approved it: ``authority_head``, or ``government_head`` for joint handling."""
    approver: str
    """The head who approved it, by name of office or number of the approval."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RecomputeDueDates:
    """Count the running due dates of a case again with the calendar as it is now (a year's list was loaded)."""

    case_id: str
    """The case."""
    key: str = ""
    """Idempotency key."""
