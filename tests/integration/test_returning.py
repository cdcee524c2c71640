"""Cases that go back: to an earlier step, across a join, as a whole; decisions taken back; refused cases reopened."""

from functools import partial
from pathlib import Path

import pytest

from engine.case.state import Case, Task
from engine.commands import (
    SYSTEM,
    Actor,
    DecideStep,
    ExtendClock,
    Outcome,
    ReopenCase,
    ResumeClock,
    ReturnCase,
    ReturnStep,
    SuspendClock,
    TakeBackDecision,
    TerminateCase,
    WithdrawCase,
)  # fmt: skip
from engine.errors import AlreadyDone, NotPermitted, NotPossible
from tests.builders import CLERK, Office, handler_of
from tests.clock import ManualClock
from tests.going_back import HEAD, REASON, check_standing, go_back, refused, send_back, steps
from tests.integration.test_at_the_same_instant import at_once
from tests.integration.test_case_more_bpmn import TOGETHER, VOTING, redrawn, rows, says
from tests.integration.test_case_more_bpmn import Opened as Redrawn
from tests.integration.test_moving_cases import CLOSING, LINE, PARALLEL, Opened, Version, opened
from tests.unit.bpmn_text import node
from timers.sweep import sweep

__all__ = ["opened", "redrawn"]

LONG = Version(f"start > T.first > p1; p1 > T.a > T.a2 > p2; p1 > T.b > T.b2 > p2; p2 > T.check > {CLOSING}")


def row(office: Office, case_id: str, step: str) -> Task:
    """The last task of a step."""
    return [task for task in office.case(case_id).tasks.values() if task.step == step][-1]


def all_of(office: Office, case_id: str, *names: str) -> None:
    for name in names:
        office.clock.advance(minutes=5)
        office.decide(case_id, f"T.{name}")


def certificates(case: Case) -> list[str]:
    return [result.number for result in case.results.values() if result.status == "issued"]


def finished_well(office: Office, case_id: str) -> Case:
    """It ends granted, every step of the last round decided once, with one certificate."""
    case = office.finish(case_id)
    done = [task.step for task in case.tasks.values() if task.status == "done"]
    assert len(done) == len(set(done)), "each step is decided once, so every join has fired once"
    assert (case.outcome, len(certificates(case))) == ("granted", 1)
    return case


def test_inside_a_branch_the_other_branch_sees_nothing(opened: Opened) -> None:
    office = opened(LONG)
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a", "b")
    office.clock.advance(days=1)
    before = office.open(case_id)["T.b2"], office.case(case_id).timers
    told = send_back(office, case_id, "T.a2", "T.a")
    assert steps(told) == {"kept": ["b2"], "cancelled": ["a2"], "reopened": ["a"], "voided": ["a"]}
    assert office.open(case_id)["T.b2"] == before[0]
    again = office.open(case_id)["T.a"]
    assert again.opened_at > before[0].opened_at, "the step returned to has a clock of its own"
    assert f"{again.id}:1" in office.case(case_id).timers
    finished_well(office, case_id)


def test_a_voided_decision_stays_in_the_record_with_the_entry_that_took_it_back(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    office.decide(case_id, "T.a", "agree_with_conditions", "须整改")
    given = row(office, case_id, "T.a")
    send_back(office, case_id, "T.b", "T.a")
    case = office.case(case_id)
    voided = case.tasks[given.id]
    assert (voided.status, voided.decision, voided.opinion, voided.actor) == (
        "voided", "agree_with_conditions", "须整改", given.actor,
    )  # fmt: skip
    entry = office.engine.read.case(case_id, SYSTEM).entries[-1]
    assert (entry.seq, entry.kind) == (voided.voided, "StepReturned")
    assert entry.facts["reason"] == REASON
    assert case.decisions == {}


def test_before_the_split_both_branches_are_taken_back(opened: Opened) -> None:
    office = opened(LONG)
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a", "b")
    told = send_back(office, case_id, "T.a2", "T.first")
    assert steps(told) == {"cancelled": ["a2", "b2"], "reopened": ["first"], "voided": ["first", "a", "b"]}
    finished_well(office, case_id)


@pytest.mark.parametrize("branch", ["a", "a2", "b"])
@pytest.mark.parametrize("until", ["check", "decide", "issue"])
def test_to_a_branch_after_the_join_fired_keeps_the_sibling_and_the_join_fires_once(
    opened: Opened, branch: str, until: str
) -> None:
    """jeecgboot #5813, ruoyi-vue-pro #867: the join fired a second time, or never, and the sibling was asked again."""
    office = opened(LONG)
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a", "b", "b2", "a2")
    later = ["check", "decide", "issue"]
    all_of(office, case_id, *later[: later.index(until)])
    told = send_back(office, case_id, f"T.{until}", f"T.{branch}")
    assert [line.code for line in told.reopened] == [f"T.{branch}"]
    assert [line.code for line in told.cancelled] == [f"T.{until}"]
    other = {"T.b", "T.b2"} if branch[0] == "a" else {"T.a", "T.a2"}
    assert not other & {line.code for line in told.voided}, "the sibling is not asked again"
    with pytest.raises(AlreadyDone):
        office.engine.execute(DecideStep(case_id, told.cancelled[0].task, "agree"), HEAD)
    finished_well(office, case_id)


def test_sent_back_ten_times_there_is_still_one_certificate(opened: Opened) -> None:
    office = opened(LONG)
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a", "b", "b2", "a2")
    for number in range(10):
        send_back(office, case_id, "T.check", ("T.a", "T.b2", "T.first", "T.a2")[number % 4])
        while "T.check" not in office.open(case_id):
            office.decide(case_id, min(office.open(case_id)))
    assert finished_well(office, case_id).closings > 50


def test_a_certificate_that_was_issued_but_not_handed_over_is_void_and_the_next_has_a_new_number(
    opened: Opened,
) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    all_of(office, case_id, "a", "b", "decide", "issue")
    first = certificates(office.case(case_id))
    told = send_back(office, case_id, "T.deliver", "T.b")
    assert [(line.code, line.task) for line in told.results] == [("R_T", first[0])]
    assert [(one.before, one.after) for one in told.items] == [("granted", "in_review")]
    case = office.case(case_id)
    assert (certificates(case), case.terms["delivery"].ended_at is None) == ([], False)
    after = finished_well(office, case_id)
    assert certificates(after) != first
    assert {result.number for result in after.results.values()} == {*first, *certificates(after)}


def test_what_was_delivered_is_not_returned(opened: Opened) -> None:
    chains = "start > T.a > p1; p1 > T.b > p2; p1 > T.decide > T.issue > T.deliver > p2; p2 > end"
    office = opened(Version(chains))
    case_id = office.accept("T")
    all_of(office, case_id, "a", "decide", "issue", "deliver")
    task = office.open(case_id)["T.b"]
    for command, actor in (
        (ReturnStep(case_id, task.id, "T.a", REASON), handler_of(task)),
        (ReturnCase(case_id, REASON), HEAD),
        (TakeBackDecision(case_id, row(office, case_id, "T.deliver").id), CLERK),
        (WithdrawCase(case_id, REASON, "撤回申请书"), CLERK),
        (TerminateCase(case_id, "行政许可法", REASON), HEAD),
    ):
        assert refused(office, command, actor) == "case.delivered"


@pytest.mark.parametrize(("decision", "codes"), [
    ("agree", {"case.delivered"}), ("disagree", {"task.closed", "case.not_running"}),
])  # fmt: skip
def test_after_a_case_has_ended_the_law_is_named_where_something_was_granted(
    opened: Opened, decision: str, codes: set[str]
) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    all_of(office, case_id, "a", "b")
    office.decide(case_id, "T.decide", decision, REASON)
    office.finish(case_id)
    decided, sent = row(office, case_id, "T.decide"), row(office, case_id, "T.deliver")
    found = {
        refused(office, ReturnStep(case_id, sent.id, "T.a", REASON), CLERK),
        refused(office, ReturnCase(case_id, REASON), HEAD),
        refused(office, TakeBackDecision(case_id, decided.id), handler_of(decided)),
    }
    assert found == codes


def test_only_to_a_step_that_was_decided_and_lies_before(opened: Opened) -> None:
    office = opened(LONG)
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a", "b")
    task = office.open(case_id)["T.a2"]
    mine = handler_of(task)
    for to_step in ("T.check", "T.a2", "T.b2", "no such step"):
        assert refused(office, ReturnStep(case_id, task.id, to_step, REASON), mine) == "return.not_visited"
    assert refused(office, ReturnStep(case_id, task.id, "T.b", REASON), mine) == "return.not_before"
    assert refused(office, ReturnStep(case_id, task.id, "T.a", " "), mine) == "reason.missing"
    assert refused(office, ReturnStep(case_id, task.id, "T.a", REASON), CLERK) == "policy.handler"
    gone = row(office, case_id, "T.first")
    assert refused(office, ReturnStep(case_id, gone.id, "T.first", REASON), mine) == "task.closed"


def test_the_whole_case_goes_back_to_its_first_steps(opened: Opened) -> None:
    office = opened(LONG)
    case_id = office.accept("T")
    assert refused(office, ReturnCase(case_id, REASON), HEAD) == "return.nothing"
    all_of(office, case_id, "first", "a", "b", "b2")
    for stranger in (CLERK, handler_of(office.open(case_id)["T.a2"])):
        assert refused(office, ReturnCase(case_id, REASON), stranger) == "policy.lead"
    told = go_back(office, ReturnCase(case_id, REASON), HEAD)
    assert steps(told) == {"cancelled": ["a2"], "reopened": ["first"], "voided": ["first", "a", "b", "b2"]}
    finished_well(office, case_id)


def test_the_own_decision_is_taken_back_and_the_clock_goes_on(opened: Opened) -> None:
    office = opened(PARALLEL)
    case_id = office.accept("T")
    before = office.open(case_id)["T.a"]
    office.clock.advance(days=1)
    office.decide(case_id, "T.a")
    office.decide(case_id, "T.b")
    office.clock.advance(days=1)
    command = TakeBackDecision(case_id, before.id)
    assert refused(office, command, handler_of(before, "somebody else")) == "policy.own_decision"
    told = go_back(office, command, handler_of(before))
    assert steps(told) == {"cancelled": ["decide"], "reopened": ["a"], "voided": ["a"]}
    again = office.open(case_id)["T.a"]
    assert (again.opened_at, again.due_at) == (before.opened_at, before.due_at), "nobody gains time by it"
    assert refused(office, command, handler_of(before)) == "take_back.undecided"
    finished_well(office, case_id)


def test_a_decision_others_have_gone_on_from_is_not_taken_back(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    all_of(office, case_id, "a", "b")
    given = row(office, case_id, "T.a")
    with pytest.raises(NotPossible) as caught:
        office.engine.execute(TakeBackDecision(case_id, given.id), handler_of(given))
    assert caught.value.code == "take_back.handled"
    assert "环节b" in caught.value.message_zh
    assert refused(office, TakeBackDecision(case_id, "9.9"), handler_of(given)) == "task.unknown"


def test_in_a_loop_the_decision_of_an_earlier_round_is_not_taken_back(opened: Opened) -> None:
    again = {"x2-x1": 'decision["T.check"] == "disagree"'}
    office = opened(Version(f"start > x1 > T.a > T.check > x2; x2 > x1; x2 > {CLOSING}", again))
    case_id = office.accept("T")
    all_of(office, case_id, "a")
    office.decide(case_id, "T.check", "disagree")
    mine = handler_of(row(office, case_id, "T.a"))
    office.decide(case_id, "T.a")
    rounds = [task for task in office.case(case_id).tasks.values() if task.step == "T.a" and task.status == "done"]
    assert len(rounds) == 2
    assert refused(office, TakeBackDecision(case_id, rounds[0].id), mine) == "take_back.later"
    told = send_back(office, case_id, "T.check", "T.a")
    assert [line.task for line in told.voided] == [rounds[1].id], "the last visit"
    assert office.finish(case_id).outcome == "granted"


def test_the_decision_that_refused_an_item_is_taken_back_with_all_that_followed(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    all_of(office, case_id, "a", "b")
    head = office.open(case_id)["T.decide"]
    due = office.case(case_id).items["T"].due_at
    office.decide(case_id, "T.decide", "disagree", "不符合条件")
    assert office.case(case_id).items["T"].status == "refused"
    told = go_back(office, TakeBackDecision(case_id, head.id), handler_of(head))
    assert [(one.before, one.after) for one in told.items] == [("refused", "in_review")]
    item = office.case(case_id).items["T"]
    assert (item.decision, item.reason, item.ended_at, item.due_at) == (None, "", None, due), "its clock goes on"
    finished_well(office, case_id)


def boundary(cancels: str) -> str:
    return node(
        "boundaryEvent", "e", f'attachedToRef="T.b" cancelActivity="{cancels}"',
        '<b:timerEventDefinition><b:timeDuration xsi:type="b:tFormalExpression">P5D</b:timeDuration>'
        "</b:timerEventDefinition>",
    )  # fmt: skip


TIMED = f"start > T.first > p1; p1 > T.a > p2; p1 > T.b > p2; p2 > T.check > {CLOSING}; e > T.note > end2"


def test_a_timer_event_that_waits_keeps_its_due_instant(opened: Opened) -> None:
    """ruoyi-vue-pro #1018: after a return the timers were gone."""
    office = opened(Version(TIMED, event=boundary("false")))
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a")
    office.clock.advance(days=2)
    events = {name: timer for name, timer in office.case(case_id).timers.items() if "@" in name}
    assert len(events) == 1
    task = row(office, case_id, "T.a")
    go_back(office, TakeBackDecision(case_id, task.id), handler_of(task))
    assert {name: timer for name, timer in office.case(case_id).timers.items() if "@" in name} == events
    office.clock.advance(days=3)
    assert sweep(office.engine).failed == 0
    assert "T.note" in office.open(case_id)
    check_standing(office, case_id)
    office.decide(case_id, "T.note")
    finished_well(office, case_id)


@pytest.mark.parametrize("cancels", ["false", "true"])
def test_a_timer_event_that_happened_is_not_lost_by_a_return(opened: Opened, cancels: str) -> None:
    instead = TIMED.replace("p1 > T.b > p2", "p1 > T.b > x9 > p2").replace("T.note > end2", "T.note > x9")
    office = opened(Version(TIMED if cancels == "false" else instead, event=boundary(cancels)))
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a")
    office.clock.advance(days=6)
    assert sweep(office.engine).failed == 0
    case = office.case(case_id)
    note = office.open(case_id)["T.note"]
    assert [(one.element, one.number) for one in case.fired.values()] == [("e", 0)]
    task = row(office, case_id, "T.a")
    told = go_back(office, TakeBackDecision(case_id, task.id), handler_of(task))
    assert "note" in steps(told)["kept"]
    assert office.open(case_id)["T.note"] == note
    all_of(office, case_id, "note", "a", *(["b"] if cancels == "false" else []))
    told = send_back(office, case_id, "T.check", "T.a")
    assert steps(told) == {"cancelled": ["check"], "reopened": ["a"], "voided": ["a"]}, "the path of the event stands"
    told = go_back(office, ReturnCase(case_id, REASON), HEAD)
    assert (office.case(case_id).fired, list(office.open(case_id))) == ({}, ["T.first"]), "it has not begun to wait"
    office.decide(case_id, "T.first")
    assert [name for name in office.case(case_id).timers if "@" in name], "it waits anew with its step"
    finished_well(office, case_id)


@pytest.mark.parametrize("every", ["R3/P5D", "R3/PT8H"])
def test_a_timer_event_that_comes_again_goes_on_where_it_was(opened: Opened, every: str) -> None:
    event = boundary("false").replace("timeDuration", "timeCycle").replace("P5D", every)
    office = opened(Version(TIMED, event=event))
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a")
    office.clock.advance(days=6)
    assert sweep(office.engine).failed == 0
    before = {name: timer for name, timer in office.case(case_id).timers.items() if "@" in name}
    happened = len(office.case(case_id).fired)
    assert happened
    task = row(office, case_id, "T.a")
    go_back(office, TakeBackDecision(case_id, task.id), handler_of(task))
    after = office.case(case_id)
    assert {name: timer for name, timer in after.timers.items() if "@" in name} == before
    assert (len(after.fired), len([t for t in after.open_tasks() if t.step == "T.note"])) == (happened, happened)
    office.clock.advance(days=20)
    while sweep(office.engine).fired:
        pass
    assert len(office.case(case_id).fired) == 3
    check_standing(office, case_id)
    assert office.finish(case_id).outcome == "granted"


def test_a_suspension_while_an_item_was_decided_does_not_count_and_one_that_lasts_stops_it(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    reviewer = handler_of(office.open(case_id)["T.a"])
    halt = SuspendClock(case_id, "", "inspection", "行政许可法 45", "检验通知 1 号", "5")
    all_of(office, case_id, "a", "b", "decide", "issue")
    due = office.case(case_id).items["T"].due_at
    office.engine.execute(halt, reviewer)
    office.clock.advance(days=7)
    send_back(office, case_id, "T.deliver", "T.decide")
    assert office.case(case_id).items["T"].due_at is None, "the suspension of the whole case stops it"
    office.engine.execute(ResumeClock(case_id, "1", "检验报告 1 号"), reviewer)
    after = office.case(case_id).items["T"].due_at
    assert due is not None and after is not None and after > due
    finished_well(office, case_id)


def test_a_refused_case_is_opened_again_by_the_deciding_level_only(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    command = ReopenCase(case_id, "复议决定撤销原不予许可决定")
    all_of(office, case_id, "a", "b")
    assert refused(office, command, HEAD) == "reopen.not_refused"
    office.decide(case_id, "T.decide", "disagree", "不符合条件")
    closed = office.finish(case_id)
    assert (closed.outcome, closed.status) == ("refused", "closed")
    assert refused(office, command, CLERK) == "policy.lead_head"
    office.clock.advance(days=3)
    told = go_back(office, command, HEAD)
    assert steps(told) == {"reopened": ["decide"], "voided": ["decide", "deliver"]}
    assert told.status == ("closed", "in_progress")
    case = office.case(case_id)
    assert (case.outcome, case.closed_at, case.delivery) == ("", None, "")
    assert case.promised_due_at == closed.promised_due_at, "the clocks of the case go on"
    after = finished_well(office, case_id)
    assert refused(office, command, HEAD) == "reopen.not_refused"
    assert after.status == "closed"


def test_refused_items_of_a_bundle_take_those_that_need_them_with_them_and_bring_them_back(office: Office) -> None:
    case_id = office.accept("B02")
    offering = office.engine.deployments.current("B02").offering
    needed = {edge.from_ for edge in offering.precedence}
    while True:
        steps_open = sorted(office.open(case_id))
        decisive = [
            step for step in steps_open
            if offering.steps[step].decisive and offering.steps[step].item in needed
        ]  # fmt: skip
        if decisive:
            break
        office.decide(case_id, steps_open[0])
    before, task = office.case(case_id), office.open(case_id)[decisive[0]]
    office.decide(case_id, decisive[0], "disagree", "不符合条件")
    lost = [item.code for item in office.case(case_id).items.values() if item.status == "not_reached"]
    assert lost
    told = go_back(office, TakeBackDecision(case_id, task.id), handler_of(task))
    assert {one.line.code for one in told.items} == {task.item, *lost}
    after = office.case(case_id)
    assert after.items == before.items
    assert {t.step for t in after.open_tasks()} == {t.step for t in before.open_tasks()}
    assert office.finish(case_id).outcome == "granted"


def test_a_due_date_is_extended_once_even_when_the_case_goes_back(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    office.decide(case_id, "T.a")
    extend = ExtendClock(case_id, "", "情况复杂", "authority_head", "局长")
    office.engine.execute(extend, HEAD)
    due = office.case(case_id).items["T"].due_at
    send_back(office, case_id, "T.b", "T.a")
    assert office.case(case_id).items["T"].due_at == due
    with pytest.raises(AlreadyDone):
        office.engine.execute(extend, HEAD)


def test_those_who_decide_again_and_those_whose_step_is_gone_are_told(opened: Opened) -> None:
    office = opened(Version(f"start > T.a > T.b > {CLOSING}", b={"role": "section_head"}))
    case_id = office.accept("T")
    office.decide(case_id, "T.a")
    send_back(office, case_id, "T.b", "T.a")
    office.engine.outbox.deliver_in_app(office.clock())
    told = {
        (found["template"], role)
        for role in ("reviewer", "section_head")
        for found in office.engine.outbox.notices_for("market", frozenset({role}))
    }
    assert told == {("step_returned", "reviewer"), ("step_cancelled", "section_head")}
    (cancelled,) = [
        found["facts"]
        for found in office.engine.outbox.notices_for("market", frozenset({"section_head"}))
        if found["template"] == "step_cancelled"
    ]
    assert cancelled["after"] == "StepReturned", "the notice says why"


def test_a_lost_state_is_made_anew_for_a_preview_and_for_the_act(opened: Opened, tmp_path: Path) -> None:
    office = opened(LONG)
    case_id = office.accept("T")
    all_of(office, case_id, "first", "a", "b")
    task = office.open(case_id)["T.a2"]
    with office.engine.store.database.write() as connection:
        connection.exec_driver_sql("update case_row set flow = x'00ff'")
    other = opened(LONG)
    command = ReturnStep(case_id, task.id, "T.a", REASON)
    assert other.engine.preview(command, handler_of(task)).refused is None
    other.engine.execute(command, handler_of(task))
    assert sorted(other.open(case_id)) == ["T.a", "T.b2"]
    finished_well(other, case_id)


def test_two_people_at_once_the_second_reads_who_was_first(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    office.decide(case_id, "T.a")
    task = office.open(case_id)["T.b"]
    send_back(office, case_id, "T.b", "T.a")
    with pytest.raises(AlreadyDone):
        office.engine.execute(DecideStep(case_id, task.id, "agree"), handler_of(task))
    with pytest.raises((AlreadyDone, NotPermitted)):
        office.engine.execute(ReturnStep(case_id, task.id, "T.a", REASON), handler_of(task))
    assert isinstance(office.clock, ManualClock)


def test_one_returns_while_another_decides_and_both_are_heard(opened: Opened) -> None:
    office, beside = opened(LONG), opened(LONG)
    for _ in range(8):
        case_id = office.accept("T")
        all_of(office, case_id, "first", "a", "b")
        mine, other = office.open(case_id)["T.a2"], office.open(case_id)["T.b2"]
        back, forward = ReturnStep(case_id, mine.id, "T.a", REASON), DecideStep(case_id, other.id, "agree")
        outcomes = at_once(
            partial(office.engine.execute, back, handler_of(mine)),
            partial(beside.engine.execute, forward, handler_of(other)),
        )
        assert all(isinstance(outcome, Outcome) for outcome in outcomes), outcomes
        assert list(office.open(case_id)) == ["T.a"]
        check_standing(office, case_id)
        finished_well(office, case_id)


def until_lead_decides(office: Office) -> tuple[str, Task]:
    case_id = office.accept("B02")
    while "lead_decide" not in {task.act for task in office.open(case_id).values()}:
        office.decide(case_id, min(office.open(case_id)))
    return case_id, next(task for task in office.open(case_id).values() if task.act == "lead_decide")


def test_the_lead_takes_its_decision_back_and_results_are_provisional_again(office: Office) -> None:
    case_id, task = until_lead_decides(office)
    before = office.case(case_id)
    assert {result.status for result in before.results.values()} == {"provisional"}
    office.decide(case_id, task.step)
    assert {result.status for result in office.case(case_id).results.values()} == {"issued"}
    told = go_back(office, TakeBackDecision(case_id, task.id), handler_of(task))
    assert [line.name_zh for line in told.results] == [], "none is void"
    after = office.case(case_id)
    assert {code: (one.number, one.status) for code, one in after.results.items()} == {
        code: (one.number, one.status) for code, one in before.results.items()
    }
    assert after.items == before.items
    assert office.finish(case_id).outcome == "granted"


def test_the_lead_refused_the_whole_and_the_case_is_opened_again(office: Office) -> None:
    case_id, task = until_lead_decides(office)
    before = office.case(case_id)
    office.decide(case_id, task.step, "disagree", "汇总意见不予许可")
    assert office.finish(case_id).outcome == "refused"
    head = Actor("head1", office.engine.deployments.current("B02").offering.lead_department, frozenset({"head"}))
    told = go_back(office, ReopenCase(case_id, "复议决定撤销原不予许可决定"), head)
    assert {line.code for line in told.reopened} == {task.step}
    after = office.case(case_id)
    assert after.items == before.items
    assert {result.status for result in after.results.values()} == {"provisional"}
    assert office.finish(case_id).outcome == "granted"


def test_all_votes_of_a_multi_instance_step_are_given_anew_after_a_return(redrawn: Redrawn) -> None:
    """ruoyi-vue-pro #668: a return to a step with several approvers made no task."""
    office = redrawn(VOTING)
    case_id = office.accept("SIGN")
    for instance in ("3/3", "1/3"):
        says(office, case_id, instance)
    told = send_back(office, case_id, "SIGN.decide", "SIGN.review")
    assert len(told.reopened) == 3
    assert sorted(rows(office, case_id)) == ["1/3", "2/3", "3/3"]
    for instance in ("2/3", "1/3"):
        says(office, case_id, instance)
    assert office.finish(case_id).outcome == "granted"


def test_one_of_several_takes_the_own_vote_back_and_the_others_keep_theirs(redrawn: Redrawn) -> None:
    office = redrawn(VOTING)
    case_id = office.accept("SIGN")
    says(office, case_id, "3/3")
    mine = rows(office, case_id)["1/3"]
    says(office, case_id, "1/3")
    told = go_back(office, TakeBackDecision(case_id, mine.id), handler_of(mine))
    assert (len(told.voided), [line.code for line in told.cancelled]) == (1, ["SIGN.decide"])
    assert sorted(rows(office, case_id)) == ["1/3", "2/3"]
    assert sorted(rows(office, case_id, "done")) == ["3/3"]
    says(office, case_id, "2/3")
    assert office.finish(case_id).outcome == "granted"


def test_instances_nobody_had_to_handle_are_asked_again_when_the_refusal_is_taken_back(redrawn: Redrawn) -> None:
    office = redrawn(TOGETHER)
    case_id = office.accept("SIGN")
    says(office, case_id, "2/3")
    task = office.open(case_id)["SIGN.decide"]
    office.decide(case_id, "SIGN.decide", "disagree")
    go_back(office, TakeBackDecision(case_id, task.id), handler_of(task))
    assert (sorted(rows(office, case_id)), sorted(rows(office, case_id, "done"))) == (["1/3", "3/3"], ["2/3"])
    check_standing(office, case_id)
    while opened := rows(office, case_id):
        says(office, case_id, min(opened))
    assert office.finish(case_id).outcome == "granted"
