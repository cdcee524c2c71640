"""What a person may do with sessions now, with the checks of the acts themselves; pages ask nothing else."""

from dataclasses import dataclass

from engine.case.deployment import Deployment
from engine.case.parts.session import OPEN, SITE_VISIT, Session
from engine.case.sessions.people import handles, may_arrange
from engine.case.state import IN_PROGRESS, Case
from engine.case.timekeeping.suspending import running_items
from engine.commands import Actor


@dataclass(frozen=True)
class Choices:
    """What may be done with one session; ``record`` and ``join`` are items."""

    record: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    change: bool = False
    close: bool = False
    cancel: bool = False

    def __bool__(self) -> bool:
        return bool(self.record or self.join or self.change or self.close or self.cancel)


def arrangeable(case: Case, deployment: Deployment, actor: Actor) -> tuple[str, ...]:
    """The items this person may arrange a session for: all that are being decided, if one of them is theirs."""
    items = tuple(code for code in running_items(case) if code)
    return items if may_arrange(deployment, items, actor) else ()


def proposed(case: Case, deployment: Deployment) -> tuple[str, ...]:
    """The items of a joint visit of the diagram whose steps wait: one visit to arrange for all of them.

    Nothing when fewer than two of them are in no open visit.
    """
    waiting = {task.step: task.item for task in case.open_tasks() if task.item in case.items}
    taken = {code for one in case.sessions.values() if one.status == OPEN and one.kind == SITE_VISIT
             for code in one.taking_part}  # fmt: skip
    for covers in deployment.visits.values():
        items = tuple(dict.fromkeys(waiting[step] for step in covers if step in waiting and waiting[step] not in taken))
        if len(items) > 1:
            return items
    return ()


def choices(case: Case, deployment: Deployment, one: Session, actor: Actor, now: str) -> Choices:
    """What this person may do with a session at an instant (text)."""
    if one.status != OPEN or case.status != IN_PROGRESS:
        return Choices()
    mine, held = may_arrange(deployment, one.taking_part, actor), one.planned_at <= now
    running = [code for code in running_items(case) if code and code not in one.items]
    return Choices(
        record=tuple(code for code in one.taking_part if held and handles(deployment, code, actor)),
        join=tuple(
            code for code in running
            if not one.findings and handles(deployment, code, actor) and not _in_another(case, one, code)
        ),
        change=mine and not one.findings,
        close=held and bool(one.findings) and (mine or actor.id == one.chair),
        cancel=mine,
    )  # fmt: skip


def joinable(case: Case, deployment: Deployment, actor: Actor) -> tuple[tuple[Session, str], ...]:
    """Open sessions one of this person's items could join, each with the item."""
    found = [(one, code) for one in case.sessions.values() for code in choices(case, deployment, one, actor, "").join]
    return tuple(found)


def _in_another(case: Case, one: Session, item: str) -> bool:
    others = [other for other in case.sessions.values() if other.status == OPEN and other.kind == one.kind]
    return any(item in other.taking_part for other in others)
