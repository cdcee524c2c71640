"""What a measurement says, and how it is printed: the figure, the bound it should keep, yes or no."""

import gc
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Sample:
    """Seconds of CPU of this process and seconds of the wall clock, both per unit of work."""

    cpu: float
    wall: float


def timed(work: Callable[[], object], units: int) -> Sample:
    """What ``work`` costs per unit. Garbage is collected before, so nobody pays for somebody else's."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Sample((time.process_time() - cpu) / units, (time.perf_counter() - wall) / units)


def rotate(contestants: Mapping[str, Callable[[], Sample]], rounds: int) -> dict[str, Sample]:
    """Lets all take turns, A B C A B C …, and gives each its median: what slows the machine slows everybody."""
    samples: dict[str, list[Sample]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, contestant in contestants.items():
            sample = contestant()
            if turn:  # the first turn warms up
                samples[name].append(sample)
    return {name: Sample(median(s.cpu for s in many), median(s.wall for s in many)) for name, many in samples.items()}


@dataclass(frozen=True)
class Figure:
    """One line of the result. ``most`` and ``least`` bound what is wanted; without either it only informs."""

    measurement: str
    name: str
    measured: float
    unit: str = ""
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def wanted(self) -> str:
        """The bound in words."""
        if self.most is not None:
            return f"≤ {self.most:g} {self.unit}".strip()
        return f"≥ {self.least:g} {self.unit}".strip() if self.least is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the bound is kept; None without a bound."""
        if self.most is not None:
            return self.measured <= self.most
        return self.measured >= self.least if self.least is not None else None


def table(figures: Sequence[Figure]) -> str:
    """The figures for a person at a terminal, one line each."""
    words = {True: "yes", False: "NO", None: ""}
    rows = [("what", "measured", "wanted", "met", "how")]
    rows += [(f.name, f"{f.measured:.3g} {f.unit}".strip(), f.wanted, words[f.met], f.note) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def as_json(figures: Sequence[Figure]) -> str:
    """The figures for a program."""
    rows = [{**vars(figure), "met": figure.met} for figure in figures]
    return json.dumps(rows, ensure_ascii=False, indent=1)
