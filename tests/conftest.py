"""Options, tiers and fixtures every test may use.

Three tiers: the normal one (``make test``), ``--long`` (every round, ``make test-long``) and
``--long-sample`` (about an eighth of the rounds, ``.ci/run``). Nothing is left out silently: see ``LeftOut``.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck

from engine.settings import default_processes
from tests.clock import ManualClock
from tests.needs import why_no_browser, why_no_press
from tests.rounds import Rounds, tier_of
from tests.standing import STANDING

# The machines that run this are shared, so no test is blamed for being slow. One seed repeats a run, so there
# is no database of examples.
PATIENT = hypothesis.settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
for tier, examples in {"normal": 50, "sample": 200, "long": 1000}.items():
    hypothesis.settings.register_profile(tier, PATIENT, max_examples=examples)


@dataclass
class LeftOut:
    """How many tests this run did not take, by reason."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, count: int) -> None:
        """Remember ``count`` tests; all workers collect the same ones, so the largest count stands."""
        self.counts[reason] = max(count, self.counts.get(reason, 0))


NEEDING = {"browser": why_no_browser, "pdf": why_no_press}
"""Marker → why its tests cannot run on this machine, or None."""
LEFT_OUT = pytest.StashKey[LeftOut]()


def pytest_addoption(parser: pytest.Parser) -> None:
    tiers = parser.getgroup("tiers of the tests")
    tiers.addoption("--long", action="store_true", help="all rounds, and the tests marked long")
    tiers.addoption("--long-sample", action="store_true", help="as --long, with about an eighth of the rounds")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = LeftOut()
    hypothesis.settings.load_profile(tier_of(config))


@pytest.hookimpl(tryfirst=True)  # before pytest applies -m, which may ask for the mark set here
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "rounds" in getattr(item, "fixturenames", ()):
            item.add_marker("rounds")
    if tier_of(config) == "normal":
        _leave_out(config, items, "long", "marked long; `make test-long` runs them")
    if os.environ.get("BINGLIAN_REQUIRE_ALL") != "1":
        for marker, why in NEEDING.items():
            if reason := why():
                _leave_out(config, items, marker, reason)


def _leave_out(config: pytest.Config, items: list[pytest.Item], marker: str, reason: str) -> None:
    gone = [item for item in items if item.get_closest_marker(marker)]
    if gone:
        items[:] = [item for item in items if not item.get_closest_marker(marker)]
        config.hook.pytest_deselected(items=gone)
        config.stash[LEFT_OUT].add(f"{marker} tests ({reason})", len(gone))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """With BINGLIAN_REQUIRE_ALL=1 tests that need something stay, and fail with the reason they cannot run."""
    reason = next((said for marker, why in NEEDING.items() if item.get_closest_marker(marker) and (said := why())), "")
    if reason:
        pytest.fail(f"BINGLIAN_REQUIRE_ALL=1, but {reason}", pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands what it left out to the process that prints the summary."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[LEFT_OUT].counts


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    output = getattr(node, "workeroutput", {})
    for reason, count in output.get("left_out", {}).items():
        node.config.stash[LEFT_OUT].add(reason, count)  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for reason, count in sorted(config.stash[LEFT_OUT].counts.items()):
        terminalreporter.write_line(f"LEFT OUT: {count} {reason}", yellow=True, bold=True)


@pytest.fixture
def clock() -> ManualClock:
    """Monday 2 March 2026, 09:00 in Beijing, until the test moves it."""
    return ManualClock()


@pytest.fixture(scope="session")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped processes without policies: a late step is told to its section head, once, and that is all."""
    folder = tmp_path_factory.mktemp("told-once") / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("policies.toml", "__pycache__"))
    STANDING.add(folder)
    return folder


@pytest.fixture(scope="session")
def rounds(pytestconfig: pytest.Config) -> Rounds:
    """``rounds(test=5, long=50)``: how many rounds to run in this tier."""
    return Rounds(tier_of(pytestconfig))
