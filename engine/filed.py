"""What the journal says of files against their rows and what lies on the disk: documents that were made, materials that
were uploaded."""

from collections.abc import Iterator, Sequence

from engine.case.documents import ISSUED_KIND
from engine.case.uploading import UPLOADED
from engine.documents.files import ContentFiles
from engine.errors import IntegrityError
from engine.journal import Difference, Entry
from engine.store.filed import FileRows
from engine.store.papers import MADE, Paper


class Filed:
    """Compares journals with the two folders of files."""

    def __init__(self, documents: ContentFiles, uploads: ContentFiles) -> None:
        self._documents = documents
        self._uploads = uploads

    def differences(self, case_id: str, entries: Sequence[Entry], rows: FileRows) -> Iterator[Difference]:
        """Rows that are missing or say something else, files that are missing or damaged.

        Of a row the journal knows nothing of, ``entry`` is 0.
        """
        issued = {str(entry.facts["document"]): entry for entry in entries if entry.kind == ISSUED_KIND}
        known = {paper.id: paper for paper in rows.papers}
        for document_id, entry in issued.items():
            yield from self._document(entry, known.get(document_id))
        for paper in rows.papers:
            if paper.state == MADE and paper.id not in issued:
                yield Difference(case_id, 0, f"document {paper.number} is stored as made, but has no entry")
        read: set[str] = set()
        for entry in entries:
            if entry.kind == UPLOADED:
                yield from self._version(entry, rows, read)

    def _document(self, entry: Entry, paper: Paper | None) -> Iterator[Difference]:
        facts, name = entry.facts, f"document {entry.facts['number']}"
        if paper is None:
            yield _at(entry, f"{name} has no row")
        elif (paper.state, paper.kind, paper.number, paper.sha256) != (
            MADE, facts["kind"], facts["number"], facts["sha256"]
        ):  # fmt: skip
            yield _at(entry, f"the row of {name} says something else")
        yield from _file(entry, name, self._documents)

    def _version(self, entry: Entry, rows: FileRows, read: set[str]) -> Iterator[Difference]:
        facts = entry.facts
        name = f"version {facts['number']} of {facts['material']}"
        kept = rows.uploads.get((str(facts["material"]), str(facts["sha256"])))
        if kept is None:
            yield _at(entry, f"{name} has no row")
        elif kept != (facts["size"], facts["type"]):
            yield _at(entry, f"the row of {name} says something else")
        if facts["sha256"] not in read:
            read.add(str(facts["sha256"]))
            yield from _file(entry, name, self._uploads)


def _file(entry: Entry, name: str, files: ContentFiles) -> Iterator[Difference]:
    try:
        files.read(str(entry.facts["sha256"]))
    except IntegrityError as error:
        missing = error.code == "file.missing"
        yield _at(entry, f"the file of {name} is {'missing' if missing else 'damaged'}")


def _at(entry: Entry, what: str) -> Difference:
    return Difference(entry.case_id, entry.seq, what)
