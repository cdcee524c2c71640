"""What waits for acceptance at the window, newest first."""

from dataclasses import dataclass
from decimal import Decimal

from engine.calendar import Limit, due_date
from engine.case.state import CORRECTION, Case
from engine.catalogue import ChecklistLine, Offering
from engine.commands import Actor
from engine.instants import from_text, to_text
from webapp.context import engine
from webapp.portal.checklist import checklist_of
from webapp.words import TimeLeft, time_left

PAGE = 20
ANSWER_WITHIN = Limit(Decimal(5), "working_days")
"""What is missing is told at once, or within 5 working days of receipt (行政许可法 32)."""


@dataclass(frozen=True)
class Waiting:
    """An application nobody has answered: what it lacks, and how long the law gives for an answer."""

    case: Case
    offering: Offering
    owed: tuple[ChecklistLine, ...]
    answer: TimeLeft


@dataclass(frozen=True)
class WaitingList:
    """One page; ``before`` asks for the next one, empty at the end."""

    rows: tuple[Waiting, ...]
    before: str


def waiting_list(actor: Actor, searched: str, before: str) -> WaitingList:
    """Applications to accept or decline."""
    key = before.split("|") if before.count("|") == 1 else None
    found = engine().read.waiting(actor, searched, key, PAGE + 1)
    rows = tuple(_waiting(case) for case in found[:PAGE])
    last = rows[-1].case if len(found) > PAGE else None
    return WaitingList(rows, f"{last.submitted_at}|{last.id}" if last else "")


def _waiting(case: Case) -> Waiting:
    offering = engine().deployments.get(case.version).offering
    received = case.received_at or case.submitted_at
    until = to_text(due_date(engine().read.calendar, from_text(received), ANSWER_WITHIN).at)
    left = time_left(received, None if case.status == CORRECTION else until, ANSWER_WITHIN)
    return Waiting(case, offering, checklist_of(case, offering).owed, left)
