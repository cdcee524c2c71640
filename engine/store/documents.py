"""Documents that are due, being made, made: leases, failures, lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_, update

from engine.errors import NotFound
from engine.instants import to_text
from engine.store.database import Database, retried
from engine.store.deliveries import longest_pause
from engine.store.operations import JITTER
from engine.store.papers import DROPPED, DUE, KEY, MADE, Paper, is_paper, paper_of, papers
from engine.store.tables import case_row, document

MAX_TRIES = 10
"""A document that failed so often is set aside for an admin."""


def _select(*conditions: Any) -> Any:
    return select(document).where(*conditions)


class PaperRows:
    """Leases, failures and lists of documents."""

    def __init__(self, database: Database, lease: timedelta) -> None:
        self._database = database
        self._lease = lease

    def lease(self, now: datetime) -> Paper | None:
        """The document that is due longest, leased from ``now`` on; None when none is."""
        with self._database.read() as connection:  # asked every second, so without taking the write lock
            if connection.execute(self._due(now)).first() is None:
                return None
        return self._leased(now)

    def _due(self, now: datetime) -> Any:
        """To be made by now; or leased so far ahead that the clock must have been set back since."""
        at, farthest = document.c.next_try_at, now + max(self._lease, longest_pause(MAX_TRIES))
        wanted = and_(at.is_not(None), or_(at <= to_text(now), at > to_text(farthest)))
        return _select(wanted).order_by(at, *(document.c[name] for name in KEY)).limit(1)

    @retried
    def _leased(self, now: datetime) -> Paper | None:
        with self._database.write() as connection:
            paper = next(papers(connection, self._due(now).with_for_update(skip_locked=True)), None)
            if paper is None:
                return None
            until = to_text(now + self._lease)
            connection.execute(update(document).where(*is_paper(paper)).values(next_try_at=until))
        return Paper(**{**vars(paper), "next_try_at": until})

    @retried
    def fail(self, paper: Paper, problem: str, now: datetime) -> bool:
        """Making it failed: tried again after a pause that grows, or set aside (True)."""
        tries = paper.tries + 1
        aside = tries >= MAX_TRIES
        again = None if aside else to_text(now + longest_pause(tries) * uniform(1 - JITTER, 1))
        change = {"problem": problem[:2000], "tries": tries, "next_try_at": again}
        self._change(paper, change)
        return aside

    @retried
    def drop(self, paper: Paper) -> None:
        """What it is about was undone before it was made; its number stays used."""
        self._change(paper, {"state": DROPPED, "next_try_at": None})

    def _change(self, paper: Paper, change: Mapping[str, Any]) -> None:
        held = (*is_paper(paper), document.c.state == DUE, document.c.next_try_at == paper.next_try_at)
        with self._database.write() as connection:
            connection.execute(update(document).where(*held).values(change))

    @retried
    def explain(self, problem: str) -> None:
        """Nothing can be made on this machine: every document that waits says why."""
        waiting = (document.c.next_try_at.is_not(None), document.c.tries == 0, document.c.problem != problem)
        with self._database.write() as connection:
            connection.execute(update(document).where(*waiting).values(problem=problem[:2000]))

    def of_case(self, case_id: str) -> list[Paper]:
        """The documents of a case in the order they became due."""
        statement = _select(document.c.case_id == case_id).order_by(document.c.seq, document.c.ordinal)
        with self._database.read() as connection:
            return list(papers(connection, statement))

    def one(self, case_id: str, document_id: str) -> Paper | None:
        """One document of a case."""
        with self._database.read() as connection:
            return paper_of(connection, case_id, document_id)

    def numbered(self, number: str) -> Paper | None:
        """The document with a number."""
        with self._database.read() as connection:
            return next(papers(connection, _select(document.c.number == number)), None)

    def unmade(self, limit: int = 100, after: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Documents that are still due and say why: columns of ``Paper`` and the case's number as ``case_number``.

        The oldest first; ``after`` is ``(made_at, number)`` of the last one seen.
        """
        place = (document.c.made_at, document.c.number)
        statement = (
            select(document, case_row.c.number.label("case_number"))
            .join(case_row, case_row.c.case_id == document.c.case_id)
            .where(document.c.state == DUE, document.c.problem != "")
            .order_by(*place).limit(limit)
        )  # fmt: skip
        if after:
            statement = statement.where(tuple_(*place) > tuple_(*after))
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def made(self, after: str = "", limit: int = 500) -> list[tuple[str, str]]:
        """Number and SHA-256 of documents that are made, by number, from the one after ``after`` on."""
        statement = select(document.c.number, document.c.sha256).order_by(document.c.number).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(statement.where(document.c.state == MADE, document.c.number > after))
            return [(row.number, row.sha256) for row in rows]

    def waiting(self) -> int:
        """How many documents are still to be made."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).where(document.c.state == DUE)).scalar_one()

    @retried
    def retry(self, number: str, now: datetime) -> int:
        """Documents that were set aside (``all``, or the one with this number) are tried again at once; how many."""
        aside: list[Any] = [document.c.state == DUE, document.c.next_try_at.is_(None)]
        if number != "all":
            aside.append(document.c.number == number)
        change = {"tries": 0, "next_try_at": to_text(now)}
        with self._database.write() as connection:
            again = connection.execute(update(document).where(*aside).values(change)).rowcount
        if not again and number != "all":
            raise NotFound("document.not_aside", "没有这份被搁置的文书", "no such document was set aside", number)
        return again
