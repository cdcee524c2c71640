"""Promises (告知承诺), checks whether they are kept, and what was issued."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChooseCommitments:
    """Say anew, before the acceptance, which items go by commitment (告知承诺)."""

    case_id: str
    """The case."""
    items: str
    """Codes of these items, one after the other; empty: none."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RecordCheck:
    """Record the check whether a promise is kept (事后核查), by whoever the item's data names for it."""

    case_id: str
    """The case."""
    item: str
    """Code of the item."""
    outcome: str
    """``kept``, ``correctable`` (it is put right in time, and checked again; once only) or ``false``."""
    findings: str
    """What was found, as the applicant is told; no personal data."""
    evidence: str = ""
    """The document that shows it, for example the number of the record of the visit; needed unless it is kept."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RevokeResult:
    """Revoke what was issued for an item (撤销, 行政许可法 69), by the head of its department: after the delivery, or
    when a promise was false."""

    case_id: str
    """The case."""
    item: str
    """Code of the item; all its results are revoked."""
    ground: str
    """The legal ground."""
    evidence: str
    """The document that shows it."""
    reason: str
    """Why, as the applicant is told; no personal data."""
    key: str = ""
    """Idempotency key."""


CommitmentCommand = ChooseCommitments | RecordCheck | RevokeResult
"""What is done about promises, and about what was issued."""
