"""The rows a case shows to the read side, derived from its state alone – so they can be rebuilt and verified."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import compress
from operator import attrgetter, ne
from typing import Any

from engine.case.act import Notice
from engine.case.parts.aside import Aside
from engine.case.parts.escalation import Escalation
from engine.case.parts.pledge import Check
from engine.case.parts.session import LEFT, Session
from engine.case.seating.seat_text import seats_from
from engine.case.state import OPEN, Case, Item, Task, Timer
from engine.journal import Entry, canonical
from engine.store.change import Change, Row

TABLES = {
    "task": "tasks", "case_item": "items", "timer": "timers", "escalation": "escalations", "aside": "asides",
    "promise_check": "checks",
}  # fmt: skip
"""Table name → the part of the case it shows."""


_SHOWN = (
    "version", "number", "offering", "status", "outcome", "submitted_at", "accepted_at", "promised_due_at",
    "statutory_due_at", "promised_provisional", "statutory_provisional", "closed_at", "applicant",
)  # fmt: skip
"""Columns of the case row that show a field of the same name, and seldom change."""
_shown = attrgetter(*_SHOWN)
_parts = attrgetter(*TABLES.values())
_TASK, _TIMER = map(list(TABLES).index, ("task", "timer"))


def case_row(case: Case, entry: Entry, state: bytes) -> dict[str, Any]:
    """The row of the case with its stored state."""
    shown = dict(zip(_SHOWN, _shown(case), strict=True))
    return {**_always(case, entry, state), **shown, "flow": case.flow_bytes}


def _always(case: Case, entry: Entry, state: bytes) -> dict[str, Any]:
    """The columns every entry changes."""
    return {
        "case_id": case.id, "revision": entry.seq, "instant": entry.at, "head": bytes.fromhex(entry.hash),
        "state": state,
    }  # fmt: skip


def _task_row(case_id: str, task: Task) -> Row:
    return {
        "case_id": case_id, "task_id": task.id, "step": task.step, "item": task.item, "act": task.act,
        "department": task.department, "role": task.role, "limit_value": task.limit, "limit_unit": task.unit,
        "status": task.status, "opened_at": task.opened_at,
        "due_at": task.due_at, "provisional": task.provisional, "closed_at": task.closed_at, "actor": task.actor,
        "decision": task.decision, "opinion": task.opinion, "escalation": task.escalation, "instance": task.instance,
        "stage": task.stage, "also": task.also, "deemed": task.deemed, "voided": task.voided,
        "seen": task.seen, "seats": task.seats,
    }  # fmt: skip


def _helper_rows(case_id: str, tasks: Iterable[Task]) -> list[Row]:
    """Who may handle tasks beside those they belong to; of closed ones they are kept, out of everybody's inbox."""
    return [
        {
            "case_id": case_id, "task_id": task.id, "department": department, "role": role,
            "waiting": task.status == OPEN,
        }
        for task in tasks if task.also
        for department, role in task.helpers
    ]  # fmt: skip


def _seat_rows(case_id: str, tasks: Iterable[Task]) -> list[Row]:
    """Who decides tasks that keep seats; of closed ones the rows are kept, out of everybody's inbox."""
    return [
        {
            "case_id": case_id, "task_id": task.id, "seat": seat.id, "department": seat.department, "role": seat.role,
            "person": seat.person, "lent_from": seat.lent_from,
            "shared": not seat.person or (seat.claimed and not seat.lent_from),
            "status": seat.status if task.status == OPEN else "closed", "decided_by": seat.decided_by,
        }
        for task in tasks if task.seats
        for seat in seats_from(task.seats)
    ]  # fmt: skip


def _aside_row(case_id: str, one: Aside) -> Row:
    names = ("number", "kind", "by", "to", "at", "answered_at")
    return {"case_id": case_id, **{name: getattr(one, name) for name in names}}


def _check_row(case_id: str, one: Check) -> Row:
    names = ("number", "item", "department", "role", "opened_at", "due_at", "status", "follows", "at")
    return {"case_id": case_id, **{name: getattr(one, name) for name in names}}


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


def _session_rows(case_id: str, sessions: Iterable[Session]) -> list[Row]:
    """A row for each item of a session, with the department that speaks for it."""
    return [
        {
            "case_id": case_id, "number": one.number, "item": item, "department": department, "kind": one.kind,
            "planned_at": one.planned_at, "place": one.place, "chair": one.chair, "items": len(one.items),
            "recorded": item in one.findings, "status": LEFT if item in one.left else one.status,
        }
        for one in sessions for item, department in one.items.items()
    ]  # fmt: skip


def _escalation_row(case_id: str, one: Escalation) -> Row:
    return {"case_id": case_id, **{part.name: getattr(one, part.name) for part in fields(Escalation)}}


_ROW: Mapping[str, Any] = {
    "task": _task_row, "case_item": _item_row, "timer": _timer_row, "escalation": _escalation_row,
    "aside": _aside_row, "promise_check": _check_row,
}  # fmt: skip


def all_rows(case: Case) -> dict[str, list[Row]]:
    """Every projection row of the case except its own, by table name; closed tasks have to be recalled before."""
    rows = {
        name: [_ROW[name](case.id, part) for part in getattr(case, attribute).values()]
        for name, attribute in TABLES.items()
    }
    tasks = case.tasks.values()
    return {
        **rows, "task_helper": _helper_rows(case.id, tasks), "seat": _seat_rows(case.id, tasks),
        "special_session": _session_rows(case.id, case.sessions.values()),
    }  # fmt: skip


class Snapshot:
    """The parts of a case as last stored. Parts are frozen and replaced on change, so identity shows what changed."""

    def __init__(self, case: Case) -> None:
        self._parts = tuple(map(dict, _parts(case)))
        self._shown, self._flow, self._sessions = _shown(case), case.flow_bytes, dict(case.sessions)

    def changed_row(self, case: Case, entry: Entry, state: bytes) -> Row:
        """The columns of the case row that have to be written: indexes on the others need not be touched."""
        row = _always(case, entry, state)
        if (shown := _shown(case)) != self._shown:
            compared = zip(_SHOWN, shown, self._shown, strict=True)
            row.update({name: value for name, value, before in compared if value != before})
        if case.flow_bytes != self._flow:
            row["flow"] = case.flow_bytes
        return row

    def changes(self, case: Case) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
        """Rows to write and keys to delete since the snapshot, by table name."""
        upserts: dict[str, list[Row]] = {}
        parts = _parts(case)
        differ = list(map(ne, self._parts, parts))
        differ[_TASK] = differ[_TASK] or bool(case.closing)  # opened and closed in one act, a task is in neither
        for name, before, now in compress(zip(TABLES, self._parts, parts, strict=True), differ):
            changed = [part for key, part in now.items() if before.get(key) is not part]
            if name == "task":
                changed += case.closing.values()
                if helpers := _helper_rows(case.id, changed):
                    upserts["task_helper"] = helpers
                if seats := _seat_rows(case.id, changed):
                    upserts["seat"] = seats
            if changed:
                upserts[name] = [_ROW[name](case.id, part) for part in changed]
        if sessions := [one for key, one in case.sessions.items() if self._sessions.get(key) is not one]:
            upserts["special_session"] = _session_rows(case.id, sessions)
        armed = self._parts[_TIMER]
        if armed == case.timers:
            return upserts, {}
        gone = [key for key in armed if key not in case.timers]  # nothing else ever goes
        moved = [key for key in armed if key in case.timers and case.timers[key] is not armed[key]]
        deletes = {"timer": gone, "timer_lease": moved}  # who fires a deadline does not hold the one it becomes
        rows: dict[str, list[Row]] = {
            name: [{"case_id": case.id, "timer_id": key} for key in keys] for name, keys in deletes.items() if keys
        }
        return upserts, rows


def change_of(case: Case, before: Snapshot, entry: Entry, state: bytes, notices: list[Notice]) -> Change:
    """Everything one sealed entry writes."""
    upserts, deletes = before.changes(case)
    outbox = [
        {
            "case_id": case.id, "seq": entry.seq, "ordinal": ordinal, "written_at": entry.at,
            "template": notice.template, "department": notice.department, "role": notice.role,
            "task_id": notice.task, "facts": canonical(dict(notice.facts)).decode(), "delivered_at": None,
            "person": notice.person,
        }
        for ordinal, notice in enumerate(notices, start=1)
    ]  # fmt: skip
    row = case_row(case, entry, state) if entry.seq == 1 else before.changed_row(case, entry, state)
    return Change(entry, row, upserts, deletes, outbox)
