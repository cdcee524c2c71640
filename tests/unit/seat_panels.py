"""Panels for tests: a step of the fire department, and people who decide it."""

from dataclasses import replace
from typing import Any

from engine.case.approvers.seat_votes import decide
from engine.case.seating.seat_outcome import first_seats, outcome
from engine.case.seating.seats import Given, Holder, Panel, Seats
from engine.catalogue.seat_rules import SeatRule, read_rule
from engine.catalogue.table import Table
from engine.commands import Actor

AT = "2026-03-02T01:00:00.000000Z"
FIRE, APPROVER = "fire", "approver"


def rule_of(**data: Any) -> SeatRule:
    """The rule of a table; without seats three of the step's own role sit."""
    return read_rule(Table({"seats": [{"times": 3}], **data}, "FIRE/item.toml", "steps[2].deciding"))


def panel_of(applicant: str = "", **data: Any) -> Panel:
    """The panel of a step with this rule, as it opens."""
    rule = rule_of(**data)
    return Panel(rule, first_seats(rule, FIRE, APPROVER), applicant)


def person(name: str, department: str = FIRE, role: str = APPROVER) -> Actor:
    """Somebody of the department and role."""
    return Actor(name, department, frozenset({role}))


def at_desk(name: str = "", department: str = FIRE, role: str = APPROVER) -> Holder:
    """The same as the receiver of a seat; without a name the role."""
    return Holder(department, role, name)


def says(decision: str, opinion: str = "", at: str = AT) -> Given:
    """A decision, with reasons where it needs some."""
    return Given(decision, opinion or ("" if decision in {"agree", "abstain"} else f"{decision}的理由"), at)


def now(panel: Panel, seats: Seats) -> Panel:
    """The panel after an act."""
    return replace(panel, seats=seats)


def voted(panel: Panel, **decisions: str) -> Panel:
    """After these people have decided, in this order: ``a1="agree"`` is person a in seat 1."""
    for who, decision in decisions.items():
        panel = now(panel, decide(panel, who[1:], person(who[0]), says(decision)))
    return panel


def result(panel: Panel) -> str | None:
    """What the step is decided as, if it is."""
    found = outcome(panel.rule, panel.seats)
    return None if found is None else found.decision


def states(panel: Panel) -> str:
    """The states of the seats by their first letter: o(pen), w(aiting), d(ecided), r(emoved), t(old)."""
    return "".join(seat.status[0] for seat in panel.seats)
