"""What the oracle has found, each as a story of its own."""

from pathlib import Path

from engine.case.running import TASK
from engine.case.seating.seat_text import seats_from
from engine.commands import ClaimTask, DecideStep, DeliverResults, ReturnCase, SuspendClock, TakeBackDecision
from tests.builders import CLERK, handler_of, opened_office
from tests.going_back import HEAD, REASON, check_standing

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
