"""The same engine on PostgreSQL, with a server of the test's own."""

import threading
from collections.abc import Iterator

import pytest

from engine.bootstrap import build_auditor, build_engine
from engine.commands import DecideStep, Outcome
from engine.engine import Engine
from engine.settings import Settings
from engine.store.database import Database
from tests.builders import SECRET, Office, handler_of
from tests.clock import ManualClock
from tests.integration.test_old_states import check_indexes
from tests.postgresql import postgresql, url_of
from tests.rounds import Rounds
from timers.sweep import Swept, sweep


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A PostgreSQL server that ends with the module."""
    with postgresql() as server:
        yield url_of(server)


@pytest.fixture
def engines(url: str, clock: ManualClock) -> Iterator[list[Engine]]:
    """Three engines on one database, built at the same time as three machines would."""
    built: list[Engine] = []
    settings = Settings(database_url=url, secret_key=SECRET)
    threads = [threading.Thread(target=lambda: built.append(build_engine(settings, clock))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 3
    yield built
    assert build_auditor(built[0]).verify().differences == ()
    for engine in built:
        engine.close()


def test_a_case_runs_from_application_to_certificates(engines: list[Engine], clock: ManualClock) -> None:
    office = Office(engines[0], clock)
    closed = office.finish(office.accept("B02"), lambda step: "disagree" if step == "SIGN.decide" else "agree")
    assert closed.outcome == "partly_granted"
    assert build_auditor(engines[0]).rebuild().differences == ()


def test_indexes_of_a_later_release_are_added(url: str, engines: list[Engine]) -> None:
    database = Database(url)
    check_indexes(database)
    database.close()


def test_last_branches_finished_at_the_same_instant_fire_the_join_once(
    engines: list[Engine], clock: ManualClock, rounds: Rounds
) -> None:
    office, last = Office(engines[0], clock), ("VACCERT.review", "BIRTHREG.review")
    for _ in range(rounds(test=10, long=100)):
        case_id = office.accept("B13")
        while rest := sorted(set(office.open(case_id)) - set(last)):
            office.decide(case_id, rest[0])
        results: list[Outcome] = []
        barrier = threading.Barrier(2)

        def decide(engine: Engine, step: str, case_id: str = case_id, results: list[Outcome] = results,
                   barrier: threading.Barrier = barrier) -> None:  # fmt: skip
            task = office.open(case_id)[step]
            barrier.wait()
            results.append(engine.execute(DecideStep(case_id, task.id, "agree"), handler_of(task)))

        threads = [threading.Thread(target=decide, args=pair) for pair in zip(engines[1:], last, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 2
        assert set(office.open(case_id)) == {"B13.deliver"}


def test_two_sweeps_share_the_deadlines(engines: list[Engine], clock: ManualClock) -> None:
    office = Office(engines[0], clock)
    for _ in range(10):
        office.accept("B02")
    clock.advance(days=30)
    swept: list[Swept] = []
    threads = [threading.Thread(target=lambda e=engine: swept.append(sweep(e))) for engine in engines[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(s.fired for s in swept) >= 20
    assert sum(s.failed for s in swept) == 0
    assert sweep(engines[0]) == Swept()
