"""Deciding in a seat: a vote in a step that several people decide, advice in a seat that was lent, a decision in one
that was claimed or handed on, for oneself or standing in for somebody; silence of several; taking a vote back.

When the seats have decided the step, its consequences are part of the same entry.
"""

from collections.abc import Mapping
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.approval import Verdict, check_decide, check_given, conclude, decide_facts
from engine.case.approvers.panels import Sitting, as_holder, is_shared, keep, panel_of, sitting
from engine.case.approvers.people import absent_person
from engine.case.approvers.seat_hands import freed
from engine.case.approvers.seat_votes import decide, deem, take_back
from engine.case.intent import Intent
from engine.case.materials import pinned
from engine.case.seating.seat_checks import find
from engine.case.seating.seat_outcome import arranged, outcome, waits_for
from engine.case.seating.seats import DECIDED, OPEN, TOLD, Given, Panel, Seat, Seats
from engine.case.session_ends import require_not_chair
from engine.case.state import Case, Task
from engine.catalogue.seat_rules import MOST_SEATS, VOTE
from engine.commands import SYSTEM, Actor, DecideStep
from engine.errors import NotPossible
from engine.instants import to_text
from engine.journal import Json

STEP_DECIDED, VOTED, ADVISED, VOTE_TAKEN_BACK = "StepDecided", "StepVoted", "StepAdvised", "VoteTakenBack"
DECIDING = (STEP_DECIDED, VOTED, ADVISED)
"""Kinds of entries in which somebody says what he thinks of a step."""
NEVER = MOST_SEATS + 1
"""A quorum that is never reached: nothing is settled while a decision is taken out."""


def decision(case: Case, act: Intent, command: DecideStep) -> tuple[str, dict[str, Json]]:
    """The entry a decision becomes, and its facts; raises when it may not be."""
    task, now = case.tasks.get(command.task_id), to_text(act.instant)
    if task is None or not (task.seats or command.behalf or command.seat):
        check_decide(case, act.deployment, command, act.actor, now)
        return STEP_DECIDED, decide_facts(command)
    policy.require_open(case, task.id)
    panel = panel_of(case, act.deployment, task)
    absent = None
    if command.behalf:
        absent = absent_person(act.people, case, task, act.actor, command.behalf, act.day)
    here = sitting(panel, task, act.actor, absent, command.seat)
    require_not_chair(case, task, act.actor.id)
    given = Given(command.decision, command.opinion, now)
    check_given(case, act.deployment, command, now, abstains=panel.rule.kind == VOTE)
    decide(panel, here.seat.id, act.actor, given, here.absent)
    return _kind(act, task, here), {**decide_facts(command), **_place(here, act.actor)}


def _kind(act: Intent, task: Task, here: Sitting) -> str:
    if here.seat.lent_from:
        return ADVISED
    return VOTED if is_shared(act.deployment, task) else STEP_DECIDED


def _place(here: Sitting, actor: Actor) -> dict[str, Json]:
    behalf = here.absent.id if here.absent is not None else actor.id
    return {"seat": here.seat.id} | ({"for": behalf} if behalf != actor.id else {})


def voted(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepVoted, StepAdvised, and StepDecided in a seat: recorded; the step is decided when its seats have done so."""
    panel = panel_of(case, act.ports.deployment(case.version), case.tasks[facts["task"]])
    seat = find(panel, facts["seat"])
    absent = as_holder(seat, facts["for"]) if "for" in facts else None
    given = Given(facts["decision"], facts["opinion"], act.at)
    seats = decide(panel, seat.id, as_holder(seat, act.actor), given, absent)
    if "seen" in facts:
        task = case.tasks[facts["task"]]
        both = dict.fromkeys([*task.seen.split(), *pinned(case, facts["seen"]).split()])
        case.update_task(task.id, seen=" ".join(both))
    went_on(case, panel, facts["task"], seats, act)


def went_on(case: Case, panel: Panel, task_id: str, seats: Seats, act: Act) -> None:
    """Keeps the seats after an act; whoever's turn it is now, or is told, hears of it; a decided step is concluded."""
    task = keep(case, panel, task_id, seats)
    found = outcome(panel.rule, seats)
    if found is None:
        _tell_turns(case, panel, task, act)
        return
    for seat in seats:
        if seat.id in found.told:
            tell(case, act, task, seat, "step_settled")
    given = [seat.opinion for seat in seats if seat.status == DECIDED]
    texts = given if len(given) == len(seats) == 1 else [text for _, text in found.texts]
    conclude(case, task_id, Verdict(found.decision, "\n".join(filter(None, texts))), act)


def _tell_turns(case: Case, panel: Panel, task: Task, act: Act) -> None:
    """Those whose turn it became, and the owner whose seat came back with advice."""
    before = {seat.id: seat for seat in panel.seats}
    for seat in panel_of(case, act.ports.deployment(case.version), task).seats:
        old = before.get(seat.id)
        if old is None or seat.status != OPEN:
            continue
        if old.status not in {OPEN, DECIDED}:
            tell(case, act, task, seat, "step_turn")
        elif old.lent_from and not seat.lent_from and seat.kept != old.kept:
            tell(case, act, task, seat, "step_advised")


def tell(case: Case, act: Act, task: Task, seat: Seat, template: str, **more: Json) -> None:
    """A notice to whoever sits in a seat: the person, or all who hold its role."""
    facts = {"number": case.number, "step": task.step, "due": task.due_at, **more}
    act.notices.append(Notice(template, seat.department, seat.role, task.id, facts, seat.person))


def deem_all(case: Case, task_id: str, verdict: Verdict, act: Act) -> None:
    """Silence decides a step of several: each seat in turn that said nothing is taken to have said this."""
    panel = panel_of(case, act.ports.deployment(case.version), case.tasks[task_id])
    given = Given(verdict.decision, verdict.deemed, act.at)
    while (found := outcome(panel.rule, panel.seats)) is None:
        silent = next(seat for seat in panel.seats if seat.status == OPEN)
        panel = replace(panel, seats=deem(panel, silent.id, given))
    keep(case, panel, task_id, panel.seats)
    by = {seat.id: seat.decided_by for seat in panel.seats}
    texts = [text for seat, text in found.texts if by[seat] != SYSTEM.id]
    conclude(case, task_id, Verdict(found.decision, "\n".join(texts), verdict.deemed), act)


def decided_seat(seats: Seats, account: str) -> str:
    """The seat in which this person decided; empty when there is none."""
    return next((seat.id for seat in seats if seat.status == DECIDED and seat.decided_by == account), "")


def take_back_facts(case: Case, act: Intent, task: Task) -> dict[str, Json]:
    """A vote of an undecided step is taken back; raises when it may not be."""
    panel = panel_of(case, act.deployment, task)
    seat = decided_seat(panel.seats, act.actor.id)
    if not seat:
        raise NotPossible(
            "take_back.none", "您在本环节没有可以撤回的决定", "you have decided nothing here that could be taken back",
            task.id,
        )  # fmt: skip
    take_back(panel, seat, act.actor, to_text(act.instant))
    return {"task": task.id, "seat": seat}


def vote_taken_back(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """VoteTakenBack: the seat decides anew; what it said stays on record."""
    panel = panel_of(case, act.ports.deployment(case.version), case.tasks[facts["task"]])
    seats = take_back(panel, facts["seat"], Actor(act.actor), act.at)
    keep(case, panel, facts["task"], seats)


def undone(panel: Panel, account: str, at: str) -> Seats:
    """The seats of a decided step without the decision of one person, so that it is undecided again.

    NotPossible when the others have decided it whatever this person says.
    """
    pending = arranged([replace(seat, status=OPEN) if seat.status == TOLD else seat for seat in panel.seats])
    open_again = Panel(replace(panel.rule, hear_all=False, quorum=NEVER), pending, panel.applicant)
    own = decided_seat(pending, account)
    seats = take_back(open_again, own, Actor(account), at)
    if outcome(panel.rule, seats) is not None:
        raise NotPossible(
            "take_back.settled", "其他席位已使本环节有结论，撤回也不改变",
            "the other seats have decided the step already; taking this back would change nothing", own,
        )  # fmt: skip
    return freed(seats, panel.applicant)


def all_undone(panel: Panel, at: str) -> Seats:
    """The seats of an undecided step without any decision: what it was based on has changed."""
    panel = replace(panel, rule=replace(panel.rule, hear_all=False, quorum=NEVER))
    while given := [seat for seat in panel.seats if seat.status == DECIDED]:
        last = next(seat for seat in given if not any(waits_for(other, seat) for other in given))
        panel = replace(panel, seats=take_back(panel, last.id, Actor(last.decided_by), at))
    return freed(panel.seats, panel.applicant)
