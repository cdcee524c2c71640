"""Earliest and latest starts, slack and the critical path, judged by trying every chain."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from engine.parallel.order import PrecedenceGraph
from engine.parallel.schedule import Plan, decimal_days, decimal_days_down, schedule
from tests.unit.precedence_graphs import chains, graph_of, length, plans


def test_a_small_plan_is_scheduled() -> None:
    days = {"a": Decimal("0.5"), "b": Decimal(4), "c": Decimal(2), "d": Decimal(1)}
    plan = Plan(graph_of("a<b<d a<c<d"), days)
    found = plan.schedule
    assert (plan.serial, found.length, found.critical) == (Decimal("7.5"), Decimal("5.5"), ("a", "b", "d"))
    times = {time.id: " ".join(str(days) for days in (time.earliest, time.latest, time.slack)) for time in found.steps}
    assert times == {"a": "0 0 0", "b": "0.5 0.5 0", "c": "0.5 2.5 2", "d": "4.5 4.5 0"}


def test_an_empty_plan_takes_no_time() -> None:
    found = Plan(graph_of(""), {}).schedule
    assert not found.length
    assert not found.critical and not found.steps


@pytest.mark.parametrize(
    ("days", "rounded", "down"),
    [
        (Fraction(1, 3), "0.3333", "0.3333"),
        (Fraction(2, 3), "0.6667", "0.6666"),
        (Fraction(1, 20000), "0.0001", "0"),
        (Decimal("10.00"), "10", "10"),
        (Decimal("2.250"), "2.25", "2.25"),
        (Decimal(1200), "1200", "1200"),
    ],
)
def test_days_are_written_as_short_decimals(days: Decimal | Fraction, rounded: str, down: str) -> None:
    assert (str(decimal_days(days)), str(decimal_days_down(days))) == (rounded, down)


@given(plans(9))
def test_the_critical_path_is_the_longest_of_all_chains(drawn: tuple[PrecedenceGraph, dict[str, Decimal]]) -> None:
    graph, days = drawn
    found = schedule(graph, days)
    assert found.length == max(length(chain, days) for chain in chains(graph))
    assert length(found.critical, days) == found.length


@given(plans(9))
def test_a_step_can_be_late_by_its_slack_and_no_more(drawn: tuple[PrecedenceGraph, dict[str, Decimal]]) -> None:
    graph, days = drawn
    found = schedule(graph, days)
    for time in found.steps:
        assert time.latest - time.earliest == time.slack >= 0
        assert schedule(graph, days | {time.id: days[time.id] + time.slack}).length == found.length
        assert schedule(graph, days | {time.id: days[time.id] + time.slack + 1}).length == found.length + 1


@given(plans())
def test_starts_respect_every_order(drawn: tuple[PrecedenceGraph, dict[str, Decimal]]) -> None:
    graph, days = drawn
    found = schedule(graph, days)
    times = {time.id: time for time in found.steps}
    for before, after in graph.pairs:
        assert times[after].earliest >= times[before].earliest + days[before]
        assert times[after].latest >= times[before].latest + days[before]
    assert all(not times[step].slack for step in found.critical)
    assert schedule(graph.reduced(), days).length == found.length
