"""Terms of a case: started, with a timer where somebody has to be told, and ended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.case.act import Act
from engine.case.parts.terms import ANSWER, CORRECTION_ANSWER, DEEMED, DEFERRED, DELIVERY, GATHER, Term
from engine.case.state import Case, Timer
from engine.journal import Json
from engine.parallel.plan_caps import WORKING_DAYS

ANSWER_DAYS = "5"
"""Working days from the receipt to ask for everything that is missing, at once (行政许可法 32)."""
DELIVERY_DAYS = "10"
"""Working days from the decision to deliver what was granted (行政许可法 44)."""


def next_opening(calendar: WorkCalendar, instant: datetime) -> datetime:
    """When offices open on the first working day after the day of ``instant``."""
    lines = calendar.lines_from(calendar.local_date(instant) + timedelta(days=1))
    return calendar.at(next(line.date for line in lines if line.counted), calendar.office.opening)


def opening_before(calendar: WorkCalendar, instant: datetime, days: int) -> datetime:
    """When offices open on the working day ``days`` working days before the day of ``instant`` (0: that day itself)."""
    day = last = calendar.local_date(instant)
    while calendar.working_days_between(day, last) < days or not calendar.is_working(day):
        day -= timedelta(days=1)
    return calendar.at(day, calendar.office.opening)


def start_answer(case: Case, act: Act, days: str) -> None:
    """The application was received complete, or for the first time: the answer is due, or it counts as accepted."""
    term = _term(act, ANSWER, days)
    case.terms[ANSWER] = term
    case.timers[DEEMED] = Timer(DEEMED, "", 0, act.opening_after(term.due_at))


def end_answer(case: Case, act: Act) -> None:
    """The application was answered."""
    end_term(case, act, ANSWER)
    case.timers.pop(DEEMED, None)


def start_deferred(case: Case, act: Act, days: Mapping[str, Json]) -> None:
    """Accepted with materials to follow: each has its own deadline."""
    for number, (code, value) in enumerate(sorted(days.items()), start=1):
        key = f"{DEFERRED}.{number}"
        case.terms[key] = replace(_term(act, DEFERRED, str(value)), of=code)
        case.timers[key] = Timer(key, "", 0, case.terms[key].due_at)


def end_deferred(case: Case, act: Act) -> None:
    """What was handed in is no longer awaited."""
    for key, term in list(case.terms.items()):
        if term.kind == DEFERRED and case.materials.get(term.of) != DEFERRED:
            end_term(case, act, key)


def start_delivery(case: Case, act: Act) -> None:
    """Everything is decided; cases accepted before this was counted have no such term."""
    if case.delivery_days:
        case.terms[DELIVERY] = _term(act, DELIVERY, case.delivery_days)


def end_delivery(case: Case, act: Act) -> None:
    """The results were handed over, or the case has ended without."""
    end_term(case, act, DELIVERY)


def start_gather(case: Case, act: Act, days: str) -> None:
    """The first demand: those that follow within the window are told in the same notice."""
    number = sum(term.kind == GATHER for term in case.terms.values()) + 1
    _start_with_timer(case, act, GATHER, f"{number}", days)


def start_correction_answer(case: Case, act: Act, notice: str, days: str) -> None:
    """A notice of correction was sent after the acceptance: the applicant has so many days to answer it."""
    _start_with_timer(case, act, CORRECTION_ANSWER, notice, days)


def _start_with_timer(case: Case, act: Act, kind: str, number: str, days: str) -> None:
    """A term with a timer of the same name, which rings when it is due."""
    key = f"{kind}.{number}"
    case.terms[key] = _term(act, kind, days)
    case.timers[key] = Timer(key, "", 0, case.terms[key].due_at)


def _term(act: Act, kind: str, days: str) -> Term:
    due, provisional = act.due(Decimal(days), WORKING_DAYS)
    return Term(kind, act.at, days, WORKING_DAYS, due, provisional)


def end_term(case: Case, act: Act, key: str) -> None:
    """Ends a term that goes on, and the timer of its name."""
    term = case.terms.get(key)
    if term is not None and term.ended_at is None:
        case.terms[key] = replace(term, ended_at=act.at)
    case.timers.pop(key, None)
