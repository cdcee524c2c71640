"""Told at once that an earlier deadline was written: LISTEN and NOTIFY on PostgreSQL, nothing but time on SQLite.

A notice is sent in the transaction that writes a timer, and only when no timer that waits is due before it: commits of
PostgreSQL that notify wait for one another, so the many that change nothing for the alarm stay silent.
"""

import logging
from threading import Event
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.store.database import Database

log = logging.getLogger(__name__)

_CHANNEL = "binglian_timer"

WAKE = text(
    f"SELECT pg_notify('{_CHANNEL}', '') WHERE :due <= (SELECT t.due_at FROM timer t WHERE NOT EXISTS"
    " (SELECT 1 FROM timer_lease l WHERE l.case_id = t.case_id AND l.timer_id = t.timer_id)"
    " ORDER BY t.due_at LIMIT 1)"
)
"""PostgreSQL, after the timers are written: wakes whoever listens when ``:due`` is the earliest there is."""


class Wakeups:
    """What one alarm waits on. A lost connection (the database was restarted) is made anew with the next wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._closed = Event()
        self._connection: Any = None
        self._lost = False
        driver: type[Exception] = database.engine.dialect.loaded_dbapi.Error
        self._errors = (SQLAlchemyError, driver, OSError)

    def wait(self, seconds: float) -> bool:
        """Waits until an earlier timer was written (True), ``close`` was called or ``seconds`` are over."""
        if self._database.is_sqlite:
            self._closed.wait(seconds)
            return False
        try:
            return self._heard(seconds)
        except self._errors as error:
            if not self._lost:
                log.warning("not listening for earlier deadlines until the database answers: %s", type(error).__name__)
            self._lost = True
            self._hang_up()
            self._closed.wait(seconds)
            return False

    def close(self) -> None:
        """Ends a wait (that of PostgreSQL with its seconds) and all later ones."""
        self._closed.set()

    def _heard(self, seconds: float) -> bool:
        if self._closed.is_set():
            self._hang_up()
            return False
        if self._connection is None:
            self._connection = self._listening()
            if self._lost:  # whatever was said in between was said to nobody
                self._lost = False
                return True
        return bool(list(self._connection.notifies(timeout=seconds, stop_after=1)))

    def _listening(self) -> Any:
        """A connection of its own, outside the pool and outside any transaction."""
        fairy = self._database.engine.raw_connection()
        connection: Any = fairy.driver_connection
        fairy.detach()
        connection.autocommit = True
        connection.execute(f"LISTEN {_CHANNEL}")
        log.info("listening for earlier deadlines")
        return connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
