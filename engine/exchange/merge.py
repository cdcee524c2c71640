"""A document of the data and the TOML file that is there already become one.

Facts are the data's. Texts, and what the importer only guessed, stay as the file has them, as long as the data they
were made from is what it was at the last import (``base``); what the file says beyond the data stays too.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.errors import BadInput
from engine.exchange.items import Document
from engine.exchange.layout import Block, Layout, Line, read_layout

ASSUMED = "# 假定：常见取值，非某地规定。 assumed: a typical value, not one city's rule."
BASIS = (
    "# basis: seen = 见于来源 stated by the source; derived = 由来源推得 follows from it; "
    "assumed = 假定 a typical value, not one city's rule."
)
ORDER = [
    "", "known_values", "item_limits", "legal_basis", "limits.statutory", "limits.promised", "conditions", "precedence",
    "shared_steps", "materials", "steps", "own_steps", "regimes", "known_cycles", "results", "reported",
    "departments", "roles", "sources", "fields",
]  # fmt: skip
"""The blocks of the files of ``processes/``, in the order they are written."""

_SOFT = frozenset({"text", "holder", "required_when", "act", "decisive", "join_policy"})
_SOFT_BLOCKS: Mapping[str, frozenset[str]] = {
    "item": frozenset({"own_steps"}),
    "bundle": frozenset({"steps", "conditions"}),
}
"""What the data does not say of an item or bundle itself: the importer proposes it once."""

_ALWAYS_SAID = frozenset({
    "after", "needs", "yields", "special_procedure", "optional", "deferrable", "produced_by", "carries", "added",
    "dropped",
})  # fmt: skip
_IDENTITY: Mapping[str, tuple[str, ...]] = {
    "materials": ("code",), "results": ("code",), "steps": ("id",), "own_steps": ("id",), "shared_steps": ("id",),
    "regimes": ("id",), "precedence": ("from", "to_step", "carries"), "conditions": ("item",), "fields": ("name",),
    "reported": ("metric", "unit", "before", "after"), "departments": ("code",), "roles": ("code",), "sources": ("id",),
}  # fmt: skip
_SAYS: Mapping[str, str] = {
    "conditions": "何时需要办理该事项：每行读作“当 field operator value 时需要”。 "
    "The item applies when `field operator value`.",
    "precedence": "前置关系：from 办结后才能进行 to_step。 "
    "Precedence: to_step waits for the result of `from`; all else runs in parallel.",
    "shared_steps": "可合并的现场环节（流程图中仍分列，是否合并由部门决定）。 "
    "Visits that may be joined; the diagram keeps them apart.",
    "own_steps": "单独申办时的环节；在“一件事”中由其统一送达代替。行政许可法 44。 "
    "Only when applied for alone; in a bundle its own delivery replaces it.",
    "regimes": "各地的时限安排与改革前的做法，用于比较；item_limits 为各事项总时限。 "
    "How places set the limits, and did before; compared with, never run.",
    "known_cycles": "有地方要求、但不能同时成立的先后顺序。 Orders asked for somewhere that cannot all be kept.",
    "reported": "各地公布的改革前后数字，仅供对照。 Figures reported by cities, kept for comparison only.",
}


@dataclass(frozen=True)
class Section:
    """One block's values; ``identity`` tells those of one name apart; ``soft``: proposed, not said by the data."""

    name: str
    many: bool
    identity: tuple[Any, ...]
    values: Mapping[str, Any]
    soft: bool = False

    def is_soft(self, key: str) -> bool:
        """Whether the file's own value may stay."""
        return self.soft or key in _SOFT or key.endswith(("_zh", "_en"))


def new_text(document: Document, head: str = "") -> str:
    """A new file: comments, then all blocks."""
    layout = Layout([Block("", False, "")])
    for section in sorted(_sections(document), key=lambda section: ORDER.index(section.name)):
        if section.name:
            layout.blocks.append(_block(section, first=not layout.named(section.name)))
        else:
            layout.blocks[0].lines = [*(Line("", line) for line in head.splitlines()), *_lines(section)]
    return layout.text()


def merged_text(text: str, base: Document | None, new: Document, file: str) -> str:
    """The file with the data in it; the same text when it says all of it already."""
    there = {_key(section): section for section in _sections(read_toml(text, file))}
    was = {_key(section): section for section in _sections(base)} if base is not None else {}
    layout = read_layout(text, file)
    blocks = _blocks(layout, there)
    wanted = list(_sections(new))
    for section in wanted:
        key = _key(section)
        before = was[key].values if key in was else None if base is None else {}
        if key not in there:
            if not _stays_away(section, before, there):
                layout.add(_block(section, first=not layout.named(section.name)), ORDER)
        elif key in blocks:
            _merge(blocks[key], there[key].values, before, section)
        elif dict(there[key].values) != dict(section.values):
            layout.blocks[0].put(section.name, section.values, [*(line.key for line in layout.blocks[0].lines)])
    for key in was.keys() & blocks.keys() - {_key(section) for section in wanted}:
        layout.drop(blocks[key])
    return layout.text()


def read_toml(text: str, file: str) -> dict[str, Any]:
    """The values of a file; BadInput when it is not TOML."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(
            "exchange.target", f"已有文件不是有效的 TOML：{error}", f"the file there is not TOML: {error}", file
        ) from error


def _sections(document: Mapping[str, Any], name: str = "") -> Iterator[Section]:
    soft = _SOFT_BLOCKS.get(document.get("kind", ""), frozenset())
    tables = {key: value for key, value in document.items() if _is_table(value)}
    lists = {key: value for key, value in document.items() if not name and _is_tables(value)}
    own = {key: value for key, value in document.items() if key not in tables and key not in lists}
    if own or not name:
        yield Section(name, False, (), own)
    for key, value in tables.items():
        yield from _sections(value, f"{name}.{key}" if name else key)
    for key, entries in lists.items():
        counted: dict[tuple[Any, ...], int] = {}
        for entry in entries:
            identity = _identity(key, entry)
            counted[identity] = counted.get(identity, 0) + 1
            yield Section(key, True, (*identity, counted[identity]), entry, key in soft)


def _identity(name: str, entry: Mapping[str, Any]) -> tuple[Any, ...]:
    if name == "known_cycles":
        return tuple((edge["from"], edge["to"]) for edge in entry["edges"])
    return tuple(entry.get(key) for key in _IDENTITY.get(name, ()))


def _key(section: Section) -> tuple[Any, ...]:
    return section.name, *section.identity


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _blocks(layout: Layout, there: Mapping[tuple[Any, ...], Section]) -> dict[tuple[Any, ...], Block]:
    """The block of each section the file has; a table written inline has none."""
    found: dict[tuple[Any, ...], Block] = {}
    waiting = {name: iter(layout.named(name)) for name in {section.name for section in there.values()}}
    for key, section in there.items():
        block = next(waiting[section.name], None)
        if block is not None:
            found[key] = block
    return found


def _stays_away(section: Section, before: Mapping[str, Any] | None, there: Mapping[tuple[Any, ...], Section]) -> bool:
    """Whether a block of guesses was taken out, or replaced by others, on purpose."""
    if not section.soft:
        return False
    if before is None:
        return any(other.name == section.name for other in there.values())
    return dict(before) == dict(section.values)


def _merge(block: Block, there: Mapping[str, Any], before: Mapping[str, Any] | None, section: Section) -> None:
    order = [*section.values]
    for key, value in section.values.items():
        if key in there and there[key] == value:
            continue
        told = section.is_soft(key) or _same_facts(there.get(key), value)
        if told and _kept(key, there, before, value):
            continue
        block.put(key, value, order)
        if key == "basis":
            block.remove_comment(ASSUMED)
    gone = (before or {}).keys() | (set() if section.soft else _ALWAYS_SAID)
    for key in (gone - section.values.keys()) & there.keys():
        if not section.is_soft(key) or (before or {}).get(key) == there[key]:
            block.remove(key)


def _kept(key: str, there: Mapping[str, Any], before: Mapping[str, Any] | None, value: Any) -> bool:
    """Whether the file's own text stays: the data has not changed since it was written."""
    if before is None:
        return key in there
    return key in before and bool(before[key] == value)


def _same_facts(one: Any, other: Any) -> bool:
    """Whether two lists of orders differ in their reasons only."""
    if not (_is_tables(one) and _is_tables(other)):
        return False
    return [_facts(entry) for entry in one] == [_facts(entry) for entry in other]


def _facts(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if not key.endswith(("_zh", "_en"))}


def _block(section: Section, *, first: bool) -> Block:
    header = f"[[{section.name}]]" if section.many else f"[{section.name}]"
    said = [f"# {_SAYS[section.name]}"] if first and section.name in _SAYS else []
    block = Block(section.name, section.many, header, ["", *said])
    assumed = section.values.get("basis") == "assumed" and section.name not in ("steps", "own_steps")
    block.lines = [*([Line("", ASSUMED)] if assumed else []), *_lines(section)]
    return block


def _lines(section: Section) -> list[Line]:
    block = Block("", False, "")
    for key, value in section.values.items():
        block.put(key, value, [*section.values])
    return block.lines


def with_entries(text: str, name: str, entries: Iterable[Mapping[str, Any]], file: str) -> str:
    """The file with more blocks ``[[name]]`` behind those it has."""
    layout = read_layout(text, file)
    for entry in entries:
        layout.add(_block(Section(name, True, (), entry), first=False), ORDER)
    return layout.text()
