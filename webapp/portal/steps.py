"""The steps of an offering as a table: the equivalent of its diagram for those who cannot see it."""

from dataclasses import dataclass

from engine.catalogue import Offering, ServiceItem, Step
from webapp.i18n import gettext as _
from webapp.words import local


@dataclass(frozen=True)
class StepRow:
    """One step in the table; ``after`` are the names of what it waits for."""

    step: Step
    after: list[str]


@dataclass(frozen=True)
class StepGroup:
    """The steps of one item; no item for those of the offering itself."""

    item: ServiceItem | None
    rows: list[StepRow]


def steps_of(offering: Offering) -> list[StepGroup]:
    """The steps item by item, then the offering's own."""
    groups = [StepGroup(item, [_row(offering, step) for step in item.steps]) for item in offering.items]
    return [*groups, StepGroup(None, [StepRow(step, []) for step in offering.own_steps])]


def _row(offering: Offering, step: Step) -> StepRow:
    own = [local(offering.step(name)) for name in step.after]
    others = [_finished(offering, edge.from_) for edge in offering.precedence if edge.to_step == step.id]
    return StepRow(step, own + others)


def _finished(offering: Offering, code: str) -> str:
    name = local(offering.item(code), "short")
    always = offering.condition_of(code) is None
    return _("%(item)s办结", item=name) if always else _("%(item)s办结（要办时）", item=name)
