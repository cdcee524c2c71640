"""A deployed version: the item or bundle and its diagram as they stood, parsed once, never changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.case.policies import Stage, stages_of
from engine.catalogue import Offering, Policy
from engine.parallel.plan import critical_path
from engine.runtime.specs import FlowSpec


@dataclass(frozen=True)
class Deployment:
    """``version`` is the hash of every file it is made of; running cases keep theirs."""

    version: str
    offering: Offering
    spec: FlowSpec
    drawn_policies: Mapping[str, str] = field(default_factory=dict)
    """Steps whose policy the diagram names."""
    visits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Joint visits the diagram draws, by the id of the task: the steps that run in its place."""
    _stages: dict[tuple[str, str, str], tuple[Stage, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _lengths: dict[tuple[str, ...], Decimal] = field(default_factory=dict, init=False, repr=False, compare=False)

    def policy(self, step_id: str) -> Policy:
        """The policy of a step."""
        return self.offering.policy_of(step_id, self.drawn_policies.get(step_id, ""))

    def stages(self, step_id: str, limit: str, unit: str) -> tuple[Stage, ...]:
        """What its policy does with a task of a step that has this limit; worked out once."""
        key = (step_id, limit, unit)
        if key not in self._stages:
            self._stages[key] = stages_of(self.policy(step_id), Decimal(limit), unit)
        return self._stages[key]

    def length(self, codes: Sequence[str]) -> Decimal:
        """Working days of the longest chain of steps when these items apply; worked out once, it never changes."""
        key = tuple(codes)
        if key not in self._lengths:
            self._lengths[key] = critical_path(self.offering, codes).length
        return self._lengths[key]


Get = Callable[[str], Deployment]
"""Gives a deployed version; IntegrityError ``deployment.lost`` when it is not kept."""
