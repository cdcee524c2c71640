"""What the oracle has found, each as a story of its own."""

from datetime import timedelta
from pathlib import Path

import pytest

from cli.demo_cases import sample_form
from engine.case.running import TASK
from engine.case.seating.seat_text import seats_from
from engine.commands import (
    AcceptCase,
    Actor,
    AddApprover,
    ArrangeSession,
    CancelSession,
    ClaimTask,
    DecideStep,
    DelegateTask,
    DeliverResults,
    RemoveApprover,
    ReturnCase,
    SubmitCase,
    SuspendClock,
    TakeBackDecision,
)  # fmt: skip
from engine.errors import NotPossible
from tests.builders import CLERK, handler_of, opened_office
from tests.going_back import HEAD, REASON, check_standing
from tests.oracle.town import BY_ID, Town
from tests.seated import ALL_SIGN, seated_office, task_of
from tests.slow_calendar import BEIJING
from tests.web import Visitor, site_of

HALT = ("hearing", "行政许可法第45条", "听证通知书", "5")


def test_a_step_taken_back_that_was_past_as_a_suspension_began_stays_past(tmp_path: Path) -> None:
    """Nobody gains time by deciding and taking it back: the clock that goes on is the one the suspension spared."""
    with opened_office(tmp_path) as office:
        case_id = office.accept("SIGN")
        late = office.open(case_id)["SIGN.review"]
        office.clock.advance(days=7)
        halt = SuspendClock(case_id, "SIGN", *HALT)
        office.engine.execute(halt, handler_of(late))
        assert office.open(case_id)["SIGN.review"].due_at == late.due_at
        office.engine.execute(DecideStep(case_id, late.id, "agree"), handler_of(late))
        office.engine.execute(TakeBackDecision(case_id, late.id), handler_of(late))
        again = office.open(case_id)["SIGN.review"]
        assert (again.id != late.id, again.opened_at, again.due_at) == (True, late.opened_at, late.due_at)
        assert f"{TASK}:{again.id}" in office.case(case_id).suspensions["1"].past
        check_standing(office, case_id)


def test_an_item_that_begins_anew_is_stopped_though_its_old_clock_was_past(tmp_path: Path) -> None:
    """The suspension spared the clock that was past; the new one begins under it, and stands still."""
    with opened_office(tmp_path) as office:
        case_id = office.accept("B02")
        office.decide(case_id, "LIC_CHECK.review")
        office.clock.advance(days=60)
        site = office.open(case_id)["FOOD.site"]
        office.engine.execute(SuspendClock(case_id, "FOOD", *HALT), handler_of(site))
        assert office.case(case_id).items["FOOD"].due_at is not None
        office.engine.execute(ReturnCase(case_id, REASON), HEAD)
        assert office.case(case_id).items["FOOD"].opened_at is None
        office.decide(case_id, "LIC_CHECK.review")
        food = office.case(case_id).items["FOOD"]
        assert (food.due_at, food.statutory_due_at) == (None, None)
        assert office.open(case_id)["FOOD.site"].due_at is None
        check_standing(office, case_id)


def test_the_seat_of_a_delivery_that_was_claimed_says_who_delivered(tmp_path: Path) -> None:
    """It was as if somebody else had delivered without the clerk who had claimed it."""
    with opened_office(tmp_path) as office:
        case_id = office.accept("B01")
        office.decide(case_id, "ENT_REG.review", "disagree")
        task = office.open(case_id)["B01.deliver"]
        office.engine.execute(ClaimTask(case_id, task.id), CLERK)
        office.engine.execute(DeliverResults(case_id, task.id, "window"), CLERK)
        (seat,) = seats_from(office.case(case_id).tasks[task.id].seats)
        assert (seat.status, seat.decision, seat.decided_by) == ("decided", "agree", CLERK.id)


def test_a_decided_item_that_was_past_as_a_suspension_began_stays_past_when_it_runs_on(tmp_path: Path) -> None:
    """Suspending the whole case gave an item that was late, and decided again later, a clock that stood still."""
    with opened_office(tmp_path) as office:
        case_id = office.accept("B02")
        check = office.open(case_id)["LIC_CHECK.review"]
        office.clock.advance(days=7)
        late = office.case(case_id).items["LIC_CHECK"].due_at
        office.decide(case_id, "LIC_CHECK.review")
        office.engine.execute(SuspendClock(case_id, "", *HALT), handler_of(office.open(case_id)["FOOD.site"]))
        office.engine.execute(TakeBackDecision(case_id, check.id), handler_of(check))
        item = office.case(case_id).items["LIC_CHECK"]
        assert (item.status, item.due_at) == ("in_review", late)
        check_standing(office, case_id)


def test_nobody_decides_an_item_under_an_open_hearing_by_removing_who_was_still_to_vote(tmp_path: Path) -> None:
    """The votes are in but for an approver who was added; without him they decide, which has to wait for the record."""
    town = Town(tmp_path)
    execute, people, later = town.engine.execute, BY_ID, town.clock().astimezone(BEIJING) + timedelta(days=8)
    form = sample_form(town.engine.deployments.catalogue.offering("ORC"), None)
    given = dict.fromkeys(["M_QA", "M_QB", "M_QC"], "received")
    case_id = execute(SubmitCase("ORC", form, given), people["clerk"]).case_id
    execute(AcceptCase(case_id), people["clerk"])

    def step(name: str) -> str:
        return next(task.id for task in town.look(case_id).case.open_tasks() if task.step == name)

    execute(DecideStep(case_id, step("QA.first"), "agree"), people["m1"])
    for name in ("m1", "m2", "p1"):
        execute(DecideStep(case_id, step("QA.review"), "agree"), people[name])
    task = step("QA.decide")
    execute(DecideStep(case_id, task, "agree", seat="1"), people["m2"])
    execute(ClaimTask(case_id, task, "2"), people["m3"])
    execute(AddApprover(case_id, task, "beside", "police", "reviewer", seat="2"), people["m3"])
    execute(DecideStep(case_id, task, "disagree", "理由", seat="3"), people["m1"])
    execute(DecideStep(case_id, task, "agree", seat="2"), people["m3"])
    execute(DecideStep(case_id, task, "agree", seat="4"), people["t1"])
    hearing = ArrangeSession(case_id, "hearing", "QA", later.isoformat(), "会议室", "依据", "5", chair="sup")
    execute(hearing, people["m1"])
    with pytest.raises(NotPossible) as refused:
        execute(RemoveApprover(case_id, task, "5"), people["m3"])
    assert refused.value.code == "session.hearing_open"
    execute(CancelSession(case_id, "1", REASON), people["m1"])
    execute(RemoveApprover(case_id, task, "5"), people["m3"])
    assert step("QA.issue")
    town.close()


def test_whoever_advised_and_tries_another_seat_reads_why_not(tmp_path: Path) -> None:
    """They hold the role of the free seat: "not yours" would be wrong, it is that nobody has two seats of a step."""
    with seated_office(tmp_path, ALL_SIGN) as office:
        app, case_id = site_of(office.engine), office.accept("TRY")
        task = task_of(office, case_id)
        adviser, owner = (Actor(name, "market", frozenset({"reviewer"})) for name in ("market1", "market2"))
        office.engine.execute(ClaimTask(case_id, task.id, "1"), owner)
        office.engine.execute(DelegateTask(case_id, task.id, "market1", seat="1"), owner)
        office.engine.execute(DecideStep(case_id, task.id, "agree", "可行"), adviser)
        with pytest.raises(NotPossible) as refused:
            office.engine.execute(DecideStep(case_id, task.id, "agree"), adviser)
        assert refused.value.code == "seat.twice"
        page = Visitor(app, "market1").get(f"/inbox/{case_id}/{task.id}").text
        assert "您已在本环节提出过意见，不再另占席位。" in page
