"""提出异议: reasons against a deemed agreement, what would happen in words, and only then the act."""

import secrets
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine.case.policy import require_handler
from engine.case.silence import OBJECTED, check_object
from engine.case.state import Task
from engine.commands import ObjectToDeemed
from engine.errors import BadInput, BinglianError, NotFound, NotPossible
from engine.preview import Preview
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases.acts import DO, EDIT, Answer, Typed
from webapp.cases.foreseen import clock_lines, groups
from webapp.cases.history import people_of, step_words
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.words import instant

SAID = {
    "reasons": _l("不同意的理由"),
    "reasons.help": _l("写明不符合的条件和依据。会告知牵头部门；事项不予许可时，申请人会看到。不要写个人信息。"),
}  # fmt: skip
REASONS = "—"
"""Stands for the reasons when only the rest of an objection is asked about."""


@signed_in()
def page(case_id: str, task_id: str) -> Answer:
    """The form (GET); what would happen (POST); the act itself (POST with ``step=do``). ``reasons``, ``key``."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    task = view.case.tasks.get(task_id)
    if task is None:
        raise NotFound("task.unknown", "没有这个任务", "there is no such task", task_id)
    require_handler(task, actor)
    typed = Typed({"reasons": request.form.get("reasons", "")}, request.form.get("key", ""))
    command = ObjectToDeemed(case_id, task_id, typed.values["reasons"], typed.key)
    try:
        if request.method == "GET" or request.form.get("step") == EDIT:
            check_object(view.case, view.deployment, ObjectToDeemed(case_id, task_id, REASONS), actor)
            return _form(view, task, Typed(typed.values, secrets.token_urlsafe(12)))
        if request.form.get("step") == DO:
            engine().execute(command, actor)
            flash(_("已提出异议，改为不同意：%(step)s。", step=_step(view, task)))
            return _back(case_id)
        check_object(view.case, view.deployment, command, actor)
        return _confirm(view, task, typed, engine().preview(command, actor))
    except BadInput as error:
        return _form(view, task, _again(typed, error)), status_of(error)
    except NotPossible as error:
        return _too_late(case_id, task, typed, error)


def _back(case_id: str) -> Response:
    return redirect(url_for("cases.case", case_id=case_id, _anchor="flow"), HTTPStatus.SEE_OTHER)


def _step(view: CaseView, task: Task) -> str:
    return step_words(view.deployment.offering, task.step, task.instance)


def _again(typed: Typed, error: BinglianError) -> Typed:
    return Typed(
        typed.values, secrets.token_urlsafe(12), message_of(error), error.where if error.where == "reasons" else ""
    )


def _form(view: CaseView, task: Task, typed: Typed) -> str:
    return render_template("cases/object.html", view=view, task=task, typed=typed, words=SAID, step=_step(view, task))


def _too_late(case_id: str, task: Task, typed: Typed, error: NotPossible) -> Answer:
    """Somebody was first: who and when. Otherwise why not, and the reasons stay on the page."""
    view = engine().read.case(case_id, current_actor())
    first = next((one for one in view.entries if one.kind == OBJECTED and one.facts["task"] == task.id), None)
    if first is None and typed.values["reasons"]:
        return _form(view, task, _again(typed, error)), status_of(error)
    if first is None:
        flash(message_of(error))
    else:
        name = people_of(view).get(first.actor, first.actor)
        flash(_("%(name)s 已在 %(time)s 提出过异议。", name=name, time=instant(first.instant)))
    return _back(view.case.id)


def _confirm(view: CaseView, task: Task, typed: Typed, foreseen: Preview) -> str:
    return render_template(
        "cases/object_confirm.html", view=view, task=task, typed=typed, words=SAID, step=_step(view, task),
        groups=groups(view, foreseen), clocks=clock_lines(foreseen),
    )  # fmt: skip
