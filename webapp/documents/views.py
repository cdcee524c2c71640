"""Documents as files, and the public page that says whether one is genuine and stands.

A file holds the applicant's name: it is for those who may see that, and for the applicant with number and query code.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from engine.errors import IntegrityError, NotFound, NotPermitted, NotPossible
from engine.paperwork import Shown
from engine.reader import CaseView
from webapp.auth import TRACKING_LIMIT, current_account, current_actor, is_supervisor, limiter, signed_in
from webapp.cases.page import may_see_person
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import language

documents = Blueprint("documents", __name__)


@documents.app_template_filter()
def named(names: tuple[str, str]) -> str:
    """One of a Chinese and an English name, by the language of the page."""
    return names[language() == "en"]


@documents.app_context_processor
def _lists() -> dict[str, Any]:
    return {"documents_of": _documents_of, "may_have_documents": _may_have, "may_see_problems": _may_see_problems}


def _documents_of(view: CaseView) -> list[Shown]:
    return engine().paperwork.shown(view)


def _may_have(view: CaseView) -> bool:
    return current_account() is not None and may_see_person(view, current_actor())


def _may_see_problems() -> bool:
    account = current_account()
    return account is not None and is_supervisor(account)


@documents.get("/cases/<case_id>/documents/<document>.pdf")
@signed_in()
def of_case(case_id: str, document: str) -> Response:
    """A document of a case, for somebody who may see whose it is."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    if not may_see_person(view, actor):
        raise NotPermitted(
            "document.personal", "文书含申请人信息，只供经办人员下载",
            "documents name the applicant: they are for those who handle the case",
        )  # fmt: skip
    return _file(engine().paperwork.one(view, document))


@documents.post("/track/document")
@limiter.limit(TRACKING_LIMIT)
def of_applicant() -> Response:
    """A document of a case, for its applicant: number and query code are sent, and stand in no address."""
    form = request.form
    view = engine().read.track(form.get("number", "")[:40], form.get("code", "")[:16])
    return _file(engine().paperwork.one(view, form.get("document", "")[:16]))


def _file(shown: Shown) -> Response:
    """The file, to be saved; what is damaged is told as such (and in the log)."""
    try:
        content = engine().paperwork.content(shown)
    except IntegrityError as error:
        raise NotPossible(error.code, error.message_zh, error.message_en) from error
    response = Response(content, mimetype="application/pdf")
    name = quote(f"{shown.paper.number}.pdf", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=document.pdf; filename*=UTF-8''{name}"
    return response


@documents.route("/verify", methods=["GET", "POST"])
@limiter.limit(TRACKING_LIMIT, methods=["POST"])
def verify() -> str | tuple[str, int]:
    """Whether a document is genuine and stands, by its number and verification code; nothing personal."""
    if request.method == "GET":
        return render_template("documents/verify.html", number="", error="", found=None)
    number = request.form.get("number", "").strip()[:80]
    try:
        found = engine().paperwork.verify(number, request.form.get("code", "")[:40], engine().read)
    except NotFound as error:
        page = render_template("documents/verify.html", number=number, error=message_of(error), found=None)
        return page, HTTPStatus.NOT_FOUND
    return render_template("documents/verify.html", number=number, error="", found=found)
