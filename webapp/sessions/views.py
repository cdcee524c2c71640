"""Arranging a session, seeing it, recording, closing: plain forms, no script needed. Rights are asked of the engine."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.case.parts.session import HEARING, KINDS, OPEN, SITE_VISIT, Session
from engine.case.sessions.choices import arrangeable, proposed
from engine.case.sessions.hearing import examiners
from engine.case.sessions.people import require_arranger
from engine.errors import AlreadyDone, BadInput, NotFound, NotPossible
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases.clock_words import whose
from webapp.cases.session_words import kind_words, numbered
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.sessions.forms import SAID, Typed, command_of, done, typed_now
from webapp.sessions.lists import beside_tasks, this_week
from webapp.sessions.shown import outcome_options, sessions_of, shown
from webapp.words import department_name, local_instant

sessions = Blueprint("sessions", __name__, url_prefix="/cases/<case_id>/sessions")
Answer = str | tuple[str, int] | Response
MOST_PEOPLE = 300
"""People offered as chairs; another one's account can be typed."""


@sessions.app_context_processor
def _lists() -> dict[str, Any]:
    return {"sessions_of": sessions_of, "sessions_beside": beside_tasks, "sessions_this_week": this_week}


@sessions.route("/new", methods=["GET", "POST"])
@signed_in()
def new(case_id: str) -> Answer:
    """The form of a new session (GET; ``kind``); arranges it (POST)."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    if request.method == "GET":
        items = arrangeable(view.case, view.deployment, actor)
        if not items:
            require_arranger(view.deployment, view.case.items, actor)
            flash(_("现在没有正在办理的事项，不能安排。"))
            return _to_case(case_id)
        return _new(view, _proposal(view, items))
    typed = typed_now("arrange")
    try:
        engine().execute(command_of(case_id, "", typed), actor)
    except (BadInput, AlreadyDone, NotFound, NotPossible) as error:
        return _new(engine().read.case(case_id, actor), typed.refused(error)), status_of(error)
    return _done(case_id, "", "arrange")


def _proposal(view: CaseView, items: tuple[str, ...]) -> Typed:
    """What the form begins with: the kind that was asked for, else what a joint visit of the diagram proposes."""
    kind = request.args.get("kind", "")
    visit = proposed(view.case, view.deployment) if kind in {"", SITE_VISIT} else ()
    kind = kind if kind in KINDS else SITE_VISIT if visit else ""
    return Typed("arrange", {"kind": kind}, visit or (items if len(items) == 1 else ()))


@sessions.get("/<number>")
@signed_in()
def one(case_id: str, number: str) -> Answer:
    """One session with the forms this person may use."""
    view = engine().read.case(case_id, current_actor())
    return _page(view, _known(view, number), Typed(""))


@sessions.post("/<number>/<any(record, join, change, close, cancel):act>")
@signed_in()
def act(case_id: str, number: str, act: str) -> Answer:
    """Does one act on a session; what is refused comes back with what was typed."""
    actor, typed = current_actor(), typed_now(act)
    view = engine().read.case(case_id, actor)
    _known(view, number)
    try:
        engine().execute(command_of(case_id, number, typed), actor)
    except AlreadyDone as error:
        flash(message_of(error))
        return _to_session(case_id, number)
    except (BadInput, NotFound, NotPossible) as error:
        view = engine().read.case(case_id, actor)
        return _page(view, _known(view, number), typed.refused(error)), status_of(error)
    return _done(case_id, number, act)


def _known(view: CaseView, number: str) -> Session:
    found = view.case.sessions.get(number)
    if found is None:
        raise NotFound("session.unknown", "没有这次安排", "there is no such session", number)
    return found


def _done(case_id: str, number: str, act: str) -> Response:
    """Tells what was done, on the page of the session; of a new one, the last."""
    view = engine().read.case(case_id, current_actor())
    number = number or str(len(view.case.sessions))
    flash(done(act, numbered(view.case.sessions[number])))
    return _to_session(case_id, number)


def _to_session(case_id: str, number: str) -> Response:
    return redirect(url_for("sessions.one", case_id=case_id, number=number), HTTPStatus.SEE_OTHER)


def _to_case(case_id: str) -> Response:
    return redirect(url_for("cases.case", case_id=case_id, _anchor="sessions"), HTTPStatus.SEE_OTHER)


def _new(view: CaseView, typed: Typed) -> str:
    offering = view.deployment.offering
    items = arrangeable(view.case, view.deployment, current_actor())
    return render_template(
        "sessions/new.html", view=view, typed=typed, words=SAID, kinds=[(kind, kind_words(kind)) for kind in KINDS],
        items=[(code, whose(offering, code), department_name(offering.item(code).department)) for code in items],
        people=_people(view, items), found=sessions_of(view),
        visit=items and proposed(view.case, view.deployment),
    )  # fmt: skip


def _people(view: CaseView, items: tuple[str, ...]) -> list[tuple[str, str]]:
    """Who could preside over a hearing, by account: people of the departments concerned, without those who examine."""
    offering = view.deployment.offering
    departments = {offering.lead_department, *(offering.item(code).department for code in items)}
    not_these = examiners(view.case, items) | {view.case.applicant}
    known = engine().records.people("", departments, MOST_PEOPLE)
    return [(who.id, f"{who.name} · {department_name(who.department)}") for who in known if who.id not in not_these]


def _page(view: CaseView, found: Session, typed: Typed) -> str:
    row = shown(view, found, current_actor())
    planned = local_instant(found.planned_at).strftime("%Y-%m-%dT%H:%M")
    now = {
        "planned_at": planned, "place": found.place, "expected_days": found.expected_days if found.stops else "",
        "chair": found.chair,
    }  # fmt: skip
    forms = {name: typed if typed.act == name else Typed(name, now if name == "change" else {}) for name in _ACTS}
    return render_template(
        "sessions/one.html", view=view, row=row, forms=forms, typed=typed, words=SAID, outcomes=outcome_options(),
        names={code: whose(view.deployment.offering, code) for code in view.case.items}, open=found.status == OPEN,
        hearing=found.kind == HEARING, people=_people(view, found.taking_part) if row.may.change else [],
    )  # fmt: skip


_ACTS = ("record", "join", "change", "close", "cancel")
