"""Event definitions of a diagram as triggers."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.diagram.foreign import translate_condition
from engine.diagram.rules.model import bare, is_true
from engine.diagram.xml import bpmn, local_name
from engine.runtime.events import Trigger

SUFFIX = "EventDefinition"
TIMES = ("timeDate", "timeDuration", "timeCycle")

_KINDS = {
    "messageEventDefinition": ("message", "messageRef"),
    "signalEventDefinition": ("signal", "signalRef"),
    "errorEventDefinition": ("error", "errorRef"),
    "escalationEventDefinition": ("escalation", "escalationRef"),
    "timerEventDefinition": ("timer", ""),
    "conditionalEventDefinition": ("condition", ""),
    "compensateEventDefinition": ("compensation", ""),
    "cancelEventDefinition": ("cancel", ""),
    "terminateEventDefinition": ("terminate", ""),
}


def expression_text(element: etree._Element | None) -> str:
    """The text of an expression element in our language; empty when there is none."""
    if element is None or not (element.text or "").strip():
        return ""
    return translate_condition(element.text or "", element.get("language")).strip()


class Definitions:
    """What the root of a file defines, by id."""

    def __init__(self, root: etree._Element) -> None:
        self.by_id: Mapping[str, etree._Element] = {e.get("id", ""): e for e in root if e.get("id")}
        self.operations = {e.get("id", ""): e for e in root.iterfind(f"{bpmn('interface')}/{bpmn('operation')}")}

    def triggers(self, event: etree._Element) -> tuple[Trigger, ...]:
        """The event definitions of an event, those it refers to included; links are none."""
        return tuple(
            self._trigger(definition) for definition in self._definitions(event) if local_name(definition) in _KINDS
        )

    def _definitions(self, event: etree._Element) -> Iterator[etree._Element]:
        for child in event:
            if local_name(child).endswith(SUFFIX):
                yield child
            elif child.tag == bpmn("eventDefinitionRef"):
                referred = self.by_id.get(bare(child.text))
                if referred is not None:
                    yield referred

    def by_reference(self, reference: str) -> Trigger | None:
        """The event definition with an id."""
        found = self.by_id.get(bare(reference))
        return None if found is None or local_name(found) not in _KINDS else self._trigger(found)

    def _trigger(self, definition: etree._Element) -> Trigger:
        kind, reference = _KINDS[local_name(definition)]
        if reference:
            return Trigger(kind, self.names(kind, definition.get(reference)))
        if kind == "timer":
            for form in TIMES:
                found = definition.find(bpmn(form))
                if found is not None:
                    return Trigger(kind, text=_time_text(found), form=form)
        if kind == "condition":
            return Trigger(kind, text=expression_text(definition.find(bpmn("condition"))))
        if kind == "compensation":
            wait = is_true(definition, "waitForCompletion", default=True)
            return Trigger(kind, activity=bare(definition.get("activityRef")), wait=wait)
        return Trigger(kind)

    def names(self, kind: str, reference: str | None) -> tuple[str, ...]:
        """What a message, signal, error or escalation is known by, the thrown name first."""
        key = bare(reference)
        found = self.by_id.get(key)
        if found is None:
            return (key,) if key else ()
        first = {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
        return tuple(dict.fromkeys(n for n in (found.get(first), key, found.get("name")) if n))

    def message_of_operation(self, reference: str | None) -> tuple[str, ...]:
        """The message an operation takes in."""
        operation = self.operations.get(bare(reference))
        message = None if operation is None else operation.find(bpmn("inMessageRef"))
        return () if message is None else self.names("message", message.text)


def _time_text(element: etree._Element) -> str:
    text = (element.text or "").strip()
    return expression_text(element) if text.startswith(("${", "#{", "=")) else text
