"""What is late, and who answers for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AcknowledgeEscalation:
    """Say that one knows that a step is late; by somebody who was told, for himself."""

    case_id: str
    """The case."""
    escalation: str
    """Number of the escalation in the case."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ExplainEscalation:
    """Explain why a step is late, for the department that handles it; until it is written off, the last one counts."""

    case_id: str
    """The case."""
    escalation: str
    """Number of the escalation in the case."""
    explanation: str
    """Why, and what is done about it; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class WriteOffEscalation:
    """Write an escalation off (销号) that was explained and whose step is no longer open; by supervision."""

    case_id: str
    """The case."""
    escalation: str
    """Number of the escalation in the case."""
    remark: str
    """What supervision makes of the explanation; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class NudgeStep:
    """Urge whoever handles an open step (催办); once per step and working day, whoever does it."""

    case_id: str
    """The case."""
    task_id: str = ""
    """The open task. Empty, by the applicant only: every step that is past its limit."""
    message: str = ""
    """A word to the handlers, no personal data; the applicant gives none."""
    key: str = ""
    """Idempotency key."""
