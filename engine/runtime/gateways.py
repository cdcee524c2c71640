"""Parallel and inclusive gateways by the token rule of BPMN 2.0 (formal/2011-01-03, 13.4.1 and 13.4.3).

Every token that reaches a gateway waits there as a task of its own, carrying the flow it came along. A gateway that
fires consumes exactly one token per flow, first come first served; further tokens on a flow belong to the next round.
The library's joins count finished parents anywhere in the tree, and let a case through with an approval missing.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.runtime.specs import ChoosesChildren, ReachedOnly

LIVE = TaskState.NOT_FINISHED_MASK


def _first_waiting_per_flow(gateway: Any, workflow: Any) -> dict[str, Any]:
    """The oldest waiting token of each incoming flow; tasks keep their order of creation in ``workflow.tasks``."""
    waiting: dict[str, Any] = {}
    for task in workflow.tasks.values():
        if task.task_spec is gateway and task._state == TaskState.WAITING:
            waiting.setdefault(task.origin, task)
    return waiting


def _consume(tokens: list[Any]) -> Any:
    """Merges the tokens of one round into the one that came last, which goes on."""
    *consumed, winner = sorted(tokens, key=lambda task: task.last_state_change)
    for token in consumed:
        token._set_state(TaskState.COMPLETED)
        token.workflow.settle(token)
    return winner


class ParallelGateway(ReachedOnly, defaults.ParallelGateway):
    """Fires when every incoming flow has a token."""

    def _update_hook(self, my_task: Any) -> bool:
        my_task._set_state(TaskState.WAITING)
        waiting = _first_waiting_per_flow(self, my_task.workflow)
        if any(flow not in waiting for flow in self._inputs):
            return False
        winner = _consume([waiting[flow] for flow in self._inputs])
        if winner is my_task:
            return True
        winner._ready()
        return False

    def _run_hook(self, my_task: Any) -> bool:
        return True


class InclusiveGateway(ChoosesChildren, defaults.InclusiveGateway):
    """Fires when no further token can arrive on an empty flow (see ``may_fire``)."""

    def _update_hook(self, my_task: Any) -> bool:
        my_task._set_state(TaskState.WAITING)
        if len(self._inputs) == 1:
            return True
        my_task.workflow.inclusive_joins.add(self.name)
        return False

    def fire(self, workflow: Any) -> bool:
        """Consumes one token per flow that has one, when the rule allows; True when the gateway fired."""
        waiting = _first_waiting_per_flow(self, workflow)
        if not waiting or not self._may_fire(workflow, waiting):
            return False
        _consume(list(waiting.values()))._ready()
        return True

    def _may_fire(self, workflow: Any, waiting: dict[str, Any]) -> bool:
        """For every token elsewhere: if it can reach an empty flow, it must also be able to reach a filled one."""
        reach = self._reach()
        empty = [flow for flow in self._inputs if flow not in waiting]
        for task in workflow.tasks.values():
            if task.task_spec is self or not task._state & LIVE:
                continue
            node = task.task_spec.name
            if any(node in reach[flow] for flow in empty) and not any(node in reach[flow] for flow in waiting):
                return False
        return True

    def _reach(self) -> dict[str, set[str]]:
        """For each incoming flow, the elements from which it can be reached without passing this gateway."""
        cached: dict[str, set[str]] | None = self.__dict__.get("_reach_cache")
        if cached is not None:
            return cached
        reach: dict[str, set[str]] = {}
        for source in self.inputs:
            seen, stack = {source.name}, [source]
            while stack:
                for spec in stack.pop().inputs:
                    if spec is not self and spec.name not in seen:
                        seen.add(spec.name)
                        stack.append(spec)
            reach[source.name] = seen
        self._reach_cache = reach
        return reach

    def _run_hook(self, my_task: Any) -> bool:
        matches, defaults_ = self._get_matching_outputs(my_task)
        my_task._sync_children(matches or defaults_, TaskState.FUTURE)
        return True
