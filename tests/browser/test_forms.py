"""What was typed is not lost: signed out in another tab, the text box pulled larger, Back to the application form."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp, ready
from tests.browser.test_restaurant import open_task

pytestmark = pytest.mark.browser


def at_a_task(live: LiveApp, page: Page) -> None:
    page.goto("/inbox")
    ready(page)
    open_task(page, page.locator("li.row").first)


def sign_out_elsewhere(page: Page) -> Page:
    other = page.context.new_page()
    other.goto("/inbox/notices")
    other.click("[data-action=account]")
    other.click("[data-action=sign-out]")
    expect(other.locator("#username")).to_be_visible()
    return other


def test_signed_out_in_another_tab_the_text_stays_and_is_submitted_after_signing_in_again(live: LiveApp) -> None:
    case_id = live.office.accept("B02")
    page = live.page("market1")
    at_a_task(live, page)
    other = sign_out_elsewhere(page)
    page.fill("#opinion", "我写了很久的意见")
    expect(page.locator("#draft-state")).to_contain_text("登录已失效，请重新登录（在新窗口打开），再回来提交")
    page.click("#act [data-action=agree]")
    expect(page.locator("#act-problem")).to_contain_text("登录已失效")
    expect(page.locator("#opinion")).to_have_value("我写了很久的意见")
    with page.context.expect_page() as opened:
        page.click("#act-problem [data-action=sign-in-again]")
    live.sign_in(opened.value, "market1")
    other.close()
    page.type("#opinion", "。")
    expect(page.locator("#draft-state")).to_contain_text("草稿已保存")
    page.click("#act [data-action=agree]")
    expect(page.locator("body")).to_contain_text("已提交")
    assert live.office.case(case_id).decisions["LIC_CHECK.review"] == "agree"


def test_signed_in_again_without_typing_a_second_press_submits(live: LiveApp) -> None:
    case_id = live.office.accept("B02")
    page = live.page("market1")
    at_a_task(live, page)
    live.sign_in(sign_out_elsewhere(page), "market1")
    page.click("#act [data-action=agree]")
    expect(page.locator("#act-problem")).to_contain_text("请再提交一次")
    page.click("#act [data-action=agree]")
    expect(page.locator("body")).to_contain_text("已提交")
    assert live.office.case(case_id).decisions["LIC_CHECK.review"] == "agree"


def test_a_text_box_pulled_larger_breaks_no_rule_when_the_next_task_opens(live: LiveApp) -> None:
    for name in ("一号", "二号"):
        live.office.accept("B02", {"shop_name": name})
    page = live.page("market1")
    at_a_task(live, page)
    page.evaluate("document.getElementById('opinion').style.height = '120px'")  # as pulling its corner does
    open_task(page, page.locator("li.row").nth(1))
    expect(page.locator("#opinion")).not_to_have_attribute("style", "height: 120px;")


def test_back_to_the_application_form_finds_what_was_typed_until_the_clerk_signs_out(live: LiveApp) -> None:
    page = live.page("window1", "/intake/new/B02")
    ready(page)
    page.fill("#field-shop_name", "川味小馆")
    page.click("[data-action=to-materials]")
    expect(page.locator("#errors")).to_be_visible()
    page.go_back(wait_until="commit")
    expect(page.locator("#errors")).to_have_count(0)
    expect(page.locator("#field-shop_name")).to_have_value("川味小馆")
    page.click("[data-action=account]")
    page.click("[data-action=sign-out]")
    page.go_back(wait_until="commit")
    expect(page.locator("#username")).to_be_visible()
