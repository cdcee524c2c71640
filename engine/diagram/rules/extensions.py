"""What other engines wrote beside an element of the standard: attributes and extension elements by local name."""

from collections.abc import Collection, Iterator

from lxml import etree

from engine.diagram.xml import bpmn

_HINTS = frozenset({"class", "delegateExpression", "expression", "topic", "type"})
_HINT_ELEMENTS = frozenset({"taskDefinition", "connector", "topic"})


def foreign_attributes(element: etree._Element) -> dict[str, str]:
    """The attributes with a namespace, by local name: ``topic`` for ``camunda:topic``."""
    found = {}
    for tag, value in element.attrib.items():
        if str(tag).startswith("{"):
            found[str(tag).rpartition("}")[2]] = str(value).strip()
    return found


def extensions(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The elements inside ``extensionElements``, each with its local name."""
    for child in element.iterfind(f"{bpmn('extensionElements')}/*"):
        if isinstance(child.tag, str):
            yield child.tag.rpartition("}")[2], child


def says_who_does_it(element: etree._Element, services: Collection[str]) -> bool:
    """Whether a task names what carries it out: a registered service, an operation, an implementation, a topic…"""
    if element.get("name") in services or element.get("id") in services:
        return True
    implementation = element.get("implementation", "").strip()
    if element.get("operationRef") or implementation not in {"", "##unspecified"}:
        return True
    if any(value for name, value in foreign_attributes(element).items() if name in _HINTS):
        return True
    return any(name in _HINT_ELEMENTS for name, _ in extensions(element))
