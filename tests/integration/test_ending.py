"""Cases that end without a decision: withdrawn by the applicant, terminated on a legal ground."""

import pytest

from engine.case.state import Case
from engine.commands import (
    SYSTEM,
    AcceptCase,
    Actor,
    Command,
    DecideStep,
    FireTimer,
    MoveCase,
    NudgeStep,
    RecomputeDueDates,
    RequestCorrection,
    ReturnCase,
    SupplyMaterials,
    SuspendClock,
    TerminateCase,
    WithdrawCase,
)  # fmt: skip
from engine.errors import BinglianError
from tests.builders import CLERK, Office, handler_of
from tests.going_back import HEAD, REASON, go_back, refused, steps
from tests.web import Visitor, site_of, texts
from timers.sweep import sweep

LETTER = "撤回申请书 2026-3"
LAW = "行政许可法实施办法 第二十条"
INSPECTOR = Actor("supervision1", "supervision", frozenset({"supervisor"}))


def begun(office: Office, decided: int = 4) -> str:
    case_id = office.accept("B02")
    for _ in range(decided):
        office.clock.advance(hours=1)
        office.decide(case_id, min(office.open(case_id)))
    return case_id


def nothing_goes_on(case: Case) -> bool:
    return not case.open_tasks() and not case.timers and all(term.ended_at for term in case.terms.values())


def lead_of(office: Office, code: str) -> Actor:
    department = office.engine.deployments.current(code).offering.lead_department
    return Actor("head1", department, frozenset({"head"}))


def test_withdrawn_everything_closes_and_everybody_with_an_open_step_is_told(office: Office) -> None:
    case_id = begun(office)
    reviewer = handler_of(next(iter(office.open(case_id).values())))
    lead = office.engine.deployments.current("B02").offering.lead_department
    handler = Actor("lead1", lead, frozenset({"reviewer", "head", "issuer", "inspector"}))
    office.engine.execute(SuspendClock(case_id, "", "hearing", "行政许可法 45", "听证通知 1 号", "5"), handler)
    before = office.case(case_id)
    working = {(task.department, task.role) for task in before.open_tasks()}
    assert len(working) > 1
    told = go_back(office, WithdrawCase(case_id, "不再开店", LETTER), CLERK)
    assert told.status == ("in_progress", "withdrawn")
    assert steps(told)["cancelled"] == [task.step for task in before.open_tasks()]
    case = office.case(case_id)
    assert (case.status, case.outcome, case.reason) == ("withdrawn", "", "不再开店")
    assert nothing_goes_on(case)
    assert case.suspensions["1"].ended_by == "closed"
    assert {item.status for item in case.items.values()} == {"withdrawn"}
    assert {result.status for result in case.results.values()} <= {"void"}
    decided = [task for task in case.tasks.values() if task.status == "done"]
    assert len(decided) == len([task for task in before.tasks.values() if task.status == "done"]), "none is voided"
    office.engine.outbox.deliver_in_app(office.clock())
    for department, role in working:
        found = office.engine.outbox.notices_for(department, frozenset({role}))
        assert [notice["template"] for notice in found].count("case_withdrawn") == 1
    assert reviewer.department in {department for department, _ in working}


def test_withdrawn_before_the_acceptance_nothing_is_deemed_accepted(office: Office) -> None:
    case_id = office.submit("SIGN").case_id
    go_back(office, WithdrawCase(case_id, "不再办理", LETTER), CLERK)
    assert nothing_goes_on(office.case(case_id))
    office.clock.advance(days=20)
    assert sweep(office.engine).failed == 0
    assert office.case(case_id).status == "withdrawn"
    waiting = office.submit("SIGN").case_id
    office.engine.execute(RequestCorrection(waiting, {"F_SIGN": "未盖章"}, "请补正"), CLERK)
    assert go_back(office, WithdrawCase(waiting, "不再办理", LETTER), CLERK).status == ("correction", "withdrawn")


def test_only_the_window_with_evidence_until_results_are_delivered(office: Office) -> None:
    case_id = begun(office)
    command = WithdrawCase(case_id, "不再开店", LETTER)
    assert refused(office, command, HEAD) == "policy.clerk"
    assert refused(office, WithdrawCase(case_id, "不再开店", " "), CLERK) == "evidence.missing"
    assert refused(office, WithdrawCase(case_id, "", LETTER), CLERK) == "reason.missing"
    office.finish(case_id)
    assert refused(office, command, CLERK) == "withdraw.over"
    assert refused(office, TerminateCase(case_id, LAW, REASON), lead_of(office, "B02")) == "terminate.not_running"


def test_terminated_by_the_head_of_the_lead_department_with_a_ground(office: Office) -> None:
    case_id = begun(office)
    head, command = lead_of(office, "B02"), TerminateCase(case_id, LAW, "申请人已依法终止")
    assert refused(office, command, CLERK) == "policy.lead_head"
    assert refused(office, TerminateCase(case_id, "", REASON), head) == "ground.missing"
    told = go_back(office, command, head)
    assert told.status == ("in_progress", "terminated")
    case = office.case(case_id)
    assert nothing_goes_on(case)
    assert ({item.status for item in case.items.values()}, case.outcome) == ({"terminated"}, "")
    assert refused(office, command, head) == "terminate.not_running"


@pytest.mark.parametrize("kind", ["withdrawn", "terminated"])
def test_afterwards_nothing_can_be_done_and_every_refusal_is_in_words(office: Office, kind: str) -> None:
    case_id = begun(office)
    task = next(iter(office.open(case_id).values()))
    timer = next(iter(office.case(case_id).timers))
    ended = WithdrawCase(case_id, "不再开店", LETTER) if kind == "withdrawn" else TerminateCase(case_id, LAW, REASON)
    office.engine.execute(ended, CLERK if kind == "withdrawn" else lead_of(office, "B02"))
    version = office.case(case_id).version
    attempts: list[tuple[Command, Actor]] = [
        (DecideStep(case_id, task.id, "agree"), handler_of(task)), (FireTimer(case_id, timer), SYSTEM),
        (AcceptCase(case_id), CLERK), (SupplyMaterials(case_id, {}), CLERK),
        (RequestCorrection(case_id, {}, "请补正"), CLERK), (RecomputeDueDates(case_id), SYSTEM),
        (ReturnCase(case_id, REASON), lead_of(office, "B02")), (MoveCase(case_id, version, REASON), SYSTEM),
        (SuspendClock(case_id, "", "hearing", "法", "证", "5"), handler_of(task)), (NudgeStep(case_id, task.id), CLERK),
        (WithdrawCase(case_id, "不再开店", LETTER), CLERK),
    ]  # fmt: skip
    for command, actor in attempts:
        with pytest.raises(BinglianError) as caught:
            office.engine.execute(command, actor)
        assert caught.value.message_zh, command


@pytest.mark.parametrize("kind", ["withdrawn", "terminated"])
def test_the_pages_of_a_case_that_ended_are_shown_in_both_languages(office: Office, kind: str) -> None:
    case_id = begun(office)
    done = [task for task in office.case(case_id).tasks.values() if task.status == "done"]
    task = office.open(case_id)[min(office.open(case_id))]
    ended = WithdrawCase(case_id, "不再开店", LETTER) if kind == "withdrawn" else TerminateCase(case_id, LAW, REASON)
    office.engine.execute(ended, CLERK if kind == "withdrawn" else lead_of(office, "B02"))
    app, number = site_of(office.engine), office.case(case_id).number
    code = office.engine.read.query_code(case_id)
    words = {
        "withdrawn": {"zh-CN": "已撤销申请", "en": "withdrawn"},
        "terminated": {"zh-CN": "已终止办理", "en": "terminated"},
    }  # fmt: skip
    for language, said in words[kind].items():
        supervisor, applicant = Visitor(app, "super1", language=language), Visitor(app, language=language)
        assert said in " ".join(texts(supervisor.get(f"/cases/{case_id}").text))
        assert number in supervisor.get(f"/admin/cases?status={kind}").text
        assert supervisor.get(f"/cases/{case_id}/diagram").status_code == 200
        applicant.get("/track")
        tracked = applicant.post("/track", number=number, code=code)
        assert tracked.status_code == 200
        assert {"withdrawn": ("您已撤销申请", "withdrawn your"), "terminated": ("办理已终止", "terminated")}[kind][
            language == "en"
        ] in tracked.text
        for one in (*done, task):
            assert supervisor.get(f"/inbox/{case_id}/{one.id}").status_code == 200
