"""Ad-hoc sub-processes: activities in an order chosen while working (BPMN 2.0.2, 10.3.5 and 13.3.5).

What a person does is offered; what runs by itself is started. With a completion condition an offered activity is
offered again until the condition holds; without one everything is done once.
"""

from typing import Any

from engine.diagram.expression import compile_expression
from engine.runtime.token import BODY, HOST, LISTENS, OFFER, Token

PENDING = "pending"
"""Of a sequential ad-hoc sub-process: activities that run by themselves and wait for their turn."""
CLOSING = "closing"


def offer(owner: Token) -> None:
    """Offers what people do, and starts what runs by itself: all at once, or one after the other."""
    content = owner.task_spec.content
    for name in content.starts:
        _offer_one(owner, name)
    if content.ad_hoc.sequential:
        start_pending(owner)


def _offer_one(owner: Token, name: str) -> None:
    workflow, ad_hoc = owner.workflow, owner.task_spec.content.ad_hoc
    element = workflow.spec.task_specs[name]
    token = workflow.place(name, owner.id, "", {OFFER: True})
    if element.is_manual(token):
        element._update(token)
    elif ad_hoc.sequential:
        workflow.forget(token)
        owner.internal_data.setdefault(PENDING, []).append(name)
    else:
        del token.internal_data[OFFER]
        element._update(token)


def withdraw(token: Token) -> None:
    """Has an activity that nobody has to do any more not offered again when it completes."""
    body: Any = token.workflow.tasks.get(token.internal_data.get(BODY, ""))
    for offered in (token, body):
        if offered is not None:
            offered.internal_data.pop(OFFER, None)


def start_pending(owner: Token) -> bool:
    """Starts the next activity that waits for its turn, when nothing runs; False when there is none."""
    pending = owner.internal_data.get(PENDING)
    if not pending or running(owner):
        return False
    owner.workflow.spawn(pending.pop(0), owner.id)
    return True


def running(owner: Token) -> list[Token]:
    """What is being done inside, without what is only offered."""
    inside = owner.workflow.tokens_in(owner.id)
    return [t for t in inside if OFFER not in t.internal_data and HOST not in t.internal_data]


def progress(token: Token) -> None:
    """An activity has completed; when it lies in an ad-hoc sub-process, asks whether that is over."""
    owner: Any = token.workflow.tasks.get(token.scope)
    if owner is None or owner.task_spec.content is None or owner.task_spec.content.ad_hoc is None:
        return
    ad_hoc, workflow = owner.task_spec.content.ad_hoc, owner.workflow
    if ad_hoc.condition and CLOSING not in owner.internal_data:
        if compile_expression(ad_hoc.condition).evaluate(workflow.visible(token)):
            _close(owner, ad_hoc.cancel_remaining)
        elif OFFER in token.internal_data:
            _offer_one(owner, token.task_spec.name)
    if ad_hoc.sequential:
        start_pending(owner)


def _close(owner: Token, cancel_remaining: bool) -> None:
    inside = [t for t in owner.workflow.tasks.values() if t.scope == owner.id and LISTENS not in t.internal_data]
    owner.internal_data[CLOSING] = True
    owner.internal_data.pop(PENDING, None)
    owner.workflow.cancel([t for t in inside if cancel_remaining or OFFER in t.internal_data])


def held_back(token: Token) -> bool:
    """Whether an offered activity of a sequential ad-hoc sub-process has to wait because another one runs."""
    if OFFER not in token.internal_data:
        return False
    owner = token.workflow.tasks[token.scope]
    return bool(owner.task_spec.content.ad_hoc.sequential and running(owner))
