"""已阅 答复: the reader of a copy confirms, whoever was asked answers; and the list of both."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.case.parts.aside import QUESTION
from engine.commands import AnswerAside
from engine.errors import AlreadyDone, BadInput
from webapp.auth import current_actor, signed_in
from webapp.cases.acts import Answer, Typed
from webapp.cases.asides import asides_of
from webapp.cases.history import people_of
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _


@dataclass(frozen=True)
class Received:
    """One line of the list: a copy, or a question."""

    case_id: str
    number: str
    case_number: str
    question: bool
    by: str
    at: str
    answered_at: str


@signed_in()
def received() -> str:
    """What was sent to this person, what waits for him first."""
    found = engine().read.asides(current_actor())
    names = engine().records.names(one["by"] for one in found)
    rows = sorted((_row(one, names) for one in found), key=lambda row: bool(row.answered_at))
    return render_template("hands/received.html", rows=rows, unread=sum(not row.answered_at for row in rows))


def _row(one: Mapping[str, Any], names: Mapping[str, str]) -> Received:
    return Received(
        one["case_id"], one["number"], one["case_number"], one["kind"] == QUESTION, names.get(one["by"], one["by"]),
        one["at"], one["answered_at"] or "",
    )  # fmt: skip


@signed_in()
def answer(case_id: str, number: str) -> Answer:
    """``text``, ``key``: confirms or answers; a refused answer comes back with its words."""
    if request.method == "GET":
        return _back(case_id)
    text, key = request.form.get("text", ""), request.form.get("key", "")
    try:
        engine().execute(AnswerAside(case_id, number, text, key), current_actor())
    except AlreadyDone as error:
        flash(message_of(error))
        return _back(case_id)
    except BadInput as error:
        return _again(case_id, number, text, error)
    asked = engine().read.case(case_id, current_actor()).case.asides[number].kind == QUESTION
    flash(_("已答复。") if asked else _("已阅。"))
    return _back(case_id)


def _again(case_id: str, number: str, text: str, error: BadInput) -> tuple[str, int]:
    view = engine().read.case(case_id, current_actor())
    rows: Sequence[Any] = asides_of(view, current_actor(), people_of(view)).rows
    row = next(one for one in rows if one.number == number)
    typed = Typed({"text": text}, secrets.token_urlsafe(12), message_of(error), "text")
    return render_template("hands/answer.html", view=view, row=row, typed=typed, words={}), status_of(error)


def _back(case_id: str) -> Response:
    return redirect(url_for("cases.case", case_id=case_id, _anchor="asides"), HTTPStatus.SEE_OTHER)
