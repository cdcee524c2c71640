"""Whether every case can end: classic mistakes, sizes, and a comparison with playing everything without shortcuts."""

import time
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
from tests.unit.test_runtime_joins import graphs, xml_of
from tests.unit.token_game import DEFAULT, Graph

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
        ("deadlock", "a", "u:a", "s>a"),
        ("left-behind", "j", "a:g x:x a:j e:f u:a u:b", "s>g>a>j>e; g>x>b>j; x>f"),
        ("left-behind", "j", "a:g a:h a:j x:x u:a u:b u:c", "s>g>a>x>j>e; g>b>x; g>c>j"),
        ("unbounded", "b", "x:m a:g u:a u:b", "s>m>a>g>b>e; g>m"),
        ("unbounded", "a", "x:m a:g x:x u:a u:b", "s>m>g>a>x>e; g>b>x>m"),
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
    started = time.process_time()
    assert check(blocks(kind, count, width, depth)) == []
    assert time.process_time() - started < 2


def test_one_wrong_branch_among_two_hundred_is_found_in_a_moment() -> None:
    data = blocks("parallelGateway", 1, 200, 2).decode()
    wrong = node("exclusiveGateway", "x") + node("endEvent", "f", 'name="中止"') + chain("x>j0; x>f")
    data = data.replace('id="u0_7_1-j0" sourceRef="u0_7_1" targetRef="j0"', 'sourceRef="u0_7_1" targetRef="x"')
    started = time.process_time()
    found = check(data.replace("</b:process>", wrong + "</b:process>").encode())
    assert [(finding.rule, finding.element) for finding in found] == [("left-behind", "j0")]
    assert time.process_time() - started < 2


Tokens = frozenset[tuple[str, int]]
"""Where a token stands (``"f3"`` a flow, ``"n2"`` inside a task) and how many; the whole of a marking."""


class Brute:
    """Plays a graph in every way and every order, with no reduction; written from the rules, for tests only."""

    def __init__(self, graph: Graph, cap: int = 12, most: int = 3000) -> None:
        self.graph, self.cap, self.most = graph, cap, most
        self.ins = {name: graph.into(name) for name in graph.nodes}
        self.outs = {name: graph.out(name) for name in graph.nodes}
        self.reaching: dict[tuple[str, int, str], bool] = {}
        self.follow: dict[Tokens, set[Tokens]] = {}
        self.by_itself: set[Tokens] = set()
        self.piled = self.too_many = False
        self._play()

    def _play(self) -> None:
        stack = [self._step(frozenset(), [], [f"f{i}" for i in self.outs["s"]])]
        while stack and not (self.piled or self.too_many):
            here = stack.pop()
            if here in self.follow:
                continue
            self.follow[here] = set(self._next(here))
            stack.extend(self.follow[here])
            self.piled = any(n > self.cap for _, n in here)
            self.too_many = len(self.follow) > self.most

    def _step(self, here: Tokens, gone: list[str], come: list[str]) -> Tokens:
        tokens = dict(here)
        for place in gone:
            tokens[place] -= 1
        for place in come:
            tokens[place] = tokens.get(place, 0) + 1
        return frozenset((place, n) for place, n in tokens.items() if n)

    def _next(self, here: Tokens) -> list[Tokens]:
        on = {int(place[1:]) for place, _ in here if place[0] == "f"}
        eager = [following for name in self.graph.nodes for following in self._eager(name, here, on)]
        if eager:
            self.by_itself.add(here)
            return eager
        for name in sorted(self.graph.nodes):
            taken = self._inclusive(name, here, on)
            if taken:
                self.by_itself.add(here)
                return self._chosen(name, here, taken)
        tasks = [place for place, _ in here if place in self.graph.nodes]
        return [self._step(here, [name], [f"f{i}" for i in some]) for name in tasks for some in self._after_task(name)]

    def _after_task(self, name: str) -> list[tuple[int, ...]]:
        wanted = {i: self.graph.flows[i][2] for i in self.outs[name]}
        plain = tuple(i for i, bit in wanted.items() if bit is None)
        usual = tuple(i for i, bit in wanted.items() if bit == DEFAULT)
        fitting = [i for i in wanted if i not in plain + usual]
        some = [(*plain, *held) for n in range(1, len(fitting) + 1) for held in combinations(fitting, n)]
        return [*some, plain + usual] if plain or usual else some

    def _eager(self, name: str, here: Tokens, on: set[int]) -> list[Tokens]:
        kind, into = self.graph.nodes[name], self.ins[name]
        ready = [i for i in into if i in on]
        if not ready or (kind == "parallelGateway" and len(ready) < len(into)):
            return []
        if kind == "parallelGateway":
            return [self._step(here, [f"f{i}" for i in into], [f"f{i}" for i in self.outs[name]])]
        if kind in {"endEvent", "userTask"}:
            return [self._step(here, [f"f{i}"], [name] if kind == "userTask" else []) for i in ready]
        if kind == "exclusiveGateway" or len(into) == 1:
            return list(joined.from_iterable(self._chosen(name, here, [i]) for i in ready))
        return []

    def _chosen(self, name: str, here: Tokens, taken: list[int]) -> list[Tokens]:
        out = self.outs[name]
        sets: list[tuple[int, ...]] = [(i,) for i in out]
        if self.graph.nodes[name] == "inclusiveGateway" and len(out) > 1:
            fitting = [i for i in out if self.graph.flows[i][2] is not None]
            sets = [(i,) for i in out if i not in fitting]
            sets += [some for n in range(1, len(fitting) + 1) for some in combinations(fitting, n)]
        return [self._step(here, [f"f{i}" for i in taken], [f"f{i}" for i in some]) for some in sets]

    def _inclusive(self, name: str, here: Tokens, on: set[int]) -> list[int]:
        if self.graph.nodes[name] != "inclusiveGateway" or len(self.ins[name]) < 2:
            return []
        filled = [i for i in self.ins[name] if i in on]
        empty = [i for i in self.ins[name] if i not in on]
        where = {place if place in self.graph.nodes else self.graph.flows[int(place[1:])][1] for place, _ in here}
        for place in where - {name}:
            to_filled = any(self._reaches(place, i, name) for i in filled)
            if not to_filled and any(self._reaches(place, i, name) for i in empty):
                return []
        return filled

    def _reaches(self, place: str, target: int, avoiding: str) -> bool:
        key = (place, target, avoiding)
        if key not in self.reaching:
            self.reaching[key] = self.graph.reaches(*key)
        return self.reaching[key]

    @property
    def finite(self) -> bool:
        return not (self.piled or self.too_many)

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
        lit = {int(place[1:]) for here in self.follow for place, _ in here if place[0] == "f"}
        return set(self.graph.nodes) - {"s"} - {self.graph.flows[i][1] for i in lit}


def gateways_loop(graph: Graph) -> bool:
    """Whether there is a loop without a person, which the runtime refuses to run for ever."""
    open_ways = {name: {graph.flows[i][1] for i in graph.out(name)} for name in graph.nodes}
    open_ways = {n: ways for n, ways in open_ways.items() if graph.nodes[n] != "userTask"}
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
    rules = {finding.rule for finding in found}
    brute = Brute(graph)
    if "not-decided" in rules or brute.too_many:
        event("not decided by one of the two")
        return
    if brute.piled or "unbounded" in rules:
        # A loop without a person may spin faster than another token moves: how many pile up is a matter of order.
        assert gateways_loop(graph) or (brute.piled and "unbounded" in rules), (graph, found)
        event("unbounded")
        return
    assert bool(rules & BLOCKED) == brute.blocked(), (graph, found)
    dead = {finding.element for finding in found if finding.rule == "dead-element"}
    if not brute.circles_alone():
        assert dead <= brute.dead(), (graph, found)
        assert bool(dead) == bool(brute.dead()), (graph, found)
    event(" ".join(sorted(rules)) or "sound")


@given(nearly_blocks())
def test_the_verdict_is_that_of_playing_nearly_structured_graphs_in_every_way(graph: Graph) -> None:
    compare(graph)


@given(graphs())
def test_the_verdict_is_that_of_playing_random_graphs_in_every_way(graph: Graph) -> None:
    compare(graph)


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
    assert check(process(users("a") + node("endEvent", "e") + chain("a>e"))) == []
