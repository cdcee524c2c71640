"""Diagrams drawn for Camunda 7, Operaton, Camunda 8, Flowable and Activiti, read into ours (docs/foreign-diagrams.md).

Conditions are translated, groups and due dates of user tasks become ``bl:step``, and everything else another engine
would have used is told, one finding each: nothing foreign is silently ignored.
"""

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.diagram.extension import TASKS
from engine.diagram.finding import Finding
from engine.diagram.foreign_condition import translate_condition
from engine.diagram.foreign_steps import Key, is_performer, performer_fate, performer_text, read_task
from engine.diagram.foreign_words import ATTRIBUTES, ELEMENTS, KNOWN, PLACED, UNKNOWN, ZEEBE, Fate, display
from engine.diagram.xml import BPMN, bpmn, line_of, local_name
from engine.errors import ExpressionError

__all__ = ["adopt", "translate_condition"]

_SHOWN = 120
_FIELDS = frozenset({"formField", "formProperty"})
_TYPES = {
    **dict.fromkeys(("long", "integer", "int", "double", "number"), "number"),
    **dict.fromkeys(("boolean", "checkbox"), "boolean"),
    **dict.fromkeys(("enum", "select", "radio"), "choice"),
    **dict.fromkeys(("date", "datetime"), "date"),
}
"""Types of fields elsewhere, and ours; all others are text."""
_EXPRESSIONS = frozenset(
    map(
        bpmn,
        (
            "conditionExpression", "condition", "activationCondition", "completionCondition", "loopCondition",
            "loopCardinality", "transformation", "from", "timeDate", "timeDuration", "timeCycle",
        ),
    )
)  # fmt: skip
"""Elements of the standard whose text is an expression."""


class _Report:
    """Findings of one file, each at the element of the standard that holds what it is about."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def add(self, element: etree._Element, rule: str, about: str, fate: Fate) -> None:
        separator = "" if not about else ":"
        self.findings.append(
            Finding(
                self.file, _owner(element), line_of(element), rule, fate.level,
                f"{about}{separator}{fate.zh}", f"{about}{separator}{' ' if about else ''}{fate.en}", fate.hint,
            )
        )  # fmt: skip


def _owner(element: etree._Element) -> str:
    """The id of the nearest element of the standard that has one."""
    for around in (element, *element.iterancestors()):
        if around.get("id") and etree.QName(around).namespace == BPMN:
            return around.get("id", "")
    return local_name(element)


def _holder(element: etree._Element) -> str:
    """The local name of the element of the standard that an extension element belongs to."""
    around = (found for found in element.iterancestors() if etree.QName(found).namespace == BPMN)
    return next((name for name in map(local_name, around) if name != "extensionElements"), "")


def _short(value: str) -> str:
    one_line = " ".join(value.split())
    return one_line if len(one_line) <= _SHOWN else one_line[: _SHOWN - 1] + "…"


def _condition(report: _Report, element: etree._Element) -> None:
    text, language = element.text or "", element.get("language")
    try:
        ours = translate_condition(text, language)
    except ExpressionError as error:
        fate = Fate("error", error.message_zh, error.message_en, "see docs/foreign-diagrams.md")
        report.add(element, error.code, _short(text), fate)
        return
    was_feel = "feel" in (language or "").lower() and text.strip()
    if ours == text and not was_feel:
        return
    element.text = ours
    element.attrib.pop("language", "")
    read = Fate("info", f"条件读作 {ours}", f"read as {ours}")
    report.add(element, "foreign-condition", _short(text), read)


def _field_words(name: str, label: str, kind: str) -> str:
    return f'[[fields]] name = "{name}", label_zh = "{label or name}", type = "{_TYPES.get(kind.lower(), "text")}"'


def _field(element: etree._Element) -> str:
    label = element.get("label", "") or element.get("name", "")
    return _field_words(element.get("id", ""), label, element.get("type", ""))


def _form_fields(element: etree._Element) -> list[str]:
    """The fields of ``formData``, or of the form a Camunda 8 process carries as JSON, as they would be in ours."""
    if etree.QName(element).namespace != ZEEBE:
        return [_field(child) for child in element if isinstance(child.tag, str) and local_name(child) in _FIELDS]
    try:
        form: Any = json.loads(element.text or "")
    except (ValueError, RecursionError):
        return []
    parts = form.get("components", []) if isinstance(form, dict) else []
    listed = [part for part in parts if isinstance(part, dict) and part.get("key")]
    return [_field_words(*(str(part.get(name, "")) for name in ("key", "label", "type"))) for part in listed]


def _element_fate(element: etree._Element) -> Fate:
    name = local_name(element)
    fate = PLACED.get((_holder(element), name)) or ELEMENTS.get(name, UNKNOWN)
    if name in _FIELDS:
        return Fate(fate.level, fate.zh, fate.en, f"forms/application.toml: {_field(element)}")
    if name in ("formData", "userTaskForm"):
        fields = _form_fields(element)
        return Fate(fate.level, fate.zh, fate.en, "; ".join([fate.hint, *fields]))
    return fate


def _described(element: etree._Element) -> str:
    """The element with its attributes: ``zeebe:formDefinition formId=food``."""
    pairs = [f"{tag!s}={value!s}" for tag, value in element.attrib.items() if "}" not in str(tag)]
    text = (element.text or "").strip()
    return _short(" ".join([display(element, str(element.tag)), *pairs, *([text] if text else [])]))


def _attributes(report: _Report, element: etree._Element, fates: dict[Key, Fate]) -> None:
    for tag, value in element.attrib.items():
        qualified = etree.QName(str(tag))
        if qualified.namespace and qualified.namespace not in KNOWN:
            placed = PLACED.get((local_name(element), qualified.localname))
            fate = fates.get((element, str(tag))) or placed or ATTRIBUTES.get(qualified.localname, UNKNOWN)
            report.add(element, "foreign-attribute", _short(f"{display(element, str(tag))}={value!s}"), fate)


def _element(report: _Report, element: etree._Element, fates: dict[Key, Fate]) -> None:
    if element.tag in _EXPRESSIONS:
        _condition(report, element)
    elif is_performer(element):
        about = _short(f"{local_name(element)} {performer_text(element)}".strip())
        report.add(element, "foreign-performer", about, fates.get((element, "")) or performer_fate(element))
    elif etree.QName(element).namespace not in KNOWN:
        report.add(element, "foreign-element", _described(element), fates.get((element, "")) or _element_fate(element))


def _called(element: etree._Element) -> None:
    """``zeebe:calledElement`` says in Camunda 8 what the attribute of the standard says."""
    found = element.find(f"{bpmn('extensionElements')}/{{{ZEEBE}}}calledElement")
    if found is not None and found.get("processId") and not element.get("calledElement"):
        element.set("calledElement", found.get("processId", ""))


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def adopt(root: etree._Element, file: str) -> list[Finding]:
    """Makes a diagram drawn for another engine ours, in place, and tells what became of everything foreign in it.

    Conditions are rewritten in our language and user tasks get ``bl:step`` where the file says enough; nothing else is
    changed. One finding for each foreign attribute and element, in document order: ``info`` when it was read or has no
    consequence, ``warning`` when something drawn has no effect, ``error`` when it cannot be translated. Doing it again
    changes nothing more.
    """
    report = _Report(file)
    # The list keeps lxml's stand-ins alive, so that they can be keys.
    everything = list(_elements(root))
    fates: dict[Key, Fate] = {}
    told: dict[etree._Element, list[Fate]] = {}
    for task in everything:
        if task.tag in TASKS:
            read, told[task] = read_task(task)
            fates |= read
        elif task.tag == bpmn("callActivity"):
            _called(task)
    for element in everything:
        _attributes(report, element, fates)
        _element(report, element, fates)
        for fate in told.get(element, []):
            report.add(element, "foreign-limit", "", fate)
    return report.findings
