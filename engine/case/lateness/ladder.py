"""A step waits too long: its handlers are reminded, then its delay is raised rung by rung, as its policy says."""

from collections.abc import Mapping
from typing import Any

from engine.case.act import Act, Notice
from engine.case.approvers.seat_hands import assign
from engine.case.deployment import Deployment
from engine.case.lateness.escalating import Rung, raise_escalation
from engine.case.lateness.stages import arm
from engine.case.policies import Stage
from engine.case.policy import handlers, owners
from engine.case.seating.seat_text import seats_from, seats_text
from engine.case.seating.seats import Holder, Panel
from engine.case.state import Case, Task
from engine.catalogue.policies import CO_HANDLING, LEAD, NOTICE, REASSIGNMENT, LadderRung
from engine.catalogue.seat_rules import ONE_SEAT
from engine.journal import Json

REMINDED, ESCALATED = "StepReminded", "StepEscalated"


def rung_facts(deployment: Deployment, task: Task, stage: Stage) -> dict[str, Json]:
    """What the journal keeps of a rung: its level, what it does, who is told and who handles the step from now on."""
    rung = stage.rung or LadderRung(to="")
    facts: dict[str, Json] = {
        "level": stage.level, "does": rung.does,
        "department": _department(deployment, task, rung.department), "role": rung.to,
    }  # fmt: skip
    if rung.does == REASSIGNMENT:
        department = _department(deployment, task, rung.hand_department)
        return {**facts, "hand_department": department, "hand_role": rung.hand_to}
    return facts


def _department(deployment: Deployment, task: Task, named: str) -> str:
    """A department as a rung names it: the step's own (not who was given the task since), the lead one, or a code."""
    if named == LEAD:
        return deployment.offering.lead_department
    return named or deployment.offering.step(task.step).department


def reminded(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepReminded: whoever handles the step is told when it is due; the next stage is armed."""
    timer = case.timers.pop(facts["timer"])
    task = case.update_task(timer.task, stage=timer.level)
    told = {"number": case.number, "step": task.step, "due": task.due_at}
    for department, role, person in handlers(task):
        act.notices.append(Notice("step_reminded", department, role, task.id, told, person))
    arm(case, act, task.id)


def escalated(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepEscalated: recorded, who is to know is told, others handle the step too or instead; the next stage is armed.

    Taking the timer away makes it once and only once.
    """
    timer = case.timers.pop(facts["timer"])
    before = case.tasks[timer.task]
    told = (str(facts["department"]), str(facts["role"]))
    raise_escalation(case, before, Rung(facts["level"], facts["does"], *told), str(before.due_at), act)
    changes = _handed(before, facts, told)
    task = case.update_task(before.id, stage=timer.level, escalation=facts["level"], **changes)
    late = str(before.due_at) <= act.at
    _tell(case, act, task, "step_overdue" if late else "step_at_risk", [told], level=facts["level"], does=facts["does"])
    _tell_handlers(case, act, (before, task), facts, told)
    arm(case, act, task.id)


def _handed(task: Task, facts: Mapping[str, Json], told: tuple[str, str]) -> dict[str, Any]:
    """What changes of the task with what a rung does."""
    does, desk = facts["does"], _desk(facts, told)
    if does == NOTICE:
        return {}
    if does == CO_HANDLING or _is_shared(task):
        known = desk in {(task.department, task.role), *task.helpers}
        return {} if known else {"also": " ".join([*task.also.split(), "/".join(desk)])}
    handed = {"department": desk[0], "role": desk[1]}
    return {**handed, "seats": _given_text(task, Holder(*desk))} if task.seats else handed


def _desk(facts: Mapping[str, Json], told: tuple[str, str]) -> tuple[str, str]:
    """Who handles the step from now on."""
    return (facts["hand_department"], facts["hand_role"]) if facts["does"] == REASSIGNMENT else told


def _is_shared(task: Task) -> bool:
    """Of several seats none is taken away: whoever would take the step over may decide in one of them too."""
    return len(seats_from(task.seats)) > 1


def _given_text(task: Task, to: Holder) -> str:
    """The one seat of a task, given to whoever holds a role."""
    panel = Panel(ONE_SEAT, seats_from(task.seats))
    seat = panel.seats[0]
    plain = (to.department, to.role, to.person) == (seat.department, seat.role, seat.person)
    return task.seats if plain else seats_text(assign(panel, seat.id, to))


def _tell_handlers(
    case: Case, act: Act, change: tuple[Task, Task], facts: Mapping[str, Json], told: tuple[str, str]
) -> None:  # fmt: skip
    """Those who handled it until now, and those who do from now on, unless they were told of the delay already."""
    before, task = change
    if facts["does"] == NOTICE:
        return
    previous, desk = owners(before), _desk(facts, told)
    fresh = [desk] if desk != told else []
    if facts["does"] == CO_HANDLING or _is_shared(before):
        _tell(case, act, task, "step_joined", [one for one in previous if one != desk])
        _tell(case, act, task, "step_handed", fresh)
    elif [desk] != previous:
        _tell(case, act, task, "step_handed_over", previous)
        _tell(case, act, task, "step_handed", fresh)


def _tell(case: Case, act: Act, task: Task, template: str, whom: list[tuple[str, str]], **more: Json) -> None:
    facts = {"number": case.number, "step": task.step, "due": task.due_at, **more}
    for department, role in dict.fromkeys(whom):
        act.notices.append(Notice(template, department=department, role=role, task=task.id, facts=facts))
