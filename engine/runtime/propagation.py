"""How what is thrown finds who catches it: errors and escalations outwards, messages and signals to whoever waits."""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.runtime import conversation
from engine.runtime.token import BODY, GOT, HOST, LISTENS, Token

Caught = tuple[Token, int]


def throw(workflow: Any, token: Token, kind: str, name: str, sent: dict[str, Any]) -> None:
    """Throws a message, signal or escalation with what is sent along, from where a token stands."""
    if kind == "escalation":
        found = _outwards(workflow, token, kind, name)
        if found is not None:
            found[0].task_spec.happen(found[0], found[1], sent)
        return
    if kind == "signal":
        workflow.later(lambda: signal(workflow, name, sent))
    else:
        conversation.keep(workflow, token, conversation.keys(workflow, name, sent))
    workflow.emit(kind, name, sent)


def error(workflow: Any, token: Token, code: str, message: str, data: Mapping[str, Any]) -> None:
    """An error at a token: the innermost catcher takes it, an exact code before one that catches all."""
    found = _outwards(workflow, token, "error", code)
    if found is None:
        workflow.fail(code, message)
    else:
        found[0].task_spec.happen(found[0], found[1], dict(data))


def signal(workflow: Any, name: str, payload: dict[str, Any]) -> int:
    """Gives a signal to everything in a run that waits for it; says to how many."""
    reached = 0
    for token, number in list(_waiting(workflow, "signal", name)):
        if token.live and token._state == TaskState.WAITING:
            reached += 1
            token.task_spec.happen(token, number, payload)
    return reached


def message(workflow: Any, name: str, payload: dict[str, Any], correlation: Mapping[str, Any]) -> bool:
    """Gives a message to the token that has waited longest for it; False when nothing here does."""
    keys = conversation.keys(workflow, name, payload)
    for token, number in _waiting(workflow, "message", name):
        seen = workflow.visible(token)
        wanted = all(key in seen and seen[key] == value for key, value in correlation.items())
        if wanted and conversation.fits(workflow, token, keys):
            conversation.keep(workflow, token, keys)
            token.task_spec.happen(token, number, payload)
            return True
    return False


def awaited(workflow: Any) -> set[str]:
    """The names of all messages that something in a run waits for."""
    waiting = (t for t in workflow.tasks.values() if t._state == TaskState.WAITING)
    return {
        name for t in waiting for trigger in t.task_spec.triggers if trigger.kind == "message" for name in trigger.names
    }


def _waiting(workflow: Any, kind: str, name: str) -> Iterator[Caught]:
    for token in list(workflow.tasks.values()):
        if token._state == TaskState.WAITING:
            for number, trigger in enumerate(token.task_spec.triggers):
                fits = trigger.kind == kind and name in trigger.names
                if fits and number not in token.internal_data.get(GOT, ()):
                    yield token, number
                    break


def _outwards(workflow: Any, token: Token, kind: str, code: str) -> Caught | None:
    for level in _levels(workflow, token):
        fitting = [
            (len(trigger.names) == 0, order, listener, number)
            for order, listener in enumerate(level)
            for number, trigger in enumerate(listener.task_spec.triggers)
            if trigger.kind == kind and (not trigger.names or code in trigger.names)
        ]
        if fitting:
            _, _, listener, number = min(fitting, key=lambda f: f[:2])
            return listener, number
    return None


def _levels(workflow: Any, token: Token) -> Iterator[list[Token]]:
    """Who may catch, from the inside out: events on the activity, event sub-processes beside it, and so on."""
    current: Token | None = token
    while current is not None:
        host = current.internal_data.get(BODY, current.id)
        yield workflow.attached(HOST, host)
        scope = current.scope
        yield [t for t in workflow.tasks.values() if t.scope == scope and LISTENS in t.internal_data]
        current = workflow.tasks.get(scope)
