"""The lists of supervision, paged by key; one query a page, and one for each department told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.calendar import working_days_left
from engine.case.state import CLOSED, CORRECTION, DECLINED, IN_PROGRESS, SUBMITTED, TERMINATED, WITHDRAWN
from engine.catalogue import Offering, ServiceItem, Step
from engine.instants import from_text
from engine.store.urging import last_told
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import time_left

PAGE = 50
Place = tuple[str, str]
"""Department and role."""
STATUSES = (SUBMITTED, CORRECTION, IN_PROGRESS, CLOSED, DECLINED, WITHDRAWN, TERMINATED)


@dataclass(frozen=True)
class LateStep:
    """An overdue open step: its row, what it is in the catalogue (None when that has moved on), how long over.

    ``told`` are the people told at the escalation level reached, by name; ``department`` and ``role`` say who they are.
    All are empty while nobody was told.
    """

    row: dict[str, Any]
    offering: Offering | None
    item: ServiceItem | None
    step: Step | None
    over: str
    department: str
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


def place(text: str, parts: int) -> list[str] | None:
    """The key a list goes on from, of so many parts; None, its beginning, for what no list of ours has written."""
    found = text.split("|", parts - 1)
    return found if len(found) == parts and text.isprintable() else None


def place_text(key: Iterable[str]) -> str:
    """A key as it stands in an address."""
    return "|".join(key)


def late_steps(after: str) -> LateList:
    """Overdue steps of all departments, the longest overdue first."""
    page = engine().read.overdue(place(after, 3), PAGE)
    raised = {(str(row["case_id"]), str(row["task_id"])) for row in page.rows if row["escalation"]}
    told = last_told(engine().store.database, raised)
    people = {one: tuple(engine().records.holders(*one)) for one in sorted(set(told.values()))}
    return LateList(tuple(_late(row, told, people) for row in page.rows), place_text(page.after or ()))


def _late(
    row: dict[str, Any], raised: Mapping[tuple[str, str], Place], people: Mapping[Place, tuple[str, ...]]
) -> LateStep:
    offering = engine().deployments.catalogue.offerings.get(row["offering"])
    item = engine().deployments.catalogue.items.get(row["item"])
    step = offering.steps.get(row["step"]) if offering else None
    where = raised.get((row["case_id"], row["task_id"]), ("", ""))
    return LateStep(row, offering, item, step, _over(row), *where, people.get(where, ()))


def _over(row: dict[str, Any]) -> str:
    """Whole working days over; on the day it was due, or before office hours have begun again, less than one."""
    if not working_days_left(engine().read.calendar, engine().read.now(), from_text(row["due_at"])):
        return _("不足 1 个工作日")
    return time_left(row["opened_at"], row["due_at"]).words


def case_list(statuses: Sequence[str], searched: str, before: str, size: int = PAGE) -> CaseList:
    """Cases in these states whose number contains ``searched``, newest first."""
    rows = engine().read.cases(statuses, searched, place(before, 2), size + 1)
    more, rows = len(rows) > size, rows[:size]
    offerings = engine().deployments.catalogue.offerings
    following = place_text((rows[-1]["submitted_at"], rows[-1]["case_id"])) if more else ""
    return CaseList(tuple(CaseRow(row, offerings.get(row["offering"])) for row in rows), following)
