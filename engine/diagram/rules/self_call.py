"""A process of ours calls itself, directly or through others: how often its steps are opened could not be told."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.diagram.calls import called_by, with_called
from engine.diagram.rules.model import Diagram, Problem

SECTION = "-"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Call activities that lead back to the process they are in."""
    known: Mapping[str, etree._Element] = diagram.around.callable
    for node in diagram.of("callActivity") if diagram.around.product else ():
        called = called_by(node.element, known)
        if called is not None and any(outer in with_called([called], known) for outer in node.element.iterancestors()):
            yield Problem(
                node.element, "流程调用了自己", "the process calls itself", "draw a way back inside the process",
            )  # fmt: skip
