"""``binglian calendar``: the working days of a year, lists of holidays imported and compared, due dates recomputed."""

import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from cli.calendar_recompute import recompute
from cli.calendar_show import show, words_of
from engine.calendar import (
    DayDifference,
    WorkCalendar,
    YearList,
    differing_days,
    differing_years,
    install,
    load_calendar,
    read_list,
)
from engine.clock import system_clock
from engine.errors import BadInput
from engine.settings import settings_from

DIFFERENT = 1
STATUS = {
    "written": ("已写入", "written"),
    "unchanged": ("内容相同，未作改动", "the same days are known, nothing was changed"),
    "differs": ("与已公布的安排不同，未写入；替换请加 --replace", "another list is installed; use --replace"),
}


@click.group("calendar")
def calendar() -> None:
    """The working calendar: show a year, import its list, compare, recompute due dates."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--region", default="cn", show_default=True, help="Region the list is for.")
@click.option("--year", type=int, help="Take this year out of a CSV or ICS file that has several.")
@click.option("--into", type=click.Path(path_type=Path), help="Folder of processes; by default BINGLIAN_PROCESSES.")
@click.option("--replace", is_flag=True, help="Replace a different list that is installed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def import_(file: Path, region: str, year: int | None, into: Path | None, replace: bool, as_json: bool) -> None:
    """Keep the holidays in FILE (.toml, .csv, .json, .ics) as calendars/REGION/YEAR.toml.

    Exit 1, and nothing written, when a different list of that year is installed.
    """
    folder = _folder(into)
    found = read_list(file, region, year)
    done = install(folder, region, found, replace)
    if as_json:
        days = [day.as_dict() for day in done.days]
        told = {"status": done.status, "year": found.year, "region": region, "file": str(done.path), "days": days}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"{done.path}: {' / '.join(STATUS[done.status])}")
        _echo_days(done.days, "原 was", "新 is")
        if done.status == "written":
            click.echo("再运行 binglian calendar recompute / now run it, for the due dates that are counted already")
    sys.exit(DIFFERENT if done.status == "differs" else 0)


@click.command("diff")
@click.argument("a")
@click.argument("b")
@click.option("--region", help="Region of years and files; by default BINGLIAN_REGION.")
@click.option("--year", type=int, help="Year two regions are compared in, by default this one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def diff(a: str, b: str, region: str | None, year: int | None, as_json: bool) -> None:
    """Which days differ between A and B, each a region, a file, or a year; exit 1 when some do."""
    settings = settings_from()
    folder, region = settings.processes / "calendars", region or settings.region
    if a.isdigit() and b.isdigit():
        days = differing_years(load_calendar(folder, region), _year(a), _year(b))
    else:
        days = _compare(_side(folder, region, a, year), _side(folder, region, b, year), year)
    if as_json:
        click.echo(json.dumps({"a": a, "b": b, "days": [day.as_dict() for day in days]}, ensure_ascii=False))
    else:
        _echo_days(days, a, b)
        click.echo(f"{len(days)} 天不同 days differ")
    sys.exit(DIFFERENT if days else 0)


@dataclass(frozen=True)
class _Side:
    """A calendar to compare, and the list it was made with, if it came from a file."""

    calendar: WorkCalendar
    listed: YearList | None = None


def _side(folder: Path, region: str, named: str, year: int | None) -> _Side:
    path = Path(named)
    if path.suffix:
        found = read_list(path, region, year)
        return _Side(load_calendar(folder, region, found), found)
    if named.isdigit():
        return _Side(load_calendar(folder, region))
    return _Side(load_calendar(folder, named))


def _compare(a: _Side, b: _Side, year: int | None) -> list[DayDifference]:
    """The year in question: of the file, or the one asked for; of a list also the December before."""
    lists = [side.listed for side in (a, b) if side.listed is not None]
    years = sorted({found.year for found in lists} or {year or a.calendar.local_date(system_clock()).year})
    if len(years) > 1:
        raise BadInput("calendar.diff", "两个文件属于不同年份", "the two files are of different years", str(years))
    first = date(years[0] - 1, 12, 1) if lists else date(years[0], 1, 1)
    return differing_days(a.calendar, b.calendar, first, date(years[0], 12, 31))


def _year(text: str) -> int:
    if len(text) != len("2026"):
        raise BadInput("calendar.year", "年份有误", "no such year", text)
    return int(text)


def _folder(into: Path | None) -> Path:
    folder = (settings_from().processes if into is None else into) / "calendars"
    if not folder.is_dir():
        raise BadInput("calendar.folder", "没有这个日历文件夹", "there is no such folder of calendars", str(folder))
    return folder


def _echo_days(days: tuple[DayDifference, ...] | list[DayDifference], a: str, b: str) -> None:
    for day in days:
        click.echo(f"{day.date}  {a}: {words_of(day.a)}  →  {b}: {words_of(day.b)}")


for command in (show, import_, diff, recompute):
    calendar.add_command(command)

COMMANDS = (calendar,)
