"""A proof finds what is wrong with a diagram that is not what it was made from."""

from dataclasses import replace

import pytest
from lxml import etree

from engine.diagram.xml import BL, bpmn
from engine.parallel import proof_play
from engine.parallel.convert import Conversion
from engine.parallel.proof import CONCURRENCY, EXACT, prove
from tests.unit.parallel_shapes import converted, graph_of

DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}


def test_the_diagram_of_an_order_proves_that_order() -> None:
    proof = prove(converted(DIAMOND))
    assert proof.holds
    assert proof.method == EXACT
    assert proof.as_dict()["write_conflicts"] == []


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(DIAMOND | {"c": ["a", "b"]}, id="an order the diagram does not keep"),
        pytest.param(DIAMOND | {"b": []}, id="an order the diagram keeps for nothing"),
    ],
)
@pytest.mark.parametrize("positions", [proof_play.MOST_POSITIONS, 0])
def test_another_order_is_not_proved(
    other: dict[str, list[str]], positions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_play, "MOST_POSITIONS", positions)
    proof = prove(replace(converted(DIAMOND), graph=graph_of(other)))
    assert not proof.language_equal
    assert not proof.holds
    assert proof.method == (EXACT if positions else CONCURRENCY)


def changed(kind: str, name: str) -> Conversion:
    """The diamond with every gateway of one direction made something else."""
    made = converted(DIAMOND)
    for gateway in list(made.root.iter(bpmn("parallelGateway"))):
        if gateway.get("gatewayDirection") == kind:
            gateway.tag = bpmn(name)
    return made


def test_a_join_behind_a_choice_is_not_sound() -> None:
    proof = prove(changed("Diverging", "exclusiveGateway"))
    assert not proof.sound
    assert "deadlock" in [finding.rule for finding in proof.findings]


def test_a_split_without_a_join_multiplies_tokens_and_is_not_the_same() -> None:
    assert not prove(changed("Converging", "exclusiveGateway")).holds


def test_two_branches_that_write_one_value_are_told() -> None:
    made = converted(DIAMOND)
    for task in made.root.iter(bpmn("userTask")):
        if task.get("id") in {"b", "c"}:
            extension = etree.Element(bpmn("extensionElements"))
            etree.SubElement(extension, f"{{{BL}}}field").set("name", "area")
            task.insert(0, extension)
    assert [finding.rule for finding in prove(made).write_conflicts] == ["concurrent-writes"]


def test_a_step_that_was_changed_or_lost_its_result_is_told() -> None:
    made = converted(DIAMOND)
    step = made.parts.nodes["a"]
    extension = etree.SubElement(step, bpmn("extensionElements"))
    etree.SubElement(extension, f"{{{BL}}}yields").set("ref", "R")
    proof = prove(made)
    assert not proof.same_steps
    assert not proof.same_results
