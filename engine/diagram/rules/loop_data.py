"""A multi-instance activity takes its items from, or collects its results in, data that is nowhere declared."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Problem, kind_of, text_of

SECTION = "10.3.8"


def check(diagram: Diagram) -> Iterator[Problem]:
    """Only told: a value of that name is used, which the run must have by then."""
    for node in diagram.nodes:
        for loop in node.children("multiInstanceLoopCharacteristics"):
            for child in loop:
                name = kind_of(child)
                if name in {"loopDataInputRef", "loopDataOutputRef"} and diagram.named(text_of(child)) is None:
                    value = f"{name}={text_of(child)}"
                    yield Problem(
                        node.element, f"{value}:没有声明这个数据,用同名的值",
                        f"{value}: no such data is declared; the value of that name is used",
                        "declare a data object with this id", "info",
                    )  # fmt: skip
