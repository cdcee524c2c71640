"""Whether a case is what the model says it is."""

from typing import Any

from engine.case.seating.seat_text import seats_from
from engine.case.state import Task
from engine.commands import Actor
from engine.engine import Engine
from tests.oracle.clockwork import here
from tests.oracle.demands import agree_on_demands
from tests.oracle.model import OVER, Job, Model
from tests.oracle.promises import agree_on_promises
from tests.oracle.seating import Seat
from tests.oracle.sessions import agree_on_sessions
from tests.oracle.town import Look


def agree(model: Model, look: Look) -> None:
    """Everything that is cheap to compare."""
    case = look.case
    assert case.status == model.status
    if case.accepted_at is None:
        return
    states = {code: item.status for code, item in case.items.items()}
    assert states == model.item_states(), (states, model.item_states())
    valid = {one.code: one.status for one in case.results.values() if one.status not in {"void", "revoked"}}
    assert valid == model.results()
    numbers = [one.number for one in case.results.values()]
    assert len(set(numbers)) == len(numbers), "a number is given out once"
    _tasks(model, look)
    _clocks(model, look)
    agree_on_demands(model, look)
    agree_on_sessions(model, look)
    agree_on_promises(model, look)
    assert case.outcome == model.outcome
    assert case.documents == model.papers


def _tasks(model: Model, look: Look) -> None:
    case = look.case
    open_now = {task.id: task for task in case.open_tasks()}
    assert open_now.keys() == {job.id for job in model.open_jobs()}
    for job in model.open_jobs():
        _job(job, open_now[job.id])
    done = {row["task_id"]: (row["decision"], row["actor"]) for row in look.rows if row["status"] == "done"}
    assert done == {one.task: (one.decision, model.jobs[one.task].by) for one in model.said}
    void = {row["task_id"]: row["voided"] for row in look.rows if row["status"] == "voided"}
    assert void == model.voided
    by_task = {row["task_id"]: row for row in look.rows}
    for word in model.words:
        assert _kept(word, by_task[word.task]), f"a decision was lost: {word}"


def _kept(word: Any, row: dict[str, Any]) -> bool:
    """Whether what somebody said is on record: it stands, is void, or taken back."""
    if row["seats"]:
        seat = next(one for one in seats_from(row["seats"]) if one.id == word.seat)
        said = {(seat.decided_by, seat.decision, seat.decided_at)} | {(k.by, k.decision, k.at) for k in seat.kept}
        return (word.by, word.decision, word.at) in said
    return (row["actor"], row["decision"], row["closed_at"]) == (word.by, word.decision, word.at)


def _job(job: Job, task: Task) -> None:
    assert task.step == job.step
    assert set(task.helpers) == set(job.helpers)
    if not task.seats:
        only = job.seats[0]
        assert len(job.seats) == 1
        assert (task.department, task.role, "") == (only.department, only.role, only.person)
        return
    seats = seats_from(task.seats)
    turns = {seat.id for seat in job.turns()}
    assert [one.id for one in seats] == [one.id for one in job.seats]
    for one, seat in zip(seats, job.seats, strict=True):
        status = "removed" if seat.removed else "decided" if seat.decision else "waiting"
        told = (one.department, one.role, one.person, one.lent_from, one.status, one.decision, one.decided_by)
        said = (seat.department, seat.role, seat.person, seat.lent_from)
        assert told == (*said, "open" if seat.id in turns else status, seat.decision, seat.by), seat.id
        assert one.people() - {"system"} == seat.people() - {"system"}
    for seat in job.seats:
        _nobody_twice(job, seat)
    assert job.turns(), "it is somebody's turn"


def _nobody_twice(job: Job, seat: Seat) -> None:
    others = {name for one in job.seats if one is not seat and not one.removed for name in one.people()}
    assert seat.removed or not (seat.people() & others - {"system"}), "nobody has two seats"


def _clocks(model: Model, look: Look) -> None:
    case = look.case
    said: dict[tuple[str, str], str | None] = {
        ("promised", ""): case.promised_due_at, ("statutory", ""): case.statutory_due_at,
    }  # fmt: skip
    for item in case.items.values():
        said["promised", item.code], said["statutory", item.code] = item.due_at, item.statutory_due_at
    said |= {("step", task.id): task.due_at for task in case.open_tasks()}
    for key, of in model.clocks.running(model):
        due, told = model.clocks.due(model, key, of), said[key]
        assert (None if told is None else here(told)) == due, (key, told, due, model.jobs.get(key[1]))
    open_now = {task.id: task for task in case.open_tasks()}
    armed = [timer.task for timer in case.timers.values() if timer.task]
    assert len(set(armed)) == len(armed), "one timer for a task"
    assert set(armed) <= {task.id for task in open_now.values() if task.due_at is not None}
    if case.status in OVER:
        assert not armed
        assert all(stop.ended_at for stop in case.suspensions.values())


def inbox_agrees(model: Model, case_id: str, actor: Actor, engine: Engine) -> None:
    """Somebody sees the tasks that are theirs to handle, and no other; none of the own application (回避)."""
    seen = {row["task_id"] for row in engine.read.inbox(actor, limit=200).rows if row["case_id"] == case_id}
    mine = {job.id for job in model.open_jobs() if actor.id != model.applicant and _shown(job, actor)}
    assert seen == mine, f"the list of {actor.id}: {sorted(seen)}, not {sorted(mine)}"


def _shown(job: Job, actor: Actor) -> bool:
    """Whoever sits in a seat whose turn it is, or has lent it; those who hold its role, unless it was given to one
    person by name; who was asked to join."""
    for seat in job.turns():
        open_to_role = not seat.person or (seat.claimed and not seat.lent_from)
        if actor.id in {seat.person, seat.lent_from} or (open_to_role and actor.holds(seat.department, seat.role)):
            return True
    return any(actor.holds(*desk) for desk in job.helpers)
