"""The decisions of the ``.dmn`` files that belong to a diagram, and what is wrong with these files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.diagram.dmn import Decision, read_decisions
from engine.diagram.finding import Finding, unreadable
from engine.diagram.rules.duplicate_decision import twice as defined_twice
from engine.errors import DiagramError


@dataclass
class DecisionFiles:
    """Decisions by file and id; ``findings`` tell the files that cannot be read."""

    by_file: dict[str, dict[str, Decision]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> "DecisionFiles":
        """All of these files: name → content."""
        found = cls()
        for file, data in files.items():
            found.add(file, data)
        return found

    def add(self, file: str, data: bytes) -> None:
        """Reads one more file."""
        try:
            self.by_file[file] = read_decisions(data, file)
        except DiagramError as error:
            self.findings.append(unreadable(error, file))

    @property
    def decisions(self) -> dict[str, Decision]:
        """Every decision by its id, the first one of an id."""
        found: dict[str, Decision] = {}
        for decisions in self.by_file.values():
            found = {**decisions, **found}
        return found

    def twice(self) -> Iterator[Finding]:
        """The rule ``duplicate-decision``."""
        for file, identity, first in defined_twice(self.by_file):
            yield Finding(
                file, identity, 0, "duplicate-decision", "error", f"决策 {identity} 已在 {first} 中",
                f"the decision {identity} is in {first} already", "give one of them another id",
            )  # fmt: skip


def decisions_of(files: Mapping[str, bytes]) -> dict[str, Decision]:
    """The decisions of these files; DiagramError for the first thing that is wrong with them."""
    found = DecisionFiles.read(files)
    for finding in (*found.findings, *found.twice()):
        where = f"{finding.file}:{finding.line} {finding.element}"
        raise DiagramError(finding.rule, finding.message_zh, finding.message_en, where)
    return found.decisions
