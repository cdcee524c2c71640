"""The single window: what it takes, what it refuses to take, what it starts."""

import json

import pytest
from sqlalchemy import delete, select

from cli.demo_cases import received_materials, sample_form
from engine.commands import AcceptCase, Actor, DeclineCase, SubmitCase, SupplyMaterials
from engine.errors import AlreadyDone, BadInput, IntegrityError, NotFound, NotPermitted, NotPossible
from engine.store.tables import applicant, journal_entry
from tests.builders import CLERK, Office


def test_an_application_gets_a_number_of_area_date_and_sequence(office: Office) -> None:
    numbers = [office.submit("B02").case_number for _ in range(3)]
    assert numbers == ["33010020260302000001", "33010020260302000002", "33010020260302000003"]
    office.clock.advance(hours=16)  # past midnight in Beijing
    assert office.submit("B13").case_number == "33010020260303000001"


def test_an_application_sent_twice_with_one_key_is_one_case(office: Office) -> None:
    first = office.submit("B02", key="double-click")
    assert office.submit("B02", key="double-click") == first
    assert len(office.engine.read.cases()) == 1


def test_the_key_of_an_application_is_for_this_form_alone(office: Office) -> None:
    first = office.submit("B02", key="once")
    offering = office.engine.deployments.catalogue.offering("B02")
    form = sample_form(offering, None)
    materials = received_materials(office.engine, offering, form)
    for changed in ({"phone": "13912345678"}, {"floor_area": "81"}, {"floor_area": "无"}):
        with pytest.raises(BadInput) as caught:
            office.engine.execute(SubmitCase("B02", form | changed, materials, "once"), CLERK)
        assert caught.value.code == "key.reused"
        assert first.case_number in caught.value.message_zh
    later = SubmitCase("B02", form | {"of_a_later_version": ""}, materials, "once")
    assert office.engine.execute(later, CLERK) == first, "a field nobody has filled in is none"
    office.engine.execute(AcceptCase(first.case_id, key="accepted"), CLERK)
    with pytest.raises(BadInput, match="sent before"):
        office.submit("B02", key="accepted")
    with office.engine.store.database.write() as connection:
        connection.execute(delete(applicant))
    assert office.submit("B02", {"phone": "13912345678"}, key="once") == first, "a record destroyed tells nothing"
    assert len(office.engine.read.cases()) == 1
    with office.engine.store.transaction() as transaction, pytest.raises(IntegrityError, match="entry 1 is missing"):
        transaction.first_entry("0" * 16)


def test_personal_fields_are_a_record_and_the_journal_keeps_commitments_only(office: Office) -> None:
    case_id = office.submit("B02", {"applicant_name": "张三丰", "phone": "13912345678"}).case_id
    with office.engine.store.database.read() as connection:
        journal = " ".join(str(row) for row in connection.execute(select(journal_entry)))
        fields = json.loads(connection.execute(select(applicant.c.fields)).scalar_one())
    assert fields["applicant_name"] == "张三丰"
    assert "张三丰" not in journal
    assert "13912345678" not in journal
    assert "applicant_name" in journal
    assert office.engine.records.applicant(case_id)["phone"] == "13912345678"


@pytest.mark.parametrize(
    ("change", "where"),
    [({"floor_area": "很大"}, "floor_area"), ({"floor_area": ""}, "floor_area"), ({"nonsense": "1"}, "nonsense")],
)
def test_a_wrong_form_names_the_field_and_leaves_nothing_behind(
    office: Office, change: dict[str, str], where: str
) -> None:
    offering = office.engine.deployments.catalogue.offering("B02")
    form = {**sample_form(offering), **change}
    with pytest.raises(BadInput) as caught:
        office.engine.execute(SubmitCase("B02", form), CLERK)
    assert caught.value.where == where
    assert office.engine.read.cases() == []


def test_materials_nobody_asks_for_or_that_cannot_follow_later_are_refused(office: Office) -> None:
    form = sample_form(office.engine.deployments.catalogue.offering("B02"))
    for materials in ({"R_LICENCE": "received"}, {"M_KITCHEN": "deferred"}, {"M_KITCHEN": "eaten"}, {"X": "received"}):
        with pytest.raises(BadInput):
            office.engine.execute(SubmitCase("B02", form, materials), CLERK)


def test_acceptance_waits_until_every_material_is_there(office: Office) -> None:
    offering = office.engine.deployments.catalogue.offering("B02")
    form = sample_form(offering)
    materials = received_materials(office.engine, offering, form)
    kitchen = materials.pop("M_KITCHEN")
    case_id = office.engine.execute(SubmitCase("B02", form, materials), CLERK).case_id
    with pytest.raises(NotPossible, match="materials are missing") as caught:
        office.engine.execute(AcceptCase(case_id), CLERK)
    assert "设备设施布局" in caught.value.message_zh
    office.engine.execute(SupplyMaterials(case_id, {"M_KITCHEN": kitchen}), CLERK)
    office.engine.execute(AcceptCase(case_id), CLERK)
    assert set(office.open(case_id)) == {"LIC_CHECK.review", "HEALTHCERT.site"}


def test_a_material_registered_by_mistake_can_be_taken_back_until_acceptance(office: Office) -> None:
    case_id = office.submit("B02").case_id
    office.engine.execute(SupplyMaterials(case_id, {"M_KITCHEN": "missing"}), CLERK)
    with pytest.raises(NotPossible, match="materials are missing"):
        office.engine.execute(AcceptCase(case_id), CLERK)
    with pytest.raises(BadInput):
        office.engine.execute(SupplyMaterials(case_id, {"M_KITCHEN": "missing"}), CLERK)
    office.engine.execute(SupplyMaterials(case_id, {"M_KITCHEN": "received"}), CLERK)
    office.engine.execute(AcceptCase(case_id), CLERK)
    assert office.case(case_id).status == "in_progress"


def test_only_a_clerk_of_the_window_takes_in_and_accepts(office: Office) -> None:
    case_id = office.submit("B02").case_id
    for stranger in (
        Actor("market1", "market", frozenset({"window_clerk"})),
        Actor("x", "window", frozenset({"head"})),
    ):
        with pytest.raises(NotPermitted):
            office.engine.execute(AcceptCase(case_id), stranger)
        with pytest.raises(NotPermitted):
            office.engine.execute(SubmitCase("B02", {}), stranger)


def test_what_was_accepted_or_declined_is_not_accepted_again(office: Office) -> None:
    accepted = office.accept("B02")
    with pytest.raises(AlreadyDone):
        office.engine.execute(AcceptCase(accepted), CLERK)
    declined = office.submit("B02").case_id
    with pytest.raises(BadInput):
        office.engine.execute(DeclineCase(declined, "  "), CLERK)
    office.engine.execute(DeclineCase(declined, "不属于本窗口受理范围"), CLERK)
    assert office.case(declined).status == "declined"
    for command in (AcceptCase(declined), DeclineCase(declined, "again"), SupplyMaterials(declined, {})):
        with pytest.raises(AlreadyDone):
            office.engine.execute(command, CLERK)


def test_an_unknown_case_or_offering_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        office.engine.execute(AcceptCase("nobody"), CLERK)
    with pytest.raises(NotFound):
        office.engine.execute(SubmitCase("B99", {}), CLERK)


def test_a_small_restaurant_skips_the_fire_check_and_a_large_one_does_not(office: Office) -> None:
    small, large = office.accept("B02", {"floor_area": "50"}), office.accept("B02", {"floor_area": "50.5"})
    assert "FIRECHK" not in office.case(small).items
    assert "FIRECHK" in office.case(large).items
    office.decide(small, "LIC_CHECK.review")
    office.decide(large, "LIC_CHECK.review")
    assert set(office.open(small)) == {"FOOD.site", "SIGN.review", "HEALTHCERT.site"}
    assert set(office.open(large)) == {"FOOD.site", "SIGN.review", "HEALTHCERT.site", "FIRECHK.inspect"}


def test_without_a_licence_the_registration_comes_first_and_everything_else_that_needs_it_waits(office: Office) -> None:
    case_id = office.accept("B02", {"has_licence": "否", "sells_tobacco": "是", "has_fumes": "是"})
    assert set(office.open(case_id)) == {"ENT_REG.review", "HEALTHCERT.site", "EIA_REG.review"}
    office.decide(case_id, "ENT_REG.review")
    office.decide(case_id, "ENT_REG.issue")
    assert {"LIC_CHECK.review", "TOBACCO.site"} <= set(office.open(case_id))


def test_the_query_code_opens_the_case_and_nothing_else_does(office: Office) -> None:
    outcome = office.submit("B02")
    code = office.engine.read.query_code(outcome.case_id)
    assert office.engine.read.track(f" {outcome.case_number} ", code.lower()).case.id == outcome.case_id
    other = office.submit("B02")
    for number, wrong in ((outcome.case_number, "XXXXXXXX"), (other.case_number, code), ("0", code), ("", "")):
        with pytest.raises(NotFound):
            office.engine.read.track(number, wrong)
