"""Proves that a converted diagram is right, from the diagram itself, not from how it was made.

Sound (``engine.diagram.soundness``); its orders are exactly those the precedence allows; nothing writes one value at
the same time (``engine.diagram.concurrent_writes``); the steps are those of the original, unchanged, with the same
results.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from lxml import etree

from engine.diagram.concurrency import MOST, Concurrency
from engine.diagram.concurrent_writes import concurrent_writes
from engine.diagram.finding import Finding
from engine.diagram.soundness import soundness
from engine.diagram.xml import BL, bpmn, local_name
from engine.errors import LimitExceeded
from engine.parallel.convert import Conversion
from engine.parallel.proof_play import Game, TooMany, game_of, is_marked_graph, plays_alike
from engine.parallel.structure import Poset, poset

_SIMPLE = frozenset({"userTask", "manualTask", "task", "startEvent", "endEvent"})
"""What takes one token and gives one; where there is nothing else, soundness follows from the structure."""

EXACT, CONCURRENCY, PATHS = "exact", "concurrency", "paths"


@dataclass(frozen=True)
class Proof:
    """``method`` of comparing the orders: ``exact`` (every position played), ``concurrency`` (exactly the steps without
    an order may be at work together, and a path enforces every order) or, for more than ``concurrency.MOST`` elements,
    ``paths`` (between steps there are only parallel joins and guards, so what no path orders is concurrent).
    """

    sound: bool
    language_equal: bool
    method: str
    write_conflicts: tuple[Finding, ...]
    same_steps: bool
    same_results: bool
    findings: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything is proved."""
        return self.sound and self.language_equal and self.same_steps and self.same_results and not self.write_conflicts

    def as_dict(self) -> dict[str, object]:
        """The proof as JSON."""
        return asdict(self) | {
            "write_conflicts": [f.as_dict() for f in self.write_conflicts],
            "findings": [f.as_dict() for f in self.findings],
        }


def prove(conversion: Conversion) -> Proof:
    """The proof of a conversion; what fails is told, nothing is raised."""
    parts = conversion.parts
    process = next(p for p in conversion.root.iterfind(bpmn("process")) if p.get("id") == parts.process.get("id"))
    units = {step: unit.nodes for step, unit in parts.units.items()}
    game = game_of(process, units)
    simple = all(local_name(node) in _SIMPLE for node in parts.nodes.values())
    plain = simple and len(game.target) > MOST and is_marked_graph(game)
    findings = () if plain else tuple(soundness(process, parts.file))
    conditions = {step: parts.conditions[key].expression for step, key in parts.condition_of.items()}
    order = poset(conversion.graph.predecessors)
    method, equal = _compared(process, game, order, conditions)
    drawn = {e.get("id", ""): e for e in process if e.get("id")}
    return Proof(
        sound=not findings,
        language_equal=equal,
        method=method,
        write_conflicts=tuple(f for f in concurrent_writes(process, parts.file) if f.rule != "not-decided"),
        same_steps=all(node in drawn and _said(element) == _said(drawn[node]) for node, element in parts.nodes.items()),
        same_results=_results(parts.nodes) == _results(drawn),
        findings=findings,
    )


def _compared(process: etree._Element, game: Game, order: Poset, conditions: Mapping[str, str]) -> tuple[str, bool]:
    try:
        return EXACT, plays_alike(game, order, conditions)
    except TooMany:
        pass
    if not _same_paths(game, order):
        return CONCURRENCY, False
    try:
        beside = Concurrency(process)
    except LimitExceeded:
        return PATHS, True
    names = order.names
    return CONCURRENCY, all(
        beside.together(names[n], names[m]) is not bool(order.above[m] >> n & 1)
        for m in range(len(names))
        for n in range(m)
    )


def _same_paths(game: Game, order: Poset) -> bool:
    """Whether a path leads from one step to another exactly where the first is to be before the second."""
    number = {name: n for n, name in enumerate(order.names)}
    waiting = {node: len(ways) for node, ways in game.ins.items()}
    ready = [node for node, count in waiting.items() if not count]
    above = dict.fromkeys(game.kinds, 0)
    for node in ready:
        own = 1 << number[node] if node in number else 0
        if own and above[node] != order.above[number[node]]:
            return False
        for way in game.outs[node]:
            above[way.target] |= above[node] | own
            waiting[way.target] -= 1
            if not waiting[way.target]:
                ready.append(way.target)
    return len(ready) == len(game.kinds)


def _said(element: etree._Element) -> bytes:
    """Everything about a node but its flows."""
    copy = etree.fromstring(etree.tostring(element, with_tail=False))
    for flow in [*copy.iterchildren(bpmn("incoming"), bpmn("outgoing"))]:
        copy.remove(flow)
    for inside in copy.iter():
        inside.tail = None
        if inside.text is not None and not inside.text.strip():
            inside.text = None
    return etree.tostring(copy, method="c14n", exclusive=True)


def _results(nodes: Mapping[str, etree._Element]) -> list[tuple[str, str]]:
    return sorted(
        (identity, e.get("ref", "")) for identity, node in nodes.items() for e in node.iter(f"{{{BL}}}yields")
    )
