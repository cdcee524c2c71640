"""Whether every case of a process can end: nothing waits for ever, nothing is dead, nothing grows without bound.

The process and each sub-process are judged by themselves (``soundness_read``): a sub-process is one activity of what is
around it. Sound pieces are taken out first (``soundness_reduce``); what is left is played in every way
(``soundness_explore``), as the runtime would play it. Conditions and events are data: every way out of a gateway may be
taken, every event may happen or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.diagram.finding import Finding
from engine.diagram.soundness_explore import HERE, Exploration, Marking, explore, grown_places, touched_nodes
from engine.diagram.soundness_net import SOURCE, Flow, Net, drawn
from engine.diagram.soundness_read import read_net, scopes
from engine.diagram.soundness_reduce import is_trivial, reduced
from engine.diagram.soundness_words import Teller, Words
from engine.diagram.xml import line_of

__all__ = ["BOUND", "read_net", "soundness"]

BOUND = 100_000
"""Markings looked at before the question is left open."""


@dataclass(frozen=True)
class _Scope:
    element: etree._Element
    file: str
    bound: int
    whole: Net

    def finding(self, identity: str, rule: str, words: Words, level: str = "error") -> Finding:
        drawn = next((e for e in self.element if e.get("id") == identity), self.element)
        return Finding(self.file, identity, line_of(drawn), rule, level, words.zh, words.en)

    def undecided(self, what: Words) -> Finding:
        told = Words(f"在 {self.bound} 种状态的工作量内未查完,未能判定", f"not decided within {self.bound} markings: ")
        return self.finding(self.element.get("id", ""), "not-decided", told + what, "warning")

    def unclear(self, identity: str) -> Finding:
        told = Words(
            "这里的令牌数取决于数据,未能判定流程是否健全",
            "how many tokens come and go here depends on data: not decided whether the process is sound",
        )
        return self.finding(identity, "not-decided", told, "warning")


def soundness(process: etree._Element, file: str, *, bound: int = BOUND) -> list[Finding]:
    """What keeps cases of ``process`` from ending, or nothing when it is proved that nothing does.

    Rules: ``deadlock``, ``left-behind``, ``dead-element``, ``unbounded`` (level error, each with the shortest run that
    shows it), and ``not-decided`` (level warning) when ``bound`` markings of one scope were not enough, or a complex
    gateway is not the end of a block. A scope whose structure is broken (no start, loose flows) gives nothing; ``lint``
    refuses it.
    """
    return [finding for scope in scopes(process) for finding in _judged(scope, file, bound)]


def _judged(element: etree._Element, file: str, bound: int) -> Iterator[Finding]:
    net = read_net(element)
    if net is None:
        return
    scope = _Scope(element, file, bound, net)
    if net.open:
        yield from (scope.unclear(identity) for identity in dict.fromkeys(net.open))
    elif not is_trivial(reduced(net, inclusive=True)):
        joins = [node for node, kind in net.kinds.items() if kind == "complex"]
        yield from (scope.unclear(join) for join in joins)
        if not joins:
            yield from _explored(scope, reduced(net, inclusive=False))


def _explored(process: _Scope, net: Net) -> Iterator[Finding]:
    free, looping = not net.inclusive_joins(), bool(net.behind_loops())
    # Without a loop every element sees a limited number of tokens; without inclusive joins no order matters then.
    patient = not free or looping
    found = explore(net, process.bound, patient, watch_growth=looping)
    growth_open = False
    if patient and free and not found.complete and not found.growing:
        found, growth_open = explore(net, process.bound, patient=False, watch_growth=False), True
    gentle = None
    if not patient or growth_open:
        gentle = _gently(net, process.bound, found)
    yield from _verdict(process, net, found, gentle)
    if growth_open and found.complete:
        yield process.undecided(Words("令牌数量是否有界", "whether the number of tokens is bounded"))


def _gently(net: Net, bound: int, found: Exploration) -> Exploration | None:
    """What is reached when ends do not clear, where it is not known that everything is reached."""
    known = not net.kinds.keys() - touched_nodes(net, found) and not set(net.flows()) - _lit(net, found)
    if known or not found.complete or "clear" not in net.kinds.values():
        return None
    return explore(net, bound, patient=False, watch_growth=False, gentle=True)


def _lit(net: Net, found: Exploration) -> set[Flow]:
    return found.touched | set(net.outs[SOURCE])


def _verdict(process: _Scope, net: Net, found: Exploration, gentle: Exploration | None) -> Iterator[Finding]:
    teller = Teller(process.element, net)
    yield from _growing(process, teller, found)
    stuck = list(_stuck(process, teller, found))
    yield from stuck
    if found.growing:
        return
    if not found.complete:
        yield process.undecided(Words("流程是否健全", "whether the process is sound"))
        return
    if not stuck:
        yield from _circling(process, teller, found)
    if gentle is None or gentle.complete:
        yield from _dead(process, teller, gentle or found)
    else:
        yield process.undecided(Words("是否有到不了的环节", "whether every element can be reached"))


def _growing(process: _Scope, teller: Teller, found: Exploration) -> Iterator[Finding]:
    told = set()
    flows = teller.net.flows()
    for earlier, later in found.growing:
        place = min(grown_places(earlier, later))
        identity = teller.standing(flows[place // 3], held=place % 3 != HERE)
        if identity in told:
            continue
        told.add(identity)
        run, again = teller.run(found, earlier), teller.round(found, earlier, later)
        yield process.finding(
            identity, "unbounded",
            Words(
                f"令牌会在“{teller.name(identity)}”无限增多:{run.zh};每重复一次 {again.zh} 就多出令牌",
                f"tokens pile up without bound at “{teller.name(identity)}”: {run.en}; each round {again.en} adds one",
            ),
        )  # fmt: skip


def _stuck(process: _Scope, teller: Teller, found: Exploration) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    numbered = teller.net.flows()
    for marking in found.stuck():
        flows = [numbered[place // 3] for place, _ in marking]
        ended = any(teller.ends(move) for _, move in found.path(marking))
        rule = "left-behind" if ended else "deadlock"
        node = _culprit(teller.net, flows)
        if (rule, node) in told:
            continue
        told.add((rule, node))
        run = teller.run(found, marking, next(flow for flow in flows if flow.target == node))
        words = _waiting(teller, node, flows, run, ended)
        yield process.finding(drawn(node), rule, words)


def _culprit(net: Net, flows: list[Flow]) -> str:
    """Where the trouble begins: a waiting join that no other one leads to."""
    nodes = dict.fromkeys(flow.target for flow in flows)
    leads_to = {node: net.reachable([node]) for node in nodes}
    before = {node: sum(node in leads_to[other] for other in nodes) for node in nodes}
    inclusive = {node: net.kinds[node] == "or" for node in nodes}
    return min(nodes, key=lambda node: (before[node], inclusive[node]))


def _waiting(teller: Teller, node: str, flows: list[Flow], run: Words, ended: bool) -> Words:
    here = {flow for flow in flows if flow.target == node}
    missing = [teller.name(teller.origin(flow)) for flow in teller.net.ins[node] if flow not in here]
    name = teller.name(node)
    if teller.net.kinds[node] == "gather":
        told = Words(
            f"“{name}”要等 {teller.net.needed[node]} 个令牌才开始,永远等不齐",
            f"“{name}” begins with {teller.net.needed[node]} tokens, and they never all come",
        )
    elif teller.net.kinds[node] == "and":
        told = Words(
            f"汇合“{name}”永远等待来自{'、'.join(f'“{m}”' for m in missing)}的令牌",
            f"join “{name}” waits for ever for a token from {', '.join(f'“{m}”' for m in missing)}",
        )
    else:
        told = Words(f"包容汇合“{name}”永远等待", f"inclusive join “{name}” waits for ever")
    lead = (
        Words("部分流程结束后仍有令牌滞留:", "a token is left behind after the rest has ended: ")
        if ended
        else Words("办件会永远停住:", "a case can stop for ever: ")
    )
    return lead + run + Words(" → ", " → ") + told


def _circling(process: _Scope, teller: Teller, found: Exploration) -> Iterator[Finding]:
    # Nothing stops, yet from some markings the end cannot be reached: the tokens go round for ever.
    lost: list[Marking] = found.without_way_to([()] if () in found.follow else [])
    if not lost:
        return
    path = found.path(lost[0])
    node = path[-1][1].node if path else ""
    place = lost[0][0][0]
    flow = teller.net.flows()[place // 3]
    identity = drawn(node) or teller.standing(flow, held=place % 3 != HERE)
    run = teller.run(found, lost[0], flow)
    yield process.finding(
        identity, "deadlock",
        Words(
            f"办件会永远循环,到不了结束:{run.zh} → “{teller.name(identity)}”之后没有办法结束",
            f"a case can go round for ever without an end: {run.en} → no way to end after “{teller.name(identity)}”",
        ),
    )  # fmt: skip


def _dead(process: _Scope, teller: Teller, found: Exploration) -> Iterator[Finding]:
    net = teller.net
    alive = touched_nodes(net, found)
    lit = _lit(net, found)
    dead = {node: None for node in net.kinds if node not in alive}
    inside = [flow for flow in net.flows() if flow not in lit]
    lost = {*(drawn(n) for n in dead), *(i for f in inside for i in f.stands_for())}
    lost -= {drawn(node) for node in alive}
    lost -= {identity for flow in lit for identity in flow.stands_for()}
    for identity, behind in _frontier(process.whole, lost):
        name = teller.name(identity)
        words = Words(f"没有任何办理过程能到达“{name}”", f"no run ever reaches “{name}”")
        more = Words(f"及其后 {behind} 个环节", f" nor {behind} elements behind it")
        yield process.finding(identity, "dead-element", words + more if behind else words)


def _frontier(net: Net, lost: set[str]) -> Iterator[tuple[str, int]]:
    """The first of the lost elements on each way, and how many lost ones only follow from them."""
    follow: dict[str, list[str]] = {}
    for flow in net.flows():
        follow.setdefault(drawn(flow.source), []).append(drawn(flow.target))
    edge = {target for source, targets in follow.items() if source not in lost for target in targets} & lost
    told: set[str] = set()
    in_order = [node for node in net.kinds if node in lost]
    for identity in sorted(in_order, key=lambda identity: identity not in edge):
        if identity in told:
            continue
        before = len(told | edge)
        told.add(identity)
        stack = [identity]
        while stack:
            onward = [t for t in follow.get(stack.pop(), ()) if t in lost and t not in told and t not in edge]
            told.update(onward)
            stack.extend(onward)
        yield identity, len(told | edge | {identity}) - len({identity} - edge) - before
