"""Which processes and global tasks the call activities of a file call (BPMN 2.0.2, 10.3.6)."""

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from engine.diagram.xml import bpmn

GLOBAL_TASKS = frozenset(
    {"globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"}
)
_CALLABLE = tuple(map(bpmn, sorted(GLOBAL_TASKS | {"process"})))
_TASKS = (bpmn("userTask"), bpmn("manualTask"))
_PERSONS = (bpmn("globalUserTask"), bpmn("globalManualTask"))
"""Global tasks that a person does: each call of one is a step of its own, with the id of the call activity."""


def callables(root: etree._Element) -> dict[str, etree._Element]:
    """The processes and global tasks of a file by id; of two with one id the first."""
    found: dict[str, etree._Element] = {}
    for element in root.iterchildren(*_CALLABLE):
        found.setdefault(element.get("id", ""), element)
    return found


def called_by(call: etree._Element, known: Mapping[str, etree._Element]) -> etree._Element | None:
    """What a call activity calls, or None when it is not there."""
    return known.get(call.get("calledElement", "").strip().rpartition(":")[2])


def with_called(chosen: Iterable[etree._Element], known: Mapping[str, etree._Element]) -> list[etree._Element]:
    """The processes, and every process or global task they call, directly or not."""
    found = dict.fromkeys(chosen)
    waiting = list(found)
    while waiting:
        for call in waiting.pop().iter(bpmn("callActivity")):
            called = called_by(call, known)
            if called is not None and called not in found:
                found[called] = None
                waiting.append(called)
    return list(found)


def tasks_of_persons(process: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Everything a person does in a process and what it calls: what is drawn, and what says ``bl:step``.

    They are the same, except for a call of a global task.
    """
    known = callables(process.getroottree().getroot())
    for element in with_called([process], known):
        for node in element.iter(*_TASKS, bpmn("callActivity")):
            called = node if node.tag in _TASKS else called_by(node, known)
            if called is not None and called.tag in (*_TASKS, *_PERSONS):
                yield node, called
