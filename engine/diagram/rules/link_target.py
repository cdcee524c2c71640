"""A link is thrown, but not exactly one event of the same process or sub-process catches it."""

from collections.abc import Iterator

from engine.diagram.links import link_name
from engine.diagram.rules.model import Diagram, Problem

SECTION = "10.5.5"


def check(diagram: Diagram) -> Iterator[Problem]:
    """One problem for each link name, at the first event that throws it."""
    for scope in diagram.scopes:
        caught: dict[str, int] = {}
        for node in scope.of("intermediateCatchEvent"):
            name = link_name(node.element)
            if name is not None:
                caught[name] = caught.get(name, 0) + 1
        told = set()
        for node in scope.of("intermediateThrowEvent"):
            name = link_name(node.element)
            if name is not None and caught.get(name, 0) != 1 and name not in told:
                told.add(name)
                yield Problem(
                    node.element, f"链接“{name}”应有一个接收事件",
                    f"the link {name!r} needs exactly one catch event in its process",
                    "name one catching link event like it",
                )  # fmt: skip
