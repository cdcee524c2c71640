"""Invented values for a template, so that it can be looked at (and tried) without a case."""

from datetime import date
from typing import Any

from engine.documents.model import Kind, Papers
from engine.documents.vocabulary import LISTS, VALUES

_DAY = date(2026, 3, 2)
_FLAGS = frozenset({"deemed", "promised_unsure", "statutory_unsure", "promised_only", "by_government"})


def sample_values(papers: Papers, kind: Kind, area: str = "330100") -> dict[str, Any]:
    """Every value and list: the name of the value where nothing better is known."""
    remedy = papers.remedy("")
    values: dict[str, Any] = {name: f"（{zh}）" for name, (zh, _) in VALUES.items()}
    values |= {name: _DAY for name in VALUES if name == "date" or name.endswith("_on")}
    values |= dict.fromkeys(_FLAGS, False)
    values |= {
        "name": kind.name_zh, "name_en": kind.name_en, "number": kind.numbered(area, _DAY.year, 1), "permit": True,
        "case_number": f"{area}20260302000001", "review_authority": remedy.review_authority,
        "review_days": remedy.review_days, "court": remedy.court, "litigation_months": remedy.litigation_months,
        "expected_days": "10", "extension_days": "10", "verification_code": "ABCDEFGHJKMN",
        "verification_address": "https://example.org/verify", "tracking_address": "https://example.org/track",
    }  # fmt: skip
    return values | {name: [_row(fields, number) for number in (1, 2)] for name, (_, fields) in LISTS.items()}


def nothing_values(papers: Papers, kind: Kind) -> dict[str, Any]:
    """The same with everything empty that can be."""
    empty: dict[str, Any] = {name: None if name.endswith("_on") else "" for name in VALUES}
    kept = {name: value for name, value in sample_values(papers, kind).items() if isinstance(value, int)}
    return {**empty, **kept, "permit": False, "date": _DAY, **{name: [] for name in LISTS}}


def _row(fields: tuple[str, ...], number: int) -> dict[str, Any]:
    return {field: _DAY if field == "until" else f"（示例 {number}）" for field in fields}
