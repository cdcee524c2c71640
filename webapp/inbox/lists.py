"""The rows of the left-hand pane: open tasks, what was done, notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.case.policy import WINDOW, WINDOW_CLERK
from engine.case.seating.seat_text import seats_from
from engine.case.state import VOIDED
from engine.commands import Actor
from engine.errors import BadInput
from engine.reader import InboxCounts
from engine.store.inbox import FAR
from engine.store.urging import LastNudge, last_nudges
from engine.store.voids import Voiding, voidings
from webapp.cases.demand_notices import demand_notice
from webapp.cases.escalation_words import catalogue_step, notice_words
from webapp.cases.going_back import KINDS
from webapp.cases.going_back_words import ACTS, CANCELLED_AFTER, CANCELLED_BY_FLOW
from webapp.cases.hand_words import claimed_by, hand_notice
from webapp.cases.history import step_words
from webapp.cases.promise_words import promise_notice
from webapp.cases.session_words import session_notice
from webapp.cases.stage_words import stage_notice
from webapp.cases.step_notes import nudger
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.inbox.shares import Share, advises, in_place_of, in_scope, lent_to, shares
from webapp.words import TimeLeft, day, instant, limit_of, local, local_instant, step_lights, time_left

PAGE = 50
BACK = {entry: ACTS[name] for name, entry in ((one.name, one.entry) for one in KINDS.values())}
"""Acts that take decisions back, by their kinds of entries."""
NO_MORE = ""


def sort_key(due_at: str | None, case_id: str, task_id: str) -> tuple[str, str, str]:
    """The place of a task in the list: least time left first, tasks without a deadline last."""
    return due_at or FAR, case_id, task_id


@dataclass(frozen=True)
class Row:
    """One task in a list; ``nudged`` says who urged last and when, empty when nobody has; ``claimed`` is somebody
    else who has it now, ``lent`` whom the reader asked, ``advises``: the reader is only asked; ``void`` by which act
    the decision was taken back, when and by whom, ``why`` for which reason, both empty while it stands."""

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
    nudged: str = ""
    claimed: str = ""
    lent: str = ""
    advises: bool = False
    void: str = ""
    why: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What the list is sorted by."""
        return sort_key(self.due_at, self.case_id, self.task_id)


@dataclass(frozen=True)
class Listing:
    """A page of the to-do list, the numbers on its chips, and where the next page begins (empty at the end).

    ``at_window``: applications waiting there, told to a clerk who has nothing else to do. ``shares``: chips of who has
    what, ``whose`` and ``behalf`` the one that is chosen.
    """

    rows: list[Row]
    after: str
    counts: InboxCounts
    which: str
    search: str
    next_due: Row | None = None
    at_window: int = 0
    shares: Sequence[Share] = ()
    whose: str = ""
    behalf: str = ""

    def behind(self, key: tuple[str, str, str]) -> Row | None:
        """The row behind a place in the list, else the last one; so what was the next task is shown next."""
        return next((row for row in self.rows if row.key > key), self.rows[-1] if self.rows else None)


def listing(actor: Actor, shown: Mapping[str, str], after: str = "") -> Listing:
    """Open tasks of a person, least time left first. ``shown``: ``which`` (all, overdue, today), ``q``, ``whose``
    (one of the shares), ``behalf`` (an absent person whose tasks are shown instead)."""
    which, search = shown.get("which", "all"), shown.get("q", "")
    whose, behalf = shown.get("whose", ""), shown.get("behalf", "")
    absent = in_place_of(actor, behalf) if behalf else None
    reader, rows_for = (actor, []) if absent is None else absent
    page = engine().read.inbox(reader, which, search, _key(after), PAGE, whose)
    found = [one for one in page.rows if not rows_for or (in_scope(one, rows_for) and one["applicant"] != actor.id)]
    rows = _rows(found, actor)
    upcoming = None
    if not rows and (which != "all" or search or whose or behalf):
        first = engine().read.inbox(actor, limit=1).rows
        upcoming = _row(first[0]) if first else None
    counts = engine().read.inbox_counts(actor)
    idle = not counts.all and actor.holds(WINDOW, WINDOW_CLERK)
    at_window = engine().read.waiting_count(actor) if idle else 0
    return Listing(
        rows, ",".join(page.after or ()), counts, which, search, upcoming, at_window, shares(actor), whose,
        behalf if absent else "",
    )  # fmt: skip


def _rows(found: Sequence[Mapping[str, Any]], actor: Actor) -> list[Row]:
    urged = last_nudges(engine().store.database, {(one["case_id"], one["task_id"]) for one in found})
    rows = [_row(one, urged.get((one["case_id"], one["task_id"]))) for one in found]
    return _with_names([_held(row, one, actor) for row, one in zip(rows, found, strict=True)])


def _held(row: Row, found: Mapping[str, Any], actor: Actor) -> Row:
    """Who has it, where that is not just whoever holds the role."""
    if not found["seats"]:
        return row
    lent = lent_to(found, actor.id)
    claimed = "" if lent else _claimed(found, actor)
    return replace(row, claimed=claimed, lent=lent, advises=advises(found, actor.id))


def _claimed(found: Mapping[str, Any], actor: Actor) -> str:
    return claimed_by(seats_from(found["seats"]), actor.id) if found["seats"] else ""


def _with_names(rows: list[Row]) -> list[Row]:
    """Whoever has a task instead of the reader, by name; one query when there is any."""
    accounts = {account for row in rows for account in (row.claimed, row.lent) if account}
    names = engine().records.names(accounts) if accounts else {}
    return [
        replace(row, claimed=names.get(row.claimed, row.claimed), lent=names.get(row.lent, row.lent))
        if row.claimed or row.lent else row
        for row in rows
    ]  # fmt: skip


def _key(after: str) -> Sequence[str] | None:
    if not after:
        return None
    parts = after.split(",")
    if len(parts) != 3:
        raise BadInput("page.key", "翻页位置有误", "the place in the list is wrong", "after")
    return parts


def _row(found: Mapping[str, Any], urged: LastNudge | None = None) -> Row:
    deployment = engine().deployments.get(found["version"])
    offering, limit = deployment.offering, limit_of(found["limit_value"], found["limit_unit"])
    return Row(
        case_id=found["case_id"], task_id=found["task_id"], number=found["number"], offering=local(offering, "short"),
        step=step_words(offering, found["step"], found["instance"]),
        left=time_left(found["opened_at"], found["due_at"], limit, step_lights(deployment, found["step"])),
        due_at=found["due_at"], provisional=found["provisional"], items_ended=found["items_ended"],
        items_total=found["items_total"], escalated=found["escalation"] > 0, closed_at=found["closed_at"] or "",
        decision=found["decision"] or "", nudged="" if urged is None else _nudged(urged),
    )  # fmt: skip


def _nudged(urged: LastNudge) -> str:
    at = local_instant(urged.at).strftime("%m-%d %H:%M")
    return _("%(time)s %(who)s催办", time=at, who=nudger(urged.by))


def done_rows(actor: Actor, before: str = "") -> tuple[list[Row], str]:
    """What a person has handled, newest first, and where the next page begins (empty at the end)."""
    found = engine().read.done(actor, _key(before), PAGE + 1)
    void = {(one["case_id"], one["voided"]) for one in found[:PAGE] if one["status"] == VOIDED}
    by = voidings(engine().store.database, void)
    names = engine().records.names(one.actor for one in by.values())
    rows = [_voided(_row(one), by.get((one["case_id"], one["voided"])), names) for one in found[:PAGE]]
    last = rows[-1] if len(found) > PAGE else None
    return rows, NO_MORE if last is None else ",".join((last.closed_at, last.case_id, last.task_id))


def _voided(row: Row, by: Voiding | None, names: Mapping[str, str]) -> Row:
    if by is None:
        return row
    told = {"who": names.get(by.actor, by.actor), "time": instant(by.at), "what": BACK.get(by.kind, _("材料更新"))}
    return replace(row, void=_("%(who)s 于 %(time)s %(what)s", **told), why=by.reason)


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
    return [_notice(found) for found in engine().outbox.notices_for(actor.department, actor.roles, person=actor.id)]


def _notice(found: Mapping[str, Any]) -> NoticeRow:
    facts, template = found["facts"], str(found["template"])
    title, text, colour = template, "", "grey"
    if template == "step_cancelled":
        title = _("环节已取消")
        why = CANCELLED_AFTER.get(str(facts.get("after")), CANCELLED_BY_FLOW)
        text = _("%(step)s：%(why)s，无需再办", step=catalogue_step(str(facts.get("step", ""))), why=why)
    elif template == "item_not_reached":
        title = _("不再办理")
        text = _("“%(item)s”因“%(cause)s”不予而未进入办理", item=_item(facts["item"]), cause=_item(facts["cause"]))
    elif template == "case_deemed_accepted":
        title, colour = _("视为受理"), "amber"
        text = _("五个工作日内未告知补正，视为自 %(day)s 收件之日起受理", day=day(str(facts["since"])))
    elif template == "deferred_overdue":
        title, colour = _("容缺材料逾期未补"), "red"
    elif (said := _said(template, facts)) is not None:
        title, text, colour = said
    return NoticeRow(found["case_id"], str(facts.get("number", "")), title, text, found["written_at"], colour)


def _said(template: str, facts: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Title, text and colour of a notice about a step, a copy or a question."""
    step = catalogue_step(str(facts["step"])) if facts.get("step") else ""
    said = notice_words(template, facts) or stage_notice(template, facts) or demand_notice(template, facts)
    said = said or session_notice(template, facts)
    return said or hand_notice(template, facts, step) or promise_notice(template, facts)


def _item(code: str) -> str:
    found = engine().deployments.catalogue.items.get(code)
    return code if found is None else local(found, "short")
