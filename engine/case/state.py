"""A case as data: everything a decision can depend on, and nothing personal.

The canonical state is this data as JSON; its digest is sealed in every journal entry. The workflow is part of it by
its own digest, so acts that do not move the workflow (a timer) never load it. Closed tasks are part of it by a chain of
digests, so a case that was sent back a thousand times costs no more than one that was not; they are rows of their own.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from engine.case.aside import Aside
from engine.case.escalation import Escalation
from engine.case.fired import FiredEvent
from engine.case.terms import Stop, Term
from engine.journal import Json, canonical_text, digest
from engine.runtime import Flow

OPEN, DONE, COVERED, SKIPPED, CANCELLED = "open", "done", "covered", "skipped", "cancelled"
VOIDED = "voided"
"""States of a task: covered = the acceptance at the single window stands for it; skipped = its item ended before;
cancelled = an event of the diagram ended it, or the case moved to a version that takes it back, went back, or has
ended; voided = it was decided, and the decision stands no longer because the case went back."""

SUBMITTED, DECLINED, IN_PROGRESS, CLOSED = "submitted", "declined", "in_progress", "closed"
CORRECTION = "correction"
WITHDRAWN, TERMINATED = "withdrawn", "terminated"
"""States of an application (DOMAIN: draft → submitted → (correction) → accepted | declined → in_progress → closed);
withdrawn and terminated: it ended without a decision, and so did its items."""

OVER = frozenset({DECLINED, CLOSED, WITHDRAWN, TERMINATED})
"""States of an application in which nothing more happens by itself."""

WAITING, IN_REVIEW, GRANTED, REFUSED, NOT_REACHED = "accepted", "in_review", "granted", "refused", "not_reached"
"""States of an item: accepted = opened by nobody yet, it waits for another item."""

ENDED_ITEMS = frozenset({REFUSED, NOT_REACHED, WITHDRAWN, TERMINATED})
"""An item in one of these needs no further work."""

PROVISIONAL, ISSUED, VOID = "provisional", "issued", "void"
"""States of a result: provisional while the lead department has not decided (join policy ``lead_decides``)."""


@dataclass(frozen=True, slots=True)
class Task:
    """One step being worked on; instants are text (UTC), ``limit`` is in ``unit``.

    ``instance`` (``2/5``) tells it from its like when a multi-instance activity has several people do one step.
    ``stage`` counts the stages of its policy that are behind it, ``escalation`` the highest rung reached. ``also``
    names who may handle it too, ``department/role`` one after the other. ``deemed``: on what ground silence decided it.
    ``voided``: the journal entry that took its decision back. ``seen``: versions of materials its decision was made on,
    ``code:version`` one after the other. ``seats``: who decides it, as text (``seat_text``); empty for one that whoever
    holds its role decides, and that nobody has claimed or handed on.
    """

    id: str
    step: str
    item: str
    act: str
    department: str
    role: str
    limit: str
    unit: str
    status: str
    opened_at: str
    due_at: str | None = None
    provisional: bool = False
    closed_at: str | None = None
    actor: str | None = None
    decision: str | None = None
    opinion: str = ""
    escalation: int = 0
    instance: str = ""
    stage: int = 0
    also: str = ""
    deemed: str = ""
    voided: int = 0
    seen: str = ""
    seats: str = ""

    @property
    def helpers(self) -> tuple[tuple[str, str], ...]:
        """Who may handle it too: departments and roles."""
        return tuple((one.partition("/")[0], one.partition("/")[2]) for one in self.also.split())


def is_standing(task: Task) -> bool:
    """Whether a task still says something: one that was decided does until its decision is taken back."""
    return task.status != VOIDED and (task.status != CANCELLED or task.decision is None)


@dataclass(frozen=True, slots=True)
class Item:
    """One service item of the case; ``cause`` names the item whose refusal ended this one."""

    code: str
    status: str = WAITING
    decision: str | None = None
    reason: str = ""
    cause: str = ""
    opened_at: str | None = None
    due_at: str | None = None
    provisional: bool = False
    statutory_due_at: str | None = None
    statutory_provisional: bool = False
    ended_at: str | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """An armed deadline of a task, ``id`` ``<task id>:<number of the stage>``; or a timer event of the diagram, ``id``
    ``<token>@<number>.<times>``, or a term of the case, ``deemed`` or ``deferred.<number>``: level 0, without a task.
    """

    id: str
    task: str
    level: int
    due_at: str

    @classmethod
    def told(cls, name: str, due_at: str) -> "Timer":
        """The timer of an id, which says all but when."""
        task, colon, level = name.rpartition(":")
        return cls(name, task, int(level) if colon else 0, due_at)


Part = TypeVar("Part", Task, Item)


@dataclass(frozen=True, slots=True)
class Result:
    """A certificate or other result of an item."""

    code: str
    item: str
    number: str
    status: str
    at: str


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A file of a material, its ``version``-th; ``type`` is a kind of file, ``size`` in bytes, ``at`` and ``by`` when
    and by whom it was uploaded."""

    material: str
    version: int
    sha256: str
    size: int
    type: str
    at: str
    by: str


@dataclass(slots=True)
class Case:
    """The aggregate: read and changed only while its row is locked."""

    id: str
    revision: int = 0
    number: str = ""
    offering: str = ""
    version: str = ""
    status: str = ""
    outcome: str = ""
    reason: str = ""
    submitted_at: str = ""
    accepted_at: str | None = None
    promised_due_at: str | None = None
    statutory_due_at: str | None = None
    promised_provisional: bool = False
    statutory_provisional: bool = False
    closed_at: str | None = None
    delivery: str = ""
    values: dict[str, Json] = field(default_factory=dict)
    materials: dict[str, str] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    received_at: str = ""
    """When the application came in complete after a correction; empty when it was not corrected."""
    asked: dict[str, str] = field(default_factory=dict)
    """Materials the notice of correction named, and what it said of each."""
    delivery_days: str = ""
    """Working days the law gives for the delivery, as of the acceptance."""
    terms: dict[str, Term] = field(default_factory=dict)
    suspensions: dict[str, Stop] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)
    """Clock → the limit it was started with, ``20 working_days``; kept once clocks are suspended or extended."""
    extensions: dict[str, str] = field(default_factory=dict)
    """Clock → working days it was extended by."""
    fired: dict[str, FiredEvent] = field(default_factory=dict)
    """Timer events of the diagram that happened, and whose consequences stand."""
    escalations: dict[str, Escalation] = field(default_factory=dict)
    nudges: dict[str, str] = field(default_factory=dict)
    """Tasks (and ``applicant``) → the last working day on which there was a nudge; of that day only."""
    documents: dict[str, str] = field(default_factory=dict)
    """Documents that were issued → SHA-256 of their files."""
    files: dict[str, FileVersion] = field(default_factory=dict)
    """Material → the version of its file that counts."""
    applicant: str = ""
    """Account of the applicant, if he works here."""
    asides: dict[str, Aside] = field(default_factory=dict)
    closings: int = 0
    closed_digest: str = ""
    """How often a task was closed (or changed after that), and a digest of all that, each chained to the one before."""
    flow_digest: str = ""
    flow: Flow | None = field(default=None, repr=False, compare=False)
    flow_bytes: bytes = field(default=b"", repr=False, compare=False)
    closing: dict[str, Task] = field(default_factory=dict, repr=False, compare=False)
    """The tasks the last act has closed."""
    recalled: dict[str, Task] = field(default_factory=dict, repr=False, compare=False)
    """Tasks closed before that are among ``tasks`` now."""
    texts: dict[str, dict[str, tuple[Any, str]]] = field(default_factory=dict, repr=False, compare=False)
    """By field: each part with its canonical text, as last told: parts are frozen, so the text of the same one still
    holds. Under an empty key, by the part that comes next, the fields between parts."""

    def open_tasks(self) -> list[Task]:
        """The tasks somebody has to handle now."""
        return [task for task in self.tasks.values() if task.status == OPEN]

    def latest(self, back: Collection[str] = ()) -> dict[str, Task]:
        """The last task of each step that was reached, of several instances an open one; a decision that stands no
        longer is none, nor a step that was cancelled at an instant of ``back``."""
        known = [t for t in self.tasks.values() if is_standing(t)]
        reached = [t for t in known if t.status != CANCELLED or t.closed_at not in back]
        return {t.step: t for t in sorted(reached, key=lambda t: t.status == OPEN)}

    def update_task(self, task_id: str, **changes: Any) -> Task:
        """Replaces fields of a task; returns the new task."""
        self.tasks[task_id] = task = _changed(self.tasks[task_id], changes)
        return task

    def update_item(self, code: str, **changes: Any) -> Item:
        """Replaces fields of an item; returns the new item."""
        self.items[code] = item = _changed(self.items[code], changes)
        return item

    def recall(self, closed: Iterable[Task]) -> None:
        """Brings closed tasks back among ``tasks``, all in the order they were opened in, until the next ``freeze``."""
        missing = {task.id: task for task in closed if task.id not in self.tasks}
        self.recalled |= missing
        self.tasks = {key: (self.tasks.get(key) or missing[key]) for key in sorted(self.tasks | missing, key=_natural)}

    def freeze(self) -> None:
        """Ends an act: the live workflow goes into the state with its bytes and digest, closed tasks with a digest."""
        if self.flow is not None:
            self.flow_bytes = self.flow.dump()
            self.flow_digest = digest(self.flow.canonical())
        closed = [task for task in self.tasks.values() if task.status != OPEN]
        self.closing = {task.id: task for task in closed if self.recalled.get(task.id) is not task}
        self.recalled = {}
        for task in closed:
            del self.tasks[task.id]
        for key in sorted(self.closing, key=_natural):
            text = canonical_text(_told(self.closing[key]))
            self.closings, self.closed_digest = self.closings + 1, digest(f"{self.closed_digest}{text}".encode())

    def state(self) -> dict[str, Json]:
        """The canonical state as a JSON value. What still has its default is left out, so a later release can add
        fields without changing the digest of any state sealed before."""
        parts = {
            name: {key: _told(part) for key, part in getattr(self, name).items()}
            for name in _PARTS
            if getattr(self, name)
        }
        timers = {"timers": self._due_at()} if self.timers else {}
        plain = {name: value for name, value in _told(self).items() if name in _STATE and name not in _PARTS}
        return {**plain, **parts, **timers}

    def _due_at(self) -> dict[str, str]:
        return {key: timer.due_at for key, timer in self.timers.items()}

    def state_bytes(self) -> bytes:
        """The canonical form of ``state`` as stored; its SHA-256 is the digest in the journal."""
        texts: list[str] = []
        for group in _GROUPS:
            texts.append(self._text_of_fields(group))
            if group.part and (parts := getattr(self, group.part)):
                texts.append(f'"{group.part}":{self._text_of_parts(group.part, parts)}')
        return f"{{{','.join(filter(None, texts))}}}".encode()

    def _text_of_fields(self, group: "_Group") -> str:
        """These fields without the braces; told anew when one of them has changed."""
        if not group.names:
            return ""
        values = group.read(self)
        if group.moving:
            return group.text(values)
        kept = self.texts.setdefault("", {})
        if group.part not in kept or kept[group.part][0] != values:
            copies = tuple([dict(value) if isinstance(value, dict) else value for value in values])
            kept[group.part] = copies, group.text(values)  # copies, so that a change in place is seen too
        return kept[group.part][1]

    def _text_of_parts(self, name: str, parts: Mapping[str, Any]) -> str:
        if name == "timers":
            return canonical_text(self._due_at())
        kept = self.texts.setdefault(name, {})
        for key in kept.keys() - parts.keys():
            del kept[key]
        for key, part in parts.items():
            if key not in kept or kept[key][0] is not part:
                kept[key] = part, f"{canonical_text(key)}:{canonical_text(_told(part))}"
        return f"{{{','.join([kept[key][1] for key in sorted(parts)])}}}"


@cache
def _defaults(kind: type) -> tuple[Any, ...]:
    """The default of each field in order; of one that has none, what no field is."""
    return tuple(f.default if f.default_factory is MISSING else f.default_factory() for f in fields(kind))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads fields all at once."""
    return attrgetter(*names) if len(names) > 1 else lambda of: tuple([getattr(of, name) for name in names])


@cache
def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    return _reader(_names(kind))


def _changed(part: Part, changes: Mapping[str, Any]) -> Part:
    """The same part with other values in these fields, as ``dataclasses.replace`` makes it, without its checks."""
    kind: Any = part.__class__
    changed: Part = kind(**{**dict(zip(_names(kind), _values_of(kind)(part), strict=True)), **changes})
    return changed


def _told(of: Any) -> dict[str, Any]:
    """The fields that do not have their default."""
    kind = of.__class__
    fields_of = zip(_names(kind), _values_of(kind)(of), _defaults(kind), strict=True)
    return {name: value for name, value, default in fields_of if value != default}


_PARTS: Mapping[str, Any] = {
    "escalations": Escalation, "fired": FiredEvent, "items": Item, "tasks": Task, "results": Result,
    "suspensions": Stop, "terms": Term, "files": FileVersion, "asides": Aside,
}  # fmt: skip
_STATE = frozenset({*_names(Case)} - {"closing", "flow", "flow_bytes", "recalled", "texts"})


@dataclass(frozen=True, slots=True)
class _Group:
    """The plain fields that come before ``part`` in the canonical form, after the part before it."""

    part: str
    names: tuple[str, ...]
    read: Callable[[Case], tuple[Any, ...]]
    defaults: tuple[Any, ...]
    moving: bool
    """Nearly every act changes one of them: their text is not worth keeping."""

    def text(self, values: tuple[Any, ...]) -> str:
        """Those that do not have their default, in canonical form, without the braces."""
        told = zip(self.names, values, self.defaults, strict=True)
        return canonical_text({name: value for name, value, default in told if value != default})[1:-1]


def _groups() -> Iterator[_Group]:
    defaults = dict(zip(_names(Case), _defaults(Case), strict=True))
    rest, parts = sorted(_STATE - {*_PARTS, "timers"}), sorted({*_PARTS, "timers"})
    for before, part in zip(["", *parts], [*parts, ""], strict=True):
        names = tuple(name for name in rest if before < name and (name < part or not part))
        moving = not {"revision", "flow_digest"}.isdisjoint(names)
        yield _Group(part, names, _reader(names), tuple(defaults[name] for name in names), moving)


_GROUPS = tuple(_groups())


def _natural(key: str) -> tuple[tuple[int, str], ...]:
    """``4.10`` comes after ``4.2``: the order in which tasks were opened."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.split(r"[.:]", key))


def case_from_state(state: dict[str, Json], flow_bytes: bytes) -> Case:
    """The case of ``state_bytes``; the workflow stays in bytes until it is needed.

    Parts come back in the order they were made in, so a restored case goes on exactly as a live one does.
    """
    parts = {
        name: {key: kind(**state[name][key]) for key in sorted(state.get(name, ()), key=_natural)}
        for name, kind in _PARTS.items()
    }
    timers = state.get("timers", {})
    parts["timers"] = {key: Timer.told(key, timers[key]) for key in sorted(timers, key=_natural)}
    return Case(**{**state, **parts}, flow_bytes=flow_bytes)
