"""Which days are working days, why, and how sure that is.

行政许可法 82: limits count in working days, statutory holidays excluded; a weekend day declared a working
day (调休) counts. The list of a year is published in the November before; until a year's list is here, its
weekends and the holidays with a fixed date are days off, and every day of it is marked provisional.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from itertools import accumulate, count
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chinese_calendar import holidays as _listed_holidays
from chinese_calendar import workdays as _listed_workdays

from engine.calendar.office import OfficeHours
from engine.errors import CalendarError

FIRST_YEAR = 1900
LAST_YEAR = 2299
"""Years the calendar answers for; the longest limit from 2199 still ends inside."""

_SATURDAY = 5
_ONE = Decimal(1)
_NAMES_ZH = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日",
}


class DayWhy(StrEnum):
    """Stable codes: why a day is a working day or not, and why a day of a period counts or not."""

    WORKDAY = "workday"
    MADE_UP_WORKDAY = "made_up_workday"  # a weekend declared a working day (调休)
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    ASSUMED_HOLIDAY = "assumed_holiday"  # fixed date, in a year whose list is not published
    REGIONAL_HOLIDAY = "regional_holiday"
    REGIONAL_WORKDAY = "regional_workday"
    # only in the derivation of a due date
    DAY_ZERO = "day_zero"  # the day a period starts does not count (民法典 201)
    AFTER_CLOSE = "after_close"  # no office time was left on the day
    SUSPENDED = "suspended"  # 行政许可法 45
    CALENDAR_DAY = "calendar_day"  # counted because the limit is in days or months
    DUE_DAY = "due_day"  # the period ends here although the day itself is not counted


@dataclass(frozen=True, slots=True)
class DayStatus:
    """What one date is; ``name_zh`` is the holiday it belongs to, or empty."""

    working: bool
    why: DayWhy
    provisional: bool
    name_zh: str = ""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One date in the derivation of a due date; ``share``: how much of a day it counted, None for nothing."""

    date: date
    counted: bool
    why: DayWhy
    name_zh: str = ""
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A date somebody declared a holiday or a working day."""

    working: bool
    why: DayWhy
    name_zh: str


@dataclass(frozen=True)
class LightThresholds:
    """When a clock turns yellow: ``yellow_used`` of the limit, or ``yellow_days_left`` working days left.

    For limits up to ``short_limit`` days only ``yellow_used`` applies.
    """

    yellow_used: Decimal = Decimal("0.9")
    yellow_days_left: int = 1
    short_limit: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year, day by day: index 0 is 1 January. ``before[i]`` working days lie before day ``i``."""

    statuses: tuple[DayStatus, ...]
    lines: tuple[DayLine, ...]
    before: tuple[int, ...]


def national_days() -> Mapping[date, MarkedDay]:
    """The published national holidays and working weekends, 2004 on (State Council notices)."""
    return _national()[0]


def national_years() -> frozenset[int]:
    """The years whose national list is complete, told by its last holiday, 1 October."""
    return _national()[1]


@cache
def _national() -> tuple[Mapping[date, MarkedDay], frozenset[int]]:
    days = {day: MarkedDay(False, DayWhy.HOLIDAY, _name_zh(name)) for day, name in _listed_holidays.items()}
    days |= {
        day: MarkedDay(True, DayWhy.MADE_UP_WORKDAY, f"{_name_zh(name)}调休") for day, name in _listed_workdays.items()
    }
    years = frozenset(day.year for day in _listed_holidays if (day.month, day.day) == (10, 1))
    return MappingProxyType(days), years


def _name_zh(name: str) -> str:
    return _NAMES_ZH.get(name, "法定节假日")


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """The working days of one region; built by ``load_calendar``, never changed afterwards.

    ``national`` holds the published lists of the years ``published``; in other years ``fixed``, (month, day)
    to the name of the holiday, stands in. ``declared`` is what the calendar files set on top, in any year.
    Every method raises CalendarError for dates outside 1900–2299 and for naive datetimes.
    """

    zone: ZoneInfo
    office: OfficeHours = field(default_factory=OfficeHours)
    lights: LightThresholds = field(default_factory=LightThresholds)
    fixed: Mapping[tuple[int, int], str] = field(default_factory=dict)
    national: Mapping[date, MarkedDay] = field(default_factory=national_days)
    declared: Mapping[date, MarkedDay] = field(default_factory=dict)
    published: frozenset[int] = field(default_factory=national_years)
    _years: dict[int, YearTable] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("fixed", "national", "declared"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @cached_property
    def version(self) -> str:
        """Twelve hex digits over everything this calendar says: a journal records which one answered."""
        lights = self.lights
        said = {
            "zone": self.zone.key,
            "office": [[start.isoformat(), end.isoformat()] for start, end in self.office.spans],
            "lights": [str(lights.yellow_used), lights.yellow_days_left, str(lights.short_limit)],
            "fixed": sorted([month, day, name] for (month, day), name in self.fixed.items()),
            "national": _said(self.national),
            "declared": _said(self.declared),
            "published": sorted(self.published),
        }
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def day(self, day: date) -> DayStatus:
        """What ``day`` is, with the reason and whether the year's list is still missing."""
        return self._year(day.year).statuses[_index(day)]

    def is_working(self, day: date) -> bool:
        """Whether ``day`` counts as a working day."""
        return self.day(day).working

    def local(self, instant: datetime) -> datetime:
        """``instant`` in this calendar's zone."""
        if instant.tzinfo is None or instant.utcoffset() is None:
            raise CalendarError(
                "calendar.naive_instant",
                "时刻缺少时区",
                "an instant needs a time zone",
                instant.isoformat(),
            )
        # The first and last years of datetime itself cannot be moved to another zone.
        local = instant.astimezone(self.zone) if 1 < instant.year < 9999 else instant
        _check_year(local.year)
        return local

    def local_date(self, instant: datetime) -> date:
        """The date of ``instant`` in this calendar's zone."""
        return self.local(instant).date()

    def at(self, day: date, wall: time) -> datetime:
        """The instant of a local wall time, in UTC."""
        return datetime.combine(day, wall, self.zone).astimezone(UTC)

    def working_days_between(self, after: date, through: date) -> int:
        """Working days d with ``after`` < d ≤ ``through``; 0 when ``through`` is not later."""
        if through <= after:
            return 0
        total = -self._before_end_of(after)
        for year in range(after.year, through.year):
            total += self._year(year).before[-1]
        return total + self._before_end_of(through)

    def lines_from(self, first: date) -> Iterator[DayLine]:
        """The days from ``first`` on, working days counted with share 1; ends with an error after 2299."""
        start = _index(first)
        for year in count(first.year):
            yield from self._year(year).lines[start:]
            start = 0

    def _before_end_of(self, day: date) -> int:
        return self._year(day.year).before[_index(day) + 1]

    def _year(self, year: int) -> YearTable:
        table = self._years.get(year)
        if table is None:
            _check_year(year)
            table = self._years[year] = self._build(year)
        return table

    def _build(self, year: int) -> YearTable:
        first = date(year, 1, 1)
        dates = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
        statuses = tuple(map(self._status, dates))
        lines = tuple(
            DayLine(day, status.working, status.why, status.name_zh, _ONE if status.working else None)
            for day, status in zip(dates, statuses, strict=True)
        )
        return YearTable(statuses, lines, tuple(accumulate((s.working for s in statuses), initial=0)))

    def _status(self, day: date) -> DayStatus:
        published = day.year in self.published
        marked = self.declared.get(day) or (self.national.get(day) if published else None)
        if marked:
            return DayStatus(marked.working, marked.why, not published, marked.name_zh)
        fixed = None if published else self.fixed.get((day.month, day.day))
        if fixed:
            return DayStatus(False, DayWhy.ASSUMED_HOLIDAY, True, fixed)
        if day.weekday() >= _SATURDAY:
            return DayStatus(False, DayWhy.WEEKEND, not published)
        return DayStatus(True, DayWhy.WORKDAY, not published)


def _index(day: date) -> int:
    return day.timetuple().tm_yday - 1


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(
            "calendar.year",
            f"日历只覆盖 {FIRST_YEAR} 年至 {LAST_YEAR} 年",
            f"the calendar covers the years {FIRST_YEAR} to {LAST_YEAR}",
            str(year),
        )


def _said(days: Mapping[date, MarkedDay]) -> list[list[str | bool]]:
    return [[d.isoformat(), days[d].working, days[d].why.value, days[d].name_zh] for d in sorted(days)]
