"""A case as data: everything a decision can depend on, and nothing personal.

The canonical state is this data as JSON; its digest is sealed in every journal entry. The workflow is part of it by
its own digest, so acts that do not move the workflow (a timer) never load it.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from engine.journal import Json, canonical, digest
from engine.runtime import Flow

OPEN, DONE, COVERED, SKIPPED = "open", "done", "covered", "skipped"
"""States of a task: covered = the acceptance at the single window stands for it; skipped = its item ended before."""

SUBMITTED, DECLINED, IN_PROGRESS, CLOSED = "submitted", "declined", "in_progress", "closed"
"""States of an application (DOMAIN: draft → submitted → accepted | declined → in_progress → closed)."""

WAITING, IN_REVIEW, GRANTED, REFUSED, NOT_REACHED = "accepted", "in_review", "granted", "refused", "not_reached"
"""States of an item: accepted = opened by nobody yet, it waits for another item."""

ENDED_ITEMS = frozenset({REFUSED, NOT_REACHED})
"""An item in one of these needs no further work."""

PROVISIONAL, ISSUED, VOID = "provisional", "issued", "void"
"""States of a result: provisional while the lead department has not decided (join policy ``lead_decides``)."""


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Timer:
    """An armed deadline of a task: ``id`` is ``<task id>:<escalation level>``."""

    id: str
    task: str
    level: int
    due_at: str


@dataclass(frozen=True)
class Result:
    """A certificate or other result of an item."""

    code: str
    item: str
    number: str
    status: str
    at: str


@dataclass
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
    flow_digest: str = ""
    flow: Flow | None = field(default=None, repr=False, compare=False)
    flow_bytes: bytes = field(default=b"", repr=False, compare=False)

    def open_tasks(self) -> list[Task]:
        """The tasks somebody has to handle now."""
        return [task for task in self.tasks.values() if task.status == OPEN]

    def update_task(self, task_id: str, **changes: Any) -> Task:
        """Replaces fields of a task; returns the new task."""
        self.tasks[task_id] = task = replace(self.tasks[task_id], **changes)
        return task

    def update_item(self, code: str, **changes: Any) -> Item:
        """Replaces fields of an item; returns the new item."""
        self.items[code] = item = replace(self.items[code], **changes)
        return item

    def freeze_flow(self) -> None:
        """Takes the bytes and the digest of the live workflow into the state."""
        if self.flow is not None:
            self.flow_bytes = self.flow.dump()
            self.flow_digest = digest(self.flow_bytes)

    def state(self) -> dict[str, Json]:
        """The canonical state as a JSON value."""
        parts = {
            name: {key: asdict(part) for key, part in getattr(self, name).items()}
            for name in ("items", "tasks", "timers", "results")
        }
        plain = {
            name: value
            for name, value in self.__dict__.items()
            if name not in parts and name not in {"flow", "flow_bytes"}
        }
        return {**plain, **parts}

    def state_bytes(self) -> bytes:
        """The canonical state as stored; its SHA-256 is the digest in the journal."""
        return canonical(self.state())


def case_from_state(state: dict[str, Json], flow_bytes: bytes) -> Case:
    """The case of ``state_bytes``; the workflow stays in bytes until it is needed."""
    kinds: dict[str, Any] = {"items": Item, "tasks": Task, "timers": Timer, "results": Result}
    parts = {name: {k: kind(**v) for k, v in state[name].items()} for name, kind in kinds.items()}
    return Case(**{**state, **parts}, flow_bytes=flow_bytes)
