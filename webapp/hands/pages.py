"""签收 转办 委派 加签 减签 抄送 征询: one press, or a form with a person to choose; a refusal keeps what was typed.

Who may do what is asked of the engine. Whoever comes second is told who did what meanwhile.
"""

import secrets
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response

from engine.case.approvers.panels import panel_of
from engine.case.offers.hand_choices import ADD, hand_choices, require_hand
from engine.case.seating.seat_checks import find
from engine.case.state import Task
from engine.case.together.asides import require_sender
from engine.errors import BadInput, BinglianError, NotFound, NotPermitted
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases.acts import Answer, Option, Typed
from webapp.cases.history import history, people_of, step_words
from webapp.cases.meanwhile import entries_shown, last_word, meanwhile
from webapp.cases.seat_words import holder, place
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.hands.kinds import ASIDE_KINDS, MEANS, PLACED, PLACES, SEAT_KINDS, TITLES, TO, Asked, Kind, words_of
from webapp.hands.picker import NOBODY, candidates, receiver
from webapp.i18n import gettext as _
from webapp.inbox.task import LONGEST_DRAFT

SEARCH = "search"
"""What a form is sent for beside the act itself: to look for people."""
PRESS, WRITTEN = "press", "opinion"
"""What the form of a decision sends when a button of a seat is pressed beside it."""
ABOUT_PERSON = ("person.", "seat.receiver", "seat.delegate", "seat.twice", "seat.own_application", "aside.")
"""Codes of errors that concern whoever was chosen."""


@dataclass(frozen=True)
class Sent:
    """A form as it came: the seat it is about, what is typed, what was looked for, how long the journal was then."""

    seat: str
    typed: Typed
    search: str
    entries: int

    @classmethod
    def of_request(cls, kind: Kind) -> "Sent":
        """What the browser sent; for a first look nothing but the seat."""
        values = {name: request.form.get(name, "") for name in kind.fields}
        return cls(
            request.values.get("seat", "1"), Typed(values, _key()),
            request.form.get("q", ""), entries_shown(request.form.get("entries", "")),
        )  # fmt: skip


def _key() -> str:
    """The key of the form; a button that was pressed beside another form has one of its own."""
    return request.form.get(PRESS, "") or request.form.get("key", "") or secrets.token_urlsafe(12)


def _kind(act: str, known: dict[str, Kind]) -> Kind:
    if act not in known:
        raise NoPage()
    return known[act]


@signed_in()
def seat_page(case_id: str, task_id: str, act: str) -> Answer:
    """An act on a seat of a task: its form (GET), people found (POST with ``step=search``), the act itself (POST)."""
    return _page(_kind(act, dict(SEAT_KINDS)), case_id, task_id)


@signed_in()
def case_page(case_id: str, act: str) -> Answer:
    """A copy or a question: the same, about the case."""
    return _page(_kind(act, dict(ASIDE_KINDS)), case_id, "")


def _page(kind: Kind, case_id: str, task_id: str) -> Answer:
    view, sent = engine().read.case(case_id, current_actor()), Sent.of_request(kind)
    if request.method == "GET":
        return _first(kind, view, task_id, sent)
    if request.form.get("step") == SEARCH:
        return _form(kind, view, task_id, sent)
    if PRESS in request.form and task_id in view.case.tasks:
        written, now = request.form.get(WRITTEN, "")[:LONGEST_DRAFT], engine().read.now()
        engine().records.save_draft(case_id, task_id, current_actor().id, written, now)
    try:
        engine().execute(kind.command(_asked(kind, view, task_id, sent)), current_actor())
    except NotFound as error:
        if not error.code.startswith(ABOUT_PERSON):
            raise
        return _refused(kind, case_id, task_id, sent, error)
    except BinglianError as error:
        return _refused(kind, case_id, task_id, sent, error)
    flash(_done(case_id))
    return back(case_id, task_id)


def _first(kind: Kind, view: CaseView, task_id: str, sent: Sent) -> Answer:
    """An empty form, where the act is possible; otherwise back to the task, and why not."""
    actor = current_actor()
    try:
        if task_id:
            require_hand(view.case, view.deployment, task_id, kind.name, sent.seat, actor)
        else:
            require_sender(view.case, actor)
    except NotFound:
        raise
    except BinglianError as error:
        flash(_second(view, task_id, error))
        return back(view.case.id, task_id)
    if not kind.fields:
        return back(view.case.id, task_id)
    blank = dict(sent.typed.values) | ({PLACED: "beside"} if kind.name == ADD else {})
    return _form(kind, view, task_id, replace(sent, typed=replace(sent.typed, values=blank)))


def _asked(kind: Kind, view: CaseView, task_id: str, sent: Sent) -> Asked:
    to, values = NOBODY, sent.typed.values
    if kind.picks:
        to = receiver(values[TO], _roles(view, task_id, sent.seat))
        if not to.department:
            raise BadInput("act.choice", "请选择", "please choose", TO)
    return Asked(view.case.id, task_id, sent.seat, values, to, sent.typed.key)


def _roles(view: CaseView, task_id: str, seat: str) -> tuple[str, ...]:
    """The role of the seat, and that of the step: what a receiver is wanted for."""
    task = view.case.tasks.get(task_id)
    if task is None:
        return ()
    seats = panel_of(view.case, view.deployment, task).seats
    return (*(one.role for one in seats if one.id == seat), task.role)


def _refused(kind: Kind, case_id: str, task_id: str, sent: Sent, error: BinglianError) -> Answer:
    """The form with what was typed, why not, and what others did meanwhile; of an act without a form its task."""
    view = engine().read.case(case_id, current_actor())
    if not kind.fields:
        flash(_second(view, task_id, error))
        return back(case_id, task_id)
    field = TO if kind.picks and error.code.startswith(ABOUT_PERSON) else error.where
    typed = Typed(
        sent.typed.values, secrets.token_urlsafe(12), message_of(error), field if field in kind.fields else ""
    )  # fmt: skip
    told = [] if isinstance(error, BadInput) else meanwhile(view, sent.entries)
    return _form(kind, view, task_id, replace(sent, typed=typed), told), status_of(error)


def _second(view: CaseView, task_id: str, error: BinglianError) -> str:
    """Who was first, if anybody was, and why it is not possible any more."""
    return f"{last_word(view, task_id, current_actor().id)}{message_of(error)}" if task_id else message_of(error)


def back(case_id: str, task_id: str) -> Response:
    """To the task, to the case when it was about that; to the list for somebody who may not see it any more."""
    try:
        engine().read.case(case_id, current_actor())
    except (NotFound, NotPermitted):
        return redirect(url_for("inbox.todo"), HTTPStatus.SEE_OTHER)
    if task_id:
        return redirect(url_for("inbox.task", case_id=case_id, task_id=task_id), HTTPStatus.SEE_OTHER)
    return redirect(url_for("cases.case", case_id=case_id, _anchor="asides"), HTTPStatus.SEE_OTHER)


def _done(case_id: str) -> str:
    """What was done, as the journal says it."""
    actor = current_actor()
    try:
        view = engine().read.case(case_id, actor)
    except NotFound:  # it was handed to another department, and is out of sight
        return _("已办理。")
    mine = {entry.seq for entry in view.entries if entry.actor == actor.id}
    line = next((line for line in history(view, people_of(view)) if line.seq in mine), None)
    return _("已办理。") if line is None else _("已办理：%(what)s。", what=line.what)


def _form(kind: Kind, view: CaseView, task_id: str, sent: Sent, told: list[str] | None = None) -> str:
    actor, task = current_actor(), view.case.tasks.get(task_id)
    found = None
    if kind.picks:
        found = candidates(
            sent.search, actor.department, chosen=sent.typed.values[TO], desks=kind.desks, without={actor.id}
        )
    return render_template(
        "hands/act.html", act=kind.name, view=view, typed=sent.typed, fields=kind.fields, words=words_of(kind.name),
        title=TITLES[kind.name], means=MEANS[kind.name], found=found, told=told or [], seat=sent.seat, task=task,
        step="" if task is None else step_words(view.deployment.offering, task.step, task.instance),
        about=_about(view, task, sent.seat), options={PLACED: _places(view, task)},
        entries=sent.entries if sent.entries and not told else len(view.entries), action=_action(view, task_id, kind),
    )  # fmt: skip


def _action(view: CaseView, task_id: str, kind: Kind) -> str:
    if task_id:
        return url_for("hands.act", case_id=view.case.id, task_id=task_id, act=kind.name)
    return url_for("hands.aside", case_id=view.case.id, act=kind.name)


def _about(view: CaseView, task: Task | None, seat: str) -> str:
    """Who sits in the seat it is about."""
    if task is None:
        return ""
    try:
        found = find(panel_of(view.case, view.deployment, task), seat)
    except NotFound:
        return ""
    return f"{holder(found, people_of(view))}（{place(found)}）"


def _places(view: CaseView, task: Task | None) -> list[Option]:
    if task is None:
        return []
    placed = hand_choices(view.case, view.deployment, task, current_actor()).placed
    return [Option(one, str(PLACES[one])) for one in placed or PLACES]
