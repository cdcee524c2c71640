"""Documents in the browser: lists, files for those who may have them, the page that verifies."""

import logging
import re

import pytest
from flask import Flask

from engine.commands import SYSTEM, DeclineCase
from tests.builders import CLERK, Office
from tests.papers import make_all
from tests.web import Visitor, site_of, texts

PERSON = {"applicant_name": "张三丰"}


@pytest.fixture
def app(office: Office) -> Flask:
    return site_of(office.engine)


def granted(office: Office) -> str:
    """A food licence, granted, its documents made."""
    case_id = office.accept("FOOD", PERSON)
    office.finish(case_id)
    make_all(office)
    return case_id


def code_of(office: Office, case_id: str, kind: str = "acceptance") -> tuple[str, str]:
    """Number and verification code of a document."""
    shown = office.engine.paperwork.shown(office.engine.read.case(case_id, SYSTEM))
    one = next(one for one in shown if one.paper.kind == kind)
    return one.paper.number, office.engine.paperwork.code(one)


def links(html: str) -> list[str]:
    return re.findall(r'href="(/cases/\w+/documents/[\d.]+\.pdf)"', html)


def test_a_case_lists_its_documents_and_those_who_handle_it_download_them(office: Office, app: Flask) -> None:
    case_id = granted(office)
    clerk = Visitor(app, "window1")
    page = clerk.get(f"/cases/{case_id}")
    assert len(links(page.text)) == 2
    said = " ".join(texts(page.text))
    assert "食品经营许可证 市场监督管理局 有效" in said and "制作文书：证照（批文）" in said
    assert "送达（窗口领取）；办件办结：全部准予" in said  # documents come after the end, and are not it
    answer = clerk.get(links(page.text)[0])
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''330100%E5%8F%97" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "张三丰" in answer.text


@pytest.mark.parametrize(("username", "status"), [("market1", 200), ("super1", 403), ("tax1", 404), ("", 302)])
def test_a_file_names_the_applicant_and_is_for_those_who_may_see_that(
    office: Office, app: Flask, username: str, status: int
) -> None:
    case_id = granted(office)
    visitor = Visitor(app, username)
    assert visitor.get(f"/cases/{case_id}/documents/2.1.pdf").status_code == status
    if status == 403:
        page = visitor.get(f"/cases/{case_id}")
        assert links(page.text) == [] and "330100受字〔2026〕1号" in page.text
        assert "文书含申请人信息，只供经办人员下载" in page.text


@pytest.mark.parametrize("document", ["9.9", "2", "x", "2.1.1", "..%2F..%2Fetc%2Fpasswd", "2.1%00"])
def test_there_are_no_other_documents(office: Office, app: Flask, document: str) -> None:
    case_id = granted(office)
    assert Visitor(app, "window1").get(f"/cases/{case_id}/documents/{document}.pdf").status_code == 404


def test_what_is_not_made_yet_waits_and_supervisors_read_why(office: Office, app: Flask) -> None:
    case_id = office.accept("FOOD", PERSON)
    office.engine.paperwork.rows.explain("documents.font: the system has no font")
    clerk, supervisor = (Visitor(app, name).get(f"/cases/{case_id}").text for name in ("window1", "super1"))
    assert "待制作" in clerk and links(clerk) == [] and "documents.font" not in clerk
    assert "documents.font: the system has no font" in supervisor
    assert Visitor(app, "window1").get(f"/cases/{case_id}/documents/2.1.pdf").status_code == 404


def test_a_damaged_file_is_a_clear_answer_and_a_line_in_the_log(
    office: Office, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = granted(office)
    name = office.case(case_id).documents["2.1"]
    content = office.engine.paperwork.files.read(name)
    office.engine.paperwork.files.path(name).write_bytes(b"%PDF-another")
    with caplog.at_level(logging.ERROR):
        answer = Visitor(app, "window1").get(f"/cases/{case_id}/documents/2.1.pdf")
    assert answer.status_code == 409 and "文件已损坏，请联系管理员从备份恢复" in answer.text
    assert name in caplog.text and "张三丰" not in caplog.text
    office.engine.paperwork.files.keep(content)


def test_the_applicant_downloads_with_number_and_query_code_in_the_body(office: Office, app: Flask) -> None:
    case_id = granted(office)
    number, code = office.case(case_id).number, office.engine.read.query_code(case_id)
    visitor = Visitor(app)
    visitor.get("/track")
    page = visitor.post("/track", number=number, code=code)
    assert page.text.count('name="document"') == 2 and "330100准字〔2026〕1号" in page.text
    assert code not in page.text  # whoever sits down next has to know it
    answer = visitor.post("/track/document", number=number, code=code, document="2.1")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert visitor.post("/track/document", number=number, code="AAAAAAAA", document="2.1").status_code == 404
    assert visitor.post("/track/document", number=number, code=code, document="9.1").status_code == 404
    assert visitor.get(f"/track/document?number={number}&code={code}&document=2.1").status_code == 405
    other = office.accept("FOOD")
    assert visitor.post(
        "/track/document", number=office.case(other).number, code=code, document="2.1"
    ).status_code == 404  # fmt: skip


def test_anybody_verifies_a_document_and_learns_nothing_personal(office: Office, app: Flask) -> None:
    case_id = granted(office)
    number, code = code_of(office, case_id)
    visitor = Visitor(app)
    assert visitor.get("/verify").status_code == 200
    answer = visitor.post("/verify", number=number.replace("〔", "[").replace("〕", "]"), code=code.lower())
    said = " ".join(texts(answer.text))
    sha256 = office.case(case_id).documents["2.1"]
    for part in (
        "文书属实，现行有效",
        "受理通知书",
        "2026-03-02",
        "市场监督管理局",
        office.case(case_id).number,
        sha256,
    ):
        assert part in said, part
    assert "张三丰" not in answer.text and "食品" not in said
    for wrong in ({"number": number, "code": "A" * 12}, {"number": "x", "code": code}, {"number": "", "code": ""}):
        refused = visitor.post("/verify", **wrong)
        assert refused.status_code == 404 and "文号或验证码不正确" in refused.text


def test_verifying_is_limited_like_tracking(office: Office, app: Flask) -> None:
    visitor = Visitor(app)
    visitor.get("/verify")
    told = [visitor.post("/verify", number="x", code="y").status_code for _ in range(22)]
    assert told[:20] == [404] * 20 and told[-1] == 429


def test_the_pages_speak_english_but_for_names_and_numbers(office: Office, app: Flask) -> None:
    declined = office.submit("FOOD").case_id
    office.engine.execute(DeclineCase(declined, "no reason"), CLERK)
    make_all(office)
    visitor = Visitor(app, language="en")
    visitor.get("/verify")
    number, code = code_of(office, declined, "non_acceptance")
    said = " ".join(texts(visitor.post("/verify", number=number, code=code).text))
    assert "The document is genuine and stands" in said and "Notice of refusal to accept" in said
    assert not re.search(r"[\u4e00-\u9fff]", said)
    page = Visitor(app, "window1", "en").get(f"/cases/{declined}")
    assert "Notice of refusal to accept" in page.text and "Administration for Market Regulation" in page.text


def test_the_public_page_needs_no_script_and_is_small(office: Office, app: Flask) -> None:
    page = Visitor(app).get("/verify")
    assert "<script" not in page.text and "style=" not in page.text and len(page.data) < 8_000
