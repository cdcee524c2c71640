"""加签 减签: approvers added to an open step, and removed. Pure; each act gives the new seats."""

from dataclasses import replace

from engine.case.approvers.seat_votes import with_seat
from engine.case.seating.seat_checks import (
    holds,
    require_not_applicant,
    require_owner,
    require_pending,
    require_receiver,
)
from engine.case.seating.seat_outcome import arranged
from engine.case.seating.seats import ADDED, AFTER, BEFORE, BESIDE, REMOVED, Holder, Panel, Seat, Seats
from engine.catalogue.seat_rules import ANY_SIGNS, MOST_SEATS
from engine.commands import Actor
from engine.errors import BadInput, NotPermitted, NotPossible


def add(panel: Panel, seat_id: str, actor: Actor, to: Holder, placed: str) -> Seats:
    """Another approver before, after or beside one's own seat, who counts like any other.

    Before (前加签): one's own turn comes after theirs. After (后加签): theirs comes after one's own.
    """
    seat = require_owner(panel, seat_id, actor)
    if placed not in {BEFORE, AFTER, BESIDE}:
        raise BadInput("seat.placed", "应为 before、after 或 beside", "must be before, after or beside", "placed")
    require_addable(panel, seat_id)
    if panel.rule.kind == ANY_SIGNS and placed != BESIDE:
        raise NotPossible(
            "seat.only_beside", "或签环节只能并加签", "where any one signs, an approver is added beside", seat_id
        )
    require_receiver(panel, "", to)
    added = Seat(
        str(len(panel.seats) + 1), to.department, to.role, to.person, kind=ADDED, order=seat.order,
        added_by=actor.id, added_to=seat_id, placed=placed,
    )  # fmt: skip
    return arranged((*panel.seats, added))


def require_addable(panel: Panel, seat_id: str) -> None:
    """The rule lets approvers be added, and there is room."""
    if not panel.rule.may_add:
        raise NotPossible("seat.no_adding", "本环节不允许加签", "no approver can be added to this step", seat_id)
    if len(panel.seats) >= MOST_SEATS:
        raise NotPossible("seat.too_many", f"席位不能超过 {MOST_SEATS} 个", f"at most {MOST_SEATS} seats", seat_id)


def remove(panel: Panel, seat_id: str, actor: Actor) -> Seats:
    """A seat that has not decided: an added one by who added it, or whose seat it was added to.

    One of the design only where the rule allows it, by somebody in another seat, and never one with a veto or the
    casting vote.
    """
    seat = require_pending(panel, seat_id)
    require_not_applicant(panel, actor.id)
    if seat.kind == ADDED:
        allowed = actor.id == seat.added_by or any(o.id == seat.added_to and _sits(o, actor) for o in panel.seats)
    else:
        _require_removable(panel, seat)
        allowed = any(o.id != seat_id and _sits(o, actor) for o in panel.seats)
    if not allowed:
        raise NotPermitted("seat.remove", "您不能减去该席位", "this seat is not yours to remove", seat_id)
    changed = with_seat(panel, replace(seat, status=REMOVED))
    if not panel.rule.fits([o.weight for o in changed if o.status != REMOVED]):
        raise NotPossible(
            "seat.too_few", "减签后票数不足以作出决定", "without it the step could not be carried", seat_id
        )
    return changed


def _require_removable(panel: Panel, seat: Seat) -> None:
    if not panel.rule.may_remove or seat.veto or seat.casting:
        raise NotPossible("seat.original", "流程规定的席位不能减签", "a seat of the design cannot be removed", seat.id)


def _sits(seat: Seat, actor: Actor) -> bool:
    """Whether this person sits there, has decided there, or may take it."""
    return seat.status != REMOVED and (actor.id in {seat.decided_by, seat.lent_from} or holds(seat, actor))
