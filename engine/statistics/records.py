"""Cases as figures are made of them: instants, steps and what stopped their clocks; nothing of what was decided on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from engine.calendar import Suspension, WorkCalendar
from engine.case.state import COVERED, DONE, OPEN
from engine.case.steps import DELIVER


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One task; instants are aware, ``closed`` is None while it is open."""

    step: str
    item: str
    act: str
    department: str
    status: str
    opened: datetime
    due: datetime | None = None
    closed: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether somebody decided it or has to: not what was skipped, taken away or covered by the acceptance."""
        return self.status in {DONE, OPEN}

    @property
    def took_time(self) -> bool:
        """Whether it was ever open; a step that was skipped at once was not."""
        return self.status in {DONE, OPEN} or (self.status != COVERED and self.closed != self.opened)


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count, of an item or of the whole case (``item`` empty); ``applicant``: they are the
    applicant's own."""

    item: str
    applicant: bool
    days: Suspension


Span = tuple[datetime, datetime | None]
"""From, to; None while it goes on."""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One accepted case.

    ``corrections``: when the applicant was completing the application, before acceptance. ``ended``: items that were
    refused or not reached, and when. ``steps`` in the order they were opened in.
    """

    id: str
    number: str
    offering: str
    version: str
    submitted: datetime
    accepted: datetime
    promised_due: datetime | None
    closed: datetime | None
    items: tuple[str, ...]
    steps: tuple[StepRecord, ...]
    ended: Mapping[str, datetime] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    corrections: tuple[Span, ...] = ()

    @property
    def ready(self) -> datetime | None:
        """When all was ready to be handed over: what the promise is about; the delivery has a limit of its own."""
        opened = [task.opened for task in self.steps if task.act == DELIVER and task.took_time]
        return max(opened) if opened else self.closed

    @property
    def open_steps(self) -> tuple[StepRecord, ...]:
        """Steps somebody has to decide before all is ready."""
        return tuple(task for task in self.steps if task.status == OPEN and task.act != DELIVER)

    def late(self, now: datetime) -> bool | None:
        """Whether it was not ready in time, or is not although its time is over; None while its clock stands still."""
        return None if self.promised_due is None else (self.ready or now) > self.promised_due

    def pauses_of(self, item: str) -> tuple[Suspension, ...]:
        """Days that do not count for a step of this item."""
        return tuple(pause.days for pause in self.pauses if pause.item in {"", item})

    def all_pauses(self) -> tuple[Suspension, ...]:
        """Days that do not count for the whole case."""
        return tuple(pause.days for pause in self.pauses)


def as_of(case: CaseRecord, instant: datetime, calendar: WorkCalendar) -> CaseRecord | None:
    """What was known of a case at an earlier instant, with the due dates known today; None before its acceptance."""
    if case.accepted > instant:
        return None
    if case.closed is not None and case.closed <= instant:
        return case
    today = calendar.local_date(instant)
    steps = tuple(_step_at(task, instant) for task in case.steps if task.opened <= instant)
    pauses = tuple(_pause_at(pause, today) for pause in case.pauses if pause.days.starts <= today)
    ended = {item: at for item, at in case.ended.items() if at <= instant}
    return replace(case, closed=None, steps=steps, pauses=pauses, ended=ended)


def _step_at(task: StepRecord, instant: datetime) -> StepRecord:
    if task.closed is None or task.closed <= instant:
        return task
    return replace(task, status=OPEN, closed=None)


def _pause_at(pause: Pause, today: date) -> Pause:
    days = pause.days
    return pause if days.ends is None or days.ends <= today else replace(pause, days=replace(days, ends=None))
