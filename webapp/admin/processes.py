"""The deployed processes, for those who design and supervise them: the list, each diagram to look at, its file."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from engine.case.deployment import Deployment
from engine.catalogue import BUNDLE
from engine.drawing import draw_offering, english_names
from webapp.auth import is_supervisor, signed_in
from webapp.context import departments, engine
from webapp.i18n import language
from webapp.portal.steps import steps_of

processes = Blueprint("processes", __name__, url_prefix="/admin/processes")


@dataclass(frozen=True)
class Process:
    """What is deployed under a code; ``running`` cases are on this version, ``earlier`` ones on an older one."""

    deployment: Deployment
    running: int
    earlier: int


def _process(code: str, running: Mapping[tuple[str, str], int]) -> Process:
    deployment = engine().deployments.current(code)
    on_this = running.get((code, deployment.version), 0)
    everywhere = sum(number for (other, _version), number in running.items() if other == code)
    return Process(deployment, on_this, everywhere - on_this)


@processes.get("/")
@signed_in(is_supervisor)
def library() -> str:
    """Every bundle and item with its version and how many cases run; the bundles first."""
    running = engine().read.running()
    known = engine().deployments.catalogue.offerings.values()
    ordered = sorted(known, key=lambda offering: (offering.kind != BUNDLE, offering.code))
    return render_template("admin/processes.html", rows=[_process(one.code, running) for one in ordered])


@processes.get("/<code>/")
@signed_in(is_supervisor)
def process(code: str) -> str:
    """The deployed diagram to move about in and the table of its steps; without scripts the drawing of the server."""
    found = _process(code, engine().read.running())
    offering = found.deployment.offering
    return render_template(
        "admin/process.html",
        process=found,
        offering=offering,
        steps=steps_of(offering),
        bundle=offering.kind == BUNDLE,
        drawing=Markup(draw_offering(offering, language(), departments())),  # drawn by the engine, every text escaped
        names=english_names(offering, departments()) if language() == "en" else {},
    )


@processes.get("/<code>/process.bpmn")
@signed_in(is_supervisor)
def file(code: str) -> Response:
    """The deployed BPMN file, byte by byte; ``download`` keeps it under the name of its process."""
    diagram = engine().deployments.current(code).offering.diagram
    response = Response(diagram, mimetype="application/xml")
    if "download" in request.args:
        response.headers.set("Content-Disposition", "attachment", filename=f"{code}.bpmn")
    return response
