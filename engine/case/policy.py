"""Who may act and when. Pure; asked with the case row locked, never before."""

from engine.case.seating.seat_checks import holds
from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import OPEN as SEAT_OPEN
from engine.case.seating.seats import REMOVED
from engine.case.state import CORRECTION, IN_PROGRESS, IN_REVIEW, OPEN, SUBMITTED, Case, Task
from engine.commands import SYSTEM, Actor
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible

WINDOW, WINDOW_CLERK = "window", "window_clerk"
SUPERVISION, SUPERVISOR = "supervision", "supervisor"
DECISIONS = frozenset({"agree", "disagree", "agree_with_conditions", "forward"})
PASSING = frozenset({"agree", "agree_with_conditions", "forward"})
"""Decisions that let a step through; ``forward``, on steps that only advise, also suggests passing the file upward."""

MAX_TEXT = 4_000


def require_clerk(actor: Actor) -> None:
    """Intake and delivery belong to the clerks of the single window."""
    if not actor.holds(WINDOW, WINDOW_CLERK):
        raise NotPermitted("policy.clerk", "只有综合窗口人员可以办理", "only clerks of the single window may do this")


def require_system(actor: Actor) -> None:
    """Timers are fired by the engine, not by people."""
    if actor != SYSTEM:
        raise NotPermitted("policy.system", "该操作由系统执行", "only the system does this")


def require_unanswered(case: Case) -> None:
    """Acceptance and what comes before it, a correction included."""
    if case.status not in {SUBMITTED, CORRECTION}:
        raise AlreadyDone(
            "case.not_submitted", "该申请已经受理或作出过处理", "this application was already dealt with", case.number
        )


def require_open(case: Case, task_id: str) -> Task:
    """The open task; AlreadyDone when somebody was first or it ended with its item."""
    task = case.tasks.get(task_id)
    if task is None:
        raise NotFound("task.unknown", "没有这个任务", "there is no such task", task_id)
    if task.status != OPEN:
        raise AlreadyDone(
            "task.closed", "该任务已被办理或已不需办理", "this task was already handled or is no longer needed", task_id
        )
    if case.status != IN_PROGRESS:
        raise NotPossible("case.closed", "该办件已结束", "this case has ended", case.number)
    return task


def require_running_item(case: Case, code: str) -> None:
    """An item that is being decided, or the whole case (empty); only clocks that run can be stopped or extended."""
    if case.status != IN_PROGRESS:
        raise NotPossible(
            "clock.not_running", "只有办理中的办件有时限在走", "only a case in progress has clocks", case.number
        )
    item = case.items.get(code)
    if item is None and code:
        raise NotFound("clock.item", "办件中没有该事项", "the case has no such item", code)
    if item is not None and (item.status != IN_REVIEW or item.decision is not None):
        raise NotPossible(
            "clock.item_not_running", "该事项尚未开始办理或已经决定", "this item has not begun, or is decided", code
        )


def helps(task: Task, actor: Actor) -> bool:
    """Whether this person was asked to handle a task beside those it belongs to."""
    return any(actor.holds(*helper) for helper in task.helpers)


def may_handle(task: Task, actor: Actor) -> bool:
    """A task is handled by anyone who holds its role in its department, and by those who were asked to join; once it
    has seats of its own, by those who sit there; not by who has only advised."""
    if task.seats:
        seats = [seat for seat in seats_from(task.seats) if seat.status != REMOVED]
        return any(actor.id in seat.sitting() or holds(seat, actor) for seat in seats) or helps(task, actor)
    return actor.holds(task.department, task.role) or helps(task, actor)


def owners(task: Task) -> list[tuple[str, str]]:
    """Departments and roles of those whose turn it is, without those who were asked to join."""
    seats = [(seat.department, seat.role) for seat in seats_from(task.seats) if seat.status == SEAT_OPEN]
    return list(dict.fromkeys(seats)) or [(task.department, task.role)]


def addressees(task: Task) -> list[tuple[str, str, str]]:
    """Who hears what happens to an open step: department, role, and the account where a seat is one person's.

    Of a lent seat both its owner and whom it was lent to, who may work elsewhere. Whoever is told as one who holds the
    role is not told by name too.
    """
    seats = [seat for seat in seats_from(task.seats) if seat.status == SEAT_OPEN]
    free = {(seat.department, seat.role) for seat in seats if not seat.person}
    found = [
        (seat.department, seat.role, person if (seat.department, seat.role) not in free else "")
        for seat in seats for person in (seat.lent_from or seat.person,)
    ] + [(seat.department, seat.role, seat.person) for seat in seats if seat.lent_from]  # fmt: skip
    return list(dict.fromkeys(found)) or [(task.department, task.role, "")]


def handlers(task: Task) -> list[tuple[str, str, str]]:
    """The same, and those who were asked to join."""
    return list(dict.fromkeys([*addressees(task), *((*helper, "") for helper in task.helpers)]))


def require_handler(task: Task, actor: Actor) -> None:
    """Somebody who may act on an open task for himself now; NotPermitted for everyone else."""
    if task.seats and task.status == OPEN:
        seats = [seat for seat in seats_from(task.seats) if seat.status == SEAT_OPEN and not seat.lent_from]
        may = any(holds(seat, actor) for seat in seats) or helps(task, actor)
    else:
        may = may_handle(task, actor)
    if not may:
        raise NotPermitted("policy.handler", "该任务不归您办理", "this task is not yours to handle", task.id)


def require_text(name: str, text: str) -> str:
    """A text that must say something; BadInput when it is blank or too long."""
    if not text.strip() or text.strip().endswith(("：", ":")):  # a phrase that only announces a reason is none
        raise BadInput(f"{name}.missing", "请填写理由或意见", "please give the reasons", name)
    return limited_text(name, text)


def limited_text(name: str, text: str) -> str:
    """The text without surrounding space; BadInput when it is too long."""
    stripped = text.strip()
    if len(stripped) > MAX_TEXT:
        raise BadInput(f"{name}.too_long", f"不能超过 {MAX_TEXT} 字", f"at most {MAX_TEXT} characters", name)
    return stripped
