"""The API: everything an approver or a clerk does, done by programs."""

import json
from dataclasses import fields
from itertools import pairwise
from typing import Any, get_args

import pytest
from flask import Flask

from cli.demo_cases import received_materials, sample_form
from engine.commands import SYSTEM, Actor, Command, FireTimer, IssueDocument, SubmitCase, UploadMaterial
from engine.errors import NotFound, NotPermitted
from engine.store.records import Account
from tests.builders import CLERK, Office
from tests.programs import Program, username_of
from tests.uploads import pdf
from tests.web import Visitor, site_of
from webapp.api.acts import ACTS, ELSEWHERE, OF_THE_MACHINE
from webapp.api.sent import ADDRESSED
from webapp.api.views import document

PLAN = "M_FIREPLAN"


@pytest.fixture
def app(office: Office) -> Flask:
    return site_of(office.engine)


def application(office: Office, code: str = "B02", **more: str) -> dict[str, Any]:
    """The body of a new case, everything handed in."""
    offering = office.engine.deployments.catalogue.offering(code)
    form = sample_form(offering)
    return {"offering": code, "form": form, "materials": received_materials(office.engine, offering, form), **more}


def test_a_bundle_from_submission_to_delivery_by_programs_alone(office: Office, app: Flask) -> None:
    clerk = Program(app, "window1")
    made = clerk.post("/cases", application(office))
    assert made.status_code == 201
    place, case_id = made.headers["Location"], made.json["case_id"]
    assert place == f"/api/v1/cases/{case_id}"
    assert office.engine.read.track(made.json["case_number"], made.json["query_code"]).case.id == case_id
    assert clerk.act(case_id, "accept-case").status_code == 200
    programs: dict[str, Program] = {}
    for _ in range(100):
        open_tasks = [one for one in clerk.get(f"/cases/{case_id}").json["tasks"].values() if one["status"] == "open"]
        if not open_tasks:
            break
        task = open_tasks[0]
        name = username_of(office.engine, task["department"], task["role"])
        who = programs.setdefault(name, Program(app, name))
        [row] = [one for one in who.get("/tasks").json["tasks"] if one["id"] == task["id"]]
        assert (row["case_id"], row["number"], row["step"]) == (case_id, made.json["case_number"], task["step"])
        if task["act"] == "deliver":
            done = who.act(case_id, "deliver-results", {"task_id": task["id"], "method": "window"})
        else:
            done = who.act(case_id, "decide-step", {"task_id": task["id"], "decision": "agree", "opinion": "可以"})
        assert done.status_code == 200, done.text
        assert task["id"] in done.json["closed"]
    told = clerk.get(f"/cases/{case_id}").json
    assert (told["status"], told["outcome"]) == ("closed", "granted")
    assert {one["status"] for one in told["items"].values()} == {"granted"}
    assert {one["kind"] for one in told["clocks"]} >= {"promised", "statutory", "task"}
    assert told["person"]["applicant_name"]
    entries: list[Any] = []
    after = 0
    while after is not None:
        page = clerk.get(f"/cases/{case_id}/journal?after={after}&limit=7").json
        entries, after = entries + page["entries"], page["after"]
    assert [one["seq"] for one in entries] == list(range(1, told["revision"] + 1))
    assert all(one["previous"] == before["hash"] for before, one in pairwise(entries))
    office.cases.append(case_id)  # and on leaving, the office verifies every journal


def test_every_command_a_person_may_send_is_offered(office: Office, app: Flask) -> None:
    assert {FireTimer, IssueDocument} == OF_THE_MACHINE
    assert {SubmitCase, UploadMaterial} == ELSEWHERE
    assert {*ACTS.values()} | OF_THE_MACHINE | ELSEWHERE == {*get_args(Command)}
    case_id, clerk, told = office.accept("B02"), Program(app, "window1"), document()
    for name, command in ACTS.items():
        answer = clerk.act(case_id, name, {"nothing": 1})
        assert answer.status_code == 422, name
        schema = told["components"]["schemas"][command.__name__]
        assert {*schema["properties"]} == {field.name for field in fields(command)} - {*ADDRESSED}
        assert all(one.get("description") for one in schema["properties"].values()), name
        for path in (f"/api/v1/cases/{{case_id}}/acts/{name}", f"/api/v1/cases/{{case_id}}/acts/{name}/preview"):
            assert told["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"] == {
                "$ref": f"#/components/schemas/{command.__name__}"
            }
    assert office.case(case_id).revision == 2


def test_what_only_the_machine_sends_is_refused_to_people_and_not_offered(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    admin = Actor("root", "window", frozenset({"window_clerk", "admin"}))
    for command in (FireTimer(case_id, "1:0"), IssueDocument(case_id, "1.0", "k", "n", "0" * 64)):
        with pytest.raises((NotPermitted, NotFound)):
            office.engine.execute(command, admin)
    for name in ("fire-timer", "issue-document", "upload-material", "submit-case", "DecideStep", "nothing"):
        assert Program(app, "window1").act(case_id, name).json["code"] == "act.unknown"


def test_the_same_request_under_one_key_is_one_entry(office: Office, app: Flask) -> None:
    clerk = Program(app, "window1")
    body = application(office)
    first, second = clerk.post("/cases", body, key="k1"), clerk.post("/cases", body, key="k1")
    assert first.status_code == second.status_code == 201
    assert first.json == second.json
    assert first.headers["Location"] == second.headers["Location"]
    case_id = first.json["case_id"]
    accepted = clerk.act(case_id, "accept-case", key="k2")
    assert clerk.act(case_id, "accept-case", key="k2").json == accepted.json
    assert office.case(case_id).revision == 2
    reused = clerk.act(case_id, "decline-case", {"reason": "不符合"}, key="k2")
    assert (reused.status_code, reused.json["code"]) == (400, "key.reused")
    again = clerk.act(case_id, "accept-case")
    assert (again.status_code, again.json["code"]) == (409, "case.not_submitted")


def test_a_preview_writes_nothing_and_an_act_does_what_was_foreseen(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    clerk, market = Program(app, "window1"), Program(app, "market1")
    body = {"reason": "申请人不再需要", "evidence": "申请书 1 号"}
    seen = clerk.act(case_id, "withdraw-case/preview", body)
    assert seen.status_code == 200 and seen.json["refused"] is None
    assert seen.json["status"] == ["in_progress", "withdrawn"]
    assert {one["task"] for one in seen.json["cancelled"]} == {task.id for task in office.open(case_id).values()}
    assert office.case(case_id).revision == 2
    task = office.open(case_id)["LIC_CHECK.review"].id
    assert market.act(case_id, "decide-step", {"task_id": task, "decision": "agree"}).status_code == 200
    late = clerk.act(case_id, f"withdraw-case?foreseen={seen.json['mark']}", body)
    assert (late.status_code, late.json["code"]) == (409, "preview.changed")
    mark = clerk.act(case_id, "withdraw-case/preview", body).json["mark"]
    assert clerk.act(case_id, f"withdraw-case?foreseen={mark}", body).status_code == 200
    assert office.case(case_id).status == "withdrawn"
    refused = clerk.act(case_id, "withdraw-case/preview", body).json
    assert refused["refused"]["code"] and refused["refused"]["detail"]
    english = Program(app, "window1", "en").act(case_id, "withdraw-case/preview", body).json
    assert english["refused"]["code"] == refused["refused"]["code"]
    assert english["refused"]["detail"].isascii()


def test_whoever_may_not_see_a_case_learns_nothing_of_it(office: Office, app: Flask) -> None:
    case_id, tax = office.accept("B02"), Program(app, "tax1")
    task = office.open(case_id)["LIC_CHECK.review"].id
    page = Visitor(app, "tax1").get(f"/cases/{case_id}", Accept="application/json")
    asked = [
        tax.get(f"/cases/{case_id}"), tax.get(f"/cases/{case_id}/journal"), tax.get("/cases/none"),
        tax.get(f"/cases/{case_id}/materials/{PLAN}/1"), tax.act("none", "accept-case"),
        tax.act(case_id, "decide-step", {"task_id": task, "decision": "agree"}),
        tax.act(case_id, "decide-step", {"task_id": "9.9", "decision": "agree"}),
        tax.act(case_id, "decide-step", {"task_id": task, "decision": "nothing"}),
        tax.act(case_id, "accept-case/preview"), tax.act(case_id, "accept-case"),
        tax.upload(case_id, PLAN, (pdf(), "a.pdf")),
    ]  # fmt: skip
    for answer in asked:
        assert answer.status_code == page.status_code == 404
        assert answer.json == json.loads(page.text)
    assert office.case(case_id).revision == 2


def test_whoever_lost_a_case_out_of_sight_gets_the_answer_to_his_own_request_again(office: Office, app: Flask) -> None:
    office.engine.records.save_account(
        Account("tax1", "税一", "market", frozenset({"checker"})), office.engine.records.password_hash("tax1") or ""
    )
    case_id, who = office.accept("B02"), Program(app, "tax1")
    task = office.open(case_id)["LIC_CHECK.review"].id
    body = {"task_id": task, "department": "market", "role": "checker", "person": "market1"}
    done = who.act(case_id, "transfer-task", body, key="k")
    assert done.status_code == 200
    office.engine.records.save_account(
        Account("tax1", "税一", "tax", frozenset()), office.engine.records.password_hash("tax1") or ""
    )
    assert who.get(f"/cases/{case_id}").status_code == 404
    assert who.act(case_id, "transfer-task", body, key="k").json == done.json
    assert who.act(case_id, "transfer-task", {**body, "reason": "x"}, key="k").json["code"] == "key.reused"


def test_nobody_acts_in_his_own_application_and_only_its_handlers_learn_whose_it_is(office: Office, app: Flask) -> None:
    clerk = Program(app, "window1")
    case_id = clerk.post("/cases", application(office, applicant="market1")).json["case_id"]
    assert clerk.act(case_id, "accept-case").status_code == 200
    office.cases.append(case_id)
    task, own = office.open(case_id)["LIC_CHECK.review"].id, Program(app, "market1")
    assert own.get("/tasks").json["tasks"] == []
    refused = own.act(case_id, "decide-step", {"task_id": task, "decision": "agree"})
    assert refused.json["code"] == "seat.own_application"
    assert own.act(case_id, "claim-task/preview", {"task_id": task}).json["refused"]["code"] == "seat.own_application"
    supervisor = Program(app, "super1")
    seen, entries = supervisor.get(f"/cases/{case_id}"), supervisor.get(f"/cases/{case_id}/journal")
    assert seen.status_code == entries.status_code == 200
    assert seen.json["applicant"] is None and seen.json["person"] is None
    assert '"market1"' not in seen.text + entries.text
    assert clerk.get(f"/cases/{case_id}").json["applicant"] == "market1"
    assert clerk.get(f"/cases/{case_id}/journal").json["entries"][0]["facts"]["applicant"] == "market1"


def test_files_are_sent_and_read_and_a_decision_stands_on_them(office: Office, app: Flask) -> None:
    case_id, clerk = office.accept("B02"), Program(app, "window1")
    sent = clerk.upload(case_id, PLAN, (pdf(b"one"), "平面图.pdf"), key="k")
    assert sent.status_code == 200
    assert clerk.upload(case_id, PLAN, (pdf(b"one"), "平面图.pdf"), key="k").json == sent.json
    file = clerk.get(f"/cases/{case_id}/materials/{PLAN}/1")
    assert (file.status_code, file.mimetype, file.data) == (200, "application/pdf", pdf(b"one"))
    told = clerk.get(f"/cases/{case_id}").json["files"][PLAN]
    assert told["version"] == 1 and len(told["sha256"]) == 64
    wrong = clerk.upload(case_id, PLAN, (b"MZ", "张三.exe"))
    assert wrong.status_code == 400 and "张三" not in wrong.text
    assert clerk.get(f"/cases/{case_id}/materials/{PLAN}/2").status_code == 404
    market = Program(app, username_of(office.engine, "market", "checker"))
    assert market.upload(case_id, PLAN, (pdf(), "a.pdf")).status_code == 403


def test_a_decision_taken_back_stays_marked(office: Office, app: Flask) -> None:
    case_id, market = office.accept("B02"), Program(app, "market1")
    task = office.open(case_id)["LIC_CHECK.review"].id
    assert market.act(case_id, "decide-step", {"task_id": task, "decision": "agree"}).status_code == 200
    back = market.act(case_id, "take-back-decision", {"task_id": task})
    assert back.status_code == 200, back.text
    told = market.get(f"/cases/{case_id}").json["tasks"][task]
    assert (told["status"], told["decision"], told["voided"]) == ("voided", "agree", 4)


def test_seats_are_told_one_by_one(office: Office, app: Flask) -> None:
    case_id, market = office.accept("B02"), Program(app, "market1")
    task = office.open(case_id)["LIC_CHECK.review"].id
    assert market.act(case_id, "claim-task", {"task_id": task}).status_code == 200
    [seat] = market.get(f"/cases/{case_id}").json["tasks"][task]["seats"]
    assert (seat["person"], seat["claimed"], seat["kept"]) == ("market1", True, [])
    [row] = market.get("/tasks?whose=mine").json["tasks"]
    assert row["seats"] == [seat]


def test_the_inbox_goes_on_page_by_page(office: Office, app: Flask) -> None:
    cases = {office.accept("B02") for _ in range(3)}
    market, after = Program(app, "market1"), ""
    found: list[Any] = []
    while after is not None:
        page = market.get(f"/tasks?limit=1&after={after}").json
        found, after = found + page["tasks"], page["after"]
    assert {one["case_id"] for one in found} == cases
    assert len(found) == len(cases)
    assert market.get(f"/tasks?search={found[0]['number']}").json["tasks"] == found[:1]
    assert market.get("/tasks?which=overdue").json == {"tasks": [], "after": None}
    assert market.get("/tasks?after=x").json["code"] == "page.key"


def test_absences_are_set_listed_and_ended(office: Office, app: Flask) -> None:
    market = Program(app, "market1")
    body = {
        "person": "market1", "substitute": "market2", "first_day": "2026-03-02", "last_day": "2026-03-06",
        "basis": "〔2026〕12 号代理通知",
    }  # fmt: skip
    made = market.post("/absences", body)
    assert made.status_code == 201, made.text
    assert made.json["substitute"] == "market2" and made.json["ended_at"] is None
    assert Program(app, "market2").get("/absences").json["absences"] == [made.json]
    assert market.post("/absences", body).status_code in {400, 409}
    ended = market.post(f"/absences/{made.json['id']}/end")
    assert ended.status_code == 200 and ended.json["ended_at"]
    assert market.post(f"/absences/{made.json['id']}/end").json["code"] == "absence.ended"
    assert market.post("/absences/none/end").status_code == 404


def test_a_substitute_sees_the_tasks_of_the_absent_and_decides_in_his_place(office: Office, app: Flask) -> None:
    password = office.engine.records.password_hash("market1") or ""
    office.engine.records.save_account(Account("market9", "代理人", "market", frozenset()), password)
    case_id, stands_in = office.accept("B02"), Program(app, "market9")
    assert stands_in.get("/tasks?behalf=market1").json["code"] == "absence.other"
    body = {"person": "market1", "substitute": "market9", "basis": "代理通知", "scope": "B02"}
    days = {"first_day": "2026-03-02", "last_day": "2026-03-06"}
    assert Program(app, "market1").post("/absences", {**body, **days}).status_code == 201
    assert stands_in.get("/tasks").json["tasks"] == []
    [task] = stands_in.get("/tasks?behalf=market1").json["tasks"]
    decision = {"task_id": task["id"], "decision": "agree"}
    assert stands_in.act(case_id, "decide-step", decision).status_code == 403
    assert stands_in.act(case_id, "decide-step", {**decision, "behalf": "market1"}).status_code == 200
    assert office.engine.read.case(case_id, SYSTEM).entries[-1].facts["for"] == "market1"


def test_the_office_is_the_one_the_pages_show(office: Office, app: Flask) -> None:
    """What a program did stands in the journal under the person's name like what was done on a page."""
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"].id
    Program(app, "market1").act(case_id, "decide-step", {"task_id": task, "decision": "agree", "opinion": "由系统提交"})
    assert office.engine.read.case(case_id, SYSTEM).entries[-1].actor == "market1"
    assert "由系统提交" in Visitor(app, "window1").get(f"/cases/{case_id}").text
    assert office.engine.read.case(case_id, CLERK).case.tasks[task].decision == "agree"
