"""Which entry a command becomes, and how an entry is applied: the two tables the engine works by."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.case import (
    approval,
    clocks,
    commitment,
    correction,
    deemed,
    deferred,
    delivery,
    documents,
    intake,
    moving,
    silence,
    uploading,
)
from engine.case.act import Act
from engine.case.answers import answering, nudging
from engine.case.back import ending, returning
from engine.case.correcting import demands
from engine.case.intent import Intent
from engine.case.lateness import ladder
from engine.case.policy import require_text
from engine.case.sessions import acts as sessions
from engine.case.state import OPEN, Case
from engine.case.timekeeping import extending, recompute, suspending
from engine.case.together import asides, hands, recusal, voting
from engine.commands import (
    AcceptCase,
    AcknowledgeEscalation,
    AnswerAside,
    AsideCommand,
    AskSomeone,
    Command,
    CommitmentCommand,
    CopyTo,
    DecideStep,
    DeclineCase,
    DeliverResults,
    DemandCommand,
    DemandMaterials,
    DropDemand,
    ExplainEscalation,
    ExtendClock,
    FireTimer,
    HandOver,
    IssueDocument,
    MoveCase,
    NameApplicant,
    NudgeStep,
    ObjectToDeemed,
    RecomputeDueDates,
    ReopenCase,
    RequestCorrection,
    ResumeClock,
    ReturnCase,
    ReturnStep,
    SeatCommand,
    SessionCommand,
    SupplyMaterials,
    SuspendClock,
    TakeBackDecision,
    TerminateCase,
    UploadMaterial,
    WithdrawCase,
    WriteOffEscalation,
)  # fmt: skip
from engine.errors import BadInput
from engine.instants import to_text
from engine.journal import Json

SUBMITTED_KIND = "ApplicationSubmitted"
MOVED_KIND = "CaseMoved"
RECALLING = frozenset({
    MOVED_KIND, silence.OBJECTED, returning.RETURNED, returning.CASE_RETURNED, returning.TAKEN_BACK,
    returning.REOPENED, uploading.UPLOADED, recusal.NAMED,
})  # fmt: skip
"""The kinds of entries that look at closed tasks: they are recalled before."""
LOOK_BACK = (
    MoveCase, ObjectToDeemed, ReturnStep, ReturnCase, TakeBackDecision, ReopenCase, UploadMaterial,
    NameApplicant, *sessions.LOOK_BACK,
)  # fmt: skip
"""The commands that become such entries."""

AboutTask = DecideStep | DeliverResults | NudgeStep | SeatCommand | DemandMaterials | DropDemand
"""The commands about one task, which may have been closed meanwhile."""
AmongPeople = SeatCommand | HandOver | AsideCommand
AnotherWay = MoveCase | ReturnStep | ReturnCase | TakeBackDecision | ReopenCase | WithdrawCase | TerminateCase
AtTheWindow = (
    AcceptCase | RequestCorrection | SupplyMaterials | UploadMaterial | DeclineCase | DeliverResults | NameApplicant
)
OfClocks = SuspendClock | ResumeClock | ExtendClock | RecomputeDueDates
OnLateness = AcknowledgeEscalation | ExplainEscalation | WriteOffEscalation | NudgeStep
Applied = Callable[[Case, Mapping[str, Json], Act], None]


def _decided(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepDecided: in a seat of its own, or as most steps are."""
    (voting.voted if "seat" in facts else approval.decided)(case, facts, act)


APPLY: Mapping[str, Applied] = {
    SUBMITTED_KIND: intake.submitted,
    "CorrectionRequested": correction.correction_requested,
    "MaterialsSupplied": correction.supplied,
    recusal.NAMED: recusal.named,
    uploading.UPLOADED: uploading.uploaded,
    "ApplicationAccepted": intake.accepted,
    deemed.DEEMED_KIND: deemed.deemed_accepted,
    "ApplicationDeclined": intake.declined,
    voting.STEP_DECIDED: _decided,
    voting.VOTED: voting.voted,
    voting.ADVISED: voting.voted,
    voting.VOTE_TAKEN_BACK: voting.vote_taken_back,
    **hands.APPLY,
    **asides.APPLY,
    **commitment.APPLY,
    **sessions.APPLY,
    "ResultsDelivered": delivery.delivered,
    "StepOverdue": clocks.fired,
    ladder.REMINDED: ladder.reminded,
    ladder.ESCALATED: ladder.escalated,
    silence.DEEMED: silence.step_deemed,
    silence.OBJECTED: silence.objected,
    "DeferredMaterialOverdue": deferred.overdue,
    **demands.APPLY,
    "TimerEventFired": clocks.event_fired,
    MOVED_KIND: moving.moved,
    returning.RETURNED: returning.step_returned,
    returning.CASE_RETURNED: returning.case_returned,
    returning.TAKEN_BACK: returning.taken_back,
    returning.REOPENED: returning.reopened,
    ending.WITHDREW: ending.withdrawn,
    ending.TERMINATED_KIND: ending.terminated,
    "DueDatesRecomputed": recompute.recomputed,
    "ClockSuspended": suspending.suspended,
    "ClockResumed": suspending.resumed,
    "ClockExtended": extending.clock_extended,
    "EscalationAcknowledged": answering.acknowledged,
    "EscalationExplained": answering.explained,
    "EscalationWrittenOff": answering.written_off,
    "StepNudged": nudging.nudged,
    documents.ISSUED_KIND: documents.issued,
}
"""Entry kind → what it does to the case. Used live and in replay alike."""


def prepare(case: Case, act: Intent, command: Command) -> tuple[str, dict[str, Json]]:
    """Asks policy, then gives the kind and the facts of the entry a command becomes; raises when it may not be."""
    actor, deployment = act.actor, act.deployment
    recusal.require_other(case.applicant, actor)
    if isinstance(command, DecideStep):
        return voting.decision(case, act, command)
    family = next((prepared for kind, prepared in FAMILIES if isinstance(command, kind)), None)
    if family is not None:
        return family(case, act, command)
    match command:
        case FireTimer():
            clocks.check_fire(case, command, actor, act.instant)
            return clocks.firing(case, deployment, command.timer_id)
        case ObjectToDeemed():
            silence.check_object(case, deployment, command, actor)
            return silence.OBJECTED, silence.object_facts(command)
        case IssueDocument():
            documents.check_issue(case, command, actor)
            return documents.ISSUED_KIND, documents.issue_facts(command)
    raise BadInput("command.unknown", "未知的操作", f"unknown command {type(command).__name__}")


def _among_people(case: Case, act: Intent, command: AmongPeople) -> tuple[str, dict[str, Json]]:
    match command:
        case HandOver():
            return hands.HANDED_OVER, hands.hand_over_facts(case, act, command)
        case CopyTo() | AskSomeone():
            return asides.begun(case, act, command)
        case AnswerAside():
            return asides.answer(case, act, command)
        case _:
            return hands.on_seat(case, act, command)


def _another_way(case: Case, act: Intent, command: AnotherWay) -> tuple[str, dict[str, Json]]:
    actor, deployment = act.actor, act.deployment
    match command:
        case MoveCase():
            moving.check_move(case, act.get, command, actor)
            return MOVED_KIND, moving.move_facts(command)
        case ReturnStep():
            returning.check_return(case, command, actor)
            return returning.RETURNED, returning.return_facts(command)
        case ReturnCase():
            returning.check_return_case(case, deployment, command, actor)
            return returning.CASE_RETURNED, {"reason": command.reason.strip()}
        case TakeBackDecision():
            waiting = case.tasks.get(command.task_id)
            if waiting is not None and waiting.status == OPEN and waiting.seats:
                return voting.VOTE_TAKEN_BACK, voting.take_back_facts(case, act, waiting)
            returning.check_take_back(case, command.task_id, actor)
            return returning.TAKEN_BACK, {"task": command.task_id}
        case ReopenCase():
            returning.check_reopen(case, deployment, command, actor)
            return returning.REOPENED, {"reason": command.reason.strip()}
        case WithdrawCase():
            ending.check_withdraw(case, command, actor)
            return ending.WITHDREW, ending.withdraw_facts(command)
        case TerminateCase():
            ending.check_terminate(case, deployment, command, actor)
            return ending.TERMINATED_KIND, ending.terminate_facts(command)


def _at_the_window(case: Case, act: Intent, command: AtTheWindow) -> tuple[str, dict[str, Json]]:
    actor, deployment, now = act.actor, act.deployment, to_text(act.instant)
    match command:
        case NameApplicant():
            return recusal.NAMED, recusal.name_facts(case, act, command)
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
        case UploadMaterial():
            uploading.check_upload(case, deployment, command, actor)
            return uploading.UPLOADED, uploading.upload_facts(case, deployment, command)
        case DeclineCase():
            intake.check_decline(case, command, actor)
            deemed.require_in_time(case, now)
            return "ApplicationDeclined", {"reason": require_text("reason", command.reason)}
        case DeliverResults():
            delivery.check_deliver(case, command, actor)
            return "ResultsDelivered", delivery.deliver_facts(command)


def _clocks(case: Case, act: Intent, command: OfClocks) -> tuple[str, dict[str, Json]]:
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


def _on_lateness(case: Case, act: Intent, command: OnLateness) -> tuple[str, dict[str, Json]]:
    match command:
        case NudgeStep():
            today = nudging.Today(act.calendar, act.instant)
            return "StepNudged", nudging.nudge_facts(case, act.deployment, command, act.actor, today)
        case AcknowledgeEscalation():
            answering.check_acknowledge(case, command, act.actor)
            return "EscalationAcknowledged", answering.answer_facts(command)
        case ExplainEscalation():
            answering.check_explain(case, command, act.actor)
            return "EscalationExplained", answering.answer_facts(command)
        case WriteOffEscalation():
            answering.check_write_off(case, command, act.actor)
            return "EscalationWrittenOff", answering.answer_facts(command)


FAMILIES: tuple[tuple[Any, Callable[[Case, Intent, Any], tuple[str, dict[str, Json]]]], ...] = (
    (AmongPeople, _among_people),
    (AnotherWay, _another_way),
    (AtTheWindow, _at_the_window),
    (OfClocks, _clocks),
    (OnLateness, _on_lateness),
    (CommitmentCommand, commitment.prepare),
    (DemandCommand, demands.prepared),
    (SessionCommand, sessions.on_session),
)
"""Commands that belong together, and what prepares them."""
