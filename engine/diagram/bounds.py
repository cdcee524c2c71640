"""How large a diagram may be that an installation deploys (docs/configuration.md)."""

from dataclasses import dataclass

from engine.diagram.xml import BPMN, line_of, local_name, read_definitions
from engine.errors import LimitExceeded

EXPRESSIONS = frozenset(
    {
        "conditionExpression", "condition", "loopCondition", "loopCardinality", "completionCondition",
        "activationCondition", "timeDate", "timeDuration", "timeCycle", "script", "transformation", "from", "to",
    }
)  # fmt: skip


@dataclass(frozen=True)
class DiagramBounds:
    """``elements``: BPMN elements of one file without its drawing; ``expression``: characters of one expression."""

    elements: int
    expression: int


def refuse_too_large(data: bytes, file: str, bounds: DiagramBounds) -> None:
    """Raises LimitExceeded with file and line when a diagram passes one of the bounds."""
    count = 0
    for element in read_definitions(data, file).iter(f"{{{BPMN}}}*"):
        count += 1
        if local_name(element) in EXPRESSIONS and len(element.text or "") > bounds.expression:
            raise LimitExceeded(
                "diagram.expression_length", f"表达式超过 {bounds.expression} 个字符",
                f"an expression has more than {bounds.expression} characters", f"{file}:{line_of(element)}",
            )  # fmt: skip
    if count > bounds.elements:
        raise LimitExceeded(
            "diagram.elements", f"流程图有 {count} 个元素,超过 {bounds.elements} 个",
            f"the diagram has {count} elements, more than {bounds.elements}", file,
        )  # fmt: skip
