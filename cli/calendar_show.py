"""``binglian calendar show``: a year, month by month, and why each special day is one."""

import json
from calendar import Calendar
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, zip_longest
from typing import Any

import click

from engine.calendar import DayStatus, DayWhy, WorkCalendar, load_calendar
from engine.clock import system_clock
from engine.errors import CalendarError
from engine.settings import settings_from

MONTHS_ABREAST = 3
WHY: dict[str, tuple[str, str]] = {
    DayWhy.WORKDAY: ("工作日", "workday"),
    DayWhy.WEEKEND: ("周末", "weekend"),
    DayWhy.HOLIDAY: ("节假日", "holiday"),
    DayWhy.MADE_UP_WORKDAY: ("调休上班", "made-up workday"),
    DayWhy.ASSUMED_HOLIDAY: ("推定节假日", "assumed holiday"),
    DayWhy.REGIONAL_HOLIDAY: ("地方节假日", "regional holiday"),
    DayWhy.REGIONAL_WORKDAY: ("地方上班日", "regional workday"),
}
"""What a day is, in words."""

_MARKS = {
    DayWhy.WORKDAY: " ", DayWhy.WEEKEND: "-", DayWhy.HOLIDAY: "*", DayWhy.MADE_UP_WORKDAY: "+",
    DayWhy.ASSUMED_HOLIDAY: "?", DayWhy.REGIONAL_HOLIDAY: "*", DayWhy.REGIONAL_WORKDAY: "+",
}  # fmt: skip
_PLAIN = frozenset({DayWhy.WORKDAY, DayWhy.WEEKEND})
_WEEK = "  一  二  三  四  五  六  日 "
_WIDTH = 28


def words_of(status: DayStatus | None) -> str:
    """A day in words: what it is and the holiday it belongs to; 29 February of most years is no day."""
    if status is None:
        return "无此日 no such day"
    words = [*WHY[status.why], status.name_zh, "暂定 provisional" if status.provisional else ""]
    return " ".join(filter(None, words))


@click.command("show")
@click.argument("year", type=int, required=False)
@click.option("--region", help="Region of the calendar; by default BINGLIAN_REGION.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(year: int | None, region: str | None, as_json: bool) -> None:
    """The working days of YEAR (by default this one), and why each special day is one."""
    settings = settings_from()
    region = region or settings.region
    calendar = load_calendar(settings.processes / "calendars", region)
    year = calendar.local_date(system_clock()).year if year is None else year
    if not date.min.year < year < date.max.year:
        raise CalendarError("calendar.year", "年份有误", "no such year", str(year))
    told = _told(calendar, year, region)
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_page(calendar, told)))


def _told(calendar: WorkCalendar, year: int, region: str) -> dict[str, Any]:
    days = [(day, calendar.day(day)) for day in _days_of(year)]
    special = [(day, status) for day, status in days if status.why not in _PLAIN]
    return {
        "year": year, "region": region, "published": year in calendar.published,
        "provisional": year not in calendar.published, "version": calendar.version,
        "working_days": sum(status.working for _, status in days),
        "office": [[start.isoformat("minutes"), end.isoformat("minutes")] for start, end in calendar.office.spans],
        "days": [
            {"date": str(day), "working": status.working, "why": status.why.value, "name_zh": status.name_zh}
            for day, status in special
        ],
    }  # fmt: skip


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _page(calendar: WorkCalendar, told: dict[str, Any]) -> Iterator[str]:
    year = told["year"]
    state = "已公布 published" if told["published"] else "尚未公布，暂定 not published, provisional"
    yield f"{year}  {told['region']}  {state}  {told['working_days']} 个工作日 working days  {told['version']}"
    yield "办公时间 office hours " + ", ".join("–".join(span) for span in told["office"])
    for first in range(1, 13, MONTHS_ABREAST):
        blocks = [_month(calendar, year, month) for month in range(first, first + MONTHS_ABREAST)]
        yield ""
        for lines in zip_longest(*blocks, fillvalue=" " * _WIDTH):
            yield "   ".join(lines).rstrip()
    yield ""
    yield "- 周末 weekend   * 节假日 holiday   + 调休上班 made-up workday   ? 推定节假日 assumed holiday"
    yield from _special(calendar, year)


def _month(calendar: WorkCalendar, year: int, month: int) -> list[str]:
    """Weeks of a month, each ``_WIDTH`` columns wide; a Chinese character takes two."""
    name = f"{month} 月{'  暂定 provisional' if year not in calendar.published else ''}"
    wide = len(name) + sum(ord(letter) > 0x2E80 for letter in name)
    lines = [name + " " * (_WIDTH - wide), _WEEK]
    for week in Calendar().monthdatescalendar(year, month):
        cells = (f"{day.day:3d}{_MARKS[calendar.day(day).why]}" if day.month == month else " " * 4 for day in week)
        lines.append("".join(cells))
    return lines


def _special(calendar: WorkCalendar, year: int) -> Iterator[str]:
    """Special days, those of one kind and holiday in a row on one line."""

    def same(day: date) -> tuple[DayWhy, str]:
        return calendar.day(day).why, calendar.day(day).name_zh

    for (why, _), run in groupby(_days_of(year), key=same):
        days = list(run)
        if why not in _PLAIN:
            until = f" – {days[-1]:%m-%d}" if len(days) > 1 else " " * 8
            yield f"{days[0]:%m-%d}{until}  {words_of(calendar.day(days[0]))}"
