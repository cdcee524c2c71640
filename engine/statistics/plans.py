"""What figures need of the plan of a case: the order of its steps, their limits and names."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.case.steps import ACCEPT, DELIVER
from engine.deployments import Deployments
from engine.parallel.plan import plan_of
from engine.parallel.precedence import precedence_of
from engine.statistics.records import CaseRecord


@dataclass(frozen=True)
class StepPlan:
    """Of one version and one set of items; ``order`` has every step after all it waits for (``before``)."""

    order: tuple[str, ...]
    before: Mapping[str, tuple[str, ...]]
    after: Mapping[str, frozenset[str]]
    """Step → all steps that wait for it, however far on."""
    limits: Mapping[str, Fraction]
    """Working days; none for what the plan leaves out: optional steps, deliveries, acceptances that are covered."""
    names: Mapping[str, tuple[str, str]]
    items: Mapping[str, str]
    """Step → its item; empty for a step of the whole case."""

    def name(self, step: str) -> tuple[str, str]:
        """What people call a step (zh, en); its id when the version has no such step."""
        return self.names.get(step, (step, step))


class Plans:
    """The plans of running and closed cases, each worked out once."""

    def __init__(self, deployments: Deployments) -> None:
        self._deployments = deployments
        self._known: dict[tuple[str, tuple[str, ...]], StepPlan] = {}

    def of(self, case: CaseRecord) -> StepPlan:
        """The plan of a case."""
        key = case.version, case.items
        if key not in self._known:
            self._known[key] = self._made(*key)
        return self._known[key]

    def department(self, code: str) -> tuple[str, str]:
        """The name of a department (zh, en)."""
        known = self._deployments.catalogue.departments.get(code)
        return (code, code) if known is None else (known.name_zh, known.name_en)

    def _made(self, version: str, items: tuple[str, ...]) -> StepPlan:
        offering = self._deployments.get(version).offering
        graph, planned = precedence_of(offering, items), plan_of(offering, items).limits
        limits: dict[str, Fraction] = {}
        for identity in graph.steps:
            step = offering.step(identity)
            own = step.limit if not step.item else 0
            limits[identity] = Fraction(0) if step.act in {ACCEPT, DELIVER} else Fraction(planned.get(identity, own))
        item_of = {step: offering.item_of(step) for step in graph.steps}
        names = {step: graph.name(step) for step in graph.steps}
        return StepPlan(graph.topological(), graph.predecessors, graph.reachable(), limits, names, item_of)
