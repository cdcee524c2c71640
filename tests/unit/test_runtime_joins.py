"""Joins by the token rule: never early, never twice, never lost."""

import itertools
import random

import pytest

from engine.errors import AlreadyDone, DiagramError, IntegrityError, LimitExceeded
from engine.runtime import Flow, Limits
from engine.runtime.parser import parse
from tests.unit.bpmn_text import chain, flow, node, process, users
from tests.unit.diagrams import graphs as graphs
from tests.unit.diagrams import xml_of as xml_of

_BODY = (
    node("startEvent", "s"),
    node("exclusiveGateway", "m"),
    node("parallelGateway", "sp"),
    users("a", "b", "c", "end"),
    node("parallelGateway", "jn"),
    node("exclusiveGateway", "g", 'default="g-end"'),
    node("endEvent", "e"),
    chain("s>m>sp; sp>a>jn; sp>b>jn; sp>c>jn; jn>g; g>end>e"),
    flow("g", "m", 'decision == "reject"'),
)
LOOP = process("".join(_BODY))
"""merge → split → a, b, c → join → decision, which leads back to the merge on "reject"."""


def open_elements(running: Flow) -> list[str]:
    return sorted(task.element for task in running.open_tasks())


def complete(running: Flow, element: str, entry: int, **view: object) -> None:
    running.begin(entry, view)
    running.complete(next(task.id for task in running.open_tasks() if task.element == element))


@pytest.mark.parametrize("restored", [False, True], ids=["straight", "save-restore"])
@pytest.mark.parametrize("first", list(itertools.permutations("abc")), ids="".join)
def test_a_second_round_in_another_order_never_lets_the_join_fire_early_or_twice(
    first: tuple[str, ...], restored: bool
) -> None:
    # The library's join let a case through after ONE approval of round 2 when the orders differed.
    spec = parse(LOOP, "loop")
    for second in itertools.permutations("abc"):
        running = Flow.start(spec)
        running.begin(1, {})
        running.advance()
        entry = 1
        for order, decision in ((first, "reject"), (second, "accept")):
            for done, element in enumerate(order):
                assert open_elements(running) == sorted(order[done:])
                entry += 1
                if restored:
                    running = Flow.restore(running.dump(), spec)
                complete(running, element, entry, decision=decision)
        assert open_elements(running) == ["end"]
        complete(running, "end", entry + 1, decision="")
        assert running.ended


def blocks(width: int, count: int) -> bytes:
    body, flows = node("startEvent", "s") + node("endEvent", "e"), [f"s>g0; j{count - 1}>e"]
    for k in range(count):
        names = [f"u{k}_{i}" for i in range(width)]
        body += node("parallelGateway", f"g{k}") + node("parallelGateway", f"j{k}") + users(*names)
        flows += [f"g{k}>{name}>j{k}" for name in names]
        flows += [f"j{k - 1}>g{k}"] if k else []
    return process(body + chain(";".join(flows)))


def test_three_blocks_of_sixteen_branches_hold_only_live_tokens_in_any_order() -> None:
    # Stock prediction makes 21,299 tasks of this diagram; a token per open branch and the root are enough.
    spec = parse(blocks(16, 3), "blocks")
    rng = random.Random(7)
    running = Flow.start(spec)
    running.begin(1, {})
    running.advance()
    for entry in range(2, 2 + 48):
        names = open_elements(running)
        assert running.size == 17, "root, open branches, and tokens waiting at the join"
        assert len(names) == 16 - (entry - 2) % 16
        running = Flow.restore(running.dump(), spec)
        complete(running, rng.choice(names), entry)
    assert running.ended
    assert running.size == 0


def test_a_loop_of_a_thousand_rounds_neither_grows_nor_meets_a_recursion_limit() -> None:
    spec = parse(LOOP, "loop")
    running = Flow.start(spec)
    running.begin(1, {})
    running.advance()
    entries = itertools.count(2)
    sizes = set()
    for _ in range(1000):
        for element in "abc":
            complete(running, element, next(entries), decision="reject")
        sizes.add(running.size)
    assert sizes == {4}, "the root and the three open branches"
    assert len(running.dump()) < 200


def test_a_chain_of_two_thousand_tasks_parses_and_runs() -> None:
    names = [f"t{i}" for i in range(2000)]
    spec = parse(
        process(node("startEvent", "s") + users(*names) + node("endEvent", "e") + chain(">".join(["s", *names, "e"]))),
        "chain",
    )
    running = Flow.start(spec)
    running.begin(1, {})
    running.advance()
    for entry, name in enumerate(names, start=2):
        complete(running, name, entry)
    assert running.ended


def test_two_tokens_on_one_branch_do_not_satisfy_a_join_but_wait_for_the_next_round() -> None:
    # flowable #4166: the second token on a flow was taken for the missing one.
    spec = parse(
        process(
            node("startEvent", "s") + node("parallelGateway", "sp") + users("a1", "a2", "b")
            + node("exclusiveGateway", "m") + node("parallelGateway", "j") + users("after") + node("endEvent", "e")
            + chain("s>sp; sp>a1>m; sp>a2>m; m>j; sp>b>j; j>after>e")
        ),
        "two",
    )  # fmt: skip
    running = Flow.start(spec)
    running.begin(1, {})
    running.advance()
    complete(running, "a1", 2)
    complete(running, "a2", 3)
    assert open_elements(running) == ["b"]
    complete(running, "b", 4)
    assert open_elements(running) == ["after"]
    complete(running, "after", 5)
    assert not running.ended, "the second token still waits at the join"


def test_working_twice_under_one_entry_is_refused_instead_of_losing_a_token() -> None:
    running = Flow.start(parse(LOOP, "loop"))
    running.begin(1, {})
    running.advance()
    complete(running, "a", 2, decision="reject")
    with pytest.raises(IntegrityError):
        complete(running, "b", 2, decision="reject")


def test_completing_a_task_twice_is_told_as_already_done() -> None:
    running = Flow.start(parse(LOOP, "loop"))
    running.begin(1, {})
    running.advance()
    task = running.open_tasks()[0]
    running.complete(task.id)
    with pytest.raises(AlreadyDone):
        running.complete(task.id)


def test_a_loop_without_a_person_stops_at_the_limit() -> None:
    spec = parse(
        process(
            node("startEvent", "s") + node("exclusiveGateway", "m") + node("exclusiveGateway", "g", 'default="g-m"')
            + node("endEvent", "e") + chain("s>m>g>m") + flow("g", "e", "1 == 2")
        ),
        "forever",
    )  # fmt: skip
    running = Flow.start(spec)
    running.begin(1, {}, limits=Limits(steps=500))
    with pytest.raises(LimitExceeded):
        running.advance()


def test_a_gateway_without_a_fitting_flow_is_an_error_in_words() -> None:
    spec = parse(
        process(
            node("startEvent", "s") + node("exclusiveGateway", "g") + users("a", "b") + node("endEvent", "e")
            + chain("s>g; a>e; b>e") + flow("g", "a", "x > 1") + flow("g", "b", "x < 1")
        ),
        "none fits",
    )  # fmt: skip
    running = Flow.start(spec)
    running.begin(1, {"x": 1})
    with pytest.raises(DiagramError, match="no outgoing flow fits"):
        running.advance()


def test_conditions_and_defaults_on_flows_out_of_a_task_are_not_ignored() -> None:
    # The library takes every flow out of a task, whatever its condition says.
    body = (
        node("startEvent", "s") + node("userTask", "t", 'default="t-usual"') + users("usual", "also", "large")
        + node("endEvent", "e") + chain("s>t; t>usual>e; t>also>e; large>e") + flow("t", "large", "area > 50")
    )  # fmt: skip
    spec = parse(process(body), "conditions")
    for area, expected in ((10, ["also", "usual"]), (51, ["also", "large"])):
        running = Flow.start(spec)
        running.begin(1, {})
        running.advance()
        complete(running, "t", 2, area=area)
        assert open_elements(running) == expected


def test_a_task_none_of_whose_flows_fits_is_an_error_and_not_a_lost_case() -> None:
    body = node("startEvent", "s") + users("t") + node("endEvent", "e") + chain("s>t") + flow("t", "e", "area > 50")
    running = Flow.start(parse(process(body), "none"))
    running.begin(1, {})
    running.advance()
    with pytest.raises(DiagramError, match="no outgoing flow fits"):
        complete(running, "t", 2, area=1)


def test_a_link_goes_on_where_it_is_caught() -> None:
    body = (
        node("startEvent", "s") + users("a", "b") + node("endEvent", "e")
        + node("intermediateThrowEvent", "out", inner='<b:linkEventDefinition name="L"/>')
        + node("intermediateThrowEvent", "passed")
        + node("intermediateCatchEvent", "in", inner='<b:linkEventDefinition name="L"/>')
        + chain("s>a>passed>out; in>b>e")
    )  # fmt: skip
    running = Flow.start(parse(process(body), "link"))
    running.begin(1, {})
    running.advance()
    complete(running, "a", 2)
    assert open_elements(running) == ["b"]
    complete(running, "b", 3)
    assert running.ended


@pytest.mark.parametrize("identity", ["Start", "End", "Root", "p.EndJoin", "a.BoundaryEventSplit", "StartEventSplit"])
def test_ids_that_collide_with_names_of_the_library_run_like_any_other(identity: str) -> None:
    body = node("startEvent", "s") + users("a", identity) + node("endEvent", "e") + chain(f"s>a>{identity}>e")
    spec = parse(process(body), "names")
    running = Flow.start(spec)
    running.begin(1, {})
    running.advance()
    complete(running, "a", 2)
    running = Flow.restore(running.dump(), spec)
    assert open_elements(running) == [identity]
    complete(running, identity, 3)
    assert running.ended
