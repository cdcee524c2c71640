"""The whole catalogue must agree with itself; each refusal names the file and the key."""

from collections.abc import Iterator
from itertools import chain

from engine.catalogue.commitment_checks import check_commitments, check_order
from engine.catalogue.item_checks import check_items
from engine.catalogue.model import Catalogue, Offering, ServiceItem
from engine.catalogue.offering_checks import check_offering
from engine.catalogue.rules import known


def check_catalogue(catalogue: Catalogue) -> None:
    """Every reference between the files; CatalogueError at the first that dangles or contradicts."""
    check_items(catalogue)
    check_commitments(catalogue)
    for item in catalogue.items.values():
        known(item.code, "source", _item_sources(item), catalogue.sources)
    for offering in catalogue.offerings.values():
        check_offering(catalogue, offering)
        check_order(offering)
        known(offering.code, "source", _offering_sources(offering), catalogue.sources)


def _item_sources(item: ServiceItem) -> Iterator[str]:
    yield from (*item.legal_basis.source, *item.materials_source, *item.steps_source)
    for limit in (item.statutory, item.promised):
        yield from limit.source if limit is not None else ()
    for step in item.steps:
        yield from step.source


def _offering_sources(offering: Offering) -> Iterator[str]:
    yield from offering.lead_source
    for edge in offering.precedence:
        yield from (*edge.source, *edge.relax_source)
    yield from chain(*(condition.source for condition in offering.conditions))
    yield from chain(*(visit.source for visit in offering.shared_steps))
    yield from chain(*(figure.source for figure in offering.reported))
    yield from chain(*(regime.source for regime in offering.regimes))
    yield from chain(*(edge.source for cycle in offering.known_cycles for edge in cycle.edges))
    yield from chain(*(step.source for step in offering.own_steps))
