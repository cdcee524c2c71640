"""Runs of a net told in words, in both languages, with the names people see."""

from dataclasses import dataclass

from lxml import etree

from engine.diagram.soundness_connect import CHOICE
from engine.diagram.soundness_explore import Exploration, Marking, Move
from engine.diagram.soundness_net import NOTHING, QUIET, SINK, SOURCE, Flow, Net, drawn
from engine.diagram.soundness_read import is_passed
from engine.diagram.xml import local_name

_HAPPENING = frozenset({"startEvent", "boundaryEvent", "intermediateCatchEvent"})
LONGEST = 9
"""Steps told; of longer runs the beginning and the end."""


@dataclass(frozen=True)
class Words:
    """The same text in Chinese and English."""

    zh: str
    en: str

    def __add__(self, other: "Words") -> "Words":
        return Words(self.zh + other.zh, self.en + other.en)


class Teller:
    """Tells moves of ``net``; names come from ``scope``."""

    def __init__(self, scope: etree._Element, net: Net) -> None:
        self.net = net
        self.tasks = {e.get("id", "") for e in scope if is_passed(e)}
        self.events = {e.get("id", "") for e in scope if local_name(e) in _HAPPENING}
        self.names = {i: e.get("name") or i for e in scope if (i := e.get("id"))}

    def name(self, node: str) -> str:
        """The name of an element, else its id."""
        identity = drawn(node)
        return self.names.get(identity, identity).replace("\n", " ")

    def origin(self, flow: Flow) -> str:
        """The last element a token passes on a flow."""
        way = flow.way()
        if flow.source == SOURCE and not way:
            return flow.target
        return drawn(way[-1] if way else flow.source)

    def ends(self, move: Move) -> bool:
        """Whether a token came to an end."""
        return move.node == SINK and any(self.net.ends & set(flow.way()) for flow in move.taken)

    def standing(self, flow: Flow, held: bool) -> str:
        """The element at which a token on ``flow`` is seen: its first task, else what it arrived at."""
        way = flow.way()
        task = next((node for node in way if node in self.tasks), None)
        if held:
            return task or drawn(flow.source) or drawn(flow.target)
        return way[-1] if way and flow.target == SINK else drawn(flow.target)

    def run(self, found: Exploration, marking: Marking, last: Flow | None = None) -> Words:
        """How to come to ``marking``, from the start, and on along ``last``."""
        return self._steps([move for _, move in found.path(marking)], last)

    def round(self, found: Exploration, earlier: Marking, later: Marking) -> Words:
        """The part of the run from ``earlier`` to ``later``."""
        path = found.path(later)
        places = [marking for marking, _ in path]
        return self._steps([move for _, move in path[places.index(earlier) :]], None)

    def _steps(self, moves: list[Move], last: Flow | None) -> Words:
        steps = [step for move in moves for step in self._step(move)]
        steps += [self._plain(node) for node in (last.way() if last else [])]
        told = [step for step, before in zip(steps, [None, *steps], strict=False) if step != before]
        if len(told) > LONGEST:
            told = [*told[:4], Words("……", "…"), *told[4 - LONGEST :]]
        return Words(" → ".join(w.zh for w in told), " → ".join(w.en for w in told))

    def _step(self, move: Move) -> list[Words]:
        if not move.node:
            return []
        told = []
        if len(move.taken) == 1:
            told = [self._plain(node) for node in move.taken[0].way()]
        if drawn(move.node) == move.node:
            told.append(self._plain(move.node))
        if self.net.kinds[move.node] in {"xor", "or"} and len(self.net.outs[move.node]) > 1:
            told += self._choice(move.node, move.given)
        return told

    def _plain(self, node: str) -> Words:
        return Words(self.name(node), self.name(node))

    def _choice(self, node: str, given: tuple[Flow, ...]) -> list[Words]:
        labels = [flow.label for flow in given]
        if labels == [NOTHING]:
            return [Words("条件都不成立", "no condition holds")]
        happens = drawn(node) != node and not node.endswith(CHOICE)
        if labels == [QUIET] or (happens and labels[0] in self.events):
            return []  # An event that happens is told when its token passes it.
        names = [self.name(label) if label in self.names else label for label in labels]
        return [
            Words("选择" + "、".join(f"“{name}”" for name in names), "choose " + ", ".join(f"“{n}”" for n in names))
        ]
