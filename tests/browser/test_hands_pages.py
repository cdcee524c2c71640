"""The pages on which tasks change hands, at desk and phone, with and without scripts.

With BINGLIAN_PICTURES set, they are photographed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.commands import Actor, AskSomeone, ClaimTask, CopyTo, SetAbsence
from tests.browser.conftest import LiveApp, send, served
from tests.browser.test_clocks_pages import looked_at, signed_in
from tests.browser.views import DESK, each_view
from tests.builders import CLERK
from tests.clock import ManualClock
from tests.seated import VOTE, seated_office, task_of

pytestmark = pytest.mark.browser

FIRST = Actor("market1", "market", frozenset({"reviewer"}))
SECOND = Actor("market2", "market", frozenset({"reviewer"}))


@pytest.fixture
def seated(chromium: Browser, tmp_path: Path, clock: ManualClock) -> Iterator[LiveApp]:
    """An office in which one person decides a step."""
    with seated_office(tmp_path, clock=clock) as office, served(office, chromium) as running:
        yield running


@pytest.fixture
def voting(chromium: Browser, tmp_path: Path, clock: ManualClock) -> Iterator[LiveApp]:
    """One in which three vote on it."""
    with seated_office(tmp_path, VOTE, clock=clock) as office, served(office, chromium) as running:
        yield running


def path(live: LiveApp, case_id: str) -> str:
    return f"/inbox/{case_id}/{task_of(live.office, case_id).id}"


def own(page: Page, act: str) -> Any:
    """A button in the card of this task's seats."""
    return page.locator(f"#own-seats [data-action={act}]")


def pick(page: Page, search: str, value: str, name: str = "to", box: str = "#q") -> None:
    page.fill(box, search)
    page.locator("[data-action^=search]").last.click()
    page.check(f"input[name={name}][value='{value}']")


@each_view("phone-dark")
def test_a_step_is_claimed_lent_and_gets_another_approver(seated: LiveApp, view: dict[str, Any]) -> None:
    case_id, look = seated.office.accept("TRY"), looked_at(view)
    page = signed_in(seated, "market1", path(seated, case_id), view)
    look(page, "hands-task")
    page.fill("#opinion", "图纸与现场一致")
    own(page, "claim").click()
    expect(page.locator("#own-seats")).to_contain_text("李演示")
    expect(page.locator("#opinion")).to_have_value("图纸与现场一致")
    own(page, "delegate").click()
    page.fill("#reason", "请核对治安条件")
    page.click("[data-action=do]")
    expect(page.locator("#errors")).to_contain_text("请选择")
    look(page, "hands-delegate-error")
    pick(page, "公安", "p:police1")
    expect(page.locator("#reason")).to_have_value("请核对治安条件")
    look(page, "hands-delegate")
    page.click("[data-action=do]")
    expect(page.locator("[data-action=already-done]")).to_contain_text("您已委派他人提出意见")
    look(page, "hands-lent")
    other = signed_in(seated, "police1", path(seated, case_id), view)
    expect(other.locator("#act [data-note=advises]")).to_contain_text("李演示 委派您提出意见")
    other.fill("#opinion", "建议加装监控")
    look(other, "hands-advises")
    other.click("[data-action=agree_with_conditions]")
    expect(other.locator("body")).to_contain_text("已提交")
    page.goto(path(seated, case_id))
    expect(page.locator(".seat-said")).to_contain_text("建议加装监控")
    own(page, "add").click()
    pick(page, "公安", "d:police/reviewer")
    page.check("input[name=placed][value=before]")
    look(page, "hands-add")
    page.click("[data-action=do]")
    expect(page.locator("[data-note=rule]")).to_contain_text("会签：2 席")
    look(page, "hands-added")
    page.goto("/inbox/?whose=mine")
    if view["viewport"] == DESK:
        look(page, "hands-list")
    page.goto(f"/cases/{case_id}")
    expect(page.locator("#seats")).to_contain_text("建议加装监控")
    look(page, "hands-case")


@each_view("desk")
def test_a_vote_shows_how_it_stands(voting: LiveApp, view: dict[str, Any]) -> None:
    case_id, look = voting.office.accept("TRY"), looked_at(view)
    page = signed_in(voting, "market1", path(voting, case_id), view)
    expect(page.locator("[data-action=abstain]")).to_be_visible()
    page.fill("#opinion", "缺少消防通道的说明")
    look(page, "vote")
    send(page, "[data-action=disagree]")
    page.goto(path(voting, case_id))
    expect(page.locator("[data-note=rule]")).to_contain_text("目前：不同意 1，未表态 2。")
    look(page, "voted")
    own(page, "take_back").click()
    look(page, "vote-take-back")
    send(page, "[data-action=do]")
    page.goto(path(voting, case_id))
    expect(page.locator("#opinion")).to_have_value("缺少消防通道的说明")
    look(page, "vote-again")


@each_view("phone-without-scripts")
def test_copies_and_questions_are_sent_read_and_answered(seated: LiveApp, view: dict[str, Any]) -> None:
    case_id, look, engine = seated.office.accept("TRY"), looked_at(view), seated.office.engine
    engine.execute(CopyTo(case_id, "police1", "请阅，涉及停车场"), CLERK)
    engine.execute(AskSomeone(case_id, "police1", "门前可否停车？"), CLERK)
    page = signed_in(seated, "police1", "/hands/received", view)
    if view["viewport"] == DESK:  # on a phone the list stands alone, and the main part is not shown
        look(page, "received")
    page.goto(f"/cases/{case_id}")
    look(page, "asides")
    page.click("[data-action=read]")
    page.click("[data-action=answer]")
    expect(page.locator("#errors")).to_contain_text("请填写理由或意见")
    look(page, "answer-error")
    page.locator("textarea[name=text]").fill("可以，限三辆")
    page.click("[data-action=answer]")
    expect(page.locator("#asides")).to_contain_text("可以，限三辆")
    look(page, "answered")


@each_view("phone-dark")
def test_a_substitute_is_set_and_decides(seated: LiveApp, view: dict[str, Any]) -> None:
    case_id, look = seated.office.accept("TRY"), looked_at(view)
    seated.office.engine.execute(ClaimTask(case_id, task_of(seated.office, case_id).id), FIRST)
    page = signed_in(seated, "market1", "/absences/", view)
    look(page, "absences")
    page.click("[data-action=do]")
    expect(page.locator("#errors")).to_be_visible()
    look(page, "absences-error")
    page.check("input[name=substitute][value='p:market2']")
    page.fill("#last_day", "2026-03-06")
    page.fill("#basis", "部门负责人批准的请假单 7 号")
    page.click("[data-action=do]")
    expect(page.locator("[data-absence]")).to_contain_text("周演示")
    look(page, "absences-set")
    other = signed_in(seated, "market2", "/inbox/?behalf=market1", view)
    if view["viewport"] == DESK:
        look(other, "stand-in-list")
    other.goto(path(seated, case_id))
    expect(other.locator("[data-note=behalf]")).to_contain_text("您代理 李演示 办理")
    look(other, "stand-in")
    other.click("[data-action=agree]")
    expect(other.locator("#toast")).to_contain_text("已提交")


@each_view("desk")
def test_everything_of_a_leaver_is_handed_over(seated: LiveApp, view: dict[str, Any]) -> None:
    look, engine = looked_at(view), seated.office.engine
    for _ in range(3):
        case_id = seated.office.accept("TRY")
        engine.execute(ClaimTask(case_id, task_of(seated.office, case_id).id), FIRST)
    engine.absences.set(SetAbsence("market1", "market2", "2026-03-02", "2026-03-06", "请假单 7 号"), FIRST)
    page = signed_in(seated, "market_head", "/hands/handover", view)
    look(page, "handover-who")
    page.check("input[name=leaver][value='p:market1']")
    page.click("[data-action=list]")
    expect(page.locator("[data-held='3']")).to_be_visible()
    page.check("input[name=to][value='p:market2']")
    page.fill("#reason", "退休")
    look(page, "handover")
    page.click("[data-action=do]")
    expect(page.locator("[data-result='0']")).to_be_visible()
    look(page, "handed-over")
    page.goto("/absences/")
    look(page, "absences-head")
