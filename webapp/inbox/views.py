"""The inbox approvers live in: two panes, least time left first; decide, and the next task is there."""

from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Response, flash, get_flashed_messages, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.case.policy import require_open
from engine.commands import DecideStep, DeliverResults
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPermitted, NotPossible
from webapp.auth import current_actor, signed_in
from webapp.cases.page import case_page
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.inbox.confirm import confirmation
from webapp.inbox.lists import Listing, done_rows, listing, notice_rows, sort_key
from webapp.inbox.task import LONGEST_DRAFT, TaskForm, TaskPage, task_page
from webapp.words import local_instant

inbox = Blueprint("inbox", __name__, url_prefix="/inbox")

Answer = str | tuple[str, int] | AnyResponse
SEEN = "seen-"
"""Prefix of the form inputs that say which versions of files were shown."""


def _shown() -> dict[str, str]:
    """Which list the person is looking at: chips ``which`` and ``whose``, the absent person it is of (``behalf``) and
    search words ``q``, kept in every address."""
    given = {name: request.values.get(name, "").strip()[:60] for name in ("which", "q", "whose", "behalf")}
    return {name: value for name, value in given.items() if value}


def _address(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values, **cast(dict[str, Any], _shown()))


@inbox.get("/")
@signed_in()
def todo() -> Answer:
    """The list, with its first task open beside it (on a phone the list alone shows)."""
    rows = listing(current_actor(), _shown(), request.args.get("after", ""))
    if request.headers.get("HX-Target", "").endswith("#more"):
        return render_template("inbox/_rows.html", listing=rows, selected="", shown=_shown())
    if request.headers.get("HX-Target", "").endswith("#listing"):
        return render_template("inbox/_list.html", listing=rows, selected="", shown=_shown())
    first = rows.rows[0] if rows.rows else None
    page = None if first is None else task_page(first.case_id, first.task_id, current_actor())
    return _whole(rows, page, at_list=True)


@inbox.get("/<case_id>/<task_id>")
@signed_in()
def task(case_id: str, task_id: str) -> Answer:
    """One task: the right-hand pane for htmx, else the whole page with the task chosen."""
    page = task_page(case_id, task_id, current_actor())
    if request.headers.get("HX-Target", "").endswith("#detail"):
        return render_template("inbox/_task.html", page=page, shown=_shown(), fragment=True)
    return _whole(listing(current_actor(), _shown()), page, at_list=False)


def _whole(rows: Listing, page: TaskPage | None, *, at_list: bool) -> str:
    return render_template("inbox/inbox.html", listing=rows, page=page, shown=_shown(), at_list=at_list)


@inbox.post("/<case_id>/<task_id>/decide")
@signed_in()
def decide(case_id: str, task_id: str) -> Answer:
    """``decision``, ``opinion``, ``key``, ``seen-<material>``: decides the step, then shows the next one."""
    behalf = request.form.get("for", "")
    form = TaskForm(request.form.get("opinion", ""), request.form.get("key", ""), "opinion", behalf=behalf)
    seen = {name.removeprefix(SEEN): text for name, text in request.form.items() if name.startswith(SEEN)}
    command = DecideStep(
        case_id, task_id, request.form.get("decision", ""), form.opinion, form.key, seen, behalf=behalf
    )
    return _carry_out(command, form)


@inbox.post("/<case_id>/<task_id>/deliver")
@signed_in()
def deliver(case_id: str, task_id: str) -> Answer:
    """``method`` (window or courier), ``key``: hands the results over and closes the case."""
    form = TaskForm("", request.form.get("key", ""), "method")
    return _carry_out(DeliverResults(case_id, task_id, request.form.get("method", ""), form.key), form)


def _carry_out(command: DecideStep | DeliverResults, form: TaskForm) -> Answer:
    actor = current_actor()
    try:
        outcome = engine().execute(command, actor)
    except BadInput as error:
        return _form_again(command, form.refused(error))
    except (AlreadyDone, NotPermitted, NotPossible) as error:
        return _too_late(command, form, error)
    engine().records.save_draft(command.case_id, command.task_id, actor.id, "", engine().read.now())
    view = engine().read.case(command.case_id, actor)
    flash(confirmation(view, command, outcome))
    return _show_next(sort_key(view.case.tasks[command.task_id].due_at, command.case_id, command.task_id))


def _show_next(place: tuple[str, str, str]) -> Answer:
    """The next task beside a fresh list: tasks the decision has just opened are in it."""
    rows = listing(current_actor(), _shown())
    chosen = rows.behind(place)
    if chosen is None:
        address = _address("inbox.todo")
    else:
        address = _address("inbox.task", case_id=chosen.case_id, task_id=chosen.task_id)
    if "HX-Request" not in request.headers:
        return redirect(address, HTTPStatus.SEE_OTHER)
    page = None if chosen is None else task_page(chosen.case_id, chosen.task_id, current_actor())
    html = render_template(
        "inbox/_after.html", listing=rows, page=page, shown=_shown(), messages=get_flashed_messages()
    )
    return Response(html, headers={"HX-Push-Url": address})


def _form_again(command: DecideStep | DeliverResults, form: TaskForm) -> Answer:
    """The form with its error at the field and the person's text in it."""
    page = task_page(command.case_id, command.task_id, current_actor(), form)
    if "HX-Request" not in request.headers:
        return _whole(listing(current_actor(), _shown()), page, at_list=False), HTTPStatus.BAD_REQUEST
    html = render_template("inbox/_form.html", page=page, shown=_shown())
    return Response(html, HTTPStatus.BAD_REQUEST, {"HX-Retarget": "#act", "HX-Reswap": "outerHTML"})


def _too_late(command: DecideStep | DeliverResults, form: TaskForm, error: BinglianError) -> Answer:
    """Somebody was first: who and when, calmly; the text stays on the page and among the drafts."""
    actor = current_actor()
    if form.opinion.strip():
        engine().records.save_draft(command.case_id, command.task_id, actor.id, form.opinion, engine().read.now())
    try:
        page = task_page(command.case_id, command.task_id, actor, form)
    except NotFound:  # handed to others, and out of sight
        return _out_of_sight(form, error)
    page = page.with_problem(message_of(error)) if page.open else page.with_reason(message_of(error))
    rows = listing(actor, _shown())
    if "HX-Request" not in request.headers:
        return _whole(rows, page, at_list=False), status_of(error)
    return render_template("inbox/_after.html", listing=rows, page=page, shown=_shown(), messages=[]), status_of(error)


def _out_of_sight(form: TaskForm, error: BinglianError) -> Answer:
    """The case may not be shown any more; what was written still is."""
    whole = "HX-Request" not in request.headers
    html = render_template("inbox/gone.html" if whole else "inbox/_gone.html", form=form, message=message_of(error))
    return html, status_of(error)


@inbox.post("/<case_id>/<task_id>/draft")
@signed_in()
def draft(case_id: str, task_id: str) -> Answer:
    """``opinion``: kept as it is typed; answers when, so that the page can say so.

    Of a step that was taken away meanwhile it is kept too, and the answer says who did that; of one that this person
    has decided it is not.
    """
    actor, now = current_actor(), engine().read.now()
    page = task_page(case_id, task_id, actor)
    if page.task.actor == actor.id:
        require_open(page.case.case, task_id)
    engine().records.save_draft(case_id, task_id, actor.id, request.form.get("opinion", "")[:LONGEST_DRAFT], now)
    saved = _("草稿已保存 %(time)s", time=local_instant(now).strftime("%H:%M"))
    return _("%(saved)s。%(closed)s", saved=saved, closed=page.closed) if page.closed else saved


@inbox.get("/done")
@signed_in()
def done() -> Answer:
    """What this person has handled, newest first."""
    rows, before = done_rows(current_actor(), request.args.get("before", ""))
    page = case_page(rows[0].case_id, current_actor()) if rows else None
    return render_template("inbox/done.html", rows=rows, before=before, page=page)


@inbox.get("/notices")
@signed_in()
def notices() -> Answer:
    """What this person's department and position were told."""
    return render_template("inbox/notices.html", rows=notice_rows(current_actor()))
