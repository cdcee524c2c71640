"""By which acts decisions were taken back, for lists of what a person has decided."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from engine.store.database import Database
from engine.store.tables import journal_entry


@dataclass(frozen=True)
class Voiding:
    """The journal entry that took a decision back: its kind, who, when (an instant as text), the reason if one was
    given."""

    kind: str
    actor: str
    at: str
    reason: str


def voidings(database: Database, entries: Collection[tuple[str, int]]) -> dict[tuple[str, int], Voiding]:
    """What these entries (case, number) did; one query."""
    if not entries:
        return {}
    key = journal_entry.c.case_id, journal_entry.c.seq
    columns = (*key, journal_entry.c.kind, journal_entry.c.actor, journal_entry.c.instant, journal_entry.c.facts)
    with database.read() as connection:
        rows = connection.execute(select(*columns).where(tuple_(*key).in_(sorted(entries)))).all()
    return {
        (row.case_id, row.seq): Voiding(
            row.kind, row.actor, row.instant, str(json.loads(row.facts).get("reason", ""))
        )
        for row in rows
    }  # fmt: skip
