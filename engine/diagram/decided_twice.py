"""What would be decided twice because several tokens come to it: asked of our own cases, when a version is deployed.

An item is decided once, a case is delivered once, and a process that is called twice at one time would mix up the
decisions of its steps. Loops are the rule ``decisive-in-loop``; this is about tokens side by side, so it asks what may
hold several of them at one time (``concurrency``). A person keeps a token waiting as long as they like: two tokens that
both come to a step can always be there together.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from lxml import etree

from engine.diagram.calls import callables, called_by, tasks_of_persons, with_called
from engine.diagram.concurrency import MOST, Concurrency
from engine.diagram.finding import Finding
from engine.diagram.rules.decisive_in_loop import decides, ends_the_case
from engine.diagram.soundness_explore import Exploration, explore
from engine.diagram.soundness_net import Net, drawn
from engine.diagram.soundness_read import read_net
from engine.diagram.soundness_relation import Relation
from engine.diagram.xml import bpmn, line_of
from engine.errors import LimitExceeded

RULE = "decided-twice"
MARKINGS = 20_000
"""Markings of a scope that gathers tokens looked at, before it is judged as if it gathered none."""


def decided_twice(process: etree._Element, file: str) -> list[Finding]:
    """Steps that decide and may be opened twice at one time, and processes that may be called twice at one time.

    ``process`` is the executable one; its structure and that of what it calls must be right. A process too large to
    tell gives nothing (``concurrent_writes`` says so).
    """
    known = callables(process.getroottree().getroot())
    calls: dict[etree._Element, list[etree._Element]] = {}
    for element in with_called([process], known):
        for call in element.iter(bpmn("callActivity")):
            called = called_by(call, known)
            if called is not None and called.tag == bpmn("process"):
                calls.setdefault(called, []).append(call)
    try:
        return [*_called_twice(calls, file), *_opened_twice(process, calls, file)]
    except LimitExceeded:
        return []


Calls = dict[etree._Element, list[etree._Element]]
"""Called process → its call activities."""


def _called_twice(calls: Calls, file: str) -> Iterator[Finding]:
    at_once: dict[etree._Element, Concurrency] = {}
    for callers in calls.values():
        for one, other in combinations(callers, 2):
            owner = _process_of(other)
            if owner not in at_once:
                at_once[owner] = Concurrency(owner)
            if _process_of(one) is not owner or at_once[owner].together(one.get("id", ""), other.get("id", "")):
                yield _finding(
                    file, other, "同一流程可能被同时调用两次，其环节的决定会混淆",
                    "this calls a process that may be called elsewhere at the same time; its decisions would be mixed",
                    "draw one after the other, or call it as a multi-instance activity",
                )  # fmt: skip


def _opened_twice(process: etree._Element, calls: Calls, file: str) -> Iterator[Finding]:
    crowded: dict[etree._Element, frozenset[str]] = {}
    for shown, task in tasks_of_persons(process):
        if not (decides(task) or ends_the_case(task)):
            continue
        inside = [pair for element in _with_callers(shown, calls) for pair in _levels(element)]
        for _, scope in inside:
            if scope not in crowded:
                crowded[scope] = _crowded(scope)
        if any(level.get("id") in crowded[scope] for level, scope in inside):
            yield _finding(
                file, shown, "两个令牌会到达这个环节：事项只决定一次，办件只送达一次",
                "two tokens may come to this step: an item is decided once and a case delivered once",
                "join the branches before it in a parallel gateway",
            )  # fmt: skip


def _levels(element: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """An element and the sub-processes around it, each with the scope it is directly in."""
    one = element
    for scope in element.iterancestors():
        yield one, scope
        if scope.tag == bpmn("process"):
            return
        one = scope


def _crowded(scope: etree._Element) -> frozenset[str]:
    """The elements directly in a scope that may hold several tokens at one time."""
    net = read_net(scope)
    if net is None:
        return frozenset()
    if len(net.flows()) > MOST:
        return frozenset()
    if "gather" in net.kinds.values():  # the relation does not count tokens, so here all markings are looked at
        found = explore(net, MARKINGS, patient=True, watch_growth=True)
        if found.complete and not found.growing:
            return frozenset(_full(net, found))
    return frozenset(one for one, other in Relation(net).pairs() if one == other)


def _full(net: Net, found: Exploration) -> Iterator[str]:
    flows = net.flows()
    for marking in found.follow:
        held: Counter[str] = Counter()
        for place, count in marking:
            flow = flows[place // 3]
            if drawn(flow.source) == drawn(flow.target) and net.kinds[flow.target] != "gather":
                held[drawn(flow.source)] += count
        yield from (identity for identity, count in held.items() if count > 1)


def _with_callers(element: etree._Element, calls: Calls) -> Iterator[etree._Element]:
    """The element, the calls of its process, the calls of theirs (``self-call`` has seen to it that this ends)."""
    waiting, seen = [element], {element}
    while waiting:
        one = waiting.pop()
        yield one
        fresh = [call for call in calls.get(_process_of(one), ()) if call not in seen]
        seen.update(fresh)
        waiting += fresh


def _process_of(element: etree._Element) -> etree._Element:
    return next(element.iterancestors(bpmn("process")))


def _finding(file: str, element: etree._Element, zh: str, en: str, hint: str) -> Finding:
    return Finding(file, element.get("id", ""), line_of(element), RULE, "error", zh, en, hint)
