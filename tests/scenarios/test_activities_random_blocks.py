"""Random nests of all activities and gateways against a reckoning that knows only "one after the other" and "at once".

A block is drawn as BPMN and, separately, counted out as a term of tasks: a sequence, or things at once. However deep it
is nested, the tasks offered must be exactly those the term allows after every completion, in whatever order people
work; at the end every element must have completed exactly as often as the drawing says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scenarios.drawing import (
    ad_hoc,
    call,
    cardinality_loop,
    data_object,
    definitions,
    element,
    end,
    exclusive,
    flow,
    inclusive,
    parallel,
    process,
    script,
    standard_loop,
    start,
    sub,
    task,
    users,
)
from tests.scenarios.runs import Play

# The reckoning: a term is the name of a task, or ("then", …) or ("at once", …); None is done.

Term = str | tuple[object, ...] | None


def then(terms: list[Term]) -> Term:
    """One after the other."""
    left = [term for term in terms if term is not None]
    return left[0] if len(left) == 1 else ("then", *left) if left else None


def at_once(terms: list[Term]) -> Term:
    """In any order; sorted, so that equal situations are equal terms."""
    left = sorted((term for term in terms if term is not None), key=repr)
    return left[0] if len(left) == 1 else ("at once", *left) if left else None


def offered(term: Term) -> Counter[str]:
    """The tasks that are open."""
    if term is None:
        return Counter()
    if isinstance(term, str):
        return Counter([term])
    kind, *inner = term
    parts = inner[:1] if kind == "then" else inner
    return sum((offered(part) for part in parts), Counter())  # type: ignore[arg-type]


def after(term: Term, name: str) -> set[Term]:
    """What may be left when one of the open tasks of this name is done."""
    if term is None or isinstance(term, str):
        return {None} if term == name else set()
    kind, *inner = term
    if kind == "then":
        return {then([left, *inner[1:]]) for left in after(inner[0], name)}  # type: ignore[arg-type,list-item]
    found: set[Term] = set()
    for place, part in enumerate(inner):
        rest = inner[:place] + inner[place + 1 :]
        found |= {at_once([left, *rest]) for left in after(part, name)}  # type: ignore[arg-type,list-item]
    return found


# The drawing


@dataclass
class Block:
    """A drawn block: its parts, where it begins and ends, its term, and how often its elements complete."""

    parts: str
    entry: str
    exit: str
    term: Term
    counts: Counter[str]
    size: int


@dataclass
class Pen:
    """Draws blocks; every element gets a fresh id, called processes are collected."""

    ids: count[int] = field(default_factory=lambda: count(1))
    called: list[str] = field(default_factory=list)

    def id(self, kind: str) -> str:
        """A fresh id."""
        return f"{kind}{next(self.ids)}"

    def person(self) -> Block:
        """A user task."""
        name = self.id("u")
        return Block(users(name), name, name, name, Counter([name]), 1)

    def machine(self) -> Block:
        """A task that passes."""
        name = self.id("m")
        return Block(task("task", name), name, name, None, Counter([name]), 1)

    def crowd(self, kind: str, times: int) -> Block:
        """A user task with a loop of its own."""
        name = self.id("u")
        loop, term = self._loop(kind, times), (at_once if kind == "parallel" else then)([name] * times)
        return Block(task("userTask", name, loop), name, name, term, Counter({name: times}), max(times, 1))

    def any_order(self, blocks: list[Block]) -> Block:
        """An ad-hoc sub-process of sub-processes."""
        name = self.id("o")
        inner = [self.inside(block, "sub", 1) for block in blocks]
        return Block(
            ad_hoc(name, *(block.parts for block in inner)), name, name, at_once([block.term for block in inner]),
            sum((block.counts for block in inner), Counter([name])), sum(block.size for block in inner),
        )  # fmt: skip

    def _loop(self, kind: str, rounds: int) -> str:
        return {
            "parallel": cardinality_loop(str(rounds)), "sequential": cardinality_loop(str(rounds), sequential=True),
            "loop": standard_loop(loopMaximum=str(rounds)), "sub": "", "call": "",
        }[kind]  # fmt: skip

    def chain(self, blocks: list[Block]) -> Block:
        """One after the other."""
        flows = "".join(flow(a.exit, b.entry) for a, b in pairwise(blocks))
        return Block(
            "".join(block.parts for block in blocks) + flows, blocks[0].entry, blocks[-1].exit,
            then([block.term for block in blocks]), sum((block.counts for block in blocks), Counter()),
            sum(block.size for block in blocks),
        )  # fmt: skip

    def fork(self, blocks: list[Block], taken: list[bool], split: str, join: str) -> Block:
        """A split and a join; the flows not taken have a condition that is false."""
        shapes: dict[str, Callable[[str], str]] = {"parallel": parallel, "inclusive": inclusive, "exclusive": exclusive}
        first, last = self.id("f"), self.id("j")
        flows = ""
        for block, yes in zip(blocks, taken, strict=True):
            flows += flow(first, block.entry, "" if split == "parallel" else str(yes)) + flow(block.exit, last)
        chosen = [block for block, yes in zip(blocks, taken, strict=True) if yes]
        return Block(
            "".join(block.parts for block in blocks) + flows + shapes[split](first) + shapes[join](last), first, last,
            at_once([block.term for block in chosen]),
            sum((block.counts for block in chosen), Counter([first, last])),
            sum(block.size for block in blocks),
        )  # fmt: skip

    def inside(self, block: Block, kind: str, rounds: int) -> Block:
        """A sub-process or a called process, once or in a loop of its own."""
        name, first, last = self.id("h"), self.id("s"), self.id("e")
        content = start(first) + block.parts + end(last) + flow(first, block.entry) + flow(block.exit, last)
        loop = self._loop(kind, rounds)
        times = rounds if loop else 1
        if kind == "call" or (kind == "sequential" and rounds == 2):  # a call in a loop, too
            called = self.id("p")
            self.called.append(process(content, identity=called, executable=False))
            drawn = element("callActivity", name, loop, calledElement=called) if loop else call(name, called)
        else:
            drawn = sub(name, content, *([loop] if loop else []))
        combined = at_once if kind == "parallel" else then
        return Block(
            drawn, name, name, combined([block.term] * times),
            Counter({key: number * times for key, number in (block.counts + Counter([name, first, last])).items()}),
            block.size * max(times, 1),
        )  # fmt: skip

    def again(self, block: Block, rounds: int) -> Block:
        """A loop drawn with gateways, counted in a data object of a sub-process of its own."""
        name, merge, choice, counter, reset, more = (self.id(kind) for kind in ("w", "g", "x", "n", "r", "c"))
        body = data_object(counter) + script(reset, f"{counter} = 0") + script(more, f"{counter} = {counter} + 1")
        body += exclusive(merge) + exclusive(choice, default=f"{choice}-{name}e") + end(f"{name}e") + start(f"{name}s")
        for source, target in (
            (f"{name}s", reset), (reset, merge), (merge, block.entry), (block.exit, more), (more, choice),
            (choice, f"{name}e"),
        ):  # fmt: skip
            body += flow(source, target)
        body += flow(choice, merge, f"{counter} < {rounds}") + block.parts
        counts = Counter({key: number * rounds for key, number in block.counts.items()})
        counts.update({merge: rounds, more: rounds, choice: rounds, reset: 1, name: 1, f"{name}s": 1, f"{name}e": 1})
        return Block(sub(name, body), name, name, then([block.term] * rounds), counts, block.size * rounds)


@st.composite
def drawings(draw: st.DrawFn) -> tuple[bytes, Term, Counter[str]]:
    """A file, its term and how often each element completes."""
    pen = Pen()

    def block(depth: int) -> Block:
        kind = draw(st.sampled_from(SIMPLE if depth == 0 else SIMPLE + COMBINED))
        if kind in ("person", "machine"):
            return pen.person() if kind == "person" else pen.machine()
        if kind == "crowd":
            loop = draw(st.sampled_from(["parallel", "sequential", "loop"]))
            return pen.crowd(loop, draw(st.integers(1 if loop == "loop" else 0, 3)))
        if kind in ("chain", "fork", "some", "one", "any order"):
            inner = [block(depth - 1) for _ in range(draw(st.integers(2, 3)))]
            return _combined(draw, pen, kind, inner)
        body = block(depth - 1)
        rounds = draw(st.integers(1 if kind in ("again", "loop") else 0, 3)) if body.size <= 12 else 1
        return pen.again(body, rounds) if kind == "again" else pen.inside(body, kind, rounds)

    whole = block(draw(st.integers(1, 4)))
    main = process(
        start("start"), whole.parts, end("end"), flow("start", whole.entry), flow(whole.exit, "end"), identity="main"
    )
    return definitions(main, *pen.called), whole.term, whole.counts + Counter(["start", "end"])


SIMPLE = ["person", "person", "machine", "crowd"]
COMBINED = ["chain", "fork", "some", "one", "any order", "sub", "call", "parallel", "sequential", "loop", "again"]


def _combined(draw: st.DrawFn, pen: Pen, kind: str, inner: list[Block]) -> Block:
    if kind == "chain":
        return pen.chain(inner)
    if kind == "any order":
        return pen.any_order(inner)
    if kind == "fork":
        return pen.fork(inner, [True] * len(inner), "parallel", draw(st.sampled_from(["parallel", "inclusive"])))
    only = draw(st.integers(0, len(inner) - 1))
    if kind == "one":
        taken = [place == only for place in range(len(inner))]
        return pen.fork(inner, taken, "exclusive", draw(st.sampled_from(["exclusive", "inclusive"])))
    taken = [draw(st.booleans()) or place == only for place in range(len(inner))]
    return pen.fork(inner, taken, "inclusive", "inclusive")


@pytest.mark.parametrize("restored", [False, True], ids=["straight", "restored"])
@given(drawn=drawings(), choices=st.randoms(use_true_random=False))
def test_offered_is_exactly_what_the_drawing_allows(
    restored: bool, drawn: tuple[bytes, Term, Counter[str]], choices: object
) -> None:
    sources, term, counts = drawn
    play = Play(restored, sources)
    possible: set[Term] = {term}
    while True:
        ready = play.run.ready()
        shown = Counter(one.element for one in ready)
        possible = {situation for situation in possible if offered(situation) == shown}
        assert possible, f"{shown} is offered"
        if not ready:
            break
        chosen = choices.choice(ready)  # type: ignore[attr-defined]
        play.run.complete(chosen.id)
        possible = {left for situation in possible for left in after(situation, chosen.element)}
    play.ended()
    assert Counter(play.done) == Counter({key: number for key, number in counts.items() if number})
