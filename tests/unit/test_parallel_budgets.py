"""Compressed deadlines: budgets that fit the target along every chain, in proportion, never under a floor."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.parallel.budgets import budgets
from engine.parallel.order import PrecedenceGraph
from engine.parallel.schedule import schedule
from tests.unit.precedence_graphs import chains, graph_of, length, plans

GRAPH = graph_of("a<b<d a<c<d")
LIMITS = {"a": Decimal(2), "b": Decimal(10), "c": Decimal(4), "d": Decimal(3)}


def test_all_limits_are_cut_by_one_ratio() -> None:
    found = budgets(GRAPH, LIMITS, Decimal(6))
    assert found.feasible
    assert (found.ratio, found.chain) == (Decimal("0.4"), ("a", "b", "d"))
    assert found.steps == {"a": Decimal("0.8"), "b": 4, "c": Decimal("1.6"), "d": Decimal("1.2")}


def test_a_step_at_its_floor_makes_the_others_give_up_more() -> None:
    found = budgets(GRAPH, LIMITS, Decimal(6), {"d": Decimal("2.4")})
    assert found.steps == {"a": Decimal("0.6"), "b": 3, "c": Decimal("1.2"), "d": Decimal("2.4")}


def test_another_chain_binds_when_floors_make_it_the_longest() -> None:
    found = budgets(GRAPH, LIMITS, Decimal(5), {"c": Decimal("3.5")})
    assert found.chain == ("a", "c", "d")
    assert found.steps == {"a": Decimal("0.6"), "b": 3, "c": Decimal("3.5"), "d": Decimal("0.9")}


def test_a_target_with_room_to_spare_leaves_the_limits_as_they_are() -> None:
    assert budgets(GRAPH, LIMITS, Decimal(99)).steps == LIMITS
    assert budgets(GRAPH, LIMITS, Decimal(0)).steps == dict.fromkeys(LIMITS, Decimal(0))


def test_an_impossible_target_says_which_chain_binds_and_by_how_much() -> None:
    found = budgets(GRAPH, LIMITS, Decimal(6), {"b": Decimal("5.5"), "d": Decimal(1)})
    assert not found.feasible
    assert (found.chain, found.over) == (("a", "b", "d"), Decimal("0.5"))
    assert "a → b → d" in found.explanation_zh and "0.5" in found.explanation_en
    assert found.steps == {"a": 0, "b": Decimal("5.5"), "c": 0, "d": 1}


@pytest.mark.parametrize(
    ("target", "floors", "code", "where"),
    [
        ("-1", {}, "budgets.not_days", "target"),
        ("NaN", {}, "budgets.not_days", "target"),
        ("5", {"a": "-1"}, "budgets.not_days", "a"),
        ("5", {"a": "2.5"}, "budgets.floor_above_limit", "a"),
        ("5", {"x": "1"}, "budgets.unknown_step", "x"),
    ],
)
def test_wrong_targets_and_floors_are_refused(target: str, floors: dict[str, str], code: str, where: str) -> None:
    with pytest.raises(BadInput) as refusal:
        budgets(GRAPH, LIMITS, Decimal(target), {step: Decimal(days) for step, days in floors.items()})
    assert (refusal.value.code, refusal.value.where) == (code, where)


SHARES = st.lists(st.decimals(0, 1, places=2), min_size=40, max_size=40)


@given(plans(9), st.decimals(0, 60, places=2), SHARES)
def test_every_chain_fits_and_no_larger_ratio_would(
    drawn: tuple[PrecedenceGraph, dict[str, Decimal]], target: Decimal, shares: list[Decimal]
) -> None:
    graph, limits = drawn
    floors = {step: limits[step] * share for step, share in zip(graph.steps, shares, strict=False)}
    found = budgets(graph, limits, target, floors)
    needed = max(length(chain, floors) for chain in chains(graph))
    assert found.over == max(needed - target, Decimal(0))
    if not found.feasible:
        assert length(found.chain, floors) == needed
        return
    assert max(length(chain, found.steps) for chain in chains(graph)) <= target
    assert all(floors[step] <= found.steps[step] <= limits[step] for step in graph.steps)
    for step in graph.steps:  # in proportion, but for the floor and the rounding
        assert abs(found.steps[step] - max(floors[step], found.ratio * limits[step])) < Decimal("0.01")
    rounding = Decimal("0.0001") * len(found.chain)
    assert found.ratio == 1 or length(found.chain, found.steps) >= target - rounding


@given(plans(), st.decimals(0, 1, places=3))
def test_without_floors_budgets_are_the_limits_scaled_to_the_target(
    drawn: tuple[PrecedenceGraph, dict[str, Decimal]], part: Decimal
) -> None:
    graph, limits = drawn
    whole = schedule(graph, limits).length
    found = budgets(graph, limits, whole * part)
    assert found.feasible
    ratio = Fraction(part) if whole else Fraction(1)
    for step in graph.steps:
        assert 0 <= Fraction(limits[step]) * ratio - Fraction(found.steps[step]) < Fraction(1, 10_000)
