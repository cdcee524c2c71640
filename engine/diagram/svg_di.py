"""What the diagram interchange (DI) of a BPMN file says is to be drawn, and where.

Nothing here trusts the file: a number that is not finite, a box without area, a line with one point or a
reference to nothing makes that one item disappear; only a file with nothing left to draw is an error.
Coordinates are the file's own, in px, y pointing down.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from lxml import etree

from engine.diagram.xml import BPMN
from engine.errors import DiagramError

#: Beyond this the picture could not be looked at anyway, and sums of such numbers would overflow.
FARTHEST = 1_000_000.0

SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_TRUE = frozenset({"true", "1"})


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``x, y`` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def cx(self) -> float:
        return self.x + self.width / 2

    @property
    def cy(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def meets(self, other: "Box") -> bool:
        """Whether the two share a point inside."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A BPMNShape with the element it stands for; ``kind`` is the element's local name."""

    element: etree._Element
    id: str
    kind: str
    box: Box
    label: Box | None
    #: The flags of the BPMNShape; None where the file does not say.
    horizontal: bool | None
    expanded: bool | None
    marker: bool | None
    band: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A BPMNEdge with the element it stands for; at least two points, no two equal ones in a row."""

    element: etree._Element
    id: str
    kind: str
    points: tuple[Point, ...]
    label: Box | None
    message: str


@dataclass(frozen=True)
class Picture:
    """One plane of the file: what is drawn, and every BPMN element of the file by id."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]
    elements: Mapping[str, etree._Element]
    subject: etree._Element | None

    def find(self, reference: str | None) -> etree._Element | None:
        """The element a QName reference means, with or without its prefix; None when there is none."""
        return _find(self.elements, reference)

    @cached_property
    def boxes(self) -> Mapping[str, Shape]:
        """The first shape of every element."""
        found: dict[str, Shape] = {}
        for shape in self.shapes:
            found.setdefault(shape.id, shape)
        return found

    @cached_property
    def parents(self) -> frozenset[etree._Element | None]:
        """The elements of which some part has a shape."""
        return frozenset(shape.element.getparent() for shape in self.shapes)

    @cached_property
    def ends(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges that start or end at each element."""
        found: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            for reference in {edge.element.get("sourceRef"), edge.element.get("targetRef")} - {None}:
                found[reference or ""].append(edge)
        return {key: tuple(edges) for key, edges in found.items()}


def tag(element: etree._Element) -> str:
    """The local name of an element; "" for comments and processing instructions."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def parts(element: etree._Element) -> Iterator[etree._Element]:
    """The children of an element that are BPMN, in the file's order."""
    return element.iterchildren(f"{{{BPMN}}}*")


def truth(value: str | None) -> bool | None:
    """An xsd:boolean; None where it is absent."""
    return None if value is None else value.strip() in _TRUE


def read_picture(definitions: etree._Element, shape_kinds: Collection[str], edge_kinds: Collection[str]) -> Picture:
    """The first plane with anything that can be drawn; DiagramError when no plane has any.

    The kinds are the local names of elements the caller can draw so; shapes and edges of others are left out.
    """
    elements: dict[str, etree._Element] = {}
    for element in definitions.iter(f"{{{BPMN}}}*"):
        identity = element.get("id")
        if identity is not None:
            elements.setdefault(identity, element)
    for plane in definitions.iter("{*}BPMNPlane"):
        picture = _shown(_read_plane(plane, elements), shape_kinds, edge_kinds)
        if picture.shapes or picture.edges:
            return picture
    raise DiagramError(
        "diagram.nothing_to_draw",
        "文件里没有可画的图形（缺少 BPMNPlane，或其中的图形都不可用）",
        "the file has no diagram that can be drawn (no BPMNPlane, or none of its shapes is usable)",
        definitions.get("id") or "",
    )


def _read_plane(plane: etree._Element, elements: Mapping[str, etree._Element]) -> Picture:
    shapes = (_read_shape(node, elements) for node in plane.iter("{*}BPMNShape"))
    edges = (_read_edge(node, elements) for node in plane.iter("{*}BPMNEdge"))
    return Picture(
        tuple(shape for shape in shapes if shape is not None),
        tuple(edge for edge in edges if edge is not None),
        elements,
        _find(elements, plane.get("bpmnElement")),
    )


def _shown(picture: Picture, shape_kinds: Collection[str], edge_kinds: Collection[str]) -> Picture:
    """Without what has no form of its own in BPMN, and without the inside of closed sub-processes."""
    hidden = _closed(picture.shapes) - {picture.subject}
    return replace(
        picture,
        shapes=tuple(
            shape for shape in picture.shapes if shape.kind in shape_kinds and not _inside(shape.element, hidden)
        ),
        edges=tuple(edge for edge in picture.edges if edge.kind in edge_kinds and not _inside(edge.element, hidden)),
    )


def _closed(shapes: Iterable[Shape]) -> set[etree._Element | None]:
    """Sub-processes drawn as explicitly closed: what the plane holds of their inside is not shown."""
    return {shape.element for shape in shapes if shape.kind in SUB_PROCESSES and shape.expanded is False}


def _inside(element: etree._Element, hidden: set[etree._Element | None]) -> bool:
    return bool(hidden) and any(ancestor in hidden for ancestor in element.iterancestors())


def _find(elements: Mapping[str, etree._Element], reference: str | None) -> etree._Element | None:
    if not reference:
        return None
    found = elements.get(reference)
    return found if found is not None else elements.get(reference.rpartition(":")[2])


def _read_shape(node: etree._Element, elements: Mapping[str, etree._Element]) -> Shape | None:
    element, box = _find(elements, node.get("bpmnElement")), _box(node)
    if element is None or box is None:
        return None
    return Shape(
        element,
        element.get("id", ""),
        tag(element),
        box,
        _label(node),
        truth(node.get("isHorizontal")),
        truth(node.get("isExpanded")),
        truth(node.get("isMarkerVisible")),
        node.get("participantBandKind", ""),
    )


def _read_edge(node: etree._Element, elements: Mapping[str, etree._Element]) -> Edge | None:
    element = _find(elements, node.get("bpmnElement"))
    if element is None:
        return None
    points: list[Point] = []
    for waypoint in node.iterchildren("{*}waypoint"):
        x, y = _number(waypoint.get("x")), _number(waypoint.get("y"))
        if x is not None and y is not None and (not points or points[-1] != (x, y)):
            points.append((x, y))
    if len(points) < 2:
        return None
    return Edge(
        element,
        element.get("id", ""),
        tag(element),
        tuple(points),
        _label(node),
        node.get("messageVisibleKind", ""),
    )


def _label(node: etree._Element) -> Box | None:
    label = next(node.iterchildren("{*}BPMNLabel"), None)
    return None if label is None else _box(label)


def _box(node: etree._Element) -> Box | None:
    bounds = next(node.iterchildren("{*}Bounds"), None)
    if bounds is None:
        return None
    numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
    x, y, width, height = numbers
    if x is None or y is None or width is None or height is None or width <= 0 or height <= 0:
        return None
    return Box(x, y, width, height)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= FARTHEST else None
