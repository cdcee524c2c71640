"""Exclusive, inclusive and event-based choices, loops and ways back: InclusiveGatewayTest, ExclusiveGateway*Test,
StandardLoopTest, LoopTaskTest, TooManyLoopsTest, LoopBackNavTest, Nav*Test and AdHocSubprocessTest.
"""

from itertools import product

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    ad_hoc,
    cardinality_loop,
    catch,
    drawing,
    end,
    exclusive,
    flow,
    flows,
    inclusive,
    parallel,
    script,
    standard_loop,
    start,
    sub,
    task,
    timer,
    users,
)
from tests.scenarios.runs import Begin
from tests.scenarios_spiff.steps import chosen, follow, straight

# Inclusive gateways


def three_ways() -> bytes:
    """A default way and two with conditions into a second gateway, whose only way out has a condition too."""
    return drawing(
        start(), users("set"), inclusive("x", default="x-other"), script("other", "v += 1"), script("left", "u += v"),
        script("right", "w += v"), inclusive("y"), end(), flows("s > set > x > other > y; left > y; right > y"),
        flow("x", "left", "u > 0"), flow("x", "right", "w > 0"), flow("y", "e", "v == 0"),
    )  # fmt: skip


def test_only_the_default_way(begin: Begin) -> None:
    play = begin(three_ways())
    play.do("set", v=-1, u=-1, w=-1)
    play.ended("s set x other y e", {"v": 0, "u": -1, "w": -1})


def test_two_ways_with_conditions_and_not_the_default(begin: Begin) -> None:
    play = begin(three_ways())
    play.do("set", v=0, u=1, w=1)
    play.ended(data={"v": 0, "u": 1, "w": 1})
    assert "other" not in play.done
    assert play.done.count("y") == 1


def test_no_way_out_of_the_second_gateway_is_told_and_nothing_has_happened(begin: Begin) -> None:
    play = begin(three_ways())
    with play.refused(BinglianError):
        play.do("set", v=0, u=-1, w=-1)
    play.do("set", v=0, u=1, w=-1)
    play.ended()


# Exclusive gateways


def test_without_a_default_the_one_condition_that_holds_decides(begin: Begin) -> None:
    gate = drawing(start(), exclusive("x"), users("a"), end(), flows("s > x; a > e"), flow("x", "a", "x < 1"),
                   flow("x", "e", "x >= 1"))  # fmt: skip
    begin(gate, data={"x": 1}).ended("s x e")
    assert begin(gate, data={"x": 0}).open == ["a"]


def test_a_choice_that_leads_past_many_instances(begin: Begin) -> None:
    play = begin(
        drawing(start(), script("w", "n = 0"), exclusive("x", default="x-e"),
                task("userTask", "a", cardinality_loop("n")), end(), flows("s > w > x > e; a > e"),
                flow("x", "a", "n != 0"))
    )  # fmt: skip
    play.ended("s w x e")


@pytest.mark.parametrize(("answer", "instances"), [("Yes", 3), ("No", 0)])
def test_a_choice_without_default_into_many_instances(begin: Begin, answer: str, instances: int) -> None:
    play = begin(
        drawing(start(), users("ask"), exclusive("x"), task("userTask", "a", cardinality_loop("3")), end(),
                flows("s > ask > x; a > e"), flow("x", "a", 'more == "Yes"'), flow("x", "e", 'more == "No"'))
    )  # fmt: skip
    play.do("ask", more=answer)
    for number in range(instances):
        play.do(f"a[{number}]", stuff=number)
    play.ended()
    assert play.done.count("a") == instances


@pytest.mark.parametrize("answers", list(product([0, 2], repeat=4)), ids=str)
def test_four_tasks_that_are_leapt_over_or_not(begin: Begin, answers: tuple[int, ...]) -> None:
    names = [f"t{n}" for n in range(4)]
    gates = "".join(
        exclusive(f"x{n}", default=f"x{n}-x{n + 1}") + users(name) + flow(f"x{n}", name, f"n{n} > 0")
        + flows(f"x{n} > x{n + 1}; {name} > x{n + 1}")
        for n, name in enumerate(names)
    )  # fmt: skip
    play = begin(drawing(start(), users("ask"), gates, exclusive("x4"), end(), flows("s > ask > x0; x4 > e")))
    play.do("ask", **{f"n{n}": answer for n, answer in enumerate(answers)})
    wanted = [name for name, answer in zip(names, answers, strict=True) if answer]
    for name in wanted:
        assert play.open == [name]
        play.do(name)
    play.ended()
    assert [name for name in play.done if name in names] == wanted


@pytest.mark.parametrize("steps", ["skip=yes last", "skip=no a b !last c !last b2 last", "skip=no b b2 c a last"])
def test_a_choice_past_a_split_and_its_join(begin: Begin, steps: str) -> None:
    play = begin(
        drawing(start(), chosen("skip", "m", "fork"), parallel("fork", "join"), users("a", "b", "b2", "c", "last"),
                exclusive("m"), end(),
                flows("s > skip; fork > a > join > m > last > e; fork > b > b2 > join; fork > c > join"))
    )  # fmt: skip
    follow(play, steps)
    play.ended()


@pytest.mark.parametrize("steps", ["ask=no fix ask=yes last", "ask=no fix ask=no fix ask=yes last", "ask=yes last"])
def test_a_way_back_to_an_earlier_task(begin: Begin, steps: str) -> None:
    play = begin(
        drawing(start(), exclusive("m"), chosen("ask", "last", "fix"), users("fix", "last"), end(),
                flows("s > m > ask; fix > m; last > e"))
    )  # fmt: skip
    follow(play, steps)
    play.ended()


@pytest.mark.parametrize("steps", ["a=yes b=yes d", "a=yes b=no d", "a=no c=yes d", "a=no c=no e"])
def test_choices_behind_choices_with_several_ends(begin: Begin, steps: str) -> None:
    play = begin(
        drawing(start(), chosen("a", "b", "c"), chosen("b", "d", "m"), chosen("c", "m", "e"), exclusive("m"),
                users("d", "e"), end("e1"), end("e2"), flows("s > a; m > d > e1; e > e2"))
    )  # fmt: skip
    follow(play, steps)
    play.ended()
    assert play.done[-1] == ("e2" if steps.endswith("e") else "e1")


# Loops


@pytest.mark.parametrize(
    ("done", "rounds"), [([False, False, False], 3), ([True], 1), ([False, True], 2)], ids=["maximum", "once", "twice"]
)
def test_a_loop_ends_by_its_condition_or_its_maximum(begin: Begin, done: list[bool], rounds: int) -> None:
    loop = standard_loop("not done", loopMaximum="3", testBefore="true")
    play = begin(drawing(straight(task("userTask", "a", loop), path="a")), data={"done": False})
    for number, answer in enumerate(done):
        assert play.open == [f"a[{number}]"]
        play.do("a", done=answer)
    play.ended("s " + "a " * rounds + "e")


def test_a_loop_asked_before_is_skipped(begin: Begin) -> None:
    loop = standard_loop("not done", loopMaximum="3", testBefore="true")
    begin(drawing(straight(task("userTask", "a", loop), path="a")), data={"done": True}).ended("s e")


def test_a_loop_without_condition_and_maximum_is_refused(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(straight(task("userTask", "a", standard_loop()), path="a")))
    assert [finding.element for finding in refused.value.findings] == ["a"]


def test_a_loop_goes_on_until_the_person_says_no(begin: Begin) -> None:
    play = begin(drawing(straight(task("userTask", "a", standard_loop("more")), users("z"), path="a > z")))
    for number in range(5):
        play.do(f"a[{number}]", more=number < 4)
    assert play.open == ["z"]


def test_many_instances_are_no_loop_and_all_of_them_are_done(begin: Begin) -> None:
    play = begin(drawing(straight(task("userTask", "a", cardinality_loop("5", sequential=True)), path="a")))
    for number in range(5):
        assert play.open == [f"a[{number}]"]
        play.do("a", more=False)
    play.ended()


def around_twenty_times(*between: str, path: str) -> bytes:
    """Waits a second, counts, and goes back until 20."""
    return drawing(
        start(), script("begin", "n = 0\ninner = 0"), exclusive("m"), catch("wait", timer(duration="PT1S")),
        script("count", "n = n + 1"), exclusive("x", default=f"x-{path.split()[0]}"), *between, end(),
        flows(f"s > begin > m > wait > count > x > {path} > m"), flow("x", "e", "n >= 20"),
    )  # fmt: skip


def test_twenty_times_around_a_timer(begin: Begin) -> None:
    play = begin(around_twenty_times(script("again", "inner = inner"), path="again"))
    for second in range(20):
        assert play.data["n"] == second
        play.advance(seconds=1)
    play.ended(data={"n": 20, "inner": 0})


def test_twenty_times_around_a_timer_and_a_sub_process_in_one_go(begin: Begin) -> None:
    inner = sub("home", start("s1"), script("w", "inner += 1"), end("e1"), flows("s1 > w > e1"))
    play = begin(around_twenty_times(inner, path="home"))
    play.advance(hours=1)
    play.ended(data={"n": 20, "inner": 19})


# Ad-hoc sub-processes


def writing_room() -> bytes:
    """Research leads to a draft and its references; editing and graphics may be done at any time, until it is done."""
    return drawing(
        start(),
        ad_hoc("room", users("research", "draft", "references", "edit", "graphics", "final"),
               flows("research > draft > references"), condition="done"),
        end(), flows("s > room > e"),
    )  # fmt: skip


def test_a_paper_is_written_in_no_fixed_order(begin: Begin) -> None:
    play = begin(writing_room(), data={"done": False})
    assert play.sorted == ["edit", "final", "graphics", "research"]
    play.do("research", figures=2)
    assert play.sorted == ["draft", "edit", "final", "graphics", "research"]
    play.do("draft", text="first")
    follow(play, "references edit graphics")
    play.do("edit", text="second")
    play.do("edit", text="third")
    assert "edit" in play.open, "what has been done may be done again"
    play.do("final", done=True)
    play.ended(data={"done": True, "figures": 2, "text": "third"})
    assert play.done.count("edit") == 3
