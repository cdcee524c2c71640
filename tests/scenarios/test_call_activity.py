"""Call activities, called processes and global tasks (BPMN 2.0.2, 10.2.6, 10.3.6, 13.3.5)."""

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import BpmnError, DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    call,
    cardinality_loop,
    collection_loop,
    data_object,
    definitions,
    drawing,
    element,
    end,
    error_event,
    escalation,
    exclusive,
    flow,
    flows,
    parallel,
    process,
    script,
    service,
    standard_loop,
    start,
    sub,
    terminate,
    throw,
    users,
)
from tests.scenarios.runs import Begin

CALLER = process(start(), call("c", "other"), users("z"), end(), flows("s > c > z > e"))
OTHER = process(start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), identity="other", executable=False)


@pytest.mark.parametrize("one_file", [True, False])
@pytest.mark.parametrize("executable", [True, False])
def test_a_called_process_runs_and_then_the_caller_goes_on(begin: Begin, one_file: bool, executable: bool) -> None:
    other = OTHER.replace('isExecutable="false"', f'isExecutable="{str(executable).lower()}"')
    sources = (
        {"p.bpmn": definitions(CALLER, other)}
        if one_file
        else {"p.bpmn": definitions(CALLER), "o.bpmn": definitions(other)}
    )
    play = begin(sources, process_id="p")
    assert play.open == ["a"]
    play.do("a", x=1)
    assert play.open == ["z"]
    play.do("z")
    play.ended("s s1 a e1 c z e", {"x": 1})


def test_which_process_to_run_must_be_said_when_there_are_two(begin: Begin) -> None:
    sources = definitions(CALLER, OTHER.replace('isExecutable="false"', 'isExecutable="true"'))
    with pytest.raises(DiagramRejected):
        begin(sources)
    assert begin(sources, process_id="other").open == ["a"]
    with pytest.raises(DiagramRejected):
        begin(sources, process_id="nobody")


def test_the_only_executable_process_is_the_one_to_run(begin: Begin) -> None:
    assert begin(definitions(OTHER, CALLER)).done == ["s", "s1"]


def test_a_call_of_a_process_that_is_not_there_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(start(), call("c", "nobody"), end(), flows("s > c > e")))
    assert [finding.element for finding in refused.value.findings] == ["c"]
    assert "nobody" in refused.value.findings[0].message_en


def test_a_call_without_a_process_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(drawing(start(), element("callActivity", "c"), end(), flows("s > c > e")))
    assert [finding.element for finding in refused.value.findings] == ["c"]


def test_one_process_called_twice_at_once_has_two_instances(begin: Begin) -> None:
    main = process(
        start(), parallel("f", "j"), call("c1", "other"), call("c2", "other"), end(),
        flows("s > f > c1 > j > e; f > c2 > j"),
    )  # fmt: skip
    play = begin(definitions(main, OTHER))
    assert play.open == ["a", "a"]
    play.do("a")
    assert play.open == ["a"]
    assert len({"c1", "c2"} & set(play.done)) == 1
    play.do("a")
    play.ended()
    assert play.done.count("a") == 2


def test_a_chain_of_calls_through_several_files(begin: Begin) -> None:
    sources = {}
    for number in range(10):
        body = call(f"c{number}", f"p{number + 1}") if number < 9 else users(f"c{number}")
        sources[f"{number}.bpmn"] = definitions(
            process(start(f"s{number}"), body, end(f"e{number}"), flows(f"s{number} > c{number} > e{number}"),
                    identity=f"p{number}", executable=number == 0)
        )  # fmt: skip
    play = begin(sources)
    assert play.open == ["c9"]
    assert play.done == [f"s{number}" for number in range(10)]
    play.do("c9", deep=1)
    play.ended(data={"deep": 1})
    assert play.done[10:] == [name for number in reversed(range(10)) for name in (f"c{number}", f"e{number}")]


def test_the_same_ids_in_caller_and_called_process_do_not_mix(begin: Begin) -> None:
    def forked(identity: str, inner: str, executable: bool) -> bytes:
        return definitions(
            process(start(), parallel("f", "j"), users("a"), inner, end(), flows("s > f > a > j > e; f > c > j"),
                    identity=identity, executable=executable)
        )  # fmt: skip

    play = begin({"1.bpmn": forked("p", call("c", "o"), True), "2.bpmn": forked("o", users("c"), False)})
    assert play.sorted == ["a", "a", "c"]
    play.do("a", "a")
    assert play.done.count("j") == 0
    play.do("c")
    play.ended()
    assert [play.done.count(name) for name in "sfajec"] == [2] * 6


def test_a_sub_process_may_have_the_id_of_a_called_process(begin: Begin) -> None:
    home = sub("other", users("b"))
    main = process(start(), call("c", "other"), home, end(), flows("s > c > other > e"))
    play = begin({"1.bpmn": definitions(main), "2.bpmn": definitions(OTHER)})
    assert play.open == ["a"]
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    play.ended("s s1 a e1 c b other e")


def test_sub_processes_of_two_processes_may_have_one_id(begin: Begin) -> None:
    def with_home(identity: str, person: str, executable: bool) -> bytes:
        inner = sub("home", start("s1"), users(person), end("e1"), flows(f"s1 > {person} > e1"))
        more = call("c", "o") if executable else users("c")
        return definitions(
            process(start(), inner, more, end(), flows("s > home > c > e"), identity=identity, executable=executable)
        )

    play = begin({"1.bpmn": with_home("p", "x", True), "2.bpmn": with_home("o", "y", False)})
    assert play.open == ["x"]
    play.do("x")
    assert play.open == ["y"]
    play.do("y")
    assert play.open == ["c"]
    play.do("c")
    play.ended("s s1 x e1 home s s1 y e1 home c e c e")


def test_two_processes_of_one_id_are_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected):
        begin({"1.bpmn": definitions(CALLER), "2.bpmn": definitions(OTHER), "3.bpmn": definitions(OTHER)})


def test_a_process_may_be_called_by_its_qualified_name(begin: Begin) -> None:
    main = process(start(), call("c", "other"), end(), flows("s > c > e"))
    sources = definitions(main, OTHER).replace(b'calledElement="other"', b'xmlns:n="t" calledElement="n:other"')
    play = begin(sources)
    play.do("a")
    play.ended("s s1 a e1 c e")


# Values


def test_a_called_process_works_on_its_own_copy_and_gives_it_back(begin: Begin) -> None:
    other = process(
        start("s1"), script("w", "n = n + 1\nnew = n"), users("a"), end("e1"), flows("s1 > w > a > e1"),
        identity="other", executable=False,
    )  # fmt: skip
    play = begin(definitions(CALLER, other), data={"n": 1})
    assert play.open == ["a"]
    assert play.data == {"n": 1}, "the caller's values are its own until the called process has ended"
    play.do("a", more=True)
    assert play.data == {"n": 2, "new": 2, "more": True}


def test_the_caller_does_not_disturb_a_running_called_process(begin: Begin) -> None:
    main = process(start(), parallel("f"), users("u"), call("c", "other"), end(), flows("s > f > u > e; f > c > e"))
    other = process(start("s1"), users("a"), script("w", "seen = n"), end("e1"), flows("s1 > a > w > e1"),
                    identity="other", executable=False)  # fmt: skip
    play = begin(definitions(main, other), data={"n": 1})
    play.do("u", n=2)
    play.do("a")
    assert play.data["seen"] == 1


def test_a_called_process_gives_back_what_it_wrote_and_no_old_copies(begin: Begin) -> None:
    main = process(
        start(), parallel("f", "j"), users("u"), call("c", "other"), end(), flows("s > f > u > j > e; f > c > j")
    )
    other = process(start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), identity="other", executable=False)
    play = begin(definitions(main, other), data={"n": 1, "m": 1})
    play.do("u", n=2)
    play.do("a", m=3)
    play.ended(data={"n": 2, "m": 3})


def data_in_out(name: str, kind: str, inputs: str, outputs: str) -> str:
    """An ioSpecification with inputs and outputs whose ids are ``<name>_<input>``."""
    read = [element("dataInput", f"{name}_{item}", name=item) for item in inputs.split()]
    written = [element("dataOutput", f"{name}_{item}", name=item) for item in outputs.split()]
    sets = element("inputSet", "", *(element("dataInputRefs", "", f"{name}_{item}") for item in inputs.split()))
    sets += element("outputSet", "", *(element("dataOutputRefs", "", f"{name}_{item}") for item in outputs.split()))
    return element(kind, "", "".join([*read, *written, sets]))


def declared(called: str, *parts: str) -> bytes:
    """A caller that gives amount * 2 from ``order`` and takes ``result`` into ``answer``."""
    into = element(
        "dataInputAssociation", "", element("sourceRef", "", "order"), element("targetRef", "", "c_amount"),
        expression_of("transformation", "order * 2"),
    )  # fmt: skip
    back = element(
        "dataOutputAssociation", "", element("sourceRef", "", "c_result"), element("targetRef", "", "answer")
    )
    activity = element(
        "callActivity", "c", data_in_out("c", "ioSpecification", "amount", "result"), into, back, calledElement=called
    )
    main = process(
        data_object("order"), data_object("answer"), start(), activity, users("z"), end(), flows("s > c > z > e")
    )
    return definitions(main, *parts)


def expression_of(kind: str, text: str) -> str:
    """A formal expression."""
    return element(kind, "", text, **{"xsi:type": "b:tFormalExpression"})


def test_with_declared_inputs_and_outputs_only_these_pass(begin: Begin) -> None:
    other = process(
        data_in_out("o", "ioSpecification", "amount", "result"), start("s1"),
        script("w", "result = amount + 1\nprivate = 5"), users("a"), end("e1"), flows("s1 > w > a > e1"),
        identity="other", executable=False,
    )  # fmt: skip
    play = begin(declared("other", other), data={"order": 10, "secret": 1})
    assert play.open == ["a"]
    play.do("a")
    assert play.open == ["z"]
    assert play.data == {"order": 10, "secret": 1, "answer": 21}


def test_a_called_process_with_declared_inputs_does_not_see_other_values(begin: Begin) -> None:
    other = process(
        data_in_out("o", "ioSpecification", "amount", "result"), start("s1"), users("a"),
        script("w", "result = secret"), end("e1"), flows("s1 > a > w > e1"), identity="other", executable=False,
    )  # fmt: skip
    play = begin(declared("other", other), data={"order": 10, "secret": 1})
    with play.refused(BinglianError, "secret"):
        play.do("a")


def test_a_data_object_of_the_called_process_stays_there_while_it_runs(begin: Begin) -> None:
    other = process(
        data_object("inner"), start("s1"), script("w", "inner = 5"), users("a"), end("e1"), flows("s1 > w > a > e1"),
        identity="other", executable=False,
    )  # fmt: skip
    play = begin(definitions(CALLER, other))
    assert "inner" not in play.data


# Recursion


def test_a_process_that_calls_itself_with_a_base_case(begin: Begin) -> None:
    body = process(
        start(), script("w", "n = n - 1\ndepth = depth + 1"), exclusive("x", default="x-e"), call("c", "p"), end(),
        flows("s > w > x > e; c > e"), flow("x", "c", "n > 0"),
    )  # fmt: skip
    play = begin(definitions(body), data={"n": 10, "depth": 0})
    play.ended(data={"n": 0, "depth": 10})
    assert play.done.count("c") == 9


def test_two_processes_that_call_each_other_with_people(begin: Begin) -> None:
    ping = process(
        start(), users("a"), exclusive("x", default="x-e"), call("c", "pong"), end(), flows("s > a > x > e; c > e"),
        flow("x", "c", "n > 0"),
    )  # fmt: skip
    pong = process(
        start("s1"), script("w", "n = n - 1"), call("c1", "p"), end("e1"), flows("s1 > w > c1 > e1"), identity="pong",
        executable=False,
    )  # fmt: skip
    play = begin(definitions(ping, pong), data={"n": 2})
    for _ in range(3):
        assert play.open == ["a"]
        play.do("a")
    play.ended(data={"n": 0})


# Events


def test_an_error_in_a_called_process_leaves_by_the_boundary_of_the_call(begin: Begin) -> None:
    other = process(
        start("s1"), users("a", "b"), end("e1", error_event("full")), flows("s1 > a > e1; s1 > b"), identity="other",
        executable=False,
    )  # fmt: skip
    main = process(
        start(), call("c", "other"), boundary("bnd", "c", error_event("full")), users("y", "z"), end(),
        flows("s > c > z > e; bnd > y > e"),
    )  # fmt: skip
    play = begin(definitions(main, other))
    play.do("a")
    assert play.open == ["y"]
    assert {"b", "c"} <= set(play.cancelled)
    play.do("y")
    play.ended()


def test_an_error_of_a_service_three_calls_down_reaches_the_top(begin: Begin) -> None:
    def broken(values: dict[str, object]) -> None:
        raise BpmnError("deep", "told")

    parts = [
        process(start(), users("u"), call("c", "p1"), end(), flows("s > u > c > e")),
        process(start("s1"), call("c1", "p2"), end("e1"), flows("s1 > c1 > e1"), identity="p1", executable=False),
        process(start("s2"), service("broken"), end("e2"), flows("s2 > broken > e2"), identity="p2", executable=False),
    ]
    play = begin(definitions(*parts), services={"broken": broken})
    play.do("u")
    assert play.run.failed is not None
    assert play.run.failed.code == "deep"
    assert (play.open, play.finished) == ([], False)


def test_an_escalation_in_a_called_process_is_heard_at_the_call(begin: Begin) -> None:
    other = process(
        start("s1"), throw("t1", escalation("late")), users("a"), end("e1"), flows("s1 > t1 > a > e1"),
        identity="other", executable=False,
    )  # fmt: skip
    main = process(
        start(), call("c", "other"), boundary("bnd", "c", escalation("late"), interrupting=False), users("y", "z"),
        end(), flows("s > c > z > e; bnd > y > e"),
    )  # fmt: skip
    play = begin(definitions(main, other))
    assert play.sorted == ["a", "y"]
    play.do("a", "z", "y")
    play.ended()


def test_a_terminate_end_ends_only_the_called_process(begin: Begin) -> None:
    other = process(
        start("s1"), users("a", "b"), end("e1", terminate()), end("e2"), flows("s1 > a > e1; s1 > b > e2"),
        identity="other", executable=False,
    )  # fmt: skip
    play = begin(definitions(CALLER, other))
    play.do("a")
    assert play.open == ["z"]
    assert play.cancelled == ["b"]


# Loops


def test_many_instances_of_a_call(begin: Begin) -> None:
    loop = collection_loop("names", "name", into="results", of="result")
    main = process(start(), element("callActivity", "c", loop, calledElement="other"), end(), flows("s > c > e"))
    other = process(
        start("s1"), users("a"), script("w", 'result = name + "!"'), end("e1"), flows("s1 > a > w > e1"),
        identity="other", executable=False,
    )  # fmt: skip
    play = begin(definitions(main, other), data={"names": ["x", "y"]})
    first, second = (ready.id for ready in play.run.ready())
    play.run.complete(second)
    play.run.complete(first)
    play.ended("s s1 s1 a w e1 c a w e1 c e")
    assert play.data["results"] == ["x!", "y!"]


def test_a_call_in_a_standard_loop_and_in_a_sequential_one(begin: Begin) -> None:
    for loop in (standard_loop(loopMaximum="3"), cardinality_loop("3", sequential=True)):
        main = process(start(), element("callActivity", "c", loop, calledElement="other"), end(), flows("s > c > e"))
        play = begin(definitions(main, OTHER))
        for _ in range(3):
            assert [ready.element for ready in play.run.ready()] == ["a"]
            play.do("a")
        play.ended("s s1 a e1 c s1 a e1 c s1 a e1 c e")


# Global tasks


@pytest.mark.parametrize("kind", ["globalUserTask", "globalManualTask"])
def test_a_global_task_for_a_person(begin: Begin, kind: str) -> None:
    main = process(start(), call("c", "g"), users("z"), end(), flows("s > c > z > e"))
    play = begin(definitions(main, element(kind, "g", name="Look")))
    assert len(play.open) == 1
    (ready,) = play.run.ready()
    play.run.complete(ready.id, {"x": 1})
    assert play.open == ["z"]
    assert play.data == {"x": 1}
    assert "c" in play.done
    play.do("z")
    play.ended()


def test_a_global_script_task(begin: Begin) -> None:
    main = process(start(), call("c", "g"), end(), flows("s > c > e"))
    play = begin(definitions(main, element("globalScriptTask", "g", element("script", "", "x = n + 1"))), data={"n": 1})
    play.ended(data={"n": 1, "x": 2})
    assert [name for name in play.done if name != "g"] == ["s", "c", "e"]


def test_a_global_task_that_says_nothing_passes(begin: Begin) -> None:
    main = process(start(), call("c", "g"), end(), flows("s > c > e"))
    begin(definitions(main, element("globalTask", "g"))).ended()


def test_a_global_business_rule_task_without_a_decision_is_for_a_person(begin: Begin) -> None:
    main = process(start(), call("c", "g"), end(), flows("s > c > e"))
    play = begin(definitions(main, element("globalBusinessRuleTask", "g")))
    (ready,) = play.run.ready()
    play.run.complete(ready.id, {"fee": 5})
    play.ended(data={"fee": 5})


def test_a_global_script_outside_the_language_is_a_finding(begin: Begin) -> None:
    main = process(start(), call("c", "g"), end(), flows("s > c > e"))
    with pytest.raises(DiagramRejected):
        begin(definitions(main, element("globalScriptTask", "g", element("script", "", "import os"))))


def test_a_global_task_in_many_instances(begin: Begin) -> None:
    activity = element("callActivity", "c", cardinality_loop("2"), calledElement="g")
    play = begin(definitions(process(start(), activity, end(), flows("s > c > e")), element("globalUserTask", "g")))
    assert len(play.open) == 2
    for ready in play.run.ready():
        play.run.complete(ready.id)
    play.ended()
