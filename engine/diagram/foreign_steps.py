"""A user task drawn for another engine as a step of ours: who handles it, and within which limit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from engine.diagram.foreign_words import ATTRIBUTES, ELEMENTS, SEVEN, ZEEBE, Fate
from engine.diagram.xml import BL, BPMN, bpmn, local_name

Key = tuple[etree._Element, str]
"""An occurrence: an element and one of its qualified attributes, or an empty string for the element itself."""

PERFORMERS = frozenset({"potentialOwner", "humanPerformer", "performer", "resourceRole"})
"""Standard elements that name who does a task."""

_GROUP = re.compile(r"([\w-]+)[:/]([\w-]+)")
_DAYS = re.compile(r"P([0-9]{1,3})D")
_WORKDAYS = re.compile(r"workdays\(\s*([0-9]{1,3})\s*\)")
_ACT = "review"
_REST = ("assignee", "candidateUsers", "followUpDate")


@dataclass(frozen=True)
class _Limit:
    value: str
    unit: str
    words_zh: str
    words_en: str


_NO_LIMIT = _Limit("0", "working_days", "无时限", "no limit")


def is_performer(element: etree._Element) -> bool:
    """Whether this is a standard ``potentialOwner``, ``humanPerformer`` and the like."""
    return etree.QName(element).namespace == BPMN and local_name(element) in PERFORMERS


def performer_text(element: etree._Element) -> str:
    """The expression or the resource a performer names."""
    wanted = (bpmn("formalExpression"), bpmn("expression"), bpmn("resourceRef"))
    return " ".join((e.text or "").strip() for e in element.iter(*wanted)).strip()


def performer_fate(element: etree._Element) -> Fate:
    """What becomes of a performer that was not read as a step."""
    return ATTRIBUTES["candidateGroups" if local_name(element) == "potentialOwner" else "assignee"]


def _plain(text: str) -> str:
    """The constant in ``${…}`` or ``="…"``; an expression comes out as itself and will not be read."""
    text = text.strip()
    if text.startswith(("${", "#{")) and text.endswith("}"):
        text = text[2:-1].strip()
    elif text.startswith("="):
        text = text[1:].strip().removeprefix("[").removesuffix("]").strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _attributes(task: etree._Element, name: str, element: str, inner: str) -> Iterator[tuple[Key, str]]:
    for tag, value in task.attrib.items():
        qualified = etree.QName(str(tag))
        if qualified.namespace in SEVEN and qualified.localname == name:
            yield (task, str(tag)), str(value)
    for found in task.iterfind(f"{bpmn('extensionElements')}/{{{ZEEBE}}}{element}"):
        if found.get(inner) is not None:
            yield (found, ""), found.get(inner, "")


def _groups(task: etree._Element) -> dict[Key, list[str]]:
    """The groups of each occurrence that names some."""
    found: dict[Key, list[str]] = {}
    for key, text in _attributes(task, "candidateGroups", "assignmentDefinition", "candidateGroups"):
        found[key] = [part.strip() for part in _plain(text).split(",")]
    for owner in task.iterfind(bpmn("potentialOwner")):
        parts = [part.strip() for part in _plain(performer_text(owner)).split(",")]
        found[owner, ""] = [p[6:-1].strip() if p.startswith("group(") and p.endswith(")") else p for p in parts]
    return found


def _limit(text: str) -> _Limit | None:
    text = _plain(text)
    if days := _DAYS.fullmatch(text):
        value = str(int(days[1]))
        return _Limit(value, "days", f"{value} 个自然日", f"{value} calendar days")
    if days := _WORKDAYS.fullmatch(text):
        value = str(int(days[1]))
        return _Limit(value, "working_days", f"{value} 个工作日", f"{value} working days")
    return None


def _insert(task: etree._Element, attributes: dict[str, str]) -> None:
    extensions = task.find(bpmn("extensionElements"))
    if extensions is None:
        # The schema wants documentation first, then extensions, then everything else.
        place = sum(1 for _ in task.iterfind(bpmn("documentation")))
        extensions = etree.Element(bpmn("extensionElements"))
        task.insert(place, extensions)
    etree.SubElement(extensions, f"{{{BL}}}step", attributes, nsmap={"bl": BL})


def _stands(keys: Iterator[Key]) -> dict[Key, Fate]:
    fate = Fate("info", "以 bl:step 为准", "bl:step says this already and decides", "it can be removed")
    return dict.fromkeys(keys, fate)


def read_task(task: etree._Element) -> tuple[dict[Key, Fate], list[Fate]]:
    """Gives a user task without ``bl:step`` one, when its groups and due date say enough.

    Returns what became of each occurrence this looked at (those absent were not read), and what else to tell.
    """
    groups = _groups(task)
    dues = dict(_attributes(task, "dueDate", "taskSchedule", "dueDate"))
    if task.find(f"{bpmn('extensionElements')}/{{{BL}}}step") is not None:
        return _stands(iter([*groups, *dues])), []
    named = {group for listed in groups.values() for group in listed}
    matched = _GROUP.fullmatch(next(iter(named))) if len(named) == 1 else None
    if matched is None:
        return _several(groups) if len(named) > 1 else {}, []
    department, role = matched.groups()
    fates, limit = _dues(dues)
    attributes = {"act": _ACT, "department": department, "role": role, "limit": limit.value, "unit": limit.unit}
    _insert(task, attributes)
    said = Fate(
        "info",
        f"读作 bl:step:部门 {department},岗位 {role},act {_ACT},{limit.words_zh}",
        f"read as bl:step: department {department}, role {role}, act {_ACT}, {limit.words_en}",
        "write bl:step yourself to name the item, another act and the materials",
    )
    fates |= {key: _with_rest(key, said) for key in groups}
    return fates, _no_limit_said(bool(dues))


def _several(groups: dict[Key, list[str]]) -> dict[Key, Fate]:
    fate = Fate(
        "warning", "一个步骤只有一个部门和岗位,没有读取", "a step has one department and one role, so it was not read",
        "draw one task for each department between parallel gateways, or name one role in bl:step",
    )  # fmt: skip
    return dict.fromkeys(groups, fate)


def _with_rest(key: Key, said: Fate) -> Fate:
    """What else a Camunda 8 element says is not read; it is told in the same finding."""
    rest = ", ".join(name for name in _REST if not key[1] and key[0].get(name))
    if not rest:
        return said
    return replace(said, level="warning", zh=f"{said.zh};没有读取 {rest}", en=f"{said.en}; {rest} is not read")


def _dues(dues: dict[Key, str]) -> tuple[dict[Key, Fate], _Limit]:
    """The first readable due date is the limit."""
    fates: dict[Key, Fate] = {}
    limit: _Limit | None = None
    for key, text in dues.items():
        read = _limit(text) if limit is None else None
        if read is not None:
            limit = read
            said = Fate("info", f"读作时限 {read.words_zh}", f"read as a limit of {read.words_en}")
            fates[key] = _with_rest(key, said)
        else:
            refused = ATTRIBUTES["dueDate"] if key[1] else ELEMENTS["taskSchedule"]
            fates[key] = replace(refused, zh=f"{refused.zh},时限为 0", en=f"{refused.en}; the limit is 0")
    return fates, limit or _NO_LIMIT


def _no_limit_said(has_due: bool) -> list[Fate]:
    if has_due:
        return []
    return [
        Fate(
            "warning", "没有到期日,时限为 0", "there is no due date; the limit is 0",
            "set limit and unit in bl:step",
        )
    ]  # fmt: skip
