"""Lists of holidays as they come: our TOML, a table (CSV), the public JSON form, a calendar feed (ICS).

Every reader gives rows with the place they stand at; what they say is checked once, for all forms alike.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.calendar.files import BASE, KINDS, CalendarFile, ListedDay, day_from
from engine.calendar.lists import YearList, check_list, read_year
from engine.errors import CalendarError

MAX_BYTES = 1_000_000
"""More is no list of holidays."""
MAX_EVENT_DAYS, MAX_SHOWN = 31, 40

_WORDS = {**KINDS, "休": False, "班": True}
_COLUMNS = {"date", "kind", "name"}
_MARK = re.compile(r"[（(]?([休班])[）)]?$")
_EVENT_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")


@dataclass(frozen=True)
class _Row:
    """One line of a list: the day, what it is, and the place it stands at."""

    day: date
    listed: ListedDay
    place: str


@dataclass(frozen=True)
class _Given:
    """What a reader found: rows, the year if the file says it, and where it was published."""

    rows: Sequence[_Row]
    year: int | None = None
    source: str = ""


def read_list(path: Path, region: str = BASE, year: int | None = None) -> YearList:
    """The list in a file, checked; ``year`` takes one year out of a CSV or ICS file that has several.

    CalendarError, with the place in the file, for what cannot be read or cannot be right.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None and path.suffix.lower() != ".toml":
        raise CalendarError(
            "calendar.list_form", "只能读取 .toml、.csv、.json 或 .ics 文件",
            "only .toml, .csv, .json and .ics are read", path.name,
        )  # fmt: skip
    text = _text(path)
    if reader is None:
        return read_year(CalendarFile.parse(path.name, text), region)
    return _whole(reader(text, path.name), region, year, path.name)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise CalendarError("calendar.list_size", "文件过大", "the file is too large", path.name)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise CalendarError("calendar.file", "无法读取文件", "cannot read the file", path.name) from error
    except UnicodeDecodeError as error:
        raise CalendarError("calendar.file", "文件不是 UTF-8 文本", "not a UTF-8 text", path.name) from error


def _whole(given: _Given, region: str, wanted: int | None, file: str) -> YearList:
    if wanted is not None and given.year not in {None, wanted}:
        raise _wrong(file, f"这是 {given.year} 年的安排", f"this is the list of {given.year}")
    year = wanted or given.year or max((row.day.year for row in given.rows), default=0)
    rows = given.rows
    if wanted is not None and given.year is None:
        rows = [row for row in rows if row.day.year == wanted or (row.day.year, row.day.month) == (wanted - 1, 12)]
    if not rows:
        raise CalendarError("calendar.list_empty", "文件中没有任何日期", "there is no day in the file", file)
    places: dict[date, str] = {}
    for row in rows:
        if row.day in places:
            raise CalendarError(
                "calendar.list_twice", f"{row.day} 重复(另见 {places[row.day]})",
                f"{row.day} is there twice (also {places[row.day]})", row.place,
            )  # fmt: skip
        places[row.day] = row.place
    found = YearList(year, {row.day: row.listed for row in rows}, given.source)
    check_list(found, region, lambda day: places.get(day, file))
    return found


def _csv(text: str, file: str) -> _Given:
    """Columns ``date``, ``kind`` (holiday, workday, 休, 班) and ``name``."""
    lines = csv.reader(text.splitlines(), strict=True)
    try:
        table = [(lines.line_num, cells) for cells in lines if cells]
    except csv.Error as error:
        raise _wrong(f"{file}:{lines.line_num}", "表格有误", f"not a table: {error}") from error
    names = [name.strip() for name in table[0][1]] if table else []
    if not set(names) >= _COLUMNS:
        raise _wrong(f"{file}:1", "首行应有 date,kind,name 三列", "the first line must name date,kind,name")
    rows = []
    for number, cells in table[1:]:
        told = dict(zip(names, cells, strict=False))
        kind = _WORDS.get(told.get("kind", "").strip())
        rows.append(_row(told.get("date"), kind, told.get("name"), f"{file}:{number}"))
    return _Given(rows)


def _json(text: str, file: str) -> _Given:
    """``{"year": 2027, "papers": [address], "days": [{"name", "date", "isOffDay"}]}``."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(file, "不是有效的 JSON", f"not valid JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("days"), list) or type(found.get("year")) is not int:
        raise _wrong(file, "应为含 year 和 days 的 JSON", "must be an object with year and days")
    papers = found.get("papers")
    told = [paper for paper in papers if isinstance(paper, str)] if isinstance(papers, list) else []
    rows = [_json_row(entry, f"{file}: days[{place}]") for place, entry in enumerate(found["days"])]
    return _Given(rows, found["year"], " ".join(told))


def _json_row(entry: Any, place: str) -> _Row:
    entry = entry if isinstance(entry, dict) else {}
    off = entry.get("isOffDay")
    return _row(entry.get("date"), not off if isinstance(off, bool) else None, entry.get("name"), place)


def _ics(text: str, file: str) -> _Given:
    """Whole-day events whose summary ends in 休 or 班, or that carry X-APPLE-SPECIAL-DAY."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    rows: list[_Row] = []
    for place, event in _events(unfolded, file):
        rows += _event_rows(event, place)
    return _Given(rows)


def _events(text: str, file: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    event: dict[str, str] | None = None
    number = 0
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if line.strip() == "BEGIN:VEVENT":
            event, number = {}, number + 1
        elif line.strip() == "END:VEVENT" and event is not None:
            yield f"{file}: VEVENT {number}", event
            event = None
        elif event is not None:
            event[name.partition(";")[0].upper()] = value.strip()


def _event_rows(event: Mapping[str, str], place: str) -> Iterator[_Row]:
    first, last = (_event_date(event.get(name, ""), place) for name in ("DTSTART", "DTEND"))
    if first is None:
        raise _wrong(place, "缺少日期", "has no date")
    mark = _MARK.search(event.get("SUMMARY", "").strip())
    special = {"WORK-HOLIDAY": "休", "ALTERNATE-WORKDAY": "班"}.get(event.get("X-APPLE-SPECIAL-DAY", ""))
    kind = _WORDS.get(special or (mark.group(1) if mark else ""))
    name = _MARK.sub("", event.get("SUMMARY", "").strip()).strip()
    length = 1 if last is None else (last - first).days
    if not 1 <= length <= MAX_EVENT_DAYS:
        raise _wrong(place, "起止日期有误", "its first and last day do not fit")
    for number in range(length):
        yield _row((first + timedelta(days=number)).isoformat(), kind, name, place)


def _event_date(value: str, place: str) -> date | None:
    if not value:
        return None
    found = _EVENT_DATE.match(value)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError as error:
        raise _wrong(place, "日期有误", "must be a date") from error


def _row(day: Any, working: bool | None, name: Any, place: str) -> _Row:
    try:
        found = day_from(str(day).strip())
    except ValueError as error:
        shown = ascii(day)[:MAX_SHOWN]
        raise _wrong(place, f"日期有误：{shown}", f"not a date: {shown}") from error
    if working is None:
        raise _wrong(place, f"{found} 未注明放假或上班", f"{found}: neither a holiday nor a working day")
    if not isinstance(name, str) or not name.strip():
        raise _wrong(place, f"{found} 缺少节日名称", f"{found} has no name")
    return _Row(found, ListedDay(working, name.strip()), place)


def _wrong(place: str, message_zh: str, message_en: str) -> CalendarError:
    return CalendarError("calendar.list", message_zh, message_en, place)


_READERS: Mapping[str, Callable[[str, str], _Given]] = {".csv": _csv, ".json": _json, ".ics": _ics}
