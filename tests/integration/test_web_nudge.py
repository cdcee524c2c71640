"""催办 on the pages: who is offered it, the form, a refusal in words, and what the handlers see."""

import re

import pytest
from flask import Flask

from engine.commands import APPLICANT, SYSTEM, NudgeStep
from tests.builders import CLERK, Office
from tests.integration.test_nudging import STEP, at, begun
from tests.web import Visitor, field, site_of, texts

WORD = "申请人已来电三次"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over the office."""
    return site_of(office.engine)


def said(page: str) -> str:
    return " ".join(texts(page))


def offered(page: str) -> set[str]:
    """Steps beside which the page offers to urge."""
    rows = re.findall(r'<tr data-step="([^"]+)".*?</tr>', page, re.DOTALL)
    found = re.findall(r'(<tr data-step="[^"]+".*?</tr>)', page, re.DOTALL)
    return {step for step, row in zip(rows, found, strict=True) if 'data-action="nudge"' in row}


def nudges(office: Office, case_id: str) -> int:
    return sum(entry.kind == "StepNudged" for entry in office.engine.read.case(case_id, SYSTEM).entries)


def test_it_is_offered_to_those_with_an_interest_and_not_to_the_handlers(office: Office, app: Flask) -> None:
    case_id, _ = begun(office)
    for who in ("window1", "super1", "fire1"):
        assert STEP in offered(Visitor(app, who).get(f"/cases/{case_id}").text), who
    assert STEP not in offered(Visitor(app, "urban1").get(f"/cases/{case_id}").text)


def test_a_word_goes_with_it_and_the_handlers_see_who_and_when(office: Office, app: Flask) -> None:
    case_id, task = begun(office)
    path, clerk = f"/cases/{case_id}/tasks/{task.id}/nudge", Visitor(app, "window1")
    form = clerk.get(path)
    assert form.status_code == 200
    assert "城管" in said(form.text)
    answer = clerk.post(path, message=WORD, key=field(form.text, "key"))
    assert answer.headers["Location"].endswith(f"/cases/{case_id}#flow")
    page = clerk.get(f"/cases/{case_id}").text
    assert "已催办：" in said(page)
    assert STEP not in offered(page)
    assert re.search(r"综合窗口于 2026-03-03 10:00 催办", said(page))
    handler = Visitor(app, "urban1").get("/inbox/").text
    assert "03-03 10:00 政务服务中心综合窗口催办" in said(handler)
    note = re.search(r'<p class="alert amber" data-note="nudged">.*?</p>', handler, re.DOTALL)
    assert note
    assert "综合窗口于 2026-03-03 10:00 催办" in said(note[0])
    assert WORD in said(note[0])
    assert "赵演示" not in said(note[0])
    assert "赵演示" not in re.sub(
        r'<section class="card" aria-labelledby="history-title".*', "", handler, flags=re.DOTALL
    )


def test_a_second_one_on_the_same_day_is_refused_in_words(office: Office, app: Flask) -> None:
    case_id, task = begun(office)
    path, fire = f"/cases/{case_id}/tasks/{task.id}/nudge", Visitor(app, "fire1")
    key = field(fire.get(path).text, "key")
    office.engine.execute(NudgeStep(case_id, task.id), CLERK)
    for sent in (True, False):
        answer = fire.post(path, message=WORD, key=key) if sent else fire.get(path)
        assert answer.status_code == 303
        shown = said(fire.get(f"/cases/{case_id}").text)
        assert "综合窗口 已在 2026-03-03 10:00 催办。今天已经催办过，请下一个工作日再催办。" in shown
    assert nudges(office, case_id) == 1
    at(office, "2026-03-04")
    assert STEP in offered(Visitor(app, "fire1").get(f"/cases/{case_id}").text)


def test_a_second_press_urges_once_and_is_told_as_done(office: Office, app: Flask) -> None:
    case_id, task = begun(office)
    path, clerk = f"/cases/{case_id}/tasks/{task.id}/nudge", Visitor(app, "window1")
    key = field(clerk.get(path).text, "key")
    for _ in range(2):
        assert clerk.post(path, key=key).status_code == 303
        assert "已催办：" in said(clerk.get(f"/cases/{case_id}").text)
    assert nudges(office, case_id) == 1


def test_what_was_typed_stays_when_it_is_too_long(office: Office, app: Flask) -> None:
    case_id, task = begun(office)
    path, clerk = f"/cases/{case_id}/tasks/{task.id}/nudge", Visitor(app, "window1")
    key = field(clerk.get(path).text, "key")
    answer = clerk.post(path, message="长" * 4001, key=key)
    assert answer.status_code == 400
    assert 'href="#message"' in answer.text
    assert "长" * 4001 in answer.text
    assert field(answer.text, "key") != key


def test_refusals_have_their_own_words(office: Office, app: Flask) -> None:
    case_id, task = begun(office)
    own = Visitor(app, "urban1").get(f"/cases/{case_id}/tasks/{task.id}/nudge")
    assert own.status_code == 403
    assert "由您办理" in said(own.text)
    assert Visitor(app, "window1").get(f"/cases/{case_id}/tasks/999.1/nudge").status_code == 404
    assert Visitor(app, "window1").get(f"/cases/0123456789abcdef/tasks/{task.id}/nudge").status_code == 404
    office.decide(case_id, STEP)
    clerk = Visitor(app, "window1")
    assert clerk.get(f"/cases/{case_id}/tasks/{task.id}/nudge").status_code == 303
    assert "已被办理" in said(clerk.get(f"/cases/{case_id}").text)
    fresh = office.open(case_id)["SIGN.decide"]
    assert clerk.get(f"/cases/{case_id}/tasks/{fresh.id}/nudge").status_code == 303
    assert "今天刚开始" in said(clerk.get(f"/cases/{case_id}").text)
    token = Visitor(app, "fire1")
    token.token = ""
    assert token.post(f"/cases/{case_id}/tasks/{task.id}/nudge").status_code == 400


def test_the_applicant_who_urges_is_named_as_that(office: Office, app: Flask) -> None:
    case_id, task = begun(office)
    at(office, "2026-04-20")
    office.engine.execute(NudgeStep(case_id), APPLICANT)
    page = Visitor(app, "urban1").get("/inbox/").text
    assert "04-20 10:00 申请人催办" in said(page)
    assert "申请人于 2026-04-20 10:00 催办" in said(Visitor(app, "urban1").get(f"/inbox/{case_id}/{task.id}").text)


def test_its_pages_are_complete_in_english(office: Office, app: Flask) -> None:
    case_id, task = begun(office)
    english = Visitor(app, "window1", language="en")
    html = english.get(f"/cases/{case_id}/tasks/{task.id}/nudge").text
    assert [text for text in texts(html) if CHINESE.search(text)] == ["赵演示", "赵演示"]
    english.post(f"/cases/{case_id}/tasks/{task.id}/nudge", key=field(html, "key"))
    row = said(Visitor(app, "urban1", language="en").get("/inbox/").text)
    assert "03-03 10:00 urged by" in row
