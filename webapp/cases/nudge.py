"""催办: a form with a word to the handlers, if there is one; a refusal in words."""

import secrets
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine.case.answers.nudging import Today, nudge_facts
from engine.case.policy import require_open
from engine.commands import NudgeStep
from engine.errors import AlreadyDone, BadInput, NotPossible
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases.acts import Answer, Typed
from webapp.cases.history import step_words
from webapp.cases.step_notes import nudges_of
from webapp.cases.steps import task_left
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.words import instant

SAID = {
    "message": _l("留言（可以不写）"),
    "message.help": _l("承办人会看到留言和您的部门，看不到您的姓名。不要写个人信息。"),
}  # fmt: skip


@signed_in()
def page(case_id: str, task_id: str) -> Answer:
    """The form (GET); ``message``, ``key``: urges (POST)."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    try:
        if request.method == "GET":
            nudge_facts(
                view.case, view.deployment, NudgeStep(case_id, task_id), actor, Today(engine().read.calendar, view.now)
            )
            return _form(view, task_id, Typed({"message": ""}, secrets.token_urlsafe(12)))
        message = request.form.get("message", "")
        engine().execute(NudgeStep(case_id, task_id, message, request.form.get("key", "")), actor)
    except BadInput as error:
        again = Typed({"message": message}, secrets.token_urlsafe(12), message_of(error), error.where)
        return _form(view, task_id, again), status_of(error)
    except (AlreadyDone, NotPossible) as error:
        flash(_refused(engine().read.case(case_id, actor), task_id, error))
        return _back(case_id)
    task = view.case.tasks[task_id]
    flash(_("已催办：%(step)s。", step=step_words(view.deployment.offering, task.step, task.instance)))
    return _back(case_id)


def _back(case_id: str) -> Response:
    return redirect(url_for("cases.case", case_id=case_id, _anchor="flow"), HTTPStatus.SEE_OTHER)


def _form(view: CaseView, task_id: str, typed: Typed) -> str:
    task = require_open(view.case, task_id)
    return render_template(
        "cases/nudge.html", view=view, task=task, typed=typed, words=SAID, left=task_left(view, task),
        step=step_words(view.deployment.offering, task.step, task.instance),
        nudges=nudges_of(view).get(task_id, ()),
    )  # fmt: skip


def _refused(view: CaseView, task_id: str, error: AlreadyDone | NotPossible) -> str:
    """Why not; if somebody was first, who and when."""
    urged = nudges_of(view).get(task_id)
    if error.code != "nudge.today" or not urged:
        return message_of(error)
    return _("%(who)s 已在 %(time)s 催办。%(why)s。", who=urged[0].by, time=instant(urged[0].at), why=message_of(error))
