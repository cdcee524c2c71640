"""Corrections after the acceptance on the pages: the form of a step, the case, the window, the applicant."""

import re

import pytest
from flask import Flask

from engine.case.correcting.demanding import DEMANDED
from engine.case.correcting.gathering import GATHERED
from engine.catalogue import load_demo_accounts
from engine.settings import default_processes
from tests.builders import Office
from tests.demanding import BUNDLE, DRUG, FLOOR, KITCHEN, PREMISES, REASON, TOBACCO, demand, entries, owed, paused, send
from tests.web import Visitor, field, site_of, texts
from timers.sweep import deliver

TICKED = {f"want-{PREMISES}": "1", f"wrong-{PREMISES}": "租期不足三年", "demand_reason": REASON}


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over the office."""
    return site_of(office.engine)


def said(page: str) -> str:
    return " ".join(texts(page))


def handler(office: Office, case_id: str, step: str) -> str:
    """Somebody of the demonstration who handles a step."""
    task = office.open(case_id)[step]
    accounts = load_demo_accounts(default_processes(), office.engine.deployments.catalogue)
    return next(one.username for one in accounts if one.department == task.department and task.role in one.roles)


def test_a_step_demands_in_the_inbox_and_reads_there_what_it_waits_for(office: Office, app: Flask) -> None:
    case_id = office.accept(BUNDLE)
    task = office.open(case_id)[DRUG]
    who = Visitor(app, handler(office, case_id, DRUG))
    page = who.get(f"/inbox/{case_id}/{task.id}").text
    offered = re.findall(r'data-demandable="(\w+)"', page)
    assert PREMISES in offered and KITCHEN not in offered
    address = f"/cases/{case_id}/demands/{task.id}"
    key = field(page, "demand_key")
    answer = who.post(address, demand_key=key, **TICKED)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/inbox/{case_id}/{task.id}")
    assert who.post(address, demand_key=key, **TICKED).status_code == 303
    assert len(entries(office, case_id, DEMANDED)) == 1, "a form sent twice is one demand"
    page = who.get(f"/inbox/{case_id}/{task.id}").text
    assert 'data-note="demanded"' in page and "租期不足三年" in page and "前汇总通知申请人" in page
    assert PREMISES not in re.findall(r'data-demandable="(\w+)"', page)
    answer = who.post(f"{address}/drop", material=PREMISES)
    assert answer.status_code == 303 and owed(office, case_id) == {} and paused(office, case_id) == set()
    who.get(f"/inbox/{case_id}/{task.id}")
    assert "没有这项" in said(who.client.get(who.post(f"{address}/drop", material="F").headers["Location"]).text)


@pytest.mark.parametrize(
    ("typed", "words", "place"),
    [
        ({"demand_reason": REASON}, "请选择要补正的材料", "want-"),
        ({f"wrong-{PREMISES}": "租期不足", "demand_reason": REASON}, "没有勾选", f"want-{PREMISES}"),
        ({f"want-{PREMISES}": "1", "demand_reason": REASON}, "请填写理由", f"wrong-{PREMISES}"),
        ({**TICKED, "demand_reason": " "}, "请填写理由", "demand_reason"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    office: Office, app: Flask, typed: dict[str, str], words: str, place: str
) -> None:
    case_id = office.accept(BUNDLE)
    task = office.open(case_id)[DRUG]
    who = Visitor(app, handler(office, case_id, DRUG))
    address = f"/cases/{case_id}/demands/{task.id}"
    who.get(address)
    answer = who.post(address, demand_key="k", **typed)
    assert answer.status_code == 400 and words in said(answer.text)
    assert f'href="#{place}' in answer.text
    for text in typed.values():
        assert text.strip() in answer.text
    assert not entries(office, case_id, DEMANDED)


def test_others_see_no_form_and_are_refused(office: Office, app: Flask) -> None:
    case_id = office.accept(BUNDLE)
    task = office.open(case_id)[DRUG]
    other = Visitor(app, handler(office, case_id, TOBACCO))
    own = office.open(case_id)[TOBACCO]
    assert 'data-form="demand"' in other.get(f"/inbox/{case_id}/{own.id}").text
    assert 'data-form="demand"' not in other.get(f"/inbox/{case_id}/{task.id}").text
    assert "没有可以要求补正的材料" in other.get(f"/cases/{case_id}/demands/{task.id}").text
    answer = other.post(f"/cases/{case_id}/demands/{task.id}", demand_key="k", **TICKED)
    assert answer.status_code in {400, 403} and not entries(office, case_id, DEMANDED)


def test_the_window_sees_what_is_owed_sends_the_notice_and_registers_what_comes(office: Office, app: Flask) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, {PREMISES: "租期不足", FLOOR: "没有尺寸"})
    demand(office, case_id, TOBACCO, {PREMISES: "缺签字"})
    clerk = Visitor(app, "window1")
    page = clerk.get(f"/cases/{case_id}/demands/").text
    assert sorted(re.findall(r'data-demand="(\w+)"', page)) == [FLOOR, PREMISES, PREMISES]
    assert "租期不足" in page and "缺签字" in page and 'data-action="files"' in page
    assert 'data-form="drop-demand"' not in page
    answer = clerk.post(f"/cases/{case_id}/demands/send", key=field(page, "key"))
    assert answer.status_code == 303 and len(entries(office, case_id, GATHERED)) == 1
    page = clerk.get(f"/cases/{case_id}/demands/").text
    assert 'data-form="send-correction"' not in page and "已通知申请人" in said(page)
    clerk.post(f"/cases/{case_id}/demands/send", key="again")
    assert "补正通知已经发出" in said(clerk.get(f"/cases/{case_id}/demands/").text)
    page = clerk.get(f"/intake/cases/{case_id}").text
    assert sorted(re.findall(r'data-owed="(\w+)"', page)) == [FLOOR, PREMISES] and "受理后要求补正" in page
    sent = {f"material-{PREMISES}": "received", "key": field(page, "key")}
    assert clerk.post(f"/intake/cases/{case_id}/materials", **sent).status_code == 303
    assert paused(office, case_id) == {"DRUG"}
    assert "已补正" in said(clerk.get(f"/cases/{case_id}/demands/").text)


def test_the_case_tells_its_whole_story(office: Office, app: Flask) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, {PREMISES: "租期不足"})
    send(office, case_id)
    clerk = Visitor(app, "window1")
    page = said(clerk.get(f"/cases/{case_id}").text)
    assert "要求申请人补正：" in page
    assert f"中止（补正）：2026-03-02 起，预计 15 个工作日。依据：{REASON}。凭据：受理后补正" in page
    assert "发出第 1 份补正通知" in page and "受理后补正" in page and "汇总补正要求" in page
    english = said(Visitor(app, "window1", "en").get(f"/cases/{case_id}").text)
    assert "Corrections after the acceptance" in english and "Notice of correction no. 1 sent" in english


def test_the_applicant_reads_names_of_materials_and_nothing_else(office: Office, app: Flask) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, {PREMISES: "张三的租期不足"})
    number, code = office.case(case_id).number, office.engine.read.query_code(case_id)
    applicant = Visitor(app)
    applicant.get("/track")
    assert 'data-note="owed"' not in applicant.post("/track", number=number, code=code).text, "nothing is told yet"
    send(office, case_id)
    page = applicant.post("/track", number=number, code=code).text
    assert 'data-note="owed"' in page and "张三" not in page
    assert "请补正下列材料" in said(page)


def test_those_who_are_told_read_why(office: Office, app: Flask) -> None:
    case_id = office.accept(BUNDLE)
    name = handler(office, case_id, TOBACCO)
    demand(office, case_id, DRUG, [PREMISES])
    deliver(office.engine)
    page = said(Visitor(app, name).get("/inbox/notices").text)
    assert "有部门要求申请人补正" in page and "本部门也有要求的，请在 2026-03-03 17:30 前提出" in page
