"""告知承诺 in the browser: chosen at the window, shown with the case, checked from the list, revoked when confirmed."""

import re

import pytest
from flask import Flask

from cli.demo_cases import sample_form
from engine.commands import SYSTEM, RecordCheck
from engine.engine import Engine
from engine.store.records import Account
from tests.builders import Office
from tests.integration.test_commitment import HEAD, INSPECTOR, LETTER, accepted, delivered, revoke, submitted
from tests.papers import make_all
from tests.web import Visitor, field, hashed, site_of, texts


def give_fire(engine: Engine) -> None:
    for actor in (INSPECTOR, HEAD):
        engine.records.save_account(Account(actor.id, actor.id, "fire", actor.roles), hashed())


@pytest.fixture
def app(office: Office) -> Flask:
    site = site_of(office.engine)
    give_fire(office.engine)
    return site


def said(html: str) -> str:
    return " ".join(texts(html))


def test_the_window_registers_an_application_by_commitment(office: Office, app: Flask) -> None:
    clerk = Visitor(app, "window1")
    page = clerk.get("/intake/new/FIRECHK")
    assert 'name="commitment-FIRECHK"' in page.text and "公众聚集场所消防安全告知承诺书" in page.text
    form = sample_form(office.engine.deployments.catalogue.offering("FIRECHK"))
    answers = {f"field-{name}": value for name, value in form.items()}
    assert LETTER not in clerk.post("/intake/new/FIRECHK/materials", **answers).text
    answers |= {"commitment-FIRECHK": "yes"}
    page = clerk.post("/intake/new/FIRECHK/materials", **answers)
    assert f'data-material="{LETTER}"' in page.text
    ticks = {f"material-{code}": "received" for code in re.findall(r'data-material="(\w+)"', page.text)}
    answer = clerk.post("/intake/new/FIRECHK/submit", **answers, **ticks, key=field(page.text, "key"))
    case_id = answer.headers["Location"].split("/")[-2]
    page = clerk.get(f"/intake/cases/{case_id}")
    assert "材料齐了，可以受理" in page.text
    assert clerk.post(f"/intake/cases/{case_id}/commitments", key=field(page.text, "key")).status_code == 303
    assert not office.case(case_id).pledges
    page = clerk.get(f"/intake/cases/{case_id}")
    clerk.post(f"/intake/cases/{case_id}/commitments", key=field(page.text, "key"), **{"commitment-FIRECHK": "yes"})
    assert "还缺 1 件材料" in clerk.get(f"/intake/cases/{case_id}").text


def test_a_check_is_in_the_list_of_those_who_make_it_and_recorded_there(office: Office, app: Flask) -> None:
    case_id = delivered(office)
    inspector = Visitor(app, INSPECTOR.id)
    page = inspector.get("/checks")
    assert f"/cases/{case_id}/checks/FIRECHK" in page.text and 'data-nav="checks"' in page.text
    assert 'data-nav="checks"' not in Visitor(app, "market1").get("/inbox/").text
    page = inspector.get(f"/cases/{case_id}/checks/FIRECHK")
    assert "接受事后核查" in page.text
    sent = {"outcome": "correctable", "findings": "缺一具灭火器", "evidence": ""}
    answer = inspector.post(f"/cases/{case_id}/checks/FIRECHK", **sent, key=field(page.text, "key"))
    assert answer.status_code == 400 and "缺一具灭火器" in answer.text
    sent["evidence"] = "检查记录 7 号"
    answer = inspector.post(f"/cases/{case_id}/checks/FIRECHK", **sent, key=field(answer.text, "key"))
    assert answer.status_code == 303
    page = inspector.get(f"/cases/{case_id}/checks/FIRECHK")
    assert "再次核查" in page.text and 'value="correctable"' not in page.text
    shown = said(inspector.get(f"/cases/{case_id}").text)
    assert "可以整改，限期整改后再次核查 整改至 2026-03-16" in shown and "登记核查…" in shown
    assert "核查承诺：消防安全检查" in shown and "现场检查 消防救援 10 个工作日 以承诺代替" in shown
    assert "送达（窗口领取）；办件办结：全部准予" in shown, "a check comes after the end, and is not it"


def test_others_may_not_record_a_check(office: Office, app: Flask) -> None:
    case_id = delivered(office)
    assert Visitor(app, HEAD.id).get(f"/cases/{case_id}/checks/FIRECHK").status_code == 403
    assert Visitor(app, "market1").get(f"/cases/{case_id}/checks/FIRECHK").status_code == 404


def test_the_head_revokes_after_seeing_what_follows(office: Office, app: Flask) -> None:
    case_id = delivered(office)
    make_all(office)
    shown = office.engine.paperwork.shown(office.engine.read.case(case_id, SYSTEM))
    certificate = next(one for one in shown if one.paper.kind == "certificate")
    office.engine.execute(RecordCheck(case_id, "FIRECHK", "false", "消防设施是假的", "检查记录 7 号"), INSPECTOR)
    head = Visitor(app, HEAD.id)
    assert f"/cases/{case_id}/revoke/FIRECHK" in head.get(f"/cases/{case_id}").text
    page = head.get(f"/cases/{case_id}/revoke/FIRECHK")
    address = f"/cases/{case_id}/revoke/FIRECHK"
    sent = {"ground": "deceit", "evidence": "检查记录 7 号", "reason": "", "step": "preview"}
    page = head.post(address, **sent, key=field(page.text, "key"))
    assert page.status_code == 400
    sent["reason"] = "承诺内容不实"
    page = head.post(address, **sent, key=field(page.text, "key"))
    assert page.status_code == 200 and "撤销不能收回" in page.text
    answer = head.post(address, **{**sent, "step": "do"}, key=field(page.text, "key"))
    assert answer.status_code == 303
    assert office.case(case_id).results["R_FIRECHK"].status == "revoked"
    assert "撤销消防安全检查意见书" in said(head.get(f"/cases/{case_id}").text)
    assert head.get(address).status_code == 303
    visitor = Visitor(app)
    visitor.get("/verify")
    code = office.engine.paperwork.code(certificate)
    told = visitor.post("/verify", number=certificate.paper.number, code=code)
    assert "文书属实，但已被依法撤销" in told.text and 'data-stands="no"' in told.text


def test_nobody_else_revokes(office: Office, app: Flask) -> None:
    case_id = delivered(office)
    assert Visitor(app, INSPECTOR.id).get(f"/cases/{case_id}/revoke/FIRECHK").status_code == 403
    undelivered = accepted(office)
    office.decide(undelivered, "FIRECHK.decide")
    assert Visitor(app, HEAD.id).get(f"/cases/{undelivered}/revoke/FIRECHK").status_code == 303


def test_the_guide_and_the_applicant_are_told(office: Office, app: Flask) -> None:
    visitor = Visitor(app)
    guide = said(visitor.get("/guide/FIRECHK").text)
    assert "也可以告知承诺方式办理" in guide and "20 个工作日" in guide
    case_id = submitted(office)
    number, code = office.case(case_id).number, office.engine.read.query_code(case_id)
    visitor.get("/track")
    assert "告知承诺" in visitor.post("/track", number=number, code=code).text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_notices_and_history_have_words(office: Office, app: Flask, language: str) -> None:
    case_id = delivered(office)
    office.engine.execute(RecordCheck(case_id, "FIRECHK", "false", "消防设施是假的", "检查记录 7 号"), INSPECTOR)
    office.engine.execute(revoke(case_id), HEAD)
    office.engine.outbox.deliver_in_app(office.clock())
    head = Visitor(app, HEAD.id, language)
    for path in ("/inbox/notices", f"/cases/{case_id}"):
        page = head.get(path).text
        assert "commitment_false" not in page and "CommitmentChecked" not in page and "ResultRevoked" not in page
