"""Splits and joins: the modules Parallel*Test, ApprovalsTest and NestedProcessesTest."""

from itertools import permutations

import pytest

from engine.diagram.lint import unsound
from engine.diagram.xml import read_definitions
from tests.scenarios.drawing import (
    call,
    definitions,
    drawing,
    end,
    exclusive,
    flow,
    flows,
    inclusive,
    parallel,
    process,
    script,
    start,
    terminate,
    users,
)
from tests.scenarios.runs import Begin
from tests.scenarios_spiff.steps import chosen, follow

LENGTH = 12
JOINS = {"parallel": parallel("join"), "inclusive": inclusive("join")}


def long_threads(join: str, *rest: str, no: str = "m") -> bytes:
    """Two threads: a choice, then twelve tasks to the join; whoever chooses no does ``no1``, ``no2`` and goes to
    the merge before the join (``m1``, ``m2``) or to an end of its own (``e1``, ``e2``).
    """
    threads = "".join(
        chosen(f"ask{n}", f"t{n}-1", f"no{n}") + users(f"no{n}", *steps_of(n).split()) + exclusive(f"m{n}")
        + flows(f"fork > ask{n}; {' > '.join(steps_of(n).split())} > m{n} > join; no{n} > {no}{n}")
        for n in (1, 2)
    )  # fmt: skip
    return drawing(start(), parallel("fork"), threads, join, users("done"), end(), *rest,
                   flows("s > fork; join > done > e"))  # fmt: skip


def steps_of(number: int) -> str:
    """All the long way of one thread."""
    return " ".join(f"t{number}-{i}" for i in range(1, LENGTH + 1))


@pytest.mark.parametrize("kind", JOINS)
def test_long_threads_in_turns(begin: Begin, kind: str) -> None:
    play = begin(long_threads(JOINS[kind]))
    assert play.sorted == ["ask1", "ask2"]
    follow(play, "ask1=yes ask2=yes " + " ".join(f"t1-{i} !done t2-{i}" for i in range(1, LENGTH + 1)) + " done")
    play.ended()


@pytest.mark.parametrize("kind", JOINS)
def test_one_long_thread_first(begin: Begin, kind: str) -> None:
    play = begin(long_threads(JOINS[kind]))
    follow(play, f"ask1=yes {steps_of(1)} !done ask2=yes {steps_of(2)} done")
    play.ended()


def leaving_threads() -> bytes:
    """``no`` leaves the join and ends by itself."""
    return long_threads(inclusive("join"), end("e1"), end("e2"), no="e")


def test_an_inclusive_join_goes_on_when_the_other_thread_leaves(begin: Begin) -> None:
    play = begin(leaving_threads())
    follow(play, f"ask1=yes {steps_of(1)} !done ask2=no done no2")
    play.ended()


def test_an_inclusive_join_does_not_wait_for_a_thread_that_left_before(begin: Begin) -> None:
    play = begin(leaving_threads())
    follow(play, f"ask2=no ask1=yes {steps_of(1)} done no2")
    play.ended()


def choosing(number: int) -> str:
    """A process with a choice between two tasks."""
    n = number
    return process(
        start(f"s{n}"), chosen(f"ask{n}", f"yes{n}", f"no{n}"), users(f"yes{n}", f"no{n}"), end(f"e{n}"),
        flows(f"s{n} > ask{n}; yes{n} > e{n}; no{n} > e{n}"), identity=f"choice{n}", executable=False,
    )  # fmt: skip


def test_splits_one_after_the_other_into_one_join(begin: Begin) -> None:
    main = process(
        start(), parallel("fork", "again", "join"), users("first", "done"), end("e", terminate()),
        *(call(f"c{n}", f"choice{n}") for n in (1, 2, 3)),
        flows("s > fork > c2 > join > done > e; fork > first > again > c1 > join; again > c3 > join"),
    )  # fmt: skip
    play = begin(definitions(main, *(choosing(n) for n in (1, 2, 3))))
    assert play.sorted == ["ask2", "first"]
    follow(play, "first ask1=yes ask2=yes ask3=yes yes1 yes2 !done yes3 done")
    play.ended()


def then_exclusive(join: str) -> bytes:
    """A task beside a choice, joined in one inclusive gateway or in a merge and a parallel one."""
    ways = "yes > join; no > join" if join == "inclusive" else "yes > m > join; no > m"
    return drawing(
        start(), parallel("fork"), users("beside", "yes", "no", "done"), chosen("ask", "yes", "no"),
        "" if join == "inclusive" else exclusive("m"), JOINS[join], end(),
        flows(f"s > fork > beside > join > done > e; fork > ask; {ways}"),
    )  # fmt: skip


@pytest.mark.parametrize("join", JOINS)
@pytest.mark.parametrize(
    "steps",
    ["beside !done ask=yes yes done", "ask=yes beside !done yes done", "ask=yes yes !done beside done",
     "ask=no no !done beside done"],
)  # fmt: skip
def test_a_choice_beside_a_task(begin: Begin, join: str, steps: str) -> None:
    play = begin(then_exclusive(join))
    assert play.sorted == ["ask", "beside"]
    follow(play, steps)
    play.ended()


@pytest.mark.parametrize(
    "steps",
    ["again done ask=yes yes !done again done", "ask=yes yes !done again done again done",
     "again done ask=no no done", "ask=no no !done again done", "ask=no !done again !done no done"],
)  # fmt: skip
def test_two_tokens_through_one_task_before_an_inclusive_join(begin: Begin, steps: str) -> None:
    play = begin(
        drawing(start(), parallel("fork"), users("again", "yes", "no", "done"), chosen("ask", "yes", "no"),
                inclusive("join"), end(),
                flows("s > fork > again > join > done > e; fork > ask; yes > again; no > join"))
    )  # fmt: skip
    follow(play, steps)
    play.ended()


@pytest.mark.parametrize(
    "steps", ["beside !done ask=no done", "ask=no !done beside done", "beside !done ask=yes !done yes done"]
)
def test_one_way_ends_before_the_inclusive_join(begin: Begin, steps: str) -> None:
    play = begin(
        drawing(start(), parallel("fork"), users("beside", "yes", "done"), chosen("ask", "yes", "e2"),
                inclusive("join"), end(), end("e2"),
                flows("s > fork > beside > join > done > e; fork > ask; yes > join"))
    )  # fmt: skip
    follow(play, steps)
    play.ended()


@pytest.mark.parametrize(
    "steps",
    ["a !done b a1 !done b1 a2 b2 !done a-done !done b-done done", "a !done a1 a2 a-done !done b b1 b2 b-done done",
     "a b !done a2 b2 !b-done a1 !done b1 a-done !done b-done done", "a a2 a1 a-done !done b b2 b1 b-done done"],
)  # fmt: skip
def test_splits_inside_a_split(begin: Begin, steps: str) -> None:
    arms = "".join(
        users(n, f"{n}1", f"{n}2", f"{n}-done") + parallel(f"{n}-fork", f"{n}-join")
        + flows(f"fork > {n} > {n}-fork > {n}1 > {n}-join > {n}-done > join; {n}-fork > {n}2 > {n}-join")
        for n in "ab"
    )  # fmt: skip
    play = begin(drawing(start(), parallel("fork", "join"), arms, users("done"), end(),
                         flows("s > fork; join > done > e")))  # fmt: skip
    follow(play, steps)
    play.ended()


@pytest.mark.parametrize("again", ["", "retry=yes go a b b1 b2 b-done ", "retry=yes go b b2 b1 a b-done "])
def test_going_back_to_the_split_after_the_join(begin: Begin, again: str) -> None:
    play = begin(
        drawing(start(), exclusive("m"), users("go", "a", "b", "b1", "b2", "b-done", "done"),
                parallel("fork", "b-fork", "b-join", "join"), chosen("retry", "m", "done"), end(),
                flows("s > m > go > fork > a > join > retry; done > e;"
                      "fork > b > b-fork > b1 > b-join > b-done > join; b-fork > b2 > b-join"))
    )  # fmt: skip
    follow(play, f"go a b b1 b2 b-done {again}retry=no done")
    play.ended()


@pytest.mark.parametrize("steps", ["a b c d done done done done", "a done b done c done d done",
                                   "a b done c d done done done"])  # fmt: skip
def test_four_tokens_at_one_task(begin: Begin, steps: str) -> None:
    play = begin(
        drawing(start(), parallel("fork"), users(*"abcd", "done"), end(),
                flows("s > fork > a > done > e; fork > b > done; fork > c > done; fork > d > done"))
    )  # fmt: skip
    follow(play, steps)
    play.ended()
    assert play.done.count("e") == 4


def called_four_times() -> bytes:
    """One process called four times at once, its calls joined in pairs; inside, four tasks joined in pairs."""
    main = process(
        start(), parallel("fork", "join1", "join2"), *(call(f"c{n}", "pairs") for n in range(1, 5)), users("outer"),
        end(),
        flows("s > fork > c1 > join1 > outer > e; fork > c2 > join1; fork > c3 > join2 > outer; fork > c4 > join2"),
    )  # fmt: skip
    inner = process(
        start("s1"), parallel("split", "pair1", "pair2"), users("a1", "b1", "a2", "b2", "inner"), end("e1"),
        flows("s1 > split > a1 > pair1 > inner > e1; split > b1 > pair1; split > a2 > pair2 > inner;"
              "split > b2 > pair2"),
        identity="pairs", executable=False,
    )  # fmt: skip
    return definitions(main, inner)


def test_four_calls_of_one_process_depth_first(begin: Begin) -> None:
    play = begin(called_four_times())
    for number in range(4):
        follow(play, "a1 !inner b1 inner !inner a2 !inner b2 inner !inner")
        assert ("outer" in play.open) == (number % 2 == 1)
        if number % 2:
            follow(play, "outer !outer")
    play.ended()


def test_four_calls_of_one_process_breadth_first(begin: Begin) -> None:
    play = begin(called_four_times())
    assert len(play.open) == 16
    follow(play, "a1 a1 a1 a1 a2 a2 a2 a2 !inner b1 b1 b1 b1 b2 b2 b2 b2")
    assert play.open == ["inner"] * 8
    follow(play, " ".join(["inner"] * 8))
    assert play.open == ["outer", "outer"]
    follow(play, "outer outer")
    play.ended()


def three_branches() -> bytes:
    """A task, three in parallel, a last one."""
    return drawing(start(), users("first", "a", "b", "c", "last"), parallel("fork", "join"), end(),
                   flows("s > first > fork > a > join > last > e; fork > b > join; fork > c > join"))  # fmt: skip


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_a_join_waits_for_three_branches_and_sees_what_each_wrote(begin: Begin, order: tuple[str, ...]) -> None:
    play = begin(three_branches())
    play.do("first")
    assert play.sorted == ["a", "b", "c"]
    for name in order:
        assert "last" not in play.open
        play.do(name, **{name: name.upper()})
    assert play.open == ["last"]
    assert play.data == {"a": "A", "b": "B", "c": "C"}
    play.do("last")
    play.ended()


def test_all_tasks_of_a_split_are_offered(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("fork", "join"), users("t1", "t2", "t3", "t4"), end(),
                flows("s > fork > t1 > join > e; fork > t2 > join; fork > t3 > join; fork > t4 > join"))
    )  # fmt: skip
    assert play.sorted == ["t1", "t2", "t3", "t4"]


def test_a_script_in_a_split_runs_beside_the_tasks(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("fork", "join"), users("a", "b", "c"), script("w", "n = 1"), end(),
                flows("s > fork > a > join > e; fork > b > join; fork > w > c > join"))
    )  # fmt: skip
    assert play.sorted == ["a", "b", "c"]
    assert play.data == {"n": 1}
    follow(play, "c a b")
    play.ended()


def approvals() -> bytes:
    """The first of two wins; then both; then both with a step before one of them."""
    main = process(
        start(), call("c1", "first-wins"), users("won", "manager", "supervisor", "agreed", "over"),
        parallel("fork", "join"), call("c2", "both"), end(),
        flows("s > c1 > won > fork > manager > join > agreed > c2 > over > e; fork > supervisor > join"),
    )  # fmt: skip
    wins = process(
        start("s1"), users("m1", "v1"), end("e1", terminate()), end("e2", terminate()),
        flows("s1 > m1 > e1; s1 > v1 > e2"), identity="first-wins", executable=False,
    )  # fmt: skip
    both = process(
        start("s3"), users("m3", "step", "v3"), end("e3"), flows("s3 > m3 > e3; s3 > step > v3 > e3"),
        identity="both", executable=False,
    )  # fmt: skip
    return definitions(main, wins, both)


@pytest.mark.parametrize("first", ["m1", "v1"])
@pytest.mark.parametrize("second", ["manager supervisor", "supervisor manager"])
@pytest.mark.parametrize("third", ["m3 step v3", "step m3 v3", "step v3 m3"])
def test_approvals_in_every_order(begin: Begin, first: str, second: str, third: str) -> None:
    play = begin(approvals())
    assert play.sorted == ["m1", "v1"]
    play.do(first)
    assert play.open == ["won"], "the other approval is not needed any more"
    play.do("won")
    follow(play, f"{second.replace(' ', ' !agreed ')} agreed {third.replace(' ', ' !over ')} over")
    play.ended()


def test_processes_that_call_processes(begin: Begin) -> None:
    levels = [
        process(start(f"s{n}"), users(f"a{n}"), call(f"c{n}", f"level{n + 1}") if n < 3 else "", end(f"e{n}"),
                flows(f"s{n} > a{n} > c{n} > e{n}" if n < 3 else f"s{n} > a{n} > e{n}"), identity=f"level{n}",
                executable=n == 1)
        for n in (1, 2, 3)
    ]  # fmt: skip
    play = begin({f"{n}.bpmn": definitions(level) for n, level in enumerate(levels)})
    for n in (1, 2, 3):
        assert play.open == [f"a{n}"]
        play.do(f"a{n}")
    play.ended("s1 a1 s2 a2 s3 a3 e3 c2 e2 c1 e1")


def test_a_join_in_a_loop_waits_for_both_branches_every_time(begin: Begin) -> None:
    play = begin(
        drawing(start(), script("begin", "plans = 0"), parallel("split", "join", "again"), exclusive("m1"),
                exclusive("m2"), script("backbone", "ready = True"), script("plan", "plans += 1"),
                exclusive("x", default="x-e"), users("assess"), end(),
                flows("s > begin > split > m1 > join > plan > x > e; split > backbone > m2 > join;"
                      "again > assess > m1; again > m2"), flow("x", "again", "plans < 3"))
    )  # fmt: skip
    for plans in (1, 2):
        assert (play.open, play.data["plans"]) == (["assess"], plans)
        play.do("assess")
    play.ended(data={"plans": 3, "ready": True})


def test_every_token_at_a_join_is_kept_for_a_later_round(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("split", "join"), exclusive("m1"), exclusive("m2"), users("c1", "c2", "retry"),
                script("plan", "plans += 1"), exclusive("x", default="x-e"), end(),
                flows("s > split > m1 > join > plan > x > e; split > c1 > m2 > join; split > c2 > m2; retry > m1"),
                flow("x", "retry", "plans < 2")),
        data={"plans": 0},
    )  # fmt: skip
    follow(play, "c1 c2 retry")
    play.ended(data={"plans": 2})


def test_a_join_that_needs_its_own_way_back_waits_for_ever_and_the_check_says_so(begin: Begin) -> None:
    stuck = drawing(start(), script("set", "x = 0"), parallel("join"), script("add", "x += 1"),
                    exclusive("y", default="y-e"), users("a"), end(), flows("s > set > join > add > y > e; a > join"),
                    flow("y", "a", "x < 2"))  # fmt: skip
    play = begin(stuck)
    assert (play.open, play.waiting, play.finished, play.done) == ([], [], False, ["s", "set"])
    assert unsound(read_definitions(stuck, "p.bpmn"), "p.bpmn")
