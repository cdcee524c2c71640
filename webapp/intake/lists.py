"""What waits for acceptance at the window, newest first."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.calendar import Limit, due_date
from engine.case.state import SUBMITTED
from engine.catalogue import ChecklistLine, Offering
from engine.commands import SYSTEM
from engine.instants import from_text, to_text
from webapp.admin.lists import case_list
from webapp.context import engine
from webapp.portal.checklist import checklist_of
from webapp.words import TimeLeft, time_left

PAGE = 20
ANSWER_WITHIN = Limit(Decimal(5), "working_days")
"""What is missing is told at once, or within 5 working days of receipt (行政许可法 32)."""


@dataclass(frozen=True)
class Waiting:
    """An application nobody has answered: what it lacks, and how long the law gives for an answer."""

    row: dict[str, Any]
    offering: Offering
    owed: tuple[ChecklistLine, ...]
    answer: TimeLeft


@dataclass(frozen=True)
class WaitingList:
    """One page; ``before`` asks for the next one, empty at the end."""

    rows: tuple[Waiting, ...]
    before: str


def waiting_list(searched: str, before: str) -> WaitingList:
    """Applications to accept or decline."""
    page = case_list((SUBMITTED,), searched, before, PAGE)
    return WaitingList(tuple(_waiting(one.row) for one in page.rows), page.before)


def _waiting(row: dict[str, Any]) -> Waiting:
    view = engine().read.case(row["case_id"], SYSTEM)
    offering = view.deployment.offering
    until = due_date(engine().read.calendar, from_text(row["submitted_at"]), ANSWER_WITHIN).at
    left = time_left(row["submitted_at"], to_text(until), ANSWER_WITHIN)
    return Waiting(row, offering, checklist_of(view.case, offering).owed, left)
