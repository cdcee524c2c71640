"""Link events: a throw with a name continues at the catch of the same name in the same process (BPMN 2.0, 10.5.1)."""

from lxml import etree

from engine.diagram.xml import bpmn

LINK = bpmn("linkEventDefinition")


def link_name(event: etree._Element) -> str | None:
    """The name of a link event, or None when the event is no link."""
    definition = event.find(LINK)
    return None if definition is None else definition.get("name", "")


def link_throws(process: etree._Element) -> dict[str, list[str]]:
    """Link name → ids of the events that throw it."""
    return _links(process, "intermediateThrowEvent")


def link_catches(process: etree._Element) -> dict[str, list[str]]:
    """Link name → ids of the events that catch it; a right diagram has exactly one."""
    return _links(process, "intermediateCatchEvent")


def _links(process: etree._Element, kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for event in process.findall(bpmn(kind)):
        name = link_name(event)
        if name is not None:
            found.setdefault(name, []).append(event.get("id", ""))
    return found
