"""Events: what they catch, what they throw, and what happens then (BPMN 2.0.2, 10.5 and 13.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagram.expression import compile_expression
from engine.runtime import compensation, propagation, timing
from engine.runtime.specs import Edge, Element
from engine.runtime.token import BEGINS, DUE, GOT, HOST, LISTENS, RACE, VIA, Token

MESSAGE, SIGNAL, TIMER, CONDITION = "message", "signal", "timer", "condition"
ERROR, ESCALATION, COMPENSATION, CANCEL, TERMINATE = "error", "escalation", "compensation", "cancel", "terminate"

AWAITED = frozenset({MESSAGE, SIGNAL, TIMER, CONDITION})
"""What comes from outside or with time; the others come from inside a diagram only."""


@dataclass(frozen=True)
class Trigger:
    """One event definition. ``names``: of a message or signal, codes of an error or escalation (none: any).

    ``text`` is a time or a condition, ``form`` ``timeDate``, ``timeDuration`` or ``timeCycle``; ``activity`` the
    element to compensate (empty: all), ``wait`` whether the throw waits for it.
    """

    kind: str
    names: tuple[str, ...] = ()
    text: str = ""
    form: str = ""
    activity: str = ""
    wait: bool = True

    @property
    def name(self) -> str:
        """What is thrown."""
        return self.names[0] if self.names else ""


class Catching(Element):
    """An element that waits for one of its triggers, or for all of them (``every``, a parallel multiple event)."""

    triggers: tuple[Trigger, ...] = ()
    every = False
    receives: tuple[tuple[str, str], ...] = ()
    """Data associations: the part of what was received (empty: all of it) → the value it is written to."""

    def arm(self, token: Token) -> None:
        """Has a token wait here; its timers start now."""
        token._set_state(TaskState.WAITING)
        due = {}
        for number, trigger in enumerate(self.triggers):
            if trigger.kind == TIMER:
                due[str(number)] = timing.begin(token, trigger.form, trigger.text)
            elif trigger.kind == CONDITION:
                token.workflow.ask_condition(token)
        if due:
            token.internal_data[DUE] = due
        for name in due:
            timing.wait(token, int(name))

    def happen(self, token: Token, number: int, payload: dict[str, Any] | None = None) -> None:
        """One of the triggers of a waiting token has happened."""
        workflow = token.workflow
        workflow.step(self)
        given = payload or {}
        for part, target in self.receives if payload is not None else ():
            workflow.write_into(token, target, given.get(part, given))
        for name, value in () if self.receives else given.items():
            workflow.write(token, name, value)
        if self.every:
            got = token.internal_data.setdefault(GOT, [])
            if number not in got:
                got.append(number)
            if len(got) < len(self.triggers):
                token.internal_data.get(DUE, {}).pop(str(number), None)
                return
        self.caught(token, number)

    def caught(self, token: Token, number: int) -> None:
        """What follows when everything awaited has happened."""
        raise NotImplementedError

    def _renew(self, token: Token, number: int) -> None:
        """A listener that does not interrupt goes on listening, unless its time has run out."""
        token.internal_data.pop(GOT, None)
        trigger = self.triggers[number]
        ended = trigger.kind == TIMER and not timing.rearm(token, number, trigger.form, trigger.text)
        if ended and len(self.triggers) == 1:
            token.workflow.cancel([token])

    def begin(self, token: Token) -> None:
        """This event starts the process: the others that could have are not awaited any more."""
        workflow, group = token.workflow, token.internal_data[BEGINS]
        waiting = [t for t in workflow.tasks.values() if t.scope == token.scope and BEGINS in t.internal_data]
        workflow.cancel([t for t in waiting if t.internal_data[BEGINS] != group])
        for same in waiting:
            same.internal_data.pop(BEGINS, None)
        workflow.spec.task_specs[group].begun(token)
        workflow.listen(workflow.tasks[token.scope])

    def begun(self, token: Token) -> None:
        """The process was started here."""

    def wait_to_begin(self, workflow: Any, scope: str) -> None:
        """Waits for what may start the process."""
        self.arm(workflow.place(self.name, scope, "", {BEGINS: self.name}))

    def go_on(self, token: Token) -> None:
        """A token that waited in the flow has what it waited for."""
        token.internal_data.pop(DUE, None)
        if BEGINS in token.internal_data:
            self.begin(token)
        race = token.internal_data.pop(RACE, None)
        if race is not None:
            token.workflow.cancel(token.workflow.attached(RACE, race))
        token._ready()


class StartEvent(Catching):
    """A start event: of a process, of a sub-process, or of an event sub-process for which it listens."""

    interrupting = True

    def listen(self, workflow: Any, scope: str) -> None:
        """Listens for an event sub-process in a content."""
        self.arm(workflow.place(self.name, scope, "", {LISTENS: True}))

    def caught(self, token: Token, number: int) -> None:
        if LISTENS not in token.internal_data:
            self.go_on(token)
            return
        workflow = token.workflow
        if self.interrupting:
            workflow.cancel_content(token.scope)
        else:
            self._renew(token, number)
        workflow.spawn(self.parent, token.scope, "", {VIA: self.name})


class IntermediateCatch(Catching):
    """An intermediate catch event; the catching end of a link has no triggers and is passed."""

    throws: tuple[str, ...] = ()

    def _update_hook(self, my_task: Token) -> bool:
        if not self.triggers:
            return True
        self.arm(my_task)
        return False

    def caught(self, token: Token, number: int) -> None:
        self.go_on(token)

    def before(self) -> list[str]:
        return [*super().before(), *self.throws]

    def told_when_cancelled(self, token: Token) -> bool:
        return bool(self.triggers) and RACE not in token.internal_data and BEGINS not in token.internal_data


class BoundaryEvent(Catching):
    """An event on the border of the activity ``host`` (an element name)."""

    interrupting = True
    host = ""

    def listen(self, token: Token) -> None:
        """Listens while the activity of ``token`` goes on."""
        self.arm(token.workflow.place(self.name, token.scope, "", {HOST: token.id}))

    def caught(self, token: Token, number: int) -> None:
        workflow = token.workflow
        if self.interrupting:
            host = workflow.tasks[token.internal_data.pop(HOST)]
            token.internal_data.pop(DUE, None)
            workflow.cancel([host])
            token._ready()
        else:
            again = workflow.place(self.name, token.scope)
            self._renew(token, number)
            again._ready()

    def before(self) -> list[str]:
        return [self.host]


class Throwing(Element):
    """An element that throws what its event definitions say."""

    throws: tuple[Trigger, ...] = ()
    sends: tuple[tuple[str, str], ...] = ()
    """Data associations: the name in what is sent → the expression that gives it."""

    def throw(self, token: Token) -> bool:
        """Throws everything; False when a compensation is to be waited for."""
        seen = token.workflow.visible(token) if self.sends else {}
        sent = {name: compile_expression(text).evaluate(seen) for name, text in self.sends}
        for trigger in self.throws:
            if trigger.kind in {MESSAGE, SIGNAL, ESCALATION}:
                propagation.throw(token.workflow, token, trigger.kind, trigger.name, sent)
        return compensation.compensate(token, [(t.activity, t.wait) for t in self.throws if t.kind == COMPENSATION])

    @property
    def compensates(self) -> bool:
        """Whether it may have to wait for a compensation."""
        return any(trigger.kind == COMPENSATION for trigger in self.throws)


class ThrowEvent(Throwing):
    """An intermediate throw event; without a definition it is passed."""

    link = ""

    def _run_hook(self, my_task: Token) -> bool:
        if self.compensates:
            return self.throw(my_task)
        # Told before: what it throws may interrupt the content it stands in.
        workflow = my_task.workflow
        workflow.note(my_task, "completed")
        self.throw(my_task)
        if all(trigger.kind != SIGNAL for trigger in self.throws):
            return True
        # It goes on when the signal was given, so that what comes later does not catch it.
        workflow.later(lambda: my_task.live and my_task.complete())
        return False

    def _on_complete(self, my_task: Token) -> None:
        if self.compensates:
            my_task.workflow.note(my_task, "completed")
        my_task.workflow.forget(my_task)
        self.leave(my_task)

    def chosen(self, token: Token) -> Iterable[Edge]:
        return (Edge(f"{self.name}:link", self.name, self.link),) if self.link else self.edges


class EndEvent(Throwing):
    """Consumes its token and throws its result; terminate, error and cancel end more than the token."""

    def _run_hook(self, my_task: Token) -> bool:
        if self.compensates:
            return self.throw(my_task)
        my_task.workflow.note(my_task, "completed")
        my_task.workflow.forget(my_task)
        self.throw(my_task)
        self._end(my_task)
        return False

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.note(my_task, "completed")
        my_task.workflow.forget(my_task)
        self._end(my_task)

    def _end(self, my_task: Token) -> None:
        """Ends more than the token, when that is what it throws."""
        workflow, kinds = my_task.workflow, {trigger.kind for trigger in self.throws}
        if my_task.scope not in workflow.tasks:
            return  # an escalation has ended the content
        if TERMINATE in kinds:
            workflow.cancel_content(my_task.scope)
        elif CANCEL in kinds:
            compensation.cancel_transaction(my_task)
        for trigger in self.throws:
            if trigger.kind == ERROR:
                workflow.raise_error(my_task, trigger.name, self.title or trigger.name)
                return  # whatever caught it has ended the content
