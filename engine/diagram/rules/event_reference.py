"""An event or task refers to a message, signal, error, escalation, operation or activity that is not there."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.rules.model import ACTIVITIES, EVENTS, Diagram, Node, Problem, kind_of, text_of

SECTION = "10.5.5, 8.4.3, 8.4.4, 8.4.11"

_MEANT = {
    "messageRef": frozenset({"message"}),
    "signalRef": frozenset({"signal"}),
    "errorRef": frozenset({"error"}),
    "escalationRef": frozenset({"escalation"}),
    "operationRef": frozenset({"operation"}),
    "activityRef": ACTIVITIES,
}
"""What each reference may name."""


def check(diagram: Diagram) -> Iterator[Problem]:
    """References of event definitions and tasks to nothing, or to something of another kind."""
    for node in diagram.nodes:
        for name, value in _references(node):
            found = diagram.named(value)
            if found is None or not _fits(name, found, diagram):
                what = "没有这个元素" if found is None else f"它是 {kind_of(found)}"
                is_what = "there is no such element" if found is None else f"that is a {kind_of(found)}"
                yield Problem(
                    node.element, f"{name}={value}:{what}", f"{name}={value}: {is_what}",
                    "define it beside the process, or correct the reference",
                )  # fmt: skip


def _fits(name: str, found: etree._Element, diagram: Diagram) -> bool:
    kind = kind_of(found)
    if name in _MEANT:
        return kind in _MEANT[name]
    return kind.endswith("EventDefinition") and found.getparent() is diagram.root


def _references(node: Node) -> Iterator[tuple[str, str]]:
    holders = [*node.definitions] if node.kind in EVENTS else [node.element]
    for holder in holders:
        for name in _MEANT:
            value = holder.get(name)
            if value is not None:
                yield name, value
        for child in holder:
            if kind_of(child) == "operationRef":
                yield "operationRef", text_of(child)
    for child in node.children("eventDefinitionRef"):
        yield "eventDefinitionRef", text_of(child)
