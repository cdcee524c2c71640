"""Drawings made at random of everything that waits: each can be finished, and ended from outside, whatever happened."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.runtime.standalone import Run
from tests.scenarios.drawing import (
    boundary,
    cancel,
    cardinality_loop,
    catch,
    compensation,
    drawing,
    end,
    error_event,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    flows,
    handled,
    message,
    parallel,
    receive,
    signal,
    start,
    sub,
    throw,
    timer,
    transaction,
    users,
)

TIME = timedelta(hours=1)
Block = tuple[Any, ...]
SCOPES = ["sub", "stoppable", "reminded", "replaced", "helped", "twice", "trip", "tried"]
LEAVES = st.sampled_from(["task", "undoable", "message", "signal", "timer", "receive", "undo"]).map(
    lambda kind: (kind,)
)
BLOCKS: st.SearchStrategy[Block] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["sequence", "parallel", "race"]), inner, inner),
        st.tuples(
            st.sampled_from(["sub", "stoppable", "reminded", "replaced", "helped", "twice", "trip", "tried"]), inner
        ),
    ),
    max_leaves=8,
)
STEPS = st.lists(st.tuples(st.sampled_from("ddddmgxxhhtcf"), st.integers(0, 9)), max_size=12)

WAYS_OUT = {"trip": ("c", cancel()), "tried": ("f", error_event("E2"))}
"""Scopes that an event sub-process inside ends: the message that starts it, and what it throws."""


@dataclass
class Sketch:
    """Draws blocks: each has one way in and one way out; ``parts`` are those of the scope that is being drawn."""

    numbers: Any = field(default_factory=count)
    parts: list[str] = field(default_factory=list)

    def add(self, block: Block) -> tuple[str, str]:
        """Draw a block; the ids of its first and last element."""
        kind, *inner = block
        if len(inner) == 2:
            return getattr(self, kind)(*inner)  # type: ignore[no-any-return]
        return self.scope(kind, inner[0]) if inner else self.leaf(kind)

    def leaf(self, kind: str) -> tuple[str, str]:
        name = f"{kind}{next(self.numbers)}"
        makers: dict[str, Callable[[], list[str]]] = {
            "task": lambda: [users(name)],
            "undoable": lambda: handled(name),
            "message": lambda: [catch(name, message("m"))],
            "signal": lambda: [catch(name, signal("g"))],
            "timer": lambda: [catch(name, timer(duration="PT1H"))],
            "receive": lambda: [receive(name, "m")],
            "undo": lambda: [throw(name, compensation())],
        }
        self.parts += makers[kind]()
        return name, name

    def sequence(self, first: Block, second: Block) -> tuple[str, str]:
        (one, two), (three, four) = self.add(first), self.add(second)
        self.parts.append(flows(f"{two} > {three}"))
        return one, four

    def parallel(self, first: Block, second: Block) -> tuple[str, str]:
        number = next(self.numbers)
        (one, two), (three, four) = self.add(first), self.add(second)
        fork, join = f"f{number}", f"j{number}"
        self.parts += [
            parallel(fork, join),
            flows(f"{fork} > {one}; {fork} > {three}; {two} > {join}; {four} > {join}"),
        ]
        return fork, join

    def race(self, first: Block, second: Block) -> tuple[str, str]:
        number = next(self.numbers)
        (one, two), (three, four) = self.add(first), self.add(second)
        gate, left, right, merge = (f"{kind}{number}" for kind in ("gate", "left", "right", "merge"))
        self.parts += [
            event_gateway(gate), catch(left, message("m")), catch(right, timer(duration="PT1H")), exclusive(merge),
            flows(f"{gate} > {left} > {one}; {gate} > {right} > {three}; {two} > {merge}; {four} > {merge}"),
        ]  # fmt: skip
        return gate, merge

    def scope(self, kind: str, block: Block) -> tuple[str, str]:
        number = next(self.numbers)
        name, merge = f"{kind}{number}", f"out{number}"
        inside = Sketch(self.numbers)
        one, two = inside.add(block)
        inside.parts += [start(f"s{number}"), end(f"e{number}"), flows(f"s{number} > {one}; {two} > e{number}")]
        if kind == "twice":
            inside.parts.append(cardinality_loop("2"))
        if kind in ("replaced", "helped"):
            inside.parts.append(handler_for(number, message("h"), users(f"h{number}"), interrupting=kind == "replaced"))
        if kind in WAYS_OUT:
            name_of_message, result = WAYS_OUT[kind]
            inside.parts.append(handler_for(number, message(name_of_message), users(f"h{number}"), result))
            self.parts += [boundary(f"x{number}", name, result), flows(f"x{number} > {merge}")]
        scope = transaction if kind == "trip" else sub
        self.parts += [scope(name, *inside.parts), exclusive(merge), flows(f"{name} > {merge}")]
        if kind == "stoppable":
            self.parts += [boundary(f"x{number}", name, message("x")), users(f"b{number}"),
                           flows(f"x{number} > b{number} > {merge}")]  # fmt: skip
        elif kind == "reminded":
            self.parts += [boundary(f"x{number}", name, timer(cycle="R2/PT1H"), interrupting=False),
                           users(f"b{number}"), end(f"eb{number}"),
                           flows(f"x{number} > b{number} > eb{number}")]  # fmt: skip
        return name, merge


def handler_for(number: int | str, definition: str, inner: str, *result: str, interrupting: bool = False) -> str:
    """An event sub-process of one task."""
    names = f"hs{number} > h{number} > he{number}"
    return event_sub(f"hp{number}", start(f"hs{number}", definition, interrupting=interrupting), inner,
                     end(f"he{number}", *result), flows(names))  # fmt: skip


def drawn(block: Block) -> bytes:
    """The block inside the sub-process ``root``, that a signal, an error or an escalation can end."""
    sketch = Sketch()
    one, two = sketch.add(block)
    root = sub(
        "root", *sketch.parts, start("first"), end("last"), flows(f"first > {one}; {two} > last"),
        handler_for("error", message("boom"), throw("herror"), error_event("E1")),
        handler_for("escalation", message("up"), throw("hescalation"), escalation("U1")),
    )  # fmt: skip
    return drawing(
        start(), root, users("after"), end(), flows("s > root > after > e; xs > after; xe > after; xu > after"),
        boundary("xs", "root", signal("stop")), boundary("xe", "root", error_event("E1")),
        boundary("xu", "root", escalation()),
    )  # fmt: skip


def take(run: Run, kind: str, number: int) -> None:
    """One thing happens."""
    offered = run.ready()
    if kind == "d" and offered:
        run.complete(offered[number % len(offered)].id)
    elif kind == "t":
        run.advance(TIME)
    elif kind == "g":
        run.signal("g")
    elif kind in "mxhcf" and number < 5:
        run.message(kind)


@settings(deadline=None)
@given(BLOCKS, STEPS)
def test_every_drawing_can_be_finished_whatever_happened(block: Block, steps: list[tuple[str, int]]) -> None:
    run = Run({"p.bpmn": drawn(block)})
    for step in steps:
        take(run, *step)
    for _ in range(200):
        if run.finished:
            break
        for kind in "dmgt":
            take(run, kind, 0)
    assert run.finished
    assert (run.ready(), run.waiting(), run.failed) == ([], [], None)
    done = Counter(name for name, what in run.trace if what == "completed")
    assert (done["root"], done["after"], done["e"]) == (1, 1, 1)
    undone = {name: times for name, times in done.items() if name.startswith("undo-")}
    assert all(times <= done[name.removeprefix("undo-")] for name, times in undone.items()), "nothing is undone twice"


@pytest.mark.parametrize("way", ["stop", "boom", "up"])
@settings(deadline=None, max_examples=40)
@given(block=BLOCKS, steps=STEPS)
def test_what_ends_a_sub_process_leaves_nothing_of_it(way: str, block: Block, steps: list[tuple[str, int]]) -> None:
    run = Run({"p.bpmn": drawn(block)})
    for step in steps:
        take(run, *step)
    if ("root", "completed") in run.trace:
        return
    before, happened = Counter(task.element for task in run.ready()), len(run.trace)
    assert run.signal("stop") == 1 if way == "stop" else run.message(way)
    assert ([task.element for task in run.ready()], run.waiting()) == (["after"], [])
    cancelled = Counter(name for name, what in run.trace[happened:] if what == "cancelled")
    assert {name: cancelled[name] for name in before} == before
    run.complete(run.ready()[0].id)
    assert run.finished
    assert ("root", "completed") not in run.trace
