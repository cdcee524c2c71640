"""The rows a case shows to the read side, derived from its state alone – so they can be rebuilt and verified."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from engine.case.act import Notice
from engine.case.state import Case, Item, Task, Timer
from engine.instants import to_text
from engine.journal import Entry, canonical
from engine.store.change import Change, Row

TABLES = {"task": "tasks", "case_item": "items", "timer": "timers"}
"""Table name → the part of the case it shows."""


def case_row(case: Case, entry: Entry, state: bytes) -> dict[str, Any]:
    """The row of the case with its stored state."""
    return {
        "case_id": case.id, "revision": entry.seq, "instant": to_text(entry.instant), "head": bytes.fromhex(entry.hash),
        "version": case.version, "number": case.number, "offering": case.offering,
        "status": case.status, "outcome": case.outcome,
        "submitted_at": case.submitted_at, "accepted_at": case.accepted_at, "promised_due_at": case.promised_due_at,
        "statutory_due_at": case.statutory_due_at, "promised_provisional": case.promised_provisional,
        "statutory_provisional": case.statutory_provisional, "closed_at": case.closed_at,
        "state": state, "flow": case.flow_bytes,
    }  # fmt: skip


def _task_row(case_id: str, task: Task) -> Row:
    return {
        "case_id": case_id, "task_id": task.id, "step": task.step, "item": task.item, "act": task.act,
        "department": task.department, "role": task.role, "limit_value": task.limit, "limit_unit": task.unit,
        "status": task.status, "opened_at": task.opened_at,
        "due_at": task.due_at, "provisional": task.provisional, "closed_at": task.closed_at, "actor": task.actor,
        "decision": task.decision, "opinion": task.opinion, "escalation": task.escalation,
    }  # fmt: skip


def task_of(row: Row) -> Task:
    """The task a row shows: all of it, so a closed one is nowhere else."""
    names = {"id": "task_id", "limit": "limit_value", "unit": "limit_unit"}
    return Task(**{field.name: row[names.get(field.name, field.name)] for field in fields(Task)})


def _item_row(case_id: str, item: Item) -> Row:
    return {
        "case_id": case_id, "item": item.code, "status": item.status, "cause": item.cause, "due_at": item.due_at,
        "ended_at": item.ended_at,
    }  # fmt: skip


def _timer_row(case_id: str, timer: Timer) -> Row:
    return {"case_id": case_id, "timer_id": timer.id, "level": timer.level, "due_at": timer.due_at}


_ROW: Mapping[str, Any] = {"task": _task_row, "case_item": _item_row, "timer": _timer_row}


def all_rows(case: Case) -> dict[str, list[Row]]:
    """Every projection row of the case except its own, by table name; closed tasks have to be recalled before."""
    return {
        name: [_ROW[name](case.id, part) for part in getattr(case, attribute).values()]
        for name, attribute in TABLES.items()
    }


_SHOWN = (
    "version", "number", "offering", "status", "outcome", "submitted_at", "accepted_at", "promised_due_at",
    "statutory_due_at", "promised_provisional", "statutory_provisional", "closed_at",
)  # fmt: skip
"""Columns of the case row that show a field of the same name, and seldom change."""


class Snapshot:
    """The parts of a case as last stored. Parts are frozen and replaced on change, so identity shows what changed."""

    def __init__(self, case: Case) -> None:
        self._parts = {name: dict(getattr(case, attribute)) for name, attribute in TABLES.items()}
        self._row = {**{name: getattr(case, name) for name in _SHOWN}, "flow": case.flow_bytes}

    def changed(self, row: Mapping[str, Any]) -> Row:
        """The columns of the case row that have to be written: indexes on the others need not be touched."""
        return {name: value for name, value in row.items() if name not in self._row or self._row[name] != value}

    def changes(self, case: Case) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
        """Rows to write and keys to delete since the snapshot, by table name."""
        upserts: dict[str, list[Row]] = {}
        for name, attribute in TABLES.items():
            before, now = self._parts[name], getattr(case, attribute)
            changed = [part for key, part in now.items() if before.get(key) is not part]
            if name == "task":
                changed += case.closing.values()
            if changed:
                upserts[name] = [_ROW[name](case.id, part) for part in changed]
        gone = [key for key in self._parts["timer"] if key not in case.timers]  # nothing else ever goes
        return upserts, {"timer": [{"case_id": case.id, "timer_id": key} for key in gone]} if gone else {}


def change_of(case: Case, before: Snapshot, entry: Entry, state: bytes, notices: list[Notice]) -> Change:
    """Everything one sealed entry writes."""
    upserts, deletes = before.changes(case)
    instant = to_text(entry.instant)
    outbox = [
        {
            "case_id": case.id, "seq": entry.seq, "ordinal": ordinal, "written_at": instant,
            "template": notice.template, "department": notice.department, "role": notice.role,
            "task_id": notice.task, "facts": canonical(dict(notice.facts)).decode(), "delivered_at": None,
        }
        for ordinal, notice in enumerate(notices, start=1)
    ]  # fmt: skip
    row = case_row(case, entry, state)
    return Change(entry, row if entry.seq == 1 else before.changed(row), upserts, deletes, outbox)
