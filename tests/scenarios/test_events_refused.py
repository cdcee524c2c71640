"""Events drawn against the standard are refused before anything runs, at the element that is wrong."""

import pytest

from engine.runtime.standalone import DiagramRejected, Run
from tests.scenarios.drawing import (
    boundary,
    catch,
    compensation,
    condition,
    definition_ref,
    drawing,
    element,
    end,
    error_event,
    event_gateway,
    event_sub,
    exclusive,
    flows,
    link,
    message,
    parallel,
    receive,
    signal,
    start,
    sub,
    terminate,
    throw,
    timer,
    users,
)

PLAIN = (start(), users("a"), end(), flows("s > a > e"))
HANDLER = (users("b"), end("e2"), flows("s2 > b > e2"))

REFUSED = {
    "event sub-process with a none start (10.3.5)": ("h s2", (*PLAIN, event_sub("h", start("s2"), *HANDLER))),
    "event sub-process with two starts (10.3.5)": (
        "h s2 s3", (*PLAIN, event_sub("h", start("s2", message("m")), start("s3", signal("g")), *HANDLER,
                                      flows("s3 > b"))),
    ),
    "event sub-process with an incoming flow (10.3.5)": (
        "h a-h a", (*PLAIN, event_sub("h", start("s2", message("m")), *HANDLER), flows("a > h")),
    ),
    "event sub-process with an outgoing flow (10.3.5)": (
        "h h-e e", (*PLAIN, event_sub("h", start("s2", message("m")), *HANDLER), flows("h > e")),
    ),
    "error start that does not interrupt (10.5.2)": (
        "s2", (*PLAIN, event_sub("h", start("s2", error_event("E1"), interrupting=False), *HANDLER)),
    ),
    "error start of a process (10.5.2)": ("s", (start("s", error_event("E1")), end(), flows("s > e"))),
    "start event of a sub-process with a trigger (10.5.2)": (
        "s1", (start(), end(), flows("s > i > e"), sub("i", start("s1", message("m")), end("e1"), flows("s1 > e1"))),
    ),
    "start event with an incoming flow (10.5.2)": ("s a-s", (*PLAIN, flows("a > s"))),
    "end event with an outgoing flow (10.5.3)": ("e e-a", (*PLAIN, flows("e > a"))),
    "boundary event without a trigger (10.5.4)": ("x", (*PLAIN, boundary("x", "a"), flows("x > e"))),
    "boundary event with an incoming flow (10.5.4)": (
        "x a-x", (*PLAIN, boundary("x", "a", message("m")), flows("x > e; a > x")),
    ),
    "boundary event on nothing (10.5.4)": ("x", (*PLAIN, boundary("x", "nothing", message("m")), flows("x > e"))),
    "boundary event on a gateway (10.5.4)": (
        "x", (start(), exclusive("g"), end(), flows("s > g > e; x > e"), boundary("x", "g", message("m"))),
    ),
    "error boundary that does not interrupt (10.5.4)": (
        "x", (*PLAIN, boundary("x", "a", error_event("E1"), interrupting=False), flows("x > e")),
    ),
    "compensation boundary with a flow (10.5.4)": (
        "x x-e", (*PLAIN, boundary("x", "a", compensation()), flows("x > e")),
    ),
    "compensation boundary without a handler (10.5.4)": ("x", (*PLAIN, boundary("x", "a", compensation()))),
    "compensation of an unknown activity (10.5.6)": ("e", (start(), end("e", compensation("ghost")), flows("s > e"))),
    "catch event without a trigger (10.5.4)": ("c", (start(), catch("c"), end(), flows("s > c > e"))),
    "thrown timer (10.5.4)": ("t", (start(), throw("t", timer(duration="PT1H")), end(), flows("s > t > e"))),
    "caught error in the flow (10.5.4)": ("c", (start(), catch("c", error_event("E1")), end(), flows("s > c > e"))),
    "thrown error in the flow (10.5.4)": ("t", (start(), throw("t", error_event("E1")), end(), flows("s > t > e"))),
    "end event with a timer (10.5.3)": ("e", (start(), end("e", timer(duration="PT1H")), flows("s > e"))),
    "end event with a condition (10.5.3)": ("e", (start(), end("e", condition("x")), flows("s > e"))),
    "terminate in the middle (10.5.3)": ("t", (start(), throw("t", terminate()), end(), flows("s > t > e"))),
    "link throw without a catch (10.5.5)": ("t", (start(), throw("t", link("L")), flows("s > t"))),
    "two link catches of one name (10.5.5)": (
        "t k1 k2", (start(), throw("t", link("L")), catch("k1", link("L")), catch("k2", link("L")), end(),
                  flows("s > t; k1 > e; k2 > e")),
    ),
    "link into a sub-process (10.5.5)": (
        "t k", (start(), sub("i", start("s1"), catch("k", link("L")), end("e1"), flows("s1 > e1; k > e1")),
                throw("t", link("L")), flows("s > i > t")),
    ),
    "timer without a time (10.5.5)": ("c", (start(), catch("c", timer()), end(), flows("s > c > e"))),
    "no duration (10.5.5)": ("c", (start(), catch("c", timer(duration="1 hour")), end(), flows("s > c > e"))),
    "no cycle (10.5.5)": ("c", (start(), catch("c", timer(cycle="R/PT0S")), end(), flows("s > c > e"))),
    "no date (10.5.5)": ("c", (start(), catch("c", timer(date="2026-02-30")), end(), flows("s > c > e"))),
    "a condition outside the language (10.5.5)": (
        "c", (start(), catch("c", condition("__import__('os')")), end(), flows("s > c > e")),
    ),
    "message event without a message (10.5.5)": (
        "c", (start(), catch("c", element("messageEventDefinition")), end(), flows("s > c > e")),
    ),
    "an unknown message (10.5.5)": (
        "c", (start(), catch("c", element("messageEventDefinition", "", messageRef="ghost")), end(),
              flows("s > c > e")),
    ),
    "an unknown signal (10.5.5)": (
        "t", (start(), throw("t", element("signalEventDefinition", "", signalRef="ghost")), end(), flows("s > t > e")),
    ),
    "an unknown definition (10.5.1)": ("c", (start(), catch("c", definition_ref("ghost")), end(), flows("s > c > e"))),
    "an event gateway before a user task (10.6.6)": (
        "g g-a a", (start(), event_gateway("g"), catch("c", message("m")), users("a"), end(),
                    flows("s > g > c > e; g > a > e")),
    ),
    "an event gateway with messages and receive tasks (10.6.6)": (
        "g c r", (start(), event_gateway("g"), catch("c", message("m")), receive("r", "n"), end(),
                  flows("s > g > c > e; g > r > e")),
    ),
    "an event gateway whose target has another flow in (10.6.6)": (
        "g c a-c", (start(), parallel("f"), event_gateway("g"), catch("c", message("m")), catch("d", signal("n")),
                    users("a"), end(), flows("s > f > g > c > e; g > d > e; f > a > c")),
    ),
    "a parallel event gateway in the flow (10.6.6)": (
        "g", (start(), event_gateway("g", parallel=True), catch("c", message("m")), catch("d", signal("n")), end(),
              flows("s > g > c > e; g > d > e")),
    ),
    "an instantiating gateway with a flow in (10.6.6)": (
        "g s-g", (start(), event_gateway("g", instantiate=True), catch("c", message("m")), catch("d", message("n")),
                  end(), flows("s > g > c > e; g > d > e")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", REFUSED)
def test_what_breaks_a_rule_for_events_is_refused(rule: str) -> None:
    elements, parts = REFUSED[rule]
    with pytest.raises(DiagramRejected) as refused:
        Run({"p.bpmn": drawing(*parts)})
    assert {finding.element for finding in refused.value.findings if finding.level == "error"} & set(elements.split())
