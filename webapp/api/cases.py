"""Cases: taken in, read, acted on, with what an act would do; and the files of their materials."""

from dataclasses import asdict
from http import HTTPStatus

from flask import Response, request, url_for
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType

from engine.commands import SubmitCase
from engine.engine import KEY_REUSED
from engine.errors import BinglianError, NotFound
from engine.materials import Upload
from webapp.api import given, sent
from webapp.api.acts import ACTS
from webapp.api.reading import body_as, query_as
from webapp.api.routes import answer, api, key, operation
from webapp.api.shown import case_shown, entry_shown, preview_shown
from webapp.auth import current_actor, is_window_clerk, signed_in_account
from webapp.cases.page import may_see_person
from webapp.context import engine
from webapp.materials.views import FORM_AROUND
from webapp.materials.views import file as one_file

FORM = "multipart/form-data"


@operation(
    "POST", "/cases", body=sent.Application, answer=given.Submitted, status=HTTPStatus.CREATED, keyed=True
)  # fmt: skip
def new_case(body: BaseModel) -> Response:
    """Register an application at the single window."""
    outcome = engine().execute(SubmitCase(**body.model_dump(), key=key()), current_actor())
    told = given.Submitted.model_construct(**asdict(outcome), query_code=engine().read.query_code(outcome.case_id))
    response = answer(told, HTTPStatus.CREATED)
    response.headers["Location"] = url_for("api.case", case_id=outcome.case_id)
    return response


@operation("GET", "/cases/<case_id>", answer=given.Case)
def case(case_id: str) -> BaseModel:
    """A case: its state, items, steps with their decisions, materials, sessions, demands, clocks."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    return case_shown(view, engine().read.clocks(case_id, actor), actor)


@operation("GET", "/cases/<case_id>/journal", query=sent.EntriesAsked, answer=given.Journal)
def journal(case_id: str, query: sent.EntriesAsked) -> BaseModel:
    """The journal of a case, in order."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    left = [entry for entry in view.entries if entry.seq > query.after]
    shown, personal = left[: query.limit], may_see_person(view, actor)
    entries = [entry_shown(entry, personal) for entry in shown]
    return given.Journal.model_construct(entries=entries, after=shown[-1].seq if len(left) > len(shown) else None)


@api.post("/cases/<case_id>/acts/<act>")
def act(case_id: str, act: str) -> Response:
    """Does an act. The task it is about stands in the body, for it is one more field of the command."""
    command, body = _known(act), body_as(sent.BODIES[act])
    foreseen = query_as(sent.Foreseen).foreseen
    try:
        made = command(case_id=case_id, key=key(), **body.model_dump())
        outcome = engine().execute(made, current_actor(), foreseen)
    except BinglianError as error:
        if error.code != KEY_REUSED:
            engine().read.case(case_id, current_actor())  # NotFound: whoever may not see the case learns no more
        raise
    return answer(given.Outcome.model_construct(**asdict(outcome)))


@api.post("/cases/<case_id>/acts/<act>/preview")
def preview(case_id: str, act: str) -> Response:
    """What an act would do now, or why it would be refused; nothing is written."""
    command, body = _known(act), body_as(sent.BODIES[act])
    query_as(sent.NothingAsked)
    engine().read.case(case_id, current_actor())
    made = command(case_id=case_id, **body.model_dump())
    return answer(preview_shown(engine().preview(made, current_actor())))


def _known(act: str) -> type:
    if act not in ACTS:
        raise NotFound("act.unknown", "没有这项操作", "there is no such act")
    return ACTS[act]


@operation("POST", "/cases/<case_id>/materials/<material>", answer=given.Outcome, keyed=True)
def upload(case_id: str, material: str) -> BaseModel:
    """Send a file as the next version of a material."""
    if is_window_clerk(signed_in_account()):
        request.max_content_length = engine().materials.limits.most_bytes + FORM_AROUND
    if request.mimetype != FORM:
        raise UnsupportedMediaType
    sent_file = request.files.get("file")
    name, content = "", b""
    if sent_file is not None:
        with sent_file.stream as stream:
            name, content = sent_file.filename or "", stream.read(engine().materials.limits.most_bytes + 1)
    outcome = engine().upload(case_id, Upload(material, name, content), current_actor(), key())
    return given.Outcome.model_construct(**asdict(outcome))


@operation("GET", "/cases/<case_id>/materials/<material>/<int:version>")
def file(case_id: str, material: str, version: int) -> Response:
    """One version of a material, as a file."""
    return one_file(case_id=case_id, material=material, version=version)
