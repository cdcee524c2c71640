"""Who acts, and what came of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who acts. ``roles`` are role codes held in ``department`` (both from departments.toml)."""

    id: str
    department: str = ""
    roles: frozenset[str] = frozenset()

    def holds(self, department: str, role: str) -> bool:
        """Whether this person works in ``department`` with ``role``."""
        return self.department == department and role in self.roles


SYSTEM = Actor("system")
"""The engine itself: timers and other acts nobody performs."""

APPLICANT = Actor("applicant")
"""Whoever holds number and query code of the case; the caller has checked both."""


@dataclass(frozen=True)
class Outcome:
    """What a command did. ``opened`` and ``closed`` are task ids; ``notices`` counts the messages written."""

    case_id: str
    case_number: str
    revision: int
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    notices: int = 0
