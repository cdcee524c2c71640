"""How the state of an element looks: colours for light and dark, a glyph (never colour alone), a stylesheet.

Every colour stands twice: as a presentation attribute (light), for printing libraries and pages without the
stylesheet, and in ``SVG_CSS``, which a page serves as a file and which adds dark mode and printing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.diagram import svg_text
from engine.diagram.svg_di import Box
from engine.diagram.svg_markup import content, num, readable, rect
from engine.errors import BadInput

FONTS = 'system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif'

_BADGE_SIZE = 10.5
_BADGE_HEIGHT = 17.0
_BADGE_LONGEST = 24  # characters; a badge is a figure or two words


@dataclass(frozen=True, slots=True)
class Tone:
    """One colour, on light and on dark ground."""

    light: str
    dark: str

    @property
    def css(self) -> str:
        return f"light-dark({self.light},{self.dark})"


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is drawn; ``mark`` is the glyph as a path around (0, 0), ``weight`` that of the outline."""

    line: Tone
    inside: Tone
    glyph: str = ""
    mark: str = ""
    weight: float = 1.5
    dashed: bool = False


LINES = Tone("#2b3542", "#c9d2de")
PAPER = Tone("#fff", "#232c38")
TEXT = Tone("#17202b", "#e6ebf2")
MUTE = Tone("#566273", "#a3afbf")
GROUND = Tone("#fff", "#12161c")
_BADGE_INK = Tone("#fff", "#12161c")
_GREEN, _GREEN_PAPER = Tone("#176639", "#86d7a4"), Tone("#e5f5eb", "#153324")
_BLUE, _BLUE_PAPER = Tone("#0b4ea2", "#8ab8f5"), Tone("#e6eefb", "#22334b")
_RED, _RED_PAPER = Tone("#b3261e", "#ff9a91"), Tone("#fdecea", "#43201d")
_AMBER, _AMBER_PAPER = Tone("#7a4b00", "#ffcf70"), Tone("#fff3d6", "#3d2f10")
_WINE, _WINE_PAPER = Tone("#7d1233", "#f79ab5"), Tone("#fbe9ef", "#3d1a26")
_TEAL, _TEAL_PAPER = Tone("#14606a", "#7fd0d8"), Tone("#e2f3f4", "#12313a")
_GREY_PAPER = Tone("#f4f6f9", "#1b222b")

LOOKS: Mapping[str, Look] = {
    "done": Look(_GREEN, _GREEN_PAPER, "✓", "M-3.7.3L-1.3 2.8L3.7-2.9"),
    "active": Look(_BLUE, _BLUE_PAPER, "▶", "M-1.7-2.9L2.9 0L-1.7 2.9Z", 2.5),
    "overdue": Look(_RED, _RED_PAPER, "!", "M0-4.2V.9M0 3.9V4", 2.5),
    "waiting": Look(_AMBER, _AMBER_PAPER, "⏳", "M-2.4-3.5H2.4L-2.4 3.5H2.4Z", 2),
    "refused": Look(_WINE, _WINE_PAPER, "✕", "M-3-3L3 3M3-3L-3 3", 2),
    "skipped": Look(MUTE, _GREY_PAPER, "–", "M-3.6 0H3.6", 1.5, dashed=True),
    "cancelled": Look(
        MUTE, _GREY_PAPER, "⊘", "M-3.4 0A3.4 3.4 0 1 0 3.4 0A3.4 3.4 0 1 0-3.4 0M-2.3 2.3L2.3-2.3", 1.5, dashed=True
    ),
    "covered": Look(_TEAL, _TEAL_PAPER, "=", "M-3.2-1.7H3.2M-3.2 1.7H3.2"),
    "future": Look(MUTE, PAPER),
    # A heat map: the figure itself stands in the badge.
    "heat1": Look(LINES, Tone("#fff8e1", "#2b2616")),
    "heat2": Look(LINES, Tone("#ffe7ad", "#403414")),
    "heat3": Look(LINES, Tone("#ffcb80", "#573b14")),
    "heat4": Look(LINES, Tone("#ffa76f", "#6c3818"), weight=2),
    "heat5": Look(LINES, Tone("#f98273", "#7d2f26"), weight=2.5),
}


@dataclass(frozen=True, slots=True)
class ElementState:
    """The state one element is drawn in.

    ``kind``: done, active, overdue, waiting, refused, skipped, covered, future; heat1 … heat5 in a heat map
    (BadInput for any other). ``badge``: a few words or a figure beside the glyph. ``tooltip``: said after the
    element's name.
    """

    kind: str
    badge: str = ""
    tooltip: str = ""

    def __post_init__(self) -> None:
        if self.kind not in LOOKS:
            raise BadInput(
                "diagram.state_kind",
                f"未知的图形状态，可用：{'、'.join(LOOKS)}",
                f"unknown state of an element; there are: {', '.join(LOOKS)}",
                self.kind,
            )


def group_attributes(state: ElementState | None) -> str:
    """Class and colours of the group of an element in this state; "" without one."""
    if state is None:
        return ""
    look = LOOKS[state.kind]
    dashes = ' stroke-dasharray="5 3"' if look.dashed else ""
    return (
        f' color="{look.line.light}" fill="{look.inside.light}" stroke-width="{num(look.weight)}"{dashes}'
        f' data-state="{state.kind}"'
    )


def badge(state: ElementState, x: float, y: float, *, leftwards: bool) -> tuple[str, Box | None]:
    """Glyph and badge text as a pill; the glyph's end of it is centred on (x, y). With the room it takes."""
    look = LOOKS[state.kind]
    words = readable(state.badge)[:_BADGE_LONGEST]
    if not look.glyph and not words:
        return "", None
    half = _BADGE_HEIGHT / 2
    glyph_room = _BADGE_HEIGHT if look.glyph else 0.0
    # Bold figures are wider than the estimate for normal ones.
    text_room = svg_text.measure(words, _BADGE_SIZE) * 1.15 + 9 if words else 0.0
    width = max(glyph_room + text_room, _BADGE_HEIGHT)
    left = x + half - width if leftwards else x - half
    box = Box(left, y - half, width, _BADGE_HEIGHT)
    pill = rect(box, half, 'class="d-ring" fill="currentColor" stroke="#fff" stroke-width="1.5"')
    mark = _glyph(look, left + half, y) if look.glyph else ""
    figures = _figures(words, (left + max(glyph_room - 4, 0) + box.right) / 2, y) if words else ""
    label = f' data-glyph="{look.glyph}"' if look.glyph else ""
    return f'<g class="d-badge"{label} stroke-dasharray="none">{pill}{mark}{figures}</g>', box


def _glyph(look: Look, x: float, y: float) -> str:
    solid = 'class="d-solid" fill="#fff"' if look.mark.endswith("Z") else 'fill="none"'
    return (
        f'<path d="{look.mark}" transform="translate({num(x)} {num(y)})" {solid}'
        ' stroke="#fff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _figures(words: str, x: float, y: float) -> str:
    return (
        f'<text x="{num(x)}" y="{num(y + _BADGE_SIZE * 0.36)}" fill="#fff" stroke="none"'
        f' font-size="{num(_BADGE_SIZE)}" font-weight="700" text-anchor="middle">{content(words)}</text>'
    )


def _rules() -> str:
    root = ".bpmn-svg"
    lines = [
        f"svg{root}:root{{color-scheme:light dark}}",
        f"{root}:not(:root){{max-width:100%;height:auto}}",
        f"{root}{{color:{LINES.css};fill:{PAPER.css};font-family:{FONTS}}}",
        f"{root} .d-ground{{fill:{GROUND.css}}}",
        f"{root} .d-text{{fill:{TEXT.css}}}",
        f"{root} .d-ring{{stroke:{PAPER.css}}}",
        f"{root} .d-badge path{{stroke:{_BADGE_INK.css}}}",
        f"{root} .d-badge text,{root} .d-badge .d-solid{{fill:{_BADGE_INK.css}}}",
    ]
    for kind, look in LOOKS.items():
        lines.append(f"{root} .s-{kind}{{color:{look.line.css};fill:{look.inside.css}}}")
    for kind in ("skipped", "future"):
        lines.append(f"{root} .s-{kind} .d-text{{fill:{MUTE.css}}}")
    lines.append(f"@media print{{{root},svg{root}:root{{color-scheme:light}}}}")
    return "\n".join(lines) + "\n"


#: The stylesheet for pages with diagrams; dark mode follows the page's ``color-scheme``.
SVG_CSS = _rules()
