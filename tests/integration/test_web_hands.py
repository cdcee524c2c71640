"""Tasks change hands on the pages: who sits where, the buttons there are, people to choose, and who was first."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.commands import Actor, AddApprover, ClaimTask, DecideStep, DelegateTask, RemoveApprover, TransferTask
from tests.builders import CLERK, Office
from tests.seated import BY_TWO, STEP, VOTE, kinds, seated_office, seats, states, task_of
from tests.web import HTMX, Visitor, field, site_of

WROTE = "图纸与现场一致，建议同意"
FIRST = Actor("market1", "market", frozenset({"reviewer"}))
SECOND = Actor("market2", "market", frozenset({"reviewer"}))
POLICE = Actor("police1", "police", frozenset({"reviewer"}))


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[tuple[Office, Flask]]:
    """One person decides the step."""
    with seated_office(tmp_path) as office:
        yield office, site_of(office.engine)


@pytest.fixture
def by_two(tmp_path: Path) -> Iterator[tuple[Office, Flask]]:
    """Two people have to agree."""
    with seated_office(tmp_path, BY_TWO) as office:
        yield office, site_of(office.engine)


def place(case_id: str, office: Office) -> str:
    return f"/inbox/{case_id}/{task_of(office, case_id).id}"


def act(case_id: str, office: Office, name: str, seat: str = "1") -> str:
    return f"/hands/{case_id}/tasks/{task_of(office, case_id).id}/{name}?seat={seat}"


def acts(html: str) -> list[str]:
    """The buttons in the card of this task's seats, without those that only a head has."""
    return [one for one in all_acts(html) if one != "assign"]


def all_acts(html: str) -> list[str]:
    card = re.search(r'id="own-seats".*?</section>', html, re.S)
    return re.findall(r'data-action="(\w+)"', card[0]) if card else []


def send(who: Visitor, address: str, **typed: str) -> str:
    """Opens a form and sends it; the page after it."""
    page = who.get(address).text
    sent = {"step": "do", "seat": "1", "key": field(page, "key"), "entries": field(page, "entries"), **typed}
    answer = who.post(address, **sent)
    return who.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def press(who: Visitor, case_id: str, office: Office, name: str, seat: str = "1") -> str:
    answer = who.post(act(case_id, office, name, seat), key=f"{name}-{seat}-{who.token}")
    assert answer.status_code == 303
    return who.get(answer.headers["Location"]).text


def test_what_was_written_before_a_press_is_kept_without_scripts(plain: tuple[Office, Flask]) -> None:
    """The button belongs to the form of the decision, and takes what is written there along to its own address."""
    office, app = plain
    case_id = office.accept("TRY")
    first, second = Visitor(app, "market1"), Visitor(app, "market2")
    pages = {who: who.get(place(case_id, office)).text for who in (first, second)}
    for who, page in pages.items():
        (button,) = re.findall(r'<button[^>]*data-action="claim"', page)
        (address,), (press_key,) = re.findall(r'formaction="([^"]+)"', button), re.findall(r'value="([^"]+)"', button)
        assert 'form="act"' in button and "formnovalidate" in button and 'name="press"' in button
        form = page[page.index('<form class="act"') :]
        answer = who.post(address, opinion=WROTE, press=press_key, key=field(form, "key"), account="market1")
        assert answer.status_code == 303
    assert (seats(office, case_id)[0].person, kinds(office, case_id)[-1]) == ("market1", "TaskClaimed")
    assert f">{WROTE}</textarea>" in first.get(place(case_id, office)).text
    assert WROTE in second.get(place(case_id, office)).text, "the second came too late, and keeps the own words too"
    sent = first.post(
        f"{place(case_id, office)}/decide", decision="agree", opinion=WROTE, key=field(form, "key"), account="market1"
    )
    assert sent.status_code == 303 and office.engine.records.drafts(case_id, "market1") == {}


def test_the_buttons_are_what_the_engine_permits(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    first, head, police = Visitor(app, "market1"), Visitor(app, "market_head"), Visitor(app, "police1")
    page = first.get(place(case_id, office)).text
    assert acts(page) == ["claim", "delegate", "add", "transfer"]
    assert "任何一人" in page
    assert all_acts(head.get(place(case_id, office)).text) == ["assign"]
    other = police.get(place(case_id, office))
    assert all_acts(other.text) == []
    page = press(first, case_id, office, "claim")
    assert "已办理：" in page
    assert acts(page) == ["release", "delegate", "add", "transfer"]
    assert acts(Visitor(app, "market2").get(place(case_id, office)).text) == []
    assert acts(press(first, case_id, office, "release")) == ["claim", "delegate", "add", "transfer"]


def test_the_window_sends_copies_and_reads_the_receipts(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    window, reader = Visitor(app, CLERK.id), Visitor(app, "police1")
    page = send(window, f"/hands/{case_id}/copy", to="p:police1", text="请阅")
    assert "未读" in page
    page = send(window, f"/hands/{case_id}/ask", to="p:police1", text="该处可否停车？")
    listed = reader.get("/hands/received").text
    assert listed.count('class="row"') == 2
    assert re.search(r'data-nav="received">抄送征询 <span class="count">2</span>', listed)
    page = reader.get(f"/cases/{case_id}").text
    keys = re.findall(r'asides/(\d)".*?name="key" value="([^"]+)"', page, re.S)
    assert [number for number, _ in keys] == ["1", "2"]
    assert reader.post(f"/hands/{case_id}/asides/1", key=keys[0][1]).status_code == 303
    empty = reader.post(f"/hands/{case_id}/asides/2", key=keys[1][1], text="  ")
    assert empty.status_code == 400
    assert 'id="answer-error"' in empty.text
    assert reader.post(f"/hands/{case_id}/asides/2", key="again", text="可以停车").status_code == 303
    seen = window.get(f"/cases/{case_id}").text
    assert "2026-03-02 09:00 已阅" in seen
    assert "可以停车" in seen
    again = reader.post(f"/hands/{case_id}/asides/2", key="third", text="不可以")
    assert "已经阅读或答复" in reader.get(again.headers["Location"]).text
    assert 'class="count"' not in reader.get("/hands/received").text.split('data-nav="received"')[1].split("</a>")[0]


def test_whom_a_copy_was_sent_already_is_said_at_the_field_and_nothing_is_lost(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    window = Visitor(app, CLERK.id)
    send(window, f"/hands/{case_id}/copy", to="p:police1", text="请阅")
    page = send(window, f"/hands/{case_id}/copy", to="p:police1", text="再请阅一次")
    assert 'id="to-error">已经抄送给该人员' in page
    assert "再请阅一次" in page
    assert re.search(r'value="p:police1" checked', page)
    nobody = send(window, f"/hands/{case_id}/ask", to="", text="问谁呢")
    assert 'id="to-error">请选择' in nobody
    assert "问谁呢" in nobody


def test_people_are_found_by_name_and_by_department_and_what_was_typed_stays(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    first = Visitor(app, "market1")
    address = act(case_id, office, "transfer")
    page = first.get(address).text
    assert 'value="p:market2"' in page, "colleagues without a search"
    assert 'value="p:market1"' not in page, "nobody hands it to himself"
    found = first.post(address, step="search", q="公安", to="p:market2", reason="出差").text
    assert 'value="p:police1"' in found
    assert 'value="d:police/reviewer"' in found
    assert re.search(r'value="p:market2" checked', found), "who was chosen stays chosen"
    assert ">出差</textarea>" in found
    named = first.post(address, step="search", q="郑演").text
    assert re.findall(r'value="(p:\w+)"', named) == ["p:police1"]
    assert "没有找到" in first.post(address, step="search", q="%", reason="").text
    assert kinds(office, case_id)[-1] == "ApplicationAccepted"


def test_a_task_is_transferred_to_a_person_or_to_a_role(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    first = Visitor(app, "market1")
    page = send(first, act(case_id, office, "transfer"), to="d:police/reviewer", reason="属公安管辖")
    assert "转办给" in page
    (seat,) = seats(office, case_id)
    assert (seat.department, seat.role, seat.person) == ("police", "reviewer", "")
    police = Visitor(app, "police1")
    assert case_id in police.get("/inbox/").text
    send(police, act(case_id, office, "transfer"), to="p:market2", reason="还是市场监管办")
    (seat,) = seats(office, case_id)
    assert (seat.department, seat.role, seat.person) == ("market", "reviewer", "market2")
    page = first.get(place(case_id, office)).text
    assert "现由 周演示 办理。" in page
    assert "转办给周演示" in page


def test_advice_is_asked_given_and_shown_to_the_owner(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    first, police = Visitor(app, "market1"), Visitor(app, "police1")
    page = send(first, act(case_id, office, "delegate"), to="p:police1", reason="请核对治安条件")
    assert "您已委派他人提出意见" in page
    assert acts(page) == ["get_back"]
    assert "已委派 郑演示" in first.get("/inbox/").text
    assert "请您提意见" in police.get("/inbox/").text
    page = police.get(place(case_id, office)).text
    assert "李演示 委派您提出意见" in page
    assert acts(page) == ["get_back"]
    done = police.post(
        f"{place(case_id, office)}/decide", decision="agree_with_conditions", opinion="加装监控", key="1"
    )
    assert done.status_code == 303
    page = first.get(place(case_id, office)).text
    assert "郑演示 受委派于 2026-03-02 09:00 提出意见" in page
    assert "加装监控" in page
    assert 'data-action="agree"' in page


def test_an_approver_is_added_where_one_says_and_removed_again(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    first = Visitor(app, "market1")
    page = first.get(act(case_id, office, "add")).text
    assert re.findall(r'name="placed" value="(\w+)"', page) == ["before", "beside", "after"]
    page = send(first, act(case_id, office, "add"), to="p:police1", placed="before", reason="先听公安")
    assert "会签：2 席全部同意才通过" in page
    assert "李演示 加签，先于第 1 席" in page
    assert states(office, case_id) == "wo"
    page = send(first, act(case_id, office, "remove", "2"), reason="不用了", seat="2")
    assert "减签" in page
    assert states(office, case_id) == "or"
    assert 'data-action="claim"' in page


def test_what_is_wrong_is_said_at_its_field(by_two: tuple[Office, Flask]) -> None:
    office, app = by_two
    case_id = office.accept("TRY")
    office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id, "2"), SECOND)
    page = send(Visitor(app, "market1"), act(case_id, office, "transfer"), to="p:market2", reason="出差")
    assert "同一人在一个环节中只能有一个席位" in page
    assert 'id="to-error"' in page
    assert ">出差</textarea>" in page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_vote_shows_its_rule_how_it_stands_and_can_be_taken_back(tmp_path: Path, language: str) -> None:
    with seated_office(tmp_path, VOTE) as office:
        app = site_of(office.engine)
        case_id = office.accept("TRY")
        first = Visitor(app, "market1", language)
        rule = {"zh-CN": "票决：3 席，同意超过全部票数的 1/2 即通过。", "en": "more than 1/2 of all votes"}[language]
        assert rule in first.get(place(case_id, office)).text
        done = first.post(f"{place(case_id, office)}/decide", decision="disagree", opinion=WROTE, key="1")
        assert done.status_code == 303
        page = first.get(place(case_id, office)).text
        stands = {"zh-CN": "目前：不同意 1，未表态 2。", "en": "So far: Disagree 1, not yet 2."}[language]
        assert stands in page
        assert acts(page) == ["take_back"]
        back = f"/cases/{case_id}/take_back"
        page = first.get(f"{back}?task={task_of(office, case_id).id}").text
        sent = {"step": "do", "task": task_of(office, case_id).id, "key": field(page, "key")}
        answer = first.post(back, **sent, mark=field(page, "mark"), entries=field(page, "entries"))
        assert answer.status_code == 303
        assert states(office, case_id) == "ooo"
        page = first.get(place(case_id, office)).text
        assert f">{WROTE}</textarea>" in page, "what he said is in the box again"
        assert 'class="seat-said void"' in page


def test_a_substitute_decides_in_the_place_of_the_absent_and_both_are_named(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    task = task_of(office, case_id).id
    office.engine.execute(ClaimTask(case_id, task), FIRST)
    absent = Visitor(app, "market1")
    sent = {"substitute": "p:market2", "first_day": "2026-03-02", "last_day": "2026-03-06", "basis": "请假单 7 号"}
    absent.get("/absences/")
    assert absent.post("/absences/", step="do", scope="all", **sent).status_code == 303
    assert "生效中" in absent.get("/absences/").text
    second = Visitor(app, "market2")
    page = second.get("/inbox/?behalf=market1").text
    assert case_id in page
    assert "代理李演示" in page
    page = second.get(place(case_id, office)).text
    assert "您代理 李演示 办理" in page
    assert 'name="for" value="market1"' in page
    done = second.post(
        f"{place(case_id, office)}/decide", {}, decision="agree", opinion=WROTE, key="1", **{"for": "market1"}
    )
    assert done.status_code == 303
    assert "（代理李演示）" in second.get(f"/cases/{case_id}").text


# --- two at once: who was first is told, what was typed stays ---------------------------------------------------------


def typed_decision(who: Visitor, case_id: str, office: Office, **more: str) -> dict[str, str]:
    page = who.get(place(case_id, office)).text
    return {"decision": "agree", "opinion": WROTE, "key": field(page, "key"), **more}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_decide_and_transfer(plain: tuple[Office, Flask], headers: dict[str, str]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    first, address = Visitor(app, "market1"), place(case_id, office)
    sent = typed_decision(first, case_id, office)
    task = task_of(office, case_id).id
    office.engine.execute(TransferTask(case_id, task, "police", "reviewer", "police1", "属公安"), SECOND)
    answer = first.post(f"{address}/decide", headers, **sent)
    assert answer.status_code == 403
    assert "现由 郑演示 办理。周演示 于 2026-03-02 09:00" in answer.text
    assert WROTE in answer.text
    assert "没有权限" not in answer.text
    assert office.engine.records.draft(case_id, task, "market1") == WROTE


def test_decide_after_it_went_out_of_sight(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    task = task_of(office, case_id).id
    office.engine.execute(TransferTask(case_id, task, "tax", "reviewer", "tax1"), FIRST)
    taxes = Visitor(app, "tax1")
    sent = typed_decision(taxes, case_id, office)
    address = place(case_id, office)
    office.engine.execute(
        TransferTask(case_id, task, "market", "reviewer"), Actor("tax1", "tax", frozenset({"reviewer"}))
    )
    for headers in ({}, HTMX):
        answer = taxes.post(f"{address}/decide", headers, **sent)
        assert answer.status_code == 403
        assert "您不能再查看" in answer.text
        assert WROTE in answer.text


def test_claim_and_claim(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    second = Visitor(app, "market2")
    second.get(place(case_id, office))
    office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id), FIRST)
    page = press(second, case_id, office, "claim")
    assert re.search(r"李演示 于 2026-03-02 09:00 .*签收。", page)
    assert "该席位已由他人办理" in page
    assert "李演示 已签收，由其办理。" in page


def test_vote_and_add_approver(by_two: tuple[Office, Flask]) -> None:
    office, app = by_two
    case_id = office.accept("TRY")
    task = task_of(office, case_id).id
    first = Visitor(app, "market1")
    address = act(case_id, office, "add")
    form = first.get(address).text
    for who in (FIRST, SECOND):
        office.engine.execute(DecideStep(case_id, task, "agree"), who)
    answer = first.post(
        address, step="do", seat="1", to="p:police1", placed="beside", reason="请公安一起看", key=field(form, "key"),
        entries=field(form, "entries"),
    )  # fmt: skip
    assert answer.status_code == 409
    assert "周演示 于 2026-03-02 09:00" in answer.text
    assert "请公安一起看" in answer.text
    assert re.search(r'value="p:police1" checked', answer.text)


def test_vote_after_an_approver_was_added_goes_on(by_two: tuple[Office, Flask]) -> None:
    office, app = by_two
    case_id = office.accept("TRY")
    second = Visitor(app, "market2")
    sent = typed_decision(second, case_id, office)
    task, address = task_of(office, case_id).id, place(case_id, office)
    office.engine.execute(ClaimTask(case_id, task), FIRST)
    office.engine.execute(AddApprover(case_id, task, "beside", "police", "reviewer", "police1"), FIRST)
    assert second.post(f"{address}/decide", **sent).status_code == 303
    assert states(office, case_id) == "odo"


def test_remove_and_vote(by_two: tuple[Office, Flask]) -> None:
    office, app = by_two
    case_id = office.accept("TRY")
    task, address = task_of(office, case_id).id, place(case_id, office)
    office.engine.execute(ClaimTask(case_id, task), FIRST)
    office.engine.execute(AddApprover(case_id, task, "beside", "police", "reviewer", "police1"), FIRST)
    police = Visitor(app, "police1")
    sent = typed_decision(police, case_id, office)
    office.engine.execute(RemoveApprover(case_id, task, "3", "不用了"), FIRST)
    answer = police.post(f"{address}/decide", **sent)
    assert answer.status_code in {403, 409}
    assert "您的席位已被减签，无需再办。李演示 于 2026-03-02 09:00" in answer.text
    assert WROTE in answer.text


def test_vote_and_remove(by_two: tuple[Office, Flask]) -> None:
    office, app = by_two
    case_id = office.accept("TRY")
    task = task_of(office, case_id).id
    office.engine.execute(ClaimTask(case_id, task), FIRST)
    office.engine.execute(AddApprover(case_id, task, "beside", "police", "reviewer", "police1"), FIRST)
    first = Visitor(app, "market1")
    address = act(case_id, office, "remove", "3")
    form = first.get(address).text
    office.engine.execute(DecideStep(case_id, task, "disagree", WROTE), POLICE)
    answer = first.post(
        address, step="do", seat="3", reason="不用了", key=field(form, "key"), entries=field(form, "entries")
    )
    assert answer.status_code == 409
    assert "郑演示 于 2026-03-02 09:00" in answer.text
    assert ">不用了</textarea>" in answer.text


def test_decide_while_the_owner_gets_the_seat_back(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    task, address = task_of(office, case_id).id, place(case_id, office)
    office.engine.execute(DelegateTask(case_id, task, "police1"), FIRST)
    police, first = Visitor(app, "police1"), Visitor(app, "market1")
    sent = typed_decision(police, case_id, office)
    first.get(address)
    press(first, case_id, office, "get_back")
    answer = police.post(f"{address}/decide", **sent)
    assert answer.status_code == 403
    assert WROTE in answer.text
    assert "没有权限" not in answer.text


def test_what_is_not_possible_any_more_leads_back_with_the_reason(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    case_id = office.accept("TRY")
    first = Visitor(app, "market1")
    address = act(case_id, office, "transfer")
    office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id), SECOND)
    answer = first.get(address)
    assert answer.status_code == 303
    page = first.get(answer.headers["Location"]).text
    assert "该席位不归您办理" in page
    assert first.get(f"/hands/{case_id}/tasks/x/nonsense").status_code == 404
    assert first.get(f"/hands/{case_id}/tasks/nothing/transfer").status_code == 404
    assert first.get(f"/hands/{case_id}/nonsense").status_code == 404


def test_the_list_is_parted_by_who_has_the_tasks(plain: tuple[Office, Flask]) -> None:
    office, app = plain
    mine, free, taken, lent = (office.accept("TRY") for _ in range(4))
    first = Visitor(app, "market1")
    assert "data-whose" not in first.get("/inbox/").text, "nothing to part yet"
    for case_id, who in ((mine, FIRST), (taken, SECOND), (lent, FIRST)):
        office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id), who)
    office.engine.execute(DelegateTask(lent, task_of(office, lent).id, "police1"), FIRST)
    page = first.get("/inbox/").text
    chips = dict(re.findall(r'data-whose="(\w+)">[^<]*<b>(\d+)</b>', page))
    assert (chips["mine"], chips["taken"], chips["lent"]) == ("1", "1", "1")
    for whose, case_id in (("mine", mine), ("taken", taken), ("lent", lent)):
        rows = re.findall(r'class="row" data-case="(\w+)"', first.get(f"/inbox/?whose={whose}").text)
        assert set(rows) == {case_id}, whose
    shown = re.findall(r'class="row" data-case="(\w+)" data-task="([\w.]+)"', first.get("/inbox/?whose=free").text)
    assert shown == [(free, task_of(office, free, STEP).id)]
    assert chips["free"] == "1"
