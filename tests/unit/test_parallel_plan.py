"""The critical path of the real bundles, in working days, as published or derived in DOMAIN's table."""

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.catalogue import Catalogue
from engine.errors import CatalogueError
from engine.parallel.plan import critical_path, plain_items
from engine.parallel.precedence import precedence_of
from tests.quick import shipped


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped()


@pytest.mark.parametrize(
    ("code", "serial", "parallel", "through"),
    [
        ("B01", "3.5", "1", "ENT_REG.review"),
        ("B02", "30", "13", "FIRECHK.inspect"),
        ("B13", "10", "5", "HUKOU_NEW.review"),
    ],
)
def test_serial_total_and_critical_path_of_each_bundle(
    catalogue: Catalogue, code: str, serial: str, parallel: str, through: str
) -> None:
    offering = catalogue.offering(code)
    plain = plain_items(offering)
    total = sum(step.limit for item in offering.items if item.code in plain for step in item.steps)
    path = critical_path(offering, plain)
    assert total == Decimal(serial)
    assert path.length == Decimal(parallel)
    assert through in path.steps


def test_leaving_an_item_out_shortens_the_path_or_keeps_it(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B02")
    without_fire = critical_path(offering, [code for code in plain_items(offering) if code != "FIRECHK"])
    assert without_fire.length == Decimal(10)
    assert critical_path(offering, []).length == 0


def test_the_order_of_steps_is_kept_inside_items_and_between_them(catalogue: Catalogue) -> None:
    edges = sorted(precedence_of(catalogue.offering("B02"), ["LIC_CHECK", "SIGN"], own_steps=False).pairs)
    assert edges == [
        ("LIC_CHECK.review", "SIGN.accept"), ("SIGN.accept", "SIGN.review"), ("SIGN.review", "SIGN.decide"),
    ]  # fmt: skip


def test_a_circular_order_is_named(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B02")
    edge = next(e for e in offering.precedence if (e.from_, e.to) == ("LIC_CHECK", "FOOD"))
    back = replace(edge, from_="FOOD", to="LIC_CHECK", to_step="LIC_CHECK.review")
    with pytest.raises(CatalogueError, match="circular"):
        critical_path(replace(offering, precedence=(*offering.precedence, back)), plain_items(offering))
