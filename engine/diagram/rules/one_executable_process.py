"""Which process is to run is not clear: none or several are executable, or the one asked for is not."""

from collections.abc import Sequence

from lxml import etree

from engine.diagram.rules.model import Problem

SECTION = "10.2"
HINT = 'set isExecutable="true" on the process to run'


def problem(place: etree._Element, executable: Sequence[etree._Element], wanted: str | None) -> Problem | None:
    """What is wrong with the choice of a process, told at ``place`` when there is no process to point at."""
    ids = [process.get("id", "") for process in executable]
    listed = ", ".join(ids) or "-"
    if wanted is not None:
        if wanted in ids:
            return None
        return Problem(
            place, f"没有可执行流程 {wanted},现有:{listed}",
            f"there is no executable process {wanted}; there are: {listed}", HINT,
        )  # fmt: skip
    if len(ids) == 1:
        return None
    return Problem(
        executable[1] if ids else place, f"应有一个可执行流程,现有 {len(ids)} 个:{listed}",
        f"expected one executable process, found {len(ids)}: {listed}",
        HINT if not ids else "name the process to run, or make the others not executable",
    )  # fmt: skip
