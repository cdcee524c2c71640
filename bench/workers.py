"""Worker processes that complete tasks of different cases in one database, at the same time or alone."""

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from bench.offerings import P8
from bench.office import Cases, opened


def work(url: str, processes: Path, parent: Connection) -> None:
    """A worker: told a number of cases, it prepares them, says so, and completes them when told to go.

    Answers with the instants of its first and last completion and their count; ends when told 0.
    """
    with opened(url, processes) as engine:
        cases = Cases(engine, P8)
        while count := parent.recv():
            orders = [order for _ in range(count) for order in cases.orders(cases.accepted())]
            parent.send("ready")
            parent.recv()
            start = time.monotonic()
            cases.carry_out(orders)
            parent.send((start, time.monotonic(), len(orders)))


class Workers:
    """Two worker processes."""

    def __init__(self, url: str, processes: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(2):
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(url, processes, theirs), daemon=True)
            process.start()
            theirs.close()  # when a worker dies, reading from it says so instead of waiting
            self._pipes.append(ours)
            self._processes.append(process)

    def throughput(self, pipes: Sequence[Connection], count: int) -> float:
        """Completions per second of these workers together, ``count`` cases each."""
        for message in (count, "go"):
            for pipe in pipes:
                pipe.send(message)
            answers = [pipe.recv() for pipe in pipes]
        starts, ends, done = zip(*answers, strict=True)
        return float(sum(done) / (max(ends) - min(starts)))

    def gain(self, count: int, rounds: int) -> tuple[float, float]:
        """Median completions per second of one worker, and of two at the same time; they take turns."""
        alone, both = [], []
        for turn in range(rounds + 1):
            one = self.throughput(self._pipes[turn % 2 : turn % 2 + 1], count)
            two = self.throughput(self._pipes, count)
            if turn:
                alone.append(one)
                both.append(two)
        return median(alone), median(both)

    def close(self) -> None:
        """Ends both workers."""
        for pipe in self._pipes:
            pipe.send(0)
        for process in self._processes:
            process.join()
