"""One task as the right-hand pane shows it: the case, the deadline, and the form this person may fill."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.case.approval import ISSUE, LEAD
from engine.case.policy import MAX_TEXT, may_handle
from engine.case.state import DONE, OPEN, Task
from engine.case.steps import DELIVER
from engine.catalogue import Step
from engine.commands import Actor
from engine.errors import BinglianError, NotFound
from webapp.cases.deadlines import Deadline, deadline_of_task
from webapp.cases.history import step_words
from webapp.cases.page import CasePage, case_page
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import gettext as _
from webapp.words import instant, word


@dataclass(frozen=True)
class TaskForm:
    """What was typed and sent, with the error to show at ``field`` (empty when there is none)."""

    opinion: str
    key: str
    field: str
    error: str = ""

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
class TaskPage:
    """The pane. ``form`` is None when this person has nothing to do here; then ``closed`` says why, if it is closed."""

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


def task_page(case_id: str, task_id: str, actor: Actor, sent: TaskForm | None = None) -> TaskPage:
    """The pane of a task; ``sent`` is a form to be shown again. NotFound when there is no such task."""
    case = case_page(case_id, actor)
    task = case.case.tasks.get(task_id)
    if task is None:
        raise NotFound("task.unknown", "没有这个任务", "there is no such task", task_id)
    mine = task.status == OPEN and may_handle(task, actor)
    draft = engine().records.draft(case_id, task_id, actor.id)
    step = case.offering.steps.get(task.step)  # None for a closed one that the case's version does not have
    form = (sent or TaskForm("", secrets.token_urlsafe(12), "opinion")) if mine else None
    return TaskPage(
        case, task, step_words(case.offering, task.step, task.instance),
        deadline_of_task(case.case, task) if task.status == OPEN else None,
        _buttons(task, step) if step else [], _phrases(task, step) if step else [],
        (sent.opinion if sent else "") or draft, form, _closed(case, task),
    )  # fmt: skip


def _closed(case: CasePage, task: Task) -> str:
    """Who handled a closed task, when and how: the sentence instead of an error."""
    if task.status == OPEN:
        return ""
    at = instant(task.closed_at)
    if task.status != DONE:
        return _("该环节已不需办理（%(time)s，事项已结束或由窗口受理代替）。", time=at)
    who = case.people.get(task.actor or "", task.actor or "")
    if task.act in {DELIVER, ISSUE}:
        return _("%(who)s 已于 %(time)s 办结。", who=who, time=at)
    decision = word(task.decision, "decision")
    return _("%(who)s 已于 %(time)s 办理：%(decision)s。", who=who, time=at, decision=decision)


def _may_forward(task: Task, step: Step) -> bool:
    """Suggesting to pass a file upward takes the place of no decision: only steps that advise offer it."""
    return not step.decisive and task.act not in {DELIVER, ISSUE, LEAD}


def _buttons(task: Task, step: Step) -> list[Button]:
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
