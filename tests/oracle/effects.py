"""What each kind of journal entry does to the model of a case."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from engine.journal import Entry
from tests.oracle import demands, promises, sessions
from tests.oracle.clockwork import here
from tests.oracle.course import NO, Said
from tests.oracle.design import DELIVER, LEAD
from tests.oracle.model import OVER, Job, Late, Model, Row, Word
from tests.oracle.seating import Seat, came_to


def absorb(model: Model, entry: Entry, rows: Sequence[Row]) -> None:
    """The case after an entry; ``rows``: the tasks it opened."""
    model.seq += 1
    assert entry.seq == model.seq, "no entry is missing"
    apply = _KINDS.get(entry.kind)
    if apply is not None:
        apply(model, entry, entry.facts)
    if model.status in {"in_progress", "closed"}:
        model.settle(entry, rows)
    promises.settle(model, entry.at)
    model.demands.settle(model, entry.at)
    over = model.status in OVER
    sessions.settle(model, [code for code in model.world.items if over or model.is_decided(code)])
    model.clocks.settle(model, entry.at)


def _submitted(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.status, model.version = "submitted", facts["version"]
    model.values, model.materials = facts["values"], dict(facts["materials"])
    model.submitted, model.pledges = entry.at, model.design.routes(facts.get("by_commitment", ()))
    model.applicant, model.clocks.receipt = facts.get("applicant", ""), entry.at


def _named(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    """What the applicant has still to do goes back to the role, or to whoever lent it to him."""
    model.applicant = who = facts["applicant"]
    for seat in [seat for job in model.open_jobs() for seat in job.seats if who and seat.pending]:
        if seat.person == who and seat.lent_from:
            seat.person, seat.lent_from = seat.lent_from, ""
        elif who in {seat.person, seat.lent_from}:
            seat.hand(seat.department, seat.role, "")


def _asked(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.status = "correction"
    model.materials = {code: how for code, how in model.materials.items() if code not in facts["materials"]}


def _supplied(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.materials = dict(facts["materials"])
    demands.came(model, facts.get("supplied", ()), entry.at)
    _received_anew(model, entry)


def _received_anew(model: Model, entry: Entry) -> None:
    if model.status == "correction" and model.materials.keys() >= model.asked().keys():
        model.status, model.clocks.receipt = "submitted", entry.at


def _chosen(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    promises.chosen(model, entry, facts)
    _received_anew(model, entry)


def _accepted(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    promises.accepted(model, facts)
    model.status = "in_progress"
    model.clocks.since = facts.get("since", "")
    model.materials |= dict.fromkeys(facts.get("missing", ()), "missing")
    model.clocks.accept(model.design, model.design.applicable(model.values), model.clocks.since or entry.at)


def _declined(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.status = "declined"


def _uploaded(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    if "materials" in facts:
        _supplied(model, entry, facts)
    code = facts["material"]
    demands.came(model, [code], entry.at)
    model.files[code] = facts["sha256"]
    for job in model.open_jobs():
        for seat in job.seats if code in job.reads else ():
            if seat.decision:
                seat.clear()
    _void(model, entry, [one.task for one in model.said if code in model.jobs[one.task].reads])


def _decided(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["task"]]
    assert job.open, "a closed step was decided"
    seat = next(one for one in job.seats if one.id == facts.get("seat", "1"))
    assert seat in job.turns(), "it was not this seat's turn"
    assert not sessions.unheard(model, job.step), "a hearing is open"
    model.words.append(Word(job.id, seat.id, entry.actor, facts["decision"], entry.at, "seat" in facts))
    job.seated = job.seated or "seat" in facts
    if "seen" in facts:
        job.reads |= set(facts["seen"])
    behalf = facts.get("for", "")
    if seat.lent_from:
        seat.heard |= {entry.actor, behalf} - {""}
        seat.person, seat.lent_from = seat.lent_from, ""
        return
    seat.decision, seat.by, seat.on_behalf, seat.entry = facts["decision"], entry.actor, behalf, entry.seq
    _conclude(model, job, entry)


def _conclude(model: Model, job: Job, entry: Entry) -> None:
    end = came_to(model.design.steps[job.step], job.seats)
    if end:
        assert not sessions.unheard(model, job.step), "a hearing is open"
        job.open, job.by = False, entry.actor
        model.said.append(Said(job.id, job.step, end, entry.seq))


def _vote_back(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["task"]]
    next(one for one in job.seats if one.id == facts["seat"]).clear()


def _deemed(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["timer"].rpartition(":")[0]]
    plan = model.design.steps[job.step]
    meant = {"consent": "agree", "refuse": NO}[plan.silence]
    assert facts["decision"] == meant, "silence means what the policy says"
    job.deemed = True
    while not (end := came_to(plan, job.seats)):
        seat = job.turns()[0]
        seat.decision, seat.by, seat.entry = meant, "system", entry.seq
    job.open, job.by = False, "system"
    model.said.append(Said(job.id, job.step, end, entry.seq))


def _objected(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["task"]]
    job.by = entry.actor
    model.said = [
        Said(one.task, one.step, NO, one.entry, refuses=True) if one.task == job.id else one for one in model.said
    ]


def _void(model: Model, entry: Entry, tasks: Iterable[str]) -> None:
    gone = set(tasks)
    model.went_back = bool(gone)
    model.voided |= dict.fromkeys(gone, entry.seq)
    model.said = [one for one in model.said if one.task not in gone]


def _returned(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    _void(model, entry, [next(one.task for one in reversed(model.said) if one.step == facts["to_step"])])


def _case_returned(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    _void(model, entry, [one.task for one in model.said])


def _taken_back(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["task"]]
    _void(model, entry, [job.id])
    model.again = job
    if not job.seated:
        return
    mine = next(seat for seat in job.seats if seat.by == entry.actor and not seat.removed)
    mine.clear()


def _reopened(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    steps = model.design.steps
    refusing = [one for one in model.said if not one.passes and (steps[one.step].decisive or _is(steps, one, LEAD))]
    assert refusing, "a refused case was refused by somebody"
    _void(model, entry, [one.task for one in [*refusing, *(one for one in model.said if _is(steps, one, DELIVER))]])
    model.status, model.delivery, model.outcome = "in_progress", "", ""


def _ended(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.status = "withdrawn" if entry.kind == "CaseWithdrawn" else "terminated"
    for job in model.open_jobs():
        job.open = False


def _delivered(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["task"]]
    model.delivery = facts["method"]
    job.open, job.by = False, entry.actor
    model.words.append(Word(job.id, "1", entry.actor, "agree", entry.at, False))
    model.said.append(Said(job.id, job.step, "agree", entry.seq))


def _moved(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.version = facts["version"]


def _escalated(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["timer"].rpartition(":")[0]]
    to = (facts["department"], facts["role"])
    model.late[str(len(model.late) + 1)] = Late(job.id, job.department, job.role, to)
    if facts["does"] == "notice":
        return
    desk = (facts["hand_department"], facts["hand_role"]) if facts["does"] == "reassignment" else to
    if facts["does"] == "co_handling" or len(job.seats) > 1:
        if desk not in {(job.department, job.role), *job.helpers}:
            job.helpers.append(desk)
        return
    job.department, job.role = desk
    seat = job.seats[0]
    if (seat.department, seat.role, seat.person) != (*desk, ""):
        seat.hand(*desk, "")


def _check_late(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    key, check = promises.late(model, entry, facts)
    to = (facts["department"], facts["role"])
    model.late[str(len(model.late) + 1)] = Late(key, check.department, check.role, to)


def _answered_late(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    one = model.late[facts["escalation"]]
    one.explained_by = entry.actor if entry.kind == "EscalationExplained" else one.explained_by
    one.written_off = one.written_off or entry.kind == "EscalationWrittenOff"


def _aside(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.asides[str(len(model.asides) + 1)] = (facts["person"], entry.kind)


def _seat(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    job = model.jobs[facts["task"]]
    job.seated = True
    seat = next(one for one in job.seats if one.id == facts["seat"])
    to = (facts.get("department", ""), facts.get("role", ""), facts.get("person", ""))
    if entry.kind == "TaskClaimed":
        seat.person, seat.claimed = entry.actor, True
    elif entry.kind == "TaskReleased":
        seat.person, seat.claimed = "", False
    elif entry.kind == "TaskGotBack":
        seat.person, seat.lent_from = seat.lent_from, ""
    elif entry.kind == "TaskDelegated":
        seat.claimed = seat.claimed or not seat.person
        seat.person, seat.lent_from = facts["person"], entry.actor
    elif entry.kind == "ApproverAdded":
        number = str(len(job.seats) + 1)
        job.seats.append(
            Seat(number, *to, order=seat.order, added_by=entry.actor, added_to=seat.id, placed=facts["placed"])
        )
    elif entry.kind == "ApproverRemoved":
        seat.removed = True
        _conclude(model, job, entry)
    else:
        seat.hand(*to)


def _handed_over(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    leaver, to = facts["leaver"], (facts["department"], facts["role"], facts.get("person", ""))
    for task in facts["tasks"]:
        model.jobs[task].seated = True
        pending = [seat for seat in model.jobs[task].seats if seat.pending]
        seat = next(one for one in pending if leaver in {one.person, one.lent_from})
        if seat.person == leaver and seat.lent_from:
            seat.person, seat.lent_from = seat.lent_from, ""
        elif seat.lent_from == leaver and to[2] not in {"", seat.person}:
            seat.department, seat.role, seat.lent_from, seat.claimed = to[0], to[1], to[2], False
        else:
            seat.hand(*to)


def _nudged(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    """Open steps, once on a working day; by the applicant those that are late, all at once."""
    urged, by = facts["tasks"], facts["by"]
    once = [*urged, by] if by == "applicant" else urged
    assert urged
    assert all(model.jobs[task].open for task in urged)
    assert not any((who, facts["day"]) in model.nudges for who in once), "once on a working day"
    model.nudges |= {(who, facts["day"]) for who in once}
    for task in urged:
        due = model.clocks.due(model, ("step", task), model.design.steps[model.jobs[task].step].item)
        assert due is not None, "its clock stands still"
        assert by != "applicant" or due < here(entry.at), "it is not late"


def _printed(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    assert entry.actor == "system"
    assert facts["document"] not in model.papers, "it is made once"
    model.papers[facts["document"]] = facts["sha256"]


def _suspended(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.clocks.suspend(model, facts["item"], facts["scope"] == "promised", entry.at)


def _resumed(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    assert not model.demands.holds(facts["suspension"]), "it ends with what was demanded"
    held = {halt for one in model.meetings.values() for halt in one.halts.values()}
    assert facts["suspension"] not in held, "it ends with its session"
    model.clocks.resume(facts["suspension"], entry.at)


def _extended(model: Model, entry: Entry, facts: Mapping[str, Any]) -> None:
    model.clocks.extend(model, facts["item"], int(facts["days"]), entry.at)


def _is(steps: Mapping[str, Any], one: Said, act: str) -> bool:
    return bool(steps[one.step].act == act)


_KINDS: Mapping[str, Callable[[Model, Entry, Mapping[str, Any]], None]] = {
    "ApplicationSubmitted": _submitted, "CorrectionRequested": _asked, "MaterialsSupplied": _supplied,
    "MaterialUploaded": _uploaded, "ApplicationAccepted": _accepted,
    "ApplicationDeemedAccepted": _accepted, "ApplicationDeclined": _declined,
    "StepDecided": _decided, "StepVoted": _decided, "StepAdvised": _decided,
    "VoteTakenBack": _vote_back, "StepDeemed": _deemed, "DeemedObjected": _objected,
    "StepReturned": _returned, "CaseReturned": _case_returned, "DecisionTakenBack": _taken_back,
    "CaseReopened": _reopened, "CaseWithdrawn": _ended, "CaseTerminated": _ended,
    "ResultsDelivered": _delivered, "CaseMoved": _moved,
    "ApplicantNamed": _named, "StepEscalated": _escalated,
    "EscalationAcknowledged": _answered_late, "EscalationExplained": _answered_late,
    "EscalationWrittenOff": _answered_late, "CopySent": _aside, "OpinionAsked": _aside,
    "TaskClaimed": _seat, "TaskReleased": _seat, "TaskGotBack": _seat,
    "TaskTransferred": _seat, "TaskAssigned": _seat, "TaskDelegated": _seat,
    "ApproverAdded": _seat, "ApproverRemoved": _seat, "TasksHandedOver": _handed_over,
    "MaterialsDemanded": demands.demanded, "DemandDropped": demands.dropped,
    "CorrectionGathered": demands.gathered, "CorrectionUnanswered": demands.unanswered,
    "SessionArranged": sessions.arranged, "SessionChanged": sessions.changed, "SessionJoined": sessions.joined,
    "FindingsRecorded": sessions.recorded, "SessionClosed": sessions.over, "SessionCancelled": sessions.over,
    "CommitmentsChosen": _chosen, "CommitmentChecked": promises.checked, "CheckReminded": promises.reminded,
    "CheckOverdue": _check_late, "ResultRevoked": promises.revoked,
    "StepNudged": _nudged, "DocumentIssued": _printed,
    "ClockSuspended": _suspended, "ClockResumed": _resumed, "ClockExtended": _extended,
}  # fmt: skip
"""Kind of an entry → what it does; the others change nothing that is followed here."""
