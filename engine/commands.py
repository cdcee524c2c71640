"""What can be asked of a case: imperative, frozen, one dataclass per act.

``key`` makes a command idempotent: the same actor sending the same key again gets the first outcome back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.errors import BadInput


@dataclass(frozen=True)
class Actor:
    """Who acts. ``roles`` are role codes held in ``department`` (both from departments.toml)."""

    id: str
    department: str = ""
    roles: frozenset[str] = frozenset()

    def holds(self, department: str, role: str) -> bool:
        """Whether this person works in ``department`` with ``role``."""
        return self.department == department and role in self.roles


SYSTEM = Actor("system")
"""The engine itself: timers and other acts nobody performs."""

APPLICANT = Actor("applicant")
"""Whoever holds number and query code of the case; the caller has checked both."""


@dataclass(frozen=True)
class SubmitCase:
    """Register an application at the single window; creates the case."""

    offering: str
    """Code of a bundle or a single item."""
    form: Mapping[str, str] = field(repr=False)
    """The application form as typed: field name → text. Holds personal data."""
    materials: Mapping[str, str] = field(default_factory=dict)
    """Material code → ``received`` or ``deferred``; what is not named is still missing."""
    key: str = ""
    """Idempotency key."""
    applicant: str = ""
    """Account of the applicant, if he works here: he has no say in this case (回避)."""
    commitments: str = ""
    """Codes of the items that go by commitment (告知承诺), one after the other; their letters are asked for."""


@dataclass(frozen=True)
class ChooseCommitments:
    """Say anew, before the acceptance, which items go by commitment (告知承诺)."""

    case_id: str
    """The case."""
    items: str
    """Codes of these items, one after the other; empty: none."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RecordCheck:
    """Record the check whether a promise is kept (事后核查), by whoever the item's data names for it."""

    case_id: str
    """The case."""
    item: str
    """Code of the item."""
    outcome: str
    """``kept``, ``correctable`` (it is put right in time, and checked again; once only) or ``false``."""
    findings: str
    """What was found, as the applicant is told; no personal data."""
    evidence: str = ""
    """The document that shows it, for example the number of the record of the visit; needed unless it is kept."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RevokeResult:
    """Revoke what was issued for an item (撤销, 行政许可法 69), by the head of its department: after the delivery, or
    when a promise was false."""

    case_id: str
    """The case."""
    item: str
    """Code of the item; all its results are revoked."""
    ground: str
    """The legal ground."""
    evidence: str
    """The document that shows it."""
    reason: str
    """Why, as the applicant is told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RequestCorrection:
    """Ask the applicant, once and for everything at once, for what is missing or cannot be used (行政许可法 32).

    What was not handed in is listed by itself. A second notice may only name what the first one named.
    """

    case_id: str
    """The case."""
    materials: Mapping[str, str]
    """Material code → what is wrong with it, empty when that is plain; handed in or not."""
    reason: str
    """What the applicant is told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class SupplyMaterials:
    """Record materials handed in (or promised later) before acceptance; afterwards those still owed."""

    case_id: str
    """The case."""
    materials: Mapping[str, str]
    """Material code → ``received`` or ``deferred``, or ``missing`` to take back what was registered by mistake."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class UploadMaterial:
    """Record a file of a material as its next version; the material counts as handed in with it.

    The file has been checked and kept before (``Engine.upload`` does both). Decisions that have read an older version
    stand no longer.
    """

    case_id: str
    """The case."""
    material: str
    """Material code."""
    sha256: str
    """SHA-256 of the file, 64 hexadecimal digits."""
    size: str
    """Its length in bytes, in digits."""
    type: str
    """Its kind by content: ``pdf``, ``jpeg``, ``png``, ``tiff``, ``ofd``, ``docx`` or ``xlsx``."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class NameApplicant:
    """Say that the applicant of a case works here (回避), by the window: he does nothing in it from then on."""

    case_id: str
    """The case."""
    applicant: str
    """His account; empty takes back what was registered by mistake."""
    reason: str
    """How it was found out; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AcceptCase:
    """Accept the application: clocks start, the branches open (行政许可法 32, 42)."""

    case_id: str
    """The case."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DeclineCase:
    """Decline to accept (不予受理), with reasons the applicant can read (行政许可法 32, 38)."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DecideStep:
    """Decide one open step, or vote in one that several people decide; in a seat that was lent it is advice."""

    case_id: str
    """The case."""
    task_id: str
    """The open task, as the inbox shows it."""
    decision: str
    """``agree``, ``disagree``, ``agree_with_conditions``, ``forward`` on a step that only advises, ``abstain`` in a
    vote."""
    opinion: str = ""
    """The opinion; required unless the decision is ``agree`` or ``abstain``."""
    key: str = ""
    """Idempotency key."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Material code → SHA-256 of the version the person was shown; the decision stands on these."""
    seat: str = ""
    """Number of the seat; empty: the one this person has."""
    behalf: str = ""
    """Account of the absent person this one stands in for (代理); both are on record."""


@dataclass(frozen=True)
class ObjectToDeemed:
    """Object to a step that counts as agreed to because nobody answered in time; it is refused then."""

    case_id: str
    """The case."""
    task_id: str
    """The step that was deemed agreed to."""
    reasons: str
    """Why it is not agreed to; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DeliverResults:
    """Hand the results over and close the case (行政许可法 44)."""

    case_id: str
    """The case."""
    task_id: str
    """The open delivery task."""
    method: str
    """``window`` or ``courier``."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class FireTimer:
    """A due instant has passed; sent by the sweep, never by a person."""

    case_id: str
    """The case."""
    timer_id: str
    """``<task id>:<number of the stage>``, ``<token>@<number>.<times>`` of an event, or the id of a term."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class SuspendClock:
    """Stop the clocks of an item, or of the whole case, for a special procedure (行政许可法 45)."""

    case_id: str
    """The case."""
    item: str
    """Code of the item; empty for the whole case."""
    procedure: str
    """``hearing``, ``tender``, ``auction``, ``inspection``, ``testing``, ``quarantine``, ``appraisal``,
    ``expert_review``; ``correction`` and ``local`` for the promised clocks only."""
    ground: str
    """The legal ground."""
    evidence: str
    """The document that shows it, for example the number of the notice of the hearing."""
    expected_days: str
    """Working days it is expected to take, as the applicant is told in writing."""
    scope: str = "both"
    """``both``, or ``promised`` for the promised clocks only."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ResumeClock:
    """End a suspension; the day it ends counts again."""

    case_id: str
    """The case."""
    suspension: str
    """Number of the suspension in the case."""
    evidence: str
    """The document that shows that the procedure is over."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ExtendClock:
    """Extend the time limits once (行政许可法 42): 10 working days, or 15 for joint handling."""

    case_id: str
    """The case."""
    item: str
    """Code of the item; empty for the whole of a joint case."""
    reason: str
    """Why, as the applicant is told; no personal data."""
    level: str
    """Who approved it: ``authority_head``, or ``government_head`` for joint handling."""
    approver: str
    """The head who approved it, by name of office or number of the approval."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class MoveCase:
    """Move a running case to another deployed version of its item or bundle; what it was decided stays decided."""

    case_id: str
    """The case."""
    version: str
    """The version, 64 hexadecimal digits."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ReturnStep:
    """Return a case from an open step to an earlier one (退回): its last decision is void, with all that followed from
    it; other branches keep theirs, and the clocks of the case go on."""

    case_id: str
    """The case."""
    task_id: str
    """The open task of whoever returns it."""
    to_step: str
    """Id of the step to be decided again; one that was really decided, before this one, also across a join."""
    reason: str
    """Why, as those who decide again are told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ReturnCase:
    """Return a whole case to its first steps (整案退回), by the lead department: every decision is void."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class TakeBackDecision:
    """Take back the own decision (撤回) while nobody has handled anything that followed from it."""

    case_id: str
    """The case."""
    task_id: str
    """The task that was decided."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class WithdrawCase:
    """Withdraw an application (撤销申请), by the window on behalf of the applicant, until results are delivered."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    evidence: str
    """The document that shows that the applicant wants it, for example the number of his letter."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class TerminateCase:
    """End a case without a decision on a legal ground (终止), by the head of the lead department."""

    case_id: str
    """The case."""
    ground: str
    """The legal ground."""
    reason: str
    """What happened; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ReopenCase:
    """Open a refused case again (重新办理), by the head of the lead department: the refusing decisions are void."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RecomputeDueDates:
    """Count the running due dates of a case again with the calendar as it is now (a year's list was loaded)."""

    case_id: str
    """The case."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AcknowledgeEscalation:
    """Say that one knows that a step is late; by somebody who was told, for himself."""

    case_id: str
    """The case."""
    escalation: str
    """Number of the escalation in the case."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ExplainEscalation:
    """Explain why a step is late, for the department that handles it; until it is written off, the last one counts."""

    case_id: str
    """The case."""
    escalation: str
    """Number of the escalation in the case."""
    explanation: str
    """Why, and what is done about it; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class WriteOffEscalation:
    """Write an escalation off (销号) that was explained and whose step is no longer open; by supervision."""

    case_id: str
    """The case."""
    escalation: str
    """Number of the escalation in the case."""
    remark: str
    """What supervision makes of the explanation; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class NudgeStep:
    """Urge whoever handles an open step (催办); once per step and working day, whoever does it."""

    case_id: str
    """The case."""
    task_id: str = ""
    """The open task. Empty, by the applicant only: every step that is past its limit."""
    message: str = ""
    """A word to the handlers, no personal data; the applicant gives none."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class IssueDocument:
    """Record that a document that was due is made and its file kept; by the system, which makes it."""

    case_id: str
    """The case."""
    document: str
    """The document, ``<entry that made it due>.<ordinal>``."""
    kind: str
    """Code of its kind."""
    number: str
    """Its number."""
    sha256: str
    """SHA-256 of the file, 64 hexadecimal digits."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ClaimTask:
    """Take a seat that is open to all who hold its role (签收)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str = "1"
    """Number of the seat; a step that one person decides has the seat ``1``."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ReleaseTask:
    """Give a claimed seat back to all who hold its role (取消签收)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class TransferTask:
    """Hand one's own seat on for good, to a person or a role (转办)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    department: str
    """Department of the receiver."""
    role: str
    """Role of the receiver in it."""
    person: str = ""
    """Account of the receiver; empty: whoever holds the role."""
    reason: str = ""
    """Why, as the receiver is told; no personal data."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AssignTask:
    """Give somebody's seat to a person or a role (指派), by a head of its department or an administrator."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    department: str
    """Department of the receiver."""
    role: str
    """Role of the receiver in it."""
    person: str = ""
    """Account of the receiver; empty: whoever holds the role."""
    reason: str = ""
    """Why, as the receiver is told; no personal data."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DelegateTask:
    """Lend one's own seat to a person, who says what he thinks; then one decides oneself (委派)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    person: str
    """Account of the one who is asked."""
    reason: str = ""
    """What he is asked; no personal data."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class GetBackTask:
    """Get a lent seat back, or give it back; nothing was said (收回委派)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str = "1"
    """Number of the seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AddApprover:
    """Add an approver to a step one decides (加签)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    placed: str
    """``before`` one's own turn, ``after`` it, or ``beside`` it."""
    department: str
    """Department of the approver."""
    role: str
    """Role of the approver in it."""
    person: str = ""
    """Account of the approver; empty: whoever holds the role."""
    reason: str = ""
    """Why, as the approver is told; no personal data."""
    seat: str = "1"
    """Number of one's own seat."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RemoveApprover:
    """Remove an approver who has not decided (减签)."""

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    seat: str
    """Number of the seat that is removed."""
    reason: str = ""
    """Why, as those who sit there are told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class HandOver:
    """Give what a leaver has still to do in a case to somebody else (离岗交接), by a head of the department the seats
    are of, or an administrator. What was lent to him goes back to its owner."""

    case_id: str
    """The case."""
    leaver: str
    """Account of the one who leaves."""
    department: str
    """Department of the receiver."""
    role: str
    """Role of the receiver in it."""
    person: str = ""
    """Account of the receiver; empty: whoever holds the role."""
    reason: str = ""
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class CopyTo:
    """Show a case to somebody, to read (抄送); once per person."""

    case_id: str
    """The case."""
    person: str
    """Account of the reader."""
    text: str = ""
    """A word to the reader; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AskSomeone:
    """Ask somebody about a case (征询); nothing waits for the answer."""

    case_id: str
    """The case."""
    person: str
    """Account of the one who is asked."""
    text: str
    """The question; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AnswerAside:
    """Answer a question one was asked, or confirm that a copy was read."""

    case_id: str
    """The case."""
    number: str
    """Number of the copy or question in the case."""
    text: str = ""
    """The answer; a copy is read without one."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class SetAbsence:
    """Say who stands in for somebody who is absent (代理), by himself, a head of his department or an administrator.

    For ``Engine.absences``: it is not part of a case.
    """

    person: str
    """Account of the absent."""
    substitute: str
    """Account of who stands in for him; of the same department."""
    first_day: str
    """First day, ``2026-03-02``."""
    last_day: str
    """Last day, included."""
    basis: str
    """What the substitution rests on, for example the order it was made by."""
    scope: str = ""
    """Codes of the items and bundles it is for, one after the other; empty: all."""


@dataclass(frozen=True)
class EndAbsence:
    """End a substitution before its last day. For ``Engine.absences``."""

    absence: str
    """Its id."""


@dataclass(frozen=True)
class ArrangeSession:
    """Arrange a hearing, a site visit, an expert review or a test, for one item or several together (联合勘验).

    All but a site visit stop the clocks of the items until it is closed (行政许可法 45).
    """

    case_id: str
    """The case."""
    kind: str
    """``hearing``, ``site_visit``, ``expert_review`` or ``testing``."""
    items: str
    """Codes of the items that take part, one after the other."""
    planned_at: str
    """When it is held or begins, an instant with its zone: ``2026-03-05T09:00+08:00``."""
    place: str
    """Where; no personal data."""
    ground: str
    """Legal ground, as the applicant is told."""
    expected_days: str = ""
    """Working days it is expected to take (行政许可法 45); of a site visit one, unless given."""
    told_on: str = ""
    """Of a hearing: when the applicant was told of the right to one (行政许可法 47); empty when nobody asked (46)."""
    asked_on: str = ""
    """Of a hearing: the day the applicant asked for it."""
    chair: str = ""
    """Of a hearing: account of who presides; nobody who examines the application (行政许可法 48)."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class ChangeSession:
    """Move a session to another time or place, before anybody has recorded anything."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    reason: str
    """Why, as all are told; no personal data."""
    planned_at: str = ""
    """The new instant, with its zone; empty: as it was."""
    place: str = ""
    """The new place; empty: as it was."""
    expected_days: str = ""
    """Working days it is expected to take; empty: as it was."""
    chair: str = ""
    """Account of who presides over a hearing; empty: as it was."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class JoinSession:
    """Take part in a session with one more item, by a handler of that item."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    item: str
    """The item that joins."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class RecordFindings:
    """Record what a department found for its item; until the session is closed, the last record counts."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    item: str
    """The item."""
    attended: str
    """Who was there, by department and position; no names of outsiders."""
    outcome: str
    """``pass``, ``rectify`` or ``fail``."""
    findings: str = ""
    """What was found; must say something unless it passes."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class CloseSession:
    """Close a session when every item has its findings: the clocks it stopped go on."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    conclusion: str
    """What it comes to; no personal data."""
    record: str = ""
    """Number of the record or report; must be there unless it is a site visit (行政许可法 48)."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Items without findings → why."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class CancelSession:
    """Call a session off: the clocks it stopped go on."""

    case_id: str
    """The case."""
    session: str
    """Number of the session in the case."""
    reason: str
    """Why, as all are told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DemandMaterials:
    """Demand materials of the applicant after the acceptance (受理后补正), by whoever handles an open step.

    The promised clocks of the step's item stand still until they have come. What all branches demand within the window
    becomes one notice.
    """

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    materials: Mapping[str, str]
    """Material code → what is wrong with it; empty only for what is not there at all. No personal data."""
    reason: str
    """What the applicant is told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DropDemand:
    """Take back what a step demanded of the applicant, before the notice is sent."""

    case_id: str
    """The case."""
    task_id: str
    """The task that demanded it."""
    material: str = ""
    """Material code; empty: everything of the task that is not sent."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class SendCorrection:
    """Send the notice of what all branches demand before its window is over, by the window or the lead department."""

    case_id: str
    """The case."""
    key: str = ""
    """Idempotency key."""


SeatCommand = (
    ClaimTask | ReleaseTask | TransferTask | AssignTask | DelegateTask | GetBackTask | AddApprover | RemoveApprover
)
"""What is done with one seat of an open task."""
AsideCommand = CopyTo | AskSomeone | AnswerAside
"""What is said beside the flow."""
CommitmentCommand = ChooseCommitments | RecordCheck | RevokeResult
"""What is done about promises, and about what was issued."""
DemandCommand = DemandMaterials | DropDemand | SendCorrection
"""What is demanded of the applicant after the acceptance."""
SessionCommand = ArrangeSession | ChangeSession | JoinSession | RecordFindings | CloseSession | CancelSession
"""What is done with hearings, site visits, expert reviews and tests."""

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


@dataclass(frozen=True)
class Outcome:
    """What a command did. ``opened`` and ``closed`` are task ids; ``notices`` counts the messages written."""

    case_id: str
    case_number: str
    revision: int
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    notices: int = 0


MAX_KEY, MAX_FIELD, MAX_FIELDS = 120, 10_000, 500
_IDS = frozenset({
    "key", "actor", "case_id", "task_id", "timer_id", "offering", "version", "item", "suspension", "escalation",
    "to_step", "material", "seat", "behalf", "person", "department", "role", "leaver", "applicant", "number", "placed",
    "session", "kind", "planned_at", "told_on", "asked_on", "chair", "outcome", "expected_days",
})  # fmt: skip
"""Fields that hold at most ``MAX_KEY`` characters."""


def check_shape(command: Command, actor: Actor) -> None:
    """Refuses what no database and no journal can keep: wrong types, unencodable or over-long texts (BadInput)."""
    for value in (actor.id, *vars(command).values()):
        if not (value.__class__ is str and len(value) <= MAX_KEY and value.isprintable()) and value != {}:
            break
    else:
        return  # nearly all commands
    for name, value in (("actor", actor.id), *_texts(command)):
        if not isinstance(value, str) or not _storable(value):
            raise BadInput(
                "command.text", "内容无法保存:应为普通文字", "this cannot be kept: plain text is expected", name
            )
        longest = MAX_KEY if name in _IDS else MAX_FIELD
        if len(value) > longest:
            raise BadInput("command.too_long", f"不能超过 {longest} 字", f"at most {longest} characters", name)


def _texts(command: Command) -> Iterator[tuple[str, object]]:
    for name, value in vars(command).items():
        if value.__class__ is str:
            yield name, value
        elif isinstance(value, Mapping):
            if len(value) > MAX_FIELDS:
                raise BadInput("command.too_many", "内容过多", "too many fields", name)
            for key, one in value.items():
                yield name, key
                yield str(key), one
        else:
            yield name, value


def _storable(text: str) -> bool:
    try:
        return "\x00" not in text and bool(text.encode() or True)
    except UnicodeEncodeError:
        return False
