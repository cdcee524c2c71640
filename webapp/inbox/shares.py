"""Who has the tasks of a list: mine, nobody yet, a colleague, somebody I asked; and the absent I stand in for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import OPEN
from engine.commands import Actor
from engine.store.absences import AbsenceRow
from engine.store.inbox import FREE, LENT, MINE, TAKEN
from webapp.context import engine
from webapp.i18n import gettext as _


@dataclass(frozen=True)
class Share:
    """One chip: the part of the list it shows (``behalf``: of somebody absent), its words and number, None for no
    number."""

    whose: str
    label: str
    count: int | None
    behalf: str = ""


def shares(actor: Actor) -> list[Share]:
    """The chips of a person; none while nothing was handed to anybody and nobody is stood in for."""
    counts = engine().read.inbox_whose(actor)
    words = {MINE: _("归我办的"), FREE: _("无人签收"), TAKEN: _("同事在办"), LENT: _("已委派出去")}
    absent = absentees(actor)
    if not absent and not any(counts[one] for one in (MINE, TAKEN, LENT)):
        return []
    names = engine().records.names(absent)
    found = [Share(one, words[one], counts[one]) for one in words]
    return [*found, *(Share("", _("代理%(who)s", who=names.get(one, one)), None, one) for one in absent)]


def absentees(actor: Actor) -> list[str]:
    """Accounts of the people somebody stands in for today."""
    return list(dict.fromkeys(row.person for row in engine().absences.now_for(actor.id)))


def in_place_of(actor: Actor, absent: str) -> tuple[Actor, list[AbsenceRow]] | None:
    """The absent person and what somebody stands in for; None when he does not."""
    rows = [row for row in engine().absences.now_for(actor.id) if row.person == absent]
    account = engine().records.account(absent) if rows else None
    return None if account is None else (account.actor, rows)


def in_scope(found: Mapping[str, Any], rows: Sequence[AbsenceRow]) -> bool:
    """Whether a row of the list is among what is stood in for."""
    scopes = [set(row.scope.split()) for row in rows]
    return any(not scope or not scope.isdisjoint({found["offering"], found["item"]}) for scope in scopes)


def lent_to(found: Mapping[str, Any], account: str) -> str:
    """The account of whoever this person has asked for advice in a task; empty when nobody."""
    seats = seats_from(found["seats"])
    return next((seat.person for seat in seats if seat.status == OPEN and seat.lent_from == account), "")


def advises(found: Mapping[str, Any], account: str) -> bool:
    """Whether this person is only asked for advice."""
    seats = seats_from(found["seats"])
    return any(seat.status == OPEN and seat.person == account and seat.lent_from for seat in seats)
