"""The plan of an item or bundle: the order of its steps and the working days each may take.

Optional special procedures are not part of it, other special procedures are but do not count on the clock (they
do in elapsed time); acceptance steps count with their own limit, because their departments' promised limits do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from engine.catalogue import ItemOrder, Offering, Precedence, Regime, ServiceItem, Step, vocabulary
from engine.catalogue.regimes import BUNDLE_ORDER
from engine.errors import NotFound
from engine.parallel.precedence import precedence_of
from engine.parallel.schedule import Days, Plan


@dataclass(frozen=True)
class CriticalPath:
    """``length`` in working days; ``steps`` from first to last."""

    length: Decimal
    steps: tuple[str, ...]


def critical_path(offering: Offering, codes: Iterable[str]) -> CriticalPath:
    """The longest chain of promised step limits over the items ``codes``; CatalogueError when the order is circular."""
    found = plan_of(offering, codes).schedule
    return CriticalPath(found.length, found.critical)


def plain_items(offering: Offering) -> tuple[str, ...]:
    """Codes of the items the plain case needs, in order: those the figures are about."""
    return tuple(item.code for item in offering.items if item.code not in offering.optional_items)


def plan_of(
    offering: Offering, codes: Iterable[str], *, relaxed: bool = False, elapsed: bool = False, optional: bool = False
) -> Plan:
    """The plan of the items ``codes`` without the offering's own steps.

    ``relaxed``: as in ``precedence_of``. ``elapsed``: special procedures take their time too. ``optional``: with
    the optional steps. The bundle's ``item_limits`` are shared out over the steps of an item in proportion.
    """
    graph = precedence_of(offering, codes, relaxed=relaxed, own_steps=False)
    if not optional:
        graph = graph.without([step for step in graph.steps if offering.step(step).optional])
    steps = [offering.step(step) for step in graph.steps]
    limits: dict[str, Days] = {
        step.id: Decimal(0) if step.special_procedure and not elapsed else step.limit for step in steps
    }
    return Plan(graph, limits | _shared_out(steps, limits, offering.item_limits))


def _shared_out(steps: list[Step], limits: Mapping[str, Days], totals: Mapping[str, Decimal]) -> dict[str, Days]:
    """Limits of the steps on the clock of the items in ``totals``, so that each item takes its total."""
    shares: dict[str, Days] = {}
    for code, total in totals.items():
        counted = [step.id for step in steps if step.item == code and not step.special_procedure]
        today = sum((Fraction(limits[step]) for step in counted), Fraction(0))
        if today:
            shares |= {step: Fraction(limits[step]) * Fraction(total) / today for step in counted}
        elif counted:
            shares[counted[-1]] = total
    return shares


def regime_of(offering: Offering, regime_id: str) -> Regime:
    """The regime, or NotFound."""
    for regime in offering.regimes:
        if regime.id == regime_id:
            return regime
    known = "、".join(regime.id for regime in offering.regimes) or "—"
    raise NotFound(
        "precedence.no_regime",
        f"没有“{regime_id}”这种办法；可用的：{known}",
        f"there is no regime {regime_id!r}; there are: {known.replace('、', ', ')}",
        offering.code,
    )


def under_regime(
    offering: Offering, regime: Regime, codes: Iterable[str] | None = None
) -> tuple[Offering, tuple[str, ...]]:
    """The offering as a regime has it, and the items that take part: what ``plan_of`` and ``precedence_of`` take.

    Those are the items the regime sets limits for; where it sets none, ``codes``, or the plain items. A result
    whose order is dropped counts as brought from outside.
    """
    kept = [edge for edge in offering.precedence if _keeps(regime, edge.from_, edge.to)]
    added = [_added(offering, regime, order) for order in regime.added]
    items = tuple(_freed(offering, regime, item) for item in offering.items)
    changed = replace(offering, items=items, precedence=(*kept, *added), item_limits=regime.item_limits)
    chosen = plain_items(offering) if codes is None else tuple(codes)
    return changed, tuple(regime.item_limits) or chosen


def _keeps(regime: Regime, from_: str, to: str) -> bool:
    dropped = {(order.from_, order.to) for order in regime.dropped}
    return regime.precedence == BUNDLE_ORDER and (from_, to) not in dropped


def _freed(offering: Offering, regime: Regime, item: ServiceItem) -> ServiceItem:
    """The item with its steps needing nothing from items it no longer waits for."""
    free = {
        result.code
        for other in offering.items
        if other is not item and not _keeps(regime, other.code, item.code)
        for result in other.results
    }
    steps = (replace(step, needs=tuple(code for code in step.needs if code not in free)) for step in item.steps)
    return replace(item, steps=tuple(steps))


def _added(offering: Offering, regime: Regime, order: ItemOrder) -> Precedence:
    """An order a regime adds: the item waits before its first step."""
    mandatory = [step.id for step in offering.item(order.to).steps if not step.optional]
    return Precedence(
        from_=order.from_,
        to=order.to,
        to_step=mandatory[0],
        strength=vocabulary.BEFORE_START,
        carries="",
        deferrable=False,
        relaxable=False,
        relax_source=(),
        reason_zh=order.reason_zh or regime.name_zh,
        reason_en=order.reason_en or regime.name_en,
        basis=regime.basis,
        source=order.source or regime.source,
    )
