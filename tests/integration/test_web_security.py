"""Headers, form tokens, errors that say nothing about the inside, caches, inline scripts."""

import json
import re

import pytest
from flask import Flask

from tests.builders import Office
from tests.web import Visitor, site_of
from webapp.security import HEADERS

LEAK = "a password that must not be shown"


def failing() -> str:
    raise RuntimeError(LEAK)


@pytest.fixture
def site(office: Office) -> Flask:
    """The application, with one page that fails."""
    app = site_of(office.engine)
    app.add_url_rule("/fails", "portal.fails", failing)
    return app


@pytest.mark.parametrize("path", ["/", "/signin", "/inbox/", "/no-such-page", "/fails", "/static/app.css", "/healthz"])
def test_every_answer_carries_the_security_headers(site: Flask, path: str) -> None:
    answer = Visitor(site, "market1").get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_the_policy_allows_no_inline_script_or_style() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")


def test_pages_have_no_inline_script_style_or_handler(office: Office, site: Flask) -> None:
    case_id = office.accept("B02")
    market = Visitor(site, "market1")
    for path in ("/signin", "/inbox/", "/inbox/done", "/inbox/notices", f"/cases/{case_id}", "/no-such-page"):
        html = market.get(path).text
        assert not re.search(r"<script(?![^>]* src=)", html), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html), path


def test_pages_are_kept_in_no_cache_and_static_files_for_a_year(site: Flask) -> None:
    market = Visitor(site, "market1")
    inbox = market.get("/inbox/")
    assert inbox.headers["Cache-Control"] == "no-store"
    style = re.search(r'href="(/static/app\.css\?v=[0-9a-f]{10})"', inbox.text)
    assert style
    assert "max-age=31536000" in market.get(style[1]).headers["Cache-Control"]


def test_a_form_without_its_token_changes_nothing(office: Office, site: Flask) -> None:
    case_id = office.accept("B02")
    task = office.open(case_id)["LIC_CHECK.review"]
    market = Visitor(site, "market1")
    market.token = ""
    answer = market.post(f"/inbox/{case_id}/{task.id}/decide", decision="agree", opinion="", key="k")
    assert answer.status_code == 400
    assert "请刷新页面" in answer.text
    assert "LIC_CHECK.review" in office.open(case_id)


def test_cookies_over_https_are_bound_to_the_host(office: Office) -> None:
    visitor = Visitor(site_of(office.engine, secure_cookies=True))
    visitor.client.get("/signin", base_url="https://localhost")
    page = visitor.client.get("/signin", base_url="https://localhost")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    sent = {"csrf_token": token[1], "username": "market1", "password": "the password of the tests"}
    answer = visitor.client.post("/signin", data=sent, base_url="https://localhost")
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-binglian="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in session.split(";")}
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_an_unexpected_error_shows_a_reference_and_nothing_of_the_inside(
    site: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Visitor(site, "market1").get("/fails")
    assert answer.status_code == 500
    reference = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert reference
    assert LEAK not in answer.text
    assert "RuntimeError" not in answer.text
    assert reference[1] in caplog.text


def test_a_program_gets_problem_details(office: Office, site: Flask) -> None:
    answer = Visitor(site, "market1").get("/cases/none", Accept="application/json")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.text)
    assert problem["code"] == "case.unknown"
    assert problem["detail"] == "没有这个办件"


def test_htmx_gets_a_fragment_of_the_same_problem(site: Flask) -> None:
    answer = Visitor(site, "market1").get("/cases/none", **{"HX-Request": "true"})
    assert answer.status_code == 404
    assert "<html" not in answer.text
    assert 'data-problem="case.unknown"' in answer.text


def test_what_is_typed_is_shown_as_text_and_never_as_markup(office: Office, site: Flask) -> None:
    case_id = office.accept("B02", {"shop_name": "<img src=x onerror=alert(1)>"})
    office.decide(case_id, "LIC_CHECK.review", "agree_with_conditions", "<script>alert(2)</script>")
    html = Visitor(site, "market1").get(f"/cases/{case_id}").text
    assert "<img src=x" not in html
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(2)" in html


def test_personal_data_stands_in_no_title_and_no_address(office: Office, site: Flask) -> None:
    case_id = office.accept("B02", {"applicant_name": "张三丰", "phone": "13912345678"})
    market = Visitor(site, "market1")
    for path in ("/inbox/", f"/cases/{case_id}", f"/inbox/{case_id}/{office.open(case_id)['LIC_CHECK.review'].id}"):
        html = market.get(path).text
        outside = " ".join(re.findall(r"<title>.*?</title>|(?:href|action|hx-\w+)=\"[^\"]*\"", html))
        assert "张三丰" not in outside
        assert "13912345678" not in outside
