"""The clocks of a case that run: where they began, what stops them, how long they are, and how a due date is set.

A clock that is stopped has no due date. What a suspension stops: the clocks of its item and of the item's open steps,
and those of the case, whose limit is one of the same section of the law (行政许可法 42, 45); for the whole case, all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.calendar import Suspension, WorkCalendar
from engine.case.act import Act, Pause
from engine.case.parts.terms import PROMISED_ONLY, Stop
from engine.case.procedures import PROCEDURES
from engine.case.state import IN_PROGRESS, IN_REVIEW, Case
from engine.instants import from_text

PROMISED, STATUTORY = "promised", "statutory"
ITEM_PROMISED, ITEM_STATUTORY = "item_promised", "item_statutory"
TASK, TERM = "task", "term"
"""Kinds of clocks; the ``of`` of an item's or a task's is its code or id, of a term its key."""

_BY_LAW = frozenset({STATUTORY, ITEM_STATUTORY})
_OF_CASE = frozenset({PROMISED, STATUTORY})

Span = tuple[Decimal, str]
"""A limit and its unit, as an offering says them."""


@dataclass(frozen=True)
class Running:
    """A clock of a case; ``item`` is the one it belongs to, ``due`` is None while it is stopped."""

    kind: str
    of: str
    item: str
    start: str
    due: str | None
    provisional: bool = False

    @property
    def key(self) -> str:
        """Its name in the case."""
        return f"{self.kind}:{self.of}"


def running_clocks(case: Case) -> Iterator[Running]:
    """The clocks of the case, of its items in review and of its open steps, that suspensions can stop."""
    if case.status == IN_PROGRESS and case.accepted_at:
        yield Running(PROMISED, "", "", case.accepted_at, case.promised_due_at, case.promised_provisional)
        yield Running(STATUTORY, "", "", case.accepted_at, case.statutory_due_at, case.statutory_provisional)
    for item in case.items.values():
        if item.status == IN_REVIEW and item.opened_at is not None:
            begun = (item.code, item.code, item.opened_at)
            dues = (
                Running(ITEM_PROMISED, *begun, item.due_at, item.provisional),
                Running(ITEM_STATUTORY, *begun, item.statutory_due_at, item.statutory_provisional),
            )
            yield from (one for one in dues if one.due is not None or one.key in case.limits)
    for task in case.open_tasks():
        yield Running(TASK, task.id, task.item, task.opened_at, task.due_at, task.provisional)


def applies(stop: Stop, clock: Running) -> bool:
    """Whether a suspension is about a clock; terms of the case are the law's own and go on."""
    if clock.kind == TERM or clock.key in stop.past or (clock.kind in _BY_LAW and stop.scope == PROMISED_ONLY):
        return False
    return clock.kind in _OF_CASE or stop.item in {"", clock.item}


def past_clocks(case: Case, at: str) -> tuple[str, ...]:
    """The clocks (keys) that are past their due instant, those of decided items too: these may run on one day."""
    dues = {clock.key: clock.due for clock in running_clocks(case)}
    for code, item in case.items.items():
        dues |= {f"{ITEM_PROMISED}:{code}": item.due_at, f"{ITEM_STATUTORY}:{code}": item.statutory_due_at}
    return tuple(sorted([key for key, due in dues.items() if due is not None and due <= at]))


def carry_past(case: Case, before: str, *clocks: str) -> None:
    """A clock gives way to others, or to none (keys): what suspensions spared it, they spare them in its place."""
    for number, stop in case.suspensions.items():
        if before in stop.past:
            others = [key for key in stop.past if key != before]
            case.suspensions[number] = replace(stop, past=(*others, *clocks))


def is_stopped(case: Case, clock: Running) -> bool:
    """Whether a suspension that is not over stops it."""
    return any(stop.ended_at is None and applies(stop, clock) for stop in case.suspensions.values())


def pauses_of(case: Case, clock: Running) -> list[Pause]:
    """The time that does not count for it; of suspensions that are over."""
    stops = [stop for stop in case.suspensions.values() if stop.ended_at is not None and applies(stop, clock)]
    return [(stop.started_at, str(stop.ended_at), PROCEDURES[stop.procedure].name_zh) for stop in stops]


def suspensions(calendar: WorkCalendar, pauses: Sequence[Pause]) -> list[Suspension]:
    """Pauses as days: the day one begins does not count, the day it ends counts."""
    days = [(calendar.local_date(from_text(start)), calendar.local_date(from_text(end))) for start, end, _ in pauses]
    return [Suspension(*span, name) for span, (*_, name) in zip(days, pauses, strict=True)]


def limit_of(case: Case, clock: Running) -> Span | None:
    """The limit it has, with its extension; None when the case does not keep it."""
    if clock.kind == TASK:
        return Decimal(case.tasks[clock.of].limit), case.tasks[clock.of].unit
    kept = case.limits.get(clock.key)
    return None if kept is None else extended(case, clock, span_of(kept))


def span_of(kept: str) -> Span:
    """``20 working_days``."""
    value, unit = kept.split(" ")
    return Decimal(value), unit


def extended(case: Case, clock: Running, span: Span) -> Span:
    """A limit with what the clock was extended by (行政许可法 42)."""
    return span[0] + Decimal(case.extensions.get(clock.key, "0")), span[1]


def begun(case: Case, act: Act, clock: Running, span: Span) -> tuple[str | None, bool]:
    """When a clock that starts in this act is due, and whether that is provisional; stopped from the first, None."""
    if not is_stopped(case, clock):
        return act.due(*span) if clock.kind == TASK else act.due_of_case(*span)
    if clock.kind != TASK:
        case.limits[clock.key] = f"{span[0]} {span[1]}"
    return None, False


def count_again(case: Case, act: Act, clocks: Sequence[Running]) -> None:
    """Due dates of these clocks as suspensions and extensions make them now; those that are stopped stay so."""
    for clock in sorted(clocks, key=lambda one: one.key):
        span = limit_of(case, clock)
        if span is not None and not is_stopped(case, clock):
            set_due(case, clock, *act.due_from(clock.start, *span, pauses_of(case, clock)))


def set_due(case: Case, clock: Running, due: str | None, provisional: bool) -> None:
    """Gives a clock its due date, and its timer the same; None stops both."""
    _SET[clock.kind](case, clock.of, due, provisional)


def _set_promised(case: Case, of: str, due: str | None, provisional: bool) -> None:
    case.promised_due_at, case.promised_provisional = due, provisional


def _set_statutory(case: Case, of: str, due: str | None, provisional: bool) -> None:
    case.statutory_due_at, case.statutory_provisional = due, provisional


def _set_item_promised(case: Case, of: str, due: str | None, provisional: bool) -> None:
    case.update_item(of, due_at=due, provisional=provisional)


def _set_item_statutory(case: Case, of: str, due: str | None, provisional: bool) -> None:
    case.update_item(of, statutory_due_at=due, statutory_provisional=provisional)


def _set_task(case: Case, of: str, due: str | None, provisional: bool) -> None:
    """A stopped clock has no timer; ``stops.go_on`` arms the next one when it goes on."""
    before = case.tasks[of]
    case.update_task(of, due_at=due, provisional=provisional)
    for timer in [timer for timer in case.timers.values() if timer.task == of]:
        if due is None:
            del case.timers[timer.id]
        elif timer.due_at == before.due_at != due:
            case.timers[timer.id] = replace(timer, due_at=due)


def _set_term(case: Case, of: str, due: str | None, provisional: bool) -> None:
    case.terms[of] = replace(case.terms[of], due_at=str(due), provisional=provisional)
    if of in case.timers:
        case.timers[of] = replace(case.timers[of], due_at=str(due))
    for check in [check for check in case.checks.values() if check.key == of]:
        case.checks[check.number] = replace(check, due_at=str(due))


_SET: Mapping[str, Callable[[Case, str, str | None, bool], None]] = {
    PROMISED: _set_promised,
    STATUTORY: _set_statutory,
    ITEM_PROMISED: _set_item_promised,
    ITEM_STATUTORY: _set_item_statutory,
    TASK: _set_task,
    TERM: _set_term,
}
