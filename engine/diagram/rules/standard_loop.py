"""A loop says neither how long it goes on nor how often, or a wrong number of times."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem
from engine.diagram.xml import bpmn

SECTION = "10.3.8"


def check(diagram: Diagram) -> Iterator[Problem]:
    """``loopCondition`` and ``loopMaximum`` of standard loops."""
    for node in diagram.nodes:
        for loop in node.children("standardLoopCharacteristics"):
            maximum = loop.get("loopMaximum")
            if maximum is not None and not _is_count(maximum):
                yield Problem(
                    node.element, f"循环次数上限 {maximum} 不是非负整数",
                    f"loopMaximum={maximum} is not a whole number of at least 0", "write a whole number",
                )  # fmt: skip
            elif maximum is None and loop.find(bpmn("loopCondition")) is None:
                yield Problem(
                    node.element, "循环没有条件,也没有次数上限", "the loop has neither a condition nor a maximum",
                    "add loopCondition (true: once more) or loopMaximum",
                )  # fmt: skip


def _is_count(text: str) -> bool:
    plain = text.strip().removeprefix("+")
    return plain.isascii() and plain.isdigit() and len(plain) < 10
