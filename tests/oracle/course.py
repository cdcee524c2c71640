"""Where a case is, from the decisions that stand and the design alone: items, results, open steps."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tests.oracle.design import ACCEPT, LEAD, Design, Values, true

WAITING, IN_REVIEW, GRANTED, REFUSED, NOT_REACHED = "accepted", "in_review", "granted", "refused", "not_reached"
ENDED = frozenset({REFUSED, NOT_REACHED})
NO = "disagree"


@dataclass(frozen=True)
class Said:
    """A step as it was decided: by which task, at which entry."""

    task: str
    step: str
    decision: str
    entry: int
    refuses: bool = False
    """A deemed agreement that was objected to: it says no, and what was decided meanwhile stays."""

    @property
    def passes(self) -> bool:
        """Whether it lets the case go on."""
        return self.decision != NO


@dataclass
class World:
    """What follows from decisions: status of items, which are decided, status of results that are not void."""

    items: dict[str, str]
    decided: set[str] = field(default_factory=set)
    results: dict[str, str] = field(default_factory=dict)

    def ended(self) -> set[str]:
        """Items that need no further work."""
        return {code for code, status in self.items.items() if status in ENDED}


def follow(design: Design, values: Values, said: Iterable[Said]) -> World:
    """What decisions make of items and results, one after the other (DOMAIN §3)."""
    world = World(dict.fromkeys(design.applicable(values), WAITING))
    for one in said:
        step = design.steps[one.step]
        if step.act == LEAD:
            _lead(world, one)
        elif step.decisive and not one.passes:
            _refuse(design, world, step.item)
            continue
        elif step.decisive:
            world.decided.add(step.item)
        for result in step.yields:
            world.results.setdefault(result, "issued" if design.join == "separate" else "provisional")
        owed = design.items[step.item].results if step.item else ("",)
        if step.yields and world.items[step.item] == WAITING and all(code in world.results for code in owed):
            world.items[step.item] = GRANTED
    return world


def _lead(world: World, one: Said) -> None:
    if one.passes:
        world.results = dict.fromkeys(world.results, "issued")
        return
    world.results.clear()
    for code, status in world.items.items():
        if status == GRANTED:
            world.items[code] = REFUSED


def _refuse(design: Design, world: World, code: str) -> None:
    world.items[code] = REFUSED
    world.decided.add(code)
    if code in design.vetoes:
        world.results.clear()
        closed = {other for other, status in world.items.items() if status not in ENDED}
    else:
        closed = _after(design, world, code)
    world.items |= dict.fromkeys(closed, NOT_REACHED)


def _after(design: Design, world: World, code: str) -> set[str]:
    """Items that need the result of one, however far on; what ended or was granted before stays."""
    found: set[str] = set()
    for before, after in design.order:
        if before == code and world.items.get(after) in {WAITING, IN_REVIEW} and after not in found:
            found |= {after} | _after(design, world, after)
    return found


@dataclass(frozen=True)
class Place:
    """Where the tokens are: steps somebody has to decide, steps that were reached, whether the end was."""

    open: tuple[str, ...]
    reached: frozenset[str]
    over: bool


def walk(design: Design, values: Values, passed: Collection[str], ended: Collection[str]) -> Place:
    """Lets tokens through the diagram: an arrow carries one (True), may still (False), or never will (None).
    ``passed``: the steps that are decided, or that a promise stands for."""
    carries: dict[tuple[str, str], bool | None] = {}
    waiting, reached, over = [], [], False
    for node in design.nodes:
        kind = design.kinds[node]
        here = _arrives(kind, [carries[flow.source, flow.target] for flow in design.into[node]])
        if kind == "userTask" and here:
            reached.append(node)
            step = design.steps[node]
            if node not in passed and step.act != ACCEPT and step.item not in ended:
                waiting.append(node)
                here = False
        over = over or (kind == "endEvent" and bool(here))
        for flow in design.out[node]:
            carries[flow.source, flow.target] = here
        if kind == "exclusiveGateway" and len(design.out[node]) > 1:
            chosen = next((flow for flow in design.out[node] if flow.condition and true(flow.condition, values)), None)
            chosen = chosen or next(flow for flow in design.out[node] if flow.default)
            for flow in design.out[node]:
                carries[flow.source, flow.target] = here if flow is chosen else None
    return Place(tuple(waiting), frozenset(reached), over)


def _arrives(kind: str, into: Sequence[bool | None]) -> bool | None:
    if kind == "startEvent":
        return True
    if kind == "parallelGateway":
        return None if None in into else all(into)
    return True if True in into else (None if all(one is None for one in into) else False)


def at(design: Design, values: Values, said: Sequence[Said], covered: Collection[str]) -> tuple[World, Place]:
    """What follows from decisions, and where the case is then; ``covered``: steps a promise stands for."""
    world = follow(design, values, said)
    return world, walk(design, values, {*covered, *(one.step for one in said)}, world.ended())


def standing(design: Design, values: Values, said: Sequence[Said], covered: Collection[str]) -> list[Said]:
    """The decisions the case comes to when they are given again one after the other."""
    kept: list[Said] = []
    left = list(said)
    while True:
        _, place = at(design, values, kept, covered)
        taken = next((one for one in left if one.step in place.open), None)
        if taken is None:
            return kept
        left.remove(taken)
        kept.append(taken)
