"""Short words for corrections after the acceptance."""

from collections.abc import Mapping, Sequence

from engine.case.demanded import open_demands
from engine.commands import SYSTEM, Actor, DemandMaterials, DropDemand, Outcome, SendCorrection, SupplyMaterials
from engine.journal import Entry
from tests.builders import CLERK, Office, handler_of

BUNDLE = "B05"
"""A bundle whose five branches open together; three of them read the same lease."""
FOOD, LIQUOR, DRUG, DEVICE, TOBACCO = "FOOD.site", "LIQUOR.review", "DRUG.site", "MEDDEV2.review", "TOBACCO.site"
PREMISES, FLOOR, KITCHEN, FORM = "M_PREMISES", "M_FLOORPLAN", "M_KITCHEN", "F_B05"
REASON = "审查发现材料不符合要求"
LEAD = Actor("market1", "market", frozenset({"inspector"}))


def demand(
    office: Office, case_id: str, step: str, materials: Sequence[str] | Mapping[str, str], key: str = ""
) -> Outcome:
    """Whoever handles an open step demands these."""
    task = office.open(case_id)[step]
    named = materials if isinstance(materials, Mapping) else dict.fromkeys(materials, "看不清")
    return office.engine.execute(DemandMaterials(case_id, task.id, named, REASON, key), handler_of(task))


def drop(office: Office, case_id: str, step: str, material: str = "") -> Outcome:
    """Whoever handles an open step takes a demand back."""
    task = office.open(case_id)[step]
    return office.engine.execute(DropDemand(case_id, task.id, material), handler_of(task))


def send(office: Office, case_id: str, actor: Actor = CLERK) -> Outcome:
    """The notice is sent early."""
    return office.engine.execute(SendCorrection(case_id), actor)


def supply(office: Office, case_id: str, *materials: str) -> Outcome:
    """The window registers what has come."""
    return office.engine.execute(SupplyMaterials(case_id, dict.fromkeys(materials, "received")), CLERK)


def entries(office: Office, case_id: str, kind: str) -> list[Entry]:
    """The entries of one kind."""
    return [entry for entry in office.engine.read.case(case_id, SYSTEM).entries if entry.kind == kind]


def paused(office: Office, case_id: str) -> set[str]:
    """Items whose promised clocks stand still; each with all its open steps, and none with its statutory clock."""
    case = office.case(case_id)
    going = [stop for stop in case.suspensions.values() if stop.ended_at is None]
    for task in case.open_tasks():
        stops = [stop for stop in going if stop.item in {"", task.item} and f"task:{task.id}" not in stop.past]
        assert (task.due_at is None) == bool(stops), task
    for stop in going:
        if stop.item and f"item_promised:{stop.item}" not in stop.past:
            assert case.items[stop.item].due_at is None, stop
    assert case.statutory_due_at is not None or case.closed_at is not None
    return {stop.item for stop in going}


def owed(office: Office, case_id: str) -> dict[str, list[str]]:
    """Step → materials it waits for."""
    case = office.case(case_id)
    steps = {task.id: task.step for task in case.tasks.values()}
    found: dict[str, list[str]] = {}
    for one in open_demands(case).values():
        found.setdefault(steps[one.task], []).append(one.material)
    return {step: sorted(materials) for step, materials in found.items()}
