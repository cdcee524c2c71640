"""An event does not say which message or signal it waits for or throws, or which error or escalation it throws."""

from collections.abc import Iterator

from engine.diagram.rules.model import EVENTS, THROWING, Diagram, Problem, kind_of

SECTION = "10.5.5"

_NAMED_BY = {
    "messageEventDefinition": "messageRef",
    "signalEventDefinition": "signalRef",
    "errorEventDefinition": "errorRef",
    "escalationEventDefinition": "escalationRef",
}
_CATCHES_ALL = frozenset({"errorEventDefinition", "escalationEventDefinition"})


def check(diagram: Diagram) -> Iterator[Problem]:
    """Definitions without their reference; a caught error or escalation without one catches all of them."""
    for node in diagram.of(*EVENTS):
        for definition in node.definitions:
            kind = kind_of(definition)
            name = _NAMED_BY.get(kind)
            if name is None or (kind in _CATCHES_ALL and node.kind not in THROWING):
                continue
            if not definition.get(name):
                what = name.removesuffix("Ref")
                yield Problem(
                    node.element, f"没有说明是哪个 {what}", f"it does not say which {what} is meant",
                    f"define a bpmn:{what} and refer to it with {name}",
                )  # fmt: skip
