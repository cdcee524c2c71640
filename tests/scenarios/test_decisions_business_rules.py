"""Business rule tasks that run DMN decisions, all hit policies end to end (BPMN 2.0.2, 10.3.3; DMN 1.3, 8.2.10)."""

from typing import Any

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import DiagramRejected
from tests.decision_tables import decision, decisions
from tests.scenarios.drawing import (
    call,
    collection_loop,
    definitions,
    drawing,
    element,
    end,
    exclusive,
    flow,
    flows,
    process,
    start,
    task,
    users,
)
from tests.scenarios.runs import Begin, Play

Row = tuple[tuple[str, ...], tuple[str, ...]]


def table(policy: str, rules: list[Row], *, aggregation: str = "", outputs: str = "fee", order: str = "") -> str:
    """A decision table over ``area`` and ``kind``; ``order`` are the outputValues of the first output."""
    inputs = "".join(
        f'<input id="in_{name}"><inputExpression id="ie_{name}" typeRef="{kind}"><text>{name}</text>'
        "</inputExpression></input>"
        for name, kind in (("area", "number"), ("kind", "string"))
    )
    values = f"<outputValues><text>{order}</text></outputValues>" if order else ""
    outs = "".join(
        f'<output id="out_{name}" name="{name}">{values if not number else ""}</output>'
        for number, name in enumerate(outputs.split())
    )
    rows = "".join(
        f'<rule id="r{number}">'
        + "".join(f"<inputEntry><text>{test}</text></inputEntry>" for test in tests)
        + "".join(f"<outputEntry><text>{value}</text></outputEntry>" for value in results)
        + "</rule>"
        for number, (tests, results) in enumerate(rules)
    )
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="dt" hitPolicy="{policy}"{extra}>{inputs}{outs}{rows}</decisionTable>'


def deciding(**attributes: str) -> bytes:
    """A business rule task of the decision ``fees``, then a person."""
    given = {"camunda:decisionRef": "fees", **attributes}
    return drawing(start(), task("businessRuleTask", "t", **given), users("z"), end(), flows("s > t > z > e"))


def decided(begin: Begin, logic: str, data: dict[str, Any], **attributes: str) -> Play:
    """The run after its decision."""
    sources = {"p.bpmn": deciding(**attributes), "fees.dmn": decisions(decision(logic))}
    play = begin(sources, data=data)
    assert play.open == ["z"]
    assert play.done == ["s", "t"]
    return play


SMALL: Row = (("&lt; 50", '"food"'), ("10",))
LARGE: Row = (("&gt;= 50", '"food"'), ("20",))
SHOP: Row = (("-", '"shop"'), ("5",))
ANY: Row = (("-", "-"), ("1",))
SAME: Row = (("&lt; 100", "-"), ("10",))


@pytest.mark.parametrize(
    ("data", "fee"),
    [
        ({"area": 49, "kind": "food"}, 10),
        ({"area": 50, "kind": "food"}, 20),
        ({"area": 50.5, "kind": "food"}, 20),
        ({"area": 1, "kind": "shop"}, 5),
    ],
)
def test_unique_gives_the_outputs_by_their_names(begin: Begin, data: dict[str, Any], fee: int) -> None:
    play = decided(begin, table("UNIQUE", [SMALL, LARGE, SHOP]), data)
    assert play.data == {**data, "fee": fee}
    play.do("z")
    play.ended("s t z e", {**data, "fee": fee})


def test_unique_with_two_rules_that_match_is_told_and_the_run_is_unchanged(begin: Begin) -> None:
    play = begin(
        {
            "p.bpmn": drawing(
                start(), users("u"), task("businessRuleTask", "t", **{"camunda:decisionRef": "fees"}), end(),
                flows("s > u > t > e"),
            ),
            "fees.dmn": decisions(decision(table("UNIQUE", [SMALL, ANY]))),
        }
    )  # fmt: skip
    with play.refused(BinglianError):
        play.do("u", area=1, kind="food")
    play.do("u", area=1, kind="shop")
    play.ended("s u t e", {"area": 1, "kind": "shop", "fee": 1})


POLICIES = [
    ("FIRST", "", "", [SMALL, ANY], 10),
    ("FIRST", "", "", [ANY, SMALL], 1),
    ("ANY", "", "", [SMALL, SAME], 10),
    ("PRIORITY", "", "20,10,5,1", [ANY, SMALL], 10),
    ("PRIORITY", "", "1,5,10,20", [SMALL, ANY], 1),
    ("RULE ORDER", "", "", [ANY, SMALL, SHOP, SAME], [1, 10, 10]),
    ("OUTPUT ORDER", "", "20,10,5,1", [ANY, SMALL, SAME], [10, 10, 1]),
    ("COLLECT", "", "", [ANY, SMALL, SHOP], [1, 10]),
    ("COLLECT", "SUM", "", [ANY, SMALL, SAME], 21),
    ("COLLECT", "MIN", "", [SMALL, ANY, SAME], 1),
    ("COLLECT", "MAX", "", [ANY, SMALL, SHOP], 10),
    ("COLLECT", "COUNT", "", [ANY, SMALL, SHOP], 2),
]


@pytest.mark.parametrize(("policy", "aggregation", "order", "rules", "expected"), POLICIES)
def test_every_hit_policy_into_a_result_variable(
    begin: Begin, policy: str, aggregation: str, order: str, rules: list[Row], expected: object
) -> None:
    # DMN 1.3, 8.2.11: the value of a table with one output is that output's value, without its name.
    logic = table(policy, rules, aggregation=aggregation, order=order)
    play = decided(begin, logic, {"area": 40, "kind": "food"}, **{"camunda:resultVariable": "answer"})
    assert play.data == {"area": 40, "kind": "food", "answer": expected}


@pytest.mark.parametrize(("policy", "aggregation", "order", "rules", "expected"), POLICIES)
def test_every_hit_policy_under_the_name_of_the_output(
    begin: Begin, policy: str, aggregation: str, order: str, rules: list[Row], expected: object
) -> None:
    play = decided(begin, table(policy, rules, aggregation=aggregation, order=order), {"area": 40, "kind": "food"})
    assert play.data == {"area": 40, "kind": "food", "fee": expected}


def test_any_with_different_results_is_told(begin: Begin) -> None:
    sources = {"p.bpmn": deciding(), "fees.dmn": decisions(decision(table("ANY", [SMALL, ANY])))}
    with pytest.raises(BinglianError):
        begin(sources, data={"area": 1, "kind": "food"})


def test_several_outputs(begin: Begin) -> None:
    rules: list[Row] = [(("&lt; 50", "-"), ("10", '"small"')), (("-", "-"), ("20", '"large"'))]
    data = {"area": 40, "kind": "food"}
    logic = table("FIRST", rules, outputs="fee size")
    assert decided(begin, logic, data).data == {**data, "fee": 10, "size": "small"}
    play = decided(begin, logic, data, **{"camunda:resultVariable": "answer"})
    assert play.data == {**data, "answer": {"fee": 10, "size": "small"}}
    logic = table("RULE ORDER", rules, outputs="fee size")
    play = decided(begin, logic, data, **{"camunda:resultVariable": "answer"})
    assert play.data["answer"] == [{"fee": 10, "size": "small"}, {"fee": 20, "size": "large"}]
    assert decided(begin, logic, data).data == {**data, "fee": [10, 20], "size": ["small", "large"]}


def test_a_value_that_is_missing_is_told(begin: Begin) -> None:
    sources = {"p.bpmn": deciding(), "fees.dmn": decisions(decision(table("UNIQUE", [SMALL])))}
    with pytest.raises(BinglianError) as told:
        begin(sources, data={"kind": "food"})
    assert "area" in str(told.value)


def test_a_decision_that_requires_another(begin: Begin) -> None:
    logic = "<literalExpression><text>fees * 2</text></literalExpression>"
    sources = {
        "p.bpmn": deciding(**{"camunda:decisionRef": "total", "camunda:resultVariable": "answer"}),
        "fees.dmn": decisions(decision(table("UNIQUE", [SMALL])), decision(logic, "total", requires="fees")),
    }
    assert begin(sources, data={"area": 1, "kind": "food"}).data == {"area": 1, "kind": "food", "answer": 20}


@pytest.mark.parametrize(
    ("attributes", "inner"),
    [
        ({"camunda:decisionRef": "fees", "camunda:resultVariable": "answer"}, ""),
        ({}, '<zeebe:calledDecision decisionId="fees" resultVariable="answer"/>'),
    ],
    ids=["camunda", "zeebe"],
)
def test_a_decision_is_named_as_other_modelers_do(begin: Begin, attributes: dict[str, str], inner: str) -> None:
    extension = element("extensionElements", "", inner) if inner else ""
    bpmn = drawing(start(), task("businessRuleTask", "t", extension, **attributes), end(), flows("s > t > e"))
    sources = {"p.bpmn": bpmn, "fees.dmn": decisions(decision(table("UNIQUE", [SMALL])))}
    begin(sources, data={"area": 1, "kind": "food"}).ended("s t e", {"area": 1, "kind": "food", "answer": 10})


def test_the_result_decides_where_the_process_goes(begin: Begin) -> None:
    bpmn = drawing(
        start(), users("u"), task("businessRuleTask", "t", **{"camunda:decisionRef": "fees"}),
        exclusive("x", default="x-b"), users("a", "b"), end(), flows("s > u > t > x > b > e; a > e"),
        flow("x", "a", "fee > 15"),
    )  # fmt: skip
    sources = {"p.bpmn": bpmn, "fees.dmn": decisions(decision(table("UNIQUE", [SMALL, LARGE])))}
    play = begin(sources)
    play.do("u", area=60, kind="food")
    assert play.open == ["a"]
    play = begin(sources)
    play.do("u", area=6, kind="food")
    assert play.open == ["b"]


def test_a_decision_for_each_of_many(begin: Begin) -> None:
    loop = collection_loop("areas", "area", into="answers", of="fee")
    bpmn = drawing(
        start(), task("businessRuleTask", "t", loop, **{"camunda:decisionRef": "fees"}), end(), flows("s > t > e")
    )
    sources = {"p.bpmn": bpmn, "fees.dmn": decisions(decision(table("UNIQUE", [SMALL, LARGE])))}
    play = begin(sources, data={"areas": [10, 90], "kind": "food"})
    play.ended("s t t e", {"areas": [10, 90], "kind": "food", "answers": [10, 20]})


def test_a_global_business_rule_task(begin: Begin) -> None:
    bpmn = definitions(
        process(start(), call("c", "g"), end(), flows("s > c > e")),
        element("globalBusinessRuleTask", "g", **{"camunda:decisionRef": "fees"}),
    )
    sources = {"p.bpmn": bpmn, "fees.dmn": decisions(decision(table("UNIQUE", [SMALL])))}
    begin(sources, data={"area": 1, "kind": "food"}).ended(data={"area": 1, "kind": "food", "fee": 10})


@pytest.mark.parametrize(
    "logic", ["", table("UNIQUE", [(("&lt; __import__('os')", "-"), ("1",))])], ids=["none", "bad"]
)
def test_a_decision_file_that_would_not_run_is_refused_at_loading(begin: Begin, logic: str) -> None:
    with pytest.raises((DiagramRejected, BinglianError)):
        begin({"p.bpmn": deciding(), "fees.dmn": decisions(decision(logic))})


def test_a_decision_that_is_not_there_is_a_finding(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as refused:
        begin(deciding())
    (finding,) = (finding for finding in refused.value.findings if finding.level == "error")
    assert finding.element == "t"
    assert "fees" in finding.message_en
