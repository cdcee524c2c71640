"""A timer has not exactly one time, or one that is no date, duration, cycle or working time and no expression."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.expression import compile_expression
from engine.diagram.rules.model import Diagram, Problem, kind_of, text_of
from engine.diagram.schedule import is_literal, read_timer
from engine.errors import DiagramError

SECTION = "10.5.5"

_TIMES = frozenset({"timeDate", "timeDuration", "timeCycle"})
_HINT = (
    "write 2026-03-01T09:00:00, P3D, PT4H, R3/PT1H, workdays(3), office(PT4H), R3/workdays(1), "
    "or an expression that gives such a text"
)


def check(diagram: Diagram) -> Iterator[Problem]:
    """Timers of every event."""
    for node in diagram.nodes:
        for definition in node.definitions:
            if kind_of(definition) == "timerEventDefinition":
                yield from _timer(node.element, definition)


def _timer(event: etree._Element, definition: etree._Element) -> Iterator[Problem]:
    times = [child for child in definition if kind_of(child) in _TIMES]
    if len(times) != 1:
        yield Problem(
            event, f"定时器应有一个时间,现有 {len(times)} 个",
            f"a timer has one of timeDate, timeDuration and timeCycle, this one has {len(times)}", _HINT,
        )  # fmt: skip
    for time in times:
        try:
            _read(kind_of(time), text_of(time))
        except DiagramError as error:
            yield Problem(event, error.message_zh, error.message_en, _HINT)


def _read(kind: str, text: str) -> None:
    """Raises DiagramError when a text is no time, or an expression that cannot give one."""
    if not is_literal(text):
        try:
            expression = compile_expression(text)
        except DiagramError:
            read_timer(kind, text)
            raise
        if expression.names:
            return
        text = str(expression.evaluate({}))
    read_timer(kind, text)
