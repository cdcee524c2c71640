"""What people do in the oracle: each function makes one act somebody sends, sensible or not, by the right person or
not. They look at the case as a page would, and some of them at an old one."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from engine import commands as act
from engine.commands import Actor
from tests.oracle.design import DELIVER
from tests.oracle.model import Job, Model
from tests.oracle.rights import handles
from tests.oracle.town import BY_ID, CLERK, cast

Thing = TypeVar("Thing")
Sent = tuple[Any, Actor]
REASON = "图纸与现场不一致"


class Desk:
    """One moment of a case, seen by somebody about to do something; ``stale`` jobs are as a page opened earlier has
    them."""

    def __init__(self, model: Model, case_id: str, die: Random) -> None:
        self.model, self.case_id, self.die = model, case_id, die
        self.people = cast(model.design.code)

    def one(self, things: Sequence[Thing]) -> Thing:
        """Any of these."""
        return things[self.die.randrange(len(things))]

    def chance(self, of: int) -> bool:
        """Once in so many times."""
        return self.die.randrange(of) == 0

    def job(self, open_only: bool = False) -> Job | None:
        """Mostly an open task."""
        opened, known = self.model.open_jobs(), list(self.model.jobs.values())
        if not known:
            return None
        return self.one(opened) if opened and (open_only or not self.chance(12)) else self.one(known)

    def near(self, job: Job) -> Actor:
        """Mostly somebody who has to do with a task."""
        turns = job.turns() if job.open else job.seats
        able = [one for one in self.people if any(seat.holds(one) for seat in turns)]
        able = able or [one for one in self.people if handles(job, one)]
        return self.one(able) if able and not self.chance(5) else self.one(self.people)

    def anybody(self, *names: str) -> Actor:
        """Mostly one of these."""
        return BY_ID[self.one(names)] if not self.chance(5) else self.one(self.people)

    def holder(self, *desks: tuple[str, str]) -> Actor:
        """Mostly somebody with one of these roles."""
        able = [one for one in self.people if any(one.holds(*desk) for desk in desks)]
        return self.one(able) if able and not self.chance(5) else self.one(self.people)

    def desk(self) -> tuple[str, str, str]:
        """Department, role, and perhaps a person, to give something to."""
        to = self.one(self.people)
        return to.department, self.one(sorted(to.roles)), self.one(["", to.id, to.id])

    def seat(self, job: Job) -> str:
        """Mostly a seat that has still to decide."""
        pending = [seat.id for seat in job.seats if seat.pending]
        return self.one(pending) if pending and not self.chance(8) else self.one(["1", "2", "4"])


def decide(desk: Desk) -> Sent | None:
    """Deciding, or delivering."""
    job = desk.job()
    if job is None:
        return None
    actor = desk.near(job)
    if desk.model.design.steps[job.step].act == DELIVER and not desk.chance(8):
        return act.DeliverResults(desk.case_id, job.id, desk.one(["window", "courier"])), actor
    words = ["agree"] * 7 + ["agree_with_conditions", "forward", "disagree", "abstain"]
    decision = desk.one(words)
    seen = {}
    if desk.chance(2):
        files = desk.model.files
        seen = {code: files[code] for code in desk.model.design.asked(desk.model.values) if code in files}
    seat = "" if not desk.chance(6) else desk.seat(job)
    behalf = desk.one(desk.people).id if desk.chance(6) else ""
    return act.DecideStep(desk.case_id, job.id, decision, "理由", seen=seen, seat=seat, behalf=behalf), actor


def hands(desk: Desk) -> Sent | None:
    """A seat that changes hands."""
    job = desk.job()
    if job is None:
        return None
    seat = desk.seat(job)
    at, to, person = (desk.case_id, job.id), desk.desk(), desk.one(desk.people).id
    seats = {one.id: one for one in job.seats}
    parties = [seats[seat].person, seats[seat].lent_from] if seat in seats else []
    part = [BY_ID[name] for name in parties if name in BY_ID]
    near = desk.one(part) if part and not desk.chance(3) else desk.near(job)
    heads = [one for one in desk.people if one.roles & {"head", "section_head", "admin"}]
    return desk.one([
        (act.ClaimTask(*at, seat), near), (act.ReleaseTask(*at, seat), near),
        (act.TransferTask(*at, *to, seat=seat), near), (act.AssignTask(*at, *to, seat=seat), desk.one(heads)),
        (act.DelegateTask(*at, person, seat=seat), near), (act.GetBackTask(*at, seat), near),
        (act.AddApprover(*at, desk.one(["before", "after", "beside"]), *to, seat=seat), near),
        (act.RemoveApprover(*at, seat), near),
        (act.HandOver(desk.case_id, desk.one([*parties, person]) or person, *to), desk.one(heads)),
    ])  # fmt: skip


def asides(desk: Desk) -> Sent | None:
    """What is said beside the flow."""
    job, person = desk.job(), desk.one(desk.people).id
    near = CLERK if job is None else desk.near(job)
    made: list[Sent] = [
        (act.CopyTo(desk.case_id, person), near), (act.AskSomeone(desk.case_id, person, "是否可行？"), near),
    ]  # fmt: skip
    for number, (to, _) in desk.model.asides.items():
        made.append((act.AnswerAside(desk.case_id, number, "可行"), desk.anybody(to)))
    return desk.one(made)


def back(desk: Desk) -> Sent | None:
    """Going back."""
    job = desk.job(open_only=True)
    if job is None:
        return None
    visited = sorted({one.step for one in desk.model.said}) or [job.step]
    to_step = desk.one(visited) if not desk.chance(8) else job.step
    return act.ReturnStep(desk.case_id, job.id, to_step, REASON), desk.near(job)


def take_back(desk: Desk) -> Sent | None:
    """Taking the own decision back, or a vote."""
    voted = [(job, seat.by) for job in desk.model.open_jobs() for seat in job.seats if seat.decision]
    decided = [(desk.model.jobs[one.task], desk.model.jobs[one.task].by) for one in desk.model.said[-3:]]
    if not voted + decided:
        return None
    job, by = desk.one(voted + decided)
    return act.TakeBackDecision(desk.case_id, job.id), desk.anybody(*([by] if by in BY_ID else ["m1"]))


def whole(desk: Desk) -> Sent | None:
    """Acts on the whole case; the final ones are rare."""
    leaders = desk.holder((desk.model.design.lead, "head"))
    if desk.model.status == "closed":
        return act.ReopenCase(desk.case_id, REASON), leaders
    if desk.chance(12):
        return desk.one([
            (act.WithdrawCase(desk.case_id, REASON, "申请书"), CLERK if not desk.chance(4) else leaders),
            (act.TerminateCase(desk.case_id, "某条", REASON), leaders),
        ])  # fmt: skip
    return act.ReturnCase(desk.case_id, REASON), leaders


def window(desk: Desk) -> Sent | None:
    """What the single window does before the acceptance, and with materials after it."""
    model, who = desk.model, desk.anybody("clerk")
    asked = model.design.asked(model.values)
    owed = [code for code in asked if model.materials.get(code) != "received"]
    some = desk.one(owed or sorted(asked))
    how = "deferred" if asked[some].get("deferrable") and desk.chance(2) else "received"
    made: list[Any] = [
        act.SupplyMaterials(desk.case_id, dict.fromkeys(owed, "received") if desk.chance(2) else {some: how}),
        act.AcceptCase(desk.case_id),
        act.RequestCorrection(desk.case_id, {some: "看不清"} if desk.chance(2) else {}, "请补齐"),
    ]  # fmt: skip
    if desk.chance(10):
        made = [act.DeclineCase(desk.case_id, REASON)]
    elif desk.chance(4):
        made = [act.NameApplicant(desk.case_id, desk.one(["", desk.one(desk.people).id]), "本人说明")]
    return desk.one(made), who


def clocks(desk: Desk) -> Sent | None:
    """Suspensions and extensions."""
    design, model = desk.model.design, desk.model
    item = desk.one(["", *model.world.items])
    owner = design.items[item].department if item else design.lead
    handlers = {(s.department, s.role) for s in design.steps.values() if s.department in {owner, design.lead}}
    who, head = desk.holder(*sorted(handlers)), desk.holder((owner, "head"))
    local = desk.chance(3)
    procedure, scope = ("local", "promised") if local else (desk.one(["hearing", "testing"]), "both")
    level = "authority_head" if item else "government_head"
    made: list[Sent] = [
        (act.SuspendClock(desk.case_id, item, procedure, "依据", "文书", "5", scope), who),
        (act.ExtendClock(desk.case_id, item, "复杂", level, "负责人"), head),
    ]  # fmt: skip
    for number, halt in model.clocks.halts.items():
        if not halt.ends or desk.chance(10):
            made += [(act.ResumeClock(desk.case_id, number, "文书"), who)] * 2
    return desk.one(made)


def lateness(desk: Desk) -> Sent | None:
    """Nudges, and answers to escalations."""
    job = desk.job()
    made: list[Sent] = [(act.NudgeStep(desk.case_id, job.id, "请尽快"), desk.one(desk.people))] if job else []
    for number, one in desk.model.late.items():
        made += [
            (act.AcknowledgeEscalation(desk.case_id, number), desk.holder(one.to)),
            (act.ExplainEscalation(desk.case_id, number, f"人手不足{desk.die.randrange(3)}"),
             desk.holder((one.department, one.role))),
            (act.WriteOffEscalation(desk.case_id, number, "已办结"), desk.holder(("supervision", "supervisor"))),
        ]  # fmt: skip
    return desk.one(made) if made else None


def objection(desk: Desk) -> Sent | None:
    """An objection to what silence decided."""
    deemed = [job for job in desk.model.jobs.values() if job.deemed and not job.open]
    if not deemed:
        return None
    job = desk.one(deemed)
    return act.ObjectToDeemed(desk.case_id, job.id, REASON), desk.near(job)


ACTS: dict[str, Callable[[Desk], Sent | None]] = {
    "decide": decide, "hands": hands, "asides": asides, "back": back, "take_back": take_back, "whole": whole,
    "window": window, "clocks": clocks, "lateness": lateness, "objection": objection,
}  # fmt: skip


def in_words(command: Any, actor: Actor) -> str:
    """An act in one line."""
    told = {name: value for name, value in vars(command).items() if value and name not in {"case_id", "form"}}
    return f"{actor.id}: {type(command).__name__}({', '.join(f'{name}={value}' for name, value in told.items())})"
