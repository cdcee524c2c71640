"""Whether every case can end: classic mistakes, sizes, and a comparison with playing everything without shortcuts."""

import random
import re
from collections.abc import Iterator, Sequence
from itertools import chain as joined
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from engine.diagram.finding import Finding
from engine.diagram.soundness import soundness
from engine.diagram.xml import executable_processes, read_definitions
from tests.unit.bpmn_text import chain, flow, node, process, users
from tests.unit.diagrams import SHAPES, graphs, xml_of
from tests.unit.token_game import DEFAULT, Graph
from tests.work import counted

PROCESSES = Path(__file__).parents[2] / "processes"
BLOCKED = {"deadlock", "left-behind"}


def check(data: bytes, **bound: int) -> list[Finding]:
    return soundness(executable_processes(read_definitions(data, "x.bpmn"))[0], "x.bpmn", **bound)


def diagram(elements: str, flows: str, named: str = "") -> bytes:
    """``elements``: ``"x:g a:j o:i u:a e:f"`` besides the start ``s`` and the end ``e``; ids in ``named`` get names."""
    kinds = {"x": "exclusive", "a": "parallel", "o": "inclusive"}
    body = node("startEvent", "s", 'name="开始"') + node("endEvent", "e", 'name="办结"')
    names = dict(pair.split("=") for pair in named.split())
    for kind, identity in (item.split(":") for item in elements.split()):
        tag = {"u": "userTask", "e": "endEvent"}.get(kind) or f"{kinds[kind]}Gateway"
        body += node(tag, identity, f'name="{names[identity]}"' if identity in names else "")
    return process(body + chain(flows))


@pytest.mark.parametrize(
    ("elements", "flows"),
    [
        ("u:a", "s>a>e"),
        ("u:a e:f x:g", "s>a>g>e; g>f"),
        ("u:a u:b e:f", "s>a>e; a>b>f"),
        ("x:m x:g u:a", "s>m>a>g>e; g>m"),
        ("a:g a:j u:a u:b", "s>g>a>j>e; g>b>j"),
        ("o:g o:j u:a u:b", "s>g>a>j>e; g>b>j"),
        ("a:g o:j u:a u:b", "s>g>a>j>e; g>b>j"),
        ("x:g o:j u:a u:b", "s>g>a>j>e; g>b>j"),
        ("x:m o:g o:j x:d u:a u:b", "s>m>g>a>j>d>e; g>b>j; d>m"),
        ("a:g a:h a:j u:a u:b u:c", "s>g>a>j>e; g>h>b>j; h>c>j"),
        ("a:g a:h a:i a:j a:k a:l u:a u:b", "s>g>h>a>j>l>e; g>i>b>k>l; h>k; i>j"),
        ("u:a u:b x:d", "s>a>d>e; d>b>a"),
    ],
)
def test_sound_diagrams_have_no_finding(elements: str, flows: str) -> None:
    assert check(diagram(elements, flows)) == []


@pytest.mark.parametrize(
    ("rule", "element", "elements", "flows"),
    [
        ("deadlock", "j", "x:g a:j u:a u:b", "s>g>a>j>e; g>b>j"),
        ("deadlock", "j", "o:g a:j u:a u:b", "s>g>a>j>e; g>b>j"),
        ("deadlock", "j", "a:j x:g u:a u:b", "s>j>a>g>e; g>b>j"),
        ("deadlock", "a", "x:m u:a u:b", "s>m>a>b>m"),
        ("dead-element", "e", "u:a", "s>a"),
        ("left-behind", "j", "a:g x:x a:j e:f u:a u:b", "s>g>a>j>e; g>x>b>j; x>f"),
        ("left-behind", "j", "a:g a:h a:j x:x u:a u:b u:c", "s>g>a>x>j>e; g>b>x; g>c>j"),
        ("unbounded", "b", "x:m a:g u:a u:b", "s>m>a>g>b>e; g>m"),
        ("unbounded", "a", "x:m a:g x:x u:a u:b", "s>m>g>a>x>e; g>b>x>m"),
        ("left-behind", "k", "a:g x:m a:h o:o o:j a:k u:a u:b u:c u:d u:f", "s>g>a>m>h>c>k>e; g>b>m; h>o>d>j>k; o>f>j"),
        ("dead-element", "c", "x:g a:j u:a u:b u:c", "s>g>a>j>c>e; g>b>j"),
        ("deadlock", "i", "a:g o:i o:j u:a u:b x:y x:z", "s>g>a>i>y>e; g>b>j>z>e; y>j; z>i"),
    ],
)
def test_each_mistake_is_found_at_its_element(rule: str, element: str, elements: str, flows: str) -> None:
    found = check(diagram(elements, flows))
    assert (rule, element) in {(finding.rule, finding.element) for finding in found}, found
    assert all(finding.message_zh and finding.message_en and finding.line for finding in found)


def test_a_deadlock_is_told_as_the_shortest_run_in_the_names_people_see() -> None:
    found = check(
        diagram("x:g a:j u:a u:b", "s>g>a>j>e; g>b>j", "g=是否消防 j=全部办结 a=无需消防 b=消防检查"),
    )
    finding = next(f for f in found if f.rule == "deadlock")
    told = "开始 → 是否消防 → 选择“无需消防” → 无需消防 → 汇合“全部办结”永远等待来自“消防检查”的令牌"
    assert finding.message_zh == f"办件会永远停住:{told}"
    assert finding.message_en.endswith("join “全部办结” waits for ever for a token from “消防检查”")


def test_a_token_left_behind_is_told_after_the_end_that_was_reached() -> None:
    found = check(diagram("a:g x:x a:j e:f u:a u:b", "s>g>a>j>e; g>x>b>j; x>f", "f=不予许可 b=复核 j=汇总"))
    finding = next(f for f in found if f.rule == "left-behind")
    assert "选择“不予许可” → 不予许可" in finding.message_zh
    assert finding.message_zh.endswith("汇合“汇总”永远等待来自“复核”的令牌")


def test_a_token_explosion_names_the_loop_that_pumps() -> None:
    found = check(diagram("x:m a:g u:a u:b", "s>m>a>g>b>e; g>m", "a=补正 b=通知 g=同时"))
    assert [finding.rule for finding in found] == ["unbounded"]
    assert "“通知”无限增多" in found[0].message_zh
    assert "补正" in found[0].message_zh.split("每重复一次")[1]


def test_a_notice_that_ends_at_once_does_not_pile_up_in_a_loop() -> None:
    assert check(diagram("x:m a:g x:d e:f u:a", "s>m>a>g>d>e; d>m; g>f")) == []


def test_dead_elements_are_told_once_with_those_behind_them() -> None:
    found = check(diagram("x:g a:j u:a u:b u:c u:d", "s>g>a>j>c>d>e; g>b>j"))
    assert [f.element for f in found if f.rule == "dead-element"] == ["c"]
    assert "及其后 2 个环节" in next(f for f in found if f.rule == "dead-element").message_zh


def test_a_bound_that_is_reached_is_a_warning_and_no_verdict() -> None:
    tangle = "s>g>a>x>j>e; g>b>x; g>c>j; g>d>j"
    found = check(diagram("a:g a:j x:x u:a u:b u:c u:d", tangle), bound=2)
    assert [(finding.rule, finding.level) for finding in found] == [("not-decided", "warning")]
    assert "2" in found[0].message_zh


@pytest.mark.parametrize("file", sorted(PROCESSES.glob("*/process.bpmn")), ids=lambda file: file.parent.name)
def test_every_shipped_process_is_sound(file: Path) -> None:
    assert check(file.read_bytes()) == []


def blocks(kind: str, count: int, width: int, depth: int) -> bytes:
    body, flows = node("startEvent", "s") + node("endEvent", "e"), [f"s>g0; j{count - 1}>e"]
    for k in range(count):
        body += node(kind, f"g{k}") + node(kind, f"j{k}")
        for i in range(width):
            names = [f"u{k}_{i}_{n}" for n in range(depth)]
            body += users(*names)
            flows.append(">".join([f"g{k}", *names, f"j{k}"]))
        flows += [f"j{k - 1}>g{k}"] if k else []
    return process(body + chain(";".join(flows)))


@pytest.mark.parametrize(
    ("kind", "count", "width", "depth"),
    [
        ("parallelGateway", 1, 200, 3),
        ("parallelGateway", 30, 6, 2),
        ("inclusiveGateway", 30, 2, 1),
        ("inclusiveGateway", 20, 8, 1),
        ("exclusiveGateway", 30, 6, 2),
    ],
)
def test_large_block_structured_diagrams_are_decided_in_a_moment(kind: str, count: int, width: int, depth: int) -> None:
    with counted() as work:
        assert check(blocks(kind, count, width, depth)) == []
    assert work.calls < 400_000


def test_one_wrong_branch_among_two_hundred_is_found_in_a_moment() -> None:
    data = blocks("parallelGateway", 1, 200, 2).decode()
    wrong = node("exclusiveGateway", "x") + node("endEvent", "f", 'name="中止"') + chain("x>j0; x>f")
    data = data.replace('id="u0_7_1-j0" sourceRef="u0_7_1" targetRef="j0"', 'sourceRef="u0_7_1" targetRef="x"')
    with counted() as work:
        found = check(data.replace("</b:process>", wrong + "</b:process>").encode())
    assert [(finding.rule, finding.element) for finding in found] == [("left-behind", "j0")]
    assert work.calls < 400_000


Tokens = frozenset[tuple[str, int]]
"""Where a token stands and how many; the whole of a marking. ``"f3"`` is a flow, ``"n2|b1 b4"`` inside the activity n2
two of whose boundary events have happened."""

PERSON, AT_ONCE = frozenset({"userTask", "manualTask"}), frozenset({"task", "intermediateThrowEvent"})
LINGERING = PERSON | AT_ONCE | {"receiveTask", "intermediateCatchEvent", "subProcess"}


def subsets(of: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return joined.from_iterable(combinations(of, n) for n in range(len(of) + 1))


class Brute:
    """Plays one scope of a graph in every way and order, with no reduction; written from the rules, for tests only.

    A boundary event that does not interrupt happens at most once while its activity runs. ``hasty``: nobody and nothing
    is waited for, and ends take only their own token.
    """

    def __init__(self, graph: Graph, inside: str = "", *, hasty: bool = False, cap: int = 12, most: int = 3000) -> None:
        self.graph, self.cap, self.most, self.hasty = graph, cap, most, hasty
        self.nodes = [n for n in graph.nodes if graph.mark(n).inside == inside and not graph.mark(n).listens]
        self.kinds = {name: graph.nodes[name] for name in self.nodes}
        self.ins = {name: [f"f{i}" for i in graph.into(name)] for name in self.nodes}
        self.outs = {name: [f"f{i}" for i in graph.out(name)] for name in self.nodes}
        self.reaching: dict[tuple[str, str, str], bool] = {}
        self.follow: dict[Tokens, set[Tokens]] = {}
        self.by_itself: set[Tokens] = set()
        self.happened: set[str] = set()
        self.piled = self.too_many = False
        self._play()

    def _play(self) -> None:
        start = next(name for name, kind in self.kinds.items() if kind == "startEvent")
        stack = [self._step(frozenset(), [], self.outs[start])]
        while stack and not (self.piled or self.too_many):
            here = stack.pop()
            if here in self.follow:
                continue
            self.follow[here] = set(self._next(here))
            stack.extend(self.follow[here])
            self.piled = any(n > self.cap for _, n in here)
            self.too_many = len(self.follow) > self.most

    def _step(self, here: Tokens, gone: Sequence[str], come: Sequence[str]) -> Tokens:
        tokens = dict(here)
        for place in gone:
            tokens[place] -= 1
        for place in come:
            tokens[place] = tokens.get(place, 0) + 1
        return frozenset((place, n) for place, n in tokens.items() if n)

    def _next(self, here: Tokens) -> list[Tokens]:
        on = {place for place, _ in here}
        eager = [following for name in self.nodes for following in self._eager(name, here, on)]
        if eager and not self.hasty:
            self.by_itself.add(here)
            return eager
        for name in sorted(self.nodes):
            taken = self._inclusive(name, here, on)
            if taken:
                self.by_itself.add(here)
                return self._chosen(name, here, taken)
        return eager + [following for place in on if "|" in place for following in self._going_on(place, here)]

    def _eager(self, name: str, here: Tokens, on: set[str]) -> list[Tokens]:
        kind, into = self.kinds[name], self.ins[name]
        ready = [place for place in into if place in on]
        if not ready or (kind == "parallelGateway" and len(ready) < len(into)):
            return []
        if kind == "parallelGateway":
            return [self._step(here, into, self.outs[name])]
        if kind == "endEvent":
            clears = self.graph.mark(name).terminate and not self.hasty
            return [frozenset()] if clears else [self._step(here, [place], []) for place in ready]
        if kind in LINGERING or kind == "eventBasedGateway":
            return [following for place in ready for following in self._entered(name, here, place)]
        if kind == "exclusiveGateway" or len(into) == 1:
            return list(joined.from_iterable(self._chosen(name, here, [place]) for place in ready))
        return []

    def _entered(self, name: str, here: Tokens, place: str) -> Iterator[Tokens]:
        """A token enters an activity or an event, and stays there, or leaves at once, as its kind allows."""
        kind = self.kinds[name]
        if kind == "eventBasedGateway":
            yield self._step(here, [place], [f"{name}|"])
            yield from self._chosen(name, here, [place])
            return
        waits = kind in PERSON and not self.graph.mark(name).loop
        after_race = kind == "intermediateCatchEvent" and any(
            self.kinds[self.graph.flows[i][0]] == "eventBasedGateway" for i in self.graph.into(name)
        )
        for some in [()] if waits else subsets(self._quiet(name)):
            given = [out for event in some for out in self.outs[event]]
            if kind not in AT_ONCE and not after_race:
                yield self._step(here, [place], [f"{name}|{' '.join(some)}", *given])
            if not waits:
                yield from self._left(name, self._step(here, [place], given))
            self.happened.update(some)

    def _quiet(self, name: str) -> list[str]:
        return [event for event in self.graph.attached(name) if not self.graph.mark(event).interrupting]

    def _left(self, name: str, here: Tokens) -> Iterator[Tokens]:
        """An activity ends, by itself or by an event."""
        yield from (self._step(here, [], some) for some in self._after_task(name))
        for boundary in self.graph.attached(name):
            if self.graph.mark(boundary).interrupting:
                self.happened.add(boundary)
                yield self._step(here, [], self.outs[boundary])

    def _going_on(self, place: str, here: Tokens) -> Iterator[Tokens]:
        """What somebody or some event may do inside ``place``."""
        name, _, happened = place.partition("|")
        if self.kinds[name] == "eventBasedGateway":
            yield from self._chosen(name, here, [place])
            return
        yield from self._left(name, self._step(here, [place], []))
        for boundary in set(self._quiet(name)) - set(happened.split()):
            self.happened.add(boundary)
            changed = f"{name}|{' '.join(sorted([*happened.split(), boundary]))}"
            yield self._step(here, [place], [changed, *self.outs[boundary]])

    def _wanted(self, name: str) -> dict[str, int | None]:
        return {place: self.graph.flows[int(place[1:])][2] for place in self.outs[name]}

    def _after_task(self, name: str) -> list[tuple[str, ...]]:
        wanted = self._wanted(name)
        plain = tuple(i for i, bit in wanted.items() if bit is None)
        usual = tuple(i for i, bit in wanted.items() if bit == DEFAULT)
        fitting = [i for i in wanted if i not in plain + usual]
        some = [(*plain, *held) for held in subsets(fitting) if held]
        return [*some, plain + usual] if plain or usual or not wanted else some

    def _chosen(self, name: str, here: Tokens, taken: list[str]) -> list[Tokens]:
        wanted = self._wanted(name)
        sets: list[tuple[str, ...]] = [(i,) for i in wanted] or [()]
        if self.kinds[name] == "inclusiveGateway" and len(wanted) > 1:
            fitting = [i for i, bit in wanted.items() if bit is not None]
            sets = [(i,) for i in wanted if i not in fitting] + [some for some in subsets(fitting) if some]
        return [self._step(here, taken, some) for some in sets]

    def _inclusive(self, name: str, here: Tokens, on: set[str]) -> list[str]:
        if self.kinds[name] != "inclusiveGateway" or len(self.ins[name]) < 2:
            return []
        filled = [place for place in self.ins[name] if place in on]
        empty = [place for place in self.ins[name] if place not in on]
        where = {p.partition("|")[0] if "|" in p else self.graph.flows[int(p[1:])][1] for p in on}
        for place in where - {name}:
            to_filled = any(self._reaches(place, i, name) for i in filled)
            if not to_filled and any(self._reaches(place, i, name) for i in empty):
                return []
        return filled

    def _reaches(self, place: str, target: str, avoiding: str) -> bool:
        key = (place, target, avoiding)
        if key not in self.reaching:
            self.reaching[key] = self.graph.reaches(place, int(target[1:]), avoiding)
        return self.reaching[key]

    def without_way_to(self, goals: set[Tokens]) -> set[Tokens]:
        back: dict[Tokens, list[Tokens]] = {}
        for here, onward in self.follow.items():
            for following in onward:
                back.setdefault(following, []).append(here)
        seen, stack = set(goals), list(goals)
        while stack:
            for earlier in back.get(stack.pop(), []):
                if earlier not in seen:
                    seen.add(earlier)
                    stack.append(earlier)
        return set(self.follow) - seen

    def blocked(self) -> bool:
        empty: Tokens = frozenset()
        return bool(self.without_way_to({empty} & set(self.follow)))

    def circles_alone(self) -> bool:
        """Whether tokens may go round for ever while no person is asked any more."""
        return bool(self.without_way_to(set(self.follow) - self.by_itself))

    def dead(self) -> set[str]:
        lit = {place for here in self.follow for place, _ in here}
        reached = {name for name in self.nodes if lit & set(self.ins[name])} | self.happened
        return {name for name in self.nodes if self.kinds[name] != "startEvent"} - reached


def gateways_loop(graph: Graph) -> bool:
    """Whether there is a loop without a person, which the runtime refuses to run for ever."""
    open_ways = {n: {graph.flows[i][1] for i in graph.out(n)} | set(graph.attached(n)) for n in graph.nodes}
    open_ways = {n: ways for n, ways in open_ways.items() if graph.nodes[n] not in PERSON or graph.mark(n).loop}
    while ends := [n for n, ways in open_ways.items() if not ways & set(open_ways)]:
        for name in ends:
            del open_ways[name]
    return bool(open_ways)


class Builder:
    """Block-structured graphs, drawn by hypothesis, and then spoilt a little."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.graph = draw, Graph({"s": "startEvent", "e": "endEvent"})

    def node(self, kind: str) -> str:
        name = f"n{len(self.graph.nodes) - 2}"
        self.graph.nodes[name] = kind
        return name

    def block(self, source: str, depth: int) -> str:
        """Appends a piece behind ``source``; its last node."""
        shapes = ("task", "task", "series", "split", "split", "loop") if depth else ("task",)
        shape = self.draw(st.sampled_from(shapes))
        if shape == "task":
            return self.connect(source, self.node("userTask"))
        if shape == "series":
            return self.block(self.block(source, depth - 1), depth - 1)
        kinds = ["exclusiveGateway", "parallelGateway", "inclusiveGateway"]
        kind = "exclusiveGateway" if shape == "loop" else self.draw(st.sampled_from(kinds))
        first = self.connect(source, self.node(kind))
        last = self.node(kind)
        self.connect(self.block(first, depth - 1), last)
        if shape == "loop":
            self.connect(last, first)
        elif self.draw(st.sampled_from(("task", "nothing"))) == "task":
            self.connect(self.block(first, depth - 1), last)
        else:
            self.connect(first, last)
        return last

    def connect(self, source: str, target: str) -> str:
        number = len(self.graph.out(source))
        choosing = self.graph.nodes[source] in {"exclusiveGateway", "inclusiveGateway"}
        self.graph.flows.append((source, target, number - 1 if choosing and number else None))
        return target

    def spoil(self) -> None:
        names = [n for n in self.graph.nodes if n not in "se"]
        gateways = [n for n in names if self.graph.nodes[n] != "userTask"]
        if gateways and self.draw(st.sampled_from(("kind", "flow"))) == "kind":
            kinds = ["exclusiveGateway", "parallelGateway", "inclusiveGateway"]
            self.graph.nodes[self.draw(st.sampled_from(gateways))] = self.draw(st.sampled_from(kinds))
        else:
            source, target = self.draw(st.sampled_from(names)), self.draw(st.sampled_from([*names, "e"]))
            if all(flow[:2] != (source, target) for flow in self.graph.flows):
                self.connect(source, target)

    def numbered(self) -> Graph:
        """Choosing nodes and tasks number their ways again, because spoiling changed kinds."""
        seen: dict[str, int] = {}
        for i, (source, target, _) in enumerate(self.graph.flows):
            number = seen[source] = seen.get(source, -1) + 1
            kind = self.graph.nodes[source]
            choosing = kind in {"exclusiveGateway", "inclusiveGateway"}
            bit = number - 1 if choosing and number else None
            if kind == "userTask":
                bit = self.draw(st.sampled_from((None, number - 1) if number else (None, DEFAULT)))
            self.graph.flows[i] = (source, target, bit)
        return self.graph


@st.composite
def nearly_blocks(draw: st.DrawFn) -> Graph:
    builder = Builder(draw)
    builder.connect(builder.block("s", 3), "e")
    for _ in range(draw(st.integers(0, 2))):
        builder.spoil()
    return builder.numbered()


def compare(graph: Graph) -> None:
    found = check(xml_of(graph), bound=5000)
    for scope in ["", *(name for name, kind in graph.nodes.items() if kind == "subProcess")]:
        compare_scope(graph, scope, [f for f in found if scope_of(graph, f) == scope])


def scope_of(graph: Graph, finding: Finding) -> str:
    """The scope a finding is about; "not decided" is told at the scope itself."""
    if finding.rule == "not-decided":
        return finding.element if finding.element in graph.nodes else ""
    return graph.mark(finding.element).inside


def compare_scope(graph: Graph, scope: str, found: list[Finding]) -> None:
    rules = {finding.rule for finding in found}
    brute = Brute(graph, scope)
    if "not-decided" in rules or brute.too_many:
        event("not decided by one of the two")
        return
    if brute.piled or "unbounded" in rules:
        # A loop without a person may spin faster than another token moves: how many pile up is a matter of order.
        assert gateways_loop(graph) or (brute.piled and "unbounded" in rules), (graph, scope, found)
        event("unbounded")
        return
    assert bool(rules & BLOCKED) == brute.blocked(), (graph, scope, found)
    if not brute.circles_alone():
        compare_dead(brute, Brute(graph, scope, hasty=True), {f.element for f in found if f.rule == "dead-element"})
    event(" ".join(sorted(rules)) or "sound")


def compare_dead(brute: Brute, hasty: Brute, dead: set[str]) -> None:
    assert dead <= brute.dead(), (brute.graph, dead)
    clears = any(brute.graph.mark(name).terminate for name in brute.nodes)
    if not clears:
        assert bool(dead) == bool(brute.dead()), (brute.graph, dead)
    elif "inclusiveGateway" not in brute.kinds.values() and not (hasty.piled or hasty.too_many):
        # How much is done while a token is on its way to such an end is left open.
        assert dead or not hasty.dead(), (brute.graph, dead)


@given(nearly_blocks())
def test_the_verdict_is_that_of_playing_nearly_structured_graphs_in_every_way(graph: Graph) -> None:
    compare(graph)


@given(graphs())
def test_the_verdict_is_that_of_playing_random_graphs_in_every_way(graph: Graph) -> None:
    compare(graph)


@pytest.mark.parametrize("shape", SHAPES)
@given(st.integers(0, 2**32), st.integers(1, 7))
def test_the_verdict_is_that_of_playing_every_scope_with_events_in_every_way(shape: str, seed: int, size: int) -> None:
    compare(SHAPES[shape](random.Random(seed), size))


def conditional(target: str) -> str:
    return flow("t", target, "area > 50")


def test_conditions_on_flows_out_of_a_task_are_choices() -> None:
    one_of_two = node("userTask", "t", 'default="t-b"') + conditional("a") + chain("s>t>b>j; a>j>e")
    also = node("userTask", "t") + conditional("a") + chain("s>t>b>j; a>j>e")
    rest = node("startEvent", "s") + users("a", "b") + node("endEvent", "e")
    assert check(process(rest + node("exclusiveGateway", "j") + one_of_two)) == []
    assert check(process(rest + node("inclusiveGateway", "j") + also)) == []
    for flows in (one_of_two, also):
        found = check(process(rest + node("parallelGateway", "j") + flows))
        assert ("deadlock", "j") in {(finding.rule, finding.element) for finding in found}
    assert "条件都不成立 → b → 汇合“j”永远等待来自“a”的令牌" in found[0].message_zh


def test_links_and_throw_events_and_manual_tasks_are_passed() -> None:
    link = '<b:linkEventDefinition name="L"/>'
    body = node("startEvent", "s") + node("manualTask", "m") + node("endEvent", "e") + users("a")
    body += node("intermediateThrowEvent", "out", inner=link) + node("intermediateThrowEvent", "passed")
    body += node("intermediateCatchEvent", "in", inner=link)
    assert check(process(body + chain("s>m>passed>out; in>a>e"))) == []
    unlinked = body.replace('name="L"', 'name="K"', 1)
    assert check(process(unlinked + chain("s>m>passed>out; in>a>e"))) == [], "a loose link is for the other rules"
    found = check(process(body + node("parallelGateway", "j") + chain("s>j>m>passed>out; in>a>e; in>j")))
    assert [(finding.rule, finding.element) for finding in found] == [("deadlock", "j"), ("dead-element", "m")]
    assert "及其后 5 个环节" in found[1].message_zh


def test_a_broken_structure_is_left_to_the_other_rules() -> None:
    assert check(process(node("startEvent", "s") + users("a") + chain("s>a") + flow("a", "nowhere"))) == []
    assert check(process(users("a") + boundary("x", "nobody") + chain("a>x"))) == []
    assert check(process(node("exclusiveGateway", "a") + node("exclusiveGateway", "b") + chain("a>b>a"))) == []
    assert check(process("")) == []


START, END = node("startEvent", "s", 'name="开始"'), node("endEvent", "e")
TERMINATE = "<b:terminateEventDefinition/>"
SPLIT, JOIN = node("parallelGateway", "g"), node("parallelGateway", "j")


def boundary(identity: str, host: str, interrupting: bool = True, event_kind: str = "timer", inner: str = "") -> str:
    attributes = f'attachedToRef="{host}" cancelActivity="{"true" if interrupting else "false"}" name="到时{identity}"'
    return node("boundaryEvent", identity, attributes, f"<b:{event_kind}EventDefinition {inner}/>")


def catching(identity: str, event_kind: str = "message") -> str:
    return node("intermediateCatchEvent", identity, "", f"<b:{event_kind}EventDefinition/>")


def ending(identity: str, event_kind: str, inner: str = "") -> str:
    return node("endEvent", identity, "", f"<b:{event_kind}EventDefinition {inner}/>")


def complex_join(condition: str = "activationCount >= 2") -> str:
    return node("complexGateway", "c", "", f"<b:activationCondition>{condition}</b:activationCondition>")


def again(body: str) -> str:
    """The same elements with a 2 behind their ids."""
    return re.sub(r'\b(id|sourceRef|targetRef|attachedToRef)="([^"]+)"', r'\1="\g<2>2"', body)


STUCK = START + END + users("a", "b") + node("exclusiveGateway", "x") + JOIN + chain("s>x>a>j>e; x>b>j")
"""Two exclusive branches into a parallel join."""


@pytest.mark.parametrize(
    "body",
    [
        START + END + users("a", "b") + boundary("x", "a") + chain("s>a>e; x>b>e"),
        START + END + users("a", "b") + boundary("x", "a", False) + chain("s>a>e; x>b>e"),
        START + END + users("a") + node("task", "b") + boundary("x", "a", False) + node("exclusiveGateway", "d")
        + chain("s>a>d>e; x>b>e; d>a"),
        START + END + users("a", "b") + boundary("x", "a", False) + node("inclusiveGateway", "j") + chain(
            "s>a>j>e; x>b>j"
        ),
        START + END + users("a") + boundary("x", "a") + boundary("y", "a", False) + chain("s>a>e; x>a"),
        START + END + users("a", "b") + SPLIT + ending("t", "terminate") + chain("s>g>a>t; g>b>e"),
        START + END + users("a", "b") + SPLIT + JOIN + boundary("x", "a") + ending("t", "error") + chain(
            "s>g>a>j>e; g>b>j; x>t"
        ),
        START + END + node("eventBasedGateway", "g") + catching("m") + catching("t", "timer") + chain(
            "s>g>m>e; g>t>e"
        ),
        START + END + node("receiveTask", "r") + node("task", "c") + node("callActivity", "d") + chain("s>r>c>d>e"),
        START + users("a") + chain("s>a"),
        START + users("a", "b") + chain("s>a; s>b"),
        users("a", "b", "c") + JOIN + chain("a>j>b; c>j"),
        START + node("startEvent", "s2") + END + users("a") + chain("s>a>e; s2>a"),
        node("receiveTask", "r", 'instantiate="true"') + START + users("a") + chain("r>a; s>a"),
        START + END + SPLIT + JOIN + flow("g", "j", identity="f1") + flow("g", "j", identity="f2") + chain("s>g; j>e"),
        START + END + SPLIT + JOIN + chain("s>g; j>e") + '<b:sequenceFlow sourceRef="g" targetRef="j"/>' * 2,
        START + END + node("userTask", "a", 'completionQuantity="2"') + node("userTask", "b", 'startQuantity="2"')
        + chain("s>a>b>e"),
        START + END + SPLIT + complex_join() + users("a", "b", "d") + chain("s>g>a>c>e; g>b>c; g>d>c"),
        START + END + users("a", "h") + boundary("x", "a", True, "compensate") + chain("s>a>e")
        + node("userTask", "k", 'isForCompensation="true"') + chain("a>h>e"),
        START + END + users("a") + node("subProcess", "p", 'triggeredByEvent="true"', again(START + END + chain("s>e")))
        + chain("s>a>e"),
        START + END + node("adHocSubProcess", "p", "", users("a", "b", "c") + chain("a>b")) + chain("s>p>e"),
    ],
)  # fmt: skip
def test_sound_diagrams_with_events_and_scopes_have_no_finding(body: str) -> None:
    assert check(process(body)) == []


@pytest.mark.parametrize(
    ("rule", "element", "body"),
    [
        ("deadlock", "j", START + END + users("a", "b") + boundary("x", "a") + JOIN + chain("s>a>j>e; x>b>j")),
        ("deadlock", "j", START + END + users("a", "b") + boundary("x", "a", False) + JOIN + chain("s>a>j>e; x>b>j")),
        ("unbounded", "b", START + END + users("a", "b", "c") + boundary("x", "a", False)
         + chain("s>a>c>e; x>b>e; c>a")),
        ("deadlock", "j", START + END + node("eventBasedGateway", "g") + catching("m") + catching("t") + JOIN
         + chain("s>g>m>j>e; g>t>j")),
        ("deadlock", "j2", START + END + node("subProcess", "p", "", again(STUCK)) + chain("s>p>e")),
        ("deadlock", "j2", START + END + users("a") + chain("s>a>e")
         + node("subProcess", "p", 'triggeredByEvent="true"', again(STUCK))),
        ("deadlock", "j", START + node("startEvent", "s2") + END + users("a", "b") + JOIN + chain("s>a>j>e; s2>b>j")),
        ("deadlock", "a", START + END + node("userTask", "a", 'startQuantity="2"') + chain("s>a>e")),
        ("left-behind", "b", START + END + node("userTask", "a", 'completionQuantity="3"')
         + node("userTask", "b", 'startQuantity="2"') + chain("s>a>b>e")),
        ("dead-element", "b", START + END + users("a", "b") + ending("t", "terminate") + chain("s>a>t; b>e")),
    ],
)  # fmt: skip
def test_each_mistake_with_events_and_scopes_is_found(rule: str, element: str, body: str) -> None:
    found = check(process(body))
    assert (rule, element) in {(finding.rule, finding.element) for finding in found}, found
    assert all(finding.message_zh and finding.message_en and finding.line for finding in found)


def test_an_end_that_terminates_takes_along_what_would_be_left_behind() -> None:
    body = START + END + SPLIT + JOIN + node("exclusiveGateway", "x") + users("a", "b")
    body += node("endEvent", "t", "", "{}") + chain("s>g>a>x>j>e; g>b>j; x>t")
    assert [finding.rule for finding in check(process(body.format("")))] == ["left-behind"]
    assert check(process(body.format(TERMINATE))) == []


def test_a_boundary_event_is_told_as_a_step_of_the_run() -> None:
    body = START + END + users("a", "b", "c") + boundary("x", "a") + JOIN + node("exclusiveGateway", "q")
    body += chain("s>a>e; x>q>b>j>e; q>c>j")
    told = [finding.message_zh for finding in check(process(body)) if finding.rule == "deadlock"]
    assert any("开始 → a → 到时x → q → b → 汇合“j”永远等待来自“c”的令牌" in text for text in told), told


ESCALATION = '<b:escalationEventDefinition escalationRef="{}"/>'


@pytest.mark.parametrize(
    ("interrupting", "caught", "expected"),
    [(True, "up", []), (True, "", []), (False, "up", ["left-behind"]), (True, "other", ["left-behind"])],
)
def test_an_escalation_ends_its_scope_only_where_it_is_caught_by_what_interrupts(
    interrupting: bool, caught: str, expected: list[str]
) -> None:
    inside = START + SPLIT + JOIN + node("exclusiveGateway", "x") + users("a", "b")
    inside += chain("s>g>a>x>j; g>b>j; x>out") + node("endEvent", "out", "", ESCALATION.format("up"))
    body = node("startEvent", "s0") + END + node("subProcess", "p", "", inside) + chain("s0>p>e")
    reference = f'escalationRef="{caught}"' if caught else ""
    body += boundary("y", "p", interrupting, "escalation", reference)
    assert [finding.rule for finding in check(process(body))] == expected


@pytest.mark.parametrize(
    "body",
    [
        START + END + SPLIT + complex_join() + users("a", "b") + node("exclusiveGateway", "x")
        + chain("s>g>a>c>e; g>b>x>c; x>e"),
        START + END + SPLIT + complex_join() + users("a", "b") + chain("s>g>a>c; g>b>c; c>b")
        + flow("c", "e", "activationCount > 1"),
        START + END + node("userTask", "c", 'startQuantity="1000"') + chain("s>c>e"),
    ],
)  # fmt: skip
def test_what_the_net_does_not_do_justice_to_is_said_not_to_be_decided(body: str) -> None:
    assert [(f.rule, f.element, f.level) for f in check(process(body))] == [("not-decided", "c", "warning")]


def vetoes(count: int, wrong: bool, loop: bool) -> str:
    """Each of many departments may end everything; ``wrong``: one of them may also just stop."""
    body = START + END + SPLIT + JOIN + node("endEvent", "t", "", TERMINATE) + node("exclusiveGateway", "m")
    body += node("exclusiveGateway", "y") + chain("s>m>g; j>y>e" + ("; y>m" if loop else ""))
    for i in range(count):
        body += users(f"u{i}") + node("exclusiveGateway", f"x{i}") + chain(f"g>u{i}>x{i}>j; x{i}>t")
    return body + (node("endEvent", "f") + chain("x0>f") if wrong else "")


@pytest.mark.parametrize(
    ("wrong", "loop", "expected"), [(False, False, []), (False, True, []), (True, False, ["left-behind"])]
)
def test_two_hundred_vetoes_are_decided_in_a_moment(wrong: bool, loop: bool, expected: list[str]) -> None:
    with counted() as work:
        assert [finding.rule for finding in check(process(vetoes(200, wrong, loop)))] == expected
    assert work.calls < 2_000_000


def test_a_chain_of_three_hundred_tasks_with_reminders_is_decided_in_a_moment() -> None:
    names = [f"u{i}" for i in range(300)]
    body = START + END + users(*names) + chain(">".join(["s", *names, "e"]))
    body += "".join(boundary(f"r{i}", f"u{i}", False) + node("task", f"n{i}") + chain(f"r{i}>n{i}") for i in range(300))
    with counted() as work:
        assert check(process(body)) == []
    assert work.calls < 800_000
