"""What one transaction writes, as plain rows: the case layer says what, the store says how."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from engine.journal import Entry

Row = Mapping[str, Any]


class Head(NamedTuple):
    """Where a case's journal stands: last sequence number, instant (text) and hash."""

    revision: int
    instant: str
    hash: str


class Change(NamedTuple):
    """One journal entry and everything that follows from it.

    ``case_row`` has every column of a new case, and of a known one its key and the columns that changed.
    ``upserts`` and ``deletes`` are rows and keys by table name; ``outbox`` the notices.
    """

    entry: Entry
    case_row: Row
    upserts: Mapping[str, Sequence[Row]]
    deletes: Mapping[str, Sequence[Row]]
    outbox: Sequence[Row]
