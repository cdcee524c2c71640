"""One running diagram, as the case layer sees it: start, complete a task, what is open, has it ended."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagram.schedule import WorkingTime
from engine.errors import AlreadyDone, BinglianError
from engine.runtime import ad_hoc, codec, instances, position, timing
from engine.runtime.activities import compensates, number_of
from engine.runtime.specs import FlowSpec
from engine.runtime.token import DUE, OFFER, Token
from engine.runtime.values import plain
from engine.runtime.workflow import DEFAULT_LIMITS, EPOCH, Limits, LiveWorkflow

_READY = TaskState.READY


@dataclass(frozen=True)
class OpenTask:
    """A task of a person: ``id`` is ``<entry>.<ordinal>``, ``element`` the id of the task in the diagram.

    ``instance``: its number, from 0, among the instances of a loop or multi-instance task; None for any other.
    ``place``: in which instances of multi-instance activities it lies (``2/5``), empty for most.
    """

    id: str
    element: str
    name: str = ""
    instance: int | None = None
    compensates: bool = False
    place: str = ""


@dataclass(frozen=True, order=True)
class ArmedTimer:
    """A timer event that waits: the instant (UTC text), the token, the number of its definition, firings so far."""

    due_at: str
    token: str
    number: int
    times: int = 0


@dataclass(frozen=True)
class WorkingTimer:
    """A timer event in working time: what is armed, of which element, since when (UTC text), for how long."""

    armed: ArmedTimer
    element: str
    start: str
    time: WorkingTime
    provisional: bool


@dataclass(frozen=True)
class WaitingEvent:
    """A timer event that waits: what is armed, of which element, and in which instances of activities it lies."""

    armed: ArmedTimer
    element: str
    place: str


class Flow:
    """A live workflow. Every act names the journal entry it belongs to; ids of new tasks derive from it."""

    def __init__(self, workflow: LiveWorkflow) -> None:
        self._workflow = workflow

    @classmethod
    def start(cls, spec: FlowSpec, limits: Limits = DEFAULT_LIMITS) -> "Flow":
        """A flow at its start event; nothing has run yet."""
        return cls(LiveWorkflow(spec, fresh=True, limits=limits))

    @classmethod
    def restore(cls, data: bytes, spec: FlowSpec, limits: Limits = DEFAULT_LIMITS) -> "Flow":
        """The flow that ``dump`` stored."""
        return cls(codec.load(data, spec, limits))

    def dump(self) -> bytes:
        """The state as bytes; equal for equal states."""
        return codec.dump(self._workflow)

    def frozen(self) -> tuple[bytes, bytes]:
        """Both at once: ``dump`` and ``canonical``."""
        what = codec.canonical(self._workflow)
        return codec.dump(self._workflow, what), what

    def canonical(self) -> bytes:
        """What the flow is, apart from the form it is stored in; its digest is sealed in the journal."""
        return codec.canonical(self._workflow)

    def begin(self, entry: int, view: Mapping[str, Any], now: datetime = EPOCH, limits: Limits | None = None) -> None:
        """Opens the work of one journal entry at ``now``; conditions read ``view`` until the next ``begin``."""
        self._workflow.begin(entry, view, now, limits)

    def tell(self, name: str, value: Any) -> None:
        """Changes one of the values conditions read, within the work of an entry."""
        self._workflow.tell(name, value)

    def tell_instance(self, task_id: str, name: str, key: str, value: Any) -> bool:
        """Changes one of the values conditions read for the instance of a multi-instance activity a task lies in alone;
        False when it lies in none."""
        if not self._workflow.spec.several or not instances.tell(self._workflow.tasks[task_id], name, key, value):
            return False
        self._workflow.has_changed(name)
        return True

    def advance(self) -> None:
        """Runs everything that needs no person."""
        self._workflow.advance()

    def complete(self, task_id: str, data: Mapping[str, Any] | None = None) -> None:
        """Completes one open task and runs on; AlreadyDone when it is not open any more."""
        task = self._workflow.tasks.get(task_id)
        if task is None or not _is_open(task):
            raise AlreadyDone("task.closed", "该任务已不在办理中", "this task is no longer open", task_id)
        self._workflow.step(task.task_spec)
        try:
            task.task_spec.finish(task, plain(data, task_id))
        except BinglianError as error:
            self._workflow.locate(error, task)
            raise
        self._workflow.advance()

    def close(self, task_id: str, outcome: str | None, *, needed: bool = True) -> None:
        """Completes a task of a case: ``outcome`` is what all its data outputs get. One that was not ``needed`` is not
        offered again by an ad-hoc sub-process."""
        task = self._workflow.tasks.get(task_id)
        gives = () if task is None else task.task_spec.gives
        if task is not None and not needed:
            ad_hoc.withdraw(task)
        self.complete(task_id, {association.names[0]: outcome for association in gives if association.names})

    def is_open(self, task_id: str) -> bool:
        """Whether a task waits for a person."""
        task = self._workflow.tasks.get(task_id)
        return task is not None and _is_open(task)

    def closed_among(self, task_ids: Iterable[str]) -> list[str]:
        """Those that wait for a person no longer."""
        tasks = self._workflow.tasks
        return [task_id for task_id in task_ids if task_id not in tasks or not _is_open(tasks[task_id])]

    def open_tasks(self, known: Container[str] = ()) -> list[OpenTask]:
        """The tasks waiting for a person (or a service outside), in the order they opened, without those ``known``."""
        return [
            OpenTask(
                token.id, token.task_spec.bpmn_id, token.task_spec.title, number_of(token), compensates(token),
                instances.place_of(token) if self._workflow.spec.several else "",
            )
            for token in self._workflow.tasks.values()
            if token.id not in known and _is_open(token)
        ]  # fmt: skip

    def timers(self) -> list[ArmedTimer]:
        """The timer events that wait, the earliest first."""
        return sorted(
            ArmedTimer(at, token.id, int(number), times)
            for token in self._workflow.tasks.values()
            if DUE in token.internal_data
            for number, (at, _, _, times, *_) in token.internal_data[DUE].items()
        )

    def events(self) -> list[WaitingEvent]:
        """The same with where they are in the diagram, in the order their tokens were made."""
        return [
            WaitingEvent(
                ArmedTimer(at, token.id, int(number), times), token.task_spec.bpmn_id,
                instances.place_of(token) if self._workflow.spec.several else "",
            )
            for token in self._workflow.tasks.values()
            for number, (at, _, _, times, *_) in token.internal_data.get(DUE, {}).items()
        ]  # fmt: skip

    def working_timers(self) -> list[WorkingTimer]:
        """Those of them whose instant a calendar gave, in the order their tokens were made."""
        return [
            WorkingTimer(
                ArmedTimer(at, token.id, int(number), times), token.task_spec.bpmn_id,
                start, WorkingTime(Decimal(amount), unit), provisional,
            )
            for token in self._workflow.tasks.values()
            for number, (at, _, _, times, *counted) in token.internal_data.get(DUE, {}).items()
            for start, amount, unit, provisional in counted
        ]  # fmt: skip

    def schedule(self, ask: timing.TimerCalendar) -> None:
        """Asks the outside when the timers in working time that were armed since are due; nothing runs on."""
        if self._workflow.unscheduled:
            timing.schedule(self._workflow, ask)

    def move_timer(self, timer: ArmedTimer, due_at: str, provisional: bool) -> None:
        """Gives an armed timer in working time another instant."""
        timing.move(self._workflow.tasks[timer.token], timer.number, due_at, provisional)

    def next_timer(self) -> ArmedTimer | None:
        """The earliest timer event that waits."""
        found = self._workflow.next_instant()
        return None if found is None else ArmedTimer(*found)

    def fire(self, timer: ArmedTimer) -> None:
        """A timer event happens, and the flow runs on; nothing when it is not armed any more."""
        token = self._workflow.tasks.get(timer.token)
        armed = {} if token is None else token.internal_data.get(DUE, {})
        if token is not None and armed.get(str(timer.number), [""])[0] == timer.due_at:
            token.task_spec.happen(token, timer.number)
            self._workflow.advance()

    def happen_again(self, timer: ArmedTimer, due_at: str) -> None:
        """A timer event happens that once happened at another instant, from which a cycle goes on."""
        self._workflow.tasks[timer.token].internal_data[DUE][str(timer.number)][0] = due_at
        self.fire(replace(timer, due_at=due_at))

    def keep_timers(self, before: "Flow", tokens: Iterable[str]) -> None:
        """Timer events of these tokens wait for what the same tokens of another flow wait for."""
        for token_id in tokens:
            timing.keep(self._workflow.tasks[token_id], before._workflow.tasks[token_id])

    @property
    def failure(self) -> str | None:
        """The code of the error that nothing in the diagram caught, which ended everything."""
        failed = self._workflow.failed
        return None if failed is None else str(failed[0])

    def ahead(self) -> set[str]:
        """Ids of the elements a token may still come to, as drawn: conditions are not asked."""
        return position.ahead(self._workflow)

    def rename(self, names: Mapping[str, str]) -> None:
        """Gives live tokens other ids (old → new): a task that stays when its case moves keeps the id people know."""
        position.rename(self._workflow, names)

    @property
    def size(self) -> int:
        """Live tokens, the root included."""
        return len(self._workflow.tasks)

    @property
    def ended(self) -> bool:
        """No token is left."""
        return self._workflow.is_completed()


def _is_open(token: Token) -> bool:
    if token._state != _READY or not token.task_spec.is_manual(token):
        return False
    return OFFER not in token.internal_data or not ad_hoc.held_back(token)
