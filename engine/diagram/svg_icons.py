"""The small drawings of BPMN, each around (0, 0): task types, event definitions, activity markers.

Event marks fill a circle of radius 18, task icons a square of 16, activity markers a square of 12.
Drawn for this project from the notation chapters of BPMN 2.0 (OMG formal/2011-01-03, chapters 7 and 10).
"""

import math

from engine.diagram.svg_markup import BODY, INK, LINE, path

#: A line on top of something filled with the line colour.
_ON_INK = 'class="d-ring" fill="none" stroke="#fff"'


def _polygon(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"


def _regular(corners: int, radius: float) -> str:
    step = 2 * math.pi / corners
    return _polygon([(radius * math.sin(step * i), -radius * math.cos(step * i)) for i in range(corners)])


def _gear(teeth: int, outer: float, inner: float) -> str:
    step = 2 * math.pi / teeth
    points = []
    for tooth in range(teeth):
        for offset, radius in ((-0.32, inner), (-0.2, outer), (0.2, outer), (0.32, inner)):
            angle = step * (tooth + offset)
            points.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return _polygon(points)


def _circle(radius: float, style: str) -> str:
    return f'<circle r="{radius:g}" {style}/>'


def envelope(width: float, height: float, *, filled: bool) -> str:
    """A message, open (white) or filled."""
    x, y = width / 2, height / 2
    frame = f"M{-x:g} {-y:g}H{x:g}V{y:g}H{-x:g}Z"
    flap = f"M{-x:g} {-y:g}L0 {height * 0.08:g}L{x:g} {-y:g}"
    if not filled:
        return path(frame, BODY) + path(flap)
    return path(frame, f"{INK}") + path(flap, _ON_INK)


_USER = path("M-6.5 7V4.6Q-6.5 1.4-2.7.7Q0 2.7 2.7.7Q6.5 1.4 6.5 4.6V7Z", BODY) + path(
    "M-3.1-3.6a3.1 3.1 0 1 1 6.2 0a3.1 3.1 0 1 1-6.2 0Z", BODY
)
_SERVICE = path(_gear(8, 7.4, 5.5), f'{BODY} stroke-linejoin="round"') + _circle(2.3, LINE)
_SCRIPT = path("M-3.4-7H7Q3.6-3.6 5.2 0T3.4 7H-7Q-3.6 3.6-5.2 0T-3.4-7Z", BODY) + path(
    "M-2.9-3.7H2.9M-3-1.2H3.1M-2.5 1.3H3.7M-2.2 3.8H3.2"
)
_MANUAL = path(
    "M-7.5-1.6L-3.6-5.3Q-2.9-5.9-2-5.9H1.2Q2.6-5.5 1.9-4.4L-.2-3.2H6.2Q7.6-2.2 6.2-1.1H2.2H7Q8 0 6.9 1H2.2"
    "H6.2Q7.2 2 6.1 3.1H2H4.6Q5.6 4.2 4.5 5.2H-3.6L-7.5 3.4Z",
    f'{BODY} stroke-linejoin="round"',
)
_RULE = (
    path("M-7.5-5.5H7.5V5.5H-7.5Z", BODY)
    + path("M-7.5-5.5H7.5V-2H-7.5Z", 'fill="currentColor" fill-opacity=".55" stroke="currentColor"')
    + path("M-7.5 1.8H7.5M-2.5-2V5.5")
)
_INSTANTIATING = f"{path('M-8.5 0a8.5 8.5 0 1 1 17 0a8.5 8.5 0 1 1-17 0Z', BODY)}{envelope(10, 7, filled=False)}"

TASK_ICONS = {
    "userTask": _USER,
    "serviceTask": _SERVICE,
    "scriptTask": _SCRIPT,
    "manualTask": _MANUAL,
    "sendTask": envelope(15, 10.5, filled=True),
    "receiveTask": envelope(15, 10.5, filled=False),
    "businessRuleTask": _RULE,
}
INSTANTIATING_RECEIVE = _INSTANTIATING

_CLOCK_TICKS = "".join(
    f"M{11 * math.sin(a):.2f} {-11 * math.cos(a):.2f}L{9 * math.sin(a):.2f} {-9 * math.cos(a):.2f}"
    for a in (math.pi / 6 * hour for hour in range(12))
)
_TIMER = _circle(11, BODY) + path(_CLOCK_TICKS) + path("M1.4-7.5L0 0L5.4.6", f'{LINE} stroke-linecap="round"')
_PAGE = path("M-7-9H7V9H-7Z", BODY) + path("M-4.6-5.4H4.6M-4.6-1.8H4.6M-4.6 1.8H4.6M-4.6 5.4H4.6")
_CROSS = "M-9-6.6L-6.6-9L0-2.4L6.6-9L9-6.6L2.4 0L9 6.6L6.6 9L0 2.4L-6.6 9L-9 6.6L-2.4 0Z"
_PLUS = "M-2.7-9.5H2.7V-2.7H9.5V2.7H2.7V9.5H-2.7V2.7H-9.5V-2.7H-2.7Z"

#: Event definitions drawn as one outline: open when caught, filled when thrown.
EVENT_OUTLINES = {
    "errorEventDefinition": "M-8.6 8.8L-4-8.4L2.8 2.4L8.6-8.8L4 8.4L-2.8-2.2Z",
    "escalationEventDefinition": "M0-9.6L7.6 9L0 1.6L-7.6 9Z",
    "cancelEventDefinition": _CROSS,
    "compensateEventDefinition": "M-10 0L-1-6.6V6.6ZM-1 0L8-6.6V6.6Z",
    "linkEventDefinition": "M-9.5-3.6H2V-8L10.5 0L2 8V3.6H-9.5Z",
    "signalEventDefinition": "M0-9L9.2 7.2H-9.2Z",
    "multiple": _regular(5, 10.5),
    "parallelMultiple": _PLUS,
}
#: Event definitions that look the same wherever they stand.
EVENT_PICTURES = {
    "timerEventDefinition": _TIMER,
    "conditionalEventDefinition": _PAGE,
    "terminateEventDefinition": _circle(10.5, INK),
}

PARALLEL = path("M-2.2-11H2.2V-2.2H11V2.2H2.2V11H-2.2V2.2H-11V-2.2H-2.2Z", INK)
EXCLUSIVE = path(
    "M-8.2-9.5H-4.6L0-2.6L4.6-9.5H8.2L1.9 0L8.2 9.5H4.6L0 2.6L-4.6 9.5H-8.2L-1.9 0Z",
    INK,
)
INCLUSIVE = _circle(11, f'{LINE} stroke-width="3"')
COMPLEX = path("M0-12V12M-12 0H12M-8.4-8.4L8.4 8.4M8.4-8.4L-8.4 8.4", f'{LINE} stroke-width="3.4"')
_RINGS = _circle(13.5, LINE) + _circle(10.8, LINE)
EVENT_BASED = _RINGS + path(_regular(5, 7.5))
EVENT_BASED_START = _circle(13.5, LINE) + path(_regular(5, 8))
EVENT_BASED_PARALLEL_START = _circle(13.5, LINE) + path(_PLUS.replace("9.5", "8.5"))

COLLAPSED = path("M-6-6H6V6H-6Z") + path("M0-3.8V3.8M-3.8 0H3.8", f'{LINE} stroke-width="1.6"')
LOOP = path("M-3.2 4.9A5.4 5.4 0 1 1 1.4 5.2", f'{LINE} stroke-width="1.5"') + path(
    "M-6.6 5.1H-2.6V1.2", f'{LINE} stroke-width="1.5"'
)
MULTI_PARALLEL = path("M-4-5.5V5.5M0-5.5V5.5M4-5.5V5.5", f'{LINE} stroke-width="2.2"')
MULTI_SEQUENTIAL = path("M-5.5-4H5.5M-5.5 0H5.5M-5.5 4H5.5", f'{LINE} stroke-width="2.2"')
COMPENSATION = path("M-6 0L0-4.8V4.8ZM0 0L6-4.8V4.8Z")
AD_HOC = path(
    "M-6.5 2.6V.2Q-3.4-4.4 0-1.2Q3.4 1.6 6.5-2.6V-.2Q3.4 4.4 0 1.2Q-3.4-1.6-6.5 2.6Z",
    INK,
)
DATA_INPUT = path("M-6-2.4H1V-5.4L6.5 0L1 5.4V2.4H-6Z")
DATA_OUTPUT = path("M-6-2.4H1V-5.4L6.5 0L1 5.4V2.4H-6Z", INK)
