"""When the seats of a step have decided it, and whose turn it is. Pure; the rules are in docs/deciding-together.md.

A step ends as soon as no vote that is still to come can change the outcome: later ones could only add conditions.
Those who have not voted by then are told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.case.seating.seats import (
    ABSTAIN,
    AFTER,
    AGREE,
    BEFORE,
    DECIDED,
    DISAGREE,
    FORWARD,
    OPEN,
    REMOVED,
    TOLD,
    WAITING,
    WITH_CONDITIONS,
    Seat,
    Seats,
)
from engine.catalogue.seat_rules import ANY_SIGNS, FIRST, VOTE, VOTES, SeatRule

_AGAINST = frozenset({DISAGREE, ABSTAIN})


@dataclass(frozen=True)
class Outcome:
    """What the step is decided as: ``agree``, ``disagree``, ``agree_with_conditions`` or ``forward``.

    ``texts``: (seat, text), of every seat that set conditions when it passes, that refused when it does not.
    ``told``: seats that are no longer needed.
    """

    decision: str
    texts: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether the step lets the case go on."""
        return self.decision != DISAGREE


def first_seats(rule: SeatRule, department: str, role: str) -> Seats:
    """The seats of a task when it opens, with the step's department and role where the rule names none."""
    seats = [
        Seat(
            str(number), place.department or department, place.role or role, order=place.order, weight=place.weight,
            veto=place.veto, casting=place.casting,
        )
        for number, place in enumerate(rule.places, start=1)
    ]  # fmt: skip
    return arranged(seats)


def waits_for(seat: Seat, other: Seat) -> bool:
    """Whether it is this seat's turn only after the other one's."""
    if other.added_to == seat.id and other.placed == BEFORE:
        return True
    if seat.added_to == other.id and seat.placed == AFTER:
        return True
    return other.order < seat.order


def arranged(seats: Iterable[Seat]) -> Seats:
    """The same seats, those still to decide open or waiting as their turn is."""
    found = tuple(seats)
    pending = [seat for seat in found if seat.pending]

    def placed(seat: Seat) -> Seat:
        status = WAITING if any(waits_for(seat, other) for other in pending) else OPEN
        return seat if seat.status == status else replace(seat, status=status)

    return tuple([placed(seat) if seat.pending else seat for seat in found])


def settled(seats: Seats) -> Seats:
    """The seats once the step is decided: whoever had still to decide need not."""
    return tuple([replace(seat, status=TOLD) if seat.pending else seat for seat in seats])


def outcome(rule: SeatRule, seats: Seats) -> Outcome | None:
    """How the step is decided; None while votes to come can change it, or more have to be heard."""
    standing = [seat for seat in seats if seat.status != REMOVED]
    given = [seat for seat in standing if seat.status == DECIDED]
    if not given or len(given) < (len(standing) if rule.hear_all else rule.quorum):
        return None
    passes = _settled(rule, standing, given)
    if passes is None:
        return None
    wanted = WITH_CONDITIONS if passes else DISAGREE
    texts = tuple((seat.id, seat.opinion) for seat in given if seat.decision == wanted)
    told = tuple(seat.id for seat in standing if seat.status != DECIDED)
    return Outcome(_words(passes, given), texts, told)


def _words(passes: bool, given: list[Seat]) -> str:
    """Conditions bind, so they come before a suggestion; abstaining suggests nothing."""
    said = {seat.decision for seat in given}
    if not passes:
        return DISAGREE
    return next((decision for decision in (WITH_CONDITIONS, FORWARD) if decision in said), AGREE)


def _settled(rule: SeatRule, standing: list[Seat], given: list[Seat]) -> bool | None:
    """Whether it passes. A vote for it never makes it fail, so the two extremes stand for all that may come."""
    if rule.kind == ANY_SIGNS and rule.refusal == FIRST:
        return min(given, key=lambda seat: (seat.decided_at, int(seat.id))).decision != DISAGREE
    worst, best = (_carried(rule, standing, rest) for rest in (DISAGREE, AGREE))
    return best if worst == best else None


def _carried(rule: SeatRule, standing: list[Seat], rest: str) -> bool:
    """Whether it passes when everybody who has still to decide says the same."""
    votes = [(seat, seat.decision if seat.status == DECIDED else rest) for seat in standing]
    if rule.kind == VOTE:
        return _vote_carried(rule, votes)
    passing = [decision != DISAGREE for _, decision in votes]
    return any(passing) if rule.kind == ANY_SIGNS else all(passing)


def _vote_carried(rule: SeatRule, votes: list[tuple[Seat, str]]) -> bool:
    if any(seat.veto and decision == DISAGREE for seat, decision in votes):
        return False
    agreed = sum(seat.weight for seat, decision in votes if decision not in _AGAINST)
    if rule.share is None:
        return agreed >= rule.count
    counted = sum(seat.weight for seat, decision in votes if rule.of != VOTES or decision != ABSTAIN)
    needed = rule.share * counted
    if rule.beyond and agreed == needed:
        return any(seat.casting and decision not in _AGAINST for seat, decision in votes)
    return agreed > 0 and agreed >= needed
