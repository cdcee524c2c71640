"""Engines, people and cases for tests, built the way the product builds them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from cli.demo_cases import received_materials, sample_form
from engine.bootstrap import build_auditor
from engine.case.state import Case, Task
from engine.commands import SYSTEM, AcceptCase, Actor, DecideStep, DeliverResults, Outcome, SubmitCase
from engine.engine import Engine
from engine.settings import Settings
from engine.store.tables import metadata
from tests.clock import ManualClock
from tests.quick import quick_engine

CLERK = Actor("window1", "window", frozenset({"window_clerk"}))
SECRET = "a secret of the tests"


def settings_for(folder: Path, **changes: object) -> Settings:
    """Settings over a SQLite file in ``folder``."""
    values: dict[str, object] = {
        "database_url": f"sqlite:///{folder / 'binglian.db'}", "secret_key": SECRET, **changes,
    }  # fmt: skip
    return Settings(**values)  # type: ignore[arg-type]


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with engine.store.database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))] for table in metadata.sorted_tables
        }


def handler_of(task: Task, name: str = "") -> Actor:
    """Somebody who may handle a task."""
    return Actor(name or f"{task.department}1", task.department, frozenset({task.role}))


@dataclass
class Office:
    """An engine with a clock that stands still, and short words for what people do with it."""

    engine: Engine
    clock: ManualClock
    cases: list[str] = field(default_factory=list)

    def submit(self, code: str, answers: Mapping[str, str] | None = None, key: str = "") -> Outcome:
        """An application with everything handed in."""
        offering = self.engine.deployments.catalogue.offering(code)
        form = sample_form(offering, answers)
        materials = received_materials(self.engine, offering, form)
        outcome = self.engine.execute(SubmitCase(code, form, materials, key), CLERK)
        self.cases.append(outcome.case_id)
        return outcome

    def accept(self, code: str, answers: Mapping[str, str] | None = None) -> str:
        """A case in progress; returns its id."""
        case_id = self.submit(code, answers).case_id
        self.engine.execute(AcceptCase(case_id), CLERK)
        return case_id

    def case(self, case_id: str) -> Case:
        """The case as stored."""
        return self.engine.read.case(case_id, SYSTEM).case

    def open(self, case_id: str) -> dict[str, Task]:
        """Open tasks by step."""
        return {task.step: task for task in self.case(case_id).open_tasks()}

    def decide(self, case_id: str, step: str, decision: str = "agree", opinion: str = "意见") -> Outcome:
        """Somebody entitled decides an open step (delivery included)."""
        task = self.open(case_id)[step]
        if task.act == "deliver":
            return self.engine.execute(DeliverResults(case_id, task.id, "window"), handler_of(task))
        return self.engine.execute(DecideStep(case_id, task.id, decision, opinion), handler_of(task))

    def finish(
        self, case_id: str, decision: Callable[[str], str] = lambda step: "agree",
        choose: Callable[[list[str]], str] = min,
    ) -> Case:  # fmt: skip
        """Decides everything until the case is closed; ``choose`` picks the next of the open steps."""
        while steps := sorted(self.open(case_id)):
            step = choose(steps)
            self.decide(case_id, step, decision(step))
        return self.case(case_id)


@contextmanager
def opened_office(folder: Path, clock: ManualClock | None = None, **settings: object) -> Iterator[Office]:
    """An office over a new database; when it closes, every case must verify without a difference."""
    clock = clock or ManualClock()
    engine = quick_engine(settings_for(folder, **settings), clock)
    try:
        yield Office(engine, clock)
        report = build_auditor(engine).verify()
        assert report.differences == (), report.differences
    finally:
        engine.close()
