"""Text without a browser: estimated widths, line breaks for Chinese and Latin text, labels.

Widths are in px for a system sans-serif font: estimates, right within about 8 %, which margins allow for.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.diagram.svg_di import Box
from engine.diagram.svg_markup import content, num, readable

LEADING = 1.25
LONGEST = 600  # characters of a name that are looked at; the tooltip has all of them
Anchor = Literal["start", "middle", "end"]

_OPENING = "（《「『【〈〔“‘"
_CLOSING = "，。、；：？！）》」』】〉〕”’…·—～％"
_WIDE = (
    "\u1100-\u115f\u2e80-\u2fff\u3001-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
#: A line may break between two of these: a Chinese character with the punctuation that may not leave it,
#: a Latin word, or white space.
_PIECE = re.compile(rf"\s+|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+")
#: Where a name falls into phrases ("食品经营许可 · 现场勘查", "核验（含照片）"): better line ends.
_PHRASES = re.compile(r"(\s*[·•]\s*|(?<=[：；，、）])|(?=（))")
_NARROW = frozenset("iljtfrI.,;:'|!()[]{}` -/\\")
_BROAD = frozenset("mwMW@%&—…")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size, ready to be placed; ``width`` and ``height`` in px."""

    lines: tuple[str, ...]
    size: float

    @property
    def width(self) -> float:
        return max((measure(line, self.size) for line in self.lines), default=0)

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


@lru_cache(maxsize=8192)
def _advance(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in "WF" or character in _OPENING or character in _CLOSING:
        return 1
    if character in _NARROW:
        return 0.33
    if character in _BROAD:
        return 0.9
    return 0.68 if character.isupper() else 0.58


def measure(text: str, size: float) -> float:
    """The width of one line."""
    return sum(map(_advance, text)) * size


def wrap(text: str, width: float, size: float) -> list[str]:
    """The text in lines no wider than ``width`` (one character may be); line ends of the text are kept."""
    lines: list[str] = []
    for paragraph in readable(text[:LONGEST]).splitlines():
        lines += _fill(paragraph.strip(), width, size)
    return lines


def _fill(paragraph: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    line = ""
    room = width
    for piece in _pieces(paragraph, width, size):
        needed = measure(piece, size)
        if needed > room and line.strip():
            lines.append(line.rstrip())
            line, room = "", width
        if line or not piece.isspace():
            line += piece
            room -= needed
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(paragraph: str, width: float, size: float) -> list[str]:
    found: list[str] = []
    for piece in _PIECE.findall(paragraph):
        if len(piece) > 1 and measure(piece, size) > width:
            found += piece
        else:
            found.append(piece)
    return found


def balanced(text: str, width: float, size: float) -> list[str]:
    """Like ``wrap``, ending lines at phrases, else with lines as even as can be: no lone last character."""
    lines = wrap(text, width, size)
    if not 2 <= len(lines) <= 4 or "\n" in text.strip():
        return lines
    phrases = _by_phrases(text, width, size)
    if len(phrases) <= len(lines) and all(measure(line, size) <= width for line in phrases):
        return phrases
    narrow = max(sum(measure(line, size) for line in lines) / len(lines), size * 2)
    while narrow < width:
        tried = wrap(text, narrow, size)
        if len(tried) <= len(lines):
            return tried
        narrow += size / 2
    return lines


def _by_phrases(text: str, width: float, size: float) -> list[str]:
    line, *rest = _PHRASES.split(readable(text[:LONGEST]))
    lines = []
    for mark, phrase in zip(rest[::2], rest[1::2], strict=True):
        if measure(line + mark + phrase, size) <= width:
            line += mark + phrase
        else:
            lines.append(line)
            line = phrase
    return [found for found in (*lines, line) if found]


def fit(text: str, width: float, height: float, sizes: tuple[float, ...] = (12, 11, 10)) -> Block:
    """The text in the largest of the sizes that fits the room; cut with "…" when none does."""
    lines: list[str] = []
    size = sizes[-1]
    for size in sizes:
        lines = balanced(text, width, size)
        if len(lines) * size * LEADING <= height:
            return Block(tuple(lines), size)
    return shortened(lines, max(int(height / (size * LEADING)), 1), size)


def shortened(lines: list[str], most: int, size: float) -> Block:
    """At most so many lines; the last one tells by "…" that there is more."""
    if len(lines) <= most:
        return Block(tuple(lines), size)
    last = lines[most - 1]
    kept = last[:-1]
    while kept and measure(kept + "…", size) > measure(last, size):
        kept = kept[:-1]
    return Block((*lines[: most - 1], kept + "…"), size)


def text(block: Block, x: float, top: float, anchor: Anchor = "middle", weight: str = "") -> str:
    """The block as one text element: ``x`` is its start, middle or end, ``top`` its upper edge."""
    if not block.lines:
        return ""
    step = block.size * LEADING
    # 0.36 puts the glyphs of both scripts in the middle of the line without dominant-baseline,
    # which printing libraries do not know.
    first = top + step / 2 + block.size * 0.36
    spans = (
        f'<tspan x="{num(x)}" y="{num(first + step * index)}">{content(line)}</tspan>'
        for index, line in enumerate(block.lines)
    )
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text class="d-text" fill="#17202b" font-size="{num(block.size)}" text-anchor="{anchor}"{bold}>'
        f"{''.join(spans)}</text>"
    )


def centred(block: Block, box: Box) -> str:
    """The block in the middle of a box."""
    return text(block, box.cx, box.cy - block.height / 2)


def upright(block: Block, box: Box) -> str:
    """The block in the middle of a narrow vertical band, read from the bottom up."""
    turned = text(block, 0, -block.height / 2)
    return f'<g transform="translate({num(box.cx)} {num(box.cy)}) rotate(-90)">{turned}</g>' if turned else ""
