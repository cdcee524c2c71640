"""``binglian simulate`` as people type it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main

ROOT = Path(__file__).parents[2]
STAFF = """schema = 1
[staff]
medins = 1
[durations.default]
kind = "triangular"
low = 0.2
mode = 0.5
high = 1.3
[rates]
refuse = 0.2
"""
PLAIN = ("--cases", "4", "--seed", "1")


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    """A staff file."""
    path = tmp_path / "staff.toml"
    path.write_text(STAFF, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    """The command with its output."""
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


def test_a_seed_gives_the_same_document_in_every_process(staff: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "cli",
        "simulate",
        "B13",
        "FOOD",
        "--cases",
        "6",
        "--seed",
        "9",
        "--staff",
        str(staff),
    ]
    said = {
        subprocess.run(
            [*command, "--json"], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    document = json.loads(said.pop())
    assert document["parallel"]["days"]["cases"] == 6
    assert document["bottleneck"]["department"] == "medins"
    assert [more["department"] for more in document["one_more"]] == ["medins"]


def test_it_is_one_json_document_with_what_the_manual_names(staff: Path) -> None:
    result = run("B13", *PLAIN, "--staff", staff, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    manual = (ROOT / "docs" / "simulation.md").read_text(encoding="utf-8")
    for names in (document, document["parallel"], document["parallel"]["pools"][0], document["parallel"]["days"]):
        assert {name for name in names if f"`{name}`" not in manual} <= {"department", "role"}
    assert document["plans"]["B13"] == {"critical_path_days": 5, "serial_days": 10}


def test_it_tells_people_what_they_asked() -> None:
    result = run("B13", *PLAIN, "--no-serial")
    assert result.exit_code == 0, result.output
    assert "并行 parallel: p10 5.0, p50 5.0" in result.stdout
    assert "serial: p10" not in result.stdout
    assert "cases per second" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["NOWHERE", *PLAIN], "NOWHERE"),
        (["B13", "--cases", "0", "--seed", "1"], "--cases"),
        (["B13", *PLAIN, "--per-day", "nan"], "--per-day"),
        (["B13", *PLAIN, "--per-day", "0"], "--per-day"),
        (["B13", *PLAIN, "--from", "tomorrow"], "--from"),
        (["B13", *PLAIN, "--from", "2299-12-31"], "2300"),
        (["B13", *PLAIN, "--staff", "nowhere.toml"], "nowhere.toml"),
        (["B13", *PLAIN, "--history", "sqlite:///nowhere.db"], "--history sqlite"),
        (["B13", *PLAIN, "--calendar", "nowhere"], "nowhere.toml"),
    ],
)
def test_wrong_arguments_are_one_document_and_exit_2(arguments: list[str], where: str) -> None:
    result = run(*arguments, "--json")
    assert result.exit_code == 2, result.output
    assert json.loads(result.stdout)["error"]["where"] == where
