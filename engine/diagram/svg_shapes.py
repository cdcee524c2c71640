"""Every kind of shape: how it is painted, in which layer, under which CSS class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.diagram import svg_icons as icons
from engine.diagram import svg_text
from engine.diagram.svg_activities import activity, choreography, is_open
from engine.diagram.svg_di import Box, Picture, Shape, parts, tag, truth
from engine.diagram.svg_events import event, gateway
from engine.diagram.svg_labels import name_of
from engine.diagram.svg_markup import BODY, LINE, num, path, placed, rect

Painter = Callable[[Shape, Picture], str]

_BAND = 30.0  # the name's strip of a pool or lane
POOLS, LANES, OPENED, FLOWS, NODES, ATTACHED, FRAMES = range(7)


@dataclass(frozen=True, slots=True)
class Kind:
    """How shapes of one kind are drawn; ``labelled``: the name stands outside."""

    css: str
    paint: Painter
    layer: int = NODES
    labelled: bool = False


def layer_of(shape: Shape, picture: Picture) -> int:
    """Containers lie under flows, flows under nodes, boundary events on top of their hosts."""
    if shape.kind == "participant" and shape.band:
        return ATTACHED
    if is_open(shape, picture):
        return OPENED
    return KINDS[shape.kind].layer


def _participant(shape: Shape, picture: Picture) -> str:
    if shape.band:
        return _participant_band(shape, picture)
    name, box = name_of(shape.element, picture), shape.box
    several = any(tag(part) == "participantMultiplicity" for part in parts(shape.element))
    marker = placed(icons.MULTI_PARALLEL, box.cx, box.bottom - 10) if several else ""
    if shape.element.get("processRef") is None:
        return rect(box) + svg_text.centred(svg_text.fit(name, box.width - 20, box.height - 10), box) + marker
    if shape.horizontal is False:
        line = f"M{num(box.x)} {num(box.y + _BAND)}H{num(box.right)}"
    else:
        line = f"M{num(box.x + _BAND)} {num(box.y)}V{num(box.bottom)}"
    return rect(box) + path(line) + _strip(name, shape) + marker


def _participant_band(shape: Shape, picture: Picture) -> str:
    shade = "" if shape.band.endswith("_initiating") and "non_" not in shape.band else _shade(shape.box)
    block = svg_text.fit(name_of(shape.element, picture), shape.box.width - 10, shape.box.height)
    return rect(shape.box, 4) + shade + svg_text.centred(block, shape.box)


def _shade(box: Box) -> str:
    return rect(box, 4, 'fill="currentColor" fill-opacity=".14" stroke="none"')


def _lane(shape: Shape, picture: Picture) -> str:
    # Lanes stay clear, so that the pool's colour and state show through.
    return rect(shape.box, 0, LINE) + _strip(name_of(shape.element, picture), shape)


def _strip(name: str, shape: Shape) -> str:
    box = shape.box
    if shape.horizontal is False:
        band = Box(box.x, box.y, box.width, min(_BAND, box.height))
        return svg_text.centred(svg_text.fit(name, band.width - 10, band.height), band)
    band = Box(box.x, box.y, min(_BAND, box.width), box.height)
    return svg_text.upright(svg_text.fit(name, band.height - 10, band.width), band)


def _data(shape: Shape, picture: Picture) -> str:
    box = shape.box
    fold = min(12.0, box.width / 3, box.height / 3)
    corner = f"M{num(box.right - fold)} {num(box.y)}V{num(box.y + fold)}H{num(box.right)}"
    page = (
        f"M{num(box.x)} {num(box.y)}H{num(box.right - fold)}L{num(box.right)} {num(box.y + fold)}"
        f"V{num(box.bottom)}H{num(box.x)}Z"
    )
    arrow = {"dataInput": icons.DATA_INPUT, "dataOutput": icons.DATA_OUTPUT}.get(shape.kind, "")
    drawn = path(page, BODY) + path(corner)
    if arrow:
        drawn += placed(arrow, box.x + 10, box.y + 10)
    if _is_collection(shape, picture):
        drawn += placed(icons.MULTI_PARALLEL, box.cx, box.bottom - 9)
    return drawn


def _is_collection(shape: Shape, picture: Picture) -> bool:
    target = picture.find(shape.element.get("dataObjectRef"))
    flags = [shape.element.get("isCollection"), None if target is None else target.get("isCollection")]
    return any(truth(flag) for flag in flags)


def _store(shape: Shape, _: Picture) -> str:
    box = shape.box
    bend = min(box.height / 7, 9)
    rx, ry = num(box.width / 2), num(bend)
    arc = f"a{rx} {ry} 0 0 0 {num(box.width)} 0"
    lid = f"a{rx} {ry} 0 0 1 {num(box.width)} 0"
    top = f"M{num(box.x)} {num(box.y + bend)}"
    body = f"{top}{lid}V{num(box.bottom - bend)}a{rx} {ry} 0 0 1 {num(-box.width)} 0Z"
    rings = "".join(f"M{num(box.x)} {num(box.y + bend + step)}{arc}" for step in (0, bend * 0.7, bend * 1.4))
    return path(body, BODY) + path(rings)


def _message(shape: Shape, _: Picture) -> str:
    box = shape.box
    flap = f"M{num(box.x)} {num(box.y)}L{num(box.cx)} {num(box.cy)}L{num(box.right)} {num(box.y)}"
    return rect(box) + path(flap)


def _annotation(shape: Shape, picture: Picture) -> str:
    box = shape.box
    tip = num(min(box.x + 10, box.right))
    bracket = f"M{tip} {num(box.y)}H{num(box.x)}V{num(box.bottom)}H{tip}"
    # A clear rectangle lets the pointer find the note (its title) anywhere on it.
    block = svg_text.fit(name_of(shape.element, picture), max(box.width - 12, 20), box.height)
    clear = rect(box, 0, 'fill-opacity="0" stroke="none"')
    top = max(box.cy - block.height / 2, box.y)
    return clear + path(bracket) + svg_text.text(block, box.x + 7, top, "start")


def _group(shape: Shape, picture: Picture) -> str:
    box = shape.box
    frame = rect(box, min(10, box.width / 4), f'{LINE} stroke-dasharray="10 6 1.5 6" stroke-linecap="round"')
    block = svg_text.fit(name_of(shape.element, picture), max(box.width - 20, 20), 15)
    return frame + svg_text.text(block, box.cx, box.y + 4)


def _conversation(shape: Shape, picture: Picture) -> str:
    box = shape.box
    slant = min(box.width / 4, box.height / 2)
    left, right = box.x + slant, box.right - slant
    weight = ' stroke-width="4"' if shape.kind == "callConversation" else ""
    hexagon = (
        f"M{num(box.x)} {num(box.cy)}L{num(left)} {num(box.y)}H{num(right)}L{num(box.right)} {num(box.cy)}"
        f"L{num(right)} {num(box.bottom)}H{num(left)}Z"
    )
    marker = placed(icons.COLLAPSED, box.cx, box.bottom - 10) if shape.kind == "subConversation" else ""
    return path(hexagon, BODY + weight) + marker


_TASK = Kind("bpmn-task", activity)
_SUB_PROCESS = Kind("bpmn-subprocess", activity)
_EVENT = Kind("bpmn-event", event, labelled=True)
_GATEWAY = Kind("bpmn-gateway", gateway, labelled=True)
_DATA = Kind("bpmn-data", _data, labelled=True)
_STORE = Kind("bpmn-data", _store, labelled=True)
_CHOREOGRAPHY = Kind("bpmn-choreography", choreography)
_CONVERSATION = Kind("bpmn-conversation", _conversation, labelled=True)

_PAINTED = {
    "task userTask serviceTask scriptTask manualTask sendTask receiveTask businessRuleTask": _TASK,
    "callActivity": _TASK,
    "subProcess transaction adHocSubProcess": _SUB_PROCESS,
    "startEvent intermediateCatchEvent intermediateThrowEvent implicitThrowEvent endEvent event": _EVENT,
    "boundaryEvent": Kind("bpmn-event", event, ATTACHED, labelled=True),
    "exclusiveGateway parallelGateway inclusiveGateway complexGateway eventBasedGateway gateway": _GATEWAY,
    "dataObject dataObjectReference dataInput dataOutput": _DATA,
    "dataStore dataStoreReference": _STORE,
    "message": Kind("bpmn-data", _message, labelled=True),
    "textAnnotation": Kind("bpmn-note", _annotation),
    "group": Kind("bpmn-group", _group, FRAMES),
    "participant": Kind("bpmn-pool", _participant, POOLS),
    "lane": Kind("bpmn-lane", _lane, LANES),
    "choreographyTask subChoreography callChoreography": _CHOREOGRAPHY,
    "conversation subConversation callConversation": _CONVERSATION,
}
KINDS: Mapping[str, Kind] = {name: kind for names, kind in _PAINTED.items() for name in names.split()}
