"""What is said beside the flow."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CopyTo:
    """Show a case to somebody, to read (抄送); once per person."""

    case_id: str
    """The case."""
    person: str
    """Account of the reader."""
    text: str = ""
    """A word to the reader; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AskSomeone:
    """Ask somebody about a case (征询); nothing waits for the answer."""

    case_id: str
    """The case."""
    person: str
    """Account of the one who is asked."""
    text: str
    """The question; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AnswerAside:
    """Answer a question one was asked, or confirm that a copy was read."""

    case_id: str
    """The case."""
    number: str
    """Number of the copy or question in the case."""
    text: str = ""
    """The answer; a copy is read without one."""
    key: str = ""
    """Idempotency key."""


AsideCommand = CopyTo | AskSomeone | AnswerAside
"""What is said beside the flow."""
