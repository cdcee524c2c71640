"""kill -9 at a random instant while four processes decide: every acknowledged decision is there, none twice."""

import logging
import random
import signal
import threading
from collections import Counter
from pathlib import Path

import pytest

from engine.bootstrap import build_auditor, build_engine
from engine.commands import SYSTEM, AcceptCase
from tests.builders import CLERK, Office, settings_for
from tests.chaos import worker
from tests.clock import ManualClock
from tests.forked import Forked, errors_of
from tests.rounds import Rounds

log = logging.getLogger(__name__)
WORKERS = 4


def start(folder: Path, name: str, seed: int) -> Forked:
    """One that decides."""
    url, acks = settings_for(folder).database_url, folder / f"{name}.acks"
    return Forked.start(worker.main, url, acks, name, seed, said=folder / f"{name}.out")


def run_and_kill(folder: Path, rng: random.Random) -> None:
    """Starts four processes, waits until all decide, kills each at an instant of its own."""
    workers = [start(folder, f"w{n}", rng.randrange(2**31)) for n in range(WORKERS)]
    for one in workers:
        one.wait()
    waiting = threading.Event()
    for one in rng.sample(workers, WORKERS):
        waiting.wait(rng.uniform(0, 0.25))
        assert one.process.is_alive(), "a worker ended by itself: " + errors_of(one.said).read_text()
        one.process.kill()
    for one in workers:
        one.end()
        assert one.process.exitcode == -signal.SIGKILL


def acknowledged(folder: Path) -> Counter[str]:
    """Whole lines only: a line cut by the kill was not acknowledged to anybody."""
    lines: Counter[str] = Counter()
    for file in folder.glob("*.acks"):
        lines.update(line.strip() for line in file.read_text().splitlines(keepends=True) if line.endswith("\n"))
    return lines


def decided(office: Office) -> Counter[str]:
    """Every decision in the journals."""
    lines: Counter[str] = Counter()
    for case_id in office.engine.store.case_ids():
        for entry in office.engine.read.case(case_id, SYSTEM).entries:
            if entry.kind in {"StepDecided", "ResultsDelivered"}:
                lines[f"{case_id} {entry.facts['task']} {entry.actor}"] += 1
    return lines


@pytest.mark.chaos
def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(
    tmp_path: Path, rounds: Rounds, request: pytest.FixtureRequest
) -> None:
    rng = random.Random(request.config.getoption("randomly_seed", 0))
    office = Office(build_engine(settings_for(tmp_path)), ManualClock())
    for code in ("B01", "B02", "B13"):
        office.submit(code)
    auditor = build_auditor(office.engine)
    for _ in range(rounds(test=5, long=50)):
        run_and_kill(tmp_path, rng)
        some = rng.sample(office.engine.store.case_ids(), 3)
        assert auditor.verify(some).differences == ()
    journals, acks = decided(office), acknowledged(tmp_path)
    assert acks.total() > 10, "the workers decided something before they were killed"
    assert not acks - journals, "an acknowledged decision is missing"
    assert max(journals.values()) == 1, "a decision happened twice"
    assert auditor.verify().differences == ()
    for case_id in office.engine.store.case_ids():
        if office.case(case_id).status == "submitted":
            office.engine.execute(AcceptCase(case_id), CLERK)
        assert office.finish(case_id).status == "closed"
    report = auditor.verify()
    assert report.differences == ()
    log.info("%d cases, %d entries, %d acknowledged decisions", report.cases, report.entries, acks.total())
    office.engine.close()
