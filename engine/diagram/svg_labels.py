"""Names of elements and the labels that stand outside their shape."""

from itertools import pairwise

from lxml import etree

from engine.diagram import svg_text
from engine.diagram.svg_di import Box, Edge, Picture, Point, Shape, parts, tag
from engine.diagram.svg_text import Anchor, Block

SIZE = 11.0
_WIDEST = 90.0  # where the file gives no room, as in common editors
_MOST_LINES = 6
_GAP = 4.0


def name_of(element: etree._Element, picture: Picture) -> str:
    """What people call it: its name, its text (annotation) or category (group); with the state of data."""
    kind = tag(element)
    if kind == "textAnnotation":
        return next(((part.text or "") for part in parts(element) if tag(part) == "text"), "")
    if kind == "group":
        value = picture.find(element.get("categoryValueRef"))
        return "" if value is None else value.get("value", "")
    name = element.get("name", "")
    state = next((part.get("name", "") for part in parts(element) if tag(part) == "dataState"), "")
    return f"{name}\n[{state}]" if state else name


def block_of(words: str, room: Box | None) -> Block:
    """The words broken to the room the file gives (its fonts are not ours), else to the usual width."""
    width = room.width * 1.1 + 4 if room is not None and room.width >= 30 else _WIDEST
    return svg_text.shortened(svg_text.balanced(words, width, SIZE), _MOST_LINES, SIZE)


def shape_label(shape: Shape, picture: Picture) -> tuple[str, Box | None]:
    """The label of an event, gateway or data element, and the room it takes."""
    words = name_of(shape.element, picture)
    if not words.strip():
        return "", None
    block = block_of(words, shape.label)
    if shape.label is not None:
        return _placed(block, Box(shape.label.cx - block.width / 2, shape.label.y, block.width, block.height))
    candidates = _candidates(shape, block)
    flows = picture.ends.get(shape.id, ())
    free = (box for box in candidates if not any(_crosses(edge, box) for edge in flows))
    return _placed(block, next(free, candidates[0]))


def edge_label(edge: Edge, picture: Picture) -> tuple[str, Box | None]:
    """The label of a flow: where the file puts it, else beside its longer first part."""
    words = name_of(edge.element, picture)
    if not words.strip():
        return "", None
    block = block_of(words, edge.label)
    if edge.label is not None:
        return _placed(block, Box(edge.label.cx - block.width / 2, edge.label.y, block.width, block.height))
    (x1, y1), (x2, y2) = _longer(edge.points[:3])
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    if abs(x2 - x1) >= abs(y2 - y1):
        return _placed(block, Box(x - block.width / 2, y - block.height - _GAP, block.width, block.height))
    beside = Box(x + _GAP + 2, y - block.height / 2, block.width, block.height)
    return _placed(block, beside, "start")


def _placed(block: Block, box: Box, anchor: Anchor = "middle") -> tuple[str, Box]:
    x = box.cx if anchor == "middle" else box.x
    return svg_text.text(block, x, box.y, anchor), box


def _candidates(shape: Shape, block: Block) -> list[Box]:
    """Places for a label, the best first: below, above (but not in a host), below right, below left."""
    box, width, height = shape.box, block.width, block.height
    below = Box(box.cx - width / 2, box.bottom + _GAP, width, height)
    above = Box(below.x, box.y - height - _GAP, width, height)
    right = Box(box.cx + 6, below.y, width, height)
    left = Box(box.cx - 6 - width, below.y, width, height)
    if shape.kind == "boundaryEvent":
        return [below, right, left]
    return [below, above, right, left]


def _crosses(edge: Edge, box: Box) -> bool:
    """Whether the edge may run through the box (a slanting part counts with its whole rectangle)."""
    for (x1, y1), (x2, y2) in pairwise(edge.points):
        part = Box(min(x1, x2) - 1, min(y1, y2) - 1, abs(x2 - x1) + 2, abs(y2 - y1) + 2)
        if part.meets(box):
            return True
    return False


def _longer(points: tuple[Point, ...]) -> tuple[Point, Point]:
    pairs = list(pairwise(points))
    return max(pairs, key=lambda pair: abs(pair[1][0] - pair[0][0]) + abs(pair[1][1] - pair[0][1]))
