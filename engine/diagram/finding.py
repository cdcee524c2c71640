"""What a checker says: one problem, its place, and what to do instead."""

from dataclasses import asdict, dataclass

from engine.errors import DiagramError


@dataclass(frozen=True)
class Finding:
    """One problem: where it is, which rule it breaks, what to do instead."""

    file: str
    element: str
    line: int
    rule: str
    level: str
    message_zh: str
    message_en: str
    hint: str = ""

    def as_dict(self) -> dict[str, str | int]:
        """The finding as JSON."""
        return asdict(self)


def unreadable(error: DiagramError, file: str) -> Finding:
    """The finding of a file that could not be read; the error says ``file:line element``."""
    line, _, element = error.where.removeprefix(f"{file}:").partition(" ")
    number = int(line) if line.isdecimal() else 0
    return Finding(file, element, number, error.code, "error", error.message_zh, error.message_en)
