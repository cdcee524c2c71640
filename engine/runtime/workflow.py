"""The running workflow: flat, pruned, bounded, without clock or randomness."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.diagram.expression import compile_expression
from engine.errors import DiagramError, IntegrityError, LimitExceeded
from engine.runtime.token import Token

DEFAULT_STEP_LIMIT = 10_000
"""Automatic steps one command may run; a loop without a person in it stops here."""


class ConditionEngine(PythonScriptEngine):
    """Evaluates conditions over the workflow's read-only view of routing values; runs nothing else."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        return compile_expression(expression).evaluate(task.workflow.top_workflow.view)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        raise DiagramError("diagram.script", "不支持脚本", "scripts are not supported", task.task_spec.name)


class LiveWorkflow(BpmnWorkflow):
    """A workflow that holds only its root and its live tokens.

    ``view`` is what conditions may read; ``entry`` the journal entry being applied (prefix of new task ids).
    """

    def __init__(self, spec: Any, fresh: bool) -> None:
        self.view: Mapping[str, Any] = {}
        self.entry = 0
        self.completed: bool = False
        self.ordinal = 0
        self.counter = 0
        self.steps_left = DEFAULT_STEP_LIMIT
        self.inclusive_joins: set[str] = set()
        super().__init__(spec, {}, script_engine=_CONDITIONS, deserializing=True)
        if fresh:
            self.task_tree = Token(self, spec.start, state=TaskState.FUTURE)
            self.task_tree._ready()

    def next_task_id(self) -> str:
        self.ordinal += 1
        task_id = f"{self.entry}.{self.ordinal}"
        if task_id in self.tasks:
            raise IntegrityError("runtime.task_id", "任务编号重复", "a task id was given out twice", task_id)
        return task_id

    def tick(self) -> int:
        self.counter += 1
        return self.counter

    def begin(self, entry: int, view: Mapping[str, Any], step_limit: int = DEFAULT_STEP_LIMIT) -> None:
        """Starts the work of one journal entry."""
        self.entry, self.ordinal, self.view, self.steps_left = entry, 0, view, step_limit

    def advance(self) -> None:
        """Runs everything that needs no person, until only people's tasks and waiting joins are left."""
        while self._run_ready() or self._fire_inclusive():
            pass

    def _run_ready(self) -> bool:
        ready = [t for t in self.tasks.values() if t._state == TaskState.READY and not t.task_spec.manual]
        for task in ready:
            if task._state == TaskState.READY:
                self.run_token(task)
        return bool(ready)

    def _fire_inclusive(self) -> bool:
        # One at a time: what it sends on may be what the next one has to wait for.
        return any(self.spec.task_specs[name].fire(self) for name in sorted(self.inclusive_joins))

    def run_token(self, task: Any) -> None:
        """Runs one ready token, then forgets it; DiagramError when no outgoing flow fits."""
        self.steps_left -= 1
        if self.steps_left < 0:
            raise LimitExceeded(
                "runtime.steps",
                "流程在一次操作中自动运行的步数过多,可能存在没有人参与的循环",
                "the flow ran too many automatic steps for one act; it may loop without a person in it",
                task.task_spec.name,
            )
        try:
            task.run()
        except WorkflowException as error:
            raise DiagramError(
                "diagram.no_flow", f"没有符合条件的流出:{error}", f"no outgoing flow fits: {error}", task.task_spec.name
            ) from error
        self.settle(task)

    def settle(self, task: Any) -> None:
        """Forgets a finished token: its children become its parent's, so the tree keeps the size of what is live."""
        parent = task.parent
        if parent is None or not task._state & TaskState.FINISHED_MASK or task.id not in self.tasks:
            return
        for child in task.children:
            child._parent = parent.id
            parent._children.append(child.id)
        parent._children.remove(task.id)
        del self.tasks[task.id]

    def _task_completed_notify(self, task: Any) -> None:
        # The library polls every waiting task here and looks for a task named "End".
        return None

    def is_completed(self) -> bool:
        if not self.completed:
            self.completed = not any(t._state & TaskState.NOT_FINISHED_MASK for t in self.tasks.values())
        return self.completed


_CONDITIONS = ConditionEngine()
