"""What the fuzzer starts from: diagrams that run, with every kind of element, and the diagrams of ``processes/``."""

from collections.abc import Mapping

from engine.diagram.xml import XSI
from tests.architecture.source import ROOT
from tests.scenarios.drawing import (
    ad_hoc,
    association,
    boundary,
    call,
    cancel,
    cardinality_loop,
    catch,
    collection_loop,
    compensation,
    complex_gateway,
    condition,
    data_object,
    definitions,
    drawing,
    end,
    error_event,
    escalation,
    event_gateway,
    event_sub,
    exclusive,
    flow,
    flows,
    inclusive,
    link,
    message,
    parallel,
    process,
    receive,
    script,
    send,
    service,
    signal,
    standard_loop,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    transaction,
    users,
)

_TABLE = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:xsi="{XSI}" id="ds" name="ds" namespace="t">
<decision id="rate" name="rate"><decisionTable id="dt" hitPolicy="UNIQUE">
<input id="i1" label="n"><inputExpression id="ie" typeRef="number"><text>n</text></inputExpression></input>
<output id="o1" label="level" name="level" typeRef="string"/>
<rule id="r1"><inputEntry id="c1"><text>&lt; 5</text></inputEntry>
<outputEntry id="c2"><text>"low"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c3"><text>[5..10]</text></inputEntry>
<outputEntry id="c4"><text>"high"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def _events() -> dict[str, bytes]:
    handled = event_sub("ev", start("s2", error_event("no")), users("c"), end("e2"), flows("s2 > c > e2"))
    undo = boundary("bad", "a", compensation()) + task("userTask", "undo", isForCompensation="true")
    booked = transaction("t", start("s1"), users("a"), end("c1", cancel()), undo, flows("s1 > a > c1"),
                         association("bad", "undo"))  # fmt: skip
    inside = sub("in", start("s1"), users("a"), throw("x", escalation("up")), end("e1", error_event("no")),
                 flows("s1 > a > x > e1"))  # fmt: skip
    sides = boundary("late", "a", timer(cycle="R3/PT1H"), interrupting=False)
    sides += boundary("told", "a", message("m")) + boundary("sure", "a", condition("n > 3"))
    return {
        "message": drawing(start(), catch("c", message("m")), users("a"), end("e", message("done")),
                           flows("s > c > a > e")),
        "tasks": drawing(start(), send("o", "m"), receive("i", "m"), end(), flows("s > o > i > e")),
        "signal": drawing(start(), parallel("g"), catch("c", signal("go")), users("a"), end(), end("e2", signal("go")),
                          flows("s > g > c > e; g > a > e2")),
        "timer": drawing(start(), catch("w", timer(duration="PT1H")), end(), flows("s > w > e")),
        "start": drawing(start("s", message("m")), start("s2", timer(cycle="R2/PT1H")), users("a"), end(),
                         flows("s > a > e; s2 > a")),
        "boundary": drawing(start(), users("a"), sides, end(), flows("s > a > e; late > e; told > e; sure > e")),
        "choice": drawing(start(), event_gateway("g"), catch("c", message("m")), catch("w", timer(duration="PT1H")),
                          end(), flows("s > g > c > e; g > w > e")),
        "errors": drawing(start(), inside, boundary("b", "in", escalation("up"), interrupting=False),
                          boundary("b2", "in", error_event("other")), handled, end(),
                          flows("s > in > e; b > e; b2 > e")),
        "undo": drawing(start(), booked, boundary("gone", "t", cancel()), end(), users("z"),
                        flows("s > t > e; gone > z > e")),
        "link": drawing(start(), throw("o", link("L")), catch("i", link("L")), end("e", terminate()),
                        flows("s > o; i > e")),
    }  # fmt: skip


def _activities() -> dict[str, bytes]:
    each = collection_loop("names", "one", into="all", of="out", until="nrOfCompletedInstances >= 2")
    times = cardinality_loop("n", sequential=True)
    called = process(start("s2"), users("b"), end("e2"), flows("s2 > b > e2"), identity="q", executable=False)
    chosen = exclusive("x", default="x-b") + users("a", "b") + inclusive("i") + inclusive("j") + users("c", "d")
    routes = flows("s > x > b > i; a > i; c > j; d > j > e") + flow("x", "a", "n > 3")
    routes += flow("i", "c", "n > 1") + flow("i", "d", "ready")
    joined = complex_gateway("k", "activationCount >= 2")
    return {
        "gateways": drawing(start(), chosen, end(), routes),
        "complex": drawing(start(), parallel("g"), users("a", "b", "c"), joined, end(),
                           flows("s > g > a > k > e; g > b > k; g > c > k")),
        "loops": drawing(start(), task("userTask", "a", each), script("b", "n = n + 1", times),
                         task("userTask", "c", standard_loop("loopCounter < 2", loopMaximum="3")), end(),
                         flows("s > a > b > c > e")),
        "nested": drawing(start(), sub("one", start("s1"), sub("two", start("s2"), users("a"), end("e2"),
                          flows("s2 > a > e2")), end("e1"), flows("s1 > two > e1")), data_object("d"), end(),
                          flows("s > one > e")),
        "called": definitions(process(start(), call("a", "q"), end(), flows("s > a > e")), called),
        "loose": drawing(start(), ad_hoc("a", users("b", "c"), condition="n > 5"), end(), flows("s > a > e")),
        "service": drawing(start(), service("a"), script("b", "text = str(n)\nn = n * 2"), end(),
                           flows("s > a > b > e")),
    }  # fmt: skip


def bases() -> dict[str, Mapping[str, bytes]]:
    """Every start by its name: the files that run together."""
    decided = drawing(
        start(), task("businessRuleTask", "a", **{"camunda:decisionRef": "rate", "camunda:resultVariable": "r"}),
        end(), flows("s > a > e"),
    )  # fmt: skip
    ours = {path.parent.name: path.read_bytes() for path in sorted(ROOT.glob("processes/*/process.bpmn"))}
    single = {**_events(), **_activities(), **ours}
    found: dict[str, Mapping[str, bytes]] = {name: {"p.bpmn": data} for name, data in single.items()}
    return {**found, "decision": {"p.bpmn": decided, "rate.dmn": _TABLE.encode()}}
