"""Activities: tasks of every kind, sub-processes, called processes (BPMN 2.0.2, 10.3 and 13.3)."""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Protocol

from SpiffWorkflow.util.task import TaskState

from engine.diagram.expression import compile_expression
from engine.diagram.script import Script
from engine.errors import BadInput, BinglianError, DiagramError, NotPossible
from engine.runtime import ad_hoc, compensation
from engine.runtime.events import BoundaryEvent, Catching, Throwing
from engine.runtime.specs import Content, Edge, Element
from engine.runtime.token import BEGINS, BODY, GIVEN, HOST, NUMBER, SERVES, VALUES, Token

GATHERED = "gathered"


class BpmnError(BinglianError):
    """An error of the business, thrown by a service or an error event; ``code`` is what error events catch."""

    def __init__(self, code: str, message: str = "", data: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, message or code, message or code)
        self.data = dict(data or {})


class Loop(Protocol):
    """Loop characteristics: how often an activity runs."""

    @property
    def declared(self) -> frozenset[str]:
        """What is local to one instance."""

    def start(self, body: Token) -> None:
        """Starts the first instances, or completes at once."""

    def over(self, body: Token, instance: Token) -> None:
        """An instance has completed."""

    def variables(self, body: Token) -> Mapping[str, Any]:
        """What expressions see of the whole."""


@dataclass(frozen=True)
class Association:
    """A data association: from ``source`` (or the value of ``expression``) to ``target``, by ids or names.

    ``required``: what it carries must be there (10.4.2: an input or output that is not optional).
    """

    source: str
    target: str
    expression: str = ""
    names: tuple[str, ...] = ()
    required: bool = False


class Activity(Element):
    """What all activities share: loops, boundary events, gathered tokens, data, compensation."""

    loop: Loop | None = None
    start_quantity = 1
    boundary: tuple[str, ...] = ()
    handler = ""
    for_compensation = False
    default = ""
    takes: tuple[Association, ...] = ()
    gives: tuple[Association, ...] = ()
    content: Content | None = None

    def local_values(self, token: Token) -> list[Mapping[str, Any]]:
        found = super().local_values(token)
        if self.loop is not None and BODY not in token.internal_data:
            found.append(self.loop.variables(token))
        return found

    def told_when_cancelled(self, token: Token) -> bool:
        return GATHERED not in token.internal_data and (self.loop is None or BODY in token.internal_data)

    def _update_hook(self, my_task: Token) -> bool:
        if self.start_quantity > 1 and BODY not in my_task.internal_data and not self._gather(my_task):
            return False
        return self.activate(my_task)

    def _gather(self, token: Token) -> bool:
        """Waits until as many tokens came as it takes to start (startQuantity)."""
        token._set_state(TaskState.WAITING)
        token.internal_data[GATHERED] = True
        here = [t for t in token.workflow.attached(GATHERED, True) if t.task_spec is self and t.scope == token.scope]
        if len(here) < self.start_quantity:
            return False
        del token.internal_data[GATHERED]
        for other in here[: self.start_quantity]:
            if other is not token:
                token.workflow.forget(other)
        return True

    def activate(self, token: Token) -> bool:
        """A token has what it takes to start; True when it is ready."""
        instance = BODY in token.internal_data
        if self.loop is not None and not instance:
            token._set_state(TaskState.STARTED)
            self._listen(token)
            self.loop.start(token)
            return False
        if not instance:
            self._listen(token)
        for association in self.takes:
            self._take_in(token, association)
        return self.prepare(token)

    def _listen(self, token: Token) -> None:
        for name in self.boundary:
            event: BoundaryEvent = token.workflow.spec.task_specs[name]
            event.listen(token)

    def prepare(self, token: Token) -> bool:
        """Whether the work can start now; a receive task waits instead."""
        return True

    def _take_in(self, token: Token, association: Association) -> None:
        seen = token.workflow.visible(token)
        if association.expression:
            value = compile_expression(association.expression).evaluate(seen)
        elif association.source in seen:
            value = seen[association.source]
        elif association.required:
            raise self.missing(f"{association.source} ({association.names[-1]})")
        else:
            return
        for name in association.names:
            token.values[name] = deepcopy(value)

    def finish(self, token: Token, result: Mapping[str, Any]) -> None:
        """Writes what the work gave, then completes."""
        for name, value in result.items():
            token.workflow.write(token, name, value)
        for association in self.gives:
            self._give_out(token, association, result)
        token.complete()

    def _give_out(self, token: Token, association: Association, result: Mapping[str, Any]) -> None:
        seen = token.workflow.visible(token)
        if association.expression:
            value = compile_expression(association.expression).evaluate(seen)
        else:
            given = [name for name in association.names if name in result] or [
                name for name in association.names if name in token.internal_data.get(VALUES, ())
            ]
            if not given and association.required:
                raise self.missing(association.names[0])
            if not given:
                return
            value = result.get(given[0], token.internal_data.get(VALUES, {}).get(given[0]))
        token.workflow.write_into(token, association.target, value)

    def missing(self, name: str) -> DiagramError:
        """The error of an input or output that is not optional and not there."""
        label = self.title or self.bpmn_id
        return DiagramError(
            "data.missing", f"“{label}”缺少数据 {name}", f"{label!r} lacks the value {name}", self.bpmn_id
        )

    def _on_complete(self, my_task: Token) -> None:
        workflow, facts = my_task.workflow, my_task.internal_data
        body = facts.get(BODY)
        whole = self.loop is not None and body is None
        if not whole and (SERVES not in facts or self.for_compensation):
            workflow.note(my_task, "completed")
        if not whole:
            compensation.remember(my_task)
        workflow.forget(my_task)
        if body is not None and self.loop is not None:
            self.loop.over(workflow.tasks[body], my_task)
            return
        if self.boundary:
            workflow.cancel(workflow.attached(HOST, my_task.id))
        if SERVES in facts:
            compensation.served(my_task)
            return
        self.leave(my_task)
        ad_hoc.progress(my_task)

    def chosen(self, token: Token) -> Iterable[Edge]:
        """Every flow without a condition and every one whose condition holds; the default when no condition holds."""
        if not any(edge.condition or edge.default for edge in self.edges):
            return self.edges
        plain = [edge for edge in self.edges if not edge.condition and not edge.default]
        held = [edge for edge in self.edges if edge.condition and not edge.default and self.holds(token, edge)]
        taken = [*plain, *held] if held else [*plain, *(edge for edge in self.edges if edge.default)]
        if not taken:
            raise self.no_flow()
        return [edge for edge in self.edges if edge in taken]


class UserTask(Activity):
    """Work of a person (user or manual task); waits until it is completed by a command."""

    def is_manual(self, token: Token) -> bool:
        return True


class PlainTask(Activity):
    """An abstract task completes at once (BPMN 2.0.2, 13.3.3)."""


class ScriptTask(Activity):
    """Runs assignments."""

    script: Script

    def _run_hook(self, my_task: Token) -> bool:
        written: dict[str, Any] = {}
        seen: Any = my_task.workflow.visible(my_task)
        self.script.run(ChainMap(written, seen), written.__setitem__)
        self.finish(my_task, written)
        return False


class ServiceTask(Activity):
    """Calls a service registered under one of ``names``; without one it is offered to be completed from outside."""

    names: tuple[str, ...] = ()
    result = ""

    def service(self, token: Token) -> Callable[[dict[str, Any]], Mapping[str, Any] | None] | None:
        """The registered service, if any."""
        services = token.workflow.services
        return next((services[name] for name in self.names if name in services), None)

    def is_manual(self, token: Token) -> bool:
        return self.service(token) is None

    def _run_hook(self, my_task: Token) -> bool:
        service = self.service(my_task)
        if service is None:
            return True
        try:
            result = service(my_task.workflow.copy_of_visible(my_task))
        except BpmnError as error:
            my_task.workflow.raise_error(my_task, error.code, error.message_en, error.data)
            return False
        except BinglianError:
            raise
        except Exception as error:
            label = self.title or self.bpmn_id
            raise NotPossible(
                "service.failed",
                f"“{label}”调用的服务出错:{type(error).__name__}",
                f"the service of {label!r} failed: {type(error).__name__}",
                self.bpmn_id,
            ) from error
        if not self.result and not isinstance(result, Mapping | None):
            raise BadInput(
                "service.result", "服务应返回名称到值的映射", "a service must answer with names and values",
                self.bpmn_id,
            )  # fmt: skip
        self.finish(my_task, {self.result: result} if self.result else dict(result or {}))
        return False


class DecisionTask(ServiceTask):
    """A business rule task: a decision table of the run, else like a service task."""

    decision: Any = None

    def is_manual(self, token: Token) -> bool:
        return self.decision is None and super().is_manual(token)

    def _run_hook(self, my_task: Token) -> bool:
        if self.decision is None:
            return super()._run_hook(my_task)
        seen = my_task.workflow.visible(my_task)
        named = self.result
        self.finish(my_task, {named: self.decision.result(seen)} if named else self.decision.offered(seen))
        return False


class SendTask(ServiceTask, Throwing):
    """Throws its message; one that names no message is a service."""

    def is_manual(self, token: Token) -> bool:
        return not self.throws and super().is_manual(token)

    def _run_hook(self, my_task: Token) -> bool:
        if not self.throws:
            return super()._run_hook(my_task)
        self.throw(my_task)
        self.finish(my_task, {})
        return False


class ReceiveTask(Activity, Catching):
    """Waits for its message; may start a process (``instantiate``)."""

    def prepare(self, token: Token) -> bool:
        self.arm(token)
        return False

    def told_when_cancelled(self, token: Token) -> bool:
        return BEGINS not in token.internal_data and super().told_when_cancelled(token)

    def caught(self, token: Token, number: int) -> None:
        self.go_on(token)

    def _run_hook(self, my_task: Token) -> bool:
        self.finish(my_task, dict(my_task.internal_data.get(VALUES, {})) if self.gives else {})
        return False

    def wait_to_begin(self, workflow: Any, scope: str) -> None:
        token = workflow.place(self.name, scope, "", {BEGINS: self.name})
        self._update(token)


class SubProcess(Activity):
    """An embedded sub-process, a transaction, an ad-hoc or an event sub-process."""

    content: Content

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.open_content(my_task)
        return False

    def offer(self, token: Token) -> None:
        """An ad-hoc sub-process offers its activities."""
        ad_hoc.offer(token)

    def content_over(self, owner: Token) -> bool:
        return owner.workflow.is_empty(owner.id) and not ad_hoc.start_pending(owner)

    def end_content(self, owner: Token) -> None:
        self.finish(owner, {})


class CallActivity(Activity):
    """Calls a process, which has values of its own; ``process`` is its element.

    ``takes_all``: it sees a copy of the caller's values; ``gives_all``: all it wrote goes back (and nothing else, or it
    would undo what changed meanwhile). Else only what the data associations say.
    """

    process = ""
    takes_all = True
    gives_all = True

    def _run_hook(self, my_task: Token) -> bool:
        workflow = my_task.workflow
        values = my_task.internal_data.get(VALUES, {})
        if self.takes_all:
            values = self._declared(
                workflow.spec.task_specs[self.process].inputs_declared, workflow.copy_of_written(my_task), workflow.view
            )
        workflow.spawn(self.process, my_task.id, "", {GIVEN: deepcopy(dict(values))})
        return False

    def _declared(
        self, declared: Mapping[str, bool] | None, values: Mapping[str, Any], seen: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Those of the values that the called process declares (all, when it declares nothing); ``seen`` it sees."""
        for name, required in (declared or {}).items():
            if required and name not in values and name not in (seen or {}):
                raise self.missing(name)
        return values if declared is None else {name: values[name] for name in declared if name in values}

    def returned(self, token: Token, process: Token) -> None:
        """The called process has ended: what it gives goes back, and the activity completes."""
        written = process.internal_data.get(VALUES, {})
        given = self._declared(process.task_spec.outputs_declared, written) if self.gives_all else {}
        for name, value in given.items():
            token.workflow.write(token, name, value)
        for association in self.gives:
            self._give_out(token, association, {**process.internal_data.get(GIVEN, {}), **written})
        token.complete()


def compensates(token: Token) -> bool:
    """Whether a token is at work to compensate what was completed."""
    return SERVES in token.internal_data


def number_of(token: Token) -> int | None:
    """The number of an instance of a loop or multi-instance activity, None for anything else."""
    number: int | None = token.internal_data.get(NUMBER)
    return number
