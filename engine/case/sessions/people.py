"""Who may do what with sessions, and who is told of them."""

from collections.abc import Iterable

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.deployment import Deployment
from engine.case.parts.session import OPEN, Session
from engine.case.session_ends import session_facts
from engine.case.state import IN_PROGRESS, Case
from engine.case.timekeeping.suspending import may_suspend
from engine.commands import Actor
from engine.errors import AlreadyDone, NotFound, NotPermitted, NotPossible


def handles(deployment: Deployment, item: str, actor: Actor) -> bool:
    """Whether this person handles a step of the item: such people speak for it."""
    known = next((one for one in deployment.offering.items if one.code == item), None)
    return known is not None and any(actor.holds(step.department, step.role) for step in known.steps)


def may_arrange(deployment: Deployment, items: Iterable[str], actor: Actor) -> bool:
    """Handlers of one of the items, and of the lead department."""
    return any(handles(deployment, code, actor) or may_suspend(deployment, code, actor) for code in items)


def require_arranger(deployment: Deployment, items: Iterable[str], actor: Actor) -> None:
    """NotPermitted for everybody else."""
    if not may_arrange(deployment, items, actor):
        raise NotPermitted(
            "policy.session", "只有参加事项或牵头部门的经办人可以安排、变更、取消和结束",
            "only handlers of an item that takes part, or of the lead department, may do this",
        )  # fmt: skip


def require_item_handler(deployment: Deployment, item: str, actor: Actor) -> None:
    """Somebody who handles the item; NotPermitted for everyone else, the lead department too."""
    if not handles(deployment, item, actor):
        raise NotPermitted(
            "policy.session_item", "只有该事项的经办人可以办理", "only handlers of this item may do this", item
        )


def open_session(case: Case, number: str) -> Session:
    """The session, which must be open, of a case in progress."""
    found = case.sessions.get(number)
    if found is None:
        raise NotFound("session.unknown", "没有这次安排", "there is no such session", number)
    if found.status != OPEN:
        raise AlreadyDone("session.over", "这次安排已经结束或取消", "this session is over, or was cancelled", number)
    if case.status != IN_PROGRESS:
        raise NotPossible("case.closed", "该办件已结束", "this case has ended", case.number)
    return found


def tell(case: Case, act: Act, template: str, one: Session, items: Iterable[str] = ()) -> None:
    """Tells whoever has an open step of the items (all that take part), and the applicant."""
    codes, facts = set(items) or set(one.taking_part), session_facts(case, one)
    tasks = [task for task in case.open_tasks() if task.item in codes]
    for task in tasks:
        for department, role, person in policy.addressees(task):
            act.notices.append(Notice(template, department, role, task.id, facts, person))
    act.notices.append(Notice(template, facts=facts))
