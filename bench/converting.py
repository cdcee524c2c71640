"""From serial to parallel, for orders of growing size: what reading, converting, laying out and proving take."""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from random import Random
from typing import TypeVar

from bench.figures import Figure
from engine.diagram.xml import MAX_BYTES
from engine.parallel.convert import convert_parts
from engine.parallel.convert_drawing import drawing_of
from engine.parallel.convert_serial import read_serial
from engine.parallel.proof import prove

ORDERS = 3
"""Orders per step."""
LARGEST = 2000

Found = TypeVar("Found")


@dataclass(frozen=True)
class Row:
    """One size: seconds of CPU of each part, bytes of the diagram; ``convert`` is without ``layout``."""

    steps: int
    orders: int
    precedence: float
    convert: float
    layout: float
    proof: float
    bytes: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.precedence + self.convert + self.layout + self.proof


def serial_file(steps: int, seed: int = 7) -> bytes:
    """A diagram of two or more steps in a line; each needs what some before it, three on average, yield."""
    random = Random(seed)
    needs: list[set[int]] = [set() for _ in range(steps)]
    for _ in range(ORDERS * steps):
        one, other = sorted(random.sample(range(steps), 2))
        needs[other].add(one)
    tasks = "".join(_task(number, earlier) for number, earlier in enumerate(needs))
    chain = ["start", *(f"s{number}" for number in range(steps)), "end"]
    flows = "".join(
        f'<sequenceFlow id="f{number}" sourceRef="{one}" targetRef="{other}"/>'
        for number, (one, other) in enumerate(pairwise(chain))
    )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bl="urn:binglian:bpmn:1"'
        ' targetNamespace="urn:bench"><process id="bench" isExecutable="true"><startEvent id="start"/>'
        f'{tasks}<endEvent id="end"/>{flows}</process></definitions>'
    ).encode()


def _task(number: int, earlier: set[int]) -> str:
    needed = "".join(f'<bl:needs ref="R{other}"/>' for other in sorted(earlier))
    said = f'{needed}<bl:yields ref="R{number}"/>'
    return f'<userTask id="s{number}"><extensionElements>{said}</extensionElements></userTask>'


def row(steps: int) -> Row:
    """Converts a serial diagram of so many steps; ValueError when the result is not proved."""
    spent: dict[str, float] = {}
    parts, graph = _timed(spent, "precedence", partial(read_serial, serial_file(steps), "bench.bpmn"))
    found = _timed(
        spent, "convert",
        lambda: convert_parts(parts, graph, lambda *drawn: _timed(spent, "layout", partial(drawing_of, *drawn))),
    )  # fmt: skip
    size = len(found.data)
    if not _timed(spent, "proof", partial(prove, found)).holds:
        raise ValueError(f"the diagram of {steps} steps is not proved")
    convert = spent["convert"] - spent["layout"]
    return Row(steps, len(graph.pairs), spent["precedence"], convert, spent["layout"], spent["proof"], size)


def _timed(spent: dict[str, float], name: str, work: Callable[[], Found]) -> Found:
    """What ``work`` gives; its seconds of CPU go to ``spent``."""
    gc.collect()
    before = time.process_time()
    found = work()
    spent[name] = time.process_time() - before
    return found


def converting(largest: int = LARGEST) -> Iterator[Figure]:
    """Seconds of CPU for up to ``largest`` steps, and how they grow from half as many."""
    rows = [row(largest // part) for part in (8, 4, 2, 1)]
    for one in rows:
        note = (
            f"{one.orders} orders: precedence {one.precedence:.2f}, convert {one.convert:.2f}, "
            f"layout {one.layout:.2f}, proof {one.proof:.2f} s; {one.bytes / 1e6:.1f} MB"
        )
        most = 5.0 if one.steps == LARGEST else None
        yield Figure("converting", f"{one.steps} steps, CPU", one.seconds, "s", most=most, note=note)
    before, last = rows[-2:]
    name = f"{last.steps} steps / {before.steps}"
    most = 4.0 if last.steps == LARGEST else None
    yield Figure("converting", name, last.seconds / before.seconds, most=most, note="twice the steps and orders")
    share = last.bytes / MAX_BYTES
    yield Figure("converting", f"{last.steps} steps, file / largest that is read", share, most=1)
