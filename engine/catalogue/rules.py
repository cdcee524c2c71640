"""Rules that all references obey.

``code`` is the folder whose ``item.toml`` is at fault, ``key`` the place in it.
"""

from collections import Counter
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from engine.errors import CatalogueError


def wrong(code: str, key: str, zh: str, en: str) -> CatalogueError:
    """Two facts contradict each other, or break a rule."""
    return CatalogueError("catalogue.contradiction", zh, en, f"{code}/item.toml: {key}")


def unknown(code: str, key: str, name: str) -> CatalogueError:
    """A name nothing stands behind."""
    return CatalogueError(
        "catalogue.unknown_reference", f"“{name}”不存在", f"there is no {name!r}", f"{code}/item.toml: {key}"
    )


def unique(code: str, key: str, names: Iterable[str]) -> None:
    """Nothing may be named twice."""
    for name, times in Counter(names).items():
        if times > 1:
            raise wrong(code, key, f"“{name}”出现 {times} 次", f"{name!r} appears {times} times")


def known(code: str, key: str, names: Iterable[str], existing: Iterable[str]) -> None:
    """Every name must exist."""
    there = set(existing)
    for name in names:
        if name not in there:
            raise unknown(code, key, name)


def acyclic(code: str, key: str, edges: Iterable[tuple[str, str]]) -> None:
    """Pairs (earlier, later) must not close a circle; the error tells the circle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for earlier, later in edges:
        sorter.add(later, earlier)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise wrong(code, key, f"先后顺序成环：{circle}", f"the order is circular: {circle}") from error
