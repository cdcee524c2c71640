"""Regimes, known cycles and limits of a bundle are read strictly: each refusal names the place."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.catalogue import load_catalogue
from engine.catalogue.checks import check_catalogue
from engine.catalogue.regimes import KnownCycle, Regime, read_item_limits, read_known_cycle, read_regime
from engine.catalogue.table import Table
from engine.errors import CatalogueError
from engine.settings import default_processes

CODES = ("ONE", "TWO")
REGIME = """
id = "phase"
name_zh = "闸口"
name_en = "gates"
basis = "seen"
source = ["S1"]
item_limits = { ONE = 2.5 }
precedence = "none"
added = [{ from = "ONE", to = "TWO" }]
dropped = [{ from = "TWO", to = "ONE", reason_zh = "旧", reason_en = "old", source = ["S1"] }]
expect = { serial = 3, critical_path = 2.5 }
"""
CYCLE = """
edges = [{ from = "ONE", to = "TWO" }, { from = "TWO", to = "ONE" }]
resolution_zh = "容缺"
resolution_en = "later"
"""


def table(text: str) -> Table:
    return Table(tomllib.loads(text, parse_float=Decimal), "BOTH/item.toml")


def test_a_regime_and_a_cycle_are_read_with_everything_in_them() -> None:
    regime = read_regime(table(REGIME), CODES)
    assert (regime.id, regime.item_limits, regime.precedence) == ("phase", {"ONE": Decimal("2.5")}, "none")
    assert (regime.serial, regime.critical_path) == (Decimal(3), Decimal("2.5"))
    assert [(order.from_, order.to) for order in (*regime.added, *regime.dropped)] == [("ONE", "TWO"), ("TWO", "ONE")]
    cycle = read_known_cycle(table(CYCLE), CODES)
    assert (len(cycle.edges), cycle.resolution_zh) == (2, "容缺")
    assert read_item_limits(table(""), CODES) == {}


@pytest.mark.parametrize(
    ("read", "text", "old", "new", "where"),
    [
        (read_regime, REGIME, 'basis = "seen"', 'basis = "heard"', "basis"),
        (read_regime, REGIME, 'source = ["S1"]\nitem', "item", "source"),
        (read_regime, REGIME, "ONE = 2.5", "SIX = 2.5", "item_limits.SIX"),
        (read_regime, REGIME, "ONE = 2.5", "ONE = -1", "item_limits.ONE"),
        (read_regime, REGIME, '"none"', '"some"', "precedence"),
        (read_regime, REGIME, 'to = "TWO"', 'to = "SIX"', "added[1].to"),
        (read_regime, REGIME, "serial = 3", "searial = 3", "expect.searial"),
        (read_regime, REGIME, "added", "aded", "aded"),
        (read_known_cycle, CYCLE, 'to = "ONE"', 'too = "ONE"', "edges[2].to"),
        (read_known_cycle, CYCLE, "resolution_en", "resolution", "resolution_en"),
    ],
)
def test_what_is_wrong_is_named(
    read: Callable[[Table, tuple[str, ...]], Regime | KnownCycle], text: str, old: str, new: str, where: str
) -> None:
    assert old in text
    with pytest.raises(CatalogueError) as refusal:
        read(table(text.replace(old, new, 1)), CODES)
    assert refusal.value.where == f"BOTH/item.toml: {where}"


@pytest.fixture(scope="module")
def processes() -> Path:
    return default_processes()


def test_what_regimes_say_about_the_bundle_must_be_there(processes: Path) -> None:
    catalogue = load_catalogue(processes)
    bundle = catalogue.offering("B02")
    regime = bundle.regimes[0]
    stray = read_regime(table(REGIME), CODES).dropped
    unsourced = replace(regime, id="other", source=("S0",))
    for changed, where in (
        (replace(bundle, regimes=(regime, regime)), "regimes"),
        (replace(bundle, regimes=(replace(regime, dropped=stray),)), "regimes sc_before.dropped"),
        (replace(bundle, regimes=(unsourced,)), "source"),
        (replace(bundle, optional_items=tuple(item.code for item in bundle.items)), "optional_items"),
    ):
        with pytest.raises(CatalogueError) as refusal:
            check_catalogue(replace(catalogue, offerings={**catalogue.offerings, "B02": changed}))
        assert refusal.value.where == f"B02/item.toml: {where}"
