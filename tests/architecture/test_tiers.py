"""What a run leaves out is said, never passed over; the tiers run what they promise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

EXAMPLES = """
import pytest

@pytest.mark.browser
def test_in_a_browser(): pass

@pytest.mark.long
def test_that_takes_minutes(rounds): assert rounds(test=2, long=17) > 2

def test_as_always(rounds): print("rounds:", rounds(test=2, long=17))
"""


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A file with one browser test, one long test and one ordinary test."""
    path = tmp_path / "test_examples.py"
    path.write_text(EXAMPLES, encoding="utf-8")
    return path


def run(examples: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Pytest with the project's conftest on ``examples``, in a process and a configuration of its own."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, "-s"]
    command += ["-p", "no:cacheprovider", "--rootdir", str(examples.parent), *options, str(examples)]
    variables = {**os.environ, "BINGLIAN_REQUIRE_ALL": "0", **environment}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_without_a_browser_its_tests_are_left_out_loudly(examples: Path, workers: str) -> None:
    done = run(examples, "-n", workers, BINGLIAN_CHROMIUM="/nowhere/chromium")
    assert done.returncode == 0, done.stdout
    assert "LEFT OUT: 1 browser tests (no Chromium" in done.stdout
    assert "LEFT OUT: 1 long tests" in done.stdout
    assert "1 passed" in done.stdout
    assert "skipped" not in done.stdout


def test_where_everything_is_required_a_missing_browser_is_a_failure(examples: Path) -> None:
    done = run(examples, BINGLIAN_CHROMIUM="/nowhere/chromium", BINGLIAN_REQUIRE_ALL="1")
    assert done.returncode == 1, done.stdout
    assert "BINGLIAN_REQUIRE_ALL=1, but no Chromium" in done.stdout


def test_with_a_browser_its_tests_run(examples: Path) -> None:
    done = run(examples, BINGLIAN_CHROMIUM=sys.executable)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    assert "browser tests" not in done.stdout


@pytest.mark.parametrize(
    ("options", "rounds"),
    [([], 2), (["--long-sample"], 3), (["--long"], 17)],
    ids=["normal", "sample", "long"],
)
def test_each_tier_has_its_number_of_rounds(examples: Path, options: list[str], rounds: int) -> None:
    done = run(examples, *options, BINGLIAN_CHROMIUM=sys.executable)
    assert done.returncode == 0, done.stdout
    assert f"rounds: {rounds}" in done.stdout
    assert ("LEFT OUT: 1 long tests" in done.stdout) == (options == [])


def test_the_tests_with_rounds_can_be_chosen(examples: Path) -> None:
    done = run(examples, "--long-sample", "-m", "rounds", BINGLIAN_CHROMIUM=sys.executable)
    assert done.returncode == 0, done.stdout
    assert "2 passed, 1 deselected" in done.stdout
