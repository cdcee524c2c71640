"""The lists of supervision, paged by key; one query a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.case.clocks import SECTION_HEAD
from engine.case.state import CLOSED, DECLINED, IN_PROGRESS, SUBMITTED
from engine.catalogue import Offering, ServiceItem, Step
from webapp.context import engine
from webapp.words import TimeLeft, time_left

PAGE = 50
STATUSES = (SUBMITTED, IN_PROGRESS, CLOSED, DECLINED)
KEY_PARTS = 3


@dataclass(frozen=True)
class LateStep:
    """An overdue open step: its row, what it is in the catalogue (None when that has moved on), days over.

    ``told`` is the role that was told at the escalation level reached, empty while nobody was.
    """

    row: dict[str, Any]
    offering: Offering | None
    item: ServiceItem | None
    step: Step | None
    over: TimeLeft
    told: str


@dataclass(frozen=True)
class LateList:
    """One page; ``after`` asks for the next one, empty at the end."""

    rows: tuple[LateStep, ...]
    after: str


@dataclass(frozen=True)
class CaseRow:
    """A case and what it is an application for."""

    row: dict[str, Any]
    offering: Offering | None


@dataclass(frozen=True)
class CaseList:
    """One page; ``before`` asks for the next one, empty at the end."""

    rows: tuple[CaseRow, ...]
    before: str


def late_steps(after: str) -> LateList:
    """Overdue steps of all departments, the longest overdue first."""
    key = after.split("|") if after.count("|") == KEY_PARTS - 1 else None
    page = engine().read.overdue(key, PAGE)
    return LateList(tuple(_late(row) for row in page.rows), "|".join(page.after) if page.after else "")


def _late(row: dict[str, Any]) -> LateStep:
    offering = engine().deployments.catalogue.offerings.get(row["offering"])
    item = engine().deployments.catalogue.items.get(row["item"])
    step = offering.steps.get(row["step"]) if offering else None
    over = time_left(row["opened_at"], row["due_at"])
    return LateStep(row, offering, item, step, over, SECTION_HEAD if row["escalation"] else "")


def case_list(statuses: Sequence[str], searched: str, before: str, size: int = PAGE) -> CaseList:
    """Cases in these states whose number contains ``searched``, newest first."""
    key = before.split("|") if before.count("|") == 1 else None
    rows = engine().read.cases(statuses, searched, key, size + 1)
    more, rows = len(rows) > size, rows[:size]
    offerings = engine().deployments.catalogue.offerings
    following = f"{rows[-1]['submitted_at']}|{rows[-1]['case_id']}" if more else ""
    return CaseList(tuple(CaseRow(row, offerings.get(row["offering"])) for row in rows), following)
