"""What is said to a step."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DecideStep:
    """Decide one open step, or vote in one that several people decide; in a seat that was lent it is advice."""

    case_id: str
    """The case."""
    task_id: str
    """The open task, as the inbox shows it."""
    decision: str
    """``agree``, ``disagree``, ``agree_with_conditions``, ``forward`` on a step that only advises, ``abstain`` in a
    vote."""
    opinion: str = ""
    """The opinion; required unless the decision is ``agree`` or ``abstain``."""
    key: str = ""
    """Idempotency key."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Material code → SHA-256 of the version the person was shown; the decision stands on these."""
    seat: str = ""
    """Number of the seat; empty: the one this person has."""
    behalf: str = ""
    """Account of the absent person this one stands in for (代理); both are on record."""


@dataclass(frozen=True)
class ObjectToDeemed:
    """Object to a step that counts as agreed to because nobody answered in time; it is refused then."""

    case_id: str
    """The case."""
    task_id: str
    """The step that was deemed agreed to."""
    reasons: str
    """Why it is not agreed to; no personal data."""
    key: str = ""
    """Idempotency key."""
