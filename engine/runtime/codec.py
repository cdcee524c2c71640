"""A workflow as bytes and back: one short row per live token, elements attached from the spec, msgpack.

Format 3: ``[3, counter, [order of each token, …], what it is]``; what it is (``canonical``) is bytes of its own:
``[completed, failed, results, [[id, element, state, origin, scope, facts], …]]``.
Format 2, which is still read, has rows with the order in them:
``[2, counter, completed, failed, results, [[id, element, state, order, origin, scope, facts?], …]]``.
"""

from typing import Any

import msgpack
from SpiffWorkflow.util.task import TaskState

from engine.errors import IntegrityError
from engine.runtime.gateways import RESET
from engine.runtime.specs import FlowSpec
from engine.runtime.token import DUE, VALUES, Token
from engine.runtime.workflow import DEFAULT_LIMITS, Limits, LiveWorkflow

FORMAT, OLD_FORMAT = 3, 2
WHOLE_NUMBER = 1
"""Extension type of whole numbers beyond 64 bits."""


def dump(workflow: LiveWorkflow, what: bytes = b"") -> bytes:
    """The state of a workflow between two acts; equal states give equal bytes, in any process. ``what``: its
    ``canonical``, if known."""
    order = [token.last_state_change for token in workflow.tasks.values()]
    return pack([FORMAT, workflow.counter, order, what or canonical(workflow)])


def _sorted_values(facts: dict[str, Any]) -> dict[str, Any]:
    """What a token knows, its values in the order of their names, not in which branches wrote them."""
    return {**facts, VALUES: dict(sorted(facts[VALUES].items()))}


def canonical(workflow: LiveWorkflow) -> bytes:
    """What a workflow is, whatever form it is stored in: it stays the same when a release changes that form."""
    rows = [
        [
            token.id, token.task_spec.name, token._state, token.origin, token.scope,
            _sorted_values(facts) if VALUES in (facts := token.internal_data) else facts,
        ]
        for token in workflow.tasks.values()
    ]  # fmt: skip
    return pack([workflow.completed, workflow.failed, workflow.results, rows])


def load(data: bytes, spec: FlowSpec, limits: Limits = DEFAULT_LIMITS) -> LiveWorkflow:
    """The workflow of ``dump``; IntegrityError when the format or an element is unknown."""
    form, counter, *state = unpack(data)
    if form == FORMAT:
        order, what = state
        *state, rows = unpack(what)
    elif form == OLD_FORMAT:
        *state, old = state
        order, rows = [row[3] for row in old], [[*row[:3], *row[4:6], row[6] if len(row) > 6 else {}] for row in old]
    else:
        raise IntegrityError(
            "runtime.format", f"未知的状态格式 {form}", f"the stored state has an unknown format {form}"
        )
    workflow = LiveWorkflow(spec, fresh=False, limits=limits)
    workflow.counter, (workflow.completed, workflow.failed, workflow.results) = counter, state
    for row, instant in zip(rows, order, strict=True):
        _restore(workflow, spec, row, instant)
    return workflow


def pack(value: list[Any]) -> bytes:
    """JSON values as msgpack; whole numbers may have more than 64 bits."""
    packed: bytes = msgpack.packb(value, default=_whole_number)
    return packed


def unpack(data: bytes) -> list[Any]:
    """What ``pack`` packed; IntegrityError for anything else."""
    try:
        value = msgpack.unpackb(data, strict_map_key=False, ext_hook=_extension)
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise IntegrityError("runtime.damaged", "保存的状态已损坏", "the stored state is damaged") from error
    if not isinstance(value, list) or not value:
        raise IntegrityError("runtime.damaged", "保存的状态已损坏", "the stored state is damaged")
    return value


def _whole_number(value: Any) -> msgpack.ExtType:
    if not isinstance(value, int):
        raise TypeError(type(value).__name__)
    return msgpack.ExtType(WHOLE_NUMBER, str(value).encode())


def _extension(code: int, data: bytes) -> int:
    if code != WHOLE_NUMBER:
        raise ValueError(code)
    return int(data)


def _restore(workflow: LiveWorkflow, spec: FlowSpec, row: list[Any], order: int) -> None:
    element = spec.task_specs.get(row[1])
    if element is None:
        raise IntegrityError(
            "runtime.element", f"流程图中没有元素 {row[1]}", f"the diagram has no element {row[1]}", row[1]
        )
    token = Token.__new__(Token)
    token.id, token.workflow, token.task_spec, token._state = row[0], workflow, element, row[2]
    token.last_state_change, (token.origin, token.scope, token.internal_data) = order, row[3:]
    workflow.tasks[token.id] = token
    if not token.scope:
        workflow.root = token
    if token._state == TaskState.READY:
        workflow.queue(token)  # a person's task is not queued; nothing else is ready between two acts
    if hasattr(element, "fire"):
        workflow.waiting_joins.add((element.name, token.scope))
    if any(trigger.kind == "condition" for trigger in element.triggers):
        workflow.conditional[token.id] = token
    for number, (at, *_) in token.internal_data.get(DUE, {}).items():
        workflow.await_instant(at, token, int(number))
    for name in token.internal_data.get(RESET, ()):
        workflow.waiting_joins.add((name, token.id))
