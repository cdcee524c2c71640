"""Clocks stopped by special procedures (行政许可法 45), going on again, and extended once (行政许可法 42)."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.case.state import Case
from engine.commands import SYSTEM, Actor, Command, ExtendClock, ResumeClock, SuspendClock
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from engine.instants import from_text
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.slow_calendar import BEIJING, Pause, SlowCalendar
from timers.sweep import Swept, sweep

SLOW = SlowCalendar()
REVIEWER = Actor("r", "market", frozenset({"reviewer"}))
FIREMAN = Actor("f", "fire", frozenset({"inspector"}))
FOOD_HEAD = Actor("h", "market", frozenset({"head"}))


@pytest.fixture(params=[True, False], ids=["live", "restored"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock, told_once: Path) -> Iterator[Office]:
    """With cases in memory, and restored between any two acts; every journal is replayed at the end."""
    kept: dict[str, object] = {} if request.param else {"live_cases": 0}
    with opened_office(tmp_path, clock, processes=told_once, **kept) as opened:
        yield opened


def local(text: str | None) -> str:
    return "" if text is None else f"{from_text(text).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def at(office: Office, day: str, hour: int = 10) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, tzinfo=BEIJING))


def slow(start: str | None, days: int, *pauses: Pause) -> str:
    assert start is not None
    due, _ = SLOW.due(from_text(start).astimezone(BEIJING), Decimal(days), "working_days", pauses)
    return f"{due:%Y-%m-%d %H:%M}"


def hearing(case_id: str, item: str = "FOOD", scope: str = "both", procedure: str = "hearing") -> SuspendClock:
    return SuspendClock(case_id, item, procedure, "行政许可法第四十七条", "听证通知书 3 号", "10", scope)


def resume(office: Office, case_id: str, number: str = "1", actor: Actor = REVIEWER) -> None:
    office.engine.execute(ResumeClock(case_id, number, "听证笔录 3 号"), actor)


def begun(office: Office) -> str:
    """A restaurant in which the food permit is under way."""
    case_id = office.accept("B02")  # Monday 2 March 2026, 09:00
    office.decide(case_id, "LIC_CHECK.review")
    return case_id


def timed(case: Case) -> set[str]:
    return {case.tasks[timer.task].step for timer in case.timers.values() if timer.task}


def test_a_hearing_stops_its_item_its_steps_and_the_case_and_nothing_else(office: Office) -> None:
    case_id = begun(office)
    before = office.case(case_id)
    at(office, "2026-03-04")
    office.engine.execute(hearing(case_id), REVIEWER)
    case, tasks = office.case(case_id), office.open(case_id)
    assert (case.promised_due_at, case.statutory_due_at) == (None, None)
    assert (case.items["FOOD"].due_at, case.items["FOOD"].statutory_due_at) == (None, None)
    assert tasks["FOOD.site"].due_at is None
    assert {code: item.due_at for code, item in case.items.items() if code != "FOOD"} == {
        code: item.due_at for code, item in before.items.items() if code != "FOOD"
    }
    assert timed(case) == {step for step in tasks if not step.startswith("FOOD")}
    at(office, "2026-06-01")
    fired = sweep(office.engine).fired
    assert fired == len(timed(case))
    assert office.open(case_id)["FOOD.site"].escalation == 0


def test_after_it_every_clock_is_due_later_by_the_days_that_did_not_count(office: Office) -> None:
    case_id = begun(office)
    opened = office.case(case_id).items["FOOD"].opened_at
    at(office, "2026-03-04")
    office.engine.execute(hearing(case_id), REVIEWER)
    at(office, "2026-03-13")
    resume(office, case_id)
    case, pause = office.case(case_id), (date(2026, 3, 4), date(2026, 3, 13))
    assert local(case.promised_due_at) == slow(case.accepted_at, 13, pause) == "2026-03-30 17:30"
    assert local(case.statutory_due_at) == slow(case.accepted_at, 45, pause)
    assert local(case.items["FOOD"].due_at) == slow(opened, 10, pause)
    assert local(case.items["FOOD"].statutory_due_at) == slow(opened, 15, pause)
    site = office.open(case_id)["FOOD.site"]
    assert local(site.due_at) == slow(site.opened_at, 4, pause)
    assert case.timers[f"{site.id}:1"].due_at == site.due_at
    at(office, "2026-03-16", 18)
    sweep(office.engine)
    assert office.open(case_id)["FOOD.site"].escalation == 0
    at(office, "2026-03-17", 18)
    sweep(office.engine)
    assert office.open(case_id)["FOOD.site"].escalation == 1
    office.finish(case_id)


def test_overlapping_suspensions_are_one_and_the_last_to_end_lets_the_clock_go_on(office: Office) -> None:
    case_id = begun(office)
    office.engine.execute(hearing(case_id), REVIEWER)
    at(office, "2026-03-03")
    office.engine.execute(hearing(case_id, "", procedure="expert_review"), REVIEWER)
    assert timed(office.case(case_id)) == set(), "the whole case stands still"
    at(office, "2026-03-10")
    resume(office, case_id)
    assert office.case(case_id).promised_due_at is None
    assert office.open(case_id)["FOOD.site"].due_at is None
    at(office, "2026-03-13")
    resume(office, case_id, "2")
    case = office.case(case_id)
    assert local(case.promised_due_at) == slow(case.accepted_at, 13, (date(2026, 3, 2), date(2026, 3, 13)))
    sign = case.items["SIGN"]
    assert local(sign.statutory_due_at) == slow(sign.opened_at, 15, (date(2026, 3, 3), date(2026, 3, 13)))
    with pytest.raises(AlreadyDone):
        resume(office, case_id)


def test_a_local_rule_stops_the_promised_clocks_only(office: Office) -> None:
    case_id = begun(office)
    before = office.case(case_id)
    for procedure in ("local", "correction"):
        with pytest.raises(BadInput, match="promised clocks only"):
            office.engine.execute(hearing(case_id, procedure=procedure), REVIEWER)
    office.engine.execute(hearing(case_id, scope="promised", procedure="local"), REVIEWER)
    case = office.case(case_id)
    assert (case.promised_due_at, case.statutory_due_at) == (None, before.statutory_due_at)
    food = case.items["FOOD"]
    assert (food.due_at, food.statutory_due_at) == (None, before.items["FOOD"].statutory_due_at)
    assert office.open(case_id)["FOOD.site"].due_at is None


def test_what_opens_during_a_suspension_starts_stopped_and_counts_from_its_end(office: Office) -> None:
    case_id = office.accept("B02")
    at(office, "2026-03-04")
    office.engine.execute(hearing(case_id, ""), REVIEWER)
    at(office, "2026-03-05")
    office.decide(case_id, "LIC_CHECK.review")
    case, tasks = office.case(case_id), office.open(case_id)
    fresh = [item for item in case.items.values() if item.status == "in_review" and item.code != "HEALTHCERT"]
    assert "FOOD" in {item.code for item in fresh}
    assert all(item.due_at is None and item.statutory_due_at is None for item in fresh)
    assert tasks["FOOD.site"].due_at is None
    at(office, "2026-03-12")
    resume(office, case_id)
    case, site, pause = office.case(case_id), office.open(case_id)["FOOD.site"], (date(2026, 3, 4), date(2026, 3, 12))
    assert local(site.due_at) == slow(site.opened_at, 4, pause) == "2026-03-17 17:30"
    assert local(case.items["FOOD"].statutory_due_at) == slow(case.items["FOOD"].opened_at, 15, pause)
    assert local(case.items["FOOD"].due_at) == slow(case.items["FOOD"].opened_at, 10, pause)
    assert case.timers[f"{site.id}:1"].due_at == site.due_at


def test_the_decision_of_the_item_ends_its_suspension_and_the_journal_can_say_so(office: Office) -> None:
    case_id = begun(office)
    at(office, "2026-03-04")
    office.engine.execute(hearing(case_id), REVIEWER)
    at(office, "2026-03-10")
    office.decide(case_id, "FOOD.site")
    assert office.case(case_id).suspensions["1"].ended_at is None
    office.decide(case_id, "FOOD.review")
    case = office.case(case_id)
    assert (case.suspensions["1"].ended_by, local(case.suspensions["1"].ended_at)) == ("decided", "2026-03-10 10:00")
    assert local(case.promised_due_at) == slow(case.accepted_at, 13, (date(2026, 3, 4), date(2026, 3, 10)))
    with pytest.raises(NotPossible, match="decided"):
        office.engine.execute(hearing(case_id), REVIEWER)


def test_a_refusal_ends_it_too_and_a_case_closes_with_none_open(office: Office) -> None:
    case_id = begun(office)
    office.engine.execute(hearing(case_id), REVIEWER)
    office.engine.execute(hearing(case_id, ""), REVIEWER)
    case = office.finish(case_id, lambda step: "disagree" if step == "FOOD.review" else "agree")
    assert case.status == "closed"
    assert {number: stop.ended_by for number, stop in case.suspensions.items()} == {"1": "decided", "2": "closed"}


def test_a_clock_that_was_past_its_due_instant_is_not_healed(office: Office) -> None:
    case_id = begun(office)
    at(office, "2026-03-09", 18)  # FOOD.site was due at 17:30
    due = office.open(case_id)["FOOD.site"].due_at
    assert sweep(office.engine).fired > 0
    office.engine.execute(hearing(case_id), REVIEWER)
    site = office.open(case_id)["FOOD.site"]
    assert (site.due_at, site.escalation) == (due, 1)
    at(office, "2026-03-12")
    resume(office, case_id)
    assert office.open(case_id)["FOOD.site"].due_at == due
    assert sweep(office.engine) == Swept()


BAD: list[tuple[dict[str, str], str]] = [
    ({"procedure": "lunch"}, "no procedure"), ({"scope": "all"}, "both or promised"), ({"ground": " "}, "reasons"),
    ({"evidence": ""}, "reasons"), ({"expected_days": "0"}, "how many"), ({"expected_days": "soon"}, "how many"),
]  # fmt: skip


def test_what_a_suspension_has_to_say_and_who_may_begin_and_end_it(office: Office) -> None:
    case_id = begun(office)
    said = vars(hearing(case_id))
    for wrong, message in BAD:
        with pytest.raises(BadInput, match=message):
            office.engine.execute(SuspendClock(**{**said, **wrong}), REVIEWER)
    for actor in (FIREMAN, CLERK, Actor("x", "market", frozenset({"panel"}))):
        with pytest.raises(NotPermitted):
            office.engine.execute(hearing(case_id), actor)
    with pytest.raises(NotFound):
        office.engine.execute(hearing(case_id, "NOTHING"), REVIEWER)
    with pytest.raises(NotPossible, match="not begun"):
        office.engine.execute(hearing(office.accept("B02")), REVIEWER)
    with pytest.raises(NotFound):
        resume(office, case_id)
    office.engine.execute(hearing(case_id), REVIEWER)
    with pytest.raises(NotPermitted):
        resume(office, case_id, actor=FIREMAN)
    waiting = office.submit("B02").case_id
    with pytest.raises(NotPossible, match="in progress"):
        office.engine.execute(hearing(waiting, ""), REVIEWER)


def extend(case_id: str, item: str = "", level: str = "government_head") -> ExtendClock:
    return ExtendClock(case_id, item, "案情复杂", level, "区政府〔2026〕12 号")


def test_a_joint_case_is_extended_once_by_fifteen_days_with_the_government_heads_approval(office: Office) -> None:
    case_id = begun(office)
    food = office.case(case_id).items["FOOD"]
    with pytest.raises(BadInput, match="government"):
        office.engine.execute(extend(case_id, level="authority_head"), FOOD_HEAD)
    with pytest.raises(NotPermitted):
        office.engine.execute(extend(case_id), REVIEWER)
    outcome = office.engine.execute(extend(case_id), FOOD_HEAD)
    assert outcome.notices == 1
    case = office.case(case_id)
    assert local(case.statutory_due_at) == slow(case.accepted_at, 60)
    assert local(case.promised_due_at) == slow(case.accepted_at, 28)
    assert case.items["FOOD"] == food
    with pytest.raises(AlreadyDone, match="once"):
        office.engine.execute(extend(case_id), FOOD_HEAD)
    office.finish(case_id)


def test_an_item_alone_is_extended_by_ten_days_with_the_authority_heads_approval(office: Office) -> None:
    case_id = office.accept("SIGN")
    head = Actor("h", "urban", frozenset({"head"}))
    office.engine.execute(extend(case_id, level="authority_head"), head)
    case = office.case(case_id)
    assert local(case.statutory_due_at) == slow(case.accepted_at, 25) == local(case.items["SIGN"].statutory_due_at)
    assert local(case.promised_due_at) == slow(case.accepted_at, 12)
    for item in ("", "SIGN"):
        with pytest.raises(AlreadyDone):
            office.engine.execute(extend(case_id, item, "authority_head"), head)


def test_an_item_of_a_joint_case_has_an_extension_of_its_own_that_leaves_the_case_alone(office: Office) -> None:
    case_id = begun(office)
    before = office.case(case_id)
    office.engine.execute(extend(case_id, "FOOD", "authority_head"), FOOD_HEAD)
    case = office.case(case_id)
    assert local(case.items["FOOD"].statutory_due_at) == slow(case.items["FOOD"].opened_at, 25)
    assert (case.statutory_due_at, case.promised_due_at) == (before.statutory_due_at, before.promised_due_at)


def test_an_extension_and_a_suspension_add_up_in_either_order(office: Office) -> None:
    cases = [begun(office), begun(office)]
    orders: list[list[tuple[Command, Actor]]] = [
        [(extend(cases[0]), FOOD_HEAD), (hearing(cases[0]), REVIEWER)],
        [(hearing(cases[1]), REVIEWER), (extend(cases[1]), FOOD_HEAD)],
    ]
    at(office, "2026-03-04")
    for acts in orders:
        for command, actor in acts:
            office.engine.execute(command, actor)
    at(office, "2026-03-20")
    for case_id in cases:
        resume(office, case_id)
        case, pause = office.case(case_id), (date(2026, 3, 4), date(2026, 3, 20))
        assert local(case.promised_due_at) == slow(case.accepted_at, 28, pause)
        assert local(case.statutory_due_at) == slow(case.accepted_at, 60, pause)


def test_an_extension_comes_too_late_after_the_due_date_and_heals_no_broken_promise(office: Office) -> None:
    late, promised = office.accept("SIGN"), begun(office)
    at(office, "2026-04-20")
    with pytest.raises(NotPossible, match="has passed"):
        office.engine.execute(extend(late, level="authority_head"), Actor("h", "urban", frozenset({"head"})))
    before = office.case(promised)
    office.engine.execute(extend(promised), FOOD_HEAD)
    case = office.case(promised)
    assert case.promised_due_at == before.promised_due_at
    assert local(case.statutory_due_at) == slow(case.accepted_at, 60)


def test_a_limit_in_calendar_days_is_not_extended_by_working_days(office: Office) -> None:
    case_id = office.accept("NPO_REG")
    head = Actor("h", office.engine.deployments.catalogue.items["NPO_REG"].department, frozenset({"head"}))
    with pytest.raises(NotPossible, match="special law"):
        office.engine.execute(extend(case_id, level="authority_head"), head)


def test_the_applicant_is_told_of_each_stop_each_going_on_and_each_extension(office: Office) -> None:
    case_id = begun(office)
    told = [
        office.engine.execute(hearing(case_id), REVIEWER).notices,
        office.engine.execute(extend(case_id), FOOD_HEAD).notices,
        office.engine.execute(ResumeClock(case_id, "1", "笔录"), REVIEWER).notices,
    ]
    assert told == [1, 1, 1]
    entries = office.engine.read.case(case_id, SYSTEM).entries[-3:]
    assert [entry.kind for entry in entries] == ["ClockSuspended", "ClockExtended", "ClockResumed"]
    assert (entries[1].facts["level"], entries[1].facts["approver"]) == ("government_head", "区政府〔2026〕12 号")
