"""Calendars from their files: ``processes/calendars/cn.toml`` and what regions set on top.

A region's file names the file it ``extends``; its tables replace the same tables there, its days are added.
The format is described in ``cn.toml``.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.calendar.days import (
    DayWhy,
    LightThresholds,
    MarkedDay,
    WorkCalendar,
    national_years,
)
from engine.calendar.office import OfficeHours, Span
from engine.errors import CalendarError

BASE = "cn"

_T = TypeVar("_T")

_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LEAP_YEAR = 2000
_KINDS = {"holiday": False, "workday": True}
_WHY_BASE = {False: DayWhy.HOLIDAY, True: DayWhy.MADE_UP_WORKDAY}
_WHY_REGION = {False: DayWhy.REGIONAL_HOLIDAY, True: DayWhy.REGIONAL_WORKDAY}
_NOTES = frozenset({"basis", "source", "note_zh"})
_KEYS = frozenset({"name_zh", "extends", "zone", "office", "lights", "fixed_holidays", "published_years", "days"})


def load_calendar(folder: Path, region: str = BASE) -> WorkCalendar:
    """The calendar of ``region``: ``folder/<region>.toml`` over the files it extends, ``cn`` at the bottom.

    Raises CalendarError, with ``where`` = ``file: key``, for a missing or unreadable file, an unknown key, or
    a value of the wrong kind.
    """
    chain: list[_File] = []
    while True:
        file = _File.read(folder, region)
        if any(file.name == seen.name for seen in chain):
            raise file.wrong("extends", "继承关系成环", "the files extend each other in a circle")
        chain.append(file)
        if region == BASE:
            return _calendar(chain)
        region = file.text("extends")


@dataclass(frozen=True)
class _File:
    """One file: its name without folders, for messages, and its content."""

    name: str
    content: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path, region: str) -> "_File":
        if not _REGION.fullmatch(region):
            raise CalendarError(
                "calendar.region", "地区代码有误", "a region is lower-case letters, digits, dashes", region
            )
        name = f"{region}.toml"
        try:
            content = tomllib.loads((folder / name).read_text("utf-8"), parse_float=Decimal)
        except OSError as error:
            raise CalendarError("calendar.file", "无法读取日历文件", "cannot read the file", name) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CalendarError("calendar.file", "日历文件不是有效的 TOML", f"not valid TOML: {error}", name) from error
        file = cls(name, content)
        file.only(content, _KEYS, "")
        return file

    def wrong(self, key: str, message_zh: str, message_en: str) -> CalendarError:
        return CalendarError("calendar.file_value", message_zh, message_en, f"{self.name}: {key}")

    def only(self, table: Any, allowed: frozenset[str], key: str) -> None:
        """Refuse anything but a table of ``allowed`` keys: a misspelt key must not be passed over."""
        if not isinstance(table, dict):
            raise self.wrong(key, "应为表", "must be a table")
        unknown = sorted(set(table) - allowed)
        if unknown:
            raise self.wrong(f"{key}.{unknown[0]}".lstrip("."), "未知的键", "unknown key")

    def text(self, key: str) -> str:
        value = self.content.get(key)
        if not isinstance(value, str) or not value:
            raise self.wrong(key, "应为文字", "must be a text")
        return value


def _calendar(chain: list[_File]) -> WorkCalendar:
    """``chain`` goes from the region down to the base; the first file that has a table decides it."""

    def decided(key: str, read: Callable[[_File], _T]) -> _T:
        return read(next((file for file in chain if key in file.content), chain[-1]))

    declared: dict[date, MarkedDay] = {}
    for file in reversed(chain):
        declared |= _days(file)
    listed = (year for file in chain for year in _published_years(file))
    return WorkCalendar(
        zone=decided("zone", _zone),
        office=decided("office", _office),
        lights=decided("lights", _lights),
        fixed=decided("fixed_holidays", _fixed_holidays),
        declared=declared,
        published=national_years().union(listed),
    )


def _zone(file: _File) -> ZoneInfo:
    try:
        return ZoneInfo(file.text("zone"))
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise file.wrong("zone", "未知的时区", "unknown time zone") from error


def _office(file: _File) -> OfficeHours:
    table = file.content.get("office")
    file.only(table, _NOTES | {"spans"}, "office")
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


def _lights(file: _File) -> LightThresholds:
    table = file.content.get("lights")
    file.only(table, _NOTES | {"yellow_used", "yellow_working_days_left", "short_limit"}, "lights")

    def number(key: str, largest: int) -> Decimal:
        value = table.get(key) if isinstance(table, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= largest:
            raise file.wrong(f"lights.{key}", "数值有误", f"must be a number from 0 to {largest}")
        return Decimal(value)

    days_left = number("yellow_working_days_left", 1000)
    if days_left % 1:
        raise file.wrong("lights.yellow_working_days_left", "应为整数", "must be a whole number")
    return LightThresholds(number("yellow_used", 1), int(days_left), number("short_limit", 1000))


def _fixed_holidays(file: _File) -> dict[tuple[int, int], str]:
    table = file.content.get("fixed_holidays")
    file.only(table, _NOTES | {"days"}, "fixed_holidays")
    days = table.get("days") if isinstance(table, dict) else None
    if not isinstance(days, dict):
        raise file.wrong("fixed_holidays.days", "应为表", "must be a table of month-day = name")
    fixed = {}
    for key, name in days.items():
        where = f"fixed_holidays.days.{key}"
        day = _date(file, f"{_LEAP_YEAR}-{key}", where)
        if not isinstance(name, str) or not name:
            raise file.wrong(where, "应为节日名称", "must be the name of the holiday")
        fixed[day.month, day.day] = name
    return fixed


def _published_years(file: _File) -> list[int]:
    years = file.content.get("published_years", [])
    whole = isinstance(years, list) and all(type(year) is int for year in years)
    if not whole:
        raise file.wrong("published_years", "应为年份列表", "must be a list of years")
    if years and file.name != f"{BASE}.toml":
        raise file.wrong("published_years", "只能写在全国日历中", "belongs into the national calendar")
    return list(years)


def _days(file: _File) -> dict[date, MarkedDay]:
    why = _WHY_BASE if file.name == f"{BASE}.toml" else _WHY_REGION
    table = file.content.get("days", {})
    if not isinstance(table, dict):
        raise file.wrong("days", "应为表", "must be a table of dates")
    days = {}
    for key, entry in table.items():
        where = f"days.{key}"
        day = _date(file, key, where)
        file.only(entry, _NOTES | {"kind", "name_zh"}, where)
        working = _KINDS.get(str(entry.get("kind")))
        if working is None:
            raise file.wrong(f"{where}.kind", "应为 holiday 或 workday", "must be holiday or workday")
        name = entry.get("name_zh")
        if not isinstance(name, str) or not name:
            raise file.wrong(f"{where}.name_zh", "应为名称", "must be the name of the day")
        days[day] = MarkedDay(working, why[working], name)
    return days


def _date(file: _File, text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise file.wrong(where, "日期有误", "must be a date") from error
