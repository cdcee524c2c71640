"""撤销 (行政许可法 69): what was issued is revoked by the head of the item's department, for good.

Before the delivery a decision is taken back by going back; only what was issued on a false promise is revoked then too.
What follows for items that needed the result is for their departments to decide: they are told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.commitment.checking import HEAD, last_one
from engine.case.deployment import Deployment
from engine.case.following import follow_up
from engine.case.parts.pledge import FALSE
from engine.case.state import ISSUED, REVOKED, Case, Result
from engine.commands import Actor, RevokeResult
from engine.errors import AlreadyDone, BinglianError, NotFound, NotPermitted, NotPossible
from engine.journal import Json

REVOKED_KIND = "ResultRevoked"


def _issued(case: Case, item: str) -> list[Result]:
    return [one for one in case.results.values() if one.item == item and one.status == ISSUED]


def require_revocable(case: Case, deployment: Deployment, item: str, actor: Actor) -> None:
    """The head of the item's department; what was delivered, or was issued on a promise that is false."""
    if item not in case.items:
        raise NotFound("revoke.item", "办件中没有该事项", "the case has no such item", item)
    if not actor.holds(deployment.offering.item(item).department, HEAD) or actor.id == case.applicant:
        raise NotPermitted(
            "policy.item_head", "只有作出决定的部门的审批负责人可以撤销",
            "only a head of the department that decided the item may revoke it", item,
        )  # fmt: skip
    if not _issued(case, item):
        if any(one.item == item and one.status == REVOKED for one in case.results.values()):
            raise AlreadyDone("revoke.done", "该结果已经撤销", "this result was revoked already", item)
        raise NotPossible("revoke.nothing", "该事项没有现行有效的结果", "nothing of this item is in force", item)
    last = last_one(case, item)
    if not case.delivery and (last is None or last.status != FALSE):
        raise NotPossible(
            "revoke.undelivered", "结果尚未送达，可以退回重新办理；只有承诺不实的才撤销",
            "it is not delivered yet: the case can be returned; only a false promise is revoked before that", item,
        )  # fmt: skip


def check_revoke(case: Case, deployment: Deployment, command: RevokeResult, actor: Actor) -> None:
    """By the head, with ground, evidence and reasons."""
    require_revocable(case, deployment, command.item, actor)
    for name in ("ground", "evidence", "reason"):
        policy.require_text(name, getattr(command, name))


def revocable(case: Case, deployment: Deployment, actor: Actor) -> list[str]:
    """Codes of the items whose results this person could revoke now."""
    return [code for code in case.items if _may(case, deployment, code, actor)]


def _may(case: Case, deployment: Deployment, item: str, actor: Actor) -> bool:
    try:
        require_revocable(case, deployment, item, actor)
    except BinglianError:
        return False
    return True


def revoke_facts(case: Case, command: RevokeResult) -> dict[str, Json]:
    """What the journal keeps of a revocation."""
    return {
        "item": command.item, "results": [one.code for one in _issued(case, command.item)],
        "ground": command.ground.strip(), "evidence": command.evidence.strip(), "reason": command.reason.strip(),
    }  # fmt: skip


def result_revoked(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ResultRevoked: results are revoked; applicant, lead department and those who needed them are told."""
    deployment, item = act.ports.deployment(case.version), str(facts["item"])
    for code in facts["results"]:
        case.results[code] = replace(case.results[code], status=REVOKED, at=act.at)
    follow_up(case, act)
    told = {"number": case.number, "item": item, "ground": facts["ground"], "reason": facts["reason"]}
    act.notices.append(Notice("result_revoked", facts=told))
    own = deployment.offering.item(item).department
    others = dict.fromkeys([deployment.offering.lead_department, *_needed_by(case, deployment, facts["results"])])
    for department in others:
        if department != own:
            act.notices.append(Notice("result_revoked", department, HEAD, facts=told))


def _needed_by(case: Case, deployment: Deployment, results: list[str]) -> Iterator[str]:
    """Departments of the items of the case that needed one of these results."""
    for other in deployment.offering.items:
        if other.code in case.items and any(material.code in results for material in other.materials):
            yield other.department
