"""One notice of correction at the window, what comes after it, late answers, what is owed after the acceptance."""

import html
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from engine.commands import AcceptCase, RequestCorrection, SupplyMaterials
from engine.settings import default_processes
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.integration.test_case_clocks_intake import LATER, kinds, submitted
from tests.slow_calendar import BEIJING
from tests.web import Visitor, field, site_of, texts
from timers.sweep import sweep

PLAN, SYSTEM_OF_RULES, FLOOR = "M_FIREPLAN", "M_FIRESYS", "M_FLOORPLAN"
REASON = "材料不齐，依据行政许可法第三十二条"
TYPED = {f"bad-{FLOOR}": "1", f"wrong-{FLOOR}": "图上没有尺寸", f"wrong-{PLAN}": "一式两份", "reason": REASON}


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over the office."""
    return site_of(office.engine)


@pytest.fixture
def deferring(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """An office in whose catalogue one material may follow after the acceptance."""
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__", "B??"))
    file = folder / "FIRECHK" / "item.toml"
    named = f'code = "{LATER}"'
    file.write_text(file.read_text("utf-8").replace(named, f"{named}\ndeferrable = true", 1), "utf-8")
    with opened_office(tmp_path, clock, processes=folder) as opened:
        yield opened


def at(office: Office, day: str, hour: int = 10, minute: int = 0) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=BEIJING))


def said(page: str) -> str:
    return " ".join(texts(page))


def previewed(clerk: Visitor, case_id: str, typed: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The page that says what the applicant is told, and what its form sends."""
    clerk.get(f"/intake/cases/{case_id}/correction")
    answer = clerk.post(f"/intake/cases/{case_id}/correction", key="k1", step="preview", **typed)
    assert answer.status_code == 200, said(answer.text)
    carried = {name: html.unescape(field(answer.text, name)) for name in typed}
    return answer.text, {**carried, "key": field(answer.text, "key"), "step": "do"}


def test_the_notice_names_what_is_missing_by_itself_and_is_shown_before_it_is_sent(office: Office, app: Flask) -> None:
    case_id, clerk = submitted(office, without=2), Visitor(app, "window1")
    assert 'data-action="correction"' in clerk.get(f"/intake/cases/{case_id}").text
    form = clerk.get(f"/intake/cases/{case_id}/correction").text
    assert re.findall(r'data-missing="(\w+)"', form) == [PLAN, SYSTEM_OF_RULES]
    assert re.findall(r'data-given="(\w+)"', form) == ["F_FIRECHK", FLOOR]
    page, sent = previewed(clerk, case_id, TYPED)
    assert re.findall(r'data-named="(\w+)"', page) == [PLAN, SYSTEM_OF_RULES, FLOOR]
    told = said(page)
    assert "场所消防设施平面图 — 一式两份" in told
    assert "消防安全制度、灭火和应急疏散预案 — 没有收到" in told
    assert "场所平面布置图 — 图上没有尺寸" in told
    assert f"理由：{REASON}" in told
    assert kinds(office, case_id) == ["ApplicationSubmitted"], "nothing is sent by looking"
    answer = clerk.post(f"/intake/cases/{case_id}/correction", **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/intake/cases/{case_id}")
    assert kinds(office, case_id) == ["ApplicationSubmitted", "CorrectionRequested"]
    assert office.case(case_id).asked == {PLAN: "一式两份", SYSTEM_OF_RULES: "", FLOOR: "图上没有尺寸"}
    assert clerk.post(f"/intake/cases/{case_id}/correction", **sent).status_code == 303
    assert kinds(office, case_id).count("CorrectionRequested") == 1, "a form sent twice is one notice"


def test_while_it_is_out_everybody_at_the_window_reads_what_was_asked_and_what_has_come(
    office: Office, app: Flask
) -> None:
    case_id = submitted(office, without=1)
    office.engine.execute(RequestCorrection(case_id, {FLOOR: "图上没有尺寸"}, REASON), CLERK)
    clerk = Visitor(app, "window2")
    page = clerk.get(f"/intake/cases/{case_id}").text
    words = said(page)
    assert "待补正" in words
    assert "2026-03-02 09:00 由 赵演示 发出，补齐之前不计时。" in words
    assert "场所平面布置图 — 图上没有尺寸" in words
    assert 'data-action="correction"' not in page
    assert 'data-action="accept"' not in page
    clerk.post(f"/intake/cases/{case_id}/materials", key="a", **{f"material-{FLOOR}": "received"})
    half = clerk.get(f"/intake/cases/{case_id}").text
    assert "场所平面布置图 — 图上没有尺寸 ✓ 已收" in said(half)
    assert office.case(case_id).status == "correction"
    clerk.post(f"/intake/cases/{case_id}/materials", key="b", **{f"material-{PLAN}": "received"})
    assert office.case(case_id).status == "submitted"
    whole = clerk.get(f"/intake/cases/{case_id}").text
    assert "data-asked" not in whole
    assert 'data-action="accept"' in whole
    assert "一次告知补正：场所消防设施平面图、场所平面布置图" in said(clerk.get(f"/cases/{case_id}").text)


def test_what_is_unclear_is_said_at_the_material_and_nothing_typed_is_lost(office: Office, app: Flask) -> None:
    case_id, clerk = submitted(office, without=1), Visitor(app, "window1")
    path = f"/intake/cases/{case_id}/correction"
    clerk.get(path)
    typed = {f"bad-{FLOOR}": "1", f"wrong-{SYSTEM_OF_RULES}": "没有盖章", f"wrong-{PLAN}": "一式两份", "reason": ""}
    unclear = clerk.post(path, key="k", step="preview", **typed)
    assert unclear.status_code == 400
    assert re.findall(r'<li><a href="#([\w-]+)">', unclear.text) == [f"wrong-{FLOOR}", f"bad-{SYSTEM_OF_RULES}"]
    assert "请写明哪里需要补正" in said(unclear.text)
    assert "写了问题但没有勾选" in said(unclear.text)
    for kept in (f'name="bad-{FLOOR}" value="1" checked', 'value="没有盖章"', 'value="一式两份"'):
        assert kept in unclear.text
    blank = clerk.post(path, key="k", step="do", **{**TYPED, "reason": "  "})
    assert blank.status_code == 400
    assert '<p class="error" id="reason-error">请填写理由或意见</p>' in blank.text
    assert 'value="图上没有尺寸"' in blank.text
    long = clerk.post(path, key="k", step="preview", **{**TYPED, "reason": "不" * 4001})
    assert long.status_code == 400
    assert "不" * 4001 in long.text
    back = clerk.post(path, key="k", step="edit", **TYPED)
    assert back.status_code == 200
    assert f"{REASON}</textarea>" in back.text
    assert kinds(office, case_id) == ["ApplicationSubmitted"]


def test_with_everything_there_and_nothing_ticked_there_is_nothing_to_ask_for(office: Office, app: Flask) -> None:
    case_id, clerk = submitted(office), Visitor(app, "window1")
    clerk.get(f"/intake/cases/{case_id}/correction")
    answer = clerk.post(f"/intake/cases/{case_id}/correction", key="k", step="preview", reason=REASON)
    assert answer.status_code == 400
    assert "没有需要补正的材料" in said(answer.text)


def test_a_second_notice_names_only_what_the_first_one_named(office: Office, app: Flask) -> None:
    case_id, clerk = submitted(office), Visitor(app, "window1")
    office.engine.execute(RequestCorrection(case_id, {FLOOR: "图上没有尺寸"}, REASON), CLERK)
    office.engine.execute(SupplyMaterials(case_id, {FLOOR: "received"}), CLERK)
    form = clerk.get(f"/intake/cases/{case_id}/correction").text
    assert re.findall(r'data-given="(\w+)"', form) == [FLOOR]
    assert "这是第二次通知" in said(form)
    office.engine.execute(SupplyMaterials(case_id, {PLAN: "missing"}), CLERK)
    form = clerk.get(f"/intake/cases/{case_id}/correction").text
    assert re.findall(r'data-missing="(\w+)"', form) == []
    assert "首次通知没有列明，不能再要求：场所消防设施平面图" in said(form)
    answer = clerk.post(f"/intake/cases/{case_id}/correction", key="k", step="do", **TYPED)
    assert answer.status_code == 409
    assert "首次补正通知未列明的材料不得再次要求" in said(answer.text)
    office.engine.execute(SupplyMaterials(case_id, {PLAN: "received"}), CLERK)
    _, sent = previewed(clerk, case_id, {f"bad-{FLOOR}": "1", f"wrong-{FLOOR}": "还是没有尺寸", "reason": REASON})
    assert clerk.post(f"/intake/cases/{case_id}/correction", **sent).status_code == 303
    assert kinds(office, case_id).count("CorrectionRequested") == 2
    assert "还是没有尺寸" in said(clerk.get(f"/intake/cases/{case_id}").text)


def test_a_second_clerk_is_told_who_sent_the_notice(office: Office, app: Flask) -> None:
    case_id = submitted(office, without=1)
    first, second = Visitor(app, "window1"), Visitor(app, "window2")
    _, sent = previewed(second, case_id, TYPED)
    _, earlier = previewed(first, case_id, TYPED)
    assert first.post(f"/intake/cases/{case_id}/correction", **earlier).status_code == 303
    assert second.post(f"/intake/cases/{case_id}/correction", **sent).status_code == 303
    assert "赵演示 已在 2026-03-02 09:00 发出补正通知。" in said(second.get(f"/intake/cases/{case_id}").text)
    assert second.get(f"/intake/cases/{case_id}/correction").status_code == 303
    assert kinds(office, case_id).count("CorrectionRequested") == 1


def test_only_clerks_of_the_window_send_notices_and_only_with_the_token_of_the_form(office: Office, app: Flask) -> None:
    case_id = submitted(office, without=1)
    path = f"/intake/cases/{case_id}/correction"
    for username in ("fire1", "window_head", "super1"):
        visitor = Visitor(app, username)
        assert visitor.get(path).status_code == 403, username
        assert visitor.post(path, key="k", step="do", **TYPED).status_code == 403, username
    nobody = Visitor(app)
    assert nobody.get(path).status_code == 302
    assert nobody.post(path, **TYPED).headers["Location"].endswith(f"next=/intake/cases/{case_id}")
    clerk = Visitor(app, "window1")
    clerk.token = ""
    assert clerk.post(path, key="k", step="do", **TYPED).status_code == 400
    assert kinds(office, case_id) == ["ApplicationSubmitted"]


def test_an_acceptance_after_five_working_days_is_said_to_count_from_the_receipt(office: Office, app: Flask) -> None:
    case_id = submitted(office)
    at(office, "2026-03-09", 18)
    clerk = Visitor(app, "window1")
    evening = clerk.get(f"/intake/cases/{case_id}").text
    assert "答复期限已过，不能再要求补正或不予受理。" in said(evening)
    assert 'data-action="correction"' not in evening
    assert 'data-action="decline"' not in evening
    assert clerk.get(f"/intake/cases/{case_id}/correction").status_code == 303
    assert "视为自收件之日起受理" in said(clerk.get(f"/intake/cases/{case_id}").text)
    at(office, "2026-03-12")
    clerk = Visitor(app, "window1")
    late = said(clerk.get(f"/intake/cases/{case_id}").text)
    assert "收件满五个工作日没有答复，视为自 2026-03-02 收件之日起受理：期限从那一天起算。" in late
    assert clerk.post(f"/intake/cases/{case_id}/accept", key="a").status_code == 303
    done = said(clerk.get(f"/intake/cases/{case_id}").text)
    assert "已受理：五个工作日内未告知补正，视为自 2026-03-02 收件之日起受理。" in done
    assert kinds(office, case_id)[-1] == "ApplicationDeemedAccepted"


def test_what_was_missing_at_a_deemed_acceptance_is_registered_by_the_window(office: Office, app: Flask) -> None:
    case_id = submitted(office, without=1)
    at(office, "2026-03-10", 9)
    sweep(office.engine)
    clerk = Visitor(app, "window1")
    page = clerk.get(f"/intake/cases/{case_id}").text
    assert re.findall(r'data-owed="(\w+)"', page) == [PLAN]
    assert "受理时就缺" in said(page)
    assert 'data-action="supply-owed"' in clerk.get(f"/cases/{case_id}").text
    assert 'data-action="supply-owed"' not in Visitor(app, "fire1").get(f"/cases/{case_id}").text
    none = clerk.post(f"/intake/cases/{case_id}/materials", key="a")
    assert none.status_code == 400
    assert "只能登记尚欠的材料" in said(none.text)
    sent = {"key": "b", f"material-{PLAN}": "received"}
    assert clerk.post(f"/intake/cases/{case_id}/materials", **sent).status_code == 303
    assert "材料已登记。" in said(clerk.get(f"/intake/cases/{case_id}").text)
    assert kinds(office, case_id)[-1] == "MaterialsSupplied"
    assert "data-owed" not in clerk.get(f"/intake/cases/{case_id}").text
    clerk.post(f"/intake/cases/{case_id}/accept", key="c")
    assert "系统 已在 2026-03-10 09:00 处理过这件申请" in said(clerk.get(f"/intake/cases/{case_id}").text)


def test_a_deferred_material_has_its_day_on_the_page_and_is_red_after_it_even_when_the_case_is_closed(
    deferring: Office,
) -> None:
    case_id = submitted(deferring, deferred=LATER)
    deferring.engine.execute(AcceptCase(case_id), CLERK)
    app = site_of(deferring.engine)
    page = Visitor(app, "window1").get(f"/intake/cases/{case_id}").text
    assert "容缺，应于 2026-03-09 17:30 前补交" in said(page)
    assert '<span class="tag amber">容缺' in page
    deferring.finish(case_id)
    at(deferring, "2026-03-11")
    clerk = Visitor(app, "window1")
    page = clerk.get(f"/intake/cases/{case_id}").text
    assert re.search(
        r'data-owed="M_FIRESYS".*?<span class="tag red"><span aria-hidden="true">⚠</span>', page, re.DOTALL
    )
    assert (
        clerk.post(f"/intake/cases/{case_id}/materials", key="a", **{f"material-{LATER}": "received"}).status_code
        == 303
    )
    assert deferring.case(case_id).terms["deferred.1"].ended_at is not None


def test_in_english_no_chinese_is_left_but_names(office: Office, app: Flask) -> None:
    case_id, clerk = submitted(office, without=1), Visitor(app, "window1", language="en")
    typed = {f"bad-{FLOOR}": "1", f"wrong-{FLOOR}": "no measures", "reason": "incomplete"}
    page, sent = previewed(clerk, case_id, typed)
    path = f"/intake/cases/{case_id}"
    pages = [
        page,
        clerk.get(f"{path}/correction").text,
        clerk.post(f"{path}/correction", key="k", **TYPED | {"reason": ""}).text,
    ]
    clerk.post(f"{path}/correction", **sent)
    pages.append(clerk.get(path).text)
    for page in pages:
        left = [text for text in texts(page) if re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text)]
        assert [text for text in left if not re.search("赵演示|中文", text)] == []


def test_the_applicant_reads_what_to_bring_and_why_and_who_asked_stays_out_of_it(office: Office, app: Flask) -> None:
    case_id, clerk = submitted(office, without=1), Visitor(app, "window1")
    _, sent = previewed(clerk, case_id, TYPED)
    clerk.post(f"/intake/cases/{case_id}/correction", **sent)
    missing = next(code for code in office.case(case_id).asked if code != FLOOR)
    office.engine.execute(SupplyMaterials(case_id, {missing: "received"}), CLERK)
    code = office.engine.read.query_code(case_id)
    for language, asked in (("zh", "需要补正材料"), ("en", "Corrections are needed")):
        applicant = Visitor(app, language=language)
        applicant.get("/track")
        page = applicant.post("/track", number=office.case(case_id).number, code=code).text
        assert asked in said(page)
        assert "图上没有尺寸" in said(page)
        assert REASON in said(page)
        assert page[page.index("data-asked") :].split("</ul>")[0].count("✓") == 1, "what has come is ticked"
        assert "赵演示" not in page
