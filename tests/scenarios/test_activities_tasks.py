"""Tasks of every kind, and the flows out of and into them (BPMN 2.0.2, 10.2.3, 13.3.2, 13.3.3)."""

import pytest

from engine.errors import AlreadyDone, BinglianError
from engine.runtime.standalone import BpmnError, DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    definitions,
    drawing,
    element,
    end,
    error_event,
    exclusive,
    flow,
    flows,
    parallel,
    process,
    receive,
    script,
    send,
    service,
    start,
    task,
    users,
)
from tests.scenarios.runs import Begin

# Kinds


@pytest.mark.parametrize("kind", ["userTask", "manualTask", "businessRuleTask", "sendTask"])
def test_a_task_that_someone_does_is_offered_and_goes_on_when_completed(begin: Begin, kind: str) -> None:
    play = begin(drawing(start(), task(kind, "t", name="Look"), end(), flows("s > t > e")))
    (ready,) = play.run.ready()
    assert (ready.element, ready.name, ready.instance) == ("t", "Look", None)
    assert not play.finished
    assert play.done == ["s"]
    play.do("t", seen=True)
    play.ended("s t e", {"seen": True})


def test_a_plain_task_passes_at_once(begin: Begin) -> None:
    play = begin(drawing(start(), task("task", "t"), end(), flows("s > t > e")))
    play.ended("s t e", {})


def test_a_receive_task_waits_for_its_message_and_is_not_offered(begin: Begin) -> None:
    play = begin(drawing(start(), receive("r", "paid"), users("a"), end(), flows("s > r > a > e")))
    assert play.open == []
    assert play.waiting == ["r"]
    assert play.message("other") is False
    assert play.waiting == ["r"]
    assert play.message("paid") is True
    assert play.waiting == []
    assert play.open == ["a"]
    assert play.done == ["s", "r"]
    play.do("a")
    play.ended("s r a e")


def test_a_send_task_sends_its_message_and_goes_on(begin: Begin) -> None:
    play = begin(
        drawing(
            start(),
            parallel("f", "j"),
            receive("r", "paid"),
            users("a"),
            send("t", "paid"),
            end(),
            flows("s > f > r > j > e; f > a > t > j"),
        )
    )
    assert (play.open, play.waiting) == (["a"], ["r"])
    play.do("a")
    play.ended()
    assert sorted(play.done) == sorted(["s", "f", "a", "t", "r", "j", "e"])


def test_a_message_sent_before_anyone_waits_is_kept(begin: Begin) -> None:
    play = begin(
        drawing(start(), send("t", "paid"), users("a"), receive("r", "paid"), end(), flows("s > t > a > r > e"))
    )
    play.do("a")
    play.ended("s t a r e")


def test_two_tasks_one_after_the_other_and_what_each_writes(begin: Begin) -> None:
    play = begin(drawing(start(), users("a", "b"), end(), flows("s > a > b > e")), data={"n": 1})
    assert play.open == ["a"]
    play.do("a", n=2, said="yes")
    assert play.open == ["b"]
    assert play.data == {"n": 2, "said": "yes"}
    play.do("b", other=[1, {"deep": None}])
    play.ended("s a b e", {"n": 2, "said": "yes", "other": [1, {"deep": None}]})


def test_a_completed_task_is_closed_and_an_unknown_id_is_refused(begin: Begin) -> None:
    play = begin(drawing(start(), users("a", "b"), end(), flows("s > a > b > e")))
    first = play.id_of("a")
    play.do("a")
    with play.refused(AlreadyDone):
        play.run.complete(first, {"x": 1})
    with play.refused(AlreadyDone):
        play.run.complete("nonsense")
    play.do("b")
    with play.refused(AlreadyDone):
        play.run.complete(first)
    play.ended("s a b e", {})


def test_what_the_caller_does_with_its_values_afterwards_changes_nothing(begin: Begin) -> None:
    given = {"names": ["x"]}
    play = begin(drawing(start(), users("a", "b"), end(), flows("s > a > b > e")), data=given)
    given["names"].append("y")
    assert play.data == {"names": ["x"]}
    more = {"other": ["z"]}
    task_id = play.id_of("a")
    play.run.complete(task_id, more)
    more["other"].append("w")
    play.data["names"].append("v")
    assert play.data == {"names": ["x"], "other": ["z"]}


# Services


def test_a_service_gets_the_values_and_its_result_is_written(begin: Begin) -> None:
    seen: list[dict[str, object]] = []

    def double(values: dict[str, object]) -> dict[str, object]:
        seen.append(dict(values))
        return {"twice": int(str(values["n"])) * 2}

    play = begin(
        drawing(start(), users("a"), service("double"), end(), flows("s > a > double > e")),
        services={"double": double},
        data={"n": 4},
    )
    play.do("a")
    play.ended("s a double e", {"n": 4, "twice": 8})
    assert seen == [{"n": 4}]


def test_a_service_without_a_result_changes_nothing(begin: Begin) -> None:
    play = begin(
        drawing(start(), service("note"), end(), flows("s > note > e")),
        services={"note": lambda _: None},
        data={"n": 1},
    )
    play.ended("s note e", {"n": 1})


def test_a_service_cannot_change_the_values_behind_the_back(begin: Begin) -> None:
    def grab(values: dict[str, list[int]]) -> None:
        values["names"].append(9)

    play = begin(
        drawing(start(), service("grab"), users("a"), end(), flows("s > grab > a > e")),
        services={"grab": grab},
        data={"names": [1]},
    )
    assert play.data == {"names": [1]}


@pytest.mark.parametrize("key", ["op name", "op", "way", "Nice name", "t"])
def test_a_service_is_found_by_operation_implementation_name_and_id(begin: Begin, key: str) -> None:
    sources = definitions(
        element("message", "in"),
        element(
            "interface",
            "face",
            element("operation", "op", element("inMessageRef", "", "in"), name="op name"),
            name="face",
        ),
        process(
            start(),
            task("serviceTask", "t", operationRef="op", implementation="way", name="Nice name"),
            end(),
            flows("s > t > e"),
        ),
    )
    play = begin(sources, services={key: lambda _: {"by": key}})
    play.ended("s t e", {"by": key})


def test_of_several_services_that_fit_the_first_way_of_naming_one_wins(begin: Begin) -> None:
    sources = drawing(
        start(), task("serviceTask", "t", implementation="way", name="Nice name"), end(), flows("s > t > e")
    )
    by = {key: lambda _, key=key: {"by": key} for key in ("t", "Nice name", "way")}
    begin(sources, services=by).ended(data={"by": "way"})
    del by["way"]
    begin(sources, services=by).ended(data={"by": "Nice name"})


@pytest.mark.parametrize(
    ("attributes", "inner"),
    [
        ({"camunda:type": "external", "camunda:topic": "book"}, ""),
        ({"camunda:delegateExpression": "${book}"}, ""),
        ({}, '<zeebe:taskDefinition type="book"/>'),
    ],
    ids=["topic", "delegate", "zeebe"],
)
def test_a_service_is_found_by_what_other_modelers_write(begin: Begin, attributes: dict[str, str], inner: str) -> None:
    extension = element("extensionElements", "", inner) if inner else ""
    sources = drawing(start(), task("serviceTask", "t", extension, **attributes), end(), flows("s > t > e"))
    begin(sources, services={"book": lambda _: {"booked": 1}}).ended("s t e", {"booked": 1})


@pytest.mark.parametrize("kind", ["sendTask", "businessRuleTask"])
def test_a_send_or_rule_task_with_a_registered_service_runs_it(begin: Begin, kind: str) -> None:
    play = begin(
        drawing(start(), task(kind, "t", implementation="book"), end(), flows("s > t > e")),
        services={"book": lambda _: {"booked": 1}},
    )
    play.ended("s t e", {"booked": 1})


def test_a_service_nobody_registered_is_offered_to_a_person(begin: Begin) -> None:
    play = begin(drawing(start(), service("book"), end(), flows("s > book > e")))
    assert play.open == ["book"]
    play.do("book", booked=1)
    play.ended("s book e", {"booked": 1})


def test_a_service_task_that_says_nothing_and_has_no_service_is_a_finding(begin: Begin) -> None:
    sources = drawing(start(), task("serviceTask", "t"), end(), flows("s > t > e"))
    with pytest.raises(DiagramRejected) as refused:
        begin(sources)
    (finding,) = refused.value.findings
    assert (finding.element, finding.level) == ("t", "error")
    assert finding.line > 0
    assert finding.message_zh
    assert finding.message_en
    begin(sources, services={"t": lambda _: None}).ended("s t e")


def test_an_error_of_a_service_goes_to_the_boundary_event(begin: Begin) -> None:
    def full(values: dict[str, object]) -> None:
        raise BpmnError("full", "no place left")

    play = begin(
        drawing(
            start(),
            service("book"),
            boundary("b", "book", error_event("full")),
            users("x", "y"),
            end(),
            flows("s > book > x > e; b > y > e"),
        ),
        services={"book": full},
    )
    assert play.open == ["y"]
    assert play.done == ["s", "b"]
    play.do("y")
    play.ended("s b y e")
    assert "book" in play.cancelled


def test_an_error_of_a_service_that_nobody_catches_fails_the_run(begin: Begin) -> None:
    def full(values: dict[str, object]) -> None:
        raise BpmnError("full", "no place left")

    play = begin(
        drawing(
            start(),
            parallel("f"),
            users("a", "other"),
            service("book"),
            boundary("b", "book", error_event("different")),
            end(),
            flows("s > f > a > book > e; f > other > e; b > e"),
        ),
        services={"book": full},
    )
    play.do("a")
    assert play.run.failed is not None
    assert play.run.failed.code == "full"
    assert not play.finished
    assert play.open == []
    assert "other" in play.cancelled


def test_a_service_that_breaks_is_told_in_words_and_the_run_is_unchanged(begin: Begin) -> None:
    calls: list[int] = []

    def breaks(values: dict[str, object]) -> dict[str, object] | None:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("secret detail")
        return {"ok": 1}

    play = begin(
        drawing(start(), users("a"), service("book"), end(), flows("s > a > book > e")), services={"book": breaks}
    )
    with play.refused(BinglianError, "book"):
        play.do("a", x=1)
    assert play.open == ["a"]
    play.do("a", x=2)
    play.ended("s a book e", {"x": 2, "ok": 1})


@pytest.mark.parametrize("result", [5, ["x"], {"x": object()}, "text"], ids=["number", "list", "object", "text"])
def test_a_service_that_answers_something_else_than_values_is_refused(begin: Begin, result: object) -> None:
    play = begin(
        drawing(start(), users("a"), service("book"), end(), flows("s > a > book > e")),
        services={"book": lambda _: result},
    )
    with play.refused(BinglianError):
        play.do("a")


# Scripts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("total = a + b", {"total": 5}),
        ("a = a + 1\nb = a * 2", {"a": 3, "b": 6}),
        ("a += 5", {"a": 7}),
        ("a -= 1\nb *= 4\nb //= 5", {"a": 1, "b": 2}),
        ('names["z"] = a', {"names": {"x": 1, "z": 2}}),
        ("rows[0] = a", {"rows": [2, 8]}),
        ("deep = [1, a]\ndeep[1] = deep[0] + b", {"deep": [1, 4]}),
        ("\n  \n# a remark\nz = max(a, b)\n", {"z": 3}),
        ('z = "big" if a > b else "small"', {"z": "small"}),
        ("z = (a,\n     b)[1]", {"z": 3}),
        ("甲 = a", {"甲": 2}),
    ],
    ids=lambda value: value.replace("\n", "|") if isinstance(value, str) else "",
)
def test_a_script_assigns(begin: Begin, text: str, expected: dict[str, object]) -> None:
    given = {"a": 2, "b": 3, "names": {"x": 1}, "rows": [7, 8]}
    play = begin(drawing(start(), script("t", text), end(), flows("s > t > e")), data=given)
    play.ended("s t e", {**given, **expected})


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "print(1)",
        "a.b = 1",
        "a = b.c",
        "for x in [1]:\n  y = x",
        "del a",
        "_x = 1",
        "a = [x for x in [1]]",
        "a = lambda: 1",
        "exec('a = 1')",
        "a = __import__('os')",
        "len([1])",
        "def f(): pass",
        "if a: b = 1",
        "a = 2 ** 3",
        "a =",
        "__builtins__['x'] = 1",
    ],
)
def test_a_script_that_does_anything_else_is_a_finding_at_loading(begin: Begin, text: str) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(start(), users("a"), script("t", text), end(), flows("s > a > t > e")))
    assert [finding.element for finding in refused.value.findings] == ["t"]


@pytest.mark.parametrize(
    "text", ["x = 1 / 0", "x = missing", "ok = 1\nx = a['k']", "missing += 1", "missing[0] = 1", "a['k'] = 1"]
)
def test_a_script_that_fails_is_told_in_words_and_the_run_is_unchanged(begin: Begin, text: str) -> None:
    play = begin(
        drawing(start(), users("u"), script("t", text), end(), flows("s > u > t > e")), data={"a": 1, "n": [1]}
    )
    with play.refused(BinglianError):
        play.do("u", y=1)
    assert play.open == ["u"]
    assert play.data == {"a": 1, "n": [1]}


def test_two_scripts_do_not_share_a_list_they_assigned(begin: Begin) -> None:
    text = "other = names\nother[0] = 9"
    play = begin(drawing(start(), script("t", text), end(), flows("s > t > e")), data={"names": [1]})
    play.ended("s t e", {"names": [1], "other": [9]})


# Several flows


def test_several_flows_out_of_a_task_are_a_split(begin: Begin) -> None:
    play = begin(drawing(start(), users("a", "b", "c"), end(), flows("s > a > b > e; a > c > e")))
    play.do("a")
    assert play.sorted == ["b", "c"]
    play.do("c", "b")
    play.ended("s a c e b e")


def test_several_flows_into_a_task_start_it_once_for_each_token(begin: Begin) -> None:
    play = begin(drawing(start(), users("a", "b", "c"), end(), flows("s > a > c > e; s > b > c")))
    assert play.sorted == ["a", "b"]
    play.do("b")
    assert play.sorted == ["a", "c"]
    play.do("a")
    assert play.open == ["c", "c"]
    first, second = (ready.id for ready in play.run.ready())
    assert first != second
    play.do("c", "c")
    play.ended("s b a c e c e")


def test_two_flows_between_the_same_nodes_are_two_tokens(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), end(), flow("s", "a"), flow("a", "b", identity="one"),
                flow("a", "b", identity="two"), flow("b", "e"))
    )  # fmt: skip
    play.do("a")
    assert play.open == ["b", "b"]
    play.do("b", "b")
    play.ended("s a b e b e")


CONDITIONAL = drawing(
    start(),
    task("userTask", "a", default="a-h"),
    users("b", "c", "h"),
    end(),
    flows("s > a; a > h; b > e; c > e; h > e"),
    flow("a", "b", "n > 1"),
    flow("a", "c", "n > 2"),
)


@pytest.mark.parametrize(("n", "opened"), [(0, ["h"]), (2, ["b"]), (3, ["b", "c"])])
def test_conditional_flows_out_of_a_task_and_the_default(begin: Begin, n: int, opened: list[str]) -> None:
    play = begin(CONDITIONAL)
    play.do("a", n=n)
    assert play.sorted == opened
    play.do(*opened)
    play.ended()
    assert sorted(play.done) == sorted(["s", "a", *opened, *["e"] * len(opened)])


def test_a_condition_with_a_name_that_is_not_there_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(CONDITIONAL)
    with play.refused(BinglianError, "n"):
        play.do("a", other=1)
    play.do("a", n=0)
    assert play.open == ["h"]


def test_an_unconditional_flow_is_taken_besides_the_conditions_that_hold(begin: Begin) -> None:
    sources = drawing(start(), users("a", "b", "c"), end(), flows("s > a > b > e; c > e"), flow("a", "c", "yes"))
    play = begin(sources)
    play.do("a", yes=False)
    assert play.open == ["b"]
    play = begin(sources)
    play.do("a", yes=True)
    assert play.sorted == ["b", "c"]


def test_a_task_whose_conditions_all_fail_without_a_default_is_told_and_unchanged(begin: Begin) -> None:
    sources = drawing(
        start(), users("a", "b", "c"), end(), flows("s > a; b > e; c > e"),
        flow("a", "b", "n == 1"), flow("a", "c", "n == 2"),
    )  # fmt: skip
    play = begin(sources)
    with play.refused(BinglianError, "a"):
        play.do("a", n=3)
    play.do("a", n=2)
    assert play.open == ["c"]


def test_conditional_flows_out_of_tasks_without_a_person(begin: Begin) -> None:
    sources = drawing(
        start(), script("t", "n = n + 1"), users("b", "c"), end(), flows("s > t; b > e; c > e"),
        flow("t", "b", "n >= 2"), flow("t", "c", "n < 2"),
    )  # fmt: skip
    assert begin(sources, data={"n": 1}).open == ["b"]
    assert begin(sources, data={"n": 0}).open == ["c"]


# Start and completion quantity (10.3.2)


def test_a_start_quantity_gathers_tokens(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), parallel("f"), users("a", "b", "c", "h"), task("userTask", "t", startQuantity="2"), end(),
            flows("s > f > a > t > e; f > b > t; f > c > t; f > h > t"),
        )
    )  # fmt: skip
    play.do("a")
    assert "t" not in play.open
    play.do("c")
    assert play.sorted == ["b", "h", "t"]
    play.do("t")
    assert play.sorted == ["b", "h"]
    play.do("b", "h")
    assert play.open == ["t"]
    play.do("t")
    play.ended("s f a c t e b h t e")


def test_a_completion_quantity_gives_tokens(begin: Begin) -> None:
    play = begin(
        drawing(start(), task("userTask", "a", completionQuantity="3"), users("b"), end(), flows("s > a > b > e"))
    )
    play.do("a")
    assert play.open == ["b", "b", "b"]
    play.do("b", "b", "b")
    play.ended("s a b e b e b e")


def test_a_completion_quantity_feeds_a_start_quantity(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), task("userTask", "a", completionQuantity="4"), task("userTask", "b", startQuantity="2"), end(),
            flows("s > a > b > e"),
        )
    )  # fmt: skip
    play.do("a")
    assert play.open == ["b", "b"]
    play.do("b", "b")
    play.ended("s a b e b e")


# Loops drawn with flows


def test_a_task_that_is_reached_again_is_a_new_task(begin: Begin) -> None:
    play = begin(
        drawing(
            start(), exclusive("m"), users("a"), exclusive("x", default="x-e"), end(), flows("s > m > a > x > e"),
            flow("x", "m", "again"),
        )
    )  # fmt: skip
    first = play.id_of("a")
    play.do("a", again=True)
    second = play.id_of("a")
    assert first != second
    with play.refused(AlreadyDone):
        play.run.complete(first, {"again": False})
    play.do("a", again=False)
    play.ended("s m a x m a x e", {"again": False})
