"""Where a run stands: what its tokens may still come to; other ids for tokens that stay when a case is moved."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.runtime.specs import Content, Element
from engine.runtime.token import BODY, HOST, RACE, SERVES
from engine.runtime.workflow import LiveWorkflow

_NAMES_A_TOKEN = (BODY, HOST, RACE, SERVES)
"""Facts of a token whose value is the id of another one."""


def ahead(workflow: LiveWorkflow) -> set[str]:
    """Ids of the elements a token may still come to; conditions are not asked, so some may never be reached."""
    elements: Mapping[str, Any] = workflow.spec.task_specs
    after: dict[str, list[str]] = {}
    for name, element in elements.items():
        for source in element.before() if isinstance(element, Element) else ():
            after.setdefault(source, []).append(name)
    live = {token.task_spec.name: token.task_spec for token in workflow.tasks.values()}
    pending = [name for here in live for name in after.get(here, ())]
    pending += [name for name, element in live.items() if getattr(element, "loop", None) is not None]
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += [*after.get(name, ()), *_inside(elements[name])]
    return {getattr(elements[name], "bpmn_id", name) for name in seen}


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
