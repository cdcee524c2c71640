"""The page of one case, for everybody who may see it; inside the inbox the same parts are used."""

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from engine.drawing import draw_case
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases.page import case_page
from webapp.context import departments, engine
from webapp.i18n import gettext as _
from webapp.i18n import language

cases = Blueprint("cases", __name__, url_prefix="/cases")


@cases.get("/<case_id>")
@signed_in()
def case(case_id: str) -> str:
    """The whole page, or only its content when htmx asks for the right-hand pane."""
    page = case_page(case_id, current_actor())
    fragment = request.headers.get("HX-Target", "").endswith("#detail")
    template = "cases/_detail.html" if fragment else "cases/case.html"
    picture = None if fragment else diagram_of(page.view)
    return render_template(template, page=page, diagram=picture, fragment=fragment)


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
