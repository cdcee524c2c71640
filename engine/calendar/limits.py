"""From a limit to a due date, with the derivation day by day.

The rules and their sources: 行政许可法 82 (working days), 45 (time not counted); 民法典 201 (the first day
does not count), 202 (months), 203 (a last day that is a holiday; close of business). Shares of a working day
are our own judgement: a share is that part of one day's office minutes.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self, get_args

from engine.calendar.days import DayLine, DayWhy, WorkCalendar
from engine.calendar.suspensions import Suspension, paused, united
from engine.errors import CalendarError

Unit = Literal["working_days", "days", "months"]

MAX_LIMIT: dict[str, int] = {"working_days": 10_000, "days": 20_000, "months": 600}
"""About forty to fifty years: more is a typing error, not a limit."""

_DECIMALS = 6
_MICROSECOND = timedelta(microseconds=1)
_ONE = Decimal(1)


@dataclass(frozen=True)
class Limit:
    """A time limit: ``value`` ≥ 0 in ``unit``, at most six decimals; calendar days and months are whole.

    A part of a calendar day or month has no meaning in 民法典 201–202. Raises CalendarError for anything else
    and for values above ``MAX_LIMIT``.
    """

    value: Decimal
    unit: Unit = "working_days"

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise _bad_limit(self, "时限单位未知", "a limit counts in working_days, days or months")
        if not isinstance(self.value, Decimal) or not self.value.is_finite() or self.value < 0:
            raise _bad_limit(self, "时限应为不小于零的数", "a limit is a Decimal of 0 or more")
        if self.value > MAX_LIMIT[self.unit]:
            raise _bad_limit(self, "时限过长", f"a limit is at most {MAX_LIMIT[self.unit]} {self.unit}")
        if self.unit != "working_days" and self.value % 1:
            raise _bad_limit(self, "以日、月计的时限应为整数", "calendar days and months are whole numbers")
        if self.value != round(self.value, _DECIMALS):
            raise _bad_limit(self, "时限最多六位小数", "a limit has at most six decimals")

    @classmethod
    def of(cls, value: Decimal | int | float | str, unit: Unit = "working_days") -> Self:
        """A limit from what JSON, TOML or a command line holds: ``Limit.of(20)``, ``Limit.of("0.5")``."""
        try:
            return cls(Decimal(str(value)), unit)
        except InvalidOperation as error:
            raise CalendarError("calendar.limit", "时限不是数字", "a limit is a number", f"{value} {unit}") from error


@dataclass(frozen=True)
class DueDate:
    """When a limit ends: ``at`` in UTC.

    ``provisional``: some day consulted lies in a year whose list of holidays is not published; compute again
    when it is. ``days``: the derivation, from day 0 to the day of ``at``; the shares add up to the limit when
    it is in working or calendar days.
    """

    at: datetime
    provisional: bool
    days: tuple[DayLine, ...]


@dataclass(frozen=True)
class _Run:
    """One computation: the calendar, the starting instant (local) and the united suspensions."""

    calendar: WorkCalendar
    start: datetime
    pauses: tuple[Suspension, ...]

    @property
    def day0(self) -> date:
        return self.start.date()

    def lines(self, first: date) -> Iterator[DayLine]:
        """The days from ``first`` on, suspended ones marked."""
        if not self.pauses:
            return self.calendar.lines_from(first)
        return paused(self.calendar.lines_from(first), self.pauses)

    def day_zero(self) -> DayLine:
        return DayLine(self.day0, False, DayWhy.DAY_ZERO, self.calendar.day(self.day0).name_zh)

    def due(self, wall: time, days: list[DayLine]) -> DueDate:
        """The answer: ``wall`` on the last of ``days``. Day 0 is consulted unless it is merely left out."""
        consulted = days[1:] if days[0].why is DayWhy.DAY_ZERO else days
        years = range(consulted[0].date.year, days[-1].date.year + 1)
        provisional = not self.calendar.published.issuperset(years)
        return DueDate(self.calendar.at(days[-1].date, wall), provisional, tuple(days))


def due_date(calendar: WorkCalendar, start: datetime, limit: Limit, suspensions: Sequence[Suspension] = ()) -> DueDate:
    """When ``limit`` ends that starts at ``start`` (aware; its local date is day 0).

    Whole limits end at close of business, shares of a working day at the exact instant. Raises CalendarError
    for a naive start, years outside the calendar, and a suspension without end that the count runs into.
    """
    run = _Run(calendar, calendar.local(start), united(suspensions))
    if not limit.value:
        return _same_day(run)
    if limit.unit == "working_days":
        whole, share = divmod(limit.value, 1)
        return _working_days(run, int(whole), share) if whole else _share_of_day(run, share)
    return _calendar_days(run, length_in_days(run.day0, limit))


def describe(calendar: WorkCalendar, day0: date | datetime, limit: Limit) -> dict[str, Any]:
    """The due date and its derivation as one JSON document.

    ``day0`` is an aware instant, or a date: then the clock starts at opening of business. Returns ``due``
    (ISO 8601, local offset), ``provisional`` and ``days``: date, counted, why (a DayWhy code), name_zh.
    """
    start = day0 if isinstance(day0, datetime) else calendar.at(day0, calendar.office.opening)
    answer = due_date(calendar, start, limit)
    return {
        "due": calendar.local(answer.at).isoformat(),
        "provisional": answer.provisional,
        "days": [
            {
                "date": line.date.isoformat(),
                "counted": line.counted,
                "why": line.why.value,
                "name_zh": line.name_zh,
            }
            for line in answer.days
        ],
    }


def length_in_days(day0: date, limit: Limit) -> int:
    """Calendar days of a limit in days or months from ``day0``.

    民法典 202: months end on the corresponding day of the last month, or on its last day where there is none.
    """
    value = int(limit.value)
    if limit.unit != "months":
        return value
    years, month = divmod(day0.year * 12 + day0.month - 1 + value, 12)
    last = date(years, month + 1, min(day0.day, monthrange(years, month + 1)[1]))
    return (last - day0).days


def office_time_between(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Office time from ``start`` to ``end`` (both aware), suspensions not considered; zero when not later."""
    first, last = calendar.local(start), calendar.local(end)
    if last <= first:
        return timedelta()
    total = calendar.office.per_day * calendar.working_days_between(first.date(), last.date())
    if calendar.is_working(first.date()):
        total += calendar.office.time_left(first.time())
    if calendar.is_working(last.date()):
        total -= calendar.office.time_left(last.time())
    return total


def _same_day(run: _Run) -> DueDate:
    """n = 0: close of business of day 0; of the next working day when started after close or on a day off."""
    close = run.calendar.office.close
    days: list[DayLine] = []
    for line in run.lines(run.day0):
        late = line.date == run.day0 and run.start.time() > close
        if line.counted and not late:
            days.append(DayLine(line.date, False, DayWhy.DUE_DAY, line.name_zh))
            break
        days.append(_after_close(line) if line.counted else line)
    return run.due(close, days)


def _share_of_day(run: _Run, share: Decimal) -> DueDate:
    """0 < n < 1: that share of a day's office minutes from the starting instant, spilling to the next day."""
    office = run.calendar.office
    rest, wall = _office_time(run, share), run.start.time()
    days: list[DayLine] = []
    for line in run.lines(run.day0):
        if line.date != run.day0:
            wall = office.opening
        left = office.time_left(wall) if line.counted else timedelta()
        if rest <= left:
            days.append(_part(line, share))
            break
        if left:
            today = round(share * (left // _MICROSECOND) / (rest // _MICROSECOND), _DECIMALS)
            days.append(_part(line, today))
            share -= today
            rest -= left
        else:
            days.append(_after_close(line) if line.counted else line)
    return run.due(office.after(wall, rest), days)


def _working_days(run: _Run, whole: int, share: Decimal) -> DueDate:
    """n = k + f: the k-th working day strictly after day 0, then f of the office minutes of the next one."""
    days = [run.day_zero()]
    missing = whole + 1 if share else whole
    for line in run.lines(run.day0 + timedelta(days=1)):
        days.append(line)
        missing -= line.counted
        if not missing:
            break
    office = run.calendar.office
    if not share:
        return run.due(office.close, days)
    days[-1] = _part(days[-1], share)
    return run.due(office.after(office.opening, _office_time(run, share)), days)


def _calendar_days(run: _Run, length: int) -> DueDate:
    """民法典 201–203: day 0 left out; a last day that is a day off moves to the next working day."""
    days = [run.day_zero()]
    for line in run.lines(run.day0 + timedelta(days=1)):
        if length and line.why is not DayWhy.SUSPENDED:
            length -= 1
            days.append(DayLine(line.date, True, DayWhy.CALENDAR_DAY, line.name_zh, _ONE))
        elif length or not line.counted:
            days.append(line)
        else:
            days.append(DayLine(line.date, False, DayWhy.DUE_DAY, line.name_zh))
        if not length and line.counted:
            break
    return run.due(run.calendar.office.close, days)


def _office_time(run: _Run, share: Decimal) -> timedelta:
    """``share`` of one day's office time, to the microsecond."""
    return timedelta(microseconds=int(share * (run.calendar.office.per_day // _MICROSECOND)))


def _part(line: DayLine, share: Decimal) -> DayLine:
    return DayLine(line.date, True, line.why, line.name_zh, share)


def _after_close(line: DayLine) -> DayLine:
    return DayLine(line.date, False, DayWhy.AFTER_CLOSE, line.name_zh)


def _bad_limit(limit: Limit, message_zh: str, message_en: str) -> CalendarError:
    return CalendarError("calendar.limit", message_zh, message_en, f"{limit.value} {limit.unit}")
