"""Every case can still reach an end: everybody agrees, everything is supplied, the results are handed over."""

from collections.abc import Callable, Iterator
from typing import Any

from engine import commands as act
from engine.commands import Actor
from tests.oracle.design import DELIVER
from tests.oracle.model import OVER, Job, Model
from tests.oracle.sessions import arranges, presides
from tests.oracle.town import ADMIN, CLERK, PEOPLE

MOST = 120
"""Acts an end may take."""


def reach_an_end(
    model: Model, case_id: str, send: Callable[[Any, Actor], Any], sweep: Callable[[], None], spares: list[Actor]
) -> int:
    """Sends what is missing until the case is over; how many acts that took."""
    for number in range(MOST):
        if model.status in OVER:
            return number
        sweep()
        if model.status in OVER:
            return number
        _one(model, case_id, send, spares)
    raise AssertionError("no end in sight")


def _one(model: Model, case_id: str, send: Callable[[Any, Actor], Any], spares: list[Actor]) -> None:
    if model.status in {"submitted", "correction"}:
        owed = [code for code in model.asked() if code not in model.materials]
        command: Any = act.AcceptCase(case_id)
        if owed:
            command = act.SupplyMaterials(case_id, dict.fromkeys(owed, "received"))
        assert send(command, CLERK) is not None, "the window goes on"
        return
    hearing = next((number for number, one in model.meetings.items() if one.status == "open"), "")
    if hearing:
        items = model.meetings[hearing].present
        able = [one for one in [*PEOPLE, *spares] if arranges(model.design, items, one) and one.id != model.applicant]
        assert send(act.CancelSession(case_id, hearing, "不再需要"), able[0]) is not None, "it can be called off"
        return
    job = model.open_jobs()[0]
    seat = job.turns()[0]
    who = _somebody(model, job, [*PEOPLE, *spares])
    if who is None:
        spare = next(one for one in _free(model, job, spares) if one.holds(seat.department, seat.role))
        assign = act.AssignTask(case_id, job.id, seat.department, seat.role, spare.id, seat=seat.id)
        assert send(assign, ADMIN) is not None, "an administrator can give it to somebody else"
        return
    if model.design.steps[job.step].act == DELIVER:
        assert send(act.DeliverResults(case_id, job.id, "window"), who) is not None, "it can be delivered"
        return
    assert send(act.DecideStep(case_id, job.id, "agree", seat=seat.id), who) is not None, "somebody can decide it"


def _somebody(model: Model, job: Job, people: list[Actor]) -> Actor | None:
    """Who can decide in the first open seat."""
    return next((one for one in _free(model, job, people) if job.turns()[0].holds(one)), None)


def _free(model: Model, job: Job, people: list[Actor]) -> Iterator[Actor]:
    """Who has no other seat of the step than the first open one, and is not the applicant."""
    seat = job.turns()[0]
    taken = {name for one in job.seats if one is not seat and not one.removed for name in one.people()}
    free = (one for one in people if one.id not in taken and one.id != model.applicant)
    return (one for one in free if not presides(model, job, one.id))
