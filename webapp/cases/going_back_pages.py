"""The pages of the acts that go back: a form, what would happen in words, and only then the act.

Who may do what, and what it does, is asked of the engine. What was typed travels in the forms, with a mark of what was
shown: when the case has changed in between, what it would do now is shown instead, and who did what meanwhile.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import takewhile

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.case.back.rewind import last_visit
from engine.case.state import DONE, OPEN
from engine.case.together.voting import VOTE_TAKEN_BACK
from engine.commands import Actor
from engine.errors import BadInput, BinglianError, NotFound, NotPermitted
from engine.preview import Preview
from engine.reader import CaseView
from webapp.auth import current_actor, signed_in
from webapp.cases.acts import DO, EDIT, Answer, Option, Typed
from webapp.cases.decided import ended_by
from webapp.cases.foreseen import clock_lines, groups
from webapp.cases.going_back import KINDS, OF_CASE, TAKE_BACK, GoesBack, GoingBack, choices_of
from webapp.cases.going_back_words import words_of
from webapp.cases.history import history, people_of, step_words
from webapp.cases.meanwhile import entries_shown, meanwhile
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.i18n import gettext as _
from webapp.words import beside, instant, word

REASONS = "—"
"""Stands for what is not typed yet, when only the rest of an act is asked about."""
CHANGED = "preview.changed"
DECIDED = "StepDecided"
OVER = frozenset({one.entry for one in OF_CASE} | {"ResultsDelivered"})
"""Kinds of entries after which acts on the whole case are no longer possible."""


@dataclass(frozen=True)
class Sent:
    """A form as it came: what is typed, the task it is about (or empty), how many entries the journal had and what was
    foreseen when it was shown."""

    typed: Typed
    task: str
    entries: int
    mark: str

    @classmethod
    def of_request(cls, kind: GoingBack) -> "Sent":
        """What the browser sent; for a first look nothing but the task."""
        values = {name: request.form.get(name, "") for name in kind.fields}
        return cls(
            Typed(values, request.form.get("key", "") or secrets.token_urlsafe(12)),
            request.values.get("task", "") if kind.about_task else "",
            entries_shown(request.form.get("entries", "")),
            request.form.get("mark", "") or REASONS,
        )


@signed_in()
def page(act: str, case_id: str) -> Answer:
    """The form (GET; for an act that asks for nothing what would happen), what would happen (POST), the act itself
    (POST with ``step=do``)."""
    kind, actor = KINDS[act], current_actor()
    view = engine().read.case(case_id, actor)
    sent = Sent.of_request(kind)
    if request.method == "GET":
        return _first(kind, view, actor, sent)
    if request.form.get("step") == EDIT:
        return _form(kind, view, actor, sent)
    try:
        command = _command(kind, view, sent)
        if request.form.get("step") != DO:
            return _confirm(kind, view, sent, _foreseen(command, actor))
        engine().execute(command, actor, sent.mark)
    except (NotPermitted, NotFound):
        raise
    except BinglianError as error:
        return _refused(kind, engine().read.case(case_id, actor), actor, sent, error)
    flash(_done(kind, engine().read.case(case_id, actor)))
    return _back(case_id)


def _back(case_id: str) -> Response:
    return redirect(url_for("cases.case", case_id=case_id, _anchor="flow"), HTTPStatus.SEE_OTHER)


def _command(kind: GoingBack, view: CaseView, sent: Sent) -> GoesBack:
    if sent.typed.values.get("to_step") == "":
        raise BadInput("act.choice", "请选择", "please choose", "to_step")
    about = {"task_id": sent.task} if kind.about_task else {}
    return kind.command(view.case.id, **about, **sent.typed.values, key=sent.typed.key)


def _foreseen(command: GoesBack, actor: Actor) -> Preview:
    """What it would do; raises what it would be refused with."""
    foreseen = engine().preview(command, actor)
    if foreseen.error is not None:
        raise foreseen.error
    return foreseen


def _first(kind: GoingBack, view: CaseView, actor: Actor, sent: Sent) -> Answer:
    """An empty form, where the act is possible; otherwise back to the case, and why not."""
    try:
        if not kind.fields:
            return _confirm(kind, view, sent, _foreseen(_command(kind, view, sent), actor))
        if kind.may(choices_of(view, actor), sent.task):
            return _form(kind, view, actor, sent)
        blank = Typed(dict.fromkeys(kind.fields, REASONS), "")
        _foreseen(_command(kind, view, replace(sent, typed=blank)), actor)
    except (NotPermitted, NotFound):
        raise
    except BinglianError as error:
        nothing = error.code == "return.not_visited"  # whatever was chosen
        flash(
            _("本环节之前没有办理过的环节，不能退回。") if nothing else f"{_who(kind, view, sent)}{message_of(error)}"
        )
    return _back(view.case.id)


def _who(kind: GoingBack, view: CaseView, sent: Sent) -> str:
    """The act that took the case, or the task, away; of a decision that stands the last one after it. Empty when there
    is none."""
    lines, task = history(view, people_of(view)), view.case.tasks.get(sent.task)
    if task is None:
        found = next((line for line in lines if line.kind in OVER), None)
    elif kind is TAKE_BACK and task.status == DONE:
        later = takewhile(lambda line: line.task != task.id, lines)
        found = next((line for line in later if line.kind in OVER | {DECIDED}), None)
    else:
        found = None if task.status == OPEN else ended_by(task, lines)
    return "" if found is None else _("%(words)s。", words=found.sentence)


def _refused(kind: GoingBack, view: CaseView, actor: Actor, sent: Sent, error: BinglianError) -> Answer:
    """The form with what was typed, and why not; when the case has changed, what the act would do now."""
    if error.code == CHANGED:
        return _again(kind, view, actor, sent)
    if isinstance(error, BadInput) and kind.fields:
        field = error.where if error.where in kind.fields else ""
        again = Typed(sent.typed.values, secrets.token_urlsafe(12), message_of(error), field)
        return _form(kind, view, actor, replace(sent, typed=again)), status_of(error)
    if not kind.fields:
        flash(f"{_who(kind, view, sent)}{message_of(error)}")
        return _back(view.case.id)
    again = Typed(sent.typed.values, secrets.token_urlsafe(12), message_of(error))
    return _form(kind, view, actor, replace(sent, typed=again), meanwhile(view, sent.entries)), status_of(error)


def _again(kind: GoingBack, view: CaseView, actor: Actor, sent: Sent) -> Answer:
    """What it would do now, with a sentence why that is shown."""
    try:
        foreseen = _foreseen(_command(kind, view, sent), actor)
    except BinglianError as error:
        return _refused(kind, view, actor, sent, error)
    told = meanwhile(view, sent.entries) or [_("时间过去了，到期时间有了变化。")]
    return _confirm(kind, view, sent, foreseen, told), HTTPStatus.CONFLICT


def _form(kind: GoingBack, view: CaseView, actor: Actor, sent: Sent, told: Sequence[str] = ()) -> str:
    options = {"to_step": _steps(view, actor, sent.task)} if "to_step" in kind.fields else {}
    task = view.case.tasks.get(sent.task)
    return render_template(
        "cases/go_back.html", act=kind.name, view=view, typed=sent.typed, fields=kind.fields, options=options,
        told=told,
        words=words_of(kind.name), about=_about(view, sent), task=task,
        entries=sent.entries if sent.entries and not told else len(view.entries),
    )  # fmt: skip


def _about(view: CaseView, sent: Sent) -> str:
    task = view.case.tasks.get(sent.task)
    return "" if task is None else step_words(view.deployment.offering, task.step, task.instance)


def _steps(view: CaseView, actor: Actor, task: str) -> list[Option]:
    """Steps that can be returned to, each with who decided it last."""
    people = people_of(view)
    found = []
    for step in choices_of(view, actor).returns.get(task, ()):
        last = last_visit(view.case, step)[-1]
        who = people.get(last.actor or "", last.actor or "")
        said = f"{who} {instant(last.closed_at)} {word(last.decision, 'decision')}"
        found.append(Option(step, beside(step_words(view.deployment.offering, step), said)))
    return found


def _confirm(kind: GoingBack, view: CaseView, sent: Sent, foreseen: Preview, told: Sequence[str] = ()) -> str:
    shown = dict(sent.typed.values)
    if "to_step" in shown:
        shown["to_step"] = step_words(view.deployment.offering, shown["to_step"])
    return render_template(
        "cases/go_back_confirm.html", act=kind.name, view=view, typed=sent.typed, shown=shown,
        task=view.case.tasks.get(sent.task), about=_about(view, sent), words=words_of(kind.name), told=told,
        groups=groups(view, foreseen), clocks=clock_lines(foreseen), mark=foreseen.mark, entries=len(view.entries),
        fields=kind.fields,
    )  # fmt: skip


def _done(kind: GoingBack, view: CaseView) -> str:
    kinds = {kind.entry, VOTE_TAKEN_BACK} if kind is TAKE_BACK else {kind.entry}
    entry = next(line for line in history(view, people_of(view)) if line.kind in kinds)
    return _("已办理：%(what)s。", what=entry.what)
