"""A case as data: everything a decision can depend on, and nothing personal.

The canonical state is this data as JSON; its digest is sealed in every journal entry. The workflow is part of it by
its own digest, so acts that do not move the workflow (a timer) never load it. Closed tasks are part of it by a chain of
digests, so a case that was sent back a thousand times costs no more than one that was not; they are rows of their own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from typing import Any

from engine.journal import Json, canonical_text, digest
from engine.runtime import Flow

OPEN, DONE, COVERED, SKIPPED, CANCELLED = "open", "done", "covered", "skipped", "cancelled"
"""States of a task: covered = the acceptance at the single window stands for it; skipped = its item ended before;
cancelled = an event of the diagram ended it, or the case moved to a version that takes it back."""

SUBMITTED, DECLINED, IN_PROGRESS, CLOSED = "submitted", "declined", "in_progress", "closed"
"""States of an application (DOMAIN: draft → submitted → accepted | declined → in_progress → closed)."""

WAITING, IN_REVIEW, GRANTED, REFUSED, NOT_REACHED = "accepted", "in_review", "granted", "refused", "not_reached"
"""States of an item: accepted = opened by nobody yet, it waits for another item."""

ENDED_ITEMS = frozenset({REFUSED, NOT_REACHED})
"""An item in one of these needs no further work."""

PROVISIONAL, ISSUED, VOID = "provisional", "issued", "void"
"""States of a result: provisional while the lead department has not decided (join policy ``lead_decides``)."""


@dataclass(frozen=True, slots=True)
class Task:
    """One step being worked on; instants are text (UTC), ``limit`` is in ``unit``."""

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
    """An armed deadline of a task, ``id`` ``<task id>:<escalation level>``; or a timer event of the diagram, ``id``
    ``<token>@<number>.<times>``, level 0 and without a task.
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
class Result:
    """A certificate or other result of an item."""

    code: str
    item: str
    number: str
    status: str
    at: str


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
    """Each part with its canonical text, as last told: parts are frozen, so the text of the same one still holds."""

    def open_tasks(self) -> list[Task]:
        """The tasks somebody has to handle now."""
        return [task for task in self.tasks.values() if task.status == OPEN]

    def latest(self) -> dict[str, Task]:
        """The last task of each step that was reached; a decision that stands no longer is none."""
        return {t.step: t for t in self.tasks.values() if t.status != CANCELLED or t.decision is None}

    def update_task(self, task_id: str, **changes: Any) -> Task:
        """Replaces fields of a task; returns the new task."""
        self.tasks[task_id] = task = replace(self.tasks[task_id], **changes)
        return task

    def update_item(self, code: str, **changes: Any) -> Item:
        """Replaces fields of an item; returns the new item."""
        self.items[code] = item = replace(self.items[code], **changes)
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
            text = canonical_text(_told(self.closing[key], _names(Task)))
            self.closings, self.closed_digest = self.closings + 1, digest(f"{self.closed_digest}{text}".encode())

    def state(self) -> dict[str, Json]:
        """The canonical state as a JSON value. What still has its default is left out, so a later release can add
        fields without changing the digest of any state sealed before."""
        parts = {
            name: {key: _told(part, _names(part.__class__)) for key, part in getattr(self, name).items()}
            for name in _PARTS
            if getattr(self, name)
        }
        timers = {"timers": self._due_at()} if self.timers else {}
        return {**_told(self, tuple(name for name in _names(Case) if name not in _NOT_STATE)), **parts, **timers}

    def _due_at(self) -> dict[str, str]:
        return {key: timer.due_at for key, timer in self.timers.items()}

    def state_bytes(self) -> bytes:
        """The canonical form of ``state`` as stored; its SHA-256 is the digest in the journal."""
        texts: list[str] = []
        for names, part in _in_order():
            told = _told(self, names)
            if told:
                texts.append(canonical_text(told)[1:-1])
            if part and getattr(self, part):
                texts.append(f'"{part}":{self._text_of(part)}')
        return f"{{{','.join(texts)}}}".encode()

    def _text_of(self, name: str) -> str:
        """The canonical form of the parts called ``name``; only what changed since the last time is told anew."""
        if name == "timers":
            return canonical_text(self._due_at())
        parts, kept = getattr(self, name), self.texts.setdefault(name, {})
        for key in kept.keys() - parts.keys():
            del kept[key]
        for key, part in parts.items():
            if key not in kept or kept[key][0] is not part:
                kept[key] = part, f"{canonical_text(key)}:{canonical_text(_told(part, _names(part.__class__)))}"
        return f"{{{','.join(kept[key][1] for key in sorted(parts))}}}"


_PARTS: Mapping[str, Any] = {"items": Item, "tasks": Task, "results": Result}
_NOT_STATE = frozenset({*_PARTS, "timers", "closing", "flow", "flow_bytes", "recalled", "texts"})


@cache
def _defaults(kind: type) -> dict[str, Any]:
    known = fields(kind)
    plain = {f.name: f.default for f in known if f.default is not MISSING}
    return plain | {f.name: f.default_factory() for f in known if f.default_factory is not MISSING}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@cache
def _in_order() -> list[tuple[tuple[str, ...], str]]:
    """The fields of a case in the order of the canonical form: those before each of its parts, and that part."""
    rest = [name for name in sorted(_names(Case)) if name not in _NOT_STATE]
    groups = []
    for part in sorted([*_PARTS, "timers"]):
        groups.append((tuple(name for name in rest if name < part), part))
        rest = [name for name in rest if name > part]
    return [*groups, (tuple(rest), "")]


def _told(of: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields that do not have their default."""
    defaults = _defaults(of.__class__)
    return {name: value for name in names if (value := getattr(of, name)) != defaults.get(name, MISSING)}


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
