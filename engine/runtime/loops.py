"""Standard loops and multi-instance activities (BPMN 2.0.2, 10.3.8 and 13.3.6, 13.3.7).

The token that arrives holds the whole; each instance is a token of its own that names it as its body.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from engine.diagram.expression import compile_expression
from engine.errors import DiagramError, LimitExceeded
from engine.runtime.events import Trigger
from engine.runtime.propagation import throw
from engine.runtime.token import BODY, NUMBER, VALUES, Token
from engine.runtime.values import OnFirstUse

COUNTER = "loopCounter"
STATE = "loop"
"""Of a body: what its loop keeps."""

_COUNTS = ("Instances", "ActiveInstances", "CompletedInstances", "TerminatedInstances")
NAMES = tuple(prefix + count for prefix in ("nrOf", "numberOf") for count in _COUNTS)


def _holds(body: Token, condition: str) -> bool:
    return bool(compile_expression(condition).evaluate(body.workflow.visible(body)))


def _spawn(body: Token, number: int, values: dict[str, Any]) -> Token:
    facts = {BODY: body.id, NUMBER: number, VALUES: {**values, COUNTER: number}}
    token: Token = body.workflow.spawn(body.task_spec.name, body.scope, body.origin, facts)
    return token


@dataclass(frozen=True)
class StandardLoop:
    """Runs again while ``condition`` holds, at most ``maximum`` times (0: no limit), asked before or after a round."""

    condition: str
    before: bool
    maximum: int
    declared: frozenset[str] = frozenset({COUNTER})

    def start(self, body: Token) -> None:
        """The first round; none when the condition is asked before and does not hold."""
        body.internal_data[STATE] = 0
        self._next(body, ask=self.before)

    def over(self, body: Token, instance: Token) -> None:
        """The next round, or the end."""
        body.internal_data[STATE] += 1
        self._next(body, ask=True)

    def _next(self, body: Token, ask: bool) -> None:
        rounds = body.internal_data[STATE]
        full = self.maximum and rounds >= self.maximum
        if full or (ask and self.condition and not _holds(body, self.condition)):
            body.workflow.later(lambda: body.live and body.complete())
        else:
            _spawn(body, rounds, {})

    def variables(self, body: Token) -> Mapping[str, Any]:
        """``loopCounter``: rounds done."""
        return {COUNTER: body.internal_data.get(STATE, 0)}


@dataclass(frozen=True)
class Behavior:
    """An event thrown when an instance completes: each time, the first time, or when a condition holds."""

    trigger: Trigger
    condition: str = ""
    first_only: bool = False


@dataclass(frozen=True)
class MultiInstance:
    """One instance per item of a collection, or as many as ``cardinality`` says.

    ``item`` and ``output`` are the names an instance knows its item and its result by; ``results`` those by which
    conditions see the collected results, ``targets`` the values that get them, each with an expression that changes
    them first, or none. ``condition`` ends the rest early.
    """

    sequential: bool
    cardinality: str = ""
    collection: str = ""
    item: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()
    condition: str = ""
    behaviors: tuple[Behavior, ...] = ()

    @property
    def declared(self) -> frozenset[str]:
        """What is local to one instance."""
        return frozenset((*self.item, *self.output, COUNTER))

    def start(self, body: Token) -> None:
        """All instances, or the first; none completes at once."""
        keys, items, total = self._items(body)
        body.internal_data[STATE] = {
            "total": total, "begun": 0, "done": 0, "stopped": 0, "keys": keys, "items": items, "results": {},
        }  # fmt: skip
        if not total:
            body.workflow.later(lambda: self._end(body))
        for _ in range(min(total, 1) if self.sequential else total):
            self._begin(body)

    def _items(self, body: Token) -> tuple[list[str] | None, list[Any] | None, int]:
        workflow, element = body.workflow, body.task_spec
        if self.collection:
            found = _collection(body, self.collection)
            keys = list(found) if isinstance(found, Mapping) else None
            items = list(found.values()) if isinstance(found, Mapping) else list(found)
            total = len(items)
        else:
            keys, items, total = None, None, _whole(body, self.cardinality)
        if not self.sequential and total + len(workflow.tasks) > workflow.limits.tokens:
            raise LimitExceeded(
                "runtime.instances",
                f"并行实例数 {total} 过多",
                f"{total} parallel instances are too many",
                element.bpmn_id,
            )
        return keys, deepcopy(items), total

    def _begin(self, body: Token) -> None:
        state = body.internal_data[STATE]
        number = state["begun"]
        state["begun"] += 1
        values = {} if state["items"] is None else {name: deepcopy(state["items"][number]) for name in self.item}
        _spawn(body, number, values)

    def over(self, body: Token, instance: Token) -> None:
        """Keeps what the instance gave; begins the next one, or ends the rest, or everything."""
        state, number = body.internal_data[STATE], instance.internal_data[NUMBER]
        if self.output:
            values = instance.internal_data.get(VALUES, {})
            given = [values[name] for name in self.output if name in values]
            state["results"][str(number)] = given[0] if given else None
        state["done"] += 1
        for behavior in self.behaviors:
            self._behave(body, behavior, state["done"])
        if self.behaviors:
            # What is thrown comes first: the events at the border listen until the last instance is done.
            body.workflow.later(lambda: self._go_on(body))
        else:
            self._go_on(body)

    def _go_on(self, body: Token) -> None:
        if not body.live:
            return
        state = body.internal_data[STATE]
        if self.condition and _holds(body, self.condition):
            rest = body.workflow.attached(BODY, body.id)
            state["stopped"] += len(rest)
            body.workflow.cancel(rest)
            self._end(body)
        elif state["done"] == state["total"]:
            self._end(body)
        elif self.sequential:
            self._begin(body)

    def _behave(self, body: Token, behavior: Behavior, done: int) -> None:
        if not body.live or (behavior.first_only and done > 1):
            return
        if not behavior.condition or _holds(body, behavior.condition):
            trigger = behavior.trigger
            if trigger.kind == "error":
                body.workflow.raise_error(body, trigger.name, trigger.name)
            else:
                throw(body.workflow, body, trigger.kind, trigger.name, {})

    def _end(self, body: Token) -> None:
        if not body.live:
            return
        seen = body.workflow.visible(body)
        collected = self._collected(body)
        for name, change in self.targets:
            value = compile_expression(change).evaluate(seen) if change else collected
            body.workflow.write_into(body, name, value)
        body.complete()

    def _collected(self, body: Token) -> Any:
        state = body.internal_data[STATE]
        order: Sequence[str] = sorted(state["results"], key=int)
        if state["keys"] is not None:
            return {state["keys"][int(number)]: state["results"][number] for number in order}
        return [state["results"][number] for number in order]

    def variables(self, body: Token) -> Mapping[str, Any]:
        """The counts of instances, and what they gave so far."""
        if STATE not in body.internal_data:
            return {}
        return OnFirstUse((*NAMES, *self.results), lambda: self._variables(body))

    def _variables(self, body: Token) -> dict[str, Any]:
        state = body.internal_data[STATE]
        active = state["begun"] - state["done"] - state["stopped"]
        values = {"Instances": state["total"], "ActiveInstances": active}
        values |= {"CompletedInstances": state["done"], "TerminatedInstances": state["stopped"]}
        named = {prefix + name: value for prefix in ("nrOf", "numberOf") for name, value in values.items()}
        return {**named, **dict.fromkeys(self.results, self._collected(body))}


def item_of(instance: Token) -> tuple[int, Any]:
    """How many instances there are, and the item of this one, None for instances that are only counted."""
    state = instance.workflow.tasks[instance.internal_data[BODY]].internal_data[STATE]
    return state["total"], None if state["items"] is None else state["items"][instance.internal_data[NUMBER]]


def _collection(body: Token, text: str) -> Any:
    seen = body.workflow.visible(body)
    value = seen[text] if text in seen else compile_expression(text).evaluate(seen)
    if isinstance(value, Mapping | list | tuple):
        return value
    raise DiagramError(
        "loop.collection", f"“{text}”不是集合", f"{text!r} is not a collection", body.task_spec.bpmn_id
    )  # fmt: skip


def _whole(body: Token, text: str) -> int:
    value = compile_expression(text).evaluate(body.workflow.visible(body))
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        raise DiagramError(
            "loop.cardinality", f"实例数“{text}”不是非负整数",
            f"the number of instances {text!r} is not a whole number ≥ 0", body.task_spec.bpmn_id,
        )  # fmt: skip
    return int(value)
