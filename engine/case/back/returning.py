"""退回 撤回 重新办理: a step is sent back to an earlier one, a whole case to its first steps, somebody takes the own
decision back, a refused case is opened again (DOMAIN §4, §5).

What is delivered stays: a result that was handed over is revoked by law (行政许可法 69, 70), not sent back.
"""

from collections.abc import Mapping, Sequence

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.approval import DISAGREE, LEAD
from engine.case.approvers.panels import panel_of
from engine.case.back.ending import HEAD, require_lead_head
from engine.case.back.rewind import Rewind, is_last_word, last_visit
from engine.case.delivery import require_undelivered
from engine.case.deployment import Deployment
from engine.case.lateness.stages import arm
from engine.case.rerun import step_line, whose
from engine.case.running import TASK, Running, carry_past, count_again, is_stopped
from engine.case.seating.seat_text import seats_from, seats_text
from engine.case.state import CLOSED, DONE, IN_PROGRESS, ISSUED, REFUSED, Case, Task
from engine.case.steps import DELIVER
from engine.case.together.voting import decided_seat, undone
from engine.commands import Actor, ReopenCase, ReturnCase, ReturnStep
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from engine.journal import Json

RETURNED, CASE_RETURNED, TAKEN_BACK, REOPENED = "StepReturned", "CaseReturned", "DecisionTakenBack", "CaseReopened"


def require_returnable(case: Case, task_id: str, actor: Actor) -> None:
    """Whoever handles the open task, until results are delivered."""
    require_undelivered(case)
    policy.require_handler(policy.require_open(case, task_id), actor)


def check_return(case: Case, command: ReturnStep, actor: Actor) -> None:
    """Whoever handles the open task, with reasons, to a step that was really decided."""
    require_returnable(case, command.task_id, actor)
    policy.require_text("reason", command.reason)
    if not last_visit(case, command.to_step):
        raise BadInput(
            "return.not_visited", "只能退回到实际办理过的环节",
            "only a step that was really decided can be returned to", "to_step",
        )  # fmt: skip


def return_facts(command: ReturnStep) -> dict[str, Json]:
    """What the journal keeps of a return."""
    return {"task": command.task_id, "to_step": command.to_step, "reason": command.reason.strip()}


def step_returned(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """StepReturned: the last decision on the earlier step is void, with all that followed from it."""
    back = Rewind(case, act, [row.id for row in last_visit(case, facts["to_step"])])
    if facts["task"] not in {task.id for task in back.cancelled}:
        raise NotPossible(
            "return.not_before", "该环节不在本环节之前，不能退回", "that step is not before this one",
            str(facts["task"]),
        )  # fmt: skip
    _go_back(back, act)


def returnable(case: Case, task_id: str, act: Act) -> tuple[str, ...]:
    """The steps an open task can be returned to now, last visited first; worked out, and nothing is changed."""
    visited = sorted(_decided(case), key=lambda row: row.closed_at or "", reverse=True)
    steps = dict.fromkeys(row.step for row in visited)
    return tuple(step for step in steps if _comes_before(case, step, task_id, act))


def _comes_before(case: Case, step: str, task_id: str, act: Act) -> bool:
    back = Rewind(case, act, [row.id for row in last_visit(case, step)])
    return bool(back.fresh) and task_id in {task.id for task in back.cancelled}


def require_case_returnable(case: Case, deployment: Deployment, actor: Actor) -> None:
    """The lead department: its head, or who decides for it over the whole."""
    require_undelivered(case)
    _require_running(case)
    lead = deployment.offering.lead_department
    deciding = (
        actor.holds(step.department, step.role) for step in deployment.offering.steps.values() if step.act == LEAD
    )
    if not actor.holds(lead, HEAD) and not any(deciding):
        raise NotPermitted(
            "policy.lead", "只有牵头部门可以整案退回", "only the lead department may return a whole case"
        )
    if not _decided(case):
        raise NotPossible("return.nothing", "还没有作出过决定", "nothing was decided yet", case.number)


def check_return_case(case: Case, deployment: Deployment, command: ReturnCase, actor: Actor) -> None:
    """By the lead department, with reasons."""
    require_case_returnable(case, deployment, actor)
    policy.require_text("reason", command.reason)


def case_returned(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CaseReturned: every decision is void; the first steps open."""
    _go_back(Rewind(case, act, [row.id for row in _decided(case)]), act)


def check_take_back(case: Case, task_id: str, actor: Actor) -> None:
    """The one who decided, the last word on the step."""
    require_undelivered(case)
    _require_running(case)
    task = case.tasks.get(task_id)
    if task is None:
        raise NotFound("task.unknown", "没有这个任务", "there is no such task", task_id)
    if task.status != DONE:
        raise AlreadyDone(
            "take_back.undecided", "该环节尚未决定，或决定已经失效",
            "this step is not decided, or its decision does not stand any more", task.id,
        )  # fmt: skip
    own = decided_seat(seats_from(task.seats), actor.id) if task.seats else task.actor == actor.id
    if not own or task.deemed:
        raise NotPermitted(
            "policy.own_decision", "只能撤回自己作出的决定", "only the own decision can be taken back", task.id
        )
    if not is_last_word(case, task):
        raise NotPossible(
            "take_back.later", "该环节此后又重新办理，不能撤回", "this step was asked for again since", task.id
        )


def taken_back(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """DecisionTakenBack: the step is open again as if it had not been decided; its clock goes on."""
    task = case.tasks[facts["task"]]
    back = Rewind(case, act, [task.id])
    _require_last(back, task)
    for opened in back.apply():
        if whose(opened) == whose(task):
            _goes_on(case, opened.id, task, act)


def require_unfollowed(case: Case, task_id: str, actor: Actor, act: Act) -> None:
    """All that a decision is taken back on condition of; worked out, and nothing is changed."""
    check_take_back(case, task_id, actor)
    _require_last(Rewind(case, act, [task_id]), case.tasks[task_id])


def _require_last(back: Rewind, task: Task) -> None:
    """Nobody has handled what followed, and the step is asked for again."""
    _seats_again(back.case, task, back.act)
    handled = [row for row in back.voided if row.id != task.id]
    if handled:
        lines = [step_line([back.deployment.offering], row.step) for row in handled]
        zh, en = "、".join(line.name_zh for line in lines), ", ".join(line.name_en for line in lines)
        raise NotPossible(
            "take_back.handled", f"后续环节已经办理，不能撤回：{zh}",
            f"what followed was handled already, so it cannot be taken back: {en}", task.id,
        )  # fmt: skip
    if not back.opens(task.step, task.instance):
        raise NotPossible(
            "take_back.passed", "该环节已不再需要办理，不能撤回", "this step would not be asked for again", task.id
        )


def _goes_on(case: Case, task_id: str, before: Task, act: Act) -> None:
    """The same people have the same time left, and what its delay has brought about stays."""
    for timer in [timer for timer in case.timers.values() if timer.task == task_id]:
        del case.timers[timer.id]
    task = case.update_task(
        task_id, opened_at=before.opened_at, department=before.department, role=before.role, also=before.also,
        stage=before.stage, escalation=before.escalation, seats=_seats_again(case, before, act),
    )  # fmt: skip
    carry_past(case, f"{TASK}:{before.id}", f"{TASK}:{task.id}")
    clock = Running(TASK, task.id, task.item, task.opened_at, task.due_at, task.provisional)
    if not is_stopped(case, clock):
        count_again(case, act, [clock])
        arm(case, act, task.id)


def _seats_again(case: Case, before: Task, act: Act) -> str:
    """Who decides it, with what the others have said; NotPossible when they have decided it without this person."""
    if not before.seats:
        return ""
    return seats_text(undone(panel_of(case, act.ports.deployment(case.version), before), act.actor, act.at))


def check_reopen(case: Case, deployment: Deployment, command: ReopenCase, actor: Actor) -> None:
    """By whom a refused case may be opened again, with reasons."""
    require_reopenable(case, deployment, actor)
    policy.require_text("reason", command.reason)


def require_reopenable(case: Case, deployment: Deployment, actor: Actor) -> None:
    """The head of the lead department, a case that was refused altogether."""
    require_lead_head(deployment, actor)
    if case.status != CLOSED or case.outcome != REFUSED:
        raise NotPossible(
            "reopen.not_refused", "只有不予许可而办结的办件可以重新办理",
            "only a case that was closed as refused can be opened again", case.number,
        )  # fmt: skip
    if any(result.status == ISSUED for result in case.results.values()):
        raise NotPossible(
            "reopen.delivered", "已有结果送达，应依法撤销、注销后另行处理（行政许可法 69、70）",
            "a result was delivered: it has to be revoked by law (行政许可法 69, 70)", case.number,
        )  # fmt: skip
    if not refusals(case, deployment):
        raise NotPossible(
            "reopen.nothing", "没有可以撤回的不予决定", "there is no refusing decision to take back", case.number
        )


def refusals(case: Case, deployment: Deployment) -> list[Task]:
    """The standing decisions that refused an item or the whole."""
    steps = deployment.offering.steps
    return [
        row for row in case.tasks.values()
        if row.status == DONE and row.decision == DISAGREE and (row.act == LEAD or steps[row.step].decisive)
    ]  # fmt: skip


def reopened(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CaseReopened: the refusing decisions are void, and the delivery of the refusal; the case goes on."""
    deployment = act.ports.deployment(case.version)
    delivered = [row.id for row in case.tasks.values() if row.status == DONE and row.act == DELIVER]
    back = Rewind(case, act, [*(row.id for row in refusals(case, deployment)), *delivered])
    case.status, case.closed_at, case.outcome, case.delivery = IN_PROGRESS, None, "", ""
    _go_back(back, act)
    act.notices.append(Notice("case_reopened", facts={"number": case.number}))


def _go_back(back: Rewind, act: Act) -> None:
    """Goes back and tells those who have to decide again."""
    case, before = back.case, {row.step for row in back.voided}
    if not back.fresh:
        raise NotPossible("return.nowhere", "退回后没有待办环节", "nothing would be left to do", case.number)
    for task in back.apply():
        if task.step in before:
            told = {"number": case.number, "step": task.step}
            for department, role, person in policy.addressees(task):
                act.notices.append(Notice("step_returned", department, role, task.id, told, person))


def _decided(case: Case) -> Sequence[Task]:
    return [row for row in case.tasks.values() if row.status == DONE]


def _require_running(case: Case) -> None:
    if case.status != IN_PROGRESS:
        raise NotPossible("case.not_running", "该办件不在办理中", "this case is not in progress", case.number)
