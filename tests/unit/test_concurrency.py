"""Which elements may be at work at one time: by hand, and compared with every marking of random diagrams."""

import random
from itertools import combinations, product

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from engine.diagram.concurrency import MOST, concurrent_pairs
from engine.diagram.concurrent_writes import concurrent_writes
from engine.diagram.finding import Finding
from engine.diagram.soundness import soundness
from engine.diagram.xml import executable_processes, read_definitions
from tests.unit.bpmn_text import chain, flow, node, process, users
from tests.unit.diagrams import SHAPES, xml_of
from tests.unit.test_diagram_soundness import Brute, Tokens, blocks, nearly_blocks
from tests.unit.token_game import Graph
from tests.work import counted

Pairs = set[frozenset[str]]

SEVERAL = '<b:multiInstanceLoopCharacteristics isSequential="{}"/>'
TIMER, SIGNAL = "<b:timerEventDefinition/>", "<b:signalEventDefinition/>"
START, END = node("startEvent", "s"), node("endEvent", "e")


def pairs_of(body: str) -> Pairs:
    return concurrent_pairs(executable_processes(read_definitions(process(body), "x.bpmn"))[0])


def of(*pairs: str) -> Pairs:
    return {frozenset(pair.split("-")) for pair in pairs}


def within(pairs: Pairs, *names: str) -> Pairs:
    return {pair for pair in pairs if pair <= set(names)}


def split(kind: str, *branches: str) -> str:
    """``g`` opens the branches (chains such as ``"a>b"``), ``j`` joins them."""
    return (
        START + END + node(kind, "g") + node(kind, "j") + chain("s>g; j>e; " + ";".join(f"g>{b}>j" for b in branches))
    )


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_branches_are_concurrent_and_steps_of_one_branch_are_not(kind: str) -> None:
    pairs = pairs_of(split(kind, "a>b", "c") + users("a", "b", "c"))
    assert pairs == of("a-c", "b-c", "a-j", "b-j", "c-j", "j")


def test_of_exclusive_branches_only_one_is_taken() -> None:
    assert pairs_of(split("exclusiveGateway", "a>b", "c") + users("a", "b", "c")) == set()


def test_an_inclusive_join_is_after_its_branches_and_beside_everything_else() -> None:
    body = split("parallelGateway", "h>a>k>b", "c") + users("a", "b", "c", "d")
    body += node("inclusiveGateway", "h") + node("inclusiveGateway", "k") + chain("h>d>k")
    assert within(pairs_of(body), *"abcd") == of("a-c", "a-d", "b-c", "c-d")


def test_after_a_complex_join_the_other_branches_may_still_be_open() -> None:
    body = split("parallelGateway", "a", "c").replace('parallelGateway id="j"', 'complexGateway id="j"', 1)
    body = body.replace("</b:parallelGateway>" + flow("s", "g"), "</b:complexGateway>" + flow("s", "g"))
    body += users("a", "c", "d") + chain("j>d>e")
    assert within(pairs_of(body), *"acd") == of("a-c", "a-d", "c-d", "a-d")


def test_a_link_and_implicit_starts_are_followed() -> None:
    link = '<b:linkEventDefinition name="L"/>'
    body = node("intermediateThrowEvent", "out", inner=link) + node("intermediateCatchEvent", "in", inner=link)
    assert within(pairs_of(body + users("a", "b", "c") + chain("a>out; in>b")), *"abc") == of("a-c", "b-c")


def boundary(identity: str, host: str, interrupting: bool) -> str:
    cancels = "true" if interrupting else "false"
    return node("boundaryEvent", identity, f'attachedToRef="{host}" cancelActivity="{cancels}"', TIMER)


def test_only_a_boundary_event_that_does_not_interrupt_leads_beside_its_activity() -> None:
    rest = START + END + users("a", "late", "told", "z") + chain("s>a>z>e; x>late>e; y>told>e")
    pairs = pairs_of(rest + boundary("x", "a", True) + boundary("y", "a", False))
    names = ["a", "late", "told", "z", "x", "y"]
    assert within(pairs, *names) == of("a-told", "z-told", "late-told", "x-told", "a-y")


def sub(identity: str, body: str, attributes: str = "", marker: str = "") -> str:
    return node("subProcess", identity, attributes, marker + body)


def inner(*names: str) -> str:
    """A chain of tasks with a start of its own."""
    begin = f"s{names[0]}"
    return node("startEvent", begin) + users(*names) + chain(">".join([begin, *names]))


def test_what_is_inside_a_sub_process_is_beside_whatever_the_sub_process_is() -> None:
    body = split("parallelGateway", "p", "c") + sub("p", inner("a", "b")) + users("c") + boundary("y", "p", False)
    body += users("told") + chain("y>told")
    assert within(pairs_of(body), *"abcp", "told") == of(
        "a-c", "b-c", "p-c", "a-told", "b-told", "p-told", "c-told"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sequential", "expected"), [("false", of("a", "b", "p", "a-b", "a-p", "b-p")), ("true", set())]
)
def test_parallel_instances_are_concurrent_with_each_other(sequential: str, expected: Pairs) -> None:
    body = START + END + sub("p", inner("a", "b"), marker=SEVERAL.format(sequential)) + chain("s>p>e")
    assert within(pairs_of(body), "a", "b", "p") == expected
    assert pairs_of(START + END + node("userTask", "t", inner=SEVERAL.format(sequential)) + chain("s>t>e")) == {
        frozenset(pair) for pair in expected and ["t"]
    }


def listening(identity: str, interrupting: bool, *names: str) -> str:
    start = node("startEvent", f"s{identity}", f'isInterrupting="{"true" if interrupting else "false"}"', SIGNAL)
    return sub(identity, start + users(*names) + chain(f"s{identity}>" + ">".join(names)), 'triggeredByEvent="true"')


def test_an_event_sub_process_is_beside_its_scope_only_when_it_does_not_interrupt() -> None:
    body = START + END + users("a", "b") + chain("s>a>b>e")
    body += listening("l", False, "x", "y") + listening("m", False, "z") + listening("k", True, "w")
    assert within(pairs_of(body), *"abwxyz") == of("a-x", "a-y", "a-z", "b-x", "b-y", "b-z", "x-z", "y-z")


def test_an_event_sub_process_of_a_branch_is_beside_the_other_branches() -> None:
    body = split("parallelGateway", "p", "c") + users("c") + sub("p", inner("a") + listening("k", True, "w"))
    assert within(pairs_of(body), *"acw") == of("a-c", "c-w")


def test_compensation_is_beside_what_is_beside_the_event_that_asks_for_it() -> None:
    undo = "<b:compensateEventDefinition/>"
    body = split("parallelGateway", "a>t>z", "c") + users("a", "c", "z")
    body += node("intermediateThrowEvent", "t", inner=undo) + node("userTask", "h", 'isForCompensation="true"')
    body += node("boundaryEvent", "x", 'attachedToRef="a"', undo)
    assert within(pairs_of(body), *"achz") == of("a-c", "c-z", "c-h")
    going_on = body.replace(
        "<b:compensateEventDefinition/>", '<b:compensateEventDefinition waitForCompletion="false"/>'
    )
    assert within(pairs_of(going_on), *"hz") == of("h-z")


@pytest.mark.parametrize(
    ("attributes", "condition", "expected"),
    [
        ("", "", of("a-c", "b-c")),
        ("", "<b:completionCondition>done</b:completionCondition>", of("a-c", "b-c", "a-b")),
        ('ordering="Sequential"', "", set()),
    ],
)
def test_an_ad_hoc_process_offers_at_once_what_no_flow_leads_to(
    attributes: str, condition: str, expected: Pairs
) -> None:
    ad_hoc = node("adHocSubProcess", "p", attributes, users("a", "b", "c") + chain("a>b") + condition)
    assert within(pairs_of(START + END + ad_hoc + chain("s>p>e")), *"abc") == expected


def test_several_tokens_of_one_activity_make_the_next_concurrent_with_itself() -> None:
    body = START + END + node("userTask", "a", 'completionQuantity="2"') + users("b") + chain("s>a>b>e")
    assert within(pairs_of(body), "a", "b") == of("b")
    assert within(pairs_of(START + END + users("a", "b") + chain("s>a>b>e")), "a", "b") == set()


def test_two_hundred_branches_take_a_moment() -> None:
    data = blocks("inclusiveGateway", 1, 200, 3)
    with counted() as work:
        pairs = concurrent_pairs(executable_processes(read_definitions(data, "x.bpmn"))[0])
    assert len(within(pairs, *(f"u0_{i}_1" for i in range(200)))) == 200 * 199 // 2
    assert work.calls < 4_000_000


# Writing the same value


CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'


def extended(identity: str, content: str, kind: str = "userTask", attributes: str = "", inner: str = "") -> str:
    return node(kind, identity, attributes, f"<b:extensionElements>{content}</b:extensionElements>{inner}")


def form(identity: str, *fields: str) -> str:
    listed = "".join(f'<camunda:formField id="{name}"/>' for name in fields)
    return extended(identity, f"<camunda:formData {CAMUNDA}>{listed}</camunda:formData>")


def script(identity: str, text: str, inner: str = "") -> str:
    return node("scriptTask", identity, "", f"{inner}<b:script>{text}</b:script>")


def output(identity: str, target: str, kind: str = "userTask") -> str:
    association = (
        f'<b:dataOutputAssociation id="to{identity}"><b:targetRef>{target}</b:targetRef></b:dataOutputAssociation>'
    )
    return node(kind, identity, "", association)


def branches(*elements: str) -> str:
    """The elements side by side; their ids are a, b, …"""
    return split("parallelGateway", *"abc"[: len(elements)]) + "".join(elements)


def gathering(content: str, items: str = "", sequential: str = "false") -> str:
    """A multi-instance marker around what an activity holds."""
    return content + SEVERAL.format(sequential).replace("/>", f">{items}</b:multiInstanceLoopCharacteristics>")


ZEEBE_OUTPUT = f'<zeebe:ioMapping {ZEEBE}><zeebe:output source="=1" target="r"/></zeebe:ioMapping>'
ITEMS = '<b:inputDataItem id="i1" name="office"/><b:outputDataItem id="o1" name="opinion"/>'


def writes(body: str, *, ours: bool | None = None) -> list[Finding]:
    found = executable_processes(read_definitions(process(body), "x.bpmn"))[0]
    return concurrent_writes(found, "x.bpmn", ours=ours)


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("opinion", branches(form("a", "opinion"), form("b", "date", "opinion"))),
        ("x", branches(script("a", "y = 1\n x = 2"), script("b", "x += 1"))),
        ("x", branches(script("a", "x = 1"), form("b", "x"))),
        ("n", branches(script("a", "n['k'] = 1"), script("b", "n['k'] = 2"))),
        ("n", branches(script("a", "n['k'] = 1"), script("b", "n = 2"))),
        ("d", branches(output("a", "d"), output("b", "r")) + '<b:dataObject id="d"/>'
         + '<b:dataObjectReference id="r" dataObjectRef="d"/>'),
        ("d", branches(output("a", "d"), script("b", "d = 1")) + '<b:dataObject id="d"/>'),
        ("r", branches(*(node("serviceTask", i, f'{CAMUNDA} camunda:resultVariable="r"') for i in "ab"))),
        ("r", branches(*(extended(i, f'<zeebe:script {ZEEBE} expression="=1" resultVariable="r"/>', "scriptTask")
                         for i in "ab"))),
        ("r", branches(*(extended(i, ZEEBE_OUTPUT, "callActivity") for i in "ab"))),
        ("x", START + END + node("subProcess", "p", "", node("startEvent", "s1") + script("b", "x = 1") + chain("s1>b"))
         + boundary("y", "p", False) + script("a", "x = 2") + chain("s>p>e; y>a")),
        ("x", START + END + listening("l", False, "k").replace(users("k"), script("k", "x = 1")) + script("a", "x = 2")
         + chain("s>a>e")),
        ("x", branches(*(node("subProcess", i, "", f'<b:dataObject id="x{i}"/>' + script(f"t{i}", "x = 1"))
                         for i in "ab"))),
    ],
)  # fmt: skip
def test_what_two_concurrent_elements_write_is_told(value: str, body: str) -> None:
    found = writes(body)
    assert [(finding.rule, finding.level) for finding in found] == [("concurrent-writes", "warning")]
    assert f"“{value}”" in found[0].message_zh
    assert f"“{value}”" in found[0].message_en
    assert found[0].hint
    assert found[0].line


@pytest.mark.parametrize(
    "body",
    [
        branches(form("a", "opinion_a"), form("b", "opinion_b")),
        branches(form("a", "x").replace("formField", 'formProperty writable="false"'), form("b", "x")),
        branches(script("a", "x = 1"), script("b", "x == 1")),
        branches(script("a", "n['k'] = 1"), script("b", "n['l'] = 2")),
        branches(script("a", "n[i] = 1"), script("b", "n[j] = 2")),
        branches(output("a", "d"), output("b", "d")) + '<b:dataStoreReference id="d"/>',
        START + END + script("a", "x = 1") + script("b", "x = 2") + chain("s>a>b>e"),
        split("exclusiveGateway", "a", "b") + script("a", "x = 1") + script("b", "x = 2"),
        START + END + script("a", "x = 1") + users("h") + boundary("y", "h", True) + script("b", "x = 2")
        + chain("s>h>a>e; y>b>e"),
        branches(*(node("subProcess", i, "", f'<b:dataObject id="d{i}" name="x"/>' + script(f"t{i}", "x = 1"))
                   for i in "ab")),
    ],
)  # fmt: skip
def test_what_one_element_writes_at_a_time_is_no_finding(body: str) -> None:
    assert writes(body) == []


LOCAL = '<b:dataObject id="x"/>'
INSIDE = node("startEvent", "s1") + script("t", "x = 1") + chain("s1>t")
TOGETHER = node("startEvent", "s1") + script("t", "x = 1") + script("u", "x = 2") + chain("s1>t; s1>u")


@pytest.mark.parametrize(
    ("expected", "content"),
    [
        (["t"], node("scriptTask", "t", "", gathering("<b:script>x = 1</b:script>"))),
        ([], node("scriptTask", "t", "", gathering("<b:script>x = 1</b:script>", sequential="true"))),
        ([], node("scriptTask", "t", "", gathering("<b:script>opinion = 1</b:script>", ITEMS))),
        ([], node("scriptTask", "t", "", gathering("<b:script>x[loopCounter] = 1</b:script>"))),
        (["t"], node("scriptTask", "t", "", gathering("<b:script>x['k'] = 1</b:script>"))),
        ([], node("userTask", "t", "", gathering("", "<b:loopDataOutputRef>d</b:loopDataOutputRef>" + ITEMS))),
        (["t"], node("subProcess", "t0", "", gathering(INSIDE))),
        ([], node("subProcess", "t0", "", gathering(LOCAL + INSIDE))),
        (["u"], node("subProcess", "t0", "", gathering(LOCAL + TOGETHER))),
        ([], node("subProcess", "t0", "", gathering(INSIDE.replace("x =", "opinion ="), ITEMS))),
    ],
)
def test_instances_may_write_what_each_has_for_itself(expected: list[str], content: str) -> None:
    host = content.split('"')[1]
    body = '<b:dataObject id="d" isCollection="true"/>' + START + END + content + chain(f"s>{host}>e")
    found = writes(body)
    assert [finding.element for finding in found] == expected
    if expected == ["t"]:
        assert "多个实例" in found[0].message_zh


def test_in_our_own_diagrams_it_is_an_error() -> None:
    body = branches(script("a", "x = 1"), script("b", "x = 2"))
    step = '<b:extensionElements><bl:step xmlns:bl="urn:binglian:bpmn:1"/></b:extensionElements>'
    assert [finding.level for finding in writes(body + node("userTask", "z", "", step) + chain("j>z"))] == ["error"]
    assert [finding.level for finding in writes(body, ours=True)] == ["error"]
    fields = '<bl:field xmlns:bl="urn:binglian:bpmn:1" name="opinion"/>'
    assert [finding.level for finding in writes(branches(extended("a", fields), extended("b", fields)))] == ["error"]


def test_each_further_writer_is_told_once() -> None:
    body = split("parallelGateway", *(f"t{i}" for i in range(200)))
    body += "".join(script(f"t{i}", "x = 1") for i in range(200))
    with counted() as work:
        assert len(writes(body)) == 199
    assert work.calls < 800_000


def test_a_process_too_large_to_compare_is_said_not_to_be_decided() -> None:
    names = [f"t{i}" for i in range(MOST // 2 + 1)]
    body = START + "".join(script(name, "x = 1") for name in names) + chain(">".join(["s", *names]))
    assert [(finding.rule, finding.level) for finding in writes(body)] == [("not-decided", "warning")]


# Every marking


def scopes_of(graph: Graph) -> list[str]:
    return ["", *(name for name, kind in graph.nodes.items() if kind == "subProcess")]


def seen_together(graph: Graph, marking: Tokens) -> Pairs:
    """Pairs of nodes at which there are tokens; events of an activity may happen while it is at work."""
    tokens = [place for place, count in marking for _ in range(min(count, 2))]
    at = [place.partition("|")[0] if "|" in place else graph.flows[int(place[1:])][1] for place in tokens]
    pairs = {frozenset(pair) for pair in combinations(at, 2)}
    happening = [
        [e for e in graph.attached(name) if "|" in place and e not in place.partition("|")[2].split()]
        for name, place in zip(at, tokens, strict=True)
    ]
    for number, events in enumerate(happening):
        others = at[:number] + at[number + 1 :]
        others += [e for beside in happening[:number] + happening[number + 1 :] for e in beside]
        pairs |= {frozenset(pair) for pair in product(events, others)}
        quiet = [e for e in events if not graph.mark(e).interrupting]
        pairs |= {frozenset(pair) for pair in [*product(quiet, [at[number]]), *combinations(quiet, 2)]}
    return pairs


def insides(graph: Graph, name: str) -> list[str]:
    found = [name]
    for outer in found:
        found += [n for n in graph.nodes if graph.mark(n).inside == outer]
    return found


def played(graph: Graph, hasty: bool) -> Pairs | None:
    """All pairs by playing every scope in every way; None when that is too much."""
    pairs: Pairs = set()
    for scope in scopes_of(graph):
        brute = Brute(graph, scope, hasty=hasty, cap=3)
        if brute.piled or brute.too_many:
            return None
        pairs.update(*(seen_together(graph, marking) for marking in brute.follow))
    pairs |= {frozenset([name]) for name in graph.nodes if graph.mark(name).loop == "parallel"}
    doubled = [(*pair, *pair)[:2] for pair in map(tuple, pairs)]
    return {frozenset(p) for a, b in doubled for p in product(insides(graph, a), insides(graph, b))}


def compare(graph: Graph) -> None:
    assume(not any(mark.listens for mark in graph.marks.values()))
    root = executable_processes(read_definitions(xml_of(graph), "x.bpmn"))[0]
    inclusive = "inclusiveGateway" in graph.nodes.values()
    expected = played(graph, hasty=not inclusive)
    if expected is None:
        event("too much to play")
        return
    found = concurrent_pairs(root)
    assert expected <= found, (graph, expected - found)
    safe = not any(len(pair) == 1 and not loops(graph, *pair) for pair in expected)
    if inclusive or soundness(root, "x.bpmn") or not safe:
        event("at least as many")
        return
    event("exactly")
    assert found == expected, (graph, found - expected)


def loops(graph: Graph, name: str) -> bool:
    """Whether several instances of it, or of something it is in, run side by side."""
    while name:
        if graph.mark(name).loop == "parallel":
            return True
        name = graph.mark(name).inside
    return False


@given(nearly_blocks())
def test_nearly_structured_graphs_have_the_pairs_of_their_markings(graph: Graph) -> None:
    compare(graph)


@pytest.mark.parametrize("shape", SHAPES)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_diagrams_with_events_and_scopes_have_the_pairs_of_their_markings(shape: str, seed: int, size: int) -> None:
    compare(SHAPES[shape](random.Random(seed), size))
