"""The commitment route as data: read strictly, refused where it contradicts itself or the order of the items."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from engine.catalogue import COMMITTED, Catalogue, load_catalogue, materials_checklist
from engine.errors import CatalogueError
from engine.settings import default_processes
from tests.quick import shipped

ROUTE = """
[commitment]
letter = "M_TRY"
letter_zh = "承诺书"
letter_en = "Letter"
promise_zh = "符合条件"
promise_en = "I meet the conditions"
replaces_materials = ["M_FLOORPLAN"]
replaces_steps = ["FIRECHK.inspect"]
check_days = 20
check_role = "inspector"
correct_days = 10
basis = "assumed"
"""


def changed(folder: Path, *changes: tuple[str, str]) -> Catalogue:
    """The shipped catalogue with another route of FIRECHK, some of its lines changed."""
    shutil.copytree(default_processes(), folder)
    item = folder / "FIRECHK" / "item.toml"
    route = ROUTE
    for before, after in changes:
        assert before in route
        route = route.replace(before, after)
    item.write_text(item.read_text(encoding="utf-8").partition("\n[commitment]")[0] + route, encoding="utf-8")
    return load_catalogue(folder)


def test_a_route_is_read_with_its_defaults(tmp_path: Path) -> None:
    route = changed(tmp_path / "p").items["FIRECHK"].commitment
    assert route is not None
    assert (route.check_department, route.recheck_days, route.decide_days) == ("fire", Decimal(5), None)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ('replaces_steps = ["FIRECHK.inspect"]', 'replaces_steps = ["FIRECHK.decide"]', "replaces_steps"),
        ('replaces_steps = ["FIRECHK.inspect"]', 'replaces_steps = ["FIRECHK.accept"]', "replaces_steps"),
        ('replaces_steps = ["FIRECHK.inspect"]', 'replaces_steps = ["FOOD.site"]', "replaces_steps"),
        ('replaces_materials = ["M_FLOORPLAN"]', 'replaces_materials = ["R_LICENCE"]', "replaces_materials"),
        ('replaces_materials = ["M_FLOORPLAN"]', 'replaces_materials = ["F_FIRECHK"]', "replaces_materials"),
        ('replaces_materials = ["M_FLOORPLAN"]', 'replaces_materials = ["M_NONE"]', "replaces_materials"),
        ('letter = "M_TRY"', 'letter = "M_FLOORPLAN"', "letter"),
        ('letter = "M_TRY"', 'letter = "M_DRUG_PROMISE"', "letter"),
        ('check_role = "inspector"', 'check_role = "nobody"', "check_role"),
        ('check_role = "inspector"', 'check_role = "inspector"\ncheck_department = "mars"', "check_department"),
        ("check_days = 20", "check_days = 0", "check_days"),
        ("check_days = 20", "check_days = 251", "check_days"),
        ("correct_days = 10", "correct_days = 1.234", "correct_days"),
        ('basis = "assumed"', 'basis = "seen"', "source"),
        ('basis = "assumed"', 'basis = "seen"\nsource = ["S_NONE"]', "source"),
        ('basis = "assumed"', 'basis = "assumed"\nassumed = ["letter"]', "assumed"),
        ('basis = "assumed"', 'basis = "assumed"\nonly_zh = "某些人"', "only_zh"),
        ('basis = "assumed"', 'basis = "assumed"\nchek_days = 3', "chek_days"),
        (
            'replaces_materials = ["M_FLOORPLAN"]\nreplaces_steps = ["FIRECHK.inspect"]', "replaces_materials = []",
            "replaces_steps",
        ),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_with_its_place(
    tmp_path: Path, before: str, after: str, where: str
) -> None:  # fmt: skip
    with pytest.raises(CatalogueError) as error:
        changed(tmp_path / "p", (before, after))
    assert "/item.toml: commitment" in error.value.where and where in error.value.where


def test_a_step_another_item_carries_its_result_to_cannot_be_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(default_processes(), folder)
    bundle = folder / "B02" / "item.toml"
    text = bundle.read_text(encoding="utf-8")
    part = text.index('to_step = "FIRECHK.accept"')
    text = text[:part] + 'to_step = "FIRECHK.inspect"' + text[part + len('to_step = "FIRECHK.accept"') :]
    bundle.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        load_catalogue(folder)
    assert error.value.where.startswith("B02/item.toml: precedence") and "FIRECHK" in error.value.where


def test_a_promise_replaces_a_material_only_where_nobody_else_needs_it(tmp_path: Path) -> None:
    catalogue = changed(tmp_path / "p")
    values = {"fire_works_changed": False}
    alone = {line.code: line for line in materials_checklist(catalogue.offering("FIRECHK"), values, ["FIRECHK"])}
    assert alone["M_FLOORPLAN"].obtained == COMMITTED and alone["M_TRY"].obtained == "applicant"
    usual = {line.code: line for line in materials_checklist(catalogue.offering("FIRECHK"), values)}
    assert usual["M_FLOORPLAN"].obtained == "applicant" and "M_TRY" not in usual
    bundle = catalogue.offering("B02")
    answers = {field.name: _answer(field.type) for field in bundle.fields if field.routing} | {
        "floor_area": Decimal(80)
    }
    together = {line.code: line for line in materials_checklist(bundle, answers, ["FIRECHK"])}
    needed_by_others = set(together["M_FLOORPLAN"].needed_by) - {"FIRECHK"}
    assert (together["M_FLOORPLAN"].obtained == "applicant") == bool(needed_by_others)
    assert "M_TRY" in together


def _answer(kind: str) -> object:
    return {"boolean": True, "number": Decimal(80)}.get(kind, "")


def test_the_shipped_routes_say_what_their_sources_say() -> None:
    items = shipped().items
    assert {code for code, item in items.items() if item.commitment} == {"FIRECHK", "DRUG"}
    fire, drug = items["FIRECHK"].commitment, items["DRUG"].commitment
    assert fire is not None and drug is not None
    assert (fire.check_days, fire.decide_days, fire.source[0]) == (Decimal(20), Decimal(1), "S18")
    assert fire.assumed == ("correct_days",) and drug.only_zh and "check_days" in drug.assumed
