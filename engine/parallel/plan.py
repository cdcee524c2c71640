"""The plan of an item or bundle: its critical path in working days, from the precedence of its steps.

Optional special procedures are not on the clock; acceptance steps count with their own limit, because their
departments' promised limits do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from engine.catalogue import Offering
from engine.errors import CatalogueError


@dataclass(frozen=True)
class CriticalPath:
    """``length`` in working days; ``steps`` from first to last."""

    length: Decimal
    steps: tuple[str, ...]


def step_edges(offering: Offering, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Order that must be kept between the steps of the items ``codes``: inside items, and by precedence."""
    chosen = {item.code: item for item in offering.items if item.code in set(codes)}
    edges = [(before, step.id) for item in chosen.values() for step in item.steps for before in step.after]
    for edge in offering.precedence:
        if edge.from_ in chosen and edge.to in chosen:
            edges += [(last, edge.to_step) for last in chosen[edge.from_].last_steps]
    return edges


def critical_path(offering: Offering, codes: Iterable[str]) -> CriticalPath:
    """The longest chain of promised step limits over the items ``codes``; CatalogueError when the order is circular."""
    limits = _limits(offering, set(codes))
    before: dict[str, set[str]] = {step: set() for step in limits}
    for earlier, later in step_edges(offering, codes):
        before[later].add(earlier)
    finish: dict[str, Decimal] = {}
    chain: dict[str, tuple[str, ...]] = {}
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError as error:
        steps = " → ".join(error.args[1])
        raise CatalogueError(
            "precedence.cycle", f"环节顺序成环:{steps}", f"the order is circular: {steps}", offering.code
        ) from error
    for step in order:
        longest = max(sorted(before[step]), key=lambda s: finish[s], default=None)
        finish[step] = limits[step] + (finish[longest] if longest else 0)
        chain[step] = (*(chain[longest] if longest else ()), step)
    last = max(sorted(finish), key=lambda s: finish[s], default=None)
    return CriticalPath(Decimal(0), ()) if last is None else CriticalPath(finish[last], chain[last])


def _limits(offering: Offering, codes: set[str]) -> dict[str, Decimal]:
    """Working days on the clock by step."""
    steps = [step for item in offering.items if item.code in codes for step in item.steps]
    return {step.id: Decimal(0) if step.special_procedure or step.optional else step.limit for step in steps}
