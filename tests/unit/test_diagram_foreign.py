"""Diagrams of other engines read into ours: what becomes of each attribute and element, once and in words."""

import pytest
from lxml import etree

from engine.diagram.extension import read_step
from engine.diagram.finding import Finding
from engine.diagram.foreign import adopt
from engine.diagram.foreign_words import ATTRIBUTES, ELEMENTS, PLACED
from engine.diagram.xml import BL, BPMN, XSI, bpmn, read_definitions, schema_errors
from tests.work import counted

CAMUNDA, FLOWABLE = "http://camunda.org/schema/1.0/bpmn", "http://flowable.org/bpmn"
OPERATON, ACTIVITI = "http://operaton.org/schema/1.0/bpmn", "http://activiti.org/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SPACES = {"camunda": CAMUNDA, "flowable": FLOWABLE, "operaton": OPERATON, "activiti": ACTIVITI, "zeebe": ZEEBE}


def definitions(body: str, more: str = "") -> etree._Element:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
    return read_definitions(
        f'<b:definitions xmlns:b="{BPMN}" xmlns:xsi="{XSI}" xmlns:bl="{BL}" {spaces} {more} id="d" '
        f'targetNamespace="t"><b:process id="p" isExecutable="true">\n{body}</b:process></b:definitions>'.encode(),
        "x.bpmn",
    )


def task(attributes: str = "", inner: str = "", extensions: str = "") -> etree._Element:
    held = f"<b:extensionElements>{extensions}</b:extensionElements>" if extensions else ""
    return definitions(f'<b:userTask id="t" {attributes}>{held}{inner}</b:userTask>')


def text_of(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8")


def step_of(root: etree._Element) -> tuple[str, str, str, str, str]:
    found = root.find(f".//{bpmn('userTask')}")
    assert found is not None
    step = read_step(found, "x.bpmn")
    return step.department, step.role, step.act, str(step.limit), step.unit


def told(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.rule, f.level, f.message_en) for f in findings]


def flow(condition: str, attributes: str = "") -> etree._Element:
    escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
    return definitions(
        '<b:sequenceFlow id="f" sourceRef="a" targetRef="b">\n'
        f"<b:conditionExpression {attributes}>{escaped}</b:conditionExpression></b:sequenceFlow>"
    )


@pytest.mark.parametrize(
    ("condition", "attributes", "ours"),
    [
        ("${n > 5 && ok}", 'xsi:type="b:tFormalExpression"', "n > 5 and ok"),
        ("= n > 5 and ok", "", "n > 5 and ok"),
        ("n = 5", 'language="feel"', "n == 5"),
        ("n > 5", 'language="feel"', "n > 5"),
    ],
)
def test_a_condition_is_rewritten_in_place_and_told(condition: str, attributes: str, ours: str) -> None:
    root = flow(condition, attributes)
    found = adopt(root, "x.bpmn")
    assert told(found) == [("foreign-condition", "info", f"{condition}: read as {ours}")]
    assert (found[0].file, found[0].element, found[0].line) == ("x.bpmn", "f", 3)
    expression = root.find(f".//{bpmn('conditionExpression')}")
    assert expression is not None
    assert (expression.text, expression.get("language")) == (ours, None)
    assert adopt(root, "x.bpmn") == []


@pytest.mark.parametrize("condition", ["n > 5", "", 'x == "${y}"'])
def test_conditions_in_our_language_stay(condition: str) -> None:
    root = flow(condition)
    before = text_of(root)
    assert adopt(root, "x.bpmn") == []
    assert text_of(root) == before


def test_a_condition_that_cannot_be_translated_is_an_error_and_stays() -> None:
    root = flow("${svc.check(n)}")
    before = text_of(root)
    found = adopt(root, "x.bpmn")
    assert [(f.rule, f.level, f.element, f.line) for f in found] == [("expression.foreign", "error", "f", 3)]
    assert "'.check(...)'" in found[0].message_en
    assert text_of(root) == before
    assert adopt(root, "x.bpmn") == found


def test_an_outside_script_of_a_condition_is_an_error() -> None:
    found = adopt(flow("n > 5", 'camunda:resource="check.groovy"'), "x.bpmn")
    assert [(f.rule, f.level) for f in found] == [("foreign-attribute", "error")]


@pytest.mark.parametrize("prefix", ["camunda", "operaton", "flowable", "activiti"])
@pytest.mark.parametrize(
    ("group", "due", "step"),
    [
        ("market:reviewer", "P3D", ("market", "reviewer", "review", "3", "days")),
        ("market/reviewer", "workdays(5)", ("market", "reviewer", "review", "5", "working_days")),
        ("${'market:reviewer'}", "${workdays( 5 )}", ("market", "reviewer", "review", "5", "working_days")),
    ],
)
def test_a_group_and_a_due_date_become_a_step(prefix: str, group: str, due: str, step: tuple[str, ...]) -> None:
    root = task(f'{prefix}:candidateGroups="{group}" {prefix}:dueDate="{due}"')
    found = adopt(root, "x.bpmn")
    assert step_of(root) == step
    assert [(f.rule, f.level, f.element, f.line) for f in found] == [("foreign-attribute", "info", "t", 2)] * 2
    assert found[0].message_en.startswith(f"{prefix}:candidateGroups={group}: read as bl:step: department market")
    assert found[1].message_en.startswith(f"{prefix}:dueDate={due}: read as a limit of {step[3]} ")
    assert list(schema_errors(root)) == []


@pytest.mark.parametrize("group", ["market:reviewer", "=&quot;market:reviewer&quot;", "=[&quot;market/reviewer&quot;]"])
def test_camunda_8_assignments_become_a_step(group: str) -> None:
    root = task(
        extensions=f'<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="{group}"/>'
        '<zeebe:taskSchedule dueDate="P10D"/>'
    )
    levels = [(f.rule, f.level, f.message_en.split()[0]) for f in adopt(root, "x.bpmn")]
    assert step_of(root) == ("market", "reviewer", "review", "10", "days")
    assert levels == [
        ("foreign-element", "info", "zeebe:userTask:"),
        ("foreign-element", "info", "zeebe:assignmentDefinition"),
        ("foreign-element", "info", "zeebe:taskSchedule"),
    ]


def test_what_else_a_camunda_8_element_says_is_told_in_its_finding() -> None:
    root = task(
        extensions='<zeebe:assignmentDefinition assignee="zhang" candidateUsers="li" candidateGroups="m:r"/>'
        '<zeebe:taskSchedule dueDate="P1D" followUpDate="P1D"/>'
    )
    found = adopt(root, "x.bpmn")
    assert [f.level for f in found] == ["warning", "warning"]
    assert found[0].message_en.endswith("1 calendar days; assignee, candidateUsers is not read")
    assert found[1].message_en.endswith("followUpDate is not read")


def test_a_potential_owner_becomes_a_step_and_a_person_does_not() -> None:
    expression = (
        "<b:resourceAssignmentExpression><b:formalExpression>{}</b:formalExpression></b:resourceAssignmentExpression>"
    )
    root = task(
        inner=f"<b:documentation>x</b:documentation>"
        f"<b:humanPerformer>{expression.format('zhang')}</b:humanPerformer>"
        f"<b:potentialOwner>{expression.format('group(market:reviewer)')}</b:potentialOwner>"
    )
    found = adopt(root, "x.bpmn")
    assert step_of(root) == ("market", "reviewer", "review", "0", "working_days")
    assert [(f.rule, f.level) for f in found] == [
        ("foreign-limit", "warning"), ("foreign-performer", "warning"), ("foreign-performer", "info"),
    ]  # fmt: skip
    assert found[1].message_en.startswith("humanPerformer zhang: tasks are not given to persons")
    assert list(schema_errors(root)) == []


def test_a_performer_that_names_a_resource_is_reported() -> None:
    found = adopt(task(inner="<b:potentialOwner><b:resourceRef>clerks</b:resourceRef></b:potentialOwner>"), "x.bpmn")
    assert [(f.rule, f.level) for f in found] == [("foreign-performer", "warning")]
    assert "clerks" in found[0].message_en


@pytest.mark.parametrize(
    "due", ["", 'camunda:dueDate="2026-01-01"', 'camunda:dueDate="${d}"', 'camunda:dueDate="PT3H"']
)
def test_without_a_readable_due_date_the_limit_is_none_and_that_is_a_warning(due: str) -> None:
    root = task(f'camunda:candidateGroups="market:reviewer" {due}')
    found = adopt(root, "x.bpmn")
    assert step_of(root)[3:] == ("0", "working_days")
    assert sorted(f.level for f in found) == ["info", "warning"]
    assert ["limit is 0" in f.message_en for f in found if f.level == "warning"] == [True]


@pytest.mark.parametrize("groups", ["clerks", "a:b,c:d", "${groups}", "a:b:c", "", "a:", "a b:c"])
def test_other_groups_make_no_step(groups: str) -> None:
    root = task(f'camunda:candidateGroups="{groups}" camunda:dueDate="P3D"')
    before = text_of(root)
    found = adopt(root, "x.bpmn")
    assert [(f.rule, f.level) for f in found] == [("foreign-attribute", "warning")] * 2
    assert text_of(root) == before


def test_a_step_that_is_there_decides() -> None:
    step = '<bl:step act="site" department="fire" role="inspector" limit="2"/>'
    root = task('camunda:candidateGroups="market:reviewer" camunda:dueDate="P3D"', extensions=step)
    before = text_of(root)
    found = adopt(root, "x.bpmn")
    assert [(f.level, "decides" in f.message_en) for f in found] == [("info", True)] * 2
    assert text_of(root) == before


def test_a_manual_task_is_read_like_a_user_task() -> None:
    root = definitions('<b:manualTask id="t" camunda:candidateGroups="m:r" camunda:dueDate="P3D"/>')
    assert [f.level for f in adopt(root, "x.bpmn")] == ["info", "info"]
    assert read_step(root[0][0], "x.bpmn").department == "m"


def test_two_engines_that_say_the_same_make_one_step_and_the_first_due_date_counts() -> None:
    root = task(
        'camunda:candidateGroups="m:r" flowable:candidateGroups="m:r" camunda:dueDate="P3D" flowable:dueDate="P4D"'
    )
    assert [f.level for f in adopt(root, "x.bpmn")] == ["info", "info", "info", "warning"]
    assert step_of(root)[3:] == ("3", "days")


FORM = (
    '<camunda:formData><camunda:formField id="area" label="面积" type="long"><camunda:validation>'
    '<camunda:constraint name="min" config="1"/></camunda:validation></camunda:formField>'
    '<camunda:formField id="kind" label="种类" type="enum"><camunda:value id="a" name="甲"/></camunda:formField>'
    "</camunda:formData>"
)


def test_forms_are_listed_as_fields_of_our_form() -> None:
    found = adopt(task(extensions=FORM), "x.bpmn")
    assert [f.level for f in found] == ["warning"] * 6
    area = '[[fields]] name = "area", label_zh = "面积", type = "number"'
    kind = '[[fields]] name = "kind", label_zh = "种类", type = "choice"'
    assert found[0].hint.endswith(f"{area}; {kind}")
    assert found[1].hint == f"forms/application.toml: {area}"
    assert found[3].message_en.startswith("camunda:constraint name=min config=1: ")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ('{"components": [{"key": "area", "label": "面积", "type": "number"}, {"type": "text"}, 5]}', ["area"]),
        ("{}", []),
        ("not json", []),
        ("[" * 100_000, []),
        ("[1]", []),
    ],
)
def test_fields_of_a_camunda_8_form_are_listed(body: str, fields: list[str]) -> None:
    root = definitions(
        f'<b:extensionElements><zeebe:userTaskForm id="form">{body}</zeebe:userTaskForm></b:extensionElements>'
    )
    (found,) = adopt(root, "x.bpmn")
    assert [part.split('"')[1] for part in found.hint.split("; ")[1:]] == fields
    assert len(found.message_en) < 300


EVERYTHING = f"""
<b:extensionElements><camunda:properties><camunda:property name="a" value="b"/></camunda:properties>
<camunda:executionListener class="org.X" event="start"/></b:extensionElements>
<b:startEvent id="s" camunda:initiator="starter" camunda:asyncBefore="true"/>
<b:userTask id="t" camunda:assignee="zhang" camunda:candidateUsers="li" camunda:followUpDate="P1D" camunda:formKey="f"
 camunda:formRef="r" camunda:priority="5" camunda:exclusive="false" camunda:jobPriority="1" flowable:skipExpression="x">
<b:extensionElements>{FORM}<camunda:taskListener event="create" delegateExpression="x"/>
<camunda:inputOutput><camunda:inputParameter name="a">b</camunda:inputParameter></camunda:inputOutput>
<other:thing xmlns:other="urn:other" other:a="1" b="2"/><bare xmlns=""/></b:extensionElements></b:userTask>
<b:serviceTask id="c" camunda:class="org.X" camunda:delegateExpression="d" camunda:expression="e" camunda:topic="q"
 camunda:type="external"><b:extensionElements><zeebe:taskDefinition type="pay"/><zeebe:ioMapping><zeebe:input
 source="=a" target="b"/></zeebe:ioMapping><zeebe:taskHeaders><zeebe:header key="a" value="b"/></zeebe:taskHeaders>
</b:extensionElements><b:multiInstanceLoopCharacteristics camunda:collection="all" camunda:elementVariable="one"/>
</b:serviceTask>
"""


def test_every_foreign_attribute_and_element_is_told_exactly_once() -> None:
    root = definitions(EVERYTHING, 'xmlns:m="http://camunda.org/schema/modeler/1.0" m:executionPlatform="Camunda"')
    known = (BPMN, BL, XSI)
    expected = []
    for element in root.iter():
        space = etree.QName(element).namespace
        expected += ["foreign-attribute"] * sum(
            1 for name in element.attrib if (there := etree.QName(str(name)).namespace) and there not in known
        )
        expected += ["foreign-element"] * (space not in known)
    before = text_of(root)
    found = adopt(root, "x.bpmn")
    assert [f.rule for f in found] == expected
    assert len(expected) > 35
    assert text_of(root) == before
    assert all(f.line > 0 and f.element and f.message_zh and f.hint for f in found)
    errors = {f.message_en.split("=")[0].split()[0].rstrip(":") for f in found if f.level == "error"}
    assert errors == {"flowable:skipExpression"}
    assert {f.element for f in found if f.message_en.startswith("other:")} == {"t"}


@pytest.mark.parametrize(
    ("body", "level", "words"),
    [
        ('<b:serviceTask camunda:topic="pay"/>', "info", "the name of the service"),
        ('<b:serviceTask camunda:class="org.X"/>', "warning", "no code is run"),
        ('<b:userTask id="t" camunda:class="org.X"/>', "error", "no code"),
        ('<b:businessRuleTask camunda:decisionRef="rate"/>', "info", "the decision to use"),
        ('<b:multiInstanceLoopCharacteristics camunda:collection="all"/>', "info", "the collection"),
        ('<b:multiInstanceLoopCharacteristics flowable:elementIndexVariable="n"/>', "warning", "not set"),
        ('<b:callActivity camunda:calledElementBinding="latest"/>', "info", "files given together"),
        ('<b:callActivity><b:extensionElements><camunda:in source="a" target="b"/></b:extensionElements>'
         "</b:callActivity>", "info", "called process"),
        ('<b:userTask><b:extensionElements><camunda:in source="a" target="b"/></b:extensionElements></b:userTask>',
         "warning", "nothing is mapped"),
    ],
)  # fmt: skip
def test_what_is_read_on_one_element_is_not_read_on_another(body: str, level: str, words: str) -> None:
    (found,) = adopt(definitions(body), "x.bpmn")
    assert (found.level, words in found.message_en) == (level, True)


def test_a_called_process_of_camunda_8_is_called_here_too() -> None:
    called = '<b:extensionElements><zeebe:calledElement processId="other"/></b:extensionElements>'
    root = definitions(f'<b:callActivity id="c">{called}</b:callActivity>')
    assert [f.level for f in adopt(root, "x.bpmn")] == ["info"]
    assert [call.get("calledElement") for call in root.iter(bpmn("callActivity"))] == ["other"]


def test_every_expression_of_the_standard_is_translated() -> None:
    root = definitions(
        '<b:userTask id="t"><b:multiInstanceLoopCharacteristics><b:loopCardinality>${n}</b:loopCardinality>'
        "<b:completionCondition>=done &gt; 2</b:completionCondition></b:multiInstanceLoopCharacteristics></b:userTask>"
        '<b:startEvent id="s"><b:timerEventDefinition><b:timeDuration>${wait}</b:timeDuration>'
        "</b:timerEventDefinition></b:startEvent>"
    )
    assert [(f.element, f.rule) for f in adopt(root, "x.bpmn")] == [
        ("t", "foreign-condition"), ("t", "foreign-condition"), ("s", "foreign-condition"),
    ]  # fmt: skip
    texts = [e.text for e in root.iter(*map(bpmn, ("loopCardinality", "completionCondition", "timeDuration")))]
    assert texts == ["n", "done > 2", "wait"]


def test_drawing_and_colours_are_not_foreign() -> None:
    spaces = (
        'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" '
        'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0"'
    )
    shape = '<di:BPMNDiagram bioc:stroke="#000" color:background-color="#fff" xml:lang="zh"/>'
    root = definitions(f"<b:extensionElements>{shape}</b:extensionElements>", spaces)
    assert adopt(root, "x.bpmn") == []


def test_adopting_twice_changes_nothing_more_and_translates_nothing_again() -> None:
    root = definitions(
        '<b:userTask id="t" camunda:candidateGroups="m:r" camunda:dueDate="P3D" camunda:assignee="z"/>'
        '<b:sequenceFlow id="f" sourceRef="t" targetRef="t"><b:conditionExpression>${a}</b:conditionExpression>'
        "</b:sequenceFlow>"
    )
    first = adopt(root, "x.bpmn")
    after = text_of(root)
    second = adopt(root, "x.bpmn")
    assert text_of(root) == after
    assert [f.rule for f in first] == ["foreign-attribute"] * 3 + ["foreign-condition"]
    assert [f.rule for f in second] == ["foreign-attribute"] * 3
    assert not any("read as" in f.message_en for f in second)
    assert adopt(root, "x.bpmn") == second


def test_a_prefix_that_is_taken_does_not_matter() -> None:
    root = read_definitions(
        f'<definitions xmlns="{BPMN}" xmlns:bl="urn:other" xmlns:c="{CAMUNDA}" id="d" targetNamespace="t">'
        '<process id="p"><userTask id="t" c:candidateGroups="m:r" c:dueDate="P3D"/></process></definitions>'.encode(),
        "x.bpmn",
    )
    assert adopt(root, "x.bpmn")[0].message_en.startswith("camunda:candidateGroups=m:r: ")
    assert step_of(read_definitions(text_of(root), "x.bpmn")) == ("m", "r", "review", "3", "days")


def test_the_largest_files_are_read_in_seconds() -> None:
    tasks = "".join(f'<b:userTask id="t{n}" camunda:candidateGroups="m:r"/>' for n in range(5_000))
    root = definitions(tasks + "<camunda:formField/>" * 20_000)
    with counted() as work:
        assert len(adopt(root, "x.bpmn")) == 30_000
    assert work.calls < 3_000_000


def test_every_row_of_the_tables_speaks_both_languages() -> None:
    for fate in (*ATTRIBUTES.values(), *ELEMENTS.values(), *PLACED.values()):
        assert fate.level in ("info", "warning", "error")
        assert fate.zh and fate.en and fate.hint
