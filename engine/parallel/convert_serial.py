"""Reads a BPMN diagram that is drawn in sequence: its units, their order, what is to be kept of it.

A unit is a task, an event, a sub-process, or a choice, loop or parallel block with one way in and one way out. A choice
may also end everything (a terminate end event); any other way out in the middle is refused, because a branch that ends
alone would leave the others waiting.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.diagram.soundness_events import has_definition
from engine.diagram.soundness_read import is_flow_node, is_node
from engine.diagram.xml import BL, bpmn, local_name, place, read_definitions, schema_errors
from engine.errors import DiagramError
from engine.parallel.convert_chart import Unit
from engine.parallel.convert_drawing import reading_order
from engine.parallel.convert_needs import declared, orders_of
from engine.parallel.convert_parts import Parts
from engine.parallel.convert_units import Piece, pieces
from engine.parallel.order import PrecedenceGraph

MOST_UNITS = 3000
"""Units of one diagram; every two of them are compared."""

_QUIET = ("Gateway",)


def read_serial(data: bytes, file: str) -> tuple[Parts, PrecedenceGraph]:
    """The parts of a serial diagram and the orders between its units that have to stay.

    DiagramError with the place: not BPMN, several processes, no single start or end, a way out in the middle, nodes
    that are not reached, what reacts to the whole process (event sub-processes, compensation, links, messages between
    pools), a need that is yielded only later.
    """
    root = read_definitions(data, file)
    for line, message in schema_errors(root):
        raise DiagramError(
            "diagram.schema", f"不符合 BPMN 2.0 模式:{message}", f"not BPMN 2.0: {message}", f"{file}:{line}"
        )
    process = _only_process(root, file)
    nodes = {e.get("id", ""): e for e in process if is_flow_node(e)}
    _refuse_unusual(root, nodes, file)
    flows = _flows(process, nodes, file)
    start, end = _start(process, nodes, flows, file), _end(process, nodes, file)
    order = reading_order(nodes, flows.values())
    order = [start, *(identity for identity in order if identity != start)]
    pairs = [(flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in flows.values()]
    pairs += [(e.get("attachedToRef", ""), i) for i, e in nodes.items() if local_name(e) == "boundaryEvent"]
    _refuse_stuck(order, pairs, start, end, nodes, file)
    found = _gathered(pieces(order, pairs, start, end), nodes, start, end, file)
    return _put_together(_Drawn(file, root, process, nodes, flows), found, (start, end))


def _refuse(code: str, zh: str, en: str, where: str) -> DiagramError:
    return DiagramError(f"parallel.{code}", zh, en, where)


def _only_process(root: etree._Element, file: str) -> etree._Element:
    found = [p for p in root.iterfind(bpmn("process")) if any(map(is_flow_node, p))]
    if len(found) != 1:
        raise _refuse(
            "one_process", f"文件中应有且只有一个流程,现有 {len(found)} 个",
            f"the file must have exactly one process with content, it has {len(found)}", file,
        )  # fmt: skip
    return found[0]


def _refuse_unusual(root: etree._Element, nodes: Mapping[str, etree._Element], file: str) -> None:
    message = next(root.iter(bpmn("messageFlow")), None)
    if message is not None:
        raise _refuse(
            "message_flow", "有跨泳池的消息流,换序后消息的先后不再成立",
            "there are message flows between pools; in another order they would no longer fit", place(file, message),
        )  # fmt: skip
    for node in nodes.values():
        if has_definition(node, "linkEventDefinition"):
            raise _refuse(
                "link_event",
                "请用顺序流代替链接事件",
                "draw a sequence flow instead of the link event",
                place(file, node),
            )
        if not is_node(node):
            raise _refuse(
                "whole_process", "事件子流程和补偿作用于整个流程,不能放进某一分支",
                "event sub-processes and compensation react to the whole process and fit into no branch",
                place(file, node),
            )  # fmt: skip


def _flows(process: etree._Element, nodes: Mapping[str, etree._Element], file: str) -> dict[str, etree._Element]:
    flows: dict[str, etree._Element] = {}
    for flow in process.iterfind(bpmn("sequenceFlow")):
        if not {flow.get("sourceRef"), flow.get("targetRef")} <= nodes.keys():
            raise _refuse(
                "loose_flow",
                "顺序流的一端不在流程中",
                "an end of this sequence flow is not in the process",
                place(file, flow),
            )
        flows[flow.get("id", "")] = flow
    return flows


def _start(
    process: etree._Element, nodes: Mapping[str, etree._Element], flows: Mapping[str, etree._Element], file: str
) -> str:
    starts = [e for e in nodes.values() if local_name(e) == "startEvent"]
    if len(starts) != 1:
        raise _refuse(
            "one_start", f"应有且只有一个开始事件,现有 {len(starts)} 个",
            f"there must be exactly one start event, there are {len(starts)}",
            place(file, starts[1] if starts else process),
        )  # fmt: skip
    entered = {flow.get("targetRef") for flow in flows.values()}
    for identity, node in nodes.items():
        if identity not in entered and node is not starts[0] and local_name(node) != "boundaryEvent":
            raise _refuse("not_reached", "没有流通向这里", "no flow leads here", place(file, node))
    return starts[0].get("id", "")


def _end(process: etree._Element, nodes: Mapping[str, etree._Element], file: str) -> str:
    ends = [e for e in nodes.values() if local_name(e) == "endEvent"]
    plain = [e for e in ends if not has_definition(e, "terminateEventDefinition")] or ends
    if len(plain) != 1:
        raise _refuse(
            "one_end",
            f"应有且只有一个结束,现有 {len(plain)} 个;中途结束的分支会让其他分支一直等待。"
            "中途终止整件的,请画成终止结束事件",
            f"there must be exactly one end, there are {len(plain)}: a branch that ends in the middle would leave the "
            "others waiting. What is to end the whole case is drawn as a terminate end event",
            place(file, plain[1] if plain else process),
        )  # fmt: skip
    return plain[0].get("id", "")


def _refuse_stuck(
    order: Iterable[str], pairs: Iterable[tuple[str, str]], start: str, end: str,
    nodes: Mapping[str, etree._Element], file: str,
) -> None:  # fmt: skip
    """Everything is reached from the start and leads to an end."""
    onward: dict[str, list[str]] = {}
    back: dict[str, list[str]] = {}
    for source, target in pairs:
        onward.setdefault(source, []).append(target)
        back.setdefault(target, []).append(source)
    reached = _reached([start], onward)
    ends = [i for i, e in nodes.items() if local_name(e) == "endEvent"]
    leading = _reached(ends, back)
    for identity in order:
        if identity not in reached:
            raise _refuse(
                "not_reached", "从开始到不了这里", "the start does not lead here", place(file, nodes[identity])
            )
        if identity not in leading:
            raise _refuse(
                "dead_end", "从这里到不了结束", "no way leads from here to the end", place(file, nodes[identity])
            )
    if end not in reached:
        raise _refuse("not_reached", "从开始到不了这里", "the start does not lead here", place(file, nodes[end]))


def _reached(starts: Iterable[str], follow: Mapping[str, list[str]]) -> set[str]:
    stack = list(starts)
    seen = set(stack)
    while stack:
        for other in follow.get(stack.pop(), ()):
            if other not in seen:
                seen.add(other)
                stack.append(other)
    return seen


def _gathered(found: list[Piece], nodes: Mapping[str, etree._Element], start: str, end: str, file: str) -> list[Piece]:
    """The pieces between start and end; one of gateways only goes with the next (the last one with that before)."""
    if found[0].nodes != (start,) or found[-1].nodes != (end,):
        where = start if found[0].nodes != (start,) else end
        raise _refuse(
            "loop_over_all", "整个流程是一个循环或选择,没有可以并行的部分",
            "the whole flow is one loop or choice; there is nothing to put side by side", place(file, nodes[where]),
        )  # fmt: skip
    gathered: list[Piece] = []
    waiting: list[Piece] = []
    for piece in found[1:-1]:
        waiting.append(piece)
        if not all(local_name(nodes[node]).endswith(_QUIET) for node in piece.nodes):
            gathered.append(_joined(waiting))
            waiting = []
    if waiting and gathered:
        waiting.insert(0, gathered.pop())
    if not gathered and not waiting:
        raise _refuse("no_steps", "流程中没有环节", "the process has no step", place(file, nodes[start]))
    return gathered if not waiting else [*gathered, _joined(waiting)]


def _joined(found: list[Piece]) -> Piece:
    return Piece(found[0].entry, found[-1].exit, tuple(node for piece in found for node in piece.nodes))


@dataclass(frozen=True)
class _Drawn:
    """The file as read; ``flows`` by id."""

    file: str
    root: etree._Element
    process: etree._Element
    nodes: Mapping[str, etree._Element]
    flows: Mapping[str, etree._Element]


def _put_together(drawn: _Drawn, found: list[Piece], ends: tuple[str, str]) -> tuple[Parts, PrecedenceGraph]:
    if len(found) > MOST_UNITS:
        raise _refuse("too_large", f"超过 {MOST_UNITS} 个环节", f"more than {MOST_UNITS} units", drawn.file)
    units = {unit.step: unit for unit in (_unit(piece, drawn.nodes) for piece in found)}
    unit_of = {node: step for step, unit in units.items() for node in unit.nodes}
    inner: list[etree._Element] = []
    leaving: dict[str, etree._Element] = {}
    said = {step: [drawn.nodes[node] for node in unit.nodes] for step, unit in units.items()}
    for flow in drawn.flows.values():
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if source in unit_of:
            said[unit_of[source]].append(flow)
        if source in unit_of and unit_of.get(target) == unit_of[source]:
            inner.append(flow)
        else:
            leaving[source] = flow
    named = {e.get("id", ""): e for e in drawn.root.iter() if isinstance(e.tag, str) and e.get("id")}
    known = [declared(step, elements, named, drawn.file) for step, elements in said.items()]
    graph = PrecedenceGraph(tuple(units), orders_of(known), {d.id: (d.name, d.name) for d in known})
    parts = Parts(
        file=drawn.file,
        root=drawn.root,
        process=drawn.process,
        nodes=drawn.nodes,
        units=units,
        ends=ends,
        inner=tuple(inner),
        leaving=leaving,
        lanes=_lanes(drawn.process, units, drawn.nodes),
    )
    return parts, graph


def _unit(piece: Piece, nodes: Mapping[str, etree._Element]) -> Unit:
    """A unit is called like its first activity."""
    activities = (node for node in piece.nodes if not local_name(nodes[node]).endswith(("Gateway", "Event")))
    return Unit(next(activities, piece.nodes[0]), piece.entry, piece.exit, piece.nodes)


def _lanes(
    process: etree._Element, units: Mapping[str, Unit], nodes: Mapping[str, etree._Element]
) -> dict[str, tuple[str, str]]:
    """Step → its department, or the lane it is drawn in; steps without either make lanes impossible."""
    drawn = {
        (ref.text or "").strip(): lane.get("name") or lane.get("id") or ""
        for lane in process.iter(bpmn("lane"))
        for ref in lane.iterchildren(bpmn("flowNodeRef"))
    }
    found: dict[str, tuple[str, str]] = {}
    for step, unit in units.items():
        names = [*_departments(nodes[n] for n in unit.nodes), *(drawn[n] for n in unit.nodes if n in drawn)]
        if names:
            found[step] = (names[0], str(drawn.get(unit.entry, names[0])))
    return found


def _departments(elements: Iterable[etree._Element]) -> Iterator[str]:
    return (
        e.get("department", "") for element in elements for e in element.iter(f"{{{BL}}}step") if e.get("department")
    )
