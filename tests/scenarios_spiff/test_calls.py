"""Called processes and what belongs together: CallActivity*Test, IOSpecTest, SameNameBugTest, ClashingName2Test,
InvalidProcessIDTest, InvalidWorkflowsTest, ProcessDependencyTest, ProcessParserTest, ParserTest and CustomScriptTest.
"""

from typing import Any

import pytest

from engine.diagram.lint import check_sources
from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    call,
    catch,
    definitions,
    drawing,
    end,
    exclusive,
    flow,
    flows,
    message,
    process,
    script,
    service,
    signal,
    start,
    sub,
    task,
    users,
)
from tests.scenarios.runs import Begin
from tests.scenarios_spiff.steps import io, straight


def called(identity: str, *middle: str, path: str, inside: str = "") -> str:
    """A process that is only called."""
    n = identity
    return process(
        inside, start(f"s-{n}"), *middle, end(f"e-{n}"), flows(f"s-{n} > {path} > e-{n}"), identity=n, executable=False
    )


def findings(sources: bytes | dict[str, bytes], begin: Begin, **keywords: Any) -> list[str]:
    """The elements for which the files are refused."""
    with pytest.raises(DiagramRejected) as refused:
        begin(sources, **keywords)
    return [finding.element for finding in refused.value.findings if finding.level == "error"]


# Values


def test_values_go_in_and_what_was_written_comes_back(begin: Begin) -> None:
    main = process(straight(script("w", 'before = "text"'), call("c", "greeting"), path="w > c"))
    other = called("greeting", script("v", 'greeted = "World"\nlong = before + "!"'), path="v")
    play = begin(definitions(main, other))
    play.ended("s w s-greeting v e-greeting c e", {"before": "text", "greeted": "World", "long": "text!"})


def test_an_error_in_a_called_process_is_told_in_words_and_nothing_has_happened(begin: Begin) -> None:
    main = process(straight(users("a"), call("c", "broken"), path="a > c"))
    play = begin(definitions(main, called("broken", script("w", "x = missing"), path="w")))
    with play.refused(BinglianError, "missing"):
        play.do("a")
    play.do("a", missing=1)
    play.ended(data={"missing": 1, "x": 1})


def test_an_error_names_the_element_and_the_call_in_which_it_happened(begin: Begin) -> None:
    main = process(straight(users("a"), call("calling", "broken"), path="a > calling"))
    play = begin(definitions(main, called("broken", script("computing", "x = missing"), path="computing")))
    with pytest.raises(BinglianError) as caught:
        play.do("a")
    assert "computing" in str(caught.value)
    assert "calling" in str(caught.value)


def test_values_pass_through_calls_and_sub_processes_at_every_depth(begin: Begin) -> None:
    main = process(straight(script("w", "a = 1"), call("c", "one"), path="w > c"))
    inner = sub("home", start("s1"), script("v2", "c = b"), end("e1"), flows("s1 > v2 > e1"))
    one = called("one", script("v", "b = a"), inner, call("d", "two"), path="v > home > d")
    play = begin(definitions(main, one, called("two", script("u", "d = c"), path="u")))
    play.ended(data={"a": 1, "b": 1, "c": 1, "d": 1})


def with_inputs_and_outputs(first: str, *, gives: str = "out1 = in1 * 2\nout2 = in2 + '!'\nunused = False") -> bytes:
    """A caller that writes values, and a called process that declares two inputs and two outputs."""
    main = process(straight(users("a"), script("w", first), call("c", "q"), users("z"), path="a > w > c > z"))
    return definitions(
        main, called("q", users("b"), script("v", gives), path="b > v", inside=io("in1 in2", "out1 out2"))
    )


def test_a_called_process_gives_back_only_its_declared_outputs(begin: Begin) -> None:
    play = begin(with_inputs_and_outputs('in1 = 1\nin2 = "hello"\nunused = True'))
    play.do("a", "b")
    assert play.open == ["z"]
    assert play.data == {"in1": 1, "in2": "hello", "unused": True, "out1": 2, "out2": "hello!"}


def test_a_called_process_sees_only_its_declared_inputs(begin: Begin) -> None:
    play = begin(with_inputs_and_outputs('in1 = 1\nin2 = "hello"\nunused = True', gives="out1 = unused\nout2 = in2"))
    play.do("a")
    with play.refused(BinglianError, "unused"):
        play.do("b")


def test_a_declared_input_that_is_not_there_is_told_before_the_called_process_runs(begin: Begin) -> None:
    play = begin(with_inputs_and_outputs("in1 = 1\nunused = True"))
    with play.refused(BinglianError, "in2"):
        play.do("a")


def test_a_declared_output_that_is_not_there_is_told(begin: Begin) -> None:
    play = begin(with_inputs_and_outputs('in1 = 1\nin2 = "x"', gives="out1 = in1"))
    play.do("a")
    with play.refused(BinglianError, "out2"):
        play.do("b")


# What belongs together


def test_the_same_ids_in_two_files(begin: Begin) -> None:
    main = definitions(process(straight(script("a", "n = 1"), call("c", "other"), path="a > c")))
    other = definitions(process(straight(script("a", "n = n + 1"), path="a"), identity="other", executable=False))
    begin({"p.bpmn": main, "o.bpmn": other}).ended("s a s a e c e", {"n": 2})


def test_one_id_twice_in_one_file_is_refused(begin: Begin) -> None:
    twice = drawing(straight(users("a", "b"), path="a > b")).replace(b'id="b"', b'id="a"')
    assert "a" in findings(twice, begin)


def test_a_process_id_that_is_not_there(begin: Begin) -> None:
    assert findings(drawing(straight(users("a"), path="a")), begin, process_id="other")


def test_a_called_process_that_is_not_there(begin: Begin) -> None:
    assert findings(drawing(straight(call("c", "missing"), path="c")), begin) == ["c"]


DECISION = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dmn" name="fees" namespace="t">
<decision id="fees" name="fees"><decisionTable id="t" hitPolicy="UNIQUE"><input id="i"><inputExpression id="ie">
<text>area</text></inputExpression></input><output id="o" name="fee"/><rule id="r"><inputEntry id="x">
<text>&gt; 1</text></inputEntry><outputEntry id="y"><text>10</text></outputEntry></rule></decisionTable></decision>
</definitions>"""


def test_everything_a_process_needs_is_asked_for_and_then_it_runs(begin: Begin) -> None:
    decide = task("businessRuleTask", "d", **{"camunda:decisionRef": "fees"})
    sources = {
        "p.bpmn": definitions(process(straight(call("c1", "two"), call("c2", "two-b"), decide, path="c1 > c2 > d")))
    }
    assert sorted(findings(sources, begin)) == ["c1", "c2", "d"]
    sources["2.bpmn"] = definitions(called("two", call("c3", "three"), path="c3"))
    sources["2b.bpmn"] = definitions(called("two-b", script("w", "area = 2"), path="w"))
    assert sorted(findings(sources, begin)) == ["c3", "d"]
    sources |= {"3.bpmn": definitions(called("three", script("v", "n = 1"), path="v")), "fees.dmn": DECISION}
    begin(sources).ended(data={"n": 1, "area": 2, "fee": 10})


def test_a_process_that_is_not_executable_is_not_run(begin: Begin) -> None:
    assert findings(definitions(process(straight(users("a"), path="a"), executable=False)), begin)


# What the library cannot read, and we can


def test_without_a_start_event_the_first_task_starts(begin: Begin) -> None:
    play = begin(drawing(users("a"), end(), flows("a > e")))
    play.do("a")
    play.ended("a e")


def test_a_process_may_call_itself(begin: Begin) -> None:
    play = begin(
        drawing(start(), script("w", "n = n - 1"), exclusive("x", default="x-e"), call("c", "p"), end(),
                flows("s > w > x > e; c > e"), flow("x", "c", "n > 0")),
        data={"n": 3},
    )  # fmt: skip
    play.ended(data={"n": 0})
    assert play.done.count("w") == 3


def test_a_business_rule_task_without_a_decision_is_for_a_person(begin: Begin) -> None:
    play = begin(drawing(straight(task("businessRuleTask", "a"), path="a")))
    play.do("a", fee=1)
    play.ended("s a e", {"fee": 1})


def test_two_start_events_without_a_trigger_are_refused(begin: Begin) -> None:
    two = drawing(start(), start("s2"), users("a", "b"), end(), flows("s > a > e; s2 > b > e"))
    assert findings(two, begin) == ["s2"]


def test_an_event_that_nothing_leads_to_is_told(begin: Begin) -> None:
    loose = drawing(start(), users("a", "b"), catch("c", message("m")), end(), flows("s > a > e; c > b > e"))
    assert "c" in {finding.element for finding in check_sources({"p.bpmn": loose})}
    play = begin(loose)
    assert (play.open, play.waiting) == (["a"], [])


# One task behind two gateways, with a boundary event


@pytest.mark.parametrize(("way", "task_"), [(1, "b"), (2, "b"), (3, "a")])
def test_a_task_with_a_boundary_event_behind_two_gateways(begin: Begin, way: int, task_: str) -> None:
    play = begin(
        drawing(start(), exclusive("x1", default="x1-b"), exclusive("x2", default="x2-a"), users("a", "b"),
                boundary("on-a", "a", signal("stop")), boundary("on-b", "b", signal("stop")), end(), end("e1"),
                flows("s > x1 > b > e; x2 > a > e; on-a > e1; on-b > e1"), flow("x1", "x2", "way > 1"),
                flow("x2", "b", "way == 2")),
        data={"way": way},
    )  # fmt: skip
    assert (play.open, play.waiting) == ([task_], [f"on-{task_}"])
    assert play.signal("stop") == 1
    play.ended()
    assert play.done[-1] == "e1"


# Functions of one's own


def upper(values: dict[str, Any]) -> dict[str, Any]:
    """Writes the text in capitals."""
    return {"result": str(values["text"]).upper()}


def shouting(number: int) -> tuple[str, str]:
    """A script before the service, and one that keeps its result."""
    texts = ("hello", "goodbye", "arrivederci")
    return script(f"w{number}", f'text = "{texts[number]}"'), script(f"v{number}", f"c{number} = result")


def test_a_function_of_one_s_own_is_there_in_called_processes_and_sub_processes(begin: Begin) -> None:
    shout = [service(f"shout{n}", implementation="upper") for n in range(3)]
    inner = sub("home", start("s1"), *shouting(1), shout[1], end("e1"), flows("s1 > w1 > shout1 > v1 > e1"))
    main = process(straight(*shouting(0), shout[0], inner, call("c", "other"), path="w0 > shout0 > v0 > home > c"))
    other = called("other", *shouting(2), shout[2], path="w2 > shout2 > v2")
    play = begin(definitions(main, other), services={"upper": upper}, data={"upper": "a value of that name"})
    play.ended()
    assert [play.data[f"c{n}"] for n in range(3)] == ["HELLO", "GOODBYE", "ARRIVEDERCI"]


def test_a_service_task_runs_its_service(begin: Begin) -> None:
    seen: list[Any] = []
    play = begin(
        drawing(straight(service("post", implementation="slack"), path="post")), data={"channel": "#", "text": "test"},
        services={"slack": lambda values: seen.append((values["channel"], values["text"]))},
    )  # fmt: skip
    play.ended("s post e")
    assert seen == [("#", "test")]
