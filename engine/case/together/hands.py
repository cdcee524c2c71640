"""签收 转办 指派 委派 加签 减签 离岗交接 on the open tasks of a case: who may, what the journal keeps, who is told.

What happens to the seats is in ``seat_hands`` and ``seat_adding``; the same function is asked before and applied after.
"""

from collections.abc import Callable, Mapping

from engine.case import policy
from engine.case.act import Act
from engine.case.answers.answering import HEADS
from engine.case.approval import LEAD
from engine.case.approvers import seat_adding, seat_hands
from engine.case.approvers.panels import as_holder, keep, panel_of
from engine.case.approvers.people import require_account, require_desk
from engine.case.intent import Intent
from engine.case.seating.seat_checks import find, require_not_applicant
from engine.case.seating.seat_outcome import outcome
from engine.case.seating.seats import OPEN, REMOVED, Holder, Panel, Seat, Seats
from engine.case.session_ends import require_heard
from engine.case.state import Case, Task
from engine.case.together.voting import tell, went_on
from engine.catalogue.seat_rules import DECIDED_TOGETHER
from engine.commands import (
    SYSTEM,
    Actor,
    AddApprover,
    AssignTask,
    ClaimTask,
    DelegateTask,
    GetBackTask,
    HandOver,
    ReleaseTask,
    RemoveApprover,
    SeatCommand,
    TransferTask,
)  # fmt: skip
from engine.errors import NotPermitted, NotPossible
from engine.journal import Json

ADMIN, HEAD = "admin", "head"
CLAIMED, RELEASED, GOT_BACK = "TaskClaimed", "TaskReleased", "TaskGotBack"
TRANSFERRED, ASSIGNED, DELEGATED = "TaskTransferred", "TaskAssigned", "TaskDelegated"
ADDED, REMOVED_KIND, HANDED_OVER = "ApproverAdded", "ApproverRemoved", "TasksHandedOver"

KINDS: Mapping[type, str] = {
    ClaimTask: CLAIMED, ReleaseTask: RELEASED, GetBackTask: GOT_BACK, TransferTask: TRANSFERRED, AssignTask: ASSIGNED,
    DelegateTask: DELEGATED, AddApprover: ADDED, RemoveApprover: REMOVED_KIND,
}  # fmt: skip
"""The entry each command becomes."""

_DO: Mapping[str, Callable[[Panel, Mapping[str, Json], Actor], Seats]] = {
    CLAIMED: lambda panel, said, actor: seat_hands.claim(panel, said["seat"], actor),
    RELEASED: lambda panel, said, actor: seat_hands.release(panel, said["seat"], actor),
    GOT_BACK: lambda panel, said, actor: seat_hands.get_back(panel, said["seat"], actor),
    TRANSFERRED: lambda panel, said, actor: seat_hands.transfer(panel, said["seat"], actor, receiver(said)),
    ASSIGNED: lambda panel, said, actor: seat_hands.assign(panel, said["seat"], receiver(said)),
    DELEGATED: lambda panel, said, actor: seat_hands.delegate(panel, said["seat"], actor, said["person"]),
    ADDED: lambda panel, said, actor: seat_adding.add(panel, said["seat"], actor, receiver(said), said["placed"]),
    REMOVED_KIND: lambda panel, said, actor: seat_adding.remove(panel, said["seat"], actor),
}
_TOLD: Mapping[str, str] = {
    TRANSFERRED: "step_given", ASSIGNED: "step_given", DELEGATED: "step_lent", GOT_BACK: "step_got_back",
    ADDED: "step_added", REMOVED_KIND: "step_removed",
}  # fmt: skip
"""What whoever sits in the seat then is told."""


def receiver(said: Mapping[str, Json]) -> Holder:
    """Whom the facts name."""
    return Holder(said["department"], said["role"], said.get("person", ""))


def on_seat(case: Case, act: Intent, command: SeatCommand) -> tuple[str, dict[str, Json]]:
    """The entry a command on a seat becomes, and its facts; raises when it may not be."""
    kind = KINDS[type(command)]
    task = policy.require_open(case, command.task_id)
    panel = panel_of(case, act.deployment, task)
    said: dict[str, Json] = {
        name: value.strip() for name, value in vars(command).items() if name not in {"case_id", "task_id", "key"}
    }
    _check(act, task, panel, command)
    seats = _DO[kind](panel, said, act.actor)
    if outcome(panel.rule, seats) is not None:  # without the removed seat it is decided
        decides = task.act == LEAD or act.deployment.offering.steps[task.step].decisive
        require_heard(case, task, decides=decides)
    if isinstance(command, RemoveApprover):
        said["from"] = _from(panel, find(panel, command.seat), act.actor)
    return kind, {"task": task.id, **{name: value for name, value in said.items() if value}}


def _check(act: Intent, task: Task, panel: Panel, command: SeatCommand) -> None:
    """What only the caller of the seats can know: authority, and whether there is such a person."""
    policy.limited_text("reason", getattr(command, "reason", ""))
    if isinstance(command, AddApprover | DelegateTask):
        require_together(task)
    if isinstance(command, AssignTask):
        require_above(act.actor, find(panel, command.seat))
        require_not_applicant(panel, act.actor.id)
    if isinstance(command, TransferTask | AssignTask | AddApprover):
        require_desk(act.people, command.department, command.role, command.person)
    if isinstance(command, DelegateTask):
        require_account(act.people, command.person)


def require_together(task: Task) -> None:
    """A kind of step that several people may decide."""
    if task.act not in DECIDED_TOGETHER:
        raise NotPossible(
            "seat.alone", "本环节不由他人参与决定", "nobody else takes part in deciding this step", task.id
        )


def require_above(actor: Actor, seat: Seat) -> None:
    """A head of the department a seat is of, or an administrator."""
    heads = actor.department == seat.department and not actor.roles.isdisjoint(HEADS | {HEAD})
    if not heads and actor != SYSTEM and ADMIN not in actor.roles:
        raise NotPermitted(
            "policy.above", "只有该部门负责人或管理员可以指派、交接",
            "only a head of the department, or an administrator, may assign seats", seat.id,
        )  # fmt: skip


def _from(panel: Panel, removed: Seat, actor: Actor) -> str:
    """The seat of whoever removes another; of one who only added it, the one it was added to."""
    sits = [seat for seat in panel.seats if seat.id != removed.id and seat.status != REMOVED and _is_in(seat, actor)]
    return next((seat.id for seat in sorted(sits, key=lambda one: one.id != removed.added_to)), removed.id)


def _is_in(seat: Seat, actor: Actor) -> bool:
    return actor.id in seat.people() or (not seat.person and actor.holds(seat.department, seat.role))


def done(kind: str) -> Callable[[Case, Mapping[str, Json], Act], None]:
    """What an entry of a kind does."""

    def apply(case: Case, facts: Mapping[str, Json], act: Act) -> None:
        panel = panel_of(case, act.ports.deployment(case.version), case.tasks[facts["task"]])
        actor = as_holder(find(panel, facts.get("from", facts["seat"])), act.actor)
        seats = _DO[kind](panel, facts, actor)
        _tell(case, act, kind, facts, (panel.seats, seats))
        went_on(case, panel, facts["task"], seats, act)

    return apply


def _tell(case: Case, act: Act, kind: str, facts: Mapping[str, Json], change: tuple[Seats, Seats]) -> None:
    """Whoever gets a seat, may advise in it, or is not needed there any more."""
    if kind not in _TOLD:
        return
    before, after = change
    number = str(len(after)) if kind == ADDED else facts["seat"]
    seat = next(one for one in after if one.id == number)
    if kind == GOT_BACK and act.actor == seat.person:  # the delegate lost it; else the owner has it again
        seat = next(one for one in before if one.id == number)
    tell(case, act, case.tasks[facts["task"]], seat, _TOLD[kind], reason=facts.get("reason", ""))


def hand_over_facts(case: Case, act: Intent, command: HandOver) -> dict[str, Json]:
    """What the journal keeps of handing over; raises when it may not be, or the leaver has nothing to do here."""
    policy.limited_text("reason", command.reason)
    require_desk(act.people, command.department, command.role, command.person)
    to = Holder(command.department, command.role, command.person)
    tasks: list[str] = []
    for task in case.open_tasks():
        panel = panel_of(case, act.deployment, task)
        after = seat_hands.hand_over(panel, command.leaver, to)
        for seat, changed in zip(panel.seats, after, strict=True):
            if seat != changed:
                require_above(act.actor, seat)
                require_not_applicant(panel, act.actor.id)
                tasks.append(task.id)
    if not tasks:
        raise NotPossible(
            "handover.nothing", "该人员在本办件中没有未办事项", "this person has nothing left to do in this case",
            case.number,
        )  # fmt: skip
    said = {"leaver": command.leaver, "department": to.department, "role": to.role, "person": to.person}
    told = {**said, "reason": command.reason.strip()}
    return {"tasks": tasks, **{name: value for name, value in told.items() if value}}


def handed_over(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """TasksHandedOver: what the leaver has still to do is somebody else's."""
    for task_id in facts["tasks"]:
        panel = panel_of(case, act.ports.deployment(case.version), case.tasks[task_id])
        seats = seat_hands.hand_over(panel, facts["leaver"], receiver(facts))
        task = keep(case, panel, task_id, seats)
        for seat, before in zip(seats, panel.seats, strict=True):
            if seat != before and seat.status == OPEN:
                tell(case, act, task, seat, "step_given", reason=facts.get("reason", ""))


APPLY: Mapping[str, Callable[[Case, Mapping[str, Json], Act], None]] = {
    **{kind: done(kind) for kind in _DO},
    HANDED_OVER: handed_over,
}
