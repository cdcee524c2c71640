"""Silence that decides: a step nobody answered in time counts as agreed to, or as refused, where a law says so.

A deemed agreement can be objected to by those who should have answered, until the join behind the step has fired or
its item has a result.
"""

from collections.abc import Mapping

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.approval import Verdict, conclude
from engine.case.closing import end_if_over
from engine.case.deployment import Deployment
from engine.case.items import refuse_item
from engine.case.state import CANCELLED, DONE, IN_PROGRESS, IN_REVIEW, VOID, VOIDED, Case, Task
from engine.case.steps import begin, decide_for_case, settle, skip_ended
from engine.case.together.voting import deem_all
from engine.catalogue.policies import CONSENT
from engine.commands import Actor, ObjectToDeemed
from engine.errors import NotFound, NotPossible
from engine.journal import Json
from engine.runtime import behind_joins

DEEMED, OBJECTED = "StepDeemed", "DeemedObjected"
AGREE, DISAGREE = "agree", "disagree"


def deemed_step_facts(deployment: Deployment, task: Task) -> dict[str, Json]:
    """What silence means for a step, and the law that says so."""
    rule = deployment.policy(task.step)
    return {"decision": AGREE if rule.silence == CONSENT else DISAGREE, "ground": rule.ground.strip()}


def step_deemed(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepDeemed: decided by nobody, with all that follows from a decision; those who should have answered are told."""
    timer = case.timers[facts["timer"]]
    task = case.tasks[timer.task]
    told = {"number": case.number, "step": task.step, "decision": facts["decision"]}
    for department, role, person in policy.handlers(task):
        act.notices.append(Notice("step_deemed", department, role, task.id, told, person))
    case.update_task(task.id, stage=timer.level)
    verdict = Verdict(facts["decision"], deemed=facts["ground"])
    (deem_all if task.seats else conclude)(case, task.id, verdict, act)


def may_object(case: Case, deployment: Deployment, task: Task, actor: Actor) -> bool:
    """Whether this person could object to a deemed agreement now; ``case`` with its closed tasks."""
    return policy.may_handle(task, actor) and is_objectionable(case, deployment, task)


def is_objectionable(case: Case, deployment: Deployment, task: Task) -> bool:
    """Whether a deemed agreement stands, and nothing has followed from it that cannot be taken back."""
    if case.status != IN_PROGRESS or task.status != DONE or not task.deemed or task.decision != AGREE:
        return False
    item = case.items.get(task.item)
    results = [one for one in case.results.values() if one.item == task.item and one.status != VOID]
    if item is not None and (item.status != IN_REVIEW or results):
        return False
    behind = behind_joins(deployment.spec, task.step)
    since = str(task.closed_at)
    return not any(
        other.step in behind
        and other.opened_at >= since
        and other.id != task.id
        and other.status not in {CANCELLED, VOIDED}
        for other in case.tasks.values()
    )


def check_object(case: Case, deployment: Deployment, command: ObjectToDeemed, actor: Actor) -> None:
    """Somebody who could have handled the step, with reasons, while nothing final has followed."""
    task = case.tasks.get(command.task_id)
    if task is None:
        raise NotFound("task.unknown", "没有这个任务", "there is no such task", command.task_id)
    policy.require_handler(task, actor)
    policy.require_text("reasons", command.reasons)
    if not is_objectionable(case, deployment, task):
        raise NotPossible(
            "deemed.final", "该环节没有可以提出异议的“视为同意”，或汇合后的环节已经开始、结果已经产生",
            "there is no deemed agreement to object to, or a step behind the join has begun, or there is a result",
            task.id,
        )  # fmt: skip


def object_facts(command: ObjectToDeemed) -> dict[str, Json]:
    """What the journal keeps of an objection."""
    return {"task": command.task_id, "reasons": command.reasons.strip()}


def objected(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """DeemedObjected: the decision becomes ``disagree``; a decisive step refuses its item, with all that follows."""
    deployment = act.ports.deployment(case.version)
    reasons = str(facts["reasons"])
    task = case.update_task(facts["task"], decision=DISAGREE, opinion=reasons, actor=act.actor)
    flow = begin(case, deployment, act)
    if not task.instance:  # what one of several instances said is known inside it alone, and that is over
        decide_for_case(case, flow, task.step, DISAGREE)
    ended: list[str] = []
    if deployment.offering.steps[task.step].decisive:
        ended = refuse_item(case, deployment, task.item, reasons, act)
    told = {"number": case.number, "step": task.step}
    act.notices.append(
        Notice("deemed_objected", department=deployment.offering.lead_department, task=task.id, facts=told)
    )
    flow.advance()
    skip_ended(case, flow, ended, act)
    settle(case, deployment, act)
    end_if_over(case, deployment, act)
