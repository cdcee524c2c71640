"""Going back in the browser: the pages at desk and phone, with and without scripts; two people at once.

With BINGLIAN_PICTURES set, the pages are photographed.
"""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.commands import SYSTEM
from tests.browser.conftest import LiveApp, ready, send
from tests.browser.test_clocks_pages import looked_at, signed_in
from tests.browser.views import DESK, each_view

pytestmark = pytest.mark.browser

REASON, OPINION = "现场照片不清，请重新勘查", "油烟管道与图纸一致"


def begun(live: LiveApp) -> str:
    """A restaurant in which the food permit was inspected, by ``market1``."""
    case_id = live.office.accept("B02")
    live.office.decide(case_id, "LIC_CHECK.review")
    live.office.decide(case_id, "FOOD.site", opinion=OPINION)
    return case_id


def here(live: LiveApp, case_id: str, step: str) -> str:
    return f"/inbox/{case_id}/{live.office.open(case_id)[step].id}"


def two(live: LiveApp, username: str, path: str) -> Page:
    """One of two people, each in a browser of his own."""
    return live.page(username, path, viewport=DESK)


def kinds(live: LiveApp, case_id: str) -> list[str]:
    return [entry.kind for entry in live.office.engine.read.case(case_id, SYSTEM).entries]


def foresee_return(page: Page, to_step: str = "FOOD.site") -> None:
    """From the page of a task to what its return would do."""
    page.locator("[data-action=return_step]").first.click()
    page.check(f"input[name=to_step][value='{to_step}']")
    page.fill("#reason", REASON)
    page.click("[data-action=preview]")
    expect(page.locator("[data-changes]")).to_be_visible()


def foresee(page: Page, act: str, **typed: str) -> None:
    """From the page of a case to what an act on it would do."""
    page.click(f"[data-action={act}]")
    for name, text in typed.items():
        page.fill(f"#{name}", text)
    if typed:
        page.click("[data-action=preview]")
    expect(page.locator("[data-changes]")).to_be_visible()


def decide(page: Page, opinion: str, decision: str = "agree") -> None:
    page.fill("#opinion", opinion)
    page.click(f"[data-action={decision}]")


@each_view("phone-dark")
def test_a_step_is_returned_and_taken_up_again(live: LiveApp, view: dict[str, Any]) -> None:
    case_id, look = begun(live), looked_at(view)
    page = signed_in(live, "market1", here(live, case_id, "FOOD.review"), view)
    look(page, "returning-task")
    page.locator("[data-action=return_step]").first.click()
    page.click("[data-action=preview]")
    expect(page.locator("#errors")).to_contain_text("请选择")
    look(page, "returning-error")
    page.check("input[name=to_step][value='FOOD.site']")
    page.fill("#reason", REASON)
    look(page, "returning-form")
    page.click("[data-action=preview]")
    expect(page.locator("[data-group=voided]")).to_contain_text("现场勘查（同意）")
    expect(page.locator("[data-group=kept]")).to_contain_text("现场检查")
    look(page, "returning-preview")
    page.click("[data-action=edit]")
    expect(page.locator("#reason")).to_have_value(REASON)
    page.click("[data-action=preview]")
    page.click("[data-action=do]")
    expect(page.locator("#toast")).to_contain_text("退回到：食品经营许可 · 现场勘查")
    expect(page.locator("[data-void]")).to_contain_text(REASON)
    look(page, "returning-case")
    page.goto("/inbox/done")
    expect(page.locator("#rows .void")).to_contain_text("已作废")
    if view["viewport"] == DESK:  # on a phone the list stands alone, and the main part is not shown
        look(page, "returning-done")
    page.goto(here(live, case_id, "FOOD.site"))
    expect(page.locator("#opinion")).to_have_value(OPINION)
    expect(page.locator("#draft-state")).to_contain_text("您上次的意见")
    look(page, "returning-again")


@each_view("desk")
def test_an_application_is_withdrawn_at_the_window_and_its_applicant_sees_that(
    live: LiveApp, view: dict[str, Any]
) -> None:
    case_id, look = begun(live), looked_at(view)
    page = signed_in(live, "window1", f"/cases/{case_id}", view)
    look(page, "withdraw-case")
    foresee(page, "withdraw", evidence="撤销申请书 2026-3 号", reason="不再开店")
    expect(page.locator("[data-group=status]")).to_contain_text("已撤销申请")
    look(page, "withdraw-preview")
    page.click("[data-action=do]")
    expect(page.locator("[data-note=ended]")).to_contain_text("不再开店")
    look(page, "withdrawn")
    page.goto("/track")
    page.fill("#number", live.office.case(case_id).number)
    page.fill("#code", live.office.engine.read.query_code(case_id))
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("您已撤销申请")
    look(page, "withdrawn-track")


def test_the_whole_case_is_returned_and_terminated_and_a_refused_one_opened_again(live: LiveApp) -> None:
    view = {"viewport": DESK}
    case_id, look = begun(live), looked_at(view)
    page = signed_in(live, "market1", f"/cases/{case_id}", view)
    foresee(page, "return_case", reason=REASON)
    look(page, "return-case-preview")
    send(page, "[data-action=do]")
    live.office.decide(case_id, "LIC_CHECK.review")
    page.goto(f"/cases/{case_id}")
    foresee(page, "terminate", ground="行政许可法第三十二条", reason="主体灭失")
    look(page, "terminate-preview")
    page.click("[data-action=do]")
    expect(page.locator("[data-note=ended]")).to_contain_text("主体灭失")
    look(page, "terminated")
    other = live.office.accept("B02")
    live.office.finish(other, lambda step: "disagree" if step == "B02.decide" else "agree")
    page.goto(f"/cases/{other}")
    foresee(page, "reopen", reason="申请人补充了材料")
    look(page, "reopen-preview")
    page.click("[data-action=do]")
    expect(page.locator("#toast")).to_contain_text("重新办理")
    assert live.office.case(other).status == "in_progress"


def test_two_at_once_one_decides_before_the_other_returns(live: LiveApp) -> None:
    case_id = begun(live)
    path = here(live, case_id, "FOOD.review")
    first, second = two(live, "market2", path), two(live, "market1", path)
    foresee_return(second)
    decide(first, "符合条件")
    expect(first.locator("#toast")).to_contain_text("已提交")
    second.click("[data-action=do]")
    expect(second.locator("#errors")).to_contain_text("该任务已被办理")
    expect(second.locator("[data-note=meanwhile]")).to_contain_text("食品经营许可 · 后台审批：同意")
    expect(second.locator("#reason")).to_have_value(REASON)
    looked_at({"viewport": DESK})(second, "second-return")
    assert kinds(live, case_id)[-1] == "StepDecided"


def test_two_at_once_one_returns_before_the_other_decides_and_the_draft_is_there_when_it_comes_back(
    live: LiveApp,
) -> None:
    case_id = begun(live)
    path = here(live, case_id, "FOOD.review")
    first, second = two(live, "market1", path), two(live, "market2", path)
    second.fill("#opinion", "符合条件，可以")
    expect(second.locator("#draft-state")).to_contain_text("草稿已保存")
    foresee_return(first)
    first.click("[data-action=do]")
    expect(first.locator("#toast")).to_contain_text("退回到")
    second.fill("#opinion", "符合条件，可以批准")
    expect(second.locator("#draft-state")).to_contain_text("该环节不再办理")
    second.click("[data-action=agree]")
    expect(second.locator("[data-action=already-done]")).to_contain_text("退回到：食品经营许可 · 现场勘查")
    expect(second.locator("#kept")).to_have_value("符合条件，可以批准")
    looked_at({"viewport": DESK})(second, "second-decide")
    live.office.decide(case_id, "FOOD.site")
    second.reload()
    second.click("[data-action=again]")
    expect(second.locator("#opinion")).to_have_value("符合条件，可以批准")
    decide(second, "符合条件，可以批准")
    expect(second.locator("#toast")).to_contain_text("已提交")
    assert kinds(live, case_id).count("StepReturned") == 1


def test_two_at_once_a_decision_in_another_branch_shows_the_new_preview(live: LiveApp) -> None:
    case_id = begun(live)
    lead = two(live, "market1", f"/cases/{case_id}")
    fire = two(live, "fire1", here(live, case_id, "FIRECHK.inspect"))
    foresee(lead, "return_case", reason=REASON)
    decide(fire, "现场符合要求")
    expect(fire.locator("#toast")).to_contain_text("已提交")
    lead.click("[data-action=do]")
    expect(lead.locator("[data-note=changed]")).to_contain_text("消防安全检查 · 现场检查：同意")
    expect(lead.locator("[data-group=voided]")).to_contain_text("现场检查（同意）")
    looked_at({"viewport": DESK})(lead, "second-preview")
    lead.click("[data-action=do]")
    expect(lead.locator("#toast")).to_contain_text("整案退回")


@pytest.mark.parametrize("first", ["decide", pytest.param("withdraw", marks=pytest.mark.long)])
def test_two_at_once_the_window_withdraws_while_a_department_decides(live: LiveApp, first: str) -> None:
    case_id = begun(live)
    window = two(live, "window1", f"/cases/{case_id}")
    fire = two(live, "fire1", here(live, case_id, "FIRECHK.inspect"))
    foresee(window, "withdraw", evidence="撤销申请书 2026-3 号", reason="不再开店")
    fire.fill("#opinion", "现场符合要求")
    if first == "decide":
        fire.click("[data-action=agree]")
        expect(fire.locator("#toast")).to_contain_text("已提交")
        window.click("[data-action=do]")
        expect(window.locator("[data-note=changed]")).to_contain_text("现场检查：同意")
        window.click("[data-action=do]")
        expect(window.locator("[data-note=ended]")).to_contain_text("不再开店")
    else:
        window.click("[data-action=do]")
        expect(window.locator("[data-note=ended]")).to_contain_text("不再开店")
        fire.click("[data-action=agree]")
        expect(fire.locator("[data-action=already-done]")).to_contain_text("申请人撤销申请")
        expect(fire.locator("#kept")).to_have_value("现场符合要求")
    assert kinds(live, case_id)[-1] == "CaseWithdrawn"


@pytest.mark.parametrize("first", ["take_back", pytest.param("decide", marks=pytest.mark.long)])
def test_two_at_once_one_takes_back_what_the_other_goes_on_from(live: LiveApp, first: str) -> None:
    case_id = begun(live)
    author, next_one = (
        two(live, "market1", f"/cases/{case_id}"),
        two(live, "market2", here(live, case_id, "FOOD.review")),
    )
    foresee(author, "take_back")
    next_one.fill("#opinion", "符合条件")
    if first == "take_back":
        author.click("[data-action=do]")
        expect(author.locator("#toast")).to_contain_text("撤回本人的决定")
        next_one.click("[data-action=agree]")
        expect(next_one.locator("[data-action=already-done]")).to_contain_text("撤回本人的决定")
        expect(next_one.locator("#kept")).to_have_value("符合条件")
    else:
        next_one.click("[data-action=agree]")
        expect(next_one.locator("#toast")).to_contain_text("已提交")
        author.click("[data-action=do]")
        expect(author.locator("#toast")).to_contain_text("后台审批：同意")
        expect(author.locator("#toast")).to_contain_text("后续环节已经办理，不能撤回")
    assert kinds(live, case_id)[-1] == {"take_back": "DecisionTakenBack", "decide": "StepDecided"}[first]


@pytest.mark.parametrize("first", ["withdraw", pytest.param("terminate", marks=pytest.mark.long)])
def test_two_at_once_withdrawn_and_terminated(live: LiveApp, first: str) -> None:
    case_id = begun(live)
    pages = {
        "withdraw": two(live, "window1", f"/cases/{case_id}"),
        "terminate": two(live, "market1", f"/cases/{case_id}"),
    }
    foresee(pages["withdraw"], "withdraw", evidence="撤销申请书 2026-3 号", reason="不再开店")
    foresee(pages["terminate"], "terminate", ground="行政许可法第三十二条", reason="主体灭失")
    late = pages[{"withdraw": "terminate", "terminate": "withdraw"}[first]]
    pages[first].click("[data-action=do]")
    expect(pages[first].locator("[data-note=ended]")).to_be_visible()
    late.click("[data-action=do]")
    told = {"withdraw": "申请人撤销申请", "terminate": "终止办理（依据：行政许可法第三十二条）"}[first]
    expect(late.locator("[data-note=meanwhile]")).to_contain_text(told)
    expect(late.locator("#reason")).not_to_have_value("")
    looked_at({"viewport": DESK})(late, f"second-after-{first}")


def test_a_second_press_on_the_confirmation_does_nothing_twice(live: LiveApp) -> None:
    case_id = begun(live)
    page = two(live, "market1", here(live, case_id, "FOOD.review"))
    foresee_return(page)
    ready(page)
    page.dblclick("[data-action=do]")
    expect(page.locator("[data-void]")).to_be_visible()
    assert kinds(live, case_id).count("StepReturned") == 1
