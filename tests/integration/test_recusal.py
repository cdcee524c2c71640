"""回避: the applicant works here. He does nothing in the case, from the registration or from when it was found out."""

from pathlib import Path

import pytest

from cli.demo_cases import received_materials, sample_form
from engine.case.state import Case
from engine.commands import (
    AcceptCase,
    Actor,
    AnswerAside,
    AssignTask,
    ClaimTask,
    CopyTo,
    DeclineCase,
    DelegateTask,
    NameApplicant,
    RequestCorrection,
    ReturnCase,
    SubmitCase,
    SupplyMaterials,
    TakeBackDecision,
    WithdrawCase,
)  # fmt: skip
from engine.store.records import Account
from tests.builders import CLERK, Office
from tests.integration.test_web_intake import asked, typed
from tests.seated import (
    ANY_SIGNS,
    BY_TWO,
    CHIEF,
    OTHER,
    STEP,
    A,
    B,
    C,
    D,
    decide,
    kinds,
    notices,
    refused,
    seated_office,
    seats,
    states,
    task_of,
)  # fmt: skip
from tests.web import Visitor, field, site_of, texts

CLERK2 = Actor("window2", "window", frozenset({"window_clerk"}))
FOUND, OWN = "群众反映", "seat.own_application"


def submitted(office: Office, applicant: str = "", code: str = "TRY") -> str:
    offering = office.engine.deployments.current(code).offering
    form = sample_form(offering, None)
    command = SubmitCase(code, form, received_materials(office.engine, offering, form), applicant=applicant)
    return office.engine.execute(command, CLERK).case_id


def accepted(office: Office, applicant: str = "") -> str:
    case_id = submitted(office, applicant)
    office.engine.execute(AcceptCase(case_id), CLERK)
    return case_id


def named(office: Office, case_id: str, who: Actor) -> Case:
    office.engine.execute(NameApplicant(case_id, who.id, FOUND), CLERK)
    return office.case(case_id)


def test_an_account_that_does_not_exist_and_the_clerk_himself_are_refused(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        office.engine.records.save_account(Account("gone", "走了", "market", frozenset(), active=False), "")
        command = SubmitCase("TRY", sample_form(office.engine.deployments.current("TRY").offering, None))
        for account, code in (("nobody", "person.unknown"), ("gone", "person.unknown"), (CLERK.id, OWN)):
            assert refused(office, SubmitCase("TRY", command.form, applicant=account), CLERK) == code
        case_id = submitted(office)
        assert refused(office, NameApplicant(case_id, "nobody", FOUND), CLERK) == "person.unknown"
        assert refused(office, NameApplicant(case_id, CLERK.id, FOUND), CLERK) == OWN
        assert refused(office, NameApplicant(case_id, "a", " "), CLERK) == "reason.missing"
        assert refused(office, NameApplicant(case_id, "a", FOUND), B) == "policy.clerk"
        assert refused(office, NameApplicant(case_id, "", FOUND), CLERK) == "applicant.same"


def test_a_clerk_does_nothing_in_the_own_application(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        office.engine.records.save_account(Account(CLERK2.id, "窗口二", "window", CLERK2.roles), "")
        case_id = submitted(office, CLERK2.id)
        for command in (
            AcceptCase(case_id), DeclineCase(case_id, FOUND), RequestCorrection(case_id, {}, FOUND),
            SupplyMaterials(case_id, {}), WithdrawCase(case_id, FOUND, "申请书"), NameApplicant(case_id, "", FOUND),
        ):  # fmt: skip
            assert refused(office, command, CLERK2) == OWN
            assert office.engine.preview(command, CLERK2).code == OWN
        office.engine.execute(AcceptCase(case_id), CLERK)
        while "TRY.deliver" not in office.open(case_id):
            office.decide(case_id, min(office.open(case_id)))
        task = task_of(office, case_id, "TRY.deliver")
        assert (task.department, task.role) == ("window", "window_clerk")


@pytest.mark.parametrize("rule", ["", BY_TWO], ids=["one", "several"])
def test_found_out_later_open_seats_go_back_to_the_role_and_their_owners(tmp_path: Path, rule: str) -> None:
    with seated_office(tmp_path, rule) as office:
        case_id = accepted(office)
        task = task_of(office, case_id).id
        office.engine.execute(ClaimTask(case_id, task, "1"), A)
        if rule:
            office.engine.execute(ClaimTask(case_id, task, "2"), B)
            office.engine.execute(DelegateTask(case_id, task, "a" if not rule else "c", "请看", "2"), B)
        named(office, case_id, A)
        assert [seat.person for seat in seats(office, case_id)] == (["", "c"] if rule else [""])
        assert "step_freed" in notices(office, D)
        assert refused(office, ClaimTask(case_id, task, "1"), A) == OWN
        assert refused(office, AssignTask(case_id, task, "market", "reviewer", "a"), CHIEF) == OWN
        named(office, case_id, C)  # the first was a mistake
        assert [seat.person for seat in seats(office, case_id)] == (["", "b"] if rule else [""])
        office.engine.execute(ClaimTask(case_id, task, "1"), A)
        named(office, case_id, B)
        assert [seat.person for seat in seats(office, case_id)] == (["a", ""] if rule else ["a"])
        assert kinds(office, case_id).count("ApplicantNamed") == 3


def test_a_seat_the_applicant_has_lent_is_nobodys_and_the_delegate_is_told(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = accepted(office)
        task = task_of(office, case_id).id
        office.engine.execute(ClaimTask(case_id, task), A)
        office.engine.execute(DelegateTask(case_id, task, "b"), A)
        named(office, case_id, A)
        (seat,) = seats(office, case_id)
        assert (seat.person, seat.lent_from, seat.claimed) == ("", "", False)
        assert "step_got_back" in notices(office, B)
        decide(office, case_id, B)


def test_what_the_applicant_has_decided_is_pointed_out_to_the_lead_department(tmp_path: Path) -> None:
    with seated_office(tmp_path, BY_TWO) as office:
        case_id = accepted(office)
        decide(office, case_id, A)
        assert "applicant_decided" not in notices(office, CHIEF)
        named(office, case_id, A)
        assert notices(office, CHIEF).count("applicant_decided") == 1
        decide(office, case_id, B)
        assert refused(office, ReturnCase(case_id, FOUND), A) == OWN
        office.engine.execute(ReturnCase(case_id, FOUND), CHIEF)
        assert [seat.person for seat in seats(office, case_id)] == ["", ""]
        assert office.case(case_id).applicant == "a", "it stays named whatever is taken back"


def test_a_step_the_applicant_has_decided_alone_is_pointed_out_too(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = accepted(office)
        decide(office, case_id, A)
        office.decide(case_id, OTHER)
        named(office, case_id, A)
        office.engine.outbox.deliver_in_app(office.clock())
        found = office.engine.outbox.notices_for(CHIEF.department, CHIEF.roles)
        told = [row["facts"]["step"] for row in found if row["template"] == "applicant_decided"]
        assert told == [STEP]


def test_a_step_that_opens_again_gives_the_applicant_no_seat_back(tmp_path: Path) -> None:
    with seated_office(tmp_path, ANY_SIGNS) as office:
        case_id = accepted(office)
        task = task_of(office, case_id).id
        office.engine.execute(ClaimTask(case_id, task, "1"), A)
        decide(office, case_id, B)
        assert states(office, case_id) == "tdt"
        named(office, case_id, A)
        office.engine.execute(TakeBackDecision(case_id, task), B)
        assert states(office, case_id) == "ooo"
        assert "a" not in {seat.person for seat in seats(office, case_id)}


def test_copies_sent_before_are_not_answered_and_nobody_is_sent_more(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = accepted(office)
        office.engine.execute(CopyTo(case_id, "d"), A)
        named(office, case_id, D)
        assert refused(office, AnswerAside(case_id, "1"), D) == OWN
        assert refused(office, CopyTo(case_id, "d"), B) == OWN


def test_until_the_case_has_ended_and_not_after(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        case_id = accepted(office, "a")
        assert office.case(case_id).applicant == "a"
        office.engine.execute(NameApplicant(case_id, "", "填写有误"), CLERK)
        assert office.case(case_id).applicant == ""
        office.finish(case_id)
        assert refused(office, NameApplicant(case_id, "a", FOUND), CLERK) == "case.closed"


def test_the_form_at_the_window_finds_people_by_name_and_the_page_of_the_case_names_them(office: Office) -> None:
    app = site_of(office.engine)
    clerk = Visitor(app, "window1")
    zhang = Account("zhangsan", "张三", "market", frozenset({"reviewer"}))
    office.engine.records.save_account(zhang, "")
    clerk.get("/intake/new/B02")
    page = clerk.post("/intake/new/B02/materials", **typed(), **{"own-account": "张三"})
    assert page.status_code == 400
    assert 'name="own-account-chosen" value="zhangsan"' in page.text
    assert 'href="#field-own-account"' in page.text
    assert clerk.post("/intake/new/B02/materials", **typed(), **{"own-account": "window1"}).status_code == 400
    chosen = {"own-account": "张三", "own-account-chosen": "zhangsan"}
    page = clerk.post("/intake/new/B02/materials", **typed(), **chosen)
    assert field(page.text, "own-account") == "zhangsan"
    ticks = {f"material-{code}": "received" for code in asked(page.text)}
    sent = {**typed(), **ticks, "own-account": field(page.text, "own-account"), "key": field(page.text, "key")}
    case_id = clerk.post("/intake/new/B02/submit", **sent).headers["Location"].split("/")[-2]
    assert office.case(case_id).applicant == "zhangsan"
    assert any("张三（账号 zhangsan）" in text for text in texts(clerk.get(f"/intake/cases/{case_id}").text))
    assert "zhangsan" in clerk.get(f"/cases/{case_id}").text
    assert "zhangsan" not in Visitor(app, "super1").get(f"/cases/{case_id}").text


def test_found_out_later_it_is_registered_on_the_page_of_the_application(office: Office) -> None:
    case_id = office.accept("FOOD")
    app = site_of(office.engine)
    clerk = Visitor(app, "window1")
    colleague = Account("window2", "窗口二", "window", frozenset({"window_clerk"}))
    office.engine.records.save_account(colleague, office.engine.records.password_hash("window1") or "")
    address = f"/intake/cases/{case_id}"
    clerk.get(address)
    wrong = clerk.post(f"{address}/applicant", **{"own-account": "nobody", "reason": FOUND})
    assert wrong.status_code == 400
    assert FOUND in wrong.text, "nothing typed is lost"
    assert clerk.post(f"{address}/applicant", **{"own-account": "window2", "reason": FOUND}).status_code == 303
    assert office.case(case_id).applicant == "window2"
    history = clerk.get(f"/cases/{case_id}").text
    assert "登记申请人是本系统工作人员，应当回避" in history
    own = Visitor(app, "window2").get(address).text
    assert 'data-note="mine"' in own
    assert 'data-form="own"' not in own
