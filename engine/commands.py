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
    """Decide one open step."""

    case_id: str
    """The case."""
    task_id: str
    """The open task, as the inbox shows it."""
    decision: str
    """``agree``, ``disagree``, ``agree_with_conditions``, or ``forward`` on a step that only advises."""
    opinion: str = ""
    """The opinion; required unless the decision is ``agree``."""
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
    """``<task id>:<escalation level>``, ``<token>@<number>.<times>`` of an event, or the id of a term of the case."""
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
class RecomputeDueDates:
    """Count the running due dates of a case again with the calendar as it is now (a year's list was loaded)."""

    case_id: str
    """The case."""
    key: str = ""
    """Idempotency key."""


Command = (
    SubmitCase
    | RequestCorrection
    | SupplyMaterials
    | AcceptCase
    | DeclineCase
    | DecideStep
    | DeliverResults
    | FireTimer
    | SuspendClock
    | ResumeClock
    | ExtendClock
    | MoveCase
    | RecomputeDueDates
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
_IDS = frozenset({"key", "actor", "case_id", "task_id", "timer_id", "offering", "version", "item", "suspension"})
"""Fields that hold at most ``MAX_KEY`` characters."""


def check_shape(command: Command, actor: Actor) -> None:
    """Refuses what no database and no journal can keep: wrong types, unencodable or over-long texts (BadInput)."""
    for name, value in (("actor", actor.id), *_texts(command)):
        if value.__class__ is str and len(value) <= MAX_KEY and value.isascii() and "\x00" not in value:  # nearly all
            continue
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
