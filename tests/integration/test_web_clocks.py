"""The time limits on the page of a case: what they are, as they stood, and stopping, resuming, extending them."""

import html
import re
from datetime import datetime

import pytest
from flask import Flask

from engine.commands import Actor, ExtendClock, ResumeClock, SuspendClock
from tests.builders import Office
from tests.slow_calendar import BEIJING
from tests.web import Visitor, field, site_of, texts

REVIEWER = Actor("market2", "market", frozenset({"reviewer"}))
HEAD = Actor("market2", "market", frozenset({"head"}))
HEARING = {
    "item": "FOOD", "procedure": "hearing", "scope": "both", "ground": "行政许可法第四十七条",
    "evidence": "听证通知书 3 号", "expected_days": "6",
}  # fmt: skip
EXTENSION = {"item": "whole", "level": "government_head", "approver": "区政府〔2026〕12 号", "reason": "案情复杂"}
LINKS = ("suspend", "resume", "extend")


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over the office."""
    return site_of(office.engine)


def at(office: Office, day: str, hour: int = 10) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, tzinfo=BEIJING))


def begun(office: Office) -> str:
    """A restaurant in which the food permit is under way, on 4 March."""
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    at(office, "2026-03-04")
    return case_id


def suspended(office: Office, item: str = "FOOD") -> str:
    case_id = begun(office)
    said = {**HEARING, "item": item}
    office.engine.execute(SuspendClock(case_id, **said), REVIEWER)
    return case_id


def kinds(office: Office, case_id: str) -> list[str]:
    return [entry.kind for entry in office.engine.read.case(case_id, Actor("s", "supervision")).entries]


def said(page: str) -> str:
    return " ".join(texts(page))


def clock(page: str, key: str) -> str:
    """The text of one clock, its derivation included; a step's by the beginning of its key."""
    found = re.search(rf'<li class="c-clock" data-clock="{key}".*?</li>', page, re.DOTALL)
    assert found, key
    return said(found[0])


def offered(page: str) -> set[str]:
    return {link for link in LINKS if f'data-action="{link}"' in page}


def previewed(visitor: Visitor, case_id: str, act: str, typed: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The page that says what would change, and what its form sends."""
    visitor.get(f"/cases/{case_id}/{act}")
    answer = visitor.post(f"/cases/{case_id}/{act}", key="k1", step="preview", **typed)
    assert answer.status_code == 200, said(answer.text)
    carried = {name: html.unescape(field(answer.text, name)) for name in typed}
    return answer.text, {**carried, "key": field(answer.text, "key"), "step": "do"}


def test_every_clock_is_listed_with_its_light_its_due_date_and_its_derivation(office: Office, app: Flask) -> None:
    case_id = begun(office)
    page = Visitor(app, "market1").get(f"/cases/{case_id}").text
    promised = clock(page, "promised:")
    assert "承诺办结 剩 11 日" in promised
    assert "13 个工作日，2026-03-02 09:00 起，2026-03-19 17:30 到期" in promised
    assert "2026-03-02 周一 起始日不计" in promised
    assert "法定最晚" in clock(page, "statutory:")
    assert "环节 食品经营许可 · 现场勘查" in said(page)
    ended = said(page[page.index("已结束的时限") :])
    assert "受理答复 已结束" in ended
    assert "环节 营业执照核验 · 系统核验" in ended


def test_a_clock_that_stands_still_says_why_and_until_when_and_a_provisional_one_is_marked(
    office: Office, app: Flask
) -> None:
    case_id = suspended(office)
    page = Visitor(app, "market1").get(f"/cases/{case_id}").text
    promised = clock(page, "promised:")
    assert "承诺办结 计时中止" in promised
    assert "现在不计时，按预计时间恢复的话 2026-03-27 17:30 到期" in promised
    assert "中止（听证）：2026-03-04 起，预计 6 个工作日。依据：行政许可法第四十七条。凭据：听证通知书 3 号" in promised
    assert "2026-03-05 周四 中止计时 听证" in " ".join(re.sub(r"<[^>]+>", " ", page).split())
    office.engine.execute(ResumeClock(case_id, "1", "笔录"), REVIEWER)
    office.engine.execute(ExtendClock(case_id, "", "案情复杂", "government_head", "区政府 12 号"), HEAD)
    statutory = clock(Visitor(app, "market1").get(f"/cases/{case_id}").text, "statutory:")
    assert "2026-03-04 10:00 延长 15 个工作日，本级政府负责人批准（区政府 12 号） 案情复杂" in statutory
    at(office, "2026-12-01")
    late_id = office.accept("B02")
    late = Visitor(app, "market1").get(f"/cases/{late_id}").text
    assert "暂定，放假安排未公布" in clock(late, "statutory:")


def test_the_clocks_as_they_stood_at_a_past_instant(office: Office, app: Flask) -> None:
    case_id = suspended(office)
    at(office, "2026-03-13")
    office.engine.execute(ResumeClock(case_id, "1", "笔录"), REVIEWER)
    visitor = Visitor(app, "super1")
    during = visitor.get(f"/cases/{case_id}?at=2026-03-05T10:00").text
    assert "2026-03-05 10:00 当时的时限：" in said(during)
    assert "计时中止" in clock(during, "promised:")
    assert 'value="2026-03-05T10:00"' in during
    before = visitor.get(f"/cases/{case_id}?at=2026-03-03").text
    assert "承诺办结 在期限内" in clock(before, "promised:")
    assert "2026-03-19 17:30 到期" in clock(before, "promised:")
    assert "2026-03-30 17:30 到期" in clock(visitor.get(f"/cases/{case_id}").text, "promised:")


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("2026-03-05T10:00", 400, "不能查看将来的时刻"), ("2026-03-01T10:00", 404, "当时还没有这个办件"),
        ("yesterday", 400, "请按“年-月-日 时:分”填写时刻"), ("0001-01-01T00:00", 400, "请按"),
        ("2026-13-01", 400, "请按"),
    ],
)  # fmt: skip
def test_an_instant_that_cannot_be_shown_is_said_at_the_field_and_the_clocks_of_now_stay(
    office: Office, app: Flask, asked: str, status: int, told: str
) -> None:
    case_id = begun(office)
    answer = Visitor(app, "market1").get(f"/cases/{case_id}?at={asked}")
    assert answer.status_code == status
    error = re.search(r'<p class="error" id="at-error" role="alert">(.*?)</p>', answer.text)
    assert error
    assert told in error[1]
    assert f'value="{asked}" aria-invalid="true" aria-describedby="at-error"' in answer.text
    assert "剩 11 日" in clock(answer.text, "promised:")


@pytest.mark.parametrize(
    ("username", "links"),
    [
        ("market1", {"suspend", "resume", "extend"}), ("market_head", set()), ("window1", set()), ("super1", set()),
        ("fire1", {"suspend", "extend"}), ("clinic1", {"suspend"}),
    ],
)  # fmt: skip
def test_only_people_who_may_act_on_clocks_see_the_buttons_and_others_are_refused(
    office: Office, app: Flask, username: str, links: set[str]
) -> None:
    case_id = suspended(office)
    visitor = Visitor(app, username)
    assert offered(visitor.get(f"/cases/{case_id}").text) == links
    for act in LINKS:
        allowed = act in links or (act == "resume" and "suspend" in links)
        answer = visitor.get(f"/cases/{case_id}/{act}")
        assert answer.status_code == (403 if not allowed else 200 if act in links else 303), act
        if not allowed:
            refused = visitor.post(f"/cases/{case_id}/{act}", step="do", key="k", **{**EXTENSION, **HEARING})
            assert refused.status_code == 403, act
    assert kinds(office, case_id).count("ClockSuspended") == 1
    stranger = Visitor(app, "tax1")
    assert stranger.get(f"/cases/{case_id}/suspend").status_code == 404
    assert Visitor(app).get(f"/cases/{case_id}/suspend").status_code == 302


def test_people_of_one_item_may_choose_that_item_only(office: Office, app: Flask) -> None:
    case_id = begun(office)
    choices = {
        username: re.findall(r'name="item" value="(\w+)"', Visitor(app, username).get(f"/cases/{case_id}/suspend").text)
        for username in ("market1", "fire1")
    }
    assert choices["fire1"] == ["FIRECHK"]
    assert choices["market1"] == ["whole", "FIRECHK", "FOOD", "HEALTHCERT", "SIGN"]
    refused = Visitor(app, "fire1")
    refused.get(f"/cases/{case_id}/suspend")
    answer = refused.post(f"/cases/{case_id}/suspend", step="do", key="k", **HEARING)
    assert answer.status_code == 403
    assert "ClockSuspended" not in kinds(office, case_id)


def test_a_suspension_says_first_what_stops_and_is_then_in_the_journal_and_on_every_page(
    office: Office, app: Flask
) -> None:
    case_id, visitor = begun(office), Visitor(app, "market1")
    page, sent = previewed(visitor, case_id, "suspend", HEARING)
    assert "ClockSuspended" not in kinds(office, case_id), "nothing is done by looking"
    stops = set(re.findall(r'<li data-clock="(\w+):', page))
    assert stops == {"promised", "statutory", "item_promised", "item_statutory", "task"}
    words = said(page)
    assert "承诺办结 停止计时。原定 2026-03-19 17:30 到期，按预计时间恢复的话 2026-03-27 17:30 到期。" in words
    assert "范围 食品经营许可 特别程序 听证 中止哪些时限 法定时限和承诺时限都中止" in words
    assert "申请人会收到通知" in words
    answer = visitor.post(f"/cases/{case_id}/suspend", **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{case_id}#clocks")
    shown = visitor.get(f"/cases/{case_id}").text
    assert "中止计时（听证）：食品经营许可，预计 6 个工作日。" in said(shown)
    assert kinds(office, case_id)[-1] == "ClockSuspended"
    assert office.case(case_id).suspensions["1"].evidence == "听证通知书 3 号"
    other = said(Visitor(app, "window1").get(f"/cases/{case_id}").text)
    assert "中止计时（听证）：食品经营许可，预计 6 个工作日，自 2026-03-04 起" in other
    assert visitor.post(f"/cases/{case_id}/suspend", **sent).status_code == 303
    assert kinds(office, case_id).count("ClockSuspended") == 1, "a form sent twice suspends once"


def test_going_back_from_the_preview_and_every_error_keep_what_was_typed(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, "market1")
    _, sent = previewed(visitor, case_id, "suspend", HEARING)
    back = visitor.post(f"/cases/{case_id}/suspend", **{**sent, "step": "edit"})
    assert back.status_code == 200
    for kept in ('value="FOOD" checked', 'value="hearing" selected', 'value="听证通知书 3 号"', 'value="6"'):
        assert kept in back.text
    wrong = {
        "item": "", "procedure": "lunch", "scope": "all", "ground": " ", "evidence": "证" * 4001,
        "expected_days": "很久",
    }  # fmt: skip
    for name, text in wrong.items():
        answer = visitor.post(f"/cases/{case_id}/suspend", **{**sent, name: text, "step": "do"})
        assert answer.status_code == 400, name
        assert f'id="{name}-error"' in answer.text, name
        assert f'<a href="#{name}">' in answer.text
        if name in {"ground", "evidence", "expected_days"}:
            assert f'value="{text}"' in answer.text
    statutory = visitor.post(f"/cases/{case_id}/suspend", **{**sent, "procedure": "local"})
    assert 'id="scope-error"' in statutory.text
    assert "只能中止承诺时限" in statutory.text
    assert visitor.post(f"/cases/{case_id}/suspend", **{**sent, "item": "NOTHING"}).status_code == 404
    assert "ClockSuspended" not in kinds(office, case_id)


def test_without_the_token_of_the_form_nothing_is_done(office: Office, app: Flask) -> None:
    case_id, visitor = suspended(office), Visitor(app, "market1")
    visitor.token = ""
    before = kinds(office, case_id)
    for act, typed in (
        ("suspend", HEARING),
        ("resume", {"suspension": "1", "evidence": "笔录"}),
        ("extend", EXTENSION),
    ):
        assert visitor.post(f"/cases/{case_id}/{act}", step="do", key="k", **typed).status_code == 400
    assert kinds(office, case_id) == before


def test_who_is_signed_out_comes_back_to_the_case(office: Office, app: Flask) -> None:
    case_id, nobody = begun(office), Visitor(app)
    answer = nobody.post(f"/cases/{case_id}/suspend", **HEARING)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"next=/cases/{case_id}")


def test_a_suspension_is_ended_with_the_new_due_dates_shown_first(office: Office, app: Flask) -> None:
    case_id = suspended(office)
    at(office, "2026-03-13")
    visitor = Visitor(app, "market1")
    form = visitor.get(f"/cases/{case_id}/resume").text
    assert re.search(r'name="suspension" value="1" checked', form)
    page, sent = previewed(visitor, case_id, "resume", {"suspension": "1", "evidence": "听证笔录 3 号"})
    assert "承诺办结 恢复计时，2026-03-30 17:30 到期。" in said(page)
    assert visitor.post(f"/cases/{case_id}/resume", **{**sent, "evidence": ""}).status_code == 400
    assert visitor.post(f"/cases/{case_id}/resume", **sent).status_code == 303
    assert "恢复计时（听证结束）：食品经营许可。" in said(visitor.get(f"/cases/{case_id}").text)
    assert kinds(office, case_id)[-1] == "ClockResumed"


def test_a_suspension_under_another_one_changes_no_date_and_the_page_says_so(office: Office, app: Flask) -> None:
    case_id = suspended(office)
    office.engine.execute(SuspendClock(case_id, **{**HEARING, "item": ""}), REVIEWER)
    visitor = Visitor(app, "market1")
    page, sent = previewed(visitor, case_id, "resume", {"suspension": "1", "evidence": "笔录"})
    assert 'data-changes="0"' in page
    assert "现在没有时限会因此改变" in page
    assert visitor.post(f"/cases/{case_id}/resume", **sent).status_code == 303


def test_who_comes_second_is_told_who_was_first(office: Office, app: Flask) -> None:
    case_id, visitor = suspended(office), Visitor(app, "market1")
    _, resume = previewed(visitor, case_id, "resume", {"suspension": "1", "evidence": "笔录"})
    _, extend = previewed(visitor, case_id, "extend", EXTENSION)
    office.engine.execute(ResumeClock(case_id, "1", "笔录"), REVIEWER)
    office.engine.execute(ExtendClock(case_id, "", "案情复杂", "government_head", "区政府 12 号"), HEAD)
    for act, sent, told in (
        ("resume", resume, "周演示 已在 2026-03-04 10:00 恢复了这次计时。"),
        ("extend", extend, "周演示 已在 2026-03-04 10:00 延长过这个期限，期限只能延长一次。"),
    ):  # fmt: skip
        answer = visitor.post(f"/cases/{case_id}/{act}", **sent)
        assert answer.status_code == 303
        assert told in said(visitor.get(f"/cases/{case_id}").text)
    assert kinds(office, case_id).count("ClockExtended") == 1
    assert offered(visitor.get(f"/cases/{case_id}").text) == {"suspend", "extend"}, "an item has its own extension"


def test_a_suspension_that_the_decision_ended_is_told_as_that(office: Office, app: Flask) -> None:
    case_id, visitor = suspended(office), Visitor(app, "market1")
    _, sent = previewed(visitor, case_id, "resume", {"suspension": "1", "evidence": "笔录"})
    office.decide(case_id, "FOOD.site")
    office.decide(case_id, "FOOD.review")
    assert visitor.post(f"/cases/{case_id}/resume", **sent).status_code == 303
    assert "这次中止已在 2026-03-04 10:00 随决定或办结而结束。" in said(visitor.get(f"/cases/{case_id}").text)


def test_an_extension_shows_the_new_dates_first_and_needs_the_level_the_law_asks_for(
    office: Office, app: Flask
) -> None:
    case_id, visitor = begun(office), Visitor(app, "market1")
    form = said(visitor.get(f"/cases/{case_id}/extend").text)
    assert "整个办件（本级政府负责人批准，延长 15 个工作日）" in form
    assert "食品经营许可（本机关负责人批准，延长 10 个工作日）" in form
    wrong = visitor.post(
        f"/cases/{case_id}/extend", step="preview", key="k", **{**EXTENSION, "level": "authority_head"}
    )
    assert wrong.status_code == 400
    assert "延长须经本级政府负责人批准" in wrong.text
    assert "案情复杂</textarea>" in wrong.text
    page, sent = previewed(visitor, case_id, "extend", EXTENSION)
    assert "到期时间由 2026-03-19 17:30 改为 2026-04-10 17:30。" in said(page)
    assert set(re.findall(r'<li data-clock="(\w+):', page)) == {"promised", "statutory"}
    assert visitor.post(f"/cases/{case_id}/extend", **sent).status_code == 303
    due = str(office.case(case_id).statutory_due_at)[:10]
    shown = said(visitor.get(f"/cases/{case_id}").text)
    assert f"延长 15 个工作日：整个办件（本级政府负责人批准），法定最晚 {due}。" in shown
    assert kinds(office, case_id)[-1] == "ClockExtended"


def test_what_has_become_impossible_meanwhile_is_said_and_nothing_typed_is_lost(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, "market1")
    _, sent = previewed(visitor, case_id, "suspend", HEARING)
    office.decide(case_id, "FOOD.site")
    office.decide(case_id, "FOOD.review")
    answer = visitor.post(f"/cases/{case_id}/suspend", **sent)
    assert answer.status_code == 409
    assert "该事项尚未开始办理或已经决定" in said(answer.text)
    assert 'value="听证通知书 3 号"' in answer.text
    office.finish(case_id)
    for act in LINKS:
        assert visitor.get(f"/cases/{case_id}/{act}").status_code == 303
        assert "现在没有" in said(visitor.get(f"/cases/{case_id}").text)
    page = visitor.get(f"/cases/{case_id}").text
    assert offered(page) == set()
    assert "没有在走的时限。" in said(page)


def test_in_english_no_chinese_is_left_but_what_people_wrote(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, "market1", language="en")
    typed = {**HEARING, "ground": "Article 47", "evidence": "Notice 3"}
    page, sent = previewed(visitor, case_id, "suspend", typed)
    pages = [page, visitor.get(f"/cases/{case_id}/suspend").text]
    visitor.post(f"/cases/{case_id}/suspend", **sent)
    pages.append(previewed(visitor, case_id, "resume", {"suspension": "1", "evidence": "Minutes"})[0])
    asked = {**EXTENSION, "approver": "No. 12", "reason": "complex"}
    page, sent = previewed(visitor, case_id, "extend", asked)
    visitor.post(f"/cases/{case_id}/extend", **sent)
    pages += [page, *(visitor.get(f"/cases/{case_id}{path}").text for path in ("", "?at=x", "/resume", "/extend"))]
    pages.append(visitor.post(f"/cases/{case_id}/suspend", key="z", step="do", **{**typed, "ground": ""}).text)
    people = (*office.engine.records.names(["market1", "window1", "market2"]).values(), "演示示例", "中文", "意见")
    for page in pages:
        left = [text for text in texts(page) if re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text)]
        assert [text for text in left if not any(name in text for name in people)] == []


def test_what_is_typed_is_shown_as_text_and_never_as_markup(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, "market1")
    page, sent = previewed(visitor, case_id, "suspend", {**HEARING, "ground": '"><script>alert(1)</script>'})
    visitor.post(f"/cases/{case_id}/suspend", **sent)
    for shown in (page, visitor.get(f"/cases/{case_id}").text):
        assert "<script>alert" not in shown
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", shown)
