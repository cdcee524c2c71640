"""Pieces of SVG text: numbers, escaping and the few primitives everything is made of.

Colours are said once, on the group of an element: ``color`` for its lines and ``fill`` for its inside. The
primitives take them over (``currentColor``, inherited fill): a page restyles an element with one rule.
"""

import re

from engine.diagram.svg_di import Box

#: The outline of an element: filled with the inside colour of its group.
BODY = 'stroke="currentColor"'
LINE = 'fill="none" stroke="currentColor"'
INK = 'fill="currentColor" stroke="none"'

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Legal, but nobody means to see them: C1 controls, and marks which re-order the text around them.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def num(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{round(value, 2):.9g}"


def attribute(value: str) -> str:
    """A value to stand between double quotes; characters XML forbids are dropped."""
    return _NOT_XML.sub("", value).translate(_ATTRIBUTE)


def content(value: str) -> str:
    """Text to stand between two tags; characters XML forbids are dropped."""
    return _NOT_XML.sub("", value).translate(_TEXT)


def readable(value: str) -> str:
    """A name as people are to see it: without invisible control and direction characters."""
    return _UNSEEN.sub("", _NOT_XML.sub("", value)).strip()


def rect(box: Box, radius: float = 0, style: str = BODY) -> str:
    corner = f' rx="{num(radius)}"' if radius else ""
    return (
        f'<rect x="{num(box.x)}" y="{num(box.y)}" width="{num(box.width)}" height="{num(box.height)}"{corner} {style}/>'
    )


def ellipse(box: Box, inset: float = 0, style: str = BODY) -> str:
    """The ellipse that fills the box, ``inset`` px smaller on every side."""
    rx, ry = max(box.width / 2 - inset, 0.5), max(box.height / 2 - inset, 0.5)
    return f'<ellipse cx="{num(box.cx)}" cy="{num(box.cy)}" rx="{num(rx)}" ry="{num(ry)}" {style}/>'


def path(d: str, style: str = LINE) -> str:
    return f'<path d="{d}" {style}/>'


def inset(box: Box, by: float) -> Box:
    """The box ``by`` px smaller on every side, never empty."""
    dx, dy = min(by, box.width / 2 - 0.5), min(by, box.height / 2 - 0.5)
    dx, dy = max(dx, 0), max(dy, 0)
    return Box(box.x + dx, box.y + dy, box.width - 2 * dx, box.height - 2 * dy)


def placed(mark: str, x: float, y: float, scale: float = 1) -> str:
    """A mark drawn around (0, 0), moved to (x, y); it has thin, undashed lines whatever its element has."""
    size = f" scale({num(scale)})" if scale != 1 else ""
    place = f"translate({num(x)} {num(y)}){size}"
    return f'<g transform="{place}" stroke-width="1.3" stroke-dasharray="none">{mark}</g>'
