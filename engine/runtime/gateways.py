"""Gateways by the token rule of BPMN 2.0 (formal/2011-01-03, 13.4).

Every token that reaches a gateway waits there as a token of its own, carrying the flow it came along. A gateway that
fires consumes exactly one token per flow, first come first served; further tokens on a flow belong to the next round.
The library's joins count finished parents anywhere in the tree, and let a case through with an approval missing.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagram.expression import compile_expression
from engine.runtime.specs import Edge, Element
from engine.runtime.token import BEGINS, BODY, RACE, SERVES, Token

RESET = "reset"
"""Of the owner of a content: complex gateway → the flows whose tokens it took when it fired, until it is reset."""


class ParallelGateway(Element):
    """Fires when every incoming flow has a token."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.entries) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        waiting = _first_waiting_per_flow(self, my_task.workflow, my_task.scope)
        if len(waiting) < len(self.entries):
            return False
        winner = _consume(list(waiting.values()))
        if winner is my_task:
            return True
        winner._ready()
        return False


class Choosing(Element):
    """Exclusive and inclusive gateways choose among their flows out."""

    def held(self, token: Token) -> Iterable[Edge]:
        """The flows whose condition holds, in the order they were drawn."""
        return (edge for edge in self.edges if not edge.default and (not edge.condition or self.holds(token, edge)))

    def take(self, held: Iterable[Edge]) -> list[Edge]:
        """Which of the fitting flows to take."""
        return list(held)

    def chosen(self, token: Token) -> list[Edge]:
        taken = self.take(self.held(token)) or [edge for edge in self.edges if edge.default]
        if not taken and self.edges:
            raise self.no_flow()
        return taken


class ExclusiveGateway(Choosing):
    """The first flow whose condition holds, else the default flow."""

    def take(self, held: Iterable[Edge]) -> list[Edge]:
        first = next(iter(held), None)
        return [] if first is None else [first]


class Joining(Element):
    """A gateway that waits while a token may still come: asked when nothing else moves any more."""

    def fire(self, workflow: Any, scope: str) -> bool:
        """Goes on if the rule allows; True when it did."""
        raise NotImplementedError

    def may_come(self, workflow: Any, scope: str, empty: Iterable[str], filled: Iterable[str]) -> bool:
        """Whether a token elsewhere in the content can reach an empty flow, and cannot reach a filled one."""
        reach, empty, filled = self._reach(), tuple(empty), tuple(filled)
        races: dict[str, set[str]] = {}
        for token in workflow.tasks.values():
            if token.scope != scope or token.task_spec is self or token.listening:
                continue
            if BODY in token.internal_data or SERVES in token.internal_data:
                continue
            # Behind an event-based gateway one token waits, not one for each event.
            races.setdefault(token.internal_data.get(RACE, token.id), set()).add(token.task_spec.name)
        for nodes in races.values():
            if any(nodes & reach[flow] for flow in empty) and not any(nodes & reach[flow] for flow in filled):
                return True
        return False

    def _reach(self) -> dict[str, set[str]]:
        """For each incoming flow, the elements from which it can be reached without passing this gateway."""
        cached: dict[str, set[str]] | None = self.__dict__.get("_reach_cache")
        if cached is not None:
            return cached
        reach: dict[str, set[str]] = {}
        elements = self._wf_spec.task_specs
        for entry in self.entries:
            seen, stack = {entry.source} - {self.name}, [entry.source]
            while stack:
                node = stack.pop()
                if node == self.name:
                    continue
                fresh = [n for n in elements[node].before() if n != self.name and n not in seen]
                seen.update(fresh)
                stack += fresh
            reach[entry.id] = seen
        self._reach_cache = reach
        return reach


class InclusiveGateway(Choosing, Joining):
    """Takes every fitting flow; joins when no further token can come on an empty flow."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.entries) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.waiting_joins.add((self.name, my_task.scope))
        return False

    def fire(self, workflow: Any, scope: str) -> bool:
        waiting = _first_waiting_per_flow(self, workflow, scope)
        if not waiting:
            workflow.waiting_joins.discard((self.name, scope))
            return False
        empty = [entry.id for entry in self.entries if entry.id not in waiting]
        if self.may_come(workflow, scope, empty, waiting):
            return False
        _consume(list(waiting.values()))._ready()
        return True


class ComplexGateway(Joining):
    """Fires when its activation condition holds, then swallows the tokens still to come: k of n, discriminators.

    BPMN 2.0.2, 13.4.5. The condition sees ``activationCount`` (flows that hold a token) and the tokens on each flow by
    its id. Conditions of flows out see ``waitingForStart``: true when it fires, false at its reset; a flow without a
    condition is taken when it fires.
    """

    activation = ""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.waiting_joins.add((self.name, my_task.scope))
        return False

    def _phase(self, workflow: Any, scope: str) -> dict[str, list[str]]:
        phases: dict[str, list[str]] = workflow.tasks[scope].internal_data.get(RESET, {})
        return phases

    def fire(self, workflow: Any, scope: str) -> bool:
        if scope not in workflow.tasks:
            workflow.waiting_joins.discard((self.name, scope))
            return False
        if self.name in self._phase(workflow, scope):
            return self._reset(workflow, scope)
        waiting = _first_waiting_per_flow(self, workflow, scope)
        if not waiting:
            workflow.waiting_joins.discard((self.name, scope))
            return False
        if not self._activated(workflow, scope, waiting):
            return False
        if len(self.entries) > 1:
            workflow.tasks[scope].internal_data.setdefault(RESET, {})[self.name] = list(waiting)
        _consume(list(waiting.values()))._ready()
        return True

    def _activated(self, workflow: Any, scope: str, waiting: dict[str, Token]) -> bool:
        if not self.activation:
            return len(waiting) == len(self.entries)
        counts = {entry.id: 0 for entry in self.entries}
        for token in workflow.tasks.values():
            if token.task_spec is self and token.scope == scope and token._state == TaskState.WAITING:
                counts[token.origin] += 1
        seen = workflow.visible(next(iter(waiting.values())), {**counts, "activationCount": len(waiting)})
        return bool(compile_expression(self.activation).evaluate(seen))

    def _reset(self, workflow: Any, scope: str) -> bool:
        """Swallows one token of every flow that had none when it fired, once no further one can come."""
        taken = self._phase(workflow, scope)[self.name]
        waiting = _first_waiting_per_flow(self, workflow, scope)
        swallowed = {flow: token for flow, token in waiting.items() if flow not in taken}
        empty = [entry.id for entry in self.entries if entry.id not in taken and entry.id not in swallowed]
        if self.may_come(workflow, scope, empty, [*taken, *swallowed]):
            return False
        phases = workflow.tasks[scope].internal_data[RESET]
        del phases[self.name]
        if not phases:
            del workflow.tasks[scope].internal_data[RESET]
        for token in swallowed.values():
            workflow.forget(token)
        for edge in self._conditional(workflow, scope, swallowed):
            workflow.spawn(edge.target, scope, edge.id)
        return True

    def _conditional(self, workflow: Any, scope: str, swallowed: dict[str, Token]) -> list[Edge]:
        place = next(iter(swallowed.values()), workflow.tasks[scope])
        conditional = [edge for edge in self.edges if edge.condition and not edge.default]
        return [edge for edge in conditional if self.holds(place, edge, {"waitingForStart": False})]

    def chosen(self, token: Token) -> list[Edge]:
        seen = {"waitingForStart": True}
        open_ = [edge for edge in self.edges if not edge.default]
        taken = [edge for edge in open_ if not edge.condition or self.holds(token, edge, seen)]
        taken = taken or [edge for edge in self.edges if edge.default]
        if not taken and self.edges:
            raise self.no_flow()
        return taken


class EventGateway(Element):
    """Waits for the events behind it; the first one goes on and the others are not awaited any more.

    One that instantiates starts the process; a parallel one then waits for the other events as well.
    """

    parallel = False

    def leave(self, token: Token) -> None:
        for edge in self.edges:
            token.workflow.spawn(edge.target, token.scope, edge.id, {RACE: token.id})

    def wait_to_begin(self, workflow: Any, scope: str) -> None:
        """Waits for the events that may start the process."""
        race = workflow.place(self.name, scope, "", {})
        workflow.forget(race)
        for edge in self.edges:
            facts = {BEGINS: self.name} if self.parallel else {BEGINS: self.name, RACE: race.id}
            workflow.spawn(edge.target, scope, edge.id, facts)

    def begun(self, token: Token) -> None:
        """One of its events has started the process."""
        if token.workflow.trace is not None:
            token.workflow.trace.append((self.bpmn_id, "completed"))


def _first_waiting_per_flow(gateway: Element, workflow: Any, scope: str) -> dict[str, Token]:
    """The oldest waiting token of each incoming flow; tokens keep their order of creation in ``workflow.tasks``."""
    waiting: dict[str, Token] = {}
    for token in workflow.tasks.values():
        if token.task_spec is gateway and token.scope == scope and token._state == TaskState.WAITING:
            waiting.setdefault(token.origin, token)
    return waiting


def _consume(tokens: list[Token]) -> Token:
    """Merges the tokens of one round into the one that came last, which goes on."""
    *consumed, winner = sorted(tokens, key=lambda token: token.last_state_change)
    for token in consumed:
        token._set_state(TaskState.COMPLETED)
        token.workflow.forget(token)
    return winner
