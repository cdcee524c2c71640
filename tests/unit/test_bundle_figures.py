"""The figures of all twelve bundles are those of the table of expected results, to the last digit.

``links`` and ``materials`` are as (before, after) and (sum, distinct, from the applicant); days are working days.
"""

from decimal import Decimal
from typing import Any

import pytest

from engine.catalogue import Catalogue
from engine.parallel.figures import as_json, figures
from tests.quick import shipped

TABLE: dict[str, tuple[float, float, float, float]] = {
    "B01": (3.5, 1, 1, 1), "B02": (30, 13, 10, 13), "B03": (62, 37.5, 37.5, 31), "B05": (43, 20, 20, 20),
    "B06": (107, 70, 70, 70), "B07": (78, 30.5, 30.5, 25.5), "B08": (135, 40, 40, 40), "B10": (75, 50.5, 52.5, 44.5),
    "B11": (22, 6.5, 6, 5), "B12": (15, 12, 12, 12), "B13": (10, 5, 5, 5), "B16": (4.5, 2.25, 2.25, 2),
}  # fmt: skip
"""Serial, critical path, with joint visit, relaxed."""

MORE: dict[str, tuple[tuple[int, int], tuple[int, int, int], int]] = {
    "B01": ((18, 9), (24, 8, 5), 7), "B02": ((15, 10), (20, 12, 9), 4), "B03": ((37, 17), (54, 26, 19), 9),
    "B05": ((18, 11), (25, 11, 7), 3), "B06": ((34, 18), (45, 27, 16), 6), "B07": ((49, 24), (61, 29, 14), 7),
    "B08": ((21, 11), (21, 12, 7), 5), "B10": ((24, 9), (31, 20, 8), 6), "B11": ((27, 8), (35, 9, 5), 8),
    "B12": ((14, 8), (20, 7, 3), 6), "B13": ((13, 8), (23, 8, 3), 6), "B16": ((8, 7), (16, 6, 2), 5),
}  # fmt: skip
"""Links, materials, windows."""

EXPECTS = {
    "B01": {"sz2020", "cn2018"}, "B02": {"sc_before", "sc_after"}, "B05": {"pd_after"}, "B07": {"phase"},
    "B08": {"prov", "zhaotong", "bishan"}, "B10": {"cq2006", "sd2021"}, "B11": {"xinmi"}, "B12": {"hebei"},
    "B13": {"qh_after"},
}  # fmt: skip
"""The regimes whose result a source reports."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped()


@pytest.fixture(scope="module")
def found(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """The figures of each bundle as they are printed."""
    return {code: as_json(figures(catalogue.offering(code))) for code in TABLE}


@pytest.mark.parametrize("code", TABLE)
def test_the_days_are_those_of_the_table(found: dict[str, dict[str, Any]], code: str) -> None:
    names = ("serial_days", "critical_path_days", "joint_visit_days", "relaxed_days")
    assert tuple(found[code][name] for name in names) == TABLE[code]


@pytest.mark.parametrize("code", MORE)
def test_so_are_links_materials_and_windows(found: dict[str, dict[str, Any]], code: str) -> None:
    links, materials, windows = (found[code][name] for name in ("links", "materials", "trips"))
    assert (tuple(links.values()), tuple(materials.values()), windows["before"]) == MORE[code]


def test_only_the_project_has_phase_gates(found: dict[str, dict[str, Any]]) -> None:
    assert {code: each["phase_gate_days"] for code, each in found.items() if each["phase_gate_days"]} == {"B07": 43}


def test_a_joint_visit_can_lengthen_the_whole(found: dict[str, dict[str, Any]]) -> None:
    assert {
        code: each["joint_visit_lengthens_by"] for code, each in found.items() if each["joint_visit_lengthens_by"]
    } == {"B10": 2}


@pytest.mark.parametrize("code", TABLE)
def test_a_regime_gives_what_its_source_reports(
    catalogue: Catalogue, found: dict[str, dict[str, Any]], code: str
) -> None:
    expecting = set()
    for regime in catalogue.offering(code).regimes:
        days = found[code]["regimes"][regime.id]
        for expected, name in ((regime.serial, "serial_days"), (regime.critical_path, "critical_path_days")):
            if expected is not None:
                assert Decimal(str(days[name])) == expected, regime.id
                expecting.add(regime.id)
    assert expecting == EXPECTS.get(code, set())


@pytest.mark.parametrize(
    ("code", "step", "chain"),
    [
        ("B03", "SPECTRADE.site", ("FIRECHK", "SPECTRADE")),
        ("B11", "DIG.site", ("PIPE_PLAN", "DIG")),
    ],
)
def test_a_merge_that_would_wait_for_itself_is_refused_and_explained(
    catalogue: Catalogue, found: dict[str, dict[str, Any]], code: str, step: str, chain: tuple[str, str]
) -> None:
    (refused,) = found[code]["refused_merges"]
    assert refused["step"] == step
    for item in chain:
        assert catalogue.items[item].short_zh in refused["reason"]
        assert catalogue.items[item].short_en in refused["reason_en"]
    assert "等待自己" in refused["reason"]
    assert "wait for itself" in refused["reason_en"]


def test_nothing_else_is_refused(found: dict[str, dict[str, Any]]) -> None:
    assert {code for code, each in found.items() if each["refused_merges"]} == {"B03", "B11"}


def test_the_canteens_licence_closes_a_cycle_that_is_explained_with_the_way_out(
    found: dict[str, dict[str, Any]],
) -> None:
    assert {code for code, each in found.items() if each["cycles"]} == {"B06"}
    (cycle,) = found["B06"]["cycles"]
    assert {tuple(edge) for edge in cycle["edges"]} == {
        ("FOOD", "SCH_LIC"), ("SCH_LIC", "NPO_REG"), ("NPO_REG", "FOOD"),
    }  # fmt: skip
    assert "容缺" in cycle["explanation"]
    assert "deferrable" in cycle["explanation_en"]
    assert "登记须有办学许可证" in cycle["explanation"]
