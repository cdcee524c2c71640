"""Block structures of precedences."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.parallel.structure import (
    Block,
    Fork,
    Guard,
    Leaf,
    Mesh,
    Series,
    is_series_parallel,
    poset,
    steps_of,
    structure,
)  # fmt: skip
from engine.parallel.structure_guards import guarded
from tests.unit.parallel_shapes import random_order, series_parallel

A, B, C, D, E = (Leaf(name) for name in "abcde")


@pytest.mark.parametrize(
    ("before", "block"),
    [
        ({"a": []}, A),
        ({"a": [], "b": ["a"]}, Series((A, B))),
        ({"a": [], "b": []}, Fork((A, B))),
        ({"a": [], "b": ["a"], "c": ["a", "b"]}, Series((A, B, C))),
        ({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}, Series((A, Fork((B, C)), D))),
        ({"a": [], "b": [], "c": ["a", "b"], "d": ["a", "b"]}, Series((Fork((A, B)), Fork((C, D))))),
        ({"a": [], "b": [], "c": ["a"], "d": ["a", "b"]}, Mesh((A, B, C, D), ((), (), (0,), (0, 1)))),
    ],
)
def test_small_orders_have_the_structure_anyone_would_draw(before: dict[str, list[str]], block: Block) -> None:
    assert structure(before) == block


def test_no_steps_have_no_structure() -> None:
    assert structure({}) is None


def test_a_circular_order_names_its_steps() -> None:
    with pytest.raises(BadInput, match="circular") as caught:
        structure({"a": ["b"], "b": ["a"]})
    assert {"a", "b"} <= set(caught.value.where.split(" → "))


@given(st.integers(0, 10**6), st.integers(1, 40))
def test_what_is_nested_is_found_to_be_series_parallel(seed: int, steps: int) -> None:
    block = structure(series_parallel(Random(seed), steps))
    assert block is not None
    assert is_series_parallel(block)


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 80))
def test_the_structure_says_the_same_order_as_the_steps(seed: int, steps: int, orders: int) -> None:
    before = random_order(Random(seed), steps, orders)
    block = structure(before)
    assert block is not None
    order = poset(before)
    wanted = {
        (one, other)
        for m, other in enumerate(order.names)
        for n, one in enumerate(order.names)
        if order.above[m] >> n & 1
    }
    assert _ordered(block) == wanted
    assert sorted(steps_of(block)) == sorted(before)


def _ordered(block: Block) -> set[tuple[str, str]]:
    if isinstance(block, Leaf):
        return set()
    if isinstance(block, Guard):
        return _ordered(block.block)
    found = {pair for part in block.blocks for pair in _ordered(part)}
    count = len(block.blocks)
    above: list[set[int]] = [set() for _ in range(count)]
    for n in range(count):
        direct = block.before[n] if isinstance(block, Mesh) else range(n) if isinstance(block, Series) else ()
        above[n] = set(direct).union(*(above[m] for m in direct))
        for m in above[n]:
            found |= {(a, b) for a in steps_of(block.blocks[m]) for b in steps_of(block.blocks[n])}
    return found


def test_neighbours_with_one_condition_share_a_guard() -> None:
    block = structure({"a": [], "b": ["a"], "c": ["b"], "d": ["a"], "e": ["c", "d"]})
    assert block is not None
    when = {"b": "x", "c": "x", "d": "y"}
    assert guarded(block, lambda step: when.get(step, "")) == Series(
        (A, Fork((Guard("x", Series((B, C))), Guard("y", D))), E)
    )
    assert guarded(block, lambda _: "z") == Guard("z", block)
