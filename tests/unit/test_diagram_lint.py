"""Each rule of the checker with a wrong example; the right one passes all of them."""

import pytest

from engine.diagram.extension import read_steps
from engine.diagram.lint import adopt_and_refuse, lint, refuse_unsound
from engine.diagram.xml import BL, executable_processes, read_definitions
from engine.errors import DiagramError
from engine.runtime import Flow
from engine.runtime.parser import parse
from tests.unit.bpmn_text import chain, flow, node, process

STEP = (
    f'<b:extensionElements xmlns:bl="{BL}"><bl:step item="FOOD" act="review" department="market" role="reviewer" '
    'limit="1.5" unit="working_days" decisive="true"/><bl:needs ref="M_ID"/></b:extensionElements>'
)
TASK = node("userTask", "t", 'name="审查"', STEP)
START, END = node("startEvent", "s"), node("endEvent", "e")
ROUTE = chain("s>t>e")
RIGHT = START + TASK + END + ROUTE


LINK_OUT = node("intermediateThrowEvent", "out", inner='<b:linkEventDefinition name="L"/>')
LINK_IN = node("intermediateCatchEvent", "in", inner='<b:linkEventDefinition name="L"/>')
LINK_TWO = node("intermediateCatchEvent", "in2", inner='<b:linkEventDefinition name="L"/>')


def task_with(inner: str) -> str:
    """The right diagram with other extension elements in its task."""
    return START + node("userTask", "t", inner=inner) + END + ROUTE


def rules(body: str) -> set[str]:
    return {finding.rule for finding in lint(process(body), "x.bpmn")}


def test_a_right_diagram_has_no_finding() -> None:
    assert lint(process(RIGHT), "x.bpmn") == []


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("not-in-product", START + TASK + END + node("serviceTask", "x", 'implementation="y"') + chain("s>t>x>e")),
        ("event-place", START + TASK + END + node("boundaryEvent", "x", 'attachedToRef="t"') + ROUTE),
        ("not-in-product", node("startEvent", "s", inner="<b:timerEventDefinition/>") + TASK + END + ROUTE),
        ("called-element", START + TASK + END + node("callActivity", "x", 'calledElement="q"') + chain("s>t>x>e")),
        ("standard-loop", task_with(STEP + "<b:standardLoopCharacteristics/>")),
        ("missing-id", START + TASK + END + "<b:userTask/>" + chain("s>t>e")),
        ("one-start", START + node("startEvent", "s2") + TASK + END + chain("s>t>e; s2>t")),
        ("one-start", TASK + END + chain("t>e")),
        ("some-end", START + TASK + chain("s>t")),
        ("flow-end", RIGHT + flow("t", "nowhere")),
        ("end-leaves", RIGHT + flow("e", "t")),
        ("dead-end", START + TASK + END + node("parallelGateway", "g") + chain("s>t>e; t>g")),
        ("start-entered", RIGHT + flow("t", "s")),
        ("condition-place", START + TASK + END + flow("s", "t", "x > 1") + chain("t>e")),
        ("not-in-product", START + node("task", "t") + END + ROUTE),
        ("not-in-product", START + TASK + node("intermediateCatchEvent", "c") + END + chain("s>t>c>e")),
        ("link-target", START + TASK + END + LINK_OUT + chain("s>t>out")),
        ("link-target", START + TASK + END + LINK_OUT + LINK_IN + LINK_TWO + chain("s>t>out; in>e")),
        ("link-source", START + TASK + END + LINK_IN + ROUTE + chain("in>e")),
        ("end-leaves", START + TASK + END + LINK_OUT + LINK_IN + chain("s>t>out>e; in>e")),
        ("start-entered", START + TASK + END + LINK_OUT + LINK_IN + chain("s>out; t>in>e")),
        ("condition-missing", START + TASK + node("exclusiveGateway", "g") + END + chain("s>g>t>e; g>e")),
        ("default-flow", START + TASK + node("exclusiveGateway", "g", 'default="t-e"') + END + chain("s>g>t>e")),
        ("unreachable", RIGHT + node("userTask", "lost", inner=STEP) + chain("lost>e")),
        ("expression", START + TASK + node("exclusiveGateway", "g", 'default="g-e"') + END
         + chain("s>g; t>e; g>e") + flow("g", "t", "__import__('os')")),
        ("diagram.step", task_with("")),
        ("diagram.step", task_with(STEP.replace("review", "dance", 1))),
        ("diagram.limit", task_with(STEP.replace("1.5", "-1"))),
        ("diagram.limit", task_with(STEP.replace("1.5", "1e999999999"))),
        ("schema", RIGHT + "<b:nonsense/>"),
    ],
)  # fmt: skip
def test_each_rule_finds_its_wrong_example(rule: str, body: str) -> None:
    assert rule in rules(body)


def test_a_right_diagram_may_have_links_conditions_on_tasks_and_manual_tasks() -> None:
    manual = node("manualTask", "m", 'default="m-e"', STEP)
    body = START + TASK + manual + END + LINK_OUT + LINK_IN + chain("s>t>out; in>m; m>e") + flow("m", "t", "x > 1")
    assert lint(process(body), "x.bpmn") == []


def test_duplicate_ids_are_found() -> None:
    body = RIGHT + node("userTask", "t", inner=STEP)
    assert "duplicate-id" in rules(body)


@pytest.mark.parametrize("count", [0, 2])
def test_a_file_needs_exactly_one_executable_process(count: int) -> None:
    data = process(RIGHT).decode()
    one = data[data.index("<b:process") : data.index("</b:definitions>")]
    many = "".join(one.replace('id="p"', f'id="p{n}"') for n in range(count)) or one.replace("true", "false", 1)
    findings = lint(data.replace(one, many).encode(), "x.bpmn")
    assert "one-executable-process" in {finding.rule for finding in findings}


def test_all_problems_are_told_at_once_with_line_and_element() -> None:
    found = lint(process("\n" + START + "\n" + node("userTask", "t") + "\n" + node("serviceTask", "x")), "x.bpmn")
    assert len({finding.rule for finding in found}) >= 4
    assert {(f.element, f.line) for f in found if f.rule == "not-in-product"} == {("x", 4)}
    assert all(finding.message_zh and finding.message_en for finding in found)


def test_deployment_refuses_the_first_finding_by_name() -> None:
    root = read_definitions(process(START + TASK + chain("s>t")), "x.bpmn")
    with pytest.raises(DiagramError, match=r"x\.bpmn:\d+ p"):
        adopt_and_refuse(root, "x.bpmn")


def test_a_step_is_read_with_its_department_limit_and_materials() -> None:
    step = read_steps(executable_processes(read_definitions(process(RIGHT), "x"))[0], "x")["t"]
    assert (step.item, step.act, step.department, step.role) == ("FOOD", "review", "market", "reviewer")
    assert (str(step.limit), step.decisive, step.needs) == ("1.5", True, ("M_ID",))


def test_a_diagram_of_another_modeler_is_checked_and_run_as_it_was_adopted() -> None:
    camunda = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:candidateGroups="market:reviewer"'
    tasks = node("userTask", "t", camunda) + node("userTask", "u", camunda)
    gateway = node("exclusiveGateway", "g", 'default="g-e"')
    chosen = flow("g", "t", "${area gt 50 && !ready}") + flow("g", "u", "=area = 7")
    body = START + tasks + gateway + END + chain("s>g; t>e; u>e; g>e") + chosen
    found = lint(process(body), "x.bpmn")
    assert {finding.level for finding in found} <= {"info", "warning"}
    assert {finding.rule for finding in found} >= {"foreign-condition", "foreign-attribute"}
    for values, expected in (({"area": 51, "ready": False}, ["t"]), ({"area": 7, "ready": False}, ["u"])):
        running = Flow.start(parse(process(body), "x.bpmn"))
        running.begin(1, values)
        running.advance()
        assert [task.element for task in running.open_tasks()] == expected


def test_a_condition_of_another_modeler_that_says_too_much_is_refused_at_deployment() -> None:
    body = START + TASK + node("exclusiveGateway", "g", 'default="g-e"') + END + chain("s>g; t>e; g>e")
    data = process(body + flow("g", "t", "${execution.getBean('x').run()}"))
    with pytest.raises(DiagramError):
        parse(data, "x.bpmn")
    assert "expression.foreign" in {finding.rule for finding in lint(data, "x.bpmn") if finding.level == "error"}


def test_a_diagram_that_would_leave_cases_stuck_is_found_and_not_deployed() -> None:
    choice = node("exclusiveGateway", "g", 'default="g-a"') + flow("g", "b", "x > 1")
    join = node("parallelGateway", "j")
    body = START + choice + node("userTask", "a", inner=STEP) + node("userTask", "b", inner=STEP) + join + END
    data = process(body + chain("s>g>a>j; b>j; j>e"))
    assert "deadlock" in {finding.rule for finding in lint(data, "x.bpmn")}
    with pytest.raises(DiagramError):
        refuse_unsound(data, "x.bpmn")
    refuse_unsound(process(RIGHT), "x.bpmn")
