"""From BPMN XML to Spiff specs, without the library's recursion and without its silent losses.

What this release cannot run is refused by name; nothing drawn is ever ignored.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EndEventParser, StartEventParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.diagram.lint import refuse_unrunnable
from engine.diagram.xml import bpmn, executable_processes, read_definitions
from engine.errors import DiagramError
from engine.runtime.gateways import InclusiveGateway, ParallelGateway
from engine.runtime.specs import EndEvent, ExclusiveGateway, FlowSpec, StartEvent, UserTask


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
        outgoing: dict[str, int] = {}
        for flow in flows:
            outgoing[flow.get("sourceRef")] = outgoing.get(flow.get("sourceRef"), 0) + 1
        for flow in flows:
            source = parsers[flow.get("sourceRef")]
            default = source.node.get("default")
            plain = flow.find(bpmn("conditionExpression")) is None
            is_default = (default is not None and default == flow.get("id")) or (
                plain and outgoing[flow.get("sourceRef")] == 1
            )
            source.connect_outgoing(parsers[flow.get("targetRef")].task, flow, is_default)


class _FlowParser(BpmnParser):
    PARSER_CLASSES = {  # noqa: RUF012 the library's own extension point
        bpmn("startEvent"): (StartEventParser, StartEvent),
        bpmn("endEvent"): (EndEventParser, EndEvent),
        bpmn("userTask"): (TaskParser, UserTask),
        bpmn("exclusiveGateway"): (ConditionalGatewayParser, ExclusiveGateway),
        bpmn("parallelGateway"): (GatewayParser, ParallelGateway),
        bpmn("inclusiveGateway"): (ConditionalGatewayParser, InclusiveGateway),
    }
    PROCESS_PARSER_CLASS = _FlowProcessParser


def parse(data: bytes, file: str) -> FlowSpec:
    """The spec of the one executable process of a BPMN file; DiagramError names file, line and element."""
    root = read_definitions(data, file)
    refuse_unrunnable(root, file)
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
