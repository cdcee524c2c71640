"""Notices on their way out of the application: rows leased to one sender, and what became of the sending.

A message is a group of rows of one channel and recipient. It is put together when it is first leased and stays as it is
from then on, under the key of its first notice; so whatever is sent again is the same under the same key.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from random import uniform
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, tuple_, update

from engine.errors import NotFound
from engine.instants import to_text
from engine.settings import NoticeSettings
from engine.store.database import Database, retried
from engine.store.operations import JITTER
from engine.store.own import applicants
from engine.store.tables import account, delivery, inbox_notice

WEBHOOK, MAIL, APPRISE = "webhook", "mail", "apprise"
DIGESTS = (MAIL, APPRISE)
"""Channels read by people; a webhook is read by a program and gets each notice at once and by itself."""
LARGEST_DIGEST = 200
FIRST_PAUSE, PAUSE_GROWS, LONGEST_PAUSE = timedelta(seconds=30), 4, timedelta(hours=1)
ALL = "all"
_LEASING = 0x6E6F7469  # any number nobody else takes: "noti"
_SAME_NOTICE = and_(*(delivery.c[name] == inbox_notice.c[name] for name in ("case_id", "seq", "ordinal")))


@dataclass(frozen=True)
class OutgoingNotice:
    """One notice as it was written. ``department`` is empty when it is meant for the applicant."""

    case_id: str
    seq: int
    ordinal: int
    template: str
    department: str
    role: str
    task_id: str
    written_at: str
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Message:
    """What is sent in one go, leased to the caller. ``key`` is the same whenever it is sent again.

    ``recipient`` is an account (mail), the mark of an address (apprise), or empty (webhook); ``until`` when the lease
    ends, ``tries`` how often sending failed before.
    """

    key: str
    channel: str
    recipient: str
    tries: int
    until: str
    notices: tuple[OutgoingNotice, ...]


def longest_pause(tries: int) -> timedelta:
    """The longest pause after so many failures in a row: 30 s, 2 min, 8 min, 32 min, then an hour each time."""
    grown: timedelta = FIRST_PAUSE * PAUSE_GROWS ** min(tries - 1, 9)
    return min(grown, LONGEST_PAUSE)


def mark_of(url: str) -> str:
    """Tells one apprise address from another without saying it: it may hold a password."""
    return sha256(url.encode()).hexdigest()[:12]


def _is(message: Message) -> Any:
    """The rows of a message that have not arrived."""
    names = ("channel", "recipient")
    same = [delivery.c[name] == getattr(message, name) for name in names]
    return and_(*same, delivery.c.message == message.key, delivery.c.delivered_at.is_(None))


class Deliveries:
    """Fills, leases and settles the rows of ``delivery``."""

    def __init__(self, database: Database, settings: NoticeSettings, lease: timedelta) -> None:
        self._database = database
        self._settings = settings
        # Sending by mail is a talk of a dozen answers, each of which may take the timeout.
        self._lease = max(lease, timedelta(seconds=12 * settings.timeout))

    def post(self, connection: Connection, notices: Sequence[Mapping[str, Any]], now: datetime) -> None:
        """In the transaction that delivers these notices in the application: they are to be sent elsewhere too."""
        rows = [
            {
                "case_id": notice["case_id"], "seq": notice["seq"], "ordinal": notice["ordinal"], "channel": channel,
                "recipient": recipient, "message": "", "tries": 0, "problem": "",
                "next_try_at": to_text(now + self._settings.window if channel in DIGESTS else now),
            }
            for channel, recipient, notice in self._addressed(connection, notices)
        ]  # fmt: skip
        if rows:
            connection.execute(insert(delivery), rows)

    def _addressed(
        self, connection: Connection, notices: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Channel, recipient, notice. What is meant for the applicant goes to the webhook only."""
        if self._settings.webhook is not None:
            yield from ((WEBHOOK, "", notice) for notice in notices)
        ours = [notice for notice in notices if notice["department"]]
        for url in dict.fromkeys(self._settings.apprise):
            yield from ((APPRISE, mark_of(url), notice) for notice in ours)
        if self._settings.mail is not None and ours:
            named = {notice.get("person", "") for notice in ours}
            people = _people(connection, {notice["department"] for notice in ours}, named)
            own = applicants(connection, {notice["case_id"] for notice in ours})
            yield from (
                (MAIL, person.id, notice)
                for notice in ours
                for person, roles in people
                if _is_for(notice, person, roles) and (notice.get("person") or own.get(notice["case_id"]) != person.id)
            )

    def lease(self, channel: str, now: datetime) -> Message | None:
        """The message that is due longest, leased from ``now`` on; None when none is.

        The notices of one recipient that wait are one message, those whose window is not over included.
        """
        return self._leased(channel, now) if self._is_due(channel, now) else None

    def _due(self, channel: str, now: datetime) -> Any:
        """To be sent by now; or so late that the clock must have been set back since that was written."""
        farthest = now + max(self._lease, self._settings.window, LONGEST_PAUSE)
        at = delivery.c.next_try_at
        # The index holds the rows that have an instant, and is used only when the query says so.
        return and_(delivery.c.channel == channel, at.is_not(None), or_(at <= to_text(now), at > to_text(farthest)))

    def _is_due(self, channel: str, now: datetime) -> bool:
        """Asked every second, so without taking the write lock."""
        with self._database.read() as connection:
            return connection.execute(select(1).where(self._due(channel, now)).limit(1)).scalar() is not None

    @retried
    def _leased(self, channel: str, now: datetime) -> Message | None:
        with self._database.write() as connection:
            if not self._database.is_sqlite:  # two senders at once would each take half of one person's notices
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LEASING})")
            statement = select(delivery).where(self._due(channel, now)).order_by(delivery.c.next_try_at).limit(1)
            first = connection.execute(statement).one_or_none()
            if first is None:
                return None
            rows = self._together(connection, first)
            message = _message(rows, to_text(now + self._lease))
            change = {"message": message.key, "next_try_at": message.until}
            for row in rows:
                connection.execute(update(delivery).where(*_key(row)).values(change))
        return message

    def _together(self, connection: Connection, first: Row[Any]) -> Sequence[Row[Any]]:
        """The rows that go out with this one, with their notices; in the order in which they were written."""
        notice = [column for column in inbox_notice.columns if column.name not in delivery.columns]
        statement = select(delivery, *notice).join(inbox_notice, _SAME_NOTICE)
        if first.message or first.channel in DIGESTS:
            statement = statement.where(
                delivery.c.channel == first.channel, delivery.c.recipient == first.recipient,
                delivery.c.message == first.message, delivery.c.delivered_at.is_(None),
            )  # fmt: skip
        else:
            statement = statement.where(*_key(first))
        order = (inbox_notice.c.written_at, delivery.c.case_id, delivery.c.seq, delivery.c.ordinal)
        return connection.execute(statement.order_by(*order).limit(LARGEST_DIGEST)).all()

    @retried
    def delivered(self, message: Message, now: datetime) -> None:
        """The receiver has it."""
        change = {"delivered_at": to_text(now), "next_try_at": None, "problem": ""}
        with self._database.write() as connection:
            connection.execute(update(delivery).where(_is(message)).values(change))

    @retried
    def failed(self, message: Message, problem: str, now: datetime) -> bool:
        """Sending failed: tried again after a pause that grows, or set aside (True).

        Says nothing when the lease was over and somebody else has the message.
        """
        tries = message.tries + 1
        aside = tries >= self._settings.tries
        again = None if aside else to_text(now + longest_pause(tries) * uniform(1 - JITTER, 1))
        change = {"problem": problem[:2000], "tries": tries, "next_try_at": again}
        with self._database.write() as connection:
            held = and_(_is(message), delivery.c.next_try_at == message.until)
            return bool(connection.execute(update(delivery).where(held).values(change)).rowcount) and aside

    @retried
    def withdrawn(self, message: Message) -> None:
        """There is nobody any more to send it to: the account was closed, or the address taken away."""
        with self._database.write() as connection:
            connection.execute(delete(delivery).where(_is(message)))

    def undelivered(self, limit: int = 100, after: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Messages that failed and have not arrived: ``key``, ``channel``, ``recipient``, ``notices`` (how many),
        ``tries``, ``problem`` and ``next_try_at`` (None: set aside). Those set aside first.

        ``after`` is ``(next_try_at or "", key, channel, recipient)`` of the last one seen.
        """
        grouped = (delivery.c.message, delivery.c.channel, delivery.c.recipient)
        at = func.max(delivery.c.next_try_at)
        place = (func.coalesce(at, ""), *grouped)
        statement = (
            select(
                delivery.c.message.label("key"), delivery.c.channel, delivery.c.recipient,
                func.count().label("notices"), func.max(delivery.c.tries).label("tries"),
                func.max(delivery.c.problem).label("problem"), at.label("next_try_at"),
            )
            .where(delivery.c.delivered_at.is_(None), delivery.c.problem != "")
            .group_by(*grouped).order_by(*place).limit(limit)
        )  # fmt: skip
        if after:
            statement = statement.having(tuple_(*place) > tuple_(*after))
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def kinds(self, keys: Sequence[str]) -> dict[tuple[str, str], dict[str, int]]:
        """What messages that have not arrived are about: key and recipient → template → how many notices of it."""
        grouped = (delivery.c.message, delivery.c.recipient, inbox_notice.c.template)
        statement = (
            select(*grouped, func.count().label("notices"))
            .select_from(delivery.join(inbox_notice, _SAME_NOTICE))
            .where(delivery.c.delivered_at.is_(None), delivery.c.message.in_(keys))
            .group_by(*grouped).order_by(*grouped)
        )  # fmt: skip
        found: dict[tuple[str, str], dict[str, int]] = {}
        with self._database.read() as connection:
            for row in connection.execute(statement):
                found.setdefault((row.message, row.recipient), {})[row.template] = row.notices
        return found

    def addresses(self, recipients: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Name and mail address of accounts by id; unknown ids are left out."""
        statement = select(account.c.id, account.c.name, account.c.email).where(account.c.id.in_(recipients))
        with self._database.read() as connection:
            return {row.id: (row.name, row.email) for row in connection.execute(statement)}

    @retried
    def retry(self, key: str, now: datetime, recipient: str | None = None) -> int:
        """Messages that were set aside (``ALL``, or those with this key, or only the one of them to ``recipient``) are
        tried again at once, from the first try; returns how many notices are in them.

        NotFound when there is none.
        """
        aside: list[Any] = [delivery.c.delivered_at.is_(None), delivery.c.next_try_at.is_(None)]
        if key != ALL:
            aside.append(delivery.c.message == key)
        if recipient is not None:
            aside.append(delivery.c.recipient == recipient)
        change = {"tries": 0, "next_try_at": to_text(now)}
        with self._database.write() as connection:
            sent_again = connection.execute(update(delivery).where(*aside).values(change)).rowcount
            if not sent_again and key != ALL:
                raise NotFound("delivery.not_aside", "没有这条被搁置的通知", "no such message was set aside", key)
        return sent_again


def _key(row: Row[Any]) -> list[Any]:
    return [column == getattr(row, column.name) for column in delivery.primary_key]


def _is_for(notice: Mapping[str, Any], person: Row[Any], roles: frozenset[str]) -> bool:
    """Whether a notice is meant for somebody: by name, or by department and role."""
    if notice.get("person"):
        return bool(person.id == notice["person"])
    return person.department == notice["department"] and (not notice["role"] or notice["role"] in roles)


def _people(
    connection: Connection, departments: set[str], named: set[str]
) -> list[tuple[Row[Any], frozenset[str]]]:  # fmt: skip
    """The active people of departments, and those named, who have an address, with their roles."""
    chosen = or_(account.c.department.in_(sorted(departments)), account.c.id.in_(sorted(named)))
    wanted = (chosen, account.c.active.is_(True), account.c.email != "")
    rows = connection.execute(select(account).where(*wanted).order_by(account.c.id))
    return [(row, frozenset(json.loads(row.roles))) for row in rows]


def _message(rows: Sequence[Row[Any]], until: str) -> Message:
    first = rows[0]
    key = first.message or f"{first.case_id}-{first.seq}-{first.ordinal}-{first.channel}"
    notices = tuple(
        OutgoingNotice(
            row.case_id, row.seq, row.ordinal, row.template, row.department, row.role, row.task_id, row.written_at,
            json.loads(row.facts),
        )
        for row in rows
    )  # fmt: skip
    return Message(key, first.channel, first.recipient, first.tries, until, notices)
