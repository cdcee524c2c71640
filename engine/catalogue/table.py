"""Strict reading of TOML files: wrong types and unknown keys are errors, never ignored."""

import re
import tomllib
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from engine.errors import CatalogueError

Scalar: TypeAlias = str | bool | Decimal

SCHEMA = 1
_MOST_PLACES = 20
ASCII_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Table:
    """One TOML table that remembers which of its keys were read.

    Every read raises CatalogueError naming the file and the key; ``done`` raises on keys nobody read, so a
    misspelt key never passes silently.
    """

    def __init__(self, data: dict[str, object], file: str, path: str = "") -> None:
        self.file = file
        self.path = path
        self._data = data
        self._read: set[str] = set()

    def where(self, key: str = "") -> str:
        """``file: path.key`` of a key of this table, for error messages."""
        return f"{self.file}: {'.'.join(part for part in (self.path, key) if part)}"

    def wrong(self, key: str, message_zh: str, message_en: str) -> CatalogueError:
        """The error for a value of the right type that breaks a rule."""
        return CatalogueError("catalogue.wrong_value", message_zh, message_en, self.where(key))

    def has(self, key: str) -> bool:
        return key in self._data

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there and not be empty."""
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self._wrong_type(key, "文本", "a text")
        if default is None and not value.strip():
            raise self.wrong(key, "不能为空", "must not be empty")
        return value

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """A text out of a fixed vocabulary."""
        value = self.text(key, default)
        if value not in allowed:
            words = " | ".join(allowed)
            raise self.wrong(key, f"“{value}”不在可用值之中：{words}", f"{value!r} is not one of {words}")
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self._wrong_type(key, "true 或 false", "true or false")
        return value

    def number(self, key: str) -> Decimal:
        """A finite number that is not negative and has a sensible length."""
        value = _scalar(self._get(key, None))
        if not isinstance(value, Decimal) or not _countable(value):
            raise self._wrong_type(key, "数字", "a number")
        if value < 0:
            raise self.wrong(key, "不能为负数", "must not be negative")
        return value

    def number_or_none(self, key: str) -> Decimal | None:
        return self.number(key) if self.has(key) else None

    def scalar(self, key: str) -> Scalar:
        """A text, a finite number or true/false: the right-hand side of a comparison."""
        value = _scalar(self._get(key, None))
        if value is None or (isinstance(value, Decimal) and not _countable(value)):
            raise self._wrong_type(key, "文本、数字或 true/false", "a text, a number or true/false")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts in which nothing appears twice."""
        if default is not None and not self.has(key):
            return default
        value = self._get(key, None)
        if not isinstance(value, list):
            raise self._wrong_type(key, "文本列表", "a list of texts")
        words = tuple(word for word in value if isinstance(word, str))
        if len(words) != len(value):
            raise self._wrong_type(key, "文本列表", "a list of texts")
        if len(set(words)) != len(words):
            raise self.wrong(key, "有重复的值", "names something twice")
        return words

    def some_of(self, key: str, allowed: Collection[str], default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts out of a fixed vocabulary."""
        words = self.texts(key, default)
        for word in words:
            if word not in allowed:
                raise self.wrong(key, f"不认识“{word}”", f"{word!r} is not known here")
        return words

    def table(self, key: str) -> "Table":
        value = self._get(key, None)
        if not isinstance(value, dict):
            raise self._wrong_type(key, "表", "a table")
        return Table(value, self.file, f"{self.path}.{key}" if self.path else key)

    def table_or_none(self, key: str) -> "Table | None":
        return self.table(key) if self.has(key) else None

    def tables(self, key: str) -> "list[Table]":
        """The tables of ``[[key]]``, none when it is not there."""
        value = self._get(key, []) if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self._wrong_type(key, "若干个表", "a list of tables")
        path = f"{self.path}.{key}" if self.path else key
        return [Table(entry, self.file, f"{path}[{index}]") for index, entry in enumerate(value, start=1)]

    def scalars(self) -> dict[str, Scalar]:
        """Every key of this table with its scalar value."""
        return {key: self.scalar(key) for key in self._data}

    def done(self) -> None:
        """Raise when the table holds a key that was never read."""
        unknown = sorted(self._data.keys() - self._read)
        if unknown:
            raise CatalogueError(
                "catalogue.unknown_key",
                "没有这个键，是否拼写有误？",
                "unknown key, perhaps misspelt?",
                self.where(unknown[0]),
            )

    def _get(self, key: str, default: object) -> object:
        self._read.add(key)
        value = self._data.get(key, default)
        if value is None:
            raise CatalogueError("catalogue.missing_key", "缺少这个键", "this key is missing", self.where(key))
        return value

    def _wrong_type(self, key: str, expected_zh: str, expected_en: str) -> CatalogueError:
        return CatalogueError("catalogue.wrong_type", f"应为{expected_zh}", f"must be {expected_en}", self.where(key))


def ascii_code(table: Table, key: str) -> str:
    """A name people sign in or refer with."""
    name = table.text(key)
    if not ASCII_NAME.fullmatch(name):
        raise table.wrong(key, "只能用小写字母、数字和下划线", "only small letters, digits and underscores")
    return name


def new_code(table: Table, key: str, taken: Collection[str]) -> str:
    """The same, that nothing else of its kind has."""
    code = ascii_code(table, key)
    if code in taken:
        raise table.wrong(key, f"{code} 出现两次", f"{code} appears twice")
    return code


def read_table(folder: Path, file: str) -> Table:
    """The TOML file ``folder/file`` with its ``schema`` checked; CatalogueError when it cannot be read."""
    try:
        data = tomllib.loads(read_bytes(folder, file).decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise CatalogueError("catalogue.not_utf8", "文件不是 UTF-8 编码", "the file is not UTF-8", file) from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(
            "catalogue.not_toml", f"不是有效的 TOML：{error}", f"not valid TOML: {error}", file
        ) from error
    table = Table(data, file)
    if table.number("schema") != SCHEMA:
        raise table.wrong("schema", f"只支持版本 {SCHEMA}", f"only version {SCHEMA} is supported")
    return table


def read_bytes(folder: Path, file: str) -> bytes:
    """The bytes of ``folder/file``; CatalogueError when it is missing, unreadable or empty."""
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise CatalogueError(
            "catalogue.no_file", "缺少这个文件，或无法读取", "the file is missing or unreadable", file
        ) from error
    if not content.strip():
        raise CatalogueError("catalogue.empty_file", "文件是空的", "the file is empty", file)
    return content


def _scalar(value: object) -> Scalar | None:
    if isinstance(value, (str, bool, Decimal)):
        return value
    return Decimal(value) if isinstance(value, int) else None


def _countable(value: Decimal) -> bool:
    """Finite, and with so few places that it can be counted with: 1E999999999 has not."""
    return value.is_finite() and value.adjusted() < _MOST_PLACES and int(value.as_tuple().exponent) > -_MOST_PLACES
