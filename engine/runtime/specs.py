"""What a diagram becomes: elements (Spiff task specs), the flows between them, and contents (processes, sub-processes).

All elements of all processes of a run lie side by side in one ``FlowSpec``; which content a token belongs to is told by
the token. So nesting needs no recursion, and a process that calls itself no second copy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.diagram.expression import compile_expression
from engine.errors import DiagramError
from engine.runtime.token import GIVEN, VALUES, Token

START = "bl:start"
END = "bl:end"
"""Names of the two internal elements. A colon cannot occur in an XML id, so no drawn element can collide with them."""


@dataclass(frozen=True)
class Edge:
    """A sequence flow: ``condition`` is empty when there is none."""

    id: str
    source: str
    target: str
    condition: str = ""
    default: bool = False


@dataclass(frozen=True)
class AdHoc:
    """An ad-hoc sub-process: ``condition`` empty when it ends once everything was done once."""

    condition: str
    sequential: bool
    cancel_remaining: bool


@dataclass(frozen=True)
class Content:
    """What lies inside a process or sub-process, by element name.

    ``starts`` get a token when it opens; ``listeners`` are start events of its event sub-processes; ``begins`` are the
    events of which one must happen before anything runs (a process without a none start event); ``compensation`` is the
    event sub-process that compensates it when it has completed.
    """

    starts: tuple[str, ...] = ()
    listeners: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    ad_hoc: AdHoc | None = None
    compensation: str = ""


class Element(BpmnTaskSpec):
    """An element of a diagram. ``name`` is unique in the run, ``bpmn_id`` the id in its file, ``title`` its name.

    The library's life cycle is used (update → ready → run → complete); its prediction of the future tree, whose size is
    exponential in the number of parallel blocks, its data copies and its listeners are not.
    """

    drawn = True
    edges: tuple[Edge, ...] = ()
    entries: tuple[Edge, ...] = ()
    quantity = 1

    def __init__(self, spec: "FlowSpec", name: str, bpmn_id: str, title: str, parent: str) -> None:
        super().__init__(spec, name, bpmn_id=bpmn_id)
        self.bpmn_id, self.title, self.parent = bpmn_id, title, parent

    def _predict_hook(self, my_task: Any) -> None:
        return None

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        my_task.workflow.queue(my_task)

    def _run(self, my_task: Token) -> bool | None:
        return self._run_hook(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.note(my_task, "completed")
        my_task.workflow.forget(my_task)
        self.leave(my_task)

    owns_values = False
    event_triggered = False
    transaction = False
    declares: frozenset[str] = frozenset()
    triggers: tuple[Any, ...] = ()

    def local_values(self, token: Token) -> list[Mapping[str, Any]]:
        """The values that live with a token here."""
        values = token.internal_data.get(VALUES)
        return [values] if values else []

    def told_when_cancelled(self, token: Token) -> bool:
        """Whether cancelling a token here is an event of the case and not only of the machinery."""
        return False

    def content_over(self, owner: Token) -> bool:
        """Whether what lies inside has come to its end; asked when a token inside has gone."""
        return False

    def end_content(self, owner: Token) -> None:
        """What lies inside has come to its end."""
        owner.complete()

    def before(self) -> list[str]:
        """The elements from which a token can come here."""
        return [edge.source for edge in self.entries]

    def is_manual(self, token: Token) -> bool:
        """Whether the element waits for a person or an outside service."""
        return False

    def leave(self, token: Token) -> None:
        """Sends a token along every chosen flow; a node without flows ends it (implicit end, BPMN 2.0.2, 13.2)."""
        for edge in self.chosen(token):
            for _ in range(self.quantity):
                token.workflow.spawn(edge.target, token.scope, edge.id)

    def chosen(self, token: Token) -> Iterable[Edge]:
        """The flows a completed token goes on along."""
        return self.edges

    def holds(self, token: Token, edge: Edge, extra: Mapping[str, Any] | None = None) -> bool:
        """Whether the condition of a flow is true."""
        return bool(compile_expression(edge.condition).evaluate(token.workflow.visible(token, extra)))

    def no_flow(self) -> DiagramError:
        """The error of a token that would be lost."""
        label = self.title or self.bpmn_id
        return DiagramError(
            "diagram.no_flow",
            f"“{label}”之后没有符合条件的流出",
            f"no outgoing flow fits after {label!r}",
            self.bpmn_id,
        )


class Process(Element):
    """A running process. Its token owns the values of the instance: the whole run's, or those of a called process."""

    drawn = False
    owns_values = True

    def __init__(self, spec: "FlowSpec", name: str, bpmn_id: str, title: str) -> None:
        super().__init__(spec, name, bpmn_id, title, "")
        self.content = Content()
        self.inputs_declared: dict[str, bool] | None = None
        self.outputs_declared: dict[str, bool] | None = None

    def local_values(self, token: Token) -> list[Mapping[str, Any]]:
        """What the process wrote, before what it was given."""
        given = token.internal_data.get(GIVEN)
        return super().local_values(token) + ([given] if given else [])

    def _run_hook(self, my_task: Token) -> None:
        my_task.workflow.open_content(my_task)

    def content_over(self, owner: Token) -> bool:
        """Nothing is left to do inside."""
        return bool(owner.workflow.is_empty(owner.id))

    def _on_complete(self, my_task: Token) -> None:
        workflow = my_task.workflow
        if not my_task.scope:
            workflow.finish(my_task)
            return
        call = workflow.tasks[my_task.scope]
        workflow.forget(my_task)
        call.task_spec.returned(call, my_task)


class FlowSpec(BpmnProcessSpec):
    """All elements of a run, without the library's ``Start``, ``End`` and ``EndJoin``, whose names collide with ids."""

    def __init__(self, name: str, description: str, filename: str) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.bpmn_start_events: list[Any] = []
        self.start = Process(self, START, name, description)
        self.end = SimpleBpmnTask(self, END)
        self.svg = None
        self.description = description
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.aliases: dict[str, str] = {}
        self.several = False
        """Whether something in it is multi-instance."""
        self.correlations: Mapping[str, Sequence[tuple[str, str, str]]] = {}

    def _add_notify(self, task_spec: Any) -> None:
        self.task_specs[task_spec.name] = task_spec
