"""The window clerk's pages: choose, fill in, check the materials, hand out the receipt; accept or decline."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.case.state import CLOSED, DECLINED, IN_PROGRESS, TERMINATED, WITHDRAWN, Case, Task
from engine.commands import AcceptCase, ChooseCommitments, DeclineCase, SubmitCase, SupplyMaterials
from engine.engine import KEY_REUSED
from engine.errors import AlreadyDone, BadInput, BinglianError, NotPossible
from engine.parallel.plan import critical_path
from webapp.admin.lists import case_list
from webapp.auth import current_actor, is_window_clerk, signed_in
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.intake.correction import correction
from webapp.intake.form import CHANGES, FILTERS, Typed, chosen_from, ticks_from, typed_from
from webapp.intake.lists import waiting_list
from webapp.intake.own_account import OWN, account_error, name_applicant, people_like, typed_account
from webapp.intake.page import accepted_words, case_page, view_of, who_was_first
from webapp.portal.search import LONGEST_SEARCH, found

intake = Blueprint("intake", __name__, url_prefix="/intake")

Answer = str | tuple[str, int] | Response
AFTER_INTAKE = (IN_PROGRESS, CLOSED, DECLINED, WITHDRAWN, TERMINATED)


@intake.record_once
def _add_filters(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters.update(FILTERS, open_tasks=_open_tasks)


def _open_tasks(item: str, case: Case) -> list[Task]:
    return [task for task in case.open_tasks() if task.item == item]


@intake.get("/")
@signed_in(is_window_clerk)
def waiting() -> str:
    """Applications nobody has accepted or declined yet, with what they lack."""
    page = waiting_list(current_actor(), _searched(), request.args.get("before", ""))
    return render_template("intake/waiting.html", page=page, searched=_searched())


@intake.get("/accepted")
@signed_in(is_window_clerk)
def accepted() -> str:
    """Applications already dealt with, by number."""
    page = case_list(AFTER_INTAKE, _searched(), request.args.get("before", ""))
    return render_template("intake/accepted.html", page=page, searched=_searched())


def _searched() -> str:
    return request.args.get("q", "").strip()[:LONGEST_SEARCH]


@intake.get("/new")
@signed_in(is_window_clerk)
def choose() -> str:
    """What is applied for."""
    catalogue = engine().deployments.catalogue
    bundles, singles = found(catalogue, _searched())
    return render_template("intake/choose.html", bundles=bundles, singles=singles, searched=_searched())


@intake.route("/new/<code>", methods=["GET", "POST"])
@signed_in(is_window_clerk)
def form(code: str) -> Response:
    """The application form; a POST comes back to it with everything typed."""
    response = make_response(render_template("intake/form.html", typed=_typed(code), errors={}))
    if request.method == "GET":
        # Empty as we send it: the browser may keep it, so that Back finds what was typed.
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@intake.post("/new/<code>/materials")
@signed_in(is_window_clerk)
def materials(code: str) -> Answer:
    """Checks the form, then shows the materials these answers call for."""
    typed = _typed(code)
    errors = _errors(typed)
    return _form_again(typed, errors) if errors else _materials_page(typed)


@intake.post("/new/<code>/submit")
@signed_in(is_window_clerk)
def submit(code: str) -> Answer:
    """Registers the application; the receipt is a page of its own, so reloading it registers nothing twice."""
    typed = _typed(code)
    errors = _errors(typed)
    if errors:
        return _form_again(typed, errors)
    chosen = " ".join(typed.by_commitment())
    command = SubmitCase(code, typed.form, typed.checklist().given, typed.key, typed.own, chosen)
    try:
        outcome = engine().execute(command, current_actor())
    except BadInput as error:
        if error.code == KEY_REUSED:
            typed = replace(typed, key=typed.key_of_another(engine().settings.secret_key))
        return _materials_page(typed, message_of(error)), HTTPStatus.BAD_REQUEST
    return redirect(url_for("intake.receipt", case_id=outcome.case_id), HTTPStatus.SEE_OTHER)


def _typed(code: str) -> Typed:
    return replace(typed_from(engine().deployments.current(code), request.form), own=typed_account(request.form))


def _errors(typed: Typed) -> dict[str, BinglianError]:
    """Everything that is wrong with the form."""
    wrong = account_error(typed.own, current_actor())
    return {**typed.errors(), **({OWN: wrong} if wrong is not None else {})}


def _form_again(typed: Typed, errors: dict[str, BinglianError]) -> tuple[str, int]:
    like = people_like(typed.own) if OWN in errors else []
    return render_template("intake/form.html", typed=typed, errors=errors, like=like), HTTPStatus.BAD_REQUEST


def _materials_page(typed: Typed, problem: str = "") -> str:
    offering, values = typed.offering, typed.values()
    codes = offering.applicable_items(values)
    return render_template(
        "intake/materials.html",
        typed=typed,
        checklist=typed.checklist(),
        items=[offering.item(code) for code in codes],
        promised=critical_path(offering, codes).length,
        problem=problem,
    )


@intake.get("/cases/<case_id>/receipt")
@signed_in(is_window_clerk)
def receipt(case_id: str) -> str:
    """What the applicant takes home: number, query code, what was handed in. Prints on one sheet."""
    view = view_of(case_id)
    return case_page("intake/receipt.html", view, code=engine().read.query_code(case_id))


@intake.get("/cases/<case_id>")
@signed_in(is_window_clerk)
def case(case_id: str) -> str:
    """One application: supply materials, ask for a correction, accept, decline; afterwards what opened and is owed."""
    return case_page("intake/case.html", view_of(case_id))


@intake.post("/cases/<case_id>/materials")
@signed_in(is_window_clerk)
def supply(case_id: str) -> Answer:
    """``material-<code>`` = received, deferred or missing: what was handed in since, or registered by mistake."""
    command = SupplyMaterials(case_id, ticks_from(request.form, CHANGES), request.form.get("key", ""))
    return _carry_out(command, _("材料已登记。"))


@intake.post("/cases/<case_id>/commitments")
@signed_in(is_window_clerk)
def commitments(case_id: str) -> Answer:
    """``commitment-<item>``: which items go by commitment, said anew."""
    command = ChooseCommitments(case_id, " ".join(chosen_from(request.form)), request.form.get("key", ""))
    return _carry_out(command, _("办理方式已登记，请核对材料。"))


@intake.post("/cases/<case_id>/accept")
@signed_in(is_window_clerk)
def accept(case_id: str) -> Answer:
    """Accepts: the clocks start and the branches open."""
    return _carry_out(AcceptCase(case_id, request.form.get("key", "")))


@intake.post("/cases/<case_id>/decline")
@signed_in(is_window_clerk)
def decline(case_id: str) -> Answer:
    """``reason``: declines to accept; the applicant reads the reason."""
    command = DeclineCase(case_id, request.form.get("reason", ""), request.form.get("key", ""))
    return _carry_out(command, _("已登记为不予受理。"))


def _carry_out(command: SupplyMaterials | ChooseCommitments | AcceptCase | DeclineCase, done: str = "") -> Answer:
    try:
        engine().execute(command, current_actor())
    except AlreadyDone as error:
        flash(who_was_first(view_of(command.case_id), error))
    except (BadInput, NotPossible) as error:
        more = {"problem": message_of(error)}
        if isinstance(command, DeclineCase):
            more |= {"reason": command.reason, "reason_error": message_of(error)}
        return case_page("intake/case.html", view_of(command.case_id), **more), status_of(error)
    else:
        flash(accepted_words(view_of(command.case_id)) if isinstance(command, AcceptCase) else done)
    return redirect(url_for("intake.case", case_id=command.case_id), HTTPStatus.SEE_OTHER)


intake.add_url_rule(
    "/cases/<case_id>/correction", "correction", signed_in(is_window_clerk)(correction), methods=["GET", "POST"]
)
intake.add_url_rule(
    "/cases/<case_id>/applicant", "applicant", signed_in(is_window_clerk)(name_applicant), methods=["POST"]
)
