"""Seats changing hands: claimed, released, transferred, lent and got back, handed over. Pure; each act gives the new
seats."""

from dataclasses import replace

from engine.case.approvers.seat_votes import with_seat
from engine.case.seating.seat_checks import (
    require_free,
    require_holder,
    require_owner,
    require_pending,
    require_receiver,
)
from engine.case.seating.seat_outcome import outcome
from engine.case.seating.seats import Holder, Panel, Seat, Seats
from engine.commands import Actor
from engine.errors import AlreadyDone, BadInput, NotPermitted, NotPossible


def claim(panel: Panel, seat_id: str, actor: Actor) -> Seats:
    """签收: one of those who hold the role takes the seat."""
    seat = require_pending(panel, seat_id)
    if seat.person == actor.id:
        raise AlreadyDone("seat.yours", "该席位已由您办理", "this seat is yours already", seat_id)
    if seat.person and actor.holds(seat.department, seat.role):
        raise AlreadyDone("seat.claimed", "该席位已由他人办理", "somebody else has taken this seat", seat_id)
    require_holder(panel, seat, actor)
    return with_seat(panel, replace(seat, person=actor.id, claimed=True))


def release(panel: Panel, seat_id: str, actor: Actor) -> Seats:
    """取消签收: a claimed seat is open again to all who hold its role."""
    seat = _require_party(panel, seat_id, actor)
    if seat.lent_from or not seat.claimed:
        raise NotPossible(
            "seat.not_claimed", "只能退回本人签收且未委派的席位",
            "only a seat you took, and did not lend, can be released", seat_id,
        )  # fmt: skip
    return with_seat(panel, replace(seat, person="", claimed=False))


def transfer(panel: Panel, seat_id: str, actor: Actor, to: Holder) -> Seats:
    """转办: the seat is somebody else's from now on, a person's or a role's."""
    seat = require_owner(panel, seat_id, actor)
    return with_seat(panel, _given(panel, seat, to))


def assign(panel: Panel, seat_id: str, to: Holder) -> Seats:
    """The same by somebody above, lent or not; that they may is checked by the caller."""
    return with_seat(panel, _given(panel, require_pending(panel, seat_id), to))


def delegate(panel: Panel, seat_id: str, actor: Actor, to: str) -> Seats:
    """委派: lent to a person, who says what they think; then the owner decides."""
    seat = require_owner(panel, seat_id, actor)
    if not to.strip() or to == actor.id:
        raise BadInput("seat.delegate", "请选择另一个人", "choose somebody else", "person")
    require_free(panel, seat_id, to)
    claimed = seat.claimed or not seat.person
    return with_seat(panel, replace(seat, person=to, lent_from=actor.id, claimed=claimed))


def get_back(panel: Panel, seat_id: str, actor: Actor) -> Seats:
    """收回委派: by the owner, or given back by the one who has it; nothing was said."""
    seat = _require_party(panel, seat_id, actor)
    if not seat.lent_from:
        raise NotPossible("seat.not_lent", "该席位没有委派给他人", "this seat is not lent to anybody", seat_id)
    return with_seat(panel, replace(seat, person=seat.lent_from, lent_from=""))


def hand_over(panel: Panel, leaver: str, to: Holder) -> Seats:
    """离岗交接: what the leaver has still to do in this step; unchanged when there is nothing.

    A seat that was lent to the leaver goes back to its owner; one the leaver has lent stays lent, for its new owner.
    """
    if to.person == leaver:
        raise BadInput("seat.receiver", "接收人不能是离岗者本人", "the receiver is the one who leaves", "person")
    over = outcome(panel.rule, panel.seats) is not None
    for seat in [seat for seat in panel.seats if seat.pending and not over]:
        if seat.person == leaver and seat.lent_from:
            return with_seat(panel, replace(seat, person=seat.lent_from, lent_from=""))
        if seat.lent_from == leaver and to.person not in {"", seat.person}:
            require_receiver(panel, seat.id, to)
            changed = replace(seat, lent_from=to.person, department=to.department, role=to.role, claimed=False)
            return with_seat(panel, changed)
        if leaver in {seat.person, seat.lent_from}:
            return with_seat(panel, _given(panel, seat, to))
    return panel.seats


def freed(seats: Seats, account: str) -> Seats:
    """回避: the seats without somebody who may not sit in any of them: one lent to him is its owner's again, his own is
    open to all who hold its role; what he has decided there stays."""
    return tuple([_without(seat, account) if account and seat.pending else seat for seat in seats])


def _without(seat: Seat, account: str) -> Seat:
    if account == seat.person and seat.lent_from:
        return replace(seat, person=seat.lent_from, lent_from="")
    if account in {seat.person, seat.lent_from}:
        return replace(seat, person="", claimed=False, lent_from="")
    return seat


def _require_party(panel: Panel, seat_id: str, actor: Actor) -> Seat:
    """The seat that has still to decide, which this person has, for good or lent, or has lent."""
    seat = require_pending(panel, seat_id)
    if actor.id not in {seat.person, seat.lent_from}:
        raise NotPermitted("seat.holder", "该席位不归您办理", "this seat is not yours to handle", seat_id)
    return seat


def _given(panel: Panel, seat: Seat, to: Holder) -> Seat:
    """The seat with another holder; weight, veto and place in the order stay with it."""
    if not seat.lent_from and (to.department, to.role, to.person) == (seat.department, seat.role, seat.person):
        raise BadInput("seat.receiver", "接收人与现办理人相同", "the receiver has it already", "person")
    require_receiver(panel, seat.id, to)
    return replace(seat, department=to.department, role=to.role, person=to.person, claimed=False, lent_from="")
