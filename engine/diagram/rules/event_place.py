"""An event has a trigger that it cannot have where it stands, or lacks the one it needs."""

from collections.abc import Iterator

from engine.diagram.rules.model import EVENTS, Diagram, Node, Problem, kind_of

SECTION = "10.5.2–10.5.5"

_WAITS = frozenset({"message", "timer", "conditional", "signal"})
ALLOWED = {
    "start": _WAITS,
    "embedded start": frozenset(),
    "event sub-process start": _WAITS | {"escalation", "error", "compensate"},
    "intermediateCatchEvent": _WAITS | {"link"},
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation", "compensate", "link"}),
    "boundaryEvent": _WAITS | {"escalation", "error", "compensate", "cancel"},
    "endEvent": frozenset({"message", "signal", "escalation", "error", "compensate", "cancel", "terminate"}),
}
"""Event definitions by the place of an event."""

_PLAIN = frozenset({"start", "embedded start", "intermediateThrowEvent", "endEvent"})
"""Where an event may be without a definition."""

_WORDS = {
    "start": ("流程的开始事件", "the start event of a process"),
    "embedded start": ("子流程的开始事件", "the start event of a sub-process"),
    "event sub-process start": ("事件子流程的开始事件", "the start event of an event sub-process"),
    "intermediateCatchEvent": ("中间捕获事件", "an intermediate catch event"),
    "intermediateThrowEvent": ("中间抛出事件", "an intermediate throw event"),
    "boundaryEvent": ("边界事件", "a boundary event"),
    "endEvent": ("结束事件", "an end event"),
}


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every definition in a wrong place, links among several definitions, and missing definitions."""
    for node in diagram.of(*EVENTS):
        place = _place(node)
        zh, en = _WORDS[place]
        kinds = [kind_of(found).removesuffix("EventDefinition") for found in node.definitions]
        for kind in dict.fromkeys(kinds):
            if kind not in ALLOWED[place]:
                allowed = ", ".join(sorted(ALLOWED[place])) or "none"
                yield Problem(
                    node.element, f"{zh}不能有 {kind} 定义", f"{en} cannot have a {kind} definition",
                    f"allowed here: {allowed}",
                )  # fmt: skip
        if not kinds and place not in _PLAIN:
            yield Problem(
                node.element, f"{zh}没有定义,不知道等什么", f"{en} without a definition waits for nothing",
                "say what it waits for: a message, a timer, a signal or a condition",
            )  # fmt: skip
        if "link" in kinds and len(kinds) > 1:
            yield Problem(
                node.element, "链接事件只能有一个定义", "a link event has no other definition", "draw two events"
            )


def _place(node: Node) -> str:
    if node.kind != "startEvent":
        return node.kind
    if node.scope.parent is None:
        return "start"
    return "event sub-process start" if node.scope.is_event_sub_process else "embedded start"
