"""The pages that need an administrator's hand, in the browser: retried with a click, readable at a desk and on a phone.

With BINGLIAN_PICTURES set, the pages are photographed.
"""

from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from engine.bootstrap import build_engine
from engine.settings import Mail, Webhook
from engine.statistics.risk import ENOUGH
from engine.store.deliveries import MAIL, WEBHOOK, Message
from engine.store.operations import MAX_TRIES
from tests.browser.conftest import PHONE, LiveApp
from tests.browser.test_restaurant import photograph
from tests.builders import Office
from tests.receivers import PLAIN, send
from timers.channels_errors import Undelivered
from timers.sweep import deliver, sweep

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 800}
PAGES = ("operations", "statistics")


class Refusing:
    """A channel through which nothing arrives."""

    def send(self, message: Message, now: datetime) -> None:
        """Says why not."""
        raise Undelivered("mail SMTPServerDisconnected")


def many_finished(office: Office) -> None:
    """Enough cases to learn from, half of them late, and two that run."""
    cases = [office.accept("FIRECHK") for _ in range(ENOUGH + 1)]
    for days, same in ((2, cases[::2]), (20, cases[1::2])):
        office.clock.advance(days=days)
        for case_id in same:
            office.finish(case_id)
    for _ in range(2):
        office.accept("FIRECHK")
        office.clock.advance(days=1)


def in_trouble(office: Office) -> None:
    """A late restaurant; one whose deadlines were set aside, flagged, and of which nobody outside could be told."""
    slow = office.accept("B02", {"shop_name": "一号"})
    while steps := sorted(office.open(slow)):
        office.clock.advance(days=4)
        office.decide(slow, steps[-1])
    notices = replace(
        PLAIN, webhook=Webhook("http://127.0.0.1:1/", "s" * 32), mail=Mail("127.0.0.1", 1, "none", "n@example.org")
    )
    head = office.engine.records.account("market_head")
    assert head is not None
    office.engine.records.save_account(replace(head, email="market.head@example.org"), "")
    with closing(build_engine(replace(office.engine.settings, notices=notices), office.clock)) as sender:
        office.accept("B02", {"shop_name": "二号"})
        office.clock.advance(days=30)
        sweep(sender)
        deliver(sender)
        for name, tries in ((MAIL, PLAIN.tries), (WEBHOOK, 1)):
            for _ in range(tries):
                office.clock.advance(hours=1)
                send(sender, name, Refusing())
    flagged = office.accept("B13")
    office.engine.flags.put_up(flagged, "state.lost", office.clock())
    office.clock.advance(days=30)
    for due in office.engine.lease():
        for tries in range(MAX_TRIES):
            office.engine.timers.fail(replace(due, tries=tries), "case.error", office.clock())


def fits(page: Page) -> None:
    """Nothing is wider than the screen, and the page is accessible."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels too wide"
    problems = Axe().run(page)
    assert problems.violations_count == 0, problems.generate_report()


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [
        pytest.param(DESK, "light", id="desk-light"),
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(DESK, "dark", id="desk-dark", marks=pytest.mark.long),
        pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.long),
    ],
)
def test_the_pages_are_readable_and_accessible(live: LiveApp, viewport: dict[str, int], scheme: str) -> None:
    empty = live.page("super1", viewport=viewport, color_scheme=scheme)
    for name in PAGES:
        empty.goto(f"/admin/{name}")
        fits(empty)
    in_trouble(live.office)
    many_finished(live.office)
    for language in ("zh-CN", "en"):
        page = live.page("super1", viewport=viewport, color_scheme=scheme, locale=language)
        for name in PAGES:
            page.goto(f"/admin/{name}")
            expect(page.locator("tbody tr")).not_to_have_count(0)
            fits(page)
            photograph(page, f"{name}-{viewport['width']}-{scheme}-{language}", "body")


def test_what_was_set_aside_is_tried_again_with_a_click_and_the_page_says_so(live: LiveApp) -> None:
    in_trouble(live.office)
    page = live.page("super1", "/admin/")
    page.click(".chips a[href='/admin/operations']")
    timers = page.locator("#timers tbody tr")
    before = timers.count()
    assert before > 1
    timers.first.locator("[data-action=again]").click()
    expect(page.locator("#toast")).to_contain_text("1 个时限将立即重试")
    expect(timers).to_have_count(before - 1)
    swept = sweep(live.office.engine)
    assert swept.fired >= 1
    assert swept.failed == 0
    page.click("#timers [data-action=all]")
    expect(page.locator("#timers")).to_contain_text("没有被搁置的时限")
    assert sweep(live.office.engine).failed == 0
    page.click("#notices [data-action=all]")
    expect(page.locator("#toast")).to_contain_text("条通知将立即再次发送")
    expect(page.locator("#notices .tag.red")).to_have_count(0)


def test_the_period_is_chosen_without_scripts_too(live: LiveApp) -> None:
    many_finished(live.office)
    page = live.page(java_script_enabled=False)
    page.goto("/signin")
    page.fill("#username", "super1")
    page.fill("#password", "the password of the tests")
    page.click("[data-action=sign-in]")
    page.click(".chips a[href='/admin/statistics']")
    expect(page.locator("[data-count=finished]")).to_contain_text(f"/ {ENOUGH + 1}")
    page.fill("#since", "2026-03-03")
    page.fill("#until", "2026-03-03")
    page.click("[data-action=period]")
    expect(page.locator("[data-count=finished]")).to_contain_text("0 / 0")
    assert page.url.endswith("/admin/statistics?since=2026-03-03&until=2026-03-03")
