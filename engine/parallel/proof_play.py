"""Plays a converted diagram in every way and compares what may be done next with what the precedence allows.

Units are steps; between them are only parallel gateways and the exclusive ones of guards. Which steps were done decides
where the tokens are, so two diagrams of n steps are compared in at most 2ⁿ positions instead of n! orders.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from lxml import etree

from engine.diagram.soundness_read import is_flow_node
from engine.diagram.xml import bpmn, local_name
from engine.parallel.structure import Poset

MOST_POSITIONS = 2048
"""Positions looked at, over all answers to the conditions; more are left to the concurrency relation."""

Marking = frozenset[str]
"""The flows that have a token."""


@dataclass(frozen=True)
class Way:
    """A sequence flow between units or gateways; ``expression`` is empty when it has no condition."""

    id: str
    source: str
    target: str
    expression: str = ""


@dataclass
class Game:
    """The diagram with each unit as one node, which is called like its step."""

    kinds: dict[str, str] = field(default_factory=dict)
    ins: dict[str, list[Way]] = field(default_factory=dict)
    outs: dict[str, list[Way]] = field(default_factory=dict)
    target: dict[str, str] = field(default_factory=dict)
    """Flow id → the node it leads to."""

    def expressions(self) -> list[str]:
        """The conditions of the guards, each once."""
        return list(dict.fromkeys(way.expression for ways in self.outs.values() for way in ways if way.expression))


def game_of(process: etree._Element, units: Mapping[str, Iterable[str]]) -> Game:
    """Reads a process; ``units``: step → ids of its nodes."""
    step_of = {node: step for step, nodes in units.items() for node in nodes}
    game = Game()
    for element in process:
        if is_flow_node(element):
            identity = element.get("id", "")
            step = step_of.get(identity)
            game.kinds[step or identity] = "step" if step else local_name(element)
    for node in game.kinds:
        game.ins[node], game.outs[node] = [], []
    for flow in process.iterfind(bpmn("sequenceFlow")):
        source = step_of.get(flow.get("sourceRef", ""), flow.get("sourceRef", ""))
        target = step_of.get(flow.get("targetRef", ""), flow.get("targetRef", ""))
        if source == target:
            continue
        said = flow.find(bpmn("conditionExpression")) if game.kinds[source] == "exclusiveGateway" else None
        way = Way(flow.get("id", ""), source, target, "" if said is None else (said.text or "").strip())
        game.outs[source].append(way)
        game.ins[target].append(way)
        game.target[way.id] = target
    return game


def is_marked_graph(game: Game) -> bool:
    """Whether every node takes a token of each flow into it and gives one on each flow out, without a loop.

    With one start and one end such a diagram is sound: every flow gets exactly one token (Commoner and others 1971).
    """
    kinds = list(game.kinds.values())
    if set(kinds) - {"startEvent", "endEvent", "step", "parallelGateway"}:
        return False
    one_of_each = kinds.count("startEvent") == kinds.count("endEvent") == 1
    return one_of_each and all(_takes_and_gives(game, node, kind) for node, kind in game.kinds.items()) and _ends(game)


def _takes_and_gives(game: Game, node: str, kind: str) -> bool:
    """Whether the node has as many flows in as it may, and leads on."""
    ins, outs = len(game.ins[node]), len(game.outs[node])
    entered = ins == 0 if kind == "startEvent" else ins == 1 or (ins > 1 and kind == "parallelGateway")
    return entered and (outs == 0) == (kind == "endEvent")


def _ends(game: Game) -> bool:
    """Whether there is no loop: every node is reached once all before it are."""
    waiting = {node: len(ways) for node, ways in game.ins.items()}
    ready = [node for node, count in waiting.items() if not count]
    for node in ready:
        for way in game.outs[node]:
            waiting[way.target] -= 1
            if not waiting[way.target]:
                ready.append(way.target)
    return len(ready) == len(game.kinds)


class TooMany(Exception):
    """More positions than ``MOST_POSITIONS``."""


def plays_alike(game: Game, order: Poset, condition_of: Mapping[str, str]) -> bool:
    """Whether in every position exactly the steps may be done that ``order`` allows, and everything ends in the end.

    ``condition_of``: conditional step → expression. Raises TooMany.
    """
    seen = [0]
    return all(_alike(_Board.of(game, order, condition_of, holds), seen) for holds in _answers(game.expressions()))


def _answers(expressions: list[str]) -> Iterator[frozenset[str]]:
    if 1 << len(expressions) > MOST_POSITIONS:
        raise TooMany
    for holds in product((True, False), repeat=len(expressions)):
        yield frozenset(said for said, yes in zip(expressions, holds, strict=True) if yes)


@dataclass(frozen=True)
class _Board:
    """The game under one set of answers, beside the order. Positions are the steps that were done, as bits."""

    game: Game
    order: Poset
    holds: Collection[str]
    present: int
    """The steps that are wanted under these answers, as bits."""
    numbers: Mapping[str, int]
    """Flow into a step → number of the step."""

    @classmethod
    def of(cls, game: Game, order: Poset, condition_of: Mapping[str, str], holds: Collection[str]) -> "_Board":
        wanted = [not condition_of.get(name) or condition_of[name] in holds for name in order.names]
        numbers = {way.id: n for n, name in enumerate(order.names) for way in game.ins[name]}
        return cls(game, order, holds, sum(1 << n for n, yes in enumerate(wanted) if yes), numbers)

    def first(self) -> Marking | None:
        start = next(node for node, kind in self.game.kinds.items() if kind == "startEvent")
        return _settled(self.game, self.holds, (), (way.id for way in self.game.outs[start]))

    def after(self, marking: Marking, n: int) -> Marking | None:
        """The tokens once a step that is ready was done."""
        name = self.order.names[n]
        left = marking - {way.id for way in self.game.ins[name]}
        return _settled(self.game, self.holds, left, (way.id for way in self.game.outs[name]))

    def ready(self, marking: Marking) -> set[int]:
        """The steps that may be done; any of them before any other, so TooMany when they are many."""
        ready = {self.numbers[token] for token in marking if token in self.numbers}
        if 1 << len(ready) > MOST_POSITIONS:
            raise TooMany
        return ready

    def allowed(self, done: int) -> set[int]:
        """The steps that the order lets be done."""
        left = self.present & ~done
        return {n for n, above in enumerate(self.order.above) if left >> n & 1 and not above & left}


def _alike(board: _Board, seen: list[int]) -> bool:
    positions = {0: board.first()}
    queue = [0]
    for done in queue:
        marking = positions[done]
        seen[0] += 1
        if seen[0] > MOST_POSITIONS:
            raise TooMany
        if marking is None or (done == board.present and marking):
            return False
        ready = board.ready(marking)
        if ready != board.allowed(done):
            return False
        for n in ready:
            then, after = done | 1 << n, board.after(marking, n)
            if then not in positions:
                queue.append(then)
            if positions.setdefault(then, after) != after:
                return False
    return True


def _settled(game: Game, holds: Collection[str], waiting: Collection[str], coming: Iterable[str]) -> Marking | None:
    """The tokens when all gateways have fired: those that wait for a step or a join; None when two meet on one flow."""
    marking = set(waiting)
    arriving = list(coming)
    while arriving:
        token = arriving.pop()
        if token in marking:
            return None
        marking.add(token)
        node = game.target[token]
        taken = _taken(game, node, token, marking)
        if taken:
            marking -= taken
            arriving.extend(_given(game, node, holds))
    return frozenset(marking)


def _taken(game: Game, node: str, token: str, marking: set[str]) -> set[str]:
    """The tokens a gateway or end takes when ``token`` comes, nothing while it waits."""
    kind = game.kinds[node]
    if kind == "step":
        return set()
    needed = {way.id for way in game.ins[node]} if kind == "parallelGateway" else {token}
    return needed if needed <= marking else set()


def _given(game: Game, node: str, holds: Collection[str]) -> list[str]:
    ways = game.outs[node]
    if game.kinds[node] == "exclusiveGateway" and len(ways) > 1:
        chosen = next((way for way in ways if way.expression in holds), None)
        return [(chosen or next(way for way in ways if not way.expression)).id]
    return [way.id for way in ways]
