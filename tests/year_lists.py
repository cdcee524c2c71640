"""Lists of holidays for years nobody has announced yet: made up for tests, in every form that can be imported."""

import json
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from engine.calendar import load
from engine.calendar.days import national_days

Days = Mapping[date, tuple[bool, str]]
"""Date → whether it is a working day, and the holiday it belongs to."""

LIST_2027: Days = {
    **{date(2027, 1, day): (False, "元旦") for day in (1, 2, 3)},
    date(2027, 1, 30): (True, "春节"),
    **{date(2027, 2, 5) + timedelta(days=n): (False, "春节") for n in range(8)},
    date(2027, 2, 14): (True, "春节"),
    **{date(2027, 4, day): (False, "清明节") for day in (3, 4, 5)},
    **{date(2027, 5, day): (False, "劳动节") for day in (1, 2, 3, 4, 5)},
    date(2027, 5, 8): (True, "劳动节"),
    date(2027, 6, 9): (False, "端午节"),
    date(2027, 9, 15): (False, "中秋节"),
    **{date(2027, 10, day): (False, "国庆节") for day in range(1, 8)},
    date(2027, 10, 9): (True, "国庆节"),
}


def forget_later_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later release of the package knows 2027; these tests are of a time when nobody did."""
    days = {day: marked for day, marked in national_days().items() if day.year < 2027}
    monkeypatch.setattr(load, "national_days", lambda: days)
    monkeypatch.setattr(load, "national_years", lambda: frozenset(range(2004, 2027)))


def moved(days: Days, year: int) -> Days:
    """The same list for another year, as far as its weekdays allow: working weekends are left out."""
    return {day.replace(year=year): told for day, told in days.items() if not told[0]}


def as_csv(days: Days) -> str:
    """Columns date, kind, name."""
    kinds = {True: "workday", False: "holiday"}
    return "date,kind,name\n" + "".join(f"{day},{kinds[on]},{name}\n" for day, (on, name) in days.items())


def as_json(days: Days, year: int = 2027) -> str:
    """The public JSON form."""
    told = [{"name": name, "date": str(day), "isOffDay": not on} for day, (on, name) in days.items()]
    return json.dumps({"year": year, "papers": ["https://example.org/notice"], "days": told}, ensure_ascii=False)


def as_ics(days: Days) -> str:
    """A feed of whole-day events."""
    events = [
        f"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\nDTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}\r\n"
        f"SUMMARY:{name}（{'班' if on else '休'}）\r\nEND:VEVENT\r\n"
        for day, (on, name) in days.items()
    ]
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n"


def as_toml(days: Days, year: int = 2027) -> str:
    """Our own form."""
    kinds = {True: "workday", False: "holiday"}
    lines = [f'{day} = {{ kind = "{kinds[on]}", name_zh = "{name}" }}' for day, (on, name) in days.items()]
    return "\n".join([f"year = {year}", "", "[days]", *lines]) + "\n"


FORMS = {".csv": as_csv, ".json": as_json, ".ics": as_ics, ".toml": as_toml}
"""Suffix → the text of a list of 2027."""
