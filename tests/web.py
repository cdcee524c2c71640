"""People in front of the web application, without a browser: they sign in, read pages, send forms."""

import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.catalogue import load_demo_accounts
from engine.engine import Engine
from engine.settings import default_processes
from engine.store import Store
from engine.store.records import Account, Records
from engine.store.tables import account
from tests.quick import shipped
from webapp.app import create_app

PASSWORD = "the password of the tests"
HTMX = {"HX-Request": "true", "Accept": "text/html"}
NO_HEADERS: Mapping[str, str] = {}
VOID = {"area", "br", "hr", "img", "input", "link", "meta"}


class _Compiled(BytecodeCache):
    """Templates compiled once in a process; Jinja asks by their address and the hash of their text."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of this text, if anything was."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


@cache
def hashed() -> str:
    """``PASSWORD`` as accounts of tests keep it: hashed like the product does, in a hundredth of the time."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@cache
def _people() -> list[dict[str, Any]]:
    """The rows of the invented people of processes/demo.toml, as the product writes them one by one."""
    folder = default_processes()
    with TemporaryDirectory(prefix="binglian-tests-") as scratch:
        store = Store(f"sqlite:///{scratch}/people.db")
        store.create()
        records = Records(store.database)
        for one in load_demo_accounts(folder, shipped()):
            records.save_account(Account(one.username, one.name, one.department, frozenset(one.roles)), hashed())
        with store.database.read() as connection:
            rows = [dict(row) for row in connection.execute(select(account)).mappings()]
        store.close()
    return rows


def give_accounts(engine: Engine) -> None:
    """The invented people of processes/demo.toml, all with ``PASSWORD``."""
    with engine.store.transaction() as transaction:
        transaction.put(account, _people())


def site_of(engine: Engine, *, secure_cookies: bool = False) -> Flask:
    """The application over an engine, with the demonstration's accounts."""
    give_accounts(engine)
    app = create_app(engine, secure_cookies=secure_cookies, testing=True)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


class Visitor:
    """One person's browser: keeps cookies, and the form token of the page seen last."""

    def __init__(self, app: Flask, username: str = "", language: str = "zh-CN") -> None:
        self.client = app.test_client()
        self.language = language
        self.token = ""
        if username:
            answer = self.sign_in(username)
            assert answer.status_code == 303, answer.text

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Fills in the sign-in form and sends it."""
        self.get("/signin")
        return self.post("/signin", username=username, password=password, **more)

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page; its form token is kept."""
        answer = self.client.get(path, headers={"Accept-Language": self.language, **headers}, buffered=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, headers: Mapping[str, str] = NO_HEADERS, /, **fields: str) -> TestResponse:
        """A form as a browser sends it, with the token of the page seen last."""
        sent = {"csrf_token": self.token, **fields}
        return self.client.post(path, data=sent, headers={"Accept-Language": self.language, **headers})


class _Texts(HTMLParser):
    """What a page says: text outside scripts, and outside elements in another language (``lang``)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        foreign = tag != "html" and "lang" in dict(attrs)
        if tag not in VOID and (self._skipping or foreign or tag == "script"):
            self._skipping += 1

    def handle_endtag(self, tag: str) -> None:
        self._skipping = max(0, self._skipping - 1)

    def handle_data(self, data: str) -> None:
        if not self._skipping and data.strip():
            self.found.append(" ".join(data.split()))


def texts(html: str) -> list[str]:
    """The pieces of text a page shows, in order."""
    parser = _Texts()
    parser.feed(html)
    return parser.found


def field(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]
