"""An activity is to gather or give a number of tokens that is not a whole number of at least 1."""

from collections.abc import Iterator

from engine.diagram.rules.model import ACTIVITIES, Diagram, Problem

SECTION = "10.3.1, 13.3.2"
MOST = 10_000


def check(diagram: Diagram) -> Iterator[Problem]:
    """``startQuantity`` and ``completionQuantity`` of activities."""
    for node in diagram.of(*ACTIVITIES):
        for name in ("startQuantity", "completionQuantity"):
            text = node.element.get(name)
            if text is not None and not _is_count(text.strip().removeprefix("+")):
                yield Problem(
                    node.element, f"{name}={text} 应为 1 到 {MOST} 的整数",
                    f"{name}={text} is not a whole number from 1 to {MOST}", "write a whole number, or remove it",
                )  # fmt: skip


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST
