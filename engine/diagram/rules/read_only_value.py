"""A script of our cases writes a value that conditions read as the decisions: nobody's decision may be written over."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem, text_of
from engine.diagram.script import compile_script
from engine.diagram.xml import bpmn
from engine.errors import DiagramError

SECTION = "-"

READ_ONLY = frozenset({"decision"})
"""Fields of the form are read only too; an act that would write one is refused when it comes to that."""


def check(diagram: Diagram) -> Iterator[Problem]:
    """Targets of scripts."""
    if not diagram.around.product:
        return
    for node in diagram.of("scriptTask"):
        for script in node.element.findall(bpmn("script")):
            for name in _targets(text_of(script)):
                yield Problem(
                    node.element, f"脚本不能写入 {name}", f"a script cannot write {name}", "use another name",
                )  # fmt: skip


def _targets(script: str) -> list[str]:
    try:
        return [name for name in compile_script(script).targets if name in READ_ONLY]
    except DiagramError:
        return []  # told by the rule script-task
