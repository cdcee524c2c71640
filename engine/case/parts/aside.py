"""抄送 征询: what is said beside the flow, and changes nothing in it; as data."""

from dataclasses import dataclass

from engine.case.parts.part import Part

COPY, QUESTION = "copy", "question"
"""Kinds: a case shown to somebody to read, and a question."""


@dataclass(frozen=True, slots=True)
class Aside(Part):
    """``by`` shows or asks, ``to`` reads or answers (accounts); ``text`` is the word or the question. ``answered_at``
    is when a copy was read. Instants are text (UTC)."""

    number: str
    kind: str
    by: str
    to: str
    text: str
    at: str
    department: str = ""
    """Of who shows or asks."""
    answer: str = ""
    answered_at: str | None = None
