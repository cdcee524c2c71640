"""A case as data: everything a decision can depend on, and nothing personal.

The canonical state is this data as JSON; its digest is sealed in every journal entry. The workflow is part of it by
its own digest, so acts that do not move the workflow (a timer) never load it. Closed tasks are part of it by a chain of
digests, so a case that was sent back a thousand times costs no more than one that was not; they are rows of their own.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from operator import ne
from typing import Any

from engine.case.parts.aside import Aside
from engine.case.parts.demand import Demand
from engine.case.parts.escalation import Escalation
from engine.case.parts.fired import FiredEvent
from engine.case.parts.part import Part, changed, reader, shape_of, text_of, text_of_parts, text_of_value, told
from engine.case.parts.pledge import Check, Pledge
from engine.case.parts.session import Session
from engine.case.parts.terms import Stop, Term
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

PROVISIONAL, ISSUED, VOID, REVOKED = "provisional", "issued", "void", "revoked"
"""States of a result: provisional while the lead department has not decided (join policy ``lead_decides``); revoked by
law after it was issued (行政许可法 69), which nothing takes back."""


@dataclass(frozen=True, slots=True)
class Task(Part):
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
class Item(Part):
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


@dataclass(frozen=True, slots=True)
class Result(Part):
    """A certificate or other result of an item."""

    code: str
    item: str
    number: str
    status: str
    at: str


@dataclass(frozen=True, slots=True)
class FileVersion(Part):
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
    sessions: dict[str, Session] = field(default_factory=dict)
    """Hearings, site visits, expert reviews and tests, by number."""
    pledges: dict[str, Pledge] = field(default_factory=dict)
    """Item → what is promised for it instead of shown (告知承诺)."""
    checks: dict[str, Check] = field(default_factory=dict)
    demands: dict[str, Demand] = field(default_factory=dict)
    """What branches demanded of the applicant after the acceptance, by number."""
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
    texts: tuple[tuple[Any, ...], list[str]] = field(default=((), []), repr=False, compare=False)
    """The fields that seldom change as last told, and their canonical text: see ``_lasting_texts``."""

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
        self.tasks[task_id] = task = changed(self.tasks[task_id], changes)
        return task

    def update_item(self, code: str, **changes: Any) -> Item:
        """Replaces fields of an item; returns the new item."""
        self.items[code] = item = changed(self.items[code], changes)
        return item

    def recall(self, closed: Iterable[Task]) -> None:
        """Brings closed tasks back among ``tasks``, all in the order they were opened in, until the next ``freeze``."""
        missing = {task.id: task for task in closed if task.id not in self.tasks}
        self.recalled |= missing
        self.tasks = {key: (self.tasks.get(key) or missing[key]) for key in sorted(self.tasks | missing, key=_natural)}

    def freeze(self) -> None:
        """Ends an act: the live workflow goes into the state with its bytes and digest, closed tasks with a digest."""
        if self.flow is not None:
            self.flow_bytes, what = self.flow.frozen()
            self.flow_digest = digest(what)
        closed = [task for task in self.tasks.values() if task.status != OPEN]
        self.closing = {task.id: task for task in closed if self.recalled.get(task.id) is not task}
        self.recalled = {}
        for task in closed:
            del self.tasks[task.id]
        for key in sorted(self.closing, key=_natural):
            text = text_of(self.closing[key])
            self.closings, self.closed_digest = self.closings + 1, digest(f"{self.closed_digest}{text}".encode())

    def state(self) -> dict[str, Json]:
        """The canonical state as a JSON value. What still has its default is left out, so a later release can add
        fields without changing the digest of any state sealed before."""
        parts = {
            name: {key: told(part) for key, part in getattr(self, name).items()}
            for name in _PARTS
            if getattr(self, name)
        }
        timers = {"timers": self._due_at()} if self.timers else {}
        plain = {name: value for name, value in told(self).items() if name in _STATE and name not in _PARTS}
        return {**plain, **parts, **timers}

    def _due_at(self) -> dict[str, str]:
        return {key: timer.due_at for key, timer in self.timers.items()}

    def state_bytes(self) -> bytes:
        """The canonical form of ``state`` as stored; its SHA-256 is the digest in the journal."""
        texts = self._lasting_texts().copy()
        moving, parted = _moving(self), _parted(self)
        for (place, head), value in compress(zip(_MOVING_HEADS, moving, strict=True), moving):
            texts[place] = head + text_of_value(value)
        for (place, head), parts in compress(zip(_PARTED_HEADS, parted, strict=True), parted):
            texts[place] = head + (canonical_text(self._due_at()) if place == _TIMERS else text_of_parts(parts))
        return f"{{{','.join(filter(None, texts))}}}".encode()

    def _lasting_texts(self) -> list[str]:
        """Runs of fields without the braces, each in its place among the texts of all; told anew when one of the
        fields has changed."""
        values = _lasting(self)
        if values != self.texts[0]:
            said = dict(compress(zip(_LASTING, values, strict=True), map(ne, values, _USUAL)))
            texts = [""] * len(_PLACES)
            for run in _RUNS:
                if some := {name: said[name] for name in run if name in said}:
                    texts[_PLACES[run[0]]] = canonical_text(some)[1:-1]
            # copies, so that a change in place is seen too
            copies = tuple([(dict(one) if one else _EMPTY) if isinstance(one, dict) else one for one in values])
            self.texts = copies, texts
        return self.texts[1]


_PARTS: Mapping[str, Any] = {
    "escalations": Escalation, "fired": FiredEvent, "items": Item, "tasks": Task, "results": Result,
    "suspensions": Stop, "terms": Term, "files": FileVersion, "asides": Aside, "sessions": Session,
    "pledges": Pledge, "checks": Check,
    "demands": Demand,
}  # fmt: skip
_STATE = frozenset({*shape_of(Case).names} - {"closing", "flow", "flow_bytes", "recalled", "texts"})
_PARTED = tuple(sorted({*_PARTS, "timers"}))
_parted = reader(_PARTED)
_MOVING = "closed_digest", "closings", "decisions", "flow_digest", "revision"
"""Nearly every act changes one of them: their text is not worth keeping. What is empty or 0 is a default."""
_moving = reader(_MOVING)
_EMPTY: Mapping[str, Json] = {}


def _runs() -> Iterator[tuple[str, ...]]:
    """The fields that seldom change, in the order of the canonical form; what comes between them ends a run."""
    run: list[str] = []
    for name in sorted(_STATE):
        if name in _MOVING or name in _PARTED:
            yield tuple(run)
            run = []
        else:
            run.append(name)
    yield tuple(run)


_RUNS = tuple(filter(None, _runs()))
_LASTING = tuple(name for run in _RUNS for name in run)
_PLACES = {name: place for place, name in enumerate(sorted({*_MOVING, *_PARTED, *(run[0] for run in _RUNS)}))}
"""Where the text of a field, or of a run of fields by its first, stands among all texts: in the canonical order."""
_TIMERS = _PLACES["timers"]
_MOVING_HEADS, _PARTED_HEADS = ([(_PLACES[name], f'"{name}":') for name in names] for names in (_MOVING, _PARTED))
_lasting = reader(_LASTING)
_USUAL = tuple(dict(zip(shape_of(Case).names, shape_of(Case).defaults, strict=True))[name] for name in _LASTING)


@lru_cache(maxsize=10_000)
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
