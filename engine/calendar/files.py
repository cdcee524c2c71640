"""Calendar files as text: reading them, and refusing what is wrong with the name of the file and the key."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import CalendarError

BASE = "cn"
KINDS = {"holiday": False, "workday": True}
NOTES = frozenset({"basis", "source", "note_zh"})

_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class ListedDay:
    """A date a file declares a working day or a day off, and the holiday it belongs to."""

    working: bool
    name_zh: str


@dataclass(frozen=True)
class CalendarFile:
    """One file: its name within the folder of calendars, for messages, and its content."""

    name: str
    content: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path, name: str) -> "CalendarFile":
        """The TOML file ``folder/name``; CalendarError when it cannot be read."""
        try:
            return cls.parse(name, (folder / name).read_text("utf-8"))
        except OSError as error:
            raise CalendarError("calendar.file", "无法读取日历文件", "cannot read the file", name) from error
        except UnicodeDecodeError as error:
            raise CalendarError("calendar.file", "日历文件不是 UTF-8 文本", "not a UTF-8 text", name) from error

    @classmethod
    def parse(cls, name: str, text: str) -> "CalendarFile":
        """The same from its text."""
        try:
            return cls(name, tomllib.loads(text, parse_float=Decimal))
        except tomllib.TOMLDecodeError as error:
            raise CalendarError("calendar.file", "日历文件不是有效的 TOML", f"not valid TOML: {error}", name) from error

    def wrong(self, key: str, message_zh: str, message_en: str) -> CalendarError:
        """The error that names this file and the key."""
        return CalendarError("calendar.file_value", message_zh, message_en, f"{self.name}: {key}")

    def only(self, table: Any, allowed: frozenset[str], key: str) -> None:
        """Refuse anything but a table of ``allowed`` keys: a misspelt key must not be passed over."""
        if not isinstance(table, dict):
            raise self.wrong(key, "应为表", "must be a table")
        unknown = sorted(set(table) - allowed)
        if unknown:
            raise self.wrong(f"{key}.{unknown[0]}".lstrip("."), "未知的键", "unknown key")

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.content.get(key)
        if not isinstance(value, str) or not value:
            raise self.wrong(key, "应为文字", "must be a text")
        return value

    def day_of(self, text: str, where: str) -> date:
        """A date written 2026-03-20."""
        try:
            return day_from(text)
        except ValueError as error:
            raise self.wrong(where, "日期有误", "must be a date") from error

    def days(self) -> dict[date, ListedDay]:
        """The table ``[days]``: date = { kind = "holiday" or "workday", name_zh = … }."""
        table = self.content.get("days", {})
        if not isinstance(table, dict):
            raise self.wrong("days", "应为表", "must be a table of dates")
        days = {}
        for key, entry in table.items():
            where = f"days.{key}"
            day = self.day_of(key, where)
            self.only(entry, NOTES | {"kind", "name_zh"}, where)
            working = KINDS.get(str(entry.get("kind")))
            if working is None:
                raise self.wrong(f"{where}.kind", "应为 holiday 或 workday", "must be holiday or workday")
            name = entry.get("name_zh")
            if not isinstance(name, str) or not name:
                raise self.wrong(f"{where}.name_zh", "应为名称", "must be the name of the day")
            days[day] = ListedDay(working, name)
        return days


def day_from(text: str) -> date:
    """A date written 2026-03-20; ValueError for any other form of ISO 8601."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def require_region(region: str) -> str:
    """The region itself; CalendarError for anything that is not a code (it becomes the name of a file)."""
    if not _REGION.fullmatch(region):
        raise CalendarError("calendar.region", "地区代码有误", "a region is lower-case letters, digits, dashes", region)
    return region
