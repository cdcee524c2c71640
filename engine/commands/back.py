"""Going back, and ending before the end."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReturnStep:
    """Return a case from an open step to an earlier one (退回): its last decision is void, with all that followed from
    it; other branches keep theirs, and the clocks of the case go on."""

    case_id: str
    """The case."""
    task_id: str
    """The open task of whoever returns it."""
    to_step: str
    """Id of the step to be decided again; one that was really decided, before this one, also across a join."""
    reason: str
    """Why, as those who decide again are told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ReturnCase:
    """Return a whole case to its first steps (整案退回), by the lead department: every decision is void."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class TakeBackDecision:
    """Take back the own decision (撤回) while nobody has handled anything that followed from it."""

    case_id: str
    """The case."""
    task_id: str
    """The task that was decided."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class WithdrawCase:
    """Withdraw an application (撤销申请), by the window on behalf of the applicant, until results are delivered."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    evidence: str
    """The document that shows that the applicant wants it, for example the number of his letter."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class TerminateCase:
    """End a case without a decision on a legal ground (终止), by the head of the lead department."""

    case_id: str
    """The case."""
    ground: str
    """The legal ground."""
    reason: str
    """What happened; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ReopenCase:
    """Open a refused case again (重新办理), by the head of the lead department: the refusing decisions are void."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class MoveCase:
    """Move a running case to another deployed version of its item or bundle; what it was decided stays decided."""

    case_id: str
    """The case."""
    version: str
    """The version, 64 hexadecimal digits."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""
