"""Joint site visits: several steps become one, where that does not make the visit wait for itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.catalogue import SharedStep
from engine.parallel.order import INSIDE, Order, PrecedenceGraph
from engine.parallel.schedule import Plan


@dataclass(frozen=True)
class Refusal:
    """A step that stays apart from a joint visit, and the chain of steps that would close a cycle."""

    visit: str
    step: str
    chain: tuple[str, ...]
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Visit:
    """A joint visit and the steps that became one in it."""

    id: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Joined:
    """The plan with the visits joined; ``visits`` are those of two steps or more."""

    plan: Plan
    visits: tuple[Visit, ...]
    refused: tuple[Refusal, ...]

    @property
    def steps_saved(self) -> int:
        """How many steps fewer there are."""
        return sum(len(visit.steps) - 1 for visit in self.visits)


def join_visits(plan: Plan, shared: Iterable[SharedStep]) -> Joined:
    """Joins the steps of each shared step, one shared step after the other, in their order.

    A step that must wait for one already in the visit, or the other way round, stays apart: the visit would wait
    for itself. CatalogueError when the plan itself has a cycle.
    """
    visits: list[Visit] = []
    refused: list[Refusal] = []
    for visit in shared:
        there = [step for step in visit.replaces if step in plan.limits]
        together: list[str] = []
        for step in there:
            if way := _way_between(plan.graph, together, step):
                refused.append(_refusal(plan.graph, visit, step, way))
            else:
                together.append(step)
        if len(together) > 1:
            plan = _collapsed(plan, visit, together)
            visits.append(Visit(visit.id, tuple(together)))
    return Joined(plan, tuple(visits), tuple(refused))


def _way_between(graph: PrecedenceGraph, together: Iterable[str], step: str) -> list[str]:
    """A chain between ``step`` and one of the others, in either direction; empty when there is none."""
    ways = (graph.way(*ends) for other in together for ends in ((other, step), (step, other)))
    return next((way for way in ways if way), [])


def _refusal(graph: PrecedenceGraph, visit: SharedStep, step: str, way: list[str]) -> Refusal:
    names = [graph.name(each) for each in way]
    why = [order for order in graph.along(way) if order.kind != INSIDE]
    because_zh = "；".join(dict.fromkeys(order.why_zh for order in why))
    because_en = "; ".join(dict.fromkeys(order.why_en for order in why))
    return Refusal(
        visit.id,
        step,
        tuple(way),
        f"“{graph.name(step)[0]}”不能并入“{visit.name_zh}”：" + " → ".join(zh for zh, _ in names)
        + f" 须依次进行{f'（{because_zh}）' if why else ''}，合并后这次现场环节须等待自己",
        f"“{graph.name(step)[1]}” cannot join “{visit.name_en}”: " + " → ".join(en for _, en in names)
        + f" must follow each other{f' ({because_en})' if why else ''}; joined, the visit would wait for itself",
    )  # fmt: skip


def _collapsed(plan: Plan, visit: SharedStep, together: list[str]) -> Plan:
    """The plan with the steps replaced by the visit, which takes its own time."""
    graph = plan.graph
    gone = set(together)
    orders = (_moved(order, gone, visit.id) for order in graph.orders)
    graph = PrecedenceGraph(
        (*(step for step in graph.steps if step not in gone), visit.id),
        tuple(dict.fromkeys(orders)),
        {**graph.names, visit.id: (visit.name_zh, visit.name_en)},
        {**graph.visits, visit.id: tuple(together)},
    )
    limits = {step: days for step, days in plan.limits.items() if step not in gone}
    return Plan(graph, limits | {visit.id: visit.limit})


def _moved(order: Order, gone: set[str], visit: str) -> Order:
    return replace(
        order,
        before=visit if order.before in gone else order.before,
        after=visit if order.after in gone else order.after,
    )
