"""What is demanded of the applicant after the acceptance, and what ends it.

A demand lives as long as its step is open and its item undecided. The suspension of an item's promised clocks lives as
long as one of the item's demands, the window as long as one that is not sent, the applicant's term to answer a notice
as long as one that was sent with it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from engine.case.act import Act, Notice
from engine.case.deadlines import end_term
from engine.case.parts.demand import DECIDED, GONE, SUPPLIED, Demand
from engine.case.parts.demand import OVER as CASE_OVER
from engine.case.parts.terms import CORRECTION_ANSWER, GATHER
from engine.case.policy import addressees
from engine.case.state import DONE, IN_REVIEW, OPEN, OVER, WAITING, Case


def open_demands(case: Case) -> dict[str, Demand]:
    """What is owed now, by number: sent or not."""
    return {number: one for number, one in case.demands.items() if one.ended_at is None}


def unsent(case: Case) -> dict[str, Demand]:
    """What the next notice names, by number."""
    return {number: one for number, one in open_demands(case).items() if not one.notice}


def demanded_materials(case: Case) -> set[str]:
    """Codes of the materials that are owed now."""
    return {one.material for one in open_demands(case).values()}


def holds_stop(case: Case, number: str) -> bool:
    """Whether a suspension stands for open demands: it ends with them, by nobody's hand."""
    return any(one.stop == number for one in open_demands(case).values())


def named_to(case: Case, department: str) -> frozenset[str] | None:
    """The materials of the notices a department took part in; None when it took part in none."""
    notices = {one.notice for one in case.demands.values() if one.department == department and one.notice}
    if not notices:
        return None
    return frozenset(one.material for one in case.demands.values() if one.notice in notices)


def open_window(case: Case) -> str:
    """The key of the window that is open, empty when none is."""
    return next((key for key, term in case.terms.items() if term.kind == GATHER and term.ended_at is None), "")


def end(case: Case, act: Act, how: Mapping[str, str]) -> None:
    """Ends demands (number → how), and the terms nothing is left for. Suspensions end with ``stops.end_settled``."""
    if not how:
        return
    ended = {number: replace(case.demands[number], ended_at=act.at, ended_by=why) for number, why in how.items()}
    case.demands = {**case.demands, **ended}
    _end_terms(case, act)


def _end_terms(case: Case, act: Act) -> None:
    left = {CORRECTION_ANSWER + f".{one.notice}" for one in open_demands(case).values() if one.notice}
    left |= {open_window(case)} if unsent(case) else set()
    for key, term in list(case.terms.items()):
        if term.kind in {GATHER, CORRECTION_ANSWER} and term.ended_at is None and key not in left:
            end_term(case, act, key)


def end_closed(case: Case, act: Act) -> None:
    """Ends the demands whose step is closed, whose item is decided, or whose case has ended."""
    end(case, act, _ended(open_demands(case), lambda one: _why_over(case, one)))


def _ended(demands: Mapping[str, Demand], why: Callable[[Demand], str]) -> dict[str, str]:
    return {number: how for number, one in demands.items() if (how := why(one))}


def _why_over(case: Case, one: Demand) -> str:
    if case.status in OVER:
        return CASE_OVER
    item, task = case.items.get(one.item), case.tasks.get(one.task)
    if item is not None and (item.decision is not None or item.status not in {WAITING, IN_REVIEW}):
        return DECIDED
    if task is None or task.status == OPEN:
        return "" if task is not None else GONE
    return DECIDED if task.status == DONE else GONE


def supplied(case: Case, materials: Collection[str], act: Act) -> None:
    """These have come: who demanded nothing else is told that the clock goes on."""
    met = {number: one for number, one in open_demands(case).items() if one.material in materials}
    end(case, act, dict.fromkeys(met, SUPPLIED))
    waiting = {one.task for one in open_demands(case).values()}
    for task_id in dict.fromkeys(one.task for one in met.values()):
        if task_id not in waiting and task_id in case.tasks:
            _tell(case, act, task_id, [one.material for one in met.values() if one.task == task_id])


def _tell(case: Case, act: Act, task_id: str, materials: Iterable[str]) -> None:
    task = case.tasks[task_id]
    told = {"number": case.number, "step": task.step, "materials": sorted(set(materials))}
    for department, role, person in addressees(task):
        act.notices.append(Notice("materials_came", department, role, task.id, told, person))


def idle_stops(case: Case) -> dict[str, tuple[str, bool]]:
    """Open suspensions of demands that have all ended: number → how the last one ended, whether any was sent."""
    held: dict[str, list[Demand]] = {}
    for one in case.demands.values():
        held.setdefault(one.stop, []).append(one)
    found = {}
    for number, demands in held.items():
        if case.suspensions[number].ended_at is None and all(one.ended_at for one in demands):
            last = max(demands, key=lambda one: one.ended_at or "")
            found[number] = last.ended_by, any(one.notice for one in demands)
    return found
