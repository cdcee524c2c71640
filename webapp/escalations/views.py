"""The page 督办 of those who were told or are late, the page of one escalation, and what people answer to it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.case.answers.answering import check_write_off, may_acknowledge, may_explain, may_write_off
from engine.commands import AcknowledgeEscalation, Actor, ExplainEscalation, WriteOffEscalation
from engine.errors import AlreadyDone, BadInput, BinglianError, NotPossible
from engine.journal import Entry
from engine.reader import CaseView
from engine.store.escalations import ALL, UNACKNOWLEDGED, UNEXPLAINED, EscalationFilter
from webapp.admin.escalation_rows import Raised, line_of, raised
from webapp.admin.escalations import Ledger, ledger
from webapp.auth import current_account, current_actor, is_supervisor, signed_in
from webapp.cases.acts import Answer, Typed
from webapp.cases.history import Line, history, people_of
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.escalations.words import SAID, done
from webapp.i18n import gettext as _
from webapp.words import instant

escalations = Blueprint("escalations", __name__, url_prefix="/escalations")

Answering = AcknowledgeEscalation | ExplainEscalation | WriteOffEscalation
REMARK = "—"
"""Stands for the remark when only the rest of a write-off is asked about."""
NOBODY = frozenset({""})
"""The roles of somebody who has none; no roles at all would be everybody's."""


@dataclass(frozen=True)
class Choice:
    """One list of the page: its name in the address, its words, how many are on it."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class Story:
    """One escalation, its step's part of the journal, and what this person may do about it now.

    ``why_not`` tells supervisors why they cannot write it off yet.
    """

    view: CaseView
    one: Raised
    lines: tuple[Line, ...]
    may_acknowledge: bool
    may_explain: bool
    may_write_off: bool
    why_not: str


@escalations.get("/")
@signed_in()
def mine() -> str:
    """``list``: to_acknowledge, told, to_explain or late; the first with something to do unless one is asked for."""
    asked = _lists(current_actor())
    told = engine().read.escalation_counts(asked["told"])
    late = engine().read.escalation_counts(asked["late"])
    choices = [
        Choice("to_acknowledge", _("待我签收"), told[UNACKNOWLEDGED]), Choice("told", _("告知我的"), told[ALL]),
        Choice("to_explain", _("本部门待说明"), late[UNEXPLAINED]), Choice("late", _("本部门的"), late[ALL]),
    ]  # fmt: skip
    first = next((one.name for one in choices if one.count), "told")
    chosen = request.args.get("list", "")
    chosen = chosen if chosen in asked else first
    page: Ledger = ledger(asked[chosen], request.args.get("after", ""))
    return render_template(
        "escalations/mine.html", page=page, choices=choices, chosen=chosen, can=_can(page),
        key=secrets.token_urlsafe(12),
    )  # fmt: skip


def _lists(actor: Actor) -> dict[str, EscalationFilter]:
    told = EscalationFilter(ALL, to_department=actor.department, to_roles=actor.roles or NOBODY)
    late = EscalationFilter(ALL, department=actor.department)
    return {
        "to_acknowledge": replace(told, which=UNACKNOWLEDGED), "told": told,
        "to_explain": replace(late, which=UNEXPLAINED), "late": late,
    }  # fmt: skip


def _can(page: Ledger) -> set[tuple[str, str]]:
    """Which of the rows this person can acknowledge."""
    actor = current_actor()
    return {(one.line.case_id, one.record.number) for one in page.rows if may_acknowledge(one.record, actor)}


@escalations.get("/<case_id>/<number>")
@signed_in()
def one(case_id: str, number: str) -> str:
    """One escalation, for everybody who may see its case."""
    return _page(case_id, number, _fresh())


@escalations.post("/<case_id>/<number>/acknowledge")
@signed_in()
def acknowledge(case_id: str, number: str) -> Answer:
    """``key``: says that one knows; goes back to the list when it was sent from there (``list``)."""
    return _answered(case_id, number, lambda typed: AcknowledgeEscalation(case_id, number, typed.key))


@escalations.post("/<case_id>/<number>/explain")
@signed_in()
def explain(case_id: str, number: str) -> Answer:
    """``explanation``, ``key``."""
    return _answered(
        case_id, number, lambda typed: ExplainEscalation(case_id, number, typed.values["explanation"], typed.key)
    )


@escalations.post("/<case_id>/<number>/write-off")
@signed_in()
def write_off(case_id: str, number: str) -> Answer:
    """``remark``, ``key``."""
    return _answered(
        case_id, number, lambda typed: WriteOffEscalation(case_id, number, typed.values["remark"], typed.key)
    )


def _fresh(error: BinglianError | None = None) -> Typed:
    """What was typed, under a new key; empty on a page that was only asked for."""
    values = {name: request.form.get(name, "") for name in ("explanation", "remark")}
    if error is None:
        return Typed(values, secrets.token_urlsafe(12))
    return Typed(values, secrets.token_urlsafe(12), message_of(error), error.where if error.where in values else "")


def _answered(case_id: str, number: str, command_of: Callable[[Typed], Answering]) -> Answer:
    """Carries it out and shows it; a refused one keeps its words, and who was first is told."""
    command = command_of(replace(_fresh(), key=request.form.get("key", "")))
    try:
        engine().execute(command, current_actor())
    except AlreadyDone as error:
        flash(_already(case_id, number, command, error))
    except (BadInput, NotPossible) as error:
        return _page(case_id, number, _fresh(error)), status_of(error)
    else:
        flash(done(command))
    if "list" in request.form:
        return redirect(url_for("escalations.mine"), HTTPStatus.SEE_OTHER)
    return redirect(url_for("escalations.one", case_id=case_id, number=number), HTTPStatus.SEE_OTHER)


def _already(case_id: str, number: str, command: Answering, error: AlreadyDone) -> str:
    """Who wrote it off or acknowledged it before, and when."""
    known = raised(line_of(case_id, number))
    if known.written_off is not None:
        return _("%(name)s 已在 %(time)s 销号。", name=known.written_off.who, time=instant(known.written_off.at))
    if isinstance(command, AcknowledgeEscalation) and known.acknowledged is not None:
        return _("%(name)s 已在 %(time)s 签收。", name=known.acknowledged.who, time=instant(known.acknowledged.at))
    return message_of(error)


def _page(case_id: str, number: str, typed: Typed) -> str:
    story = _story(engine().read.case(case_id, current_actor()), number, current_actor())
    return render_template("escalations/one.html", story=story, typed=typed, words=SAID, supervises=_supervises())


def _supervises() -> bool:
    account = current_account()
    return account is not None and is_supervisor(account)


def _story(view: CaseView, number: str, actor: Actor) -> Story:
    line = line_of(view.case.id, number)
    record = line.record
    writes_off = may_write_off(record, actor, line.step_open, line.handled_by)
    lines = {entry.seq for entry in view.entries if _is_about(entry, record.task, number)}
    return Story(
        view, raised(line), tuple(one for one in history(view, people_of(view)) if one.seq in lines),
        may_acknowledge(record, actor), may_explain(record, actor), writes_off,
        "" if writes_off or not _supervises() else _why_not(view, number, actor),
    )  # fmt: skip


def _is_about(entry: Entry, task: str, number: str) -> bool:
    """Whether an entry tells of this escalation or its step; a timer is named after its task."""
    facts = entry.facts
    timer = str(facts.get("timer", "")).rpartition(":")[0]
    tasks = {timer, facts.get("task"), *(facts.get("tasks") or ())}
    return task in tasks or facts.get("escalation") == number


def _why_not(view: CaseView, number: str, actor: Actor) -> str:
    """In words, what keeps a supervisor from writing it off; empty once it is written off."""
    if view.case.escalations[number].written_off_at is not None:
        return ""
    try:
        check_write_off(view.case, WriteOffEscalation(view.case.id, number, REMARK), actor)
    except BinglianError as error:
        return message_of(error)
    return ""
