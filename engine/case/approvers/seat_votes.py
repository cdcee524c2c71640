"""Deciding in a seat, for oneself or as a substitute, and taking it back. Pure; each act gives the new seats."""

from dataclasses import replace

from engine.case.policy import DECISIONS, limited_text, require_text
from engine.case.seating.seat_checks import find, require_free, require_holder, require_turn, require_unsettled
from engine.case.seating.seat_outcome import arranged, waits_for
from engine.case.seating.seats import ABSTAIN, ADVICE, AGREE, DECIDED, OPEN, TAKEN_BACK, Given, Kept, Panel, Seat, Seats
from engine.catalogue.seat_rules import VOTE, SeatRule
from engine.commands import SYSTEM, Actor
from engine.errors import BadInput, NotPermitted, NotPossible


def with_seat(panel: Panel, changed: Seat) -> Seats:
    """All seats with one changed, and whose turn it is now."""
    return arranged([changed if seat.id == changed.id else seat for seat in panel.seats])


def decide(panel: Panel, seat_id: str, actor: Actor, given: Given, absent: Actor | None = None) -> Seats:
    """The seat decides. In a seat that is lent it is advice: it is kept, and the seat goes back to its owner.

    ``absent`` is the one whose place the actor takes (代理); that the actor may is checked by the caller. Neither may
    be the applicant or have another seat.
    """
    seat = require_turn(panel, seat_id)
    require_holder(panel, seat, absent or actor)
    require_free(panel, seat_id, actor.id)
    opinion = checked_opinion(panel.rule, given)
    behalf = absent.id if absent is not None and absent.id != actor.id else ""
    if seat.lent_from:
        advice = Kept(ADVICE, actor.id, given.decision, opinion, given.at, behalf)
        return with_seat(panel, replace(seat, person=seat.lent_from, lent_from="", kept=(*seat.kept, advice)))
    return with_seat(panel, _decided(seat, given, actor.id, behalf))


def deem(panel: Panel, seat_id: str, given: Given) -> Seats:
    """A seat that kept silent is taken to have decided so; that a rule says so is checked by the caller."""
    seat = require_turn(panel, seat_id)
    checked_opinion(panel.rule, given)
    return with_seat(panel, _decided(seat, given, SYSTEM.id, ""))


def take_back(panel: Panel, seat_id: str, actor: Actor, at: str) -> Seats:
    """撤回: the one who decided decides anew, while the step is undecided and nobody has gone on from it.

    The decision stays in the record as taken back.
    """
    seat = find(panel, seat_id)
    require_unsettled(panel)
    if seat.status != DECIDED:
        raise NotPossible("seat.undecided", "该席位没有可撤回的决定", "this seat has no decision to take back", seat_id)
    if seat.decided_by != actor.id:
        raise NotPermitted(
            "seat.not_yours", "只能撤回本人作出的决定", "only your own decision can be taken back", seat_id
        )
    if any(other.status == DECIDED and waits_for(other, seat) for other in panel.seats):
        raise NotPossible(
            "seat.went_on", "后一席位已据此作出决定，不能撤回", "a later seat has decided upon it: it stays", seat_id
        )
    old = Kept(TAKEN_BACK, seat.decided_by, seat.decision, seat.opinion, seat.decided_at, seat.decided_for, at)
    fresh = replace(
        seat, status=OPEN, decision="", opinion="", decided_by="", decided_for="", decided_at="",
        kept=(*seat.kept, old),
    )  # fmt: skip
    return with_seat(panel, fresh)


def checked_opinion(rule: SeatRule, given: Given) -> str:
    """The opinion without surrounding space; BadInput for a decision there is not, or without its reasons."""
    if given.decision not in DECISIONS | ({ABSTAIN} if rule.kind == VOTE else set()):
        raise BadInput("seat.decision", "没有这种决定", f"there is no decision {given.decision!r}", "decision")
    if given.decision in {AGREE, ABSTAIN}:
        return limited_text("opinion", given.opinion)
    return require_text("opinion", given.opinion)


def _decided(seat: Seat, given: Given, by: str, behalf: str) -> Seat:
    return replace(
        seat, status=DECIDED, decision=given.decision, opinion=given.opinion.strip(), decided_by=by,
        decided_for=behalf, decided_at=given.at,
    )  # fmt: skip
