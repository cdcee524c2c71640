"""告知承诺 in a case: chosen at the window, decided without what the promise stands for, checked, revoked."""

from collections.abc import Mapping

import pytest

from cli.demo_cases import received_materials, sample_form
from engine.bootstrap import build_auditor
from engine.case.parts.pledge import CORRECTABLE, DUE, FALSE, KEPT, LAPSED
from engine.commands import (
    AcceptCase,
    Actor,
    ChooseCommitments,
    RecordCheck,
    RevokeResult,
    SubmitCase,
    SupplyMaterials,
    TerminateCase,
    WithdrawCase,
)  # fmt: skip
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from tests.builders import CLERK, Office
from tests.papers import make_all, papers, words
from timers.sweep import sweep

INSPECTOR = Actor("fire9", "fire", frozenset({"inspector"}))
HEAD = Actor("fire8", "fire", frozenset({"head"}))
LETTER = "M_FIRECHK_PROMISE"


def submitted(office: Office, code: str = "FIRECHK", answers: Mapping[str, str] | None = None, *, letter: bool = True,
              commitments: str = "FIRECHK") -> str:  # fmt: skip
    """An application with everything handed in, by commitment."""
    form = sample_form(office.engine.deployments.catalogue.offering(code), answers)
    materials = received_materials(office.engine, office.engine.deployments.catalogue.offering(code), form)
    materials |= {LETTER: "received"} if letter else {}
    outcome = office.engine.execute(SubmitCase(code, form, materials, commitments=commitments), CLERK)
    office.cases.append(outcome.case_id)
    return outcome.case_id


def accepted(office: Office) -> str:
    case_id = submitted(office)
    office.engine.execute(AcceptCase(case_id), CLERK)
    return case_id


def delivered(office: Office) -> str:
    case_id = accepted(office)
    office.finish(case_id)
    return case_id


def told(office: Office, case_id: str) -> list[tuple[str, str, str]]:
    """Template, department and role of every notice, in order."""
    with office.engine.store.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT template, department, role FROM outbox WHERE case_id = ? ORDER BY seq, ordinal", (case_id,)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def test_the_promise_stands_for_the_inspection_and_the_item_has_its_limit(office: Office) -> None:
    case_id = accepted(office)
    case = office.case(case_id)
    assert {task.step: task.status for task in case.tasks.values()} == {
        "FIRECHK.accept": "covered", "FIRECHK.inspect": "covered", "FIRECHK.decide": "open",
    }  # fmt: skip
    assert case.items["FIRECHK"].due_at is not None and case.items["FIRECHK"].due_at[:10] == "2026-03-03"
    ordinary = office.accept("FIRECHK")
    assert set(office.open(ordinary)) == {"FIRECHK.inspect"}
    assert not office.case(ordinary).pledges


def test_the_letter_is_asked_for_on_this_route_only(office: Office) -> None:
    case_id = submitted(office, letter=False)
    with pytest.raises(NotPossible, match="materials"):
        office.engine.execute(AcceptCase(case_id), CLERK)
    office.engine.execute(SupplyMaterials(case_id, {LETTER: "received"}), CLERK)
    office.engine.execute(AcceptCase(case_id), CLERK)
    with pytest.raises(BadInput):
        submitted(office, commitments="")


def test_only_items_whose_data_allows_it_go_by_commitment(office: Office) -> None:
    with pytest.raises(BadInput) as error:
        submitted(office, code="FOOD", commitments="FOOD", letter=False)
    assert error.value.code == "commitment.item"


def test_the_choice_can_be_said_anew_before_the_acceptance(office: Office) -> None:
    case_id = submitted(office)
    with pytest.raises(AlreadyDone):
        office.engine.execute(ChooseCommitments(case_id, "FIRECHK"), CLERK)
    office.engine.execute(ChooseCommitments(case_id, ""), CLERK)
    case = office.case(case_id)
    assert not case.pledges and LETTER not in case.materials
    office.engine.execute(ChooseCommitments(case_id, "FIRECHK"), CLERK)
    with pytest.raises(NotPossible):
        office.engine.execute(AcceptCase(case_id), CLERK)
    office.engine.execute(ChooseCommitments(case_id, ""), CLERK)
    office.engine.execute(AcceptCase(case_id), CLERK)
    assert set(office.open(case_id)) == {"FIRECHK.inspect"}
    with pytest.raises(AlreadyDone):
        office.engine.execute(ChooseCommitments(case_id, "FIRECHK"), CLERK)


def test_without_a_letter_nothing_is_promised_when_the_case_is_deemed_accepted(office: Office) -> None:
    case_id = submitted(office, letter=False)
    office.clock.advance(days=9)
    assert sweep(office.engine).fired == 1
    case = office.case(case_id)
    assert case.status == "in_progress" and not case.pledges
    assert set(office.open(case_id)) == {"FIRECHK.inspect"}


def test_a_check_is_due_after_the_result_and_outlives_the_case(office: Office) -> None:
    case_id = accepted(office)
    office.decide(case_id, "FIRECHK.decide")
    case = office.case(case_id)
    (check,) = case.checks.values()
    assert (check.status, check.due_at[:10], check.department, check.role) == (DUE, "2026-03-30", "fire", "inspector")
    office.finish(case_id)
    rows = office.engine.read.checks(INSPECTOR).rows
    assert [(row["case_id"], row["item"]) for row in rows] == [(case_id, "FIRECHK")]
    assert not office.engine.read.checks(HEAD).rows
    office.engine.execute(RecordCheck(case_id, "FIRECHK", KEPT, "现场符合承诺"), INSPECTOR)
    case = office.case(case_id)
    assert case.checks["1"].status == KEPT and not case.timers
    assert not office.engine.read.checks(INSPECTOR).rows
    assert ("commitment_kept", "", "") in told(office, case_id)
    with pytest.raises(AlreadyDone):
        office.engine.execute(RecordCheck(case_id, "FIRECHK", KEPT, "再查一次"), INSPECTOR)


def test_a_check_nobody_makes_is_reminded_and_raised_twice(office: Office) -> None:
    case_id = delivered(office)
    office.clock.advance(days=40)
    assert sweep(office.engine).fired == 3
    case = office.case(case_id)
    assert [(one.level, one.to_department, one.to_role) for one in case.escalations.values()] == [
        (1, "fire", "section_head"), (2, "supervision", "supervisor"),
    ]  # fmt: skip
    kinds = [entry.kind for entry in office.engine.read.case(case_id, INSPECTOR).entries]
    assert kinds[-3:] == ["CheckReminded", "CheckOverdue", "CheckOverdue"]
    assert sweep(office.engine).fired == 0


def test_what_can_be_put_right_is_checked_again_once(office: Office) -> None:
    case_id = delivered(office)
    with pytest.raises(BadInput):
        office.engine.execute(RecordCheck(case_id, "FIRECHK", CORRECTABLE, "缺一具灭火器"), INSPECTOR)
    office.engine.execute(RecordCheck(case_id, "FIRECHK", CORRECTABLE, "缺一具灭火器", "检查记录 7 号"), INSPECTOR)
    case = office.case(case_id)
    assert case.terms["check.2.put_right"].due_at[:10] == "2026-03-16"
    assert case.checks["2"].due_at[:10] == "2026-03-23"
    with pytest.raises(NotPossible) as error:
        office.engine.execute(RecordCheck(case_id, "FIRECHK", CORRECTABLE, "还缺", "记录 8 号"), INSPECTOR)
    assert error.value.code == "check.once"
    office.clock.advance(days=15)
    assert sweep(office.engine).fired == 1
    office.engine.execute(RecordCheck(case_id, "FIRECHK", KEPT, "已整改"), INSPECTOR)
    assert [check.status for check in office.case(case_id).checks.values()] == [CORRECTABLE, KEPT]
    assert not office.case(case_id).timers


def revoke(case_id: str, item: str = "FIRECHK") -> RevokeResult:
    return RevokeResult(case_id, item, "行政许可法第六十九条第二款", "检查记录 7 号", "承诺内容不实")


def test_a_false_promise_is_revoked_by_the_head_alone(office: Office) -> None:
    case_id = accepted(office)
    office.decide(case_id, "FIRECHK.decide")
    with pytest.raises(NotPossible) as error:
        office.engine.execute(revoke(case_id), HEAD)
    assert error.value.code == "revoke.undelivered"
    office.engine.execute(RecordCheck(case_id, "FIRECHK", FALSE, "消防设施是假的", "检查记录 7 号"), INSPECTOR)
    assert ("commitment_false", "fire", "head") in told(office, case_id)
    with pytest.raises(NotPermitted):
        office.engine.execute(revoke(case_id), INSPECTOR)
    office.engine.execute(revoke(case_id), HEAD)
    case = office.case(case_id)
    assert case.results["R_FIRECHK"].status == "revoked"
    with pytest.raises(AlreadyDone):
        office.engine.execute(revoke(case_id), HEAD)
    assert office.finish(case_id).outcome == "refused"
    assert office.case(case_id).results["R_FIRECHK"].status == "revoked"


def test_any_delivered_result_can_be_revoked_and_an_open_check_lapses(office: Office) -> None:
    case_id = delivered(office)
    office.engine.execute(revoke(case_id), HEAD)
    case = office.case(case_id)
    assert (case.results["R_FIRECHK"].status, case.checks["1"].status) == ("revoked", LAPSED)
    assert not case.timers and case.outcome == "granted"
    with pytest.raises(NotFound):
        office.engine.execute(RecordCheck(case_id, "FIRECHK", KEPT, "好"), INSPECTOR)


@pytest.mark.parametrize("how", ["withdraw", "terminate"])
def test_a_check_ends_with_its_result(office: Office, how: str) -> None:
    case_id = accepted(office)
    office.decide(case_id, "FIRECHK.decide")
    if how == "withdraw":
        office.engine.execute(WithdrawCase(case_id, "不办了", "申请书 1 号"), CLERK)
    else:
        office.engine.execute(TerminateCase(case_id, "某法", "场所拆除"), HEAD)
    case = office.case(case_id)
    assert case.checks["1"].status == LAPSED and not case.timers
    assert all(term.ended_at for term in case.terms.values())
    assert build_auditor(office.engine).verify([case_id]).differences == ()


def test_the_decision_is_written_and_the_certificate_is_told_as_revoked(office: Office) -> None:
    case_id = delivered(office)
    make_all(office)
    certificate = papers(office, case_id)["certificate"]
    shown = office.engine.paperwork.one(office.engine.read.case(case_id, CLERK), certificate.id)
    number, code = certificate.number, office.engine.paperwork.code(shown)
    assert office.engine.paperwork.verify(number, code, office.engine.read).stands
    office.engine.execute(revoke(case_id), HEAD)
    found = office.engine.paperwork.verify(number, code, office.engine.read)
    assert not found.stands and found.revoked_at
    make_all(office)
    said = words(office, papers(office, case_id)["revocation"])
    for part in (
        "撤销行政许可决定书",
        "消防安全检查意见书",
        "行政许可法第六十九条第二款",
        "承诺内容不实",
        "60日内",
        "消防救援局",
    ):
        assert part in said, part


def test_what_can_be_put_right_is_written_with_its_day(office: Office) -> None:
    case_id = delivered(office)
    office.engine.execute(RecordCheck(case_id, "FIRECHK", CORRECTABLE, "疏散通道堆放杂物", "检查记录 7 号"), INSPECTOR)
    make_all(office)
    said = words(office, papers(office, case_id)["put_right"])
    for part in ("限期整改通知书", "疏散通道堆放杂物", "检查记录 7 号", "2026年3月16日前整改完毕", "消防救援局"):
        assert part in said, part
    office.engine.execute(RecordCheck(case_id, "FIRECHK", KEPT, "已清理"), INSPECTOR)
    make_all(office)
    assert [paper.kind for paper in office.engine.paperwork.rows.of_case(case_id)].count("put_right") == 1


def test_from_the_promise_to_its_revocation_on_the_clock(office: Office) -> None:
    """One story, as the sweep and people make it, each entry with its local day."""
    case_id = delivered(office)
    make_all(office)
    for _ in range(30):  # nobody checks; the sweep runs every day
        office.clock.advance(days=1)
        assert sweep(office.engine).failed == 0
    shortly = RecordCheck(case_id, "FIRECHK", CORRECTABLE, "疏散通道堆放杂物", "检查记录 7 号")
    office.engine.execute(shortly, INSPECTOR)
    for _ in range(20):
        office.clock.advance(days=1)
        assert sweep(office.engine).failed == 0
    office.engine.execute(RecordCheck(case_id, "FIRECHK", FALSE, "仍未清理", "检查记录 9 号"), INSPECTOR)
    office.engine.execute(revoke(case_id), HEAD)
    make_all(office)
    entries = office.engine.read.case(case_id, INSPECTOR).entries
    assert [(entry.kind, entry.at[5:10]) for entry in entries if entry.kind != "DocumentIssued"] == [
        ("ApplicationSubmitted", "03-02"), ("ApplicationAccepted", "03-02"), ("StepDecided", "03-02"),
        ("ResultsDelivered", "03-02"), ("CheckReminded", "03-25"), ("CheckOverdue", "03-31"),
        ("CommitmentChecked", "04-01"), ("CheckReminded", "04-17"), ("CommitmentChecked", "04-21"),
        ("ResultRevoked", "04-21"),
    ]  # fmt: skip
    case = office.case(case_id)
    assert [check.status for check in case.checks.values()] == [CORRECTABLE, FALSE]
    assert [one.level for one in case.escalations.values()] == [1]
    assert (case.status, case.outcome, case.results["R_FIRECHK"].status) == ("closed", "granted", "revoked")
    assert not case.timers and not [term for term in case.terms.values() if term.ended_at is None]
    auditor = build_auditor(office.engine)
    assert auditor.rebuild([case_id]).differences == () == auditor.verify([case_id]).differences
