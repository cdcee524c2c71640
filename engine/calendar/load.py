"""Calendars from their files: ``processes/calendars/cn.toml`` and what regions set on top.

A region's file names the file it ``extends``; its tables replace the same tables there, its days are added. The list of
a year is a file of its own, ``cn/2027.toml``; a region may have such files too. docs/calendar.md describes them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.calendar.days import (
    DayWhy,
    LightThresholds,
    MarkedDay,
    WorkCalendar,
    national_days,
    national_years,
)
from engine.calendar.files import BASE, NOTES, CalendarFile, ListedDay, require_region
from engine.calendar.lists import YearList, read_year
from engine.calendar.office import OfficeHours, Span
from engine.errors import CalendarError

__all__ = ["BASE", "load_calendar", "year_path"]

_T = TypeVar("_T")

_LEAP_YEAR = 2000
_WHY_BASE = {False: DayWhy.HOLIDAY, True: DayWhy.MADE_UP_WORKDAY}
_WHY_REGION = {False: DayWhy.REGIONAL_HOLIDAY, True: DayWhy.REGIONAL_WORKDAY}
_KEYS = NOTES | {"name_zh", "extends", "zone", "office", "lights", "fixed_holidays", "published_years", "days"}


@dataclass(frozen=True)
class _Layer:
    """A region's file and its year lists; the calendar is made of one or more, ``cn`` the last."""

    region: str
    file: CalendarFile
    years: Mapping[int, YearList]

    def days(self) -> dict[date, MarkedDay]:
        """What the file itself declares."""
        return _marked(self.file.days(), self.region)

    def listed(self) -> dict[date, MarkedDay]:
        """What the year lists declare; a later year's notice may set days of the December before."""
        lists = (self.years[year].days for year in sorted(self.years))
        return _marked(dict(chain.from_iterable(days.items() for days in lists)), self.region)


def load_calendar(folder: Path, region: str = BASE, instead: YearList | None = None) -> WorkCalendar:
    """The calendar of ``region``: ``folder/<region>.toml`` over the files it extends, ``cn`` at the bottom.

    With ``instead`` as if that were the region's list of its year. Raises CalendarError, with ``where`` =
    ``file: key``, for a missing or unreadable file, an unknown key, or a value of the wrong kind.
    """
    layers: list[_Layer] = []
    while True:
        layer = _layer(folder, require_region(region), None if layers else instead)
        if any(layer.region == seen.region for seen in layers):
            raise layer.file.wrong("extends", "继承关系成环", "the files extend each other in a circle")
        layers.append(layer)
        if region == BASE:
            return _calendar(layers)
        region = layer.file.text("extends")


def year_path(folder: Path, region: str, year: int) -> Path:
    """Where the list of a region's year is kept."""
    return folder / require_region(region) / f"{year}.toml"


def _layer(folder: Path, region: str, instead: YearList | None) -> _Layer:
    file = CalendarFile.read(folder, f"{region}.toml")
    file.only(file.content, _KEYS, "")
    years = {}
    for path in sorted((folder / region).glob("*.toml")):
        listed = CalendarFile.read(folder, f"{region}/{path.name}")
        found = read_year(listed, region)
        if path.stem != str(found.year):
            raise listed.wrong("year", "与文件名不符", "is not the year the file is named for")
        years[found.year] = found
    return _Layer(region, file, years if instead is None else {**years, instead.year: instead})


def _marked(days: Mapping[date, ListedDay], region: str) -> dict[date, MarkedDay]:
    why = _WHY_BASE if region == BASE else _WHY_REGION
    return {day: MarkedDay(listed.working, why[listed.working], listed.name_zh) for day, listed in days.items()}


def _calendar(layers: list[_Layer]) -> WorkCalendar:
    """``layers`` go from the region down to the base; the first file that has a table decides it."""

    def decided(key: str, read: Callable[[CalendarFile], _T]) -> _T:
        return read(next((layer.file for layer in layers if key in layer.file.content), layers[-1].file))

    *regions, base = layers
    declared = base.days()
    for layer in reversed(regions):
        declared |= layer.listed() | layer.days()
    known = {day: marked for day, marked in national_days().items() if day.year not in base.years}
    by_hand = (year for layer in layers for year in _published_years(layer.file))
    return WorkCalendar(
        zone=decided("zone", _zone),
        office=decided("office", _office),
        lights=decided("lights", _lights),
        fixed=decided("fixed_holidays", _fixed_holidays),
        national=known | base.listed(),
        declared=declared,
        published=national_years().union(by_hand, base.years),
    )


def _zone(file: CalendarFile) -> ZoneInfo:
    try:
        return ZoneInfo(file.text("zone"))
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise file.wrong("zone", "未知的时区", "unknown time zone") from error


def _office(file: CalendarFile) -> OfficeHours:
    table = file.content.get("office")
    file.only(table, NOTES | {"spans"}, "office")
    spans = table.get("spans") if isinstance(table, dict) else None
    if not isinstance(spans, list):
        raise file.wrong("office.spans", "应为时段列表", 'must be a list of ["09:00", "12:00"]')
    try:
        return OfficeHours(tuple(map(_span, spans)))
    except (CalendarError, TypeError, ValueError) as error:
        raise file.wrong("office.spans", "办公时段有误", f"wrong office spans: {error}") from error


def _span(pair: Any) -> Span:
    start, end = pair
    return time.fromisoformat(start), time.fromisoformat(end)


def _lights(file: CalendarFile) -> LightThresholds:
    table = file.content.get("lights")
    file.only(table, NOTES | {"yellow_used", "yellow_working_days_left", "short_limit"}, "lights")

    def number(key: str, largest: int) -> Decimal:
        value = table.get(key) if isinstance(table, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= largest:
            raise file.wrong(f"lights.{key}", "数值有误", f"must be a number from 0 to {largest}")
        return Decimal(value)

    days_left = number("yellow_working_days_left", 1000)
    if days_left % 1:
        raise file.wrong("lights.yellow_working_days_left", "应为整数", "must be a whole number")
    return LightThresholds(number("yellow_used", 1), int(days_left), number("short_limit", 1000))


def _fixed_holidays(file: CalendarFile) -> dict[tuple[int, int], str]:
    table = file.content.get("fixed_holidays")
    file.only(table, NOTES | {"days"}, "fixed_holidays")
    days = table.get("days") if isinstance(table, dict) else None
    if not isinstance(days, dict):
        raise file.wrong("fixed_holidays.days", "应为表", "must be a table of month-day = name")
    fixed = {}
    for key, name in days.items():
        where = f"fixed_holidays.days.{key}"
        day = file.day_of(f"{_LEAP_YEAR}-{key}", where)
        if not isinstance(name, str) or not name:
            raise file.wrong(where, "应为节日名称", "must be the name of the holiday")
        fixed[day.month, day.day] = name
    return fixed


def _published_years(file: CalendarFile) -> list[int]:
    years = file.content.get("published_years", [])
    whole = isinstance(years, list) and all(type(year) is int for year in years)
    if not whole:
        raise file.wrong("published_years", "应为年份列表", "must be a list of years")
    if years and file.name != f"{BASE}.toml":
        raise file.wrong("published_years", "只能写在全国日历中", "belongs into the national calendar")
    return list(years)
