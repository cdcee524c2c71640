"""Handing the results over at the window (行政许可法 44); closing the case."""

from collections.abc import Mapping
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act
from engine.case.closing import end_if_over
from engine.case.items import confirm_results
from engine.case.seating.seat_text import seats_from, seats_text
from engine.case.seating.seats import AGREE, DECIDED
from engine.case.state import DONE, REFUSED, Case, Task
from engine.case.steps import DELIVER, begin, close, settle
from engine.commands import Actor, DeliverResults
from engine.errors import BadInput, NotPossible
from engine.journal import Json

METHODS = frozenset({"window", "courier"})


def check_deliver(case: Case, command: DeliverResults, actor: Actor) -> None:
    """The delivery task is open and this clerk handles it."""
    task = policy.require_open(case, command.task_id)
    policy.require_handler(task, actor)
    if task.act != DELIVER:
        raise NotPossible("task.not_deliver", "该任务不是送达", "this task is not a delivery", task.id)
    if command.method not in METHODS:
        raise BadInput("delivery.method", "请选择窗口领取或邮寄", "choose window or courier", "method")


def require_undelivered(case: Case) -> None:
    """What was handed over is not taken back by going back or ending early (DOMAIN §4.3): the law has its own way."""
    if case.delivery and case.outcome != REFUSED:  # a refusal that was delivered can be opened again
        raise NotPossible(
            "case.delivered", "结果已经送达，不能退回、撤回、撤销或者终止；应依法撤销、注销（行政许可法 69、70）",
            "a result was delivered: by law it is revoked or cancelled, not taken back (行政许可法 69, 70)",
            case.number,
        )  # fmt: skip


def deliver_facts(command: DeliverResults) -> dict[str, Json]:
    """What the journal keeps of a delivery."""
    return {"task": command.task_id, "method": command.method}


def delivered(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ResultsDelivered: the case closes granted, partly granted or refused, unless its diagram has more to do."""
    deployment = act.ports.deployment(case.version)
    task = _seat_decided(case, facts["task"], act)
    flow = begin(case, deployment, act)
    close(case, task, act, status=DONE, actor=act.actor, decision="agree")
    flow.close(task.id, "agree")
    settle(case, deployment, act)
    case.delivery = facts["method"]
    if flow.ended:
        confirm_results(case, act)  # what a veto could still have made void is final now
        end_if_over(case, deployment, act)


def _seat_decided(case: Case, task_id: str, act: Act) -> Task:
    """The task; its one seat, if somebody has claimed it or it was handed on, says who delivered."""
    task = case.tasks[task_id]
    if not task.seats:
        return task
    seats = tuple([
        replace(seat, status=DECIDED, decision=AGREE, decided_by=act.actor, decided_at=act.at)
        for seat in seats_from(task.seats)
    ])  # fmt: skip
    return case.update_task(task_id, seats=seats_text(seats))
