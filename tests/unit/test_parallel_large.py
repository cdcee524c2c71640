"""Very large diagrams: written short, read again, proved, in the order of drawn steps."""

import gc
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.converting import converting, row, serial_file
from engine.diagram.svg import draw
from engine.diagram.xml import bpmn, read_definitions, schema_errors
from engine.parallel import convert
from engine.parallel.convert_serial import read_serial
from engine.parallel.proof import prove
from tests.unit.parallel_shapes import converted, random_order


def test_a_diagram_with_very_many_flows_is_written_short_and_stays_right(monkeypatch: pytest.MonkeyPatch) -> None:
    before = random_order(Random(1), 12, 20)
    usual = converted(before)
    monkeypatch.setattr(convert, "LARGE", 0)
    short = converted(before)
    assert len(short.data) < 0.7 * len(usual.data)
    root = read_definitions(short.data, "short.bpmn")
    assert list(schema_errors(root)) == []
    assert prove(short).holds
    flows = [root.findall(f".//{bpmn('sequenceFlow')}") for root in (usual.root, root)]
    ends = [{(flow.get("sourceRef"), flow.get("targetRef")) for flow in found} for found in flows]
    assert ends[0] == ends[1]
    assert not root.findall(f".//{bpmn('incoming')}")
    assert draw(root).count("data-element-id") == draw(usual.root).count("data-element-id")


@pytest.fixture
def nothing_to_collect() -> Iterator[None]:
    """What other tests left in memory is not looked through; the bench collects garbage before each measurement."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("nothing_to_collect")
def test_the_bench_says_what_each_part_takes() -> None:
    measured = row(40)
    assert (measured.steps, measured.orders) == (40, len(read_serial(serial_file(40), "b")[1].pairs))
    assert measured.seconds >= measured.proof > 0
    names = [figure.name for figure in converting(80)]
    assert names[:2] == ["10 steps, CPU", "20 steps, CPU"]
    assert names[-2:] == ["80 steps / 40", "80 steps, file / largest that is read"]


@given(st.integers(2, 25), st.integers(0, 10**6))
def test_what_a_step_needs_comes_before_it_and_nothing_else_does(steps: int, seed: int) -> None:
    _, graph = read_serial(serial_file(steps, seed), "bench.bpmn")
    text = serial_file(steps, seed).decode()
    tasks = text.split("<userTask id=")[1:]
    needed = {
        (f"s{other}", f"s{number}")
        for number, task in enumerate(tasks)
        for other in range(steps)
        if f'<bl:needs ref="R{other}"/>' in task
    }
    assert graph.pairs == needed
