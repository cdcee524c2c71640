"""How far a case has come, step by step, for tables and drawings."""

from collections.abc import Sequence

from engine.case.back.returning import CASE_RETURNED, REOPENED, RETURNED, TAKEN_BACK
from engine.case.state import Case, Task
from engine.case.uploading import UPLOADED
from engine.journal import Entry

GOING_BACK = frozenset({RETURNED, CASE_RETURNED, TAKEN_BACK, REOPENED, UPLOADED})
"""The kinds of entries that take decisions back."""


def reached(case: Case, entries: Sequence[Entry]) -> dict[str, Task]:
    """``Case.latest`` of a case with its closed tasks, without steps that were closed because it went back: those are
    still to come."""
    return case.latest({entry.at for entry in entries if entry.kind in GOING_BACK})
