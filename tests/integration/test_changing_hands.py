"""签收 转办 指派 委派 加签 减签 代理 离岗交接 抄送 征询 in cases: who may, who sees it, what the journal keeps."""

from pathlib import Path

import pytest

from engine.case.seating.seats import ADVICE
from engine.commands import (
    SYSTEM,
    Actor,
    AddApprover,
    AnswerAside,
    AskSomeone,
    AssignTask,
    ClaimTask,
    Command,
    CopyTo,
    DecideStep,
    DelegateTask,
    DeliverResults,
    EndAbsence,
    GetBackTask,
    HandOver,
    NudgeStep,
    ReleaseTask,
    RemoveApprover,
    ReturnStep,
    SetAbsence,
    TransferTask,
    WithdrawCase,
)  # fmt: skip
from engine.errors import BinglianError, NotFound
from engine.store.records import Account
from tests.builders import CLERK, Office
from tests.clock import ManualClock
from tests.seated import (
    ADMIN,
    ALL_SIGN,
    BY_TWO,
    CHIEF,
    DECIDE,
    HEAD,
    OTHER,
    POLICE,
    POLICE2,
    STEP,
    A,
    B,
    C,
    D,
    decide,
    inbox,
    kinds,
    notices,
    person,
    refused,
    seated_office,
    seats,
    states,
    task_of,
)
from tests.web import Visitor, site_of
from timers.sweep import sweep
from webapp.cases.page import may_see_person

ESCALATE = """schema = 1
[[policies]]
code = "default"
name_zh = "策略"
name_en = "policy"
[[policies.ladder]]
over_days = 0
to = "section_head"
does = "take_over"
"""


def do(office: Office, command: Command, who: Actor) -> None:
    office.engine.execute(command, who)


def cases_of(office: Office, person: str) -> list[str]:
    """The cases in which a person has something left to do by name."""
    return sorted({row["case_id"] for row in office.engine.read.seats_held_by(person)})


def count(office: Office, who: Actor) -> int:
    return office.engine.read.inbox_counts(who).all


def test_a_claimed_task_is_one_persons_and_colleagues_see_whose(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        do(office, ClaimTask(case_id, task.id), A)
        assert [(STEP in inbox(office, who), count(office, who)) for who in (A, B)] == [(True, 1), (True, 0)]
        assert refused(office, ClaimTask(case_id, task.id), B) == "seat.claimed"
        assert refused(office, DecideStep(case_id, task.id, "agree"), B) == "seat.holder"
        assert refused(office, ReleaseTask(case_id, task.id), B) == "seat.holder"
        do(office, ReleaseTask(case_id, task.id), A)
        assert count(office, B) == 1
        do(office, ClaimTask(case_id, task.id), B)
        decide(office, case_id, B, "agree", opinion="符合")
        closed = next(one for one in office.case(case_id).tasks.values() if one.step == STEP)
        assert (closed.actor, closed.opinion) == ("b", "符合")
        assert kinds(office, case_id)[-4:] == ["TaskClaimed", "TaskReleased", "TaskClaimed", "StepDecided"]


def test_a_transferred_task_is_shown_to_the_receiver_alone_spiff_arena_1062(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        do(office, TransferTask(case_id, task.id, "police", "reviewer", "q", "归口不同"), A)
        assert [(STEP in inbox(office, who)) for who in (A, B, POLICE, POLICE2)] == [False, False, False, True]
        assert [count(office, who) for who in (A, POLICE, POLICE2)] == [0, 1, 2]
        assert refused(office, DecideStep(case_id, task.id, "agree"), A) == "policy.handler"
        assert refused(office, DecideStep(case_id, task.id, "agree"), POLICE) == "seat.holder"
        assert refused(office, ReturnStep(case_id, task.id, STEP, "理由"), POLICE) == "policy.handler"
        assert (notices(office, POLICE2), notices(office, POLICE)) == (["step_given"], [])
        decide(office, case_id, POLICE2)
        assert STEP not in office.open(case_id)


def test_a_transfer_to_a_role_and_what_nobody_could_receive(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        for command, code in (
            (TransferTask(case_id, task.id, "police", "head"), "person.nobody"),
            (TransferTask(case_id, task.id, "police", "reviewer", "a"), "person.desk"),
            (TransferTask(case_id, task.id, "police", "reviewer", "zz"), "person.unknown"),
            (TransferTask(case_id, task.id, "market", "reviewer"), "seat.receiver"),
            (TransferTask(case_id, task.id, "police", "reviewer", seat="7"), "seat.unknown"),
        ):
            assert refused(office, command, A) == code
        do(office, TransferTask(case_id, task.id, "police", "reviewer"), A)
        assert [STEP in inbox(office, who) for who in (A, POLICE, POLICE2)] == [False, True, True]
        do(office, ClaimTask(case_id, task.id), POLICE)
        decide(office, case_id, POLICE)


def test_the_head_assigns_and_others_may_not(tmp_path: Path) -> None:
    with seated_office(tmp_path, BY_TWO) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        give = AssignTask(case_id, task.id, "market", "reviewer", "c", seat="2")
        assert refused(office, give, A) == "policy.above"
        do(office, give, HEAD)
        assert [count(office, who) for who in (A, C)] == [1, 1]
        decide(office, case_id, C)
        assert [seat.decided_by for seat in seats(office, case_id)] == ["", "c"]
        decide(office, case_id, A)


def test_a_delegate_advises_and_the_owner_decides(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        do(office, DelegateTask(case_id, task.id, "p", "请看一看现场"), A)
        assert (STEP in inbox(office, POLICE), STEP in inbox(office, A), STEP in inbox(office, B)) == (
            True,
            True,
            False,
        )
        assert refused(office, DecideStep(case_id, task.id, "agree"), A) == "seat.lent"
        assert refused(office, ReturnStep(case_id, task.id, STEP, "理由"), POLICE) == "policy.handler"
        decide(office, case_id, POLICE, "disagree", opinion="现场不符")
        (seat,) = seats(office, case_id)
        assert (seat.person, [(one.kind, one.by, one.opinion) for one in seat.kept]) == (
            "a", [(ADVICE, "p", "现场不符")]
        )  # fmt: skip
        assert notices(office, A)[-1] == "step_advised"
        do(office, DelegateTask(case_id, task.id, "q"), A)
        do(office, GetBackTask(case_id, task.id), POLICE2)
        decide(office, case_id, A, "agree", opinion="已整改")
        assert kinds(office, case_id)[-5:] == [
            "TaskDelegated", "StepAdvised", "TaskDelegated", "TaskGotBack", "StepDecided"
        ]  # fmt: skip


def test_approvers_are_added_before_after_beside_and_removed(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        do(office, AddApprover(case_id, task.id, "before", "police", "reviewer", "p"), A)
        assert states(office, case_id) == "wo"
        assert refused(office, DecideStep(case_id, task.id, "agree"), A) == "seat.waiting"
        do(office, AddApprover(case_id, task.id, "beside", "police", "reviewer", seat="2"), POLICE)
        do(office, RemoveApprover(case_id, task.id, "3"), POLICE)
        assert refused(office, RemoveApprover(case_id, task.id, "1"), POLICE) == "seat.original"
        decide(office, case_id, POLICE)
        do(office, AddApprover(case_id, task.id, "after", "market", "reviewer", "b"), A)
        decide(office, case_id, A)
        assert states(office, case_id) == "ddro"
        assert "step_turn" in notices(office, B)
        do(office, RemoveApprover(case_id, task.id, "4", "不再需要"), A)
        closed = next(one for one in office.case(case_id).tasks.values() if one.step == STEP)
        assert (closed.status, closed.decision) == ("done", "agree"), "the last one that was missing is out"


def test_an_added_approver_who_refuses_refuses_the_step(tmp_path: Path) -> None:
    with seated_office(tmp_path, "", DECIDE) as office:
        case_id = office.accept("TRY")
        for who, step in ((A, STEP), (POLICE, OTHER)):
            decide(office, case_id, who, step=step)
        task = task_of(office, case_id, DECIDE)
        do(office, AddApprover(case_id, task.id, "before", "market", "section_head"), CHIEF)
        decide(office, case_id, HEAD, "disagree", step=DECIDE)
        assert office.finish(case_id).outcome == "refused"


def test_issuing_and_delivering_change_hands_too_but_nobody_is_added(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        for step in (STEP, OTHER, DECIDE, "TRY.issue"):
            office.decide(case_id, step)
        task = task_of(office, case_id, "TRY.deliver")
        add = AddApprover(case_id, task.id, "beside", "market", "reviewer")
        assert refused(office, add, CLERK) == "seat.alone"
        do(office, ClaimTask(case_id, task.id), CLERK)
        other = Actor("window2", "window", CLERK.roles)
        assert refused(office, DeliverResults(case_id, task.id, "window"), other) == "policy.handler"
        do(office, DeliverResults(case_id, task.id, "window"), CLERK)
        assert office.case(case_id).status == "closed"


def test_a_substitute_acts_for_the_absent_and_both_are_on_record(tmp_path: Path) -> None:
    clock = ManualClock()
    with seated_office(tmp_path, BY_TWO, clock=clock) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        for number, who in enumerate((A, C), start=1):
            do(office, ClaimTask(case_id, task.id, str(number)), who)
        instead = DecideStep(case_id, task.id, "agree", behalf="a")
        assert refused(office, instead, B) == "absence.none"
        absence = office.engine.absences.set(
            SetAbsence("a", "b", "2026-03-02", "2026-03-06", "局办〔2026〕3号", "TRY"), A
        )
        assert [row.id for row in office.engine.absences.now_for("b")] == [absence.id]
        assert refused(office, instead, D) == "absence.none"
        do(office, instead, B)
        seat = seats(office, case_id)[0]
        assert (seat.decided_by, seat.decided_for) == ("b", "a")
        last = office.engine.read.case(case_id, SYSTEM).entries[-1]
        assert (last.actor, last.facts["for"]) == ("b", "a")
        assert refused(office, DecideStep(case_id, task.id, "agree", seat="2"), B) == "seat.holder"
        clock.advance(days=7)
        assert office.engine.absences.now_for("b") == []


def test_a_substitute_for_the_step_of_one_person(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        do(office, ClaimTask(case_id, task_of(office, case_id).id), A)
        office.engine.absences.set(SetAbsence("a", "h", "2026-03-02", "2026-03-06", "局办"), HEAD)
        decide(office, case_id, HEAD, behalf="a")
        task = next(one for one in office.case(case_id).tasks.values() if one.step == STEP)
        assert (task.actor, seats(office, case_id)[0].decided_for) == ("h", "a")


@pytest.mark.parametrize(
    ("given", "who", "code"),
    [
        (SetAbsence("a", "a", "2026-03-02", "2026-03-06", "文"), A, "absence.substitute"),
        (SetAbsence("a", "p", "2026-03-02", "2026-03-06", "文"), A, "absence.substitute"),
        (SetAbsence("a", "zz", "2026-03-02", "2026-03-06", "文"), A, "person.unknown"),
        (SetAbsence("a", "b", "2026-03-01", "2026-03-06", "文"), A, "absence.range"),
        (SetAbsence("a", "b", "2026-03-06", "2026-03-05", "文"), A, "absence.range"),
        (SetAbsence("a", "b", "2026-03-02", "2027-06-05", "文"), A, "absence.range"),
        (SetAbsence("a", "b", "soon", "2027-06-05", "文"), A, "absence.day"),
        (SetAbsence("a", "b", "2026-03-02", "2026-03-06", " "), A, "basis.missing"),
        (SetAbsence("a", "b", "2026-03-02", "2026-03-06", "文", "NOPE"), A, "absence.scope"),
        (SetAbsence("a", "b", "2026-03-02", "2026-03-06", "文"), C, "policy.absence"),
        (SetAbsence("d", "b", "2026-03-10", "2026-03-16", "文"), D, "absence.overlap"),
        (SetAbsence("d", "b", "2026-03-10", "2026-03-16", "文", "TRY"), D, "absence.overlap"),
        (SetAbsence("a", "d", "2026-03-10", "2026-03-16", "文"), A, "absence.substitute_absent"),
        (SetAbsence("c", "b", "2026-03-10", "2026-03-16", "文"), C, "absence.stands_in"),
    ],
)  # fmt: skip
def test_substitutions_that_contradict_themselves_are_refused(
    tmp_path: Path, given: SetAbsence, who: Actor, code: str
) -> None:  # fmt: skip
    with seated_office(tmp_path) as office:
        first = office.engine.absences.set(SetAbsence("d", "c", "2026-03-12", "2026-03-13", "文"), D)
        with pytest.raises(BinglianError) as caught:
            office.engine.absences.set(given, who)
        assert caught.value.code == code
        assert office.engine.absences.end(EndAbsence(first.id), CHIEF).ended_by == "chief"
        with pytest.raises(BinglianError) as again:
            office.engine.absences.end(EndAbsence(first.id), CHIEF)
        assert again.value.code == "absence.ended"


def test_everything_of_a_leaver_is_handed_over_case_by_case(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        cases = [office.accept("TRY") for _ in range(3)]
        for case_id in cases[:2]:
            do(office, ClaimTask(case_id, task_of(office, case_id).id), A)
        lent = task_of(office, cases[1])
        do(office, ClaimTask(cases[1], lent.id, "2"), B)
        do(office, DelegateTask(cases[1], lent.id, "c", seat="1"), A)
        assert cases_of(office, "a") == sorted(cases[:2])
        over = [HandOver(case_id, "a", "market", "reviewer", "d", "调离") for case_id in cases_of(office, "a")]
        assert refused(office, over[0], B) == "policy.above"
        for command in over:
            do(office, command, HEAD)
        assert cases_of(office, "a") == []
        assert cases_of(office, "d") == sorted(cases[:2])
        assert refused(office, over[0], HEAD) == "handover.nothing"
        assert refused(office, HandOver(cases[1], "b", "market", "reviewer", "d"), ADMIN) == "seat.twice"
        do(office, HandOver(cases[1], "b", "market", "reviewer"), ADMIN)


def test_a_copy_is_sent_once_per_person_and_its_reading_is_on_record(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        reader = Actor("root", "lead", frozenset({"admin"}))
        with pytest.raises(NotFound):
            office.engine.read.case(case_id, reader)
        assert refused(office, CopyTo(case_id, "root"), Actor("x", "tax")) == "aside.handler"
        do(office, CopyTo(case_id, "root", "供参阅"), A)
        assert refused(office, CopyTo(case_id, "root"), B) == "aside.copied"
        assert office.engine.read.case(case_id, reader).case.asides["1"].text == "供参阅"
        assert notices(office, reader) == ["case_copied"]
        assert [(row["kind"], row["answered_at"]) for row in office.engine.read.asides(reader)] == [("copy", None)]
        assert refused(office, AnswerAside(case_id, "1"), A) == "aside.yours"
        do(office, AnswerAside(case_id, "1"), reader)
        assert refused(office, AnswerAside(case_id, "1"), reader) == "aside.answered"
        assert office.engine.read.asides(reader)[0]["answered_at"] is not None
        assert kinds(office, case_id)[-2:] == ["CopySent", "CopyRead"]


def test_somebody_is_asked_and_nothing_waits_for_the_answer(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = office.accept("TRY")
        assert refused(office, AskSomeone(case_id, "a", "是否符合规划？"), A) == "aside.self"
        do(office, AskSomeone(case_id, "p", "是否符合规划？"), A)
        decide(office, case_id, A)
        assert refused(office, AnswerAside(case_id, "1", " "), POLICE) == "text.missing"
        do(office, AnswerAside(case_id, "1", "符合"), POLICE)
        assert notices(office, A) == ["opinion_given"]
        assert notices(office, B) == []
        assert office.case(case_id).asides["1"].answer == "符合"


def test_a_late_claimed_step_is_taken_over_from_whoever_has_it(tmp_path: Path) -> None:
    clock = ManualClock()
    with seated_office(tmp_path, policies=ESCALATE, clock=clock) as office:
        case_id = office.accept("TRY")
        do(office, ClaimTask(case_id, task_of(office, case_id).id), A)
        clock.advance(days=20)
        assert sweep(office.engine).failed == 0
        assert (STEP in inbox(office, A), STEP in inbox(office, HEAD)) == (False, True)
        decide(office, case_id, HEAD)


def test_whose_turn_it_is_is_urged(tmp_path: Path) -> None:
    clock = ManualClock()
    with seated_office(tmp_path, clock=clock) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        do(office, TransferTask(case_id, task.id, "police", "reviewer"), A)
        clock.advance(days=2)
        do(office, NudgeStep(case_id, task.id), CLERK)
        assert "step_nudged" in notices(office, POLICE)
        assert "step_nudged" not in notices(office, A)


def test_whoever_has_the_seat_hears_that_it_is_over_and_his_colleagues_do_not(tmp_path: Path) -> None:
    with seated_office(tmp_path, BY_TWO) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        do(office, ClaimTask(case_id, task.id), A)
        do(office, TransferTask(case_id, task.id, "market", "reviewer", "b", seat="2"), C)
        do(office, DelegateTask(case_id, task.id, "q", "请核对"), A)
        do(office, WithdrawCase(case_id, "不再开办", "撤销申请书"), CLERK)
        assert ["case_withdrawn" in notices(office, who) for who in (A, B, POLICE2, C)] == [True, True, True, False]


def test_a_claimed_step_is_urged_at_the_one_who_claimed_it(tmp_path: Path, clock: ManualClock) -> None:
    with seated_office(tmp_path, clock=clock) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        do(office, ClaimTask(case_id, task.id), A)
        clock.advance(days=1)
        do(office, NudgeStep(case_id, task.id), CLERK)
        assert [notices(office, who) for who in (A, B)] == [["step_nudged"], []]


def test_an_adviser_of_another_department_goes_on_seeing_the_case_and_nothing_personal(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        app, adviser, colleague = site_of(office.engine), person("tax1", "tax"), person("tax7", "tax")
        office.engine.records.save_account(Account("tax7", "税七", "tax", frozenset({"reviewer"})), "")
        case_id = office.accept("TRY")
        with pytest.raises(NotFound):
            office.engine.read.case(case_id, adviser)
        do(office, DelegateTask(case_id, task_of(office, case_id).id, adviser.id), A)
        decide(office, case_id, adviser, opinion="可以")
        view = office.engine.read.case(case_id, adviser)
        with app.test_request_context():
            assert not may_see_person(view, adviser)
        task = task_of(office, case_id)
        page = Visitor(app, "tax1").get(f"/cases/{case_id}")
        assert page.status_code == 200 and "个人信息" in page.text
        assert 'data-action="claim"' not in page.text and inbox(office, adviser) == []
        assert refused(office, DecideStep(case_id, task.id, "agree"), adviser) == "seat.holder"
        with pytest.raises(NotFound):
            office.engine.read.case(case_id, colleague)
        decide(office, case_id, A)
        office.finish(case_id)
        assert office.engine.read.case(case_id, adviser).case.status == "closed"
