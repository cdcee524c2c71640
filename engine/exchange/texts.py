"""Texts of the data in both languages, as an ``item.toml`` has them."""

import re
from collections.abc import Mapping
from typing import Any

NOT_ZH, NOT_EN = "并非：", "not so: "
"""Before the words of a rule that leaves an item out: the item is needed when they do not hold."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_FULL_WIDTH = str.maketrans({"(": "（", ")": "）", ";": "；"})


def both(entry: Mapping[str, Any], key: str, to: str | None = None, default: str = "") -> dict[str, str]:
    """``to_zh`` and ``to_en`` of a text that may stand as ``key``, ``key_zh``, ``key_en``.

    A text that exists in one language only is used for both. Nothing where there is no text at all.
    """
    plain = entry.get(key) or default
    zh = entry.get(f"{key}_zh") or plain or entry.get(f"{key}_en") or ""
    en = entry.get(f"{key}_en") or plain or entry.get(f"{key}_zh") or ""
    name = to or key
    return {f"{name}_zh": chinese(zh), f"{name}_en": en} if zh else {}


def chinese(text: str) -> str:
    """Chinese text with Chinese brackets and semicolons; any other text as it is."""
    if not _CHINESE.search(text):
        return text
    return re.sub(r"\s*([（）；])\s*", r"\1", text.translate(_FULL_WIDTH))


def short(text: str) -> str:
    """What stands before the first bracket."""
    return re.split(r"[（(]", text)[0].strip() or text


def slug(text: str, default: str) -> str:
    """A name for a form's field, made of the first English words; ``default`` where there are none."""
    words = re.findall(r"[a-z][a-z0-9]*", re.split(r"[,(（]", text.lower())[0])
    return "_".join(words)[:40].rstrip("_") or default


def cited(text: str) -> list[str]:
    """Sources a note names, such as (S33)."""
    return re.findall(r"\bS\d+[A-Z]?\b", text)
