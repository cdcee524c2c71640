"""Two of the files that run together have a process or global task of the same id."""

from collections.abc import Iterable, Iterator

from lxml import etree

from engine.diagram.rules.model import Problem

SECTION = "8.3.1"


def problems(callable_of: Iterable[tuple[str, str, etree._Element]]) -> Iterator[tuple[str, Problem]]:
    """``callable_of`` is (file, id, element) of each; yields the file and the problem of each but the first."""
    first: dict[str, str] = {}
    for file, identity, element in callable_of:
        if first.setdefault(identity, file) != file:
            yield (
                file,
                Problem(
                    element, f"流程 {identity} 已在 {first[identity]} 中",
                    f"the process {identity} is in {first[identity]} already", "give one of them another id",
                ),
            )  # fmt: skip
