"""The one armed timer of an open task: it is the next stage of its policy, ``<task>:<number of the stage>``.

``Task.stage`` counts the stages behind it. While its clock is stopped a task has no timer; when it goes on, the same
stage is armed anew. A stage that is past when it is armed fires at the next sweep, so each fires once and in order.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol, cast

from engine.calendar import Limit, Unit, WorkCalendar, due_date
from engine.case.act import Act, Pause
from engine.case.deadlines import opening_before
from engine.case.deployment import Deployment
from engine.case.policies import REMINDER, WORKING_DAYS, Stage, after_due, before_due, stage_at
from engine.case.running import TASK, Running, pauses_of, suspensions
from engine.case.state import Case, Task, Timer
from engine.instants import from_text, to_text

_ONE = Decimal(1)


class Asking(Protocol):
    """What the instant of a stage is found with."""

    def due_from(self, start: str, limit: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> tuple[str, bool]:
        """The due instant of a limit from ``start``, and whether it is provisional."""
        ...

    def opening_before(self, instant: str, days: int) -> str:
        """When offices open on the working day so many working days before the day of an instant."""
        ...


class CalendarAnswers:
    """Answers of a calendar, written nowhere."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar

    def due_from(self, start: str, limit: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> tuple[str, bool]:
        """The due instant of a limit from ``start``, and whether it is provisional."""
        stops = suspensions(self._calendar, pauses)
        answer = due_date(self._calendar, from_text(start), Limit(limit, cast(Unit, unit)), stops)
        return to_text(answer.at), answer.provisional

    def opening_before(self, instant: str, days: int) -> str:
        """When offices open on the working day so many working days before the day of an instant."""
        return to_text(opening_before(self._calendar, from_text(instant), days))


class _Opening:
    """Answers for tasks that open in this act: a limit several of them have is asked for once."""

    def __init__(self, act: Act) -> None:
        self._act = act

    def due_from(self, start: str, limit: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> tuple[str, bool]:
        """As the act says; from its own instant without pauses it asks for each limit once."""
        if start == self._act.at and not pauses:
            return self._act.due(limit, unit)
        return self._act.due_from(start, limit, unit, pauses)

    def opening_before(self, instant: str, days: int) -> str:
        """As the act says."""
        return self._act.opening_before(instant, days)


def stage_of(deployment: Deployment, task: Task, timer: Timer) -> Stage | None:
    """The stage a timer of a task stands for."""
    return stage_at(deployment.policy(task.step), deployment.stages(task.step, task.limit, task.unit), timer.level - 1)


def arm(case: Case, act: Act, task_id: str) -> None:
    """Arms the next stage of an open task whose clock runs; nothing when none is left.

    A rung that was reached before (under another policy) is not reached again. A reminder that would not come between
    the opening and the due date is left out.
    """
    _arm(case, act, task_id, after="")


def arm_anew(case: Case, act: Act, before: Deployment, task_id: str) -> None:
    """A task goes on under another version: if its policy does something else there, the rungs it has not reached
    remain, and of the reminders those to come."""
    task, after = case.tasks[task_id], act.ports.deployment(case.version)
    key = (task.step, task.limit, task.unit)
    kept = before.policy(task.step).again_days == after.policy(task.step).again_days
    if (kept and before.stages(*key) == after.stages(*key)) or task.due_at is None:
        return
    for timer in [timer for timer in case.timers.values() if timer.task == task_id]:
        del case.timers[timer.id]
    reached = [n for n, stage in enumerate(after.stages(*key), start=1) if 0 < stage.level <= task.escalation]
    case.update_task(task_id, stage=max(reached, default=0))
    _arm(case, act, task_id, after=act.at)


def _arm(case: Case, act: Act, task_id: str, after: str) -> None:
    task, deployment = case.tasks[task_id], act.ports.deployment(case.version)
    stages, policy = deployment.stages(task.step, task.limit, task.unit), deployment.policy(task.step)
    index = task.stage
    while (stage := stage_at(policy, stages, index)) is not None:
        at = "" if 0 < stage.level <= task.escalation else moment(case, _Opening(act), task, stage)
        if at and not _is_left_out(stage, at, task, after):
            break
        index += 1
    if stage is None:
        return
    timer = Timer(f"{task_id}:{index + 1}", task_id, index + 1, at)
    case.timers[timer.id] = timer


def _is_left_out(stage: Stage, at: str, task: Task, after: str) -> bool:
    """A reminder before the due date that would come with it or with the opening; one of the past when only what comes
    is wanted."""
    if stage.kind != REMINDER:
        return False
    if stage.over is not None:
        return at <= after
    return at >= str(task.due_at) or at <= max(after, task.opened_at)


def moment(case: Case, asking: Asking, task: Task, stage: Stage) -> str:
    """When a stage of a task is reached; time its clock did not count is not counted here either."""
    due, limit = str(task.due_at), Decimal(task.limit)
    if stage.left is not None:
        return asking.opening_before(due, stage.left)
    if stage.over is not None:
        return asking.due_from(due, stage.over, WORKING_DAYS)[0] if stage.over else due
    share = stage.share or _ONE
    if share == 1:
        return due
    if share > 1 and task.unit != WORKING_DAYS:
        return asking.due_from(due, after_due(share, limit, task.unit), "days")[0]
    clock = Running(TASK, task.id, task.item, task.opened_at, due, task.provisional)
    return asking.due_from(task.opened_at, *before_due(share, limit, task.unit), pauses_of(case, clock))[0]
