"""The few statements every command sends, without what SQLAlchemy adds to each: compiled once, given to the driver.

They run in the same transaction, on the same connection, and are made of the same tables as all others.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any

from sqlalchemy import Connection, make_url
from sqlalchemy.dialects import sqlite

from engine.store.change import Row

Write = tuple[Any, Sequence[Row]]
"""A statement of SQLAlchemy and the rows (at least one, all with the same names) it is executed for."""

MANY = 4
"""More rows than this are worth the preparation of a common execution."""

_DIALECTS: Mapping[str, Any] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": make_url("postgresql+psycopg://").get_dialect()(),
}


@cache
def _compiled(statement: Any, dialect: str, names: tuple[str, ...]) -> str:
    """The SQL of a statement with the parameters ``names``, as the driver of the dialect takes them."""
    known = _DIALECTS[dialect]
    return str(statement.compile(dialect=known, column_keys=names if statement.is_dml else None))


class Driver:
    """The driver's connection under one of SQLAlchemy's."""

    def __init__(self, connection: Connection) -> None:
        self._raw: Any = connection.connection.dbapi_connection
        self._dialect = connection.dialect.name

    def one(self, statement: Any, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
        """The only row a query gives, or None."""
        rows = self._raw.execute(_compiled(statement, self._dialect, tuple(parameters)), parameters).fetchall()
        return rows[0] if rows else None

    def write(self, writes: Sequence[Write]) -> None:
        """Executes in this order. PostgreSQL gets all of it before the first answer is waited for."""
        with nullcontext() if self._dialect == "sqlite" else self._raw.pipeline():
            for statement, rows in writes:
                text = _compiled(statement, self._dialect, tuple(rows[0]))
                if len(rows) > MANY:
                    self._raw.cursor().executemany(text, rows)
                    continue
                for row in rows:
                    self._raw.execute(text, row)
