"""Who fires deadlines beside our engine, on the same database at the same durability.

*plain*: a sweep over an indexed table by the driver alone; each row is marked and its effect kept in its own commit.
*naive*: one APScheduler job per deadline in its SQLAlchemy job store; the job keeps the same effect. Its settings are
better than stock: with those it drops what is a second late.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, create_engine, event, select, text

from bench.figures import Sample, timed
from engine.clock import system_clock
from engine.instants import to_text

FAR = datetime(2090, 1, 1, tzinfo=UTC)
"""When the open deadlines that are not due come due."""
DUE = 1000
"""Deadlines that come due in the same minute."""
_PATIENCE = 300.0

_COUNTED = "WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :count)"
_NUMBERS = {
    "sqlite": (_COUNTED, "number", "printf('%016x', n)"),
    "postgresql": ("", "generate_series(0, :count - 1) AS number(n)", "lpad(to_hex(n), 16, '0')"),
}


def fill(connect: Engine, table: str, columns: Sequence[str], count: int, **more: Any) -> None:
    """``count`` rows in one statement. In ``columns``, ``{id}`` is a name of 16 characters for each row."""
    counted, source, name = _NUMBERS[connect.dialect.name]
    values = ", ".join(columns).format(id=name)
    with connect.begin() as connection:
        statement = text(f"INSERT INTO {table} {counted} SELECT {values} FROM {source}")
        connection.execute(statement, {"count": count, **more})
        connection.execute(text("ANALYZE"))


def durable(url: str) -> Engine:
    """An engine with the product's durability: write-ahead log and FULL on SQLite, as installed on PostgreSQL."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _full)
    return engine


def _full(raw: Any, _record: Any) -> None:
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=FULL", "cache_size=-16000"):
        raw.execute(f"PRAGMA {pragma}").close()


@contextmanager
def hurried(engine: Engine) -> Iterator[None]:
    """Nothing is waited for while a round is prepared by this thread; after it all of it is on the disk."""
    sqlite = engine.dialect.name == "sqlite"
    engine.dispose()
    _raw(engine, "PRAGMA synchronous=OFF" if sqlite else "SET synchronous_commit = off")
    try:
        yield
    finally:
        engine.dispose()
        _raw(engine, "PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else "SELECT pg_current_xact_id()")


def _raw(engine: Engine, statement: str) -> None:
    """On the connection that is used next, outside SQLAlchemy's transactions."""
    connection = engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute(statement)
    if cursor.description:
        cursor.fetchall()
    connection.commit()
    connection.close()


class Plain:
    """Mark the row, keep the effect, commit: for each due row."""

    def __init__(self, url: str, connection: Any, count: int) -> None:
        self._connection = connection
        self._mark = "?" if url.startswith("sqlite") else "%s"
        self._begin = "BEGIN IMMEDIATE" if url.startswith("sqlite") else "BEGIN"
        for statement in (
            "CREATE TABLE plain (id VARCHAR(32) PRIMARY KEY, due_at VARCHAR(27) NOT NULL, fired_at VARCHAR(27))",
            "CREATE TABLE plain_effect (id VARCHAR(32) PRIMARY KEY, at VARCHAR(27), told VARCHAR(80), facts TEXT)",
            "CREATE INDEX plain_due ON plain (due_at) WHERE fired_at IS NULL",
        ):
            connection.execute(statement)
        engine = create_engine(url)
        fill(engine, "plain", ["{id}", ":due", "NULL"], count, due=to_text(FAR))
        engine.dispose()
        self._turns = 0

    def fire(self) -> Sample:
        """A round: all that is due."""
        self._turns += 1
        self._connection.execute(self._begin)
        for number in range(DUE):
            row = (f"{self._turns}:{number}", to_text(system_clock() - timedelta(minutes=1)))
            self._run("INSERT INTO plain VALUES (?, ?, NULL)", row)
        self._connection.execute("COMMIT")
        return timed(self._sweep, 1)

    def _sweep(self) -> None:
        query = "SELECT id, due_at FROM plain WHERE fired_at IS NULL AND due_at <= ? ORDER BY due_at LIMIT 200"
        while rows := self._run(query, (to_text(system_clock()),)).fetchall():
            for identity, due in rows:
                at = to_text(system_clock())
                self._connection.execute(self._begin)
                self._run("UPDATE plain SET fired_at = ? WHERE id = ?", (at, identity))
                facts = f'{{"due": "{due}", "step": "P8.b0_1", "level": 1, "number": "330100202603020001"}}'
                self._run("INSERT INTO plain_effect VALUES (?, ?, ?, ?)", (identity, at, "market", facts))
                self._connection.execute("COMMIT")

    def _run(self, statement: str, row: tuple[Any, ...]) -> Any:
        return self._connection.execute(statement.replace("?", self._mark), row)


_kept: dict[str, Callable[[str], None]] = {}


def keep_effect(where: str, identity: str) -> None:
    """The job of the naive design: jobs are stored by the name of their function."""
    _kept[where](identity)


class Naive:
    """A scheduler whose job store holds every deadline."""

    def __init__(self, url: str, count: int) -> None:
        self._engine = durable(url)
        self._url, self._turns = url, 0
        _kept[url] = self._keep
        with self._engine.begin() as connection:
            connection.execute(text("CREATE TABLE naive_effect (id VARCHAR(32) PRIMARY KEY, at VARCHAR(27))"))
        scheduler, store = self._scheduler()
        scheduler.start(paused=True)
        scheduler.add_job(keep_effect, "date", run_date=FAR, args=[url, "0" * 16], id="one")
        with self._engine.connect() as connection:
            state = connection.execute(select(store.jobs_t.c.job_state)).scalar_one()
        scheduler.shutdown()
        fill(self._engine, "apscheduler_jobs", ["{id}", ":at", ":state"], count, at=FAR.timestamp(), state=state)

    def _scheduler(self) -> tuple[BackgroundScheduler, SQLAlchemyJobStore]:
        store = SQLAlchemyJobStore(engine=self._engine)
        late = {"misfire_grace_time": None}
        return BackgroundScheduler(timezone=UTC, jobstores={"default": store}, job_defaults=late), store

    def _keep(self, identity: str) -> None:
        with self._engine.begin() as connection:
            row = {"id": identity, "at": to_text(system_clock())}
            connection.execute(text("INSERT INTO naive_effect VALUES (:id, :at)"), row)

    def fire(self) -> Sample:
        """A round: all that is due; ValueError when a deadline was lost."""
        self._turns += 1
        scheduler, _ = self._scheduler()
        done, ended, lock = threading.Event(), [0], threading.Lock()

        def count(_event: object) -> None:
            with lock:
                ended[0] += 1
                if ended[0] == DUE:
                    done.set()

        scheduler.add_listener(count, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        with hurried(self._engine):
            scheduler.start(paused=True)
            past = system_clock() - timedelta(seconds=30)
            for number in range(DUE):
                identity = f"{self._turns}:{number}"
                scheduler.add_job(keep_effect, "date", run_date=past, args=[self._url, identity], id=identity)

        def run() -> None:
            scheduler.resume()
            done.wait(_PATIENCE)

        sample = timed(run, 1)
        scheduler.shutdown()
        with self._engine.connect() as connection:
            kept = connection.execute(text("SELECT count(*) FROM naive_effect")).scalar_one()
        if kept != self._turns * DUE:
            raise ValueError(f"the naive design lost {self._turns * DUE - kept} deadlines")
        return sample

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()
