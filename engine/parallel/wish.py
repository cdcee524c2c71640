"""Which order of an item or bundle is wanted: as it is, relaxed, with joint visits, under a regime."""

from dataclasses import dataclass

from engine.catalogue import Offering
from engine.parallel.order import PrecedenceGraph
from engine.parallel.plan import plain_items, plan_of, regime_of, under_regime
from engine.parallel.precedence import precedence_of
from engine.parallel.schedule import Plan
from engine.parallel.visits import join_visits


@dataclass(frozen=True)
class Wish:
    """``regime`` is an id, empty for the offering as it is."""

    relaxed: bool = False
    joint_visits: bool = False
    regime: str = ""


NO_WISH = Wish()


def wished_graph(offering: Offering, wish: Wish) -> tuple[Offering, PrecedenceGraph]:
    """The offering and the order of all its steps as wished, for a diagram.

    NotFound when there is no such regime, CatalogueError when the order is circular.
    """
    codes: tuple[str, ...] | None = None
    if wish.regime:
        offering, codes = under_regime(offering, regime_of(offering, wish.regime))
    graph = precedence_of(offering, codes, relaxed=wish.relaxed)
    if wish.joint_visits:
        plan = Plan(graph, {step: offering.step(step).limit for step in graph.steps})
        graph = join_visits(plan, offering.shared_steps).plan.graph
    graph.topological()
    return offering, graph


def wished_plan(offering: Offering, wish: Wish) -> Plan:
    """The plan of the plain case as wished; errors as in ``wished_graph``."""
    codes = plain_items(offering)
    if wish.regime:
        offering, codes = under_regime(offering, regime_of(offering, wish.regime))
    plan = plan_of(offering, codes, relaxed=wish.relaxed)
    return join_visits(plan, offering.shared_steps).plan if wish.joint_visits else plan
