"""Which items of the restaurant bundle a set of answers calls for."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from engine.catalogue import Comparison, Offering
from engine.errors import CatalogueError, NotFound
from tests.quick import shipped

ALWAYS = {"LIC_CHECK", "FOOD", "SIGN", "HEALTHCERT"}
SMALL: Mapping[str, object] = {
    "floor_area": 50,
    "has_licence": True,
    "sells_tobacco": False,
    "has_fumes": False,
    "discharges_waste_water": False,
    "fire_works_changed": False,
}


@pytest.fixture(scope="module")
def restaurant() -> Offering:
    """The bundle B02 as shipped."""
    return shipped().offering("B02")


def test_a_small_shop_with_a_licence_needs_only_what_everyone_needs(restaurant: Offering) -> None:
    assert set(restaurant.applicable_items(SMALL)) == ALWAYS


@pytest.mark.parametrize(
    ("answer", "item"),
    [
        ({"floor_area": 50.01}, "FIRECHK"),
        ({"has_licence": False}, "ENT_REG"),
        ({"sells_tobacco": True}, "TOBACCO"),
        ({"has_fumes": True}, "EIA_REG"),
        ({"discharges_waste_water": True}, "DRAIN"),
    ],
)
def test_each_answer_adds_its_item(restaurant: Offering, answer: dict[str, object], item: str) -> None:
    assert set(restaurant.applicable_items({**SMALL, **answer})) == ALWAYS | {item}


@pytest.mark.parametrize(
    ("area", "checked"), [(49, False), (50, False), (50.0, False), (50.01, True), (Decimal("50.01"), True)]
)
def test_fire_safety_is_checked_above_fifty_square_metres_not_at_fifty(
    restaurant: Offering, area: object, checked: bool
) -> None:
    assert ("FIRECHK" in restaurant.applicable_items({**SMALL, "floor_area": area})) is checked


def test_items_come_in_the_order_of_the_bundle(restaurant: Offering) -> None:
    every = {**SMALL, "floor_area": 51, "has_licence": False, "sells_tobacco": True}
    order = [item.code for item in restaurant.items]
    chosen = restaurant.applicable_items(every)
    assert list(chosen) == [code for code in order if code in chosen]


def test_an_answer_that_is_missing_is_asked_for_by_name(restaurant: Offering) -> None:
    values = {name: value for name, value in SMALL.items() if name != "has_licence"}
    with pytest.raises(CatalogueError) as refusal:
        restaurant.applicable_items(values)
    assert (refusal.value.code, refusal.value.where) == ("condition.missing_value", "has_licence")


@pytest.mark.parametrize("value", ["51", True, float("nan"), float("inf"), Decimal("NaN")])
def test_a_value_that_is_not_a_number_is_never_compared_as_one(restaurant: Offering, value: object) -> None:
    with pytest.raises(CatalogueError) as refusal:
        restaurant.applicable_items({**SMALL, "floor_area": value})
    assert (refusal.value.code, refusal.value.where) == ("condition.wrong_type", "floor_area")


def test_a_number_is_not_a_yes(restaurant: Offering) -> None:
    with pytest.raises(CatalogueError):
        restaurant.applicable_items({**SMALL, "has_licence": 1})


@pytest.mark.parametrize(
    ("operator", "truths"),
    [
        ("<", [True, False, False]),
        ("<=", [True, True, False]),
        ("==", [False, True, False]),
        ("!=", [True, False, True]),
        (">=", [False, True, True]),
        (">", [False, False, True]),
    ],
)
def test_every_operator_means_what_it_says(operator: str, truths: list[bool]) -> None:
    rule = Comparison(field="n", operator=operator, value=Decimal(5), words_zh="数", words_en="the number")
    assert [rule.applies({"n": n}) for n in (4, 5, 6)] == truths


def test_steps_and_items_are_found_by_name_or_reported_as_not_found(restaurant: Offering) -> None:
    assert restaurant.item_of("FOOD.site") == "FOOD"
    assert restaurant.item_of("B02.decide") == ""
    assert restaurant.step("FOOD.site").limit == 4
    assert restaurant.item("FOOD").department == "market"
    for look in (restaurant.item_of, restaurant.step, restaurant.item):
        with pytest.raises(NotFound):
            look("NOWHERE")
