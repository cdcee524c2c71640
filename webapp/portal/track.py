"""How far a case is, for its applicant: departments, states, dates. No official's name, no personal data."""

from dataclasses import dataclass

from engine.case.approval import LEAD
from engine.case.state import (
    CLOSED,
    CORRECTION,
    DONE,
    ENDED_ITEMS,
    GRANTED,
    ISSUED,
    OVER,
    PROVISIONAL,
    REFUSED,
    SUBMITTED,
    Item,
    Result,
)  # fmt: skip
from engine.catalogue import LEAD_DECIDES, SEPARATE, Offering, ServiceItem, Step
from engine.instants import to_text
from engine.journal import Entry
from engine.reader import CaseView
from webapp.cases.clock_words import material_words
from webapp.cases.steps import StepRow, step_rows, waits_for
from webapp.portal.checklist import Checklist, checklist_of

DELIVER, ASKED = "deliver", "CorrectionRequested"
WORKING, WAITING, AGREED, OPPOSED = "working", "waiting", "agreed", "opposed"
READY, UNDERWAY = "ready", "in_progress"


@dataclass(frozen=True)
class Mark:
    """One step and its state: done, covered, active, overdue, refused, skipped, waiting or future."""

    step: Step
    state: str


@dataclass(frozen=True)
class Line:
    """One item of the case.

    ``state``: working, waiting (for ``waits_for``), granted, refused (``reason``), agreed or opposed (the department's
    opinion, the lead department has yet to decide) or not_reached (because of ``cause``). ``overdue``: past its own
    promised day; ``slow``: one of its open steps is past its limit, the item itself may still be in time; ``told``: its
    section head was told.
    """

    item: ServiceItem
    state: str
    marks: tuple[Mark, ...]
    waits_for: tuple[ServiceItem, ...] = ()
    cause: ServiceItem | None = None
    reason: str = ""
    due_at: str | None = None
    ended_at: str | None = None
    provisional: bool = False
    overdue: bool = False
    slow: bool = False
    told: bool = False
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class AskedLine:
    """One material a notice of correction names: what is wrong with it, whether it has come meanwhile."""

    name: str
    wrong: str
    received: bool


@dataclass(frozen=True)
class Asked:
    """The notice of correction that is out: when it was sent, why, what it names."""

    at: str
    reason: str
    lines: tuple[AskedLine, ...]


@dataclass(frozen=True)
class Progress:
    """What the applicant sees. ``state``: submitted, declined, in_progress, ready (results can be fetched), closed,
    withdrawn, terminated. ``asked``: what he has to correct before the acceptance.

    ``refused``: some item is refused for good, so the ways to contest that are told (行政许可法 38).
    """

    state: str
    offering: Offering
    lines: tuple[Line, ...]
    own: tuple[Mark, ...]
    materials: Checklist
    refused: bool
    asked: Asked | None = None


def progress_of(view: CaseView) -> Progress:
    """The progress of a case."""
    case, offering = view.case, view.deployment.offering
    rows = step_rows(view) if case.items else []
    items = [case.items[item.code] for item in offering.items if item.code in case.items]
    lines = tuple(_line(view, item, rows) for item in items)
    own = tuple(Mark(row.step, row.state) for row in rows if not row.item)
    final = case.status == CLOSED or offering.join_policy == SEPARATE
    refused = final and (case.outcome == REFUSED or any(line.state == REFUSED for line in lines))
    asked = asked_of(view) if case.status == CORRECTION else None
    return Progress(_state(view), offering, lines, own, checklist_of(case, offering), refused, asked)


def asked_entry(view: CaseView) -> Entry | None:
    """The entry of the last notice of correction before the acceptance; None when there was none."""
    return next((entry for entry in reversed(view.entries) if entry.kind == ASKED), None)


def asked_of(view: CaseView) -> Asked | None:
    """That notice."""
    entry = asked_entry(view)
    if entry is None:
        return None
    offering, case = view.deployment.offering, view.case
    lines = tuple(
        AskedLine(material_words(offering, case, code), str(wrong), code in case.materials)
        for code, wrong in entry.facts["materials"].items()
    )
    return Asked(entry.at, str(entry.facts["reason"]), lines)


def _state(view: CaseView) -> str:
    status = view.case.status
    if status == CORRECTION:
        return SUBMITTED  # the page says what is to be handed in
    if status == SUBMITTED or status in OVER:
        return status
    return READY if any(task.act == DELIVER for task in view.case.open_tasks()) else UNDERWAY


def _line(view: CaseView, item: Item, rows: list[StepRow]) -> Line:
    case, offering = view.case, view.deployment.offering
    waits = tuple(offering.item(code) for code in waits_for(offering, case, item.code))
    results = tuple(result for result in case.results.values() if result.item == item.code)
    marks = tuple(Mark(row.step, row.state) for row in rows if row.item == item.code)
    return Line(
        item=offering.item(item.code),
        state=_item_state(view, item, results, bool(waits)),
        marks=marks,
        waits_for=waits,
        cause=offering.item(item.cause) if item.cause else None,
        reason=item.reason,
        due_at=item.due_at,
        ended_at=item.ended_at,
        provisional=item.provisional,
        overdue=not item.ended_at and item.due_at is not None and item.due_at < to_text(view.now),
        slow=any(mark.state == "overdue" for mark in marks),
        told=any(task.escalation for task in case.open_tasks() if task.item == item.code),
        results=tuple(result for result in results if result.status == ISSUED),
    )


def _item_state(view: CaseView, item: Item, results: tuple[Result, ...], waits: bool) -> str:
    if item.status == REFUSED and _awaits_lead(view):
        return OPPOSED
    if item.status in ENDED_ITEMS:
        return item.status
    if item.status == GRANTED:
        return AGREED if any(result.status == PROVISIONAL for result in results) else GRANTED
    return WAITING if waits else WORKING


def _awaits_lead(view: CaseView) -> bool:
    if view.case.status == CLOSED or view.deployment.offering.join_policy != LEAD_DECIDES:
        return False
    return not any(task.act == LEAD and task.status == DONE for task in view.case.tasks.values())
