"""Signing in and out; who is asking; which pages are for whom.

Every route asks who you are, unless it is named public below. The session cookie holds a random token; the database
keeps its hash, so a session can be ended at once (engine.records). A program shows the token in a header instead: below
``API`` no cookie counts, so no page of another site can act there, and elsewhere no header does.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from engine.case.policy import SUPERVISION, WINDOW, WINDOW_CLERK
from engine.commands import Actor
from engine.errors import NotPermitted
from engine.passwords import verify_password
from engine.store.records import Account
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.i18n import local_path

PUBLIC_BLUEPRINTS = frozenset({"portal"})
PUBLIC_ENDPOINTS = frozenset(
    {
        "static", "healthz", "auth.sign_in", "language.choose", "documents.verify", "documents.of_applicant",
        "api.new_token", "api.openapi",
    }
)  # fmt: skip
"""Everything that may be seen without signing in."""

API = "/api"
"""Below it answers are for programs."""

SESSION_LASTS = timedelta(hours=12)
TRACKING_LIMIT = "20 per minute"
"""Tries at a number and query code from one address."""
ACCOUNT_LIMIT, ADDRESS_LIMIT = "10 per minute", "120 per minute"
"""Tries to sign in, on the page and by programs together: to one account from one address, and from one address (an
office shares one)."""

IN_FORM = {"HX-Retarget": "#act-problem", "HX-Reswap": "innerHTML"}
"""Headers that put an answer into the form that was sent, which keeps its text."""

Asked = Response | tuple[str, int, dict[str, str]]
P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger(__name__)
auth = Blueprint("auth", __name__)
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


class NotSignedIn(NotPermitted):
    """A program showed no token of a session, or the wrong password."""


def limited_tries(account: Callable[[], str]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator of a view that tries passwords; ``account`` reads from the request which account is tried."""
    one = limiter.shared_limit(
        ACCOUNT_LIMIT, scope="sign-in-account", key_func=lambda: f"{get_remote_address()} {account().strip()[:80]}",
        methods=["POST"],
    )  # fmt: skip
    all_of_address = limiter.shared_limit(ADDRESS_LIMIT, scope="sign-in-address", methods=["POST"])
    return lambda view: one(all_of_address(view))


def install(app: Flask) -> None:
    """Sign-in pages, the rule that every route asks, limits on tries."""
    limiter.init_app(app)
    app.register_blueprint(auth)
    app.before_request(_ask_who)
    app.context_processor(lambda: {"account": current_account()})


def current_account() -> Account | None:
    """Who is signed in on this request, or None."""
    if "account" not in g:
        token = shown_token()
        g.account = engine().records.session_account(token, engine().read.now()) if token else None
    account: Account | None = g.account
    return account


def of_program() -> bool:
    """Whether a program asks, by the address."""
    return request.path == API or request.path.startswith(f"{API}/")


def shown_token() -> str:
    """The token of a session that came with the request; empty without one."""
    if not of_program():
        return request.cookies.get(cookie_name(), "")
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def signed_in_account() -> Account:
    """Who is signed in; NotPermitted when nobody is (on pages the rule of this module already guards)."""
    account = current_account()
    if account is None:
        raise NotPermitted("auth.nobody", "请先登录", "please sign in first")
    return account


def current_actor() -> Actor:
    """The signed-in person as the engine sees them."""
    return signed_in_account().actor


def is_window_clerk(account: Account) -> bool:
    """A clerk of the single window: receives, accepts, hands out."""
    return account.actor.holds(WINDOW, WINDOW_CLERK)


def is_supervisor(account: Account) -> bool:
    """Somebody of the department that watches time limits."""
    return account.department == SUPERVISION


def signed_in(*allowed: Callable[[Account], bool]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: the view is for people one of ``allowed`` says yes to (for everybody signed in, without any).

    ``@intake.get("/") @signed_in(is_window_clerk)``; raises NotPermitted for others.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            account = signed_in_account()
            if allowed and not any(may(account) for may in allowed):
                raise NotPermitted("auth.role", "您的岗位不能使用此页面", "this page is not for your position")
            return view(*args, **kwargs)

        return guarded

    return decorate


def cookie_name() -> str:
    """Over HTTPS the name binds the cookie to this host and path."""
    return "__Host-binglian" if current_app.config["SESSION_COOKIE_SECURE"] else "binglian"


def _ask_who() -> Asked | None:
    if not nobody():
        return None
    if of_program():
        raise NotSignedIn("auth.nobody", "请先登录", "please sign in first")
    return ask_to_sign_in()


def nobody() -> bool:
    """Whether this request is for a page that is not public, and nobody is signed in."""
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
        return False
    return request.blueprint not in PUBLIC_BLUEPRINTS and current_account() is None


def ask_to_sign_in() -> Asked:
    """The sign-in page, which leads back afterwards; a form sent by htmx stays, and the sentence is shown in it."""
    sends = request.method == "POST"
    if "HX-Request" not in request.headers:
        # What is sent goes to an address below the page its form stands on.
        asked = request.path.rpartition("/")[0] if sends else request.full_path.rstrip("?")
        return redirect(url_for("auth.sign_in", next=local_path(asked, "") or None))
    if sends:
        return render_template("errors/_signed_out.html"), HTTPStatus.UNAUTHORIZED, IN_FORM
    # A fragment asked for after the session ended: the whole page goes to the sign-in page.
    return "", HTTPStatus.UNAUTHORIZED, {"HX-Redirect": url_for("auth.sign_in")}


def account_of(username: str, password: str) -> Account | None:
    """The account whose password this is; None without saying which half was wrong."""
    stored = engine().records.password_hash(username) if username.isprintable() else None
    if not verify_password(stored, password):
        log.info("sign-in refused from %s", get_remote_address())
        return None
    return engine().records.account(username)


def new_session(account: Account) -> tuple[str, datetime]:
    """A session with a new token, and when it ends."""
    now, token = engine().read.now(), secrets.token_urlsafe(32)
    engine().records.start_session(account.id, token, now, now + SESSION_LASTS)
    return token, now + SESSION_LASTS


@auth.route("/signin", methods=["GET", "POST"])
@limited_tries(lambda: request.form.get("username", ""))
def sign_in() -> Response | str | tuple[str, int]:
    """The sign-in form. Says neither which accounts exist nor which half was wrong."""
    target = local_path(request.values.get("next"), "")
    if request.method == "GET":
        account = current_account()
        return redirect(target or home_of(account)) if account else _form(target)
    username = request.form.get("username", "").strip()
    found = account_of(username, request.form.get("password", ""))
    if found is None:
        return _form(target, username, _("账号或密码不正确")), HTTPStatus.UNAUTHORIZED
    return _start(found, target)


def _form(target: str, username: str = "", problem: str = "") -> str:
    return render_template("auth/sign_in.html", next=target, username=username, problem=problem)


def _start(account: Account, target: str) -> Response:
    """A new session with a new token; whatever the browser held before ends (session fixation)."""
    end_session()
    token, _expires = new_session(account)
    response = redirect(target or home_of(account), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        cookie_name(), token, max_age=int(SESSION_LASTS.total_seconds()), httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def end_session() -> None:
    """Ends the session of this request, here and in the database."""
    if token := shown_token():
        engine().records.end_session(token, engine().read.now())
    session.clear()


@auth.post("/signout")
def sign_out() -> Response:
    """Ends the session here and in the database."""
    end_session()
    flash(_("您已退出。"))
    response = redirect(url_for("auth.sign_in"), HTTPStatus.SEE_OTHER)
    response.delete_cookie(cookie_name(), secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True)
    return response


def home_of(account: Account) -> str:
    """Where somebody's work begins."""
    return "/admin/" if is_supervisor(account) else url_for("inbox.todo")
