"""Who may act on which seat. Pure; words for whoever may not."""

from engine.case.seating.seat_outcome import outcome
from engine.case.seating.seats import DECIDED, OPEN, REMOVED, Holder, Panel, Seat, Seats
from engine.commands import Actor
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPermitted, NotPossible


def find(panel: Panel, seat_id: str) -> Seat:
    """The seat of this number; NotFound when there is none."""
    for seat in panel.seats:
        if seat.id == seat_id:
            return seat
    raise NotFound("seat.unknown", "没有这个席位", "there is no such seat", seat_id)


def require_unsettled(panel: Panel) -> None:
    """AlreadyDone once the step is decided: nothing changes that any more."""
    if outcome(panel.rule, panel.seats) is not None:
        raise AlreadyDone(
            "seat.settled", "本环节已有结论，不再需要办理", "this step is decided; nothing more is needed"
        )


def require_pending(panel: Panel, seat_id: str) -> Seat:
    """The seat, which has still to decide, now or later."""
    seat = find(panel, seat_id)
    if seat.status == DECIDED:
        raise AlreadyDone("seat.decided", "该席位已经作出决定", "this seat has decided", seat_id)
    if seat.status == REMOVED:
        raise AlreadyDone("seat.removed", "该席位已被减签", "this seat was removed", seat_id)
    require_unsettled(panel)
    return seat


def require_turn(panel: Panel, seat_id: str) -> Seat:
    """The seat, whose turn it is."""
    seat = require_pending(panel, seat_id)
    if seat.status != OPEN:
        raise NotPossible("seat.waiting", "还没有轮到该席位", "it is not this seat's turn yet", seat_id)
    return seat


def holds(seat: Seat, actor: Actor) -> bool:
    """Whether this person sits there, or may take a seat that is open to all who hold its role."""
    return actor.id == seat.person if seat.person else actor.holds(seat.department, seat.role)


def require_holder(panel: Panel, seat: Seat, actor: Actor) -> None:
    """NotPermitted for anybody else, and for the applicant; NotPossible for somebody with another seat."""
    if seat.lent_from == actor.id:
        raise NotPossible(
            "seat.lent", "该席位已委派给他人，请先收回", "this seat is lent to somebody: get it back first", seat.id
        )
    if not holds(seat, actor):
        raise NotPermitted("seat.holder", "该席位不归您办理", "this seat is not yours to handle", seat.id)
    require_free(panel, seat.id, actor.id)


def require_owner(panel: Panel, seat_id: str, actor: Actor) -> Seat:
    """The seat that has still to decide, held by this person for good: who was lent one only advises."""
    seat = require_pending(panel, seat_id)
    require_holder(panel, seat, actor)
    if seat.lent_from:
        raise NotPossible(
            "seat.borrowed", "该席位是委派给您的，只能提出意见或退还",
            "this seat is lent to you: advise, or give it back", seat_id,
        )  # fmt: skip
    return seat


def require_not_applicant(panel: Panel, person: str) -> None:
    """回避: nobody has a say in their own application."""
    if panel.applicant and person == panel.applicant:
        raise NotPermitted(
            "seat.own_application", "不得办理本人提出的申请，应当回避", "nobody may decide their own application"
        )


def require_free(panel: Panel, seat_id: str, person: str) -> None:
    """Somebody who is not the applicant and has no other seat of the step; ``seat_id`` empty for a new one."""
    require_not_applicant(panel, person)
    others = [seat for seat in panel.seats if seat.id != seat_id and seat.status != REMOVED]
    if person and any(person in seat.people() for seat in others):
        raise NotPossible(
            "seat.twice", "同一人在一个环节中只能有一个席位", "a person has one seat in a step, not two", seat_id
        )


def require_receiver(panel: Panel, seat_id: str, to: Holder) -> None:
    """A receiver that is named fully and may sit there."""
    if not to.department.strip() or not to.role.strip():
        raise BadInput("seat.receiver", "请写明部门和角色", "name the department and the role", "department")
    require_free(panel, seat_id, to.person)


def decidable(panel: Panel, actor: Actor) -> Seats:
    """The seats this person may decide, or advise on, now."""
    return tuple([seat for seat in panel.seats if _allowed(panel, seat, actor)])


def _allowed(panel: Panel, seat: Seat, actor: Actor) -> bool:
    try:
        require_turn(panel, seat.id)
        require_holder(panel, seat, actor)
    except BinglianError:
        return False
    return True
