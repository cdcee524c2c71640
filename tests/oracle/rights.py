"""Who may do what: from roles, seats, substitutes and 回避 alone. Whether it is possible now is another question."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import commands as act
from engine.commands import APPLICANT, SYSTEM, Actor
from tests.oracle.design import LEAD
from tests.oracle.model import Job, Model
from tests.oracle.promises import due_check
from tests.oracle.seating import Seat
from tests.oracle.sessions import arranges, presides, speaks_for

HEADS = frozenset({"section_head", "department_head"})


@dataclass(frozen=True)
class Away:
    """Who stands in for whom, from when to when, for what (nothing named: everything)."""

    person: str
    substitute: str
    first: date
    last: date
    scope: frozenset[str]
    id: str = ""


@dataclass(frozen=True)
class Asked:
    """An act somebody wants to do, and what decides whether it is theirs to do."""

    model: Model
    command: Any
    actor: Actor
    today: date
    people: Mapping[str, Actor]
    away: Iterable[Away]

    @property
    def job(self) -> Job:
        """The task it is about."""
        return self.model.jobs[self.command.task_id]

    @property
    def seat(self) -> Seat:
        """The seat it is about."""
        return next(seat for seat in self.job.seats if seat.id == self.command.seat)

    @property
    def own(self) -> bool:
        """Whether it is about the own application, or gives somebody a say in his."""
        concerned = {self.actor.id, getattr(self.command, "person", "")}
        return bool(self.model.applicant) and self.model.applicant in concerned


def clerk(asked: Asked) -> bool:
    """Clerks of the single window."""
    return asked.actor.holds("window", "window_clerk")


def names(asked: Asked) -> bool:
    """Clerks; nobody names himself."""
    return clerk(asked) and asked.command.applicant != asked.actor.id


def helps(job: Job, actor: Actor) -> bool:
    """Whether somebody was asked to handle a task too."""
    return any(actor.holds(*desk) for desk in job.helpers)


def handles(job: Job, actor: Actor) -> bool:
    """Whether somebody has to do with a task."""
    sits = any(actor.id in seat.sitting() or seat.holds(actor) for seat in job.seats if not seat.removed)
    return sits or helps(job, actor)


def has_turn(job: Job, actor: Actor) -> bool:
    """Whether somebody may act on an open task for himself now."""
    return any(seat.holds(actor) and not seat.lent_from for seat in job.turns()) or helps(job, actor)


def decides(asked: Asked) -> bool:
    """Whoever has an open seat, for himself or standing in; whoever was asked to join."""
    who, command, job = asked.actor, asked.command, asked.job
    if command.behalf:
        item = asked.model.design.steps[job.step].item
        if not any(_stands_in(one, asked, item) for one in asked.away):
            return False
        who = asked.people[command.behalf]
    if asked.model.applicant and asked.model.applicant in {who.id, asked.actor.id}:
        return False
    if presides(asked.model, job, asked.actor.id):
        return False
    seats = [seat for seat in job.turns() if command.seat in {"", seat.id}]
    if any(seat.holds(who) for seat in seats):
        return True
    return not command.behalf and helps(job, asked.actor) and bool(seats)


def _stands_in(one: Away, asked: Asked, item: str) -> bool:
    pair = (one.person, one.substitute) == (asked.command.behalf, asked.actor.id)
    about = not one.scope or not one.scope.isdisjoint({asked.model.design.code, item})
    return pair and one.first <= asked.today <= one.last and about


def takes(asked: Asked) -> bool:
    """签收: one of those who hold the role."""
    return asked.seat.holds(asked.actor) and not asked.own


def has_part(asked: Asked) -> bool:
    """Who has a seat, or has lent it."""
    return asked.actor.id in {asked.seat.person, asked.seat.lent_from}


def owns(asked: Asked) -> bool:
    """Who has a seat, and gives it to somebody with a right to have it."""
    return asked.seat.holds(asked.actor) and not asked.own


def above(actor: Actor, seat: Seat) -> bool:
    """A head of the seat's department, or an administrator."""
    return (actor.department == seat.department and bool(actor.roles & (HEADS | {"head"}))) or "admin" in actor.roles


def assigns(asked: Asked) -> bool:
    """Somebody above, not in the own application."""
    return above(asked.actor, asked.seat) and not asked.own


def removes(asked: Asked) -> bool:
    """Who added it, or sits where it was added; of the design, who sits in another seat."""
    seat, actor = asked.seat, asked.actor
    if asked.own:
        return False
    if seat.added_to:
        return actor.id == seat.added_by or any(o.id == seat.added_to and _sits(o, actor) for o in asked.job.seats)
    return any(other.id != seat.id and _sits(other, actor) for other in asked.job.seats)


def _sits(seat: Seat, actor: Actor) -> bool:
    return not seat.removed and (actor.id in {seat.by, seat.lent_from} or seat.holds(actor))


def lets_stand_in(actor: Actor, person: Actor) -> bool:
    """Who is away himself, a head of his department, an administrator."""
    leads = actor.department == person.department and bool(actor.roles & (HEADS | {"head"}))
    return actor.id == person.id or leads or "admin" in actor.roles


def hands_over(asked: Asked) -> bool:
    """Somebody above every seat the leaver has to do with."""
    leaver = asked.command.leaver
    seats = [
        seat for job in asked.model.open_jobs() for seat in job.seats
        if seat.pending and leaver in {seat.person, seat.lent_from}
    ]  # fmt: skip
    return all(above(asked.actor, seat) for seat in seats) and not asked.own


def shares(asked: Asked) -> bool:
    """A clerk, or who handles an open step; nothing goes to the applicant."""
    handler = clerk(asked) or any(handles(job, asked.actor) for job in asked.model.open_jobs())
    return handler and asked.model.applicant != (asked.command.person or None)


def answers(asked: Asked) -> bool:
    """The one it was for."""
    return asked.model.asides[asked.command.number][0] == asked.actor.id


def urges(asked: Asked) -> bool:
    """The applicant; who has an interest, and does not handle it."""
    if asked.actor == APPLICANT:
        return True
    job, actor, model = asked.job, asked.actor, asked.model
    others = {one.department for one in model.open_jobs() if one.id != job.id}
    leads = actor.department == job.department and bool(actor.roles & HEADS)
    interested = {"supervision", model.design.lead, *others}
    return not handles(job, actor) and (leads or actor.department in interested or clerk(asked))


def returns(asked: Asked) -> bool:
    """Who handles the open step."""
    return has_turn(asked.job, asked.actor)


def leads(asked: Asked) -> bool:
    """A head of the lead department."""
    return asked.actor.holds(asked.model.design.lead, "head")


def returns_whole(asked: Asked) -> bool:
    """The lead department: its head, or who decides for it."""
    steps = asked.model.design.steps.values()
    return leads(asked) or any(asked.actor.holds(s.department, s.role) for s in steps if s.act == LEAD)


def takes_back(asked: Asked) -> bool:
    """Who decided; what silence decided is nobody's."""
    job, actor = asked.job, asked.actor
    own = actor.id in {seat.by for seat in job.seats if seat.decision} or (not job.open and job.by == actor.id)
    return own and not job.deemed


def suspends(asked: Asked) -> bool:
    """Handlers of the item's department and of the lead department."""
    command, model, actor = asked.command, asked.model, asked.actor
    item = model.clocks.halts[command.suspension].item if isinstance(command, act.ResumeClock) else command.item
    departments = {model.design.lead} | ({model.design.items[item].department} if item else set())
    handler = any(actor.holds(step.department, step.role) for step in model.design.steps.values())
    return actor.department in departments and handler


def sends(asked: Asked) -> bool:
    """A clerk, or handlers of the lead department."""
    model, actor = asked.model, asked.actor
    handler = any(actor.holds(step.department, step.role) for step in model.design.steps.values())
    return clerk(asked) or (actor.department == model.design.lead and handler)


def calls(asked: Asked) -> bool:
    """Who handles one of the items, or for the lead department; a hearing is closed by who presides too."""
    command, model = asked.command, asked.model
    if isinstance(command, act.ArrangeSession):
        return arranges(model.design, command.items.split(), asked.actor)
    one = model.meetings[command.session]
    chair = isinstance(command, act.CloseSession) and one.chair == asked.actor.id
    return chair or arranges(model.design, one.present, asked.actor)


def speaks(asked: Asked) -> bool:
    """Who handles the item."""
    return speaks_for(asked.model.design, asked.command.item, asked.actor)


def checks(asked: Asked) -> bool | None:
    """Who makes the check that is due."""
    check = due_check(asked.model, asked.command.item)
    return None if check is None else asked.actor.holds(check.department, check.role)


def revokes(asked: Asked) -> bool:
    """A head of the department that decided the item."""
    return asked.actor.holds(asked.model.design.items[asked.command.item].department, "head")


def extends(asked: Asked) -> bool:
    """Heads of the department that decides the item; of the lead department for the whole."""
    design, item = asked.model.design, asked.command.item
    return asked.actor.holds(design.items[item].department if item else design.lead, "head")


def acknowledges(asked: Asked) -> bool:
    """Who was told."""
    return asked.actor.holds(*asked.model.late[asked.command.escalation].to)


def explains(asked: Asked) -> bool:
    """The department that was late: handlers and heads."""
    one = asked.model.late[asked.command.escalation]
    return asked.actor.department == one.department and bool(asked.actor.roles & (HEADS | {one.role}))


def writes_off(asked: Asked) -> bool:
    """A supervisor who neither handled nor explained it."""
    model, one = asked.model, asked.model.late[asked.command.escalation]
    if one.task.startswith("check."):
        handled = model.checks[one.task.partition(".")[2]].by
    else:
        handled = "" if model.jobs[one.task].open else model.jobs[one.task].by
    mine = asked.actor.id in {one.explained_by, handled}
    return asked.actor.holds("supervision", "supervisor") and not mine


def objects(asked: Asked) -> bool:
    """Whoever could have handled the step."""
    return handles(asked.job, asked.actor)


def prints(asked: Asked) -> bool:
    """Nobody but the machine."""
    return asked.actor == SYSTEM


def administers(asked: Asked) -> bool:
    """Administrators."""
    return asked.actor == SYSTEM or "admin" in asked.actor.roles


RIGHTS: Mapping[type, Callable[[Asked], bool | None]] = {
    act.RequestCorrection: clerk, act.SupplyMaterials: clerk, act.UploadMaterial: clerk, act.AcceptCase: clerk,
    act.DeclineCase: clerk, act.WithdrawCase: clerk,
    act.NameApplicant: names, act.DecideStep: decides, act.DeliverResults: returns,
    act.ClaimTask: takes, act.ReleaseTask: has_part, act.GetBackTask: has_part, act.TransferTask: owns,
    act.DelegateTask: owns, act.AddApprover: owns, act.AssignTask: assigns, act.RemoveApprover: removes,
    act.HandOver: hands_over, act.CopyTo: shares, act.AskSomeone: shares, act.AnswerAside: answers,
    act.NudgeStep: urges, act.ReturnStep: returns, act.ReturnCase: returns_whole, act.TakeBackDecision: takes_back,
    act.TerminateCase: leads, act.ReopenCase: leads, act.SuspendClock: suspends, act.ResumeClock: suspends,
    act.ExtendClock: extends, act.AcknowledgeEscalation: acknowledges, act.ExplainEscalation: explains,
    act.WriteOffEscalation: writes_off, act.ObjectToDeemed: objects, act.MoveCase: administers,
    act.RecomputeDueDates: administers, act.IssueDocument: prints,
    act.DemandMaterials: returns, act.DropDemand: returns, act.SendCorrection: sends,
    act.ArrangeSession: calls, act.ChangeSession: calls, act.CancelSession: calls, act.CloseSession: calls,
    act.ChooseCommitments: clerk, act.RecordCheck: checks, act.RevokeResult: revokes,
    act.JoinSession: speaks, act.RecordFindings: speaks,
}  # fmt: skip
"""Command → who may. Ask before the act."""


def may(asked: Asked) -> bool | None:
    """Whether this person has the right, which nobody has in the own application (回避); None when what it is about
    does not exist."""
    if asked.model.applicant and asked.actor.id == asked.model.applicant:
        return False
    try:
        return RIGHTS[type(asked.command)](asked)
    except (KeyError, StopIteration):
        return None
