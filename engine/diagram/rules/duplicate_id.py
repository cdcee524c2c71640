"""Two elements of one file have the same id, so a reference to it could mean either."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem

SECTION = "8.3.1"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Each element after the first with an id."""
    for element in diagram.twice:
        identity = element.get("id", "")
        yield Problem(
            element, f"id {identity} 已被使用", f"the id {identity} is used before", "ids are unique in a file"
        )
