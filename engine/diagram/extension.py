"""Our own elements in a diagram: namespace ``urn:binglian:bpmn:1``, prefix ``bl``, inside ``bpmn:extensionElements``.

``bl:step`` on a user task says which department and role handle it, for which item, within which limit, and if wanted
under which ``policy`` of ``policies.toml``; ``bl:approvers`` repeats how several people decide it; ``bl:needs`` and
``bl:yields`` name the materials and results it consumes and produces; ``bl:offering`` on the process names the item or
bundle it runs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml import etree

from engine.diagram.calls import tasks_of_persons
from engine.diagram.xml import BL, NAMESPACES, bpmn, executable_processes, line_of, place, read_definitions
from engine.errors import DiagramError

TASKS = (bpmn("userTask"), bpmn("manualTask"))
"""What a person does."""

ACTS = frozenset({"accept", "review", "site", "decide", "issue", "lead_decide", "deliver"})

POLICY = "policy"

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?")
MOST_PLACES = 20
"""Places a number may have before or after its point; with 1E999999999 nothing can be counted."""


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
    policy: str = ""
    line: int = 0
    approvers: Mapping[str, object] | None = field(default=None, compare=False)
    """What ``bl:approvers`` says, as ``item.toml`` would."""


def _limit(text: str, where: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0 or not _writable(value):
        raise DiagramError(
            "diagram.limit", f"时限“{text[:40]}”不是非负数,或位数过多",
            f"the limit {text[:40]!r} is not a number of at least 0, or has too many places", where,
        )  # fmt: skip
    return value


def _writable(value: Decimal) -> bool:
    return value.adjusted() < MOST_PLACES and int(value.as_tuple().exponent) > -MOST_PLACES


def read_step(task: etree._Element, file: str, drawn: etree._Element | None = None) -> StepElement:
    """The step a ``bpmn:userTask`` stands for; DiagramError when ``bl:step`` is missing, doubled or wrong.

    ``drawn``: the call activity of a global task, which the step has its id and name from.
    """
    drawn = task if drawn is None else drawn
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
        id=drawn.get("id", ""),
        name=drawn.get("name") or task.get("name") or "",
        item=step.get("item", ""),
        act=step.get("act", ""),
        department=step.get("department", ""),
        role=step.get("role", ""),
        limit=_limit(step.get("limit", "0"), where),
        unit=step.get("unit", "working_days"),
        decisive=step.get("decisive") == "true",
        needs=refs["needs"],
        yields=refs["yields"],
        policy=step.get(POLICY, ""),
        line=line_of(step),
        approvers=_approvers(task, where),
    )


def _approvers(task: etree._Element, where: str) -> Mapping[str, object] | None:
    """The attributes of ``bl:approvers`` and its ``bl:seat`` as values of a table; None when it is not there."""
    found = task.findall(f"{bpmn('extensionElements')}/{{{BL}}}approvers")
    if len(found) > 1:
        raise DiagramError(
            "diagram.approvers", "用户任务最多有一个 bl:approvers", "a user task has at most one bl:approvers", where
        )
    for told in found:
        seats = [_values(seat) for seat in told.findall(f"{{{BL}}}seat")]
        return {**_values(told), "seats": seats}
    return None


def _values(element: etree._Element) -> dict[str, object]:
    """Attributes as a table has them: whole and decimal numbers, true and false, texts."""
    return {str(name): _value(str(text)) for name, text in element.attrib.items()}


def _value(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return text


def read_steps(process: etree._Element, file: str) -> dict[str, StepElement]:
    """The steps of all user tasks of a process and of what it calls, by element id, in document order."""
    return {drawn.get("id", ""): read_step(task, file, drawn) for drawn, task in tasks_of_persons(process)}


def may_say(diagram: bytes, word: str) -> bool:
    """Whether a file is worth reading for a name (ASCII) of ours; true for each that has it, in any encoding."""
    return word.encode() in diagram.replace(b"\0", b"")


def drawn_policies(diagram: bytes, file: str) -> dict[str, str]:
    """Steps for which a diagram names a policy, with its code; most diagrams name none and are not even parsed."""
    if not may_say(diagram, POLICY):
        return {}
    process = executable_processes(read_definitions(diagram, file))[0]
    drawn = (
        (task.get("id", ""), said.find("bpmn:extensionElements/bl:step", NAMESPACES))
        for task, said in tasks_of_persons(process)
    )
    return {step: found.get(POLICY, "") for step, found in drawn if found is not None and found.get(POLICY)}


def offering_code(process: etree._Element) -> str:
    """The item or bundle code the process runs (``bl:offering``), or an empty string."""
    found = process.find("bpmn:extensionElements/bl:offering", NAMESPACES)
    return "" if found is None else found.get("code", "")
