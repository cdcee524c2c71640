"""From BPMN XML to Spiff specs, without the library's recursion and without its silent losses.

What this release cannot run is refused by name; nothing drawn is ever ignored.
"""

from collections import Counter, OrderedDict
from threading import Lock
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EndEventParser, StartEventParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.diagram.links import link_catches, link_throws
from engine.diagram.lint import adopt_and_refuse
from engine.diagram.xml import bpmn, executable_processes, read_definitions
from engine.errors import DiagramError
from engine.runtime.gateways import InclusiveGateway, ParallelGateway
from engine.runtime.specs import ChoosesFlows, EndEvent, ExclusiveGateway, FlowSpec, Passing, StartEvent, UserTask


class _FlowProcessParser(ProcessParser):
    """Creates all elements, then connects the flows, so a chain of any length needs no recursion."""

    def create_spec(self) -> FlowSpec:
        return FlowSpec(self.bpmn_id, self.get_name(), self.filename)

    def add_tasks(self) -> None:
        parsers: dict[str, Any] = {}
        for node in self.node:
            node_parser, spec_class = self.parser._get_parser_class(node.tag)
            if node_parser is not None:
                parser = node_parser(self, spec_class, node, self.nsmap, lane=self.lane)
                parser.task = parser.create_task()
                parsers[node.get("id")] = parser
        flows = self.node.findall(bpmn("sequenceFlow"))
        outgoing = Counter(flow.get("sourceRef") for flow in flows)
        for flow in flows:
            source, target = parsers[flow.get("sourceRef")], parsers[flow.get("targetRef")].task
            if isinstance(source.task, ChoosesFlows):
                _connect_activity(source, target, flow)
            else:
                alone = flow.find(bpmn("conditionExpression")) is None and outgoing[flow.get("sourceRef")] == 1
                source.connect_outgoing(target, flow, alone or _is_default(source.node, flow))
        for name, throws in link_throws(self.node).items():
            for throw in throws:
                parsers[throw].task.connect(parsers[link_catches(self.node)[name][0]].task)


def _is_default(node: etree._Element, flow: etree._Element) -> bool:
    return node.get("default") is not None and node.get("default") == flow.get("id")


def _connect_activity(source: Any, target: Any, flow: etree._Element) -> None:
    """Conditions of flows out of an activity are kept on it; the library would ignore them."""
    condition = flow.find(bpmn("conditionExpression"))
    source.task.connect(target)
    if _is_default(source.node, flow):
        source.task.default_flow = target.name
    elif condition is not None:
        source.task.flow_conditions = {**source.task.flow_conditions, target.name: condition.text or ""}


class _FlowParser(BpmnParser):
    PARSER_CLASSES = {  # noqa: RUF012 the library's own extension point
        bpmn("startEvent"): (StartEventParser, StartEvent),
        bpmn("endEvent"): (EndEventParser, EndEvent),
        bpmn("userTask"): (TaskParser, UserTask),
        bpmn("manualTask"): (TaskParser, UserTask),
        bpmn("intermediateThrowEvent"): (TaskParser, Passing),
        bpmn("intermediateCatchEvent"): (TaskParser, Passing),
        bpmn("exclusiveGateway"): (ConditionalGatewayParser, ExclusiveGateway),
        bpmn("parallelGateway"): (GatewayParser, ParallelGateway),
        bpmn("inclusiveGateway"): (ConditionalGatewayParser, InclusiveGateway),
    }
    PROCESS_PARSER_CLASS = _FlowProcessParser


def parse(data: bytes, file: str) -> FlowSpec:
    """The spec of the one executable process of a BPMN file; DiagramError names file, line and element."""
    root = read_definitions(data, file)
    adopt_and_refuse(root, file)
    parser = _FlowParser()
    try:
        parser.add_bpmn_xml(root, file)
        spec = parser.get_spec(executable_processes(root)[0].get("id"))
    except (ValidationException, etree.LxmlError, KeyError) as error:
        raise DiagramError(
            "diagram.unparsable", f"流程图无法解析:{error}", f"the diagram cannot be parsed: {error}", file
        ) from error
    if not isinstance(spec, FlowSpec):
        raise DiagramError("diagram.unparsable", "流程图无法解析", "the diagram cannot be parsed", file)
    return spec


class FlowSpecs:
    """Parsed specs by deployed version, so a process parses each version once. Specs are shared and never changed."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._specs: OrderedDict[str, FlowSpec] = OrderedDict()
        self._lock = Lock()

    def get(self, version: str, data: bytes) -> FlowSpec:
        """The spec of ``version`` whose XML is ``data``."""
        with self._lock:
            spec = self._specs.get(version)
            if spec is None:
                spec = self._specs[version] = parse(data, version[:12])
                if len(self._specs) > self._capacity:
                    self._specs.popitem(last=False)
            else:
                self._specs.move_to_end(version)
            return spec
