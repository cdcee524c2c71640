"""督办 on the pages: the ledger of supervision, the page of those who were told, what people answer."""

import re

import pytest
from flask import Flask

from engine.commands import AcknowledgeEscalation, Actor, ExplainEscalation, WriteOffEscalation
from engine.store.records import Account
from tests.builders import Office
from tests.web import Visitor, field, hashed, site_of, texts
from timers.sweep import sweep
from webapp.cases.raised_words import DOES

CODE, STEP = "FIRECHK", "FIRECHK.site"
HEAD = Actor("fire_head", "fire", frozenset({"section_head"}))
INSPECTOR = Actor("fire1", "fire", frozenset({"inspector"}))
SUPER = Actor("super1", "supervision", frozenset({"supervisor"}))
WHY, REMARK = "现场核查人员借调，已补派", "情况属实，已督促整改"
LEDGER = "/admin/escalations"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over the office."""
    return site_of(office.engine)


def late(office: Office, code: str = CODE, days: int = 30) -> str:
    """A case whose first step went through the whole ladder; the application's notices have arrived."""
    case_id = office.accept(code)
    office.clock.advance(days=days)
    for _ in range(6):  # a rung that is past when it is armed fires at the next sweep
        sweep(office.engine)
    office.engine.outbox.deliver_in_app(office.clock())
    return case_id


def said(page: str) -> str:
    return " ".join(texts(page))


def row(page: str, case_id: str, number: str) -> str:
    found = re.search(rf'<tr data-escalation="{case_id} {number}">.*?</tr>', page, re.DOTALL)
    assert found, number
    return said(found[0])


def numbers(page: str) -> list[str]:
    return re.findall(r'<tr data-escalation="(\w+ \d+)">', page)


def chips(page: str) -> dict[str, int]:
    return {name: int(n) for name, n in re.findall(r'data-chip="(\w+)">[^<]*<b>(\d+)</b>', page)}


def nav_count(page: str) -> int:
    found = re.search(r'data-nav="escalations">[^<]*<span class="count red">(\d+)</span>', page)
    return int(found[1]) if found else 0


def send(visitor: Visitor, path: str, act: str, **fields: str) -> tuple[int, str]:
    """One of the forms of an escalation's page, sent; the status of the answer and the page it leads to."""
    page = visitor.get(path).text
    answer = visitor.post(f"{path}/{act}", key=field(page, "key"), **fields)
    if answer.status_code == 303:
        return 303, visitor.get(answer.headers["Location"]).text
    return answer.status_code, answer.text


def test_every_way_a_rung_acts_has_a_word() -> None:
    assert set(DOES) == {"notice", "co_handling", "reassignment", "take_over"}


def test_the_ledger_says_who_was_told_by_which_channel_and_who_answered(office: Office, app: Flask) -> None:
    case_id = late(office)
    office.engine.execute(AcknowledgeEscalation(case_id, "1"), HEAD)
    office.engine.execute(ExplainEscalation(case_id, "1", WHY), INSPECTOR)
    page = Visitor(app, "super1").get(LEDGER)
    assert page.status_code == 200
    first, second, third = (row(page.text, case_id, n) for n in "123")
    assert office.case(case_id).number in first
    assert "第 1 级：仅通知" in first
    assert "消防救援" in first
    assert "科室负责人" in first
    assert "应用内" in first
    assert re.search(r"应用内 \d{4}-\d\d-\d\d \d\d:\d\d 送达", first)
    assert "签收" in first
    assert "孔示例" in Visitor(app, "super1").get(LEDGER).text
    assert WHY in first
    assert "部门负责人" in second
    assert "待签收" in second
    assert "第 3 级：协办" in third
    assert f"/cases/{case_id}" in page.text
    total = len(office.case(case_id).escalations)
    assert chips(page.text) == {
        "open": total, "unacknowledged": total - 1, "unexplained": total - 1, "ready": 0, "written_off": 0,
        "all": total,
    }  # fmt: skip


def test_the_ledger_shows_open_ones_first_oldest_first_and_is_narrowed_down(office: Office, app: Flask) -> None:
    first = late(office)
    second = late(office, "LIC_CHECK")
    office.engine.execute(ExplainEscalation(first, "1", WHY), INSPECTOR)
    office.decide(first, office.case(first).escalations["1"].step)
    office.engine.execute(WriteOffEscalation(first, "1", REMARK), SUPER)
    visitor = Visitor(app, "super1")
    shown = numbers(visitor.get(LEDGER).text)
    assert f"{first} 1" not in shown
    raised = [office.case(case_id).escalations[n].raised_at for case_id, n in map(str.split, shown)]
    assert raised == sorted(raised)
    everything = numbers(visitor.get(f"{LEDGER}?which=all").text)
    assert everything == [*shown, f"{first} 1"]
    assert numbers(visitor.get(f"{LEDGER}?which=written_off").text) == [f"{first} 1"]
    fire = numbers(visitor.get(f"{LEDGER}?department=fire").text)
    assert fire
    assert {one.split()[0] for one in fire} == {first}
    assert {one.split()[0] for one in numbers(visitor.get(f"{LEDGER}?case={second}&which=all").text)} == {second}
    for nonsense in ("which=x&department=nobody", "after=x", "case=%00'"):
        assert visitor.get(f"{LEDGER}?{nonsense}").status_code == 200


def test_the_ledger_is_for_supervision_alone(office: Office, app: Flask) -> None:
    assert Visitor(app, "fire_head").get(LEDGER).status_code == 403
    assert Visitor(app, "super1").get(LEDGER).status_code == 200


def test_long_lists_are_paged(office: Office, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = late(office)
    monkeypatch.setattr("webapp.admin.escalations.PAGE", 2)
    visitor, address, seen = Visitor(app, "super1"), f"{LEDGER}?which=all", list[str]()
    while address:
        page = visitor.get(address).text
        seen += numbers(page)
        more = re.search(r'href="([^"]+)" data-action="more"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen == [f"{case_id} {n}" for n in office.case(case_id).escalations]


def test_who_was_told_sees_a_count_and_acknowledges(office: Office, app: Flask) -> None:
    case_id = late(office)
    head = Visitor(app, "fire_head")
    page = head.get("/escalations/").text
    mine = [n for n, one in office.case(case_id).escalations.items() if one.to_role == "section_head"]
    assert nav_count(page) == len(mine) > 1
    assert numbers(page) == [f"{case_id} {n}" for n in mine]
    assert page.count('data-action="acknowledge"') == len(mine)
    answer = head.post(f"/escalations/{case_id}/{mine[0]}/acknowledge", key=field(page, "key"), list="to_acknowledge")
    after = head.get(answer.headers["Location"]).text
    assert "已签收。" in said(after)
    assert nav_count(after) == len(mine) - 1
    assert office.case(case_id).escalations[mine[0]].acknowledged_by == "fire_head"
    assert nav_count(Visitor(app, "market_head").get("/escalations/").text) == 0
    assert numbers(Visitor(app, "market_head").get("/escalations/").text) == []


def test_somebody_without_a_role_is_told_of_nothing(office: Office, app: Flask) -> None:
    late(office)
    office.engine.records.save_account(Account("nobody", "某人", "fire", frozenset()), hashed())
    page = Visitor(app, "nobody").get("/escalations/?list=told").text
    assert numbers(page) == []
    assert nav_count(page) == 0


def test_a_second_to_acknowledge_reads_who_was_first_and_a_second_press_is_the_same(office: Office, app: Flask) -> None:
    case_id = late(office)
    path, head = f"/escalations/{case_id}/1", Visitor(app, "fire_head")
    page = head.get(path).text
    key = field(page, "key")
    for _ in range(2):
        answer = head.post(f"{path}/acknowledge", key=key)
        assert "已签收。" in said(head.get(answer.headers["Location"]).text)
    answer = head.post(f"{path}/acknowledge", key="another")
    assert re.search(r"孔示例 已在 \S+ \S+ 签收。", said(head.get(answer.headers["Location"]).text))
    assert 'data-action="acknowledge"' not in head.get(path).text


def test_the_department_explains_and_an_empty_explanation_is_refused_at_its_field(office: Office, app: Flask) -> None:
    case_id = late(office)
    path, fire = f"/escalations/{case_id}/1", Visitor(app, "fire1")
    assert numbers(fire.get("/escalations/").text)
    status, page = send(fire, path, "explain", explanation="原因：")
    assert status == 400
    assert "请填写理由或意见" in said(page)
    assert 'href="#explanation"' in page
    assert ">原因：</textarea>" in page
    status, page = send(fire, path, "explain", explanation=WHY)
    assert status == 303
    assert "说明已提交" in said(page)
    assert office.case(case_id).escalations["1"].explanation == WHY
    status, page = send(fire, path, "explain", explanation=WHY)
    assert "这份说明已经提交" in said(page)


def test_nobody_answers_what_is_not_his(office: Office, app: Flask) -> None:
    case_id = late(office)
    path = f"/escalations/{case_id}/1"
    assert Visitor(app, "tax1").get(path).status_code == 404
    page = Visitor(app, "fire1").get(path).text
    assert 'data-form="explain"' in page
    assert 'data-form="acknowledge"' not in page
    assert 'data-form="write_off"' not in page
    for act, fields in (("acknowledge", {"list": "told"}), ("write-off", {"remark": REMARK})):
        visitor = Visitor(app, "fire1")
        visitor.get(path)
        assert visitor.post(f"{path}/{act}", key="k", **fields).status_code == 403
    assert Visitor(app, "super1").get(f"/escalations/{case_id}/99").status_code == 404
    assert Visitor(app, "super1").get("/escalations/0123456789abcdef/1").status_code == 404


def test_forms_without_a_token_change_nothing(office: Office, app: Flask) -> None:
    case_id = late(office)
    head = Visitor(app, "fire_head")
    head.token = ""
    assert head.post(f"/escalations/{case_id}/1/acknowledge", key="k").status_code == 400
    assert office.case(case_id).escalations["1"].acknowledged_at is None


def test_supervision_reads_why_not_yet_and_then_writes_off(office: Office, app: Flask) -> None:
    case_id = late(office)
    path, supervisor = f"/escalations/{case_id}/1", Visitor(app, "super1")
    assert "还不能销号：该环节尚未办结，不能销号" in said(supervisor.get(path).text)
    office.decide(case_id, office.case(case_id).escalations["1"].step)
    page = supervisor.get(path).text
    assert "还不能销号：承办部门尚未说明情况，不能销号" in said(page)
    assert 'data-form="write_off"' not in page
    early = supervisor.post(f"{path}/write-off", key="early", remark=REMARK)
    assert early.status_code == 409
    assert "承办部门尚未说明情况" in said(early.text)
    office.engine.execute(ExplainEscalation(case_id, "1", WHY), INSPECTOR)
    status, page = send(supervisor, path, "write-off", remark=" ")
    assert status == 400
    assert 'href="#remark"' in page
    status, page = send(supervisor, path, "write-off", remark=REMARK)
    assert status == 303
    assert "已销号。" in said(page)
    assert "不能销号" not in said(page)
    assert "data-form" not in page
    story = page[page.index("story-title") :]
    for words in (WHY, REMARK, "第 1 级督办，已告知"):
        assert words in said(story)
    answer = supervisor.post(f"{path}/write-off", key="again", remark=REMARK)
    assert re.search(r"水监督 已在 \S+ \S+ 销号。", said(supervisor.get(answer.headers["Location"]).text))
    assert 'data-form="explain"' not in Visitor(app, "fire1").get(path).text


def test_a_supervisor_does_not_write_off_what_he_explained_himself(office: Office, app: Flask) -> None:
    case_id = late(office)
    office.engine.execute(ExplainEscalation(case_id, "1", WHY), Actor("super1", "fire", frozenset({"inspector"})))
    office.decide(case_id, office.case(case_id).escalations["1"].step)
    page = Visitor(app, "super1").get(f"/escalations/{case_id}/1").text
    assert "不能为自己办理或说明的督办销号" in said(page)


def test_the_case_and_the_overdue_list_lead_to_them(office: Office, app: Flask) -> None:
    case_id = late(office)
    page = Visitor(app, "fire1").get(f"/cases/{case_id}").text
    step = re.search(rf'<tr data-step="{office.case(case_id).escalations["1"].step}".*?</tr>', page, re.DOTALL)
    assert step
    assert "第 1 级督办（仅通知）：" in said(step[0])
    assert f'href="/escalations/{case_id}/1"' in step[0]
    assert "第 1 级督办，已告知" in said(page[page.index("history-title") :])
    overdue = Visitor(app, "super1").get("/admin/").text
    assert f'href="{LEDGER}?case={case_id}&amp;which=all"' in overdue


@pytest.mark.parametrize("path", [LEDGER, "/escalations/", "/escalations/{case}/1"])
def test_the_pages_are_complete_in_english(office: Office, app: Flask, path: str) -> None:
    case_id = late(office)
    office.engine.execute(AcknowledgeEscalation(case_id, "1"), HEAD)
    html = Visitor(app, "super1", language="en").get(path.format(case=case_id)).text
    names = {"水监督", "孔示例"}
    assert [text for text in texts(html) if CHINESE.search(text) and text not in names] == []
