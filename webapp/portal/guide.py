"""A guide (办事指南) as data: everything the catalogue says about an offering, arranged for the person who applies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from engine.catalogue import (
    APPLICANT,
    BRANCH,
    SHARED,
    Catalogue,
    Condition,
    Material,
    Offering,
    Precedence,
    ServiceItem,
    Source,
    Step,
)  # fmt: skip
from engine.parallel.plan import critical_path

ORIGINS = (APPLICANT, SHARED, BRANCH)


@dataclass(frozen=True)
class Total:
    """Promised working days of the whole: ``least`` when no conditional item is needed, ``most`` with all of them.

    ``serial`` is what the same steps add up to one after another; ``chain`` the steps that decide ``most``.
    """

    least: Decimal
    most: Decimal
    serial: Decimal
    chain: tuple[Step, ...]


@dataclass(frozen=True)
class GuideMaterial:
    """One distinct material of an offering, whatever the answers: where it comes from and when it is needed.

    ``makers`` are the items of the offering that yield it; ``when`` the conditions (any of them) it is needed under,
    empty when it always is.
    """

    material: Material
    origin: str
    holder: str
    makers: tuple[ServiceItem, ...]
    needed_by: tuple[ServiceItem, ...]
    when: tuple[tuple[str, str], ...]
    deferrable: bool


@dataclass(frozen=True)
class Order:
    """A kept order: ``edge.to_step`` of ``after`` waits for ``before``."""

    edge: Precedence
    before: ServiceItem
    after: ServiceItem
    step: Step


def total_of(offering: Offering) -> Total:
    """The promised time, from the precedence of the steps; special procedures are not on the clock (行政许可法 45)."""
    everything = [item.code for item in offering.items]
    always = [code for code in everything if offering.condition_of(code) is None]
    longest = critical_path(offering, everything)
    least = critical_path(offering, always).length if always else Decimal(0)
    serial = sum((_on_the_clock(step) for item in offering.items for step in item.steps), Decimal(0))
    chained = tuple(offering.step(name) for name in longest.steps)
    return Total(least, longest.length, serial, tuple(step for step in chained if _on_the_clock(step)))


def _on_the_clock(step: Step) -> Decimal:
    return Decimal(0) if step.special_procedure or step.optional else step.limit


def materials_of(offering: Offering) -> Mapping[str, tuple[GuideMaterial, ...]]:
    """Origin (applicant, shared, branch) → its materials; forms are left out, the offering has one of its own."""
    uses: dict[str, list[tuple[ServiceItem, Material]]] = {}
    for item in offering.items:
        for material in item.materials:
            if material.kind != "form" and not _ruled_out(offering, material):
                uses.setdefault(material.code, []).append((item, material))
    lines = [_material(offering, use) for use in uses.values()]
    return {origin: tuple(line for line in lines if line.origin == origin) for origin in ORIGINS}


def _ruled_out(offering: Offering, material: Material) -> bool:
    """The bundle knows the answer the material depends on, and it is no."""
    when = material.required_when
    return when is not None and when.field in offering.known_values and not when.applies(offering.known_values)


def _material(offering: Offering, uses: list[tuple[ServiceItem, Material]]) -> GuideMaterial:
    material = uses[0][1]
    makers = tuple(item for item in offering.items if item.code == material.produced_by)
    origin = BRANCH if makers else SHARED if material.holder else APPLICANT
    return GuideMaterial(
        material=material,
        origin=origin,
        holder=material.holder,
        makers=makers,
        needed_by=tuple(item for item, _ in uses),
        when=_conditions(offering, uses),
        deferrable=all(use.deferrable for _, use in uses),
    )


def _conditions(offering: Offering, uses: list[tuple[ServiceItem, Material]]) -> tuple[tuple[str, str], ...]:
    """Words (Chinese, English) of when a material is needed; empty as soon as one item always needs it."""
    words: list[tuple[str, str]] = []
    for item, material in uses:
        both = (offering.condition_of(item.code), material.required_when)
        reasons = [reason for reason in both if reason is not None]
        if not reasons:
            return ()
        words.append(("，且".join(r.words_zh for r in reasons), ", and ".join(r.words_en for r in reasons)))
    return tuple(dict.fromkeys(words))


def order_of(offering: Offering) -> tuple[Order, ...]:
    """Every order between items that is kept; all else runs at the same time."""
    return tuple(
        Order(edge, offering.item(edge.from_), offering.item(edge.to), offering.step(edge.to_step))
        for edge in offering.precedence
    )


def conditions_of(offering: Offering) -> Mapping[str, Condition]:
    """Item code → when it is needed, for the items that are not always."""
    return {condition.item: condition for condition in offering.conditions}


def departments_of(offering: Offering) -> tuple[str, ...]:
    """Codes of the departments whose items these are, in the order of the items."""
    return tuple(dict.fromkeys(item.department for item in offering.items))


def sources_of(offering: Offering, catalogue: Catalogue) -> tuple[Source, ...]:
    """The sources cited anywhere in the offering, each once, by id."""
    cited = dict.fromkeys(chain.from_iterable(_citations(offering)))
    return tuple(catalogue.sources[name] for name in sorted(cited) if name in catalogue.sources)


def _citations(offering: Offering) -> Iterator[tuple[str, ...]]:
    yield offering.lead_source
    yield from (part.source for part in offering.conditions)
    yield from (part.source for part in offering.reported)
    yield from (part.source for part in offering.own_steps)
    for edge in offering.precedence:
        yield from (edge.source, edge.relax_source)
    for item in offering.items:
        yield item.commitment.source if item.commitment is not None else ()
        yield from (item.materials_source, item.steps_source, item.legal_basis.source)
        yield from (limit.source for limit in (item.statutory, item.promised) if limit is not None)
        yield from (step.source for step in item.steps)
