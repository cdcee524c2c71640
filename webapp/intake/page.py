"""The page of one application at the window: what it lacks, what was asked for, what is owed after the acceptance."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from engine.case.correction import ACCEPTED, may_ask, owed_materials
from engine.case.deemed import DEEMED_KIND, is_deemed, require_in_time
from engine.case.demanded import demanded_materials
from engine.case.parts.terms import DEFERRED
from engine.case.pledging import open_to_choice
from engine.case.state import CORRECTION, IN_PROGRESS
from engine.case.together.recusal import may_name
from engine.errors import BinglianError, NotPossible
from engine.instants import to_text
from engine.journal import Entry
from engine.reader import CaseView
from webapp.auth import current_actor
from webapp.cases.clock_words import material_words
from webapp.cases.history import people_of
from webapp.cases.page import own_words
from webapp.context import engine
from webapp.errors import message_of
from webapp.intake.form import new_key
from webapp.portal.checklist import checklist_of
from webapp.portal.track import AskedLine, asked_entry, asked_of, progress_of
from webapp.words import day, instant, word

ANSWERS = frozenset({"ApplicationAccepted", DEEMED_KIND, "ApplicationDeclined"})


@dataclass(frozen=True)
class AskedFor:
    """The notice of correction that is out (or was the last): who sent it when, why, and what it names."""

    who: str
    at: str
    reason: str
    lines: tuple[AskedLine, ...]


@dataclass(frozen=True)
class Owed:
    """A material owed after the acceptance; ``due_at`` of one that was deferred, ``late`` when that has passed;
    ``demanded``: a branch has asked for it since."""

    code: str
    name: str
    due_at: str
    late: bool
    demanded: bool


def view_of(case_id: str) -> CaseView:
    """The case as the person who is signed in may see it; NotFound otherwise."""
    return engine().read.case(case_id, current_actor())


def case_page(template: str, view: CaseView, **more: Any) -> str:
    """A page about one application; ``more`` are texts of its forms to be shown again, and ``like``, accounts."""
    blank = ("problem", "reason", "reason_error", "code", "own_error", "own_typed", "own_reason")
    shown = {**dict.fromkeys(blank, ""), "like": (), **more}
    case, now, actor = view.case, to_text(view.now), current_actor()
    return render_template(
        template,
        case=case,
        offering=view.deployment.offering,
        checklist=checklist_of(case, view.deployment.offering),
        progress=progress_of(view),
        clerk=_name(view, view.entries[0]),
        now_text=now,
        key=new_key(),
        may_ask=may_ask(case, actor, now) and case.applicant != actor.id,
        mine=case.applicant == actor.id,
        own=own_words(case),
        may_name=may_name(case, actor),
        in_time=_in_time(view),
        deemed=deemed_words(view),
        asked=asked_for(view) if case.status == CORRECTION else None,
        owed=owed(view),
        committable=[view.deployment.offering.item(code) for code in open_to_choice(view.deployment, case.values)],
        **shown,
    )


def _in_time(view: CaseView) -> bool:
    """Whether acceptance can still be declined, or a correction asked for."""
    try:
        require_in_time(view.case, to_text(view.now))
    except NotPossible:
        return False
    return True


def deemed_words(view: CaseView) -> str:
    """That the application counts as accepted since its receipt: it was, or an acceptance now would say so."""
    entry = next((entry for entry in view.entries if entry.kind == DEEMED_KIND), None)
    if entry is not None:
        return _("五个工作日内未告知补正，视为自 %(day)s 收件之日起受理", day=day(str(entry.facts["since"])))
    case = view.case
    if not is_deemed(case, to_text(view.now)):
        return ""
    return _(
        "收件满五个工作日没有答复，视为自 %(day)s 收件之日起受理：期限从那一天起算。",
        day=day(case.received_at or case.submitted_at),
    )


def asked_for(view: CaseView) -> AskedFor | None:
    """The last notice of correction; None when there was none."""
    entry, asked = asked_entry(view), asked_of(view)
    if entry is None or asked is None:
        return None
    return AskedFor(_name(view, entry), instant(entry.instant), asked.reason, asked.lines)


def owed(view: CaseView) -> tuple[Owed, ...]:
    """What is still owed after the acceptance: deferred, missing when the case was deemed accepted, or demanded."""
    case, now = view.case, to_text(view.now)
    if case.status not in ACCEPTED:
        return ()
    due = {term.of: term.due_at for term in case.terms.values() if term.kind == DEFERRED and term.ended_at is None}
    demanded, offering = demanded_materials(case), view.deployment.offering
    return tuple(
        Owed(
            code, material_words(offering, case, code), due.get(code, ""), due.get(code, now) < now, code in demanded
        )
        for code in sorted(owed_materials(case))
    )  # fmt: skip


def who_was_first(view: CaseView, error: BinglianError) -> str:
    """Who accepted, declined or asked for a correction, and when: told calmly, never as a conflict."""
    if error.code == "correction.asked" and (asked := asked_for(view)) is not None:
        return str(_("%(name)s 已在 %(time)s 发出补正通知。", name=asked.who, time=asked.at))
    answers = [entry for entry in view.entries if entry.kind in ANSWERS]
    if not answers:
        return message_of(error)
    told = {"name": _name(view, answers[0]), "time": instant(answers[0].instant)}
    status = word(view.case.status, "case_status")
    return str(_("%(name)s 已在 %(time)s 处理过这件申请（%(status)s）。", status=status, **told))


def accepted_words(view: CaseView) -> str:
    """What is said after an acceptance."""
    if view.case.status == IN_PROGRESS and (words := deemed_words(view)):
        return str(_("已受理：%(words)s。", words=words))
    return str(_("已受理，各部门可以开始办理。"))


def _name(view: CaseView, entry: Entry) -> str:
    return people_of(view).get(entry.actor, entry.actor)
