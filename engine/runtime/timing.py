"""When timer events happen: armed as a token begins to wait, moved on from one firing to the next.

What a token keeps of a timer: ``[instant, further firings, armed at, firings so far]``; of one in working time also
``[start, amount, unit, provisional]``. The runtime knows no calendar: such an instant stays open until ``schedule``
asks the outside, before the act ends.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.diagram.expression import compile_expression
from engine.diagram.schedule import (
    FOR_EVER,
    Cycle,
    Duration,
    WorkingCycle,
    WorkingTime,
    is_literal,
    read_timer,
)
from engine.errors import BinglianError, CalendarError, DiagramError
from engine.instants import from_text, to_text
from engine.runtime.token import DUE, Token

TimerCalendar = Callable[[datetime, WorkingTime], tuple[datetime, bool]]
"""When a working time is over that began at an instant, and whether that is provisional; CalendarError if unknown."""

Time = datetime | Duration | Cycle | WorkingTime | WorkingCycle

_OPEN = ""
"""Instead of an instant that is still to be asked for."""


def begin(token: Token, form: str, text: str) -> list[Any]:
    """What a token keeps of a timer that starts now."""
    now = token.workflow.now
    time, armed = _read(token, form, text), to_text(now)
    if isinstance(time, WorkingTime):
        return [_OPEN, 0, armed, 0, _asked(now, time)]
    if isinstance(time, Cycle):
        first, further = time.begin(now)
        return [to_text(first), further, armed, 0]
    if not isinstance(time, WorkingCycle):
        return [to_text(time.after(now) if isinstance(time, Duration) else time), 0, armed, 0]
    further = FOR_EVER if time.times == FOR_EVER else max(time.times - 1, 0)
    if time.start is not None:
        return [to_text(time.start), further, armed, 0]
    return [_OPEN, further, armed, 0, _asked(now, time.every)]


def wait(token: Token, number: int) -> None:
    """Takes note of the instant of a timer the token keeps, or of its being open."""
    at = token.internal_data[DUE][str(number)][0]
    if at == _OPEN:
        token.workflow.unscheduled.append((token, number))
    else:
        token.workflow.await_instant(at, token, number)


def rearm(token: Token, number: int, form: str, text: str) -> bool:
    """Moves a timer that happened to its next instant; False when there is none."""
    due = token.internal_data.get(DUE, {})
    at, further, armed, times, *_ = due[str(number)]
    time = _read(token, form, text)
    if not further or not isinstance(time, Cycle | WorkingCycle):
        del due[str(number)]
        return False
    left = further if further == FOR_EVER else further - 1
    if isinstance(time, Cycle):
        due[str(number)] = [to_text(time.instant(times + 1, left, from_text(armed))), left, armed, times + 1]
    else:
        due[str(number)] = [_OPEN, left, armed, times + 1, _asked(from_text(at), time.every)]
    wait(token, number)
    return True


def schedule(workflow: Any, ask: TimerCalendar) -> None:
    """Asks when the working time of the timers armed since is over; an error names the element."""
    waiting, workflow.unscheduled = workflow.unscheduled, []
    for token, number in waiting:
        entry = token.internal_data.get(DUE, {}).get(str(number)) if token.live else None
        if entry is not None and entry[0] == _OPEN:
            start, amount, unit, _ = entry[4]
            try:
                due, provisional = _answer(ask, from_text(start), WorkingTime(Decimal(amount), unit))
            except BinglianError as error:
                workflow.locate(error, token)
                raise
            move(token, number, to_text(due), provisional)


def move(token: Token, number: int, due_at: str, provisional: bool) -> None:
    """Gives a timer in working time its instant."""
    entry = token.internal_data[DUE][str(number)]
    entry[0], entry[4][3] = due_at, provisional
    wait(token, number)


def keep(token: Token, before: Token) -> None:
    """A token waits for the instants another one waits for."""
    token.internal_data[DUE] = {number: deepcopy(entry) for number, entry in before.internal_data[DUE].items()}
    for number in token.internal_data[DUE]:
        wait(token, int(number))


def _asked(start: datetime, time: WorkingTime) -> list[Any]:
    return [to_text(start), str(time.amount), time.unit, False]


def _answer(ask: TimerCalendar, start: datetime, time: WorkingTime) -> tuple[datetime, bool]:
    try:
        return ask(start, time)
    except CalendarError as error:
        raise DiagramError(error.code, error.message_zh, error.message_en) from error


def _read(token: Token, form: str, text: str) -> Time:
    plain, element = text.strip(), token.task_spec.bpmn_id
    if not is_literal(plain):
        value = compile_expression(plain).evaluate(token.workflow.visible(token))
        if not isinstance(value, str):
            raise DiagramError(
                "timer.format",
                f"时间表达式“{plain}”的结果不是文字",
                f"the time {plain!r} does not give a text",
                element,
            )
        plain = value
    try:
        return read_timer(form, plain)
    except DiagramError as error:
        raise DiagramError(error.code, error.message_zh, error.message_en, element) from error
