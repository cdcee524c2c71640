"""Deciding a step: the department's opinion, the item's decision, the lead's decision over the whole."""

from collections.abc import Mapping
from typing import NamedTuple

from engine.case import policy
from engine.case.act import Act
from engine.case.closing import end_if_over
from engine.case.deployment import Deployment
from engine.case.items import confirm_results, refuse_all, refuse_item, yield_results
from engine.case.materials import pinned, require_current
from engine.case.seating.seat_checks import require_not_applicant
from engine.case.seating.seats import ABSTAIN, Panel
from engine.case.session_ends import require_heard, require_not_chair
from engine.case.state import DONE, Case, Task
from engine.case.steps import DELIVER, begin, close, decide, settle, skip_ended
from engine.catalogue.seat_rules import ONE_SEAT
from engine.commands import Actor, DecideStep
from engine.errors import BadInput, NotPossible
from engine.journal import Json

ISSUE, LEAD = "issue", "lead_decide"
DISAGREE = "disagree"


def check_decide(case: Case, deployment: Deployment, command: DecideStep, actor: Actor, now: str) -> None:
    """The task is open, this person handles it in time, and the decision fits the kind of step."""
    task = policy.require_open(case, command.task_id)
    policy.require_handler(task, actor)
    if case.applicant:
        require_not_applicant(Panel(ONE_SEAT, (), case.applicant), actor.id)
    require_not_chair(case, task, actor.id)
    check_given(case, deployment, command, now)


def check_given(
    case: Case, deployment: Deployment, command: DecideStep, now: str, *, abstains: bool = False
) -> None:  # fmt: skip
    """What is said fits the open task, and comes in time; ``abstains``: one may abstain too."""
    task = case.tasks[command.task_id]
    require_undecided(deployment, task, now)
    if command.decision not in policy.DECISIONS and not (abstains and command.decision == ABSTAIN):
        raise BadInput("decision.unknown", "没有这种决定", f"there is no decision {command.decision!r}", "decision")
    if command.decision not in {"agree", ABSTAIN}:
        policy.require_text("opinion", command.opinion)
    policy.limited_text("opinion", command.opinion)
    if command.decision == "forward" and (
        task.act in {ISSUE, LEAD, DELIVER} or deployment.offering.step(task.step).decisive
    ):
        raise NotPossible(
            "task.forward", "本环节要作出决定,不能以“建议报送上级”代替",
            "this step decides; suggesting to pass the file upward cannot take the place of the decision", task.id,
        )  # fmt: skip
    if task.act == DELIVER:
        raise NotPossible("task.deliver", "请使用“送达”办理", "use delivery for this task", task.id)
    if task.act == ISSUE and command.decision != "agree":
        raise NotPossible(
            "task.issue", "出证环节只能办结;不同意应在审批环节作出", "an issuing step can only be completed", task.id
        )
    require_heard(case, task, decides=task.act == LEAD or deployment.offering.steps[task.step].decisive)
    require_current(case, deployment, command.seen)


def require_undecided(deployment: Deployment, task: Task, now: str) -> None:
    """Silence has not decided the step, swept or not."""
    if task.due_at is not None and task.due_at < now and deployment.policy(task.step).decides:
        raise NotPossible(
            "task.deemed", "期限已满，按规定已视为作出决定", "the time is over: silence has decided this step", task.id
        )


def decide_facts(command: DecideStep) -> dict[str, Json]:
    """What the journal keeps of a decision."""
    seen = {"seen": dict(sorted(command.seen.items()))} if command.seen else {}
    return {"task": command.task_id, "decision": command.decision, "opinion": command.opinion.strip(), **seen}


def decided(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepDecided: recorded, its consequences for the item drawn, the workflow moved on."""
    if "seen" in facts:
        case.update_task(facts["task"], seen=pinned(case, facts["seen"]))
    conclude(case, facts["task"], Verdict(facts["decision"], facts["opinion"]), act)


class Verdict(NamedTuple):
    """How a step is decided; ``deemed`` is the ground when silence decided it."""

    decision: str
    opinion: str = ""
    deemed: str = ""


def conclude(case: Case, task_id: str, verdict: Verdict, act: Act) -> None:
    """A step is decided, with all that follows from it."""
    deployment = act.ports.deployment(case.version)
    task, decision = case.tasks[task_id], verdict.decision
    flow = begin(case, deployment, act)
    close(
        case, task, act, status=DONE, actor=act.actor, decision=decision, opinion=verdict.opinion,
        deemed=verdict.deemed,
    )  # fmt: skip
    decide(case, flow, task.id, task.step, decision)
    ended = consequences(case, deployment, task, verdict, act)
    flow.close(task.id, decision)
    skip_ended(case, flow, ended, act)
    settle(case, deployment, act)
    end_if_over(case, deployment, act)


def consequences(case: Case, deployment: Deployment, task: Task, verdict: Verdict, act: Act) -> list[str]:
    """What a decision makes of the items and their results; returns the items it ended."""
    passes, reasons = verdict.decision in policy.PASSING, verdict.opinion or verdict.deemed
    if task.act == LEAD:
        _lead(case, passes, reasons, act)
    elif deployment.offering.steps[task.step].decisive and not passes:
        return refuse_item(case, deployment, task.item, reasons, act)
    elif deployment.offering.steps[task.step].decisive:
        case.update_item(task.item, decision=verdict.decision)
    yield_results(case, deployment, task.step, act)
    return []


def _lead(case: Case, passes: bool, opinion: str, act: Act) -> None:
    if passes:
        confirm_results(case, act)
    else:
        refuse_all(case, opinion, act)
