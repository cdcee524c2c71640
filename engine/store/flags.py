"""Cases a person has to look at before they can go on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_

from engine.instants import to_text
from engine.store.database import Database, retried
from engine.store.store import Transaction
from engine.store.tables import case_flag, case_row


class Flags:
    """At most one flag for each case, with the code of what is wrong. ``rebuild`` takes it down when all agrees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    def put_up(self, case_id: str, problem: str, now: datetime) -> None:
        """Flags a case; the newest problem stands."""
        with self._database.write() as connection:
            row = {"case_id": case_id, "problem": problem, "flagged_at": to_text(now)}
            Transaction(connection).put(case_flag, [row])

    @retried
    def take_down(self, case_id: str) -> None:
        """The case needs nobody any more."""
        with self._database.write() as connection:
            connection.execute(delete(case_flag).where(case_flag.c.case_id == case_id))

    def all(self, limit: int | None = None, after: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """``case_id``, ``number`` (empty when the case has no row), ``problem``, ``flagged_at``; the oldest first.

        ``after`` is ``(flagged_at, case_id)`` of the last one seen.
        """
        key = (case_flag.c.flagged_at, case_flag.c.case_id)
        statement = (
            select(case_flag, case_row.c.number)
            .select_from(case_flag.outerjoin(case_row, case_row.c.case_id == case_flag.c.case_id))
            .order_by(*key)
            .limit(limit)
        )
        if after:
            statement = statement.where(tuple_(*key) > tuple_(*after))
        with self._database.read() as connection:
            return [{**row, "number": row["number"] or ""} for row in connection.execute(statement).mappings()]
