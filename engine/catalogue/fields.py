"""The fields of an application form, and how what a person typed becomes a value."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from engine.errors import BadInput

Value: TypeAlias = str | int | float | bool | None
"""A parsed value, ready for JSON: a date is its ISO text, nothing typed is None."""

FIELD_TYPES = ("text", "number", "boolean", "choice", "date")
LONGEST_TEXT = 2_000

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BOOLEANS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "1", "on", "是"), True),
    **dict.fromkeys(("false", "no", "0", "off", "否"), False),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the answers a ``choice`` field allows; ``value`` is what is stored."""

    value: str
    label_zh: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of a form.

    ``personal`` values are kept apart from the journal; ``routing`` values may appear in conditions.
    ``minimum`` and ``maximum`` bound a number, or the length of a text; ``unit`` is shown behind the box.
    """

    name: str
    label_zh: str
    label_en: str
    type: str
    required: bool
    personal: bool
    routing: bool
    help_zh: str
    help_en: str
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] = ()

    def parse(self, text: str) -> Value:
        """The value of what was typed; BadInput names the field, never the text (it may be personal)."""
        typed = unicodedata.normalize("NFKC", text).strip() if self.type != "text" else text.strip()
        if not typed:
            if self.required:
                raise self._wrong("missing", "请填写", "is needed")
            return None
        return _PARSERS[self.type](self, typed)

    def _wrong(self, reason: str, zh: str, en: str) -> BadInput:
        return BadInput(f"field.{reason}", f"{self.label_zh}：{zh}", f"{self.label_en}: {en}", self.name)

    def _bounded(self, size: Decimal, what_zh: str, what_en: str) -> None:
        unit = self.unit if self.type == "number" else ""
        if self.minimum is not None and size < self.minimum:
            raise self._wrong(
                "too_small",
                f"{what_zh}不能小于 {self.minimum}{unit}",
                f"{what_en} at least {self.minimum}{unit}",
            )
        if self.maximum is not None and size > self.maximum:
            raise self._wrong(
                "too_large",
                f"{what_zh}不能大于 {self.maximum}{unit}",
                f"{what_en} at most {self.maximum}{unit}",
            )

    def _text(self, typed: str) -> str:
        if _CONTROL.search(typed):
            raise self._wrong("characters", "含有无法显示的字符", "contains characters that cannot be shown")
        if len(typed) > LONGEST_TEXT:
            raise self._wrong("too_large", f"不能超过 {LONGEST_TEXT} 个字", f"at most {LONGEST_TEXT} characters")
        self._bounded(Decimal(len(typed)), "字数", "length")
        return typed

    def _number(self, typed: str) -> int | float:
        if not _NUMBER.fullmatch(typed):
            raise self._wrong("not_a_number", "请填数字，例如 50 或 50.5", "must be a number such as 50 or 50.5")
        number = Decimal(typed)
        self._bounded(number, "", "must be")
        return int(number) if number == number.to_integral_value() else float(number)

    def _boolean(self, typed: str) -> bool:
        answer = _BOOLEANS.get(typed.lower())
        if answer is None:
            raise self._wrong("not_yes_or_no", "请选择“是”或“否”", "must be yes or no")
        return answer

    def _choice(self, typed: str) -> str:
        if typed not in {choice.value for choice in self.choices}:
            raise self._wrong("not_a_choice", "请从列出的选项中选择", "must be one of the listed answers")
        return typed

    def _date(self, typed: str) -> str:
        try:
            return date.fromisoformat(typed).isoformat()
        except ValueError as error:
            raise self._wrong(
                "not_a_date", "请按 2026-01-31 的格式填写日期", "must be a date such as 2026-01-31"
            ) from error


_PARSERS = {
    "text": Field._text,
    "number": Field._number,
    "boolean": Field._boolean,
    "choice": Field._choice,
    "date": Field._date,
}
