"""The figures of the shipped bundles are those of the table of expected results, to the last digit."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine.catalogue import Catalogue, ItemOrder, KnownCycle, Limit, Offering, Regime
from engine.errors import NotFound
from engine.parallel.figures import as_json, figures
from engine.parallel.plan import plain_items, plan_of, regime_of, under_regime
from engine.parallel.plan_caps import caps
from engine.parallel.precedence import precedence_of
from tests.quick import shipped

BUNDLES = ("B01", "B02", "B13")
EXPECTED: dict[str, dict[str, Any]] = {
    "B01": {
        "serial_days": 3.5, "critical_path_days": 1, "critical_path": ["ENT_REG", "BANK_APPT"],
        "joint_visit_days": 1, "relaxed_days": 1, "relaxed_joint_days": 1, "elapsed_days": 1,
        "links": {"before": 18, "after": 9}, "materials": {"sum": 24, "distinct": 8, "from_applicant": 5},
        "trips": {"before": 7, "after": 1},
        "regimes": {
            "sz2020": {"serial_days": 2.5, "critical_path_days": 1},
            "cn2018": {"serial_days": 8, "critical_path_days": 7},
        },
    },
    "B02": {
        "serial_days": 30, "critical_path_days": 13, "critical_path": ["LIC_CHECK", "FIRECHK"],
        "joint_visit_days": 10, "relaxed_days": 13, "relaxed_joint_days": 10, "elapsed_days": 13,
        "links": {"before": 15, "after": 10}, "materials": {"sum": 20, "distinct": 12, "from_applicant": 9},
        "trips": {"before": 4, "after": 1},
        "regimes": {
            "sc_before": {"serial_days": 48, "critical_path_days": 20},
            "sc_after": {"serial_days": 25, "critical_path_days": 13},
            "commit": {"serial_days": 18, "critical_path_days": 10},
        },
    },
    "B13": {
        "serial_days": 10, "critical_path_days": 5, "critical_path": ["BIRTHCERT", "HUKOU_NEW", "SSCARD_NB"],
        "joint_visit_days": 5, "relaxed_days": 5, "relaxed_joint_days": 5, "elapsed_days": 5,
        "links": {"before": 13, "after": 8}, "materials": {"sum": 23, "distinct": 8, "from_applicant": 3},
        "trips": {"before": 6, "after": 1},
        "regimes": {"qh_after": {"serial_days": 10, "critical_path_days": 5}},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped()


def regime(name: str, **changes: Any) -> Regime:
    """A regime that changes nothing but what is said."""
    plain = Regime(
        id=name, name_zh="闸口", name_en="gates", basis="assumed", source=(), item_limits={}, precedence="bundle"
    )
    return replace(plain, **changes)


@pytest.mark.parametrize("code", BUNDLES)
def test_every_figure_of_a_bundle_is_the_expected_one(catalogue: Catalogue, code: str) -> None:
    found = json.loads(json.dumps(as_json(figures(catalogue.offering(code)))))
    assert {key: found[key] for key in EXPECTED[code]} == EXPECTED[code]
    assert (found["code"], found["cycles"], found["refused_merges"], found["phase_gate_days"]) == (code, [], [], None)
    assert found["waterfall"][0] == {"stage": "serial", "days": EXPECTED[code]["serial_days"]}
    assert found["budget"]["feasible"]


@pytest.mark.parametrize("code", BUNDLES)
def test_what_a_regime_is_expected_to_give_it_gives(catalogue: Catalogue, code: str) -> None:
    offering = catalogue.offering(code)
    assert offering.regimes
    for each in offering.regimes:
        plan = plan_of(*under_regime(offering, each))
        assert each.serial in (None, plan.serial)
        assert each.critical_path in (None, plan.schedule.length)


def test_steps_and_kept_orders_are_told_with_their_reasons(catalogue: Catalogue) -> None:
    found = figures(catalogue.offering("B02"))
    steps = {step["id"]: step for step in found["steps"]}
    food = {"id": "FOOD.site", "days": 4, "earliest": 1, "latest": 4, "slack": 3, "budget": 4}
    assert steps["FOOD.site"] == food
    assert "TOBACCO.accept" not in steps
    assert found["critical_steps"] == ["LIC_CHECK.review", "FIRECHK.accept", "FIRECHK.inspect", "FIRECHK.decide"]
    assert [step for step in found["critical_steps"] if steps[step]["slack"]] == []
    kept = {(order["before"], order["after"]): order for order in found["kept_orders"]}
    order = kept["HEALTHCERT.issue", "FOOD.issue"]
    assert (order["kind"], order["source"], order["relaxable"]) == ("derived", ["S16"], True)
    assert order["why"].startswith("从业人员健康证明")
    assert all(order["why"] and order["why_en"] for order in kept.values())


def test_the_days_of_a_chosen_set_of_items_are_found(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B02")
    everything = figures(offering, [item.code for item in offering.items])
    assert everything["critical_path"] == ["ENT_REG", "FIRECHK"]
    assert everything["critical_path_days"] == Decimal("13.5")
    assert figures(offering, ["SIGN"])["critical_path_days"] == 2
    assert figures(catalogue.offering("FOOD"))["critical_path_days"] == 10


def test_a_target_gives_each_step_a_budget_and_one_that_cannot_be_met_names_the_chain(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B02")
    found = figures(offering, target=Decimal("6.5"))
    budgets = {step["id"]: step["budget"] for step in found["steps"]}
    assert (budgets["FIRECHK.inspect"], budgets["FIRECHK.decide"], budgets["FOOD.site"]) == (5, Decimal("1.5"), 2)
    tight = figures(offering, target=Decimal(6), floors={"FIRECHK.inspect": Decimal(8)})["budget"]
    assert (tight["feasible"], tight["over"]) == (False, 2)
    assert "FIRECHK.inspect" in tight["chain"]


def test_a_refused_visit_and_one_that_lengthens_the_path_are_reported(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B02")
    [joint] = offering.shared_steps
    wide = replace(joint, replaces=(*joint.replaces, "LIC_CHECK.review"), limit=Decimal(12))
    found = figures(replace(offering, shared_steps=(wide,)))
    assert (found["joint_visit_days"], found["joint_visit_lengthens_by"]) == (18, 5)
    [refused] = found["refused_merges"]
    assert (refused["visit"], refused["step"]) == ("B02.V1", "LIC_CHECK.review")
    assert "先核验营业执照状态" in refused["reason"]


def test_steps_after_are_counted_with_the_visits_that_can_be_joined_when_relaxed(catalogue: Catalogue) -> None:
    offering = with_food_site(catalogue.offering("B02"), needs=("R_HEALTHCERT",))
    edges = [
        replace(edge, to_step="FOOD.site", strength="before_step") if edge.relaxable else edge
        for edge in offering.precedence
    ]
    visit = replace(offering.shared_steps[0], replaces=("HEALTHCERT.site", "FOOD.site"))
    found = figures(replace(offering, precedence=tuple(edges), shared_steps=(visit,)))
    assert [refused["step"] for refused in found["refused_merges"]] == ["FOOD.site"]
    assert found["joint_visits"] == []
    assert found["links"] == {"before": 15, "after": 10}


def test_a_material_for_some_cases_counts_where_the_item_that_makes_it_is_part_of_the_case(
    catalogue: Catalogue,
) -> None:
    offering = catalogue.offering("B02")
    food = offering.item("FOOD")
    school = next(m.required_when for m in food.materials if m.required_when is not None)
    materials = [replace(m, required_when=school) if m.code == "R_HEALTHCERT" else m for m in food.materials]
    offering = with_food(offering, materials=tuple(materials))
    assert figures(offering)["materials"]["sum"] == 20
    alone = [code for code in plain_items(offering) if code != "HEALTHCERT"]
    documents = len(offering.item("HEALTHCERT").materials)
    assert figures(offering, alone)["materials"]["sum"] == 20 - documents - 1


def test_orders_that_somebody_asks_for_and_that_close_a_cycle_are_explained(catalogue: Catalogue) -> None:
    asked = ItemOrder(from_="SSCARD_NB", to="BIRTHCERT", reason_zh="凭社保卡办理", reason_en="the card is asked for")
    known = KnownCycle(edges=(asked,), resolution_zh="改为容缺", resolution_en="Let it follow later.")
    [cycle] = figures(replace(catalogue.offering("B13"), known_cycles=(known,)))["cycles"]
    assert sorted(cycle["edges"]) == [["BIRTHCERT", "SSCARD_NB"], ["SSCARD_NB", "BIRTHCERT"]]
    assert "凭社保卡办理" in cycle["explanation"] and cycle["explanation"].endswith("改为容缺")
    assert "birth certificate needed" in cycle["explanation_en"]


def test_a_regime_can_drop_all_orders_or_one_and_put_gates_between_items(catalogue: Catalogue) -> None:
    offering = catalogue.offering("B13")
    free = regime("free", precedence="none")
    dropped = regime("one", dropped=(ItemOrder(from_="HUKOU_NEW", to="SSCARD_NB"),))
    gates = regime(
        "phase", added=(ItemOrder(from_="SSCARD_NB", to="BIRTHFEE"), ItemOrder(from_="BIRTHFEE", to="VACCERT"))
    )
    found = figures(replace(offering, regimes=(free, dropped, gates)))
    longest = max(plan_of(offering, [item.code]).schedule.length for item in offering.items)
    assert found["regimes"]["free"]["critical_path_days"] == longest
    assert found["regimes"]["one"]["critical_path_days"] < 5
    assert found["phase_gate_days"] == found["regimes"]["phase"]["critical_path_days"] > 5
    changed, codes = under_regime(replace(offering, regimes=(gates,)), gates)
    assert codes == plain_items(offering)
    [gate] = [order for order in precedence_of(changed).orders if order.before == "SSCARD_NB.review"
              and order.after == "BIRTHFEE.accept"]  # fmt: skip
    assert (gate.kind, gate.why_zh) == ("declared", "闸口")


def test_limits_of_the_bundle_are_shared_out_over_the_steps_of_an_item(catalogue: Catalogue) -> None:
    offering = replace(catalogue.offering("B02"), item_limits={"FOOD": Decimal(5), "LIC_CHECK": Decimal(1)})
    plan = plan_of(offering, ["FOOD", "LIC_CHECK"])
    assert [plan.limits[step] for step in ("FOOD.accept", "FOOD.site", "LIC_CHECK.review")] == [Decimal("0.5"), 2, 1]
    assert plan.serial == plan.schedule.length == 6
    promised = [cap for cap in caps(offering, plan) if cap.kind == "promised"]
    assert {cap.item: cap.limit for cap in promised} == offering.item_limits
    assert all(cap.days == cap.limit and cap.within for cap in promised)


def with_food(offering: Offering, **changes: Any) -> Offering:
    items = tuple(replace(item, **changes) if item.code == "FOOD" else item for item in offering.items)
    return replace(offering, items=items)


def with_food_site(offering: Offering, **changes: Any) -> Offering:
    steps = offering.item("FOOD").steps
    return with_food(offering, steps=tuple(replace(s, **changes) if s.id == "FOOD.site" else s for s in steps))


def test_special_procedures_count_in_elapsed_time_only_and_optional_ones_only_when_asked_for(
    catalogue: Catalogue,
) -> None:
    special = figures(with_food_site(catalogue.offering("FOOD"), special_procedure=True))
    assert [special[key] for key in ("critical_path_days", "elapsed_days", "elapsed_with_optional_days")] == [6, 10, 10]
    optional = figures(with_food_site(catalogue.offering("FOOD"), special_procedure=True, optional=True))
    assert [optional[key] for key in ("serial_days", "elapsed_days", "elapsed_with_optional_days")] == [6, 6, 10]
    assert (optional["links"]["before"], len(optional["steps"])) == (3, 3)


def test_limits_of_the_bundle_are_not_shared_with_special_procedures(catalogue: Catalogue) -> None:
    offering = with_food_site(catalogue.offering("FOOD"), special_procedure=True)
    plan = plan_of(replace(offering, item_limits={"FOOD": Decimal(3)}), ["FOOD"], elapsed=True)
    assert list(plan.limits.values()) == [Decimal("0.5"), 4, 2, Decimal("0.5")]
    instant = tuple(replace(step, limit=Decimal(0)) for step in offering.item("FOOD").steps)
    offering = replace(with_food(offering, steps=instant), item_limits={"FOOD": Decimal(3)})
    assert list(plan_of(offering, ["FOOD"]).limits.values()) == [0, 0, 0, 3]


def test_totals_are_held_against_promised_and_statutory_caps(catalogue: Catalogue) -> None:
    bundle = catalogue.offering("B02")
    found = {(cap["item"], cap["kind"]): cap for cap in figures(bundle)["caps"]}
    whole = found["", "statutory"]
    assert (whole["days"], whole["limit"], whole["extension"], whole["within"]) == (13, 45, 15, True)
    assert (found["FOOD", "statutory"]["limit"], found["FOOD", "statutory"]["over"]) == (15, 0)
    slow = figures(with_food_site(bundle, limit=Decimal(50)))["caps"]
    over = {(cap["item"], cap["kind"]): (cap["over"], cap["within"]) for cap in slow if cap["over"]}
    assert over == {
        ("FOOD", "promised"): (46, False),
        ("FOOD", "statutory"): (41, False),
        ("", "statutory"): (11, True),
    }


def test_limits_in_days_wait_for_a_calendar_and_an_item_without_a_limit_has_that_of_the_law(
    catalogue: Catalogue,
) -> None:
    alone = catalogue.offering("FOOD")
    in_days = with_food(alone, statutory=Limit(value=Decimal(30), unit="days", basis="assumed"))
    [_, statutory] = caps(in_days, plan_of(in_days, ["FOOD"]))
    assert (statutory.unit, statutory.over, statutory.within) == ("days", None, None)
    unlimited = with_food(alone, statutory=None, promised=None)
    [law] = caps(unlimited, plan_of(unlimited, ["FOOD"]))
    assert law.item == ""
    assert [law.limit, law.extension] == [20, 10]


def test_a_regime_that_does_not_exist_is_not_found(catalogue: Catalogue) -> None:
    assert regime_of(catalogue.offering("B02"), "commit").name_zh == "消防告知承诺"
    with pytest.raises(NotFound, match="sc_before, sc_after, commit"):
        regime_of(catalogue.offering("B02"), "elsewhere")
