"""Element classes: the library's, with children created when an element completes and never predicted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

START = "bl:start"
END = "bl:end"
"""Names of the two internal elements. A colon cannot occur in an XML id, so no drawn element can collide with them."""


class ReachedOnly:
    """Predicts nothing; creates the next tokens when the element completes.

    The library predicts the whole future tree, whose size is exponential in the number of parallel blocks.
    """

    def _predict_hook(self, my_task: Any) -> None:
        return None

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)  # type: ignore[misc]
        if not my_task.workflow.completed:
            self._make_children(my_task)

    def _make_children(self, my_task: Any) -> None:
        my_task._sync_children(self.outputs, TaskState.FUTURE)  # type: ignore[attr-defined]


class ChoosesFlows(ReachedOnly):
    """An activity whose outgoing flows may carry conditions, and one of which may be its default.

    BPMN 2.0, 10.3.1 and 13.3.1: every flow without a condition gets a token, and every one whose condition holds; the
    default only when no condition holds. A token is never lost: when no flow is left, that is an error.
    """

    flow_conditions: Mapping[str, str] = MappingProxyType({})
    default_flow: str = ""

    def _make_children(self, my_task: Any) -> None:
        if not self.flow_conditions and not self.default_flow:
            super()._make_children(my_task)
            return
        engine = my_task.workflow.script_engine
        holds = {name for name, text in self.flow_conditions.items() if engine.evaluate(my_task, text)}
        plain = {o.name for o in self.outputs} - set(self.flow_conditions) - {self.default_flow}  # type: ignore[attr-defined]
        taken = holds | plain | ({self.default_flow} if self.default_flow and not holds else set())
        if not taken:
            raise WorkflowException("no flow fits", task_spec=self)
        my_task._sync_children([o for o in self.outputs if o.name in taken], TaskState.FUTURE)  # type: ignore[attr-defined]


class ChoosesChildren(ReachedOnly):
    """Gateways that choose their outgoing flows create the children themselves while running."""

    def _make_children(self, my_task: Any) -> None:
        return None


class UserTask(ChoosesFlows, defaults.UserTask):
    """Work of a person (user or manual task); waits until it is completed by a command."""


class Passing(ReachedOnly, BpmnSpecMixin):
    """An event a token passes without waiting: a none throw event, either end of a link."""


class StartEvent(ReachedOnly, defaults.StartEvent):
    """A none start event."""


class EndEvent(ReachedOnly, defaults.EndEvent):
    """Consumes its token; the diagram has ended when no token is left."""

    def _make_children(self, my_task: Any) -> None:
        return None


class ExclusiveGateway(ChoosesChildren, defaults.ExclusiveGateway):
    """The first flow whose condition holds, else the default flow."""


class _Start(ReachedOnly, BpmnStartTask):
    pass


class FlowSpec(BpmnProcessSpec):
    """A process without the library's ``Start``, ``End`` and ``EndJoin``, whose names collide with drawn ids."""

    def __init__(self, name: str, description: str, filename: str) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.bpmn_start_events: list[Any] = []
        self.start = _Start(self, START)
        self.end = SimpleBpmnTask(self, END)
        self.svg = None
        self.description = description
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
