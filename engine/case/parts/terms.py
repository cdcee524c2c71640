"""Clocks of a case beside those of its items and steps, and what stops clocks; as data."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.case.parts.part import Part

ANSWER, DEFERRED, DELIVERY = "answer", "deferred", "delivery"
"""Kinds of terms: to accept, decline or ask for a correction (行政许可法 32); to hand in what was deferred; to deliver
(行政许可法 44)."""
GATHER, CORRECTION_ANSWER = "gather", "correction_answer"
"""And: the window in which demands of all branches become one notice, the applicant's time to answer that notice."""
DEEMED = "deemed"
"""Timer of a term to answer: it rings at the first opening of office after the term."""

BOTH, PROMISED_ONLY = "both", "promised"
"""Scopes of a suspension: a local rule may stop the promised clocks only."""
RESUMED, DECIDED, ENDED = "resumed", "decided", "closed"
"""How a suspension ended: by a person, because its item was decided, because the case was closed."""


@dataclass(frozen=True, slots=True)
class Term(Part):
    """One time limit of the case; instants are text (UTC). ``of`` is the material a deferred one is about.

    ``ended_at``: when what it asks for was done, or no longer asked for; ``overdue``: it was raised.
    """

    kind: str
    starts: str
    limit: str
    unit: str
    due_at: str
    provisional: bool = False
    of: str = ""
    ended_at: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Stop(Part):
    """A suspension: of an item, or of the whole case (``item`` empty), from an instant until it ends.

    ``past`` names clocks that were past their due instant already: it does not touch them.
    """

    item: str
    procedure: str
    ground: str
    evidence: str
    expected_days: str
    scope: str
    started_at: str
    ended_at: str | None = None
    ended_by: str = ""
    past: Sequence[str] = ()
    session: str = ""
    """Number of the session it belongs to, and ends with."""
