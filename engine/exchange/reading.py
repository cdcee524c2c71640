"""Reads the JSON files of the exchange format: strict JSON, then the schema beside this module."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from engine.errors import BadInput

Entry: TypeAlias = Mapping[str, Any]
"""One item or bundle as the file has it; numbers are Decimal."""

LARGEST_FILE = 50_000_000


@dataclass(frozen=True)
class Data:
    """What was given; the names are those of the files, for messages."""

    items: tuple[Entry, ...]
    bundles: tuple[Entry, ...]
    sources: Mapping[str, Entry]
    items_file: str
    bundles_file: str

    def wrong_item(self, index: int, key: str, zh: str, en: str) -> BadInput:
        """The error for a place inside the item number ``index``."""
        return _data_error(zh, en, f"{self.items_file}: items[{index}]{key}")

    def wrong_bundle(self, index: int, key: str, zh: str, en: str) -> BadInput:
        """The error for a place inside the bundle number ``index``."""
        return _data_error(zh, en, f"{self.bundles_file}: bundles[{index}]{key}")


def read_data(items: Path, bundles: Path, sources: Path | None = None) -> Data:
    """The files, checked one by one; BadInput names the file and the place."""
    return Data(
        items=tuple(read_document(items, "items")),
        bundles=tuple(read_document(bundles, "bundles")),
        sources=read_document(sources, "sources") if sources is not None else {},
        items_file=items.name,
        bundles_file=bundles.name,
    )


def read_document(path: Path, kind: str) -> Any:
    """The content of one file of ``kind`` items, bundles or sources, valid against its schema."""
    document = _json(path)
    problem = next(iter(sorted(_validator(kind).iter_errors(document), key=lambda error: _rank(error))), None)
    if problem is not None:
        zh, en = _told(problem)
        raise BadInput("exchange.schema", zh, en, f"{path.name}: {place(kind, problem.absolute_path)}")
    return document


def place(kind: str, path: Iterable[str | int]) -> str:
    """``items[12].steps[3].consumes[0]``: where something stands in a document."""
    return kind + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


@cache
def _validator(kind: str) -> Draft202012Validator:
    schema = Path(__file__).with_name(f"{kind}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(schema))


def _rank(error: ValidationError) -> tuple[int, list[str]]:
    """The first place of the file first: indexes in order, whole numbers before longer paths."""
    path = list(error.absolute_path)
    return next((part for part in path if isinstance(part, int)), -1), [str(part).zfill(8) for part in path]


def _json(path: Path) -> Any:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput("exchange.no_file", "没有这个文件，或无法读取", "the file cannot be read", str(path)) from error
    if len(content) > LARGEST_FILE:
        raise BadInput("exchange.too_large", "文件过大", "the file is too large", path.name)
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
        _refuse_half_characters(text)
        return found
    except UnicodeDecodeError as error:
        raise BadInput("exchange.not_utf8", "文件不是 UTF-8 编码", "the file is not UTF-8", path.name) from error
    except json.JSONDecodeError as error:
        at = f"{path.name}: {error.lineno}:{error.colno}"
        raise BadInput("exchange.not_json", f"不是有效的 JSON：{error.msg}", f"not JSON: {error.msg}", at) from error
    except (_Malformed, ValueError, RecursionError) as error:
        zh, en = (
            error.args
            if isinstance(error, _Malformed)
            else ("数字过长或嵌套过深", "too long a number, or nested too deep")
        )
        raise BadInput("exchange.not_json", zh, en, path.name) from error


class _Malformed(Exception):
    """JSON the standard library would accept."""


def _no_number(text: str) -> NoReturn:
    raise _Malformed(f"{text} 不是数字", f"{text} is not a number")


def _refuse_half_characters(text: str) -> None:
    """Half of a surrogate pair is legal JSON and no text: it cannot be written anywhere."""
    pairs = re.sub(r"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..", "", text)
    if re.search(r"\\u[dD][89a-fA-F]", pairs):
        raise _Malformed("含有不完整的字符", "holds half a character")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Malformed(f"键“{twice}”出现两次", f"the key {twice!r} appears twice")
    return found


def _told(error: ValidationError) -> tuple[str, str]:
    """What a broken rule of the schema means, in words."""
    rule, expected, found = str(error.validator), cast(Any, error.validator_value), cast(Any, error.instance)
    shown = json.dumps(found, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    if rule == "required":
        missing = next(key for key in expected if key not in found)
        return f"缺少“{missing}”", f"{missing!r} is missing"
    if rule == "additionalProperties":
        unknown = next(key for key in found if key not in cast(Any, error.schema)["properties"])
        return f"没有“{unknown}”这个键，是否拼写有误？", f"unknown key {unknown!r}, perhaps misspelt?"
    if rule == "enum":
        words = " | ".join(map(str, expected))
        return f"{shown} 不在可用值之中：{words}", f"{shown} is not one of {words}"
    if rule == "type":
        types = expected if isinstance(expected, str) else " | ".join(expected)
        return f"应为 {types}，实为 {shown}", f"must be {types}, not {shown}"
    known = _RULES.get(rule)
    zh, en = known if known is not None else ("不符合格式", "does not have the form the format asks for")
    return f"{shown}：{zh.format(expected)}", f"{shown}: {en.format(expected)}"


_RULES: Mapping[str, tuple[str, str]] = {
    "pattern": ("不符合 {}", "must match {}"),
    "minimum": ("不能小于 {}", "must be at least {}"),
    "maximum": ("不能大于 {}", "must be at most {}"),
    "minLength": ("不能为空", "must not be empty"),
    "minItems": ("至少要有 {} 个", "needs at least {}"),
    "uniqueItems": ("有重复的值", "names something twice"),
    "anyOf": (
        "应为大写字母、数字和下划线组成的代码，或 null",
        "must be a code (capitals, digits, underscores) or null",
    ),
    "const": ("应为 {}", "must be {}"),
}


def _data_error(zh: str, en: str, where: str) -> BadInput:
    return BadInput("exchange.data", zh, en, where)
