"""告知承诺: what an applicant has promised for an item, and the checks whether it is kept; as data."""

from dataclasses import dataclass

from engine.case.parts.part import Part
from engine.catalogue import CommitmentRoute

KEPT, CORRECTABLE, FALSE = "kept", "correctable", "false"
"""What a check finds: the promise is kept, it can be put right, it is false."""
OUTCOMES = (KEPT, CORRECTABLE, FALSE)
DUE, LAPSED = "due", "lapsed"
"""States of a check beside what it found: to be made; or not any more, because its result stands no longer."""

CHECK = "check"
"""Kind of the term of a check, and the beginning of its key ``check.<number>``, which is its timer's too."""
CHECK_STEP = ".@check"
"""What follows the item where a check stands in the place of a step, in the record of escalations."""
REMIND, OVER, PUT_RIGHT = "remind", "over", "put_right"
"""Timers of a check beside its due date, ``check.<number>.remind`` and so on: before it, days after it, and the time to
put it right, which is a term too."""


@dataclass(frozen=True, slots=True)
class Pledge(Part):
    """A promise as it was made, with what the version of that time said of it; days are working days.

    ``materials`` and ``steps`` are codes of what it stands for, one after the other.
    """

    item: str
    letter: str
    department: str
    role: str
    check_days: str
    correct_days: str
    recheck_days: str
    decide_days: str = ""
    materials: str = ""
    steps: str = ""


def pledge_of(item: str, route: CommitmentRoute) -> Pledge:
    """The promise of an item by its route."""
    return Pledge(
        item, route.letter, route.check_department, route.check_role, str(route.check_days), str(route.correct_days),
        str(route.recheck_days), "" if route.decide_days is None else str(route.decide_days),
        " ".join(route.replaces_materials), " ".join(route.replaces_steps),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check(Part):
    """One check of a promise; ``results`` are the numbers of what was issued on it, one after the other.

    ``due_at`` is that of its term. ``follows``: the check that gave time to put it right, of a second one. ``status``
    is ``due``, ``lapsed``, or what was found. Instants are text (UTC).
    """

    number: str
    item: str
    results: str
    department: str
    role: str
    opened_at: str
    due_at: str
    status: str = DUE
    follows: str = ""
    findings: str = ""
    evidence: str = ""
    at: str | None = None
    by: str = ""

    @property
    def key(self) -> str:
        """Of its term and its timer."""
        return f"{CHECK}.{self.number}"
