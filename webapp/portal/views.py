"""Public pages: home, guides, tracking. Nobody signs in, nothing here is about a person, nothing needs a script."""

from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from markupsafe import Markup

from engine.catalogue import BUNDLE, Catalogue, Department, Limit, Offering, Reported
from engine.drawing import draw_case, draw_offering
from engine.errors import NotFound
from engine.parallel.plan_caps import JOINT, SINGLE
from webapp.auth import TRACKING_LIMIT, limiter
from webapp.context import departments, engine
from webapp.errors import message_of
from webapp.i18n import language
from webapp.portal.applicant import may_nudge, nudged
from webapp.portal.guide import (
    Total,
    conditions_of,
    departments_of,
    materials_of,
    order_of,
    sources_of,
    total_of,
)  # fmt: skip
from webapp.portal.search import LONGEST_SEARCH, found
from webapp.portal.steps import steps_of
from webapp.portal.track import progress_of
from webapp.portal.wording import FILTERS, time_limit
from webapp.words import local

portal = Blueprint("portal", __name__)


@dataclass(frozen=True)
class Card:
    """A bundle on the home page; ``figures`` are reported working days before and after, with the place."""

    offering: Offering
    total: Total
    departments: int
    materials: int
    figures: tuple[Reported, ...]


@dataclass(frozen=True)
class Group:
    """The single items of one department."""

    department: Department
    offerings: list[Offering]


@portal.record_once
def _add_filters(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters.update(FILTERS)


@portal.get("/")
def home() -> str:
    """What can be applied for; ``q`` narrows it down."""
    catalogue = engine().deployments.catalogue
    typed = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    bundles, singles = found(catalogue, typed)
    return render_template(
        "portal/home.html",
        typed=typed,
        count=len(bundles) + len(singles),
        bundles=[_card(offering) for offering in bundles],
        groups=_grouped(catalogue, singles),
    )


def _card(offering: Offering) -> Card:
    figures = [f for f in offering.reported if f.metric == "working_days" and f.before and f.after]
    return Card(
        offering=offering,
        total=total_of(offering),
        departments=len(departments_of(offering)),
        materials=len(materials_of(offering)["applicant"]),
        figures=tuple(figures[:1]),
    )


def _grouped(catalogue: Catalogue, offerings: list[Offering]) -> list[Group]:
    places = {code: place for place, code in enumerate(catalogue.departments)}
    ordered = sorted(offerings, key=lambda offering: places[offering.lead_department])
    return [
        Group(catalogue.departments[code], list(part))
        for code, part in groupby(ordered, key=lambda offering: offering.lead_department)
    ]


@portal.get("/guide/<code>")
def guide(code: str) -> str:
    """Everything about one bundle or item, on one page that prints."""
    catalogue = engine().deployments.catalogue
    offering = engine().deployments.current(code).offering
    statutory, note = _statutory(offering)
    return render_template(
        "portal/guide.html",
        offering=offering,
        total=total_of(offering),
        statutory=statutory,
        statutory_note=note,
        fees=_fees(offering),
        departments=[catalogue.departments[name] for name in departments_of(offering)],
        conditions=conditions_of(offering),
        materials=materials_of(offering),
        committable=[item for item in offering.items if item.commitment is not None],
        order=order_of(offering),
        steps=steps_of(offering),
        drawing=Markup(draw_offering(offering, language(), departments())),  # drawn by the engine, every text escaped
        cited=sources_of(offering, catalogue),
    )


def _statutory(offering: Offering) -> tuple[str, str]:
    if offering.kind == BUNDLE:
        return time_limit(JOINT), _("联合办理的上限（行政许可法第四十二条）")
    limit: Limit | None = offering.items[0].statutory
    if limit is None:
        return time_limit(SINGLE), _("没有专门规定时的上限（行政许可法第四十二条）")
    return time_limit(limit.value, limit.unit), local(limit, "note")


def _fees(offering: Offering) -> str:
    fees = dict.fromkeys(fee for item in offering.items if (fee := local(item, "fee")))
    return str(_("；")).join(fees) or "—"


@portal.route("/track", methods=["GET", "POST"])
@limiter.limit(TRACKING_LIMIT, methods=["POST"])
def track() -> str | tuple[str, int]:
    """A case's progress by number and query code. Which of the two was wrong is not said."""
    if request.method == "GET":
        return render_template("portal/track_form.html", number="", error="")
    number = request.form.get("number", "")[:40]
    code = request.form.get("code", "")[:16]
    try:
        view = engine().read.track(number, code)
    except NotFound as error:
        return render_template("portal/track_form.html", number=number, error=message_of(error)), HTTPStatus.NOT_FOUND
    said = ""
    if "nudge" in request.form:
        said, view = nudged(view.case.id), engine().read.track(number, code)
    drawing = draw_case(view, language(), departments()) if view.case.items else ""
    return render_template(
        "portal/track.html",
        case=view.case,
        view=view,
        now=view.now,
        progress=progress_of(view),
        code=code,
        may_nudge=may_nudge(view),
        said=said,
        drawing=Markup(drawing),  # drawn by the engine, every text escaped
    )
