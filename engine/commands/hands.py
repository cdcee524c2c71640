"""Tasks change hands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ClaimTask:
    """Take a seat that is open to all who hold its role (签收)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str = "1"
    """Number of the seat; a step that one person decides has the seat ``1``."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ReleaseTask:
    """Give a claimed seat back to all who hold its role (取消签收)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class TransferTask:
    """Hand one's own seat on for good, to a person or a role (转办)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    department: str
    """Department of the receiver."""
    role: str
    """Role of the receiver in it."""
    person: str = ""
    """Account of the receiver; empty: whoever holds the role."""
    reason: str = ""
    """Why, as the receiver is told; no personal data."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AssignTask:
    """Give somebody's seat to a person or a role (指派), by a head of its department or an administrator."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    department: str
    """Department of the receiver."""
    role: str
    """Role of the receiver in it."""
    person: str = ""
    """Account of the receiver; empty: whoever holds the role."""
    reason: str = ""
    """Why, as the receiver is told; no personal data."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DelegateTask:
    """Lend one's own seat to a person, who says what he thinks; then one decides oneself (委派)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    person: str
    """Account of the one who is asked."""
    reason: str = ""
    """What he is asked; no personal data."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class GetBackTask:
    """Get a lent seat back, or give it back; nothing was said (收回委派)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AddApprover:
    """Add an approver to a step one decides (加签)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    placed: str
    """``before`` one's own turn, ``after`` it, or ``beside`` it."""
    department: str
    """Department of the approver."""
    role: str
    """Role of the approver in it."""
    person: str = ""
    """Account of the approver; empty: whoever holds the role."""
    reason: str = ""
    """Why, as the approver is told; no personal data."""
    seat: str = "1"
    """Number of one's own seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RemoveApprover:
    """Remove an approver who has not decided (减签)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str
    """Number of the seat that is removed."""
    reason: str = ""
    """Why, as those who sit there are told; no personal data."""
    key: str = ""
    """Idempotency key."""


SeatCommand = (
    ClaimTask | ReleaseTask | TransferTask | AssignTask | DelegateTask | GetBackTask | AddApprover | RemoveApprover
)
"""What is done with one seat of an open task."""


@dataclass(frozen=True)
class HandOver:
    """Give what a leaver has still to do in a case to somebody else (离岗交接), by a head of the department the seats
    are of, or an administrator. What was lent to him goes back to its owner."""

    case_id: str
    """The case."""
    leaver: str
    """Account of the one who leaves."""
    department: str
    """Department of the receiver."""
    role: str
    """Role of the receiver in it."""
    person: str = ""
    """Account of the receiver; empty: whoever holds the role."""
    reason: str = ""
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class SetAbsence:
    """Say who stands in for somebody who is absent (代理), by himself, a head of his department or an administrator.

    For ``Engine.absences``: it is not part of a case.
    """

    person: str
    """Account of the absent."""
    substitute: str
    """Account of who stands in for him; of the same department."""
    first_day: str
    """First day, ``2026-03-02``."""
    last_day: str
    """Last day, included."""
    basis: str
    """What the substitution rests on, for example the order it was made by."""
    scope: str = ""
    """Codes of the items and bundles it is for, one after the other; empty: all."""


@dataclass(frozen=True)
class EndAbsence:
    """End a substitution before its last day. For ``Engine.absences``."""

    absence: str
    """Its id."""
