"""Many instances: ParallelMultiInstanceTest, SequentialMultiInstanceTest, SubWorkflowMultiTest, the older
MultiInstance*Test, and SequentialMultiInstanceResetTest.
"""

from typing import Any

import pytest

from engine.diagram.lint import check_sources
from engine.errors import BadInput
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    cardinality_loop,
    collection_loop,
    data_object,
    drawing,
    element,
    end,
    expression,
    flows,
    script,
    start,
    sub,
    task,
    users,
)
from tests.scenarios.runs import Begin, Play
from tests.scenarios_spiff.steps import io, moved, straight

ORDERS = pytest.mark.parametrize("sequential", [False, True], ids=["parallel", "sequential"])


def over(into: str = "given", *, sequential: bool, until: str = "") -> bytes:
    """A person for each item of ``items``, whose results ``answer`` are gathered."""
    loop = collection_loop("items", "item", into=into, of="answer", sequential=sequential, until=until)
    return drawing(straight(task("userTask", "a", loop), path="a"))


def answer_all(play: Play, answers: list[Any]) -> None:
    """Every instance gives its answer; parallel ones the last first."""
    while play.open:
        label = play.open[-1]
        play.do(label, answer=answers[int(label[2:-1])])


@ORDERS
@pytest.mark.parametrize(
    ("items", "given"), [([1, 2, 3], [2, 4, 6]), ({"a": 1, "b": 2, "c": 3}, {"a": 2, "b": 4, "c": 6})],
    ids=["list", "map"],
)  # fmt: skip
def test_a_collection_gives_a_collection_of_its_kind(begin: Begin, sequential: bool, items: Any, given: Any) -> None:
    play = begin(over(sequential=sequential), data={"items": items})
    assert play.open == (["a[0]"] if sequential else ["a[0]", "a[1]", "a[2]"])
    answer_all(play, [2, 4, 6])
    play.ended("s a a a e", {"items": items, "given": given})


@ORDERS
@pytest.mark.parametrize(("items", "given"), [([1, 2, 3], [2, 4, 6]), ({"a": 1}, {"a": 2})], ids=["list", "map"])
def test_each_instance_knows_its_item(begin: Begin, sequential: bool, items: Any, given: Any) -> None:
    loop = collection_loop("items", "item", into="given", of="answer", sequential=sequential)
    play = begin(drawing(straight(script("a", "answer = item * 2", loop), path="a")), data={"items": items})
    play.ended(data={"items": items, "given": given})


@ORDERS
def test_an_empty_collection_completes_at_once(begin: Begin, sequential: bool) -> None:
    begin(over(sequential=sequential), data={"items": []}).ended("s e", {"items": [], "given": []})


@ORDERS
def test_a_condition_over_what_was_given_so_far_ends_the_rest(begin: Begin, sequential: bool) -> None:
    play = begin(over(sequential=sequential, until="4 in given"), data={"items": [1, 2, 3]})
    if sequential:
        play.do("a[0]", answer=2)
    play.do("a[1]", answer=4)
    play.ended(data={"items": [1, 2, 3], "given": [2, 4] if sequential else [4]})
    assert play.cancelled.count("a") == (0 if sequential else 2)


@ORDERS
@pytest.mark.parametrize(("items", "given"), [([1, 2, 3], [2, 4, 6]), ({"x": 1}, {"x": 2})], ids=["list", "map"])
def test_a_collection_is_changed_in_place(begin: Begin, sequential: bool, items: Any, given: Any) -> None:
    play = begin(over("items", sequential=sequential), data={"items": items})
    answer_all(play, [2, 4, 6])
    play.ended(data={"items": given})


@ORDERS
@pytest.mark.parametrize("before", [[1, 2, 3], {}, "text"], ids=["list", "map", "text"])
def test_what_stood_where_the_results_go_is_replaced(begin: Begin, sequential: bool, before: Any) -> None:
    play = begin(over(sequential=sequential), data={"items": [1, 2], "given": before})
    answer_all(play, [2, 4])
    play.ended(data={"items": [1, 2], "given": [2, 4]})


def test_a_set_is_no_value(begin: Begin) -> None:
    with pytest.raises(BadInput):
        begin(over(sequential=False), data={"items": {1, 2, 3}})


def counted(sequential: bool, until: str = "") -> bytes:
    """Three instances whose results are gathered."""
    inner = element("loopDataOutputRef", "", "given") + element("outputDataItem", "answer", name="answer")
    loop = cardinality_loop("3", sequential=sequential, inner=inner, until=until)
    return drawing(straight(task("userTask", "a", loop), path="a"))


@ORDERS
def test_a_number_of_instances(begin: Begin, sequential: bool) -> None:
    play = begin(counted(sequential))
    answer_all(play, [0, 2, 4])
    play.ended(data={"given": [0, 2, 4]})


@ORDERS
def test_a_number_of_instances_until_a_condition_holds(begin: Begin, sequential: bool) -> None:
    play = begin(counted(sequential, until="2 in given"))
    if sequential:
        play.do("a[0]", answer=0)
    play.do("a[1]", answer=2)
    play.ended(data={"given": [0, 2] if sequential else [2]})


def test_many_instances_of_what_must_be_said(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(straight(task("userTask", "a", element("multiInstanceLoopCharacteristics")), path="a")))
    assert [finding.element for finding in refused.value.findings] == ["a"]


def test_a_number_of_instances_beside_a_collection_is_told(begin: Begin) -> None:
    inner = expression("loopCardinality", "2") + element("loopDataInputRef", "", "items")
    loop = element("multiInstanceLoopCharacteristics", "", inner)
    both = drawing(straight(task("userTask", "a", loop), path="a"))
    assert begin(both, data={"items": [1, 2, 3]}).open == ["a[0]", "a[1]", "a[2]"], "the collection decides"
    assert "a" in {finding.element for finding in check_sources({"p.bpmn": both})}


FRUITS = {key: {"name": name} for key, name in {"a": "Apple", "b": "Banana", "c": "Cherry"}.items()}
EDITED = {key: {"name": fruit["name"] + " (edited)", "new": True} for key, fruit in FRUITS.items()}


@ORDERS
@pytest.mark.parametrize("wrapped", [False, True], ids=["one", "one in another"])
def test_sub_processes_that_change_each_item_of_a_collection(begin: Begin, sequential: bool, wrapped: bool) -> None:
    inner = (
        start("s1") + script("w", 'fruit["new"] = True\nfruit["name"] = fruit["name"] + " (edited)"') + end("e1")
        + flows("s1 > w > e1")
    )  # fmt: skip
    if wrapped:
        inner = start("s2") + sub("inner", inner) + end("e2") + flows("s2 > inner > e2")
    items = element("loopDataInputRef", "", "fruits") + element("loopDataOutputRef", "", "fruits")
    items += element("inputDataItem", "i", name="fruit") + element("outputDataItem", "o", name="fruit")
    loop = element("multiInstanceLoopCharacteristics", "", items, isSequential=str(sequential).lower())
    play = begin(drawing(straight(sub("each", inner, loop), path="each")), data={"fruits": FRUITS})
    play.ended(data={"fruits": EDITED})


def test_the_same_as_other_modelers_write_it(begin: Begin) -> None:
    loop = element(
        "multiInstanceLoopCharacteristics", isSequential="true",
        **{"camunda:collection": "fruits", "camunda:elementVariable": "fruit"},
    )  # fmt: skip
    inner = start("s1") + script("w", 'names = names + [fruit["name"]]') + end("e1") + flows("s1 > w > e1")
    play = begin(
        drawing(straight(sub("each", inner, loop), path="each")), data={"fruits": FRUITS, "names": []}
    )  # fmt: skip
    play.ended(data={"fruits": FRUITS, "names": ["Apple", "Banana", "Cherry"]})


def reviewed() -> bytes:
    """One after the other; the results go by an association to a data object, then someone reviews them."""
    inner = element("loopDataInputRef", "", "in") + element("loopDataOutputRef", "", "out")
    inner += element("inputDataItem", "item") + element("outputDataItem", "answer")
    loop = element("multiInstanceLoopCharacteristics", "", inner, isSequential="true")
    activity = task(
        "userTask", "a", io("in", "out"), moved("dataInputAssociation", "items", "in"),
        moved("dataOutputAssociation", "out", "results"), loop,
    )  # fmt: skip
    return drawing(data_object("items"), data_object("results"), straight(activity, users("review"), path="a > review"))


def test_results_go_to_a_data_object(begin: Begin) -> None:
    play = begin(reviewed(), data={"items": [1, 2]})
    play.do("a[0]", answer=10)
    assert play.open == ["a[1]"]
    play.do("a[1]", answer=20)
    assert (play.open, play.data["results"]) == (["review"], [10, 20])
    play.do("review")
    play.ended(data={"items": [1, 2], "results": [10, 20]})
