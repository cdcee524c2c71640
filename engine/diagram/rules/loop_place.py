"""Something other than an activity is to be repeated, or one activity in two ways."""

from collections.abc import Iterator

from engine.diagram.rules.model import ACTIVITIES, LOOPS, Diagram, Problem

SECTION = "10.3.8"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Loop characteristics of events, gateways and event sub-processes, and more than one on an activity."""
    for node in diagram.nodes:
        loops = node.children(*LOOPS)
        if loops and (node.kind not in ACTIVITIES or node.is_event_sub_process):
            yield Problem(
                node.element, f"{node.kind} 不能重复执行", f"a {node.kind} of this kind cannot be repeated",
                "put it into a sub-process and repeat that",
            )  # fmt: skip
        elif len(loops) > 1:
            yield Problem(
                node.element,
                "一个活动只能有一种重复方式",
                "an activity is repeated in one way only",
                "keep one of them",
            )
