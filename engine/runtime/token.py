"""One token of a running diagram: a Spiff task with a derived id and a logical order instead of a wall clock."""

from typing import Any, Protocol

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


class Sequence(Protocol):
    """What a token asks of its workflow: the next derived id and the next logical instant."""

    def next_task_id(self) -> str: ...

    def tick(self) -> int: ...


class Token(Task):
    """``id`` is ``<journal entry>.<ordinal>``, so a replay in another process creates the same ids.

    ``origin`` is the element the token came from: it tells a join on which incoming flow the token stands, even after
    the finished predecessors were pruned. ``last_state_change`` holds a logical counter, never a time.
    """

    def __init__(self, workflow: Any, task_spec: Any, parent: "Token | None" = None, state: int = TaskState.FUTURE):
        super().__init__(workflow, task_spec, parent, state=state, id=workflow.next_task_id())
        self.origin: str = parent.task_spec.name if parent is not None else ""
        self.last_state_change = workflow.tick()

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> "Token":
        child = Token(self.workflow, task_spec, self, state=state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        # The library writes time.time() and a log record here; both would leak into the state or cost time.
        if value != self._state:
            self._state: int = value
            self.last_state_change = self.workflow.tick()
