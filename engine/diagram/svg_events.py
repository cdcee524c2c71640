"""Events and gateways."""

from engine.diagram import svg_icons as icons
from engine.diagram.svg_di import Picture, Shape, parts, tag, truth
from engine.diagram.svg_markup import BODY, INK, ellipse, num, path, placed

_THROWING = frozenset({"intermediateThrowEvent", "implicitThrowEvent", "endEvent"})
_DOUBLE = frozenset(
    {"intermediateCatchEvent", "intermediateThrowEvent", "implicitThrowEvent", "boundaryEvent", "event"}
)
_DASHED = f'{BODY} stroke-dasharray="5 3.4"'


def event(shape: Shape, picture: Picture) -> str:
    """Thin, double or thick ring (dashed: does not interrupt) with the mark of what it waits for or does."""
    style = _DASHED if _lets_go_on(shape) else BODY
    if shape.kind == "endEvent":
        rings = ellipse(shape.box, 1, f'{BODY} stroke-width="3.6"')
    elif shape.kind in _DOUBLE:
        rings = ellipse(shape.box, 0, style) + ellipse(shape.box, 3.2, style)
    else:
        rings = ellipse(shape.box, 0, style)
    mark = _mark(shape, picture)
    if not mark:
        return rings
    box = shape.box
    return rings + placed(mark, box.cx, box.cy, min(box.width, box.height) / 36 * 0.92)


def _lets_go_on(shape: Shape) -> bool:
    attribute = {"boundaryEvent": "cancelActivity", "startEvent": "isInterrupting"}.get(shape.kind, "")
    return bool(attribute) and truth(shape.element.get(attribute)) is False


def _definitions(shape: Shape, picture: Picture) -> list[str]:
    found = []
    for part in parts(shape.element):
        name = tag(part)
        if name == "eventDefinitionRef":
            target = picture.find((part.text or "").strip())
            name = "" if target is None else tag(target)
        if name.endswith("EventDefinition"):
            found.append(name)
    return found


def _mark(shape: Shape, picture: Picture) -> str:
    names = _definitions(shape, picture)
    if not names:
        return ""
    name = names[0]
    if len(names) > 1:
        name = "parallelMultiple" if truth(shape.element.get("parallelMultiple")) else "multiple"
    throwing = shape.kind in _THROWING
    if name == "messageEventDefinition":
        return icons.envelope(20, 14, filled=throwing)
    if name in icons.EVENT_OUTLINES:
        style = INK if throwing else f'{BODY} stroke-linejoin="round"'
        return path(icons.EVENT_OUTLINES[name], style)
    return icons.EVENT_PICTURES.get(name, "")


def gateway(shape: Shape, _: Picture) -> str:
    """A diamond with the mark of its kind; an exclusive one has its cross unless the file says otherwise."""
    box = shape.box
    diamond = (
        f"M{num(box.cx)} {num(box.y)}L{num(box.right)} {num(box.cy)}"
        f"L{num(box.cx)} {num(box.bottom)}L{num(box.x)} {num(box.cy)}Z"
    )
    mark = _gateway_mark(shape)
    scale = min(box.width, box.height) / 50
    return path(diamond, f'{BODY} stroke-linejoin="round"') + (placed(mark, box.cx, box.cy, scale) if mark else "")


def _gateway_mark(shape: Shape) -> str:
    if shape.kind == "exclusiveGateway":
        return "" if shape.marker is False else icons.EXCLUSIVE
    if shape.kind == "eventBasedGateway":
        if not truth(shape.element.get("instantiate")):
            return icons.EVENT_BASED
        parallel = shape.element.get("eventGatewayType") == "Parallel"
        return icons.EVENT_BASED_PARALLEL_START if parallel else icons.EVENT_BASED_START
    return {
        "parallelGateway": icons.PARALLEL,
        "inclusiveGateway": icons.INCLUSIVE,
        "complexGateway": icons.COMPLEX,
    }.get(shape.kind, "")
