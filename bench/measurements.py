"""The measurements: each a function of the bench that gives its figures."""

import gc
import os
import sqlite3
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median

from bench.contestants import Bare, Naive, Raw, psycopg_connection, sqlite_connection
from bench.converting import LARGEST
from bench.converting import converting as conversions
from bench.dispatching import figures as dispatched
from bench.figures import Figure, Sample, rotate, timed
from bench.offerings import LOOP, ONE_BLOCK, P8, THREE_BLOCKS, WIDE, Shape, diagram
from bench.office import Cases, opened, postgresql
from bench.workers import Workers
from engine.bootstrap import build_auditor
from engine.commands import AcceptCase, Actor, DecideStep
from engine.engine import Engine
from engine.runtime import Flow, FlowSpecs

MS, KB = 1000.0, 1000


@dataclass
class Bench:
    """One run: a folder for databases, the processes folder, and whether it should be short."""

    folder: Path
    processes: Path
    quick: bool = False
    _databases: int = field(default=0, init=False)

    def count(self, full: int, quick: int) -> int:
        """How many rounds or cases."""
        return quick if self.quick else full

    def file(self) -> Path:
        """A new database file."""
        self._databases += 1
        return self.folder / f"{self._databases}.db"

    def url(self) -> str:
        """The URL of a new SQLite database."""
        return f"sqlite:///{self.file()}"


def completion(bench: Bench) -> Iterator[Figure]:
    """CPU per completion of ours, bare, raw and naive on three databases, all in one rotation."""
    with (
        postgresql(bench.folder) as server,
        opened(bench.url(), bench.processes) as full,
        opened(bench.url(), bench.processes, synchronous="NORMAL") as normal,
        opened(server, bench.processes) as shared,
    ):
        cases = {"SQLite FULL": Cases(full, P8), "SQLite NORMAL": Cases(normal, P8), "PostgreSQL": Cases(shared, P8)}
        bare = {where: Bare(one) for where, one in cases.items()}
        raw = {where: sqlite_connection(bench.file(), where.split()[1]) for where in ("SQLite FULL", "SQLite NORMAL")}
        naive = {where: sqlite_connection(bench.file(), where.split()[1]) for where in raw}
        bare_of_data = {where: sqlite_connection(bench.file(), where.split()[1]) for where in raw}
        contestants: dict[str, Callable[[], Sample]] = {}
        for where, one in cases.items():
            contestants[f"{where}: ours"] = one.completions
            contestants[f"{where}: bare"] = bare[where].completions
            connection = raw[where] if where in raw else psycopg_connection(server)
            contestants[f"{where}: raw"] = Raw(connection, P8.completions).completions
            if where in naive:
                contestants[f"{where}: naive"] = Naive(naive[where], P8).completions
                contestants[f"{where}: naive, no data"] = Naive(bare_of_data[where], P8, data=False).completions
        medians = rotate(contestants, bench.count(40, 8))
        yield from _costs(medians, {where: one.statements for where, one in bare.items()})
        yield from _ratios(medians)


def _costs(medians: Mapping[str, Sample], statements: Mapping[str, float]) -> Iterator[Figure]:
    for name, sample in medians.items():
        where, _, who = name.partition(": ")
        note = f"{sample.wall * MS:.2f} ms by the clock"
        if who == "bare":
            note += f", {statements[where]:.1f} statements"
        yield Figure("completion", f"{name}, CPU per completion", sample.cpu * MS, "ms", note=note)


_BOUNDS = (("bare", 2.0), ("raw", 4.0), ("naive", 0.1), ("naive, no data", None))


def _ratios(medians: Mapping[str, Sample]) -> Iterator[Figure]:
    for name, sample in medians.items():
        where, _, who = name.partition(": ")
        for other, most in _BOUNDS if who == "ours" else ():
            if f"{where}: {other}" in medians:
                ratio = sample.cpu / medians[f"{where}: {other}"].cpu
                yield Figure("completion", f"{where}: ours / {other}", ratio, most=most)


def start(bench: Bench) -> Iterator[Figure]:
    """Opening all branches of a case, in completions of the same shape."""
    with opened(bench.url(), bench.processes) as engine:
        cases = Cases(engine, P8)
        turns = {
            "accept": cases.acceptance, "complete": cases.completions,
            "submit": lambda: timed(cases.submit, 1),
        }  # fmt: skip
        medians = rotate(turns, bench.count(40, 8))
    one = medians["complete"].cpu
    note = "the command AcceptCase: clocks, 8 tasks with their due dates and timers, journal, commit"
    yield Figure("start", "start of a case, in completions", medians["accept"].cpu / one, most=3, note=note)
    yield Figure("start", "registration before it, in completions", medians["submit"].cpu / one, note="SubmitCase")


def workers(bench: Bench) -> Iterator[Figure]:
    """Two worker processes on different cases against one, on PostgreSQL."""
    with postgresql(bench.folder) as server:
        with opened(server, bench.processes):
            pass  # the tables are there before the workers look for them
        both = Workers(server, bench.processes)
        try:
            alone, together = both.gain(bench.count(30, 10), bench.count(7, 3))
        finally:
            both.close()
    note = f"{alone:.0f} and {together:.0f} completions/s, server included, on {os.cpu_count()} cores"
    yield Figure("workers", "two workers / one, PostgreSQL", together / alone, "×", least=1.6, note=note)


def storage(bench: Bench) -> Iterator[Figure]:
    """What one finished case leaves in the database file: all tables, indexes, pages."""
    count, file = bench.count(300, 200), bench.file()
    with opened(f"sqlite:///{file}", bench.processes) as engine:
        cases = Cases(engine, P8)
        empty = _kept(file)
        for _ in range(count):
            case_id = cases.accepted()
            cases.carry_out(cases.orders(case_id))
            cases.deliver(case_id)
        kept = (_kept(file) - empty) / count
        parts = _tables(file, count + 1)
    note = f"{count} cases; " + ", ".join(f"{name} {size / KB:.1f}" for name, size in parts[:6])
    yield Figure("storage", "kept per finished case, SQLite", kept / KB, "kB", most=12, note=note)


def _kept(file: Path) -> int:
    """Bytes of the database file once the write-ahead log is in it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
        return int(pages * size)


def _tables(file: Path, count: int) -> list[tuple[str, float]]:
    """Bytes per case of each table with its indexes, largest first; empty where SQLite cannot tell."""
    with closing(sqlite3.connect(file)) as connection:
        try:
            rows = connection.execute(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name "
                "WHERE m.tbl_name <> 'deployment' GROUP BY 1 ORDER BY 2 DESC"
            ).fetchall()
        except sqlite3.OperationalError:
            return []
    return [(name, size / count) for name, size in rows]


def _compared(bench: Bench, small: tuple[Shape, int], large: tuple[Shape, int], rounds: int) -> tuple[Sample, Sample]:
    """Completions of two kinds of cases (shape, bytes of data), each on a database of its own."""
    with opened(bench.url(), bench.processes) as one, opened(bench.url(), bench.processes) as other:
        turns = {"small": Cases(one, *small).completions, "large": Cases(other, *large).completions}
        medians = rotate(turns, rounds)
    return medians["small"], medians["large"]


def branches(bench: Bench) -> Iterator[Figure]:
    """A completion of a case with 200 branches against one with 8."""
    few, many = _compared(bench, (P8, 200), (WIDE, 200), bench.count(7, 2))
    note = f"{few.cpu * MS:.2f} and {many.cpu * MS:.2f} ms, mean over a whole case"
    yield Figure("branches", "200 branches / 8, per completion", many.cpu / few.cpu, most=3, note=note)


def blocks(bench: Bench) -> Iterator[Figure]:
    """A completion of a case with three parallel blocks one after the other against one block."""
    one, three = _compared(bench, (ONE_BLOCK, 200), (THREE_BLOCKS, 200), bench.count(20, 5))
    note = f"{one.cpu * MS:.2f} and {three.cpu * MS:.2f} ms, mean over a whole case"
    yield Figure("blocks", "three blocks of 16 / one, per completion", three.cpu / one.cpu, most=2, note=note)


def data(bench: Bench) -> Iterator[Figure]:
    """A completion of a case with 50 kB of data against 1 kB."""
    little, much = _compared(bench, (P8, KB), (P8, 50 * KB), bench.count(40, 8))
    note = f"{little.cpu * MS:.2f} and {much.cpu * MS:.2f} ms"
    yield Figure("data", "50 kB of case data / 1 kB, per completion", much.cpu / little.cpu, most=1.5, note=note)


def rework(bench: Bench) -> Iterator[Figure]:
    """A loop in which a check refuses again and again: the last rounds against the first."""
    rounds = bench.count(10_000, 1_000)
    first, last = _first_and_last(_flow_rounds(rounds), 100)
    note = f"{first * MS:.3f} and {last * MS:.3f} ms per round of two completions, state dumped after each"
    yield Figure("rework", f"{rounds} rework rounds, runtime, last / first", last / first, most=2, note=note)
    rounds = bench.count(10_000, 500)
    with opened(bench.url(), bench.processes) as engine:
        cases = Cases(engine, LOOP)
        short, long = cases.submit(), cases.submit()
        many = _engine_rounds(cases, long, rounds)
        list(islice(many, rounds - 50))
        turns = list(zip(_engine_rounds(cases, short, 50), many, strict=True))
        first, last = (median(times) for times in zip(*turns, strict=True))
        entry, later = _verified(engine, short), _verified(engine, long)
    note = f"{first * MS:.2f} and {last * MS:.2f} ms per round of two completions, a new case and the old one in turns"
    yield Figure("rework", f"{rounds} rework rounds, engine, last / first", last / first, most=2, note=note)
    note = f"{entry * MS:.2f} and {later * MS:.2f} ms per entry"
    yield Figure("rework", f"verify after {rounds} rounds / 50, per entry", later / entry, most=2, note=note)


def _verified(engine: Engine, case_id: str) -> float:
    """CPU per entry of replaying and comparing one case."""
    gc.collect()
    before = time.process_time()
    report = build_auditor(engine).verify([case_id])
    if report.differences:
        raise ValueError(f"the measured case does not verify: {report.differences[0]}")
    return (time.process_time() - before) / report.entries


def _first_and_last(rounds: Iterator[float], some: int) -> tuple[float, float]:
    """Medians of the first and of the last rounds; the very first warm up."""
    times = list(rounds)
    return median(times[some // 10 : some]), median(times[-some:])


def _flow_rounds(count: int) -> Iterator[float]:
    flow = Flow.start(FlowSpecs().get("rework", diagram(LOOP)))
    flow.begin(1, {})
    flow.advance()
    for entry in range(2, 2 * count + 2, 2):
        before = time.process_time()
        for step in range(2):
            flow.begin(entry + step, {"decision": {"LOOP.check": "disagree"}})
            flow.complete(flow.open_tasks()[0].id)
            flow.dump()
        yield time.process_time() - before


def _engine_rounds(cases: Cases, case_id: str, count: int) -> Iterator[float]:
    (task,) = cases.engine.execute(AcceptCase(case_id), Actor("window1", "window", frozenset({"window_clerk"}))).opened
    work, check = cases.works[0].actor, cases.works[1].actor
    for _ in range(count):
        before = time.process_time()
        (task,) = cases.engine.execute(DecideStep(case_id, task, "agree", "已改", f"{case_id}:{task}"), work).opened
        again = DecideStep(case_id, task, "disagree", "请修改", f"{case_id}:{task}")
        (task,) = cases.engine.execute(again, check).opened
        yield time.process_time() - before


def memory(bench: Bench) -> Iterator[Figure]:
    """What a case in progress occupies while it is kept between commands."""
    count = bench.count(400, 200)
    with opened(bench.url(), bench.processes, live_cases=count + 100) as engine:
        cases = Cases(engine, P8)
        for _ in range(5):
            cases.accepted()
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(count):
                cases.accepted()
            gc.collect()
            each = (tracemalloc.get_traced_memory()[0] - before) / count
        finally:
            tracemalloc.stop()
    note = f"tracemalloc over {count} live cases with 8 open branches"
    yield Figure("memory", "memory of a live case", each / KB, "kB", most=20, note=note)


def converting(bench: Bench) -> Iterator[Figure]:
    """From serial to parallel: growing orders read, converted, laid out and proved."""
    yield from conversions(bench.count(LARGEST, LARGEST // 4))


def dispatch(bench: Bench) -> Iterator[Figure]:
    """The simulation's dispatch rules on resource-constrained projects, against a lower bound."""
    yield from dispatched(bench.count(10, 1))


Measurement = Callable[[Bench], Iterator[Figure]]
MEASUREMENTS: Mapping[str, Measurement] = {
    one.__name__: one
    for one in (completion, start, workers, storage, branches, blocks, data, rework, memory, converting, dispatch)
}  # fmt: skip
