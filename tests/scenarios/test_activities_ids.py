"""Names and ids: any id the schema permits, none where it is optional; lanes say nothing about the flow."""

from collections import Counter

import pytest

from tests.scenarios.drawing import (
    boundary,
    collection_loop,
    definitions,
    drawing,
    element,
    end,
    exclusive,
    expression,
    flow,
    flows,
    parallel,
    signal,
    start,
    sub,
    task,
    users,
)
from tests.scenarios.runs import Begin

LIBRARY = [
    "Start",
    "End",
    "Root",
    "p.EndJoin",
    "p",
    "t.BoundaryEventSplit",
    "t.BoundaryEventJoin",
    "a.b-c_d",
    "任务",
    "_1",
]


@pytest.mark.parametrize("identity", [name for name in LIBRARY if name != "p"])
def test_a_task_may_have_any_id(begin: Begin, identity: str) -> None:
    play = begin(
        drawing(start(), users(identity, "t", "z"), end(), flows(f"s > {identity} > z > e; s > t > z")), data={"n": 1}
    )
    assert play.sorted == sorted([identity, "t"])
    play.do(identity, n=2)
    assert play.sorted == ["t", "z"]
    play.do("t", "z", "z")
    play.ended(f"s {identity} t z e z e", {"n": 2})


@pytest.mark.parametrize("identity", [name for name in LIBRARY if name != "p"])
def test_a_gateway_an_event_and_a_sub_process_may_have_any_id(begin: Begin, identity: str) -> None:
    play = begin(drawing(start(identity), users("a"), end(), flows(f"{identity} > a > e")))
    play.do("a")
    play.ended(f"{identity} a e")
    play = begin(drawing(start(), users("a"), end(identity), flows(f"s > a > {identity}")))
    play.do("a")
    play.ended(f"s a {identity}")
    play = begin(
        drawing(start(), parallel(identity, "j"), users("a", "b"), end(),
                flows(f"s > {identity} > a > j > e; {identity} > b > j"))
    )  # fmt: skip
    play.do("b", "a")
    play.ended(f"s {identity} b a j e")
    play = begin(
        drawing(start(), sub(identity, start("s1"), users("a"), end("e1"), flows("s1 > a > e1")), end(),
                flows(f"s > {identity} > e"))
    )  # fmt: skip
    play.do("a")
    play.ended(f"s s1 a e1 {identity} e")


def test_all_these_ids_together(begin: Begin) -> None:
    names = [name for name in LIBRARY if name != "p"]
    chain = " > ".join(["Beginning", *names, "Ending"])
    play = begin(drawing(start("Beginning"), users(*names), end("Ending"), flows(chain)))
    for name in names:
        assert play.open == [name]
        play.do(name)
    play.ended(" ".join(["Beginning", *names, "Ending"]))


def test_names_the_library_makes_for_boundary_events_and_instances_are_free(begin: Begin) -> None:
    made = [
        "t.BoundaryEventSplit",
        "t.BoundaryEventJoin",
        "t.EndJoin",
        "t.child",
        "home.EndJoin",
        "p.BoundaryEventSplit",
    ]
    home = sub("home", users("End"), start("Start"), end("Root"), flows("Start > End > Root"))
    play = begin(
        drawing(
            start(), parallel("f", "j"), task("userTask", "t", collection_loop("names")), users(*made), home, end(),
            boundary("b", "t", signal("b")), boundary("b2", "home", signal("b2")), users("y"),
            flows("s > f > t > j > e; f > home > j; b > y > e; b2 > e"),
            flows("; ".join(f"f > {name} > j" for name in made)),
        ),
        data={"names": [1, 2]},
    )  # fmt: skip
    assert play.sorted == sorted(["t[0]", "t[1]", "End", *made])
    play.do(*reversed(made), "End", "t[1]")
    assert play.open == ["t[0]"]
    play.do("t[0]")
    play.ended()
    assert Counter(play.done) == Counter(["s", "f", "t", "t", *made, "Start", "End", "Root", "home", "j", "e"])


def test_ids_of_nodes_may_equal_names_of_values_and_functions(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("len"), exclusive("n", default="n-e"), users("sum"), end(),
                flows("s > len > n > e; sum > e"),
                flow("n", "sum", "len(names) > n"))
    )  # fmt: skip
    play.do("len", names=[1, 2], n=1)
    assert play.open == ["sum"]


def test_flows_need_no_ids(begin: Begin) -> None:
    def bare(source: str, target: str, condition: str = "") -> str:
        inner = expression("conditionExpression", condition) if condition else ""
        return element("sequenceFlow", "", inner, sourceRef=source, targetRef=target)

    play = begin(
        drawing(
            start(), parallel("f", "j"), users("a", "b"), exclusive("x"), users("c", "h"), end(),
            bare("s", "f"), bare("f", "a"), bare("f", "b"), bare("a", "j"), bare("b", "j"), bare("j", "x"),
            bare("x", "c", "n == 1"), bare("x", "h", "n == 2"), bare("c", "e"), bare("h", "e"),
        ),
        data={"n": 2},
    )  # fmt: skip
    assert play.sorted == ["a", "b"]
    play.do("b", "a")
    assert play.open == ["h"]
    play.do("h")
    play.ended("s f b a j x h e")


def test_a_process_needs_no_id_and_no_events(begin: Begin) -> None:
    body = element("process", "", users("a", "b"), flow("a", "b"), isExecutable="true")
    play = begin(definitions(body))
    assert play.open == ["a"]
    play.do("a", "b")
    play.ended("a b")


def test_parts_of_a_loop_need_no_ids(begin: Begin) -> None:
    play = begin(
        drawing(start(), task("userTask", "t", collection_loop("names")), end(), flows("s > t > e")),
        data={"names": ["x", "y"]},
    )
    assert play.sorted == ["t[0]", "t[1]"]
    play.do("t[1]", "t[0]")
    play.ended("s t t e", {"names": ["x", "y"]})


def test_lanes_change_nothing(begin: Begin) -> None:
    def lane(identity: str, *nodes: str, inner: str = "") -> str:
        return element("lane", identity, "".join(element("flowNodeRef", "", node) for node in nodes) + inner)

    nested = element("childLaneSet", "inner", lane("third", "b"))
    play = begin(
        drawing(
            element("laneSet", "lanes", lane("first", "s", "a"), lane("second", "b", "e", inner=nested)),
            start(), users("a", "b"), end(), flows("s > a > b > e"),
        )
    )  # fmt: skip
    play.do("a", "b")
    play.ended("s a b e")


def test_a_collaboration_and_pictures_change_nothing(begin: Begin) -> None:
    body = element(
        "process", "p", element("documentation", "", "words"), start(), users("a"), end(), flows("s > a > e"),
        element("group", "g"), element("textAnnotation", "note", element("text", "", "words")), isExecutable="true",
    )  # fmt: skip
    play = begin(
        definitions(
            element(
                "collaboration", "c", element("participant", "we", processRef="p"), element("participant", "they"),
                element("messageFlow", "mf", sourceRef="they", targetRef="a"),
            ),
            body,
        )
    )  # fmt: skip
    play.do("a")
    play.ended("s a e")
