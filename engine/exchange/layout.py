"""A TOML file as its blocks: a header, the lines below it, and the comments above; what is not changed stays as typed.

A block is ``[name]``, ``[[name]]`` or what stands before the first header (name ""). Values are read by ``tomllib``;
this module only knows where they begin and end.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.errors import BadInput

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\s-]+?)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"\s*(\"[^\"]*\"|[A-Za-z0-9_-]+)\s*=")
_LONGEST_LINE = 118


@dataclass
class Line:
    """One key with its value, over one or more lines; the key is empty for comments and blank lines."""

    key: str
    text: str


@dataclass(eq=False)
class Block:
    """``above``: comments and blank lines before the header."""

    name: str
    many: bool
    header: str
    above: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def put(self, key: str, value: Any, order: list[str]) -> None:
        """Sets a key: where it is, or behind the last key that ``order`` has before it."""
        line = Line(key, f"{key} = {inline(value, key)}")
        places = [n for n, each in enumerate(self.lines) if each.key == key]
        if places:
            self.lines[places[0]] = line
            return
        before = set(order[: order.index(key)])
        behind = [n for n, each in enumerate(self.lines) if each.key in before]
        first = next((n for n, each in enumerate(self.lines) if each.key), len(self.lines))
        self.lines.insert(behind[-1] + 1 if behind else first, line)

    def remove(self, key: str) -> None:
        """Takes a key out."""
        self.lines = [line for line in self.lines if line.key != key]

    def remove_comment(self, text: str) -> None:
        """Takes a comment out that is no longer true."""
        self.lines = [line for line in self.lines if line.text.strip() != text]

    def has(self, key: str) -> bool:
        return any(line.key == key for line in self.lines)


@dataclass
class Layout:
    """All blocks of a file, the first without a header; ``below`` are comments at the end."""

    blocks: list[Block]
    below: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The file."""
        found: list[str] = []
        for block in self.blocks:
            found += [*block.above, *([block.header] if block.header else []), *(line.text for line in block.lines)]
        return "\n".join([*found, *self.below]).rstrip("\n") + "\n"

    def named(self, name: str) -> list[Block]:
        """The blocks of one name, in their order."""
        return [block for block in self.blocks if block.name == name]

    def add(self, block: Block, order: list[str]) -> None:
        """Puts a block behind the last of its name, or where ``order`` has its name."""
        before = {*order[: order.index(block.name) + 1], ""}
        behind = max(n for n, each in enumerate(self.blocks) if each.name in before)
        self.blocks.insert(behind + 1, block)

    def drop(self, block: Block) -> None:
        """Takes a block out; the comments above it go to the next of its name."""
        at = self.blocks.index(block)
        follower = self.blocks[at + 1] if at + 1 < len(self.blocks) else None
        if follower is not None and follower.name == block.name and any(line.strip() for line in block.above):
            follower.above = block.above
        self.blocks.remove(block)


def read_layout(text: str, file: str) -> Layout:
    """The blocks of a TOML file that ``tomllib`` has already read."""
    layout, waiting = Layout([Block("", False, "")]), list[str]()
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        header, key = _HEADER.fullmatch(lines[at]), _KEY.match(lines[at])
        if header:
            name = re.sub(r"\s", "", header[2])
            layout.blocks.append(Block(name, header[1] == "[[", lines[at], waiting))
            waiting, at = [], at + 1
        elif key:
            end = _end_of_value(lines, at, file)
            layout.blocks[-1].lines += [Line("", comment) for comment in waiting]
            layout.blocks[-1].lines.append(Line(key[1].strip('"'), "\n".join(lines[at:end])))
            waiting, at = [], end
        else:
            waiting.append(lines[at])
            at += 1
    layout.below = waiting
    return layout


def _end_of_value(lines: list[str], at: int, file: str) -> int:
    """The line behind a value: the first where what was read so far is TOML."""
    for end in range(at + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    raise BadInput("exchange.layout", "无法看懂这一行", "this line cannot be understood", f"{file}: {at + 1}")


def inline(value: Any, key: str = "") -> str:
    """A value as TOML on one line; a long list of tables gets a line for each."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | Decimal):
        return str(int(value)) if value == int(value) else f"{value:f}"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {inline(each)}" for name, each in value.items()) + " }"
    short = "[" + ", ".join(inline(each) for each in value) + "]"
    tables = bool(value) and all(isinstance(each, Mapping) for each in value)
    if not tables or len(f"{key} = {short}") <= _LONGEST_LINE:
        return short
    return "[\n" + "".join(f"  {inline(each)},\n" for each in value) + "]"
