"""Keeping the list of a year among the calendar files: as text, through a temporary name, never over another list."""

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from engine.calendar.compare import DayDifference, differing_days
from engine.calendar.files import BASE, KINDS
from engine.calendar.lists import YearList
from engine.calendar.load import load_calendar, year_path
from engine.errors import CalendarError

Status = Literal["written", "unchanged", "differs"]

_KIND_OF = {working: kind for kind, working in KINDS.items()}


@dataclass(frozen=True)
class Installed:
    """What an import did: ``written``, ``unchanged`` (these days are known already), or ``differs``: another list of
    the year is installed, nothing was written. ``days`` are those that change, or would.
    """

    status: Status
    path: Path
    days: tuple[DayDifference, ...]


def install(folder: Path, region: str, found: YearList, replace: bool = False) -> Installed:
    """Keeps the list as ``folder/<region>/<year>.toml``; a different published one only with ``replace``."""
    path = year_path(folder, region, found.year)
    now, then = load_calendar(folder, region), load_calendar(folder, region, found)
    days = tuple(differing_days(now, then, date(found.year - 1, 12, 1), date(found.year, 12, 31)))
    known = path.exists() or (region == BASE and found.year in now.published)
    if known and not days:
        return Installed("unchanged", path, ())
    in_year = any(day.date.startswith(str(found.year)) for day in days)
    if known and in_year and not replace:
        return Installed("differs", path, days)
    _write(path, text_of(found, region))
    return Installed("written", path, days)


def text_of(found: YearList, region: str) -> str:
    """The list as the text of its file; equal lists give equal texts."""
    lines = [f"# {region} {found.year}: 放假与调休 / holidays and working weekends", "", f"year = {found.year}"]
    if found.source:
        lines.append(f"source = {_quoted(found.source)}")
    lines += ["", "[days]"]
    for day in sorted(found.days):
        listed = found.days[day]
        lines.append(f'{day} = {{ kind = "{_KIND_OF[listed.working]}", name_zh = {_quoted(listed.name_zh)} }}')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML string; what JSON writes is one, DEL apart."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise CalendarError("calendar.write", "无法写入日历文件", f"cannot write: {error}", str(path)) from error
