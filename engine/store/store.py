"""Loading, locking and changing a case. One `Transaction` is one change, whole or not at all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import IntegrityError, NotFound
from engine.instants import from_text, to_text
from engine.journal import GENESIS, Entry
from engine.store import papers, queries, tables
from engine.store.change import Change, Head, Row
from engine.store.database import Database, retried
from engine.store.driver import Driver, Write
from engine.store.packing import packed, unpacked
from engine.store.people import AccountsNow
from engine.store.wakeups import WAKE

_CASE_TABLES = {
    "task": tables.task, "case_item": tables.case_item, "timer": tables.timer, "timer_lease": tables.timer_lease,
    "escalation": tables.escalation, "task_helper": tables.task_helper, "seat": tables.seat,
    "aside": tables.aside, "promise_check": tables.promise_check, "special_session": tables.special_session,
}  # fmt: skip

_LOCK = select(tables.case_row.c.revision, tables.case_row.c.instant, tables.case_row.c.head).where(
    tables.case_row.c.case_id == bindparam("id")
)
_LOCK_ROW = _LOCK.with_for_update()
_LOAD = select(tables.case_row.c.state, tables.case_row.c.flow).where(tables.case_row.c.case_id == bindparam("id"))
_SAID = ("case_id", "revision", "opened", "closed", "notices")
_KEY = (
    select(tables.command_key.c.mark, tables.case_row.c.number, *(tables.command_key.c[name] for name in _SAID))
    .select_from(
        tables.command_key.outerjoin(tables.case_row, tables.case_row.c.case_id == tables.command_key.c.case_id)
    )
    .where(tables.command_key.c.actor == bindparam("actor"), tables.command_key.c.key == bindparam("key"))
)
_CLOSE_UP = text("UPDATE case_row SET rowid = (SELECT max(rowid) + 1 FROM case_row) WHERE case_id = :id")
"""SQLite leaves a row that got shorter alone on its page; the rows of closed cases are put next to each other."""
_COUNT = text(
    "INSERT INTO counter (name, value) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
)
_FIRST_ENTRY = select(tables.journal_entry).where(
    tables.journal_entry.c.case_id == bindparam("id"), tables.journal_entry.c.seq == 1
)
_UPDATE_CASE = update(tables.case_row).where(tables.case_row.c.case_id == bindparam("b_case_id"))


@cache
def _insert(table: Table) -> Any:
    return insert(table)


@cache
def _upsert(table: Table, dialect: str) -> Any:
    """INSERT … ON CONFLICT DO UPDATE by primary key."""
    module = sqlite if dialect == "sqlite" else postgresql
    statement = module.insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


@cache
def _delete(table: Table) -> Any:
    keys = [column.name for column in table.primary_key]
    return delete(table).where(*(table.c[key] == bindparam(f"b_{key}") for key in keys))


def _together(writes: Sequence[Write]) -> list[Write]:
    """One write for each statement, in the order of the first of each."""
    rows_of: dict[tuple[Any, tuple[str, ...]], list[Row]] = {}
    for statement, rows in writes:
        rows_of.setdefault((statement, tuple(rows[0])), []).extend(rows)
    return [(statement, rows) for (statement, _), rows in rows_of.items()]


class Transaction:
    """The writing side of one transaction. What `apply` and `remember` write is sent together, by `flush`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._driver = Driver(connection)
        self._waiting: list[Write] = []
        self._changes = 0
        self._ahead: dict[str, tuple[Head, tuple[bytes, bytes]]] = {}

    def flush(self) -> None:
        """Sends what is still to be written; rows of several cases for the same statement go together."""
        waiting, self._waiting = self._waiting, []
        if self._changes > 1:
            waiting = _together(waiting)
        if waiting:
            self._driver.write(waiting)

    def outcome_of(self, actor: str, key: str) -> tuple[str, Mapping[str, Any]] | None:
        """What an earlier command of this actor with this key was (its mark) and did."""
        row = self._driver.one(_KEY, {"actor": actor, "key": key})
        if row is None:
            return None
        said = dict(zip(_SAID, row[2:], strict=True))
        tasks = {name: said[name].split() for name in ("opened", "closed")}
        return row[0].hex(), {**said, **tasks, "case_number": row[1] or ""}

    def remember(self, actor: str, key: str, mark: str, outcome: Mapping[str, Any]) -> None:
        """Keeps the outcome of a command with a key."""
        row = {
            "actor": actor, "key": key, "mark": bytes.fromhex(mark), "case_id": outcome["case_id"],
            "revision": outcome["revision"], "opened": " ".join(outcome["opened"]),
            "closed": " ".join(outcome["closed"]), "notices": outcome["notices"],
        }  # fmt: skip
        self._waiting.append((_insert(tables.command_key), [row]))

    def lock_all(self, case_ids: Sequence[str]) -> None:
        """Locks and reads several cases in the order of their ids, for the ``lock`` and ``load`` of each that follow.

        On SQLite a query is no round trip: there is nothing to gain.
        """
        if self._dialect != "sqlite":
            for row in queries.locked_cases(self._connection, case_ids):
                self._ahead[row[0]] = Head(row[1], row[2], row[3].hex()), (row[4], row[5])

    def lock(self, case_id: str) -> Head:
        """Locks the case row (on SQLite the whole database is locked already); NotFound."""
        if case_id in self._ahead:
            return self._ahead[case_id][0]
        row = self._driver.one(_LOCK if self._dialect == "sqlite" else _LOCK_ROW, {"id": case_id})
        if row is None:
            raise NotFound("case.unknown", "没有这个办件", "there is no such case", case_id)
        return Head(row[0], row[1], row[2].hex())

    def load(self, case_id: str) -> tuple[bytes, bytes]:
        """The stored state and workflow of a locked case."""
        if case_id in self._ahead:
            state, flow = self._ahead[case_id][1]
            return unpacked(state), flow
        row = self._driver.one(_LOAD, {"id": case_id})
        if row is None:
            raise NotFound("case.unknown", "没有这个办件", "there is no such case", case_id)
        return unpacked(row[0]), row[1]

    @property
    def people(self) -> AccountsNow:
        """Accounts and absences, as of this transaction."""
        return AccountsNow(lambda: nullcontext(self._connection))

    def tasks_of(self, case_id: str, task_id: str | None = None) -> list[Row]:
        """The rows of all tasks of a locked case, or of one, as they were before this transaction."""
        return [*queries.tasks_of(self._connection, case_id, task_id)]

    def next_value(self, name: str) -> int:
        """The next value of a counter, counted in this transaction (locked until it commits)."""
        row = self._driver.one(_COUNT, {"name": name})
        if row is None:
            raise IntegrityError("counter.lost", "计数器没有返回数值", "the counter gave no value", name)
        return int(row[0])

    def ensure(self, table: Table, row: Row) -> bool:
        """Inserts a row unless its key exists; True when it was inserted."""
        module = sqlite if self._dialect == "sqlite" else postgresql
        statement = module.insert(table).on_conflict_do_nothing()
        return bool(self._connection.execute(statement, dict(row)).rowcount)

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        """Inserts rows or replaces those with the same key, at once."""
        if rows:
            self._driver.write([(_upsert(table, self._dialect), rows)])

    def apply(self, change: Change) -> None:
        """Writes one change: the journal entry, the case with its state, the projections, the outbox."""
        entry, writes = change.entry, self._waiting
        self._changes += 1
        writes.append((_insert(tables.journal_entry), [entry_row(entry)]))
        case_row = packed(change.case_row)
        if entry.seq == 1:
            writes.append((_insert(tables.case_row), [case_row]))
        else:
            case_row["b_case_id"] = case_row.pop("case_id")
            writes.append((_UPDATE_CASE, [case_row]))
            if self._dialect == "sqlite" and "closed_at" in case_row:
                writes.append((_CLOSE_UP, [{"id": entry.case_id}]))
        for name, rows in change.upserts.items():
            writes.append((_upsert(_CASE_TABLES[name], self._dialect), rows))
            if name == "timer" and self._dialect != "sqlite":
                writes.append((WAKE, [{"due": min(row["due_at"] for row in rows)}]))
        for name, keys in change.deletes.items():
            parameters = [{f"b_{k}": v for k, v in key.items()} for key in keys]
            writes.append((_delete(_CASE_TABLES[name]), parameters))
            if name == "timer":  # a lease must not outlive its timer
                writes.append((_delete(tables.timer_lease), parameters))
        if change.outbox:
            writes.append((_insert(tables.outbox), change.outbox))

    def keep_applicant(self, case_id: str, fields: str) -> None:
        """Keeps the applicant's record (JSON text) of a new case, apart from its journal."""
        self._waiting.append((_insert(tables.applicant), [{"case_id": case_id, "fields": fields}]))

    def personal_fields(self, case_id: str) -> dict[str, str]:
        """The applicant's record of a case, with its salt."""
        return queries.personal_fields(self._connection, case_id)

    def make_due(self, documents: Sequence[Row]) -> None:
        """Keeps the documents that became due."""
        self._waiting.append(papers.due(documents))

    def document(self, case_id: str, document_id: str) -> papers.Paper | None:
        """The row of a document of a locked case."""
        return papers.paper_of(self._connection, case_id, document_id)

    def mark_issued(self, case_id: str, entry: Entry) -> None:
        """The document this entry tells of is made."""
        papers.mark_issued(self._connection, case_id, entry)

    def locked_entries(self, case_id: str) -> list[Entry]:
        """The whole journal of a case, with the case locked against commands (without its row none can run)."""
        if self._dialect != "sqlite":
            self._connection.execute(_LOCK_ROW, {"id": case_id})
        return _journal(self._connection, case_id)

    def first_entry(self, case_id: str) -> Entry:
        """What a case began with; IntegrityError when it is not there or cannot be read."""
        row = self._connection.execute(_FIRST_ENTRY, {"id": case_id}).one_or_none()
        if row is None:
            raise IntegrityError("journal.lost", "缺少第 1 条记录", "entry 1 is missing", case_id)
        return entry_of(row, GENESIS)

    def replace_projections(self, case_row: Row, rows: Mapping[str, Sequence[Row]]) -> None:
        """Writes one case's projections anew (``rebuild``); journal, outbox and records are not touched."""
        case_id = case_row["case_id"]
        for table in tables.PROJECTIONS:
            self._connection.execute(delete(table).where(table.c.case_id == case_id))
        self._connection.execute(insert(tables.case_row), packed(case_row))
        for name, many in rows.items():
            if many:
                self._connection.execute(insert(_CASE_TABLES[name]), [dict(row) for row in many])


def entry_row(entry: Entry) -> dict[str, Any]:
    """The row of a journal entry."""
    return {
        "case_id": entry.case_id, "seq": entry.seq, "instant": entry.at, "kind": entry.kind,
        "actor": entry.actor, "facts": entry.facts_text, "answers": entry.answers_text,
        "state": bytes.fromhex(entry.state), "hash": bytes.fromhex(entry.hash),
    }  # fmt: skip


def entry_of(row: Any, previous: str) -> Entry:
    """The journal entry of a row, after the one with the hash ``previous``; IntegrityError when it cannot be read."""
    try:
        answers = tuple((str(name), answer) for name, answer in json.loads(row.answers))
        facts = dict(json.loads(row.facts))
        instant = from_text(row.instant)
        state, sealed = row.state.hex(), row.hash.hex()
    except (ValueError, TypeError, AttributeError) as error:
        raise IntegrityError(
            "journal.unreadable", f"第 {row.seq} 条记录无法读取", f"entry {row.seq} cannot be read", row.case_id
        ) from error
    return Entry(row.case_id, row.seq, instant, row.kind, row.actor, facts, answers, state, previous, sealed)


def _journal(connection: Connection, case_id: str) -> list[Entry]:
    table = tables.journal_entry
    statement = select(table).where(table.c.case_id == case_id).order_by(table.c.seq)
    entries: list[Entry] = []
    for row in connection.execute(statement):
        entries.append(entry_of(row, entries[-1].hash if entries else GENESIS))
    return entries


class Store:
    """The database as the engine uses it."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)

    def create(self) -> None:
        """Creates what is missing."""
        self.database.create()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One change: committed when the block ends, rolled back when it raises."""
        with self.database.write() as connection:
            transaction = Transaction(connection)
            yield transaction
            transaction.flush()

    def entries(self, connection: Connection, case_id: str) -> list[Entry]:
        """The whole journal of a case, in order; IntegrityError when an entry cannot be read."""
        return _journal(connection, case_id)

    def case_ids(self) -> list[str]:
        """Every case that has a journal."""
        return self._ids(tables.journal_entry)

    def all_ids(self) -> list[str]:
        """Every case anything is stored of."""
        of_cases = (tables.journal_entry, *tables.PROJECTIONS, tables.outbox, tables.applicant)
        return sorted({case_id for table in of_cases for case_id in self._ids(table)})

    def _ids(self, table: Table) -> list[str]:
        with self.database.read() as connection:
            statement = select(table.c.case_id).distinct().order_by(table.c.case_id)
            return list(connection.execute(statement).scalars())

    def notice_keys(self, connection: Connection, case_id: str) -> set[tuple[int, int, str]]:
        """Entry, ordinal and template of every notice written for a case."""
        table = tables.outbox
        statement = select(table.c.seq, table.c.ordinal, table.c.template).where(table.c.case_id == case_id)
        return {(row.seq, row.ordinal, row.template) for row in connection.execute(statement)}

    def acknowledged_revisions(self) -> dict[str, int]:
        """The newest entry of every case a caller was told of (among commands with a key); one query."""
        table = tables.command_key
        statement = select(table.c.case_id, func.max(table.c.revision)).group_by(table.c.case_id)
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    @retried
    def keep_deployments(self, packed: Mapping[str, tuple[str, bytes]], now: datetime) -> None:
        """Keeps deployed versions (code → version, files) that are not kept yet."""
        with self.transaction() as transaction:
            for code, (version, data) in packed.items():
                row = {"version": version, "code": code, "deployed_at": to_text(now), "files": data}
                transaction.ensure(tables.deployment, row)

    def deployment_files(self, version: str) -> tuple[str, bytes] | None:
        """Code and files of a deployed version."""
        table = tables.deployment
        with self.database.read() as connection:
            row = connection.execute(select(table).where(table.c.version == version)).one_or_none()
        return None if row is None else (row.code, row.files)

    def deployment_versions(self) -> list[str]:
        """Every deployed version that is kept."""
        with self.database.read() as connection:
            return list(connection.execute(select(tables.deployment.c.version)).scalars())

    def stored_rows(self, connection: Connection, case_id: str) -> dict[str, list[dict[str, Any]]]:
        """A case's projection rows as stored, by table name, for ``verify``."""
        stored = {
            table.name: [
                dict(row) for row in connection.execute(select(table).where(table.c.case_id == case_id)).mappings()
            ]
            for table in tables.PROJECTIONS
        }
        stored["case_row"] = [{**row, "state": unpacked(row["state"])} for row in stored["case_row"]]
        return stored

    def close(self) -> None:
        """Closes all connections."""
        self.database.close()
