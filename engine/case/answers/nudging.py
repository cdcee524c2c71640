"""催办: somebody with an interest in a case urges whoever handles a step of it.

Once per step and working day, whoever does it; a day off belongs to the working day before it. The applicant may once
per case and working day, for the steps that are past their limit. A step that began today, or whose clock stands still
for a special procedure, has nobody to urge.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from engine.calendar import WorkCalendar
from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.answers.answering import HEADS
from engine.case.deployment import Deployment
from engine.case.policy import SUPERVISION, WINDOW, WINDOW_CLERK
from engine.case.running import TASK, Running, is_stopped
from engine.case.state import IN_PROGRESS, Case, Task
from engine.commands import APPLICANT, Actor, NudgeStep
from engine.errors import AlreadyDone, BadInput, BinglianError, NotPermitted, NotPossible
from engine.instants import from_text, to_text
from engine.journal import Json


@dataclass(frozen=True)
class Today:
    """An instant as nudges see it."""

    calendar: WorkCalendar
    instant: datetime

    @cached_property
    def at(self) -> str:
        """The instant as text."""
        return to_text(self.instant)

    @property
    def is_working(self) -> bool:
        """Whether it is of a working day."""
        return self.calendar.is_working(self.calendar.local_date(self.instant))

    @cached_property
    def working_day(self) -> str:
        """The working day it belongs to: its local date or, on a day off, the last working day before; ISO."""
        day = self.calendar.local_date(self.instant)
        while not self.calendar.is_working(day):
            day -= timedelta(days=1)
        return day.isoformat()

    def is_local_date_of(self, instant: str) -> bool:
        """Whether another instant is of the same local day."""
        local: date = self.calendar.local_date(from_text(instant))
        return local == self.calendar.local_date(self.instant)


def may_nudge(case: Case, deployment: Deployment, task: Task, actor: Actor) -> bool:
    """Whether this person has an interest in a step that he does not handle himself; when is another question.

    Window clerks, supervision, the lead department, the heads of the step's own department, and the people of
    departments with another open step in the case.
    """
    if actor == APPLICANT or policy.may_handle(task, actor):
        return False
    others = {other.department for other in case.open_tasks() if other.id != task.id}
    leads = actor.department == task.department and not actor.roles.isdisjoint(HEADS)
    interested = {SUPERVISION, deployment.offering.lead_department, *others}
    return leads or actor.department in interested or actor.holds(WINDOW, WINDOW_CLERK)


def nudgeable(case: Case, deployment: Deployment, actor: Actor, today: Today) -> tuple[str, ...]:
    """Ids of the steps this person (or ``APPLICANT``) could urge now; of the applicant's all are urged at once."""
    if actor == APPLICANT:
        with suppress(BinglianError):
            return _for_applicant(case, NudgeStep(case.id), today)
        return ()
    return tuple(
        task.id
        for task in case.open_tasks()
        if case.status == IN_PROGRESS
        and may_nudge(case, deployment, task, actor)
        and _refusal(case, task, today) is None
    )


def nudge_facts(case: Case, deployment: Deployment, command: NudgeStep, actor: Actor, today: Today) -> dict[str, Json]:
    """Which steps are urged, by which department (or the applicant), with what words; raises when it may not be."""
    message = policy.limited_text("message", command.message)
    if actor == APPLICANT:
        tasks, by = _for_applicant(case, command, today), APPLICANT.id
    else:
        tasks, by = (_for_staff(case, deployment, command, actor, today),), actor.department
    return {"tasks": list(tasks), "by": by, "message": message, "day": today.working_day}


def nudged(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepNudged: the handlers are told who urges them, as a department."""
    day, by = str(facts["day"]), str(facts["by"])
    urged = [*facts["tasks"], *([APPLICANT.id] if by == APPLICANT.id else [])]
    kept = [key for key, last in case.nudges.items() if last == day]
    case.nudges = dict.fromkeys((*kept, *urged), day)
    for task in [case.tasks[task_id] for task_id in facts["tasks"]]:
        told = {"number": case.number, "step": task.step, "by": by, "due": task.due_at, "message": facts["message"]}
        for department, role, person in policy.handlers(task):
            act.notices.append(Notice("step_nudged", department, role, task.id, told, person))


def _for_staff(case: Case, deployment: Deployment, command: NudgeStep, actor: Actor, today: Today) -> str:
    task = policy.require_open(case, command.task_id)
    if policy.may_handle(task, actor):
        raise NotPermitted(
            "nudge.own", "该环节由您办理，无需催办", "this step is yours to handle: there is nobody to urge", task.id
        )
    if not may_nudge(case, deployment, task, actor):
        raise NotPermitted(
            "policy.nudge", "只有窗口、效能监督、牵头部门、承办部门负责人和有在办环节的部门可以催办",
            "only the window, supervision, the lead department, the heads of the step's department and departments "
            "with an open step may urge", task.id,
        )  # fmt: skip
    refusal = _refusal(case, task, today)
    if refusal is not None:
        raise refusal
    return task.id


def _for_applicant(case: Case, command: NudgeStep, today: Today) -> tuple[str, ...]:
    """Every step that is late and was not urged today."""
    if command.task_id or command.message.strip():
        raise BadInput(
            "nudge.applicant", "申请人催办不选环节、不留言", "the applicant urges without a step and without words"
        )
    if case.status != IN_PROGRESS:
        raise NotPossible("nudge.not_running", "该办件不在办理中", "this case is not in progress", case.number)
    if case.nudges.get(APPLICANT.id, "") >= today.working_day:
        raise _too_often(case.number, today)
    late = [task for task in case.open_tasks() if _is_late(task, today)]
    if not late:
        raise NotPossible(
            "nudge.not_late", "目前没有超过时限的环节，不需要催办", "no step is past its limit: nothing to urge",
            case.number,
        )  # fmt: skip
    fresh = tuple(task.id for task in late if _refusal(case, task, today) is None)
    if not fresh:
        raise _too_often(case.number, today)
    return fresh


def _is_late(task: Task, today: Today) -> bool:
    return task.due_at is not None and task.due_at < today.at


def _refusal(case: Case, task: Task, today: Today) -> AlreadyDone | NotPossible | None:
    """Why a step cannot be urged now, whoever asks."""
    if is_stopped(case, Running(TASK, task.id, task.item, task.opened_at, task.due_at)):
        return NotPossible(
            "nudge.suspended", "该环节已中止计时，不能催办", "the clock of this step is stopped: it cannot be urged",
            task.id,
        )  # fmt: skip
    if today.is_local_date_of(task.opened_at) and not _is_late(task, today):
        return NotPossible(
            "nudge.fresh", "该环节今天刚开始，请下一个工作日再催办",
            "this step began only today; urge on the next working day", task.id,
        )  # fmt: skip
    return _too_often(task.id, today) if case.nudges.get(task.id, "") >= today.working_day else None


def _too_often(where: str, today: Today) -> AlreadyDone:
    zh, en = ("今天", "today") if today.is_working else ("上一个工作日以来", "since the last working day")
    return AlreadyDone(
        "nudge.today", f"{zh}已经催办过，请下一个工作日再催办",
        f"this was urged already {en}; try again on the next working day", where,
    )  # fmt: skip
