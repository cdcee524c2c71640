"""The pages of hearings, visits, reviews and tests: arranging, recording, closing, where they are seen; no scripts."""

import re
from datetime import datetime

import pytest
from flask import Flask

from engine.commands import Actor, ArrangeSession, CancelSession, JoinSession, RecordFindings
from engine.store.records import Account
from tests.builders import Office
from tests.slow_calendar import BEIJING
from tests.web import Visitor, site_of, texts

INSPECTOR = Actor("market1", "market", frozenset({"inspector", "reviewer"}))
FIRE = Actor("fire1", "fire", frozenset({"inspector"}))
VISIT = {
    "kind": "site_visit", "planned_at": "2026-03-05T09:00", "place": "幸福路 1 号店面", "ground": "食品许可办法",
}  # fmt: skip
HEARING = {
    "kind": "hearing", "items": "FOOD", "planned_at": "2026-03-12T09:00", "place": "三楼听证室",
    "ground": "行政许可法第四十六条", "expected_days": "10", "chair": "market_head",
}  # fmt: skip


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over the office."""
    return site_of(office.engine)


def at(office: Office, day: str, hour: int = 10) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, tzinfo=BEIJING))


def begun(office: Office) -> str:
    """A restaurant in which the food permit is under way, on 2 March."""
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    return case_id


def visit(office: Office, case_id: str, items: str = "FOOD FIRECHK") -> None:
    command = ArrangeSession(case_id, "site_visit", items, "2026-03-05T09:00+08:00", "幸福路 1 号店面", "管理办法")
    office.engine.execute(command, INSPECTOR)


def said(page: str) -> str:
    return " ".join(texts(page))


def sent(visitor: Visitor, path: str, page: str = "", **fields: str) -> str:
    """A form of a page is sent, as a browser without scripts does it; the page after it."""
    visitor.get(page or path)
    answer = visitor.post(path, key=f"key {path} {sorted(fields)}", **fields)
    assert answer.status_code == 303, said(answer.text)
    return visitor.get(answer.headers["Location"]).text


def forms(page: str) -> set[str]:
    return set(re.findall(r'data-form="(\w+)"', page))


def test_a_visit_is_arranged_recorded_by_each_department_and_closed(office: Office, app: Flask) -> None:
    case_id = begun(office)
    food = Visitor(app, "market1")
    assert 'data-action="arrange"' in food.get(f"/cases/{case_id}").text
    food.get(f"/cases/{case_id}/sessions/new")
    answer = food.client.post(
        f"/cases/{case_id}/sessions/new",
        data={"csrf_token": food.token, "key": "a", "items": ["FOOD", "FIRECHK"], **VISIT},
    )
    page = food.get(answer.headers["Location"]).text
    assert "已安排：联合勘验（第 1 次）" in said(page)
    assert "2026-03-05 09:00" in said(page) and "不影响时限" in said(page)
    assert forms(page) == {"change", "cancel"}
    at(office, "2026-03-05")
    food, fire = Visitor(app, "market1"), Visitor(app, "fire1")
    path = f"/cases/{case_id}/sessions/1"
    assert forms(food.get(path).text) == {"record", "change", "cancel"}
    found = {"item": "FOOD", "attended": "检查员、申请人", "outcome": "pass", "findings": "布局合理"}
    page = sent(food, f"{path}/record", path, **found)
    assert "符合" in said(page) and "布局合理" in said(page)
    page = sent(
        fire, f"{path}/record", path, **{**found, "item": "FIRECHK", "outcome": "rectify", "findings": "缺灭火器"}
    )
    assert "需整改" in said(page)
    page = sent(fire, f"{path}/close", path, conclusion="整改后复查")
    assert "已结束：联合勘验（第 1 次）" in said(page)
    assert forms(page) == set()
    history = said(food.get(f"/cases/{case_id}").text)
    for words in ("安排联合勘验：", "联合勘验（第 1 次）记录：", "联合勘验（第 1 次）结束"):
        assert words in history


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(office: Office, app: Flask) -> None:
    case_id = begun(office)
    visitor, path = Visitor(app, "market1"), f"/cases/{case_id}/sessions/new"
    visitor.get(path)
    answer = visitor.post(path, key="a", **{**HEARING, "planned_at": "2026-03-08T09:00"})
    assert answer.status_code == 409 and "七日前通知（行政许可法 48）" in said(answer.text)
    assert 'href="#arrange-planned_at"' in answer.text and 'value="三楼听证室"' in answer.text
    assert 'name="items" value="FOOD" checked' in answer.text and 'value="hearing" checked' in answer.text
    answer = visitor.post(path, key="b", **{**HEARING, "planned_at": ""})
    assert answer.status_code == 400 and "请填写日期和时间" in said(answer.text)
    answer = visitor.post(path, key="c", **{**HEARING, "chair": "nobody"})
    assert answer.status_code == 404 and 'value="nobody"' in answer.text
    page = sent(visitor, path, **HEARING)
    assert "时限中止至结束，预计 10 个工作日" in said(page)
    clocks = said(visitor.get(f"/cases/{case_id}").text)
    assert "凭据：第 1 次安排" in clocks
    task = office.open(case_id)["FOOD.site"].id
    office.decide(case_id, "FOOD.site")
    task = office.open(case_id)["FOOD.review"].id
    visitor.get(f"/inbox/{case_id}/{task}")
    refused = visitor.post(f"/inbox/{case_id}/{task}/decide", decision="agree", opinion="合格", key="d")
    assert "应当根据听证笔录作出决定（行政许可法 48）" in said(refused.text)
    assert visitor.get(f"/cases/{case_id}/sessions/9").status_code == 404
    english = Visitor(app, "market1", language="en")
    assert "Hearings, visits, reviews, tests" in said(english.get(f"/cases/{case_id}").text)


def test_a_second_visit_proposes_to_join_the_first(office: Office, app: Flask) -> None:
    case_id = begun(office)
    visit(office, case_id, "FOOD")
    fire, path = Visitor(app, "fire1"), f"/cases/{case_id}/sessions/1"
    page = fire.get(f"/cases/{case_id}/sessions/new").text
    assert "您的事项可以参加这一次" in said(page)
    assert forms(fire.get(path).text) == {"join"}
    page = sent(fire, f"{path}/join", path, item="FIRECHK")
    assert "已参加：联合勘验（第 1 次）" in said(page)
    fire.get(path)
    again = fire.post(f"{path}/join", key="z", item="FIRECHK")
    assert again.status_code == 303
    assert "已经参加" in said(fire.get(path).text)


def test_it_is_moved_and_called_off_with_reasons(office: Office, app: Flask) -> None:
    case_id = begun(office)
    visit(office, case_id)
    visitor, path = Visitor(app, "market1"), f"/cases/{case_id}/sessions/1"
    page = visitor.get(path).text
    assert 'value="2026-03-05T09:00"' in page, "the form begins with what is planned"
    moved = {"planned_at": "2026-03-06T14:00", "place": "幸福路 1 号店面"}
    visitor.get(path)
    answer = visitor.post(f"{path}/change", key="a", reason="", **moved)
    assert (
        answer.status_code == 400
        and 'href="#change-reason"' in answer.text
        and 'value="2026-03-06T14:00"' in answer.text
    )
    page = sent(visitor, f"{path}/change", path, reason="检查员出差", **moved)
    assert "2026-03-06 14:00" in said(page)
    page = sent(visitor, f"{path}/cancel", path, reason="改为书面审查")
    assert "已取消" in said(page) and "改为书面审查" in said(page)


def test_the_inbox_shows_what_is_planned_and_fills_the_box_with_what_was_found(office: Office, app: Flask) -> None:
    case_id = begun(office)
    visit(office, case_id)
    visitor = Visitor(app, "market1")
    page = visitor.get("/inbox/").text
    assert re.search(r'data-note="session">联合勘验 03-05 周四 09:00<', page)
    assert "本周的听证、勘验、评审、检测" in said(page) and "03-05 周四 09:00 联合勘验" in said(page)
    at(office, "2026-03-05")
    visitor = Visitor(app, "market1")
    page = visitor.get("/inbox/").text
    assert "待记录" in said(page[page.index('class="week"') : page.index('id="listing"')])
    office.engine.execute(RecordFindings(case_id, "1", "FOOD", "检查员", "pass", "布局合理"), INSPECTOR)
    task = office.open(case_id)["FOOD.site"].id
    page = visitor.get(f"/inbox/{case_id}/{task}").text
    box = re.search(r'<textarea[^>]*id="opinion".*?>(.*?)</textarea>', page, re.DOTALL)
    assert box and box[1] == "联合勘验（第 1 次）：符合。布局合理"
    assert "取自联合勘验（第 1 次）的记录" in said(page)
    other = office.open(case_id)["FIRECHK.inspect"].id
    page = Visitor(app, "fire1").get(f"/inbox/{case_id}/{other}").text
    assert "布局合理</textarea>" not in page


def test_notices_and_the_applicants_page_name_nobody(office: Office, app: Flask) -> None:
    case_id = begun(office)
    visit(office, case_id, "FOOD")
    office.engine.execute(JoinSession(case_id, "1", "FIRECHK"), FIRE)
    office.engine.outbox.deliver_in_app(office.clock())
    notices = said(Visitor(app, "market1").get("/inbox/notices").text)
    assert "已安排现场勘验" in notices and "有事项加入联合勘验" in notices
    assert "2026-03-05 09:00，幸福路 1 号店面" in notices
    at(office, "2026-03-05")
    office.engine.execute(RecordFindings(case_id, "1", "FOOD", "检查员王某", "fail", "后厨不符合要求"), INSPECTOR)
    view = office.engine.read.case(case_id, INSPECTOR)
    public = Visitor(app)
    public.get("/track")
    page = public.post("/track", number=view.case.number, code=office.engine.read.query_code(case_id)).text
    assert "联合勘验（第 1 次） 2026-03-05 09:00" in said(page)
    for hidden in ("王某", "后厨", "market1", "不符合"):
        assert hidden not in page
    assert "承诺最晚" in said(page)
    office.engine.execute(CancelSession(case_id, "1", "改期"), INSPECTOR)
    testing = ArrangeSession(case_id, "testing", "FOOD", "2026-03-09T09:00+08:00", "检测中心", "第四十五条", "5")
    office.engine.execute(testing, INSPECTOR)
    public.get("/track")
    page = public.post("/track", number=view.case.number, code=office.engine.read.query_code(case_id)).text
    assert "时限中止计算，恢复后告知办结日期" in said(page) and "承诺最晚 办结" not in said(page)


def test_who_presides_is_found_by_name_unless_several_have_it(office: Office, app: Flask) -> None:
    case_id = begun(office)
    visitor, path = Visitor(app, "market1"), f"/cases/{case_id}/sessions/new"
    records = office.engine.records
    records.save_account(Account("fire7", "吴示例", "fire", frozenset({"reviewer"})), "x")
    visitor.get(path)
    answer = visitor.post(path, key="a", **{**HEARING, "chair": " 吴示例 "})
    assert answer.status_code == 400 and "有几位同名的人员" in said(answer.text)
    assert 'href="#arrange-chair"' in answer.text and "吴示例" in answer.text
    sent(visitor, path, **{**HEARING, "chair": "卫示例"})
    assert office.case(case_id).sessions["1"].chair == "hrss_head"


def test_the_chair_of_another_department_sees_the_case_and_closes_the_hearing(office: Office, app: Flask) -> None:
    case_id = begun(office)
    sent(Visitor(app, "market1"), f"/cases/{case_id}/sessions/new", **{**HEARING, "chair": "health1"})
    at(office, "2026-03-12")
    chair, path = Visitor(app, "health1"), f"/cases/{case_id}/sessions/1"
    office.engine.execute(RecordFindings(case_id, "1", "FOOD", "检查员", "pass"), INSPECTOR)
    assert forms(chair.get(path).text) == {"close"}
    page = sent(chair, f"{path}/close", path, conclusion="应予许可", record_number="听证笔录 3 号")
    assert "听证笔录 3 号" in said(page)


def test_people_who_may_do_nothing_see_it_and_are_offered_nothing(office: Office, app: Flask) -> None:
    case_id = begun(office)
    visit(office, case_id)
    clerk, path = Visitor(app, "window1"), f"/cases/{case_id}/sessions/1"
    assert forms(clerk.get(path).text) == set()
    assert 'data-action="arrange"' not in clerk.get(f"/cases/{case_id}").text
    assert clerk.get(f"/cases/{case_id}/sessions/new").status_code == 403
    assert clerk.post(f"{path}/cancel", reason="x", key="k").status_code == 403
