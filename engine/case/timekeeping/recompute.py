"""Due dates counted again with the calendar as it is now: a year's list was loaded, or corrected.

The clocks that run are those of the case, of its items in review and of its open tasks, and the diagram's timer events
in working time. Everything the new dates depend on is in the facts of the entry, so a replay asks no calendar. Closed
steps and ended items keep the date they had.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import cast

from engine.calendar import Clock, Limit, Moved, Unit, WorkCalendar, counted_again, reasons_as_json
from engine.calendar.timers import timer_counted_again
from engine.case.act import Act
from engine.case.deadlines import next_opening
from engine.case.deployment import Deployment, Get
from engine.case.following import REMIND_DAYS
from engine.case.intake import case_limits
from engine.case.lateness.stages import CalendarAnswers, moment, stage_of
from engine.case.moving import ADMIN
from engine.case.parts.pledge import DUE, PUT_RIGHT, REMIND
from engine.case.parts.terms import ANSWER, DEEMED
from engine.case.running import (
    ITEM_PROMISED,
    STATUTORY,
    TASK,
    TERM,
    Running,
    Span,
    extended,
    limit_of,
    pauses_of,
    running_clocks,
    set_due,
    suspensions,
)  # fmt: skip
from engine.case.state import IN_PROGRESS, SUBMITTED, Case, Timer
from engine.case.steps import EVENT, armed_timer, event_id, live_flow
from engine.commands import SYSTEM, Actor
from engine.errors import AlreadyDone, NotPermitted, NotPossible
from engine.instants import from_text, to_text
from engine.journal import Entry, Json

TIMER_EVENT = "timer_event"
"""Kind of a timer event in working time; its ``of`` is the id of its timer, ``element`` names it in the diagram."""


@dataclass(frozen=True)
class Counting:
    """What the dates are counted with: the case's journal, every deployed version, and the calendar as it is now."""

    entries: Sequence[Entry]
    get: Get
    calendar: WorkCalendar


def check_recompute(case: Case, actor: Actor) -> None:
    """Administrators and the system, for a case in progress, one that waits for an answer, or for a check."""
    if actor != SYSTEM and ADMIN not in actor.roles:
        raise NotPermitted("policy.admin", "只有管理员可以重算到期日", "only administrators may recompute due dates")
    checks = any(check.status == DUE for check in case.checks.values())
    if case.status not in {SUBMITTED, IN_PROGRESS} and not checks:
        raise NotPossible(
            "recompute.not_running", "只有待受理和办理中的办件有到期日可重算",
            "only a case in progress, or waiting for an answer, has due dates", case.number,
        )  # fmt: skip


def recompute_facts(case: Case, counting: Counting) -> dict[str, Json]:
    """The calendar's version and every clock that changes; AlreadyDone when all stand."""
    facts = changed_clocks(case, counting)
    if not changes_anything(facts):
        raise AlreadyDone("recompute.nothing", "到期日没有变化", "no due date changes", case.number)
    return facts


def changes_anything(facts: Mapping[str, Json]) -> bool:
    """Whether there is a date or a deadline to change."""
    return bool(facts["clocks"]) or "deemed" in facts or "timers" in facts


def changed_clocks(case: Case, counting: Counting) -> dict[str, Json]:
    """The facts of ``DueDatesRecomputed``, with no clocks when nothing changes.

    A clock: ``clock`` (its kind), ``of``, ``start``, ``limit``, ``unit``, ``old`` and ``new`` (instants),
    ``was_provisional``, ``provisional``, ``moved``, and ``days``: date, was, is, name_zh of each day that moved it.
    ``deemed``: when the case counts as accepted, if that changes. ``timers``: armed stages of steps that are reached at
    another instant, by timer.
    """
    told = [fact for clock in running_clocks(case) for fact in _changed(case, clock, counting)]
    for clock in _terms(case):
        told += _changed(case, _begun_later(clock, told), counting)
    told += _timer_events(case, counting)
    return {
        "calendar": counting.calendar.version, "clocks": told, **_deemed(case, told, counting.calendar),
        **_timers(case, told, counting),
    }  # fmt: skip


def _deemed(case: Case, told: Sequence[dict[str, Json]], calendar: WorkCalendar) -> dict[str, Json]:
    if DEEMED not in case.timers:
        return {}
    due = next((str(fact["new"]) for fact in told if fact["of"] == ANSWER), case.terms[ANSWER].due_at)
    opening = to_text(next_opening(calendar, from_text(due)))
    return {"deemed": opening} if opening != case.timers[DEEMED].due_at else {}


def recomputed(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """DueDatesRecomputed: dates and armed deadlines are the new ones. A deadline that has fired is not armed again."""
    for clock in facts["clocks"]:
        if clock["clock"] == TIMER_EVENT:
            _move_timer(case, clock, act)
            continue
        told = Running(clock["clock"], clock["of"], "", clock["start"], clock["old"])
        set_due(case, told, str(clock["new"]), bool(clock["provisional"]))
        if told.kind == TERM and case.terms[told.of].starts != told.start:
            case.terms[told.of] = replace(case.terms[told.of], starts=told.start)
    if "deemed" in facts:
        case.timers[DEEMED] = Timer(DEEMED, "", 0, str(facts["deemed"]))
    for name, due in facts.get("timers", {}).items():
        case.timers[name] = replace(case.timers[name], due_at=str(due))


def _timers(case: Case, told: Sequence[dict[str, Json]], counting: Counting) -> dict[str, Json]:
    """The armed stages of steps whose instant is another one, with the due dates as they become."""
    deployment, asking = counting.get(case.version), CalendarAnswers(counting.calendar)
    dues = {fact["of"]: str(fact["new"]) for fact in told if fact["clock"] == TASK}
    found: dict[str, Json] = {}
    for timer in case.timers.values():
        task = case.tasks.get(timer.task)
        stage = None if task is None else stage_of(deployment, task, timer)
        if task is not None and stage is not None:
            at = moment(case, asking, replace(task, due_at=dues.get(task.id, task.due_at)), stage)
            if at != timer.due_at:
                found[timer.id] = at
    found |= _reminders(case, {str(fact["of"]): str(fact["new"]) for fact in told}, asking)
    return {"timers": found} if found else {}


def _reminders(case: Case, dues: Mapping[str, str], asking: CalendarAnswers) -> dict[str, Json]:
    """The reminders of checks whose due date is another one."""
    found: dict[str, Json] = {}
    for check in case.checks.values():
        timer = case.timers.get(f"{check.key}.{REMIND}")
        if timer is not None and check.key in dues:
            found[timer.id] = asking.opening_before(dues[check.key], REMIND_DAYS)
    return found


def _timer_events(case: Case, counting: Counting) -> Iterator[dict[str, Json]]:
    """The timer events in working time that change; the workflow is loaded only when there are timer events."""
    events = any(EVENT in name for name in case.timers)
    for timer in live_flow(case, counting.get(case.version)).working_timers() if events else ():
        start, due = from_text(timer.start), from_text(timer.armed.due_at)
        answer = timer_counted_again(counting.calendar, start, timer.time, (due, timer.provisional))
        if answer is not None:
            clock = Running(TIMER_EVENT, event_id(timer.armed), "", timer.start, to_text(due), timer.provisional)
            yield {**_fact(clock, timer.time.amount, timer.time.unit, answer), "element": timer.element}


def _move_timer(case: Case, clock: Mapping[str, Json], act: Act) -> None:
    timer, due = case.timers[clock["of"]], str(clock["new"])
    flow = live_flow(case, act.ports.deployment(case.version))
    flow.move_timer(armed_timer(timer), due, bool(clock["provisional"]))
    if timer.due_at != due:
        case.timers[timer.id] = replace(timer, due_at=due)


def _begun_later(clock: Running, told: Sequence[dict[str, Json]]) -> Running:
    """A second check is counted from the end of the time to put things right, which may just have moved."""
    ends = (str(fact["new"]) for fact in told if fact["of"] == f"{clock.of}.{PUT_RIGHT}")
    return replace(clock, start=next(ends, clock.start))


def _terms(case: Case) -> Iterator[Running]:
    for key, term in case.terms.items():
        if term.ended_at is None:
            yield Running(TERM, key, "", term.starts, term.due_at, term.provisional)


def _changed(case: Case, clock: Running, counting: Counting) -> Iterator[dict[str, Json]]:
    span = span_with_extension(case, clock, counting)
    if span is None or clock.due is None:  # a stopped one is counted when it goes on
        return
    pauses = suspensions(counting.calendar, pauses_of(case, clock))
    limit = Limit(span[0], cast(Unit, span[1]))
    known = Clock(from_text(clock.start), limit, from_text(clock.due), clock.provisional, pauses)
    answer = counted_again(counting.calendar, known)
    if answer is not None:
        yield _fact(clock, limit.value, limit.unit, answer)


def _fact(clock: Running, limit: Decimal, unit: str, answer: Moved) -> dict[str, Json]:
    return {
        "clock": clock.kind, "of": clock.of, "start": clock.start, "limit": str(limit), "unit": unit,
        "old": clock.due, "new": to_text(answer.due), "was_provisional": clock.provisional,
        "provisional": answer.provisional, "moved": answer.moved, "days": reasons_as_json(answer.days),
    }  # fmt: skip


def span_with_extension(case: Case, clock: Running, counting: Counting) -> Span | None:
    """The limit of a clock: as the case keeps it, or as the journal shows it; None when neither does."""
    if clock.kind == TERM:
        term = case.terms[clock.of]
        return Decimal(term.limit), term.unit
    kept = limit_of(case, clock)
    if kept is not None:
        return kept
    first = first_limit(case, clock, counting)
    return None if first is None else extended(case, clock, first)


_NAMES_VERSION = frozenset({"ApplicationSubmitted", "CaseMoved"})
"""The entries that say on which version the case runs from then on."""


def first_limit(case: Case, clock: Running, counting: Counting) -> Span | None:
    """The limit a clock was started with: of the version the case ran on then, as the journal shows it was asked for.

    None when the journal does not show it; such a clock is left alone.
    """
    version = ""
    for entry in counting.entries:
        if entry.kind in _NAMES_VERSION:
            version = str(entry.facts["version"])
        if clock.start in {entry.at, entry.facts.get("since")}:
            span = _declared(case, clock, counting.get(version))
            if span is not None and span in _asked(entry):
                return span
    return None


def _declared(case: Case, clock: Running, deployment: Deployment) -> Span | None:
    """What a version says of the limit of the case, or of an item."""
    if not clock.item:
        return case_limits(deployment, [*case.items])[clock.kind == STATUTORY]
    for item in deployment.offering.items:
        told = item.promised if clock.kind == ITEM_PROMISED else item.statutory
        if item.code == clock.item and told is not None:
            return told.value, told.unit
    return None


def _asked(entry: Entry) -> Iterator[tuple[Decimal, str]]:
    """The limits whose due dates were asked for in an entry (``Act.due``)."""
    for name, _ in entry.answers:
        question, _, rest = name.partition(":")
        value, unit, *_ = [*rest.split(":"), ""]
        if question == "due":
            try:
                yield Decimal(value), unit
            except InvalidOperation:
                continue
