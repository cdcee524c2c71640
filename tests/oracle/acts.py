"""What people do in the oracle: each function makes one act somebody sends, sensible or not, by the right person or
not. They look at the case as a page would, and some of them at an old one."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from engine import commands as act
from engine.commands import APPLICANT, Actor
from tests.oracle.design import DELIVER
from tests.oracle.model import Job, Model
from tests.oracle.rights import handles
from tests.oracle.sessions import HEARING, Meeting, speaks_for
from tests.oracle.town import BY_ID, CLERK, cast

Thing = TypeVar("Thing")
Sent = tuple[Any, Actor]
REASON = "图纸与现场不一致"


class Desk:
    """One moment of a case, seen by somebody about to do something; ``stale`` jobs are as a page opened earlier has
    them."""

    def __init__(self, model: Model, case_id: str, die: Random, now: datetime) -> None:
        self.model, self.case_id, self.die, self.now = model, case_id, die, now
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
    presiding = [BY_ID[one.chair] for one in desk.model.meetings.values() if one.chair in BY_ID]
    if presiding and desk.chance(4):
        actor = desk.one(presiding)
    if desk.model.design.steps[job.step].act == DELIVER and not desk.chance(8):
        return act.DeliverResults(desk.case_id, job.id, desk.one(["window", "courier"])), actor
    words = ["agree"] * 7 + ["agree_with_conditions", "forward", "disagree", "abstain"]
    decision = desk.one(words)
    seen = {}
    if desk.chance(2):
        files = desk.model.files
        seen = {code: files[code] for code in desk.model.asked() if code in files}
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
    asked = model.asked()
    owed = [code for code in asked if model.materials.get(code) != "received"]
    some = desk.one(owed or sorted(asked))
    how = "deferred" if asked[some].get("deferrable") and desk.chance(2) else "received"
    made: list[Any] = [
        act.SupplyMaterials(desk.case_id, dict.fromkeys(owed, "received") if desk.chance(2) else {some: how}),
        act.AcceptCase(desk.case_id),
        act.RequestCorrection(desk.case_id, {some: "看不清"} if desk.chance(2) else {}, "请补齐"),
    ]  # fmt: skip
    if routes := [code for code in model.design.applicable(model.values) if model.design.items[code].route]:
        made += [act.ChooseCommitments(desk.case_id, " ".join(code for code in routes if desk.chance(2)))]
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
    made: list[Sent] = [(act.NudgeStep(desk.case_id), APPLICANT)]
    made += [(act.NudgeStep(desk.case_id, job.id, "请尽快"), desk.one(desk.people))] if job else []
    for number, one in desk.model.late.items():
        made += [
            (act.AcknowledgeEscalation(desk.case_id, number), desk.holder(one.to)),
            (act.ExplainEscalation(desk.case_id, number, f"人手不足{desk.die.randrange(3)}"),
             desk.holder((one.department, one.role))),
            (act.WriteOffEscalation(desk.case_id, number, "已办结"), desk.holder(("supervision", "supervisor"))),
        ]  # fmt: skip
    return desk.one(made)


def demands(desk: Desk) -> Sent | None:
    """What a branch asks the applicant for after the acceptance."""
    model, job = desk.model, desk.job()
    if job is None:
        return None
    codes = sorted(model.brings(model.design.steps[job.step].item)) if not desk.chance(10) else []
    codes = codes or sorted(model.asked())
    some = [desk.one(codes)] if desk.chance(2) else codes
    said = "" if desk.chance(10) else "看不清"
    made: list[Sent] = [
        (act.DemandMaterials(desk.case_id, job.id, dict.fromkeys(some, said), REASON), desk.near(job)),
        (act.SendCorrection(desk.case_id), desk.one([CLERK, desk.near(job), desk.one(desk.people)])),
    ]  # fmt: skip
    owed = [model.demands.all[number] for number in list(model.demands.all)[-2:]]
    for one in owed:
        mine = model.jobs[one.task]
        made += [
            (act.DropDemand(desk.case_id, mine.id, desk.one(["", one.material])), desk.near(mine)),
            (act.SupplyMaterials(desk.case_id, {one.material: "received"}), desk.anybody("clerk")),
        ]  # fmt: skip
    return desk.one(made) if owed and not desk.chance(3) else made[0]


def sessions(desk: Desk) -> Sent | None:
    """Hearings, site visits, expert reviews, tests."""
    model = desk.model
    known = list(model.meetings.items())
    numbers = {number: one for number, one in known if one.status == "open"}
    if not known or (desk.chance(4) if numbers else not desk.chance(8)):
        return arrange(desk)
    number = desk.one(sorted(numbers)) if numbers else desk.one(known)[0]
    one = model.meetings[number]
    comes = one.planned <= desk.now
    return desk.one(hold(desk, number, one) if comes != desk.chance(8) else meet(desk, number, one))


def arrange(desk: Desk) -> Sent | None:
    """A session is arranged."""
    model = desk.model
    running = [code for code in model.world.items if model.runs(code)] if not desk.chance(12) else []
    running = running or [*model.design.items]
    items = sorted({desk.one(running), desk.one(running)}) if desk.chance(3) else [desk.one(running)]
    kind = desk.one([HEARING, HEARING, "site_visit", "site_visit", "expert_review", "testing"])
    chair, told, asked = "", "", ""
    if kind == HEARING:
        chair = desk.one(["sup", "clerk", "root", desk.one(desk.people).id])
        if desk.chance(3):
            days = sorted([desk.one([0, 1, 2, 4, 9]), desk.one([0, 1, 3])])
            told, asked = ((desk.now - timedelta(days=n)).date().isoformat() for n in (days[1], days[0]))
    who = desk.one([one for one in desk.people if any(speaks_for(model.design, i, one) for i in items)] or desk.people)
    command = act.ArrangeSession(
        desk.case_id, kind, " ".join(items), ahead(desk, kind), "会议室", "依据", "5", told, asked, chair
    )
    return command, who if not desk.chance(5) else desk.one(desk.people)


def ahead(desk: Desk, kind: str) -> str:
    """Mostly a time at which it may be held."""
    days = [7, 8, 10, 14, 6] if kind == HEARING else [1, 1, 2, 3, 0]
    return (desk.now + timedelta(days=desk.one(days), hours=desk.one([0, 1, 3]))).isoformat()


def meet(desk: Desk, number: str, one: Meeting) -> list[Sent]:
    """It is changed, joined, called off."""
    at, who = (desk.case_id, number), near_session(desk, one)
    free = [code for code in desk.model.world.items if desk.model.runs(code) and code not in one.items]
    more = desk.one(free or [*desk.model.world.items])
    joins = [actor for actor in desk.people if speaks_for(desk.model.design, more, actor)]
    chair = desk.one(["", "root", desk.one(desk.people).id]) if one.kind == HEARING else ""
    return [
        (act.ChangeSession(*at, REASON, ahead(desk, one.kind), chair=chair), who),
        (act.ChangeSession(*at, REASON, place=desk.one(["现场", "会议室"]), chair=chair), who),
        (act.JoinSession(*at, more), desk.one(joins or desk.people)),
        (act.JoinSession(*at, more), desk.one(joins or desk.people)), (act.CancelSession(*at, REASON), who),
    ]  # fmt: skip


def hold(desk: Desk, number: str, one: Meeting) -> list[Sent]:
    """What was found, and the end."""
    at, item = (desk.case_id, number), desk.one(one.present or one.items)
    mine = [actor for actor in desk.people if speaks_for(desk.model.design, item, actor)]
    absent = {code: "未到场" for code in one.present if code not in one.found}
    close = act.CloseSession(*at, "已结束", "笔录1" if not desk.chance(8) else "", {} if desk.chance(5) else absent)
    closer = desk.anybody(one.chair) if one.chair and desk.chance(2) else near_session(desk, one)
    found = act.RecordFindings(*at, item, "科长", desk.one(["pass", "rectify", "fail"]), "所见")
    finder = desk.one(mine or desk.people) if not desk.chance(5) else desk.one(desk.people)
    return [(found, finder), (close, closer), (close, closer)] if one.found else [(found, finder)]


def near_session(desk: Desk, one: Meeting) -> Actor:
    """Mostly somebody who handles an item that takes part."""
    able = [a for a in desk.people if any(speaks_for(desk.model.design, code, a) for code in one.items)]
    return desk.one(able) if able and not desk.chance(5) else desk.one(desk.people)


def promises(desk: Desk) -> Sent:
    """Checks of what was promised, and revocation."""
    model, due = desk.model, [one for one in desk.model.checks.values() if one.status == "due"]
    made: list[Sent] = []
    for one in due:
        outcome, evidence = desk.one(["kept", "correctable", "correctable", "false"]), desk.one(["", "文书", "文书"])
        check = act.RecordCheck(desk.case_id, one.item, outcome, "所见", evidence)
        made += [(check, desk.holder((one.department, one.role)))] * 3
    false = [one.item for one in model.checks.values() if one.status == "false"]
    item = desk.one(false or [*model.world.items] or [*model.design.items])
    head = desk.holder((model.design.items[item].department, "head"))
    made += [(act.RevokeResult(desk.case_id, item, "第69条", "文书", REASON), head)]
    return desk.one(made)


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
    "demands": demands, "sessions": sessions,
}  # fmt: skip


def in_words(command: Any, actor: Actor) -> str:
    """An act in one line."""
    told = {name: value for name, value in vars(command).items() if value and name not in {"case_id", "form"}}
    return f"{actor.id}: {type(command).__name__}({', '.join(f'{name}={value}' for name, value in told.items())})"
