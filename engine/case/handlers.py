"""Which entry a command becomes, and how an entry is applied: the two tables the engine works by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.calendar import WorkCalendar
from engine.case import (
    approval,
    clocks,
    correction,
    deemed,
    deferred,
    delivery,
    extending,
    intake,
    moving,
    recompute,
    suspending,
)
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
    ExtendClock,
    FireTimer,
    MoveCase,
    RecomputeDueDates,
    RequestCorrection,
    ResumeClock,
    SupplyMaterials,
    SuspendClock,
)  # fmt: skip
from engine.errors import BadInput
from engine.instants import to_text
from engine.journal import Entry, Json

SUBMITTED_KIND = "ApplicationSubmitted"
MOVED_KIND = "CaseMoved"
"""The one kind of entry that looks at closed tasks: they are recalled before."""

Applied = Callable[[Case, Mapping[str, Json], Act], None]

APPLY: Mapping[str, Applied] = {
    SUBMITTED_KIND: intake.submitted,
    "CorrectionRequested": correction.correction_requested,
    "MaterialsSupplied": correction.supplied,
    "ApplicationAccepted": intake.accepted,
    deemed.DEEMED_KIND: deemed.deemed_accepted,
    "ApplicationDeclined": intake.declined,
    "StepDecided": approval.decided,
    "ResultsDelivered": delivery.delivered,
    "StepOverdue": clocks.fired,
    "DeferredMaterialOverdue": deferred.overdue,
    "TimerEventFired": clocks.event_fired,
    MOVED_KIND: moving.moved,
    "DueDatesRecomputed": recompute.recomputed,
    "ClockSuspended": suspending.suspended,
    "ClockResumed": suspending.resumed,
    "ClockExtended": extending.clock_extended,
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

    def counting(self) -> recompute.Counting:
        """What the limits of clocks are found with."""
        return recompute.Counting(self.journal(), self.get, self.calendar)


def prepare(case: Case, act: Intent, command: Command) -> tuple[str, dict[str, Json]]:
    """Asks policy, then gives the kind and the facts of the entry a command becomes; raises when it may not be."""
    actor, deployment = act.actor, act.deployment
    match command:
        case DecideStep():
            approval.check_decide(case, deployment, command, actor)
            return "StepDecided", approval.decide_facts(command)
        case FireTimer():
            clocks.check_fire(case, command, actor, act.instant)
            return clocks.kind_of(command), clocks.fire_facts(case, deployment, command)
        case DeliverResults():
            delivery.check_deliver(case, command, actor)
            return "ResultsDelivered", delivery.deliver_facts(command)
        case AcceptCase() | RequestCorrection() | SupplyMaterials() | DeclineCase():
            return _at_the_window(case, act, command)
        case SuspendClock() | ResumeClock() | ExtendClock() | RecomputeDueDates():
            return _clocks(case, act, command)
        case MoveCase():
            moving.check_move(case, act.get, command, actor)
            return MOVED_KIND, moving.move_facts(command)
    raise BadInput("command.unknown", "未知的操作", f"unknown command {type(command).__name__}")


def _at_the_window(
    case: Case, act: Intent, command: AcceptCase | RequestCorrection | SupplyMaterials | DeclineCase
) -> tuple[str, dict[str, Json]]:
    actor, deployment, now = act.actor, act.deployment, to_text(act.instant)
    match command:
        case AcceptCase():
            intake.check_accept(case, deployment, actor)
            if deemed.is_deemed(case, now):
                return deemed.DEEMED_KIND, deemed.deemed_facts(case, deployment)
            return "ApplicationAccepted", intake.accept_facts(case, deployment)
        case RequestCorrection():
            correction.check_correction(case, command, actor, now)
            return "CorrectionRequested", correction.correction_facts(case, deployment, command)
        case SupplyMaterials():
            correction.check_materials(case, command, actor)
            return "MaterialsSupplied", correction.materials_facts(case, deployment, command)
        case DeclineCase():
            intake.check_decline(case, command, actor)
            deemed.require_in_time(case, now)
            return "ApplicationDeclined", {"reason": require_text("reason", command.reason)}


def _clocks(
    case: Case, act: Intent, command: SuspendClock | ResumeClock | ExtendClock | RecomputeDueDates
) -> tuple[str, dict[str, Json]]:
    actor, deployment = act.actor, act.deployment
    match command:
        case SuspendClock():
            suspending.check_suspend(case, deployment, command, actor)
            return "ClockSuspended", suspending.suspend_facts(case, command, act.counting())
        case ResumeClock():
            suspending.check_resume(case, deployment, command, actor)
            return "ClockResumed", suspending.resume_facts(command)
        case ExtendClock():
            extending.check_extend(case, deployment, command, actor, to_text(act.instant))
            return "ClockExtended", extending.extend_facts(case, command, act.counting())
        case RecomputeDueDates():
            recompute.check_recompute(case, actor)
            return "DueDatesRecomputed", recompute.recompute_facts(case, act.counting())
