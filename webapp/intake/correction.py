"""补正: the form of the one notice, what the applicant will be told, and only then the notice."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.case.correction import check_correction, correction_facts, require_askable
from engine.case.intake import missing_lines
from engine.catalogue import ChecklistLine
from engine.commands import RequestCorrection, check_shape
from engine.errors import AlreadyDone, BadInput, BinglianError, NotPossible
from engine.instants import to_text
from engine.reader import CaseView
from webapp.auth import current_actor
from webapp.cases.acts import DO, EDIT
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.intake.form import LONGEST_KEY, new_key
from webapp.intake.page import view_of, who_was_first
from webapp.portal.checklist import checklist_of

BAD, WRONG = "bad-", "wrong-"
"""Prefixes of form inputs: the tick that a material in hand has to be corrected, and what is wrong with one."""
Answer = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Notice:
    """The form: ``missing`` are named by themselves, ``given`` may be ticked.

    ``never``: missing, but not named by the first notice, so that a second one may not ask for it. ``ticked``,
    ``wrong`` (by code) and ``reason`` as typed, ``errors`` by field; "" stands for the whole form.
    """

    missing: tuple[ChecklistLine, ...]
    given: tuple[ChecklistLine, ...]
    never: tuple[ChecklistLine, ...]
    ticked: frozenset[str]
    wrong: Mapping[str, str]
    reason: str
    key: str
    errors: Mapping[str, str]

    @property
    def named(self) -> tuple[ChecklistLine, ...]:
        """What the notice names."""
        return (*self.missing, *(line for line in self.given if line.code in self.ticked))

    @property
    def materials(self) -> dict[str, str]:
        """The same for the command, with what is wrong."""
        return {line.code: self.wrong.get(line.code, "") for line in self.named}


def correction(case_id: str) -> Answer:
    """The form (GET), what the applicant will be told (POST), the notice itself (POST with ``step=do``)."""
    view = view_of(case_id)
    notice = _notice(view)
    if request.method == "GET":
        try:
            require_askable(view.case, current_actor(), to_text(view.now))
        except (AlreadyDone, NotPossible) as error:
            return _back(view, error)
        return _form(view, notice)
    if request.form.get("step") == EDIT:
        return _form(view, notice)
    if errors := _unclear(notice):
        return _form(view, replace(notice, errors=errors)), HTTPStatus.BAD_REQUEST
    return _carry_out(view, notice)


def _carry_out(view: CaseView, notice: Notice) -> Answer:
    command, actor = _command(view.case.id, notice), current_actor()
    try:
        if request.form.get("step") != DO:
            check_shape(command, actor)
            check_correction(view.case, command, actor, to_text(view.now))
            facts = correction_facts(view.case, view.deployment, command)
            return render_template("intake/correction_preview.html", view=view, notice=notice, facts=facts)
        engine().execute(command, actor)
    except AlreadyDone as error:
        return _back(view, error)
    except (BadInput, NotPossible) as error:
        field = "reason" if error.where == "reason" else ""
        again = replace(notice, errors={field: message_of(error)}, key=new_key())
        return _form(view, again), status_of(error)
    flash(_("补正通知已发出，申请人会收到清单。补齐之前不计时。"))
    return redirect(url_for("intake.case", case_id=view.case.id), HTTPStatus.SEE_OTHER)


def _command(case_id: str, notice: Notice) -> RequestCorrection:
    return RequestCorrection(case_id, notice.materials, notice.reason, notice.key)


def _back(view: CaseView, error: BinglianError) -> Response:
    """To the page of the application, with who was first or why it is too late."""
    now = view_of(view.case.id)
    flash(who_was_first(now, error) if isinstance(error, AlreadyDone) else message_of(error))
    return redirect(url_for("intake.case", case_id=view.case.id), HTTPStatus.SEE_OTHER)


def _form(view: CaseView, notice: Notice) -> str:
    return render_template("intake/correction.html", view=view, notice=notice)


def _notice(view: CaseView) -> Notice:
    """The form as it was sent, or empty; a second notice offers what the first one named."""
    case, sent = view.case, request.form
    asked = checklist_of(case, view.deployment.offering).asked
    codes = [line.code for line in asked]
    lacking = {line.code for line in missing_lines(case, view.deployment)}
    allowed = case.asked.keys() or set(codes)
    return Notice(
        missing=_lines(asked, lacking & allowed),
        given=_lines(asked, allowed - lacking),
        never=_lines(asked, lacking - allowed),
        ticked=frozenset(code for code in codes if sent.get(BAD + code)),
        wrong={code: sent.get(WRONG + code, "") for code in codes},
        reason=sent.get("reason", ""),
        key=sent.get("key", "")[:LONGEST_KEY] or new_key(),
        errors={},
    )


def _lines(lines: Iterable[ChecklistLine], codes: Collection[str]) -> tuple[ChecklistLine, ...]:
    return tuple(line for line in lines if line.code in codes)


def _unclear(notice: Notice) -> dict[str, str]:
    """Ticked without a word, or words without a tick: by field."""
    errors = {}
    for line in notice.given:
        said, ticked = notice.wrong[line.code].strip(), line.code in notice.ticked
        if ticked and not said:
            errors[WRONG + line.code] = _("请写明哪里需要补正")
        elif said and not ticked:
            errors[BAD + line.code] = _("写了问题但没有勾选；不需要补正的请清空")
    return errors
