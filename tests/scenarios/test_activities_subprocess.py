"""Embedded sub-processes (BPMN 2.0.2, 10.2.5, 13.3.4)."""

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    data_object,
    drawing,
    element,
    end,
    error_event,
    exclusive,
    flow,
    flows,
    inclusive,
    parallel,
    script,
    start,
    sub,
    task,
    terminate,
    users,
)
from tests.scenarios.runs import Begin

HOME = sub("home", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"))


def test_a_sub_process_runs_its_content_and_then_goes_on(begin: Begin) -> None:
    play = begin(drawing(start(), HOME, users("b"), end(), flows("s > home > b > e")))
    assert play.open == ["a"]
    assert play.done == ["s", "s1"]
    play.do("a", x=1)
    assert play.open == ["b"]
    assert play.done == ["s", "s1", "a", "e1", "home"]
    assert play.data == {"x": 1}
    play.do("b")
    play.ended("s s1 a e1 home b e", {"x": 1})


def test_without_a_start_event_every_activity_without_a_flow_in_starts(begin: Begin) -> None:
    play = begin(drawing(start(), sub("home", users("a", "b", "c"), flows("a > b")), end(), flows("s > home > e")))
    assert play.sorted == ["a", "c"]
    play.do("c")
    assert play.open == ["a"]
    play.do("a")
    assert not play.finished
    play.do("b")
    play.ended("s c a b home e")


def test_a_process_without_start_and_end_events(begin: Begin) -> None:
    play = begin(drawing(users("a", "b", "c"), flows("a > b")))
    assert play.sorted == ["a", "c"]
    play.do("a", "b", "c")
    play.ended("a b c", {})


def test_without_a_start_event_a_gateway_without_a_flow_in_starts(begin: Begin) -> None:
    inner = parallel("f") + users("a", "b") + end("e1") + flows("f > a > e1; f > b > e1")
    play = begin(drawing(start(), sub("home", inner), end(), flows("s > home > e")))
    assert play.sorted == ["a", "b"]
    play.do("b", "a")
    play.ended("s f b e1 a e1 home e")


def test_a_sub_process_with_several_ends_completes_when_no_token_is_left(begin: Begin) -> None:
    inner = start("s1") + users("a", "b") + end("e1") + end("e2") + flows("s1 > a > e1; s1 > b > e2")
    play = begin(drawing(start(), sub("home", inner), users("z"), end(), flows("s > home > z > e")))
    play.do("b")
    assert play.open == ["a"]
    assert "home" not in play.done
    play.do("a")
    assert play.open == ["z"]
    assert play.done == ["s", "s1", "b", "e2", "a", "e1", "home"]


def test_an_empty_sub_process_is_a_finding_because_nothing_drawn_is_passed_over_in_silence(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(start(), sub("home"), end(), flows("s > home > e")))
    assert [finding.element for finding in refused.value.findings] == ["home"]


@pytest.mark.parametrize("depth", [2, 10, 50])
def test_nested_sub_processes(begin: Begin, depth: int) -> None:
    inner = users("a")
    for level in range(depth):
        inner = sub(f"n{level}", start(f"s{level}"), inner, end(f"e{level}"),
                    flows(f"s{level} > {'a' if level == 0 else f'n{level - 1}'} > e{level}"))  # fmt: skip
    play = begin(drawing(start(), inner, end(), flows(f"s > n{depth - 1} > e")))
    assert play.open == ["a"]
    assert play.done == ["s", *(f"s{level}" for level in reversed(range(depth)))]
    play.do("a", x=1)
    inside = [name for level in range(depth) for name in (f"e{level}", f"n{level}")]
    assert play.done[depth + 1 :] == ["a", *inside, "e"]
    play.ended(data={"x": 1})


def test_two_tokens_into_one_sub_process_are_two_instances(begin: Begin) -> None:
    inner = start("s1") + users("a", "b") + end("e1") + flows("s1 > a > b > e1")
    play = begin(
        drawing(start(), parallel("f"), users("u", "v", "z"), sub("home", inner), end(),
                flows("s > f > u > home > z > e; f > v > home"))
    )  # fmt: skip
    play.do("u", "v")
    assert play.open == ["a", "a"]
    play.do("a")
    assert play.sorted == ["a", "b"]
    play.do("b")
    assert play.sorted == ["a", "z"]
    play.do("z", "a", "b", "z")
    play.ended()
    assert [play.done.count(name) for name in ("s1", "a", "b", "e1", "home", "z", "e")] == [2] * 7


def test_joins_of_two_instances_do_not_mix_their_tokens(begin: Begin) -> None:
    inner = (
        start("s1") + parallel("f1", "j1") + users("a", "b") + end("e1") + flows("s1 > f1 > a > j1 > e1; f1 > b > j1")
    )
    play = begin(drawing(start(), users("u", "v"), sub("home", inner), end(), flows("s > u > home > e; s > v > home")))
    play.do("u", "v")
    assert play.sorted == ["a", "a", "b", "b"]
    first_a, first_b = play.id_of("a"), play.id_of("b")
    second_b = next(t.id for t in play.run.ready() if t.element == "b" and t.id != first_b)
    play.run.complete(first_a)
    play.run.complete(second_b)
    assert "j1" not in play.done, "a of one instance and b of the other are not one round"
    assert play.sorted == ["a", "b"]
    play.run.complete(first_b)
    assert play.done.count("j1") == 1
    assert play.done.count("home") == 1
    play.do("a")
    play.ended()


def test_a_terminate_end_ends_only_its_sub_process(begin: Begin) -> None:
    inner = start("s1") + users("a", "b") + end("e1", terminate()) + end("e2") + flows("s1 > a > e1; s1 > b > e2")
    play = begin(
        drawing(
            start(), parallel("f"), sub("home", inner), users("c", "h"), end(), flows("s > f > home > h > e; f > c > e")
        )
    )
    assert play.sorted == ["a", "b", "c"]
    play.do("a")
    assert play.sorted == ["c", "h"]
    assert play.cancelled == ["b"]
    play.do("c", "h")
    play.ended()


def test_an_error_end_leaves_the_sub_process_by_its_boundary(begin: Begin) -> None:
    inner = start("s1") + users("a", "b") + end("e1", error_event("full")) + flows("s1 > a > e1; s1 > b")
    play = begin(
        drawing(start(), sub("home", inner), boundary("bnd", "home", error_event("full")), users("x", "y"), end(),
                flows("s > home > x > e; bnd > y > e"))
    )  # fmt: skip
    play.do("a")
    assert play.open == ["y"]
    assert "home" not in play.done
    assert {"b", "home"} <= set(play.cancelled)
    play.do("y")
    play.ended()


@pytest.mark.parametrize(("n", "opened"), [(0, ["h"]), (1, ["b"]), (2, ["b", "c"])])
def test_conditional_flows_and_the_default_out_of_a_sub_process(begin: Begin, n: int, opened: list[str]) -> None:
    play = begin(
        drawing(
            start(), sub("home", users("a"), default="home-h"), users("b", "c", "h"), end(),
            flows("s > home > h > e; b > e; c > e"), flow("home", "b", "n > 0"), flow("home", "c", "n > 1"),
        )
    )  # fmt: skip
    play.do("a", n=n)
    assert play.sorted == opened
    assert play.done == ["s", "a", "home"]


def test_when_no_flow_out_of_a_sub_process_fits_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), sub("home", users("a")), users("b"), end(), flows("s > home; b > e"), flow("home", "b", "n > 0")
        )
    )
    with play.refused(BinglianError):
        play.do("a", n=0)
    play.do("a", n=1)
    assert play.open == ["b"]


def test_values_go_through_and_a_data_object_of_the_sub_process_stays_inside(begin: Begin) -> None:
    inner = (
        data_object("secret") + start("s1") + script("w", "secret = 5\nopen_value = secret + 1") + users("a")
        + script("r", "again = secret * 2") + end("e1") + flows("s1 > w > a > r > e1")
    )  # fmt: skip
    play = begin(drawing(start(), sub("home", inner), users("z"), end(), flows("s > home > z > e")), data={"n": 1})
    assert play.open == ["a"]
    assert "secret" not in play.data
    assert play.data == {"n": 1, "open_value": 6}
    play.do("a")
    assert play.data == {"n": 1, "open_value": 6, "again": 10}
    play.do("z")
    play.ended(data={"n": 1, "open_value": 6, "again": 10})


def test_each_instance_of_a_sub_process_has_its_own_data_object(begin: Begin) -> None:
    inner = data_object("mine") + script("w", "mine = count\ncount = count + 1") + users("a") + script(
        "r", 'seen[str(mine)] = mine'
    ) + flows("w > a > r")  # fmt: skip
    play = begin(
        drawing(start(), sub("home", inner), end(), flow("s", "home", identity="one"),
                flow("s", "home", identity="two"), flows("home > e")),
        data={"count": 0, "seen": {}},
    )  # fmt: skip
    assert play.open == ["a", "a"]
    assert play.data == {"count": 2, "seen": {}}
    play.do("a", "a")
    play.ended(data={"count": 2, "seen": {"0": 0, "1": 1}})


def test_inside_a_sub_process_the_outer_data_object_is_there_and_the_inner_one_stays(begin: Begin) -> None:
    outer = data_object("outer", name="x")
    inner = data_object("hidden", name="y") + script("w", "hidden = 2\nouter = hidden") + users("a") + flows("w > a")
    play = begin(drawing(outer, start(), sub("home", inner), end(), flows("s > home > e")))
    assert play.data["outer"] == 2
    assert "hidden" not in play.data


def test_a_sub_process_with_a_start_quantity_waits_for_its_tokens(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("u", "v"), sub("home", users("a"), startQuantity="2", completionQuantity="2"),
                users("z"), end(), flows("s > u > home > z > e; s > v > home"))
    )  # fmt: skip
    play.do("u")
    assert play.open == ["v"]
    play.do("v")
    assert play.open == ["a"]
    play.do("a")
    assert play.open == ["z", "z"]
    play.do("z", "z")
    play.ended("s u v a home z e z e")


def test_an_inclusive_join_outside_waits_for_a_sub_process_that_can_reach_it(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), inclusive("f"), sub("home", users("a")), users("b", "c"), inclusive("j"), users("z"), end(),
            flows("s > f; home > j; b > j; c > j; j > z > e"),
            flow("f", "home", "True"), flow("f", "b", "True"), flow("f", "c", "False"),
        )
    )  # fmt: skip
    assert play.sorted == ["a", "b"]
    play.do("b")
    assert play.open == ["a"]
    play.do("a")
    assert play.open == ["z"]


def test_a_sub_process_in_a_loop_is_fresh_each_time(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), exclusive("m"), sub("home", users("a")), exclusive("x", default="x-e"), end(),
            flows("s > m > home > x > e"), flow("x", "m", "again"),
        )
    )  # fmt: skip
    play.do("a", again=True)
    play.do("a", again=True)
    play.do("a", again=False)
    play.ended("s m a home x m a home x m a home x e")


def test_documentation_does_not_disturb(begin: Begin) -> None:
    play = begin(
        drawing(start(), sub("home", element("documentation", "", "words"), task("userTask", "a")), end(),
                flows("s > home > e"))
    )  # fmt: skip
    play.do("a")
    play.ended("s a home e")
