"""Deciding a step: the department's opinion, the item's decision, the lead's decision over the whole."""

from collections.abc import Mapping

from engine.case import policy
from engine.case.act import Act
from engine.case.closing import end_if_over
from engine.case.deployment import Deployment
from engine.case.items import confirm_results, refuse_all, refuse_item, yield_results
from engine.case.state import DONE, Case
from engine.case.steps import DELIVER, begin, close, decide, settle, skip_ended
from engine.commands import Actor, DecideStep
from engine.errors import BadInput, NotPossible
from engine.journal import Json

ISSUE, LEAD = "issue", "lead_decide"


def check_decide(case: Case, deployment: Deployment, command: DecideStep, actor: Actor) -> None:
    """The task is open, this person handles it, and the decision fits the kind of step."""
    task = policy.require_open(case, command.task_id)
    policy.require_handler(task, actor)
    if command.decision not in policy.DECISIONS:
        raise BadInput("decision.unknown", "没有这种决定", f"there is no decision {command.decision!r}", "decision")
    if command.decision != "agree":
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


def decide_facts(command: DecideStep) -> dict[str, Json]:
    """What the journal keeps of a decision."""
    return {"task": command.task_id, "decision": command.decision, "opinion": command.opinion.strip()}


def decided(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepDecided: recorded, its consequences for the item drawn, the workflow moved on."""
    deployment = act.ports.deployment(case.version)
    task = case.tasks[facts["task"]]
    flow = begin(case, deployment, act)
    decision, opinion = facts["decision"], facts["opinion"]
    close(case, task, act, status=DONE, actor=act.actor, decision=decision, opinion=opinion)
    decide(case, flow, task.id, task.step, decision)
    passes = decision in policy.PASSING
    ended: list[str] = []
    if task.act == LEAD:
        _lead(case, passes, opinion, act)
    elif deployment.offering.steps[task.step].decisive and not passes:
        ended = refuse_item(case, deployment, task.item, opinion, act)
    elif deployment.offering.steps[task.step].decisive:
        case.update_item(task.item, decision=decision)
    if not ended:
        yield_results(case, deployment, task.step, act)
    flow.close(task.id, decision)
    skip_ended(case, flow, ended, act)
    settle(case, deployment, act)
    end_if_over(case, deployment, act)


def _lead(case: Case, passes: bool, opinion: str, act: Act) -> None:
    if passes:
        confirm_results(case, act)
    else:
        refuse_all(case, opinion, act)
