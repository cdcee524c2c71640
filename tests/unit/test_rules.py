"""Every rule of the checker with right and wrong examples (``tests/rules``), and the rules together."""

import random
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.diagram.finding import Finding
from engine.diagram.foreign_words import ZEEBE
from engine.diagram.lint import check_sources, is_ours, lint, prepare_sources
from engine.diagram.rules import AMONG_FILES, RULES, broken_rules
from engine.diagram.rules.identities import IDENTIFIED, give_ids
from engine.diagram.rules.model import EVENTS, LOOPS, NODES, Surroundings, read_diagram
from engine.diagram.rules.not_in_product import SERVED
from engine.diagram.xml import BL, BPMN, XSI, bpmn, executable_processes
from tests.work import counted

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests" / "rules"
NAMES = sorted({*RULES, *AMONG_FILES})
HELPERS = {"__init__", "model", "identities", "extensions"}
MARK = "▶"

SPACES = f'xmlns="{BPMN}" xmlns:xsi="{XSI}" xmlns:bl="{BL}" xmlns:zeebe="{ZEEBE}"'
DEFINED = (
    '<message id="msg" name="M"/><signal id="sig" name="S"/><error id="err" errorCode="E"/>'
    '<escalation id="esc" escalationCode="C"/>'
)
DECISION = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="x" name="x" namespace="x">'
    '<decision id="{id}" name="n"><variable name="v"/><literalExpression><text>1</text></literalExpression></decision>'
    "</definitions>"
)


def module_of(rule: str) -> ModuleType:
    """The examples of a rule."""
    return import_module(f"tests.rules.{rule.replace('-', '_')}")


def _flows(chains: re.Match[str]) -> str:
    pairs = [pair for chain in chains[1].split(";") for pair in pairwise(chain.split(">"))]
    ends = [(source.strip(), target.strip()) for source, target in pairs]
    return "".join(f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in ends)


def file_of(text: str) -> bytes:
    """One example as a BPMN file; its lines keep their numbers."""
    drawn = re.sub("«([^»]*)»", _flows, text)
    body = drawn if "<process" in drawn else f'<process id="p" isExecutable="true">{drawn}</process>'
    camunda = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    return f'<definitions {SPACES} {camunda} id="file" targetNamespace="t">{DEFINED}{body}</definitions>'.encode()


def files_of(text: str) -> dict[str, str]:
    """The files of an example, as text with its marks."""
    parts = re.split(r"^=== (\S+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)) or {"a.bpmn": text}


def sources_of(text: str) -> dict[str, bytes]:
    """The files of an example as the checker gets them; ``.dmn`` files hold the id of their one decision."""
    return {
        name: DECISION.format(id=part.strip().removeprefix(MARK)).encode()
        if name.endswith(".dmn")
        else file_of(part.replace(MARK, ""))
        for name, part in files_of(text).items()
    }


def marked(text: str) -> Iterator[tuple[str, str, int]]:
    """Where an example says that something is wrong: file, element, line."""
    for name, part in files_of(text).items():
        if name.endswith(".dmn") and MARK in part:
            yield name, part.strip().removeprefix(MARK), 0
        for found in re.finditer(rf"{MARK}<(\w+)([^>]*)>", part):
            identity = re.search(r'\bid="([^"]*)"', found[2])
            yield name, identity[1] if identity else found[1], part.count("\n", 0, found.start()) + 1


def judged(examples: ModuleType, text: str) -> list[Finding]:
    """Everything the checker says about an example, without what is only told."""
    sources = sources_of(text)
    product = getattr(examples, "PRODUCT", False)
    found = lint(sources["a.bpmn"], "a.bpmn") if product else check_sources(sources)
    return [finding for finding in found if finding.level != "info" or getattr(examples, "TOLD", False)]


def cases(kind: str) -> list[object]:
    """Every right or wrong example of every rule, as parameters."""
    return [
        pytest.param(rule, text, id=f"{rule}-{number}")
        for rule in NAMES
        for number, text in enumerate(getattr(module_of(rule), kind))
    ]


@pytest.mark.parametrize("rule", NAMES)
def test_every_rule_has_right_and_wrong_examples(rule: str) -> None:
    assert (EXAMPLES / f"{rule.replace('-', '_')}.py").is_file()
    assert module_of(rule).RIGHT
    assert module_of(rule).WRONG
    assert all(MARK in text for text in module_of(rule).WRONG)


def test_every_module_is_a_listed_rule_and_every_example_belongs_to_one() -> None:
    modules = {path.stem for path in (ROOT / "engine" / "diagram" / "rules").glob("*.py")}
    assert {name.replace("-", "_") for name in NAMES} == modules - HELPERS
    assert {path.stem for path in EXAMPLES.glob("*.py")} - {"__init__"} == modules - HELPERS


@pytest.mark.parametrize(("rule", "text"), cases("RIGHT"))
def test_a_right_example_has_no_finding(rule: str, text: str) -> None:
    assert judged(module_of(rule), text) == []


@pytest.mark.parametrize(("rule", "text"), cases("WRONG"))
def test_a_wrong_example_breaks_exactly_its_rule_at_the_marked_element_and_line(rule: str, text: str) -> None:
    found = [finding for finding in judged(module_of(rule), text) if finding.rule != "schema"]
    assert {finding.rule for finding in found} == {rule}, found
    assert {(finding.file, finding.element, finding.line) for finding in found} == set(marked(text)), found
    assert all(finding.message_zh and finding.message_en and finding.hint for finding in found)


def test_the_table_of_rules_in_the_documents_is_the_one_in_the_source() -> None:
    said = (ROOT / "docs" / "checker.md").read_text(encoding="utf-8")
    modules: Mapping[str, ModuleType] = {**AMONG_FILES, **RULES}  # type: ignore[dict-item]
    for name, module in sorted(modules.items()):
        what = " ".join((module.__doc__ or "").split("\n\n")[0].split()).rstrip(".")
        assert f"| `{name}` | {what} | {module.SECTION} |" in said
    assert said.partition("| rule |")[2].count("\n| `") == len(modules)


def elements(count: int) -> bytes:
    """A long process with ``count`` flow elements."""
    chain = "".join(
        f'<userTask id="t{n}"/><sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>'
        for n in range(count // 2)
    )
    return file_of(f'{chain}<endEvent id="t{count // 2}"/>')


def work(sources: Mapping[str, bytes]) -> int:
    """The calls of the rules alone, without reading and without the schema."""
    roots, _ = prepare_sources(sources)
    with counted() as done:
        for file, root in roots.items():
            list(broken_rules(read_diagram(file, root, executable_processes(root), Surroundings())))
    return done.calls


def grows_little(small: bytes, tenfold: bytes) -> bool:
    """Ten times the size is about ten times the work; what is done for each pair would be a hundred times."""
    return work({"a.bpmn": tenfold}) < 15 * work({"a.bpmn": small})


def test_the_work_of_the_rules_grows_with_the_elements_and_no_more() -> None:
    assert check_sources({"a.bpmn": elements(10_000)}) == []
    assert grows_little(elements(1_000), elements(10_000))


def fan(count: int) -> bytes:
    """A gateway with so many flows out of it, the default one with a condition."""
    ends = "".join(f'<endEvent id="e{n}"/>' for n in range(count))
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="g" targetRef="e{n}"><conditionExpression>n == 1</conditionExpression>'
        "</sequenceFlow>"
        for n in range(count)
    )
    return file_of(f'<exclusiveGateway id="g" default="f0"/>{ends}{flows}')


def test_the_work_of_the_rules_grows_with_the_flows_of_a_node_and_no_more() -> None:
    assert {finding.rule for finding in check_sources({"a.bpmn": fan(3_000)})} == {"default-condition"}
    assert grows_little(fan(300), fan(3_000))


def test_two_hundred_nested_sub_processes_are_judged() -> None:
    inner = '<userTask id="t"/>'
    for n in range(200):
        inner = f'<subProcess id="u{n}">{inner}</subProcess>'
    assert check_sources({"a.bpmn": file_of(inner)}) == []
    wrong = inner.replace('<userTask id="t"/>', '<serviceTask id="t"/>')
    assert [f.rule for f in check_sources({"a.bpmn": file_of(wrong)})] == ["service-implementation"]


TAGS = sorted(
    NODES
    | IDENTIFIED
    | {"definitions", "association", "laneSet", "lane", "flowNodeRef", "extensionElements", "collaboration", "message"}
    | {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "loopCardinality", "loopDataInputRef"}
    | {"conditionExpression", "condition", "timeDate", "timeCycle", "script", "activationCondition"}
    | {"eventDefinitionRef", "completionCondition", "complexBehaviorDefinition", "event", "operationRef"}
    | {"timerEventDefinition", "linkEventDefinition", "messageEventDefinition", "compensateEventDefinition"}
    | {"conditionalEventDefinition", "errorEventDefinition", "cancelEventDefinition", "dataInputAssociation"}
    | {"sourceRef", "targetRef", "ioSpecification", "inputSet", "dataInputRefs", "choreography", "nonsense"}
)
NAMES_OF_ATTRIBUTES = (
    "id", "sourceRef", "targetRef", "attachedToRef", "default", "triggeredByEvent", "isForCompensation", "instantiate",
    "calledElement", "messageRef", "errorRef", "activityRef", "loopMaximum", "behavior", "startQuantity", "name",
    "gatewayDirection", "eventGatewayType", "cancelActivity", "parallelMultiple", "dataObjectRef", "isExecutable",
)  # fmt: skip
VALUES = (
    "a", "b", "c", "p", "x:a", "true", "false", "1", "-1", "", " ", "Parallel", "None", "Complex", "L", "P1D", "n > 1",
)  # fmt: skip


def grow(chance: random.Random, parent: etree._Element, count: int) -> None:
    """Puts ``count`` random elements somewhere below ``parent``."""
    there = [parent]
    for _ in range(count):
        names = chance.sample(NAMES_OF_ATTRIBUTES, chance.randint(0, 5))
        values = {name: chance.choice(VALUES) for name in names}
        element = etree.SubElement(chance.choice(there), bpmn(chance.choice(TAGS)), values)
        element.text = chance.choice(VALUES)
        there.append(element)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_no_rule_fails_on_whatever_elements_stand_wherever(seed: int) -> None:
    chance = random.Random(seed)
    root = etree.Element(bpmn("definitions"), {"id": "d"})
    process = etree.SubElement(root, bpmn("process"), {"id": "p", "isExecutable": "true"})
    grow(chance, process, chance.randint(0, 40))
    grow(chance, root, chance.randint(0, 10))
    data = etree.tostring(root)
    for findings in (check_sources({"a.bpmn": data}), check_sources({"a.bpmn": data}, "p"), lint(data, "a.bpmn")):
        assert all(finding.rule and finding.message_zh and finding.message_en for finding in findings)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["a.bpmn", "b.dmn", "c.txt"]), st.binary(max_size=80), min_size=1))
def test_files_that_are_no_diagrams_are_findings(sources: dict[str, bytes]) -> None:
    roots, findings = prepare_sources(sources)
    assert roots == {}
    assert {finding.file for finding in findings} == set(sources)
    assert all(finding.level == "error" for finding in findings)


START_TO_END = '<startEvent id="s"/><endEvent id="e"/>«s > e»'


def test_no_file_at_all_is_a_finding() -> None:
    assert [finding.rule for finding in check_sources({})] == ["no-diagram"]
    assert [finding.rule for finding in check_sources({"a.dmn": DECISION.format(id="x").encode()})] == ["no-diagram"]


@pytest.mark.parametrize(
    ("process_id", "rules"),
    [("p", set()), ("q", set()), (None, {"one-executable-process"}), ("r", {"one-executable-process"}),
     ("nobody", {"one-executable-process"})],
)  # fmt: skip
def test_the_process_to_run_can_be_named(process_id: str | None, rules: set[str]) -> None:
    text = (
        '<process id="p" isExecutable="true"><userTask id="a"/></process>'
        '<process id="q" isExecutable="1"><userTask id="b"/></process>'
        '<process id="r" isExecutable="false"><userTask id="c"/></process>'
    )
    assert {finding.rule for finding in check_sources({"a.bpmn": file_of(text)}, process_id)} == rules


def test_no_process_that_can_run_is_told_at_the_file() -> None:
    (found,) = check_sources({"a.bpmn": file_of('<process id="p"><userTask id="t"/></process>')})
    assert (found.rule, found.file, found.element, found.line) == ("one-executable-process", "a.bpmn", "file", 1)
    assert "isExecutable" in found.hint


def test_called_processes_are_judged_and_others_are_not() -> None:
    wrong = '<process id="{}"><serviceTask id="t"/></process>'
    sources = {
        "a.bpmn": file_of('<callActivity id="c" calledElement="q"/>'),
        "b.bpmn": file_of(wrong.format("q")),
        "c.bpmn": file_of(wrong.format("nobody-calls-it")),
    }
    assert [(f.file, f.rule) for f in check_sources(sources)] == [("b.bpmn", "service-implementation")]


def test_processes_that_call_each_other_are_judged_once() -> None:
    sources = {
        "a.bpmn": file_of('<callActivity id="c" calledElement="q"/><serviceTask id="t"/>'),
        "b.bpmn": file_of('<process id="q"><callActivity id="c" calledElement="p"/></process>'),
    }
    assert [f.rule for f in check_sources(sources)] == ["service-implementation"]


def test_a_registered_service_is_an_implementation() -> None:
    sources = {"a.bpmn": file_of('<serviceTask id="t"/><serviceTask id="u" name="pay"/>')}
    assert len(check_sources(sources)) == 2
    assert check_sources(sources, services=["t", "pay"]) == []


def test_a_decision_that_cannot_be_read_is_a_finding_at_its_line() -> None:
    data = DECISION.format(id="x").replace("<literalExpression>", "\n<nonsense/><literalExpression>").encode()
    found = check_sources({"a.bpmn": file_of('<userTask id="t"/>'), "a.dmn": data})
    assert [(f.file, f.line, f.level) for f in found] == [("a.dmn", 2, "error")]


def test_plain_tasks_pass_alone_but_not_among_elements_of_ours() -> None:
    ours = "<extensionElements><bl:offering code='X'/></extensionElements>"
    plain, mixed = file_of('<task id="t"/>'), file_of(f'{ours}<task id="t"/>')
    assert check_sources({"a.bpmn": plain}) == []
    assert [f.rule for f in check_sources({"a.bpmn": mixed})] == ["not-in-product"]
    assert "not-in-product" in {f.rule for f in lint(plain, "a.bpmn")}
    roots, _ = prepare_sources({"a.bpmn": plain, "b.bpmn": mixed})
    assert [is_ours(root) for root in roots.values()] == [False, True]


def test_a_step_read_from_another_engine_does_not_make_a_file_ours() -> None:
    text = '<userTask id="u" camunda:candidateGroups="d:r"/><task id="t"/>'
    assert "not-in-product" not in {f.rule for f in check_sources({"a.bpmn": file_of(text)})}


def test_elements_without_an_id_get_one_that_is_always_the_same() -> None:
    text = '<startEvent/>\n<userTask id="t"/><userTask/><sequenceFlow sourceRef="a" targetRef="t"/><userTask id="a"/>'
    roots, findings = prepare_sources({"a.bpmn": file_of(text)})
    given_ids = [element.get("id") for element in roots["a.bpmn"].iter() if element.get("id", "").startswith("bl:")]
    assert given_ids == ["bl:startEvent:1", "bl:userTask:1", "bl:sequenceFlow:1"]
    told = [(f.rule, f.level, f.element, f.line) for f in findings if f.rule == "missing-id"]
    assert told == [("missing-id", "info", "bl:startEvent:1", 1)]
    assert give_ids(roots["a.bpmn"], "a.bpmn") == []


def test_the_same_problem_is_told_at_every_place_and_all_rules_speak_at_once() -> None:
    found = check_sources(
        {"a.bpmn": file_of(START_TO_END + '<serviceTask id="t"/>\n<serviceTask id="u"/><task id="s"/>')}
    )
    assert [f.element for f in found if f.rule == "service-implementation"] == ["t", "u"]
    assert {"duplicate-id", "unreachable", "service-implementation"} <= {f.rule for f in found}


def test_a_message_stays_short_whatever_it_quotes() -> None:
    text = f'<callActivity id="c" calledElement="{"x" * 100_000}"/>'
    (found,) = check_sources({"a.bpmn": file_of(text)})
    assert (found.rule, len(found.message_en)) == ("called-element", 400)


def test_what_our_cases_can_run_is_made_of_known_words() -> None:
    special = {"triggeredByEvent", "isForCompensation", "startQuantity", "completionQuantity", "again", *LOOPS}
    for entry in SERVED:
        element, _, what = entry.partition("/")
        assert element in NODES | {"sequenceFlow"}
        assert not what or what in special or (element in EVENTS and what.endswith("EventDefinition"))
