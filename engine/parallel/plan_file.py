"""The plan of a diagram that came as a file: what its tasks say about their time."""

from decimal import Decimal, InvalidOperation

from engine.diagram.extension import TASKS
from engine.diagram.xml import BL
from engine.parallel.convert_parts import Parts
from engine.parallel.order import PrecedenceGraph
from engine.parallel.plan_caps import WORKING_DAYS
from engine.parallel.schedule import Plan

MOST_DAYS, MOST_PLACES = 10_000, 20


def plan_of_file(parts: Parts, graph: PrecedenceGraph) -> Plan | None:
    """Each unit with the working days of its tasks together (``limit`` of ``bl:step``; one round of a loop).

    None unless every task of a person says its working days.
    """
    limits: dict[str, Decimal] = {}
    for step, unit in parts.units.items():
        tasks = [task for node in unit.nodes for task in parts.nodes[node].iter(*TASKS)]
        said = [each for task in tasks for each in task.iterfind(f"{{*}}extensionElements/{{{BL}}}step")]
        days = [days_from(each.get("limit", "")) for each in said if each.get("unit", WORKING_DAYS) == WORKING_DAYS]
        known = [each for each in days if each is not None]
        if len(known) != len(tasks):
            return None
        limits[step] = sum(known, Decimal(0))
    return Plan(graph, limits)


def days_from(text: str) -> Decimal | None:
    """A number of working days as people write it, 0 to ``MOST_DAYS``; None for anything else.

    A huge or tiny exponent is no number of days either: its exact fraction would have as many digits.
    """
    try:
        days = Decimal(text)
    except InvalidOperation:
        return None
    small = days.is_finite() and abs(int(days.as_tuple().exponent)) <= MOST_PLACES
    return days if small and 0 <= days <= MOST_DAYS else None
