"""Sequence flows, message flows, associations and conversation links."""

import math
from itertools import pairwise

from engine.diagram import svg_icons as icons
from engine.diagram.svg_di import Edge, Picture, Point, Shape, parts, tag
from engine.diagram.svg_markup import BODY, INK, LINE, num, path, placed

_BEND = 6.0  # radius of a corner
_HEAD = 10.0  # length of an arrowhead
_FILLED_HEAD = "M0 0L-10-4.2V4.2Z"
_OPEN_HEAD = "M-8.5-4.4L0 0L-8.5 4.4"
_DOTTED = 'stroke-dasharray=".5 4.5" stroke-linecap="round"'

#: The CSS class of every kind of edge.
CSS = {
    "sequenceFlow": "bpmn-flow",
    "messageFlow": "bpmn-message-flow",
    "association": "bpmn-association",
    "dataInputAssociation": "bpmn-association",
    "dataOutputAssociation": "bpmn-association",
    "dataAssociation": "bpmn-association",
    "conversationLink": "bpmn-conversation-link",
}


def flow(edge: Edge, picture: Picture) -> str:
    """The line of an edge with everything on it but its label; ``edge.kind`` is one of ``CSS``."""
    points = _docked(edge, picture)
    if edge.kind == "sequenceFlow":
        return _sequence(edge, points, picture)
    if edge.kind == "messageFlow":
        return _message(edge, points)
    if edge.kind == "conversationLink":
        wide = path(_route(points), f'{LINE} stroke-width="5"')
        return wide + path(_route(points), 'class="d-ring" fill="none" stroke="#fff" stroke-width="2.4"')
    return _association(edge, points)


def middle(points: tuple[Point, ...]) -> Point:
    """The point half way along."""
    lengths = [math.dist(a, b) for a, b in pairwise(points)]
    left = sum(lengths) / 2
    for ((x1, y1), (x2, y2)), length in zip(pairwise(points), lengths, strict=True):
        if left <= length:
            share = left / length
            return x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
        left -= length
    return points[-1]


def _sequence(edge: Edge, points: list[Point], picture: Picture) -> str:
    drawn = path(_route(_shortened(points, _HEAD - 2))) + _at_end(points, _FILLED_HEAD, INK)
    source = picture.find(edge.element.get("sourceRef"))
    if source is None:
        return drawn
    if edge.id and source.get("default") == edge.id:
        drawn += _at_start(points, "M9-5.5L13 5.5", LINE)
    elif not tag(source).endswith("Gateway") and _has_condition(edge):
        drawn += _at_start(points, "M0 0L8-4.6L16 0L8 4.6Z", BODY)
    return drawn


def _has_condition(edge: Edge) -> bool:
    return any(tag(part) == "conditionExpression" for part in parts(edge.element))


def _message(edge: Edge, points: list[Point]) -> str:
    line = path(_route(_shortened(points, _HEAD)), f'{LINE} stroke-dasharray="8 5"')
    ring = "M0 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z"
    drawn = line + _at_start(points, ring, BODY) + _at_end(points, "M0 0L-10-5V5Z", BODY)
    if edge.message:
        x, y = middle(tuple(points))
        drawn += placed(icons.envelope(24, 16, filled=edge.message == "non_initiating"), x, y)
    return drawn


def _association(edge: Edge, points: list[Point]) -> str:
    drawn = path(_route(points), f"{LINE} {_DOTTED}")
    direction = edge.element.get("associationDirection", "None") if edge.kind == "association" else "One"
    if direction in ("One", "Both"):
        drawn += _at_end(points, _OPEN_HEAD, LINE)
    if direction == "Both":
        drawn += _at_end(points[::-1], _OPEN_HEAD, LINE)
    return drawn


def _route(points: list[Point]) -> str:
    """Path data through all points, with round corners."""
    (x, y), *rest = points
    drawn = [f"M{num(x)} {num(y)}"]
    for index, (corner, after) in enumerate(pairwise(rest)):
        before = points[index]
        radius = min(_BEND, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        x1, y1 = _towards(corner, before, radius)
        x2, y2 = _towards(corner, after, radius)
        drawn.append(f"L{num(x1)} {num(y1)}Q{num(corner[0])} {num(corner[1])} {num(x2)} {num(y2)}")
    drawn.append(f"L{num(rest[-1][0])} {num(rest[-1][1])}")
    return "".join(drawn)


def _towards(start: Point, end: Point, distance: float) -> Point:
    share = distance / (math.dist(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _shortened(points: list[Point], by: float) -> list[Point]:
    """The line ends inside its arrowhead, else its blunt end would show at the tip."""
    last, before = points[-1], points[-2]
    return [*points[:-1], _towards(last, before, min(by, math.dist(last, before) * 0.9))]


def _turned(mark: str, style: str, at: Point, towards: Point) -> str:
    angle = math.degrees(math.atan2(towards[1] - at[1], towards[0] - at[0]))
    turn = f" rotate({num(angle)})" if round(angle, 2) else ""
    place = f"translate({num(at[0])} {num(at[1])}){turn}"
    return f'<path d="{mark}" transform="{place}" stroke-dasharray="none" {style}/>'


def _at_start(points: list[Point], mark: str, style: str) -> str:
    return _turned(mark, style, points[0], points[1])


def _at_end(points: list[Point], mark: str, style: str) -> str:
    """A head whose tip is the last point; drawn pointing along +x."""
    (x1, y1), (x2, y2) = points[-2], points[-1]
    return _turned(mark, style, (x2, y2), (2 * x2 - x1, 2 * y2 - y1))


def _docked(edge: Edge, picture: Picture) -> list[Point]:
    """The points, with ends inside a shape (some tools draw to the middle) moved out to its border."""
    points = list(edge.points)
    source = picture.boxes.get(edge.element.get("sourceRef", ""))
    target = picture.boxes.get(edge.element.get("targetRef", ""))
    if source is not None:
        points[0] = _border(points[0], points[1], source)
    if target is not None:
        points[-1] = _border(points[-1], points[-2], target)
    return points


def _depth(point: Point, shape: Shape) -> float:
    """0 in the middle of the shape, 1 on its border, more outside."""
    u = abs(point[0] - shape.box.cx) / (shape.box.width / 2)
    v = abs(point[1] - shape.box.cy) / (shape.box.height / 2)
    if shape.kind.endswith("Gateway"):
        return u + v
    return math.hypot(u, v) if shape.kind.endswith("Event") else max(u, v)


def _border(end: Point, before: Point, shape: Shape) -> Point:
    if _depth(end, shape) > 0.9 or _depth(before, shape) <= 1:
        return end
    inside, outside = end, before
    for _ in range(16):
        half = (inside[0] + outside[0]) / 2, (inside[1] + outside[1]) / 2
        inside, outside = (half, outside) if _depth(half, shape) < 1 else (inside, half)
    return outside
