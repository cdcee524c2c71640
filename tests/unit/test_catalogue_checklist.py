"""Each material is asked for once, and never when a department or a branch of the same case has it."""

from collections.abc import Mapping
from itertools import product

import pytest

from engine.catalogue import Catalogue, ChecklistLine, materials_checklist
from tests.quick import shipped

RESTAURANT: Mapping[str, object] = {
    "floor_area": 80,
    "has_licence": True,
    "sells_tobacco": False,
    "has_fumes": False,
    "discharges_waste_water": False,
    "fire_works_changed": False,
}
BOOLEANS = [name for name in RESTAURANT if name != "floor_area"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue as shipped."""
    return shipped()


def lines(catalogue: Catalogue, code: str, **answers: object) -> dict[str, ChecklistLine]:
    """The checklist by material; ``answers`` replace those of an ordinary restaurant."""
    found = materials_checklist(catalogue.offering(code), {**RESTAURANT, **answers})
    by_code = {line.code: line for line in found}
    assert len(by_code) == len(found), "a material is listed twice"
    return by_code


def asked(checklist: dict[str, ChecklistLine]) -> set[str]:
    """What the applicant has to bring."""
    return {code for code, line in checklist.items() if line.obtained == "applicant"}


def test_a_licence_the_applicant_has_is_fetched_from_the_register(catalogue: Catalogue) -> None:
    licence = lines(catalogue, "B02", has_licence=True)["R_LICENCE"]
    assert (licence.obtained, licence.holder, licence.from_item) == ("shared", "市场监管", "")
    assert licence.needed_by == ("LIC_CHECK", "FOOD", "SIGN", "FIRECHK")


def test_a_licence_made_in_the_same_case_comes_from_that_branch(catalogue: Catalogue) -> None:
    licence = lines(catalogue, "B02", has_licence=False)["R_LICENCE"]
    assert (licence.obtained, licence.holder, licence.from_item) == ("branch", "", "ENT_REG")


def test_the_health_certificate_comes_from_its_branch_and_may_follow_later(catalogue: Catalogue) -> None:
    certificate = lines(catalogue, "B02")["R_HEALTHCERT"]
    assert (certificate.obtained, certificate.from_item) == ("branch", "HEALTHCERT")
    assert certificate.deferrable


def test_alone_the_food_licence_takes_the_health_certificate_from_who_has_it(catalogue: Catalogue) -> None:
    certificate = lines(catalogue, "FOOD", school_canteen=False)["R_HEALTHCERT"]
    assert (certificate.obtained, certificate.holder) == ("shared", "卫生健康/体检机构")


def test_the_identity_is_shared_and_listed_once_for_all_who_need_it(catalogue: Catalogue) -> None:
    identity = lines(catalogue, "B02", has_licence=False, sells_tobacco=True)["M_ID"]
    assert (identity.obtained, identity.holder) == ("shared", "公安 人口库/电子证照")
    assert identity.needed_by == ("FOOD", "HEALTHCERT", "ENT_REG", "TOBACCO")


def test_the_forms_of_all_items_are_one_form_that_comes_first(catalogue: Catalogue) -> None:
    checklist = lines(catalogue, "B02")
    forms = [line for line in checklist.values() if line.kind == "form"]
    assert [form.code for form in forms] == ["F_B02"]
    assert next(iter(checklist)) == "F_B02"
    assert forms[0].needed_by == ("LIC_CHECK", "FOOD", "SIGN", "FIRECHK", "HEALTHCERT")


def test_an_ordinary_restaurant_brings_nine_things_as_the_bundle_figures_say(catalogue: Catalogue) -> None:
    checklist = lines(catalogue, "B02")
    assert asked(checklist) == {
        "F_B02", "M_KITCHEN", "M_FOODSYS", "M_SIGNDESIGN", "M_PREMISES", "M_FLOORPLAN", "M_FIREPLAN",
        "M_FIRESYS", "M_PHOTO",
    }  # fmt: skip
    assert len(checklist) == 12


def test_what_an_item_that_does_not_apply_needs_is_not_listed(catalogue: Catalogue) -> None:
    checklist = lines(catalogue, "B02", floor_area=50)
    assert not {"M_FLOORPLAN", "M_FIREPLAN", "M_FIRESYS"} & checklist.keys()


def test_fire_acceptance_is_needed_only_after_works_and_is_shared(catalogue: Catalogue) -> None:
    assert "R_FIREACC" not in lines(catalogue, "B02")
    line = lines(catalogue, "B02", fire_works_changed=True)["R_FIREACC"]
    assert (line.obtained, line.holder) == ("shared", "住房城乡建设")


def test_a_restaurant_is_not_asked_whether_it_is_a_school_canteen(catalogue: Catalogue) -> None:
    assert "school_canteen" not in {field.name for field in catalogue.offering("B02").fields}
    assert "R_NPO" not in lines(catalogue, "B02")
    assert lines(catalogue, "FOOD", school_canteen=True)["R_NPO"].obtained == "shared"


def test_a_new_company_brings_five_things_and_its_licence_and_seal_flow_by_themselves(
    catalogue: Catalogue,
) -> None:
    checklist = lines(catalogue, "B01")
    assert asked(checklist) == {"F_B01", "M_PREMISES", "M_ARTICLES", "M_APPOINT", "M_STAFFLIST"}
    assert checklist["M_STAFFLIST"].needed_by == ("SOCINS", "MEDINS_ENT", "HPF_ENT")
    assert checklist["R_LICENCE"].from_item == "ENT_REG"
    assert checklist["R_SEAL"].from_item == "SEAL"
    assert len(checklist) == 8


def test_the_parents_of_a_child_bring_three_things(catalogue: Catalogue) -> None:
    checklist = lines(catalogue, "B13")
    assert asked(checklist) == {"F_B13", "M_BIRTHREC", "M_BANKCARD"}
    assert checklist["R_BIRTHCERT"].needed_by == ("HUKOU_NEW", "MEDINS_NB", "SSCARD_NB", "BIRTHFEE")
    assert checklist["R_HUKOU_NB"].from_item == "HUKOU_NEW"
    assert checklist["M_MARRIAGE"].obtained == "shared"
    assert len(checklist) == 8


def test_for_no_answers_at_all_is_a_result_of_the_case_asked_from_the_applicant(catalogue: Catalogue) -> None:
    restaurant = catalogue.offering("B02")
    for area, *yes_or_no in product((50, 51), *([(True, False)] * len(BOOLEANS))):
        values = {"floor_area": area, **dict(zip(BOOLEANS, yes_or_no, strict=True))}
        applicable = restaurant.applicable_items(values)
        results = {r.code for item in restaurant.items if item.code in applicable for r in item.results}
        for line in materials_checklist(restaurant, values):
            assert (line.obtained == "branch") == (line.code in results)
            assert set(line.needed_by) <= set(applicable)
            assert (line.obtained == "shared") == bool(line.holder)
