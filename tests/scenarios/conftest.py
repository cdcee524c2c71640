"""An engine for every test that wants one; whatever the test did to it must verify afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Office, opened_office
from tests.clock import ManualClock


@pytest.fixture
def office(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """An office over a new SQLite file; on leaving, the journals of all its cases are replayed and compared."""
    with opened_office(tmp_path, clock) as opened:
        yield opened
