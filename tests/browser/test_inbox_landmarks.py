"""The inbox has one main part, on the desk with list and task side by side, on a phone with one of them."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LiveApp
from tests.browser.test_clocks_pages import looked_at, signed_in
from tests.browser.views import VIEWS, each_view

pytestmark = pytest.mark.browser


@each_view("phone-without-scripts")
def test_list_and_task_lie_in_the_one_main_part(live: LiveApp, view: dict[str, Any]) -> None:
    case_id, look = live.office.accept("B02"), looked_at(view)
    page = signed_in(live, "market1", "/inbox/", view)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("main").locator("#rows")).to_be_visible()
    look(page, "inbox-list")
    page.goto(f"/inbox/{case_id}/{live.office.open(case_id)['LIC_CHECK.review'].id}")
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("main").locator("#act")).to_be_visible()
    look(page, "inbox-task")


def test_at_a_desk_the_panes_scroll_and_the_page_does_not(live: LiveApp) -> None:
    case_id = live.office.accept("B02")
    live.office.decide(case_id, "LIC_CHECK.review")
    task = live.office.open(case_id)["FOOD.site"].id
    page = signed_in(live, "market1", f"/inbox/{case_id}/{task}", VIEWS["desk"])
    expect(page.locator(".sr").last).to_be_attached()
    pane = page.evaluate(
        "(() => { const e = document.querySelector('.scroller'); return e.scrollHeight > e.clientHeight })()"
    )
    assert pane, "there is something to scroll"
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
