"""Scheduling with limited resources: schedules are feasible, bounds are bounds, checked against trying everything."""

from itertools import permutations
from random import Random

import pytest

from bench.dispatching import (
    COMPLEXITIES,
    FACTORS,
    STRENGTHS,
    Instance,
    figures,
    instance,
    length_of,
    lower_bound,
    rows,
    starts,
)
from engine.simulation.dispatch import RULES
from tests.rounds import Rounds


def instances(count: int, activities: int) -> list[Instance]:
    """Some of all kinds."""
    random = Random(5)
    return [
        instance(random, random.choice(COMPLEXITIES), random.choice(FACTORS), random.choice(STRENGTHS), activities)
        for _ in range(count)
    ]


def usage(given: Instance, begun: dict[str, int], moment: int) -> dict[int, int]:
    """Units of each resource in use at a moment."""
    busy = [name for name, start in begun.items() if start <= moment < start + given.durations[name]]
    return {r: sum(given.demands[name].get(r, 0) for name in busy) for r in given.capacities}


def is_feasible(given: Instance, begun: dict[str, int]) -> bool:
    """Everything is done, after what comes before it, never with more than there is."""
    ends = {name: start + given.durations[name] for name, start in begun.items()}
    return (
        begun.keys() == set(given.graph.steps)
        and all(ends[before] <= begun[after] for before, after in given.graph.pairs)
        and all(units <= given.capacities[r] for at in begun.values() for r, units in usage(given, begun, at).items())
    )


def best(given: Instance) -> int:
    """The shortest there is: of all orders of the activities, each begun as early as it fits."""
    shortest = sum(given.durations.values())
    for order in permutations(given.graph.steps):
        begun: dict[str, int] = {}
        for name in order:
            before = given.graph.predecessors[name]
            if not all(one in begun for one in before):
                break
            at = max((begun[one] + given.durations[one] for one in before), default=0)
            while not _fits(given, begun, name, at):
                at += 1
            begun[name] = at
        else:
            shortest = min(shortest, length_of(given, begun))
    return shortest


def _fits(given: Instance, begun: dict[str, int], name: str, at: int) -> bool:
    for moment in range(at, at + given.durations[name]):
        used = usage(given, begun, moment)
        if any(used[r] + given.demands[name].get(r, 0) > units for r, units in given.capacities.items()):
            return False
    return True


@pytest.mark.parametrize("rule", RULES)
def test_schedules_are_feasible_and_never_shorter_than_the_bound(rule: str, rounds: Rounds) -> None:
    for given in instances(rounds(test=20, long=500), 30):
        begun = starts(given, rule)
        assert is_feasible(given, begun)
        assert lower_bound(given) <= length_of(given, begun)


def test_the_bound_is_not_above_the_best_there_is_and_no_rule_is_below_it(rounds: Rounds) -> None:
    for given in instances(rounds(test=12, long=200), 5):
        shortest = best(given)
        assert lower_bound(given) <= shortest
        assert all(shortest <= length_of(given, starts(given, rule)) for rule in RULES)


def test_with_as_much_as_is_ever_asked_for_everything_takes_its_critical_path() -> None:
    random = Random(1)
    for _ in range(5):
        given = instance(random, 1.8, 0.75, 1.0)
        assert length_of(given, starts(given, "least_slack")) == lower_bound(given) == given.plan.length


def test_rows_tell_each_rule_over_the_same_instances_and_repeat_with_the_seed() -> None:
    found = rows(1, seed=3)
    assert [(row.rule, row.instances) for row in found] == [(rule, 48) for rule in RULES]
    assert all(1 <= row.mean_ratio <= row.worst_ratio < 2 and row.at_bound > 0 for row in found)
    assert found == rows(1, seed=3)


def test_the_bench_gets_a_figure_for_each_rule() -> None:
    found = [figure.name for figure in figures(1)]
    assert found == [f"{rule}: length over the lower bound" for rule in RULES]
