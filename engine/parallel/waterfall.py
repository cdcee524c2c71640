"""From serial to commitment as bars in SVG: what each stage takes, and what it takes less than the one before."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.diagram.svg_di import Box
from engine.diagram.svg_markup import num, rect
from engine.diagram.svg_text import measure
from engine.parallel.chart_svg import SIZE, days_text, inside, line, outlined, say_in, sheet, text, titled

STAGES: Mapping[str, tuple[str, str]] = {
    "serial": ("依次办理", "one after the other"),
    "parallel": ("并联办理", "in parallel"),
    "joint_visits": ("再加联合踏勘", "with joint visits"),
    "relaxed": ("再放宽前置", "with relaxed orders"),
    "commitment": ("告知承诺", "on commitment"),
}
"""Stage of ``figures``' ``waterfall`` → how people call it, Chinese and English."""

PLOT, ROW, BAR, MARGIN = 400.0, 34.0, 20.0, 14.0


def waterfall(stages: Sequence[Mapping[str, Any]], *, language: str = "zh", title: str = "") -> str:
    """The chart of ``figures``' ``waterfall`` as an ``<svg>`` element (text, well-formed XML)."""
    say = say_in(language)
    names = [say(*STAGES[stage["stage"]]) for stage in stages]
    left = MARGIN + max((measure(name, SIZE) for name in names), default=0.0) * 1.05 + 10
    scale = PLOT / float(max((stage["days"] for stage in stages), default=0) or 1)
    parts, y, right = [], MARGIN + ROW / 2, 0.0
    before: Decimal | None = None
    for name, stage in zip(names, stages, strict=True):
        days: Decimal = stage["days"]
        said = say(f"{days_text(days)} 个工作日", f"{days_text(days)} working days") + _change(days, before)
        width = max(float(days) * scale, 2.0)
        look = outlined() if before is None else inside("c-edge")
        drawn = [rect(Box(left, y - BAR / 2, width, BAR), 2, f'data-part="bar" {look}')]
        if before is not None and before > days:
            gone = Box(left + width, y - BAR / 2, float(before) * scale - width, BAR)
            drawn.append(rect(gone, 0, line("c-slack", 1, "3 3")))
        end = left + float(max(days, before or days)) * scale
        drawn.append(text(name, left - 10, y, "end"))
        drawn.append(text(said, end + 10, y, weight="600"))
        right = max(right, end + 10 + measure(said, SIZE) * 1.2)
        parts.append(titled(f"{name} · {said}", "".join(drawn), [("stage", stage["stage"])]))
        before, y = days, y + ROW
    axis = f'<path d="M{num(left)} {num(MARGIN)}V{num(y - ROW / 2)}" {line("c-grid")}/>'
    return sheet(right + MARGIN, y - ROW / 2 + MARGIN, title, [axis, *parts])


def _change(days: Decimal, before: Decimal | None) -> str:
    """How much less or more than the stage before, in days and per cent."""
    if before is None or before == days:
        return ""
    sign = "−" if days < before else "+"
    share = f" ({sign}{abs(days - before) / before:.0%})" if before else ""
    return f" · {sign}{days_text(abs(days - before))}{share}"
