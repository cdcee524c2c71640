"""Running diagrams without a database: for tests, third-party suites and simulations (docs/embedding.md).

A run holds everything in memory. Every act either happens as a whole or, when it raises, leaves all runs of its bus as
they were.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from lxml import etree
from SpiffWorkflow.util.task import TaskState

from engine.clock import system_clock
from engine.diagram.dmn import read_decisions
from engine.diagram.finding import Finding
from engine.diagram.lint import prepare_sources
from engine.diagram.schedule import WorkingTime
from engine.diagram.xml import executable_processes
from engine.errors import BadInput, BinglianError, DiagramError, IntegrityError, LimitExceeded
from engine.instants import aware_utc, from_text, to_text
from engine.runtime import codec, propagation
from engine.runtime.activities import BpmnError
from engine.runtime.events import AWAITED
from engine.runtime.flow import Flow
from engine.runtime.reading import Reader
from engine.runtime.specs import FlowSpec
from engine.runtime.timing import TimerCalendar
from engine.runtime.token import VALUES
from engine.runtime.values import plain
from engine.runtime.workflow import DEFAULT_LIMITS, Limits, LiveWorkflow, Service

__all__ = ["BpmnError", "Bus", "DiagramRejected", "Limits", "Ready", "Run"]

Clock = Callable[[], datetime]

FORMAT = 1
MOST_KEPT = 1_000
"""Messages a bus keeps for receivers that are not there yet."""


class DiagramRejected(DiagramError):
    """The files cannot be run; ``findings`` says why, all at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        first = next(finding for finding in findings if finding.level == "error")
        super().__init__(
            "diagram.rejected", first.message_zh, first.message_en, f"{first.file}:{first.line} {first.element}"
        )


@dataclass(frozen=True)
class Ready:
    """A task that waits for somebody: ``element`` and ``name`` as drawn; ``instance`` counts from 0, else None."""

    id: str
    element: str
    name: str
    instance: int | None = None


class Bus:
    """What runs share: messages, each for one of them, kept until something waits for it; and signals, for all.

    ``limit`` bounds the deliveries that follow from one act.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self.kept: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self._by_number: dict[int, Run] = {}
        self._limit, self._left, self._inside = limit, limit, False

    def join(self, run: "Run", number: int | None = None) -> int:
        """A run listens from now on, under a number; a restored one takes the place of the run it was."""
        place = max(self._by_number, default=-1) + 1 if number is None else number
        self._by_number[place] = run
        return place

    def leave(self, run: "Run") -> None:
        """A run that could not start does not listen."""
        self._by_number = {number: known for number, known in self._by_number.items() if known is not run}

    @property
    def _runs(self) -> list["Run"]:
        return [self._by_number[number] for number in sorted(self._by_number)]

    @contextmanager
    def act(self) -> Iterator[None]:
        """One act with everything that follows from it; undone as a whole when it raises."""
        if self._inside:
            yield
            return
        before, kept = [(run, run._mark()) for run in self._runs], list(self.kept)
        self._inside, self._left = True, self._limit
        try:
            yield
            self._deliver()
        except BaseException:
            self.kept = kept
            for run, mark in before:
                run._return_to(mark)
            raise
        finally:
            self._inside = False

    def _deliver(self) -> None:
        """Hands over kept messages and thrown signals until nothing moves any more."""
        while self._hand_over() or self._deliver_one():
            self._left -= 1
            if self._left < 0:
                raise LimitExceeded(
                    "runtime.deliveries", "一次操作引起的消息或信号过多", "one act led to too many messages or signals"
                )
        for run in self._runs:
            run._schedule()

    def _hand_over(self) -> bool:
        moved = [run._hand_over() for run in self._runs]
        return any(moved)

    def _deliver_one(self) -> bool:
        names = {name for run in self._runs for name in propagation.awaited(run._workflow)} if self.kept else ()
        for number in [n for n, (name, *_) in enumerate(self.kept) if name in names]:
            message = self.kept.pop(number)
            if any(run._receive(*message) for run in self._runs):
                return True
            self.kept.insert(number, message)
        return False

    def broadcast(self, sender: "Run", name: str, payload: Mapping[str, Any]) -> int:
        """Gives a signal to every other run; says how many catchers it reached."""
        return sum(run._signal(name, payload) for run in self._runs if run is not sender)


class Run:
    """One running process. ``sources``: file name → bytes of ``.bpmn`` and ``.dmn`` files that belong together.

    ``process_id`` chooses among several executable processes; ``data`` are values at the start; ``clock`` gives aware
    instants (by default time stands still but for ``advance``); ``services`` are called with a copy of the values and
    may raise ``BpmnError``; ``calendar`` says when working time is over (``engine.calendar.timers``). Raises
    DiagramRejected with every finding when the files cannot be run.
    """

    def __init__(  # noqa: PLR0913 the documented call (docs/embedding.md)
        self,
        sources: Mapping[str, bytes],
        process_id: str | None = None,
        *,
        data: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
        services: Mapping[str, Service] | None = None,
        bus: Bus | None = None,
        limits: Limits = DEFAULT_LIMITS,
        calendar: TimerCalendar | None = None,
    ) -> None:
        self._prepare(sources, process_id, clock, services, bus, limits)
        self._calendar = calendar or _no_calendar
        self._number = self._bus.join(self)
        self._flow = self._own(LiveWorkflow(self._spec, fresh=True, limits=limits))
        self._workflow.root.internal_data[VALUES] = plain(data, "data")
        try:
            with self._act():
                self._flow.advance()
        except BaseException:
            self._bus.leave(self)
            raise

    def _prepare(
        self,
        sources: Mapping[str, bytes],
        process_id: str | None,
        clock: Clock | None,
        services: Mapping[str, Service] | None,
        bus: Bus | None,
        limits: Limits,
    ) -> None:
        self._services = dict(services or {})
        self._spec = _spec(sources, process_id, self._services)
        self._limits = limits
        started = system_clock()
        self._clock = clock or (lambda: started)
        self._shift = timedelta()
        self._at: datetime | None = None
        self._acts = 0
        self._trace: list[tuple[str, str]] = []
        self._outgoing: list[tuple[str, str, dict[str, Any]]] = []
        self._shared = bus is not None
        self._bus = Bus() if bus is None else bus

    def _own(self, workflow: LiveWorkflow) -> Flow:
        workflow.services, workflow.trace = self._services, self._trace
        workflow.emit = lambda kind, name, payload: self._outgoing.append((kind, name, payload))
        workflow.take_kept = self._take_kept
        self._workflow = workflow
        return Flow(workflow)

    # --- what a user of a run asks and does

    def ready(self) -> list[Ready]:
        """The tasks that wait for somebody, the oldest first."""
        self._catch_up()
        return [Ready(task.id, task.element, task.name, task.instance) for task in self._flow.open_tasks()]

    def complete(self, task_id: str, data: Mapping[str, Any] | None = None) -> None:
        """Completes a task with values; AlreadyDone when it does not wait (any more)."""
        self._catch_up()
        with self._act():
            self._flow.complete(task_id, data)

    def message(
        self, name: str, payload: Mapping[str, Any] | None = None, correlation: Mapping[str, Any] | None = None
    ) -> bool:
        """Gives a message to whatever has waited longest for it; kept when nothing does. True when received now.

        ``correlation``: values the receiving process must have.
        """
        self._catch_up()
        given, wanted = plain(payload, name), plain(correlation, name)
        kept = (name, given, wanted)
        with self._act():
            received = self._receive(name, given, wanted)
            if not received:
                self._bus.kept.append(kept)
        return received or all(message is not kept for message in self._bus.kept)

    def signal(self, name: str, payload: Mapping[str, Any] | None = None) -> int:
        """Gives a signal to everything that waits for it, in all runs of the bus; says how many that were."""
        self._catch_up()
        given = plain(payload, name)
        with self._act():
            return self._signal(name, given) + self._bus.broadcast(self, name, given)

    def advance(self, by: timedelta) -> None:
        """Moves the clock on, firing every timer on the way at its own instant, in order."""
        if by < timedelta():
            raise BadInput("clock.backwards", "时间不能倒退", "time does not run backwards", "advance")
        with self._act():
            self._fire_until(self._now() + by)
            self._shift += by

    @property
    def finished(self) -> bool:
        """The process has come to its normal end."""
        self._catch_up()
        return self._workflow.completed

    @property
    def failed(self) -> BpmnError | None:
        """The error nobody caught, if there was one."""
        self._catch_up()
        failure = self._workflow.failed
        return None if failure is None else BpmnError(failure[0], failure[1])

    @property
    def trace(self) -> list[tuple[str, str]]:
        """``(element id, "completed" | "cancelled")`` in the order it happened."""
        self._catch_up()
        return list(self._trace)

    @property
    def data(self) -> dict[str, Any]:
        """A copy of the values of the process, data objects by id."""
        self._catch_up()
        live = self._workflow.root.internal_data.get(VALUES, {}) if self._workflow.tasks else self._workflow.results
        return plain(live, "data")

    def waiting(self) -> list[str]:
        """The elements that wait for an event."""
        self._catch_up()
        waiting = [t.task_spec for t in self._workflow.tasks.values() if t._state == TaskState.WAITING]
        return [element.bpmn_id for element in waiting if any(t.kind in AWAITED for t in element.triggers)]

    def next_timer(self) -> datetime | None:
        """The instant of the earliest timer that waits."""
        timer = self._flow.next_timer()
        return None if timer is None else from_text(timer.due_at)

    # --- saving

    def dump(self) -> bytes:
        """The whole run as bytes, for ``restore``; messages kept on a shared bus stay with the bus."""
        self._catch_up()
        kept = [] if self._shared else [list(message) for message in self._bus.kept]
        shift = [self._shift.days, self._shift.seconds, self._shift.microseconds]
        trace = [list(line) for line in self._trace]
        state = [to_text(self._now()), shift, kept, self._number, self._acts, trace, codec.dump(self._workflow)]
        return codec.pack([FORMAT, *state])

    @classmethod
    def restore(  # noqa: PLR0913 the documented call (docs/embedding.md)
        cls,
        dump: bytes,
        sources: Mapping[str, bytes],
        process_id: str | None = None,
        *,
        clock: Clock | None = None,
        services: Mapping[str, Service] | None = None,
        bus: Bus | None = None,
        limits: Limits = DEFAULT_LIMITS,
        calendar: TimerCalendar | None = None,
    ) -> "Run":
        """The run that ``dump`` stored. Without a clock, time stands where it stood."""
        run = cls.__new__(cls)
        run._prepare(sources, process_id, clock, services, bus, limits)
        run._calendar = calendar or _no_calendar
        try:
            run._restore(_unpacked(dump), clock, bus)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise IntegrityError("run.damaged", "保存的内容已损坏", "the saved run is damaged", "dump") from error
        return run

    def _restore(self, saved: list[Any], clock: Clock | None, bus: Bus | None) -> None:
        now, shift, kept, number, acts, trace, state = saved
        if clock is None:
            stood = from_text(now)
            self._clock = lambda: stood
        else:
            self._shift = timedelta(*shift)
        if bus is None:
            self._bus.kept = [(name, payload, correlation) for name, payload, correlation in kept]
        self._acts = acts
        self._trace += [(element, event) for element, event in trace]
        self._flow = self._own(codec.load(state, self._spec, self._limits))
        self._number = self._bus.join(self, number)

    # --- inside

    def _now(self) -> datetime:
        return self._at or aware_utc(self._clock()) + self._shift

    def _mark(self) -> tuple[int, int, bytes]:
        return self._acts, len(self._trace), codec.dump(self._workflow)

    def _return_to(self, mark: tuple[int, int, bytes]) -> None:
        self._acts, length, state = mark
        self._outgoing, self._at = [], None
        del self._trace[length:]
        self._flow = self._own(codec.load(state, self._spec, self._limits))

    @contextmanager
    def _act(self) -> Iterator[None]:
        with self._bus.act():
            self._begin()
            yield

    def _begin(self) -> None:
        self._acts += 1
        self._flow.begin(self._acts, {}, now=self._now())

    def _catch_up(self) -> None:
        """Fires what has come due by the clock since the last act."""
        due = self.next_timer()
        if due is not None and due <= self._now():
            with self._act():
                self._fire_until(self._now())

    def _fire_until(self, end: datetime) -> None:
        steps = self._limits.steps
        while timer := self._flow.next_timer():
            due = from_text(timer.due_at)
            if due > end:
                break
            steps -= 1
            if steps < 0:
                raise LimitExceeded("runtime.timers", "一次推进触发的定时器过多", "one advance fires too many timers")
            self._at = max(due, self._now())
            try:
                self._begin()
                self._flow.fire(timer)
                self._bus._deliver()
            finally:
                self._at = None

    def _receive(self, name: str, payload: Mapping[str, Any], correlation: Mapping[str, Any]) -> bool:
        if self._workflow.completed or self._workflow.failed:
            return False
        self._begin()
        received = propagation.message(self._workflow, name, dict(payload), correlation)
        if received:
            self._flow.advance()
        return received

    def _take_kept(self) -> bool:
        """Receives a message that was kept until something here waits for it."""
        names = propagation.awaited(self._workflow) if self._bus.kept else ()
        for number, (name, payload, correlation) in enumerate(self._bus.kept):
            if name in names and propagation.message(self._workflow, name, dict(payload), correlation):
                del self._bus.kept[number]
                return True
        return False

    def _signal(self, name: str, payload: Mapping[str, Any]) -> int:
        self._begin()
        reached = propagation.signal(self._workflow, name, dict(payload))
        self._flow.advance()
        return reached

    def _schedule(self) -> None:
        self._flow.schedule(self._calendar)

    def _hand_over(self) -> bool:
        """Gives what the run threw to the bus; True when there was something."""
        thrown, self._outgoing = self._outgoing, []
        for kind, name, payload in thrown:
            if kind == "signal":
                self._bus.broadcast(self, name, payload)
            elif len(self._bus.kept) < MOST_KEPT:
                self._bus.kept.append((name, payload, {}))
            else:
                raise LimitExceeded(
                    "runtime.kept", f"没有人接收的消息超过 {MOST_KEPT} 条",
                    f"more than {MOST_KEPT} messages that nobody receives", name,
                )  # fmt: skip
        return bool(thrown)


def _no_calendar(start: datetime, time: WorkingTime) -> NoReturn:
    raise DiagramError(
        "timer.no_calendar", "按工作日或办公时间的定时器需要工作日历:Run(…, calendar=timer_calendar())",
        "a timer in working days or office time needs a calendar: Run(…, calendar=timer_calendar())",
    )  # fmt: skip


def _unpacked(dump: bytes) -> list[Any]:
    form, *state = codec.unpack(dump)
    if form != FORMAT or len(state) != 7:
        raise IntegrityError("run.format", f"未知的格式 {form}", f"unknown format {form}", "dump")
    return state


def _spec(sources: Mapping[str, bytes], process_id: str | None, services: Mapping[str, Service]) -> FlowSpec:
    roots, findings = prepare_sources(sources, process_id, services)
    if any(finding.level == "error" for finding in findings):
        raise DiagramRejected(findings)
    decisions: dict[str, Any] = {}
    for file, data in sources.items():
        if file.endswith(".dmn"):
            decisions |= read_decisions(data, file)
    try:
        return Reader(roots, decisions).read(process_id or _only_process(roots))
    except BinglianError as error:
        raise DiagramRejected(
            [Finding("", error.where, 0, error.code, "error", error.message_zh, error.message_en)]
        ) from error


def _only_process(roots: Mapping[str, etree._Element]) -> str:
    return next(process.get("id", "") for root in roots.values() for process in executable_processes(root))
