"""Stopping, resuming and extending clocks: a form, what would change in words, and only then the act.

Who may do what is asked of the engine; here are the forms alone. Nothing is kept between the pages: what was typed
travels in the forms.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.case.intent import Intent
from engine.case.offers.clock_changes import Change, changed_by
from engine.case.parts.terms import BOTH, PROMISED_ONLY
from engine.case.procedures import PROCEDURES
from engine.case.timekeeping.extending import AUTHORITY_HEAD, GOVERNMENT_HEAD, approval_of, extendable, require_head
from engine.case.timekeeping.suspending import require_suspender, resumable, suspendable
from engine.commands import Actor, ExtendClock, ResumeClock, SuspendClock
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPossible
from engine.instants import to_text
from engine.ports import EnginePorts
from engine.reader import CaseView
from webapp.auth import current_actor
from webapp.cases.act_words import SAID, already, done, nothing, said
from webapp.cases.clock_words import level_words, procedure_words, stop_words, whose
from webapp.cases.clocks import clock_words
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.words import limit_words

Answer = str | tuple[str, int] | Response
ActOnClocks = SuspendClock | ResumeClock | ExtendClock
WHOLE = "whole"
"""How a form names the whole case; an empty answer is none."""
PREVIEW, EDIT, DO = "preview", "edit", "do"
"""What a form is sent for: to see what would change, to go back to what was typed, to do it."""


@dataclass(frozen=True)
class Kind:
    """One act: its name in addresses and words, its fields (the first is what it is about), how they become a command.

    ``choices``: what this person may choose now; ``require`` raises NotPermitted for people who may choose nothing at
    any time; ``options`` are the answers of fields that offer some.
    """

    name: str
    fields: tuple[str, ...]
    command: Callable[..., ActOnClocks]
    choices: Callable[[CaseView, Actor], Sequence[str]]
    require: Callable[[CaseView, Actor], None]
    label: Callable[[CaseView, str], str]
    options: Mapping[str, Mapping[str, Callable[[], str]]]


@dataclass(frozen=True)
class Typed:
    """What stands in the form: texts by field, the idempotency key, what is wrong with which field."""

    values: Mapping[str, str]
    key: str
    error: str = ""
    field: str = ""


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen."""

    value: str
    label: str


def page(kind: Kind, case_id: str) -> Answer:
    """The form (GET), what would change (POST), or the act itself (POST with ``step=do``)."""
    actor = current_actor()
    view = engine().read.case(case_id, actor)
    kind.require(view, actor)
    if request.method == "GET":
        return _first(kind, view, actor)
    typed = Typed({name: request.form.get(name, "") for name in kind.fields}, request.form.get("key", ""))
    step = request.form.get("step", PREVIEW)
    if step == EDIT:
        return _form(kind, view, actor, typed)
    try:
        command = _command(kind, view, typed)
        if step != DO:
            return _confirm(kind, view, typed, _foreseen(view, command, actor))
        engine().execute(command, actor)
    except AlreadyDone as error:
        flash(already(engine().read.case(case_id, actor), command, error))
        return _back(case_id)
    except (BadInput, NotFound, NotPossible) as error:
        return _refused(kind, view, typed, error)
    flash(done(engine().read.case(case_id, actor), command))
    return _back(case_id)


def _back(case_id: str) -> Response:
    return redirect(url_for("cases.case", case_id=case_id, _anchor="clocks"), HTTPStatus.SEE_OTHER)


def _first(kind: Kind, view: CaseView, actor: Actor) -> Answer:
    """An empty form; the only choice is chosen."""
    choices = [choice or WHOLE for choice in kind.choices(view, actor)]
    if not choices:
        flash(nothing(kind.name))
        return _back(view.case.id)
    values = {**dict.fromkeys(kind.fields, ""), kind.fields[0]: choices[0] if len(choices) == 1 else ""}
    if "scope" in values:
        values["scope"] = BOTH
    return _form(kind, view, actor, Typed(values, secrets.token_urlsafe(12)))


def _command(kind: Kind, view: CaseView, typed: Typed) -> ActOnClocks:
    about, *rest = kind.fields
    if not typed.values[about]:
        raise BadInput("act.choice", "请选择", "please choose", about)
    chosen = "" if typed.values[about] == WHOLE else typed.values[about]
    texts = {name: typed.values[name] for name in rest}
    return kind.command(view.case.id, **{about: chosen}, **texts, key=typed.key)


def _foreseen(view: CaseView, command: ActOnClocks, actor: Actor) -> tuple[Change, ...]:
    """Tried on a copy read anew, so that the page shows the case as it is."""
    copy, deployments = engine().read.case(view.case.id, actor), engine().deployments
    intent = Intent(actor, copy.now, copy.deployment, deployments.get, lambda: copy.entries, deployments.calendar)
    return changed_by(copy.case, intent, command, EnginePorts(deployments, engine().settings, None))


def _refused(kind: Kind, view: CaseView, typed: Typed, error: BinglianError) -> Answer:
    field = error.where if error.where in kind.fields else kind.fields[0] if isinstance(error, NotFound) else ""
    again = Typed(typed.values, secrets.token_urlsafe(12), message_of(error), field)
    return _form(kind, view, current_actor(), again), status_of(error)


def _form(kind: Kind, view: CaseView, actor: Actor, typed: Typed) -> str:
    about = [Option(choice or WHOLE, kind.label(view, choice)) for choice in kind.choices(view, actor)]
    offered = {name: [Option(value, words()) for value, words in known.items()] for name, known in kind.options.items()}
    return render_template(
        f"cases/{kind.name}.html", act=kind.name, view=view, typed=typed, words=SAID,
        options={**offered, kind.fields[0]: about},
    )  # fmt: skip


def _confirm(kind: Kind, view: CaseView, typed: Typed, changes: Sequence[Change]) -> str:
    chosen = "" if typed.values[kind.fields[0]] == WHOLE else typed.values[kind.fields[0]]
    labels = {name: known[typed.values[name]]() for name, known in kind.options.items()}
    shown = {**typed.values, kind.fields[0]: kind.label(view, chosen), **labels}
    rows = [(clock_words(view, change.after), change) for change in changes]
    return render_template(
        "cases/confirm.html", view=view, typed=typed, act=kind.name, words=SAID, shown=shown, changes=rows,
        means=said(kind.name),
    )  # fmt: skip


def _item(view: CaseView, code: str) -> str:
    return whose(view.deployment.offering, code)


def _stop(view: CaseView, number: str) -> str:
    return stop_words(view.deployment.offering, view.case.suspensions[number])


def _item_with_approval(view: CaseView, code: str) -> str:
    level, days = approval_of(view.case, code)
    return _(
        "%(item)s（%(level)s批准，延长 %(days)s）",
        item=_item(view, code), level=level_words(level), days=limit_words(days, "working_days"),
    )  # fmt: skip


def _codes(view: CaseView) -> tuple[str, ...]:
    return ("", *view.case.items)


SUSPEND = Kind(
    "suspend", ("item", "procedure", "scope", "ground", "evidence", "expected_days"), SuspendClock,
    choices=lambda view, actor: suspendable(view.case, view.deployment, actor),
    require=lambda view, actor: require_suspender(view.deployment, _codes(view), actor),
    label=_item,
    options={
        "procedure": {code: partial(procedure_words, code) for code in PROCEDURES},
        "scope": {BOTH: lambda: _("法定时限和承诺时限都中止"), PROMISED_ONLY: lambda: _("只中止承诺时限")},
    },
)  # fmt: skip
RESUME = Kind(
    "resume", ("suspension", "evidence"), ResumeClock,
    choices=lambda view, actor: resumable(view.case, view.deployment, actor),
    require=lambda view, actor: require_suspender(view.deployment, _codes(view), actor),
    label=_stop, options={},
)  # fmt: skip
EXTEND = Kind(
    "extend", ("item", "level", "approver", "reason"), ExtendClock,
    choices=lambda view, actor: extendable(view.case, view.deployment, actor, to_text(view.now)),
    require=lambda view, actor: require_head(view.case, view.deployment, _codes(view), actor),
    label=_item_with_approval,
    options={"level": {level: partial(level_words, level) for level in (AUTHORITY_HEAD, GOVERNMENT_HEAD)}},
)  # fmt: skip
