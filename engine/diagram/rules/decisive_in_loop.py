"""A step that decides an item, or yields its result, can be reached again: an item is decided once."""

from collections.abc import Iterator

from engine.diagram.rules.model import LOOPS, Diagram, Node, Problem
from engine.diagram.xml import BL

SECTION = "-"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Steps of our cases on a way back to themselves, in a loop, or inside one."""
    if not diagram.around.product:
        return
    looped = {node.element for node in diagram.nodes if node.children(*LOOPS)}
    for scope in diagram.scopes:
        inside = any(element in looped for element in (scope.element, *scope.element.iterancestors()))
        following = {node: _following(node) for node in scope.nodes}
        near = _peeled(_peeled(set(scope.nodes), following), _reversed(following))
        looped |= {node.element for node in near if inside or _returns(node, near, following)}
        for node in scope.nodes:
            if _decides(node) and (inside or node.element in looped):
                yield Problem(
                    node.element, "决定事项或产出结果的环节不能在循环中：事项只决定一次",
                    "a step that decides an item or yields its result cannot stand in a loop: an item is decided once",
                    "lead the loop through steps before it",
                )  # fmt: skip


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


def _decides(node: Node) -> bool:
    if node.kind not in {"userTask", "manualTask"}:
        return False
    step = next(node.element.iter(f"{{{BL}}}step"), None)
    decisive = step is not None and step.get("decisive") == "true"
    return decisive or next(node.element.iter(f"{{{BL}}}yields"), None) is not None


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
