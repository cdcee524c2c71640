"""Files of materials: a list, a form for the window (it works without JavaScript), and each version as a file.

A file is the applicant's: it is for those who may see whose case it is, never in the web root, never in a cache.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.case.state import OVER
from engine.errors import AlreadyDone, BadInput, IntegrityError, NotPermitted, NotPossible
from engine.materials import Upload, Version
from engine.reader import CaseView
from webapp.auth import current_account, current_actor, is_window_clerk, signed_in, signed_in_account
from webapp.cases.page import may_see_person
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.intake.form import LONGEST_KEY, new_key
from webapp.materials.page import MEGA, MaterialFiles, files_of, shown_for

materials = Blueprint("materials", __name__, url_prefix="/cases/<case_id>/materials")

UPLOAD = "materials.upload"
FORM_AROUND = 100_000
"""Bytes of the form around a file."""
FILE_POLICY = "; ".join(
    (
        "default-src 'none'", "img-src 'self' data:", "object-src 'self'", "style-src 'unsafe-inline'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
"""Of a file: it loads nothing. A picture stands in a sandbox too; readers of PDF do not work in one."""

Answer = str | tuple[str, int] | AnyResponse


def install(app: Flask) -> None:
    """Lets clerks send files; before anything reads the form, so before the check of its token."""
    app.before_request(_let_files_in)


def _let_files_in() -> None:
    if request.endpoint == UPLOAD and (account := current_account()) is not None and is_window_clerk(account):
        request.max_content_length = engine().materials.limits.most_bytes + FORM_AROUND


@materials.app_context_processor
def _lists() -> dict[str, Any]:
    return {"files_of": _files_of, "files_shown": shown_for, "may_upload_files": _may_upload}


def _files_of(view: CaseView) -> list[MaterialFiles]:
    """What a page of a case lists: materials that have a file."""
    return [one for one in _all(view) if one.versions]


def _may_upload(view: CaseView) -> bool:
    return is_window_clerk(signed_in_account()) and view.case.status not in OVER


def _all(view: CaseView) -> list[MaterialFiles]:
    actor = current_actor()
    return files_of(view, actor, may_see_person(view, actor))


@materials.get("/")
@signed_in()
def of_case(case_id: str) -> str:
    """Every material with its versions; at the window, with a form for a new one."""
    return _page(engine().read.case(case_id, current_actor()))


def _page(view: CaseView, problem: str = "", material: str = "") -> str:
    most = f"{engine().materials.limits.most_bytes / MEGA:g}"
    return render_template(
        "materials/case.html", view=view, case=view.case, files=_all(view), most=most, key=new_key(), problem=problem,
        material=material,
    )  # fmt: skip


@materials.post("/<material>")
@signed_in(is_window_clerk)
def upload(case_id: str, material: str) -> Answer:
    """``file``, ``key``: the next version of a material."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    try:
        outcome = engine().upload(case_id, _sent(material), actor, request.form.get("key", "")[:LONGEST_KEY])
    except (BadInput, AlreadyDone, NotPossible) as error:
        return _page(view, message_of(error), material), status_of(error)
    flash(_("文件已上传，有关环节须重新办理。") if outcome.notices else _("文件已上传。"))
    return redirect(url_for("materials.of_case", case_id=case_id), HTTPStatus.SEE_OTHER)


def _sent(material: str) -> Upload:
    """The file of the form; without one, an upload that has no name."""
    sent = request.files.get("file")
    if sent is None:
        return Upload(material, "", b"")
    with sent.stream as stream:
        return Upload(material, sent.filename or "", stream.read(engine().materials.limits.most_bytes + 1))


@materials.get("/<material>/<int:version>")
@signed_in()
def file(case_id: str, material: str, version: int) -> Response:
    """One version: shown when a browser can show its kind, else (or with ``save``) to be saved."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    if not may_see_person(view, actor):
        raise NotPermitted(
            "upload.personal", "材料含申请人信息，只供经办人员查看",
            "materials name the applicant: they are for those who handle the case",
        )  # fmt: skip
    return _file(engine().materials.one(view, material, version), "save" in request.args)


def _file(version: Version, save: bool) -> Response:
    """The file; what is damaged is told as such (and in the log)."""
    try:
        content = engine().materials.content(version)
    except IntegrityError as error:
        raise NotPossible(error.code, error.message_zh, error.message_en) from error
    kind = version.kind
    response = Response(content, mimetype=kind.mime)
    how, name = "inline" if kind.shown and not save else "attachment", quote(version.download_name, safe="")
    plain = f"material.{kind.extensions[0]}"
    response.headers["Content-Disposition"] = f"{how}; filename={plain}; filename*=UTF-8''{name}"
    response.headers["Content-Security-Policy"] = FILE_POLICY if kind.code == "pdf" else f"{FILE_POLICY}; sandbox"
    return response
