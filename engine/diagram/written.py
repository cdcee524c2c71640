"""The user task of a step, written with our own elements as ``engine.diagram.extension`` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.diagram.xml import BL, BPMN, bpmn


@dataclass(frozen=True)
class WrittenStep:
    """``said``: the attributes of ``bl:step`` in their order; ``needs``, ``yields`` and ``covers`` are references."""

    id: str
    name: str
    said: Mapping[str, str]
    needs: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


def new_element(tag: str, **attributes: str) -> etree._Element:
    """An element of the standard outside of any file, with both prefixes."""
    return etree.Element(bpmn(tag), attributes, nsmap={"bpmn": BPMN, "bl": BL})


def user_task(step: WrittenStep) -> etree._Element:
    """The ``bpmn:userTask`` of a step."""
    task = new_element("userTask", id=step.id, name=step.name)
    extension = etree.SubElement(task, bpmn("extensionElements"))
    own = etree.SubElement(extension, f"{{{BL}}}step")
    for name, value in step.said.items():
        own.set(name, value)
    for tag, refs in (("covers", step.covers), ("needs", step.needs), ("yields", step.yields)):
        for ref in refs:
            etree.SubElement(extension, f"{{{BL}}}{tag}").set("ref", ref)
    return task
