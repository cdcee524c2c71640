"""席位: who decides one step, when several do; as data. What can be done with seats is in the modules ``seat_*``.

A task whose step has no rule of its own, and that nobody has handed on or added somebody to, keeps no seats: it has the
one that ``first_seats`` gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from engine.catalogue.seat_rules import SeatRule

ORIGINAL, ADDED = "original", "added"
OPEN, WAITING, DECIDED, REMOVED, TOLD = "open", "waiting", "decided", "removed", "told"
"""States of a seat: waiting = not its turn yet; told = the step was decided without it."""
BEFORE, AFTER, BESIDE = "before", "after", "beside"
"""Where an added approver sits: 前加签 后加签 并加签."""
AGREE, DISAGREE, WITH_CONDITIONS = "agree", "disagree", "agree_with_conditions"
FORWARD, ABSTAIN = "forward", "abstain"
"""``forward`` agrees and suggests passing the file upward; abstaining (弃权) is for votes."""
ADVICE, TAKEN_BACK = "advice", "taken_back"
"""What a seat keeps beside its decision: what the one it was lent to said, and decisions taken back."""


class Kept(NamedTuple):
    """An opinion that decides nothing (any more), ``at`` its instant; ``behalf`` as ``Seat.decided_for``."""

    kind: str
    by: str
    decision: str
    opinion: str
    at: str
    behalf: str = ""
    taken_back_at: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """One approver of a step; persons are accounts, instants are text (UTC).

    ``person`` empty: anybody who holds the role in the department; ``claimed``: the person took it from these.
    ``lent_from``: the one it goes back to, while the person only advises. ``decided_for``: whose place a substitute
    took. ``order`` is its turn, the same for all unless they decide in order. ``opinion`` is the reasons or conditions.
    ``added_to`` is the seat an added one is placed at.
    """

    id: str
    department: str
    role: str
    person: str = ""
    claimed: bool = False
    lent_from: str = ""
    kind: str = ORIGINAL
    order: int = 1
    weight: int = 1
    veto: bool = False
    casting: bool = False
    status: str = OPEN
    decision: str = ""
    opinion: str = ""
    decided_by: str = ""
    decided_for: str = ""
    decided_at: str = ""
    added_by: str = ""
    added_to: str = ""
    placed: str = ""
    kept: Sequence[Kept] = ()

    def __post_init__(self) -> None:
        """A seat restored from JSON has lists where there were tuples."""
        object.__setattr__(self, "kept", tuple([Kept(*opinion) for opinion in self.kept]))

    @property
    def pending(self) -> bool:
        """Whether it has still to decide, now or later."""
        return self.status in {OPEN, WAITING}

    def sitting(self) -> set[str]:
        """Who sits here, has lent it, or has decided it; not those who only advised."""
        return {self.person, self.lent_from, self.decided_by, self.decided_for} - {""}

    def people(self) -> set[str]:
        """Everybody who sits here or was heard here; nobody of these may sit elsewhere in the step."""
        kept = {name for opinion in self.kept for name in (opinion.by, opinion.behalf)}
        return self.sitting() | (kept - {""})


Seats: TypeAlias = tuple[Seat, ...]
"""All seats a step ever had, ``1``, ``2``, … in this order; none is ever dropped."""


@dataclass(frozen=True)
class Panel:
    """What an act on the seats of a task depends on; ``applicant`` is an account, empty when there is none."""

    rule: SeatRule
    seats: Seats
    applicant: str = ""


@dataclass(frozen=True)
class Holder:
    """Whom a seat is given to: a person of a department and role, or (``person`` empty) anybody who holds the role."""

    department: str
    role: str
    person: str = ""


@dataclass(frozen=True)
class Given:
    """What somebody decides: the decision, reasons or conditions, and the instant (text, UTC)."""

    decision: str
    opinion: str
    at: str
