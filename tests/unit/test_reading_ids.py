"""Ids with a colon: the schema forbids them, a deployed file may have them, and no flow of theirs may be lost."""

from engine.runtime.parser import parse
from tests.unit.bpmn_text import chain, flow, node, process

SAID = (
    '<b:extensionElements><bl:step xmlns:bl="urn:binglian:bpmn:1" act="review" department="d" role="r"/>'
    "</b:extensionElements>"
)


def test_no_flow_of_a_node_with_a_colon_in_its_id_is_lost() -> None:
    nodes = node("startEvent", "x:s") + node("userTask", "x:t", inner=SAID) + node("endEvent", "e")
    spec = parse(process(nodes + chain("x:s>x:t>e")), "x.bpmn")
    assert [edge.target for edge in spec.task_specs["x:s"].edges] == ["x:t"]
    assert [edge.target for edge in spec.task_specs["x:t"].edges] == ["e"]


def test_a_default_flow_with_a_colon_in_its_id_is_the_default() -> None:
    nodes = node("startEvent", "s") + node("exclusiveGateway", "g", 'default="y:no"') + node("endEvent", "e")
    nodes += node("userTask", "t", inner=SAID)
    flows = chain("s>g; t>e") + flow("g", "t", "a > 1") + flow("g", "e", identity="y:no")
    spec = parse(process(nodes + flows), "x.bpmn")
    assert {edge.id: edge.default for edge in spec.task_specs["g"].edges} == {"g-t": False, "y:no": True}
