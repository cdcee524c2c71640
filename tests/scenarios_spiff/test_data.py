"""Data and scripts: DataObject*Test, DataStoreReferenceTest, IOSpecTest (on a task), ScriptTest,
PythonScriptEngine*Test, PythonExpressionEngineTest, FeelExpressionEngineTest and SwimLaneTest.
"""

from typing import Any

import pytest

from engine.diagram.lint import check_sources
from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    data_object,
    definitions,
    drawing,
    element,
    end,
    exclusive,
    flow,
    flows,
    process,
    script,
    start,
    sub,
    task,
    users,
)
from tests.scenarios.runs import Begin
from tests.scenarios_spiff.steps import io, moved, straight


def writing(name: str, *targets: str) -> str:
    """A person whose output ``result`` goes to these data objects."""
    return task("userTask", name, io(outputs="result"), *(moved("dataOutputAssociation", "result", t) for t in targets))


def reading(name: str, source: str, text: str) -> str:
    """A script whose input ``got`` comes from this data object."""
    return script(name, text, io("got"), moved("dataInputAssociation", source, "got"))


def reference(identity: str, to: str) -> str:
    """A data object reference."""
    return element("dataObjectReference", identity, dataObjectRef=to)


def test_a_data_object_is_written_and_read_by_its_references(begin: Begin) -> None:
    inner = sub("home", start("s1"), users("inside"), end("e1"), flows("s1 > inside > e1"))
    play = begin(
        drawing(data_object("letter"), reference("out", "letter"), reference("in", "letter"), start(),
                writing("write", "out"), users("between"), reading("read", "in", "seen = got"), inner, end(),
                flows("s > write > between > read > home > e"))
    )  # fmt: skip
    play.do("write", result="hello")
    assert play.data == {"letter": "hello"}, "the output is the task's own, the object has its value"
    play.do("between", other=1)
    assert play.data == {"letter": "hello", "other": 1, "seen": "hello"}
    play.do("inside", letter="hello again")
    play.ended(data={"letter": "hello again", "other": 1, "seen": "hello"})


def test_a_data_object_nobody_wrote_is_told_when_it_is_read(begin: Begin) -> None:
    play = begin(
        drawing(data_object("letter"), straight(users("a"), reading("read", "letter", "seen = got"), path="a > read"))
    )
    with play.refused(BinglianError, "got"):
        play.do("a")
    play.do("a", letter="hello")
    play.ended(data={"letter": "hello", "seen": "hello"})


def test_an_output_nobody_gave_is_told(begin: Begin) -> None:
    play = begin(drawing(data_object("letter"), straight(writing("write", "letter"), path="write")))
    with play.refused(BinglianError, "result"):
        play.do("write")
    play.do("write", result="hello")
    play.ended(data={"letter": "hello"})


def test_a_gateway_reads_a_data_object(begin: Begin) -> None:
    play = begin(
        drawing(data_object("fine"), start(), writing("write", "fine"), exclusive("x", default="x-no"), end("yes"),
                end("no"), flows("s > write > x > no"), flow("x", "yes", "fine"))
    )  # fmt: skip
    play.do("write", result=True)
    play.ended("s write x yes", {"fine": True})


def with_store(*parts: str) -> bytes:
    """A process with a data store and a reference to it."""
    store = element("dataStore", "who", name="Who")
    return definitions(store, process(element("dataStoreReference", "ref", dataStoreRef="who"), *parts))


def test_a_data_store_is_written_and_read(begin: Begin) -> None:
    first = script("w", 'who = "Sue"', moved("dataOutputAssociation", "", "ref"))
    play = begin(with_store(straight(first, script("v", "n = 1"), reading("u", "ref", "x = got"), path="w > v > u")))
    play.ended()
    assert play.data["x"] == "Sue"


def test_a_data_store_is_not_kept_beyond_the_run_and_that_is_told(begin: Begin) -> None:
    sources = with_store(straight(users("a"), reading("u", "ref", "x = got"), path="a > u"))
    assert "ref" in {finding.element for finding in check_sources({"p.bpmn": sources})}
    play = begin(sources)
    with play.refused(BinglianError):
        play.do("a")
    play.do("a", who="Joe")
    assert play.data["x"] == "Joe"


def test_inputs_and_outputs_of_a_task_by_data_objects(begin: Begin) -> None:
    activity = task(
        "manualTask", "a", io("in1 in2", "out1 out2"), moved("dataInputAssociation", "first", "in1"),
        moved("dataInputAssociation", "second", "in2"), moved("dataOutputAssociation", "out1", "third"),
        moved("dataOutputAssociation", "out2", "fourth"),
    )  # fmt: skip
    names = ("first", "second", "third", "fourth")
    play = begin(
        drawing("".join(data_object(name) for name in names), straight(activity, path="a")),
        data={"first": 1, "second": "hello"},
    )
    play.do("a", out1=1, out2="bye")
    play.ended(data={"first": 1, "second": "hello", "third": 1, "fourth": "bye"})


def test_an_input_of_a_task_that_is_not_there_is_told(begin: Begin) -> None:
    activity = task("manualTask", "a", io("in1"), moved("dataInputAssociation", "first", "in1"))
    play = begin(drawing(data_object("first"), straight(users("z"), activity, path="z > a")))
    with play.refused(BinglianError, "first"):
        play.do("z")


# Scripts and expressions


def test_a_script_builds_values(begin: Begin) -> None:
    text = 'one = {"a": 1, "b": 2}\none["new"] = "Test"\ntwo = [{"x": 1}, {"x": 2}]\nthree = [two[1]["x"]] + [one["a"]]'
    play = begin(drawing(straight(script("w", text), path="w")))
    play.ended(data={"one": {"a": 1, "b": 2, "new": "Test"}, "two": [{"x": 1}, {"x": 2}], "three": [2, 1]})


def test_runs_do_not_see_each_other_s_values(begin: Begin) -> None:
    begin(drawing(straight(script("w", "seen = 1"), path="w"))).ended(data={"seen": 1})
    other = begin(drawing(start(), users("a"), exclusive("x", default="x-e"), end(), end("e2"),
                          flows("s > a > x > e"), flow("x", "e2", "seen == 1")))  # fmt: skip
    with other.refused(BinglianError, "seen"):
        other.do("a")


@pytest.mark.parametrize("text", ["import os", "def f(): pass", "print(1)", "x = [n for n in y]", "x = y.upper()",
                                  "del x", "a, b = 1, 2"])  # fmt: skip
def test_a_script_outside_the_language_is_refused(begin: Begin, text: str) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(straight(script("w", text), path="w")))
    assert [finding.element for finding in refused.value.findings] == ["w"]


EXPRESSIONS: list[tuple[str, Any, dict[str, Any]]] = [
    ("len('abcd')", 4, {}), ("'XYZ' in 'abcXYZdef'", True, {}), ("'b' in x", True, {"x": ["a", "b"]}),
    ("'z' in x", False, {"x": ["a", "b"]}), ("all([True, True])", True, {}), ("all([True, False])", False, {}),
    ("any([False, False])", False, {}), ("any([True, False])", True, {}), ("a + b + c", ["a", "b", "c"],
    {"a": ["a"], "b": ["b"], "c": ["c"]}), ("a + ['c']", ["a", "c"], {"a": ["a"]}), ("'x' in a['b']", True,
    {"a": {"b": ["a", "x"]}}), ("'b' in a", True, {"a": {"b": 1}}), ("sum([1, 2])", 3, {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "data"), EXPRESSIONS, ids=[text for text, _, _ in EXPRESSIONS])
def test_what_the_library_s_expressions_do_in_our_language(
    begin: Begin, text: str, value: Any, data: dict[str, Any]
) -> None:
    play = begin(drawing(straight(script("w", f"result = {text}"), path="w")), data=data)
    play.ended(data={**data, "result": value})


def test_values_are_kept_once_however_many_tasks_there_are(begin: Begin) -> None:
    scripts = [script(f"w{n}", f'd = d + "{chr(97 + n) * 512}"') for n in range(3)]
    play = begin(drawing(straight(*scripts, users("z"), path="w0 > w1 > w2 > z")), data={"d": ""})
    assert len(play.data["d"]) == 3 * 512
    assert len(play.run.dump()) < 15_000


# Lanes


def test_lanes_say_who_and_change_nothing(begin: Begin) -> None:
    lanes = [
        element("lane", f"lane-{n}", *(element("flowNodeRef", "", name) for name in nodes.split()), name=n)
        for n, nodes in {"A": "s ask clarify", "B": "x build e"}.items()
    ]  # fmt: skip
    play = begin(
        drawing(element("laneSet", "lanes", *lanes), start(), users("ask", "clarify", "build"),
                exclusive("x", default="x-build"), end(), flows("s > ask > x > build > e; clarify > build"),
                flow("x", "clarify", "unclear"))
    )  # fmt: skip
    assert play.open == ["ask"]
    play.do("ask", unclear=True)
    assert play.open == ["clarify"]
    play.do("clarify", "build")
    play.ended("s ask x clarify build e")
