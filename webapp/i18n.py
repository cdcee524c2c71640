"""Two languages: message ids are Chinese, English is complete (translations/en)."""

from flask import Blueprint, Flask, g, redirect, request
from flask_babel import Babel
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext
from werkzeug.wrappers import Response

CHINESE, ENGLISH = "zh_Hans_CN", "en"
COOKIE = "binglian-language"
YEAR = 365 * 24 * 3600
SETTINGS = {
    "BABEL_DEFAULT_LOCALE": CHINESE,
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    "BABEL_DOMAIN": "messages;public",
    "BABEL_TRANSLATION_DIRECTORIES": "translations;translations",  # one for each domain
}

language_switch = Blueprint("language", __name__)


def gettext(text: str, **names: object) -> str:
    """The text in the language of the page, with ``%(name)s`` filled in."""
    return str(_gettext(text, **names))


def ngettext(one: str, many: str, number: int, **names: object) -> str:
    """The same for texts that differ in English by a number."""
    return str(_ngettext(one, many, number, **names))


def language() -> str:
    """``zh`` or ``en``, for texts that stand in both languages side by side (the catalogue, errors)."""
    return "en" if locale_of_request() == ENGLISH else "zh"


def locale_of_request() -> str:
    """The cookie's choice, else what the browser asks for, else Chinese.

    ``zh-CN`` is matched as ``zh``: Babel knows it as ``zh_Hans_CN`` only.
    """
    if "locale" not in g:
        chosen = request.cookies.get(COOKIE, "")
        if chosen not in {"zh", "en"}:
            wanted = [(tag.replace("_", "-").split("-")[0].lower(), q) for tag, q in request.accept_languages]
            known = [tag for tag, quality in wanted if tag in {"zh", "en"} and quality > 0]
            chosen = known[0] if known else "zh"
        g.locale = ENGLISH if chosen == "en" else CHINESE
    return str(g.locale)


def local_path(target: str | None, default: str = "/") -> str:
    """``target`` when it is a path of this site, else ``default``: never a way to somewhere else."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    return target if target.isprintable() else default


@language_switch.get("/language/<code>")
def choose(code: str) -> Response:
    """Keeps the language for a year and goes back to the page asked for in ``next``."""
    response = redirect(local_path(request.args.get("next")))
    if code in {"zh", "en"}:
        response.set_cookie(COOKIE, code, max_age=YEAR, httponly=True, samesite="Lax")
    return response


def install(app: Flask) -> None:
    """Babel, the switch, and ``language`` for templates."""
    Babel(app, locale_selector=locale_of_request)
    app.register_blueprint(language_switch)
    app.context_processor(lambda: {"language": language(), "html_lang": _html_lang()})


def _html_lang() -> str:
    return "en" if language() == "en" else "zh-CN"
