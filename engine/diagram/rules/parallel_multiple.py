"""An event waits for several things at once but names fewer than two."""

from collections.abc import Iterator

from engine.diagram.rules.model import CATCHING, Diagram, Problem, is_true

SECTION = "10.5.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Events with ``parallelMultiple`` and fewer than two definitions."""
    for node in diagram.of(*CATCHING):
        count = len(node.definitions)
        if is_true(node.element, "parallelMultiple") and count < 2:
            yield Problem(
                node.element, f"并行多重事件至少需要两个定义,现有 {count} 个",
                f"a parallel multiple event needs at least two definitions, this one has {count}",
                "add the other definitions, or remove parallelMultiple",
            )  # fmt: skip
