"""A call activity does not call a process or global task that is there and can be called."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.rules.model import Diagram, Problem, bare, kind_of

SECTION = "10.3.6"


def check(diagram: Diagram) -> Iterator[Problem]:
    """``calledElement`` of every call activity; a process that only events start cannot be called."""
    known = diagram.around.callable
    there = ", ".join(sorted(known)[:8])
    for node in diagram.of("callActivity"):
        reference = bare(node.element.get("calledElement"))
        called = known.get(reference)
        if not reference:
            yield Problem(node.element, "没有说明调用哪个流程", "it does not say what it calls", "add calledElement")
        elif called is None:
            yield Problem(
                node.element, f"没有流程 {reference}", f"there is no process {reference}",
                f"give its file too; known are: {there}",
            )  # fmt: skip
        elif kind_of(called) == "process" and not _begins_by_itself(called):
            yield Problem(
                node.element, f"流程 {reference} 只能由事件启动,不能调用",
                f"the process {reference} is started by events only and cannot be called",
                "give it a start event without a trigger",
            )  # fmt: skip


def _begins_by_itself(process: etree._Element) -> bool:
    """Whether a process has a none start event, or no start event at all (then its first nodes begin it)."""
    starts = [child for child in process if kind_of(child) == "startEvent"]
    return not starts or any(not any(map(_triggers, start)) for start in starts)


def _triggers(part: etree._Element) -> bool:
    return kind_of(part).endswith(("EventDefinition", "eventDefinitionRef"))
