"""The parts of the bench that can be wrong without anybody noticing: figures, rotation, offerings, replayed rows."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.contestants import Naive, renamed, sqlite_connection
from bench.figures import Figure, Sample, as_json, rotate, table
from bench.offerings import LOOP, P8, SHAPES, TEXTS, Shape, diagram, write_offerings
from bench.office import FIELD_SIZE, texts
from engine.catalogue import load_catalogue
from engine.diagram.lint import refuse_unsound


def test_contestants_take_turns_and_the_first_turn_does_not_count() -> None:
    order: list[str] = []

    def contestant(name: str, costs: Iterator[float]) -> Callable[[], Sample]:
        def turn() -> Sample:
            order.append(name)
            return Sample(next(costs), 2.0)

        return turn

    a, b = contestant("a", iter([90, 1, 3, 2])), contestant("b", iter([0, 5, 7, 9]))
    medians = rotate({"a": a, "b": b}, 3)
    assert "".join(order) == "abababab"
    assert medians == {"a": Sample(2, 2.0), "b": Sample(7, 2.0)}


@pytest.mark.parametrize(
    ("figure", "wanted", "met"),
    [
        (Figure("m", "n", 2.0, "kB", most=2), "≤ 2 kB", True),
        (Figure("m", "n", 2.01, most=2), "≤ 2", False),
        (Figure("m", "n", 1.6, "×", least=1.6), "≥ 1.6 ×", True),
        (Figure("m", "n", 1.59, least=1.6), "≥ 1.6", False),
        (Figure("m", "n", 7.0), "", None),
    ],
)
def test_a_figure_says_what_is_wanted_and_whether_it_is_so(figure: Figure, wanted: str, met: bool | None) -> None:
    assert (figure.wanted, figure.met) == (wanted, met)


def test_the_table_has_a_line_for_every_figure_and_says_no_loudly() -> None:
    figures = [Figure("m", "short", 1, most=2), Figure("m", "a longer name", 3, "ms", most=2, note="how")]
    head, first, second = table(figures).splitlines()
    assert head.split() == ["what", "measured", "wanted", "met", "how"]
    assert first.split() == ["short", "1", "≤", "2", "yes"]
    assert second.split() == ["a", "longer", "name", "3", "ms", "≤", "2", "ms", "NO", "how"]
    assert [row["met"] for row in json.loads(as_json(figures))] == [True, False]


def test_all_shapes_are_offerings_of_a_sound_catalogue(tmp_path: Path) -> None:
    catalogue = load_catalogue(write_offerings(tmp_path))
    assert set(catalogue.offerings) == {shape.code for shape in SHAPES}
    for offering in catalogue.offerings.values():
        refuse_unsound(offering.diagram, offering.code)


def test_a_shape_counts_its_completions() -> None:
    assert Shape("X", blocks=3, branches=16).completions == 3 * 16 + 2
    assert LOOP.completions == 4
    assert diagram(LOOP).count(b"<b:userTask") == LOOP.completions + 1, "and the delivery"


@given(st.integers(0, TEXTS * FIELD_SIZE))
def test_case_data_is_as_large_as_it_is_called(size: int) -> None:
    fields = texts(size)
    assert sum(map(len, fields.values())) == size
    assert all(0 < len(text) <= FIELD_SIZE for text in fields.values())


def test_recorded_rows_are_renamed_wherever_the_case_is_named() -> None:
    statement = object()
    rows = [{"case_id": "old", "state": '{"id":"old","名":"旧"}'.encode(), "revision": 3, "closed_at": None}]
    again = renamed(([(statement, rows)],), {"old": "new"})
    expected = [{"case_id": "new", "state": '{"id":"new","名":"旧"}'.encode(), "revision": 3, "closed_at": None}]
    assert again == ([(statement, expected)],)
    assert rows[0]["case_id"] == "old"


def test_the_stock_library_carries_what_a_case_carries(tmp_path: Path) -> None:
    for data in (True, False):
        connection = sqlite_connection(tmp_path / f"{data}.db", "NORMAL")
        Naive(connection, P8, data).completions()
        (state,) = connection.execute("SELECT state FROM naive").fetchone()
        connection.close()
        assert {text in state for text in ("applicant_name", "text_0", "decision_P8.b0_7", "agree")} == {data}
