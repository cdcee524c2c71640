"""Compensation: undoing what was completed, in reverse order (BPMN 2.0.2, 10.7 and 13.5.5), and cancelled transactions.

Every content remembers which activities completed that something can compensate; a compensation takes them from there,
so nothing is compensated twice. One handler runs after the other; the token that compensates waits for them.
"""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import DiagramError
from engine.runtime.token import BODY, HOST, SERVES, VALUES, VIA, Token

DONE = "done"
"""Of the owner of a content: ``[element, values, what completed inside]`` of each completed activity, in order."""
QUEUE = "queue"
"""Of a token that compensates: what is still to be compensated, each with the content it belongs to; last first."""
ASIDE = "aside"
"""Of a token that compensates while the throwing token went on."""
CANCELS = "cancels"
"""Of a token that compensates for a cancelled transaction: the token of the transaction."""


def remember(token: Token) -> None:
    """Keeps a completed activity when there is a way to compensate it."""
    element, owner = token.task_spec, token.workflow.tasks.get(token.scope)
    if owner is None or SERVES in token.internal_data:
        return
    inside = token.internal_data.get(DONE, [])
    by_content = element.content is not None and (inside or element.content.compensation)
    if element.handler or by_content:
        owner.internal_data.setdefault(DONE, []).append([element.name, token.internal_data.get(VALUES, {}), inside])


def compensate(token: Token, wanted: Sequence[tuple[str, bool]]) -> bool:
    """Compensates activities (element name, or empty for all; whether to wait) that completed around a token.

    True when there is nothing to wait for; else the token completes when the last handler has.
    """
    if token.scope not in token.workflow.tasks:
        return True  # an escalation thrown with it has ended the content
    awaited = []
    for activity, wait in wanted:
        records = _take(token, activity)
        if wait:
            awaited += records
        elif records:
            _begin_aside(token, token.scope, records)
    if awaited:
        token.internal_data[QUEUE] = awaited
        _next(token)
        return False
    return True


def _begin_aside(token: Token, scope: str, records: list[Any], **facts: Any) -> None:
    aside = token.workflow.place(token.task_spec.name, scope, "", {QUEUE: records, ASIDE: True, **facts})
    aside._set_state(TaskState.STARTED)
    _next(aside)


def _take(token: Token, activity: str) -> list[Any]:
    """What is to be compensated, oldest first, taken out of the contents that remember it."""
    tasks = token.workflow.tasks
    owner = tasks[token.scope]
    taken = _taken_from(owner, activity)
    while owner.scope and (owner.task_spec.event_triggered or (activity and not taken)):
        owner = tasks[owner.scope]
        taken = _taken_from(owner, activity) + taken
    return taken


def _taken_from(owner: Token, activity: str) -> list[Any]:
    known = owner.internal_data.get(DONE, [])
    chosen = [record for record in known if not activity or record[0] == activity]
    if chosen:
        owner.internal_data[DONE] = [record for record in known if record not in chosen]
    return [[*record, owner.id] for record in chosen]


def _next(token: Token) -> None:
    """Starts the next handler, or ends the compensation."""
    workflow, queue = token.workflow, token.internal_data[QUEUE]
    if not queue:
        _over(token)
        return
    name, values, inside, scope = queue.pop()
    element = workflow.spec.task_specs[name]
    if element.handler:
        workflow.spawn(element.handler, scope, "", {SERVES: token.id, VALUES: dict(values)})
        return
    again = workflow.place(name, scope, "", {SERVES: token.id, VALUES: dict(values), DONE: inside})
    again._set_state(TaskState.STARTED)
    handler = element.content.compensation
    if handler:
        start = workflow.spec.task_specs[handler].content.starts[0]
        workflow.spawn(handler, again.id, "", {VIA: start})
    else:
        again.internal_data[DONE] = []
        _begin_aside(again, again.id, [[*record, again.id] for record in inside])


def served(token: Token) -> None:
    """A handler has finished: the next one, if the compensation still goes on."""
    compensating = token.workflow.tasks.get(token.internal_data[SERVES])
    if compensating is not None:
        _next(compensating)


def _over(token: Token) -> None:
    del token.internal_data[QUEUE]
    workflow = token.workflow
    if CANCELS in token.internal_data:
        _leave_transaction(token)
    elif ASIDE in token.internal_data:
        workflow.forget(token)
    elif token._state == TaskState.STARTED:
        token.complete()


def cancel_transaction(token: Token) -> None:
    """A cancel end event: ends what is open in the transaction, compensates what completed, leaves by the border."""
    workflow = token.workflow
    transaction = workflow.tasks[token.scope]
    while not transaction.task_spec.transaction:
        transaction = workflow.tasks[transaction.scope]
    records = _taken_from(transaction, "")
    workflow.cancel_content(transaction.id)
    _begin_aside(token, transaction.id, records, **{CANCELS: transaction.id})


def _leave_transaction(token: Token) -> None:
    workflow = token.workflow
    transaction = workflow.tasks[token.internal_data[CANCELS]]
    host = transaction.internal_data.get(BODY, transaction.id)
    for listener in workflow.attached(HOST, host):
        for number, trigger in enumerate(listener.task_spec.triggers):
            if trigger.kind == "cancel":
                listener.task_spec.happen(listener, number)
                return
    element = transaction.task_spec
    raise DiagramError(
        "diagram.no_cancel_event", f"事务“{element.title or element.bpmn_id}”没有取消边界事件",
        f"the transaction {element.title or element.bpmn_id!r} has no cancel boundary event", element.bpmn_id,
    )  # fmt: skip
