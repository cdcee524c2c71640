"""The calm sentence after a decision: what was submitted, and where it goes now."""

from engine.case.state import CLOSED
from engine.commands import DecideStep, DeliverResults, Outcome
from engine.reader import CaseView
from webapp.cases.history import step_words
from webapp.i18n import gettext as _
from webapp.words import beside, department_name, word


def confirmation(view: CaseView, command: DecideStep | DeliverResults, outcome: Outcome) -> str:
    """``已提交：33010020261121000001 食品经营许可 · 现场核查（同意）→ 下一环节 审查（市场监管）``."""
    task = view.case.tasks[command.task_id]
    step = step_words(view.deployment.offering, task.step, task.instance)
    said = command.decision if isinstance(command, DecideStep) else ""
    done = _("办结") if task.act in {"issue", "deliver"} else word(said, "decision")
    return _(
        "已提交：%(number)s %(step)s → %(next)s",
        number=view.case.number, step=beside(step, done), next=_next(view, outcome),
    )  # fmt: skip


def _next(view: CaseView, outcome: Outcome) -> str:
    case, offering = view.case, view.deployment.offering
    if case.status == CLOSED:
        return _("办件已办结（%(outcome)s）", outcome=word(case.outcome, "outcome"))
    opened = [case.tasks[task] for task in outcome.opened if task in case.tasks]
    if opened:
        steps = [beside(step_words(offering, t.step, t.instance), department_name(t.department)) for t in opened]
        return _("下一环节 %(steps)s", steps=_("、").join(steps))
    waiting = dict.fromkeys(department_name(task.department) for task in case.open_tasks())
    return _("等待其他环节：%(departments)s", departments=_("、").join(waiting))
