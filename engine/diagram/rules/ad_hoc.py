"""An ad-hoc sub-process has a start or end event, or no activity that could be chosen."""

from collections.abc import Iterator

from engine.diagram.rules.model import ACTIVITIES, Diagram, Problem

SECTION = "10.3.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Start and end events directly inside, and ad-hoc sub-processes that hold only other things."""
    for scope in diagram.scopes:
        if scope.kind != "adHocSubProcess":
            continue
        for node in scope.of("startEvent", "endEvent"):
            yield Problem(
                node.element, "即席子流程里不能有开始或结束事件",
                "an ad-hoc sub-process has no start and end events", "remove it; completionCondition says when it ends",
            )  # fmt: skip
        if scope.nodes and not scope.of(*ACTIVITIES):
            yield Problem(
                scope.element,
                "即席子流程里没有活动",
                "there is no activity in this ad-hoc sub-process",
                "draw its tasks",
            )
