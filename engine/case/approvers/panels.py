"""The seats of a task as it keeps them, and which of them somebody may act in."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.case.deployment import Deployment
from engine.case.policy import helps, may_handle
from engine.case.seating.seat_checks import decidable, holds, require_free, require_holder, require_turn
from engine.case.seating.seat_outcome import first_seats, settled
from engine.case.seating.seat_text import seats_from, seats_text
from engine.case.seating.seats import OPEN, Panel, Seat, Seats
from engine.case.state import Case, Task
from engine.catalogue import Step
from engine.catalogue.seat_rules import ONE_SEAT, SeatRule
from engine.commands import Actor
from engine.errors import BinglianError, NotPermitted


def rule_of(deployment: Deployment, task: Task) -> SeatRule:
    """How the seats of a task decide it."""
    return deployment.offering.steps[task.step].approvers or ONE_SEAT


def panel_of(case: Case, deployment: Deployment, task: Task) -> Panel:
    """The seats of a task; of one that keeps none, the one of its own department and role."""
    rule = rule_of(deployment, task)
    seats = seats_from(task.seats) or first_seats(rule, task.department, task.role)
    return Panel(rule, seats, case.applicant)


def is_shared(deployment: Deployment, task: Task) -> bool:
    """Whether several people decide a task."""
    return deployment.offering.steps[task.step].approvers is not None or len(seats_from(task.seats)) > 1


def keep(case: Case, panel: Panel, task_id: str, seats: Seats) -> Task:
    """Keeps the seats of a task; the one of a step without a rule only once something has been done with it."""
    task = case.tasks[task_id]
    if not task.seats and seats == panel.seats:
        return task
    return case.update_task(task_id, seats=seats_text(seats))


def first_text(step: Step) -> str:
    """The seats of a task of a step with a rule, as it opens."""
    return seats_text(first_seats(step.approvers or ONE_SEAT, step.department, step.role))


def closed_text(task: Task) -> str:
    """The seats of a task that closes: whoever had still to decide need not."""
    return seats_text(settled(seats_from(task.seats))) if task.seats else ""


@dataclass(frozen=True)
class Sitting:
    """The seat somebody decides in, and whose place he takes there (None: his own)."""

    seat: Seat
    absent: Actor | None = None


def as_holder(seat: Seat, account: str) -> Actor:
    """A person of whom only the account is known, as one who may sit in a seat: that was checked before."""
    return Actor(account, seat.department, frozenset({seat.role}))


def sitting(panel: Panel, task: Task, actor: Actor, absent: Actor | None = None, wanted: str = "") -> Sitting:
    """Where somebody decides now: in his own seat, in that of the ``absent`` person, or, asked to handle the task too,
    in one that is open. Raises what is nearest to a reason when there is none; ``wanted``: this seat or none."""
    own = _chosen(decidable(panel, absent or actor), actor.id, wanted)
    if own is not None:
        return Sitting(own, absent)
    if absent is None and helps(task, actor):
        for seat in _helped(panel, wanted):
            return Sitting(seat, as_holder(seat, seat.person or actor.id))
    raise _refusal(panel, task, absent or actor, wanted)


def may_decide(case: Case, deployment: Deployment, task: Task, actor: Actor) -> bool:
    """Whether this person decides, or advises in, an open task now."""
    if not task.seats:
        return may_handle(task, actor) and (not case.applicant or case.applicant != actor.id)
    try:
        sitting(panel_of(case, deployment, task), task, actor)
    except BinglianError:
        return False
    return True


def require_seat(case: Case, deployment: Deployment, task: Task, actor: Actor, absent: Actor) -> None:
    """Raises unless this person may decide an open task in the place of the absent one, as far as the seats go."""
    panel = panel_of(case, deployment, task)
    require_free(panel, sitting(panel, task, actor, absent).seat.id, actor.id)


def _chosen(seats: Seats, account: str, wanted: str) -> Seat | None:
    """What was given to this person comes first."""
    found = [seat for seat in seats if not wanted or seat.id == wanted]
    return min(found, key=lambda seat: seat.person != account, default=None)


def _helped(panel: Panel, wanted: str) -> Iterator[Seat]:
    for seat in panel.seats:
        if seat.status == OPEN and not seat.lent_from and wanted in {"", seat.id}:
            yield seat


def _refusal(panel: Panel, task: Task, actor: Actor, wanted: str) -> BinglianError:
    def near(seat: Seat) -> tuple[bool, bool]:
        return actor.id not in seat.sitting(), not holds(seat, actor)

    for seat in sorted(panel.seats, key=near):
        concerns = actor.id in seat.people() or actor.holds(seat.department, seat.role)
        if wanted in {"", seat.id} and concerns:
            try:
                require_turn(panel, seat.id)
                require_holder(panel, seat, actor)
            except BinglianError as error:
                return error
    return NotPermitted("policy.handler", "该任务不归您办理", "this task is not yours to handle", task.id)
