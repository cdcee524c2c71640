"""Two people at once, each in a browser of his own: decide, return, add an approver, withdraw against each other.

Whoever comes second reads who was first, never an error page, and finds what he wrote.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.commands import SYSTEM
from tests.browser.conftest import LiveApp, served
from tests.builders import Office
from tests.clock import ManualClock
from tests.seated import BY_TWO, STEP, seated_office, task_of

pytestmark = pytest.mark.browser

OPINION, REASON = "油烟管道与图纸一致，可以批准", "现场照片不清，请重新勘查"
ERROR_PAGES = ("没有权限", "系统出了问题", "没有找到", "请求无法处理", "现在不能办理", "填写的内容有误")
"""Titles of the pages for errors."""


class Person:
    """Somebody in front of a browser, who prepares an act and then presses the last button."""

    def __init__(self, live: LiveApp, username: str, path: str) -> None:
        self.page: Page = live.page(username, path)
        self.typed = ""

    def send(self, button: str) -> None:
        """The last press; no answer is an error page, with or without scripts."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST" and "/draft" not in answer.url):
            self.page.locator(button).first.click()
        self.page.wait_for_load_state("load")
        self.page.wait_for_selector("body[data-ready]")
        for words in ERROR_PAGES:
            expect(self.page.locator("h1, #act-problem h1")).not_to_have_text([words])

    def finds(self, text: str) -> None:
        """What was typed is in a box of the page, to go on with or to copy."""
        boxes = self.page.locator("textarea")
        values = [boxes.nth(number).input_value() for number in range(boxes.count())]
        hidden = self.page.locator("input[type=hidden]")
        values += [hidden.nth(number).input_value() for number in range(hidden.count())]
        assert text in values, values


def decides(live: LiveApp, case_id: str) -> tuple[Person, str, str]:
    one = Person(live, "market2", here(live.office, case_id))
    one.page.fill("#opinion", OPINION)
    return one, "#act [data-action=agree]", OPINION


def returns(live: LiveApp, case_id: str) -> tuple[Person, str, str]:
    one = Person(live, "market1", here(live.office, case_id))
    one.page.locator("[data-action=return_step]").first.click()
    one.page.check("input[name=to_step][value='FOOD.site']")
    one.page.fill("#reason", REASON)
    one.page.click("[data-action=preview]")
    expect(one.page.locator("[data-changes]")).to_be_visible()
    return one, "[data-action=do]", REASON


def adds(live: LiveApp, case_id: str) -> tuple[Person, str, str]:
    one = Person(live, "market1", here(live.office, case_id))
    one.page.click("#own-seats [data-action=add]")
    one.page.fill("#q", "消防")
    one.page.click("[data-action=search]")
    one.page.check("input[name=to][value='p:fire1']")
    one.page.fill("#reason", REASON)
    return one, "[data-action=do]", REASON


def withdraws(live: LiveApp, case_id: str) -> tuple[Person, str, str]:
    one = Person(live, "window1", f"/cases/{case_id}")
    one.page.click("[data-action=withdraw]")
    one.page.fill("#evidence", "撤销申请书 2026-3 号")
    one.page.fill("#reason", REASON)
    one.page.click("[data-action=preview]")
    expect(one.page.locator("[data-changes]")).to_be_visible()
    return one, "[data-action=do]", REASON


Prepared = Callable[[LiveApp, str], tuple[Person, str, str]]
ACTS: dict[str, Prepared] = {"decide": decides, "return": returns, "add": adds, "withdraw": withdraws}
NOT_IN_THE_WAY = {("add", "decide"), ("add", "return"), ("add", "withdraw")}
"""The first act changes nothing of what the second does: it is done."""
GOES_ON = {("decide", "withdraw"), ("return", "withdraw")}
"""The second act is still possible, after another look at what it would do."""


def here(office: Office, case_id: str, step: str = "FOOD.review") -> str:
    return f"/inbox/{case_id}/{task_of(office, case_id, step).id}"


def kinds(live: LiveApp, case_id: str) -> list[str]:
    return [entry.kind for entry in live.office.engine.read.case(case_id, SYSTEM).entries]


def begun(live: LiveApp) -> str:
    """A restaurant in which the food permit was inspected, and waits for its review."""
    case_id = live.office.accept("B02")
    live.office.decide(case_id, "LIC_CHECK.review")
    live.office.decide(case_id, "FOOD.site")
    return case_id


def pairs() -> Iterator[Any]:
    """Each two acts, in both orders; normally in one of them, for each pair takes seconds."""
    for first, second in combinations(ACTS, 2):
        yield pytest.param(first, second)
        yield pytest.param(second, first, marks=pytest.mark.long)


@pytest.mark.parametrize(("first", "second"), list(pairs()))
def test_the_second_reads_who_was_first_and_keeps_what_was_written(live: LiveApp, first: str, second: str) -> None:
    case_id = begun(live)
    one, one_button, _ = ACTS[first](live, case_id)
    two, two_button, wrote = ACTS[second](live, case_id)
    one.send(one_button)
    after_first = len(kinds(live, case_id))
    two.send(two_button)
    done = len(kinds(live, case_id)) > after_first
    assert done == ((first, second) in NOT_IN_THE_WAY)
    if done:
        return
    two.finds(wrote)
    told = two.page.locator("[data-note=meanwhile], [data-note=changed], [data-action=already-done], #act-problem")
    expect(told.first).to_contain_text(one_name(first))
    if (first, second) in GOES_ON:
        two.page.locator("[data-action=do]").first.click()
        expect(two.page.locator("#toast")).to_contain_text("已办理")


def one_name(act: str) -> str:
    """Who does an act."""
    return {"decide": "周演示", "return": "李演示", "add": "李演示", "withdraw": "赵演示"}[act]


@pytest.fixture
def by_two(chromium: Browser, tmp_path: Path, clock: ManualClock) -> Iterator[LiveApp]:
    """An office in which two people have to agree."""
    with seated_office(tmp_path, BY_TWO, clock=clock) as office, served(office, chromium) as running:
        yield running


def test_two_vote_at_once_and_the_third_reads_that_it_is_settled(by_two: LiveApp) -> None:
    case_id = by_two.office.accept("TRY")
    path = here(by_two.office, case_id, STEP)
    people = [Person(by_two, name, path) for name in ("market1", "market2")]
    third = Person(by_two, "market1", path)
    for one in (*people, third):
        one.page.fill("#opinion", OPINION)
    for one in people:
        one.send("#act [data-action=agree]")
    assert STEP not in by_two.office.open(case_id)
    third.send("#act [data-action=disagree]")
    expect(third.page.locator("[data-action=already-done]")).to_contain_text("周演示")
    third.finds(OPINION)


def test_both_claim_it(by_two: LiveApp) -> None:
    case_id = by_two.office.accept("TRY")
    path = here(by_two.office, case_id, "TRY.b0_1")
    first, second = Person(by_two, "police1", path), Person(by_two, "police1", path)
    for one in (first, second):
        one.page.fill("#opinion", OPINION)
        one.send("#own-seats [data-action=claim]")
    expect(second.page.locator("#toast")).to_contain_text("该席位已由您办理")
    second.finds(OPINION)
