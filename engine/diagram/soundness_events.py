"""Events of a scope as the soundness checker sees them: what ends an activity, and what ends a whole scope."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.xml import bpmn, local_name

SUB_PROCESSES = ("subProcess", "transaction", "adHocSubProcess")
"""Activities that are scopes of their own."""

Escalations = dict[frozenset[str | None], bool]
"""What an event throws (ids of escalations) → whether the scope is interrupted by it."""

_LEAVING = frozenset({"terminateEventDefinition", "errorEventDefinition", "cancelEventDefinition"})


def is_true(element: etree._Element, attribute: str, default: str = "false") -> bool:
    """A boolean attribute."""
    return element.get(attribute, default).strip() in {"true", "1"}


def host_of(boundary: etree._Element) -> str:
    """The id of the activity a boundary event is attached to."""
    return boundary.get("attachedToRef", "").rpartition(":")[2]


def interrupts(event: etree._Element) -> bool:
    """Whether a boundary event ends its activity, or the start of an event sub-process the rest of its scope."""
    if "errorEventDefinition" in {local_name(d) for d in definitions(event)}:
        return True
    return is_true(event, "cancelActivity" if local_name(event) == "boundaryEvent" else "isInterrupting", "true")


def definitions(event: etree._Element) -> Iterator[etree._Element]:
    """The event definitions of an event, also those it only refers to."""
    for child in event:
        name = local_name(child)
        if name.endswith("EventDefinition"):
            yield child
        elif name == "eventDefinitionRef":
            wanted = (child.text or "").strip().rpartition(":")[2]
            yield from (e for e in event.getroottree().getroot() if e.get("id") == wanted)


def has_definition(event: etree._Element, name: str) -> bool:
    """Whether one of an event's definitions is of this kind."""
    return any(local_name(definition) == name for definition in definitions(event))


def clears(scope: etree._Element, event: etree._Element, known: Escalations) -> bool:
    """Whether a thrown event takes every token of its scope with it; ``known`` remembers for one scope."""
    name = local_name(event)
    if name not in {"endEvent", "intermediateThrowEvent"}:
        return False
    kinds = {local_name(definition) for definition in definitions(event)}
    if name == "endEvent" and kinds & _LEAVING:
        return True
    if "escalationEventDefinition" not in kinds:
        return False
    thrown = _escalations(event)
    if thrown not in known:
        known[thrown] = _is_interrupted(scope, thrown)
    return known[thrown]


def _escalations(event: etree._Element) -> frozenset[str | None]:
    found = (d for d in definitions(event) if local_name(d) == "escalationEventDefinition")
    return frozenset(definition.get("escalationRef") for definition in found)


def _is_interrupted(scope: etree._Element, thrown: frozenset[str | None]) -> bool:
    """Whether what catches an escalation thrown in ``scope`` interrupts it: the innermost, the same code before all."""
    below: etree._Element | None = None
    around: etree._Element | None = scope
    while around is not None and local_name(around) in {*SUB_PROCESSES, "process"}:
        for catchers in (_escalation_starts(around, below), _escalation_boundaries(around)):
            for wanted in (thrown, frozenset({None})):
                fitting = [event for event in catchers if _escalations(event) & wanted]
                if fitting:
                    return interrupts(fitting[0])
        below, around = around, around.getparent()
    return False


def _escalation_starts(scope: etree._Element, below: etree._Element | None) -> list[etree._Element]:
    inner = [e for e in scope.iterchildren(*(bpmn(n) for n in SUB_PROCESSES)) if is_true(e, "triggeredByEvent")]
    return [start for e in inner if e is not below for start in e.iterfind(bpmn("startEvent")) if _escalations(start)]


def _escalation_boundaries(scope: etree._Element) -> list[etree._Element]:
    parent = scope.getparent()
    found = [] if parent is None else parent.findall(bpmn("boundaryEvent"))
    return [event for event in found if host_of(event) == scope.get("id") and _escalations(event)]
