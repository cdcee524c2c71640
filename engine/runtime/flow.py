"""One running diagram, as the case layer sees it: start, complete a task, what is open, has it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import AlreadyDone
from engine.runtime import codec
from engine.runtime.specs import FlowSpec
from engine.runtime.workflow import DEFAULT_STEP_LIMIT, LiveWorkflow


@dataclass(frozen=True)
class OpenTask:
    """A task of a person: ``id`` is ``<entry>.<ordinal>``, ``element`` the id of the user task in the diagram."""

    id: str
    element: str


class Flow:
    """A live workflow. Every act names the journal entry it belongs to; ids of new tasks derive from it."""

    def __init__(self, workflow: LiveWorkflow) -> None:
        self._workflow = workflow

    @classmethod
    def start(cls, spec: FlowSpec) -> "Flow":
        """A flow at its start event; nothing has run yet."""
        return cls(LiveWorkflow(spec, fresh=True))

    @classmethod
    def restore(cls, data: bytes, spec: FlowSpec) -> "Flow":
        """The flow that ``dump`` stored."""
        return cls(codec.load(data, spec))

    def dump(self) -> bytes:
        """The state as bytes; equal for equal states."""
        return codec.dump(self._workflow)

    def begin(self, entry: int, view: Mapping[str, Any], step_limit: int = DEFAULT_STEP_LIMIT) -> None:
        """Opens the work of one journal entry; conditions read ``view`` until the next ``begin``."""
        self._workflow.begin(entry, view, step_limit)

    def advance(self) -> None:
        """Runs everything that needs no person."""
        self._workflow.advance()

    def complete(self, task_id: str) -> None:
        """Completes one open task and runs on; AlreadyDone when it is not open any more."""
        task = self._workflow.tasks.get(task_id)
        if task is None or task._state != TaskState.READY or not task.task_spec.manual:
            raise AlreadyDone("task.closed", "该任务已不在办理中", "this task is no longer open", task_id)
        self._workflow.run_token(task)
        self._workflow.advance()

    def open_tasks(self) -> list[OpenTask]:
        """The tasks waiting for a person, in the order they opened."""
        return [
            OpenTask(task.id, task.task_spec.name)
            for task in self._workflow.tasks.values()
            if task._state == TaskState.READY and task.task_spec.manual
        ]

    @property
    def size(self) -> int:
        """Live tokens plus the root."""
        return len(self._workflow.tasks)

    @property
    def ended(self) -> bool:
        """No token is left."""
        return self._workflow.is_completed()
