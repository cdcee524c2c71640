"""Timers that ring: late steps, the first level of escalation, which never loads the workflow; terms of the case; and
the diagram's own."""

from collections.abc import Mapping
from datetime import datetime

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.closing import end_if_over
from engine.case.deemed import DEEMED_KIND, deemed_facts
from engine.case.deployment import Deployment
from engine.case.state import Case
from engine.case.steps import EVENT, armed_timer, begin, settle
from engine.case.terms import DEEMED, DEFERRED
from engine.commands import Actor, FireTimer
from engine.errors import AlreadyDone, NotPossible
from engine.instants import to_text
from engine.journal import Json

SECTION_HEAD = "section_head"


def check_fire(case: Case, command: FireTimer, actor: Actor, instant: datetime) -> None:
    """The timer is still armed (AlreadyDone: its step was decided or another sweep was first) and due."""
    policy.require_system(actor)
    if command.timer_id not in case.timers:
        raise AlreadyDone("timer.cleared", "该时限已不再计时", "this timer is no longer armed", command.timer_id)
    if case.timers[command.timer_id].due_at > to_text(instant):
        raise NotPossible("timer.early", "时限尚未到期", "this timer is not due yet", command.timer_id)


def kind_of(command: FireTimer) -> str:
    """The entry a timer becomes: a late step, a timer event of the diagram, a term of the case that has passed."""
    if command.timer_id == DEEMED:
        return DEEMED_KIND
    if command.timer_id.startswith(DEFERRED):
        return "DeferredMaterialOverdue"
    return "TimerEventFired" if EVENT in command.timer_id else "StepOverdue"


def fire_facts(case: Case, deployment: Deployment, command: FireTimer) -> dict[str, Json]:
    """What the journal keeps of a timer."""
    if command.timer_id == DEEMED:
        return deemed_facts(case, deployment)
    return {"timer": command.timer_id}


def fired(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepOverdue: the step is late, its section head is told. Taking the timer away makes it once and only once."""
    timer = case.timers.pop(facts["timer"])
    task = case.update_task(timer.task, escalation=timer.level)
    act.notices.append(
        Notice(
            "step_overdue", department=task.department, role=SECTION_HEAD, task=task.id,
            facts={"number": case.number, "step": task.step, "due": timer.due_at, "level": timer.level},
        )
    )  # fmt: skip


def event_fired(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """TimerEventFired: a timer of the diagram has come due; the workflow goes on from it."""
    deployment = act.ports.deployment(case.version)
    timer = case.timers[facts["timer"]]
    begin(case, deployment, act).fire(armed_timer(timer))
    settle(case, deployment, act)
    end_if_over(case, deployment, act)
