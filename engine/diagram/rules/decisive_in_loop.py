"""A step that decides an item, or yields its result, can be reached again: an item is decided once."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.diagram.calls import called_by
from engine.diagram.rules.model import LOOPS, Diagram, Node, Problem, kind_of
from engine.diagram.xml import BL

SECTION = "-"

PERSONS = frozenset({"userTask", "manualTask", "globalUserTask", "globalManualTask"})


def check(diagram: Diagram) -> Iterator[Problem]:
    """Steps of our cases on a way back to themselves, in a loop, or inside one; what is called may be inside too."""
    if not diagram.around.product:
        return
    looped = {node.element for node in diagram.nodes if node.children(*LOOPS) or _again(node)}
    for scope in diagram.scopes:
        following = {node: _following(node) for node in scope.nodes}
        near = _peeled(_peeled(set(scope.nodes), following), _reversed(following))
        inside = any(element in looped for element in (scope.element, *scope.element.iterancestors()))
        looped |= {node.element for node in near if inside or _returns(node, near, following)}
    repeated = Repeated(diagram, looped)
    several = Repeated(diagram, {n.element for n in diagram.nodes if n.children("multiInstanceLoopCharacteristics")})
    for node in diagram.nodes:
        step = _step(node, diagram.around.callable)
        if step is not None and decides(step) and node.element in repeated:
            yield Problem(
                node.element, "决定事项或产出结果的环节不能在循环中：事项只决定一次",
                "a step that decides an item or yields its result cannot stand in a loop: an item is decided once",
                "lead the loop through steps before it",
            )  # fmt: skip
        elif step is not None and ends_the_case(step) and node.element in several:
            yield Problem(
                node.element, "牵头决定和送达环节不能有多个实例：办件只决定、送达一次",
                "the lead's decision and the delivery cannot have several instances: a case is decided once",
                "let the instances review, and one step after them decide",
            )  # fmt: skip


class Repeated:
    """The elements that run more than once: the given ones, what is inside them, what they call, and what is called
    at two places."""

    def __init__(self, diagram: Diagram, elements: set[etree._Element], *, at_two_places: bool = True) -> None:
        self._elements, self._at_two_places = elements, at_two_places
        self._calls: dict[etree._Element, list[etree._Element]] = {}
        for node in diagram.of("callActivity"):
            called = called_by(node.element, diagram.around.callable)
            if called is not None:
                self._calls.setdefault(called, []).append(node.element)

    def __contains__(self, element: etree._Element) -> bool:
        seen: set[etree._Element] = set()
        waiting = [element]
        while waiting:
            around = [(one := waiting.pop()), *one.iterancestors()]
            if any(outer in self._elements for outer in around):
                return True
            calls = [call for outer in around for call in self._calls.get(outer, ())]
            if self._at_two_places and len(calls) > 1:
                return True
            waiting += [call for call in calls if call not in seen]
            seen.update(calls)
        return False


def _again(node: Node) -> bool:
    """Whether what is inside an ad-hoc sub-process may be done again and again."""
    return node.kind == "adHocSubProcess" and bool(node.children("completionCondition"))


def _returns(start: Node, near: set[Node], following: dict[Node, list[Node]]) -> bool:
    """Whether a way leads from a node back to it; ``near`` are the only nodes it can lead through."""
    seen, stack = set(), [start]
    while stack:
        for node in following[stack.pop()]:
            if node is start:
                return True
            if node in near and node not in seen:
                seen.add(node)
                stack.append(node)
    return False


def _step(node: Node, known: Mapping[str, etree._Element]) -> etree._Element | None:
    """What says ``bl:step``: a task of a person, or the global one that is called."""
    called = called_by(node.element, known) if node.kind == "callActivity" else node.element
    return called if called is not None and kind_of(called) in PERSONS else None


def decides(task: etree._Element) -> bool:
    """Whether what a person does decides an item, or yields its result."""
    step = next(task.iter(f"{{{BL}}}step"), None)
    decisive = step is not None and step.get("decisive") == "true"
    return decisive or next(task.iter(f"{{{BL}}}yields"), None) is not None


def ends_the_case(task: etree._Element) -> bool:
    """Whether it is the lead's decision or the delivery."""
    step = next(task.iter(f"{{{BL}}}step"), None)
    return step is not None and step.get("act") in {"lead_decide", "deliver"}


def _following(node: Node) -> list[Node]:
    flows = [*node.outgoing, *(flow for event in node.attached for flow in event.outgoing)]
    return [flow.target for flow in flows if flow.target is not None and flow.target.scope is node.scope]


def _reversed(following: dict[Node, list[Node]]) -> dict[Node, list[Node]]:
    back: dict[Node, list[Node]] = {node: [] for node in following}
    for node, targets in following.items():
        for target in targets:
            back[target].append(node)
    return back


def _peeled(nodes: set[Node], following: dict[Node, list[Node]]) -> set[Node]:
    """What is left when nodes that nothing left leads to are taken away, again and again."""
    entering = dict.fromkeys(nodes, 0)
    for node in nodes:
        for target in following[node]:
            if target in nodes:
                entering[target] += 1
    free = [node for node, count in entering.items() if not count]
    for node in free:
        for target in following[node]:
            if target in nodes:
                entering[target] -= 1
                if not entering[target]:
                    free.append(target)
    return nodes - set(free)
