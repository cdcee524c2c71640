"""The web application, put together: ``create_app(engine)``."""

from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect
from whitenoise import WhiteNoise

from engine.engine import Engine
from engine.settings import late_part
from webapp import auth, errors, i18n, security, shell, words
from webapp.absences.views import absences
from webapp.admin.processes import processes
from webapp.admin.views import admin
from webapp.cases.views import cases
from webapp.commitment.views import commitment
from webapp.context import EXTENSION
from webapp.demands.views import demands
from webapp.documents.views import documents
from webapp.escalations.views import escalations
from webapp.hands.views import hands
from webapp.inbox.views import inbox
from webapp.intake.views import intake
from webapp.materials import views as material_files
from webapp.portal.views import portal
from webapp.sessions.views import sessions

MAX_REQUEST = 1_000_000
"""Bytes of one request; only a clerk who uploads a material may send more."""
YEAR = 365 * 24 * 3600


def create_app(engine: Engine, *, secure_cookies: bool = True, testing: bool = False) -> Flask:
    """A WSGI application over ``engine``; cookies need HTTPS unless ``secure_cookies`` is False."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=engine.settings.secret_key,
        TESTING=testing,
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: an inbox stays open all day
        WTF_CSRF_SSL_STRICT=False,  # wants a Referer, which our Referrer-Policy does not send
        **security.cookie_settings(secure_cookies),
        **i18n.SETTINGS,
    )
    app.extensions[EXTENSION] = engine
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.autoescape = True
    material_files.install(app)
    forms = CSRFProtect(app)
    for part in (i18n, auth, security, errors, words, shell):
        part.install(app)
    pages = (portal, inbox, hands, absences, sessions, cases, intake, admin, processes, documents, escalations)
    for blueprint in (*pages, demands, commitment, material_files.materials):
        app.register_blueprint(blueprint)
    programs = late_part("webapp.api.views").api  # its models are nothing to wait for without a web server
    forms.exempt(programs)  # it takes no cookie: nothing a page of another site could use
    app.register_blueprint(programs)
    app.add_url_rule("/healthz", "healthz", _healthz)
    _serve_static(app)
    return app


def _healthz() -> Response:
    """Answers while the process does; asks the database nothing, so a slow one is not restarted."""
    return Response("ok\n", HTTPStatus.OK, mimetype="text/plain")


def _serve_static(app: Flask) -> None:
    """Static files with far-future caching: their addresses carry a digest of their content."""
    root = Path(app.static_folder or "")
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=root, prefix="static/", max_age=YEAR, add_headers_function=security.static_headers
    )
