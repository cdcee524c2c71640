"""docs/spiff-suite.md lists every scenario of this package, and nothing else."""

import ast
import re
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
LIST = HERE.parent.parent / "docs" / "spiff-suite.md"
RESULTS = ("equal", "better", "different")


def rows() -> list[list[str]]:
    """The cells of every row that names a scenario."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells if "`test_" in row[1]]


def test_every_scenario_is_listed_and_every_listed_one_exists() -> None:
    files = [path for path in HERE.glob("test_*.py") if path.name != Path(__file__).name]
    here = {
        node.name
        for path in files
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    listed = [name for row in rows() for name in re.findall(r"`(test_\w+)`", row[1])]
    assert sorted(listed) == sorted(here)


def test_the_numbers_of_results_are_right() -> None:
    counted = Counter(row[2].split(":")[0] for row in rows())
    told = {
        name: int(number)
        for name, number in re.findall(r"^\| (\w+) \|.*\| (\d+) \|$", LIST.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert set(counted) <= set(RESULTS)
    assert told == {name: counted[name] for name in RESULTS}
