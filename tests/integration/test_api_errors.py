"""Every way a program can be refused: problem details (RFC 9457), in both languages, without what was sent."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from engine.engine import Engine
from engine.settings import UploadSettings
from tests.builders import Office, opened_office
from tests.integration.test_web_security import LEAK, failing
from tests.programs import BASE, Answer, Program
from tests.uploads import pdf
from tests.web import PASSWORD, Visitor, site_of

SECRET = "13912345678"
"""Something personal that is sent to the wrong place."""


@pytest.fixture
def app(office: Office) -> Flask:
    return site_with_a_fault(office)


def site_with_a_fault(office: Office) -> Flask:
    """The application, with one address that fails."""
    made = site_of(office.engine)
    made.add_url_rule(f"{BASE}/fails", "portal.fails", failing)
    return made


def problem(answer: Answer, status: int, code: str) -> Mapping[str, Any]:
    """The problem, after what all of them have in common."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    told: Mapping[str, Any] = answer.json
    assert (told["status"], told["code"], told["type"]) == (status, code, "about:blank")
    assert told["title"]
    assert SECRET not in answer.text
    assert "Set-Cookie" not in answer.headers
    return told


def test_without_a_token_nothing_is_told_and_a_cookie_is_none(office: Office, app: Flask) -> None:
    case_id, browser = office.accept("B02"), Visitor(app, "window1")
    for sent in ({}, {"Authorization": ""}, {"Authorization": "Basic d2luZG93MQ=="}, {"Authorization": "Bearer none"}):
        for method, path in (("GET", "/me"), ("POST", f"/cases/{case_id}/acts/accept-case"), ("GET", "/cases/none")):
            got = browser.client.open(BASE + path, method=method, headers=sent, json={})
            answer = Answer(got.status_code, got.mimetype or "", got.headers, got.data)
            problem(answer, 401, "auth.nobody")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert browser.get("/inbox/").status_code == 200, "the same cookie is good for the pages"


def test_a_token_is_good_for_no_page_and_needs_no_form_token(office: Office, app: Flask) -> None:
    case_id, clerk = office.submit("B02").case_id, Program(app, "window1")
    page = clerk.send("GET", "/inbox/")
    assert page.status_code == 302 and "/signin" in page.headers["Location"]
    sent = clerk.send("POST", "/signout")
    assert sent.status_code == 302 and "/signin" in sent.headers["Location"]
    assert clerk.get("/me").status_code == 200
    assert clerk.act(case_id, "accept-case").status_code == 200


def test_a_token_lasts_twelve_hours_or_until_it_is_given_back(office: Office, app: Flask) -> None:
    market, other = Program(app, "market1"), Program(app, "market1")
    assert market.get("/me").json == {
        "id": "market1", "name": market.get("/me").json["name"], "department": "market",
        "roles": market.get("/me").json["roles"],
    }  # fmt: skip
    gone = market.send("DELETE", f"{BASE}/tokens/current")
    assert (gone.status_code, gone.data) == (204, b"")
    problem(market.get("/me"), 401, "auth.nobody")
    office.clock.advance(hours=11, minutes=59)
    assert other.get("/me").status_code == 200
    office.clock.advance(minutes=2)
    problem(other.get("/me"), 401, "auth.nobody")


@pytest.mark.parametrize("username", ["market1", "nobody1", "market1\x00", "\u202emarket1", ""])
def test_a_wrong_password_and_an_unknown_account_look_the_same(app: Flask, username: str) -> None:
    answer = Program(app).post("/tokens", {"username": username, "password": SECRET})
    assert problem(answer, 401, "auth.credentials")["detail"] == "账号或密码不正确"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_tries_by_program_and_on_the_page_are_counted_together(app: Flask) -> None:
    program, guess = Program(app), {"username": "market1", "password": "guess"}
    for _ in range(5):
        problem(program.post("/tokens", guess), 401, "auth.credentials")
        assert Visitor(app).sign_in(" market1", "guess").status_code == 401
    answer = program.post("/tokens", guess)
    problem(answer, 429, "http.429")
    assert answer.headers["Retry-After"] == "60"
    assert Visitor(app).sign_in("market1").status_code == 429
    assert program.post("/tokens", {"username": "market2", "password": PASSWORD}).status_code == 201


def _sent(data: bytes | str, kind: str = "application/json") -> Callable[[Program, str], Answer]:
    def send(who: Program, case_id: str) -> Answer:
        return who.send("POST", f"{BASE}/cases/{case_id}/acts/decide-step", data=data, content_type=kind)

    return send


NO_TASK = {"task_id": "9.9", "decision": "agree"}
WITHDRAWAL = {"reason": "不再需要", "evidence": "申请书"}


def _clerk(who: Program) -> Program:
    return Program(who.app, "window1", who.headers["Accept-Language"])


WAYS: Mapping[str, tuple[int, str, Callable[[Program, str], Answer]]] = {
    "no JSON": (400, "request.json", _sent(f'{{"opinion": "{SECRET}"')),
    "half a letter": (400, "request.json", _sent(b'{"opinion": "\xff"}')),
    "half a pair": (400, "request.json", _sent('{"opinion": "\\ud800"}')),
    "too deep": (400, "request.json", _sent("[" * 100_000)),
    "empty": (400, "request.json", _sent("")),
    "no letter": (400, "command.text", _sent('{"task_id": "\\u0000", "decision": "agree"}')),
    "too long": (400, "command.too_long", _sent(json.dumps({"task_id": "1", "decision": "a", "seat": SECRET * 20}))),
    "a form": (415, "http.415", _sent(f"opinion={SECRET}", "application/x-www-form-urlencoded")),
    "a large one": (413, "http.413", _sent(json.dumps({"opinion": "x" * 1_000_001}))),
    "another shape": (422, "request.invalid", _sent(json.dumps([SECRET]))),
    "a large sign-in": (413, "http.413", lambda who, case_id: who.post("/tokens", {"username": SECRET * 100_000})),
    "a deep sign-in": (
        400, "request.json",
        lambda who, case_id: who.send("POST", f"{BASE}/tokens", data="[" * 100_000, content_type="application/json"),
    ),
    "no file": (415, "http.415", lambda who, case_id: who.post(f"/cases/{case_id}/materials/M_FIREPLAN", {})),
    "unknown address": (404, "http.404", lambda who, case_id: who.get(f"/{SECRET}")),
    "unknown case": (404, "case.unknown", lambda who, case_id: who.get(f"/cases/{SECRET}")),
    "no case at all": (404, "address.unknown", lambda who, case_id: who.get("/cases/%00")),
    "unknown act": (404, "act.unknown", lambda who, case_id: who.act(case_id, "eat")),
    "unknown task": (404, "task.unknown", lambda who, case_id: who.act(case_id, "decide-step", NO_TASK)),
    "other method": (
        405, "http.405", lambda who, case_id: who.send("PUT", f"{BASE}/me", json={"a": SECRET}),
    ),
    "not his": (403, "policy.clerk", lambda who, case_id: who.act(case_id, "withdraw-case", WITHDRAWAL)),
    "too late": (409, "case.not_submitted", lambda who, case_id: _clerk(who).act(case_id, "accept-case")),
    "unknown parameter": (422, "request.invalid", lambda who, case_id: who.get(f"/tasks?phone={SECRET}")),
    "twice": (422, "request.invalid", lambda who, case_id: who.get("/tasks?limit=1&limit=2")),
    "unexpected": (500, "internal", lambda who, case_id: who.get("/fails")),
}  # fmt: skip


@dataclass(frozen=True)
class Refusing:
    """An office whose one case nobody changes, and the same person in both languages."""

    office: Office
    case_id: str
    chinese: Program
    english: Program


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refusing]:
    with opened_office(tmp_path_factory.mktemp("refusing")) as office:
        app = site_with_a_fault(office)
        yield Refusing(office, office.accept("B02"), Program(app, "market1"), Program(app, "market1", "en"))


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_be_refused_has_its_status_and_code_in_both_languages(
    refusing: Refusing, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, code, ask = WAYS[way]
    office, case_id = refusing.office, refusing.case_id
    chinese = problem(ask(refusing.chinese, case_id), status, code)
    english = problem(ask(refusing.english, case_id), status, code)
    assert english["title"].isascii() and english["detail"].isascii()
    assert not chinese["title"].isascii() and not chinese["detail"].isascii()
    assert SECRET not in caplog.text
    assert office.case(case_id).revision == 2


def test_what_does_not_fit_is_told_place_by_place_without_its_value(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    body = {"task_id": 1, "decisoin": SECRET, "seen": {"M": [SECRET]}, "opinion": None}
    told = problem(Program(app, "market1").act(case_id, "decide-step", body), 422, "request.invalid")
    assert {(*one["loc"], one["type"], one["msg"]) for one in told["errors"]} == {
        ("task_id", "string_type", "应为文字"), ("decision", "missing", "必填"),
        ("decisoin", "extra_forbidden", "没有这一项"), ("opinion", "string_type", "应为文字"),
        ("seen", "M", "string_type", "应为文字"),
    }  # fmt: skip
    english = problem(Program(app, "market1", "en").act(case_id, "decide-step", body), 422, "request.invalid")
    assert {one["msg"] for one in english["errors"]} == {
        "Input should be a valid string", "Field required", "Extra inputs are not permitted",
    }  # fmt: skip
    wrong = problem(Program(app, "market1").get("/tasks?which=never&limit=1000&after=%C3%A4"), 422, "request.invalid")
    assert {one["loc"][0]: one["msg"] for one in wrong["errors"]} == {
        "which": "应为以下之一：'all', 'overdue' or 'today'", "limit": "不能大于 100", "after": "格式有误",
    }  # fmt: skip


def test_another_method_is_told_which_ones_there_are(app: Flask) -> None:
    answer = Program(app, "market1").send("DELETE", f"{BASE}/cases")
    problem(answer, 405, "http.405")
    assert {one.strip() for one in answer.headers["Allow"].split(",")} == {"OPTIONS", "POST"}


def test_an_unexpected_error_has_a_reference_and_nothing_of_the_inside(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    told = problem(Program(app).get("/fails"), 500, "internal")
    assert told["reference"] in caplog.text
    assert LEAK not in json.dumps(told)


def test_only_a_clerk_sends_large_files_and_these_have_a_bound(tmp_path: Any) -> None:
    with opened_office(tmp_path, uploads=UploadSettings(most_bytes=2_000_000)) as office:
        app, case_id = site_of(office.engine), office.accept("B02")
        clerk, place = Program(app, "window1"), (case_id, "M_FIREPLAN")
        assert clerk.upload(*place, (pdf(b"%" + b"x" * 1_900_000), "a.pdf")).status_code == 200
        problem(clerk.upload(*place, (pdf(b"%" + b"x" * 2_000_000), "a.pdf")), 400, "upload.too_large")
        problem(clerk.upload(*place, (pdf(b"%" + b"x" * 2_200_000), "a.pdf")), 413, "http.413")
        handler = Program(app, "market1")
        problem(handler.upload(*place, (pdf(b"%" + b"x" * 1_900_000), "a.pdf")), 413, "http.413")


def test_answers_are_kept_in_no_cache_and_carry_the_security_headers(app: Flask) -> None:
    for answer in (Program(app, "market1").get("/me"), Program(app).get("/me"), Program(app).get("/openapi.json")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_commands_without_a_web_server_do_not_load_the_models() -> None:
    program = "import sys, cli.main; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_account_that_was_closed_is_out_at_once(office: Office, app: Flask) -> None:
    market = Program(app, "market1")
    _close(office.engine, "market1")
    problem(market.get("/me"), 401, "auth.nobody")
    problem(market.post("/tokens", {"username": "market1", "password": PASSWORD}), 401, "auth.credentials")


def _close(engine: Engine, username: str) -> None:
    known = engine.records.account(username)
    assert known is not None
    closed = type(known)(known.id, known.name, known.department, known.roles, active=False)
    engine.records.save_account(closed, engine.records.password_hash(username) or "")
