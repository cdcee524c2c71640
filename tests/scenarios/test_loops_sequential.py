"""Sequential multi-instance activities (BPMN 2.0.2, 10.3.8, 13.3.7): one instance after the other."""

import pytest

from engine.errors import AlreadyDone, BinglianError
from tests.scenarios.drawing import (
    boundary,
    cardinality_loop,
    collection_loop,
    drawing,
    element,
    end,
    expression,
    flows,
    script,
    service,
    signal,
    start,
    sub,
    task,
    timer,
    users,
)
from tests.scenarios.runs import Begin


def one_by_one(loop: str) -> bytes:
    """A user task with instances, then z."""
    return drawing(start(), task("userTask", "t", loop), users("z"), end(), flows("s > t > z > e"))


def test_one_instance_at_a_time_for_each_item(begin: Begin) -> None:
    play = begin(one_by_one(collection_loop("names", "name", sequential=True)), data={"names": ["x", "y", "z"]})
    for number in range(3):
        assert play.open == [f"t[{number}]"]
        play.do("t")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s t t t z e", {"names": ["x", "y", "z"]})


def test_as_many_as_a_number_says(begin: Begin) -> None:
    play = begin(one_by_one(cardinality_loop("n * 2", sequential=True)), data={"n": 2})
    for number in range(4):
        assert play.open == [f"t[{number}]"]
        play.do("t", n=50)
    assert play.open == ["z"], "how many was decided at the beginning"


def test_each_instance_sees_what_the_one_before_wrote(begin: Begin) -> None:
    loop = collection_loop("names", "name", into="results", of="result", sequential=True)
    text = "total = total + name\nresult = total + str(loopCounter)"
    play = begin(
        drawing(start(), script("t", text, loop), end(), flows("s > t > e")), data={"names": ["x", "y"], "total": ""}
    )
    play.ended("s t t e", {"names": ["x", "y"], "total": "xy", "results": ["x0", "xy1"]})


def test_a_dict(begin: Begin) -> None:
    loop = collection_loop("fees", "fee", into="results", of="result", sequential=True)
    play = begin(
        drawing(start(), script("t", "result = fee + loopCounter", loop), end(), flows("s > t > e")),
        data={"fees": {"x": 10, "y": 20}},
    )
    play.ended(data={"fees": {"x": 10, "y": 20}, "results": {"x": 10, "y": 21}})


def test_results_of_people(begin: Begin) -> None:
    loop = collection_loop("names", "name", into="results", of="result", sequential=True)
    play = begin(one_by_one(loop), data={"names": ["x", "y"]})
    play.do("t", result="first")
    play.do("t", result="second")
    assert play.data == {"names": ["x", "y"], "results": ["first", "second"]}


@pytest.mark.parametrize(
    "until",
    [
        "nrOfCompletedInstances >= 2",
        "numberOfCompletedInstances == 2 and numberOfTerminatedInstances == 0",
        "nrOfInstances - nrOfCompletedInstances <= 3",
    ],
)
def test_a_completion_condition_leaves_the_rest_out(begin: Begin, until: str) -> None:
    play = begin(one_by_one(cardinality_loop("5", sequential=True, until=until)))
    play.do("t")
    assert play.open == ["t[1]"]
    play.do("t")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s t t z e", {})


def test_at_most_one_instance_is_active(begin: Begin) -> None:
    loop = cardinality_loop("3", sequential=True, until="nrOfActiveInstances > 1")
    play = begin(one_by_one(loop))
    for number in range(3):
        assert play.open == [f"t[{number}]"]
        play.do("t")
    assert play.open == ["z"]


def test_until_the_votes_collected_so_far_decide(begin: Begin) -> None:
    loop = collection_loop("approvers", "one", into="votes", of="vote", sequential=True, until="sum(votes) >= 2")
    play = begin(one_by_one(loop), data={"approvers": ["w", "x", "y", "v"]})
    for number, vote in enumerate((1, 0, 1)):
        assert play.open == [f"t[{number}]"]
        play.do("t", vote=vote)
    assert play.open == ["z"]
    assert play.data["votes"] == [1, 0, 1]


def test_a_completion_condition_with_an_unknown_name_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(one_by_one(cardinality_loop("2", sequential=True, until="missing > 1")))
    with play.refused(BinglianError, "missing"):
        play.do("t")
    play.do("t", missing=0)
    assert play.open == ["t[1]"]


def test_a_closed_instance_stays_closed(begin: Begin) -> None:
    play = begin(one_by_one(cardinality_loop("3", sequential=True)))
    first = play.id_of("t")
    play.do("t")
    with play.refused(AlreadyDone):
        play.run.complete(first)
    assert play.open == ["t[1]"]


def test_a_sub_process_one_by_one(begin: Begin) -> None:
    inner = start("s1") + users("a", "b") + end("e1") + flows("s1 > a > b > e1")
    loop = collection_loop("names", "name", sequential=True)
    play = begin(
        drawing(start(), sub("home", inner, loop), users("z"), end(), flows("s > home > z > e")),
        data={"names": ["x", "y"]},
    )
    for _ in range(2):
        assert [ready.element for ready in play.run.ready()] == ["a"]
        play.do("a")
        assert [ready.element for ready in play.run.ready()] == ["b"]
        play.do("b")
    play.do("z")
    play.ended("s s1 a b e1 home s1 a b e1 home z e", {"names": ["x", "y"]})


def test_parallel_instances_inside_sequential_ones(begin: Begin) -> None:
    inner = task("userTask", "t", collection_loop("row", "cell"))
    loop = collection_loop("rows", "row", sequential=True)
    play = begin(
        drawing(start(), sub("home", inner, loop), end(), flows("s > home > e")), data={"rows": [[1, 2], [3], []]}
    )
    assert play.sorted == ["t[0]", "t[1]"]
    play.do("t[1]")
    assert play.open == ["t[0]"]
    play.do("t[0]")
    assert play.open == ["t[0]"]
    play.do("t[0]")
    play.ended("s t t home t home home e")


def test_sequential_instances_inside_parallel_ones(begin: Begin) -> None:
    inner = task("userTask", "t", cardinality_loop("2", sequential=True))
    play = begin(drawing(start(), sub("home", inner, cardinality_loop("2")), end(), flows("s > home > e")))
    assert play.open == ["t[0]", "t[0]"]
    play.do("t[0]", "t[1]")
    assert play.done == ["s", "t", "t", "home"]
    play.do("t[0]", "t[1]")
    play.ended("s t t home t t home e")


def test_behaviours_throw_their_signals(begin: Begin) -> None:
    inner = expression("loopCardinality", "3")
    inner += element(
        "complexBehaviorDefinition", "", expression("condition", "nrOfCompletedInstances == 2"),
        element("event", "implicit", signal("half")),
    )  # fmt: skip
    loop = element("multiInstanceLoopCharacteristics", "", inner, behavior="Complex", isSequential="true")
    play = begin(
        drawing(start(), task("userTask", "t", loop), boundary("b", "t", signal("half"), interrupting=False),
                users("x", "z"), end(), flows("s > t > z > e; b > x > e"))
    )  # fmt: skip
    play.do("t")
    assert play.open == ["t[1]"]
    play.do("t")
    assert play.sorted == ["t[2]", "x"]
    play.do("t")
    assert play.sorted == ["x", "z"]


def test_a_boundary_event_belongs_to_the_whole_loop(begin: Begin) -> None:
    # 10.3.8: the boundary event is armed once for all instances, so its hour runs from the first one.
    play = begin(
        drawing(start(), task("userTask", "t", cardinality_loop("3", sequential=True)),
                boundary("b", "t", timer(duration="PT1H")), users("y", "z"), end(), flows("s > t > z > e; b > y > e"))
    )  # fmt: skip
    play.advance(minutes=40)
    play.do("t")
    play.advance(minutes=19)
    assert play.open == ["t[1]"]
    play.advance(minutes=1)
    assert play.open == ["y"]
    play.do("y")
    play.ended()


def test_a_service_that_breaks_at_the_third_instance_leaves_the_run_unchanged(begin: Begin) -> None:
    def check(values: dict[str, object]) -> None:
        if values["name"] == "bad" and not values.get("forced"):
            raise ValueError("no")

    loop = collection_loop("names", "name", sequential=True)
    play = begin(
        drawing(start(), users("u"), service("check", loop), end(), flows("s > u > check > e")),
        services={"check": check}, data={"names": ["x", "y", "bad"]},
    )  # fmt: skip
    with play.refused(BinglianError):
        play.do("u")
    play.do("u", forced=True)
    play.ended("s u check check check e")
