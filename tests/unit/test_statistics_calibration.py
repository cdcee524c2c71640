"""Predictions tried on a simulated history: the real engine in memory, some hundred cases, split in time.

Run with ``-s`` to read the table that docs/statistics.md keeps.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from math import log

from engine.bootstrap import build_engine
from engine.calendar import load_calendar
from engine.engine import Engine
from engine.settings import Settings, default_processes
from engine.simulation import Assumptions, Durations, Rates
from engine.simulation.cases import Application, SimulatedClock
from engine.simulation.distributions import Lognormal, stream
from engine.simulation.folders import CALENDARS, copied
from engine.simulation.office_time import OfficeTime
from engine.simulation.run import Run
from engine.simulation.work import Work
from engine.statistics import lateness, outlook, table
from tests.quick import shipped
from tests.rounds import Rounds

CODE, SEED, PER_DAY = "B02", 1, 10
GIVEN = Assumptions(
    acceptance=False, durations=Durations(default=Lognormal(0.55, 1.2)), rates=Rates(refuse=0.05, incomplete=0.2)
)
"""Half of the steps need 55 % of their limit, one in ten more than 120 %; one application in five lacks something."""


def applications(number: int, time: OfficeTime) -> Iterator[Application]:
    """Restaurants without the optional items, at random moments."""
    offering, at = shipped().offering(CODE), 0.0
    items = frozenset(item.code for item in offering.items if item.code not in offering.optional_items)
    for each in range(number):
        chance = stream(SEED, "case", each)
        at -= log(1 - chance.random()) * time.per_day / PER_DAY
        lacks = chance.random() < GIVEN.rates.incomplete
        correction = time.of_days(GIVEN.rates.correction.value(chance.random())) if lacks else None
        yield Application(each, CODE, round(at), items, correction, declined=False)


@contextmanager
def simulated(number: int) -> Iterator[Engine]:
    """An engine in memory after all these cases have ended."""
    catalogue = shipped()
    with copied(default_processes(), catalogue, [CODE], "cn", {}) as (folder, region):
        time, clock = OfficeTime(load_calendar(folder / CALENDARS, region), date(2026, 3, 2)), SimulatedClock()
        clock.forward(time.instant(0))
        settings = Settings(
            database_url="sqlite://", processes=folder, region=region, secret_key="simulated", timer_batch=10**7,
            live_cases=500,
        )  # fmt: skip
        engine = build_engine(settings, clock)
        try:
            run = Run(engine, clock, time, Work(SEED, GIVEN, time), serial=False)
            run.all_of(applications(number, time), lambda: None)
            yield engine
        finally:
            engine.close()


def test_predictions_of_the_later_half_are_better_than_knowing_how_many_will_be_late(rounds: Rounds) -> None:
    number = rounds(test=180, long=600)
    with simulated(number) as engine:
        found, late = outlook(engine, check=True), lateness(engine)
    checked = found.calibration
    assert checked is not None
    sys.stdout.write(f"\n{number} cases\n{table(checked)}\n")
    assert found.risks == ()
    assert late.finished.share.total == found.finished == number
    assert checked.by_method.keys() == {"cases", "steps"}, "both ways are tried"
    assert checked.brier < 0.85 * checked.base_brier
    share = checked.late.number / checked.late.total
    mean = sum(one.mean * one.late.total for one in checked.bins) / checked.late.total
    assert abs(mean - share) < 0.05, "as many are late as was said"
    for one in checked.bins:
        if one.late.total >= 50:
            assert abs(one.mean - one.late.number / one.late.total) < 0.15
    assert late.late_cases
    assert all(case.over_days > 0 or case.case.ready for case in late.late_cases)
