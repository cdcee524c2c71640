"""The simulation's dispatch rules on resource-constrained scheduling: how far from a lower bound do they end?

Instances are made the way the public sets of this problem are (PSPLIB, Kolisch and Sprecher 1996: j30): activities of 1
to 10 periods, a network of a given complexity (orders per activity), a share of the resources each activity asks for
(resource factor), and capacities between just enough and so much that nothing has to wait (resource strength).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import heappop, heappush
from itertools import product
from random import Random
from statistics import fmean

from bench.figures import Figure
from engine.parallel.order import DECLARED, Order, PrecedenceGraph
from engine.parallel.schedule import Schedule, schedule
from engine.simulation.dispatch import RULES, Dispatcher, Ticket, Waiting

ACTIVITIES, RESOURCES, LONGEST, MOST, FIRST = 30, 4, 10, 10, 3
"""Activities, kinds of resources, periods, units asked for; activities that wait for nothing."""
COMPLEXITIES, FACTORS, STRENGTHS = (1.5, 1.8, 2.1), (0.25, 0.5, 0.75, 1.0), (0.2, 0.5, 0.7, 1.0)
_TRIES = 50
"""Orders tried per activity before a network is taken as dense as it is."""


@dataclass(frozen=True)
class Instance:
    """``durations`` and ``demands`` (resource → units) by activity, ``capacities`` by resource."""

    graph: PrecedenceGraph
    durations: Mapping[str, int]
    demands: Mapping[str, Mapping[int, int]]
    capacities: Mapping[int, int]

    @cached_property
    def plan(self) -> Schedule:
        """The critical path method, with no limit on resources."""
        return schedule(self.graph, {name: Fraction(length) for name, length in self.durations.items()})

    @cached_property
    def earliest(self) -> Mapping[str, int]:
        """Earliest start of each activity."""
        return {time.id: int(time.earliest) for time in self.plan.steps}

    @cached_property
    def latest(self) -> Mapping[str, int]:
        """Latest start that does not lengthen the critical path."""
        return {time.id: int(time.latest) for time in self.plan.steps}


@dataclass(frozen=True)
class Row:
    """One rule over many instances: its lengths over the lower bounds; ``at_bound``: those proved to be the best."""

    rule: str
    instances: int
    mean_ratio: float
    worst_ratio: float
    at_bound: int


def rows(each: int, seed: int = 1) -> list[Row]:
    """Every rule over ``each`` instances of every combination of the three parameters (48 of them)."""
    random = Random(seed)
    combinations = product(range(each), COMPLEXITIES, FACTORS, STRENGTHS)
    made = [instance(random, complexity, factor, strength) for _, complexity, factor, strength in combinations]
    bounds = [lower_bound(one) for one in made]
    found = []
    for rule in RULES:
        ratios = [length_of(one, starts(one, rule)) / bound for one, bound in zip(made, bounds, strict=True)]
        found.append(Row(rule, len(made), fmean(ratios), max(ratios), ratios.count(1.0)))
    return found


def figures(each: int) -> Iterator[Figure]:
    """The rows as figures of the bench."""
    for row in rows(each):
        note = f"worst {row.worst_ratio:.2f}; {row.at_bound} of {row.instances} instances at the bound"
        yield Figure("dispatch", f"{row.rule}: length over the lower bound", row.mean_ratio, "×", note=note)


def instance(
    random: Random, complexity: float, factor: float, strength: float, activities: int = ACTIVITIES
) -> Instance:  # fmt: skip
    """One instance; as complex as asked as far as orders are found that no others imply."""
    names = [f"a{n:02d}" for n in range(activities)]
    graph = _network(random, names, complexity)
    durations = {name: random.randint(1, LONGEST) for name in names}
    asking = max(1, round(factor * RESOURCES))
    demands = {
        name: {r: random.randint(1, MOST) for r in sorted(random.sample(range(RESOURCES), asking))} for name in names
    }
    unlimited = Instance(graph, durations, demands, {})
    capacities = {}
    for resource in range(RESOURCES):
        asked = {name: demand.get(resource, 0) for name, demand in demands.items()}
        least, peak = max(asked.values()), _peak(unlimited, asked)
        capacities[resource] = least + round(strength * (peak - least))
    return Instance(graph, durations, demands, capacities)


def _network(random: Random, names: Sequence[str], complexity: float) -> PrecedenceGraph:
    """All but the first few follow another; then orders are added that nothing implies."""
    pairs = {(names[random.randrange(n)], names[n]) for n in range(min(FIRST, len(names)), len(names))}
    for _ in range(_TRIES * len(names) if len(names) > 1 else 0):
        if len(pairs) >= complexity * len(names):
            break
        one, other = sorted(random.sample(range(len(names)), 2))
        more = pairs | {(names[one], names[other])}
        if _graph(names, more).reduced().pairs == more:
            pairs = more
    return _graph(names, pairs)


def _graph(names: Sequence[str], pairs: set[tuple[str, str]]) -> PrecedenceGraph:
    orders = (Order(one, other, "before_step", DECLARED, "", "") for one, other in sorted(pairs))
    return PrecedenceGraph(tuple(names), tuple(orders))


def _peak(given: Instance, asked: Mapping[str, int]) -> int:
    """The most that is asked for at a time when everything begins as early as it can."""
    changes = [(start, asked[name]) for name, start in given.earliest.items()]
    changes += [(start + given.durations[name], -asked[name]) for name, start in given.earliest.items()]
    most = now = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def length_of(given: Instance, begun: Mapping[str, int]) -> int:
    """When the last activity ends."""
    return max(start + given.durations[name] for name, start in begun.items())


@dataclass(eq=False, kw_only=True)
class _Activity(Ticket):
    """An activity that waits or is under way."""

    name: str


def starts(given: Instance, rule: str) -> dict[str, int]:
    """Activity → start, when at every moment whatever fits begins, in the order of the rule."""
    dispatcher: Dispatcher[_Activity] = Dispatcher(given.capacities)
    missing = {name: len(before) for name, before in given.graph.predecessors.items()}
    found: dict[str, int] = {}
    running: list[tuple[int, int, _Activity]] = []
    ready, now, seen = [name for name in given.graph.steps if not missing[name]], 0, 0
    while len(found) < len(given.graph.steps):
        for name in ready:
            seen += 1
            waiting = Waiting(given.latest[name], given.durations[name], now, seen)
            dispatcher.add(_Activity(RULES[rule](waiting), given.demands[name], name=name))
        for activity in dispatcher.start():
            found[activity.name] = now
            heappush(running, (now + given.durations[activity.name], len(found), activity))
        now, ready = running[0][0], []
        while running and running[0][0] == now:
            done = heappop(running)[2]
            dispatcher.finish(done)
            for after in given.graph.successors[done.name]:
                missing[after] -= 1
                ready += [after] if not missing[after] else []
    return found


def lower_bound(given: Instance) -> int:
    """No schedule is shorter: the largest of the critical path, of the load of each resource, and of what does not fit
    beside the critical path."""
    return max(int(given.plan.length), _load(given), _beside_critical(given))


def _load(given: Instance) -> int:
    """For each resource: the work of activities that cannot begin before a moment and must be followed by some time
    takes at least its units over the capacity."""
    tail = {name: int(given.plan.length) - start - given.durations[name] for name, start in given.latest.items()}
    best = 0
    for resource, capacity in given.capacities.items():
        asking = [name for name in given.graph.steps if given.demands[name].get(resource)]
        for head, end in product({given.earliest[n] for n in asking}, {tail[n] for n in asking}):
            inside = [name for name in asking if given.earliest[name] >= head and tail[name] >= end]
            work = sum(given.durations[name] * given.demands[name][resource] for name in inside)
            if work:
                best = max(best, head - (-work // capacity) + end)
    return best


def _beside_critical(given: Instance) -> int:
    """The critical sequence bound (Stinson, Davis and Khumawala 1978): an activity that fits beside the critical path
    for too short a time lengthens it by the rest."""
    over = max((_rest(given, name) for name in given.graph.steps if name not in given.plan.critical), default=0)
    return int(given.plan.length) + max(0, over)


def _rest(given: Instance, name: str) -> int:
    """Periods of an activity that do not fit into its window beside the critical path in one piece."""
    longest = run = 0
    path = {t: step for step in given.plan.critical for t in _periods(given, step)}
    for period in range(given.earliest[name], given.latest[name] + given.durations[name]):
        run = run + 1 if period in path and _together(given, name, path[period]) else 0
        longest = max(longest, run)
    return given.durations[name] - longest


def _periods(given: Instance, name: str) -> range:
    return range(given.earliest[name], given.earliest[name] + given.durations[name])


def _together(given: Instance, one: str, other: str) -> bool:
    asked = (given.demands[one], given.demands[other])
    return all(sum(demand.get(r, 0) for demand in asked) <= units for r, units in given.capacities.items())
