"""The public pages: what can be applied for, guides, tracking. Nobody signs in."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from werkzeug.test import TestResponse

from engine.commands import DeclineCase
from tests.builders import CLERK, Office
from tests.web import Visitor, site_of, texts
from timers.sweep import sweep

TRANSLATIONS = Path(__file__).parents[2] / "webapp" / "translations" / "en" / "LC_MESSAGES"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SEWER = {"has_licence": "true", "sells_tobacco": "false", "has_fumes": "false", "discharges_waste_water": "true"}


def ask(visitor: Visitor, office: Office, case_id: str, code: str = "") -> TestResponse:
    """The tracking form, filled in and sent."""
    number = office.case(case_id).number
    visitor.get("/track")
    return visitor.post("/track", number=number, code=code or office.engine.read.query_code(case_id))


def said(answer: TestResponse) -> str:
    return " ".join(texts(answer.text))


def test_the_home_page_shows_the_bundles_first_then_every_single_item(office: Office) -> None:
    page = Visitor(site_of(office.engine)).get("/")
    assert page.status_code == 200
    for code, offering in office.engine.deployments.catalogue.offerings.items():
        assert f'href="/guide/{code}"' in page.text, offering.name_zh
    assert page.text.index("/guide/B13") < page.text.index("/guide/FOOD")
    assert "承诺 10–13.5 个工作日" in said(page)
    assert "四川 2024：由 48 个工作日减为 13 个工作日" in said(page)


def test_public_pages_need_no_script_and_are_small(office: Office) -> None:
    visitor, sheets = Visitor(site_of(office.engine)), 0
    for path in ("/", "/track", "/guide/FOOD"):
        page = visitor.get(path)
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert len(page.data) <= 25_000, path
        sheets += len(re.findall('rel="stylesheet"', page.text))
    assert sheets >= 6


def test_the_search_finds_by_item_department_and_result_whatever_the_width_and_case(office: Office) -> None:
    visitor = Visitor(site_of(office.engine))
    for typed, code in (
        ("餐饮", "B02"),
        ("烟草专卖", "TOBACCO"),
        ("食品经营许可证", "FOOD"),
        ("ｆｏｏｄ　LICENCE", "FOOD"),
    ):
        assert f"/guide/{code}" in visitor.get(f"/?q={typed}").text, typed
    assert "/guide/B13" not in visitor.get("/?q=餐饮").text
    nothing = visitor.get("/?q=<b>spaceship</b>")
    assert "没有找到与“<b>spaceship</b>”有关的事项" in said(nothing)
    assert "<b>spaceship" not in nothing.text


@pytest.mark.parametrize("code", ["B01", "B02", "B13", "FOOD", "LIC_CHECK"])
def test_a_guide_says_everything_about_an_offering(office: Office, code: str) -> None:
    page = Visitor(site_of(office.engine)).get(f"/guide/{code}")
    assert page.status_code == 200
    offering, shown = office.engine.deployments.catalogue.offering(code), said(page)
    for item in offering.items:
        assert item.name_zh in shown
        for step in item.steps:
            assert step.name_zh in shown
        for result in item.results:
            assert result.name_zh in shown
    for edge in offering.precedence:
        assert edge.reason_zh in shown
    for field in offering.fields:
        assert field.label_zh in shown
        assert field.help_zh in shown
    assert page.text.count("<svg") == 1
    assert all(f'data-element-id="{step}"' in page.text for step in offering.steps)


def test_what_is_assumed_is_marked_as_typical_and_the_rest_names_its_source(office: Office) -> None:
    page = Visitor(site_of(office.engine)).get("/guide/B02")
    row = re.search(r"还没有营业执照\s*(<[^/]*</\w+>)", page.text)
    assert row and "假定" in row[1]
    fire = re.search(r"建筑面积超过 50 ㎡(.*?)</td>", page.text, re.DOTALL)
    assert fire and 'href="#S23"' in fire[1] and "假定" not in fire[1]
    for source in re.findall(r'href="#(S\w+)"', page.text):
        assert f'id="{source}"' in page.text


def test_a_material_the_bundle_knows_is_not_needed_is_not_in_its_guide(office: Office) -> None:
    """A restaurant is not the canteen of a school: the certificate of the school confused everybody who read it."""
    visitor = Visitor(site_of(office.engine))
    assert "民办非企业单位登记证书" in said(visitor.get("/guide/FOOD"))
    assert "民办非企业单位登记证书" not in said(visitor.get("/guide/B02"))


def test_an_unknown_guide_is_not_found(office: Office) -> None:
    assert Visitor(site_of(office.engine)).get("/guide/NOTHING").status_code == 404


def test_a_wrong_number_and_a_wrong_code_get_the_same_answer(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("FOOD")
    wrong_code = ask(visitor, office, case_id, "AAAAAAAA")
    wrong_number = visitor.post("/track", number="1", code=office.engine.read.query_code(case_id))
    assert wrong_code.status_code == wrong_number.status_code == 404
    told = [re.findall(r'id="track-error">([^<]+)', page.text) for page in (wrong_code, wrong_number)]
    assert told[0] == told[1] == ["编号或查询码不正确"]


def test_tracking_is_never_kept_and_puts_nothing_into_addresses_or_titles(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("FOOD")
    page = ask(visitor, office, case_id)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert re.findall("<title>([^<]*)", page.text)[0] == "办理进度 · 并联审批"
    number, code = office.case(case_id).number, office.engine.read.query_code(case_id)
    assert not [link for link in re.findall(r'(?:href|action)="([^"]*)"', page.text) if number in link or code in link]
    assert code not in page.text
    assert visitor.get("/track").text.count('autocomplete="off"') >= 3


def test_tries_at_query_codes_are_limited(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("FOOD")
    answers = [ask(visitor, office, case_id, "AAAAAAAA").status_code for _ in range(30)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_tracking_shows_each_department_and_what_it_waits_for_but_no_person(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("B02", {**SEWER, "has_licence": "false"})
    page = ask(visitor, office, case_id)
    states = dict(re.findall(r'data-item="(\w+)" data-state="(\w+)"', page.text))
    assert states["ENT_REG"] == "working"
    assert states["SIGN"] == "waiting"
    assert "等待营业执照核验、企业设立登记" in said(page)
    applicant = office.engine.records.applicant(case_id)
    people = [name for account in ("window1", "market1") if (name := office.engine.records.names([account])[account])]
    for private in [*people, *(text for text in applicant.values() if len(text) > 3)]:
        assert private not in page.text


def test_tracking_tells_reasons_numbers_and_what_was_not_reached(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("B13")
    office.decide(
        case_id, "BIRTHCERT.issue" if "BIRTHCERT.issue" in office.open(case_id) else min(office.open(case_id))
    )
    closed = office.finish(case_id, lambda step: "disagree" if step.startswith("HUKOU_NEW") else "agree")
    page = ask(visitor, office, case_id)
    shown = said(page)
    assert closed.outcome == "partly_granted"
    assert "已办结：部分准予" in shown
    assert "理由：意见" in shown
    assert "因“出生户口登记”未获准予" in shown or "未获准予，本事项不再办理" in shown
    for result in closed.results.values():
        assert result.number in shown


def test_tracking_says_that_a_step_is_late_and_only_once_it_is_true_that_somebody_was_told(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("FOOD")
    office.clock.advance(days=5)
    late = said(ask(visitor, office, case_id))
    assert "本环节已超时" in late
    assert "已提醒部门负责人" not in late
    assert sweep(office.engine).fired
    assert "已提醒部门负责人" in said(ask(visitor, office, case_id))


def test_before_acceptance_the_applicant_sees_what_is_missing_and_after_declining_why(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.submit("FOOD").case_id
    assert "已提交，等待受理" in said(ask(visitor, office, case_id))
    office.engine.execute(DeclineCase(case_id, "不属于本窗口受理范围"), CLERK)
    shown = said(ask(visitor, office, case_id))
    assert "不予受理您的申请" in shown
    assert "理由：不属于本窗口受理范围" in shown


def test_a_date_in_a_year_without_published_holidays_is_marked_provisional(office: Office) -> None:
    visitor = Visitor(site_of(office.engine))
    assert "暂定" not in said(ask(visitor, office, office.accept("FOOD")))
    office.clock.advance(days=290)
    assert "暂定" in said(ask(visitor, office, office.accept("B02", SEWER)))


@pytest.mark.parametrize(
    "path", ["/", "/?q=food", "/?q=zzz", "/guide/B01", "/guide/B02", "/guide/B13", "/guide/FOOD", "/track"]
)
def test_in_english_no_chinese_is_left(office: Office, path: str) -> None:
    page = Visitor(site_of(office.engine), language="en").get(path)
    assert [text for text in texts(page.text) if CHINESE.search(text)] == []


def test_tracking_in_english_leaves_no_chinese(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine), language="en"), office.accept("B02", SEWER)
    page = ask(visitor, office, case_id)
    assert [text for text in texts(page.text) if CHINESE.search(text)] == []


def test_every_english_text_is_there_and_compiled() -> None:
    with (TRANSLATIONS / "public.po").open("rb") as source, (TRANSLATIONS / "public.mo").open("rb") as compiled:
        written = {one.id: one.string for one in read_po(source) if one.id}
        built = {one.id: one.string for one in read_mo(compiled) if one.id}
    assert len(written) > 200
    assert [name for name, text in written.items() if not text] == []
    assert built == written


CONTEST = "对不予许可决定不服的，可以依法申请行政复议或者提起行政诉讼（行政许可法第三十八条）。"


def test_a_departments_refusal_is_an_opinion_until_the_lead_has_decided(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    office.decide(case_id, "SIGN.review")
    office.decide(case_id, "SIGN.decide", "disagree", "招牌过高")
    page = ask(visitor, office, case_id)
    assert dict(re.findall(r'data-item="(\w+)" data-state="(\w+)"', page.text))["SIGN"] == "opposed"
    assert "部门意见：不予许可，等牵头部门确认" in said(page)
    assert "理由：招牌过高" in said(page)
    assert CONTEST not in said(page)
    office.finish(case_id)
    page = ask(visitor, office, case_id)
    assert "部门意见" not in said(page)
    assert "✕ 不予许可" in said(page)
    assert said(page).count(CONTEST) == 1


def test_a_department_that_decides_for_itself_refuses_for_good(office: Office) -> None:
    visitor, case_id = Visitor(site_of(office.engine)), office.accept("FOOD")
    assert CONTEST not in said(ask(visitor, office, case_id))
    while office.case(case_id).items["FOOD"].status == "in_review":
        office.decide(case_id, min(office.open(case_id)), "disagree")
    assert CONTEST in said(ask(visitor, office, case_id))


def test_the_caption_of_the_picture_says_what_it_shows(office: Office) -> None:
    visitor = Visitor(site_of(office.engine))
    bundle = ask(visitor, office, office.accept("B02", SEWER))
    assert "进度图：整个“一件事”的流程，这件申请不需要的部分不上色；在小屏幕上可左右滑动。" in said(bundle)
    assert bundle.text.count('data-element-id="TOBACCO.') > 0
    assert not re.search(r'class="[^"]*\bs-\w+[^"]*" data-element-id="TOBACCO\.', bundle.text)
    single = said(ask(visitor, office, office.accept("FOOD")))
    assert "进度图：整个事项的流程；在小屏幕上可左右滑动。" in single
    assert "在小屏幕上图可左右滑动" in said(visitor.get("/guide/B02"))
