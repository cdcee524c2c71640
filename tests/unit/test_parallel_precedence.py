"""Which step waits for which: from needs, declarations and items; reduced, and its cycles told in words."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from engine.catalogue import Catalogue, Offering
from engine.errors import CatalogueError
from engine.parallel.order import PrecedenceGraph
from engine.parallel.precedence import Order, Work, derived_orders, precedence_of
from tests.quick import shipped
from tests.unit.precedence_graphs import extensions, graph_of, graphs, order


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped()


def between(graph: PrecedenceGraph, before: str, after: str) -> list[Order]:
    return [each for each in graph.orders if (each.before, each.after) == (before, after)]


def with_step(offering: Offering, step_id: str, **changes: Any) -> Offering:
    """The offering with one step changed."""
    items = tuple(
        replace(item, steps=tuple(replace(s, **changes) if s.id == step_id else s for s in item.steps))
        for item in offering.items
    )
    return replace(offering, items=items)


def test_derived_declared_and_inside_orders_are_told_apart_and_say_why(catalogue: Catalogue) -> None:
    graph = precedence_of(catalogue.offering("B02"))
    [derived] = between(graph, "HEALTHCERT.issue", "FOOD.issue")
    assert (derived.kind, derived.carries, derived.strength) == ("derived", "R_HEALTHCERT", "before_issue")
    assert (derived.relaxable, derived.source) == (True, ("S16",))
    [declared] = between(graph, "LIC_CHECK.review", "FOOD.accept")
    assert (declared.kind, declared.carries, declared.why_en) == (
        "declared", "", "licence status is checked before the others start",
    )  # fmt: skip
    [inside] = between(graph, "FOOD.accept", "FOOD.site")
    assert (inside.kind, inside.source) == ("inside", ("S16",))


def test_the_own_steps_of_a_bundle_follow_everything_and_can_be_left_out(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B02")
    graph = precedence_of(offering)
    assert graph.steps == tuple(offering.steps)
    reach = graph.reachable()
    assert all("B02.decide" in reach[step] for step in graph.steps if not step.startswith("B02."))
    assert reach["B02.decide"] == {"B02.deliver"}
    assert not [step for step in precedence_of(offering, own_steps=False).steps if step.startswith("B02.")]


def test_only_the_chosen_items_are_ordered(catalogue: Catalogue) -> None:
    graph = precedence_of(catalogue.offering("B13"), ["HUKOU_NEW", "SSCARD_NB"], own_steps=False)
    assert {step.split(".")[0] for step in graph.steps} == {"HUKOU_NEW", "SSCARD_NB"}
    assert [each.carries for each in graph.orders if each.kind == "derived"] == ["R_HUKOU_NB"]


def test_relaxed_needs_come_before_the_last_step_only(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B02")
    earlier = tuple(
        replace(edge, to_step="FOOD.review", strength="before_step") if edge.carries == "R_HEALTHCERT" else edge
        for edge in offering.precedence
    )
    needy = with_step(replace(offering, precedence=earlier), "FOOD.review", needs=("R_HEALTHCERT",))
    assert between(precedence_of(needy), "HEALTHCERT.issue", "FOOD.review")
    relaxed = precedence_of(needy, relaxed=True)
    assert not between(relaxed, "HEALTHCERT.issue", "FOOD.review")
    [moved] = between(relaxed, "HEALTHCERT.issue", "FOOD.issue")
    assert (moved.strength, moved.source) == ("before_issue", ("S12",))


def test_a_need_nobody_declared_becomes_an_order_of_its_own(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B13")
    silent = replace(offering, precedence=tuple(e for e in offering.precedence if e.to != "SSCARD_NB"))
    [found] = between(precedence_of(silent), "HUKOU_NEW.review", "SSCARD_NB.accept")
    assert (found.kind, found.strength, found.carries) == ("derived", "before_start", "R_HUKOU_NB")
    assert "R_HUKOU_NB" in found.why_zh and "R_HUKOU_NB" in found.why_en


def test_a_result_no_step_yields_is_an_error_that_names_the_step(catalogue: Catalogue) -> None:
    barren = with_step(catalogue.offering("B13"), "HUKOU_NEW.review", yields=())
    with pytest.raises(CatalogueError, match="no step yields it") as refusal:
        precedence_of(barren)
    assert (refusal.value.code, refusal.value.where) == ("precedence.no_producer", "MEDINS_NB.accept")
    assert "R_HUKOU_NB" in refusal.value.message_zh


def test_two_producers_of_one_result_are_named(catalogue: Catalogue) -> None:
    twice = with_step(catalogue.offering("B13"), "BIRTHCERT.review", yields=("R_BIRTHCERT", "R_HUKOU_NB"))
    with pytest.raises(CatalogueError, match="yielded by two steps") as refusal:
        precedence_of(twice)
    assert refusal.value.where == "BIRTHCERT.review, HUKOU_NEW.review"


def test_orders_are_derived_from_any_steps_that_say_what_they_need_and_yield() -> None:
    works = [Work("a", "甲", "A", ("form",), ("x",)), Work("b", "乙", "B", ("x", "form"), ("y",)), Work("c", "丙", "C")]
    [found] = derived_orders(works, {"form"})
    assert (found.before, found.after, found.carries) == ("a", "b", "x")
    assert "甲" in found.why_zh


def test_an_order_other_orders_imply_is_taken_away_and_all_reasons_of_the_others_stay() -> None:
    graph = graph_of("a<b<c a<c")
    again = graph.with_orders([order("a", "b", "a second reason")])
    assert [(each.before, each.after, each.why_en) for each in again.reduced().orders] == [
        ("a", "b", ""), ("b", "c", ""), ("a", "b", "a second reason"),
    ]  # fmt: skip


def test_a_step_taken_out_leaves_its_neighbours_in_order() -> None:
    left = graph_of("a<b<c b<d").without(["b"])
    assert left.steps == ("a", "c", "d")
    assert left.pairs == {("a", "c"), ("a", "d")}


def test_of_two_orders_that_become_one_the_reason_that_says_more_stays() -> None:
    said, plain = order("a", "b", "a rule"), replace(order("b", "c", "same item"), kind="inside")
    for orders in ((said, plain), (replace(plain, before="a", after="b"), replace(said, before="b", after="c"))):
        [left] = PrecedenceGraph(("a", "b", "c"), orders).without(["b"]).orders
        assert (left.before, left.after, left.why_en) == ("a", "c", "a rule")


def test_a_cycle_is_told_with_its_edges_reasons_and_what_may_give_way() -> None:
    orders = (order("food", "school", "the canteen"), order("school", "unit"), order("unit", "food", "a subject", True))
    names = {"food": ("食品", "Food"), "school": ("办学", "School"), "unit": ("登记", "Unit")}
    [cycle] = PrecedenceGraph(("school", "food", "unit", "free"), orders, names).cycles()
    assert set(cycle.edges) == set(orders)
    assert cycle.steps == ("school", "unit", "food")
    assert "“School” waits for “Food” (the canteen)" in cycle.explanation_en
    assert "“Food” waits for “Unit” (a subject)” may be relaxed" in cycle.explanation_en
    assert "“办学”须等“食品”（the canteen）" in cycle.explanation_zh


def test_a_circular_graph_has_no_sequence_and_the_error_names_the_circle() -> None:
    graph = graph_of("a<b<c<b c<d")
    with pytest.raises(CatalogueError, match="circular") as refusal:
        graph.topological()
    assert refusal.value.where == "b → c → b"
    with pytest.raises(CatalogueError):
        graph.reduced()


def test_every_tangle_has_its_own_cycle_and_a_step_may_bite_its_own_tail() -> None:
    found = graph_of("a<b<a b<c c<d<e<f<d d<f g<g").cycles()
    assert sorted(cycle.steps for cycle in found) == [("a", "b"), ("d", "f"), ("g",)]
    assert graph_of("a<b<c").cycles() == []


@given(graphs(6))
def test_the_reduced_graph_allows_the_same_sequences_and_no_order_of_it_can_go(graph: PrecedenceGraph) -> None:
    reduced = graph.reduced()
    allowed = extensions(graph)
    assert extensions(reduced) == allowed
    for pair in reduced.pairs:
        fewer = [each for each in reduced.orders if (each.before, each.after) != pair]
        assert extensions(replace(reduced, orders=tuple(fewer))) != allowed


@given(graphs())
def test_reduction_keeps_what_is_reachable_and_the_topological_order_keeps_every_order(graph: PrecedenceGraph) -> None:
    assert graph.reduced().reachable() == graph.reachable()
    line = graph.topological()
    assert sorted(line) == sorted(graph.steps)
    assert all(line.index(before) < line.index(after) for before, after in graph.pairs)
    for step, later in graph.reachable().items():
        assert later == {other for other in graph.steps if graph.way(step, other)}


@given(graphs())
def test_taking_steps_out_keeps_the_order_of_the_others(graph: PrecedenceGraph) -> None:
    gone = graph.steps[::2]
    left, before = graph.without(gone).reachable(), graph.reachable()
    assert left == {step: before[step] - set(gone) for step in graph.steps if step not in gone}


@given(graphs())
def test_one_order_backwards_along_a_chain_is_found_as_a_cycle(graph: PrecedenceGraph) -> None:
    for before, after in list(graph.pairs)[:3]:
        [cycle] = graph.with_orders([order(after, before)]).cycles()
        assert [each.after for each in cycle.edges] == [*(each.before for each in cycle.edges[1:]), cycle.steps[0]]
        assert len(cycle.edges) == 2
