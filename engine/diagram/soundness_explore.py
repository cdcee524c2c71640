"""Playing a net: every marking that can be reached, and what is wrong with some of them.

The order of moves is the runtime's: first everything that needs nobody, then one inclusive join (the first by id that
may fire), and only when nothing moves by itself a person completes a task.

Reduction. Moves of the first kind take tokens from the flows into one node, which no other node takes from, so one
node's move never disables another's; and whether an inclusive join or a person moves is asked only when they are all
done. In each marking it is therefore enough to explore the moves of ONE such node:

* Ends: a final marking stays reachable when the others are postponed. If a marking without a way to the end can be
  reached by moves s, follow s where the explored node is in it, and the explored way to the end where it is not: either
  s is used up, then the explored marking has no way to the end either; or the way ends with a move of s left over, but
  an empty marking has no moves. So such a marking is found.
* Dead elements: the same argument with "any final marking" for "the end" reaches every move, wherever a final marking
  can be reached at all. Where none can (tokens circling for ever), everything is explored (``_open_circles``).
* Growth: compared are markings in which only people can move (the order does not matter for them), and markings with
  no person between them. A place is only called growing when its round can be repeated for ever (``_grown``).

An end that clears the scope takes from all. While one is due nothing is stuck, so the argument for ends holds in any
order. When nobody is waited for, it comes first: that is enough for ends, and few markings; which elements are dead is
then asked of the same net with plain ends (``gentle``), where the same runs are possible up to the clearing. When
people are waited for, it comes last of the moves that need nobody.

Every completion by a person is explored. When tokens do not wait for persons (``Game(..., patient=False)``) the order
is not the runtime's. This is used for ends and dead elements without inclusive joins, where any order may be played and
the argument holds for every move; growth is then excluded (no loop) or left open.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, combinations, islice

from engine.diagram.soundness_net import SINK, SOURCE, Delay, Flow, Net

Marking = tuple[tuple[int, int], ...]
"""``(place, tokens)`` sorted, without zeros; ``place // 3`` is the flow, ``place % 3`` where on it the token is."""

WORK, PER_PLACE = 160, 8
"""A bound on time too: so much work for each marking the bound allows. To compare one filled place with that of an
earlier marking is 1, to find its moves ``PER_PLACE``."""
FURTHER = 20
"""After the first place that grows without bound, what is still looked at: one part in so many."""

OPEN, HELD, HERE = 0, 1, 2
"""It is not known yet whether somebody must act; a person must act; arrived at the node."""


@dataclass(frozen=True)
class Move:
    """``node`` took a token from each of ``taken`` and gave one to each of ``given``; no node: something on a flow."""

    node: str
    taken: tuple[Flow, ...] = ()
    given: tuple[Flow, ...] = ()


@dataclass
class Game:
    """The rules of one net. Not ``patient``: nobody is waited for. ``gentle``: an end takes only its own token."""

    net: Net
    patient: bool = True
    gentle: bool = False
    flows: list[Flow] = field(init=False)

    def __post_init__(self) -> None:
        self.flows = self.net.flows()
        self._number = {flow: n for n, flow in enumerate(self.flows)}
        self._led_aside: dict[str, list[str]] = {}
        for node, led_to in self.net.beside.items():
            for other in led_to:
                if node in self.net.kinds and other in self.net.kinds:
                    self._led_aside.setdefault(other, []).append(node)
        self._joins = [join for join in self.net.inclusive_joins() if self.net.outs[join]]
        self._reach = {join: self._reach_of(join) for join in self._joins}

    def first(self) -> Marking:
        """The marking at the start."""
        return self._changed((), (), tuple(self.net.outs[SOURCE]))

    def moves(self, marking: Marking, most: int | None) -> tuple[list[list[tuple[Move, Marking]]], bool]:
        """Moves grouped by who makes them, and whether they need nobody (so one group is enough, and at most ``most``
        are given)."""
        by_itself = list(islice(self._eager(marking), most))
        if by_itself:
            return by_itself, True
        for join in self._joins:
            taken = self._may_fire(join, marking)
            if taken:
                return [self._fire(join, taken, marking)], False
        held = [place for place, _ in marking if place % 3 == HELD]
        return [[(Move("", (self.flows[p // 3],)), self._shifted(marking, p, p + 1))] for p in held], False

    def _eager(self, marking: Marking) -> Iterator[list[tuple[Move, Marking]]]:
        here: dict[str, list[Flow]] = {}
        for place, _ in marking:
            flow = self.flows[place // 3]
            if place % 3 == OPEN:
                yield [(Move(""), self._shifted(marking, place, place + n)) for n in (1, 2)]
            elif place % 3 == HERE:
                here.setdefault(flow.target, []).append(flow)
        for node, arrived in sorted(here.items(), key=self._branching):
            kind = self.net.kinds[node]
            if kind in {"sink", "clear"}:
                yield self._end(node, arrived[0], marking)
            elif kind == "xor" or (kind == "or" and len(self.net.ins[node]) == 1):
                yield from (self._fire(node, [flow], marking) for flow in arrived)
            elif self._is_ready(node, arrived, marking):
                yield self._fire(node, arrived * self.net.needed.get(node, 1), marking)

    def _is_ready(self, node: str, arrived: list[Flow], marking: Marking) -> bool:
        if self.net.kinds[node] == "gather":
            return self._tokens(arrived[0], marking) >= self.net.needed[node]
        return self.net.kinds[node] == "and" and len(arrived) == len(self.net.ins[node])

    def _tokens(self, flow: Flow, marking: Marking) -> int:
        return dict(marking)[self._number[flow] * 3 + HERE]

    def _end(self, node: str, flow: Flow, marking: Marking) -> list[tuple[Move, Marking]]:
        if self.net.kinds[node] == "clear" and not self.gentle:
            return [(Move(node, (flow,)), ())]
        return [(Move(node, (flow,)), self._changed(marking, (self._number[flow] * 3 + HERE,), ()))]

    def _branching(self, item: tuple[str, list[Flow]]) -> int:
        # What only ends or goes straight on first, choices last: fewer markings between.
        kind = self.net.kinds[item[0]]
        if kind == "clear":
            return len(self.net.kinds) if self.patient else -1
        return 0 if kind in {"sink", "and", "gather"} else len(self.net.outs[item[0]])

    def _fire(self, node: str, taken: list[Flow], marking: Marking) -> list[tuple[Move, Marking]]:
        gone = tuple(self._number[flow] * 3 + HERE for flow in taken)
        return [(Move(node, tuple(taken), given), self._changed(marking, gone, given)) for given in self._choices(node)]

    def _choices(self, node: str) -> Iterator[tuple[Flow, ...]]:
        outs = tuple(self.net.outs[node])
        kind = self.net.kinds[node]
        if kind == "xor":
            yield from ((flow,) for flow in outs)
        elif kind == "or" and len(outs) > 1:
            yield from ((flow,) for flow in outs if flow.default)
            fitting = [flow for flow in outs if not flow.default]
            yield from chain.from_iterable(combinations(fitting, n) for n in range(1, len(fitting) + 1))
        else:
            yield outs

    def _changed(self, marking: Marking, gone: tuple[int, ...], given: tuple[Flow, ...]) -> Marking:
        tokens = dict(marking)
        for place in gone:
            tokens[place] -= 1
        for flow in given:
            stage = {Delay.NONE: HERE, Delay.PERSON: HELD, Delay.MAYBE: OPEN}[flow.delay] if self.patient else HERE
            place = self._number[flow] * 3 + stage
            tokens[place] = tokens.get(place, 0) + 1
        return tuple(sorted((place, n) for place, n in tokens.items() if n))

    def _shifted(self, marking: Marking, place: int, to: int) -> Marking:
        tokens = dict(marking)
        tokens[place] -= 1
        tokens[to] = tokens.get(to, 0) + 1
        return tuple(sorted((p, n) for p, n in tokens.items() if n))

    def _may_fire(self, join: str, marking: Marking) -> list[Flow]:
        """The flows it takes from, or nothing while a token reaches an empty flow and no filled one."""
        places = [(self.flows[place // 3], place % 3) for place, _ in marking]
        filled = [flow for flow, stage in places if flow.target == join and stage == HERE]
        have = set(filled)
        for flow, _ in places:
            reached = self._reach[join][flow.target] if flow.target != join else {flow} - have
            if reached - have and not reached & have:
                return []
        return filled

    def _reach_of(self, join: str) -> dict[str, set[Flow]]:
        """For each node, the flows into ``join`` to which a token there can come without passing ``join``."""
        reach: dict[str, set[Flow]] = {node: set() for node in self.net.kinds}
        for flow in self.net.ins[join]:
            stack = [] if flow.source == join else [flow.source]
            while stack:
                node = stack.pop()
                if flow not in reach[node]:
                    reach[node].add(flow)
                    stack.extend(back.source for back in self.net.ins[node] if back.source != join)
                    stack.extend(self._led_aside.get(node, ()))
        return reach


@dataclass
class Exploration:
    """What was found: ``parents`` lead back to the start by shortest ways, ``growing`` pairs an earlier marking with a
    larger later one, ``complete`` is false when the bound was reached."""

    first: Marking
    parents: dict[Marking, tuple[Marking, Move] | None] = field(default_factory=dict)
    follow: dict[Marking, list[Marking]] = field(default_factory=dict)
    growing: list[tuple[Marking, Marking]] = field(default_factory=list)
    touched: set[Flow] = field(default_factory=set)
    complete: bool = True

    def path(self, marking: Marking) -> list[tuple[Marking, Move]]:
        """The shortest way to a marking: each move with the marking it was made in."""
        way = []
        step = self.parents[marking]
        while step is not None:
            way.append(step)
            step = self.parents[step[0]]
        return way[::-1]

    def stuck(self) -> list[Marking]:
        """Markings in which nothing can move although tokens are left, nearest first."""
        grown = {larger for _, larger in self.growing}
        return [m for m, onward in self.follow.items() if m and not onward and m not in grown]

    def without_way_to(self, goals: list[Marking]) -> list[Marking]:
        """Markings from which none of ``goals`` can be reached, nearest first."""
        back: dict[Marking, list[Marking]] = {}
        for marking, onward in self.follow.items():
            for following in onward:
                back.setdefault(following, []).append(marking)
        seen, stack = set(goals), list(goals)
        while stack:
            for earlier in back.get(stack.pop(), ()):
                if earlier not in seen:
                    seen.add(earlier)
                    stack.append(earlier)
        return [marking for marking in self.follow if marking not in seen]


class Explorer:
    """Explores breadth-first up to ``bound`` markings."""

    def __init__(self, game: Game, bound: int, watch_growth: bool) -> None:
        self.game, self.bound, self.watch_growth = game, bound, watch_growth
        self.inclusive = bool(game.net.inclusive_joins())
        self.found = Exploration(game.first())
        self.queue: deque[Marking] = deque()
        self.settled: dict[Marking, bool] = {}
        self.tokens: dict[Marking, int] = {}
        self.work, self.most_work = 0, bound * WORK
        self.partly: set[Marking] = set()
        self._meet(self.found.first, None)

    def run(self) -> Exploration:
        """Everything reachable, or as much as the bound allows."""
        self._drain()
        while self.found.complete and not self.found.growing and self._open_circles():
            self._drain()
        return self.found

    def _drain(self) -> None:
        while self.queue and self.found.complete:
            self._expand(self.queue.popleft(), everything=False)

    def _meet(self, marking: Marking, step: tuple[Marking, Move] | None) -> None:
        if marking in self.found.parents:
            return
        if len(self.found.parents) >= self.bound or self.work > self.most_work:
            self.found.complete = False
            return
        self.found.parents[marking] = step
        self.tokens[marking] = sum(n for _, n in marking)
        self.queue.append(marking)

    def _expand(self, marking: Marking, everything: bool) -> None:
        groups, by_itself = self.game.moves(marking, None if everything else 2)
        self.settled[marking] = not by_itself
        self.work += PER_PLACE * (1 + len(marking))
        onward = self.found.follow[marking] = []
        if self.watch_growth and self._grown(marking):
            return
        if by_itself and len(groups) > 1 and not everything:
            self.partly.add(marking)
            groups = groups[:1]
        for move, following in chain.from_iterable(groups):
            self.found.touched.update(move.given)
            onward.append(following)
            self._meet(following, (marking, move))

    def _open_circles(self) -> bool:
        """Explores everything where no final marking can be reached; whether there was anything to explore."""
        final = [marking for marking, onward in self.found.follow.items() if not onward]
        circling = [marking for marking in self.found.without_way_to(final) if marking in self.partly]
        for marking in circling:
            self.partly.discard(marking)
            self._expand(marking, everything=True)
        return bool(circling)

    def _grown(self, marking: Marking) -> bool:
        """Whether the way to ``marking`` passed a smaller one and can be repeated for ever (then it goes no further).

        Without inclusive joins more tokens never prevent a move. With them the same places must be filled all along:
        then every rule, which asks only whether a place is empty, answers the same in each repetition.
        """
        total, tokens = self.tokens[marking], dict(marking)
        settled, alone = self.settled[marking], not self.settled[marking]
        on_the_way: list[Marking] = [marking]
        step = self.found.parents[marking]
        while step is not None:
            earlier = step[0]
            alone = alone and not self.settled[earlier]
            on_the_way.append(earlier)
            self.work += 1 + len(earlier)
            comparable = self.inclusive or alone or (settled and self.settled[earlier])
            if comparable and self.tokens[earlier] < total and _covers(tokens, earlier):
                more = grown_places(earlier, marking)
                if not self.inclusive or all(more <= {p for p, _ in m} for m in on_the_way):
                    if not self.found.growing:
                        self._look_a_little_further()
                    self.found.growing.append((earlier, marking))
                    return True
            step = self.found.parents[earlier]
        return False

    def _look_a_little_further(self) -> None:
        """The first that grows is an error already; others of its kind are found soon, or with the next check."""
        self.bound = min(self.bound, len(self.found.parents) + self.bound // FURTHER)
        self.most_work = min(self.most_work, self.work + self.most_work // FURTHER)


def _covers(tokens: dict[int, int], earlier: Marking) -> bool:
    return all(tokens.get(place, 0) >= n for place, n in earlier)


def grown_places(earlier: Marking, later: Marking) -> set[int]:
    """Places that hold more tokens later."""
    before = dict(earlier)
    return {place for place, n in later if n > before.get(place, 0)}


def explore(net: Net, bound: int, patient: bool, watch_growth: bool, gentle: bool = False) -> Exploration:
    """Explores ``net``; see the module for ``patient`` and ``gentle``."""
    return Explorer(Game(net, patient, gentle), bound, watch_growth).run()


def touched_nodes(net: Net, found: Exploration) -> set[str]:
    """Nodes a token came to in some run."""
    touched = found.touched | set(net.outs[SOURCE])
    return {SOURCE, SINK} | {flow.target for flow in touched}
