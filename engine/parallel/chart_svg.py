"""What the charts of a plan share: the words in both languages, the sheet they are drawn on, colours, texts cut to fit.

Like the diagrams (``engine.diagram.svg``) a chart has no script, no style, no id and no reference to anything outside.
Colours stand twice: as attributes (light) and in ``CHART_CSS``, which a page holds and which adds dark and print.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from engine.diagram.svg_markup import attribute, content, num, readable
from engine.diagram.svg_states import FONTS, GROUND, MUTE, TEXT, Tone
from engine.diagram.svg_text import Anchor, measure

SIZE = 12.0
"""Font size of a chart in px."""

CRITICAL = Tone("#a5261c", "#ff9a91")
PLAIN = Tone("#dbe7f7", "#22334b")
EDGE = Tone("#0b4ea2", "#8ab8f5")
GRID = Tone("#d6dce5", "#323b48")

_INSIDE = {"c-critical": CRITICAL, "c-plain": PLAIN, "c-edge": EDGE, "c-text": TEXT, "c-mute": MUTE}
_LINES = {"c-line-critical": CRITICAL, "c-line-edge": EDGE, "c-grid": GRID, "c-slack": MUTE}

Say = Callable[[str, str], str]
"""Picks the Chinese or the English of two wordings."""


def say_in(language: str) -> Say:
    """The choice between two wordings for ``zh`` (also ``zh-CN`` and so on) or anything else, which is English."""
    chinese = language.startswith("zh")
    return lambda zh, en: zh if chinese else en


def days_text(days: Decimal) -> str:
    """Days as people write them: 10, 0.5."""
    return f"{days.normalize():f}"


def inside(css: str) -> str:
    """Attributes of something filled."""
    return f'class="{css}" fill="{_INSIDE[css].light}"'


def line(css: str, width: float = 1.0, dashes: str = "") -> str:
    """Attributes of a line."""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'class="{css}" fill="none" stroke="{_LINES[css].light}" stroke-width="{num(width)}"{dashed}'


def outlined(width: float = 1.0) -> str:
    """Attributes of something light with a border."""
    return f'class="c-plain c-line-edge" fill="{PLAIN.light}" stroke="{EDGE.light}" stroke-width="{num(width)}"'


def cut(words: str, width: float, size: float = SIZE) -> str:
    """The words on one line, ended by "…" where they are wider than ``width`` px."""
    words = " ".join(readable(words).split())
    if measure(words, size) <= width:
        return words
    kept = words
    while kept and measure(kept + "…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def text(words: str, x: float, y: float, anchor: Anchor = "start", css: str = "c-text", weight: str = "") -> str:
    """One line whose middle is at height ``y``; the halo keeps it legible where a line passes behind it."""
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{num(x)}" y="{num(y + SIZE * 0.36)}" text-anchor="{anchor}" {inside(css)}{bold}'
        f' stroke="{GROUND.light}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
        f"{content(words)}</text>"
    )


def titled(words: str, drawn: str, data: Sequence[tuple[str, str]] = ()) -> str:
    """A part of a chart that is read out as ``words``; ``data`` are hooks for pages and tests."""
    said = readable(words)
    hooks = "".join(f' data-{name}="{attribute(value)}"' for name, value in data)
    return f'<g role="img" aria-label="{attribute(said)}"{hooks}><title>{content(said)}</title>{drawn}</g>'


def sheet(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    """The ``<svg>`` element of a chart (text, well-formed XML); without ``title`` it has no name of its own."""
    name = f' aria-label="{attribute(readable(title))}"' if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plan-chart" role="group"{name}'
        f' viewBox="0 0 {num(width)} {num(height)}" width="{num(width)}" height="{num(height)}"'
        f' font-family="{attribute(FONTS)}" font-size="{num(SIZE)}">{"".join(parts)}</svg>'
    )


def _rules() -> str:
    root = ".plan-chart"
    rules = [f"{root} .{css}{{fill:{tone.css}}}" for css, tone in _INSIDE.items()]
    rules += [f"{root} .{css}{{stroke:{tone.css}}}" for css, tone in _LINES.items()]
    rules.append(f"{root} text{{stroke:{GROUND.css}}}")
    return "\n".join([*rules, f"@media print{{{root}{{color-scheme:light}}}}"]) + "\n"


CHART_CSS = _rules()
"""The stylesheet for pages with charts; dark mode follows the page's ``color-scheme``."""
