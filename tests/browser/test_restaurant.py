"""B02 in the browser, from application to certificates: clerk, four departments in different orders, one refusal, lead,
delivery, and the applicant who follows. With BINGLIAN_PICTURES set, the pages are photographed for the README.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cli.demo_cases import sample_form
from tests.browser.conftest import PHONE, LiveApp, ready
from timers.sweep import sweep

pytestmark = pytest.mark.browser

REASON = "招牌超出街区导则规定的高度，请按导则修改后重新申请"
BY_DEPARTMENT = {
    "market1": ["FOOD.site", "FOOD.review"],
    "urban1": ["SIGN.review", "SIGN.decide"],
    "fire1": ["FIRECHK.inspect", "FIRECHK.decide"],
    "clinic1": ["HEALTHCERT.site", "HEALTHCERT.review", "HEALTHCERT.issue"],
}
ORDERS = [["market1", "urban1", "fire1", "clinic1"], ["clinic1", "fire1", "urban1", "market1"]]


def photograph(page: Page, name: str, part: str = "") -> None:
    """A picture for docs/images, when somebody asked for them; of one part of the page if it is named."""
    folder = os.environ.get("BINGLIAN_PICTURES")
    if folder:
        (page.locator(part).first if part else page).screenshot(path=Path(folder) / f"{name}.png")


def apply_at_the_window(live: LiveApp, page: Page) -> tuple[str, str]:
    """The clerk types the form, ticks the materials, prints the receipt and accepts; number and query code."""
    page.goto("/intake/new")
    page.click("[data-action=choose][data-offering=B02]")
    offering = live.office.engine.deployments.catalogue.offering("B02")
    typed = sample_form(offering, {"shop_name": "演示小馆"})
    for field in offering.fields:
        name = f"field-{field.name}"
        if field.type == "boolean":
            page.check(f"input[name='{name}'][value='{'true' if typed[field.name] == '是' else 'false'}']")
        else:
            page.fill(f"input[name='{name}']", typed[field.name])
    page.click("[data-action=to-materials]")
    ready(page)
    photograph(page, "intake")
    page.click("[data-action=all-received]")
    page.click("[data-action=submit]")
    number, code = page.inner_text("[data-number]"), page.inner_text("[data-code]")
    page.click("[data-action=accept]")
    expect(page.locator("body")).to_contain_text(number)
    return number, code


def open_task(page: Page, row: Locator) -> None:
    """Clicks a row and waits until its task stands in the detail."""
    task = row.get_attribute("data-task")
    row.locator("[data-action=open]").click()
    page.wait_for_url(f"**/{task}**")
    page.wait_for_selector(f"#detail form#act[data-task='{task}']")


def decide(page: Page, number: str, step: str, decision: str = "agree", opinion: str = "") -> None:
    """Opens the task from the inbox and decides it, as a person would."""
    page.goto("/inbox")
    ready(page)
    open_task(page, page.locator("li.row", has_text=number).first)
    if opinion:
        page.fill("#opinion", opinion)
    page.click(f"#act [data-action={decision}]")
    expect(page.locator("body")).to_contain_text("已提交")


@pytest.mark.parametrize(
    "order",
    [pytest.param(ORDERS[0], id="market-first"), pytest.param(ORDERS[1], id="clinic-first", marks=pytest.mark.long)],
)
def test_a_restaurant_with_one_refusal_goes_from_application_to_certificates(live: LiveApp, order: list[str]) -> None:
    clerk = live.page("window1")
    number, code = apply_at_the_window(live, clerk)
    case_id = live.office.engine.read.track(number, code).case.id
    people = {name: live.page(name) for name in order}
    decide(people["market1"], number, "LIC_CHECK.review")
    live.office.clock.advance(hours=3)
    photograph_open_case(people, case_id, number)
    for name in order:
        for step in BY_DEPARTMENT[name]:
            live.office.clock.advance(minutes=20)
            assert step in live.office.open(case_id)
            if step == "SIGN.decide":
                decide(people[name], number, step, "disagree", REASON)
            else:
                decide(people[name], number, step)
    case = live.office.case(case_id)
    assert case.items["SIGN"].status == "refused"
    for step in ("FOOD.issue", "B02.decide"):
        assert step in live.office.open(case_id)
        decide(people["market1"], number, step)
    hand_over(clerk, number)
    closed = live.office.case(case_id)
    assert (closed.status, closed.outcome) == ("closed", "partly_granted")
    assert {r.code for r in closed.results.values() if r.status == "issued"} == {
        "R_LICOK", "R_FOOD", "R_FIRECHK", "R_HEALTHCERT",
    }  # fmt: skip
    follow(live, number, code, [r.number for r in closed.results.values()])


def photograph_open_case(people: dict[str, Page], case_id: str, number: str) -> None:
    """The inbox and the case page in the middle of the work; departments not reached see nothing."""
    page = people["market1"]
    page.goto("/inbox")
    ready(page)
    open_task(page, page.locator("li.row", has_text=number).first)
    photograph(page, "inbox")
    page.goto(f"/cases/{case_id}")
    diagram = page.locator("[data-element-id='FOOD.site']")
    assert "s-active" in (diagram.get_attribute("class") or "")
    assert "s-done" in (page.locator("[data-element-id='LIC_CHECK.review']").get_attribute("class") or "")
    expect(page.locator("body")).to_contain_text("食品经营许可")
    page.locator("#lanes-title").evaluate("title => title.closest('section').scrollIntoView()")
    photograph(page, "case")
    photograph(page, "diagram", ".diagram")
    urban = people["urban1"]
    urban.goto("/inbox")
    expect(urban.locator("li.row")).to_have_count(1)


def hand_over(clerk: Page, number: str) -> None:
    """The window hands the results over, which closes the case."""
    clerk.goto("/inbox")
    ready(clerk)
    open_task(clerk, clerk.locator("li.row", has_text=number))
    clerk.check("#act input[name=method][value=window]")
    clerk.click("#act [data-action=deliver]")
    expect(clerk.locator("body")).to_contain_text("已提交")


def follow(live: LiveApp, number: str, code: str, results: list[str]) -> None:
    """The applicant reads the outcome on a phone, without an account."""
    applicant = live.page(viewport=PHONE, java_script_enabled=False)
    applicant.goto("/track")
    applicant.fill("input[name=number]", number)
    applicant.fill("input[name=code]", code)
    applicant.click("[data-action=track]")
    body = applicant.locator("body")
    expect(body).to_contain_text("部分准予")
    expect(body).to_contain_text(REASON)
    for result in results:
        expect(body).to_contain_text(result)
    text = body.inner_text()
    assert number not in applicant.url
    assert code not in applicant.url
    assert "演示示例" not in text, "no personal field on a public page"
    photograph(applicant, "track")


def test_what_is_overdue_stands_on_the_page_of_supervision(live: LiveApp) -> None:
    for answers in ({"shop_name": "一号"}, {"shop_name": "二号"}):
        live.office.accept("B02", answers)
    live.office.clock.advance(days=12)
    late = live.office.accept("B13")
    assert sweep(live.office.engine).fired == 16, "reminders, and four steps up the ladder"
    supervisor = live.page("super1", "/admin/")
    expect(supervisor.locator("tbody tr")).to_have_count(4)
    photograph(supervisor, "overdue")
    assert live.office.case(late).status == "in_progress"


def test_who_comes_second_is_told_who_was_first_and_keeps_the_text(live: LiveApp) -> None:
    case_id = live.office.accept("B02")
    first, second = live.page("market1"), live.page("market2")
    for page in (first, second):
        page.goto("/inbox")
        ready(page)
        open_task(page, page.locator("li.row").first)
    second.fill("#opinion", "我写了很久的意见")
    first.click("#act [data-action=agree]")
    expect(first.locator("body")).to_contain_text("已提交")
    second.click("#act [data-action=agree]")
    expect(second.locator("[data-action=already-done]")).to_contain_text("李演示")
    expect(second.locator("[data-action=kept]")).to_have_value("我写了很久的意见")
    decided = [task for task in live.office.case(case_id).tasks.values() if task.status == "done"]
    assert [task.actor for task in decided] == ["market1"]
