"""Operational rows for the background: leases on due timers, notices waiting for delivery."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

from engine.instants import from_text, to_text
from engine.store.database import Database, retried
from engine.store.store import Transaction
from engine.store.tables import inbox_notice, outbox, timer, timer_lease

MAX_TRIES = 5
"""A timer that failed so often is set aside for an admin and holds nobody up."""


@dataclass(frozen=True)
class DueTimer:
    """A due timer leased to one sweep."""

    case_id: str
    timer_id: str
    due_at: datetime


_SAME = and_(timer_lease.c.case_id == timer.c.case_id, timer_lease.c.timer_id == timer.c.timer_id)


class TimerLeases:
    """Due timers, handed out to one sweep at a time. A lease goes with its timer, or expires by itself."""

    def __init__(self, database: Database, duration: timedelta) -> None:
        self._database = database
        self._duration = duration

    @retried
    def lease(self, now: datetime, limit: int) -> list[DueTimer]:
        """Up to ``limit`` due timers nobody holds, oldest first, leased from ``now`` on."""
        statement = (
            select(timer.c.case_id, timer.c.timer_id, timer.c.due_at, func.coalesce(timer_lease.c.tries, 0))
            .select_from(timer.outerjoin(timer_lease, _SAME))
            .where(timer.c.due_at <= to_text(now), self._free(now))
            .order_by(timer.c.due_at, timer.c.case_id, timer.c.timer_id)
            .limit(limit)
            .with_for_update(of=timer, skip_locked=True)  # SQLite has one writer and ignores this
        )
        until = to_text(now + self._duration)
        with self._database.write() as connection:
            rows = connection.execute(statement).all()
            leases = [
                {"case_id": c, "timer_id": t, "until": until, "tries": tries, "problem": ""} for c, t, _, tries in rows
            ]
            Transaction(connection).put(timer_lease, leases)
        return [DueTimer(c, t, from_text(due)) for c, t, due, _ in rows]

    def _free(self, now: datetime) -> Any:
        """Not leased, or the lease has expired, or it was given before the clock was set back."""
        expired = or_(timer_lease.c.until <= to_text(now), timer_lease.c.until > to_text(now + self._duration))
        return or_(timer_lease.c.until.is_(None), and_(expired, timer_lease.c.tries < MAX_TRIES))

    @retried
    def fail(self, due: DueTimer, problem: str) -> None:
        """Firing failed: counted, with the reason; the timer is tried again when the lease has expired."""
        change = {"problem": problem[:2000], "tries": timer_lease.c.tries + 1}
        with self._database.write() as connection:
            connection.execute(update(timer_lease).where(*_key(due)).values(change))

    def next_due(self) -> datetime | None:
        """The earliest instant at which there is something to lease; None when no timer is armed."""
        both = timer.outerjoin(timer_lease, _SAME)
        free = select(func.min(timer.c.due_at)).select_from(both).where(timer_lease.c.case_id.is_(None))
        held = select(func.min(timer_lease.c.until)).select_from(both).where(timer_lease.c.tries < MAX_TRIES)
        with self._database.read() as connection:
            known = [connection.execute(statement).scalar() for statement in (free, held)]
        return min((from_text(text) for text in known if text), default=None)

    def set_aside(self) -> list[Mapping[str, Any]]:
        """Timers that failed too often, with the last problem, for an admin."""
        statement = select(timer_lease).where(timer_lease.c.tries >= MAX_TRIES).order_by(timer_lease.c.until)
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]


def _key(due: DueTimer) -> tuple[Any, Any]:
    return timer_lease.c.case_id == due.case_id, timer_lease.c.timer_id == due.timer_id


class Outbox:
    """Notices written with a change; delivered after it, once per (case, entry, ordinal)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _waiting(self) -> bool:
        """Whether anything waits: asked every second, so without taking the write lock."""
        statement = select(outbox.c.case_id).where(outbox.c.delivered_at.is_(None)).limit(1)
        with self._database.read() as connection:
            return connection.execute(statement).scalar() is not None

    @retried
    def deliver_in_app(self, now: datetime, limit: int = 500) -> int:
        """Delivers waiting notices to the inboxes of their department and role; returns how many."""
        statement = (
            select(outbox).where(outbox.c.delivered_at.is_(None)).order_by(outbox.c.written_at).limit(limit)
        ).with_for_update(skip_locked=True)
        names = [column.name for column in inbox_notice.columns]
        if not self._waiting():
            return 0
        with self._database.write() as connection:
            rows = [dict(row) for row in connection.execute(statement).mappings()]
            if rows:
                connection.execute(insert(inbox_notice), [{name: row[name] for name in names} for row in rows])
            for row in rows:
                key = [outbox.c[name] == row[name] for name in ("case_id", "seq", "ordinal")]
                connection.execute(update(outbox).where(*key).values(delivered_at=to_text(now)))
        return len(rows)

    def notices_for(self, department: str, roles: frozenset[str], limit: int = 100) -> list[dict[str, Any]]:
        """The newest notices delivered to a department and role."""
        statement = (
            select(inbox_notice)
            .where(inbox_notice.c.department == department, inbox_notice.c.role.in_([*sorted(roles), ""]))
            .order_by(inbox_notice.c.written_at.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).mappings()
            return [{**row, "facts": json.loads(row["facts"])} for row in rows]
