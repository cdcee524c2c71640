"""Link events: a throw with a name continues at the catch of the same name in the same scope.

A scope is one process or one sub-process: a link never crosses the border of a sub-process (BPMN 2.0.2, 10.5.5).
"""

from lxml import etree

from engine.diagram.xml import bpmn

LINK = bpmn("linkEventDefinition")


def link_name(event: etree._Element) -> str | None:
    """The name of a link event, or None when the event is no link."""
    definition = event.find(LINK)
    return None if definition is None else definition.get("name", "")


def link_throws(scope: etree._Element) -> dict[str, list[str]]:
    """Link name → ids of the events that throw it."""
    return _links(scope, "intermediateThrowEvent")


def link_catches(scope: etree._Element) -> dict[str, list[str]]:
    """Link name → ids of the events that catch it; a right diagram has exactly one."""
    return _links(scope, "intermediateCatchEvent")


def _links(scope: etree._Element, kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for event in scope.iterfind(bpmn(kind)):
        name = link_name(event)
        if name is not None:
            found.setdefault(name, []).append(event.get("id", ""))
    return found
