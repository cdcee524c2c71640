"""Something in our cases writes a value that conditions read as the decisions: nobody's may be written over."""

from collections.abc import Iterator

from engine.diagram.rules.business_rule import result_names
from engine.diagram.rules.model import Diagram, Problem, text_of
from engine.diagram.script import compile_script
from engine.diagram.xml import bpmn
from engine.errors import DiagramError

SECTION = "-"

READ_ONLY = frozenset({"decision"})
"""Fields of the form are read only too: ``engine/checking.py`` knows them."""

_DATA = ("dataObject", "dataObjectReference", "property", "dataInput", "dataOutput", "inputDataItem", "outputDataItem")


def check(diagram: Diagram) -> Iterator[Problem]:
    """Targets of scripts, and what decisions give."""
    if not diagram.around.product:
        return
    tasks = [*(node.element for node in diagram.of("scriptTask", "businessRuleTask")), *diagram.global_tasks]
    for task in tasks:
        for script in task.findall(bpmn("script")):
            for name in _targets(text_of(script)):
                yield Problem(
                    task, f"脚本不能写入 {name}", f"a script cannot write {name}", "use another name",
                )  # fmt: skip
    yield from _data(diagram)
    for task in tasks:
        for name in READ_ONLY.intersection(result_names(task, diagram.around.decisions)):
            yield Problem(
                task, f"决策不能写入 {name}", f"the decision cannot write {name}",
                "give its result another name: <bl:decision ref=… result=…/>",
            )  # fmt: skip


def _data(diagram: Diagram) -> Iterator[Problem]:
    """Data, items and inputs of that name would stand before the decisions."""
    for scope in diagram.scopes:
        for element in scope.element.iter(*map(bpmn, _DATA)) if scope.parent is None else ():
            for name in READ_ONLY.intersection((element.get("id"), element.get("name"))):
                yield Problem(element, f"数据不能名为 {name}", f"data cannot be called {name}", "use another name")


def _targets(script: str) -> list[str]:
    try:
        return [name for name in compile_script(script).targets if name in READ_ONLY]
    except DiagramError:
        return []  # told by the rule script-task
