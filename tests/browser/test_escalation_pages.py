"""督办, 催办 and 异议 in the browser: raised, acknowledged, explained, written off; urged; objected to. Desk and phone.

With BINGLIAN_PICTURES set, the pages are photographed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from engine.commands import SYSTEM
from tests.browser.conftest import LiveApp, served
from tests.browser.test_clocks_pages import at, looked_at, signed_in
from tests.browser.test_restaurant import photograph
from tests.browser.views import each_view
from tests.builders import opened_office
from tests.clock import ManualClock
from tests.integration.test_web_objection import STEP, consenting, deemed
from timers.sweep import sweep

pytestmark = pytest.mark.browser

WHY, REMARK = "现场核查人员借调，已补派一人，三日内办结", "情况属实，已督促整改"


def raised(live: LiveApp) -> str:
    """A fire check that waited so long that the whole ladder was climbed; the notices have arrived."""
    case_id = live.office.accept("FIRECHK")
    live.office.clock.advance(days=30)
    for _ in range(6):
        sweep(live.office.engine)
    live.office.engine.outbox.deliver_in_app(live.office.clock())
    return case_id


@each_view("phone-dark")
def test_a_late_step_is_acknowledged_explained_and_written_off_on_the_pages(
    live: LiveApp, view: dict[str, Any]
) -> None:
    case_id = raised(live)
    look, path = looked_at(view), f"/escalations/{case_id}/1"
    head = signed_in(live, "fire_head", "/escalations/", view)
    expect(head.locator("[data-nav=escalations] .count")).to_have_text("2")
    look(head, "told")
    head.locator("[data-action=acknowledge]").first.click()
    expect(head.locator("#toast")).to_contain_text("已签收")
    expect(head.locator("[data-nav=escalations] .count")).to_have_text("1")
    fire = signed_in(live, "fire1", path, view)
    fire.fill("#explanation", "原因：")
    fire.click("[data-action=explain]")
    expect(fire.locator("#errors")).to_contain_text("请填写理由或意见")
    look(fire, "explain-error")
    fire.fill("#explanation", WHY)
    fire.click("[data-action=explain]")
    expect(fire.locator("#toast")).to_contain_text("说明已提交")
    supervisor = signed_in(live, "super1", "/admin/", view)
    look(supervisor, "overdue")
    supervisor.click("[data-action=escalations]")
    expect(supervisor.locator("[data-note=one-case]")).to_be_visible()
    supervisor.goto("/admin/escalations")
    expect(supervisor.locator(f"[data-escalation='{case_id} 1']")).to_contain_text("孔示例")
    expect(supervisor.locator(f"[data-escalation='{case_id} 1']")).to_contain_text("应用内")
    look(supervisor, "ledger")
    supervisor.locator(f"[data-escalation='{case_id} 1'] [data-action=open]").click()
    expect(supervisor.locator("[data-note=why-not]")).to_contain_text("该环节尚未办结")
    look(supervisor, "not-yet")
    live.office.decide(case_id, live.office.case(case_id).escalations["1"].step)
    supervisor.goto(path)
    supervisor.fill("#remark", REMARK)
    look(supervisor, "write-off")
    supervisor.click("[data-action=write-off]")
    expect(supervisor.locator("[data-state]")).to_have_text("已销号")
    expect(supervisor.locator("body")).to_contain_text(WHY)
    look(supervisor, "written-off")
    supervisor.goto(f"/cases/{case_id}")
    expect(supervisor.locator(".steps [data-escalation='1']")).to_be_visible()
    look(supervisor, "case")


@each_view("desk")
def test_a_step_is_urged_and_its_handlers_see_it(live: LiveApp, view: dict[str, Any]) -> None:
    case_id = live.office.accept("B02")
    live.office.decide(case_id, "LIC_CHECK.review")
    at(live, "2026-03-03")
    look = looked_at(view)
    clerk = signed_in(live, "window1", f"/cases/{case_id}", view)
    look(clerk, "urge-case")
    clerk.click("[data-step='SIGN.review'] [data-action=nudge]")
    clerk.fill("#message", "申请人已来电三次")
    look(clerk, "urge-form")
    clerk.click("[data-action=do]")
    expect(clerk.locator("#toast")).to_contain_text("已催办")
    expect(clerk.locator("[data-step='SIGN.review'] [data-note=nudge]")).to_contain_text("申请人已来电三次")
    expect(clerk.locator("[data-step='SIGN.review'] [data-action=nudge]")).to_have_count(0)
    task = live.office.open(case_id)["SIGN.review"].id
    clerk.goto(f"/cases/{case_id}/tasks/{task}/nudge")
    expect(clerk.locator("#toast")).to_contain_text("今天已经催办过")
    handler = signed_in(live, "urban1", "/inbox/", view)
    expect(handler.locator("#rows [data-note=nudged]")).to_contain_text("03-03 10:00")
    photograph(handler, f"urged-list-{view['viewport']['width']}")
    handler.goto(f"/inbox/{case_id}/{task}")
    expect(handler.locator(".case-head ~ [data-note=nudged]")).to_contain_text("申请人已来电三次")
    photograph(handler, f"urged-task-{view['viewport']['width']}")


@pytest.fixture
def consent(chromium: Browser, tmp_path: Path, clock: ManualClock) -> Iterator[LiveApp]:
    """The application over an office in which silence is consent in two steps of the food permit."""
    folder = consenting(tmp_path / "p", "FOOD.site", STEP)
    with opened_office(tmp_path, clock, processes=folder) as office, served(office, chromium) as running:
        yield running


@each_view("phone-without-scripts")
def test_a_deemed_agreement_is_objected_to_after_reading_what_follows(consent: LiveApp, view: dict[str, Any]) -> None:
    case_id, task = deemed(consent.office, STEP)
    look = looked_at(view)
    page = signed_in(consent, "market1", f"/cases/{case_id}", view)
    page.click(f"[data-step='{STEP}'] [data-action=object]")
    page.click("[data-action=preview]")
    expect(page.locator("#errors")).to_contain_text("请填写理由或意见")
    look(page, "object-error")
    page.fill("#reasons", "现场与图纸不符")
    page.click("[data-action=preview]")
    expect(page.locator("[data-changes]")).to_contain_text("“食品经营许可”由“办理中”变为“不予”")
    look(page, "object-preview")
    page.click("[data-action=edit]")
    expect(page.locator("#reasons")).to_have_value("现场与图纸不符")
    look(page, "object-form")
    page.click("[data-action=preview]")
    page.click("[data-action=do]")
    expect(page.locator("#toast")).to_contain_text("已提出异议")
    look(page, "objected")
    assert consent.office.case(case_id).tasks[task.id].decision == "disagree"
    assert consent.office.engine.read.case(case_id, SYSTEM).entries[-1].kind == "DeemedObjected"
