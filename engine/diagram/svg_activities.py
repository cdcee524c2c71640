"""Tasks, call activities and sub-processes, with their icons and markers."""

from engine.diagram import svg_icons as icons
from engine.diagram import svg_text
from engine.diagram.svg_di import SUB_PROCESSES, Box, Picture, Shape, parts, tag, truth
from engine.diagram.svg_labels import name_of
from engine.diagram.svg_markup import BODY, LINE, inset, placed, rect

_ROUND = 10.0
_ICON_ROOM = 20.0
_MARKER_ROOM = 18.0
_SMALLEST_WITH_ICON = 40.0


def is_open(shape: Shape, picture: Picture) -> bool:
    """Whether a sub-process shows its inside: as the file says, else when something of it is on the plane."""
    if shape.kind not in SUB_PROCESSES:
        return False
    if shape.expanded is not None:
        return shape.expanded
    return shape.element in picture.parents


def activity(shape: Shape, picture: Picture) -> str:
    """The box, its icon in the upper left corner, its markers at the bottom, its name."""
    opened = is_open(shape, picture)
    markers = _markers(shape, opened)
    icon = _icon(shape)
    name = name_of(shape.element, picture)
    label = _heading(name, shape.box) if opened else _name(name, shape.box, icon != "", bool(markers))
    return _outline(shape) + icon + _row(markers, shape.box) + label


def choreography(shape: Shape, picture: Picture) -> str:
    """A choreography activity; its participants' bands are shapes of their own, drawn above it."""
    markers = _markers(shape, opened=shape.kind != "subChoreography" or bool(shape.expanded))
    weight = ' stroke-width="4"' if shape.kind == "callChoreography" else ""
    outline = rect(shape.box, _radius(shape.box), BODY + weight)
    return outline + _row(markers, shape.box) + _name(name_of(shape.element, picture), shape.box, True, True)


def _radius(box: Box) -> float:
    return min(_ROUND, box.width / 4, box.height / 4)


def _outline(shape: Shape) -> str:
    box, style = shape.box, BODY
    if shape.kind == "callActivity":
        style += ' stroke-width="4"'
    elif truth(shape.element.get("triggeredByEvent")):
        style += ' stroke-dasharray="1.5 4" stroke-linecap="round"'
    outline = rect(box, _radius(box), style)
    if shape.kind == "transaction":
        inner = inset(box, 3.5)
        outline += rect(inner, max(_radius(box) - 3, 0), LINE)
    return outline


def _icon(shape: Shape) -> str:
    mark = icons.TASK_ICONS.get(shape.kind, "")
    if shape.kind == "receiveTask" and truth(shape.element.get("instantiate")):
        mark = icons.INSTANTIATING_RECEIVE
    if not mark or min(shape.box.width, shape.box.height) < _SMALLEST_WITH_ICON:
        return ""
    return placed(mark, shape.box.x + 14.5, shape.box.y + 13.5)


def _markers(shape: Shape, opened: bool) -> list[str]:
    found = []
    if (shape.kind in SUB_PROCESSES or shape.kind == "subChoreography") and not opened:
        found.append(icons.COLLAPSED)
    if shape.kind == "callActivity" and not shape.expanded:
        found.append(icons.COLLAPSED)
    found += _repetition(shape)
    if truth(shape.element.get("isForCompensation")):
        found.append(icons.COMPENSATION)
    if shape.kind == "adHocSubProcess":
        found.append(icons.AD_HOC)
    return found


def _repetition(shape: Shape) -> list[str]:
    loop_type = shape.element.get("loopType", "")
    for part in parts(shape.element):
        name = tag(part)
        if name == "standardLoopCharacteristics":
            return [icons.LOOP]
        if name == "multiInstanceLoopCharacteristics":
            one_by_one = truth(part.get("isSequential"))
            return [icons.MULTI_SEQUENTIAL if one_by_one else icons.MULTI_PARALLEL]
    choreographies = {
        "Standard": icons.LOOP,
        "MultiInstanceSequential": icons.MULTI_SEQUENTIAL,
        "MultiInstanceParallel": icons.MULTI_PARALLEL,
    }
    return [choreographies[loop_type]] if loop_type in choreographies else []


def _row(markers: list[str], box: Box) -> str:
    left = box.cx - 8 * (len(markers) - 1)
    return "".join(placed(mark, left + 16 * i, box.bottom - 10) for i, mark in enumerate(markers))


def _heading(name: str, box: Box) -> str:
    lines = svg_text.wrap(name, max(box.width - 24, 20), 12)
    return svg_text.text(svg_text.shortened(lines, 2, 12), box.cx, box.y + 5, weight="600")


def _name(name: str, box: Box, with_icon: bool, with_markers: bool) -> str:
    top = _ICON_ROOM if with_icon else 5.0
    bottom = _MARKER_ROOM if with_markers else 5.0
    block = svg_text.fit(name, max(box.width - 10, 10), box.height - top - bottom)
    # In the middle of the box while that keeps clear of icon and markers, else in the middle of what is left.
    if block.height / 2 <= box.height / 2 - max(top, bottom):
        return svg_text.centred(block, box)
    return svg_text.centred(block, Box(box.x, box.y + top, box.width, max(box.height - top - bottom, 1)))
