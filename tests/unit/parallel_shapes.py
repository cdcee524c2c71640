"""Precedence graphs for tests, and diagrams made from them."""

from collections.abc import Mapping, Sequence
from random import Random

from lxml import etree

from engine.diagram.xml import bpmn
from engine.parallel.convert import Conversion, convert_parts
from engine.parallel.convert_chart import Unit
from engine.parallel.convert_parts import Parts
from engine.parallel.order import DECLARED, Order, PrecedenceGraph

Before = Mapping[str, Sequence[str]]


def random_order(random: Random, steps: int, orders: int) -> dict[str, list[str]]:
    """Step → the steps before it, without a cycle."""
    names = [f"s{n}" for n in range(steps)]
    before: dict[str, list[str]] = {name: [] for name in names}
    for _ in range(orders if steps > 1 else 0):
        one, other = sorted(random.sample(range(steps), 2))
        before[names[other]].append(names[one])
    return before


def series_parallel(random: Random, steps: int) -> dict[str, list[str]]:
    """A random nesting of sequences and parallel blocks."""
    before: dict[str, list[str]] = {f"s{n}": [] for n in range(steps)}
    names = list(before)
    random.shuffle(names)
    _nest(random, names, before)
    return before


def _nest(random: Random, names: list[str], before: dict[str, list[str]]) -> None:
    if len(names) < 2:
        return
    cut = random.randint(1, len(names) - 1)
    one, other = names[:cut], names[cut:]
    if random.random() < 0.5:
        for step in other:
            before[step] += one
    _nest(random, one, before)
    _nest(random, other, before)


def graph_of(before: Before) -> PrecedenceGraph:
    """The same as a graph."""
    orders = [Order(one, step, "before_step", DECLARED, "", "") for step in before for one in before[step]]
    return PrecedenceGraph(tuple(before), tuple(orders))


def converted(before: Before) -> Conversion:
    """The diagram of user tasks in this order."""
    root = etree.Element(bpmn("definitions"), id="d", targetNamespace="urn:test")
    process = etree.SubElement(root, bpmn("process"), id="p", isExecutable="true")
    nodes = {step: etree.Element(bpmn("userTask"), id=step, name=step) for step in before}
    nodes |= {"start": etree.Element(bpmn("startEvent"), id="start"), "end": etree.Element(bpmn("endEvent"), id="end")}
    units = {step: Unit(step, step, step, (step,)) for step in before}
    return convert_parts(Parts("test.bpmn", root, process, nodes, units, ("start", "end")), graph_of(before))


def linear_extensions(before: Before) -> set[tuple[str, ...]]:
    """Every order of the steps that is allowed."""
    found: set[tuple[str, ...]] = set()
    stack: list[tuple[str, ...]] = [()]
    while stack:
        done = stack.pop()
        if len(done) == len(before):
            found.add(done)
        stack.extend((*done, step) for step in before if step not in done and set(before[step]) <= set(done))
    return found
