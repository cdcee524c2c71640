"""``make bench-timers``: what it costs to fire deadlines, beside the bounds that are wanted.

N open deadlines, 1,000 of them due in the same minute: the time until all have fired exactly once, journal and notices
included, as a ratio to a plain sweep and to the naive design in the same run; what waiting costs; how late they fire.
"""

import argparse
import gc
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Event

from bench.contestants import psycopg_connection, sqlite_connection
from bench.figures import Figure, Sample, as_json, rotate, table, timed
from bench.offerings import LOOP, P8, Shape, write_offerings
from bench.office import Cases, postgresql
from bench.timer_contestants import DUE, FAR, Naive, Plain, durable, fill, hurried
from engine.bootstrap import build_engine
from engine.clock import system_clock
from engine.commands import SYSTEM
from engine.engine import Engine
from engine.instants import from_text, to_text
from engine.settings import Settings
from timers.scheduler import Alarm
from timers.sweep import deliver, sweep

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a working day in Beijing."""
BOUNDS = {"SQLite": 8.0, "PostgreSQL": 3.0}
SOON = Shape("SOON", blocks=0, loop=True, limit="0.0002")
"""One open task, due five seconds after it was opened."""
COUNTS = (10_000, 100_000, 1_000_000)
KB = 1000


class ShiftedClock:
    """The machine's clock, some time ahead or behind."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """The instant, aware, in UTC."""
        return system_clock() + self.ahead

    def set(self, instant: datetime) -> None:
        """From now on it is ``instant`` and later."""
        self.ahead = instant - system_clock()


@dataclass
class Site:
    """An engine over a database with ``count`` open deadlines far ahead."""

    name: str
    engine: Engine
    clock: ShiftedClock
    count: int


@contextmanager
def site(name: str, url: str, processes: Path, count: int) -> Iterator[Site]:
    """A new installation; the deadlines far ahead are rows of cases that are not there."""
    clock = ShiftedClock()
    clock.set(MONDAY)
    engine = build_engine(Settings(database_url=url, processes=processes, secret_key="for measuring"), clock)
    filling = durable(url)
    fill(filling, "timer", ["{id}", "'2.1:1'", "1", ":due"], count, due=to_text(FAR))
    filling.dispose()
    try:
        yield Site(name, engine, clock, count)
    finally:
        engine.close()


class Ours:
    """Deadlines of whole cases: a journal entry, the state, the task, the outbox and the inbox for each."""

    def __init__(self, place: Site, shape: Shape, per_case: int) -> None:
        self._place = place
        self._cases = Cases(place.engine, shape)
        self._number = DUE // per_case
        place.clock.ahead += timedelta(days=10)
        self._sweep()  # what the cases were learnt from leaves open

    def fire(self) -> Sample:
        """A round: all that is due; ValueError unless each fired once."""
        with hurried(self._place.engine.store.database.engine):
            for _ in range(self._number):
                self._cases.accepted()
            deliver(self._place.engine)
        self._place.clock.ahead += timedelta(days=10)
        fired: list[int] = []
        sample = timed(lambda: fired.append(self._sweep()), 1)
        if fired != [DUE]:
            raise ValueError(f"{fired} deadlines fired, not {DUE}")
        return sample

    def _sweep(self) -> int:
        swept = sweep(self._place.engine)
        deliver(self._place.engine)
        return swept.fired


def firing(place: Site, folder: Path, rounds: int) -> Iterator[Figure]:
    """All contestants in one rotation, by the clock on the wall."""
    server = place.name == "PostgreSQL"
    url = str(place.engine.settings.database_url)
    aside = url if server else f"sqlite:///{folder / f'plain{place.count}.db'}"
    connection = psycopg_connection(url) if server else sqlite_connection(folder / f"plain{place.count}.db", "FULL")
    naive = Naive(url if server else f"sqlite:///{folder / f'naive{place.count}.db'}", place.count)
    with closing(connection), closing(naive):
        contestants = {
            "ours, 1,000 cases": Ours(place, LOOP, 1).fire,
            "ours, 125 cases of 8": Ours(place, P8, 8).fire,
            "plain": Plain(aside, connection, place.count).fire,
            "naive": naive.fire,
        }
        medians = rotate(contestants, rounds)
    where = f"{place.name}, {place.count:,}"
    for name, sample in medians.items():
        yield Figure("firing", f"{where}: {name}", sample.wall, "s", note=f"CPU {sample.cpu:.2f} s")
    for ours in ("ours, 1,000 cases", "ours, 125 cases of 8"):
        plain, other = medians[ours].wall / medians["plain"].wall, medians[ours].wall / medians["naive"].wall
        yield Figure("firing", f"{where}: {ours} / plain", plain, most=BOUNDS[place.name])
        yield Figure("firing", f"{where}: {ours} / naive", other, most=1)


@dataclass(frozen=True)
class Idle:
    """What an alarm costs that has nothing to do: seconds to start, CPU seconds per second, bytes it holds."""

    start: float
    cpu: float
    memory: int


def idle(place: Site, seconds: int) -> Idle:
    """Starts an alarm and lets it wait; a first one, which loads what is loaded once, does not count."""
    first = Alarm(place.engine)
    first.start()
    first.stop()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    alarm, begun = Alarm(place.engine), time.perf_counter()
    alarm.start()
    started = time.perf_counter() - begun
    try:
        Event().wait(2)
        gc.collect()
        memory = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        cpu = time.process_time()
        Event().wait(seconds)
        cpu = (time.process_time() - cpu) / seconds
    finally:
        alarm.stop()
    return Idle(started, cpu, memory)


def lag(place: Site, deadlines: int) -> Iterator[Figure]:
    """How late deadlines fire that come due one after another, five in a second, while nothing else goes on."""
    cases, begun = Cases(place.engine, SOON), place.clock() + timedelta(days=14)
    place.clock.set(begun)
    sweep(place.engine)  # what the cases were learnt from leaves open
    numbers = []
    for number in range(deadlines):
        place.clock.set(begun + timedelta(seconds=number / 5))
        numbers.append(cases.accepted())
    place.clock.set(begun)
    alarm = Alarm(place.engine)
    alarm.start()
    Event().wait(deadlines / 5 + 8)
    alarm.stop()
    late = quantiles([_late(place.engine, case_id) for case_id in numbers], n=100)
    for percent, most in ((50, None), (99, 2.0)):
        yield Figure("lag", f"{place.name}: p{percent} from due to fired", late[percent - 1], "s", most=most)


def _late(engine: Engine, case_id: str) -> float:
    view = engine.read.case(case_id, SYSTEM)
    (entry,) = [entry for entry in view.entries if entry.kind == "StepEscalated"]
    (task,) = [task for task in view.case.open_tasks() if task.escalation]
    return (entry.instant - from_text(str(task.due_at))).total_seconds()


def waiting(name: str, idles: dict[int, Idle]) -> Iterator[Figure]:
    """What waiting costs, and whether that grows with the number of open deadlines."""
    for count, one in idles.items():
        note = f"start {one.start * 1000:.0f} ms, {one.memory / KB:.0f} kB"
        yield Figure("idle", f"{name}, {count:,}: CPU while idle", one.cpu * 100, "%", note=note)
    few, many = (idles[count] for count in (min(idles), max(idles)))
    yield Figure("idle", f"{name}: idle CPU, most / fewest deadlines", many.cpu / few.cpu, most=1.5)
    more = (many.memory - few.memory) / KB
    yield Figure("idle", f"{name}: memory, most - fewest deadlines", more, "kB", most=50)
    yield Figure("idle", f"{name}: start, most / fewest deadlines", many.start / few.start, most=2)


def measure(names: Sequence[str], counts: Sequence[int], quick: bool) -> Iterator[Figure]:
    """Everything, on these databases, with so many open deadlines."""
    for name in names:
        idles: dict[int, Idle] = {}
        for count in counts:
            print(f"{name}, {count:,} open deadlines …", file=sys.stderr, flush=True)
            with TemporaryDirectory(prefix="bench-") as text, database(name, Path(text)) as url:
                folder = Path(text)
                (folder / "processes").mkdir()
                processes = write_offerings(folder / "processes", (P8, LOOP, SOON))
                with site(name, url, processes, count) as place:
                    idles[count] = idle(place, 5 if quick else 10)
                    yield from firing(place, folder, 2 if quick else 3)
                    if count == max(counts):
                        yield from lag(place, 50 if quick else 150)
        if len(idles) > 1:
            yield from waiting(name, idles)


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The URL of a new database."""
    if name == "SQLite":
        yield f"sqlite:///{folder / 'ours.db'}"
    else:
        with postgresql(folder) as url:
            yield url


def main(arguments: Sequence[str]) -> None:
    """Prints the table, or JSON."""
    options = argparse.ArgumentParser(prog="python -m bench.timers", description=__doc__)
    options.add_argument("--quick", action="store_true", help="not with a million deadlines, and fewer rounds")
    options.add_argument("--open", action="append", type=int, help="open deadlines; may be repeated")
    options.add_argument("--only", choices=list(BOUNDS), help="one of the databases")
    options.add_argument("--json", action="store_true", help="figures for a program")
    given = options.parse_args(arguments)
    figures = []
    counts = given.open or COUNTS[: 2 if given.quick else 3]
    for figure in measure([given.only] if given.only else list(BOUNDS), counts, given.quick):
        figures.append(figure)
        print(table([figure]).splitlines()[1], file=sys.stderr, flush=True)
    print(as_json(figures) if given.json else table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
