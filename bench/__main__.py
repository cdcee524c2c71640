"""``make bench``: what a completed task costs and what a case occupies, beside the bounds that are wanted."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure, as_json, table
from bench.measurements import MEASUREMENTS, Bench
from bench.offerings import write_offerings


def measure(names: Sequence[str], quick: bool) -> list[Figure]:
    """The figures of the named measurements, or of all."""
    figures: list[Figure] = []
    for name in names or list(MEASUREMENTS):
        with TemporaryDirectory(prefix="bench-") as folder:
            processes = Path(folder) / "processes"
            processes.mkdir()
            bench = Bench(Path(folder), write_offerings(processes), quick)
            print(f"{name} …", file=sys.stderr, flush=True)
            figures += MEASUREMENTS[name](bench)
    return figures


def main(arguments: Sequence[str]) -> None:
    """Prints the table, or JSON."""
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer rounds: a minute instead of several")
    options.add_argument("--only", action="append", default=[], choices=list(MEASUREMENTS), help="may be repeated")
    options.add_argument("--json", action="store_true", help="figures for a program")
    given = options.parse_args(arguments)
    figures = measure(given.only, given.quick)
    print(as_json(figures) if given.json else table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
