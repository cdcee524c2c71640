"""Our own elements in a diagram: namespace ``urn:binglian:bpmn:1``, prefix ``bl``, inside ``bpmn:extensionElements``.

``bl:step`` on a user task says which department and role handle it, for which item, within which limit; ``bl:needs``
and ``bl:yields`` name the materials and results it consumes and produces; ``bl:offering`` on the process names the item
or bundle it runs.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from engine.diagram.xml import BL, NAMESPACES, bpmn, place
from engine.errors import DiagramError

ACTS = frozenset({"accept", "review", "site", "decide", "issue", "lead_decide", "deliver"})

TASKS = (bpmn("userTask"), bpmn("manualTask"))
"""What a person does."""


@dataclass(frozen=True)
class StepElement:
    """What ``bl:step`` of one user task says; ``limit`` is in ``unit`` (working_days, days or months)."""

    id: str
    name: str
    item: str
    act: str
    department: str
    role: str
    limit: Decimal
    unit: str
    decisive: bool
    needs: tuple[str, ...]
    yields: tuple[str, ...]


def _limit(text: str, where: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise DiagramError(
            "diagram.limit", f"时限“{text}”不是非负数", f"the limit {text!r} is not a number of at least 0", where
        )
    return value


def read_step(task: etree._Element, file: str) -> StepElement:
    """The step a ``bpmn:userTask`` stands for; DiagramError when ``bl:step`` is missing, doubled or wrong."""
    where = place(file, task)
    found = task.findall(f"{bpmn('extensionElements')}/{{{BL}}}step")
    if len(found) != 1:
        raise DiagramError(
            "diagram.step",
            "用户任务需要且只能有一个 bl:step(办理部门、角色、时限)",
            "a user task needs exactly one bl:step (department, role, limit)",
            where,
        )
    step = found[0]
    missing = [name for name in ("act", "department", "role") if not step.get(name)]
    if missing or step.get("act") not in ACTS:
        raise DiagramError(
            "diagram.step",
            f"bl:step 缺少或写错属性:{', '.join(missing) or 'act=' + str(step.get('act'))}",
            f"bl:step lacks or misstates: {', '.join(missing) or 'act=' + str(step.get('act'))}",
            where,
        )
    refs = {
        name: tuple(e.get("ref", "") for e in task.findall(f"{bpmn('extensionElements')}/{{{BL}}}{name}"))
        for name in ("needs", "yields")
    }
    return StepElement(
        id=task.get("id", ""),
        name=task.get("name", ""),
        item=step.get("item", ""),
        act=step.get("act", ""),
        department=step.get("department", ""),
        role=step.get("role", ""),
        limit=_limit(step.get("limit", "0"), where),
        unit=step.get("unit", "working_days"),
        decisive=step.get("decisive") == "true",
        needs=refs["needs"],
        yields=refs["yields"],
    )


def read_steps(process: etree._Element, file: str) -> dict[str, StepElement]:
    """The steps of all user tasks of a process, by element id, in document order."""
    return {task.get("id", ""): read_step(task, file) for task in process.iter(*TASKS)}


def offering_code(process: etree._Element) -> str:
    """The item or bundle code the process runs (``bl:offering``), or an empty string."""
    found = process.find("bpmn:extensionElements/bl:offering", NAMESPACES)
    return "" if found is None else found.get("code", "")
