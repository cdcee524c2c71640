"""What a plan may take: promised limits of the items and the caps of the law, in working days.

行政许可法 42: an authority decides within 20 working days of acceptance, 10 more by its head's decision; joint,
unified or concentrated handling takes 45 at most, 15 more by the head of the government. A special law may say
otherwise; then the item has a statutory limit of its own.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from engine.catalogue import Limit, Offering
from engine.parallel.schedule import Plan, decimal_days

SINGLE, SINGLE_EXTENSION = Decimal(20), Decimal(10)
JOINT, JOINT_EXTENSION = Decimal(45), Decimal(15)
WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Cap:
    """``days`` of an item, or of the whole (``item`` empty), against one limit.

    ``kind``: ``promised`` or ``statutory``. ``extension`` working days may be added once, 0 where none may.
    ``over`` is by how much the limit is passed without extension: 0 when kept, None when the limit is in
    calendar days or months, which only a calendar can compare.
    """

    item: str
    kind: str
    days: Decimal
    limit: Decimal
    unit: str
    extension: Decimal
    over: Decimal | None

    @property
    def within(self) -> bool | None:
        """Whether the limit is kept, at need with the extension; None when only a calendar can tell."""
        return None if self.over is None else self.over <= self.extension


def caps(offering: Offering, plan: Plan) -> tuple[Cap, ...]:
    """Each item of the plan against its promised and statutory limit, then the whole against the law's cap.

    A limit the bundle sets for an item counts as promised in place of the item's own.
    """
    taking_part = {offering.step(step).item for step in plan.graph.steps}
    found: list[Cap] = []
    for item in (item for item in offering.items if item.code in taking_part):
        days = [Fraction(plan.limits[step.id]) for step in item.steps if step.id in plan.limits]
        total = decimal_days(sum(days, Fraction(0)))
        if item.code in offering.item_limits:
            found.append(_against(item.code, "promised", total, offering.item_limits[item.code], Decimal(0)))
        elif item.promised is not None:
            found.append(_cap(item.code, "promised", total, item.promised, Decimal(0)))
        if item.statutory is not None:
            found.append(_cap(item.code, "statutory", total, item.statutory, SINGLE_EXTENSION))
    whole = plan.schedule.length
    if len(taking_part) > 1:
        found.append(_against("", "statutory", whole, JOINT, JOINT_EXTENSION))
    elif all(cap.kind == "promised" for cap in found):
        found.append(_against("", "statutory", whole, SINGLE, SINGLE_EXTENSION))
    return tuple(found)


def _cap(item: str, kind: str, days: Decimal, limit: Limit, extension: Decimal) -> Cap:
    if limit.unit == WORKING_DAYS:
        return _against(item, kind, days, limit.value, extension)
    return Cap(item, kind, days, limit.value, limit.unit, extension, None)


def _against(item: str, kind: str, days: Decimal, limit: Decimal, extension: Decimal) -> Cap:
    return Cap(item, kind, days, limit, WORKING_DAYS, extension, max(days - limit, Decimal(0)))
