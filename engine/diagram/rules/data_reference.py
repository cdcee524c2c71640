"""A data association or a reference to data names something that is not there."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.rules.model import Diagram, Problem, kind_of, text_of
from engine.diagram.xml import bpmn

SECTION = "10.4.1"

_DATA = frozenset(
    {
        "dataObject", "dataObjectReference", "dataStoreReference", "property", "dataInput", "dataOutput",
        "inputDataItem", "outputDataItem",
    }
)  # fmt: skip
_ASSOCIATIONS = frozenset({"dataInputAssociation", "dataOutputAssociation"})
_SETS = frozenset({"dataInputRefs", "dataOutputRefs", "optionalInputRefs", "optionalOutputRefs"})

_PATHS = tuple(
    f"{above}{bpmn(kind)}/*" for above in ("", f"{bpmn('ioSpecification')}/") for kind in ("inputSet", "outputSet")
)
"""Where sets are: directly in events, in ``ioSpecification`` of activities and processes."""


def check(diagram: Diagram) -> Iterator[Problem]:
    """Data associations of nodes, input and output sets, and references to data objects."""
    for node in diagram.nodes:
        if len(node.element):
            yield from _associations(diagram, node.element)
            yield from _sets(diagram, node.element)
    for scope in diagram.scopes:
        if scope.parent is None:
            yield from _sets(diagram, scope.element)
        for child in scope.element.iterfind(bpmn("dataObjectReference")):
            found = diagram.named(child.get("dataObjectRef"))
            if found is None or kind_of(found) != "dataObject":
                value = child.get("dataObjectRef")
                yield Problem(
                    child, f"没有数据对象 {value}", f"there is no data object {value}", "name a dataObject by its id"
                )


def _associations(diagram: Diagram, holder: etree._Element) -> Iterator[Problem]:
    for association in holder:
        if kind_of(association) not in _ASSOCIATIONS:
            continue
        for end in association:
            if kind_of(end) in {"sourceRef", "targetRef"}:
                yield from _named(diagram, holder, end)


def _sets(diagram: Diagram, holder: etree._Element) -> Iterator[Problem]:
    for path in _PATHS:
        for found in holder.iterfind(path):
            if kind_of(found) in _SETS:
                yield from _named(diagram, holder, found)


def _named(diagram: Diagram, holder: etree._Element, reference: etree._Element) -> Iterator[Problem]:
    found = diagram.named(text_of(reference))
    if found is None or kind_of(found) not in _DATA:
        value = f"{kind_of(reference)}={text_of(reference)}"
        yield Problem(
            holder, f"{value} 不是数据元素", f"{value} is no data element",
            "name a data object, data input, data output or property by its id",
        )  # fmt: skip
