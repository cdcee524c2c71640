"""Escalations as rows: a list paged by key, what was sent when each was raised, and how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, case, func, literal, select, tuple_

from engine.store.tables import case_row, delivery, escalation, outbox, task

ALL, OPEN, WRITTEN_OFF = "all", "open", "written_off"
UNACKNOWLEDGED, UNEXPLAINED, READY = "unacknowledged", "unexplained", "ready"
"""Which of them: open ones are also told by what they wait for; ``ready`` ones can be written off."""


@dataclass(frozen=True)
class EscalationFilter:
    """Which escalations; what is empty does not matter. ``department`` is the one that is late."""

    which: str = OPEN
    department: str = ""
    to_department: str = ""
    to_roles: frozenset[str] = field(default_factory=frozenset)
    case_id: str = ""


_one = escalation.c
_IS_OPEN, _IS_OVER = _one.written_off_at.is_(None), _one.written_off_at.is_not(None)
_STEP_IS_OPEN = func.coalesce(task.c.status, "") == literal("open")
_WHICH: Mapping[str, Any] = {
    OPEN: _IS_OPEN,
    UNACKNOWLEDGED: and_(_IS_OPEN, _one.acknowledged_at.is_(None)),
    UNEXPLAINED: and_(_IS_OPEN, _one.explained_at.is_(None)),
    READY: and_(_IS_OPEN, _one.explained_at.is_not(None), ~_STEP_IS_OPEN),
    WRITTEN_OFF: _IS_OVER,
}
KINDS = (*_WHICH, ALL)

_STEP = and_(task.c.case_id == _one.case_id, task.c.task_id == _one.task)
_FROM = escalation.join(case_row, case_row.c.case_id == _one.case_id).outerjoin(task, _STEP)
_COLUMNS = (
    escalation, case_row.c.number.label("case_number"), case_row.c.offering, case_row.c.version, task.c.instance,
    _STEP_IS_OPEN.label("step_open"), task.c.actor.label("handled_by"),
)  # fmt: skip
_KEY = (_one.raised_at, _one.case_id, _one.number)
_PARTS = (("0", _IS_OPEN), ("1", _IS_OVER))
"""Open ones come first; asked for one after the other, each is read along an index."""


def _conditions(wanted: EscalationFilter) -> list[Any]:
    asked = {
        _one.department: wanted.department, _one.to_department: wanted.to_department, _one.case_id: wanted.case_id,
    }  # fmt: skip
    conditions = [column == value for column, value in asked.items() if value]
    return conditions + ([_one.to_role.in_(sorted(wanted.to_roles))] if wanted.to_roles else [])


def page(
    connection: Connection, wanted: EscalationFilter, limit: int, after: Sequence[str] | None = None
) -> tuple[list[dict[str, Any]], Sequence[str] | None]:
    """Open ones first, each part the oldest first; and the key where the next page begins (None at the end)."""
    conditions = _conditions(wanted) + ([_WHICH[wanted.which]] if wanted.which in _WHICH else [])
    rows: list[dict[str, Any]] = []
    for part, condition in _PARTS:
        if (after and part < after[0]) or len(rows) > limit:
            continue
        statement = select(*_COLUMNS).select_from(_FROM).where(condition, *conditions)
        if after and part == after[0]:
            statement = statement.where(tuple_(*_KEY) > tuple_(*after[1:]))
        found = connection.execute(statement.order_by(*_KEY).limit(limit + 1 - len(rows))).mappings()
        rows += [dict(row) for row in found]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], (str(int(last["written_off_at"] is not None)), *(last[column.name] for column in _KEY))


def counts(connection: Connection, wanted: EscalationFilter) -> dict[str, int]:
    """How many of each kind there are, whatever ``wanted.which`` says; one query."""
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in _WHICH.values()]
    statement = select(*sums, func.count()).select_from(_FROM).where(*_conditions(wanted))
    return dict(zip(KINDS, map(int, connection.execute(statement).one()), strict=True))


def told(connection: Connection, entries: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """The notices of journal entries (case, number) and how they left: in the application, with ``channel`` empty, and
    by each channel outside."""
    if not entries:
        return []
    keys = ("case_id", "seq", "ordinal")
    notice = tuple(outbox.c[name] for name in (*keys, "template", "department", "role"))
    inside = select(*notice, outbox.c.delivered_at).where(tuple_(outbox.c.case_id, outbox.c.seq).in_(entries))
    sent = tuple(delivery.c[name] for name in ("channel", "recipient", "tries", "problem", "delivered_at"))
    same = and_(*(delivery.c[name] == outbox.c[name] for name in keys))
    outside = (
        select(*notice, *sent)
        .select_from(delivery.join(outbox, same))
        .where(tuple_(delivery.c.case_id, delivery.c.seq).in_(entries))
        .order_by(*(delivery.c[name] for name in (*keys, "channel", "recipient")))
    )
    nothing = {"channel": "", "recipient": "", "tries": 0, "problem": ""}
    found = connection.execute(inside.order_by(*notice[:3])).mappings()
    return [{**nothing, **row} for row in found] + [dict(row) for row in connection.execute(outside).mappings()]
