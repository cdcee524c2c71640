"""Files nothing refers to: written, and the entry that would have referred to them was never committed.

They are harmless, and used when the same content comes again. This lists them, and never deletes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.case.documents import ISSUED_KIND
from engine.case.uploading import UPLOADED
from engine.instants import to_text
from engine.journal import Json
from engine.materials import FOLDER
from engine.store import Store
from engine.store.filed import contents_named

NO_ENTRY, UNFINISHED = "no_entry", "unfinished"
"""Why a file is listed: no entry of any journal names its content; it was being written when the process ended."""


@dataclass(frozen=True)
class Orphan:
    """One file: its path within the folder of files, length in bytes, when it was written last (instant as text)."""

    path: str
    size: int
    written_at: str
    why: str

    def as_dict(self) -> dict[str, Json]:
        """The file as ``binglian files --orphans --json`` prints it."""
        return dict(vars(self))


def orphans(store: Store, folder: Path) -> Iterator[Orphan]:
    """The files of a folder no journal names, by path.

    The journals are read after the folder, so that what is committed meanwhile is not listed. A file that was written
    a moment ago may be committed a moment later: look at ``written_at``.
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    with store.database.read() as connection:
        named = {ISSUED_KIND: contents_named(connection, ISSUED_KIND), UPLOADED: contents_named(connection, UPLOADED)}
    for path in found:
        place = path.relative_to(folder)
        if path.name.startswith("."):
            yield _orphan(path, place, UNFINISHED)
        elif path.stem not in named[UPLOADED if place.parts[0] == FOLDER else ISSUED_KIND]:
            yield _orphan(path, place, NO_ENTRY)


def _orphan(path: Path, place: Path, why: str) -> Orphan:
    known = path.stat()
    return Orphan(place.as_posix(), known.st_size, to_text(datetime.fromtimestamp(int(known.st_mtime), UTC)), why)
