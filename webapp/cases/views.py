"""The page of one case, for everybody who may see it; inside the inbox the same parts are used."""

from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from engine.drawing import draw_case
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases import acts, going_back_pages, nudge, objection
from webapp.cases.clocks import clocks_shown
from webapp.cases.going_back import KINDS
from webapp.cases.page import case_page
from webapp.context import departments, engine
from webapp.errors import status_of
from webapp.i18n import gettext as _
from webapp.i18n import language

cases = Blueprint("cases", __name__, url_prefix="/cases")


@cases.get("/<case_id>")
@signed_in()
def case(case_id: str) -> str | tuple[str, int]:
    """The whole page, its clocks as they stood ``at`` a past instant; or only the pane, when htmx asks for that."""
    actor = current_actor()
    page = case_page(case_id, actor)
    if request.headers.get("HX-Target", "").endswith("#detail"):
        return render_template("cases/_detail.html", page=page, fragment=True)
    clocks, error = clocks_shown(page.view, actor, request.args.get("at", ""))
    html = render_template("cases/case.html", page=page, clocks=clocks, diagram=diagram_of(page.view))
    return html, HTTPStatus.OK if error is None else status_of(error)


@cases.route("/<case_id>/suspend", methods=["GET", "POST"])
@signed_in()
def suspend(case_id: str) -> acts.Answer:
    """Stops clocks for a special procedure."""
    return acts.page(acts.SUSPEND, case_id)


@cases.route("/<case_id>/resume", methods=["GET", "POST"])
@signed_in()
def resume(case_id: str) -> acts.Answer:
    """Lets clocks go on."""
    return acts.page(acts.RESUME, case_id)


@cases.route("/<case_id>/extend", methods=["GET", "POST"])
@signed_in()
def extend(case_id: str) -> acts.Answer:
    """Extends time limits once."""
    return acts.page(acts.EXTEND, case_id)


@cases.get("/<case_id>/diagram")
@signed_in()
def diagram(case_id: str) -> Response:
    """The diagram alone, as an HTML fragment; asked for when it is opened."""
    view = engine().read.case(case_id, current_actor())
    return Response(diagram_of(view), mimetype="text/html")


def diagram_of(view: CaseView) -> Markup:
    """The coloured diagram as an inline ``<svg>``; drawn by the engine, which escapes every text in it."""
    picture = draw_case(view, language(), departments())
    return Markup(picture) or Markup("<p>%s</p>") % _("这个流程没有图形，请看环节表。")


_FORMS = ["GET", "POST"]
for name in KINDS:
    cases.add_url_rule(f"/<case_id>/{name}", name, going_back_pages.page, methods=_FORMS, defaults={"act": name})
cases.add_url_rule("/<case_id>/tasks/<task_id>/nudge", "nudge", nudge.page, methods=_FORMS)
cases.add_url_rule("/<case_id>/tasks/<task_id>/object", "object", objection.page, methods=_FORMS)
