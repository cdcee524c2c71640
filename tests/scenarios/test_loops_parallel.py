"""Parallel multi-instance activities (BPMN 2.0.2, 10.3.8, 13.3.7)."""

import itertools

import pytest

from engine.errors import AlreadyDone, BinglianError
from engine.runtime.standalone import BpmnError, DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    cardinality_loop,
    collection_loop,
    data_object,
    definitions,
    drawing,
    element,
    end,
    error_event,
    expression,
    flow,
    flows,
    parallel,
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


def many(loop: str, kind: str = "userTask") -> bytes:
    """A task with many instances, then z."""
    return drawing(start(), task(kind, "t", loop), users("z"), end(), flows("s > t > z > e"))


def each(name: str, loop: str, text: str) -> str:
    """A script with many instances."""
    return script(name, text, loop)


# How many


def test_one_instance_for_each_item_of_a_list(begin: Begin) -> None:
    play = begin(many(collection_loop("names", "name")), data={"names": ["x", "y", "z"]})
    assert play.sorted == ["t[0]", "t[1]", "t[2]"]
    play.do("t[1]", "t[0]")
    assert play.open == ["t[2]"]
    play.do("t[2]")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s t t t z e", {"names": ["x", "y", "z"]})


@pytest.mark.parametrize("number", ["3", "n + 1", "len(names)", "int(text)"])
def test_as_many_as_a_number_or_an_expression_says(begin: Begin, number: str) -> None:
    play = begin(many(cardinality_loop(number)), data={"n": 2, "names": ["a", "b", "c"], "text": "3"})
    assert play.sorted == ["t[0]", "t[1]", "t[2]"]
    play.do("t[2]", "t[1]", "t[0]")
    assert play.open == ["z"]


@pytest.mark.parametrize("loop", [cardinality_loop("0"), collection_loop("empty"), cardinality_loop("len(empty)")])
@pytest.mark.parametrize("sequential", [False, True])
def test_none_at_all_is_complete_at_once(begin: Begin, loop: str, sequential: bool) -> None:
    if sequential:
        loop = loop.replace('isSequential="false"', 'isSequential="true"')
    play = begin(many(loop), data={"empty": []})
    assert play.open == ["z"]
    play.do("z")
    play.ended("s z e", {"empty": []})


def test_none_at_all_gives_an_empty_result(begin: Begin) -> None:
    play = begin(many(collection_loop("names", "name", into="results", of="result")), data={"names": []})
    assert play.open == ["z"]
    assert play.data == {"names": [], "results": []}


@pytest.mark.parametrize("given", [{"n": -1}, {"n": 1.5}, {"n": "x"}, {"n": None}, {"n": [1]}, {}], ids=str)
@pytest.mark.parametrize("sequential", [False, True])
def test_a_number_that_is_none_is_told_in_words_and_the_run_is_unchanged(
    begin: Begin, given: dict[str, object], sequential: bool
) -> None:
    loop = cardinality_loop("n", sequential=sequential)
    play = begin(drawing(start(), users("u"), task("userTask", "t", loop), end(), flows("s > u > t > e")))
    with play.refused(BinglianError):
        play.do("u", **given)
    assert play.open == ["u"]


@pytest.mark.parametrize("value", [5, None, True])
def test_a_collection_that_is_none_is_told_in_words_and_the_run_is_unchanged(begin: Begin, value: object) -> None:
    play = begin(
        drawing(start(), users("u"), task("userTask", "t", collection_loop("names")), end(), flows("s > u > t > e"))
    )
    with play.refused(BinglianError):
        play.do("u", names=value)
    with play.refused(BinglianError):
        play.do("u")
    play.do("u", names=["x"])
    assert play.open == ["t[0]"]


def test_a_loop_without_number_and_collection_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(many(element("multiInstanceLoopCharacteristics")))
    assert [finding.element for finding in refused.value.findings] == ["t"]


# What the instances see and give


def test_each_instance_sees_its_item_and_its_number(begin: Begin) -> None:
    loop = collection_loop("names", "name", into="results", of="result")
    play = begin(
        drawing(start(), each("t", loop, "result = name + str(loopCounter)"), end(), flows("s > t > e")),
        data={"names": ["x", "y", "z"]},
    )
    play.ended("s t t t e", {"names": ["x", "y", "z"], "results": ["x0", "y1", "z2"]})


def test_without_items_each_instance_has_its_number(begin: Begin) -> None:
    loop = cardinality_loop("3")
    play = begin(
        drawing(start(), each("t", loop, "seen[str(loopCounter)] = nrOfInstances"), end(), flows("s > t > e")),
        data={"seen": {}},
    )
    play.ended(data={"seen": {"0": 3, "1": 3, "2": 3}})


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_results_are_in_the_order_of_the_items_not_of_completion(begin: Begin, order: tuple[int, ...]) -> None:
    play = begin(many(collection_loop("names", "name", into="results", of="result")), data={"names": ["x", "y", "z"]})
    for number in order:
        play.do(f"t[{number}]", result=number * 10)
    assert play.open == ["z"]
    assert play.data == {"names": ["x", "y", "z"], "results": [0, 10, 20]}


def test_a_dict_gives_its_values_and_gets_results_under_the_same_keys(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), each("t", collection_loop("fees", "fee", into="results", of="result"), "result = fee * 2"), end(),
            flows("s > t > e"),
        ),
        data={"fees": {"x": 1, "y": 2}},
    )  # fmt: skip
    play.ended("s t t e", {"fees": {"x": 1, "y": 2}, "results": {"x": 2, "y": 4}})


def test_a_dict_with_people(begin: Begin) -> None:
    play = begin(many(collection_loop("fees", "fee", into="results", of="result")), data={"fees": {"x": 1, "y": 2}})
    play.do("t[1]", result="second")
    play.do("t[0]", result="first")
    assert play.data == {"fees": {"x": 1, "y": 2}, "results": {"x": "first", "y": "second"}}


def test_results_may_replace_the_collection_itself(begin: Begin) -> None:
    loop = collection_loop("names", "name", into="names", of="louder")
    play = begin(
        drawing(start(), each("t", loop, 'louder = name + "!"'), end(), flows("s > t > e")), data={"names": ["x", "y"]}
    )
    play.ended(data={"names": ["x!", "y!"]})


def test_items_may_be_any_values(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), each("t", collection_loop("rows", "row", into="out", of="one"), 'one = row["n"] + len(row["l"])'),
            end(), flows("s > t > e"),
        ),
        data={"rows": [{"n": 1, "l": [1, 2]}, {"n": 5, "l": []}]},
    )  # fmt: skip
    play.ended(data={"rows": [{"n": 1, "l": [1, 2]}, {"n": 5, "l": []}], "out": [3, 5]})


def test_writes_nobody_declared_go_to_the_enclosing_values(begin: Begin) -> None:
    play = begin(many(collection_loop("names", "name")), data={"names": ["x", "y"]})
    play.do("t[0]", said="first")
    assert play.data == {"names": ["x", "y"], "said": "first"}
    play.do("t[1]", said="second")
    assert play.data == {"names": ["x", "y"], "said": "second"}


def test_items_counters_and_results_leave_nothing_behind(begin: Begin) -> None:
    play = begin(
        drawing(start(), each("t", collection_loop("names", "name"), "last = name"), users("z"), end(),
                flows("s > t > z > e")),
        data={"names": ["x", "y"], "loopCounter": "mine"},
    )  # fmt: skip
    assert play.data == {"names": ["x", "y"], "loopCounter": "mine", "last": "y"}


def test_what_happens_to_the_collection_later_does_not_matter(begin: Begin) -> None:
    play = begin(many(collection_loop("names", "name")), data={"names": ["x", "y"]})
    play.do("t[0]", names=["a", "b", "c", "d"])
    assert play.open == ["t[1]"]
    play.do("t[1]")
    assert play.open == ["z"]


def test_services_get_the_item(begin: Begin) -> None:
    play = begin(
        drawing(start(), service("price", collection_loop("names", "name", into="prices", of="price_of")), end(),
                flows("s > price > e")),
        services={"price": lambda values: {"price_of": len(values["name"])}},
        data={"names": ["x", "yy", "zzz"]},
    )  # fmt: skip
    play.ended("s price price price e", {"names": ["x", "yy", "zzz"], "prices": [1, 2, 3]})


# Completion conditions


@pytest.mark.parametrize(
    "until",
    [
        "nrOfCompletedInstances >= 2",
        "numberOfCompletedInstances >= 2",
        "nrOfActiveInstances <= 1",
        "numberOfActiveInstances <= 1",
        "nrOfCompletedInstances / nrOfInstances > 0.5",
        "numberOfInstances - nrOfActiveInstances == 2",
        "nrOfTerminatedInstances == 0 and nrOfCompletedInstances == 2",
        "numberOfTerminatedInstances == 0 and nrOfCompletedInstances == 2",
    ],
)
def test_a_completion_condition_over_the_numbers_cancels_the_rest(begin: Begin, until: str) -> None:
    play = begin(many(cardinality_loop("3", until=until)))
    play.do("t[2]")
    assert play.sorted == ["t[0]", "t[1]"]
    play.do("t[0]")
    assert play.open == ["z"]
    assert play.cancelled.count("t") == 1
    assert play.done == ["s", "t", "t"]
    play.do("z")
    play.ended("s t t z e", {})


def test_a_cancelled_instance_is_closed(begin: Begin) -> None:
    play = begin(many(cardinality_loop("3", until="nrOfCompletedInstances >= 1")))
    last = play.id_of("t[2]")
    play.do("t[0]")
    with play.refused(AlreadyDone):
        play.run.complete(last)


VOTE = many(
    collection_loop(
        "approvers", "approver", into="votes", of="vote", until="sum(votes) >= 2 or len(votes) - sum(votes) >= 2"
    )
)


@pytest.mark.parametrize(
    ("votes", "left"),
    [((1, 1), True), ((1, 0, 1), False), ((0, 1, 1), False), ((0, 0), True), ((1, 0, 0), False), ((0, 1, 0), False)],
)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)], ids=str)
def test_two_of_three_decide(begin: Begin, votes: tuple[int, ...], left: bool, order: tuple[int, ...]) -> None:
    play = begin(VOTE, data={"approvers": ["x", "y", "z"]})
    for number, vote in zip(order, votes, strict=False):
        assert "z" not in play.open
        play.do(f"t[{number}]", vote=vote)
    assert play.open == ["z"]
    assert ("t" in play.cancelled) == left
    given = dict(zip(order, votes, strict=False))
    assert play.data["votes"] == [given[n] for n in sorted(given)]


def test_a_completion_condition_that_is_never_true_changes_nothing(begin: Begin) -> None:
    play = begin(many(cardinality_loop("2", until="nrOfCompletedInstances > 5")))
    play.do("t[0]", "t[1]")
    assert play.open == ["z"]


def test_a_completion_condition_with_an_unknown_name_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(many(cardinality_loop("2", until="missing > 5")))
    with play.refused(BinglianError, "missing"):
        play.do("t[1]")
    assert play.sorted == ["t[0]", "t[1]"]
    play.do("t[1]", missing=9)
    assert play.open == ["z"]


def test_a_completion_condition_may_read_values_of_the_process(begin: Begin) -> None:
    play = begin(many(cardinality_loop("3", until="veto")), data={"veto": False})
    play.do("t[1]")
    assert play.sorted == ["t[0]", "t[2]"]
    play.do("t[2]", veto=True)
    assert play.open == ["z"]


def test_a_completion_condition_outside_the_language_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(many(cardinality_loop("3", until="().__class__")))
    assert [finding.element for finding in refused.value.findings] == ["t"]


# Behaviours: signals thrown while the instances complete, caught on the boundary


def behaved(behavior: str, *parts: str, reference: str = "") -> bytes:
    """Three instances that throw signals, one boundary event for each of two signals."""
    references = {reference: "first"} if reference else {}
    inner = expression("loopCardinality", "3") + "".join(parts)
    loop = element("multiInstanceLoopCharacteristics", "", inner, behavior=behavior, **references)
    return definitions(
        signal("one", "first"),
        process(
            start(), task("userTask", "t", loop), boundary("b1", "t", signal("one"), interrupting=False),
            boundary("b2", "t", signal("two"), interrupting=False), users("x", "y", "z"), end(),
            flows("s > t > z > e; b1 > x > e; b2 > y > e"),
        ),
    )  # fmt: skip


def test_behaviour_one_throws_when_the_first_instance_completes(begin: Begin) -> None:
    play = begin(behaved("One", reference="oneBehaviorEventRef"))
    play.do("t[1]")
    assert play.sorted == ["t[0]", "t[2]", "x"]
    play.do("t[0]", "t[2]")
    assert play.sorted == ["x", "z"]
    play.do("x", "z")
    play.ended()


def test_behaviour_none_throws_for_each_instance(begin: Begin) -> None:
    play = begin(behaved("None", reference="noneBehaviorEventRef"))
    for number in (2, 0, 1):
        assert play.open.count("x") == {2: 0, 0: 1, 1: 2}[number]
        play.do(f"t[{number}]")
    assert play.sorted == ["x", "x", "x", "z"]


def test_behaviour_all_throws_nothing(begin: Begin) -> None:
    play = begin(behaved("All"))
    play.do("t[0]", "t[1]", "t[2]")
    assert play.open == ["z"]


def test_behaviour_complex_throws_where_its_conditions_hold(begin: Begin) -> None:
    def definition(text: str, name: str) -> str:
        return element(
            "complexBehaviorDefinition", "", expression("condition", text),
            element("event", f"implicit-{name}", signal(name)),
        )  # fmt: skip

    second = definition("nrOfCompletedInstances == 2", "one")
    play = begin(behaved("Complex", second, definition("nrOfActiveInstances == 1", "two")))
    play.do("t[1]")
    assert play.sorted == ["t[0]", "t[2]"]
    play.do("t[0]")
    assert play.sorted == ["t[2]", "x", "y"]
    play.do("t[2]")
    assert play.sorted == ["x", "y", "z"]


# Instances that are more than tasks


ROOM = start("s1") + users("a", "b") + end("e1") + flows("s1 > a > b > e1")


def test_a_sub_process_with_many_instances(begin: Begin) -> None:
    play = begin(
        drawing(start(), sub("home", ROOM, collection_loop("names", "name")), users("z"), end(),
                flows("s > home > z > e")),
        data={"names": ["x", "y"]},
    )  # fmt: skip
    assert [ready.element for ready in play.run.ready()] == ["a", "a"]
    play.do("a")
    assert sorted(ready.element for ready in play.run.ready()) == ["a", "b"]
    play.do("b", "a", "b")
    assert play.open == ["z"]
    play.do("z")
    play.ended("s s1 s1 a b e1 home a b e1 home z e", {"names": ["x", "y"]})


def test_each_instance_of_a_sub_process_keeps_its_item_and_result(begin: Begin) -> None:
    inner = users("a") + script("w", 'result = name + ":" + note') + flows("a > w")
    play = begin(
        drawing(start(), sub("home", inner, collection_loop("names", "name", into="results", of="result")), users("z"),
                end(), flows("s > home > z > e")),
        data={"names": ["x", "y"]},
    )  # fmt: skip
    first, second = (ready.id for ready in play.run.ready())
    play.run.complete(second, {"note": "later"})
    play.run.complete(first, {"note": "sooner"})
    assert play.open == ["z"]
    assert play.data == {"names": ["x", "y"], "note": "sooner", "results": ["x:sooner", "y:later"]}


def test_joins_inside_the_instances_do_not_mix(begin: Begin) -> None:
    inner = parallel("f1", "j1") + users("a", "b") + flows("f1 > a > j1; f1 > b > j1")
    play = begin(drawing(start(), sub("home", inner, cardinality_loop("2")), end(), flows("s > home > e")))
    tasks = [(ready.element, ready.id) for ready in play.run.ready()]
    assert sorted(name for name, _ in tasks) == ["a", "a", "b", "b"]
    play.do("a", "a")
    assert play.done.count("j1") == 0
    play.do("b")
    assert play.done.count("j1") == play.done.count("home") == 1
    play.do("b")
    play.ended()


def test_a_completion_condition_cancels_whole_sub_processes(begin: Begin) -> None:
    play = begin(
        drawing(start(), sub("home", ROOM, cardinality_loop("3", until="nrOfCompletedInstances == 1")), users("z"),
                end(),
                flows("s > home > z > e"))
    )  # fmt: skip
    play.do("a", "a", "b")
    assert play.open == ["z"]
    assert sorted(set(play.cancelled) & {"a", "b"}) == ["a", "b"]
    assert play.done.count("home") == 1


def test_many_instances_inside_many_instances(begin: Begin) -> None:
    inner = each("t", collection_loop("row", "cell", into="line", of="twice"), "twice = cell * 2")
    play = begin(
        drawing(start(), sub("home", inner, collection_loop("rows", "row", into="table", of="line")), end(),
                flows("s > home > e")),
        data={"rows": [[1, 2], [], [3]]},
    )  # fmt: skip
    play.ended(data={"rows": [[1, 2], [], [3]], "table": [[2, 4], [], [6]]})
    assert play.done.count("t") == 3
    assert play.done.count("home") == 3


def test_many_people_inside_many_instances(begin: Begin) -> None:
    inner = task("userTask", "t", cardinality_loop("n"))
    play = begin(
        drawing(start(), sub("home", inner, collection_loop("numbers", "n")), end(), flows("s > home > e")),
        data={"numbers": [2, 1, 0]},
    )
    assert play.sorted == ["t[0]", "t[0]", "t[1]"]
    play.do("t[1]", "t[0]", "t[0]")
    play.ended()
    assert (play.done.count("t"), play.done.count("home")) == (3, 3)


def test_a_local_data_object_belongs_to_each_instance(begin: Begin) -> None:
    inner = data_object("mine") + script("w", "mine = name") + users("a") + script("r", "seen[mine] = name")
    play = begin(
        drawing(start(), sub("home", inner + flows("w > a > r"), collection_loop("names", "name")), end(),
                flows("s > home > e")),
        data={"names": ["x", "y"], "seen": {}},
    )  # fmt: skip
    play.do("a", "a")
    play.ended(data={"names": ["x", "y"], "seen": {"x": "x", "y": "y"}})


def test_an_interrupting_boundary_event_takes_all_instances_away(begin: Begin) -> None:
    def refuse(values: dict[str, object]) -> None:
        if values["name"] == "y":
            raise BpmnError("no")

    inner = users("a") + service("check") + flows("a > check")
    play = begin(
        drawing(start(), sub("home", inner, collection_loop("names", "name")), boundary("b", "home", error_event("no")),
                users("y", "z"), end(), flows("s > home > z > e; b > y > e")),
        services={"check": refuse},
        data={"names": ["x", "y", "w"]},
    )  # fmt: skip
    ids = [ready.id for ready in play.run.ready()]
    play.run.complete(ids[0])
    assert play.open[0].startswith("a")
    play.run.complete(ids[1])
    assert play.open == ["y"]
    play.do("y")
    play.ended()


def test_flows_out_are_taken_once_after_all(begin: Begin) -> None:
    play = begin(
        drawing(start(), task("userTask", "t", cardinality_loop("2"), default="t-b"), users("a", "b"), end(),
                flows("s > t > b > e; a > e"), flow("t", "a", "n > 1"))
    )  # fmt: skip
    play.do("t[0]", n=5)
    play.do("t[1]", n=0)
    assert play.open == ["b"]


def test_two_tokens_are_two_sets_of_instances(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("u", "v"), task("userTask", "t", cardinality_loop("n")), end(),
                flows("s > u > t > e; s > v > t"))
    )  # fmt: skip
    play.do("u", n=2)
    play.do("v", n=1)
    assert play.sorted == ["t[0]", "t[0]", "t[1]"]
    play.do("t[1]", "t[0]", "t[0]")
    play.ended()
    assert (play.done.count("t"), play.done.count("e")) == (3, 2)


def test_a_plain_task_with_many_instances_passes(begin: Begin) -> None:
    play = begin(many(cardinality_loop("3"), kind="task"))
    assert play.open == ["z"]
    assert play.done == ["s", "t", "t", "t"]


def test_quantities_count_for_the_whole_loop(begin: Begin) -> None:
    looped = task("userTask", "t", cardinality_loop("2"), startQuantity="2", completionQuantity="3")
    play = begin(drawing(start(), users("u", "v", "z"), looped, end(), flows("s > u > t > z > e; s > v > t")))
    play.do("u")
    assert play.open == ["v"]
    play.do("v")
    assert play.sorted == ["t[0]", "t[1]"]
    play.do("t[0]", "t[1]")
    assert play.open == ["z", "z", "z"]


def test_instances_inside_a_called_process_inside_instances(begin: Begin) -> None:
    inner = each("t", collection_loop("row", "cell", into="line", of="twice"), "twice = cell * 2")
    other = process(start("s1"), inner, end("e1"), flows("s1 > t > e1"), identity="other", executable=False)
    loop = collection_loop("rows", "row", into="table", of="line")
    main = process(start(), element("callActivity", "c", loop, calledElement="other"), end(), flows("s > c > e"))
    play = begin(definitions(main, other), data={"rows": [[1, 2], [], [3]]})
    play.ended()
    assert play.data["table"] == [[2, 4], [], [6]]
    assert (play.done.count("t"), play.done.count("c")) == (3, 3)


def test_a_vote_inside_each_of_many_cases(begin: Begin) -> None:
    vote = collection_loop("people", "one", into="votes", of="vote", until="sum(votes) >= 2")
    inner = data_object("votes") + task("userTask", "t", vote) + script("w", "said[case] = len(votes)")
    play = begin(
        drawing(start(), sub("home", inner, flows("t > w"), collection_loop("cases", "case")), end(),
                flows("s > home > e")),
        data={"people": ["x", "y", "z"], "cases": ["c1", "c2"], "said": {}},
    )  # fmt: skip
    assert play.sorted == ["t[0]", "t[0]", "t[1]", "t[1]", "t[2]", "t[2]"]
    play.do("t[0]", vote=1)
    play.do("t[2]", vote=1)
    assert play.sorted == ["t[0]", "t[1]", "t[2]"], "two of three in one case say nothing about the other"
    assert play.done.count("w") == 1
    while play.open:
        play.do(play.open[0], vote=1)
    play.ended()
    assert sorted(play.data["said"]) == ["c1", "c2"]
