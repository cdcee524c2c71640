"""What a folder of processes holds already: its texts, what they say, and the data of the last import."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.errors import BadInput
from engine.exchange.items import Document
from engine.exchange.merge import read_toml
from engine.exchange.reading import Entry, read_document

IMPORTED = "imported"
"""The folder of the record: the data as it was imported last, in the exchange format itself."""


@dataclass
class Folder:
    """``path`` may not exist yet."""

    path: Path
    _texts: dict[str, str | None] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A file's text, None when there is none; BadInput when it cannot be read."""
        if name not in self._texts:
            self._texts[name] = self._read(name)
        return self._texts[name]

    def _read(self, name: str) -> str | None:
        path = self.path / name
        if not path.is_file():
            return None
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput("exchange.target", "已有文件无法读取", "the file there cannot be read", name) from error

    def values(self, name: str) -> dict[str, Any]:
        """What a TOML file says, nothing when there is none."""
        text = self.text(name)
        return read_toml(text, name) if text is not None else {}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The items and bundles there are."""
        return tuple(sorted(path.parent.name for path in self.path.glob("*/item.toml")))

    @cached_property
    def items(self) -> Mapping[str, Document]:
        """The items' tables by code."""
        found = {code: self.values(f"{code}/item.toml") for code in self.codes}
        return {code: document for code, document in found.items() if document.get("kind") == "item"}

    @cached_property
    def record(self) -> Mapping[str, Entry]:
        """The data of the last import by code."""
        found: dict[str, Entry] = {}
        for kind, key in (("items", "code"), ("bundles", "id")):
            path = self.path / IMPORTED / f"{kind}.json"
            if path.is_file():
                found |= {entry[key]: entry for entry in read_document(path, kind)}
        return found

    def names(self, entry_names: Mapping[str, str]) -> dict[str, Document]:
        """How files already call materials and results, by code: their names and holder.

        Only where the data they come from called them as ``entry_names`` does, or nothing is recorded.
        """
        found: dict[str, Document] = {}
        for code, document in self.items.items():
            recorded = {entry["code"]: entry["name"] for entry in _named(self.record.get(code, {}))}
            for table in (*document.get("materials", []), *document.get("results", [])):
                known = table["code"]
                if recorded.get(known, entry_names.get(known)) == entry_names.get(known):
                    kept = {key: table[key] for key in ("name_zh", "name_en", "holder") if key in table}
                    found[known] = {**kept, **found.get(known, {})}
        return found

    def fields(self) -> dict[str, Document]:
        """The questions of all forms by name; the first form that asks one decides."""
        found: dict[str, Document] = {}
        for code in self.codes:
            for asked in self.values(f"{code}/forms/application.toml").get("fields", []):
                found.setdefault(asked["name"], asked)
        return found


def _named(entry: Entry) -> Iterable[Entry]:
    return (*entry.get("materials", ()), *entry.get("results", ()))


def record_text(entries: Iterable[Entry]) -> str:
    """A file of the record."""
    return json.dumps([*entries], ensure_ascii=False, indent=1, default=_number) + "\n"


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(type(value).__name__)
    return int(value) if value == int(value) else float(value)
