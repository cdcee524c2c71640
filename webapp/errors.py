"""Errors become answers here and nowhere else: a page, a fragment for htmx, or problem details for programs.

A view catches BadInput (and AlreadyDone) itself only to draw its own form again with the person's text.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from engine.errors import (
    AlreadyDone,
    BadInput,
    BinglianError,
    IntegrityError,
    LimitExceeded,
    NotFound,
    NotPermitted,
    NotPossible,
)  # fmt: skip
from webapp.auth import IN_FORM, Asked, NotSignedIn, ask_to_sign_in, current_account, nobody, of_program
from webapp.i18n import gettext as _
from webapp.i18n import language

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[BinglianError], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (BadInput, HTTPStatus.BAD_REQUEST),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (AlreadyDone, HTTPStatus.CONFLICT),
    (NotPossible, HTTPStatus.CONFLICT),
    (LimitExceeded, HTTPStatus.CONFLICT),
)


TOLD_BY_HEADERS: Mapping[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate", "Bearer"),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After", "60"),
}
"""Status → what a program is told in a header too; which methods an address takes comes with the error itself."""


class Invalid(UnprocessableEntity):
    """What a program sent has not the shape its address takes; ``errors`` say where and why, never the value."""

    def __init__(self, errors: Sequence[Mapping[str, object]]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True)
class Problem:
    """What a person is told; ``reference`` finds the line in the log when we do not know what happened, ``errors``
    are those of ``Invalid``, ``headers`` are sent with it."""

    status: int
    code: str
    title: str
    message: str
    reference: str = ""
    errors: Sequence[Mapping[str, object]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def install(app: Flask) -> None:
    """Registers the handlers."""
    app.register_error_handler(BinglianError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def message_of(error: BinglianError) -> str:
    """The message in the language of the page."""
    return error.message_en if language() == "en" else error.message_zh


def status_of(error: BinglianError) -> int:
    """The HTTP status of an error; 500 for those that are our fault."""
    for kind, status in STATUS:
        if isinstance(error, kind):
            return int(status)
    return int(HTTPStatus.INTERNAL_SERVER_ERROR)


def _known(error: BinglianError) -> tuple[Response | str, int]:
    if isinstance(error, IntegrityError) or status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unknown(error)
    return _answer(Problem(status_of(error), error.code, _title(status_of(error)), message_of(error)))


def _http(error: HTTPException) -> tuple[Response | str, int] | Asked | HTTPException:
    status = error.code or int(HTTPStatus.INTERNAL_SERVER_ERROR)
    if status < HTTPStatus.BAD_REQUEST:
        return error
    if isinstance(error, CSRFError):
        return ask_to_sign_in() if nobody() else _stale_form(status)
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    if isinstance(error, Invalid):
        return _answer(Problem(status, "request.invalid", _title(status), _http_message(status), "", error.errors))
    return _answer(Problem(status, f"http.{status}", _title(status), _http_message(status), headers=headers))


def _stale_form(status: int) -> tuple[Response | str, int] | Asked:
    """The form is older than the session. htmx keeps it; the same person may send it again, with a fresh token."""
    account = current_account()
    same = account is not None and request.form.get("account") == account.id
    message = _("页面打开得太久或登录已变化，请刷新后再提交。您写的内容没有提交。")
    if "HX-Request" not in request.headers:
        return _answer(Problem(status, "form.token", _("请刷新页面"), message))
    if same:
        message = _("登录已更新，请再提交一次。")
    return render_template("errors/_token.html", fresh=same, message=message), status, IN_FORM


def _unknown(error: Exception) -> tuple[Response | str, int]:
    reference = secrets.token_hex(4)
    g.account = None  # the database may be what failed: the page does without it
    log.error("unexpected error %s at %s %s", reference, request.method, request.endpoint, exc_info=error)
    message = _("没有任何内容被改动。请稍后再试；若仍不行，请把参考编号告诉管理员。")
    return _answer(Problem(500, "internal", _("系统出了问题"), message, reference))


def _title(status: int) -> str:
    titles = {
        HTTPStatus.BAD_REQUEST: _("填写的内容有误"),
        HTTPStatus.UNAUTHORIZED: _("尚未登录"),
        HTTPStatus.FORBIDDEN: _("没有权限"),
        HTTPStatus.NOT_FOUND: _("没有找到"),
        HTTPStatus.CONFLICT: _("现在不能办理"),
        HTTPStatus.TOO_MANY_REQUESTS: _("尝试次数过多"),
    }
    return titles.get(HTTPStatus(status), _("请求无法处理"))


def _http_message(status: int) -> str:
    messages = {
        HTTPStatus.NOT_FOUND: _("没有这个页面。"),
        HTTPStatus.METHOD_NOT_ALLOWED: _("这个地址不接受这种请求。"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("提交的内容太大。"),
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _("这个地址不接受这种格式的内容。"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("提交的内容不符合接口定义，详见逐项说明。"),
        HTTPStatus.TOO_MANY_REQUESTS: _("请稍等一分钟再试。"),
    }
    return messages.get(HTTPStatus(status), _("请返回后重试。"))


def _answer(problem: Problem) -> tuple[Response | str, int]:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    if of_program() or best == "application/json":
        return _document(problem), problem.status
    fragment = "HX-Request" in request.headers
    template = "errors/_problem.html" if fragment else "errors/problem.html"
    return render_template(template, problem=problem), problem.status


def _document(problem: Problem) -> Response:
    """Problem details (RFC 9457)."""
    document = {"type": "about:blank", "status": problem.status, "title": problem.title, "code": problem.code}
    details = {**document, "detail": problem.message, "reference": problem.reference, "errors": list(problem.errors)}
    response = jsonify({name: value for name, value in details.items() if value not in ("", [])})
    response.mimetype = "application/problem+json"
    response.headers.update(problem.headers)
    if of_program() and problem.status in TOLD_BY_HEADERS:
        name, value = TOLD_BY_HEADERS[problem.status]
        response.headers[name] = value
    return response
