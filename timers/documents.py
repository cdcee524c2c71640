"""Makes the documents that are due: the file first, on the disk, then the entry that says so.

Killed in between, the document is made again when the lease is over: the same text gives the same file, and its number
was taken with the entry that made it due.
"""

import logging
from threading import Event, Thread

from engine.commands import SYSTEM, IssueDocument
from engine.documents.press import Press, load_press
from engine.engine import Engine
from engine.errors import AlreadyDone, BinglianError
from engine.store.papers import Paper

log = logging.getLogger(__name__)

POLL_SECONDS = 1
LOOK_AGAIN_SECONDS = 60
"""How often a machine that cannot print is looked at again."""
END_SECONDS = 5


def make_next(engine: Engine, press: Press) -> bool:
    """Makes the document that is due longest; False when none is."""
    paper = engine.paperwork.rows.lease(engine.read.now())
    if paper is None:
        return False
    try:
        _make(engine, press, paper)
    except AlreadyDone:
        log.info("document %s was made by somebody else", paper.number)
    except BinglianError as error:
        _failed(engine, paper, f"{error.code}: {error.message_en}")
    except Exception as error:  # one template that fails must not keep the other documents from being made
        log.exception("document %s failed", paper.number)
        _failed(engine, paper, type(error).__name__)
    return True


def _make(engine: Engine, press: Press, paper: Paper) -> None:
    paperwork = engine.paperwork
    if not paperwork.wanted(paper, engine.read):
        log.info("document %s is no longer wanted", paper.number)
        paperwork.rows.drop(paper)
        return
    content = press.print(paperwork.html(paper))
    sha256 = paperwork.files.keep(content)
    engine.execute(IssueDocument(paper.case_id, paper.id, paper.kind, paper.number, sha256), SYSTEM)


def _failed(engine: Engine, paper: Paper, problem: str) -> None:
    aside = engine.paperwork.rows.fail(paper, problem, engine.read.now())
    log.warning("document %s %s: %s", paper.number, "was set aside" if aside else "will be tried again", problem)


class Printer:
    """A thread that makes documents; where the machine cannot print, they wait and say why."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._press: Press | None = None
        self._problem = ""
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="documents", daemon=True)

    def start(self) -> None:
        """Begins to make documents, if the installation has any."""
        if self._engine.paperwork.papers.kinds:
            self._thread.start()

    def stop(self) -> None:
        """Ends, after ``END_SECONDS`` at the latest."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            pause = POLL_SECONDS
            try:
                if self._press is None and not self._prepare():
                    pause = LOOK_AGAIN_SECONDS
                elif self._press is not None and make_next(self._engine, self._press):
                    continue
            except Exception:
                log.exception("making documents failed and will be tried again")
            self._stopped.wait(pause)

    def _prepare(self) -> bool:
        try:
            self._press = load_press()
        except BinglianError as error:
            if error.message_en != self._problem:
                log.warning("documents wait: %s", error.message_en)
            self._problem = error.message_en
            self._engine.paperwork.rows.explain(f"{error.code}: {error.message_en}")
            return False
        return True
