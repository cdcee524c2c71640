"""Connections: SQLite by default, PostgreSQL by URL; one transaction, one commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.schema import CreateColumn

from engine.errors import BadInput
from engine.store.tables import metadata

Given = ParamSpec("Given")
Result = TypeVar("Result")

BUSY_TIMEOUT_MS = 10_000
ATTEMPTS = 5
"""How often a transaction is tried before a person is asked to try again."""
_CREATION_LOCK = 0x62696E67  # any number nobody else takes: "bing"
_RETRYABLE_STATES = frozenset({"40001", "40P01", "55P03", "23505"})
"""PostgreSQL: serialization failure, deadlock, lock not available, the same key written by another at this instant."""


class Conflict(Exception):
    """The database asks to try the same transaction again. Never shown to a person: `Engine.execute` tries again."""


def retried(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Tries a whole transaction again when the database asks for it."""

    @wraps(work)
    def run(*args: Given.args, **options: Given.kwargs) -> Result:
        for _ in range(ATTEMPTS - 1):
            try:
                return work(*args, **options)
            except Conflict:
                continue
        return work(*args, **options)

    return run


def _engine(url: str) -> Engine:
    """Parameters are hidden: they would carry personal data into error messages, and so into logs."""
    try:
        return create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    except (ArgumentError, ImportError, ValueError) as error:
        raise unusable(error) from error


def unusable(error: Exception) -> BadInput:
    """The database cannot be used at all; says nothing of the address, which may hold a password."""
    reason = type(error).__name__
    return BadInput(
        "settings.database",
        f"无法使用数据库({reason}),请检查 BINGLIAN_DATABASE_URL",
        f"the database cannot be used ({reason}); check BINGLIAN_DATABASE_URL",
        "BINGLIAN_DATABASE_URL",
    )


class Database:
    """A database and its two ways in: ``write`` (takes the write lock at once) and ``read``."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writer = self.engine.execution_options(binglian_begun=True)

    def create(self) -> None:
        """Creates missing tables, columns and indexes; safe for several processes at once.

        BadInput when the database is out of reach.
        """
        try:
            self._create()
        except (OperationalError, self.engine.dialect.loaded_dbapi.OperationalError) as error:
            raise unusable(error) from error

    @retried
    def _create(self) -> None:
        with self.write() as connection:
            if not self.is_sqlite:  # two starting processes would both find a table missing and both create it
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATION_LOCK})")
            metadata.create_all(connection)
            _add_columns(connection)
            _add_indexes(connection)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end and rolled back on any error: the one commit of the product."""
        raw = self.engine.raw_connection()
        driver: Any = raw.dbapi_connection
        try:
            if self.is_sqlite:  # psycopg begins by itself
                _begin(driver, "BEGIN IMMEDIATE")
            yield Connection(self._writer, raw)
            driver.commit()
        except (DBAPIError, self.engine.dialect.loaded_dbapi.Error) as error:
            if is_conflict(error):
                raise Conflict from error
            raise
        finally:
            raw.close()  # goes back to the pool, which rolls back whatever was not committed

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the database; nothing is written."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def _add_columns(connection: Connection) -> None:
    """Adds the columns that came with a later release; each has a default for the rows that were there before."""
    known = inspect(connection)
    quoted = connection.dialect.identifier_preparer
    for table in metadata.sorted_tables:
        there = {column["name"] for column in known.get_columns(table.name)}
        for column in (column for column in table.columns if column.name not in there):
            said = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {quoted.format_table(table)} ADD COLUMN {said}")


_INDEXES = {
    True: "SELECT name FROM sqlite_master WHERE type = 'index'",
    False: "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
}
"""The names of all indexes, of SQLite and of PostgreSQL."""


def _add_indexes(connection: Connection) -> None:
    """Adds the indexes that came with a later release, of columns that were there before as well."""
    there = set(connection.exec_driver_sql(_INDEXES[connection.dialect.name == "sqlite"]).scalars())
    for table in metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            if index.name not in there:
                index.create(connection)


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # the driver must not open transactions by itself
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
        "cache_size=-16000",
    ):  # fmt: skip
        raw.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("binglian_begun"):
        _begin(connection.connection.dbapi_connection, "BEGIN")


def _begin(raw: Any, how: str) -> None:
    raw.execute(how).close()


def is_conflict(error: Exception) -> bool:
    """Whether the database asks to try the same transaction again; such conflicts are nobody's fault.

    ``error`` is the driver's own, or SQLAlchemy's around it.
    """
    cause = getattr(error, "orig", error)
    if type(cause).__name__ == "OperationalError" and "locked" in str(cause):
        return True
    return getattr(cause, "sqlstate", None) in _RETRYABLE_STATES
