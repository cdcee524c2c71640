"""Data objects, inputs, outputs, transformations and assignments (BPMN 2.0.2, 10.4, 13.3.1)."""

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    data_object,
    definitions,
    drawing,
    element,
    end,
    exclusive,
    expression,
    flow,
    flows,
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


def io(inputs: str = "", outputs: str = "") -> str:
    """An ioSpecification; ids and names are the same words."""
    read = [element("dataInput", name, name=name) for name in inputs.split()]
    written = [element("dataOutput", name, name=name) for name in outputs.split()]
    sets = element("inputSet", "", *(element("dataInputRefs", "", name) for name in inputs.split()))
    sets += element("outputSet", "", *(element("dataOutputRefs", "", name) for name in outputs.split()))
    return element("ioSpecification", "", "".join([*read, *written, sets]))


def into(target: str, *sources: str, transformation: str = "", assign: tuple[str, str] | None = None) -> str:
    """What an activity reads."""
    return _association("dataInputAssociation", target, sources, transformation, assign)


def out(target: str, *sources: str, transformation: str = "", assign: tuple[str, str] | None = None) -> str:
    """What an activity writes."""
    return _association("dataOutputAssociation", target, sources, transformation, assign)


def _association(
    kind: str, target: str, sources: tuple[str, ...], transformation: str, assign: tuple[str, str] | None
) -> str:
    inner = "".join(element("sourceRef", "", source) for source in sources) + element("targetRef", "", target)
    inner += expression("transformation", transformation) if transformation else ""
    if assign:
        inner += element("assignment", "", expression("from", assign[0]) + expression("to", assign[1]))
    return element(kind, "", inner)


def reference(identity: str, to: str) -> str:
    """A data object reference."""
    return element("dataObjectReference", identity, dataObjectRef=to)


# Data objects


def test_a_data_object_is_a_value_by_its_id(begin: Begin) -> None:
    play = begin(
        drawing(data_object("fee", name="The fee"), start(), script("w", "fee = 5"), exclusive("x", default="x-b"),
                users("a", "b"), end(), flows("s > w > x > b > e; a > e"), flow("x", "a", "fee == 5"))
    )  # fmt: skip
    assert play.open == ["a"]
    assert play.data["fee"] == 5
    play.do("a", fee=6)
    assert play.data["fee"] == 6


def test_a_data_object_takes_its_value_from_the_start_values(begin: Begin) -> None:
    play = begin(
        drawing(data_object("fee"), start(), script("w", "twice = fee * 2"), end(), flows("s > w > e")), data={"fee": 4}
    )
    play.ended(data={"fee": 4, "twice": 8})


def test_a_data_object_nobody_wrote_is_told_in_words(begin: Begin) -> None:
    play = begin(
        drawing(data_object("fee"), start(), users("u"), script("w", "twice = fee * 2"), end(), flows("s > u > w > e"))
    )
    with play.refused(BinglianError):
        play.do("u")
    play.do("u", fee=1)
    assert play.data == {"fee": 1, "twice": 2}


# Outputs


def test_a_person_writes_an_output_to_a_data_object(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="result"), out("fee", "result"))
    play = begin(drawing(data_object("fee"), start(), activity, users("z"), end(), flows("s > t > z > e")))
    play.do("t", result=7)
    assert play.open == ["z"]
    assert play.data["fee"] == 7
    assert "result" not in play.data, "an output of the task is the task's own"


def test_by_a_reference(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="result"), out("ref", "result"))
    play = begin(drawing(data_object("fee"), reference("ref", "fee"), start(), activity, end(), flows("s > t > e")))
    play.do("t", result=7)
    assert play.data["fee"] == 7


def test_two_references_to_one_object_are_one_value(begin: Begin) -> None:
    first = task("userTask", "t1", io(outputs="r1"), out("ref1", "r1"))
    second = script("t2", "r2 = got + 1", io("got", "r2"), into("got", "ref2"), out("ref1", "r2"))
    play = begin(
        drawing(data_object("fee"), reference("ref1", "fee"), reference("ref2", "fee"), start(), first, second, end(),
                flows("s > t1 > t2 > e"))
    )  # fmt: skip
    play.do("t1", r1=7)
    play.ended("s t1 t2 e")
    assert play.data["fee"] == 8


def test_a_transformation_of_an_output(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="result"), out("fee", "result", transformation="result * 2 + 1"))
    play = begin(drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")))
    play.do("t", result=7)
    assert play.data["fee"] == 15


def test_an_assignment_of_an_output(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="result"), out("fee", "result", assign=('result["amount"]', "fee")))
    play = begin(drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")))
    play.do("t", result={"amount": 3, "other": 4})
    assert play.data["fee"] == 3


def test_an_assignment_into_a_part_of_the_object(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="result"), out("form", "result", assign=("result", 'form["amount"]')))
    play = begin(
        drawing(data_object("form"), start(), activity, end(), flows("s > t > e")), data={"form": {"who": "x"}}
    )
    play.do("t", result=3)
    assert play.data["form"] == {"who": "x", "amount": 3}


def test_two_outputs_to_two_objects(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="r1 r2"), out("fee", "r1"), out("tax", "r2", transformation="r1 + r2"))
    play = begin(drawing(data_object("fee"), data_object("tax"), start(), activity, end(), flows("s > t > e")))
    play.do("t", r1=1, r2=2)
    assert (play.data["fee"], play.data["tax"]) == (1, 3)


def test_a_transformation_that_fails_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="result"), out("fee", "result", transformation="1 / result"))
    play = begin(drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")))
    with play.refused(BinglianError):
        play.do("t", result=0)
    play.do("t", result=2)
    assert play.data["fee"] == 0.5


def test_a_transformation_outside_the_language_is_a_finding(begin: Begin) -> None:
    activity = task("userTask", "t", io(outputs="result"), out("fee", "result", transformation="result.x"))
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")))
    assert [finding.element for finding in refused.value.findings] == ["t"]


# Inputs


def test_a_script_reads_its_input(begin: Begin) -> None:
    activity = script("t", "total = amount + 1", io("amount"), into("amount", "fee"))
    play = begin(drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")), data={"fee": 4})
    assert play.data["total"] == 5
    assert "amount" not in play.data, "an input is the activity's own"


def test_an_input_hides_a_value_of_the_same_name_only_inside(begin: Begin) -> None:
    activity = script("t", "total = amount", io("amount"), into("amount", "fee"))
    play = begin(
        drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")), data={"fee": 4, "amount": 100}
    )
    assert play.data == {"fee": 4, "amount": 100, "total": 4}


def test_a_transformation_of_several_sources(begin: Begin) -> None:
    activity = script("t", "total = amount", io("amount"), into("amount", "fee", "tax", transformation="fee + tax"))
    play = begin(
        drawing(data_object("fee"), data_object("tax"), start(), activity, end(), flows("s > t > e")),
        data={"fee": 4, "tax": 3},
    )
    assert play.data["total"] == 7


def test_an_assignment_of_an_input(begin: Begin) -> None:
    activity = script("t", "total = amount", io("amount"), into("amount", assign=("fee * 3", "amount")))
    play = begin(drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")), data={"fee": 4})
    assert play.data["total"] == 12


def test_a_service_gets_its_inputs_and_gives_its_outputs(begin: Begin) -> None:
    seen: list[object] = []

    def price(values: dict[str, object]) -> dict[str, object]:
        seen.append(values["amount"])
        return {"result": 50}

    activity = service("price", io("amount", "result"), into("amount", "count"), out("fee", "result"))
    play = begin(
        drawing(data_object("count"), data_object("fee"), start(), activity, end(), flows("s > price > e")),
        services={"price": price}, data={"count": 2},
    )  # fmt: skip
    play.ended("s price e", {"count": 2, "fee": 50})
    assert seen == [2]


def test_an_input_nobody_wrote_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    activity = script("t", "total = amount", io("amount"), into("amount", "fee"))
    play = begin(drawing(data_object("fee"), start(), users("u"), activity, end(), flows("s > u > t > e")))
    with play.refused(BinglianError):
        play.do("u")
    play.do("u", fee=2)
    assert play.data["total"] == 2


def test_a_person_sees_no_difference_when_inputs_are_declared(begin: Begin) -> None:
    activity = task("userTask", "t", io("amount"), into("amount", "fee"))
    play = begin(drawing(data_object("fee"), start(), activity, end(), flows("s > t > e")), data={"fee": 3})
    assert play.open == ["t"]
    play.do("t", other=1)
    play.ended("s t e", {"fee": 3, "other": 1})


# Many instances with declared inputs and outputs: the form the standard writes them in (10.3.8)


def per_item(sequential: str) -> str:
    """The loop over the input ``coll`` of the activity, results gathered in its output ``res``."""
    inner = element("loopDataInputRef", "", "coll") + element("loopDataOutputRef", "", "res")
    inner += element("inputDataItem", "item") + element("outputDataItem", "result")
    return element("multiInstanceLoopCharacteristics", "", inner, isSequential=sequential)


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_many_instances_over_an_input_of_the_activity(begin: Begin, sequential: str) -> None:
    activity = script(
        "t", "result = item * 2", io("coll", "res"), into("coll", "names"), out("results", "res"), per_item(sequential)
    )
    play = begin(
        drawing(data_object("names"), data_object("results"), start(), activity, end(), flows("s > t > e")),
        data={"names": [1, 2, 3]},
    )
    play.ended("s t t t e", {"names": [1, 2, 3], "results": [2, 4, 6]})


def test_many_people_over_an_input_of_the_activity(begin: Begin) -> None:
    activity = task("userTask", "t", io("coll", "res"), into("coll", "names"), out("results", "res"), per_item("false"))
    play = begin(
        drawing(data_object("names"), data_object("results"), start(), activity, end(), flows("s > t > e")),
        data={"names": ["x", "y"]},
    )
    play.do("t[1]", result="second")
    play.do("t[0]", result="first")
    play.ended("s t t e", {"names": ["x", "y"], "results": ["first", "second"]})


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_many_sub_processes_over_an_input_of_the_activity(begin: Begin, sequential: str) -> None:
    inner = script("w", 'result = item + "!"')
    activity = sub("home", inner, io("coll", "res"), into("coll", "names"), out("results", "res"), per_item(sequential))
    play = begin(
        drawing(data_object("names"), data_object("results"), start(), activity, end(), flows("s > home > e")),
        data={"names": ["x", "y"]},
    )
    play.ended(data={"names": ["x", "y"], "results": ["x!", "y!"]})


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_transformations_around_many_instances(begin: Begin, sequential: str) -> None:
    activity = script(
        "t", "result = item * 2", io("coll", "res"), into("coll", "names", transformation="names + [9]"),
        out("results", "res", transformation="sum(res)"), per_item(sequential),
    )  # fmt: skip
    play = begin(
        drawing(data_object("names"), data_object("results"), start(), activity, end(), flows("s > t > e")),
        data={"names": [1, 2]},
    )
    play.ended("s t t t e", {"names": [1, 2], "results": 24})


# Scopes


def test_associations_inside_a_sub_process_reach_objects_outside_and_its_own(begin: Begin) -> None:
    inner = (
        data_object("draft") + script("w", "r1 = 5", io(outputs="r1"), out("draft", "r1"))
        + script("v", "r2 = got * 2", io("got", "r2"), into("got", "draft"), out("final", "r2")) + flows("w > v")
    )  # fmt: skip
    play = begin(drawing(data_object("final"), start(), sub("home", inner), users("z"), end(),
                         flows("s > home > z > e")))  # fmt: skip
    assert play.open == ["z"]
    assert play.data["final"] == 10
    assert "draft" not in play.data


def test_the_own_object_of_a_sub_process_is_fresh_each_time(begin: Begin) -> None:
    inner = data_object("draft") + users("a") + script("w", "draft = note\nseen = seen + [draft]") + flows("a > w")
    play = begin(
        drawing(start(), exclusive("m"), sub("home", inner), exclusive("x", default="x-e"), end(),
                flows("s > m > home > x > e"), flow("x", "m", "len(seen) < 2")),
        data={"seen": []},
    )  # fmt: skip
    play.do("a", note="one")
    play.do("a", note="two")
    play.ended(data={"seen": ["one", "two"], "note": "two"})


def test_a_person_in_a_sub_process_writes_its_own_object(begin: Begin) -> None:
    inner = data_object("draft") + users("a") + script("w", "final = draft + 1") + flows("a > w")
    play = begin(drawing(start(), sub("home", inner), end(), flows("s > home > e")))
    play.do("a", draft=1)
    play.ended(data={"final": 2})


def test_a_boundary_event_keeps_what_was_written_so_far(begin: Begin) -> None:
    inner = data_object("draft") + users("a", "b") + flows("a > b")
    play = begin(
        drawing(start(), sub("home", inner), boundary("stop", "home", signal("stop")), users("y"), end(),
                flows("s > home > e; stop > y > e"))
    )  # fmt: skip
    play.do("a", outer=1, draft=2)
    play.signal("stop")
    assert play.open == ["y"]
    assert play.data == {"outer": 1}


def test_a_property_of_a_sub_process_stays_inside(begin: Begin) -> None:
    inner = element("property", "draft", name="draft") + script("w", "draft = 3\nfinal = draft + 1")
    play = begin(drawing(start(), sub("home", inner), end(), flows("s > home > e")))
    play.ended(data={"final": 4})


def test_what_one_reference_to_a_data_store_writes_the_other_reads(begin: Begin) -> None:
    store = element("dataStore", "registry", name="Registry")
    body = process(
        element("dataStoreReference", "ref1", dataStoreRef="registry"),
        element("dataStoreReference", "ref2", dataStoreRef="registry"),
        start(), task("userTask", "t", io(outputs="result"), out("ref1", "result")),
        script("w", "got = amount", io("amount"), into("amount", "ref2")), end(), flows("s > t > w > e"),
    )  # fmt: skip
    play = begin(definitions(store, body))
    play.do("t", result=7)
    play.ended("s t w e")
    assert play.data["got"] == 7


def test_properties_of_a_process_are_values(begin: Begin) -> None:
    play = begin(
        drawing(element("property", "fee", name="fee"), start(), script("w", "fee = 3"), end(), flows("s > w > e"))
    )
    play.ended("s w e")
    assert play.data["fee"] == 3
