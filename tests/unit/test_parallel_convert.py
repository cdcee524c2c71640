"""Diagrams made from precedences, from the catalogue and from serial diagrams."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagram.lint import lint
from engine.diagram.xml import bpmn, read_definitions, schema_errors
from engine.errors import BadInput, DiagramError
from engine.parallel.convert import convert_offering, convert_serial
from engine.parallel.proof import prove
from engine.parallel.structure import Fork, Leaf, Series
from engine.runtime.standalone import Run
from tests.quick import shipped
from tests.unit.parallel_shapes import converted, linear_extensions, random_order, series_parallel

SERIAL = Path(__file__).parent / "serial.bpmn"


def played(data: bytes, steps: int) -> set[tuple[str, ...]]:
    """Every order in which the runtime lets the steps be done."""
    found: set[tuple[str, ...]] = set()
    stack: list[tuple[str, ...]] = [()]
    while stack:
        done = stack.pop()
        run = Run({"test.bpmn": data})
        for step in done:
            run.complete(next(ready.id for ready in run.ready() if ready.element == step))
        open_now = [ready.element for ready in run.ready()]
        assert run.finished is (len(done) == steps)
        if run.finished:
            found.add(done)
        stack.extend((*done, step) for step in open_now)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_the_runtime_lets_the_steps_be_done_in_exactly_the_allowed_orders(seed: int) -> None:
    random = Random(seed)
    before = random_order(random, 5, 4) if seed % 2 else series_parallel(random, 5)
    assert played(converted(before).data, 5) == linear_extensions(before)


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(0, 20), st.booleans())
def test_small_orders_are_proved_exactly(seed: int, steps: int, orders: int, nested: bool) -> None:
    random = Random(seed)
    before = series_parallel(random, steps) if nested else random_order(random, steps, orders)
    proof = prove(converted(before))
    assert proof.holds
    assert proof.method == "exact"


@given(st.integers(0, 10**6), st.integers(10, 40), st.integers(0, 100), st.booleans())
def test_larger_orders_are_proved_and_fit_the_schema(seed: int, steps: int, orders: int, nested: bool) -> None:
    random = Random(seed)
    made = converted(series_parallel(random, steps) if nested else random_order(random, steps, orders))
    assert prove(made).holds
    assert list(schema_errors(read_definitions(made.data, "test.bpmn"))) == []


def test_a_block_has_one_gateway_where_it_splits_and_one_where_it_joins() -> None:
    made = converted({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]})
    assert len(list(made.root.iter(bpmn("parallelGateway")))) == 2


def test_who_waits_for_the_same_steps_shares_a_join() -> None:
    before = {"a": [], "b": [], "c": [], "d": ["a", "b"], "e": ["a", "b"], "f": ["a", "b", "c"]}
    joins = [
        g for g in converted(before).root.iter(bpmn("parallelGateway")) if g.get("gatewayDirection") == "Converging"
    ]
    assert len(joins) == 3  # before d and e, before f, before the end


@pytest.mark.parametrize("code", ["B01", "B02", "B13", "FOOD"])
@pytest.mark.parametrize("relaxed", [False, True])
def test_bundles_convert_without_a_finding_and_with_a_proof(code: str, relaxed: bool) -> None:
    catalogue = shipped()
    departments = {code: department.name_zh for code, department in catalogue.departments.items()}
    made = convert_offering(catalogue.offering(code), departments, relaxed=relaxed)
    assert lint(made.data, "made.bpmn") == []
    assert prove(made).holds


def test_a_serial_diagram_keeps_its_choices_loops_and_sub_processes_as_units() -> None:
    made = convert_serial(SERIAL.read_bytes(), "serial.bpmn")
    inside = Fork((Leaf("argue"), Leaf("review"), Leaf("survey"), Leaf("publish")))
    assert made.block == Series((Leaf("register"), inside, Leaf("issue")))
    assert prove(made).holds
    assert list(schema_errors(read_definitions(made.data, "made.bpmn"))) == []


def test_what_others_wrote_into_the_file_is_kept() -> None:
    made = convert_serial(SERIAL.read_bytes(), "serial.bpmn").data
    for kept in (
        b'candidateGroups="clerks"',
        b"taskListener",
        b"<documentation>Look twice</documentation>",
        b">again<",
    ):
        assert made.count(kept) == SERIAL.read_bytes().count(kept)


def test_converting_twice_gives_the_same_bytes() -> None:
    assert convert_serial(SERIAL.read_bytes(), "a").data == convert_serial(SERIAL.read_bytes(), "a").data


def serial(content: str, flows: str, outside: str = "") -> bytes:
    """A diagram; ``flows``: ``a>b c>d``."""
    drawn = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{source}" targetRef="{target}"/>'
        for n, (source, target) in enumerate(pair.split(">") for pair in flows.split())
    )
    space = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bl="urn:binglian:bpmn:1" targetNamespace="t"'
    return f'<definitions {space}><process id="p">{content}{drawn}</process>{outside}</definitions>'.encode()


def task(name: str, needs: str = "", yields: str = "") -> str:
    """A user task that needs and yields one thing each."""
    said = (f'<bl:needs ref="{needs}"/>' if needs else "") + (f'<bl:yields ref="{yields}"/>' if yields else "")
    inside = f"<extensionElements>{said}</extensionElements>" if said else ""
    return f'<userTask id="{name}" name="{name}">{inside}</userTask>'


ENDS = '<startEvent id="s"/><endEvent id="e"/>'


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("diagram.not_xml", b"<definitions"),
        ("diagram.not_bpmn", b"<html/>"),
        ("diagram.schema", serial("<nonsense/>", "")),
        ("parallel.one_process", serial("", "")),
        ("parallel.one_start", serial("<endEvent id='e'/>" + task("a"), "a>e")),
        ("parallel.one_start", serial("<startEvent id='s2'/>" + ENDS + task("a"), "s>a s2>a a>e")),
        ("parallel.one_end", serial(ENDS + "<endEvent id='e2'/>" + task("a"), "s>a a>e a>e2")),
        ("parallel.not_reached", serial(ENDS + task("a") + task("b"), "s>a a>e b>e")),
        ("parallel.dead_end", serial(ENDS + task("a") + task("b"), "s>a a>e a>b")),
        ("parallel.loose_flow", serial(ENDS + task("a"), "s>a a>e a>p")),
        ("parallel.no_steps", serial(ENDS, "s>e")),
        ("parallel.loop_over_all", serial(ENDS + task("a") + task("b"), "s>a s>b a>e b>e")),
        ("parallel.needed_before_yielded", serial(ENDS + task("a", "R") + task("b", "", "R"), "s>a a>b b>e")),
        (
            "parallel.whole_process",
            serial(ENDS + task("a") + "<subProcess id='x' triggeredByEvent='true'/>", "s>a a>e"),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_refused_with_the_reason_and_the_place(code: str, data: bytes) -> None:
    with pytest.raises(DiagramError) as caught:
        convert_serial(data, "wrong.bpmn")
    assert caught.value.code == code
    assert caught.value.where.startswith("wrong.bpmn")


def test_without_any_declaration_the_drawn_order_stays_and_the_reason_says_so() -> None:
    made = convert_serial(serial(ENDS + task("a") + task("b"), "s>a a>b b>e"), "plain.bpmn")
    assert made.block == Series((Leaf("a"), Leaf("b")))
    assert "only the drawn order is known" in made.graph.orders[0].why_en


def test_a_joint_visit_stays_where_it_is_drawn_because_the_items_of_its_steps_are_not_known() -> None:
    said = "<extensionElements><bl:step {} act='site' department='d' role='r'/>{}</extensionElements>"
    visit = said.format("", "<bl:covers ref='A.site'/><bl:covers ref='B.site'/><bl:needs ref='M'/>")
    steps = {"a": said.format("item='A'", ""), "v": visit, "b": said.format("item='B'", "")}
    tasks = "".join(f"<userTask id='{name}'>{inner}</userTask>" for name, inner in steps.items())
    made = convert_serial(serial(ENDS + tasks, "s>a a>v v>b b>e"), "joint.bpmn")
    assert made.block == Series((Leaf("a"), Leaf("v"), Leaf("b")))


def test_steps_that_write_one_value_stay_in_their_drawn_order() -> None:
    field = "<extensionElements><bl:field name='area'/></extensionElements>"
    tasks = "".join(f"<userTask id='{name}'>{field}</userTask>" for name in "ab")
    made = convert_serial(serial(ENDS + tasks, "s>a a>b b>e"), "writes.bpmn")
    assert made.block == Series((Leaf("a"), Leaf("b")))


def test_blocks_nested_too_deep_are_refused() -> None:
    before: dict[str, list[str]] = {"s0": []}
    for n in range(1, 400, 2):
        before |= {f"s{n}": [], f"s{n + 1}": [f"s{n}", *before]}
    with pytest.raises(BadInput, match="nested deeper"):
        converted(before)
