"""Reads the cases figures are made of; nothing is written and no workflow is loaded."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engine.calendar import Suspension, WorkCalendar
from engine.case.state import CLOSED, ENDED_ITEMS, IN_PROGRESS
from engine.instants import from_text
from engine.statistics.records import CaseRecord, Pause, Span, StepRecord
from engine.store import Store, queries

MOST_CASES = 20_000
"""The newest ones count."""
_PAGE = 500
_APPLICANT = "correction"
"""The procedure that stops clocks while the applicant corrects something after the acceptance."""
_ASKED, _SUPPLIED = "CorrectionRequested", "MaterialsSupplied"
Happened = tuple[str, str]
"""Kind and instant (text) of an entry of a journal."""


def read_cases(store: Store, calendar: WorkCalendar, most: int = MOST_CASES) -> list[CaseRecord]:
    """The accepted cases, running and closed, newest application first; ``most`` bounds the work."""
    return list(_cases(store, calendar, most))


def accepted_between(
    cases: Sequence[CaseRecord], calendar: WorkCalendar, since: date | None, until: date | None
) -> list[CaseRecord]:
    """Those accepted from the day ``since`` to the day ``until``, both included."""
    days = [(case, calendar.local_date(case.accepted)) for case in cases]
    return [case for case, day in days if (since is None or since <= day) and (until is None or day <= until)]


def _cases(store: Store, calendar: WorkCalendar, most: int) -> Iterator[CaseRecord]:
    before, left = None, most
    while left > 0:
        with store.database.read() as connection:
            rows = queries.cases_with_state(connection, (IN_PROGRESS, CLOSED), "", min(_PAGE, left), before)
            states = [json.loads(state) for state, _ in rows]
            tasks_of = queries.step_times(connection, [state["id"] for state in states])
            kinds_of = queries.entry_kinds(connection, [state["id"] for state in states if state.get("asked")])
            for state in (one for one in states if one.get("accepted_at")):
                tasks = tasks_of.get(state["id"], ())
                yield case_of(state, tasks, kinds_of.get(state["id"], ()), calendar)
        if not states:
            return
        before, left = (states[-1]["submitted_at"], states[-1]["id"]), left - len(states)


def case_of(
    state: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]], entries: Sequence[Happened], calendar: WorkCalendar
) -> CaseRecord:
    """A case of its stored state, its task rows and, if it was corrected, the entries of its journal."""
    items = state.get("items", {})
    steps = sorted((_step(row) for row in tasks), key=lambda step: step.opened)
    ended = {code: from_text(item["ended_at"]) for code, item in items.items() if item.get("status") in ENDED_ITEMS}
    return CaseRecord(
        id=state["id"], number=state["number"], offering=state["offering"], version=state["version"],
        submitted=from_text(state["submitted_at"]), accepted=from_text(state["accepted_at"]),
        promised_due=_instant(state.get("promised_due_at")), closed=_instant(state.get("closed_at")),
        items=tuple(sorted(items)), steps=tuple(steps), ended=ended,
        pauses=tuple(_pause(stop, calendar) for stop in state.get("suspensions", {}).values()),
        corrections=tuple(_corrections(entries)),
    )  # fmt: skip


def _step(row: Mapping[str, Any]) -> StepRecord:
    return StepRecord(
        row["step"], row["item"], row["act"], row["department"], row["status"],
        from_text(row["opened_at"]), _instant(row["due_at"]), _instant(row["closed_at"]),
    )  # fmt: skip


def _pause(stop: Mapping[str, Any], calendar: WorkCalendar) -> Pause:
    """Half open: the day it starts does not count, the day it ends counts."""
    ended = _instant(stop.get("ended_at"))
    days = Suspension(
        calendar.local_date(from_text(stop["started_at"])), None if ended is None else calendar.local_date(ended)
    )
    return Pause(stop["item"], stop["procedure"] == _APPLICANT, days)


def _corrections(entries: Sequence[Happened]) -> Iterator[Span]:
    """From each notice of correction to what was supplied next; several pieces supplied one by one are one time."""
    asked: datetime | None = None
    supplied: datetime | None = None
    for kind, at in entries:
        if kind == _SUPPLIED and asked is not None:
            supplied = from_text(at)
        elif kind == _ASKED or supplied is not None:
            if asked is not None:
                yield asked, supplied
            asked, supplied = (from_text(at) if kind == _ASKED else None), None
    if asked is not None:
        yield asked, supplied


def _instant(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)
