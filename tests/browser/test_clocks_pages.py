"""Time limits in the browser: stopped, as they stood, going on, extended; a notice of correction. Desk and phone.

With BINGLIAN_PICTURES set, the pages are photographed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from engine.commands import SYSTEM
from tests.browser.conftest import LiveApp, ready, send
from tests.browser.test_restaurant import photograph
from tests.browser.views import DESK, each_view
from tests.integration.test_case_clocks_intake import submitted
from tests.slow_calendar import BEIJING

pytestmark = pytest.mark.browser


def at(live: LiveApp, day: str) -> None:
    live.office.clock.set(datetime.fromisoformat(day).replace(hour=10, tzinfo=BEIJING))


def looked_at(view: dict[str, Any]) -> Callable[[Page, str], None]:
    """Checks a page: fits its width, breaks no rule of accessibility (which needs scripts), is photographed."""
    size, scripts = view["viewport"]["width"], view.get("java_script_enabled", True)

    def look(page: Page, name: str) -> None:
        wide = page.locator("body").bounding_box()
        assert wide
        assert wide["width"] <= size, name
        if scripts:
            assert page.evaluate("document.documentElement.scrollWidth") <= size, name
            problems = Axe().run(page)
            assert problems.violations_count == 0, problems.generate_report()
        kind = f"{size}{'' if scripts else '-plain'}{view.get('color_scheme', '')}"
        photograph(page, f"clocks-{name}-{kind}", "body")

    return look


def signed_in(live: LiveApp, username: str, path: str, view: dict[str, Any]) -> Page:
    """A page of somebody at ``path``; without scripts nothing says that they are ready."""
    page = live.page(**view)
    page.goto("/signin")
    page.fill("#username", username)
    page.fill("#password", "the password of the tests")
    send(page, "[data-action=sign-in]")
    page.goto(path)
    return page


@each_view("desk")
def test_clocks_are_stopped_go_on_and_are_extended_on_the_pages(live: LiveApp, view: dict[str, Any]) -> None:
    case_id = live.office.accept("B02")
    live.office.decide(case_id, "LIC_CHECK.review")
    at(live, "2026-03-04")
    look, path = looked_at(view), f"/cases/{case_id}"
    page = signed_in(live, "market1", path, view)
    page.locator("[data-clock='promised:'] summary").click()
    expect(page.locator("[data-clock='promised:'] table")).to_be_visible()
    look(page, "case")
    page.click("[data-action=suspend]")
    page.click("[data-action=preview]")
    expect(page.locator("#errors")).to_contain_text("请选择")
    look(page, "suspend-error")
    page.check("input[name=item][value=FOOD]")
    page.select_option("#procedure", "hearing")
    page.fill("#ground", "行政许可法第四十七条")
    page.fill("#evidence", "听证通知书 3 号")
    page.fill("#expected_days", "6")
    page.click("[data-action=preview]")
    expect(page.locator("[data-changes] [data-clock='promised:']")).to_contain_text("2026-03-27 17:30")
    look(page, "suspend-preview")
    page.click("[data-action=edit]")
    expect(page.locator("#evidence")).to_have_value("听证通知书 3 号")
    look(page, "suspend-form")
    page.click("[data-action=preview]")
    page.click("[data-action=do]")
    expect(page.locator("[data-clock='promised:']")).to_have_attribute("data-light", "stopped")
    look(page, "suspended")
    page.fill("#at", "2026-03-03T09:00")
    page.click("[data-action=at]")
    expect(page.locator("[data-note=at]")).to_contain_text("2026-03-03 09:00")
    expect(page.locator("[data-clock='promised:']")).to_have_attribute("data-light", "green")
    page.fill("#at", "2027-01-01T09:00")
    page.click("[data-action=at]")
    expect(page.locator("#at-error")).to_contain_text("不能查看将来的时刻")
    look(page, "at-error")
    page.goto(path)
    page.click("[data-action=resume]")
    page.fill("#evidence", "听证笔录 3 号")
    page.click("[data-action=preview]")
    look(page, "resume-preview")
    page.click("[data-action=do]")
    page.click("[data-action=extend]")
    page.check("input[name=item][value=whole]")
    page.check("input[name=level][value=government_head]")
    page.fill("#approver", "区政府〔2026〕12 号")
    page.fill("#reason", "案情复杂")
    look(page, "extend-form")
    page.click("[data-action=preview]")
    look(page, "extend-preview")
    page.click("[data-action=do]")
    expect(page.locator("#toast")).to_contain_text("延长 15 个工作日")
    look(page, "extended")
    kinds = [entry.kind for entry in live.office.engine.read.case(case_id, SYSTEM).entries]
    assert kinds[-3:] == ["ClockSuspended", "ClockResumed", "ClockExtended"]


@each_view("phone-without-scripts")
def test_one_notice_of_correction_is_sent_and_what_comes_is_registered(live: LiveApp, view: dict[str, Any]) -> None:
    case_id = submitted(live.office, without=1)
    look = looked_at(view)
    page = signed_in(live, "window1", f"/intake/cases/{case_id}", view)
    page.click("[data-action=correction]")
    page.check("#bad-M_FLOORPLAN")
    page.click("[data-action=preview]")
    expect(page.locator("#errors")).to_contain_text("请写明哪里需要补正")
    look(page, "correction-error")
    page.fill("#wrong-M_FLOORPLAN", "图上没有尺寸")
    page.fill("#reason", "材料不齐")
    page.click("[data-action=preview]")
    expect(page.locator("[data-told]")).to_contain_text("场所平面布置图 — 图上没有尺寸")
    look(page, "correction-preview")
    page.click("[data-action=do]")
    expect(page.locator("[data-asked]")).to_contain_text("场所消防设施平面图 — 没有收到")
    look(page, "correction-sent")
    for code in ("M_FIREPLAN", "M_FLOORPLAN"):
        page.check(f"#m-{code}-received")
    page.click("[data-action=supply]")
    expect(page.locator("[data-action=accept]")).to_be_visible()
    assert live.office.case(case_id).status == "submitted"


def test_with_scripts_the_pages_are_ready_and_a_second_press_sends_nothing_twice(live: LiveApp) -> None:
    case_id = submitted(live.office, without=1)
    page = live.page("window1", f"/intake/cases/{case_id}/correction", viewport=DESK)
    ready(page)
    page.fill("#reason", "材料不齐")
    page.click("[data-action=preview]")
    ready(page)
    page.dblclick("[data-action=do]")
    expect(page.locator("[data-asked]")).to_be_visible()
    assert live.office.case(case_id).status == "correction"
