"""What can be asked of a case: imperative, frozen, one dataclass per act.

``key`` makes a command idempotent: the same actor sending the same key again gets the first outcome back.
"""

from engine.commands.actor import APPLICANT, SYSTEM, Actor, Outcome
from engine.commands.asides import AnswerAside, AsideCommand, AskSomeone, CopyTo
from engine.commands.back import (
    MoveCase,
    ReopenCase,
    ReturnCase,
    ReturnStep,
    TakeBackDecision,
    TerminateCase,
    WithdrawCase,
)
from engine.commands.clocks import ExtendClock, RecomputeDueDates, ResumeClock, SuspendClock
from engine.commands.commitment import ChooseCommitments, CommitmentCommand, RecordCheck, RevokeResult
from engine.commands.deciding import DecideStep, ObjectToDeemed
from engine.commands.demands import DemandCommand, DemandMaterials, DropDemand, SendCorrection
from engine.commands.hands import (
    AddApprover,
    AssignTask,
    ClaimTask,
    DelegateTask,
    EndAbsence,
    GetBackTask,
    HandOver,
    ReleaseTask,
    RemoveApprover,
    SeatCommand,
    SetAbsence,
    TransferTask,
)
from engine.commands.lateness import AcknowledgeEscalation, ExplainEscalation, NudgeStep, WriteOffEscalation
from engine.commands.machine import FireTimer, IssueDocument
from engine.commands.sessions import (
    ArrangeSession,
    CancelSession,
    ChangeSession,
    CloseSession,
    JoinSession,
    RecordFindings,
    SessionCommand,
)
from engine.commands.shape import check_shape
from engine.commands.window import (
    AcceptCase,
    DeclineCase,
    DeliverResults,
    NameApplicant,
    RequestCorrection,
    SubmitCase,
    SupplyMaterials,
    UploadMaterial,
)

Command = (
    SubmitCase
    | RequestCorrection
    | SupplyMaterials
    | UploadMaterial
    | NameApplicant
    | AcceptCase
    | DeclineCase
    | DecideStep
    | ObjectToDeemed
    | DeliverResults
    | FireTimer
    | SuspendClock
    | ResumeClock
    | ExtendClock
    | MoveCase
    | ReturnStep
    | ReturnCase
    | TakeBackDecision
    | WithdrawCase
    | TerminateCase
    | ReopenCase
    | RecomputeDueDates
    | AcknowledgeEscalation
    | ExplainEscalation
    | WriteOffEscalation
    | NudgeStep
    | IssueDocument
    | SeatCommand
    | HandOver
    | AsideCommand
    | CommitmentCommand
    | DemandCommand
    | SessionCommand
)

__all__ = [
    "APPLICANT", "SYSTEM", "AcceptCase", "AcknowledgeEscalation", "Actor", "AddApprover", "AnswerAside",
    "ArrangeSession", "AsideCommand", "AskSomeone", "AssignTask", "CancelSession", "ChangeSession",
    "ChooseCommitments", "ClaimTask", "CloseSession", "Command", "CommitmentCommand", "CopyTo", "DecideStep",
    "DeclineCase", "DelegateTask", "DeliverResults", "DemandCommand", "DemandMaterials", "DropDemand", "EndAbsence",
    "ExplainEscalation", "ExtendClock", "FireTimer", "GetBackTask", "HandOver", "IssueDocument", "JoinSession",
    "MoveCase", "NameApplicant", "NudgeStep", "ObjectToDeemed", "Outcome", "RecomputeDueDates", "RecordCheck",
    "RecordFindings", "ReleaseTask", "RemoveApprover", "ReopenCase", "RequestCorrection", "ResumeClock", "ReturnCase",
    "ReturnStep", "RevokeResult", "SeatCommand", "SendCorrection", "SessionCommand", "SetAbsence", "SubmitCase",
    "SupplyMaterials", "SuspendClock", "TakeBackDecision", "TerminateCase", "TransferTask", "UploadMaterial",
    "WithdrawCase", "WriteOffEscalation", "check_shape",
]  # fmt: skip
