"""Random diagrams for tests, drawn as graphs of the token game, and their BPMN text."""

import itertools
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from hypothesis import strategies as st

from engine.diagram.xml import BPMN, XSI
from tests.unit.bpmn_text import flow, node
from tests.unit.token_game import CHOOSING, CONDITIONAL, COUNT_MODULUS, DEFAULT, LOOP_BIT, Graph, Mark

BITS = 3
"""Conditions on flows ask for one of so many bits of ``choice``; the values of ``choice`` are below ``CHOICES``."""
CHOICES = 1 << BITS
GATEWAYS = ("parallelGateway", "exclusiveGateway", "inclusiveGateway")


# BPMN text


def _formal(tag: str, text: str) -> str:
    return f'<b:{tag} xsi:type="b:tFormalExpression">{text}</b:{tag}>'


def _asks(name: str, bit: int) -> str:
    return f"choice['{name}'] // {bit} % 2 == 1"


def _event(mark: Mark) -> str:
    if mark.seconds:
        tag, text = ("timeDuration", "") if mark.times == 1 else ("timeCycle", f"R{mark.times}/")
        return f"<b:timerEventDefinition>{_formal(tag, f'{text}PT{mark.seconds}S')}</b:timerEventDefinition>"
    if mark.message:
        return f'<b:messageEventDefinition messageRef="message-{mark.message}"/>'
    return "<b:terminateEventDefinition/>" if mark.terminate else ""


def _loop(name: str, mark: Mark) -> str:
    if not mark.loop:
        return ""
    if mark.loop in {"while", "until"}:
        before = "true" if mark.loop == "while" else "false"
        condition = _formal("loopCondition", _asks(name, LOOP_BIT))
        opened = f'<b:standardLoopCharacteristics testBefore="{before}" loopMaximum="{mark.count}">'
        return f"{opened}{condition}</b:standardLoopCharacteristics>"
    count = f"choice['{name}'] % {COUNT_MODULUS}" if mark.count is None else str(mark.count)
    stop = _formal("completionCondition", _asks(name, LOOP_BIT)) if mark.stops else ""
    sequential = "true" if mark.loop == "sequential" else "false"
    return (
        f'<b:multiInstanceLoopCharacteristics isSequential="{sequential}">{_formal("loopCardinality", count)}{stop}'
        "</b:multiInstanceLoopCharacteristics>"
    )


def _attributes(kind: str, mark: Mark, default: str) -> str:
    words = [f'default="{default}"'] if default else []
    if mark.attached:
        words += [f'attachedToRef="{mark.attached}"', f'cancelActivity="{"true" if mark.interrupting else "false"}"']
    if mark.listens:
        words.append('triggeredByEvent="true"')
    if kind == "startEvent" and not mark.interrupting:
        words.append('isInterrupting="false"')
    if kind == "receiveTask":
        words.append(f'messageRef="message-{mark.message}"')
    return " ".join(words)


def _names(graph: Graph) -> list[str]:
    """The ids of the flows: ``source-target``, with a number when the nodes have several flows."""
    seen: Counter[tuple[str, str]] = Counter()
    names = []
    for source, target, _ in graph.flows:
        seen[source, target] += 1
        number = seen[source, target]
        names.append(f"{source}-{target}" + (f"-{number}" if number > 1 else ""))
    return names


def _default(graph: Graph, name: str, names: list[str]) -> str:
    kind = graph.nodes[name]
    usual = None if kind in CHOOSING else DEFAULT
    fitting = (names[i] for i in graph.out(name) if graph.flows[i][2] == usual)
    return next(fitting, "") if kind in CONDITIONAL else ""


def _content(graph: Graph, scope: str, names: list[str]) -> str:
    text = ""
    for name, kind in graph.nodes.items():
        mark = graph.mark(name)
        if mark.inside != scope:
            continue
        event = "" if kind == "receiveTask" else _event(mark)
        inner = event + _loop(name, mark) + (_content(graph, name, names) if kind == "subProcess" else "")
        text += node(kind, name, _attributes(kind, mark, _default(graph, name, names)), inner)
    for i, (source, target, bit) in enumerate(graph.flows):
        if graph.mark(source).inside == scope:
            condition = "" if bit in {None, DEFAULT} else _asks(source, 1 << (bit or 0))
            text += flow(source, target, condition, names[i])
    return text


def xml_of(graph: Graph) -> bytes:
    """A file with one executable process; its conditions read ``choice``, a number for each node."""
    messages = sorted({mark.message for mark in graph.marks.values()} - {""})
    definitions = "".join(f'<b:message id="message-{name}" name="{name}"/>' for name in messages)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><b:definitions xmlns:b="{BPMN}" xmlns:xsi="{XSI}" id="d" '
        f'targetNamespace="t">{definitions}<b:process id="p" isExecutable="true">'
        f"{_content(graph, '', _names(graph))}</b:process></b:definitions>"
    ).encode()


# Leaving things out


def smaller(graph: Graph) -> Iterator[Graph]:
    """Diagrams with one thing less: an element (a flow that led to it leads on), a flow, a marker."""
    for name, kind in graph.nodes.items():
        onward = [graph.flows[i][1] for i in graph.out(name)]
        if kind == "boundaryEvent" or graph.mark(name).listens or (onward and kind != "startEvent"):
            following = next(iter(onward), "")
            bridged = [(s, following if t == name else t, bit) for s, t, bit in graph.flows if s != name]
            yield from _whole(graph, [name], bridged)
    for i in range(len(graph.flows)):
        yield from _whole(graph, [], graph.flows[:i] + graph.flows[i + 1 :])
    for name, mark in graph.marks.items():
        if mark.loop or mark.times > 1:
            simple = replace(mark, loop="", stops=False, count=None, times=1)
            yield Graph(graph.nodes, graph.flows, graph.marks | {name: simple})


def _whole(graph: Graph, without: list[str], flows: list[tuple[str, str, int | None]]) -> Iterator[Graph]:
    """The graph without some elements, their content, and what can then not be reached, when it is still a diagram."""
    rest = Graph(graph.nodes, flows, {name: mark for name, mark in graph.marks.items() if name not in without})
    alive = _reached(rest, [""]) - {""}
    nodes = {name: kind for name, kind in graph.nodes.items() if name in alive}
    marks = {name: mark for name, mark in rest.marks.items() if name in alive}
    kept = Graph(nodes, [f for f in flows if f[0] in alive and f[1] in alive], marks)
    races = [kept.out(name) for name, kind in nodes.items() if kind == "eventBasedGateway"]
    racing = [kept.flows[i][1] for race in races for i in race]
    leads_on = all(kept.out(name) or kind == "endEvent" for name, kind in nodes.items())
    fair = all(len(race) > 1 for race in races) and all(
        nodes[name] == "intermediateCatchEvent" and len(kept.into(name)) == 1 for name in racing
    )
    if leads_on and fair:
        yield kept


def _reached(graph: Graph, starts: list[str]) -> set[str]:
    """What can be reached from elements, the content of sub-processes included; "" is the process."""
    begun: dict[str, list[str]] = {}
    for name, mark in graph.marks.items():
        if mark.listens or graph.nodes[name] == "startEvent":
            begun.setdefault(mark.inside, []).append(name)
    seen, stack = set(starts), list(starts)
    while stack:
        here = stack.pop()
        following = [graph.flows[i][1] for i in graph.out(here)] + graph.attached(here) + begun.get(here, [])
        fresh = set(following) - seen
        seen |= fresh
        stack += sorted(fresh)
    return seen


# Flat graphs of tasks and gateways, drawn by hypothesis


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Random flow graphs: blocks, loops and arbitrary extra flows between gateways, sound or not."""
    graph = Graph({"s": "startEvent", "e": "endEvent"})
    kinds = ("userTask", "parallelGateway", "exclusiveGateway", "inclusiveGateway")
    names = [f"n{i}" for i in range(draw(st.integers(2, 9)))]
    for name in names:
        graph.nodes[name] = draw(st.sampled_from(kinds))
    graph.flows.append(("s", names[0], None))
    pairs: set[tuple[str, str]] = set()
    for position, name in enumerate(names):
        later = [*names[position + 1 :], "e"]
        targets = draw(st.lists(st.sampled_from([*later, *later, *names]), min_size=1, max_size=3, unique=True))
        choosing = graph.nodes[name] in {"exclusiveGateway", "inclusiveGateway"}
        task = graph.nodes[name] == "userTask"
        first = draw(st.sampled_from([None, DEFAULT])) if task else None
        wanted = [t for t in targets if (name, t) not in pairs and t != name]
        for number, target in enumerate(wanted):
            pairs.add((name, target))
            graph.flows.append((name, target, number - 1 if (choosing or task) and number else first))
        if not graph.out(name):
            graph.flows.append((name, "e", None))
    return graph


# Every kind of diagram, drawn from a seed


def structured(rng: random.Random, size: int) -> Graph:
    """Nested blocks: sequences, gateways, loops, events, sub-processes, boundary events, instances, early ends."""
    return _Drawing(rng, size).blocks().numbered()


def crossed(rng: random.Random, size: int) -> Graph:
    """Nested blocks with a few more flows across them, and some gateways exchanged for others."""
    drawing = _Drawing(rng, size).blocks()
    drawing.exchange_gateways()
    drawing.cross(rng.randint(1, 3))
    return drawing.numbered()


def unstructured(rng: random.Random, size: int) -> Graph:
    """Any flows between any elements, in sub-processes too."""
    return _Drawing(rng, size).heap(_Drawing.piece).numbered()


def gateways(rng: random.Random, size: int) -> Graph:
    """Any flows between user tasks and gateways."""
    return _Drawing(rng, size).heap(_Drawing.task_or_gateway).numbered()


SHAPES: dict[str, Callable[[random.Random, int], Graph]] = {
    "structured": structured, "crossed": crossed, "unstructured": unstructured, "gateways": gateways,
}  # fmt: skip


Piece = tuple[str, str]
"""Where a part of a diagram is entered and where it is left."""


class _Drawing:
    """A diagram being drawn; ``budget`` is how many more blocks it may get."""

    def __init__(self, rng: random.Random, size: int) -> None:
        self.rng = rng
        self.budget = size
        self.size = size
        self.graph = Graph()
        self.scope = ""
        self._numbers = itertools.count(1)

    # Nodes and flows.

    def new(self, kind: str, mark: Mark | None = None) -> str:
        letter = {"startEvent": "s", "endEvent": "e", "boundaryEvent": "b", "subProcess": "p"}.get(kind, "n")
        name = f"{letter}{next(self._numbers):02}"
        self.graph.nodes[name] = kind
        self.graph.marks[name] = replace(mark or Mark(), inside=self.scope)
        return name

    def link(self, source: str, target: str) -> None:
        self.graph.flows.append((source, target, None))

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def numbered(self) -> Graph:
        """The graph, with conditions and defaults on the flows that may have some."""
        terminates = any(mark.terminate for mark in self.graph.marks.values())
        for name, kind in self.graph.nodes.items():
            flows = self.graph.out(name)
            if kind not in CONDITIONAL or not flows:
                continue
            bits: list[int | None] = [self.rng.randrange(BITS) for _ in flows]
            if len(flows) == 1 or terminates or self.chance(0.97):
                bits[self.rng.randrange(len(flows))] = None if kind in CHOOSING else self.rng.choice([None, DEFAULT])
            for flow_number, bit in zip(flows, bits, strict=True):
                plain = kind not in CHOOSING and bit != DEFAULT and self.chance(0.5)
                source, target, _ = self.graph.flows[flow_number]
                self.graph.flows[flow_number] = (source, target, None if plain else bit)
        return self.graph

    # Blocks.

    def blocks(self) -> "_Drawing":
        self.framed(partial(self.sequence, 1))
        return self

    def framed(self, content: Callable[[], Piece]) -> None:
        """A start event, the content, and an end event, in the present scope, and perhaps an event sub-process."""
        self.between(self.new("startEvent"), content)
        if self.chance(0.12):
            self.within(self.new("subProcess", Mark(listens=True)), self.listener)

    def between(self, start: str, content: Callable[[], Piece]) -> None:
        first, last = content()
        self.link(start, first)
        self.link(last, self.new("endEvent"))

    def listener(self) -> None:
        """The content of an event sub-process."""
        self.between(self.new("startEvent", self.maybe_interrupting(0.6)), self.sequence)

    def within(self, name: str, content: Callable[[], object]) -> None:
        """Draws the content of a sub-process."""
        outer, self.scope = self.scope, name
        content()
        self.scope = outer

    def sequence(self, going_on: float = 0.6) -> Piece:
        first, last = self.block()
        while self.budget > 0 and self.chance(going_on):
            following, end = self.block()
            self.link(last, following)
            last = end
        return first, last

    def block(self) -> Piece:
        self.budget -= 1
        simple = {self.task: 5, self.several: 2, self.catch: 2}
        nested = {self.split: 6, self.loop: 2, self.race: 2, self.sub_process: 4, self.early_end: 1}
        choices = simple if self.budget <= 0 or self.chance(0.4) else nested
        return self.rng.choices(list(choices), list(choices.values()))[0]()

    def task(self) -> Piece:
        name = self.new(self.rng.choice(["userTask"] * 8 + ["manualTask", "task"]))
        return self.with_events(name) if self.graph.nodes[name] != "task" else (name, name)

    def several(self) -> Piece:
        return self.with_events(self.new("userTask", self.repeated()))

    def repeated(self) -> Mark:
        """A multi-instance or a loop marker."""
        loop = self.rng.choice(["parallel", "parallel", "sequential", "while", "until"])
        if loop in {"while", "until"}:
            return Mark(loop=loop, count=self.rng.randint(1, 3))
        return Mark(loop=loop, count=self.rng.choice([None, 0, 2, 2, 3]), stops=self.chance(0.3))

    def catch(self) -> Piece:
        if self.chance(0.1):
            name = self.new("intermediateThrowEvent")
        elif self.chance(0.3):
            name = self.new("receiveTask", self.event(timer=False))
        else:
            name = self.new("intermediateCatchEvent", self.event(self.chance(0.5)))
        return name, name

    def event(self, timer: bool) -> Mark:
        if timer:
            return Mark(seconds=self.rng.randint(1, 1_000_000))
        return Mark(message=f"m{next(self._numbers)}")

    def with_events(self, name: str) -> Piece:
        """The activity with boundary events; what they lead to ends by itself or meets the activity's own flow."""
        if not self.chance(0.35):
            return name, name
        last = name
        for _ in range(self.rng.randint(1, 2)):
            event = self.boundary(name)
            end = event
            if self.chance(0.6):
                entry, end = self.block() if self.chance(0.3) else self.plain_task()
                self.link(event, entry)
            if self.chance(0.5):
                self.link(end, self.new("endEvent"))
            else:
                last = self.merged(last, end)
        return name, last

    def merged(self, *before: str) -> str:
        merge = self.new(self.rng.choice(["exclusiveGateway", "exclusiveGateway", "inclusiveGateway"]))
        for name in before:
            self.link(name, merge)
        return merge

    def plain_task(self) -> Piece:
        name = self.new("userTask")
        return name, name

    def boundary(self, name: str) -> str:
        return self.new("boundaryEvent", replace(self.maybe_interrupting(0.75), attached=name))

    def maybe_interrupting(self, timer: float) -> Mark:
        """An event that interrupts, or happens perhaps several times; a timer with the given probability."""
        mark = replace(self.event(self.chance(timer)), interrupting=self.chance(0.5))
        often = mark.seconds and not mark.interrupting and self.chance(0.3)
        return replace(mark, times=self.rng.randint(2, 3)) if often else mark

    def split(self) -> Piece:
        """Branches between two gateways, mostly of one kind."""
        kind = self.rng.choice(GATEWAYS)
        first = self.new(kind)
        last = self.new(kind if self.chance(0.8) else "inclusiveGateway")
        for _ in range(self.rng.randint(2, 3)):
            self.branch(first, last)
        return first, last

    def branch(self, first: str, last: str) -> None:
        if self.chance(0.1):
            self.link(first, last)
            return
        entry, end = self.sequence()
        self.link(first, entry)
        self.link(end, last)

    def loop(self) -> Piece:
        first = self.new("exclusiveGateway")
        entry, end = self.sequence()
        last = self.new("exclusiveGateway")
        self.link(first, entry)
        self.link(end, last)
        self.link(last, first)
        return first, last

    def race(self) -> Piece:
        """An event-based gateway."""
        first, last = self.new("eventBasedGateway"), self.new("exclusiveGateway")
        for _ in range(self.rng.randint(2, 3)):
            event = self.new("intermediateCatchEvent", self.event(self.chance(0.5)))
            self.link(first, event)
            self.branch(event, last)
        return first, last

    def sub_process(self) -> Piece:
        return self.with_events(self.scoped(self.sequence))

    def scoped(self, content: Callable[[], Piece]) -> str:
        """An embedded sub-process with the content."""
        name = self.new("subProcess", self.repeated() if self.chance(0.35) else None)
        self.within(name, partial(self.framed, content))
        return name

    def early_end(self) -> Piece:
        """A decision one way of which ends: the path, or the whole scope."""
        last = self.new("exclusiveGateway")
        end = self.new("endEvent", Mark(terminate=self.chance(0.8)))
        before = last
        if self.chance(0.5):
            before, _ = self.plain_task()
            self.link(last, before)
        self.link(before, end)
        return last, last

    # Spoiling blocks.

    def exchange_gateways(self) -> None:
        for name, kind in self.graph.nodes.items():
            if kind in GATEWAYS and self.chance(0.25):
                self.graph.nodes[name] = self.rng.choice(GATEWAYS)

    def cross(self, count: int) -> None:
        for _ in range(count):
            sources = [
                n
                for n, k in self.graph.nodes.items()
                if k not in {"endEvent", "eventBasedGateway"} and not self.graph.mark(n).listens
            ]
            source = self.rng.choice(sources)
            targets = self.targets(self.graph.mark(source).inside)
            self.link(source, self.rng.choice(targets))

    def targets(self, scope: str) -> list[str]:
        """Nodes of a scope to which any flow may lead."""
        racing = {target for source, target, _ in self.graph.flows if self.graph.nodes[source] == "eventBasedGateway"}
        entered = {"startEvent", "boundaryEvent"}
        return [
            name
            for name, kind in self.graph.nodes.items()
            if kind not in entered and name not in racing
            if self.graph.mark(name).inside == scope and not self.graph.mark(name).listens
        ]

    # Heaps of nodes.

    def heap(self, piece: Callable[["_Drawing"], str]) -> "_Drawing":
        """Some nodes in the present scope, linked at random so that each can be reached."""
        start = self.new("startEvent")
        for _ in range(self.rng.randint(2, max(2, self.size))):
            piece(self)
        ends = [self.new("endEvent", Mark(terminate=self.scope != "" and self.chance(0.3))) for _ in range(2)]
        targets = [name for name in self.targets(self.scope) if name not in ends]
        self.link(start, targets[0])
        for name in self.leaving(start, *ends):
            later = targets[bisect_right(targets, int(name[1:]), key=lambda target: int(target[1:])) :] or ends
            for _ in range(self.rng.choice([1, 1, 2, 3])):
                self.link(name, self.rng.choice([*later, *later, *targets, *ends]))
        self.join_up(start, [*targets, ends[0]])
        if not self.graph.into(ends[1]):
            del self.graph.nodes[ends[1]], self.graph.marks[ends[1]]
        return self

    def leaving(self, *others: str) -> list[str]:
        """Nodes of the present scope that need a way out."""
        return [
            name
            for name, kind in self.graph.nodes.items()
            if self.graph.mark(name).inside == self.scope and not self.graph.mark(name).listens
            if name not in others and kind != "eventBasedGateway"
        ]

    def join_up(self, start: str, targets: list[str]) -> None:
        for name in targets:
            reached = _reached(self.graph, [start])
            if name not in reached:
                able = [n for n in self.leaving(start) if n in reached and self.graph.nodes[n] != "endEvent"]
                self.link(self.rng.choice(able or [start]), name)

    def task_or_gateway(self) -> str:
        return self.new(self.rng.choice(["userTask", *GATEWAYS]))

    def piece(self) -> str:
        """One element of any kind; what needs others brings them."""
        draw = self.rng.random()
        if draw < 0.6:
            name = self.task_or_gateway()
        elif draw < 0.75:
            name = self.catch()[0]
        elif draw < 0.85:
            name = self.new("userTask", self.repeated())
        elif draw < 0.92 and not self.scope:
            name = self.scoped(self.sequence) if self.chance(0.5) else self.inner_heap()
        else:
            name = self.new("eventBasedGateway")
            for _ in range(2):
                self.link(name, self.new("intermediateCatchEvent", self.event(self.chance(0.5))))
        if self.graph.nodes[name] in {"userTask", "subProcess"} and self.chance(0.3):
            self.boundary(name)
        return name

    def inner_heap(self) -> str:
        name = self.new("subProcess", self.repeated() if self.chance(0.3) else None)
        size, self.size = self.size, 3
        self.within(name, partial(self.heap, _Drawing.piece))
        self.size = size
        return name
