"""A joint visit covers a step that something else stands for too, or is more than one task of a person, done once."""

from collections.abc import Iterator

from engine.diagram.extension import TASKS
from engine.diagram.joint import covered_by
from engine.diagram.rules.model import LOOPS, Diagram, Node, Problem
from engine.diagram.xml import BL

SECTION = "-"

_DATA = ("ioSpecification", "dataInputAssociation", "dataOutputAssociation")


def check(diagram: Diagram) -> Iterator[Problem]:
    """Each covered step runs as a task of its own, with that id; everything else it is comes from its item."""
    if not diagram.around.product:
        return
    seen: set[str] = set()
    for told in diagram.root.iter(f"{{{BL}}}covers"):
        holder = told.getparent()
        task = holder.getparent() if holder is not None else None
        if task is None or task.tag not in TASKS:
            yield Problem(
                told if task is None else task, "只有用户任务可以是联合环节（bl:covers）",
                "only a user task can be a joint visit (bl:covers)", "draw a user task",
            )  # fmt: skip
            continue
        step = told.get("ref", "")
        if not step:
            yield Problem(task, "bl:covers 缺少 ref", "bl:covers lacks its ref", "name the step it stands for")
        elif step in seen or step in diagram.by_id:
            yield Problem(
                task, f"环节 {step} 画了两次：联合环节已包含它",
                f"the step {step} is drawn twice: the joint visit stands for it", "draw it once",
            )  # fmt: skip
        seen.add(step)
    for node in diagram.of("userTask", "manualTask"):
        if covered_by(node.element) and _has_its_own(node):
            yield Problem(
                node.element, "联合环节不能循环，没有自己的数据和审批人：这些属于它所包含的环节",
                "a joint visit is not repeated and has no data or approvers of its own: its steps have",
                "remove them, or draw the steps themselves",
            )  # fmt: skip


def _has_its_own(task: Node) -> bool:
    return bool(task.children(*LOOPS, *_DATA)) or next(task.element.iter(f"{{{BL}}}approvers"), None) is not None
