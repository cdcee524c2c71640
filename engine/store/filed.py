"""Rows about files, and the contents journals name, for comparing them with what lies on the disk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.store.papers import Paper, papers
from engine.store.tables import document, journal_entry, upload


@dataclass(frozen=True)
class FileRows:
    """The rows of a case: documents, and uploads by material and SHA-256 (size, type)."""

    papers: tuple[Paper, ...]
    uploads: Mapping[tuple[str, str], tuple[int, str]]


def file_rows(connection: Connection, case_id: str) -> FileRows:
    """The rows of one case."""
    columns = (upload.c.material, upload.c.sha256, upload.c.size, upload.c.type)
    kept = connection.execute(select(*columns).where(upload.c.case_id == case_id))
    return FileRows(
        tuple(papers(connection, select(document).where(document.c.case_id == case_id))),
        {(row.material, row.sha256): (row.size, row.type) for row in kept},
    )


def contents_named(connection: Connection, kind: str) -> set[str]:
    """The SHA-256 the entries of a kind name."""
    statement = select(journal_entry.c.facts).where(journal_entry.c.kind == kind)
    return {str(json.loads(facts).get("sha256")) for facts in connection.execute(statement).scalars()}
