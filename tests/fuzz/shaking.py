"""Random files: trees of BPMN's words, diagrams that run with some things changed, and nodes connected at random."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from engine.diagram.xml import BPMN, bpmn, read_xml
from tests.fuzz.bases import bases
from tests.fuzz.words import ATTRIBUTES, TAGS, VALUES
from tests.scenarios.drawing import (
    association,
    boundary,
    cancel,
    cardinality_loop,
    catch,
    compensation,
    complex_gateway,
    condition,
    drawing,
    end,
    error_event,
    escalation,
    event_sub,
    exclusive,
    flow,
    inclusive,
    message,
    parallel,
    receive,
    script,
    send,
    service,
    signal,
    standard_loop,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    transaction,
    users,
)

BASES = bases()
SMALL = tuple(name for name, files in BASES.items() if sum(map(len, files.values())) < 5_000)
IDS = ("p", "q", "s", "e", *"abcdef", "in", "g")
CODECS = ("UTF-8", "UTF-8", "UTF-8", "UTF-16", "GB18030", "UTF-32")

Draw = st.DrawFn
Change = Callable[[etree._Element, Draw], None]


def _one(draw: Draw, items: Sequence[etree._Element]) -> etree._Element:
    return items[draw(st.integers(0, len(items) - 1))]


def _any(root: etree._Element, draw: Draw) -> etree._Element:
    """Any element below the root."""
    return _one(draw, list(root.iter(etree.Element))[1:] or [root])


def _ids(root: etree._Element) -> list[str]:
    return sorted({identity for element in root.iter() if (identity := element.get("id"))}) or ["p"]


def _value(root: etree._Element, draw: Draw) -> str:
    known = st.sampled_from(_ids(root))
    texts = sorted({text for element in root.iter() if (text := (element.text or "").strip())}) or ["n"]
    return draw(known | st.sampled_from(VALUES) | st.sampled_from(texts))


def _tag(root: etree._Element, draw: Draw) -> str:
    present = sorted({str(element.tag) for element in root.iter(etree.Element)})
    return draw(st.sampled_from(present) | st.sampled_from(TAGS).map(bpmn))


def _delete(root: etree._Element, draw: Draw) -> None:
    element = _any(root, draw)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _repeat(root: etree._Element, draw: Draw) -> None:
    element = _any(root, draw)
    parent = element.getparent()
    if parent is not None:
        parent.append(etree.fromstring(etree.tostring(element, with_tail=False)))


def _move(root: etree._Element, draw: Draw) -> None:
    element, target = _any(root, draw), _any(root, draw)
    if target not in list(element.iter()):
        target.insert(draw(st.integers(0, len(target))), element)


def _rename(root: etree._Element, draw: Draw) -> None:
    _any(root, draw).tag = _tag(root, draw)


def _drop_attribute(root: etree._Element, draw: Draw) -> None:
    element = _any(root, draw)
    names = sorted(map(str, element.attrib))
    if names:
        del element.attrib[draw(st.sampled_from(names))]


def _set_attribute(root: etree._Element, draw: Draw) -> None:
    element = _any(root, draw)
    names = sorted(map(str, element.attrib)) or ["id"]
    element.set(draw(st.sampled_from(names) | st.sampled_from(ATTRIBUTES)), _value(root, draw))


def _swap(root: etree._Element, draw: Draw) -> None:
    """Two elements exchange one attribute, such as where two flows lead to."""
    name = draw(st.sampled_from(["id", "sourceRef", "targetRef", "attachedToRef", "default", "name"]))
    holders = [element for element in root.iter(etree.Element) if element.get(name) is not None]
    if holders:
        one, other = _one(draw, holders), _one(draw, holders)
        first, second = one.get(name) or "", other.get(name) or ""
        one.set(name, second)
        other.set(name, first)


def _set_text(root: etree._Element, draw: Draw) -> None:
    _any(root, draw).text = _value(root, draw)


def _add(root: etree._Element, draw: Draw) -> None:
    parent = _any(root, draw)
    fresh = etree.SubElement(parent, _tag(root, draw))
    parent.insert(draw(st.integers(0, len(parent))), fresh)
    for name in draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=3, unique=True)):
        fresh.set(name, _value(root, draw))
    if draw(st.booleans()):
        fresh.text = _value(root, draw)


CHANGES: tuple[Change, ...] = (
    _delete, _repeat, _move, _rename, _drop_attribute, _set_attribute, _set_attribute, _swap, _set_text, _add, _add,
)  # fmt: skip


def _written(draw: Draw, root: etree._Element) -> bytes:
    writer: Any = etree.tostring  # the stubs take the name of an encoding for a promise of text
    data: bytes = writer(root, xml_declaration=True, encoding=draw(st.sampled_from(CODECS)))
    return draw(_spoiled(data)) if draw(st.integers(0, 9)) == 0 else data


@st.composite
def _spoiled(draw: Draw, data: bytes) -> bytes:
    """Bytes cut off, put in, or said to be in another encoding."""
    at = draw(st.integers(0, len(data)))
    return draw(
        st.sampled_from(
            [
                data[:at],
                data[:at] + draw(st.binary(min_size=1, max_size=4)) + data[at:],
                data[:at] + draw(st.binary(min_size=1, max_size=2)) + data[at + 2 :],
                data.replace(b"UTF-8", draw(st.sampled_from([b"GBK", b"UTF-16", b"EBCDIC", b"x"])), 1),
                b"\xef\xbb\xbf" + data,
            ]
        )
    )


@st.composite
def changed_files(draw: Draw) -> Mapping[str, bytes]:
    """The files of a diagram that runs, one of them with some changes; more often a small one than a real one."""
    files = BASES[draw(st.sampled_from(SMALL) | st.sampled_from(SMALL) | st.sampled_from(sorted(BASES)))]
    file = draw(st.sampled_from(sorted(files)))
    root = read_xml(files[file], file)
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=5)):
        change(root, draw)
    return {**files, file: _written(draw, root)}


@st.composite
def random_files(draw: Draw) -> Mapping[str, bytes]:
    """A tree of BPMN's words; often with a start event, a process that is executable, and references that exist."""
    root = etree.Element(bpmn("definitions"), {"targetNamespace": "t"}, {"b": BPMN})
    process = etree.SubElement(root, bpmn("process"), {"id": "p", "isExecutable": "true"})
    nodes = [root, process]
    if draw(st.booleans()):
        nodes.append(etree.SubElement(process, bpmn("startEvent"), {"id": "s"}))
    for _ in range(draw(st.integers(1, 14))):
        parent = draw(st.sampled_from([process, process, *nodes]))
        element = etree.SubElement(parent, bpmn(draw(st.sampled_from(TAGS))))
        _describe(draw, element)
        nodes.append(element)
    return {"p.bpmn": _written(draw, root)}


def _describe(draw: Draw, element: etree._Element) -> None:
    values = st.sampled_from(IDS) | st.sampled_from(VALUES)
    if element.tag == bpmn("sequenceFlow"):
        element.set("sourceRef", draw(st.sampled_from(IDS)))
        element.set("targetRef", draw(st.sampled_from(IDS)))
    else:
        element.set("id", draw(st.sampled_from(IDS)))
    for name in draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2, unique=True)):
        element.set(name, draw(values))
    if draw(st.integers(0, 2)) == 0:
        element.text = draw(values)


Node = Callable[[str], str]
"""The text of a node with this id."""

CATCHES: tuple[str, ...] = (
    message("m"), signal("go"), timer(duration="PT1H"), timer(cycle="R3/PT10M"), timer(date="2026-03-02"),
    condition("n > 3"),
)  # fmt: skip
RAISED: tuple[str, ...] = (error_event("no"), error_event(), escalation("up"), escalation(), compensation())
THROWS: tuple[str, ...] = (message("m"), signal("go"), escalation("up"), compensation(), compensation(wait=False))
ENDS: tuple[str, ...] = ("", "", *THROWS, error_event("no"), terminate())
TEXTS = ("n > 1", "n > 5", "n < 3", "ready", "not ready")
LOOPS: tuple[str, ...] = (
    cardinality_loop("2"), cardinality_loop("n", sequential=True), cardinality_loop("3", until="ready"),
    standard_loop("n < 4", loopMaximum="3"), standard_loop(testBefore="true", loopMaximum="2"),
)  # fmt: skip
PLAIN: tuple[Node, ...] = (
    users, users, users, throw, parallel, parallel,
    lambda name: task("task", name),
    lambda name: script(name, "n = n + 1"),
    lambda name: complex_gateway(name, "activationCount >= 1"),
    lambda name: receive(name, "m"),
    lambda name: send(name, "m"),
    lambda name: service(name),
    lambda name: task("userTask", name, startQuantity="2"),
    lambda name: task("userTask", name, completionQuantity="2"),
)  # fmt: skip
CHOOSING: tuple[Callable[[str, str], str], ...] = (exclusive, inclusive, inclusive)
DECIDING = ("<b:userTask", "<b:task", "<b:exclusive", "<b:inclusive")
"""What may have conditions on its flows."""
HOSTS = ("<b:userTask", "<b:task", "<b:scriptTask", "<b:serviceTask", "<b:receiveTask", "<b:sub", "<b:transaction")


@st.composite
def _node(draw: Draw, name: str, following: str, depth: int) -> str:
    match draw(st.integers(0, 9 if depth else 7)):
        case 0 | 1 | 2:
            return draw(st.sampled_from(PLAIN))(name)
        case 3:
            return draw(st.sampled_from(CHOOSING))(name, f"{name}-{following}")
        case 4:
            return catch(name, draw(st.sampled_from(CATCHES)))
        case 5:
            return throw(name, draw(st.sampled_from(THROWS)))
        case 6 | 7:
            return task("userTask", name, draw(st.sampled_from(LOOPS)))
        case 8:
            return transaction(name, *draw(_scope(f"{name}_", depth - 1, cancels=True)))
        case _:
            loop = draw(st.sampled_from(("", "", *LOOPS)))
            return sub(name, loop, *draw(_scope(f"{name}_", depth - 1)))


@st.composite
def _scope(draw: Draw, prefix: str, depth: int, cancels: bool = False) -> list[str]:
    """A start, some nodes in a row with flows to and fro, boundary events, an end, perhaps an event sub-process."""
    names = [f"{prefix}{letter}" for letter in "abcdf"[: draw(st.integers(1, 5 if depth else 3))]]
    first, last = f"{prefix}s", f"{prefix}e"
    row = [*names, last]
    nodes = {name: draw(_node(name, following, depth)) for name, following in zip(names, row[1:], strict=True)}
    ends = (*ENDS, cancel()) if cancels else ENDS
    parts = [start(first), end(last, draw(st.sampled_from(ends))), *nodes.values(), flow(first, names[0])]
    parts += [flow(source, target) for source, target in zip(names, row[1:], strict=True)]
    parts += [draw(_extra_flow(nodes, row, str(number))) for number in range(draw(st.integers(0, 3)))]
    for name, text in nodes.items():
        if text.startswith(HOSTS) and draw(st.booleans()):
            parts += draw(_on(name, row))
    if depth and draw(st.integers(0, 3)) == 0:
        parts.append(draw(_event_sub_process(prefix)))
    return parts


@st.composite
def _extra_flow(draw: Draw, nodes: Mapping[str, str], row: Sequence[str], label: str) -> str:
    """A flow beside the row, forwards or back; with a condition where one is possible."""
    source = draw(st.sampled_from(row[:-1]))
    text = draw(st.sampled_from(TEXTS)) if nodes[source].startswith(DECIDING) else ""
    return flow(source, draw(st.sampled_from(row)), text, f"{source}-{label}")


@st.composite
def _on(draw: Draw, host: str, row: Sequence[str]) -> list[str]:
    """A boundary event."""
    name, event = f"{host}_on", draw(st.sampled_from((*CATCHES, *RAISED)))
    if "compensate" in event:
        handler = f"{host}_undo"
        undo = task("userTask", handler, isForCompensation="true")
        return [boundary(name, host, event), undo, association(name, handler)]
    free = draw(st.booleans()) and "errorEvent" not in event
    return [boundary(name, host, event, interrupting=not free), flow(name, draw(st.sampled_from(row)))]


@st.composite
def _event_sub_process(draw: Draw, prefix: str) -> str:
    event = draw(st.sampled_from((*CATCHES, *RAISED)))
    free = draw(st.booleans()) and not any(word in event for word in ("errorEvent", "compensateEvent"))
    first, inside, last = f"{prefix}xs", f"{prefix}x", f"{prefix}xe"
    parts = start(first, event, interrupting=not free) + users(inside) + end(last, draw(st.sampled_from(ENDS)))
    return event_sub(f"{prefix}ev", parts, flow(first, inside), flow(inside, last))


@st.composite
def random_flows(draw: Draw) -> Mapping[str, bytes]:
    """A diagram of the BPMN schema whose nodes are connected at random: many of them run."""
    return {"p.bpmn": drawing(*draw(_scope("", 2)))}
