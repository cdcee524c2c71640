"""The holidays of one year, as a government announces them: a whole list, or it is refused.

A list is named for the year of its notice. It may set days of the December before: the notice of 2019 moved the New
Year's holiday to 30 December 2018.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from engine.calendar.files import BASE, NOTES, CalendarFile, ListedDay
from engine.errors import CalendarError

FIRST_LISTED, LAST_LISTED = 2000, 2199
"""Years a list may be for; the four lunar festivals are holidays since 2008, 2 May since 2025."""

_KEYS = NOTES | {"year", "days"}
_FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_SECOND_OF_MAY, _SECOND_OF_MAY_SINCE = (5, 2), 2025
_FESTIVALS, _FESTIVALS_SINCE = ("春节", "清明", "端午", "中秋"), 2008
_SATURDAY = 5

Place = Callable[[date], str]
"""Where in its file a date stands, for messages."""


@dataclass(frozen=True)
class YearList:
    """The days a notice declares for ``year``, by date; ``source`` is where it was published."""

    year: int
    days: Mapping[date, ListedDay]
    source: str = ""


def read_year(file: CalendarFile, region: str = BASE) -> YearList:
    """The list of a TOML file (``year``, ``source``, ``[days]``), checked."""
    file.only(file.content, _KEYS, "")
    year = file.content.get("year")
    if type(year) is not int:
        raise file.wrong("year", "应为年份", "must be a year")
    found = YearList(year, file.days(), str(file.content.get("source", "")))
    check_list(found, region, lambda day: f"{file.name}: days.{day}")
    return found


def check_list(found: YearList, region: str, place: Place) -> None:
    """CalendarError at the first day that cannot be right, or when the national list is not a whole one."""
    if not FIRST_LISTED <= found.year <= LAST_LISTED:
        raise CalendarError(
            "calendar.list_year", f"年份应在 {FIRST_LISTED} 与 {LAST_LISTED} 之间",
            f"the year must be between {FIRST_LISTED} and {LAST_LISTED}", str(found.year),
        )  # fmt: skip
    for day, listed in sorted(found.days.items()):
        problem = _problem(found.year, day, listed, region)
        if problem:
            raise CalendarError("calendar.list_day", *problem, place(day))
    missing = list(_missing(found)) if region == BASE else []
    if missing:
        raise CalendarError(
            "calendar.list_incomplete", f"不是 {found.year} 年的完整放假安排，缺少：{'、'.join(missing)}",
            f"not the whole list of {found.year}; it lacks: {', '.join(missing)}", place(date(found.year, 1, 1)),
        )  # fmt: skip


def _problem(year: int, day: date, listed: ListedDay, region: str) -> tuple[str, str] | None:
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        return (
            f"{day} 不属于 {year} 年(或上一年 12 月)",
            f"{day} is not in {year} (nor in the December before)",
        )
    if region == BASE and listed.working and day.weekday() < _SATURDAY:
        return f"{day} 不是周末，不能是调休上班日", f"{day} is no weekend: it cannot be made a working day"
    if not listed.name_zh.strip() or not listed.name_zh.isprintable():
        return f"{day} 的节日名称有误", f"the name of {day} must be a plain text"
    return None


def _missing(found: YearList) -> Iterator[str]:
    """Holidays by law that the list does not have (全国年节及纪念日放假办法)."""
    fixed = (*_FIXED, _SECOND_OF_MAY) if found.year >= _SECOND_OF_MAY_SINCE else _FIXED
    for month, number in fixed:
        day = date(found.year, month, number)
        listed = found.days.get(day)
        # A list may leave out a holiday that is a weekend day anyway.
        if listed.working if listed else day.weekday() < _SATURDAY:
            yield day.isoformat()
    if found.year >= _FESTIVALS_SINCE:
        names = " ".join(listed.name_zh for listed in found.days.values() if not listed.working)
        yield from (name for name in _FESTIVALS if name not in names)
