"""Joint site visits: joined where the visit need not wait for itself, refused in words where it would."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue import SharedStep
from engine.parallel.order import PrecedenceGraph
from engine.parallel.schedule import Plan
from engine.parallel.visits import join_visits
from tests.unit.precedence_graphs import DAYS, graph_of, order, plans


def visit(name: str, replaces: str, limit: Decimal | int) -> SharedStep:
    return SharedStep(
        id=name, kind="joint_site_visit", name_zh="联合踏勘", name_en="Joint visit", lead_department="office",
        replaces=tuple(replaces.split()), limit=Decimal(limit), unit="working_days", basis="assumed",
    )  # fmt: skip


def plan(text: str, **days: int) -> Plan:
    graph = graph_of(text)
    return Plan(graph, {step: Decimal(days.get(step, 1)) for step in graph.steps})


def test_two_visits_become_one_and_everything_around_them_waits_for_it() -> None:
    joined = join_visits(plan("a<x<b c<y<d", x=4, y=10), [visit("v", "x y", 4)])
    assert joined.plan.graph.pairs == {("a", "v"), ("c", "v"), ("v", "b"), ("v", "d")}
    assert [joined.plan.schedule.length, joined.steps_saved] == [6, 1]
    assert not joined.refused
    assert joined.visits[0].steps == ("x", "y")


def test_a_joint_visit_may_lengthen_the_path() -> None:
    apart = plan("a<x<b c<y<d", a=9, d=9)
    assert apart.schedule.length == 11
    assert join_visits(apart, [visit("v", "x y", 2)]).plan.schedule.length == 20


def test_a_step_that_must_wait_for_another_of_the_visit_stays_apart_and_the_chain_is_told() -> None:
    joined = join_visits(plan("a<x<b<y z"), [visit("v", "y x z", 1)])
    assert joined.visits[0].steps == ("y", "z")
    [refused] = joined.refused
    assert (refused.visit, refused.step, refused.chain) == ("v", "x", ("x", "b", "y"))
    assert "x → b → y" in refused.reason_zh and "wait for itself" in refused.reason_en


def test_visits_of_steps_that_are_not_there_or_stay_alone_change_nothing() -> None:
    before = plan("a<x<b<y")
    joined = join_visits(before, [visit("v", "x elsewhere", 9), visit("w", "x y", 9)])
    assert joined.plan is before
    assert (joined.visits, [no.step for no in joined.refused]) == ((), ["y"])


@given(plans(), st.data(), DAYS)
def test_joining_never_closes_a_cycle_and_what_is_refused_would(
    drawn: tuple[PrecedenceGraph, dict[str, Decimal]], data: st.DataObject, limit: Decimal
) -> None:
    graph, days = drawn
    wanted = data.draw(st.lists(st.sampled_from(graph.steps), min_size=1, max_size=8, unique=True))
    joined = join_visits(Plan(graph, days), [visit("v", " ".join(wanted), limit)])
    assert len(joined.plan.graph.topological()) == len(graph.steps) - joined.steps_saved
    together = joined.visits[0].steps if joined.visits else tuple(wanted[:1])
    assert {*together, *(no.step for no in joined.refused)} == set(wanted)
    for no in joined.refused:
        both_ways = [order(a, b) for other in together for a, b in ((no.step, other), (other, no.step))]
        assert any(graph.with_orders([each]).cycles() for each in both_ways)
        assert no.chain[0] in (no.step, *together) and no.chain[-1] in (no.step, *together)
