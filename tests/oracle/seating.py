"""The seats of one task in the model: who sits there, whose turn it is, what was said, what that comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from engine.commands import Actor
from tests.oracle.design import Step
from tests.unit.seat_model import IF, NO, OUT, UP, YES, passes


@dataclass
class Seat:
    """One seat; ``heard``: everybody whose word is kept in it."""

    id: str
    department: str
    role: str
    person: str = ""
    lent_from: str = ""
    claimed: bool = False
    place: Mapping[str, Any] = field(default_factory=dict)
    order: int = 1
    added_by: str = ""
    added_to: str = ""
    placed: str = ""
    removed: bool = False
    decision: str = ""
    by: str = ""
    on_behalf: str = ""
    entry: int = 0
    heard: set[str] = field(default_factory=set)

    @property
    def pending(self) -> bool:
        """Whether it has still to decide."""
        return not self.removed and not self.decision

    def sitting(self) -> set[str]:
        """Who has to do with it; whoever has only advised has not."""
        return {self.person, self.lent_from, self.by, self.on_behalf} - {""}

    def people(self) -> set[str]:
        """Who may not sit in another seat of the step."""
        return self.sitting() | self.heard

    def holds(self, actor: Actor) -> bool:
        """Whether this person sits there, or is one of those who may."""
        return actor.id == self.person if self.person else actor.holds(self.department, self.role)

    def hand(self, department: str, role: str, person: str) -> None:
        """Somebody else's from now on."""
        self.department, self.role, self.person, self.lent_from, self.claimed = department, role, person, "", False

    def clear(self) -> None:
        """What was said is taken back; it stays on record."""
        self.heard |= {self.by, self.on_behalf} - {""}
        self.decision = self.by = self.on_behalf = ""
        self.entry = 0


def designed(step: Step) -> list[Seat]:
    """The seats of a step as it opens."""
    return [
        Seat(str(number), place["department"], place["role"], place=place, order=place["order"])
        for number, place in enumerate(step.places, start=1)
    ]


def waits(seat: Seat, other: Seat) -> bool:
    """Whether a seat's turn comes after another one's."""
    before = other.added_to == seat.id and other.placed == "before"
    after = seat.added_to == other.id and seat.placed == "after"
    return before or after or other.order < seat.order


def turns(seats: list[Seat]) -> list[Seat]:
    """The seats whose turn it is."""
    pending = [seat for seat in seats if seat.pending]
    return [seat for seat in pending if not any(waits(seat, other) for other in pending)]


def came_to(step: Step, seats: list[Seat]) -> str:
    """What a step is decided as; empty while what is still to come can change whether it passes."""
    rule = dict(step.rule or {"rule": "all_sign"})
    here = [seat for seat in seats if not seat.removed]
    given = sorted((seat for seat in here if seat.decision), key=lambda seat: (seat.entry, int(seat.id)))
    missing = [seat for seat in here if not seat.decision]
    if not given or len(given) < (len(here) if rule.get("hear_all") else rule.get("quorum", 0)):
        return ""
    votes = [(seat.place, seat.decision) for seat in given]
    kinds = (YES, NO, OUT) if rule["rule"] == "vote" else (YES, NO)
    ends = {
        passes(rule, [*votes, *zip([seat.place for seat in missing], rest, strict=True)])
        for rest in product(kinds, repeat=len(missing))
    }
    if len(ends) > 1:
        return ""
    said = {seat.decision for seat in given}
    if not ends.pop():
        return NO
    return next((word for word in (IF, UP) if word in said), YES)
