"""A script task has not exactly one script, or one that does more than assign values."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.rules.model import Diagram, Problem, kind_of, text_of
from engine.diagram.script import compile_script
from engine.diagram.xml import bpmn
from engine.errors import DiagramError

SECTION = "10.3.3"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Script tasks and called global script tasks."""
    tasks = [node.element for node in diagram.of("scriptTask")]
    tasks += [task for task in diagram.global_tasks if kind_of(task) == "globalScriptTask"]
    for task in tasks:
        yield from _script(task)


def _script(task: etree._Element) -> Iterator[Problem]:
    scripts = task.findall(bpmn("script"))
    if len(scripts) != 1:
        yield Problem(
            task, f"应有一个脚本,现有 {len(scripts)} 个", f"expected one script, found {len(scripts)}",
            "write one bpmn:script of lines name = expression",
        )  # fmt: skip
    for script in scripts:
        try:
            compile_script(text_of(script))
        except DiagramError as error:
            yield Problem(task, error.message_zh, error.message_en, "write lines of the form name = expression")
