"""The plan of an item or bundle: its critical path in working days, from the precedence of its steps.

Optional special procedures are not on the clock; acceptance steps count with their own limit, because their
departments' promised limits do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.catalogue import Offering, ServiceItem
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
            edges += [(last, edge.to_step) for last in _last_steps(chosen[edge.from_])]
    return edges


def _last_steps(item: ServiceItem) -> list[str]:
    before = {name for step in item.steps for name in step.after}
    return [step.id for step in item.steps if step.id not in before]


def critical_path(offering: Offering, codes: Iterable[str]) -> CriticalPath:
    """The longest chain of promised step limits over the items ``codes``; CatalogueError when the order is circular."""
    chosen = list(codes)
    limits = {
        step.id: Decimal(0) if step.special_procedure or step.optional else step.limit
        for item in offering.items
        if item.code in chosen
        for step in item.steps
    }
    edges = step_edges(offering, chosen)
    finish: dict[str, Decimal] = {}
    chain: dict[str, tuple[str, ...]] = {}
    waiting = dict(limits)
    while waiting:
        ready = [s for s in waiting if all(a in finish for a, b in edges if b == s)]
        if not ready:
            raise CatalogueError(
                "precedence.cycle",
                f"环节顺序成环:{sorted(waiting)}",
                f"the order is circular: {sorted(waiting)}",
                offering.code,
            )
        for step in ready:
            before = max((a for a, b in edges if b == step), key=lambda a: finish[a], default=None)
            start = Decimal(0) if before is None else finish[before]
            finish[step] = start + waiting.pop(step)
            chain[step] = (*(chain[before] if before else ()), step)
    if not finish:
        return CriticalPath(Decimal(0), ())
    last = max(finish, key=lambda s: finish[s])
    return CriticalPath(finish[last], chain[last])
