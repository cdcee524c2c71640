"""Rows of documents as a transaction of a case reads and writes them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, false, insert, select, update

from engine.journal import Entry
from engine.store.change import Row
from engine.store.driver import Write
from engine.store.tables import document

DUE, MADE, DROPPED = "due", "issued", "dropped"
"""States of a document: to be made; made, with its hash in the journal; no longer wanted when its turn came."""
KEY = ("case_id", "seq", "ordinal")
_ID = re.compile(r"[1-9][0-9]{0,8}\.[1-9][0-9]{0,4}")
_INSERT = insert(document)


@dataclass(frozen=True)
class Paper:
    """One row. ``until`` is when the lease of whoever makes it ends; ``waiting`` why it cannot be made just now."""

    case_id: str
    seq: int
    ordinal: int
    kind: str
    about: str
    item: str
    result: str
    number: str
    made_at: str
    state: str
    tries: int
    next_try_at: str | None
    problem: str
    sha256: str | None
    issued_at: str | None

    @property
    def id(self) -> str:
        """What the document is called within its case: ``<entry>.<ordinal>``."""
        return f"{self.seq}.{self.ordinal}"


def due(rows: Sequence[Row]) -> Write:
    """What became due."""
    return _INSERT, rows


def mark_issued(connection: Connection, case_id: str, entry: Entry) -> None:
    """In the transaction of the entry that says so."""
    sha256 = str(entry.facts["sha256"])
    change = {"state": MADE, "sha256": sha256, "issued_at": entry.at, "next_try_at": None, "problem": ""}
    named = _named(case_id, str(entry.facts["document"]))
    connection.execute(update(document).where(*named).values(change))


def paper_of(connection: Connection, case_id: str, document_id: str) -> Paper | None:
    """The row of a document by its id, None for what is no document of the case."""
    return next(papers(connection, select(document).where(*_named(case_id, document_id))), None)


def _named(case_id: str, document_id: str) -> list[Any]:
    """The row of an id; none for what is no id."""
    if not _ID.fullmatch(document_id):
        return [false()]
    seq, _, ordinal = document_id.partition(".")
    return [document.c.case_id == case_id, document.c.seq == int(seq), document.c.ordinal == int(ordinal)]


def papers(connection: Connection, statement: Any) -> Iterator[Paper]:
    """The rows a query of ``document`` gives."""
    return (Paper(**row) for row in connection.execute(statement).mappings())


def is_paper(paper: Paper) -> list[Any]:
    """The row of this document."""
    return [document.c[name] == getattr(paper, name) for name in KEY]
