"""回避: nobody has a hand in his own application. Accounts hold no identity numbers, so the window names the account of
an applicant who works here, when it registers the application or as soon as it is found out.

From then on he does nothing in the case. What he has still to do there goes back to those who hold the role, or to
whoever lent it to him; what he has decided stands, and the heads of the lead department are told of it.
"""

from collections.abc import Mapping

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.approvers.panels import keep, panel_of
from engine.case.approvers.people import People, require_account
from engine.case.approvers.seat_hands import freed
from engine.case.intent import Intent
from engine.case.seating.seat_checks import require_not_applicant
from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import DECIDED, OPEN, Panel
from engine.case.state import OVER, VOIDED, Case, Task
from engine.case.together.voting import tell
from engine.catalogue.seat_rules import ONE_SEAT
from engine.commands import Actor, NameApplicant
from engine.errors import AlreadyDone, NotPossible
from engine.journal import Json

NAMED = "ApplicantNamed"
HEAD = "head"


def require_other(applicant: str, actor: Actor) -> None:
    """NotPermitted for the applicant of a case."""
    if applicant and applicant == actor.id:
        require_not_applicant(Panel(ONE_SEAT, (), applicant), actor.id)


def check_applicant(people: People, applicant: str, actor: Actor) -> None:
    """An account that is named as the applicant's: there is one, and it is not whoever names it."""
    if applicant:
        require_other(applicant, actor)
        require_account(people, applicant)


def may_name(case: Case, actor: Actor) -> bool:
    """Whether this person could name the account of the applicant now."""
    here = actor.holds(policy.WINDOW, policy.WINDOW_CLERK)
    return here and case.status not in OVER and actor.id != case.applicant


def name_facts(case: Case, act: Intent, command: NameApplicant) -> dict[str, Json]:
    """What the journal keeps of a naming; raises when it may not be."""
    policy.require_clerk(act.actor)
    if case.status in OVER:
        raise NotPossible("case.closed", "该办件已结束", "this case has ended", case.number)
    applicant = command.applicant.strip()
    if applicant == case.applicant:
        raise AlreadyDone("applicant.same", "已经是这样登记的", "it is registered like this already", "applicant")
    check_applicant(act.people, applicant, act.actor)
    return {"applicant": applicant, "reason": policy.require_text("reason", command.reason)}


def named(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ApplicantNamed: his open seats are free again, whoever gets them is told, and what he decided is pointed out."""
    case.applicant = str(facts["applicant"])
    deployment = act.ports.deployment(case.version)
    for task in case.open_tasks() if case.applicant else ():
        panel = panel_of(case, deployment, task)
        seats = freed(panel.seats, case.applicant)
        changed = keep(case, panel, task.id, seats)
        for seat, before in zip(seats, panel.seats, strict=True):
            if seat != before and seat.status == OPEN:
                tell(case, act, changed, seat, "step_freed")
            if before.lent_from == case.applicant:
                tell(case, act, changed, before, "step_got_back")
    for task in [row for row in case.tasks.values() if case.applicant and _has_decided(row, case.applicant)]:
        told = {"number": case.number, "step": task.step}
        act.notices.append(Notice("applicant_decided", deployment.offering.lead_department, HEAD, task.id, told))


def _has_decided(task: Task, account: str) -> bool:
    """Whether somebody has a decision or a vote that stands in a task, standing in for another person too."""
    if task.seats:
        return task.status != VOIDED and any(
            seat.status == DECIDED and account in {seat.decided_by, seat.decided_for} for seat in seats_from(task.seats)
        )
    return task.status != VOIDED and task.decision is not None and task.actor == account
