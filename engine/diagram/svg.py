"""Draws a BPMN diagram as SVG on the server: portal without scripts, print, PDF, mail, command line.

Presentation only: the result has no script, no style attribute, no id and no reference to anything outside,
so several fit on one page under the strictest content security policy. The same input gives the same text.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from engine.diagram import svg_flows
from engine.diagram.svg_di import Box, Edge, Picture, Shape, read_picture
from engine.diagram.svg_labels import edge_label, name_of, shape_label
from engine.diagram.svg_markup import attribute, content, num, readable, rect
from engine.diagram.svg_shapes import FLOWS, KINDS, layer_of
from engine.diagram.svg_states import (
    FONTS,
    GROUND,
    LINES,
    LOOKS,
    PAPER,
    SVG_CSS,
    ElementState,
    badge,
    group_attributes,
)

__all__ = ["LOOKS", "SVG_CSS", "ElementState", "draw"]

MARGIN = 20.0
NO_STATES: Mapping[str, ElementState] = MappingProxyType({})


def draw(
    definitions: etree._Element,
    states: Mapping[str, ElementState] = NO_STATES,
    *,
    title: str = "",
    description: str = "",
    standalone: bool = False,
) -> str:
    """The diagram of a BPMN file as an ``<svg>`` element (text, well-formed XML, UTF-8).

    ``states`` maps element ids (of nodes or flows; others are ignored) to how they are drawn. ``title`` and
    ``description`` are what assistive technology reads out; without a title the process's name is taken.
    ``standalone`` embeds ``SVG_CSS`` and a background, for a file; a page links the stylesheet instead.
    Whatever cannot be drawn is left out; DiagramError when nothing is left.
    """
    picture = read_picture(definitions, KINDS, svg_flows.CSS)
    sheet = _Sheet(picture, states)
    layers = _layers(picture.shapes, picture)
    for layer in sorted({*layers, FLOWS}):
        if layer == FLOWS:
            for edge in _by_state(picture.edges, states):
                sheet.add_edge(edge)
        for shape in layers.get(layer, ()):
            sheet.add_shape(shape)
    return _document(sheet, title or _process_name(picture), description, standalone)


@dataclass
class _Sheet:
    """What has been drawn so far, and the rectangle it covers."""

    picture: Picture
    states: Mapping[str, ElementState]
    drawn: list[str] = field(default_factory=list)
    left: float = math.inf
    top: float = math.inf
    right: float = -math.inf
    bottom: float = -math.inf

    @property
    def area(self) -> Box:
        """Everything drawn, with the margin."""
        left, top = math.floor(self.left - MARGIN), math.floor(self.top - MARGIN)
        return Box(left, top, math.ceil(self.right + MARGIN) - left, math.ceil(self.bottom + MARGIN) - top)

    def add_shape(self, shape: Shape) -> None:
        kind, state = KINDS[shape.kind], self.states.get(shape.id)
        label, room = shape_label(shape, self.picture) if kind.labelled else ("", None)
        mark, mark_room = _shape_badge(shape, state)
        inside = kind.paint(shape, self.picture) + label + mark
        self.drawn.append(_group(shape, kind.css, state, inside, self.picture))
        self._cover(shape.box, room, mark_room)

    def add_edge(self, edge: Edge) -> None:
        state = self.states.get(edge.id)
        label, room = edge_label(edge, self.picture)
        mark, mark_room = "", None
        if state is not None and state.badge:
            mark, mark_room = badge(state, *svg_flows.middle(edge.points), leftwards=False)
        inside = svg_flows.flow(edge, self.picture) + label + mark
        self.drawn.append(_group(edge, svg_flows.CSS[edge.kind], state, inside, self.picture))
        xs, ys = zip(*edge.points, strict=True)
        self._cover(Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)), room, mark_room)

    def _cover(self, *boxes: Box | None) -> None:
        for box in boxes:
            if box is not None:
                self.left, self.top = min(self.left, box.x), min(self.top, box.y)
                self.right, self.bottom = max(self.right, box.right), max(self.bottom, box.bottom)


def _layers(shapes: Iterable[Shape], picture: Picture) -> dict[int, list[Shape]]:
    """The shapes by layer; within a layer the larger ones first, so that nothing hides what it contains."""
    layers: dict[int, list[Shape]] = {}
    for shape in shapes:
        layers.setdefault(layer_of(shape, picture), []).append(shape)
    for layer in layers.values():
        layer.sort(key=lambda shape: -shape.box.width * shape.box.height)
    return layers


def _by_state(edges: Iterable[Edge], states: Mapping[str, ElementState]) -> list[Edge]:
    """Flows that were taken come last: where several share a line, its colour tells that one was."""
    return sorted(edges, key=lambda edge: edge.id in states and states[edge.id].kind not in ("future", "skipped"))


def _shape_badge(shape: Shape, state: ElementState | None) -> tuple[str, Box | None]:
    if state is None:
        return "", None
    box, css = shape.box, KINDS[shape.kind].css
    if css == "bpmn-event":
        return badge(state, box.cx + box.width * 0.36, box.cy - box.height * 0.36, leftwards=False)
    if css == "bpmn-gateway":
        return badge(state, box.cx + box.width * 0.25, box.cy - box.height * 0.25, leftwards=False)
    return badge(state, box.right - 3, box.y + 1, leftwards=True)


def _group(item: Shape | Edge, css: str, state: ElementState | None, inside: str, picture: Picture) -> str:
    """The group of one element: hooks for pages and tests, its title, its drawing."""
    name = " ".join(readable(name_of(item.element, picture)).split())
    said = readable(state.tooltip) if state is not None else ""
    words = " · ".join(part for part in (name, said) if part)
    title = f"<title>{content(words)}</title>" if words else ""
    classes = css if state is None else f"{css} s-{state.kind}"
    return (
        f'<g data-element-id="{attribute(item.id)}" data-element-type="{item.kind}" class="{classes}"'
        f"{group_attributes(state)}>{title}{inside}</g>"
    )


def _process_name(picture: Picture) -> str:
    subject = picture.subject
    name = "" if subject is None else subject.get("name", "")
    return name or "流程图 BPMN diagram"


def _document(sheet: _Sheet, title: str, description: str, standalone: bool) -> str:
    area = sheet.area
    said = f"<title>{content(readable(title))}</title>"
    if description:
        said += f"<desc>{content(readable(description))}</desc>"
    ground = ""
    if standalone:
        filling = f'class="d-ground" fill="{GROUND.light}" stroke="none"'
        ground = f"<style>{content(SVG_CSS)}</style>{rect(area, 0, filling)}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="bpmn-svg" role="img"'
        f' viewBox="{num(area.x)} {num(area.y)} {num(area.width)} {num(area.height)}"'
        f' width="{num(area.width)}" height="{num(area.height)}" color="{LINES.light}" fill="{PAPER.light}"'
        f' stroke-width="1.5" font-family="{attribute(FONTS)}">'
        f"{said}{ground}{''.join(sheet.drawn)}</svg>"
    )
