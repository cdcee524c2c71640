"""Timer processes killed at random while deadlines come due, the database restarted under them: each fires once."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.offerings import Shape, write_offerings
from engine.bootstrap import build_auditor, build_engine
from engine.clock import system_clock
from engine.commands import SYSTEM
from engine.engine import Engine
from engine.instants import to_text
from engine.settings import Settings
from tests.builders import SECRET, Office, settings_for
from tests.chaos import timekeeper
from tests.clock import START, ManualClock
from tests.forked import Forked
from tests.postgresql import postgresql, url_of
from tests.rounds import Rounds

log = logging.getLogger(__name__)
SHAPE = Shape("P8", limit="0.0002")
"""Eight tasks side by side, each due five seconds after it was opened."""
SPAN = 4
"""Half of the cases come due at one instant, the others in the course of so many seconds."""
PATIENCE = 600


@dataclass
class Keepers:
    """Timer processes over one database; whoever is killed, or could not start without its database, is replaced."""

    settings: Settings
    folder: Path
    count: int
    rng: random.Random
    killed: int = 0
    running: list[Forked] = field(default_factory=list)

    def start(self) -> None:
        """All of them, with the clock of the applications: their first deadline lies some seconds ahead."""
        self._ahead = (START - system_clock()).total_seconds()
        self.running = [self._one() for _ in range(self.count)]

    def _one(self) -> Forked:
        settings = replace(self.settings, lease_seconds=2, timer_batch=40)
        return Forked.start(timekeeper.main, settings, self._ahead, said=self.folder / "keeper.out")

    def wait_until_ready(self) -> None:
        """All have swept once."""
        for keeper in self.running:
            keeper.wait()

    def kill_one(self) -> None:
        """``kill -9``; a new one takes its place."""
        self._replace(self.rng.randrange(self.count))
        self.killed += 1
        for number, keeper in enumerate(self.running):
            if not keeper.process.is_alive():
                self._replace(number)

    def _replace(self, number: int) -> None:
        self.running[number].end()
        self.running[number] = self._one()

    def end(self) -> None:
        """Nobody is left."""
        for keeper in self.running:
            keeper.end()


@contextmanager
def opened(url: str, folder: Path) -> Iterator[tuple[Engine, Settings]]:
    processes = folder / "processes"
    processes.mkdir()
    settings = Settings(database_url=url, processes=write_offerings(processes, [SHAPE]), secret_key=SECRET)
    engine = build_engine(settings, ManualClock())
    try:
        yield engine, settings
    finally:
        engine.close()


def take_in(engine: Engine, deadlines: int) -> dict[tuple[str, str], str]:
    """Cases with together so many deadlines, half of them at one instant; each deadline with its due instant."""
    clock = ManualClock()
    engine.clock = clock
    office, cases, due = Office(engine, clock), deadlines // 8, {}
    for number in range(cases):
        clock.set(START + timedelta(seconds=max(0.0, SPAN * (2 * number / cases - 1))))
        case_id = office.accept(SHAPE.code)
        due.update({(case_id, timer.id): timer.due_at for timer in office.case(case_id).timers.values()})
    assert len(due) == deadlines
    return due


def torment(keepers: Keepers, engine: Engine, every: float, restart: Callable[[], None]) -> None:
    """Kills one process after another until no deadline is left; the third finds its database restarted."""
    pause, begun = threading.Event(), system_clock()
    while engine.due() is not None or keepers.killed < 4:
        pause.wait(every)
        keepers.kill_one()
        if keepers.killed == 3:
            restart()
        assert system_clock() - begun < timedelta(seconds=PATIENCE), engine.timers.set_aside()


def check(engine: Engine, due: dict[tuple[str, str], str]) -> None:
    """Each deadline is in the journal once, not before its time, and its section head was told once."""
    fired: Counter[tuple[str, str]] = Counter()
    for case_id in engine.store.case_ids():
        for entry in engine.read.case(case_id, SYSTEM).entries:
            if entry.kind == "StepEscalated":
                deadline = (case_id, entry.facts["timer"])
                fired[deadline] += 1
                assert to_text(entry.instant) >= due[deadline], "a deadline fired before its time"
    assert set(fired) == set(due), "a deadline never fired"
    assert max(fired.values()) == 1, "a deadline fired twice"
    assert engine.timers.set_aside() == []
    told = Counter(
        (notice["case_id"], f"{notice['task_id']}:1")
        for department in {task.department for case in engine.store.case_ids() for task in _tasks(engine, case)}
        for notice in engine.outbox.notices_for(department, frozenset({"section_head"}), limit=len(due))
        if notice["template"] == "step_overdue"
    )
    assert told == fired
    assert build_auditor(engine).verify().differences == ()


def _tasks(engine: Engine, case_id: str) -> list[Any]:
    return engine.read.case(case_id, SYSTEM).case.open_tasks()


def fire_all(keepers: Keepers, engine: Engine, deadlines: int, restart: Callable[[], None], every: float) -> None:
    due = take_in(engine, deadlines)
    keepers.start()
    try:
        keepers.wait_until_ready()
        begun = system_clock()
        torment(keepers, engine, every, restart)
        log.info("%d deadlines, %d kills, %s", deadlines, keepers.killed, system_clock() - begun)
    finally:
        keepers.end()
    engine.clock = lambda: START + timedelta(hours=1)
    while engine.outbox.deliver_in_app(engine.clock()):  # what the last one killed had not delivered
        pass
    check(engine, due)


def seeded(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.config.getoption("randomly_seed", 0))


@pytest.mark.chaos
def test_four_processes_killed_and_postgresql_restarted_fire_each_deadline_once(
    tmp_path: Path, rounds: Rounds, request: pytest.FixtureRequest
) -> None:
    restarts: list[str] = []
    with postgresql() as server, opened(url_of(server), tmp_path) as (engine, settings):

        def restart() -> None:
            server.stop()
            server.start()
            restarts.append(url_of(server))

        keepers = Keepers(settings, tmp_path, 4, seeded(request))
        fire_all(
            keepers, engine, rounds(test=160, sample=400, long=2000), restart, every=rounds(test=1, long=2, sample=2)
        )
        assert restarts == [settings.database_url], "it came back where it was"


@pytest.mark.chaos
def test_two_processes_killed_on_sqlite_fire_each_deadline_once(
    tmp_path: Path, rounds: Rounds, request: pytest.FixtureRequest
) -> None:
    url = settings_for(tmp_path).database_url
    with opened(url, tmp_path) as (engine, settings):
        keepers = Keepers(settings, tmp_path, 2, seeded(request))
        deadlines = rounds(test=160, sample=400, long=2000)
        fire_all(keepers, engine, deadlines, lambda: None, every=rounds(test=1, long=2, sample=2))
