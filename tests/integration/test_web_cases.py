"""The page of a case: who may see it and what of it, lanes, deadlines with their derivation, history, results."""

import re
from datetime import UTC, datetime

import pytest

from engine.commands import AcceptCase, DeclineCase
from tests.builders import CLERK, Office
from tests.web import Visitor, site_of, texts
from timers.sweep import sweep

PERSON = {"applicant_name": "张三丰", "phone": "13912345678"}
REASONS = "招牌尺寸超出导则"


def lane(html: str, item: str) -> str:
    """The text of one lane."""
    found = re.search(rf'<li class="lane" data-item="{item}".*?</li>', html, re.DOTALL)
    assert found, item
    return " ".join(texts(found[0]))


def states(html: str) -> dict[str, str]:
    """Step → state, from the table beside the diagram."""
    return dict(re.findall(r'<tr data-step="([\w.]+)" data-state="(\w+)"', html))


def test_a_case_is_shown_to_those_it_concerns_and_unknown_to_others(office: Office) -> None:
    case_id = office.accept("B02")
    app = site_of(office.engine)
    for username in ("market1", "market2", "window1", "super1"):
        assert Visitor(app, username).get(f"/cases/{case_id}").status_code == 200, username
    for username in ("tax1", "police1"):
        stranger = Visitor(app, username)
        assert stranger.get(f"/cases/{case_id}").status_code == 404, username
        assert stranger.get(f"/cases/{case_id}/diagram").status_code == 404, username
        assert "没有这个办件" in stranger.get(f"/cases/{case_id}").text


@pytest.mark.parametrize(
    ("username", "shown"),
    [("window1", True), ("market1", True), ("super1", False), ("market_head", False), ("window_head", False)],
)
def test_personal_data_is_for_those_who_handle_the_case(office: Office, username: str, shown: bool) -> None:
    case_id = office.accept("B02", PERSON)
    html = Visitor(site_of(office.engine), username).get(f"/cases/{case_id}").text
    assert ("张三丰" in html) is shown
    assert ("13912345678" in html) is shown
    assert ("个人信息只对经办人员显示" in html) is not shown
    assert "建筑面积" in html
    assert "120" in html


def test_the_salt_of_the_personal_record_is_never_shown(office: Office) -> None:
    case_id = office.accept("B02", PERSON)
    salt = office.engine.records.applicant(case_id)["salt"]
    assert salt not in Visitor(site_of(office.engine), "window1").get(f"/cases/{case_id}").text


def test_every_item_has_a_lane_that_says_what_it_does_or_waits_for(office: Office) -> None:
    case_id = office.accept("B02")
    market = Visitor(site_of(office.engine), "market1")
    before = market.get(f"/cases/{case_id}").text
    assert "等待 营业执照核验（市场监管）" in lane(before, "FOOD")
    assert "等待前置" in lane(before, "FOOD")
    assert "系统核验（今日 17:30 到期）" in lane(before, "LIC_CHECK")
    office.decide(case_id, "LIC_CHECK.review")
    after = market.get(f"/cases/{case_id}").text
    assert "✓ 准予" in lane(after, "LIC_CHECK")
    assert "现场勘查（剩 4 日）" in lane(after, "FOOD")
    assert "消防救援" in lane(after, "FIRECHK")


def test_a_refused_item_shows_its_reasons_and_what_it_ended(office: Office) -> None:
    case_id = office.accept("B01")
    office.decide(case_id, "ENT_REG.review", "disagree", REASONS)
    html = Visitor(site_of(office.engine), "market1").get(f"/cases/{case_id}").text
    assert f"{REASONS} ✕ 不予" in lane(html, "ENT_REG")
    assert "因“企业设立登记”不予而未进入办理" in lane(html, "SEAL")
    assert states(html)["ENT_REG.review"] == "refused"
    assert states(html)["SEAL.issue"] == "skipped"


def test_the_deadline_is_derived_day_by_day(office: Office) -> None:
    office.clock.set(datetime(2026, 4, 30, 2, 0, tzinfo=UTC))
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    task = office.open(case_id)["FOOD.site"]
    html = Visitor(site_of(office.engine), "market1").get(f"/inbox/{case_id}/{task.id}").text
    derivation = " ".join(texts(html[html.index("怎么算出来的") :]))
    assert "2026-04-30 周四 起始日不计" in derivation
    assert "2026-05-01 周五 节假日" in derivation
    assert "2026-05-09 周六 调休上班" in derivation
    assert "4 个工作日，2026-04-30 10:00 起，2026-05-09 17:30 到期" in " ".join(texts(html))


def test_a_due_date_in_a_year_without_a_published_list_is_marked_provisional(office: Office) -> None:
    office.clock.set(datetime(2026, 12, 29, 2, 0, tzinfo=UTC))
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    task = office.open(case_id)["FOOD.site"]
    html = Visitor(site_of(office.engine), "market1").get(f"/inbox/{case_id}/{task.id}").text
    assert "暂定" in html
    assert "尚未公布放假安排" in html


def test_a_promised_date_within_the_published_year_is_not_called_provisional_for_the_statutory_ones_sake(
    office: Office,
) -> None:
    office.clock.set(datetime(2026, 11, 9, 2, 0, tzinfo=UTC))
    case_id = office.accept("B02")
    assert office.case(case_id).statutory_provisional
    said = texts(Visitor(site_of(office.engine), "market1").get(f"/cases/{case_id}").text)
    assert said.count("暂定") == 1
    assert said[said.index("暂定") - 1].startswith("法定最迟 2027-01")


def test_history_tells_the_journal_in_words_with_names(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    office.decide(case_id, "SIGN.review", "agree_with_conditions", "尺寸改小后施工")
    office.clock.advance(days=30)
    assert sweep(office.engine).failed == 0
    app = site_of(office.engine)
    said = " ".join(texts(Visitor(app, "urban1").get(f"/cases/{case_id}").text))
    for words in (
        "收件登记：开办餐饮店 赵演示", "招牌设置许可 · 审查：附条件同意 尺寸改小后施工 尤演示",
        "第 1 级督办，已告知卫生健康/体检机构科室负责人：健康证明",
    ):  # fmt: skip
        assert words in said


def test_results_are_listed_with_numbers_and_confirmed_by_the_lead(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    market = Visitor(site_of(office.engine), "market1")
    number = office.case(case_id).results["R_LICOK"].number
    html = market.get(f"/cases/{case_id}").text
    assert number in html
    assert "待牵头部门确认" in html
    office.finish(case_id)
    html = market.get(f"/cases/{case_id}").text
    assert "待牵头部门确认" not in html
    assert "已办结：全部准予" in html


def test_a_declined_application_shows_why(office: Office) -> None:
    case_id = office.submit("B02").case_id
    office.engine.execute(DeclineCase(case_id, "不属于本机关职权范围"), CLERK)
    html = Visitor(site_of(office.engine), "window1").get(f"/cases/{case_id}").text
    assert "不予受理" in html
    assert "不属于本机关职权范围" in html


def test_an_application_not_yet_accepted_has_a_page_without_lanes(office: Office) -> None:
    case_id = office.submit("B02").case_id
    window = Visitor(site_of(office.engine), "window1")
    assert 'class="lane"' not in window.get(f"/cases/{case_id}").text
    office.engine.execute(AcceptCase(case_id), CLERK)
    assert 'class="lane"' in window.get(f"/cases/{case_id}").text


def test_the_table_says_what_the_diagram_shows(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    market = Visitor(site_of(office.engine), "market1")
    page, diagram = market.get(f"/cases/{case_id}").text, market.get(f"/cases/{case_id}/diagram").text
    drawn = dict(re.findall(r'data-element-id="([\w.]+)"[^>]*?data-state="(\w+)"', diagram))
    assert diagram.startswith("<svg")
    assert drawn.items() <= states(page).items()
    assert {"done", "active", "covered"} <= set(drawn.values())
    assert states(page)["FOOD.review"] == "future"


def test_materials_say_where_they_come_from_and_whether_they_are_here(office: Office) -> None:
    case_id = office.accept("B02")
    said = " ".join(texts(Visitor(site_of(office.engine), "window1").get(f"/cases/{case_id}").text))
    assert "开办餐饮店申请表 申请人提交" in said
    assert "由“健康证明”产生" in said
    assert "由市场监管共享" in said or "部门共享：" in said
    assert "已收" in said
