"""The list of checks, the form of one, and the two pages of a revocation."""

import secrets
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.case.commitment.checking import require_recordable
from engine.case.commitment.revoking import check_revoke, require_revocable
from engine.case.parts.pledge import CORRECTABLE, OUTCOMES, Check
from engine.commands import APPLICANT, RecordCheck, RevokeResult
from engine.errors import AlreadyDone, BadInput, BinglianError, NotPossible
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases.acts import DO, EDIT, Answer, Option, Typed
from webapp.cases.promise_words import OUTCOME
from webapp.commitment.case import Promises, promises_of
from webapp.commitment.words import GROUNDS, SAID, grounds
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.words import TimeLeft, day, limit_of, local, time_left

commitment = Blueprint("commitment", __name__)


@commitment.app_context_processor
def _lists() -> dict[str, Any]:
    return {"promises_of": _for_this_person, "promises_told": _for_the_applicant}


def _for_this_person(view: CaseView) -> Promises:
    return promises_of(view, current_actor())


def _for_the_applicant(view: CaseView) -> Promises:
    return promises_of(view, APPLICANT)


CHECK_FIELDS, REVOKE_FIELDS = ("outcome", "findings", "evidence"), ("ground", "evidence", "reason")


@dataclass(frozen=True)
class Row:
    """One check in the list."""

    case_id: str
    item: str
    name: str
    number: str
    offering: str
    left: TimeLeft
    again: bool


@commitment.get("/checks")
@signed_in()
def checks() -> str:
    """Checks this person makes, the first due first."""
    asked = request.args.get("after", "")
    page = engine().read.checks(current_actor(), asked.split(",") if asked else None)
    rows = [_row(found) for found in page.rows]
    return render_template("commitment/list.html", rows=rows, after=",".join(page.after or ()))


def _row(found: dict[str, str]) -> Row:
    offering = engine().deployments.get(found["version"]).offering
    return Row(
        found["case_id"], found["item"], local(offering.item(found["item"]), "short"), found["case_number"],
        local(offering, "short"), _left(found["opened_at"], found["due_at"]), bool(found["follows"]),
    )  # fmt: skip


def _left(opened_at: str, due_at: str) -> TimeLeft:
    return time_left(opened_at, due_at, limit_of("1", "working_days"))


@commitment.route("/cases/<case_id>/checks/<item>", methods=["GET", "POST"])
@signed_in()
def check(case_id: str, item: str) -> Answer:
    """The form (GET); ``outcome``, ``findings``, ``evidence``, ``key``: records the check (POST)."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    typed = _typed(CHECK_FIELDS)
    try:
        found = require_recordable(view.case, item, actor)
        if request.method == "GET":
            return _check_form(view, found, typed)
        engine().execute(RecordCheck(case_id, item, **typed.values, key=typed.key), actor)
    except AlreadyDone as error:
        flash(message_of(error))
        return _back(case_id, "promises")
    except (BadInput, NotPossible) as error:
        return _check_form(view, found, _again(typed, error)), status_of(error)
    flash(_("核查已登记：%(outcome)s。", outcome=OUTCOME[typed.values["outcome"]]))
    return redirect(url_for("commitment.checks"), HTTPStatus.SEE_OTHER)


def _check_form(view: CaseView, found: Check, typed: Typed) -> str:
    item = view.deployment.offering.item(found.item)
    outcomes = [one for one in OUTCOMES if one != CORRECTABLE or not found.follows]
    before = view.case.checks.get(found.follows)
    return render_template(
        "commitment/check.html", view=view, item=item, check=found, before=before, typed=typed, words=SAID,
        options={"outcome": [Option(one, str(OUTCOME[one])) for one in outcomes]}, due=day(found.due_at),
        correct_days=Decimal(view.case.pledges[found.item].correct_days),
    )  # fmt: skip


@commitment.route("/cases/<case_id>/revoke/<item>", methods=["GET", "POST"])
@signed_in()
def revoke(case_id: str, item: str) -> Answer:
    """The form (GET); what would follow (POST); the act itself (POST with ``step=do``)."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    typed = _typed(REVOKE_FIELDS)
    try:
        require_revocable(view.case, view.deployment, item, actor)
        if request.method == "GET" or request.form.get("step") == EDIT:
            return _revoke_page("revoke", view, item, Typed(typed.values, secrets.token_urlsafe(12)))
        command = RevokeResult(case_id, item, GROUNDS.get(typed.values["ground"], ""), *_rest(typed), key=typed.key)
        if request.form.get("step") != DO:
            check_revoke(view.case, view.deployment, command, actor)
            return _revoke_page("revoke_confirm", view, item, typed)
        engine().execute(command, actor)
    except BadInput as error:
        return _revoke_page("revoke", view, item, _again(typed, error)), status_of(error)
    except (AlreadyDone, NotPossible) as error:
        flash(message_of(error))
        return _back(case_id, "results-title")
    flash(_("已撤销。申请人和有关部门会收到通知。"))
    return _back(case_id, "results-title")


def _rest(typed: Typed) -> tuple[str, str]:
    return typed.values["evidence"], typed.values["reason"]


def _revoke_page(template: str, view: CaseView, code: str, typed: Typed) -> str:
    item = view.deployment.offering.item(code)
    names = {one.code: local(one) for one in item.results}
    results = [(names.get(one.code, one.code), one.number) for one in view.case.results.values()
               if one.item == code and one.status == "issued"]  # fmt: skip
    return render_template(
        f"commitment/{template}.html", view=view, item=item, typed=typed, words=SAID, results=results,
        options={"ground": [Option(code, words) for code, words in grounds()]}, shown=dict(grounds()),
    )  # fmt: skip


def _typed(fields: tuple[str, ...]) -> Typed:
    values = {name: request.form.get(name, "") for name in fields}
    return Typed(values, request.form.get("key", "") or secrets.token_urlsafe(12))


def _again(typed: Typed, error: BinglianError) -> Typed:
    field = error.where if error.where in typed.values else ""
    return Typed(typed.values, secrets.token_urlsafe(12), message_of(error), field)


def _back(case_id: str, anchor: str) -> Response:
    return redirect(url_for("cases.case", case_id=case_id, _anchor=anchor), HTTPStatus.SEE_OTHER)
