"""The oracle: after any random sequence of acts a case is right.

Each seed is a test of its own, so a long run shows how far it is, and goes on where it stopped:
``pytest --long "tests/oracle/test_oracle.py::test_after_any_acts_a_case_is_right[seed137]"``. A run that fails prints
what everybody did, in words: the shortest such story that was found.
"""

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.oracle.machine import Office
from tests.rounds import tier_of

RUNS, ACTS = 50, 44
"""Runs of a seed, acts of a run (an act that is refused counts)."""
SEEDS = {"normal": 4, "sample": 8, "long": 200}

pytestmark = pytest.mark.rounds


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each seed, so that they can be repeated, and shared between processes."""
    if "number" in metafunc.fixturenames:
        count = SEEDS[tier_of(metafunc.config)]
        metafunc.parametrize("number", range(count), ids=[f"seed{number}" for number in range(count)])


def test_after_any_acts_a_case_is_right(number: int) -> None:
    Office.settle_in()
    chosen = settings(max_examples=RUNS, stateful_step_count=ACTS, report_multiple_bugs=False)
    run_state_machine_as_test(seed(number)(type(f"Office{number}", (Office,), {})), settings=chosen)
