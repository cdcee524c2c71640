"""``binglian parallelize`` as people type it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from engine.diagram.lint import lint
from engine.diagram.xml import bpmn, read_definitions
from engine.settings import default_processes

SERIAL = Path(__file__).parents[1] / "unit" / "serial.bpmn"


def run(*arguments: object) -> Result:
    """The command with its output."""
    return CliRunner().invoke(main, ["parallelize", *map(str, arguments)])


def figures(*arguments: object) -> dict[str, Any]:
    """The document it prints, which must be the only thing."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_a_code_gives_the_figures_and_the_proof() -> None:
    found = figures("B02")
    assert (found["serial_days"], found["critical_path_days"], found["joint_visit_days"]) == (30, 13, 10)
    assert found["proof"]["sound"] is True
    assert found["proof"]["language_equal"] is True
    assert found["proof"]["write_conflicts"] == []


def test_the_folder_of_a_bundle_is_the_same_as_its_code() -> None:
    assert figures(default_processes() / "B13") == figures("B13")


@pytest.mark.parametrize("flags", [(), ("--relaxed",), ("--joint-visits",), ("--regime", "commit")])
def test_the_diagram_that_is_written_passes_the_check(flags: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "out.bpmn"
    result = run("B02", *flags, "-o", out)
    assert result.exit_code == 0, result.output
    assert lint(out.read_bytes(), "out.bpmn") == []


def test_relaxed_orders_are_needed_only_before_the_last_step(tmp_path: Path) -> None:
    result = run("B02", "--relaxed", "-o", tmp_path / "r.bpmn")
    assert "成立 holds" in result.output
    tasks = read_definitions((tmp_path / "r.bpmn").read_bytes(), "r").iter(bpmn("userTask"))
    assert sum(1 for _ in tasks) == sum(1 for _ in read_definitions(
        (default_processes() / "B02" / "process.bpmn").read_bytes(), "p"
    ).iter(bpmn("userTask")))  # fmt: skip


def test_a_joint_visit_replaces_the_visits_it_stands_for(tmp_path: Path) -> None:
    run("B02", "--joint-visits", "-o", tmp_path / "j.bpmn")
    names = {
        task.get("id") for task in read_definitions((tmp_path / "j.bpmn").read_bytes(), "j").iter(bpmn("userTask"))
    }
    assert "FOOD.site" not in names


def test_a_serial_file_is_told_why_orders_stay() -> None:
    found = figures(SERIAL)
    assert found["code"] == "serial"
    assert found["series_parallel"] is True
    assert {(o["before"], o["after"]) for o in found["kept_orders"]} >= {("register", "review"), ("review", "issue")}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["NOWHERE"], "parallelize.source"),
        ([SERIAL.parent], "parallelize.source"),
        ([SERIAL, "--relaxed"], "parallelize.file"),
        (["B02", "--regime", "none"], "precedence.no_regime"),
        (["B02", "--phase-gates"], "precedence.no_regime"),
        (["B02", "--phase-gates", "--regime", "commit"], "parallelize.regime"),
        (["B02", "-o", "/nowhere/at/all.bpmn"], "parallelize.output"),
    ],
)
def test_wrong_arguments_are_one_document_and_exit_2(arguments: list[object], code: str) -> None:
    result = run(*arguments, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == code
