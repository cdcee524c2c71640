"""Which entry a command becomes, and how an entry is applied: the two tables the engine works by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.calendar import WorkCalendar
from engine.case import approval, clocks, delivery, intake, moving, recompute
from engine.case.act import Act
from engine.case.deployment import Deployment
from engine.case.policy import require_text
from engine.case.state import Case
from engine.commands import (
    AcceptCase,
    Actor,
    Command,
    DecideStep,
    DeclineCase,
    DeliverResults,
    FireTimer,
    MoveCase,
    RecomputeDueDates,
    SupplyMaterials,
)  # fmt: skip
from engine.errors import BadInput
from engine.journal import Entry, Json

SUBMITTED_KIND = "ApplicationSubmitted"
MOVED_KIND = "CaseMoved"
"""The one kind of entry that looks at closed tasks: they are recalled before."""

Applied = Callable[[Case, Mapping[str, Json], Act], None]

APPLY: Mapping[str, Applied] = {
    SUBMITTED_KIND: intake.submitted,
    "MaterialsSupplied": intake.supplied,
    "ApplicationAccepted": intake.accepted,
    "ApplicationDeclined": intake.declined,
    "StepDecided": approval.decided,
    "ResultsDelivered": delivery.delivered,
    "StepOverdue": clocks.fired,
    "TimerEventFired": clocks.event_fired,
    MOVED_KIND: moving.moved,
    "DueDatesRecomputed": recompute.recomputed,
}
"""Entry kind → what it does to the case. Used live and in replay alike."""


@dataclass(frozen=True)
class Intent:
    """Who wants something of a case, when, and on which version it runs; ``get`` gives any deployed version,
    ``journal`` the entries of the case so far."""

    actor: Actor
    instant: datetime
    deployment: Deployment
    get: Callable[[str], Deployment]
    journal: Callable[[], Sequence[Entry]]
    calendar: WorkCalendar


def prepare(case: Case, act: Intent, command: Command) -> tuple[str, dict[str, Json]]:
    """Asks policy, then gives the kind and the facts of the entry a command becomes; raises when it may not be."""
    actor, deployment = act.actor, act.deployment
    match command:
        case DecideStep():
            approval.check_decide(case, deployment, command, actor)
            return "StepDecided", approval.decide_facts(command)
        case FireTimer():
            clocks.check_fire(case, command, actor, act.instant)
            return clocks.kind_of(command), clocks.fire_facts(command)
        case DeliverResults():
            delivery.check_deliver(case, command, actor)
            return "ResultsDelivered", delivery.deliver_facts(command)
        case AcceptCase():
            intake.check_accept(case, deployment, actor)
            return "ApplicationAccepted", {}
        case SupplyMaterials():
            intake.check_supply(case, command, actor)
            return "MaterialsSupplied", intake.supply_facts(case, deployment, command)
        case DeclineCase():
            intake.check_decline(case, command, actor)
            return "ApplicationDeclined", {"reason": require_text("reason", command.reason)}
        case MoveCase():
            moving.check_move(case, act.get, command, actor)
            return MOVED_KIND, moving.move_facts(command)
        case RecomputeDueDates():
            recompute.check_recompute(case, actor)
            counting = recompute.Counting(act.journal(), act.get, act.calendar)
            return "DueDatesRecomputed", recompute.recompute_facts(case, counting)
    raise BadInput("command.unknown", "未知的操作", f"unknown command {type(command).__name__}")
