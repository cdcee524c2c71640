"""What an import did, or would do."""

from dataclasses import dataclass
from typing import Any

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


@dataclass(frozen=True)
class Report:
    """``states``: code of each item and bundle → new, changed or unchanged; ``files`` written, below the folder.

    ``left_out``: items of the file that no bundle uses and nobody asked for; ``written`` is False for a dry run.
    """

    states: dict[str, str]
    files: tuple[str, ...]
    left_out: tuple[str, ...]
    written: bool

    def codes(self, state: str) -> list[str]:
        """The codes in one state, in the order of the data."""
        return [code for code, found in self.states.items() if found == state]

    def as_dict(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        return {
            **{state: self.codes(state) for state in (NEW, CHANGED, UNCHANGED)},
            "files": list(self.files),
            "left_out": list(self.left_out),
            "written": self.written,
        }
