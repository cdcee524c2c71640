"""Printing for tests: a press that needs no library, making the documents of an office, the words of a PDF."""

from datetime import timedelta
from io import BytesIO

from pdfminer.high_level import extract_text

from engine.store.papers import Paper
from tests.builders import Office
from timers.documents import make_next


class PlainPress:
    """Keeps the words of a document as they are."""

    def print(self, html: str) -> bytes:
        """The document itself."""
        return html.encode()


class DeadPress:
    """Ends the process at the point a test wants: as ``kill -9`` would, nothing after it runs."""

    def print(self, html: str) -> bytes:
        """Never returns."""
        raise Killed


class Killed(BaseException):
    """The process is gone."""


def make_all(office: Office, press: object | None = None) -> int:
    """Makes every document that is due; how many it tried."""
    count = 0
    while make_next(office.engine, press or PlainPress()):  # type: ignore[arg-type]
        count += 1
    return count


def papers(office: Office, case_id: str) -> dict[str, Paper]:
    """Documents of a case by kind; of certificates the last."""
    return {paper.kind: paper for paper in office.engine.paperwork.rows.of_case(case_id)}


def words(office: Office, paper: Paper) -> str:
    """What a document made by ``PlainPress`` says."""
    assert paper.sha256, paper
    return office.engine.paperwork.files.read(paper.sha256).decode()


def pdf_words(content: bytes) -> str:
    """The text of a PDF without the breaks of its lines."""
    return "".join(extract_text(BytesIO(content)).split())


LEASE_OVER = timedelta(minutes=2)
"""After this a lease of the default settings is over."""
