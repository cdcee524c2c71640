"""Several machines make documents: over PostgreSQL at the same instant, and the thread of ``binglian timers``."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from engine.bootstrap import build_auditor, build_engine
from engine.engine import Engine
from engine.errors import NotPossible
from engine.settings import Settings
from tests.builders import SECRET, Office
from tests.clock import ManualClock
from tests.papers import PlainPress, make_all
from tests.postgresql import postgresql, url_of
from timers import documents
from timers.documents import Printer, make_next


@pytest.fixture
def engines(tmp_path: Path, clock: ManualClock) -> Iterator[list[Engine]]:
    with postgresql() as server:
        settings = Settings(database_url=url_of(server), secret_key=SECRET, files=tmp_path / "files")
        opened = [build_engine(settings, clock) for _ in range(2)]
        yield opened
        for engine in opened:
            engine.close()


def test_numbers_have_no_gaps_and_each_document_is_made_once(engines: list[Engine], clock: ManualClock) -> None:
    offices = [Office(engine, clock) for engine in engines]
    with ThreadPoolExecutor(2) as pool:
        cases = [case for taken in pool.map(lambda office: [office.accept("FOOD") for _ in range(8)], offices)
                 for case in taken]  # fmt: skip
        assert sum(pool.map(make_all, offices)) == 16
    rows = [paper for case in cases for paper in engines[0].paperwork.rows.of_case(case)]
    assert sorted(paper.number for paper in rows) == sorted(f"330100受字〔2026〕{n}号" for n in range(1, 17))
    assert {paper.state for paper in rows} == {"issued"}
    assert len(engines[0].paperwork.rows.made(limit=5)) == 5
    assert build_auditor(engines[0]).verify().differences == ()


class TellingPress(PlainPress):
    """Says when it printed, so that a test need not look again and again."""

    def __init__(self) -> None:
        self.printed = Event()

    def print(self, html: str) -> bytes:
        self.printed.set()
        return super().print(html)


def test_the_thread_makes_what_is_due_and_what_becomes_due(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    press = TellingPress()
    monkeypatch.setattr(documents, "load_press", lambda: press)
    monkeypatch.setattr(documents, "POLL_SECONDS", 0.01)
    case_id = office.accept("FOOD")
    printer = Printer(office.engine)
    printer.start()
    assert press.printed.wait(20)
    press.printed.clear()
    office.accept("FOOD")
    assert press.printed.wait(20)
    printer.stop()
    assert not make_next(office.engine, PlainPress())
    assert office.case(case_id).documents.keys() == {"2.1"}


def test_where_nothing_can_be_printed_documents_wait_and_are_made_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, press = Event(), TellingPress()

    def load() -> PlainPress:
        if not looked.is_set():
            looked.set()
            raise NotPossible("documents.font", "没有字体", "there is no font")
        return press

    monkeypatch.setattr(documents, "load_press", load)
    monkeypatch.setattr(documents, "LOOK_AGAIN_SECONDS", 0.5)
    case_id = office.accept("FOOD")
    printer = Printer(office.engine)
    printer.start()
    assert press.printed.wait(20)
    printer.stop()
    assert office.case(case_id).documents.keys() == {"2.1"}
