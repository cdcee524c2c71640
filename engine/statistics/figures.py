"""The figures of an installation, as of its clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.engine import Engine
from engine.errors import BadInput
from engine.instants import to_text
from engine.statistics.calibration import Calibration, backtest, calibration
from engine.statistics.lateness import Lateness, lateness_of
from engine.statistics.numbers import WorkTime
from engine.statistics.plans import Plans
from engine.statistics.reading import accepted_between, read_cases
from engine.statistics.records import CaseRecord
from engine.statistics.remaining import history_of
from engine.statistics.risk import Predictor, Risk
from engine.statistics.words import reason

SNAPSHOTS = 12
"""Days on which earlier cases are predicted again, spread over the later half of the history."""
_NOON = time(12)


def lateness(engine: Engine, since: date | None = None, until: date | None = None) -> Lateness:
    """What is late of the cases accepted from ``since`` to ``until``, both days included, and where their time went.

    BadInput when the period ends before it begins.
    """
    _check(since, until)
    calendar = engine.deployments.calendar
    cases = accepted_between(read_cases(engine.store, calendar), calendar, since, until)
    return lateness_of(cases, Plans(engine.deployments), engine.read.now(), WorkTime(calendar), (since, until))


def _check(since: date | None, until: date | None) -> None:
    if since is not None and until is not None and until < since:
        raise BadInput("stats.period", "止日早于起日", "the period ends before it begins", "--until")


@dataclass(frozen=True)
class Outlook:
    """Predictions of the running cases, the most likely to be late first; and how right earlier ones would have been
    (None: not asked for, or nothing to judge by)."""

    at: datetime
    finished: int
    risks: tuple[Risk, ...]
    calibration: Calibration | None = None

    def as_dict(self) -> dict[str, Any]:
        """One JSON document."""
        cases = [{**risk.as_dict(), **_reason(risk)} for risk in self.risks]
        return {
            "at": to_text(self.at), "running": len(self.risks), "finished": self.finished,
            "predicted": sum(risk.share is not None for risk in self.risks),
            "likely_late": sum(risk.likely for risk in self.risks), "cases": cases,
            "calibration": self.calibration and self.calibration.as_dict(),
        }  # fmt: skip


def _reason(risk: Risk) -> dict[str, str]:
    return dict(zip(("reason_zh", "reason_en"), reason(risk), strict=True))


def outlook(engine: Engine, *, check: bool = False) -> Outlook:
    """Which running cases are likely to be late; ``check``: with how right the predictions would have been so far."""
    time_, plans, now = WorkTime(engine.deployments.calendar), Plans(engine.deployments), engine.read.now()
    cases = read_cases(engine.store, engine.deployments.calendar)
    history = history_of(cases, now, time_)
    predictor = Predictor(history, plans, time_)
    risks = [predictor.predict(case, now) for case in cases if case.ready is None]
    found = calibration(backtest(cases, _snapshots(cases, time_), plans, time_, now)) if check else None
    return Outlook(now, history.cases, tuple(sorted(risks, key=_urgency)), found)


@dataclass(frozen=True)
class Overview:
    """Both in one reading of bounded work, for a page.

    ``counted``: the newest cases it is of; ``oldest``: when the first of them was applied for, if older ones are left
    out (else None). ``risks``: of the running cases in time (``in_time`` many) those due first, most likely late first;
    ``finished``: cases the predictions learn from.
    """

    lateness: Lateness
    risks: tuple[Risk, ...]
    in_time: int
    finished: int
    counted: int
    oldest: datetime | None


def overview(engine: Engine, period: tuple[date | None, date | None], most: int, predicted: int) -> Overview:
    """What is late of the cases accepted in ``period`` and which are likely to be; of the newest ``most`` cases, with
    predictions for ``predicted`` at most. BadInput when the period ends before it begins.
    """
    _check(*period)
    calendar, now, plans = engine.deployments.calendar, engine.read.now(), Plans(engine.deployments)
    found, time_ = read_cases(engine.store, calendar, most + 1), WorkTime(calendar)
    cases = found[:most]
    history = history_of(cases, now, time_)
    predictor = Predictor(history, plans, time_)
    running = [case for case in cases if case.ready is None and case.late(now) is False]
    first = sorted(running, key=lambda case: (case.promised_due or now, case.number))[:predicted]
    return Overview(
        lateness_of(accepted_between(cases, calendar, *period), plans, now, time_, period),
        tuple(sorted((predictor.predict(case, now) for case in first), key=_urgency)),
        len(running), history.cases, len(cases), cases[-1].submitted if len(found) > most else None,
    )  # fmt: skip


def _urgency(risk: Risk) -> tuple[bool, float, float, str]:
    """Most likely first, then the least left; what is not predicted last."""
    left = float("inf") if risk.left is None else risk.left
    return risk.probability is None, -(risk.probability or 0.0), left, risk.case.number


def _snapshots(cases: list[CaseRecord], time_: WorkTime) -> list[datetime]:
    """Noons of working days in the later half of the time in which cases were accepted, at most ``SNAPSHOTS``."""
    if not cases:
        return []
    first, last = min(case.accepted for case in cases), max(case.accepted for case in cases)
    days = [*_working_days(time_, first + (last - first) / 2, last)]
    return [time_.calendar.at(day, _NOON) for day in days[:: max(1, -(-len(days) // SNAPSHOTS))]]


def _working_days(time_: WorkTime, first: datetime, last: datetime) -> Iterator[date]:
    day, end = time_.calendar.local_date(first), time_.calendar.local_date(last)
    while day <= end:
        if time_.calendar.is_working(day):
            yield day
        day += timedelta(days=1)
