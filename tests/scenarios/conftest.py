"""Every scenario runs twice: straight, and with dump and restore between all calls."""

from functools import partial

import pytest

pytest.register_assert_rewrite("tests.scenarios.runs")  # before it is imported, so that its assertions tell values

from tests.scenarios.runs import Begin, Play  # noqa: E402


@pytest.fixture(params=[False, True], ids=["straight", "restored"])
def begin(request: pytest.FixtureRequest) -> Begin:
    """``begin(drawing, **keywords of Run)`` starts a run; see ``tests/scenarios/runs.py``."""
    return partial(Play, request.param)
