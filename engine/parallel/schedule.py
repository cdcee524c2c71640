"""When each step can begin and must begin: the critical path method, in working days.

Days are exact fractions inside, because shares of a total need not end; what is given out are decimals of four
places at most (a ten-thousandth of a day of eight hours is three seconds).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from engine.parallel.order import PrecedenceGraph

Days: TypeAlias = Decimal | Fraction
PLACES = 4


def decimal_days(days: Days) -> Decimal:
    """The days as a decimal of at most four places, half up, without zeros at its end."""
    scaled = Fraction(days) * 10**PLACES
    return _unscaled((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))


def decimal_days_down(days: Days) -> Decimal:
    """The same, never more than ``days``."""
    return _unscaled(int(Fraction(days) * 10**PLACES // 1))


def _unscaled(number: int) -> Decimal:
    """``number`` ten-thousandths; ten as 10, never as 1E+1."""
    value = Decimal(number).scaleb(-PLACES).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


@dataclass(frozen=True)
class StepTime:
    """Earliest and latest start of a step and what lies between, in working days after acceptance."""

    id: str
    earliest: Decimal
    latest: Decimal
    slack: Decimal


@dataclass(frozen=True)
class Schedule:
    """``length`` of the longest chain; ``critical`` is that chain, the first of several that are as long."""

    length: Decimal
    critical: tuple[str, ...]
    steps: tuple[StepTime, ...]


@dataclass
class Plan:
    """Steps, their orders, and the working days each may take; ``limits`` has every step of the graph."""

    graph: PrecedenceGraph
    limits: Mapping[str, Days]

    @property
    def serial(self) -> Decimal:
        """Working days when every step waits for the one before it."""
        return decimal_days(sum((Fraction(self.limits[step]) for step in self.graph.steps), Fraction(0)))

    @cached_property
    def schedule(self) -> Schedule:
        """Earliest and latest starts with no limit on staff; CatalogueError when the order is circular."""
        return schedule(self.graph, self.limits)


def schedule(graph: PrecedenceGraph, limits: Mapping[str, Days]) -> Schedule:
    """The critical path method over a graph without cycles; CatalogueError names a cycle in words."""
    finish, chain = longest(graph, limits)
    length = max(finish.values(), default=Fraction(0))
    latest: dict[str, Fraction] = {}
    for step in reversed(graph.topological()):
        end = min((latest[later] for later in graph.successors[step]), default=length)
        latest[step] = end - Fraction(limits[step])
    times = []
    for step in graph.steps:
        earliest = finish[step] - Fraction(limits[step])
        slack = decimal_days(latest[step] - earliest)
        times.append(StepTime(step, decimal_days(earliest), decimal_days(latest[step]), slack))
    return Schedule(decimal_days(length), chain, tuple(times))


def longest(graph: PrecedenceGraph, limits: Mapping[str, Days]) -> tuple[dict[str, Fraction], tuple[str, ...]]:
    """Earliest finish of every step and the longest chain.

    Of several chains as long, the one whose last step comes first in topological order, and back from there
    the steps first by id: every calculation from the same data names the same chain.
    """
    finish: dict[str, Fraction] = {}
    came: dict[str, str | None] = {}
    for step in graph.topological():
        came[step] = max(graph.predecessors[step], key=finish.__getitem__, default=None)
        begin = Fraction(0) if (before := came[step]) is None else finish[before]
        finish[step] = begin + Fraction(limits[step])
    chain = []
    step_or_none = max(finish, key=finish.__getitem__, default=None)
    while step_or_none is not None:
        chain.append(step_or_none)
        step_or_none = came[step_or_none]
    return finish, tuple(reversed(chain))
