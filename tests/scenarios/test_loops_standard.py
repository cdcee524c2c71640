"""Standard loops (BPMN 2.0.2, 10.3.8, 13.3.6): the loop goes on while its condition is true."""

import pytest

from engine.errors import AlreadyDone, BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import drawing, end, flow, flows, script, service, standard_loop, start, sub, task, users
from tests.scenarios.runs import Begin


def looped(condition: str = "", **attributes: str) -> bytes:
    """A user task in a standard loop."""
    return drawing(
        start(), task("userTask", "t", standard_loop(condition, **attributes)), users("z"), end(),
        flows("s > t > z > e"),
    )  # fmt: skip


def test_a_task_is_repeated_while_the_condition_is_true(begin: Begin) -> None:
    play = begin(looped("again"))
    assert play.open == ["t[0]"]
    play.do("t", again=True)
    assert play.open == ["t[1]"]
    play.do("t", again=True)
    assert play.open == ["t[2]"]
    play.do("t", again=False)
    assert play.open == ["z"]
    play.do("z")
    play.ended("s t t t z e", {"again": False})


def test_by_default_the_condition_is_asked_after_the_first_round(begin: Begin) -> None:
    play = begin(looped("False"))
    assert play.open == ["t[0]"]
    play.do("t")
    assert play.open == ["z"]


def test_asked_before_the_task_may_be_left_out(begin: Begin) -> None:
    play = begin(looped("again", testBefore="true"), data={"again": False})
    assert play.open == ["z"]
    assert "t" not in play.done
    play = begin(looped("again", testBefore="true"), data={"again": True})
    assert play.open == ["t[0]"]
    play.do("t")
    assert play.open == ["t[1]"]
    play.do("t", again=False)
    assert play.open == ["z"]


@pytest.mark.parametrize("before", ["true", "false"])
def test_a_maximum_ends_the_loop(begin: Begin, before: str) -> None:
    play = begin(looped("True", loopMaximum="3", testBefore=before))
    for number in range(3):
        assert play.open == [f"t[{number}]"]
        play.do("t")
    assert play.open == ["z"]
    assert play.done.count("t") == 3


def test_a_maximum_without_a_condition(begin: Begin) -> None:
    play = begin(looped(loopMaximum="2"))
    play.do("t")
    play.do("t")
    assert play.open == ["z"]


def test_the_counter_says_how_many_rounds_are_done(begin: Begin) -> None:
    play = begin(looped("loopCounter < 2"))
    play.do("t")
    assert play.open == ["t[1]"]
    play.do("t")
    assert play.open == ["z"]
    play = begin(looped("loopCounter < 2", testBefore="true"))
    play.do("t")
    assert play.open == ["t[1]"]
    play.do("t")
    assert play.open == ["z"]
    assert play.data == {}


def test_a_closed_round_stays_closed(begin: Begin) -> None:
    play = begin(looped("True"))
    first = play.id_of("t")
    play.do("t")
    with play.refused(AlreadyDone):
        play.run.complete(first)
    assert play.open == ["t[1]"]


def test_a_condition_with_an_unknown_name_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(looped("missing > 1"))
    with play.refused(BinglianError, "missing"):
        play.do("t")
    play.do("t", missing=2)
    assert play.open == ["t[1]"]


def test_a_condition_outside_the_language_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(looped("__import__('os')"))
    assert [finding.element for finding in refused.value.findings] == ["t"]


def test_a_script_in_a_loop(begin: Begin) -> None:
    play = begin(
        drawing(start(), script("t", "n = n * 2\nrounds = rounds + [loopCounter]", standard_loop("n < 100")), end(),
                flows("s > t > e")),
        data={"n": 3, "rounds": []},
    )  # fmt: skip
    play.ended("s t t t t t t e", {"n": 192, "rounds": [0, 1, 2, 3, 4, 5]})


def test_a_service_in_a_loop(begin: Begin) -> None:
    calls: list[int] = []

    def count(values: dict[str, object]) -> dict[str, object]:
        calls.append(1)
        return {"n": len(calls)}

    play = begin(
        drawing(start(), service("count", standard_loop("n < 3")), end(), flows("s > count > e")),
        services={"count": count},
    )
    play.ended("s count count count e", {"n": 3})


def test_a_sub_process_in_a_loop(begin: Begin) -> None:
    inner = start("s1") + users("a", "b") + end("e1") + flows("s1 > a > b > e1")
    play = begin(
        drawing(start(), sub("home", inner, standard_loop("again", loopMaximum="5")), users("z"), end(),
                flows("s > home > z > e"))
    )  # fmt: skip
    play.do("a")
    play.do("b", again=True)
    assert play.open == ["a"]
    play.do("a")
    play.do("b", again=False)
    assert play.open == ["z"]
    play.do("z")
    play.ended("s s1 a b e1 home s1 a b e1 home z e", {"again": False})


def test_the_counter_is_seen_inside_the_sub_process(begin: Begin) -> None:
    inner = script("w", "seen = seen + [loopCounter]")
    play = begin(
        drawing(start(), sub("home", inner, standard_loop(loopMaximum="3")), end(), flows("s > home > e")),
        data={"seen": []},
    )
    play.ended(data={"seen": [0, 1, 2]})


def test_loops_inside_loops(begin: Begin) -> None:
    inner = task("userTask", "t", standard_loop(loopMaximum="2"))
    play = begin(drawing(start(), sub("home", inner, standard_loop(loopMaximum="3")), end(), flows("s > home > e")))
    for number in (0, 1, 0, 1, 0, 1):
        assert play.open == [f"t[{number}]"]
        play.do("t")
    play.ended("s t t home t t home t t home e", {})


def test_flows_out_are_taken_once_after_the_last_round(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), task("userTask", "t", standard_loop(loopMaximum="2"), default="t-b"), users("a", "b"), end(),
            flows("s > t > b > e; a > e"), flow("t", "a", "n > 1"),
        )
    )  # fmt: skip
    play.do("t", n=5)
    assert play.open == ["t[1]"]
    play.do("t", n=0)
    assert play.open == ["b"]


def test_two_tokens_are_two_loops(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), users("u", "v"), task("userTask", "t", standard_loop(loopMaximum="2")), end(),
            flows("s > u > t > e; s > v > t"),
        )
    )  # fmt: skip
    play.do("u")
    play.do("t")
    play.do("v")
    assert play.sorted == ["t[0]", "t[1]"]
    play.do("t[1]", "t[0]", "t[1]")
    play.ended("s u t v t e t t e")
