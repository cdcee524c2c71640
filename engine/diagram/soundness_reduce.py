"""Taking sound pieces out of a net: what is left, if anything, has to be explored.

Each rule keeps all four properties in both directions (ends can be reached, nothing stays behind, nothing is dead,
nothing grows without bound). With inclusive joins in the net, where a token stands decides whether they may fire; so a
rule may then only move a token's wait to a place from which the same flows can be reached.

Taking out inclusive joins themselves (``inclusive=True``) is right only when nothing is left at the end: then every
block was entered by one token at a time, so its join has exactly the tokens of one split to wait for, and no token
outside reaches one flow of the join without reaching all. (Merges before such a block stay: several tokens might come
through.) If something is left, reduce again without it.

The same holds for two more steps. A complex join in such a block gives one token for those of the split, whatever its
condition asks for, and takes the late ones away. And an end that clears the scope may be left out where an exclusive
gateway has another way, and be a plain end elsewhere: until it clears, the net can do what the net without it can when
that gateway has not chosen yet; from then on everything is over. (With inclusive joins this needs that nothing waits
between the gateway and the end, or a join could go on without the token that waits there.)
"""

from collections import deque
from dataclasses import replace

from engine.diagram.soundness_net import SINK, SOURCE, Delay, Flow, Net, drawn

_MERGED = {("xor", "xor"), ("and", "and"), ("xor", "sink"), ("and", "sink"), ("or", "sink"), ("xor", "clear")}
"""Two flows between nodes of these kinds are as good as one: both tokens are made and taken together, or only one is.
A sink takes any number, and two tokens on the way to it grow without bound exactly when one does."""

_MERGED_INCLUSIVE = {(split, join) for split in ("xor", "and", "or") for join in ("or", "complex")}


def _after(first: Delay, second: Delay) -> Delay:
    """One wait after the other; also two waits that must both end."""
    if Delay.PERSON in (first, second):
        return Delay.PERSON
    return Delay.MAYBE if Delay.MAYBE in (first, second) else Delay.NONE


def _either(first: Delay, second: Delay) -> Delay:
    """One of two waits, or any of them."""
    return first if first is second else Delay.MAYBE


class Reducer:
    """Applies the rules to ``net`` until none fits."""

    def __init__(self, net: Net, inclusive: bool) -> None:
        self.net, self.inclusive = net, inclusive
        self.merging = _MERGED | _MERGED_INCLUSIVE if inclusive else _MERGED
        self.behind_loops = net.behind_loops()
        self.waiting = {node for node in net.kinds if net.waits_inclusively(node)}
        self.joins = frozenset(self.waiting)
        self.clearing = "clear" in net.kinds.values()
        self.queue: deque[str] = deque(net.kinds)
        self.queued = set(self.queue)

    def run(self) -> Net:
        """The reduced net; ``source → sink`` alone means sound."""
        while True:
            while self.queue:
                node = self.queue.popleft()
                self.queued.discard(node)
                if node in self.net.kinds:
                    self._simplify(node)
            if (self.waiting or not self._drop_implied()) and not (self.inclusive and self._end_plainly()):
                return self.net

    def _simplify(self, node: str) -> None:
        # One rule changes what the next one sees, so each asks the net again.
        self._merge_equal(node)
        self._drop_loop(node)
        self._drop_ends(node)
        self._drop_clear(node)
        if self.net.kinds[node] in {"xor", "and", "or", "complex"}:
            self._fuse(node)

    def _touch(self, *nodes: str) -> None:
        for node in nodes:
            if node in self.net.kinds and not self.net.waits_inclusively(node):
                self.waiting.discard(node)
            if node in self.net.kinds and node not in self.queued:
                self.queued.add(node)
                self.queue.append(node)

    def _put(self, old: list[Flow], new: list[Flow]) -> None:
        for flow in old:
            self.net.remove(flow)
        for flow in new:
            self.net.add(flow)
        self._touch(*(end for flow in (*old, *new) for end in (flow.source, flow.target)))

    def _merge_equal(self, node: str) -> None:
        """Two flows between the same nodes become one (see ``_MERGED``)."""
        groups: dict[str, list[Flow]] = {}
        kind = self.net.kinds[node]
        for flow in self.net.outs[node]:
            # The default way of an inclusive gateway is taken alone; one flow with another it would no longer be.
            if kind != "or" or not flow.default or self.inclusive:
                groups.setdefault(flow.target, []).append(flow)
        for target, flows in groups.items():
            if len(flows) > 1 and (kind, self.net.kinds[target]) in self.merging:
                self._put(flows, [self._merge(flows)])

    def _merge(self, flows: list[Flow]) -> Flow:
        kind = self.net.kinds[flows[0].source]
        delay = flows[0].delay
        for flow in flows[1:]:
            delay = _after(delay, flow.delay) if kind == "and" else _either(delay, flow.delay)
        return replace(
            flows[0],
            delay=delay,
            beside=(*flows[0].beside, *flows[1:]),
            joined=any(flow.joined for flow in flows),
            default=all(flow.default for flow in flows),
        )

    def _drop_loop(self, node: str) -> None:
        """An exclusive gateway that may lead back to itself will some time not: the loop is only a longer wait."""
        outs = self.net.outs[node]
        loops = [flow for flow in outs if flow.target == node]
        if self.net.kinds[node] != "xor" or not loops or len(loops) == len(outs):
            return
        ins = [flow for flow in self.net.ins[node] if flow not in loops]
        if not ins or (len(ins) > 1 and any(flow.joined for flow in loops)):
            return
        waits = any(flow.delay is not Delay.NONE for flow in loops)
        longer = [
            replace(
                flow,
                # Before the choice, as in the loop, every way out is still open.
                delay=Delay.MAYBE if waits and flow.delay is Delay.NONE else flow.delay,
                beside=(*flow.beside, *loops),
                joined=flow.joined or any(loop.joined for loop in loops),
            )
            for flow in ins
        ]
        self._put([*loops, *ins], longer)

    def _drop_ends(self, node: str) -> None:
        """A branch of a parallel split that only ends concerns nobody – unless a loop could fill it with tokens."""
        outs = list(self.net.outs[node])
        ending = [flow for flow in outs if flow.target == SINK]
        if self.net.kinds[node] != "and" or not ending or len(outs) == len(ending):
            return
        # Without a wait a token is gone at once, but not at an inclusive join, which lets everything else go first.
        at_once = Delay.NONE if not self.inclusive else None
        gone = [flow for flow in ending if node not in self.behind_loops or flow.delay is at_once]
        if gone:
            self._put_aside(gone, next(flow for flow in outs if flow not in gone))

    def _put_aside(self, gone: list[Flow], kept: Flow) -> None:
        joined = kept.joined or any(flow.joined for flow in gone)
        self._put([*gone, kept], [replace(kept, beside=(*kept.beside, *gone), joined=joined)])

    def _drop_clear(self, node: str) -> None:
        """A choice that may also clear the scope; see the module."""
        outs = list(self.net.outs[node])
        gone = [f for f in outs if self.net.kinds[f.target] == "clear"]
        if not self.inclusive or self.net.kinds[node] != "xor" or not gone or len(gone) == len(outs):
            return
        if self.joins and any(flow.delay is not Delay.NONE for flow in gone):
            return
        self._put_aside(gone, next(flow for flow in outs if flow not in gone))

    def _end_plainly(self) -> bool:
        """Makes every end that clears the scope a plain one; whether there was any."""
        clearing = [node for node, kind in self.net.kinds.items() if kind == "clear"]
        for node in clearing:
            self.net.kinds[node] = "xor"
            if self.net.ins[node]:
                self._put([], [Flow(node, SINK)])
            else:
                self.net.drop_node(node)
        return bool(clearing)

    def _fuse(self, node: str) -> None:
        """A node with one way in or one way out goes up into its neighbour."""
        ins, outs = list(self.net.ins[node]), list(self.net.outs[node])
        kind = self.net.kinds[node]
        if len(outs) == 1 and outs[0].target != node and self._absorbed(kind, outs[0], len(ins)) and ins:
            # A merge or join before another: the wait between them moves to each token that comes in, from where
            # exactly the same can be reached.
            self._replace_node(node, ins, outs, [self._chain(flow, node, outs[0]) for flow in ins])
        elif len(ins) == 1 and outs and self._decided_before(node, kind, ins[0]):
            self._replace_node(node, ins, outs, [self._chain(ins[0], node, flow) for flow in outs])

    def _decided_before(self, node: str, kind: str, flow: Flow) -> bool:
        """A split behind another decides a little earlier.

        If somebody acts in between: not with inclusive joins, and with parallel splits not in loops or where an end may
        come between, because one act would become two, and the loop or the end could come without the second.
        """
        if kind == "or" or flow.source == node or self.net.kinds[flow.source] != kind:
            return False
        once = not self.clearing and node not in self.behind_loops
        calm = not (self.waiting or self.inclusive) and (kind == "xor" or once)
        return flow.delay is Delay.NONE or calm

    def _absorbed(self, kind: str, onto: Flow, count: int) -> bool:
        if count == 1:
            return True
        if onto.joined:
            return False
        # Joins move on only where nothing will be told: behind a join that never fires, elements would seem reached.
        onward = {"xor": {"xor", "sink"}, "and": {"and"} if self.inclusive else set[str]()}
        return self.net.kinds[onto.target] in onward.get(kind, set())

    def _chain(self, first: Flow, node: str, second: Flow) -> Flow:
        inner = (node,) if drawn(node) == node else ()
        return Flow(
            first.source,
            second.target,
            _after(first.delay, second.delay),
            (first, *inner, second),
            label=first.label,
            default=first.default,
            joined=first.joined or second.joined or node in self.joins,
        )

    def _replace_node(self, node: str, ins: list[Flow], outs: list[Flow], new: list[Flow]) -> None:
        self._put(list(dict.fromkeys((*ins, *outs))), new)
        self.net.drop_node(node)
        self.waiting.discard(node)

    def _drop_implied(self) -> bool:
        """A flow between parallel gateways beside a longer way over parallel gateways only.

        All nodes on the way fire once per token, so the flow holds as many tokens as the way; it adds its wait to the
        last flow of the way and is gone. Only without inclusive joins: they would see one token less.
        """
        for node in [node for node, kind in self.net.kinds.items() if kind == "and" and len(self.net.ins[node]) > 1]:
            for flow in list(self.net.ins[node]):
                last = self._other_way(flow)
                if last is not None:
                    joined = last.joined or flow.joined
                    self._put([flow, last], [replace(last, delay=_after(last.delay, flow.delay), joined=joined)])
                    # Its token comes to the join, whether or not the other ways ever do.
                    gone = replace(flow, parts=(*flow.parts, flow.target))
                    first = next(iter(self.net.outs[flow.source]))
                    self._put([first], [replace(first, beside=(*first.beside, gone), joined=first.joined or joined)])
                    return True
        return False

    def _other_way(self, flow: Flow) -> Flow | None:
        """The last flow of another way over parallel gateways between the ends of ``flow``."""
        if self.net.kinds[flow.source] != "and" or flow.source == flow.target:
            return None
        seen, stack = {flow.source, flow.target}, [flow.source]
        while stack:
            for onward in self.net.outs[stack.pop()]:
                if onward.target == flow.target and onward is not flow:
                    return onward
                if onward.target not in seen and self.net.kinds[onward.target] == "and":
                    seen.add(onward.target)
                    stack.append(onward.target)
        return None


def reduced(net: Net, inclusive: bool) -> Net:
    """A reduced copy of ``net``; with ``inclusive`` also without the inclusive joins of well-formed blocks."""
    return Reducer(net.copy(), inclusive).run()


def is_trivial(net: Net) -> bool:
    """Whether nothing is left but exclusive gateways, at each of which the one token can come to the end."""
    if not set(net.kinds.values()) <= {"source", "sink", "xor"}:
        return False
    ending, stack = {SINK}, [SINK]
    while stack:
        earlier = {flow.source for flow in net.ins[stack.pop()]} - ending
        ending |= earlier
        stack.extend(earlier)
    return set(net.kinds) == net.reachable([SOURCE]) | {SINK} == ending
