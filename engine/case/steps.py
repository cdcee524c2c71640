"""Steps as the workflow reaches them: opened for their department, covered by the acceptance, or skipped."""

from typing import Any

from engine.case.act import Act
from engine.case.deployment import Deployment
from engine.case.items import open_item
from engine.case.state import COVERED, ENDED_ITEMS, OPEN, SKIPPED, Case, Task, Timer
from engine.errors import IntegrityError
from engine.runtime import Flow, OpenTask

ACCEPT = "accept"


def live_flow(case: Case, deployment: Deployment) -> Flow:
    """The case's workflow, restored from its bytes when nobody held it."""
    if case.flow is None:
        if not case.flow_bytes:
            raise IntegrityError("case.no_flow", "办件没有流程状态", "the case has no workflow state", case.id)
        case.flow = Flow.restore(case.flow_bytes, deployment.spec)
    return case.flow


def begin(case: Case, deployment: Deployment, act: Act) -> Flow:
    """Opens the workflow for this entry; conditions see the routing values and the decisions by step."""
    flow = live_flow(case, deployment)
    view: dict[str, Any] = {**case.values, "decision": case.decisions}
    flow.begin(act.entry, view, act.ports.step_limit)
    return flow


def settle(case: Case, deployment: Deployment, act: Act) -> None:
    """Gives every task the workflow has opened its row, and lets through those nobody has to handle."""
    flow = live_flow(case, deployment)
    while fresh := [task for task in flow.open_tasks() if task.id not in case.tasks]:
        for task in fresh:
            _open(case, deployment, task, act)
        for task in fresh:
            if case.tasks[task.id].status != OPEN:
                flow.complete(task.id)


def _open(case: Case, deployment: Deployment, opened: OpenTask, act: Act) -> None:
    step = deployment.offering.steps[opened.element]
    code = deployment.offering.item_of(step.id)
    status = _status(case, code, step.act)
    if code in case.items and status != SKIPPED:
        open_item(case, deployment, code, act)
    due, provisional = act.due(opened.id, step.limit, step.unit) if status == OPEN else (None, False)
    case.tasks[opened.id] = Task(
        id=opened.id, step=step.id, item=code, act=step.act, department=step.department, role=step.role,
        limit=str(step.limit), unit=step.unit, status=status, opened_at=act.at, due_at=due, provisional=provisional,
        closed_at=None if status == OPEN else act.at,
    )  # fmt: skip
    if due is not None:
        timer = Timer(f"{opened.id}:1", opened.id, 1, due)
        case.timers[timer.id] = timer


def _status(case: Case, code: str, act_name: str) -> str:
    if code in case.items and case.items[code].status in ENDED_ITEMS:
        return SKIPPED
    # One acceptance at the single window stands for the items' own acceptance steps (DOMAIN §3).
    return COVERED if act_name == ACCEPT else OPEN


def close(case: Case, task: Task, act: Act, **changes: Any) -> None:
    """Closes a task and clears its timers."""
    case.update_task(task.id, closed_at=act.at, **changes)
    for timer in [t for t in case.timers.values() if t.task == task.id]:
        del case.timers[timer.id]


def skip_ended(case: Case, flow: Flow, ended: list[str], act: Act) -> None:
    """Closes the open tasks of items that have just ended and lets their tokens go on to the join."""
    for opened in flow.open_tasks():
        task = case.tasks.get(opened.id)
        if task is not None and task.item in ended and task.status == OPEN:
            close(case, task, act, status=SKIPPED)
            flow.complete(task.id)
