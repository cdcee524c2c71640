"""Clocks that jump, sleep and change to winter time; alarms in a storm: each due thing fires once and in order."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest
from sqlalchemy import select, update

import timers.scheduler
from bench.offerings import Shape, write_offerings
from engine.bootstrap import build_auditor, build_engine
from engine.clock import system_clock
from engine.commands import SYSTEM, Actor, FireTimer
from engine.engine import Engine
from engine.instants import to_text
from engine.settings import Settings
from engine.store.operations import DueTimer
from engine.store.tables import timer
from tests.builders import SECRET, Office, settings_for
from tests.clock import START, ManualClock
from tests.postgresql import postgresql, url_of
from tests.rounds import Rounds
from timers.scheduler import HEARTBEAT, HEARTBEAT_SECONDS, Alarm
from timers.sweep import sweep

STEPS = Shape("P8", limit="0.01")
"""Eight tasks at once, each due after 4 minutes and 12 seconds of office time."""
PATIENCE = 60.0


@contextmanager
def opened(folder: Path, url: str = "", zone: tzinfo = UTC) -> Iterator[Office]:
    """An office whose deadlines are minutes away, on a machine in ``zone``."""
    processes = folder / "processes"
    processes.mkdir()
    settings = Settings(
        database_url=url or settings_for(folder).database_url, secret_key=SECRET,
        processes=write_offerings(processes, [STEPS]), timer_batch=50,
    )  # fmt: skip
    clock = ManualClock()
    engine = build_engine(settings, lambda: clock().astimezone(zone))
    try:
        yield Office(engine, clock)
        assert build_auditor(engine).verify().differences == ()
    finally:
        engine.close()


@pytest.fixture
def soon(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path) as office:
        yield office


def armed(engine: Engine) -> dict[tuple[str, str], str]:
    """Case and timer of every armed deadline, and when it is due."""
    with engine.store.database.read() as connection:
        rows = connection.execute(select(timer.c.case_id, timer.c.timer_id, timer.c.due_at))
        return {(row.case_id, row.timer_id): row.due_at for row in rows}


class Watched:
    """Notes what an engine fires, in order, and that nothing fires before its time."""

    def __init__(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        self.due = armed(office.engine)
        self.fired: list[tuple[str, str]] = []
        self._clock = office.clock
        self._one, self._many = office.engine.execute, office.engine.fire_together
        monkeypatch.setattr(office.engine, "execute", self.execute)
        monkeypatch.setattr(office.engine, "fire_together", self.fire_together)

    def execute(self, command: FireTimer, actor: Actor) -> None:
        """In place of the engine's own."""
        self._one(command, actor)
        self._note(command.case_id, command.timer_id)

    def fire_together(self, due: Sequence[DueTimer]) -> None:
        """In place of the engine's own."""
        self._many(due)
        for one in due:
            self._note(one.case_id, one.timer_id)

    def _note(self, *deadline: str) -> None:
        assert self.due[deadline[0], deadline[1]] <= to_text(self._clock())
        self.fired.append((deadline[0], deadline[1]))

    def once(self) -> bool:
        """Whether everything fired, and nothing twice."""
        return sorted(self.fired) == sorted(self.due)

    def in_order(self) -> bool:
        """Whether what was due earlier fired earlier."""
        dues = [self.due[one] for one in self.fired]
        return dues == sorted(dues)


def test_after_three_days_asleep_everything_due_fires_once_and_in_order(
    soon: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        soon.accept("P8")
        soon.clock.advance(seconds=30)
    watched = Watched(soon, monkeypatch)
    alarm = Alarm(soon.engine)
    alarm.start()
    assert watched.fired == []
    soon.clock.advance(days=3)
    alarm.look()
    alarm.ring()
    alarm.stop()
    assert len(watched.fired) == 40
    assert watched.once()
    assert watched.in_order()


@pytest.mark.parametrize("change", ["2026-11-01T06:00:00Z", "2026-03-08T07:00:00Z"], ids=["back", "forward"])
def test_an_hour_that_comes_twice_or_never_fires_each_deadline_once_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    middle = datetime.fromisoformat(change)
    with opened(tmp_path, zone=ZoneInfo("America/New_York")) as office:
        for _ in range(3):
            office.accept("P8")
        with office.engine.store.database.write() as connection:  # the night in which the clocks of New York change
            for number, (case_id, name) in enumerate(armed(office.engine)):
                due = to_text(middle + timedelta(minutes=10 * (number - 12)))
                row = (timer.c.case_id == case_id, timer.c.timer_id == name)
                connection.execute(update(timer).where(*row).values(due_at=due))
        watched, alarm, counts = Watched(office, monkeypatch), Alarm(office.engine), []
        for minutes in range(-130, 130, 20):
            office.clock.set(middle + timedelta(minutes=minutes))
            alarm.look()
            counts.append(len(watched.fired))
        assert counts == list(range(0, 26, 2)), "two in twenty minutes, whatever the clock on the wall shows"
        office.clock.advance(minutes=20)
        alarm.look()
        assert watched.once()
        assert watched.in_order()
        with office.engine.store.database.write() as connection:
            assert connection.execute(select(timer)).all() == []


def jump(office: Office, rng: random.Random) -> None:
    """Something that happens to a machine: time passes, its clock is set, a sweep runs, or dies with what it leased."""
    match rng.randrange(5):
        case 0:
            office.clock.advance(seconds=rng.uniform(0, 200))
        case 1:
            office.clock.advance(hours=rng.uniform(-72, 72))
        case 2:
            office.clock.advance(seconds=rng.uniform(-5, 5))
        case 3:
            office.engine.lease(rng.randrange(1, 5))
        case _:
            sweep(office.engine)


def test_a_clock_set_to_and_fro_while_sweeps_die_fires_each_deadline_once_and_none_early(
    soon: Office, monkeypatch: pytest.MonkeyPatch, rounds: Rounds, request: pytest.FixtureRequest
) -> None:
    rng = random.Random(request.config.getoption("randomly_seed", 0))
    for _ in range(rounds(test=15, long=300)):
        soon.clock.set(START)
        for _ in range(2):
            soon.accept("P8")
            soon.clock.advance(seconds=rng.uniform(0, 100))
        with monkeypatch.context() as patches:
            watched = Watched(soon, patches)
            for _ in range(rng.randrange(12)):
                jump(soon, rng)
            while (due := soon.engine.due()) is not None:
                soon.clock.set(max(soon.clock(), due) + timedelta(seconds=1))
                sweep(soon.engine)
            assert watched.once()
    assert soon.engine.timers.set_aside() == []


def until(true: Callable[[], bool]) -> bool:
    """Waits for something another thread does."""
    begun, pause = system_clock(), threading.Event()
    while not true() and system_clock() - begun < timedelta(seconds=PATIENCE):
        pause.wait(0.05)
    return true()


class SetBack(datetime):
    """The machine's clock an hour earlier."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return system_clock().astimezone(tz) - timedelta(hours=1)


def test_an_alarm_whose_machine_is_set_back_by_an_hour_does_not_wait_that_hour(
    soon: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # APScheduler counts by the machine's clock: its jobs, the heartbeat among them, would have slept for an hour.
    soon.accept("P8")
    alarm = Alarm(soon.engine)
    alarm.start()
    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval):
        monkeypatch.setattr(module, "datetime", SetBack)
    monkeypatch.setattr(timers.scheduler, "system_clock", lambda: SetBack.now(UTC))

    def beats() -> Any:
        return alarm._scheduler.get_job(HEARTBEAT).next_run_time

    assert until(lambda: beats() < system_clock()), "the heartbeat follows the clock"
    assert beats() < SetBack.now(UTC) + timedelta(seconds=1.3 * HEARTBEAT_SECONDS)
    soon.clock.advance(minutes=5)
    assert until(lambda: soon.engine.due() is None)
    alarm.stop()


def storm(offices: list[Office], deadlines: int) -> None:
    """Deadlines of one instant, and an alarm for each office on the same database."""
    clock = offices[0].clock
    for _ in range(deadlines // 8):
        offices[0].accept("P8")
    alarms = [Alarm(office.engine) for office in offices]
    for alarm in alarms:
        alarm.start()
    clock.advance(minutes=5)
    for office in offices[1:]:
        office.clock.advance(minutes=5)
    assert until(lambda: offices[0].engine.due() is None)
    for alarm in alarms:
        alarm.stop()
    engine = offices[0].engine
    kinds = [e.kind for c in engine.store.case_ids() for e in engine.read.case(c, SYSTEM).entries]
    assert kinds.count("StepEscalated") == deadlines
    told = [n for n in _notices(engine, deadlines) if n["template"] == "step_overdue"]
    assert len(told) == deadlines


def _notices(engine: Engine, limit: int) -> list[dict[str, Any]]:
    departments = engine.deployments.catalogue.departments
    role = frozenset({"section_head"})
    return [notice for one in departments for notice in engine.outbox.notices_for(one, role, limit)]


def test_of_many_simultaneous_deadlines_one_alarm_loses_none(soon: Office, rounds: Rounds) -> None:
    storm([soon], rounds(test=200, long=1000, sample=1000))


def test_of_many_simultaneous_deadlines_two_alarms_fire_none_twice(soon: Office, rounds: Rounds) -> None:
    other = build_engine(soon.engine.settings, soon.clock)
    storm([soon, Office(other, ManualClock())], rounds(test=200, long=1000, sample=1000))
    other.close()


def test_an_earlier_deadline_wakes_whoever_listens_on_postgresql_and_a_later_one_does_not(tmp_path: Path) -> None:
    with postgresql() as server, opened(tmp_path, url_of(server)) as office:
        wakeups = office.engine.timers.wakeups()
        assert not wakeups.wait(0.1)
        office.accept("P8")
        assert wakeups.wait(5)
        office.clock.advance(minutes=1)
        office.accept("P8")
        assert not wakeups.wait(0.3), "the alarm is set to an earlier one already"
        office.clock.advance(minutes=10)
        for one in armed(office.engine):  # fires what is due; then the next new deadline is the earliest again
            office.engine.execute(FireTimer(*one), SYSTEM)
        office.accept("P8")
        assert wakeups.wait(5)
        server.stop()
        assert not wakeups.wait(0.1)
        server.start()
        assert wakeups.wait(5), "something may have been written meanwhile"
        wakeups.close()
        assert not wakeups.wait(5)
