"""What becomes of each attribute and element that other engines and their editors write into a diagram.

One table for all of them: Camunda 7, Operaton, Flowable and Activiti share their names, Camunda 8 has its own elements.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.diagram.xml import BL, BPMN, XSI

SEVEN = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
}
"""Engines that descend from Activiti, by namespace."""
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_PREFIXES = {**SEVEN, ZEEBE: "zeebe", "http://camunda.org/schema/modeler/1.0": "modeler"}
KNOWN = frozenset(
    {
        BPMN, BL, XSI,
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://www.w3.org/XML/1998/namespace",
    }
)  # fmt: skip
"""Namespaces whose content is ours, the standard's or only drawing."""


@dataclass(frozen=True)
class Fate:
    """What becomes of one occurrence: ``level`` info, warning or error, in words, and what to use instead."""

    level: str
    zh: str
    en: str
    hint: str = ""


def display(element: etree._Element, tag: str) -> str:
    """``camunda:assignee`` for a qualified name, whatever prefix the file uses."""
    qualified = etree.QName(tag)
    namespace = qualified.namespace
    if not namespace:
        return qualified.localname
    spelled = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    return f"{_PREFIXES.get(namespace) or spelled.get(namespace) or namespace}:{qualified.localname}"


_PERSON = Fate(
    "warning", "不按个人指派", "tasks are not given to persons by the diagram",
    "name department and role in bl:step; a person of that role takes the task from the inbox",
)  # fmt: skip
_GROUPS = Fate(
    "warning", "没有读作部门和岗位", "not read as a department and role",
    'write one group as "department:role" (codes of departments.toml), or add bl:step',
)  # fmt: skip
_DUE = Fate(
    "warning", "没有读作时限", "not read as a limit",
    'write P3D or workdays(3), or set limit and unit in bl:step',
)  # fmt: skip
_FOLLOW_UP = Fate(
    "warning", "没有跟进日期", "there are no follow-up dates",
    "reminders come from the limit: see the lights and reminders in docs/configuration.md",
)  # fmt: skip
_PRIORITY = Fate(
    "warning", "没有优先级", "there are no priorities", "the inbox is ordered by due date; give the step its limit"
)
_FORM = Fate(
    "warning", "表单不从流程图读取", "forms are not read from the diagram",
    "describe the fields in forms/application.toml next to the diagram",
)  # fmt: skip
_JOB = Fate("info", "没有后台作业,不起作用", "there are no jobs: each act is one transaction", "it can be removed")
_EDITOR = Fate("info", "只供编辑器使用", "only the editor uses it", "it can stay")
_KEEPING = Fate("info", "不起作用", "it has no effect: the journal keeps every version and entry", "it can be removed")
_STARTER = Fate(
    "warning", "谁能申请不由流程图决定", "who may apply is not decided by the diagram",
    "applications come through the window and the portal",
)  # fmt: skip
_LISTENER = Fate(
    "warning", "不运行监听器", "listeners are not run",
    "notices, clocks and journal entries are built in; what a listener computed must be a field of the form",
)  # fmt: skip
_MAPPING = Fate(
    "warning", "没有流程变量,不做映射", "there are no process variables, so nothing is mapped",
    'conditions read form fields by name and decision["STEP"]',
)  # fmt: skip
_PROPERTY = Fate(
    "warning", "扩展属性不读取", "extension properties are not read", "use bl:step, bl:needs and bl:yields"
)
_CODE = Fate(
    "error", "不运行程序、脚本或外部任务", "no code, script or external worker is run",
    "make it a user task of the department that does the work",
)  # fmt: skip
_LOOP = Fate(
    "error", "不能执行多实例", "multiple instances cannot be run",
    "draw the tasks side by side between parallel gateways",
)  # fmt: skip
_CALL = Fate("error", "不能调用其他流程或规则", "no other process, case or decision is called", "draw the steps here")
_EVENT = Fate("error", "不能执行这种事件", "this kind of event cannot be run", "use a plain event or a user task")
_SKIP = Fate(
    "error", "不能按表达式跳过任务", "a task cannot be skipped by an expression",
    "put an exclusive gateway with a condition before it",
)  # fmt: skip
_SCOPE = Fate("warning", "没有变量作用域", "there are no variable scopes", "it can be removed")
_INITIATOR = Fate("warning", "不设发起人变量", "no variable holds the initiator", "the case knows its applicant")
UNKNOWN = Fate("warning", "不认识,不起作用", "not known, so it has no effect", "use bl:step or remove it")


def _rows(*rows: tuple[Fate, str]) -> Mapping[str, Fate]:
    return {name: fate for fate, names in rows for name in names.split()}


ATTRIBUTES = _rows(
    (_PERSON, "assignee candidateUsers owner"),
    (_GROUPS, "candidateGroups"),
    (_DUE, "dueDate businessCalendarName"),
    (_FOLLOW_UP, "followUpDate"),
    (_PRIORITY, "priority"),
    (_FORM, "formKey formRef formRefBinding formRefVersion formHandlerClass formFieldValidation"),
    (_JOB, "async asynchronous asyncBefore asyncAfter asyncLeave exclusive jobPriority taskPriority retryCycle"),
    (_KEEPING, "historyTimeToLive versionTag isStartableInTasklist"),
    (_STARTER, "candidateStarterGroups candidateStarterUsers"),
    (_INITIATOR, "initiator"),
    (_CODE, "class delegateExpression expression type topic resource scriptFormat resultVariable resultVariableName"),
    (_CODE, "triggerable useLocalScopeForResultVariable storeResultVariableAsTransient"),
    (_LOOP, "collection elementVariable elementIndexVariable"),
    (
        _CALL,
        "calledElementBinding calledElementVersion calledElementVersionTag calledElementTenantId calledElementType",
    ),
    (_CALL, "caseRef caseBinding caseVersion caseTenantId decisionRef decisionRefBinding decisionRefVersion"),
    (_CALL, "decisionRefVersionTag decisionRefTenantId mapDecisionResult variableMappingClass"),
    (_CALL, "variableMappingDelegateExpression inheritVariables inheritBusinessKey sameDeployment"),
    (_EVENT, "errorCodeVariable errorMessageVariable errorMessage escalationCodeVariable variableName variableEvents"),
    (_SKIP, "skipExpression"),
    (_SCOPE, "variableScope localScope taskIdVariableName"),
    (_EDITOR, "executionPlatform executionPlatformVersion modelerTemplate modelerTemplateVersion modelerTemplateIcon"),
    (_EDITOR, "diagramRelationId"),
)
"""Attributes by local name."""

ELEMENTS = _rows(
    (_GROUPS, "assignmentDefinition"),
    (_DUE, "taskSchedule"),
    (_PRIORITY, "priorityDefinition"),
    (_FORM, "formData formField formProperty formDefinition userTaskForm validation constraint value"),
    (_EDITOR, "userTask modelerTemplateIcon"),
    (_JOB, "failedJobRetryTimeCycle"),
    (_KEEPING, "versionTag"),
    (_STARTER, "potentialStarter"),
    (_LISTENER, "taskListener executionListener eventListener taskListeners executionListeners field string script"),
    (_MAPPING, "inputOutput inputParameter outputParameter list map entry ioMapping input output in out"),
    (_PROPERTY, "properties property taskHeaders header"),
    (_CODE, "taskDefinition connector connectorId expression linkedResources linkedResource"),
    (_LOOP, "loopCharacteristics"),
    (_CALL, "calledElement calledDecision"),
    (_EVENT, "subscription errorEventDefinition conditionalFilter publishMessage"),
)
"""Elements by local name."""

_NAMES_SERVICE = Fate(
    "info", "读作服务的名称", "read as the name of the service that does the work", "register a service of this name"
)
_NOT_CALLED = Fate(
    "warning", "不运行程序,只作为服务的名称", "no code is run: it is only read as a name of the service",
    "register a service under this name, or the name or id of the task",
)  # fmt: skip
_KIND = Fate(
    "info", "按名称找服务,与这里写的种类无关", "the service is looked up by its name, whatever its kind", "it can stay"
)  # fmt: skip
_LOOP_READ = Fate(
    "info", "读作多实例的集合和变量", "read as the collection and the variables of the instances", "it can stay"
)
_INDEX = Fate("warning", "序号变量不设置", "this variable is not set", "read loopCounter")
_DECISION = Fate("info", "读作所用的决策", "read as the decision to use", "give its .dmn file too")
_RESULT = Fate("info", "结果写入这个变量", "the result is written to this variable", "it can stay")
_AS_IT_IS = Fate(
    "warning", "结果按决策本身的形式给出", "the result has the form the decision gives it", "see docs/dmn.md"
)  # fmt: skip
_GIVEN = Fate("info", "用一起给出的文件", "the files given together are used", "it can be removed")
_PASSED = Fate("info", "读作传入或传出的值", "read as a value given to or taken from the called process", "it can stay")
_COPIED = Fate(
    "info", "没有声明输入时全部值都传入", "without declared inputs all values are given anyway", "it can be removed"
)  # fmt: skip
_NO_DETAILS = Fate(
    "warning", "不设这个变量", "this variable is not set", "draw one event for each code that matters"
)  # fmt: skip
_WATCHED = Fate(
    "info", "值每次改变后都判断条件", "the condition is asked after every change of a value", "it can be removed"
)  # fmt: skip
_THROWN = Fate("warning", "不运行程序,只抛出消息", "no code is run: the message is thrown", "receive it outside")
_MATCHED = Fate(
    "warning", "关联键不读取,消息按给出的值匹配", "not read: a message says which values it must match",
    "name the values when the message is sent",
)  # fmt: skip
_CALLS = "calledElementBinding calledElementVersion calledElementVersionTag calledElementTenantId calledElementType"


def _at(hosts: str, *rows: tuple[Fate, str]) -> Mapping[tuple[str, str], Fate]:
    return {(host, name): fate for host in hosts.split() for name, fate in _rows(*rows).items()}


PLACED = {
    **_at(
        "serviceTask sendTask businessRuleTask globalBusinessRuleTask",
        (_NAMES_SERVICE, "topic delegateExpression taskDefinition"),
        (_NOT_CALLED, "class expression connector connectorId"),
        (_KIND, "type"),
        (_RESULT, "resultVariable resultVariableName"),
    ),
    **_at("multiInstanceLoopCharacteristics", (_LOOP_READ, "collection elementVariable loopCharacteristics")),
    **_at("multiInstanceLoopCharacteristics", (_INDEX, "elementIndexVariable")),
    **_at(
        "businessRuleTask globalBusinessRuleTask",
        (_DECISION, "decisionRef decisionTableReferenceKey calledDecision"),
        (_RESULT, "resultVariable resultVariableName"),
        (_AS_IT_IS, "mapDecisionResult"),
        (_GIVEN, "decisionRefBinding decisionRefVersion decisionRefVersionTag decisionRefTenantId sameDeployment"),
    ),
    **_at(
        "callActivity",
        (_GIVEN, f"{_CALLS} sameDeployment calledElement"),
        (_PASSED, "in out"),
        (_COPIED, "inheritVariables inheritBusinessKey"),
    ),
    **_at(
        "errorEventDefinition escalationEventDefinition",
        (_NO_DETAILS, "errorCodeVariable errorMessageVariable escalationCodeVariable"),
    ),
    **_at("conditionalEventDefinition", (_WATCHED, "variableName variableEvents conditionalFilter")),
    **_at("messageEventDefinition", (_THROWN, "topic delegateExpression class expression type taskDefinition")),
    **_at("message", (_MATCHED, "subscription")),
}
"""What becomes of a name on certain elements of the standard: (element, name), before the two tables above."""
