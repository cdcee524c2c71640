"""Operational rows for the background: leases on due timers, notices waiting for delivery."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, or_, select, tuple_, update

from engine.errors import NotFound
from engine.instants import from_text, to_text
from engine.store.database import Database, retried
from engine.store.own import not_own
from engine.store.store import Transaction
from engine.store.tables import case_row, inbox_notice, outbox, task, timer, timer_lease
from engine.store.wakeups import Wakeups

MAX_TRIES = 5
"""A timer that failed so often is set aside for an admin and holds nobody up."""
FIRST_PAUSE, PAUSE_GROWS = timedelta(seconds=5), 6
JITTER = 0.3
"""Each pause is up to this share shorter: what failed together does not come back together."""


@dataclass(frozen=True)
class DueTimer:
    """A due timer leased to one sweep."""

    case_id: str
    timer_id: str
    due_at: datetime
    tries: int = 0
    """How often it failed before."""


_SAME = and_(timer_lease.c.case_id == timer.c.case_id, timer_lease.c.timer_id == timer.c.timer_id)
_OF_TASK = and_(
    task.c.case_id == timer.c.case_id,
    func.substr(timer.c.timer_id, 1, func.length(task.c.task_id) + 1) == task.c.task_id + ":",
)
"""The timers of a step are called ``<task>:<number>``; those of a case have no task."""


class TimerLeases:
    """Due timers, handed out to one sweep at a time. A lease goes with its timer, or expires by itself.

    The row of a lease outlives the lease of a timer that failed: it counts the tries and says when the next one may be.
    """

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
        return [DueTimer(c, t, from_text(due), tries) for c, t, due, tries in rows]

    def _free(self, now: datetime) -> Any:
        """Not leased; or the lease has expired, or reaches further than any does: the clock was set back since."""
        until, tries = timer_lease.c.until, timer_lease.c.tries
        set_back = [
            and_(tries == n, until > to_text(now + max(self._duration, longest_wait(n)))) for n in range(MAX_TRIES)
        ]
        return or_(until.is_(None), and_(tries < MAX_TRIES, or_(until <= to_text(now), *set_back)))

    @retried
    def fail(self, due: DueTimer, problem: str, now: datetime) -> None:
        """Firing failed: counted, with the reason; tried again after a pause that grows, or set aside."""
        tries = due.tries + 1
        pause = longest_wait(tries) * uniform(1 - JITTER, 1)
        change = {"problem": problem[:2000], "tries": tries, "until": to_text(now + pause)}
        with self._database.write() as connection:
            connection.execute(update(timer_lease).where(*_key(due.case_id, due.timer_id)).values(change))

    def next_due(self) -> datetime | None:
        """The earliest instant at which there is something to lease; None when no timer is armed."""
        leased = exists().where(_SAME)
        free = select(timer.c.due_at).where(~leased).order_by(timer.c.due_at).limit(1)
        held = select(func.min(timer_lease.c.until)).where(timer_lease.c.tries < MAX_TRIES, exists().where(_SAME))
        with self._database.read() as connection:
            known = [connection.execute(statement).scalar() for statement in (free, held)]
        return min((from_text(text) for text in known if text), default=None)

    def set_aside(self, limit: int = 100, after: Sequence[str] | None = None) -> list[Mapping[str, Any]]:
        """Timers that failed too often, for an admin: case, number, timer, when it was due, tries, the last problem,
        and of a step's timer its ``version``, ``step``, ``instance`` and ``department`` (else None).

        The longest due first; ``after`` is ``(due_at, case_id, timer_id)`` of the last one seen.
        """
        key = (timer.c.due_at, timer.c.case_id, timer.c.timer_id)
        columns = (timer.c.case_id, case_row.c.number, timer.c.timer_id, timer.c.due_at, case_row.c.version)
        of_task = (task.c.step, task.c.instance, task.c.department)
        of_case = case_row.c.case_id == timer.c.case_id
        statement = (
            select(*columns, timer_lease.c.tries, timer_lease.c.problem, *of_task)
            .select_from(timer.join(timer_lease, _SAME).outerjoin(case_row, of_case).outerjoin(task, _OF_TASK))
            .where(timer_lease.c.tries >= MAX_TRIES, *([tuple_(*key) > tuple_(*after)] if after else ()))
            .order_by(*key)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    @retried
    def retry(self, case_id: str, timer_id: str) -> None:
        """An admin has a timer that was set aside tried again, at once and from the first try; NotFound."""
        given_up = (*_key(case_id, timer_id), timer_lease.c.tries >= MAX_TRIES)
        with self._database.write() as connection:
            if not connection.execute(delete(timer_lease).where(*given_up)).rowcount:
                raise NotFound("timer.not_aside", "没有这个被搁置的时限", "no such timer was set aside", timer_id)

    @retried
    def retry_all(self) -> int:
        """All timers that were set aside are tried again, at once and from the first try; returns how many."""
        with self._database.write() as connection:
            return connection.execute(delete(timer_lease).where(timer_lease.c.tries >= MAX_TRIES)).rowcount

    def wakeups(self) -> Wakeups:
        """What an alarm waits on to hear of earlier timers."""
        return Wakeups(self._database)


def longest_wait(tries: int) -> timedelta:
    """The longest pause after so many failures in a row: 5 s, 30 s, 3 min, 18 min; none after the last."""
    return FIRST_PAUSE * PAUSE_GROWS ** (tries - 1) if 0 < tries < MAX_TRIES else timedelta()


def _key(case_id: str, timer_id: str) -> tuple[Any, Any]:
    return timer_lease.c.case_id == case_id, timer_lease.c.timer_id == timer_id


_NOTICE_KEY = tuple(column.name for column in outbox.primary_key)
_DELIVERED = (
    update(outbox)
    .where(*(outbox.c[name] == bindparam(f"b_{name}") for name in _NOTICE_KEY))
    .values(delivered_at=bindparam("b_at"))
)


Post = Callable[[Connection, Sequence[Mapping[str, Any]], datetime], None]
"""Takes the notices (rows of ``outbox``) that are delivered in this transaction, to send them elsewhere as well."""


class Outbox:
    """Notices written with a change; delivered after it, once per (case, entry, ordinal)."""

    def __init__(self, database: Database, post: Post) -> None:
        self._database = database
        self._post = post

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
                at = {"b_at": to_text(now)}
                keys = [{f"b_{name}": row[name] for name in _NOTICE_KEY} for row in rows]
                connection.execute(_DELIVERED, [key | at for key in keys])
                self._post(connection, rows, now)
        return len(rows)

    def notices_for(
        self, department: str, roles: frozenset[str], limit: int = 100, person: str = ""
    ) -> list[dict[str, Any]]:
        """The newest notices delivered to a department and role, but for those of cases this person applies in himself;
        or to this person alone."""
        to_all = and_(
            inbox_notice.c.department == department, inbox_notice.c.role.in_([*sorted(roles), ""]),
            inbox_notice.c.person == "", not_own(inbox_notice.c.case_id, person),
        )  # fmt: skip
        statement = (
            select(inbox_notice)
            .where(or_(to_all, and_(inbox_notice.c.person == person, inbox_notice.c.person != "")))
            .order_by(inbox_notice.c.written_at.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).mappings()
            return [{**row, "facts": json.loads(row["facts"])} for row in rows]
