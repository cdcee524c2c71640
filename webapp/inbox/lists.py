"""The rows of the left-hand pane: open tasks, what was done, notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.case.policy import WINDOW, WINDOW_CLERK
from engine.catalogue import Offering
from engine.commands import Actor
from engine.errors import BadInput
from engine.reader import InboxCounts
from engine.store.queries import FAR
from webapp.cases.history import step_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import TimeLeft, day, limit_of, local, time_left

PAGE = 50
NO_MORE = ""


def sort_key(due_at: str | None, case_id: str, task_id: str) -> tuple[str, str, str]:
    """The place of a task in the list: least time left first, tasks without a deadline last."""
    return due_at or FAR, case_id, task_id


@dataclass(frozen=True)
class Row:
    """One task in a list."""

    case_id: str
    task_id: str
    number: str
    offering: str
    step: str
    left: TimeLeft
    due_at: str | None
    provisional: bool
    items_ended: int
    items_total: int
    escalated: bool
    closed_at: str = ""
    decision: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What the list is sorted by."""
        return sort_key(self.due_at, self.case_id, self.task_id)


@dataclass(frozen=True)
class Listing:
    """A page of the to-do list, the numbers on its chips, and where the next page begins (empty at the end).

    ``at_window``: applications waiting there, told to a clerk who has nothing else to do.
    """

    rows: list[Row]
    after: str
    counts: InboxCounts
    which: str
    search: str
    next_due: Row | None = None
    at_window: int = 0

    def behind(self, key: tuple[str, str, str]) -> Row | None:
        """The row behind a place in the list, else the last one; so what was the next task is shown next."""
        return next((row for row in self.rows if row.key > key), self.rows[-1] if self.rows else None)


def listing(actor: Actor, shown: Mapping[str, str], after: str = "") -> Listing:
    """Open tasks of a person, least time left first. ``shown``: ``which`` (all, overdue, today) and ``q``."""
    which, search = shown.get("which", "all"), shown.get("q", "")
    page = engine().read.inbox(actor, which, search, _key(after), PAGE)
    rows = [_row(found) for found in page.rows]
    upcoming = None
    if not rows and (which != "all" or search):
        first = engine().read.inbox(actor, limit=1).rows
        upcoming = _row(first[0]) if first else None
    counts = engine().read.inbox_counts(actor)
    idle = not counts.all and actor.holds(WINDOW, WINDOW_CLERK)
    at_window = engine().read.waiting_count() if idle else 0
    return Listing(rows, ",".join(page.after or ()), counts, which, search, upcoming, at_window)


def _key(after: str) -> Sequence[str] | None:
    if not after:
        return None
    parts = after.split(",")
    if len(parts) != 3:
        raise BadInput("page.key", "翻页位置有误", "the place in the list is wrong", "after")
    return parts


def _row(found: Mapping[str, Any]) -> Row:
    offering = engine().deployments.get(found["version"]).offering
    limit = limit_of(found["limit_value"], found["limit_unit"])
    return Row(
        case_id=found["case_id"], task_id=found["task_id"], number=found["number"], offering=local(offering, "short"),
        step=step_words(offering, found["step"], found["instance"]),
        left=time_left(found["opened_at"], found["due_at"], limit),
        due_at=found["due_at"], provisional=found["provisional"], items_ended=found["items_ended"],
        items_total=found["items_total"], escalated=found["escalation"] > 0, closed_at=found["closed_at"] or "",
        decision=found["decision"] or "",
    )  # fmt: skip


def done_rows(actor: Actor, before: str = "") -> tuple[list[Row], str]:
    """What a person has handled, newest first, and where the next page begins (empty at the end)."""
    found = engine().read.done(actor, _key(before), PAGE + 1)
    rows = [_row(one) for one in found[:PAGE]]
    last = rows[-1] if len(found) > PAGE else None
    return rows, NO_MORE if last is None else ",".join((last.closed_at, last.case_id, last.task_id))


@dataclass(frozen=True)
class NoticeRow:
    """One notice in words."""

    case_id: str
    number: str
    title: str
    text: str
    at: str
    colour: str


def notice_rows(actor: Actor) -> list[NoticeRow]:
    """The newest notices to a person's department and position."""
    return [_notice(found) for found in engine().outbox.notices_for(actor.department, actor.roles)]


def _notice(found: Mapping[str, Any]) -> NoticeRow:
    facts, template = found["facts"], str(found["template"])
    title, text, colour = template, "", "grey"
    if template == "step_overdue":
        title, colour = _("超期提醒"), "red"
        text = _catalogue_step(str(facts.get("step", "")))
    elif template == "step_cancelled":
        title = _("环节已终止")
        text = _catalogue_step(str(facts.get("step", "")))
    elif template == "item_not_reached":
        title = _("不再办理")
        text = _("“%(item)s”因“%(cause)s”不予而未进入办理", item=_item(facts["item"]), cause=_item(facts["cause"]))
    elif template == "case_deemed_accepted":
        title, colour = _("视为受理"), "amber"
        text = _("五个工作日内未告知补正，视为自 %(day)s 收件之日起受理", day=day(str(facts["since"])))
    elif template == "deferred_overdue":
        title, colour = _("容缺材料逾期未补"), "red"
    return NoticeRow(found["case_id"], str(facts.get("number", "")), title, text, found["written_at"], colour)


def _catalogue_step(step_id: str) -> str:
    offering: Offering | None = engine().deployments.catalogue.offerings.get(step_id.partition(".")[0])
    return step_id if offering is None else step_words(offering, step_id)


def _item(code: str) -> str:
    found = engine().deployments.catalogue.items.get(code)
    return code if found is None else local(found, "short")
