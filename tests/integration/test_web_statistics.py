"""Lateness on a page: by department and step, where the time went, what is likely to be late; of bounded work."""

import re

import pytest

from engine.commands import AcceptCase, Actor, RequestCorrection, ResumeClock, SupplyMaterials, SuspendClock
from engine.statistics import lateness, outlook, overview
from engine.statistics.lateness import Late
from engine.statistics.numbers import Share
from engine.statistics.risk import ENOUGH
from tests.builders import CLERK, Office
from tests.web import Visitor, site_of, texts
from webapp.admin import statistics
from webapp.admin.statistics import twentieths

PAGE = "/admin/statistics"
CODE = "FIRECHK"
INSPECTOR = Actor("f", "fire", frozenset({"inspector"}))
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def page_of(office: Office, query: str = "", language: str = "zh-CN") -> str:
    """The page as supervision sees it."""
    answer = Visitor(site_of(office.engine), "super1", language).get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.text


def said(html: str) -> str:
    return " ".join(texts(html))


def row(html: str, kind: str, code: str) -> str:
    """What one line of a table says."""
    found = re.search(rf'<tr data-{kind}="{re.escape(code)}">.*?</tr>', html, re.DOTALL)
    assert found, code
    return said(found[0])


def figure(html: str, name: str) -> str:
    """One of the figures on top."""
    found = re.search(rf'data-count="{name}"><span[^>]*>[^<]*</span><b>([^<]*)</b>', html)
    assert found
    return found[1]


def finish(office: Office, case_id: str, days: int = 1) -> None:
    """Every step takes so many days."""
    while steps := sorted(office.open(case_id)):
        if steps[0].partition(".")[2] != "deliver":
            office.clock.advance(days=days)
        office.decide(case_id, steps[0])


def late_case(office: Office) -> str:
    """Corrected before its acceptance, suspended after it, then much too slow."""
    case_id = office.submit(CODE).case_id
    offering = office.engine.deployments.catalogue.offering(CODE)
    brought = {
        m.code for item in offering.items for m in item.materials if m.origin == "applicant" and m.kind != "form"
    }
    code = min(office.case(case_id).materials.keys() & brought)
    office.engine.execute(RequestCorrection(case_id, {code: "看不清"}, "请补正"), CLERK)
    office.clock.advance(days=2)
    office.engine.execute(SupplyMaterials(case_id, {code: "received"}), CLERK)
    office.engine.execute(AcceptCase(case_id), CLERK)
    office.engine.execute(SuspendClock(case_id, CODE, "testing", "行政许可法第四十五条", "委托书", "2"), INSPECTOR)
    office.clock.advance(days=2)
    office.engine.execute(ResumeClock(case_id, "1", "检测报告 1 号"), INSPECTOR)
    office.clock.advance(days=40)
    finish(office, case_id, days=0)
    return case_id


def test_only_supervision_may_look(office: Office) -> None:
    app = site_of(office.engine)
    for username in ("market1", "window1", "market_head"):
        assert Visitor(app, username).get(PAGE).status_code == 403
    nobody = Visitor(app).get(f"{PAGE}?since=2026-01-01")
    assert nobody.headers["Location"] == "/signin?next=/admin/statistics?since%3D2026-01-01"
    assert Visitor(app, "super1").get(PAGE).status_code == 200


def test_without_cases_each_table_says_so_and_the_period_is_the_last_ninety_days(office: Office) -> None:
    html = page_of(office)
    for words in (
        "此期间没有部门超期。",
        "此期间没有环节超期。",
        "此期间没有超期的办件。",
        "没有推算为可能超期的在办件。",
    ):
        assert words in said(html), words
    assert 'name="since" type="date" value="2025-12-02"' in html
    assert 'name="until" type="date" value=""' in html
    assert figure(html, "finished") == figure(html, "open") == "0 / 0"


def test_a_late_case_is_told_by_department_step_and_cause(office: Office) -> None:
    late_case(office)
    html, found = page_of(office), lateness(office.engine)
    assert figure(html, "finished") == "1 / 1"
    (blame,) = [one for one in found.blame if one.code == "fire"]
    department = row(html, "group", "fire")
    assert department.startswith("消防")
    assert "1 / 2 50.0 %" in department, "one of its two steps"
    assert f"其中超出环节时限 {blame.over_days:.1f}" in department
    assert "中止（特别程序） 2.0" in department
    (step, *_) = [one for one in found.steps if one.finished.share.number]
    shown = row(html, "group", step.code)
    assert shown.startswith(f"{step.name_zh} 1 / 1 100.0 %")
    assert f"平均超期 {step.finished.mean_over:.1f}" in shown
    assert {code for code, days in found.causes.items() if days} == set(re.findall(r'data-cause="(\w+)"', html))
    assert "申请人补正 2.0" in row(html, "cause", "applicant")
    percents = [int(number) for number in re.findall(r"(\d+) %<span class=\"a-bar", html)]
    assert abs(sum(percents) - 100) <= 3


def test_a_branch_that_others_waited_for_is_named_so(office: Office) -> None:
    case_id = office.accept("B02")
    office.clock.advance(days=60)
    finish(office, case_id, days=1)
    found = lateness(office.engine)
    waited = next(s for s in found.late_cases[0].stretches if s.cause == "other_item" and s.time)
    assert "其他事项等待它" in row(page_of(office), "group", waited.department)


def test_the_period_is_of_the_acceptance_and_wrong_days_are_told_in_the_form(office: Office) -> None:
    late_case(office)
    assert figure(page_of(office, "?since=2026-03-04&until=2026-03-04"), "finished") == "1 / 1"
    assert figure(page_of(office, "?since=2026-03-05"), "finished") == "0 / 0"
    assert figure(page_of(office, "?until=2026-03-03&since=2026-01-01"), "finished") == "0 / 0"
    supervisor = Visitor(site_of(office.engine), "super1")
    for query, problem in (
        ("since=yesterday", "日期应写作 2026-03-02"), ("since=2026-03-02&until=2026-02-30", "日期应写作 2026-03-02"),
        ("since=2026-03-02&until=2026-03-01", "止日早于起日"),
    ):  # fmt: skip
        answer = supervisor.get(f"{PAGE}?{query}")
        assert answer.status_code == 400
        assert problem in said(answer.text)
        assert f'name="since" type="date" value="{query[6:16].split("&")[0]}"' in answer.text
        assert "data-count" not in answer.text


def test_what_is_likely_to_be_late_stands_there_with_its_reason(office: Office) -> None:
    for number in range(ENOUGH + 1):
        finish(office, office.accept(CODE), days=30 if number % 2 else 1)
    running = office.accept(CODE)
    late = office.accept(CODE)
    office.clock.advance(days=1)
    (told, *_) = [risk for risk in outlook(office.engine).risks if risk.case.id == running]
    html = page_of(office)
    shown = row(html, "case", running)
    assert office.case(running).number in shown
    assert "件已办结办件中" in shown
    assert told.probability is not None
    assert f"{round(100 * told.probability)} %" in shown
    assert ("可能超期" in shown) == told.likely
    assert f"{ENOUGH + 1} 件已办结办件" in said(html)
    office.clock.advance(days=200)
    assert late not in re.findall(r'data-case="(\w+)"', page_of(office)), "what is late already is on another page"


def test_where_too_little_was_finished_nothing_is_predicted_and_that_is_said(office: Office) -> None:
    office.accept(CODE)
    assert "其中 1 件历史数据不足，不作推算。" in said(page_of(office))


def test_the_work_is_bounded_by_the_newest_cases_and_the_page_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        office.accept(CODE)
        office.clock.advance(days=1)
    whole = overview(office.engine, (None, None), most=3, predicted=3)
    assert (whole.counted, whole.oldest, whole.in_time, len(whole.risks)) == (3, None, 3, 3)
    part = overview(office.engine, (None, None), most=2, predicted=1)
    assert (part.counted, part.in_time, len(part.risks)) == (2, 2, 1)
    assert part.oldest is not None
    assert part.risks[0].case.id == office.cases[1], "the one that is due first"
    assert "data-limited" not in page_of(office)
    monkeypatch.setattr(statistics, "MOST_CASES", 2)
    html = page_of(office)
    assert "只看最近收件的 2 件（2026-03-03 起收件）" in said(html)
    assert figure(html, "open") == "0 / 2"


def test_long_tables_are_cut_and_the_page_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.accept("B02")
    office.clock.advance(days=60)
    monkeypatch.setattr(statistics, "MOST_SHOWN", 1)
    html = page_of(office)
    assert len(re.findall("data-group", html)) == 2
    assert "另有 1 项超期较少，未列出。" in said(html)


@pytest.mark.parametrize(("late", "total", "size"), [(0, 0, 0), (0, 9, 0), (1, 1000, 1), (1, 2, 10), (7, 7, 20)])
def test_a_bar_is_empty_for_none_and_seen_for_few(late: int, total: int, size: int) -> None:
    assert twentieths(Late(Share(late, total), None, None)) == size


def test_the_page_keeps_the_strict_policy_and_has_no_chinese_in_english(office: Office) -> None:
    late_case(office)
    finish(office, office.accept("B02"), days=9)
    office.accept("B02")
    html = page_of(office, language="en")
    assert not re.search(r"<style|\sstyle=|<script(?![^>]* src=)", html)
    name = office.engine.records.names(["super1"])["super1"]
    assert CHINESE.findall(said(html).replace(name, "")) == []
