"""Layouts: nothing overlaps, flows are horizontal and vertical lines, few crossings."""

from itertools import combinations, pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.diagram.svg_di import Picture, read_picture
from engine.diagram.svg_flows import CSS
from engine.diagram.svg_shapes import KINDS
from engine.parallel.layout import Box, Edge, Layout, Node, lay_out, with_lanes_where_legible
from tests.unit.parallel_shapes import converted, random_order, series_parallel


def picture(before: dict[str, list[str]]) -> Picture:
    """What is drawn of an order."""
    return read_picture(converted(before).root, KINDS, CSS)


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(0, 60))
def test_no_shape_or_label_lies_on_another(seed: int, steps: int, orders: int) -> None:
    shapes = picture(random_order(Random(seed), steps, orders)).shapes
    boxes = [shape.box for shape in shapes] + [shape.label for shape in shapes if shape.label is not None]
    assert not [(a, b) for a, b in combinations(boxes, 2) if a.meets(b)]


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(0, 60))
def test_every_flow_goes_along_the_axes_from_shape_to_shape_and_through_none(
    seed: int, steps: int, orders: int
) -> None:
    drawn = picture(random_order(Random(seed), steps, orders))
    boxes = {shape.element.get("id", ""): shape.box for shape in drawn.shapes}
    for edge in drawn.edges:
        source, target = boxes[edge.element.get("sourceRef", "")], boxes[edge.element.get("targetRef", "")]
        assert edge.points[0] == (source.right, source.cy)
        assert edge.points[-1] == (target.x, target.cy)
        for (x, y), (to_x, to_y) in pairwise(edge.points):
            assert x == to_x or y == to_y
            left, right, top, bottom = min(x, to_x), max(x, to_x), min(y, to_y), max(y, to_y)
            for box in boxes.values():
                assert right <= box.x or left >= box.right or bottom <= box.y or top >= box.bottom


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_what_is_series_parallel_is_drawn_without_a_crossing(seed: int, steps: int) -> None:
    assert converted(series_parallel(Random(seed), steps)).crossings == 0


def chain(lanes: str) -> Layout:
    """Tasks one after the other, each in the lane with its digit."""
    nodes = [Node(f"n{n}", 120, 80, 40, 40, int(lane)) for n, lane in enumerate(lanes)]
    edges = [Edge(f"e{n}", f"n{n}", f"n{n + 1}") for n in range(len(lanes) - 1)]
    return with_lanes_where_legible(nodes, edges, len(set(lanes)))


def test_lanes_hold_their_nodes_and_follow_each_other() -> None:
    found = chain("0011")
    upper, lower = found.lanes
    assert upper.y + upper.height == lower.y
    for n, lane in enumerate((upper, upper, lower, lower)):
        assert inside(found.boxes[f"n{n}"], lane)


def inside(box: Box, lane: Box) -> bool:
    """Whether a lane holds all of a box."""
    across = lane.x < box.x and box.x + box.width < lane.x + lane.width
    return across and lane.y <= box.y and box.y + box.height <= lane.y + lane.height


def test_one_department_needs_no_lane() -> None:
    assert chain("000").lanes == ()


def test_a_loop_goes_back_above_what_it_repeats() -> None:
    nodes = [Node(name, 120, 80, 40, 40) for name in "abc"]
    edges = [Edge("ab", "a", "b"), Edge("bc", "b", "c"), Edge("ba", "b", "a")]
    found = lay_out(nodes, edges)
    way = found.ways["ba"]
    assert way[0][0] == found.boxes["b"].x + 120
    assert way[-1][0] == found.boxes["a"].x
    assert min(y for _, y in way) < found.boxes["a"].y


def test_an_attached_event_sits_on_the_border_of_its_host() -> None:
    nodes = [Node("a", 120, 80, 40, 40), Node("t", 36, 36, 36, 18, host="a"), Node("b", 120, 80, 40, 40)]
    found = lay_out(nodes, [Edge("ab", "a", "b"), Edge("tb", "t", "b")])
    event, host = found.boxes["t"], found.boxes["a"]
    assert event.y < host.y + host.height < event.y + event.height
    assert found.ways["tb"][0] == (event.x + 18, event.y + 36)
