"""Before the acceptance: one notice of correction, deemed acceptance after five working days; deferred materials."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cli.demo_cases import received_materials, sample_form
from engine.commands import (
    SYSTEM,
    AcceptCase,
    Actor,
    DeclineCase,
    FireTimer,
    RequestCorrection,
    SubmitCase,
    SupplyMaterials,
)  # fmt: skip
from engine.errors import AlreadyDone, BadInput, NotPermitted, NotPossible
from engine.instants import from_text
from engine.journal import Json
from engine.settings import default_processes
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.slow_calendar import BEIJING
from timers.sweep import Swept, deliver, sweep

LATER = "M_FIRESYS"
"""A material that may follow within 7.5 working days, in the catalogue of these tests."""


@pytest.fixture(params=[True, False], ids=["live", "restored"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """With cases in memory, and restored between any two acts; every journal is replayed at the end."""
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__", "B??"))
    file = folder / "FIRECHK" / "item.toml"
    lines = f'code = "{LATER}"\ndeferrable = true\ndefer_days = 7.5'
    file.write_text(file.read_text("utf-8").replace(f'code = "{LATER}"', lines, 1), "utf-8")
    kept = {} if request.param else {"live_cases": 0}
    with opened_office(tmp_path, clock, processes=folder, **kept) as opened:
        yield opened


def local(text: str | None) -> str:
    assert text is not None
    return f"{from_text(text).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def at(office: Office, day: str, hour: int = 10, minute: int = 0) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=BEIJING))


def submitted(office: Office, without: int = 0, deferred: str = "", code: str = "FIRECHK") -> str:
    """An application with so many materials missing, and perhaps one deferred."""
    offering = office.engine.deployments.catalogue.offering(code)
    form = sample_form(offering, None)
    given = received_materials(office.engine, offering, form)
    for name in sorted(set(given) - {f"F_{code}", deferred})[:without]:
        del given[name]
    if deferred:
        given[deferred] = "deferred"
    return office.engine.execute(SubmitCase(code, form, given), CLERK).case_id


def kinds(office: Office, case_id: str) -> list[str]:
    return [entry.kind for entry in office.engine.read.case(case_id, SYSTEM).entries]


def told(office: Office, actor: Actor, template: str) -> list[Json]:
    deliver(office.engine)
    found = office.engine.outbox.notices_for(actor.department, actor.roles)
    return [notice["facts"] for notice in found if notice["template"] == template]


def test_nobody_answers_for_five_working_days_and_the_case_is_accepted_as_of_its_receipt(office: Office) -> None:
    case_id = submitted(office, without=1)  # Monday 2 March 2026
    at(office, "2026-03-09", 17, 40)  # the fifth working day is over
    assert sweep(office.engine) == Swept()
    at(office, "2026-03-10", 8, 59)
    assert sweep(office.engine) == Swept()
    at(office, "2026-03-10", 9)
    assert sweep(office.engine) == Swept(fired=1)
    case = office.case(case_id)
    assert kinds(office, case_id) == ["ApplicationSubmitted", "ApplicationDeemedAccepted"]
    assert (case.status, case.accepted_at) == ("in_progress", case.submitted_at)
    assert local(case.statutory_due_at) == "2026-03-19 17:30", "13 working days from 2 March, not from the 10th"
    assert local(case.items["FIRECHK"].statutory_due_at) == local(case.statutory_due_at)
    assert {local(task.opened_at) for task in case.open_tasks()} == {"2026-03-10 09:00"}
    assert [*case.materials.values()].count("missing") == 1
    assert "deemed" not in case.timers
    head = Actor("head", "fire", frozenset({"head"}))
    for person in (CLERK, head):
        assert [facts["missing"] for facts in told(office, person, "case_deemed_accepted")] == [1]
    owed = next(code for code, status in case.materials.items() if status == "missing")
    office.engine.execute(SupplyMaterials(case_id, {owed: "received"}), CLERK)
    assert office.case(case_id).materials[owed] == "received"


def test_the_fifth_working_day_knows_holidays(office: Office) -> None:
    at(office, "2026-09-28")  # National Day begins on 1 October; 10 October is a working Saturday
    case_id = submitted(office)
    assert local(office.case(case_id).timers["deemed"].due_at) == "2026-10-12 09:00"
    assert local(office.case(case_id).terms["answer"].due_at) == "2026-10-10 17:30"


def test_applications_of_one_morning_are_deemed_accepted_together_each_once(office: Office) -> None:
    cases = [submitted(office, without=number % 2) for number in range(5)]
    at(office, "2026-03-10", 9)
    assert sweep(office.engine) == Swept(fired=5)
    assert sweep(office.engine) == Swept()
    assert {office.case(case_id).status for case_id in cases} == {"in_progress"}


def test_an_answer_clears_the_timer(office: Office) -> None:
    accepted, declined, asked = submitted(office), submitted(office), submitted(office, without=1)
    office.engine.execute(AcceptCase(accepted), CLERK)
    office.engine.execute(DeclineCase(declined, "不属本机关职权"), CLERK)
    office.engine.execute(RequestCorrection(asked, {}, "请补齐"), CLERK)
    for case_id in (accepted, declined, asked):
        assert "deemed" not in office.case(case_id).timers
        assert office.case(case_id).terms["answer"].ended_at is not None
    office.clock.advance(days=60)
    sweep(office.engine)
    assert "ApplicationDeemedAccepted" not in kinds(office, asked)
    assert office.case(asked).status == "correction"


def test_one_notice_lists_everything_and_a_complete_resubmission_is_received_anew(office: Office) -> None:
    case_id = submitted(office, without=2)
    given = sorted(office.case(case_id).materials)
    bad = next(code for code in given if code != "F_FIRECHK")
    office.engine.execute(RequestCorrection(case_id, {bad: "盖章不清"}, "材料不齐"), CLERK)
    case = office.case(case_id)
    assert (case.status, len(case.asked), case.asked[bad]) == ("correction", 3, "盖章不清")
    assert bad not in case.materials
    with pytest.raises(AlreadyDone, match="out already"):
        office.engine.execute(RequestCorrection(case_id, {}, "再补"), CLERK)
    with pytest.raises(NotPossible, match="missing"):
        office.engine.execute(AcceptCase(case_id), CLERK)
    at(office, "2026-04-01")
    first, *rest = sorted(case.asked)
    office.engine.execute(SupplyMaterials(case_id, {first: "received"}), CLERK)
    assert (office.case(case_id).status, office.case(case_id).received_at) == ("correction", "")
    at(office, "2026-04-02")
    office.engine.execute(SupplyMaterials(case_id, dict.fromkeys(rest, "received")), CLERK)
    case = office.case(case_id)
    assert (case.status, local(case.received_at)) == ("submitted", "2026-04-02 10:00")
    assert local(case.terms["answer"].due_at) == "2026-04-10 17:30", "five working days from 2 April, 4–6 April off"
    with pytest.raises(NotPossible, match="did not name"):
        office.engine.execute(RequestCorrection(case_id, {"F_FIRECHK": "换表"}, "再补"), CLERK)
    at(office, "2026-04-13")
    sweep(office.engine)
    case = office.case(case_id)
    assert (case.status, local(case.accepted_at)) == ("in_progress", "2026-04-02 10:00")
    assert local(case.statutory_due_at) == "2026-04-22 17:30"


def test_after_five_working_days_a_correction_or_a_refusal_to_accept_comes_too_late(office: Office) -> None:
    case_id = submitted(office, without=1)
    at(office, "2026-03-09", 17, 31)
    for command in (RequestCorrection(case_id, {}, "请补齐"), DeclineCase(case_id, "不予受理")):
        with pytest.raises(NotPossible, match="five working days"):
            office.engine.execute(command, CLERK)


def test_a_clerk_who_accepts_before_the_timer_was_swept_accepts_as_of_the_receipt(office: Office) -> None:
    case_id = submitted(office)
    at(office, "2026-03-12")
    office.engine.execute(AcceptCase(case_id), CLERK)
    case = office.case(case_id)
    assert kinds(office, case_id)[-1] == "ApplicationDeemedAccepted"
    assert case.accepted_at == case.submitted_at
    with pytest.raises(AlreadyDone):
        office.engine.execute(FireTimer(case_id, "deemed"), SYSTEM)


def test_who_may_ask_for_a_correction_and_what_a_notice_must_say(office: Office) -> None:
    case_id = submitted(office)
    with pytest.raises(NotPermitted):
        office.engine.execute(RequestCorrection(case_id, {}, "请补齐"), Actor("x", "market", frozenset({"head"})))
    with pytest.raises(BadInput, match="nothing is to be corrected"):
        office.engine.execute(RequestCorrection(case_id, {}, "请补齐"), CLERK)
    with pytest.raises(BadInput, match="not asked for"):
        office.engine.execute(RequestCorrection(case_id, {"NOTHING": ""}, "请补齐"), CLERK)
    with pytest.raises(BadInput, match="reasons"):
        office.engine.execute(RequestCorrection(case_id, {"F_FIRECHK": ""}, " "), CLERK)
    office.engine.execute(AcceptCase(case_id), CLERK)
    with pytest.raises(AlreadyDone):
        office.engine.execute(RequestCorrection(case_id, {"F_FIRECHK": ""}, "请补齐"), CLERK)


def test_a_deferred_material_has_its_own_deadline_and_is_raised_once(office: Office) -> None:
    case_id = submitted(office, deferred=LATER)
    office.engine.execute(AcceptCase(case_id), CLERK)
    term = office.case(case_id).terms["deferred.1"]
    assert (term.of, local(term.due_at)) == (LATER, "2026-03-12 14:00"), "seven and a half working days"
    at(office, "2026-03-12", 14, 1)
    sweep(office.engine)
    assert kinds(office, case_id).count("DeferredMaterialOverdue") == 1
    assert [facts["material"] for facts in told(office, CLERK, "deferred_overdue")] == [term.of]
    assert office.case(case_id).terms["deferred.1"].overdue
    sweep(office.engine)
    assert kinds(office, case_id).count("DeferredMaterialOverdue") == 1
    office.engine.execute(SupplyMaterials(case_id, {term.of: "received"}), CLERK)
    assert office.case(case_id).terms["deferred.1"].ended_at is not None


def test_a_deferred_material_handed_in_clears_its_timer_even_when_the_case_is_closed(office: Office) -> None:
    code = LATER
    case_id = submitted(office, deferred=code)
    office.engine.execute(AcceptCase(case_id), CLERK)
    for wrong in ({code: "deferred"}, {"F_FIRECHK": "received"}, {}):
        with pytest.raises(BadInput):
            office.engine.execute(SupplyMaterials(case_id, wrong), CLERK)
    office.finish(case_id)
    assert "deferred.1" in office.case(case_id).timers, "still owed"
    office.engine.execute(SupplyMaterials(case_id, {code: "received"}), CLERK)
    assert office.case(case_id).timers == {}
    with pytest.raises(AlreadyDone):
        office.engine.execute(SupplyMaterials(case_id, {code: "received"}), CLERK)


def test_the_delivery_has_ten_working_days_from_the_opening_of_its_task(office: Office) -> None:
    case_id = submitted(office)
    office.engine.execute(AcceptCase(case_id), CLERK)
    while not any(task.act == "deliver" for task in office.case(case_id).open_tasks()):
        office.decide(case_id, min(office.open(case_id)))
    term = office.case(case_id).terms["delivery"]
    assert (local(term.starts), local(term.due_at)) == ("2026-03-02 09:00", "2026-03-16 17:30")
    office.finish(case_id)
    assert office.case(case_id).terms["delivery"].ended_at is not None


def test_a_form_the_notice_named_is_missing_until_it_comes_again(office: Office) -> None:
    case_id = submitted(office, without=1)
    office.engine.execute(RequestCorrection(case_id, {"F_FIRECHK": "未盖章"}, "请补正"), CLERK)
    named = office.case(case_id).asked
    (material,) = named.keys() - {"F_FIRECHK"}
    office.engine.execute(SupplyMaterials(case_id, {material: "received"}), CLERK)
    case = office.case(case_id)
    assert (named.keys() - case.materials.keys(), case.status) == ({"F_FIRECHK"}, "correction")
    office.engine.execute(SupplyMaterials(case_id, {"F_FIRECHK": "received"}), CLERK)
    assert office.case(case_id).status == "submitted"
