"""Processes folders to simulate on: only what the offerings need, in a folder of their own, never in the one given."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.calendar.load import BASE
from engine.catalogue import Catalogue, Offering, Policy
from engine.catalogue.policies import FILE as POLICIES
from engine.errors import BadInput
from engine.parallel.convert import convert_offering
from engine.parallel.order import INSIDE, Order, PrecedenceGraph
from engine.parallel.precedence import precedence_of

CALENDARS = "calendars"
_SHARED = ("departments.toml", "sources.toml")
_TOLD_ONCE = ["[[policies.ladder]]", "share = 1", 'to = "section_head"']


@contextmanager
def copied(
    source: Path, catalogue: Catalogue, codes: Collection[str], calendar: str, diagrams: Mapping[str, bytes]
) -> Iterator[tuple[Path, str]]:
    """A processes folder with the offerings ``codes`` and all they depend on, and the calendar to use in it.

    ``calendar``: a code of ``calendars/``, or a file. ``diagrams``: code → the diagram instead of its own.
    """
    with TemporaryDirectory(prefix="binglian-") as name:
        folder = Path(name)
        for shared in _SHARED:
            shutil.copy(source / shared, folder / shared)
        (folder / POLICIES).write_text(plain_policies(catalogue.policies), encoding="utf-8")
        shutil.copytree(source / CALENDARS, folder / CALENDARS)
        for code in _needed(catalogue, codes):
            shutil.copytree(source / code, folder / code)
        for code, diagram in diagrams.items():
            (folder / code / "process.bpmn").write_bytes(diagram)
        yield folder, _calendar(folder / CALENDARS, calendar)


def plain_policies(policies: Mapping[str, Policy]) -> str:
    """``policies.toml`` for a simulation: people decide as their own office would, and each late step is told once.

    What silence decides is decided there too. Reminders and ladders make nobody faster, so they are left out.
    """
    lines = ["schema = 1"]
    for policy in policies.values():
        lines += ["[[policies]]", f'code = "{policy.code}"', 'name_zh = "模拟"', 'name_en = "simulated"']
        lines += [f'silence = "{policy.silence}"', 'ground = "模拟"'] if policy.decides else _TOLD_ONCE
    return "\n".join(lines) + "\n"


def _needed(catalogue: Catalogue, codes: Collection[str]) -> list[str]:
    """The offerings, their items, and whatever items make what those need, however far back."""
    waiting = [code for each in codes for code in (each, *(item.code for item in catalogue.offering(each).items))]
    chosen: set[str] = set()
    while waiting:
        code = waiting.pop()
        if code not in chosen:
            chosen.add(code)
            item = catalogue.items.get(code)
            waiting += [m.produced_by for m in (item.materials if item else ()) if m.produced_by]
    return sorted(chosen)


def _calendar(folder: Path, calendar: str) -> str:
    """The code of a calendar in ``folder``; a file is put there, over the one of its name."""
    if not calendar.endswith(".toml"):
        return calendar
    try:
        shutil.copy(calendar, folder / Path(calendar).name)
    except OSError as error:
        raise BadInput("simulate.calendar", "无法读取日历文件", "cannot read the calendar file", calendar) from error
    return Path(calendar).stem or BASE


def in_series(offering: Offering, codes: Collection[str] | None = None) -> PrecedenceGraph:
    """The same steps one after another, as departments worked before: item by item where the order allows it."""
    graph = precedence_of(offering, codes)
    steps = _item_by_item(offering, graph)
    zh, en = "串行：前一环节办结后才开始", "serial: begins when the step before it is finished"
    orders = (Order(a, b, "before_step", INSIDE, zh, en) for a, b in pairwise(steps))
    return PrecedenceGraph(steps, tuple(orders), graph.names)


def _item_by_item(offering: Offering, graph: PrecedenceGraph) -> tuple[str, ...]:
    """A sequence of all steps: stays with an item as long as it can, and begins one that can be finished if any."""
    graph.topological()  # says which steps go round in a circle
    left, line = dict.fromkeys(graph.steps), list[str]()
    while left:
        ready = [step for step in left if not any(before in left for before in graph.predecessors[step])]
        item = offering.item_of(line[-1]) if line else None
        same = [step for step in ready if offering.item_of(step) == item]
        whole = [step for step in ready if _can_be_finished(offering, graph, step, left)]
        line.append((same or whole or ready)[0])
        del left[line[-1]]
    return tuple(line)


def _can_be_finished(offering: Offering, graph: PrecedenceGraph, step: str, left: Collection[str]) -> bool:
    """Whether the item of a step waits for no other item."""
    item = offering.item_of(step)
    mine = [other for other in left if offering.item_of(other) == item]
    return all(offering.item_of(b) == item for other in mine for b in graph.predecessors[other] if b in left)


def serial_diagram(catalogue: Catalogue, code: str) -> bytes:
    """The diagram of an offering with its steps in series."""
    offering = catalogue.offering(code)
    names = {department: said.name_zh for department, said in catalogue.departments.items()}
    return convert_offering(offering, names, graph=in_series(offering)).data
