"""One task as the right-hand pane shows it: the case, the deadline, and the form this person may fill."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.case.approval import ISSUE, LEAD
from engine.case.approvers.panels import may_decide, rule_of
from engine.case.policy import MAX_TEXT, may_handle
from engine.case.rerun import whose
from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import ABSTAIN, TAKEN_BACK
from engine.case.seating.seats import OPEN as SEAT_OPEN
from engine.case.state import CANCELLED, DONE, OPEN, VOIDED, Task
from engine.case.steps import DELIVER
from engine.catalogue import Step
from engine.catalogue.seat_rules import VOTE
from engine.commands import Actor
from engine.errors import BinglianError, NotFound
from webapp.cases.deadlines import Deadline, deadline_of_task
from webapp.cases.decided import ended_by
from webapp.cases.hand_words import why_not
from webapp.cases.history import step_words
from webapp.cases.meanwhile import last_word
from webapp.cases.page import CasePage, case_page
from webapp.cases.seating import Seating, seating
from webapp.cases.session_words import opinion_from
from webapp.cases.step_notes import NudgeNote, nudges_of
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import gettext as _
from webapp.words import instant, word

LONGEST_DRAFT = 8_000
"""Letters of an opinion that are kept while it is written; one that is submitted may have fewer."""


@dataclass(frozen=True)
class TaskForm:
    """What was typed and sent, with the error to show at ``field`` (empty when there is none); ``behalf`` is the
    account of the absent person it is for."""

    opinion: str
    key: str
    field: str
    error: str = ""
    behalf: str = ""

    def refused(self, error: BinglianError) -> "TaskForm":
        """The same form with the error in words, at the field the engine names (else at its own)."""
        known = {"opinion", "decision", "method"}
        return replace(self, error=message_of(error), field=error.where if error.where in known else self.field)


@dataclass(frozen=True)
class Button:
    """One decision that can be chosen; ``key`` is the keyboard key that goes to it."""

    decision: str
    label: str
    style: str
    key: str


@dataclass(frozen=True)
class StandIn:
    """Somebody whose decision the form can give: the reader himself (an empty account), or an absent person."""

    account: str
    name: str


@dataclass(frozen=True)
class TaskPage:
    """The pane. ``form`` is None when this person has nothing to do here; then ``closed`` says why, if it is closed,
    and ``again`` is the task of the same step that is open instead. ``kept`` says where the opinion comes from.
    ``stand_ins``: for whom this person may decide, where that is not only himself; ``advises``: who asked for no more
    than advice."""

    case: CasePage
    task: Task
    step: str
    deadline: Deadline | None
    buttons: Sequence[Button]
    phrases: Sequence[str]
    opinion: str
    form: TaskForm | None
    closed: str = ""
    problem: str = ""
    kept: str = ""
    again: str = ""
    nudges: Sequence[NudgeNote] = ()
    seating: Seating | None = None
    stand_ins: Sequence[StandIn] = ()
    advises: str = ""
    max_text: int = MAX_TEXT

    @property
    def open(self) -> bool:
        """Whether it can still be handled by this person."""
        return self.form is not None

    @property
    def delivery(self) -> bool:
        """Handing over at the window instead of a decision."""
        return self.task.act == DELIVER

    @property
    def lead(self) -> bool:
        """The lead department's decision over the whole application."""
        return self.task.act == LEAD

    def with_problem(self, problem: str) -> "TaskPage":
        """The same with a sentence above the form."""
        return replace(self, problem=problem)

    def with_reason(self, why: str) -> "TaskPage":
        """The same, saying at least this of why nothing can be done here."""
        return replace(self, closed=self.closed or _("%(words)s。", words=why))


def task_page(case_id: str, task_id: str, actor: Actor, sent: TaskForm | None = None) -> TaskPage:
    """The pane of a task; ``sent`` is a form to be shown again. NotFound when there is no such task."""
    case = case_page(case_id, actor)
    task = case.case.tasks.get(task_id)
    if task is None:
        raise NotFound("task.unknown", "没有这个任务", "there is no such task", task_id)
    may = may_decide(case.case, case.view.deployment, task, actor) if task.status == OPEN else False
    stand_ins = _stand_ins(case, task, actor, own=may)
    mine = may or bool(stand_ins)
    draft, kept = _kept(case, task, actor)
    step = case.offering.steps.get(task.step)  # None for a closed one that the case's version does not have
    form = (sent or TaskForm("", secrets.token_urlsafe(12), "opinion")) if mine else None
    return TaskPage(
        case, task, step_words(case.offering, task.step, task.instance),
        deadline_of_task(case.case, task) if task.status == OPEN else None,
        _buttons(task, step, case) if step else [], _phrases(task, step) if step else [],
        (sent.opinion if sent else "") or draft, form,
        "" if mine else _closed(case, task) or _waits(case, task, actor),
        kept=kept, again=_again(case, task, actor), nudges=nudges_of(case.view).get(task_id, ()) if mine else (),
        seating=_seating(case, task, actor), stand_ins=stand_ins,
        advises=_advises(case, task, actor) if may else "",
    )  # fmt: skip


def _seating(case: CasePage, task: Task, actor: Actor) -> Seating | None:
    """The seats of a task: of an open one always, of a closed one when they say more than its decision."""
    if task.status == OPEN:
        return seating(case.view, task, actor, case.people)
    return next((one for one in case.seatings if one.task == task.id), None)


def _stand_ins(case: CasePage, task: Task, actor: Actor, *, own: bool) -> list[StandIn]:
    """Empty when nobody but the reader can be meant."""
    absent = engine().absences.stood_in_for(case.view, task, actor) if task.status == OPEN else []
    if not absent:
        return []
    names = engine().records.names(absent)
    others = [StandIn(one, names.get(one, one)) for one in absent]
    return [StandIn("", _("本人")), *others] if own else others


def _advises(case: CasePage, task: Task, actor: Actor) -> str:
    """Who lent this person the seat; empty when it is his own."""
    seats = seats_from(task.seats)
    lender = next((seat.lent_from for seat in seats if seat.person == actor.id and seat.status == SEAT_OPEN), "")
    return case.people.get(lender, lender)


def _kept(case: CasePage, task: Task, actor: Actor) -> tuple[str, str]:
    """What this person wrote for the step and where that is from: a draft of the task, else what was written for the
    same step before it was taken away or its decision voided."""
    drafts = engine().records.drafts(case.case.id, actor.id)
    if task.id in drafts:
        return drafts[task.id], _("有未提交的草稿")
    if task.status == OPEN:
        for before in [task, *reversed(_same(case, task))]:
            if before.id in drafts:
                return drafts[before.id], _("上次没有提交的草稿，可以接着写")
            if said := _said_before(before, actor):
                return said, _("您上次的意见，可以修改")
        return opinion_from(case.case, task)
    return "", ""


def _said_before(task: Task, actor: Actor) -> str:
    """The opinion this person gave in a task and that stands no longer: its decision is void, or he took it back."""
    seats = seats_from(task.seats)
    if task.status == VOIDED:
        own = [seat.opinion for seat in seats if seat.decided_by == actor.id]
        return own[0] if own else task.opinion if task.actor == actor.id else ""
    kept = [one for seat in seats for one in seat.kept if one.kind == TAKEN_BACK and one.by == actor.id]
    return kept[-1].opinion if kept else ""


def _same(case: CasePage, task: Task) -> list[Task]:
    """The other tasks of the same step, the oldest first."""
    return [one for one in case.case.tasks.values() if whose(one) == whose(task) and one.id != task.id]


def _again(case: CasePage, task: Task, actor: Actor) -> str:
    if task.status == OPEN:
        return ""
    return next((one.id for one in _same(case, task) if one.status == OPEN and may_handle(one, actor)), "")


def _closed(case: CasePage, task: Task) -> str:
    """Who handled a closed task, when and how: the sentence instead of an error."""
    if task.status == OPEN:
        return ""
    at, by = instant(task.closed_at), ended_by(task, case.history)
    if task.status == VOIDED and by is not None:
        return _("该环节的决定已作废：%(words)s。", words=by.sentence)
    if task.status == CANCELLED and by is not None:
        return _("该环节不再办理：%(words)s。", words=by.sentence)
    if task.status != DONE:
        return _("该环节已不需办理（%(time)s，事项已结束或由窗口受理代替）。", time=at)
    who = case.people.get(task.actor or "", task.actor or "")
    if task.act in {DELIVER, ISSUE}:
        return _("%(who)s 已于 %(time)s 办结。", who=who, time=at)
    decision = word(task.decision, "decision")
    return _("%(who)s 已于 %(time)s 办理：%(decision)s。", who=who, time=at, decision=decision)


def _waits(case: CasePage, task: Task, actor: Actor) -> str:
    """Why somebody who sees an open task has nothing to decide in it now; empty for whoever has no part in it."""
    if task.status != OPEN:
        return ""
    seats = seats_from(task.seats)
    people = {**engine().records.names(seat.person for seat in seats), **case.people} if seats else case.people
    why = why_not(seats, actor.id, people)
    if not why and not actor.holds(task.department, task.role):
        return ""
    return f"{why or _('该任务现在不归您办理。')}{last_word(case.view, task.id, actor.id)}"


def _may_forward(task: Task, step: Step) -> bool:
    """Suggesting to pass a file upward takes the place of no decision: only steps that advise offer it."""
    return not step.decisive and task.act not in {DELIVER, ISSUE, LEAD}


def _buttons(task: Task, step: Step, case: CasePage) -> list[Button]:
    if task.act == ISSUE:
        return [Button("agree", _("办结"), "primary", "a")]
    refuse = _("整件不予许可") if task.act == LEAD else word("disagree", "decision")
    buttons = [
        Button("agree", word("agree", "decision"), "primary", "a"),
        Button("agree_with_conditions", word("agree_with_conditions", "decision"), "", "c"),
        Button("disagree", refuse, "danger", "r"),
    ]
    if _may_forward(task, step):
        buttons.append(Button("forward", word("forward", "decision"), "", "f"))
    if rule_of(case.view.deployment, task).kind == VOTE:
        buttons.append(Button(ABSTAIN, word(ABSTAIN, "decision"), "", "b"))
    return buttons


def _phrases(task: Task, step: Step) -> list[str]:
    """常用语 for the kind of step."""
    if task.act in {DELIVER, ISSUE}:
        return [] if task.act == DELIVER else [_("证照信息核对无误，已出证。")]
    first = {
        "site": _("现场与申请材料一致，符合要求。"),
        "lead_decide": _("按各部门意见办结。"),
    }.get(task.act, _("材料齐全，符合法定条件。"))
    phrases = [first, _("请按以下条件办理："), _("不符合以下条件：")]
    return [*phrases, _("超出本级权限，建议报送上级审批。")] if _may_forward(task, step) else phrases
