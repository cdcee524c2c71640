"""撤销 终止: a case that ends without a decision – the applicant withdraws it, or there is a legal ground to end it.

Nothing is decided by that: the outcome stays empty, items not refused yet end the same way as the case, results nobody
was given are void, every open step closes and everybody who had one is told.
"""

from collections.abc import Mapping
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.delivery import require_undelivered
from engine.case.deployment import Deployment
from engine.case.following import follow_up
from engine.case.items import void_results
from engine.case.state import (
    CANCELLED,
    CORRECTION,
    ENDED_ITEMS,
    IN_PROGRESS,
    SUBMITTED,
    TERMINATED,
    WITHDRAWN,
    Case,
)  # fmt: skip
from engine.case.steps import close
from engine.case.stops import end_settled
from engine.commands import Actor, TerminateCase, WithdrawCase
from engine.errors import NotPermitted, NotPossible
from engine.journal import Json

WITHDREW, TERMINATED_KIND = "CaseWithdrawn", "CaseTerminated"
HEAD = "head"


def require_withdrawable(case: Case, actor: Actor) -> None:
    """The window, on behalf of the applicant, until results are delivered."""
    policy.require_clerk(actor)
    if case.status not in {SUBMITTED, CORRECTION, IN_PROGRESS}:
        raise NotPossible("withdraw.over", "该办件已经结束", "this case has ended", case.number)
    require_undelivered(case)


def check_withdraw(case: Case, command: WithdrawCase, actor: Actor) -> None:
    """By the window, with what shows that the applicant wants it."""
    require_withdrawable(case, actor)
    policy.require_text("reason", command.reason)
    policy.require_text("evidence", command.evidence)


def withdraw_facts(command: WithdrawCase) -> dict[str, Json]:
    """What the journal keeps of a withdrawal."""
    return {"reason": command.reason.strip(), "evidence": command.evidence.strip()}


def withdrawn(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CaseWithdrawn: the applicant wants it no longer."""
    _end(case, WITHDRAWN, "case_withdrawn", facts, act)


def require_lead_head(deployment: Deployment, actor: Actor) -> None:
    """The deciding level: a head of the lead department."""
    if not actor.holds(deployment.offering.lead_department, HEAD):
        raise NotPermitted(
            "policy.lead_head", "只有牵头部门的审批负责人可以终止办理、重新办理",
            "only a head of the lead department may terminate a case, or open one again",
        )  # fmt: skip


def require_terminable(case: Case, deployment: Deployment, actor: Actor) -> None:
    """The head of the lead department; a case in progress, until results are delivered."""
    require_lead_head(deployment, actor)
    if case.status != IN_PROGRESS:
        raise NotPossible(
            "terminate.not_running", "只有办理中的办件可以终止", "only a case in progress can be terminated",
            case.number,
        )  # fmt: skip
    require_undelivered(case)


def check_terminate(case: Case, deployment: Deployment, command: TerminateCase, actor: Actor) -> None:
    """By the head of the lead department, with the legal ground and the reasons."""
    require_terminable(case, deployment, actor)
    policy.require_text("ground", command.ground)
    policy.require_text("reason", command.reason)


def terminate_facts(command: TerminateCase) -> dict[str, Json]:
    """What the journal keeps of a termination."""
    return {"ground": command.ground.strip(), "reason": command.reason.strip()}


def terminated(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CaseTerminated: there is a legal ground not to go on."""
    _end(case, TERMINATED, "case_terminated", facts, act)


def _end(case: Case, status: str, template: str, facts: Mapping[str, Json], act: Act) -> None:
    working = dict.fromkeys(one for task in case.open_tasks() for one in policy.addressees(task))
    for task in case.open_tasks():
        close(case, task, act, status=CANCELLED)
    case.timers.clear()
    for key, term in list(case.terms.items()):
        if term.ended_at is None:
            case.terms[key] = replace(term, ended_at=act.at)
    void_results(case, act)
    for item in list(case.items.values()):
        if item.status not in ENDED_ITEMS:
            case.update_item(item.code, status=status, ended_at=act.at)
    case.status, case.reason, case.closed_at = status, str(facts["reason"]), act.at
    end_settled(case, act)
    follow_up(case, act)
    told = {"number": case.number}
    act.notices.append(Notice(template, facts=told))
    for department, role, person in working:
        act.notices.append(Notice(template, department, role, facts=told, person=person))
