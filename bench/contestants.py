"""Who is measured beside our engine, on the same work: the completions of one case of P8.

*bare*: exactly the statements of our completions: what a real case asked of its transactions, asked again for another
one, through the same ``store/`` and the same commit, without an engine. *raw*: the least any engine has to do, by the
driver. *naive*: the stock library as its documentation shows it, restore JSON, complete, serialise JSON, commit; with
the data of the case in its workflow, or (*naive, no data*) without any.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import psycopg
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Connection

from bench.figures import Sample, timed
from bench.offerings import Shape, diagram
from bench.office import LITTLE, Cases, form
from engine.commands import SYSTEM
from engine.journal import Entry
from engine.store import Store, Transaction
from engine.store.change import Change
from engine.store.driver import Driver, Write
from engine.store.store import entry_row

_ENTRY = tuple(field.name for field in fields(Entry))
Call = tuple[str, tuple[Any, ...]]
"""What a transaction was asked for: a method of it, and what it was called with."""


class Counting(Driver):
    """Counts its statements."""

    statements = 0

    def one(self, statement: Any, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
        """Counted and carried out."""
        self.statements += 1
        return super().one(statement, parameters)

    def write(self, writes: Sequence[Write]) -> None:
        """Counted and carried out."""
        self.statements += sum(len(rows) for _, rows in writes)
        super().write(writes)


class Noting(Transaction):
    """A transaction that notes what it is asked for."""

    def __init__(self, connection: Connection, calls: list[Call]) -> None:
        super().__init__(connection)
        self._calls = calls
        self._driver = self.counting = Counting(connection)

    def __getattribute__(self, name: str) -> Any:
        method = super().__getattribute__(name)
        if name.startswith("_") or not callable(method) or name == "flush":
            return method

        def noted(*given: Any) -> Any:
            self._calls.append((name, given))
            return method(*given)

        return noted


class RecordingStore(Store):
    """A store over the same database whose transactions are noted, one list of calls each."""

    def __init__(self, store: Store) -> None:
        self.database = store.database
        self.transactions: list[list[Call]] = []
        self.statements = 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One change, noted."""
        calls: list[Call] = []
        with self.database.write() as connection:
            transaction = Noting(connection, calls)
            yield transaction
            transaction.flush()
        self.transactions.append(calls)
        self.statements += transaction.counting.statements


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same parameters for another case: every name replaced, in texts, bytes and whatever holds them."""
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, bytes):
        return renamed(value.decode("latin-1"), names).encode("latin-1")
    if isinstance(value, Mapping):
        return {key: renamed(one, names) for key, one in value.items()}
    if isinstance(value, Change):
        return Change(*(renamed(one, names) for one in value))
    if isinstance(value, Entry):
        entry = replace(value, **{name: renamed(getattr(value, name), names) for name in _ENTRY})
        entry_row(entry)  # with its texts, which sealing works out
        return entry
    if isinstance(value, list | tuple):
        return type(value)(renamed(one, names) for one in value)
    return value


class Bare:
    """Plays the recorded statements of one real case again for a new one."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._store = cases.engine.store
        self._template = cases.accepted()
        recording = cases.engine.store = RecordingStore(self._store)
        try:
            cases.carry_out(cases.orders(self._template))
        finally:
            cases.engine.store = self._store
        self._recorded = recording.transactions
        self.statements = recording.statements / len(self._recorded)
        """Statements per completion, on average."""

    def completions(self) -> Sample:
        """A round: what one completion costs without an engine."""
        case_id = self._cases.accepted()
        names = {self._template: case_id, self._number(self._template): self._number(case_id)}
        plan = [[(method, renamed(given, names)) for method, given in calls] for calls in self._recorded]
        return timed(lambda: self._play(plan), len(plan))

    def _number(self, case_id: str) -> str:
        return self._cases.engine.read.case(case_id, SYSTEM).case.number

    def _play(self, plan: Sequence[Sequence[Call]]) -> None:
        for calls in plan:
            with self._store.transaction() as transaction:
                for method, given in calls:
                    getattr(transaction, method)(*given)


_RAW_TABLES = (
    "CREATE TABLE raw_case (id TEXT PRIMARY KEY, revision INTEGER, status TEXT, changed_at TEXT)",
    "CREATE TABLE raw_task (case_id TEXT, id TEXT, status TEXT, actor TEXT, decision TEXT, closed_at TEXT,"
    " PRIMARY KEY (case_id, id))",
    "CREATE TABLE raw_audit (case_id TEXT, seq INTEGER, at TEXT, actor TEXT, facts TEXT, PRIMARY KEY (case_id, seq))",
)
_RAW_CHANGE = (
    "UPDATE raw_task SET status = ?, actor = ?, decision = ?, closed_at = ? WHERE case_id = ? AND id = ?",
    "INSERT INTO raw_audit VALUES (?, ?, ?, ?, ?)",
    "UPDATE raw_case SET revision = ?, status = ?, changed_at = ? WHERE id = ?",
)
_AT = "2026-03-02T01:00:00.000000Z"


def sqlite_connection(path: Path, synchronous: str) -> sqlite3.Connection:
    """A plain connection with the product's journal mode."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    return connection


def psycopg_connection(url: str) -> Any:
    """A plain connection to the same server."""
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


class Raw:
    """Task, audit row, case: three statements and the commit."""

    def __init__(self, connection: Any, tasks: int) -> None:
        self._connection = connection
        self._tasks = tasks
        self._cases = 0
        postgresql = isinstance(connection, psycopg.Connection)
        self._begin = "BEGIN" if postgresql else "BEGIN IMMEDIATE"
        self._change = [text.replace("?", "%s") if postgresql else text for text in _RAW_CHANGE]
        self._insert = "INSERT INTO {} VALUES ({})".format
        self._mark = "%s" if postgresql else "?"
        for statement in _RAW_TABLES:
            connection.execute(statement)

    def completions(self) -> Sample:
        """A round: one case."""
        self._cases += 1
        case_id = f"{self._cases:016x}"
        self._connection.execute(self._begin)
        self._put("raw_case", (case_id, 0, "in_progress", _AT))
        for task in range(self._tasks):
            self._put("raw_task", (case_id, f"2.{task}", "open", None, None, None))
        self._connection.execute("COMMIT")
        return timed(lambda: self._complete(case_id), self._tasks)

    def _put(self, name: str, row: tuple[Any, ...]) -> None:
        self._connection.execute(self._insert(name, ", ".join([self._mark] * len(row))), row)

    def _complete(self, case_id: str) -> None:
        task, audit, case = self._change
        for number in range(self._tasks):
            facts = f'{{"decision": "agree", "opinion": "符合条件", "task": "2.{number}"}}'
            self._connection.execute(self._begin)
            self._connection.execute(task, ("done", "market1", "agree", _AT, case_id, f"2.{number}"))
            self._connection.execute(audit, (case_id, number + 1, _AT, "market1", facts))
            self._connection.execute(case, (number + 1, "in_progress", _AT, case_id))
            self._connection.execute("COMMIT")


class Naive:
    """The stock library with its own serializer; a row of JSON per case.

    ``data``: with the form of the case as data of its first task, which the library hands down to every task after it,
    and with what was decided as data of the task that is completed.
    """

    def __init__(self, connection: sqlite3.Connection, shape: Shape, data: bool = True) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(diagram(shape))
        self._spec = parser.get_spec(shape.code)
        self._serializer = BpmnWorkflowSerializer()
        self._connection = connection
        self._tasks = shape.completions
        self._form = form(LITTLE) if data else {}
        self._cases = 0
        connection.execute("CREATE TABLE naive (id INTEGER PRIMARY KEY, state TEXT)")

    def completions(self) -> Sample:
        """A round: one case."""
        workflow = BpmnWorkflow(self._spec)
        workflow.task_tree.set_data(**self._form)
        workflow.do_engine_steps()
        self._cases += 1
        row = (self._cases, self._serializer.serialize_json(workflow))
        self._connection.execute("INSERT INTO naive VALUES (?, ?)", row)
        return timed(self._complete, self._tasks)

    def _complete(self) -> None:
        for _ in range(self._tasks):
            self._connection.execute("BEGIN IMMEDIATE")
            (state,) = self._connection.execute("SELECT state FROM naive WHERE id = ?", (self._cases,)).fetchone()
            workflow = self._serializer.deserialize_json(state)
            task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
            if self._form:
                decided = {"by": "market1", "at": _AT, "decision": "agree", "opinion": "符合条件"}
                task.set_data(**{f"decision_{task.task_spec.name}": decided})
            task.run()
            workflow.do_engine_steps()
            row = (self._serializer.serialize_json(workflow), self._cases)
            self._connection.execute("UPDATE naive SET state = ? WHERE id = ?", row)
            self._connection.execute("COMMIT")
