"""Due dates counted again with the calendar as it is now: a year's list was loaded, or corrected.

The clocks that run are those of the case, of its items in review and of its open tasks. Everything the new dates depend
on is in the facts of the entry, so a replay asks no calendar. Closed steps and ended items keep the date they had.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import cast

from engine.calendar import Clock, Limit, Moved, Unit, WorkCalendar, counted_again, reasons_as_json
from engine.case.act import Act
from engine.case.deployment import Deployment
from engine.case.intake import case_limits
from engine.case.moving import ADMIN
from engine.case.state import IN_PROGRESS, IN_REVIEW, Case
from engine.commands import SYSTEM, Actor
from engine.errors import AlreadyDone, NotPermitted, NotPossible
from engine.instants import from_text, to_text
from engine.journal import Entry, Json

PROMISED, STATUTORY = "promised", "statutory"
ITEM_PROMISED, ITEM_STATUTORY = "item_promised", "item_statutory"
TASK = "task"
"""Kinds of clocks; the ``of`` of an item's or a task's is its code or id, of the case's own it is empty."""

Get = Callable[[str], Deployment]
Span = tuple[Decimal, str] | None
"""A limit and its unit, as an offering says them."""


@dataclass(frozen=True)
class Counting:
    """What the dates are counted with: the case's journal, every deployed version, and the calendar as it is now."""

    entries: Sequence[Entry]
    get: Get
    calendar: WorkCalendar


@dataclass(frozen=True)
class _Running:
    """A clock of a case; ``limit`` gives the limit of a version, for clocks whose state does not keep it."""

    kind: str
    of: str
    start: str
    due: str
    provisional: bool
    limit: Callable[[Deployment], Span]


def check_recompute(case: Case, actor: Actor) -> None:
    """Administrators and the system, for a case in progress."""
    if actor != SYSTEM and ADMIN not in actor.roles:
        raise NotPermitted("policy.admin", "只有管理员可以重算到期日", "only administrators may recompute due dates")
    if case.status != IN_PROGRESS:
        raise NotPossible(
            "recompute.not_running", "只有办理中的办件有到期日可重算",
            "only a case in progress has due dates", case.number,
        )  # fmt: skip


def recompute_facts(case: Case, counting: Counting) -> dict[str, Json]:
    """The calendar's version and every clock that changes; AlreadyDone when all stand."""
    facts = changed_clocks(case, counting)
    if not facts["clocks"]:
        raise AlreadyDone("recompute.nothing", "到期日没有变化", "no due date changes", case.number)
    return facts


def changed_clocks(case: Case, counting: Counting) -> dict[str, Json]:
    """The facts of ``DueDatesRecomputed``, with no clocks when nothing changes.

    A clock: ``clock`` (its kind), ``of``, ``start``, ``limit``, ``unit``, ``old`` and ``new`` (instants),
    ``was_provisional``, ``provisional``, ``moved``, and ``days``: date, was, is, name_zh of each day that moved it.
    """
    told = [fact for running in _running(case) for fact in _changed(running, counting)]
    return {"calendar": counting.calendar.version, "clocks": told}


def recomputed(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """DueDatesRecomputed: dates and armed deadlines are the new ones. A deadline that has fired is not armed again."""
    for clock in facts["clocks"]:
        _SET[clock["clock"]](case, clock["of"], str(clock["new"]), bool(clock["provisional"]))


def _running(case: Case) -> Iterator[_Running]:
    codes = [*case.items]
    if case.accepted_at and case.promised_due_at:
        yield _Running(
            PROMISED, "", case.accepted_at, case.promised_due_at, case.promised_provisional,
            lambda deployment: case_limits(deployment, codes)[0],
        )  # fmt: skip
    if case.accepted_at and case.statutory_due_at:
        yield _Running(
            STATUTORY, "", case.accepted_at, case.statutory_due_at, case.statutory_provisional,
            lambda deployment: case_limits(deployment, codes)[1],
        )  # fmt: skip
    yield from _of_items(case)
    yield from _of_tasks(case)


def _of_items(case: Case) -> Iterator[_Running]:
    for item in case.items.values():
        if item.status != IN_REVIEW or item.opened_at is None:
            continue
        dues = {
            ITEM_PROMISED: (item.due_at, item.provisional),
            ITEM_STATUTORY: (item.statutory_due_at, item.statutory_provisional),
        }
        for kind, (due, provisional) in dues.items():
            if due is not None:
                yield _Running(kind, item.code, item.opened_at, due, provisional, _item_limit(item.code, kind))


def _item_limit(code: str, kind: str) -> Callable[[Deployment], Span]:
    def limit(deployment: Deployment) -> Span:
        for item in deployment.offering.items:
            told = item.promised if kind == ITEM_PROMISED else item.statutory
            if item.code == code and told is not None:
                return told.value, told.unit
        return None

    return limit


def _of_tasks(case: Case) -> Iterator[_Running]:
    for task in case.open_tasks():
        if task.due_at is not None:
            limit = partial(_own_limit, (Decimal(task.limit), task.unit))
            yield _Running(TASK, task.id, task.opened_at, task.due_at, task.provisional, limit)


def _own_limit(span: Span, deployment: Deployment) -> Span:
    """A step keeps the limit it was opened with."""
    return span


def _changed(running: _Running, counting: Counting) -> Iterator[dict[str, Json]]:
    limit = _limit(running, counting)
    if limit is None:
        return
    clock = Clock(from_text(running.start), limit, from_text(running.due), running.provisional)
    answer = counted_again(counting.calendar, clock)
    if answer is not None:
        yield _fact(running, limit, answer)


def _fact(running: _Running, limit: Limit, answer: Moved) -> dict[str, Json]:
    return {
        "clock": running.kind, "of": running.of, "start": running.start, "limit": str(limit.value), "unit": limit.unit,
        "old": running.due, "new": to_text(answer.due), "was_provisional": running.provisional,
        "provisional": answer.provisional, "moved": answer.moved, "days": reasons_as_json(answer.days),
    }  # fmt: skip


def _limit(running: _Running, counting: Counting) -> Limit | None:
    """The limit the clock was started with: of the version the case ran on then, as the journal shows it was asked for.

    None when the journal does not show it; such a clock is left alone.
    """
    version = ""
    for entry in counting.entries:
        version = str(entry.facts.get("version", version))
        if to_text(entry.instant) == running.start:
            span = running.limit(counting.get(version))
            if span is not None and span in _asked(entry):
                return Limit(span[0], cast(Unit, span[1]))
    return None


def _asked(entry: Entry) -> Iterator[tuple[Decimal, str]]:
    """The limits whose due dates were asked for in an entry (``Act.due``)."""
    for name, _ in entry.answers:
        question, _, rest = name.partition(":")
        value, _, unit = rest.partition(":")
        if question == "due":
            try:
                yield Decimal(value), unit
            except InvalidOperation:
                continue


def _set_promised(case: Case, of: str, due: str, provisional: bool) -> None:
    case.promised_due_at, case.promised_provisional = due, provisional


def _set_statutory(case: Case, of: str, due: str, provisional: bool) -> None:
    case.statutory_due_at, case.statutory_provisional = due, provisional


def _set_item_promised(case: Case, of: str, due: str, provisional: bool) -> None:
    case.update_item(of, due_at=due, provisional=provisional)


def _set_item_statutory(case: Case, of: str, due: str, provisional: bool) -> None:
    case.update_item(of, statutory_due_at=due, statutory_provisional=provisional)


def _set_task(case: Case, of: str, due: str, provisional: bool) -> None:
    before = case.tasks[of].due_at
    case.update_task(of, due_at=due, provisional=provisional)
    for timer in [timer for timer in case.timers.values() if timer.task == of and timer.due_at == before != due]:
        case.timers[timer.id] = replace(timer, due_at=due)


_SET: Mapping[str, Callable[[Case, str, str, bool], None]] = {
    PROMISED: _set_promised,
    STATUTORY: _set_statutory,
    ITEM_PROMISED: _set_item_promised,
    ITEM_STATUTORY: _set_item_statutory,
    TASK: _set_task,
}
