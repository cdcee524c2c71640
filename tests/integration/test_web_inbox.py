"""The inbox: whose tasks it shows and in which order, deciding, drafts, and being second."""

import re

import pytest

from engine.commands import DecideStep
from tests.builders import CLERK, Office, handler_of
from tests.web import HTMX, PASSWORD, Visitor, field, site_of, texts
from timers.sweep import sweep

REASONS = "后厨与卫生间没有隔断"


def rows(html: str) -> list[tuple[str, str]]:
    """(case, task) of each row shown."""
    return re.findall(r'<li class="row" data-case="(\w+)" data-task="([\w.]+)"', html)


def chips(html: str) -> list[int]:
    """The numbers on the chips: all, overdue, due today."""
    return [int(number) for number in re.findall(r'data-chip="\w+">[^<]*<b>(\d+)</b>', html)]


def started(office: Office, **answers: str) -> str:
    """A restaurant whose licence was checked: food, sign, fire and health branches are open."""
    case_id = office.accept("B02", answers)
    office.decide(case_id, "LIC_CHECK.review")
    return case_id


def place(office: Office, case_id: str, step: str) -> str:
    return f"/inbox/{case_id}/{office.open(case_id)[step].id}"


def test_each_department_sees_its_own_tasks_only(office: Office) -> None:
    case_id = started(office)
    app = site_of(office.engine)
    tasks = office.open(case_id)
    for username, step in (("market1", "FOOD.site"), ("urban1", "SIGN.review"), ("fire1", "FIRECHK.inspect")):
        assert rows(Visitor(app, username).get("/inbox/").text) == [(case_id, tasks[step].id)]
    assert rows(Visitor(app, "tax1").get("/inbox/").text) == []
    assert rows(Visitor(app, "market_head").get("/inbox/").text) == []


def test_another_departments_task_cannot_be_decided_by_its_address(office: Office) -> None:
    case_id = started(office)
    urban = Visitor(site_of(office.engine), "urban1")
    page = urban.get(place(office, case_id, "FOOD.site"))
    assert page.status_code == 200  # the case is theirs too, the step is not
    assert 'id="act"' not in page.text
    answer = urban.post(place(office, case_id, "FOOD.site") + "/decide", decision="agree", opinion="", key="k")
    assert answer.status_code == 403
    assert "FOOD.site" in office.open(case_id)


def test_least_time_left_comes_first_and_the_chips_count(office: Office) -> None:
    late = started(office)
    office.clock.advance(days=7)
    fresh, today = started(office), office.accept("B01")
    html = Visitor(site_of(office.engine), "market1").get("/inbox/").text
    assert [case for case, _ in rows(html)] == [late, today, fresh]
    assert chips(html) == [3, 1, 1]
    market = Visitor(site_of(office.engine), "market1")
    assert [case for case, _ in rows(market.get("/inbox/?which=overdue").text)] == [late]
    assert [case for case, _ in rows(market.get("/inbox/?which=today").text)] == [today]


def test_a_search_finds_case_numbers_and_says_when_there_are_none(office: Office) -> None:
    case_id, other = started(office), started(office)
    market = Visitor(site_of(office.engine), "market1")
    number = office.case(case_id).number
    assert [case for case, _ in rows(market.get(f"/inbox/?q={number}").text)] == [case_id]
    nothing = market.get("/inbox/?q=zzz").text
    assert rows(nothing) == []
    assert "没有编号含“zzz”的待办" in nothing
    assert other


def test_an_empty_inbox_is_calm_and_names_the_next_due(office: Office) -> None:
    app = site_of(office.engine)
    assert "今天没有待办" in Visitor(app, "market1").get("/inbox/").text
    case_id = started(office)
    html = Visitor(app, "market1").get("/inbox/?which=today").text
    assert "今天没有待办" in html
    assert place(office, case_id, "FOOD.site") in html
    assert "下一件" in html


def test_deciding_says_where_the_case_goes_and_shows_the_next_task(office: Office) -> None:
    first = started(office)
    office.clock.advance(days=1)
    second = started(office)
    office.clock.advance(days=1)
    market = Visitor(site_of(office.engine), "market1")
    page = market.get(place(office, first, "FOOD.site")).text
    sent = {"decision": "agree", "opinion": "现场符合", "key": field(page, "key")}
    answer = market.post(place(office, first, "FOOD.site") + "/decide", **sent)
    assert answer.status_code == 303
    assert answer.headers["Location"] == place(office, second, "FOOD.site")
    after = market.get(answer.headers["Location"]).text
    number = office.case(first).number
    assert f"已提交：{number} 食品经营许可 · 现场勘查（同意） → 下一环节 食品经营许可 · 后台审批（市场监管）" in after
    assert office.case(first).decisions["FOOD.site"] == "agree"
    assert chips(after) == [2, 0, 0]


def test_by_htmx_the_same_decision_brings_the_next_task_a_fresh_list_and_the_confirmation(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    key = field(market.get(here).text, "key")
    answer = market.post(here + "/decide", HTMX, decision="agree", opinion="", key=key)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"] == place(office, case_id, "FOOD.review")
    assert rows(answer.text) == [(case_id, office.open(case_id)["FOOD.review"].id)]
    assert 'id="listing" hx-swap-oob' in answer.text
    assert "已提交" in answer.text


@pytest.mark.parametrize("decision", ["disagree", "agree_with_conditions", "forward"])
def test_reasons_are_needed_unless_one_agrees_and_the_text_is_kept(office: Office, decision: str) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    key = field(market.get(here).text, "key")
    answer = market.post(here + "/decide", decision=decision, opinion="  ", key=key)
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert "请填写理由或意见" in answer.text
    fragment = market.post(here + "/decide", HTMX, decision=decision, opinion="", key=key)
    assert fragment.headers["HX-Retarget"] == "#act"
    assert market.post(here + "/decide", decision=decision, opinion=REASONS, key=key).status_code == 303
    assert office.case(case_id).decisions["FOOD.site"] == decision


def test_a_text_too_long_comes_back_whole_with_the_error(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here, long = place(office, case_id, "FOOD.site"), "长" * 4_001
    key = field(market.get(here).text, "key")
    answer = market.post(here + "/decide", decision="agree", opinion=long, key=key)
    assert answer.status_code == 400
    assert long in answer.text


def test_an_issuing_step_can_only_be_completed(office: Office) -> None:
    case_id = started(office)
    for step in ("HEALTHCERT.site", "HEALTHCERT.review"):
        office.decide(case_id, step)
    html = Visitor(site_of(office.engine), "clinic1").get(place(office, case_id, "HEALTHCERT.issue")).text
    assert re.findall(r'name="decision" value="(\w+)"', html) == ["agree"]
    assert "办结" in html


def test_a_double_click_decides_once_and_is_answered_the_same_twice(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    sent = {"decision": "agree", "opinion": "", "key": field(market.get(here).text, "key")}
    first = market.post(here + "/decide", **sent)
    entries = office.case(case_id).revision
    second = market.post(here + "/decide", **sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert office.case(case_id).revision == entries


def test_every_form_has_its_own_key(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    assert field(market.get(here).text, "key") != field(market.get(here).text, "key")


def test_being_second_is_told_with_who_and_when_and_the_text_is_not_lost(office: Office) -> None:
    case_id = started(office)
    app = site_of(office.engine)
    slow, quick = Visitor(app, "market1"), Visitor(app, "market2")
    here = place(office, case_id, "FOOD.site")
    mine, theirs = field(slow.get(here).text, "key"), field(quick.get(here).text, "key")
    assert quick.post(here + "/decide", decision="agree", opinion="", key=theirs).status_code == 303
    for headers in (HTMX, {}):
        answer = slow.post(here + "/decide", headers, decision="disagree", opinion=REASONS, key=mine)
        assert answer.status_code == 409
        assert "周演示 已于 2026-03-02 09:00 办理：同意。" in answer.text
        assert REASONS in answer.text
        assert 'id="act"' in answer.text
        assert 'name="decision"' not in answer.text
    assert REASONS in slow.get(here).text


def test_a_task_that_ended_with_its_item_is_explained(office: Office) -> None:
    case_id = office.accept("B01")
    here = place(office, case_id, "ENT_REG.review")
    market = Visitor(site_of(office.engine), "market1")
    market.get(here)
    office.decide(case_id, "ENT_REG.review", "disagree", REASONS)
    answer = market.post(here + "/decide", decision="agree", opinion="", key="k")
    assert answer.status_code == 409
    assert "办理：不同意。" in answer.text


def test_a_draft_is_kept_per_person_and_gone_when_decided(office: Office) -> None:
    case_id = started(office)
    app = site_of(office.engine)
    market, colleague = Visitor(app, "market1"), Visitor(app, "market2")
    here = place(office, case_id, "FOOD.site")
    market.get(here)
    kept = market.post(here + "/draft", opinion="还没写完的意见")
    assert kept.text == "草稿已保存 09:00"
    again = market.get(here).text
    assert "还没写完的意见" in again
    assert "还没写完的意见" not in colleague.get(here).text
    assert market.post(here + "/decide", decision="agree", opinion="写完了", key=field(again, "key")).status_code == 303
    assert office.engine.records.draft(case_id, here.rpartition("/")[2], "market1") == ""
    assert market.post(here + "/draft", opinion="晚了").status_code == 409


def test_handing_over_asks_for_the_way_and_closes_the_case(office: Office) -> None:
    case_id = started(office)
    while "B02.deliver" not in (tasks := office.open(case_id)):
        office.decide(case_id, sorted(tasks)[0])
    window = Visitor(site_of(office.engine), "window1")
    here = place(office, case_id, "B02.deliver")
    page = window.get(here).text
    assert re.findall(r'name="method" value="(\w+)"', page) == ["window", "courier"]
    assert 'name="decision"' not in page
    nothing = window.post(here + "/deliver", key=field(page, "key"))
    assert nothing.status_code == 400
    assert "请选择窗口领取或邮寄" in nothing.text
    done = window.post(here + "/deliver", key=field(page, "key"), method="courier")
    assert done.status_code == 303
    assert office.case(case_id).status == "closed"
    assert "办件已办结（全部准予）" in window.get("/inbox/").text


def test_long_lists_come_in_pages_without_gap_or_repetition(office: Office) -> None:
    expected = {office.accept("B02") for _ in range(53)}
    market = Visitor(site_of(office.engine), "market1")
    first = market.get("/inbox/").text
    more = re.search(r'id="more"><a class="btn" href="([^"]+)"', first)
    assert more
    second = market.get(more[1].replace("&amp;", "&"), **{**HTMX, "HX-Target": "li#more"}).text
    assert "<html" not in second
    seen = [case for case, _ in rows(first) + rows(second)]
    assert len(seen) == 53
    assert set(seen) == expected
    assert 'id="more"' not in second


def test_a_forged_place_in_the_list_is_bad_input(office: Office) -> None:
    assert Visitor(site_of(office.engine), "market1").get("/inbox/?after=nonsense").status_code == 400


def test_what_was_done_is_listed_newest_first(office: Office) -> None:
    case_id = office.accept("B02")
    market = handler_of(office.open(case_id)["LIC_CHECK.review"])
    office.engine.execute(DecideStep(case_id, office.open(case_id)["LIC_CHECK.review"].id, "agree"), market)
    office.clock.advance(hours=1)
    office.engine.execute(DecideStep(case_id, office.open(case_id)["FOOD.site"].id, "forward", REASONS),
                          handler_of(office.open(case_id)["FOOD.site"]))  # fmt: skip
    html = Visitor(site_of(office.engine), "market1").get("/inbox/done").text
    said = texts(html)
    assert said.index("食品经营许可 · 现场勘查") < said.index("营业执照核验 · 系统核验")
    assert "同意，建议报送上级" in said


def test_the_section_head_reads_which_step_is_overdue(office: Office) -> None:
    case_id = started(office)
    office.clock.advance(days=30)
    sweep(office.engine)
    office.engine.outbox.deliver_in_app(office.clock())
    html = Visitor(site_of(office.engine), "market_head").get("/inbox/notices").text
    assert "食品经营许可 · 现场勘查" in html
    assert office.case(case_id).number in html
    assert f'href="/cases/{case_id}"' in html


def test_tasks_nobody_has_come_to_yet_are_not_in_the_window_clerks_list(office: Office) -> None:
    office.submit("B02")
    assert rows(Visitor(site_of(office.engine), CLERK.id).get("/inbox/").text) == []


def at_lead(office: Office) -> str:
    """A restaurant with every department's decision, waiting for the lead department."""
    case_id = started(office)
    while "B02.decide" not in (tasks := office.open(case_id)):
        office.decide(case_id, sorted(tasks)[0])
    return case_id


def decisions(html: str) -> list[str]:
    return re.findall(r'name="decision" value="(\w+)"', html)


def test_passing_upward_is_only_suggested_on_steps_that_advise(office: Office) -> None:
    case_id = started(office)
    app = site_of(office.engine)
    advises = Visitor(app, "market1").get(place(office, case_id, "FOOD.site")).text
    assert decisions(advises) == ["agree", "agree_with_conditions", "disagree", "forward"]
    assert "同意，建议报送上级" in " ".join(texts(advises))
    english = Visitor(app, "market1", language="en").get(place(office, case_id, "FOOD.site")).text
    assert "Agree, suggest passing upward" in " ".join(texts(english))
    office.decide(case_id, "SIGN.review")
    decides = Visitor(app, "urban1").get(place(office, case_id, "SIGN.decide")).text
    assert decisions(decides) == ["agree", "agree_with_conditions", "disagree"]
    assert "报送上级审批" not in decides


def test_the_lead_is_told_what_agreeing_and_refusing_do_to_every_department(office: Office) -> None:
    case_id = at_lead(office)
    html = Visitor(site_of(office.engine), "market1").get(place(office, case_id, "B02.decide")).text
    assert decisions(html) == ["agree", "agree_with_conditions", "disagree"]
    assert re.search(r'value="disagree"[^>]*>整件不予许可', html)
    assert html.index('data-note="lead"') < html.index('name="decision"')
    assert "包括部门已经准予的" in html
    assert re.findall(r'data-phrase="([^"]+)"', html)[0] == "按各部门意见办结。"
    other = started(office)
    assert (
        'data-note="lead"' not in Visitor(site_of(office.engine), "market1").get(place(office, other, "FOOD.site")).text
    )


def test_signed_out_elsewhere_the_form_stays_and_says_so_in_place(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    stale = field(market.get(here).text, "csrf_token")
    market.post("/signout")
    for path in (here + "/decide", here + "/draft"):
        answer = market.post(path, HTMX, csrf_token=stale, decision="agree", opinion=REASONS, key="k")
        assert answer.status_code == 401
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#act-problem", "innerHTML")
        assert "HX-Redirect" not in answer.headers
        assert " ".join(texts(answer.text)) == "登录已失效，请 重新登录 （在新窗口打开），再回来提交"
        assert '<a href="/signin" target="_blank" rel="noopener"' in answer.text
    assert "FOOD.site" in office.open(case_id)


def test_when_the_session_has_run_out_the_form_stays_as_well(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    market.get(here)
    office.clock.advance(hours=13)
    answer = market.post(here + "/decide", HTMX, decision="agree", opinion="", key="k")
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (401, "#act-problem")


def test_signed_in_again_the_old_form_gets_a_fresh_token_but_only_for_the_same_person(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    page = market.get(here).text
    sent = {"decision": "agree", "opinion": REASONS, "key": field(page, "key"), "account": field(page, "account")}
    stale = field(page, "csrf_token")
    market.post("/signout")
    market.sign_in("market2")
    theirs = market.post(here + "/decide", HTMX, **{**sent, "csrf_token": stale})
    assert (theirs.status_code, theirs.headers["HX-Retarget"]) == (400, "#act-problem")
    assert "data-token" not in theirs.text
    market.get("/inbox/")
    market.post("/signin", username="market1", password=PASSWORD)
    mine = market.post(here + "/decide", HTMX, **{**sent, "csrf_token": stale})
    assert mine.status_code == 400
    assert "请再提交一次" in mine.text
    fresh = re.search(r'data-token="([^"]+)"', mine.text)
    assert fresh
    assert market.post(here + "/decide", HTMX, **{**sent, "csrf_token": fresh[1]}).status_code == 200
    assert office.case(case_id).decisions["FOOD.site"] == "agree"


def test_without_scripts_a_form_sent_signed_out_leads_back_to_its_task_after_signing_in(office: Office) -> None:
    case_id = started(office)
    market = Visitor(site_of(office.engine), "market1")
    here = place(office, case_id, "FOOD.site")
    stale = field(market.get(here).text, "csrf_token")
    market.post("/signout")
    answer = market.post(here + "/decide", csrf_token=stale, decision="agree", opinion=REASONS, key="k")
    assert answer.headers["Location"] == f"/signin?next={here}"
    assert market.sign_in("market1", next=here).headers["Location"] == here


def test_a_clerk_without_tasks_reads_how_many_applications_wait_at_the_window(office: Office) -> None:
    app = site_of(office.engine)
    for _ in range(3):
        office.submit("B02")
    html = Visitor(app, CLERK.id).get("/inbox/").text
    assert re.search(r'<a href="/intake/"[^>]*>窗口有 3 件申请待受理</a>', html)
    assert re.search(r'data-nav="intake">窗口受理 <span class="count">3</span>', html)
    assert "窗口有" not in Visitor(app, "market1").get("/inbox/").text
