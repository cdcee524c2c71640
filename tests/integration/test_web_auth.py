"""Signing in and out, sessions, and that every page asks who you are."""

import re

import pytest
from flask import Flask

from tests.builders import Office
from tests.web import PASSWORD, Visitor, site_of
from webapp.auth import PUBLIC_BLUEPRINTS, PUBLIC_ENDPOINTS

PARAMETERS = {"case_id": "0123456789abcdef", "task_id": "2.1"}
PLACE = re.compile(r"<(?:any\((\w+)[^)]*\):|\w+:)?(\w+)>")
"""A place in the rule of a route: of several words the first, and its name."""


def token_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("binglian")
    return "" if cookie is None else cookie.value


def test_every_route_asks_who_you_are_except_the_public_ones(office: Office) -> None:
    app = site_of(office.engine)
    nobody, asked = Visitor(app), 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC_ENDPOINTS or rule.endpoint.partition(".")[0] in PUBLIC_BLUEPRINTS:
            continue
        path = PLACE.sub(lambda found: found[1] or PARAMETERS.get(found[2], "1"), rule.rule)
        nobody.get("/signin")
        method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
        answer = nobody.client.open(path, method=method, data={"csrf_token": nobody.token} if method == "POST" else {})
        if rule.rule.startswith("/api/"):
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), rule.endpoint
        else:
            assert answer.status_code == 302, f"{rule.endpoint} answered {answer.status_code}"
            assert "/signin" in answer.headers["Location"], rule.endpoint
        asked += 1
    assert asked >= 10
    assert {"inbox.todo", "cases.case", "api.case", "api.act"} <= set(app.view_functions)


def test_what_is_public_is_a_short_list() -> None:
    assert sorted(PUBLIC_BLUEPRINTS) == ["portal"]
    assert sorted(PUBLIC_ENDPOINTS) == [
        "api.new_token", "api.openapi", "auth.sign_in", "documents.of_applicant", "documents.verify", "healthz",
        "language.choose", "static",
    ]  # fmt: skip


def test_after_signing_in_an_approver_is_at_the_inbox_and_a_supervisor_at_supervision(office: Office) -> None:
    app = site_of(office.engine)
    assert Visitor(app).sign_in("market1").headers["Location"] == "/inbox/"
    assert Visitor(app).sign_in("super1").headers["Location"] == "/admin/"


def test_the_page_asked_for_is_shown_after_signing_in_but_never_another_site(office: Office) -> None:
    app = site_of(office.engine)
    wanted = Visitor(app).get("/inbox/?which=today").headers["Location"]
    assert wanted == "/signin?next=/inbox/?which%3Dtoday"
    assert Visitor(app).sign_in("market1", next="/inbox/?which=today").headers["Location"] == "/inbox/?which=today"
    for elsewhere in ("https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)"):
        assert Visitor(app).sign_in("market1", next=elsewhere).headers["Location"] == "/inbox/"


def test_a_wrong_password_and_an_unknown_account_look_the_same(office: Office) -> None:
    app = site_of(office.engine)
    wrong = Visitor(app).sign_in("market1", "not the password")
    unknown = Visitor(app).sign_in("nobody1", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不正确" in wrong.text
    same = re.sub(r'name="csrf_token" value="[^"]+"', "", wrong.text).replace("market1", "nobody1")
    assert same == re.sub(r'name="csrf_token" value="[^"]+"', "", unknown.text)
    assert PASSWORD not in wrong.text


def test_the_sign_in_page_lists_no_accounts(office: Office) -> None:
    page = Visitor(site_of(office.engine)).get("/signin").text
    assert "market1" not in page
    assert "李演示" not in page


def test_signing_in_makes_a_new_session_and_ends_the_one_before(office: Office) -> None:
    app = site_of(office.engine)
    visitor = Visitor(app, "market1")
    first = token_of(visitor)
    visitor.get("/inbox/")
    assert visitor.post("/signin", username="market2", password=PASSWORD).status_code == 303
    assert token_of(visitor) != first
    stolen = Visitor(app)
    stolen.client.set_cookie("binglian", first)
    assert stolen.get("/inbox/").status_code == 302


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(office: Office) -> None:
    app = site_of(office.engine)
    visitor, copy = Visitor(app, "market1"), Visitor(app)
    copy.client.set_cookie("binglian", token_of(visitor))
    assert copy.get("/inbox/").status_code == 200
    visitor.get("/inbox/")
    assert visitor.post("/signout").status_code == 303
    assert copy.get("/inbox/").status_code == 302
    assert "您已退出" in visitor.get("/signin").text


def test_a_session_lasts_twelve_hours(office: Office) -> None:
    visitor = Visitor(site_of(office.engine), "market1")
    office.clock.advance(hours=11, minutes=59)
    assert visitor.get("/inbox/").status_code == 200
    office.clock.advance(minutes=2)
    assert visitor.get("/inbox/").status_code == 302


def test_a_fragment_asked_for_after_the_session_ended_sends_the_whole_page_to_the_sign_in(office: Office) -> None:
    visitor = Visitor(site_of(office.engine), "market1")
    office.clock.advance(hours=13)
    answer = visitor.get("/inbox/", **{"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/signin"
    assert answer.text == ""


def test_tries_at_one_account_are_limited_and_others_go_on(office: Office) -> None:
    app = site_of(office.engine)
    for _ in range(10):
        assert Visitor(app).sign_in("market1", "guess").status_code == 401
    assert Visitor(app).sign_in("market1", "guess").status_code == 429
    assert Visitor(app).sign_in("market2").status_code == 303


@pytest.mark.parametrize(
    ("username", "path"),
    [("market1", "/intake/"), ("super1", "/intake/"), ("market1", "/admin/"), ("window1", "/admin/")],
)
def test_pages_of_another_position_are_refused(office: Office, username: str, path: str) -> None:
    answer = Visitor(site_of(office.engine), username).get(path)
    assert answer.status_code == 403
    assert "没有权限" in answer.text


def test_an_account_that_was_closed_is_out_at_once(office: Office) -> None:
    app: Flask = site_of(office.engine)
    visitor = Visitor(app, "market1")
    known = office.engine.records.account("market1")
    assert known is not None
    closed = type(known)(known.id, known.name, known.department, known.roles, active=False)
    office.engine.records.save_account(closed, office.engine.records.password_hash("market1") or "")
    assert visitor.get("/inbox/").status_code == 302
    assert Visitor(app).sign_in("market1").status_code == 401
