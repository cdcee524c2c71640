"""What somebody may do now with the seats of an open task, asked with the checks of the acts; nothing is changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.case import policy
from engine.case.approvers import seat_adding, seat_hands
from engine.case.approvers.panels import panel_of
from engine.case.approvers.seat_votes import take_back
from engine.case.deployment import Deployment
from engine.case.seating.seat_checks import require_not_applicant, require_owner, require_pending
from engine.case.seating.seats import AFTER, BEFORE, BESIDE, Panel
from engine.case.state import IN_PROGRESS, OPEN, Case, Task
from engine.case.together.asides import require_sender
from engine.case.together.hands import require_above, require_together
from engine.catalogue.seat_rules import ANY_SIGNS
from engine.commands import Actor
from engine.errors import BinglianError

CLAIM, RELEASE, GET_BACK, TRANSFER, ASSIGN = "claim", "release", "get_back", "transfer", "assign"
DELEGATE, ADD, REMOVE, TAKE_BACK = "delegate", "add", "remove", "take_back"
OWN_SEAT = (CLAIM, TRANSFER, DELEGATE, ADD)
"""Acts that somebody who could take one of several open seats does in one of them."""
LATEST = "9999"
"""An instant after all others."""


@dataclass(frozen=True)
class HandChoices:
    """What a person may do with the seats of a task now: act → numbers of seats, only acts that are possible.

    ``placed``: where an approver can be added. Receivers and reasons are what the acts ask for besides.
    """

    seats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    placed: tuple[str, ...] = ()

    def may(self, act: str, seat: str) -> bool:
        """Whether an act on a seat is possible."""
        return seat in self.seats.get(act, ())


def hand_choices(case: Case, deployment: Deployment, task: Task, actor: Actor) -> HandChoices:
    """The choices of a person; none once the task is closed."""
    if task.status != OPEN or case.status != IN_PROGRESS:
        return HandChoices()
    panel = panel_of(case, deployment, task)
    found = {act: _seats(act, panel, task, actor) for act in _REQUIRE}
    return HandChoices({act: seats for act, seats in found.items() if seats}, placings(panel))


def placings(panel: Panel) -> tuple[str, ...]:
    """Where an approver can be added: where any one signs, only beside."""
    return (BESIDE,) if panel.rule.kind == ANY_SIGNS else (BEFORE, BESIDE, AFTER)


def require_hand(case: Case, deployment: Deployment, task_id: str, act: str, seat: str, actor: Actor) -> None:
    """Raises why an act on a seat is not possible for this person now."""
    task = policy.require_open(case, task_id)
    _REQUIRE[act](panel_of(case, deployment, task), task, seat, actor)


def may_send(case: Case, actor: Actor) -> bool:
    """Whether this person may send copies of a case and ask about it."""
    try:
        require_sender(case, actor)
    except BinglianError:
        return False
    return True


def may_take_back_vote(case: Case, deployment: Deployment, task: Task, actor: Actor) -> bool:
    """Whether this person can take back what he said in an undecided step."""
    running = task.status == OPEN and task.seats and case.status == IN_PROGRESS
    return bool(running and _seats(TAKE_BACK, panel_of(case, deployment, task), task, actor))


def _seats(act: str, panel: Panel, task: Task, actor: Actor) -> tuple[str, ...]:
    may = [seat for seat in panel.seats if _free(_REQUIRE[act], panel, task, seat.id, actor)]
    if act in OWN_SEAT and may:  # somebody has one seat, his own before one that is open to others too
        may = [min(may, key=lambda seat: seat.person != actor.id)]
    return tuple(seat.id for seat in may)


def _transfer(panel: Panel, task: Task, seat: str, actor: Actor) -> None:
    require_owner(panel, seat, actor)


def _together(panel: Panel, task: Task, seat: str, actor: Actor) -> None:
    require_together(task)
    require_owner(panel, seat, actor)


def _add(panel: Panel, task: Task, seat: str, actor: Actor) -> None:
    _together(panel, task, seat, actor)
    seat_adding.require_addable(panel, seat)


def _assign(panel: Panel, task: Task, seat: str, actor: Actor) -> None:
    require_above(actor, require_pending(panel, seat))
    require_not_applicant(panel, actor.id)


def _take_back(panel: Panel, task: Task, seat: str, actor: Actor) -> None:
    take_back(panel, seat, actor, LATEST)


_REQUIRE: Mapping[str, Callable[[Panel, Task, str, Actor], object]] = {
    CLAIM: lambda panel, task, seat, actor: seat_hands.claim(panel, seat, actor),
    RELEASE: lambda panel, task, seat, actor: seat_hands.release(panel, seat, actor),
    GET_BACK: lambda panel, task, seat, actor: seat_hands.get_back(panel, seat, actor),
    TRANSFER: _transfer, ASSIGN: _assign, DELEGATE: _together, ADD: _add,
    REMOVE: lambda panel, task, seat, actor: seat_adding.remove(panel, seat, actor),
    TAKE_BACK: _take_back,
}  # fmt: skip


def _free(require: Callable[[Panel, Task, str, Actor], object], *about: object) -> bool:
    """Whether a check passes."""
    try:
        require(*about)  # type: ignore[arg-type]
    except BinglianError:
        return False
    return True
