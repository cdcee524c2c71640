"""Two things that may be done at one time write the same value, so one of them overwrites what the other wrote.

An element writes: the fields of its form (``bl:field``, ``formField``, ``formProperty``), the targets of its script,
the targets of its data output associations, its result variables and output mappings, and the collection its instances
are gathered in. A value belongs to the innermost scope that declares it (a data object or property of a sub-process,
the items of a multi-instance activity), else to the process; what is declared for each instance is no conflict between
the instances. Writes to different constant keys of one value (``notes["fire"] = …``) are different; of computed keys
nothing is said. Which elements may be at work together is in ``concurrency``.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

from lxml import etree

from engine.diagram.calls import callables, called_by, with_called
from engine.diagram.concurrency import Concurrency
from engine.diagram.dmn import Decision
from engine.diagram.finding import Finding
from engine.diagram.foreign_words import SEVEN, ZEEBE
from engine.diagram.rules.business_rule import result_names
from engine.diagram.soundness_events import SUB_PROCESSES
from engine.diagram.soundness_read import is_flow_node
from engine.diagram.xml import BL, bpmn, line_of, local_name
from engine.errors import LimitExceeded

RULE = "concurrent-writes"
HINT = (
    "use different names, a data object of its own in each branch (for instances: inputDataItem and outputDataItem "
    "with a collection), or put one after the other"
)

COMPUTED = object()
"""Stands for a key that is not a constant."""

_FOREIGN = (*SEVEN, ZEEBE)
_RESULTS = ("resultVariable", "resultVariableName")
_OUTPUTS = {"outputParameter": "name", "out": "target", "output": "target"}
"""Elements of other engines that write a value, and the attribute that names it."""

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class _Write:
    """One value an element writes; ``key``: the part of it, None for all; ``gathered``: its instances add to it."""

    name: str
    key: object = None
    gathered: bool = False

    def meets(self, other: "_Write") -> bool:
        """Whether both write the same thing."""
        return None in (self.key, other.key) or (self.key == other.key and self.key is not COMPUTED)


@dataclass(frozen=True)
class _Writer:
    element: etree._Element
    write: _Write

    @property
    def id(self) -> str:
        return self.element.get("id", "")

    @property
    def name(self) -> str:
        return (self.element.get("name") or self.id).replace("\n", " ")


def concurrent_writes(
    process: etree._Element, file: str, *, ours: bool | None = None, decisions: Mapping[str, Decision] | None = None
) -> list[Finding]:
    """One finding for each element that writes what another one beside it, or another instance of it, writes.

    ``ours``: whether the file is one of ours, where this is an error; elsewhere it is a warning. None asks the file for
    an element of our namespace. ``decisions``: those that business rule tasks may name. The structure of the
    process must be right (``concurrency``). A process too large for that gives one finding ``not-decided`` (level
    warning).
    """
    if ours is None:
        ours = next(process.getroottree().getroot().iter(f"{{{BL}}}*"), None) is not None
    level = "error" if ours else "warning"
    try:
        return [_told(one, other, file, level) for one, other in _conflicts(process, decisions or {})]
    except LimitExceeded as error:
        told = error.message_zh, error.message_en
        return [Finding(file, process.get("id", ""), line_of(process), "not-decided", "warning", *told)]


def written(process: etree._Element, decisions: Mapping[str, Decision]) -> Iterator[tuple[str, int, str]]:
    """What writes a value of a process itself, or of one it calls: element, its line, the name of the value."""
    for one in with_called([process], callables(process.getroottree().getroot())):
        for (scope, name), writers in _writers(one, decisions, calls=False).items():
            if scope is one:
                yield from ((writer.id, line_of(writer.element), name) for writer in writers)


def _conflicts(process: etree._Element, decisions: Mapping[str, Decision]) -> Iterator[tuple[_Writer, _Writer]]:
    at_once: dict[etree._Element, Concurrency] = {}
    for (scope, _), writers in _writers(process, decisions).items():
        told: set[tuple[str, str]] = set()
        for one, other in combinations_with_replacement(writers, 2):
            if (other.id, other.write.name) in told or not _may_meet(one, other):
                continue
            if scope not in at_once:
                at_once[scope] = Concurrency(scope)
            if at_once[scope].together(one.id, other.id):
                told.add((other.id, other.write.name))
                yield one, other


def _may_meet(one: _Writer, other: _Writer) -> bool:
    if one.element is other.element and (one is not other or one.write.gathered):
        return False
    return one.write.meets(other.write)


def _writers(
    process: etree._Element, decisions: Mapping[str, Decision], *, calls: bool = True
) -> dict[tuple[etree._Element, str], list[_Writer]]:
    """Who writes each value, by the scope the value belongs to; ``calls``: also what call activities give back."""
    returned: dict[str, frozenset[str]] = {}
    found: dict[tuple[etree._Element, str], list[_Writer]] = {}
    declared: dict[etree._Element, set[str]] = {}
    named = {e.get("id"): e for e in process.getroottree().getroot().iter() if e.get("id")}
    for element in process.iterdescendants():
        if not is_flow_node(element):
            continue
        given = result_names(element, decisions)
        if calls and local_name(element) == "callActivity" and element.find(bpmn("dataOutputAssociation")) is None:
            called = element.get("calledElement", "")
            if called not in returned:
                returned[called] = _given_back(element, decisions)
            given = tuple(sorted(returned[called]))
        for write in dict.fromkeys((*_writes(element, named), *map(_Write, given))):
            owner = _owner(element, process, write, declared)
            if owner is not element or local_name(owner) in SUB_PROCESSES:
                found.setdefault((owner, write.name), []).append(_Writer(element, write))
    return found


def _given_back(call: etree._Element, decisions: Mapping[str, Decision]) -> frozenset[str]:
    """What a call activity without declared outputs may give back: all that the processes and tasks it calls write."""
    known = callables(call.getroottree().getroot())
    called = called_by(call, known)
    found: set[str] = set()
    for inner in () if called is None else with_called([called], known):
        if local_name(inner) == "process":
            found |= {name for owner, name in _writers(inner, decisions, calls=False) if owner is inner}
        else:
            scripts = inner.iterchildren(bpmn("script"))
            found |= {write.name for script in scripts for write in _script_targets(script.text or "")}
            found.update(result_names(inner, decisions))
    return frozenset(found)


def _owner(
    element: etree._Element, process: etree._Element, write: _Write, declared: dict[etree._Element, set[str]]
) -> etree._Element:
    """The innermost scope that declares the value; the collection of an activity is outside of it."""
    around = element.getparent() if write.gathered else element
    while around is not None and around is not process:
        if around not in declared:
            declared[around] = set(_declared(around))
        if write.name in declared[around]:
            return around
        around = around.getparent()
    return process


def _declared(scope: etree._Element) -> Iterator[str]:
    """Names of the values each activation or instance of an activity has for itself."""
    several = scope.find(bpmn("multiInstanceLoopCharacteristics"))
    for item in () if several is None else several.iterchildren(bpmn("inputDataItem"), bpmn("outputDataItem")):
        yield from _names(item)
    for tag, value in () if several is None else several.attrib.items():
        if etree.QName(str(tag)).namespace in SEVEN and etree.QName(str(tag)).localname.startswith("element"):
            yield str(value)
    for loop in () if several is None else several.iter(f"{{{ZEEBE}}}loopCharacteristics"):
        for attribute in ("inputElement", "outputElement"):
            yield from _NAME.findall(loop.get(attribute, ""))
    if local_name(scope) in SUB_PROCESSES:
        for data in scope.iterchildren(bpmn("dataObject"), bpmn("property")):
            yield from _names(data)


def _names(element: etree._Element) -> Iterator[str]:
    yield from (element.get(attribute, "") for attribute in ("id", "name") if element.get(attribute))


def _writes(element: etree._Element, named: Mapping[str | None, etree._Element]) -> Iterator[_Write]:
    for script in element.iterchildren(bpmn("script")):
        yield from _script_targets(script.text or "")
    for association in element.iterchildren(bpmn("dataOutputAssociation")):
        for target in association.iterchildren(bpmn("targetRef")):
            yield from _data(named, target)
    several = element.find(bpmn("multiInstanceLoopCharacteristics"))
    for collection in () if several is None else several.iterchildren(bpmn("loopDataOutputRef")):
        yield from (_Write(write.name, gathered=True) for write in _data(named, collection))
    for name, value in element.attrib.items():
        if etree.QName(str(name)).namespace in _FOREIGN and etree.QName(str(name)).localname in _RESULTS:
            yield _Write(str(value))
    for extension in element.iterfind(f"{bpmn('extensionElements')}//*"):
        if isinstance(extension.tag, str):
            yield from _extension(extension)


def _extension(extension: etree._Element) -> Iterator[_Write]:
    namespace, name = etree.QName(extension).namespace, local_name(extension)
    value: str | None = None
    if (namespace == BL and name == "field") or (namespace in _FOREIGN and name in {"formField", "formProperty"}):
        value = extension.get("name" if namespace == BL else "id") if _is_writable(extension) else None
    elif namespace in _FOREIGN and name in _OUTPUTS:
        value = extension.get(_OUTPUTS[name])
    elif namespace == ZEEBE:
        value = extension.get("resultVariable")
    if value:
        whole, _, part = value.partition(".")
        yield _Write(whole, part or None)


def _is_writable(field: etree._Element) -> bool:
    fixed = [e for e in field.iter() if isinstance(e.tag, str) and e.get("name") == "readonly" and e is not field]
    return field.get("writable") != "false" and field.get("readonly") != "true" and not fixed


def _data(named: Mapping[str | None, etree._Element], reference: etree._Element) -> Iterator[_Write]:
    """The data element a reference names; data stores are outside of the process."""
    identity = (reference.text or "").strip().rpartition(":")[2]
    found = named.get(identity)
    if found is None or local_name(found) in {"dataStoreReference", "dataStore"}:
        return
    target = found.get("dataObjectRef") if local_name(found) == "dataObjectReference" else identity
    if target:
        yield _Write(target.strip().rpartition(":")[2])


def _script_targets(text: str) -> Iterator[_Write]:
    """The targets of the assignments of a script, with their keys; nothing when it is none of ours (``script.py``)."""
    try:
        body = ast.parse("\n".join(line.strip() for line in text.strip().splitlines())).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AugAssign) else targets
        for target in targets:
            match target:
                case ast.Name(id=name):
                    yield _Write(name)
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key)):
                    yield _Write(name, repr(key))
                case ast.Subscript(value=ast.Name(id=name)):
                    yield _Write(name, COMPUTED)


def _told(one: _Writer, other: _Writer, file: str, level: str) -> Finding:
    value = other.write.name
    if one.element is other.element:
        zh = f"“{other.name}”的多个实例会同时写“{value}”,后写的覆盖先写的"
        en = f"several instances of “{other.name}” may write “{value}” at one time, and the last one wins"
    else:
        zh = f"“{one.name}”和“{other.name}”会同时写“{value}”,后写的覆盖先写的"
        en = f"“{one.name}” and “{other.name}” may write “{value}” at one time, and the last one wins"
    return Finding(file, other.id, line_of(other.element), RULE, level, zh, en, HINT)
