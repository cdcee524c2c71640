"""What the plan says of the cases to be simulated: which step waits for which, and when each has to begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.catalogue import Offering, Step
from engine.parallel.plan import plan_of
from engine.parallel.precedence import precedence_of
from engine.parallel.schedule import Days, schedule
from engine.simulation.assumptions import Assumptions
from engine.simulation.folders import in_series

ACCEPT, DELIVER = "accept", "deliver"


@dataclass(frozen=True)
class CasePlan:
    """Of one set of items: the working days of each step, its latest start after acceptance, the steps after it."""

    limits: Mapping[str, Days]
    latest: Mapping[str, Fraction]
    after: Mapping[str, frozenset[str]]
    quiet: frozenset[str]
    """Steps no department's own acceptance comes after, however late."""


def case_plan(offering: Offering, codes: frozenset[str], assumptions: Assumptions, *, serial: bool) -> CasePlan:
    """The plan of a case with the items ``codes``, its steps in parallel or in series; CatalogueError on a cycle."""
    graph = in_series(offering, codes) if serial else precedence_of(offering, codes)
    planned = plan_of(offering, codes, elapsed=assumptions.special_procedures).limits
    limits = {step: _limit(offering.step(step), planned, assumptions) for step in graph.steps}
    found, after = schedule(graph, limits), graph.reachable()
    accepts = {step for step in graph.steps if offering.step(step).act == ACCEPT}
    return CasePlan(
        limits,
        {time.id: Fraction(time.latest) for time in found.steps},
        after,
        frozenset(step for step in graph.steps if not accepts & after[step]),
    )


def _limit(step: Step, planned: Mapping[str, Days], assumptions: Assumptions) -> Days:
    """What the plan gives a step; what it leaves out (optional steps, delivery) takes none of its time."""
    if step.act == ACCEPT and not assumptions.acceptance:
        return Fraction(0)
    if not step.item:
        return Fraction(0) if step.act == DELIVER else step.limit
    return planned.get(step.id, Fraction(0))
