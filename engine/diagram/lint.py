"""What is wrong with a diagram, all at once: for ``binglian check`` and, as a refusal, at deployment.

This release runs none start, end and throw events, links, user and manual tasks, sequence flows with conditions and
defaults, and exclusive, parallel and inclusive gateways.
Everything else executable is refused by name, so nothing a designer draws is ever silently ignored.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from engine.diagram.expression import compile_expression
from engine.diagram.extension import TASKS, read_step
from engine.diagram.finding import Finding
from engine.diagram.foreign import adopt
from engine.diagram.links import link_catches, link_name, link_throws
from engine.diagram.soundness import soundness
from engine.diagram.xml import bpmn, executable_processes, line_of, local_name, read_definitions, schema_errors
from engine.errors import DiagramError

ACTIVITIES = frozenset({"userTask", "manualTask"})
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
LINK_EVENTS = frozenset({"intermediateThrowEvent", "intermediateCatchEvent"})
RUNNABLE = frozenset({"startEvent", "endEvent", "parallelGateway"}) | ACTIVITIES | CHOOSING | LINK_EVENTS
INSTEAD = {
    "task": ("a plain task is done by nobody and would be passed over", "make it a user task"),
    "scriptTask": ("scripts do not run here", "put the value in the form or in a condition"),
    "serviceTask": ("this release calls no services", "make it a user task"),
    "boundaryEvent": ("events on tasks come with a later release", "limits and escalation belong in bl:step"),
    "subProcess": ("sub-processes come with a later release", "draw its content in this process"),
    "callActivity": ("called processes come with a later release", "draw its content in this process"),
}
"""Why an element is refused and what to use instead; anything else is refused without a special hint."""

SILENT = frozenset(
    {"documentation", "extensionElements", "laneSet", "sequenceFlow", "textAnnotation", "association", "group"}
)
"""Children of a process that carry no execution of their own."""


@dataclass(frozen=True)
class _Diagram:
    file: str
    process: etree._Element
    nodes: dict[str, etree._Element]
    flows: list[etree._Element]

    def finding(self, element: etree._Element, rule: str, zh: str, en: str, hint: str = "") -> Finding:
        identity = element.get("id") or local_name(element)
        return Finding(self.file, identity, line_of(element), rule, "error", zh, en, hint)

    def outgoing(self, node: etree._Element) -> list[etree._Element]:
        return [flow for flow in self.flows if flow.get("sourceRef") == node.get("id")]


Rule = Callable[[_Diagram], Iterator[Finding]]


def _unsupported(diagram: _Diagram) -> Iterator[Finding]:
    for child in diagram.process:
        name = local_name(child)
        if name not in RUNNABLE and name not in SILENT:
            why, instead = INSTEAD.get(name, ("this release cannot run it", "use user tasks and gateways"))
            yield diagram.finding(child, "unsupported-element", f"本版本不能执行 {name}", f"{name}: {why}", instead)
    for node in diagram.nodes.values():
        for child in node:
            name = local_name(child)
            allowed = name == "linkEventDefinition" and local_name(node) in LINK_EVENTS
            if name.endswith(("EventDefinition", "LoopCharacteristics", "eventDefinitionRef")) and not allowed:
                yield diagram.finding(
                    node, "unsupported-element", f"本版本不能执行 {name}", f"this release cannot run a {name}",
                    "use a plain event or task",
                )  # fmt: skip


def _links(diagram: _Diagram) -> Iterator[Finding]:
    throws, catches = link_throws(diagram.process), link_catches(diagram.process)
    for name, events in throws.items():
        if len(catches.get(name, ())) != 1:
            yield diagram.finding(
                diagram.nodes[events[0]], "link-target", f"链接“{name}”应有一个接收事件",
                f"the link {name!r} needs exactly one catch event", "name one catching link event like it",
            )  # fmt: skip
    for name, events in catches.items():
        if name not in throws:
            yield diagram.finding(
                diagram.nodes[events[0]],
                "link-source",
                f"链接“{name}”没有抛出事件",
                f"nothing throws the link {name!r}",
            )
    for node in diagram.nodes.values():
        if local_name(node) == "intermediateCatchEvent" and link_name(node) is None:
            yield diagram.finding(
                node, "unsupported-element", "接收事件没有定义", "a catch event without a definition waits for nothing"
            )


def _identities(diagram: _Diagram) -> Iterator[Finding]:
    for child in diagram.process:
        if local_name(child) in RUNNABLE and not child.get("id"):
            yield diagram.finding(child, "missing-id", "元素没有 id", "the element has no id", "give it an id")
    counted = Counter(e.get("id") for e in diagram.process.getroottree().getroot().iter() if e.get("id"))
    for identity, times in counted.items():
        if times > 1 and identity in diagram.nodes:
            yield diagram.finding(
                diagram.nodes[identity], "duplicate-id", f"id {identity} 出现 {times} 次",
                f"the id {identity} occurs {times} times", "ids are unique in a file",
            )  # fmt: skip


def _start_and_end(diagram: _Diagram) -> Iterator[Finding]:
    kinds = Counter(local_name(node) for node in diagram.nodes.values())
    if kinds["startEvent"] != 1:
        yield diagram.finding(
            diagram.process, "one-start", f"应有一个开始事件,现有 {kinds['startEvent']} 个",
            f"expected one start event, found {kinds['startEvent']}",
        )  # fmt: skip
    if not kinds["endEvent"]:
        yield diagram.finding(diagram.process, "some-end", "没有结束事件", "there is no end event")


def _flow_ends(diagram: _Diagram) -> Iterator[Finding]:
    pairs: Counter[tuple[str | None, str | None]] = Counter()
    for flow in diagram.flows:
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        pairs[source, target] += 1
        for name, value in (("sourceRef", source), ("targetRef", target)):
            if value not in diagram.nodes:
                yield diagram.finding(
                    flow, "flow-end", f"流向的 {name}={value} 不是本流程的节点",
                    f"{name}={value} is not a node of this process", "connect the flow again",
                )  # fmt: skip
        if pairs[source, target] == 2:
            yield diagram.finding(
                flow, "parallel-flows", f"{source} 到 {target} 有两条流向",
                f"two flows lead from {source} to {target}", "keep one of them",
            )  # fmt: skip


def _kind_of_ends(diagram: _Diagram) -> Iterator[Finding]:
    into = {flow.get("targetRef") for flow in diagram.flows}
    for identity, node in diagram.nodes.items():
        name, leaves = local_name(node), diagram.outgoing(node)
        link = link_name(node) is not None
        finishes = name == "endEvent" or (link and name == "intermediateThrowEvent")
        begins = name == "startEvent" or (link and name == "intermediateCatchEvent")
        if finishes and leaves:
            yield diagram.finding(node, "end-leaves", "这里不能有流出", "no flow may lead out of here")
        if not finishes and not leaves:
            yield diagram.finding(
                node, "dead-end", "没有流出,案件会停在这里", "nothing leads out of here, so a case would be lost",
                "connect it to an end event",
            )  # fmt: skip
        if begins and identity in into:
            yield diagram.finding(node, "start-entered", "这里不能有流入", "no flow may lead in here")


def _conditions(diagram: _Diagram) -> Iterator[Finding]:
    for flow in diagram.flows:
        source = diagram.nodes.get(flow.get("sourceRef", ""))
        condition = flow.find(bpmn("conditionExpression"))
        if source is None:
            continue
        kind = local_name(source)
        if condition is not None and kind not in CHOOSING | ACTIVITIES:
            yield diagram.finding(
                flow, "condition-place", f"{kind} 的流出不能带条件",
                f"a flow out of a {kind} cannot have a condition", "put an exclusive gateway before it",
            )  # fmt: skip
        elif condition is not None:
            yield from _expression(diagram, flow, condition.text or "")
        elif kind in CHOOSING and source.get("default") != flow.get("id") and len(diagram.outgoing(source)) > 1:
            yield diagram.finding(
                flow, "condition-missing", "网关的非默认流出没有条件",
                "a flow out of this gateway has neither a condition nor is it the default", "add a condition",
            )  # fmt: skip


def _expression(diagram: _Diagram, flow: etree._Element, text: str) -> Iterator[Finding]:
    try:
        compile_expression(text)
    except DiagramError as error:
        yield diagram.finding(flow, error.code, error.message_zh, error.message_en)


def _default_exists(diagram: _Diagram) -> Iterator[Finding]:
    for node in diagram.nodes.values():
        default = node.get("default")
        if default and default not in {flow.get("id") for flow in diagram.outgoing(node)}:
            yield diagram.finding(
                node,
                "default-flow",
                f"默认流出 {default} 不从这里出发",
                f"the default flow {default} does not start here",
            )


def _reachable(diagram: _Diagram) -> Iterator[Finding]:
    seen = {identity for identity, node in diagram.nodes.items() if local_name(node) == "startEvent"}
    stack, catches = list(seen), link_catches(diagram.process)
    while stack:
        node = diagram.nodes[stack.pop()]
        following = [flow.get("targetRef", "") for flow in diagram.outgoing(node)]
        if local_name(node) == "intermediateThrowEvent":
            following += catches.get(link_name(node) or "", [])
        fresh = [target for target in following if target in diagram.nodes and target not in seen]
        seen.update(fresh)
        stack += fresh
    for identity, node in diagram.nodes.items():
        if identity not in seen:
            yield diagram.finding(node, "unreachable", "从开始事件到不了这里", "it cannot be reached from the start")


_STRUCTURE: tuple[Rule, ...] = (
    _unsupported, _links, _identities, _start_and_end, _flow_ends, _kind_of_ends, _conditions, _default_exists,
    _reachable,
)  # fmt: skip


def _steps(diagram: _Diagram) -> Iterator[Finding]:
    for task in diagram.process.iter(*TASKS):
        try:
            read_step(task, diagram.file)
        except DiagramError as error:
            yield diagram.finding(task, error.code, error.message_zh, error.message_en)


def _diagram(process: etree._Element, file: str) -> _Diagram:
    nodes = {e.get("id", ""): e for e in process if local_name(e) in RUNNABLE and e.get("id")}
    return _Diagram(file, process, nodes, process.findall(bpmn("sequenceFlow")))


def structure(root: etree._Element, file: str) -> Iterator[Finding]:
    """Findings that would keep the runtime from running the one executable process."""
    processes = executable_processes(root)
    if len(processes) != 1:
        yield Finding(
            file, "definitions", line_of(root), "one-executable-process", "error",
            f"应有一个可执行流程,现有 {len(processes)} 个", f"expected one executable process, found {len(processes)}",
            'set isExecutable="true" on the process to run',
        )  # fmt: skip
        return
    diagram = _diagram(processes[0], file)
    for rule in _STRUCTURE:
        yield from rule(diagram)


def adopt_and_refuse(root: etree._Element, file: str) -> None:
    """Reads what other modelers wrote into our form, then raises DiagramError for the first thing that cannot run."""
    _refuse_first((*adopt(root, file), *structure(root, file)), file)


def _refuse_first(findings: Iterable[Finding], file: str) -> None:
    for finding in findings:
        if finding.level == "error":
            raise DiagramError(
                f"diagram.{finding.rule.removeprefix('diagram.')}", finding.message_zh, finding.message_en,
                f"{file}:{finding.line} {finding.element}",
            )  # fmt: skip


def lint(data: bytes, file: str) -> list[Finding]:
    """Every finding of a BPMN file: reading, schema, what other modelers wrote, structure, our own elements."""
    try:
        root = read_definitions(data, file)
    except DiagramError as error:
        place = error.where.removeprefix(f"{file}:").partition(" ")[0]
        line = int(place) if place.isdigit() else 0
        return [Finding(file, "", line, error.code, "error", error.message_zh, error.message_en)]
    found = [
        Finding(file, "", line, "schema", "error", f"不符合 BPMN 2.0 模式:{message}", f"not BPMN 2.0: {message}")
        for line, message in schema_errors(root)
    ]
    found += adopt(root, file)
    broken = list(structure(root, file))
    found += broken or unsound(root, file)
    for process in executable_processes(root):
        found += _steps(_diagram(process, file))
    return found


def unsound(root: etree._Element, file: str) -> list[Finding]:
    """Where cases would get stuck, leave work behind or multiply; for a diagram whose structure is right."""
    return [finding for process in executable_processes(root) for finding in soundness(process, file)]


def refuse_unsound(data: bytes, file: str) -> None:
    """Raises DiagramError for the first way in which a case could get stuck; asked once, when a version is deployed."""
    root = read_definitions(data, file)
    adopt_and_refuse(root, file)
    _refuse_first(unsound(root, file), file)
