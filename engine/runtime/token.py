"""One token of a running diagram: a Spiff task with a derived id and a logical order instead of a wall clock."""

from types import MappingProxyType
from typing import Any, Protocol

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

BODY = "body"
"""Of an instance of a loop or multi-instance activity: the id of the token that holds the whole."""
NUMBER = "n"
"""Of such an instance: its number, from 0."""
HOST = "on"
"""Of a boundary event that listens: the id of the activity's token."""
LISTENS = "listens"
"""Of the start event of an event sub-process that listens."""
BEGINS = "begins"
"""Of an event that would start the process: the gateway or event it belongs to."""
RACE = "race"
"""Of the events behind an event-based gateway: only the first of those with the same value happens."""
SERVES = "for"
"""Of a compensation handler: the id of the token that compensates."""
VIA = "via"
"""Of an event sub-process: the start event that happened."""
OFFER = "offer"
"""Of an activity of an ad-hoc sub-process that may be done next, but need not."""
DUE = "due"
"""Of a token that waits: number of its timer → instant (UTC text) and how often it happens after that."""
GOT = "got"
"""Of a token that waits for all of its triggers: the numbers of those that happened."""
GIVEN = "given"
"""Of a called process: the values it was given, which it reads and does not change."""
TOLD = "told"
"""Of an instance of a multi-instance activity: what expressions inside it see instead of what is known outside."""
VALUES = "values"
"""Values that live and end with this token."""


class Sequence(Protocol):
    """What a token asks of its workflow: the next derived id and the next logical instant."""

    def next_task_id(self) -> str: ...

    def tick(self) -> int: ...


class Token(Task):
    """``id`` is ``<journal entry>.<ordinal>``, so a replay in another process creates the same ids.

    ``origin`` is the sequence flow the token came along: it tells a join where the token stands. ``scope`` is the id of
    the token whose content it belongs to (a process, a sub-process, a call activity). ``last_state_change`` holds a
    logical counter, never a time. There is no tree: tokens know their scope, and finished ones are forgotten.
    """

    _parent = None
    _children: Any = ()
    data: Any = MappingProxyType({})
    triggered = False
    thread_id = 0
    # What the library keeps for its tree, the same for every token of ours.

    def __init__(self, workflow: Any, element: Any, scope: str, origin: str, facts: dict[str, Any]):
        # Not the library's: it gives random ids, reads the clock and builds the tree.
        self.id: str = workflow.next_task_id()
        workflow.tasks[self.id] = self
        self.workflow, self.task_spec, self._state = workflow, element, TaskState.FUTURE
        self.scope, self.origin, self.internal_data = scope, origin, facts
        self.last_state_change = workflow.tick()

    def _set_state(self, value: int) -> None:
        # The library writes time.time() and a log record here; both would leak into the state or cost time.
        if value != self._state:
            self._state = value
            self.last_state_change = self.workflow.tick()

    @property
    def live(self) -> bool:
        """Whether it was neither completed nor cancelled."""
        return self.id in self.workflow.tasks

    @property
    def listening(self) -> bool:
        """Whether it only listens for an event and is no token of the flow."""
        return HOST in self.internal_data or LISTENS in self.internal_data

    @property
    def values(self) -> dict[str, Any]:
        """The values that live and end with this token, to be changed in place."""
        found: dict[str, Any] = self.internal_data.setdefault(VALUES, {})
        return found

    def run(self) -> bool:
        """Runs the element; False when the token stays, waiting, or was taken away by what the element did."""
        finished = bool(self.task_spec._run(self))
        if not self.live:
            return False
        if finished:
            self.complete()
        elif self._state == TaskState.READY:
            self._set_state(TaskState.STARTED)
        return finished
