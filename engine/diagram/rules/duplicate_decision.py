"""Two of the files that run together have a decision of the same id."""

from collections.abc import Iterable, Iterator, Mapping

SECTION = "DMN 6.3.7"


def twice(decisions: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    """``decisions`` are the ids of each file; yields (file, id, the file that has it first)."""
    first: dict[str, str] = {}
    for file, ids in decisions.items():
        for identity in ids:
            if first.setdefault(identity, file) != file:
                yield file, identity, first[identity]
