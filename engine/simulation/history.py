"""How long steps took in another installation: read from its database, which is not changed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.calendar import WorkCalendar, office_time_between
from engine.case.state import CLOSED, DONE, IN_PROGRESS
from engine.errors import BadInput
from engine.instants import from_text
from engine.simulation.distributions import Empirical
from engine.store import Store, queries

MOST_CASES = 20_000
"""The newest ones count."""
_PAGE = 500
_FILE = "sqlite:///"


def read_history(url: str, calendar: WorkCalendar) -> Mapping[str, Empirical]:
    """Step → working days from its opening to its decision, waiting included; BadInput when they cannot be read."""
    if url.startswith(_FILE) and not Path(url.removeprefix(_FILE).partition("?")[0]).is_file():
        raise _unreadable(url.partition(":")[0], "no such file")
    seen: dict[str, list[float]] = {}
    store = Store(url)
    try:
        for row in _done(store):
            spent = office_time_between(calendar, from_text(row["opened_at"]), from_text(row["closed_at"]))
            seen.setdefault(row["step"], []).append(spent / calendar.office.per_day)
    except BadInput:
        raise
    except Exception as error:  # whatever a driver says of a database that is out of reach, or is another program's
        raise _unreadable(url.partition(":")[0], type(error).__name__) from error
    finally:
        store.close()
    return {step: Empirical(tuple(sorted(days))) for step, days in seen.items()}


def _done(store: Store) -> Iterator[dict[str, Any]]:
    before, left = None, MOST_CASES
    while left > 0:
        with store.database.read() as connection:
            cases = queries.cases(connection, (CLOSED, IN_PROGRESS), "", min(_PAGE, left), before)
            for case in cases:
                tasks = queries.tasks_of(connection, case["case_id"])
                yield from (task for task in tasks if task["status"] == DONE)
        if not cases:
            return
        before, left = (cases[-1]["submitted_at"], cases[-1]["case_id"]), left - len(cases)


def _unreadable(kind: str, reason: str) -> BadInput:
    return BadInput(
        "simulate.history", f"无法读取历史数据库（{reason}）", f"the history cannot be read ({reason})",
        f"--history {kind}",
    )  # fmt: skip
