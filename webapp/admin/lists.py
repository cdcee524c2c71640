"""The lists of supervision, paged by key; one query a page, and one for each department told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.calendar import working_days_left
from engine.case.clocks import SECTION_HEAD
from engine.case.state import CLOSED, CORRECTION, DECLINED, IN_PROGRESS, SUBMITTED
from engine.catalogue import Offering, ServiceItem, Step
from engine.instants import from_text
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import time_left

PAGE = 50
STATUSES = (SUBMITTED, CORRECTION, IN_PROGRESS, CLOSED, DECLINED)
KEY_PARTS = 3


@dataclass(frozen=True)
class LateStep:
    """An overdue open step: its row, what it is in the catalogue (None when that has moved on), how long over.

    ``told`` are the people told at the escalation level reached, by name; ``role`` is their position. Both are empty
    while nobody was told.
    """

    row: dict[str, Any]
    offering: Offering | None
    item: ServiceItem | None
    step: Step | None
    over: str
    role: str
    told: tuple[str, ...]


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
    departments = {str(row["department"]) for row in page.rows if row["escalation"]}
    heads = {code: tuple(engine().records.holders(code, SECTION_HEAD)) for code in sorted(departments)}
    return LateList(tuple(_late(row, heads) for row in page.rows), "|".join(page.after) if page.after else "")


def _late(row: dict[str, Any], heads: Mapping[str, tuple[str, ...]]) -> LateStep:
    offering = engine().deployments.catalogue.offerings.get(row["offering"])
    item = engine().deployments.catalogue.items.get(row["item"])
    step = offering.steps.get(row["step"]) if offering else None
    role, told = (SECTION_HEAD, heads[row["department"]]) if row["escalation"] else ("", ())
    return LateStep(row, offering, item, step, _over(row), role, told)


def _over(row: dict[str, Any]) -> str:
    """Whole working days over; on the day it was due, or before office hours have begun again, less than one."""
    if not working_days_left(engine().read.calendar, engine().read.now(), from_text(row["due_at"])):
        return _("不足 1 个工作日")
    return time_left(row["opened_at"], row["due_at"]).words


def case_list(statuses: Sequence[str], searched: str, before: str, size: int = PAGE) -> CaseList:
    """Cases in these states whose number contains ``searched``, newest first."""
    key = before.split("|") if before.count("|") == 1 else None
    rows = engine().read.cases(statuses, searched, key, size + 1)
    more, rows = len(rows) > size, rows[:size]
    offerings = engine().deployments.catalogue.offerings
    following = f"{rows[-1]['submitted_at']}|{rows[-1]['case_id']}" if more else ""
    return CaseList(tuple(CaseRow(row, offerings.get(row["offering"])) for row in rows), following)
