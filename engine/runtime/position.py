"""Where a run stands: what its tokens may still come to; other ids for tokens that stay when a case is moved."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.runtime.gateways import Joining, ParallelGateway
from engine.runtime.specs import Content, Element, FlowSpec
from engine.runtime.token import BODY, HOST, RACE, SERVES
from engine.runtime.workflow import LiveWorkflow

_NAMES_A_TOKEN = (BODY, HOST, RACE, SERVES)
"""Facts of a token whose value is the id of another one."""


def ahead(workflow: LiveWorkflow) -> set[str]:
    """Ids of the elements a token may still come to; conditions are not asked, so some may never be reached."""
    elements: Mapping[str, Any] = workflow.spec.task_specs
    after = _after(elements)
    live = {token.task_spec.name: token.task_spec for token in workflow.tasks.values()}
    pending = [name for here in live for name in after.get(here, ())]
    pending += [name for name, element in live.items() if getattr(element, "loop", None) is not None]
    return _drawn(elements, _reached(elements, after, pending))


def behind_joins(spec: FlowSpec, element: str) -> set[str]:
    """Ids of the elements behind the first joins that a token from an element comes to.

    The end of a sub-process or of a called process is a join too: it waits for everything inside.
    """
    elements: Mapping[str, Any] = spec.task_specs
    after = _after(elements)
    pending = [name for name, one in elements.items() if getattr(one, "bpmn_id", "") == element]
    owners, joins, seen = set(pending), set[str](), set[str]()
    while pending:
        for name in after.get(pending.pop(), ()):
            if isinstance(elements[name], ParallelGateway | Joining) and len(elements[name].entries) > 1:
                joins.add(name)
            elif name not in seen:
                seen.add(name)
                pending.append(name)
    joins |= {outer for name in owners for outer in _around(elements, name)}
    return _drawn(elements, _reached(elements, after, [name for join in joins for name in after.get(join, ())]))


def _around(elements: Mapping[str, Any], name: str) -> set[str]:
    """The sub-processes and calls an element lies in."""
    found, pending = set[str](), [name]
    while pending:
        parent = getattr(elements[pending.pop()], "parent", "")
        callers = [one for one, element in elements.items() if parent and getattr(element, "process", "") == parent]
        outer = {one for one in (parent, *callers) if one and one in elements} - found
        found |= outer
        pending += outer
    return found


def _after(elements: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Element → the elements a token goes on to, as drawn."""
    after: dict[str, list[str]] = {}
    for name, element in elements.items():
        for source in element.before() if isinstance(element, Element) else ():
            after.setdefault(source, []).append(name)
    return after


def _reached(elements: Mapping[str, Any], after: Mapping[str, list[str]], pending: list[str]) -> set[str]:
    """Those elements, and all a token comes to from them."""
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += [*after.get(name, ()), *_inside(elements[name])]
    return seen


def _drawn(elements: Mapping[str, Any], names: set[str]) -> set[str]:
    return {getattr(elements[name], "bpmn_id", name) for name in names}


def _inside(element: Any) -> Iterator[str]:
    content: Content | None = getattr(element, "content", None)
    if content is not None:
        yield from (*content.starts, *content.listeners, *content.begins)
    yield from getattr(element, "boundary", ())
    if getattr(element, "process", ""):
        yield element.process


def rename(workflow: LiveWorkflow, names: Mapping[str, str]) -> None:
    """Gives live tokens other ids (old → new), wherever they are named; their order stays."""
    for token in workflow.tasks.values():
        token.id = names.get(token.id, token.id)
        token.scope = names.get(token.scope, token.scope)
        facts = token.internal_data
        facts.update({key: names[facts[key]] for key in _NAMES_A_TOKEN if facts.get(key) in names})
    workflow.tasks = {token.id: token for token in workflow.tasks.values()}
    workflow.waiting_joins = {(name, names.get(scope, scope)) for name, scope in workflow.waiting_joins}
