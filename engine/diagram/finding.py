"""What a checker says: one problem, its place, and what to do instead."""

from dataclasses import asdict, dataclass


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
