"""A workflow as bytes and back: one short row per live token, specs attached from the cache, msgpack.

Format 1: ``[1, counter, completed, [[id, parent row, element, state, order, origin, internal data], …]]``.
"""

from typing import Any

import msgpack
from SpiffWorkflow.util.task import TaskState

from engine.errors import IntegrityError
from engine.runtime.token import Token
from engine.runtime.workflow import LiveWorkflow

FORMAT = 1


def dump(workflow: LiveWorkflow) -> bytes:
    """The state of a workflow; equal states give equal bytes, in any process."""
    rows: list[list[Any]] = []
    index: dict[str, int] = {}
    for task in workflow.tasks.values():
        index[task.id] = len(rows)
        parent = -1 if task._parent is None else index[task._parent]
        row = [task.id, parent, task.task_spec.name, task._state, task.last_state_change, task.origin]
        if task.internal_data:
            row.append(task.internal_data)
        rows.append(row)
    packed: bytes = msgpack.packb([FORMAT, workflow.counter, bool(workflow.completed), rows])
    return packed


def load(data: bytes, spec: Any) -> LiveWorkflow:
    """The workflow of ``dump``; IntegrityError when the format or an element is unknown."""
    form, counter, completed, rows = msgpack.unpackb(data)
    if form != FORMAT:
        raise IntegrityError(
            "runtime.format", f"未知的状态格式 {form}", f"the stored state has an unknown format {form}"
        )
    workflow = LiveWorkflow(spec, fresh=False)
    workflow.counter, workflow.completed = counter, completed
    tokens = [_token(workflow, spec, row) for row in rows]
    for token, row in zip(tokens, rows, strict=True):
        if row[1] >= 0:
            parent = tokens[row[1]]
            token._parent = parent.id
            parent._children.append(token.id)
    workflow.task_tree = tokens[0]
    return workflow


def _token(workflow: LiveWorkflow, spec: Any, row: list[Any]) -> Token:
    token = Token.__new__(Token)
    task_spec = spec.task_specs.get(row[2])
    if task_spec is None:
        raise IntegrityError(
            "runtime.element", f"流程图中没有元素 {row[2]}", f"the diagram has no element {row[2]}", row[2]
        )
    token.id, token.workflow, token.task_spec, token._state = row[0], workflow, task_spec, row[3]
    token.last_state_change, token.origin = row[4], row[5]
    token.internal_data = row[6] if len(row) > 6 else {}
    token._parent, token._children, token.data = None, [], {}
    token.triggered, token.thread_id = False, 0
    workflow.tasks[token.id] = token
    if token._state == TaskState.WAITING and hasattr(task_spec, "fire"):
        workflow.inclusive_joins.add(task_spec.name)
    return token
