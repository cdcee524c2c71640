"""What an act did to a case, in the words of the stories: what is left out of a story did not happen."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from sqlalchemy import select

from engine.case.running import ITEM_PROMISED, ITEM_STATUTORY, PROMISED, STATUTORY, TASK, running_clocks
from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import Seat
from engine.case.state import DONE, OPEN, VOIDED, Case, Task
from engine.engine import Engine
from engine.store.tables import outbox

Effect = dict[str, Any]
NAMES = {
    f"{PROMISED}:": "case promised", f"{STATUTORY}:": "case statutory", f"{ITEM_PROMISED}:T": "item promised",
    f"{ITEM_STATUTORY}:T": "item statutory",
}  # fmt: skip
"""The clocks that are of no step."""


def effect(engine: Engine, before: Case, after: Case) -> Effect:
    """All that changed, and the open steps that stayed as they were; both cases with their closed tasks."""
    told = {
        **_steps(before, after), "seats": _seats(before, after), **_clocks(before, after),
        "item": _change(*(case.items["T"].status for case in (before, after))),
        "results": [one.status for key, one in after.results.items() if before.results.get(key) != one],
        "case": _change(*(" ".join(filter(None, [case.status, case.outcome])) for case in (before, after))),
        "told": _told(engine, after, before.revision),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _change(before: str, after: str) -> str:
    return "" if before == after else after


def _steps(before: Case, after: Case) -> dict[str, list[str]]:
    waiting = {task.id for task in before.open_tasks()}
    known = {task.step for task in before.tasks.values()}
    fresh = [task for task in after.open_tasks() if task.id not in waiting]
    ended = [after.tasks[task] for task in waiting if after.tasks[task].status != OPEN]
    again = [task for task in fresh if task.step in known]
    both = [(after.tasks[key], task) for key, task in before.tasks.items()]
    first = {task.step: task.opened_at for task in before.tasks.values()}
    return {
        "decided": _said(task for task in ended if task.status == DONE),
        "cancelled": _names(task for task in ended if task.status != DONE),
        "kept": _names(after.tasks[task] for task in waiting if after.tasks[task].status == OPEN),
        "opened": _names(task for task in fresh if task.step not in known),
        "reopened": _names(again),
        "old_clock": _names(task for task in again if task.opened_at == first[task.step]),
        "voided": _names(one for one, was in both if one.status == VOIDED != was.status),
        "changed": _said(one for one, was in both if one.status == DONE == was.status and one.decision != was.decision),
    }  # fmt: skip


def _said(tasks: Iterable[Task]) -> list[str]:
    return sorted(f"{task.step.removeprefix('T.')} {task.decision}" for task in tasks)


def _names(tasks: Iterable[Task]) -> list[str]:
    return sorted(task.step.removeprefix("T.") for task in tasks)


def _seats(before: Case, after: Case) -> list[str]:
    """The seats that are otherwise than they were, of steps that were and are open: ``c 2: open, hrss_reviewer_3``."""
    found = []
    for task in after.open_tasks():
        old = before.tasks.get(task.id, task)
        pairs = zip_longest(seats_from(old.seats), seats_from(task.seats))
        found += [f"{task.step.removeprefix('T.')} {new.id}: {_seat(new)}" for was, new in pairs if was != new]
    return found


def _seat(seat: Seat) -> str:
    lent = [f"lent by {seat.lent_from}"] if seat.lent_from else []
    kept = [f"{one.kind} kept" for one in seat.kept]
    by = [seat.decided_by] if seat.decided_by else [seat.person] if seat.person else [f"{seat.department}/{seat.role}"]
    behalf = [f"for {seat.decided_for}"] if seat.decided_for else []
    return ", ".join([seat.status, *by, *behalf, *lent, *kept])


def _clocks(before: Case, after: Case) -> dict[str, list[str]]:
    """Clocks that were running and are, by what happened to when they are due."""
    old, new = ({clock.key: clock for clock in running_clocks(case)} for case in (before, after))
    found: dict[str, list[str]] = {"stopped": [], "later": [], "earlier": [], "going_on": []}
    names = {f"{TASK}:{task.id}": task.step.removeprefix("T.") for task in after.tasks.values()} | NAMES
    for key in old.keys() & new.keys():
        one, other = old[key].due, new[key].due
        if one != other:
            found[_moved(one, other)].append(names[key])
    return {kind: sorted(clocks) for kind, clocks in found.items()}


def _moved(before: str | None, after: str | None) -> str:
    if after is None:
        return "stopped"
    if before is None:
        return "going_on"
    return "later" if after > before else "earlier"


def _told(engine: Engine, case: Case, since: int) -> list[str]:
    """Who was told what, once each: ``hrss/reviewer step_cancelled``."""
    chosen = select(outbox).where(outbox.c.case_id == case.id, outbox.c.seq > since)
    with engine.store.database.read() as connection:
        rows = connection.execute(chosen).all()
    lines = {f"{row.person or _desk(row.department, row.role)} {row.template}" for row in rows}
    return sorted(lines)


def _desk(department: str, role: str) -> str:
    return f"{department}/{role}".strip("/") or "applicant"
