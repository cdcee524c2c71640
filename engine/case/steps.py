"""Steps as the workflow reaches them: opened for their department, covered by the acceptance, skipped, or cancelled."""

from typing import Any

from engine.case.act import Act, Notice
from engine.case.approvers.panels import closed_text, first_text
from engine.case.deadlines import end_delivery, start_delivery
from engine.case.deployment import Deployment
from engine.case.items import open_item
from engine.case.lateness.stages import arm
from engine.case.policy import addressees
from engine.case.running import TASK, Running, begun
from engine.case.state import CANCELLED, COVERED, ENDED_ITEMS, OPEN, SKIPPED, Case, Task, Timer
from engine.catalogue import Step
from engine.errors import IntegrityError, NotPossible
from engine.journal import digest
from engine.runtime import ArmedTimer, Flow, Limits, OpenTask

ACCEPT, DELIVER = "accept", "deliver"
EVENT = "@"
"""In the id of a timer event's timer, ``<token>@<number>.<times>``: each firing of a cycle is a timer of its own."""


def live_flow(case: Case, deployment: Deployment) -> Flow:
    """The case's workflow, restored from its bytes when nobody held it."""
    if case.flow is None:
        if not case.flow_bytes:
            raise IntegrityError("case.no_flow", "办件没有流程状态", "the case has no workflow state", case.id)
        case.flow = Flow.restore(case.flow_bytes, deployment.spec)
        if digest(case.flow.canonical()) != case.flow_digest:
            raise IntegrityError("runtime.damaged", "保存的状态已损坏", "the stored state is damaged", case.id)
    return case.flow


def begin(case: Case, deployment: Deployment, act: Act) -> Flow:
    """Opens the workflow for this entry; conditions see the routing values and the decisions by step."""
    flow = live_flow(case, deployment)
    view: dict[str, Any] = {**case.values, "decision": _Decisions(case.decisions)}
    flow.begin(act.entry, view, act.instant, Limits(act.ports.step_limit, act.ports.token_limit))
    return flow


class _Decisions(dict[str, str]):
    """The decisions so far by step, as conditions see them: None for a step nobody has decided yet."""

    def __missing__(self, key: str) -> None:
        return None


def decide(case: Case, flow: Flow, task_id: str, step: str, decision: str) -> None:
    """A decision that conditions see from now on; of an instance, those inside the same instance only."""
    if not flow.tell_instance(task_id, "decision", step, decision):
        decide_for_case(case, flow, step, decision)


def decide_for_case(case: Case, flow: Flow, step: str, decision: str) -> None:
    """A decision that conditions everywhere see from now on."""
    case.decisions = dict(sorted({**case.decisions, step: decision}.items()))
    flow.tell("decision", _Decisions(case.decisions))


def settle(case: Case, deployment: Deployment, act: Act) -> None:
    """Gives every task the workflow has opened its row, and lets through those nobody has to handle."""
    flow = live_flow(case, deployment)
    while fresh := flow.open_tasks(known=case.tasks):
        for task in fresh:
            open_task(case, deployment, task, act)
        for task in fresh:
            if case.tasks[task.id].status != OPEN and flow.is_open(task.id):
                flow.close(task.id, None, needed=False)
    if flow.failure is not None:
        raise NotPossible(
            "case.error", f"流程抛出了没有处理的错误 {flow.failure}，请联系管理员",
            f"the diagram throws the error {flow.failure!r}, which nothing in it catches; tell an administrator",
            case.number,
        )  # fmt: skip
    _close_cancelled(case, flow, act)
    _arm(case, flow, act)


def _close_cancelled(case: Case, flow: Flow, act: Act) -> None:
    """The workflow has taken these steps away from whoever had them; they are told after which kind of entry."""
    for task_id in flow.closed_among([task.id for task in case.open_tasks()]):
        task = case.tasks[task_id]
        close(case, task, act, status=CANCELLED)
        told = {"number": case.number, "step": task.step, "after": act.kind}
        for department, role, person in addressees(task):
            act.notices.append(Notice("step_cancelled", department, role, task.id, told, person))


def _arm(case: Case, flow: Flow, act: Act) -> None:
    """The timers of the case's timer events are those the workflow waits for."""
    flow.schedule(act.timer_due)
    wanted = {event_id(timer): timer for timer in flow.timers()}
    for timer in [t for t in case.timers.values() if EVENT in t.id and t.id not in wanted]:
        del case.timers[timer.id]
    for identity, armed in wanted.items():
        case.timers.setdefault(identity, Timer(identity, "", 0, armed.due_at))


def event_id(armed: ArmedTimer) -> str:
    """The id of the timer of the case that stands for a timer event of the workflow."""
    return f"{armed.token}{EVENT}{armed.number}.{armed.times}"


def armed_timer(timer: Timer) -> ArmedTimer:
    """The timer event of the workflow that a timer of the case stands for."""
    token, _, rest = timer.id.partition(EVENT)
    number, _, times = rest.partition(".")
    return ArmedTimer(timer.due_at, token, int(number), int(times))


def open_task(case: Case, deployment: Deployment, opened: OpenTask, act: Act) -> None:
    """Gives a task of the workflow its row, and its item and itself their clocks."""
    step = deployment.offering.steps[opened.element]
    code = deployment.offering.item_of(step.id)
    status = OPEN if opened.compensates else status_of(case, step)
    if code in case.items and status != SKIPPED:
        open_item(case, deployment, code, act)
    clock = Running(TASK, opened.id, code, act.at, None)
    due, provisional = begun(case, act, clock, (step.limit, step.unit)) if status == OPEN else (None, False)
    case.tasks[opened.id] = Task(
        id=opened.id, step=step.id, item=code, act=step.act, department=step.department, role=step.role,
        limit=str(step.limit), unit=step.unit, status=status, opened_at=act.at, due_at=due, provisional=provisional,
        closed_at=None if status == OPEN else act.at, instance=opened.place,
        seats="" if step.approvers is None or status != OPEN else first_text(step),
    )  # fmt: skip
    if due is not None:
        arm(case, act, opened.id)
    if step.act == DELIVER and status == OPEN:
        start_delivery(case, act)


def status_of(case: Case, step: Step) -> str:
    """In which state a step begins in the case as it is."""
    if step.item in case.items and case.items[step.item].status in ENDED_ITEMS:
        return SKIPPED
    # One acceptance at the single window stands for the items' own acceptance steps (DOMAIN §3), a promise for some.
    promised = step.item in case.pledges and step.id in case.pledges[step.item].steps.split()
    return COVERED if step.act == ACCEPT or promised else OPEN


def close(case: Case, task: Task, act: Act, **changes: Any) -> None:
    """Closes a task and clears its timers; with a delivery its term ends."""
    if task.act == DELIVER:
        end_delivery(case, act)
    if task.seats:
        changes["seats"] = closed_text(task)
    case.update_task(task.id, closed_at=act.at, **changes)
    for timer in [t for t in case.timers.values() if t.task == task.id]:
        del case.timers[timer.id]


def skip_ended(case: Case, flow: Flow, ended: list[str], act: Act) -> None:
    """Closes the open tasks of items that have just ended and lets their tokens go on to the join."""
    for opened in flow.open_tasks() if ended else ():
        task = case.tasks.get(opened.id)
        if task is not None and task.item in ended and task.status == OPEN and flow.is_open(task.id):
            close(case, task, act, status=SKIPPED)
            flow.close(task.id, None, needed=False)
