"""The pages of corrections after the acceptance. All works without JavaScript; what is sent twice is done once."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.case.policy import require_open
from engine.case.state import Task
from engine.commands import Command, DropDemand, SendCorrection
from engine.errors import AlreadyDone, BadInput, NotFound, NotPossible
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.context import engine
from webapp.demands.page import WANTED, WRONG, Demanded, Form, demanded, form_of, owed_by_applicant
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.intake.form import LONGEST_KEY, new_key

demands = Blueprint("demands", __name__, url_prefix="/cases/<case_id>/demands")

Answer = str | tuple[str, int] | Response


@demands.app_context_processor
def _parts() -> dict[str, Callable[..., Any]]:
    return {"demanded": _demanded, "demand_form": _form, "owed_by_applicant": owed_by_applicant}


def _demanded(view: CaseView) -> Demanded:
    return demanded(view, current_actor())


def _form(view: CaseView, task: Task) -> Form:
    return form_of(view, task, current_actor())


@demands.get("/")
@signed_in()
def of_case(case_id: str) -> str:
    """What the applicant still has to bring after the acceptance, and what is owed no longer."""
    view = engine().read.case(case_id, current_actor())
    return render_template("demands/case.html", view=view, demands=_demanded(view))


@demands.route("/<task_id>", methods=["GET", "POST"])
@signed_in()
def of_task(case_id: str, task_id: str) -> Answer:
    """The form alone (GET); ``want-<material>``, ``wrong-<material>``, ``demand_reason``, ``demand_key``: demands."""
    view = engine().read.case(case_id, current_actor())
    try:
        form = _form(view, require_open(view.case, task_id))
    except (AlreadyDone, NotPossible) as error:
        return _back(case_id, task_id, message_of(error))
    if request.method == "GET":
        return _shown(form)
    if errors := form.unclear():
        return _shown(replace(form, errors=errors)), HTTPStatus.BAD_REQUEST
    try:
        engine().execute(form.command, current_actor())
    except AlreadyDone as error:
        return _back(case_id, task_id, message_of(error))
    except (BadInput, NotPossible) as error:
        again = replace(form, errors={_field(form, error.where): message_of(error)}, key=new_key())
        return _shown(again), status_of(error)
    return _back(case_id, task_id, _("已登记补正要求，本事项的承诺时限中止计算；到汇总期限会一并通知申请人。"))


def _field(form: Form, where: str) -> str:
    """The field of the form an error of the engine is about."""
    if any(line.code == where for line in form.lines):
        return WRONG + where
    if where == "materials" and form.lines:
        return WANTED + form.lines[0].code
    return "demand_reason" if where == "reason" else ""


def _shown(form: Form) -> str:
    return render_template("demands/form.html", form=form)


@demands.post("/<task_id>/drop")
@signed_in()
def drop(case_id: str, task_id: str) -> Response:
    """``material``, ``key``: takes a demand of a step back."""
    command = DropDemand(case_id, task_id, request.form.get("material", ""), _key())
    return _back(case_id, task_id, _said(command, _("已撤回补正要求。")))


@demands.post("/send")
@signed_in()
def send(case_id: str) -> Response:
    """``key``: sends the notice before its window is over."""
    flash(_said(SendCorrection(case_id, _key()), _("补正通知已发出，申请人会收到清单。")))
    return redirect(url_for("demands.of_case", case_id=case_id), HTTPStatus.SEE_OTHER)


def _key() -> str:
    return request.form.get("key", "")[:LONGEST_KEY]


def _said(command: Command, done: str) -> str:
    """Does it; says that it was done, or why not."""
    try:
        engine().execute(command, current_actor())
    except (AlreadyDone, BadInput, NotFound, NotPossible) as error:
        return message_of(error)
    return done


def _back(case_id: str, task_id: str, said: str) -> Response:
    flash(said)
    return redirect(url_for("inbox.task", case_id=case_id, task_id=task_id), HTTPStatus.SEE_OTHER)
