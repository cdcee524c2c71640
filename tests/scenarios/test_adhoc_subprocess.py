"""Ad-hoc sub-processes (BPMN 2.0.2, 10.2.5.2, 13.3.5): activities without a fixed order."""

import pytest

from engine.errors import AlreadyDone, BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    ad_hoc,
    boundary,
    cardinality_loop,
    drawing,
    end,
    escalation,
    exclusive,
    flow,
    flows,
    script,
    signal,
    start,
    sub,
    task,
    throw,
    users,
)
from tests.scenarios.runs import Begin


def room(*parts: str, condition: str = "", **attributes: str) -> bytes:
    """An ad-hoc sub-process of these parts, then z."""
    return drawing(
        start(), ad_hoc("home", *parts, condition=condition, **attributes), users("z"), end(), flows("s > home > z > e")
    )


# Without a completion condition


def test_all_are_offered_and_each_is_done_once(begin: Begin) -> None:
    play = begin(room(users("a", "b", "c")))
    assert play.sorted == ["a", "b", "c"]
    play.do("b")
    assert play.sorted == ["a", "c"]
    play.do("c", "a")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s b c a home z e")


def test_flows_inside_are_followed(begin: Begin) -> None:
    play = begin(room(users("a", "b", "c"), flows("a > b")))
    assert play.sorted == ["a", "c"]
    play.do("a")
    assert play.sorted == ["b", "c"]
    play.do("c", "b")
    assert play.open == ["z"]
    assert play.done == ["s", "a", "c", "b", "home"]


def test_gateways_inside(begin: Begin) -> None:
    play = begin(room(users("a", "b", "c"), exclusive("x", default="x-c"), flows("a > x > c"), flow("x", "b", "yes")))
    assert play.open == ["a"]
    play.do("a", yes=True)
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["z"]


def test_activities_without_a_person_run(begin: Begin) -> None:
    play = begin(room(script("w", "x = 1"), users("a"), script("v", "y = 2"), flows("a > v")))
    assert play.open == ["a"]
    assert play.data == {"x": 1}
    play.do("a")
    assert play.open == ["z"]
    assert play.data == {"x": 1, "y": 2}


def test_a_sequential_one_offers_the_others_only_when_nothing_is_under_way(begin: Begin) -> None:
    # Both may be begun; what is chosen first runs to the end of its flows before another one is offered.
    play = begin(room(users("a", "b", "c"), flows("a > b"), ordering="Sequential"))
    assert play.sorted == ["a", "c"]
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["c"]
    play.do("c")
    assert play.open == ["z"]
    assert play.done == ["s", "a", "b", "c", "home"]


def test_a_sequential_one_in_another_order(begin: Begin) -> None:
    play = begin(room(users("a", "b", "c"), flows("a > b"), ordering="Sequential"))
    play.do("c")
    assert play.open == ["a"]
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["z"]


def test_a_sub_process_inside(begin: Begin) -> None:
    play = begin(room(sub("inner", users("a", "b"), flows("a > b")), users("c")))
    assert play.sorted == ["a", "c"]
    play.do("a", "c")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["z"]
    assert play.done == ["s", "a", "c", "b", "inner", "home"]


def test_many_instances_inside(begin: Begin) -> None:
    play = begin(room(task("userTask", "t", cardinality_loop("2")), users("c")))
    assert play.sorted == ["c", "t[0]", "t[1]"]
    play.do("t[1]", "c", "t[0]")
    assert play.open == ["z"]


def test_in_a_sequential_one_many_instances_finish_before_others_are_offered(begin: Begin) -> None:
    play = begin(room(task("userTask", "t", cardinality_loop("2")), users("c"), ordering="Sequential"))
    assert play.sorted == ["t[0]", "t[1]"], "nobody chooses a loop, so the first one of the drawing runs"
    play.do("t[1]")
    assert play.open == ["t[0]"]
    play.do("t[0]")
    assert play.open == ["c"]
    play.do("c")
    assert play.open == ["z"]


def test_one_inside_another(begin: Begin) -> None:
    play = begin(room(ad_hoc("inner", users("a", "b")), users("c"), flows("inner > c")))
    assert play.sorted == ["a", "b"]
    play.do("b", "a")
    assert play.open == ["c"]
    play.do("c")
    assert play.open == ["z"]
    assert play.done == ["s", "b", "a", "inner", "c", "home"]


def test_an_escalation_inside_leaves_by_the_boundary(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), ad_hoc("home", users("a", "b"), throw("t", escalation("help")), flows("b > t")),
            boundary("bnd", "home", escalation("help")), users("y", "z"), end(), flows("s > home > z > e; bnd > y > e"),
        )
    )  # fmt: skip
    play.do("b")
    assert play.open == ["y"]
    assert {"a", "home"} <= set(play.cancelled)


# With a completion condition


def test_activities_may_be_done_again_while_the_condition_is_false(begin: Begin) -> None:
    play = begin(room(users("a", "b"), condition="enough"), data={"enough": False})
    assert play.sorted == ["a", "b"]
    play.do("a")
    assert play.sorted == ["a", "b"]
    play.do("a")
    play.do("b")
    assert play.sorted == ["a", "b"]
    play.do("a", enough=True)
    assert play.open == ["z"]
    play.do("z")
    play.ended("s a a b a home z e", {"enough": True})


def test_every_offer_is_a_new_task(begin: Begin) -> None:
    play = begin(room(users("a"), condition="enough"), data={"enough": False})
    first = play.id_of("a")
    play.do("a")
    assert play.id_of("a") != first
    with play.refused(AlreadyDone):
        play.run.complete(first)


def test_when_the_condition_holds_what_is_open_is_cancelled(begin: Begin) -> None:
    inner = users("a", "b", "c") + flows("a > b")
    play = begin(room(inner, condition="enough"), data={"enough": False})
    play.do("a")
    assert play.sorted == ["a", "b", "c"]
    play.do("c", enough=True)
    assert play.open == ["z"]
    assert "b" in play.cancelled


def test_without_cancelling_what_has_progress_is_waited_for(begin: Begin) -> None:
    inner = users("a", "b", "c") + flows("a > b")
    play = begin(room(inner, condition="enough", cancelRemainingInstances="false"), data={"enough": False})
    play.do("a")
    assert play.sorted == ["a", "b", "c"]
    play.do("c", enough=True)
    assert play.open == ["b"], "b follows a that was done; a and c were only offered"
    play.do("b")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s a c b home z e")


def test_the_condition_is_asked_after_every_activity_also_inside_a_flow(begin: Begin) -> None:
    play = begin(room(users("a", "b"), flows("a > b"), condition="enough"), data={"enough": False})
    play.do("a", enough=True)
    assert play.open == ["z"], "a cancelling one does not even open b"
    assert "b" not in play.done


def test_a_sequential_one_with_a_condition(begin: Begin) -> None:
    play = begin(
        room(users("a", "b", "c"), flows("a > b"), ordering="Sequential", condition="rounds >= 3"), data={"rounds": 0}
    )
    play.do("a", rounds=1)
    assert play.open == ["b"]
    play.do("b", rounds=2)
    assert play.sorted == ["a", "c"]
    play.do("c", rounds=3)
    assert play.open == ["z"]
    assert play.done == ["s", "a", "b", "c", "home"]


def test_activities_without_a_person_run_once(begin: Begin) -> None:
    play = begin(room(script("w", "n = n + 1"), users("a"), condition="enough"), data={"n": 0, "enough": False})
    assert play.data == {"n": 1, "enough": False}
    play.do("a")
    assert play.data["n"] == 1
    play.do("a", enough=True)
    assert play.open == ["z"]
    assert play.done.count("w") == 1


def test_a_condition_with_an_unknown_name_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(room(users("a", "b"), condition="missing"))
    with play.refused(BinglianError, "missing"):
        play.do("a")
    play.do("a", missing=True)
    assert play.open == ["z"]


def test_a_condition_outside_the_language_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(room(users("a"), condition="a.b"))
    assert [finding.element for finding in refused.value.findings] == ["home"]


# As an activity


def test_a_boundary_event_interrupts_it(begin: Begin) -> None:
    play = begin(
        drawing(start(), ad_hoc("home", users("a", "b"), condition="False"), boundary("stop", "home", signal("stop")),
                users("y", "z"), end(), flows("s > home > z > e; stop > y > e"))
    )  # fmt: skip
    play.do("a")
    assert play.signal("stop") == 1
    assert play.open == ["y"]
    play.do("y")
    play.ended("s a stop y e")


def test_each_of_many_instances_has_its_own_activities(begin: Begin) -> None:
    play = begin(
        drawing(start(), ad_hoc("home", users("a", "b"), cardinality_loop("2")), users("z"), end(),
                flows("s > home > z > e"))
    )  # fmt: skip
    assert sorted(ready.element for ready in play.run.ready()) == ["a", "a", "b", "b"]
    play.do("a", "b", "a")
    assert [ready.element for ready in play.run.ready()] == ["b"]
    play.do("b")
    assert play.open == ["z"]


def test_in_a_loop_it_begins_anew(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("m"), ad_hoc("home", users("a", "b")), exclusive("x", default="x-e"), end(),
                flows("s > m > home > x > e"), flow("x", "m", "again"))
    )  # fmt: skip
    play.do("a", "b", again=True)
    assert play.sorted == ["a", "b"]
    play.do("b", "a", again=False)
    play.ended("s m a b home x m b a home x e")
