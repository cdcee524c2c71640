"""Timers that ring: steps that wait, which load the workflow only when silence decides them; terms of the case; and the
diagram's own."""

from collections.abc import Mapping
from datetime import datetime

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.closing import end_if_over
from engine.case.commitment.checking import check_firing
from engine.case.correcting.gathering import GATHERED, UNANSWERED, gather_facts
from engine.case.deemed import DEEMED_KIND, deemed_facts
from engine.case.deployment import Deployment
from engine.case.lateness.ladder import ESCALATED, REMINDED, rung_facts
from engine.case.lateness.stages import stage_of
from engine.case.parts.fired import FiredEvent
from engine.case.parts.pledge import CHECK
from engine.case.parts.terms import CORRECTION_ANSWER, DEEMED, DEFERRED, GATHER
from engine.case.policies import RUNG, SILENCE
from engine.case.silence import DEEMED as DEEMED_STEP
from engine.case.silence import deemed_step_facts
from engine.case.state import Case
from engine.case.steps import EVENT, armed_timer, begin, settle
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


def firing(case: Case, deployment: Deployment, timer_id: str) -> tuple[str, dict[str, Json]]:
    """The entry a timer becomes and its facts: a stage of a step that waits, a timer event of the diagram, a term of
    the case that has passed."""
    told: dict[str, Json] = {"timer": timer_id}
    if EVENT in timer_id:
        return "TimerEventFired", {**told, "kept": True}
    if not case.timers[timer_id].task:
        return _term_passed(case, deployment, told)
    timer = case.timers[timer_id]
    task = case.tasks[timer.task]
    stage = stage_of(deployment, task, timer)
    if stage is not None and stage.kind == RUNG:
        return ESCALATED, {**told, **rung_facts(deployment, task, stage)}
    if stage is not None and stage.kind == SILENCE:
        return DEEMED_STEP, {**told, **deemed_step_facts(deployment, task)}
    return REMINDED, told


def _term_passed(case: Case, deployment: Deployment, told: dict[str, Json]) -> tuple[str, dict[str, Json]]:
    """The entry of a term of the case that has passed."""
    kind = told["timer"].partition(".")[0]
    if kind == DEEMED:
        return DEEMED_KIND, deemed_facts(case, deployment)
    if kind == GATHER:
        return GATHERED, {**told, **gather_facts(case, deployment)}
    if kind == CHECK:
        return check_firing(case, str(told["timer"]))
    return {DEFERRED: "DeferredMaterialOverdue", CORRECTION_ANSWER: UNANSWERED}[kind], told


def fired(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepOverdue, as earlier releases wrote it: the step is late, its section head is told."""
    timer = case.timers.pop(facts["timer"])
    task = case.update_task(timer.task, escalation=timer.level)
    act.notices.append(
        Notice(
            "step_overdue", department=task.department, role=SECTION_HEAD, task=task.id,
            facts={"number": case.number, "step": task.step, "due": timer.due_at, "level": timer.level},
        )
    )  # fmt: skip


def event_fired(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """TimerEventFired: a timer of the diagram has come due; the workflow goes on from it. Earlier releases did not keep
    it: a return in such a case does not take its path again."""
    deployment = act.ports.deployment(case.version)
    timer, flow = case.timers[facts["timer"]], begin(case, deployment, act)
    armed = armed_timer(timer)
    if "kept" in facts:
        found = next(event for event in flow.events() if event.armed == armed)
        told = FiredEvent(timer.id, found.element, armed.number, timer.due_at, act.at, found.place)
        case.fired[timer.id] = told
    flow.fire(armed)
    settle(case, deployment, act)
    end_if_over(case, deployment, act)
