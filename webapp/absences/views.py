"""代理设置: the own substitutions and those of the people one leads; a new one, and the end of one."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine.absences import is_above
from engine.commands import EndAbsence, SetAbsence
from engine.errors import AlreadyDone, BadInput, BinglianError
from engine.store.absences import AbsenceRow
from webapp.auth import current_actor, signed_in
from webapp.cases.acts import Answer, Option, Typed
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.hands.picker import Found, candidates, receiver
from webapp.i18n import gettext as _
from webapp.words import local

absences = Blueprint("absences", __name__, url_prefix="/absences")

FIELDS = ("person", "substitute", "first_day", "last_day", "basis")
SCOPE, ALL, SOME = "scope", "all", "some"
SEARCHES = {"person": "qp", "substitute": "q"}
"""Fields in which somebody is chosen → the name of what is looked for."""
WORDS = {
    "person": _l("谁不在岗"), "substitute": _l("由谁代理"), "first_day": _l("第一天"), "last_day": _l("最后一天"),
    "basis": _l("依据"), "scope": _l("代理哪些事项"),
    "person.help": _l("可以按姓名或部门查找。"), "substitute.help": _l("同部门的另一名人员。可以按姓名查找。"),
    "basis.help": _l("例如：〔2026〕12 号代理通知、部门负责人批准的请假单。不要写个人信息。"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One substitution in words; ``may_end``: it is not over, and the reader may end it."""

    id: str
    person: str
    substitute: str
    days: str
    scope: str
    basis: str
    set_by: str
    state: str
    colour: str
    may_end: bool


@absences.get("/")
@signed_in()
def mine() -> str:
    """The own ones, past ones too; for heads those of their people."""
    return _page(_blank())


@absences.post("/")
@signed_in()
def new() -> Answer:
    """``person`` (empty: oneself), ``substitute``, ``first_day``, ``last_day``, ``scope``, ``basis``; with
    ``step=search`` people are looked for."""
    typed = Typed({name: request.form.get(name, "").strip() for name in FIELDS}, secrets.token_urlsafe(12))
    if request.form.get("step") == "search":
        return _page(typed)
    person = receiver(typed.values["person"], ()).person or current_actor().id
    substitute = receiver(typed.values["substitute"], ()).person
    codes = request.form.getlist("code") if request.form.get(SCOPE) == SOME else []
    days = typed.values["first_day"], typed.values["last_day"]
    try:
        if not substitute or (request.form.get(SCOPE) == SOME and not codes):
            raise BadInput("act.choice", "请选择", "please choose", SCOPE if substitute else "substitute")
        command = SetAbsence(person, substitute, *days, typed.values["basis"], " ".join(codes))
        engine().absences.set(command, current_actor())
    except BinglianError as error:
        field = "substitute" if error.code.startswith("absence.substitute") else error.where
        again = replace(typed, error=message_of(error), field=field if field in WORDS else "")
        return _page(again), status_of(error)
    flash(_("已设置代理。"))
    return _back()


@absences.post("/<absence>/end")
@signed_in()
def end(absence: str) -> Answer:
    """Ends one now; one that was ended before is told so."""
    try:
        engine().absences.end(EndAbsence(absence), current_actor())
    except AlreadyDone as error:
        flash(message_of(error))
    else:
        flash(_("代理已结束，此前办理的仍然有效。"))
    return _back()


def _back() -> Response:
    return redirect(url_for("absences.mine"), HTTPStatus.SEE_OTHER)


def _blank() -> Typed:
    return Typed({**dict.fromkeys(FIELDS, ""), "first_day": _today(), "last_day": _today()}, secrets.token_urlsafe(12))


def _today() -> str:
    read = engine().read
    return read.calendar.local_date(read.now()).isoformat()


def _page(typed: Typed) -> str:
    actor = current_actor()
    above = is_above(actor)
    own = engine().absences.of(actor.id)
    theirs = [row for row in engine().absences.all_under(actor) if actor.id not in {row.person, row.substitute}]
    return render_template(
        "absences/mine.html", typed=typed, words=WORDS, above=above, rows=_rows(own), theirs=_rows(theirs),
        found={name: _found(name, typed) for name in SEARCHES}, chosen=set(request.form.getlist("code")),
        some=request.form.get(SCOPE) == SOME, options=_codes(), today=_today(),
    )  # fmt: skip


def _found(name: str, typed: Typed) -> Found:
    """People of the own department; a head's, or whom an administrator looks for."""
    actor, absent = current_actor(), receiver(typed.values["person"], ())
    return candidates(
        request.form.get(SEARCHES[name], ""), (absent if name == "substitute" and absent.person else actor).department,
        chosen=typed.values[name], without={absent.person or actor.id} if name == "substitute" else (),
    )  # fmt: skip


def _codes() -> Sequence[Option]:
    catalogue = engine().deployments.catalogue
    both = {**catalogue.offerings, **catalogue.items}
    return [Option(code, f"{local(both[code], 'short')}（{code}）") for code in sorted(both)]


def _rows(found: Sequence[AbsenceRow]) -> list[Row]:
    names = engine().records.names({name for one in found for name in (one.person, one.substitute, one.set_by)})
    labels = {one.value: one.label for one in _codes()} if any(one.scope for one in found) else {}
    return [_row(one, names, labels) for one in found]


def _row(one: AbsenceRow, names: dict[str, str], labels: dict[str, str]) -> Row:
    state, colour, over = _state(one)
    actor = current_actor()
    return Row(
        one.id, names.get(one.person, one.person), names.get(one.substitute, one.substitute),
        _("%(first)s 至 %(last)s", first=one.first_day, last=one.last_day),
        _("、").join(labels.get(code, code) for code in one.scope.split()) or _("全部事项"), one.basis,
        names.get(one.set_by, one.set_by), state, colour, not over and (one.person == actor.id or is_above(actor)),
    )  # fmt: skip


def _state(one: AbsenceRow) -> tuple[str, str, bool]:
    """In words, its colour, and whether it is over."""
    today = _today()
    if one.ended_at is not None:
        return _("已提前结束"), "grey", True
    if one.last_day < today:
        return _("已到期"), "grey", True
    return (_("生效中"), "green", False) if one.first_day <= today else (_("未开始"), "blue", False)
