"""What one transaction writes, as plain rows: the case layer says what, the store says how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.journal import Entry

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Head:
    """Where a case's journal stands: last sequence number, instant (text) and hash."""

    revision: int
    instant: str
    hash: str


@dataclass(frozen=True)
class Change:
    """One journal entry and everything that follows from it.

    ``case_row`` has every column of a new case, and of a known one its key and the columns that changed.
    ``upserts`` and ``deletes`` are rows and keys by table name; ``outbox`` the notices; ``documents`` what became due;
    ``personal`` the applicant's record of a new case (JSON text).
    """

    entry: Entry
    case_row: Row
    upserts: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    deletes: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    outbox: Sequence[Row] = ()
    documents: Sequence[Row] = ()
    personal: str | None = None
