"""Departments decide side by side; refusals close what needs them; the lead decides where the bundle says so."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bootstrap import build_engine
from engine.case.state import ENDED_ITEMS
from engine.commands import AcceptCase, Actor, DecideStep, DeliverResults
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from engine.settings import default_processes
from tests.builders import CLERK, Office, handler_of, opened_office


def test_a_restaurant_goes_from_application_to_certificates(office: Office) -> None:
    case_id = office.accept("B02")
    closed = office.finish(case_id)
    assert (closed.status, closed.outcome, closed.delivery) == ("closed", "granted", "window")
    assert {item.status for item in closed.items.values()} == {"granted"}
    numbers = [result.number for result in closed.results.values()]
    assert len(numbers) == len(set(numbers)) == 5
    assert {result.status for result in closed.results.values()} == {"issued"}


def test_a_refused_item_closes_those_that_need_its_result_and_the_others_go_on(office: Office) -> None:
    case_id = office.accept("B13")
    office.decide(case_id, "BIRTHCERT.review", "disagree", "分娩记录与登记不符")
    items = office.case(case_id).items
    assert items["BIRTHCERT"].status == "refused"
    assert items["BIRTHCERT"].reason == "分娩记录与登记不符"
    for dependent in ("HUKOU_NEW", "MEDINS_NB", "SSCARD_NB", "BIRTHFEE"):
        assert items[dependent].status == "not_reached"
    assert items["HUKOU_NEW"].cause == "BIRTHCERT"
    assert set(office.open(case_id)) == {"VACCERT.review", "BIRTHREG.review"}
    closed = office.finish(case_id)
    assert closed.outcome == "partly_granted"


def test_a_refusal_before_issue_stops_work_already_begun_on_the_item_that_needs_it(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    assert "FOOD.site" in office.open(case_id)
    office.decide(case_id, "HEALTHCERT.site")
    office.decide(case_id, "HEALTHCERT.review", "disagree", "体检不合格")
    case = office.case(case_id)
    assert case.items["FOOD"].status == "not_reached"
    assert "FOOD.site" not in office.open(case_id)
    assert [t.status for t in case.tasks.values() if t.step == "FOOD.site"] == ["skipped"]
    assert not [timer for timer in case.timers.values() if case.tasks[timer.task].step == "FOOD.site"]


def test_everything_refused_closes_refused_and_is_still_handed_over(office: Office) -> None:
    case_id = office.accept("B13")
    closed = office.finish(case_id, lambda step: "disagree")
    assert (closed.status, closed.outcome) == ("closed", "refused")
    assert closed.results == {}


def test_the_lead_sees_every_decision_first_and_results_wait_for_it(office: Office) -> None:
    case_id = office.accept("B02")
    while set(office.open(case_id)) != {"B02.decide"}:
        office.decide(case_id, min(office.open(case_id)))
    assert {r.status for r in office.case(case_id).results.values()} == {"provisional"}
    office.decide(case_id, "B02.decide")
    assert {r.status for r in office.case(case_id).results.values()} == {"issued"}


def test_the_lead_may_refuse_the_whole_and_provisional_results_become_void(office: Office) -> None:
    case_id = office.accept("B02")
    closed = office.finish(case_id, lambda step: "disagree" if step == "B02.decide" else "agree")
    assert closed.outcome == "refused"
    assert {r.status for r in closed.results.values()} == {"void"}
    assert {i.status for i in closed.items.values()} == {"refused"}


def test_an_opinion_is_needed_unless_one_agrees(office: Office) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    for decision in ("disagree", "agree_with_conditions"):
        with pytest.raises(BadInput):
            office.engine.execute(DecideStep(case_id, task.id, decision, "  "), handler_of(task))
    with pytest.raises(BadInput):
        office.engine.execute(DecideStep(case_id, task.id, "maybe", "x"), handler_of(task))
    with pytest.raises(BadInput):
        office.engine.execute(DecideStep(case_id, task.id, "agree", "x" * 5000), handler_of(task))
    office.engine.execute(DecideStep(case_id, task.id, "agree_with_conditions", "开业前补齐"), handler_of(task))
    assert office.case(case_id).items["LIC_CHECK"].status == "granted"


def test_passing_a_file_upward_is_advice_and_never_stands_for_a_decision(office: Office) -> None:
    # A licence was once granted by the button that says it is for a higher authority to decide.
    case_id = office.accept("B02")
    review = office.open(case_id)["LIC_CHECK.review"]
    with pytest.raises(NotPossible, match="cannot take the place"):
        office.engine.execute(DecideStep(case_id, review.id, "forward", "超出权限"), handler_of(review))
    office.decide(case_id, "LIC_CHECK.review")
    office.decide(case_id, "FOOD.site", "forward", "建议报送上级")
    assert office.case(case_id).items["FOOD"].status == "in_review"
    assert "FOOD.review" in office.open(case_id)


def test_a_phrase_that_only_announces_reasons_is_none(office: Office) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    for opinion in ("不符合以下条件：", "Reasons: "):
        with pytest.raises(BadInput):
            office.engine.execute(DecideStep(case_id, task.id, "disagree", opinion), handler_of(task))


def test_an_opinion_of_a_site_visit_does_not_decide_the_item_by_itself(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    office.decide(case_id, "FOOD.site", "disagree", "操作间布局不合理")
    assert office.case(case_id).items["FOOD"].status == "in_review"
    assert "FOOD.review" in office.open(case_id)


def test_only_the_department_and_role_of_a_step_decide_it(office: Office) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    strangers = [
        Actor("fire1", "fire", frozenset({task.role})), Actor("m", "market", frozenset({"section_head"})), CLERK,
        Actor("nobody"),
    ]  # fmt: skip
    for stranger in strangers:
        with pytest.raises(NotPermitted):
            office.engine.execute(DecideStep(case_id, task.id, "agree"), stranger)


def test_the_second_of_two_people_is_told_that_it_was_done(office: Office) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    office.engine.execute(DecideStep(case_id, task.id, "agree"), handler_of(task, "first"))
    with pytest.raises(AlreadyDone):
        office.engine.execute(DecideStep(case_id, task.id, "disagree", "x"), handler_of(task, "second"))
    assert office.case(case_id).tasks[task.id].actor == "first"


def test_a_decision_sent_twice_with_one_key_counts_once(office: Office) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    command = DecideStep(case_id, task.id, "agree", key="k1")
    first = office.engine.execute(command, handler_of(task))
    assert office.engine.execute(command, handler_of(task)) == first
    assert office.case(case_id).revision == first.revision


def test_a_key_used_for_another_command_is_refused_instead_of_swallowing_it(office: Office) -> None:
    first, second = office.accept("B02"), office.submit("B02").case_id
    task = office.open(first)["LIC_CHECK.review"]
    office.engine.execute(DecideStep(first, task.id, "agree", key="k"), handler_of(task))
    with pytest.raises(BadInput, match="sent before"):
        office.engine.execute(DecideStep(first, task.id, "disagree", "no", key="k"), handler_of(task))
    office.engine.execute(AcceptCase(second, key="k"), CLERK)  # another person's key of the same text is another key
    with pytest.raises(BadInput):
        office.engine.execute(AcceptCase(first, key="k"), CLERK)


def test_a_repeated_key_is_known_in_another_process_with_another_secret(office: Office) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    command = DecideStep(case_id, task.id, "agree", key="k1")
    first = office.engine.execute(command, handler_of(task))
    other = build_engine(replace(office.engine.settings, secret_key="another"), office.clock)
    assert other.execute(command, handler_of(task)) == first
    other.close()


@pytest.mark.parametrize(
    "opinion", ["\ud800", "zero\x00byte", 7, None], ids=["surrogate", "nul", "number", "none"]
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_before_anything_happens(office: Office, opinion: str) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    with pytest.raises(BadInput):
        office.engine.execute(DecideStep(case_id, task.id, "disagree", opinion), handler_of(task))
    with pytest.raises(BadInput):
        office.engine.execute(DecideStep(case_id, task.id, "agree", key="k" * 200), handler_of(task))
    assert task.id in {t.id for t in office.case(case_id).open_tasks()}


def test_somebody_without_a_department_has_an_empty_inbox(office: Office) -> None:
    office.accept("B02")
    assert office.engine.read.inbox(Actor("nobody")).rows == []
    assert office.engine.read.inbox_counts(Actor("nobody")).all == 0
    with pytest.raises(BadInput):
        office.engine.read.inbox(Actor("nobody"), after=["a"])


def test_issuing_and_delivering_are_not_places_to_refuse(office: Office) -> None:
    case_id = office.accept("B02")
    while "HEALTHCERT.issue" not in office.open(case_id):
        office.decide(case_id, min(office.open(case_id)))
    task = office.open(case_id)["HEALTHCERT.issue"]
    with pytest.raises(NotPossible):
        office.engine.execute(DecideStep(case_id, task.id, "disagree", "x"), handler_of(task))
    while "B02.deliver" not in office.open(case_id):
        office.decide(case_id, min(office.open(case_id)))
    deliver = office.open(case_id)["B02.deliver"]
    with pytest.raises(NotPossible):
        office.engine.execute(DecideStep(case_id, deliver.id, "agree"), CLERK)
    with pytest.raises(BadInput):
        office.engine.execute(DeliverResults(case_id, deliver.id, "pigeon"), CLERK)
    office.engine.execute(DeliverResults(case_id, deliver.id, "courier"), CLERK)
    assert office.case(case_id).delivery == "courier"
    with pytest.raises(AlreadyDone):
        office.engine.execute(DeliverResults(case_id, deliver.id, "courier"), CLERK)


def test_unknown_tasks_are_not_found(office: Office) -> None:
    case_id = office.accept("B02")
    with pytest.raises(NotFound):
        office.engine.execute(DecideStep(case_id, "99.1", "agree"), CLERK)


def test_each_department_sees_its_own_tasks_only(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    roles = frozenset(office.engine.deployments.catalogue.roles)
    for department in office.engine.deployments.catalogue.departments:
        rows = office.engine.read.inbox(Actor("x", department, roles)).rows
        assert {row["department"] for row in rows} <= {department}
    inspector = Actor("x", "fire", frozenset({"inspector"}))
    assert [row["step"] for row in office.engine.read.inbox(inspector).rows] == ["FIRECHK.inspect"]
    assert office.engine.read.inbox(Actor("x", "fire", frozenset({"head"}))).rows == []


def test_a_case_is_shown_to_the_departments_it_reached_and_to_nobody_else(office: Office) -> None:
    case_id = office.accept("B02")
    assert office.engine.read.case(case_id, Actor("c", "clinic")).case.id == case_id
    with pytest.raises(NotFound):
        office.engine.read.case(case_id, Actor("f", "fire"))
    with pytest.raises(NotFound):
        office.engine.read.case(case_id, Actor("t", "tax"))


ANSWERS = st.fixed_dictionaries(
    {
        name: st.sampled_from(["是", "否"])
        for name in ("has_licence", "sells_tobacco", "has_fumes", "discharges_waste_water")
    }
    | {"floor_area": st.sampled_from(["20", "50", "51", "400"])}
)


def with_veto(folder: Path) -> Path:
    """Our processes, with a refusal of the seal ending the whole of B01."""
    processes = folder / "processes"
    shutil.copytree(default_processes(), processes, ignore=shutil.ignore_patterns("__pycache__"))
    item = processes / "B01" / "item.toml"
    told = item.read_text().replace('join_policy = "separate"', 'join_policy = "veto"\nveto_items = ["SEAL"]')
    item.write_text(told)
    return processes


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Office]]:
    """One office that keeps its cases in memory and one that restores them for every act; both verify at the end."""
    folder = tmp_path_factory.mktemp("offices")
    processes = with_veto(folder)
    (folder / "kept").mkdir()
    (folder / "restored").mkdir()
    with (
        opened_office(folder / "kept", processes=processes) as kept,
        opened_office(folder / "restored", processes=processes, live_cases=0) as restored,
    ):
        yield kept, restored


@given(ANSWERS, st.randoms(use_true_random=False), st.booleans(), st.floats(0, 0.5))
def test_any_order_and_any_refusals_end_in_an_outcome_that_follows_from_them(
    offices: tuple[Office, Office], answers: dict[str, str], rng: random.Random, kept: bool, refusing: float
) -> None:
    office = offices[0 if kept else 1]
    case_id, refused = office.accept("B02", answers), set()
    offering = office.engine.deployments.current("B02").offering
    while tasks := office.open(case_id):
        step = rng.choice(sorted(tasks))
        item = tasks[step].item
        assert item == "" or office.case(case_id).items[item].status not in ENDED_ITEMS
        no = offering.steps[step].decisive and rng.random() < refusing
        refused |= {item} if no else set()
        office.decide(case_id, step, "disagree" if no else "agree")
    case = office.case(case_id)
    for one in case.items.values():
        assert one.status in ({"refused"} if one.code in refused else {"granted", "not_reached"})
        assert one.status != "not_reached" or case.items[one.cause].status in ENDED_ITEMS
    granted = {one.code for one in case.items.values() if one.status == "granted"}
    whole = len(granted) == len(case.items)
    assert case.outcome == ("granted" if whole else "partly_granted" if granted else "refused")
    assert {r.item for r in case.results.values() if r.status == "issued"} == granted


@given(st.randoms(use_true_random=False), st.booleans())
def test_a_veto_ends_the_others_the_same_way_live_and_restored(
    offices: tuple[Office, Office], rng: random.Random, kept: bool
) -> None:
    # Tasks of a restored case came back in another order than those of a live one, and replays differed.
    office = offices[0 if kept else 1]
    case_id = office.accept("B01")
    while steps := sorted(office.open(case_id)):
        step = rng.choice(steps)
        office.decide(case_id, step, "disagree" if step == "SEAL.review" else "agree")
    case = office.case(case_id)
    assert case.outcome == "refused"
    assert {i.status for i in case.items.values()} == {"refused", "not_reached"}
    assert {r.status for r in case.results.values()} <= {"void"}
