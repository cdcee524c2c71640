"""A live application on a loopback port, and Chromium in front of it.

Each test has its own engine (temporary SQLite file, a clock it moves itself) and its own browser context. What a page
logged as an error, or the content security policy refused, fails the test when it ends.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.builders import Office, opened_office
from tests.clock import ManualClock
from tests.needs import find_chromium
from tests.web import PASSWORD, site_of
from webapp.auth import SESSION_LASTS

CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LIKE_AT_HOME = ("--disable-back-forward-cache",)
"""What Playwright turns off and people have: the pages Chromium keeps for Back."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PATIENCE = 15_000
"""Milliseconds to wait for a page on a busy machine."""


class QuietHandler(WSGIRequestHandler):
    """Answers without a line on the terminal for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


@dataclass
class LiveApp:
    """The running application: ``office`` moves the engine behind it, ``page()`` opens a browser of somebody."""

    office: Office
    url: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def page(self, username: str = "", path: str = "", **options: Any) -> Page:
        """A page in a fresh context, signed in as ``username`` if one is given, at ``path`` or where they begin.

        ``options`` are Playwright's, for example ``viewport=PHONE``, ``color_scheme="dark"``, ``locale="en"``.
        """
        context = self.browser.new_context(**{"viewport": DESK, "locale": "zh-CN", "base_url": self.url, **options})
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        if username:
            self._let_in(context, username)
        if path:
            page.goto(path)
        elif username:
            page.goto("/signin")  # leads who is signed in to their first page
            ready(page)
        return page

    def _let_in(self, context: BrowserContext, username: str) -> None:
        """A session as signing in begins one; to fill in the form each time takes two pages more."""
        token, now = secrets.token_urlsafe(32), self.office.clock()
        self.office.engine.records.start_session(username, token, now, now + SESSION_LASTS)
        context.add_cookies([{"name": "binglian", "value": token, "url": self.url, "httpOnly": True}])

    def sign_in(self, page: Page, username: str) -> None:
        """Fills in the sign-in form; ends at the person's first page, when its scripts are ready."""
        page.goto("/signin")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.click("[data-action=sign-in]")
        ready(page)

    def _hear(self, message: ConsoleMessage) -> None:
        expected = "Failed to load resource" in message.text  # Chromium reports every 4xx answer as an error
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(message.text)


def send(page: Page, button: str) -> None:
    """Presses a button, and waits until its form has been answered: who leaves at once may leave before it was sent."""
    with page.expect_request_finished(lambda request: request.method == "POST"):
        page.click(button)


def ready(page: Page) -> Page:
    """Waits until the scripts of the page have run; the policy forbids waiting on expressions."""
    page.wait_for_selector("body[data-ready]")
    return page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(CHROMIUM), ignore_default_args=list(LIKE_AT_HOME)
        )
        yield browser
        browser.close()


@pytest.fixture
def live(chromium: Browser, tmp_path: Path, clock: ManualClock) -> Iterator[LiveApp]:
    """The application with the demonstration's accounts and no case yet; verified like every office on leaving."""
    with opened_office(tmp_path, clock) as office, served(office, chromium) as running:
        yield running


@contextmanager
def served(office: Office, chromium: Browser) -> Iterator[LiveApp]:
    """The application over an office, until it is left; nothing may have been complained about then."""
    server = make_server("127.0.0.1", 0, site_of(office.engine), threaded=True, request_handler=QuietHandler)
    thread = Thread(target=server.serve_forever, name="live application")
    thread.start()
    running = LiveApp(office, f"http://127.0.0.1:{server.server_port}", chromium)
    try:
        yield running
    finally:
        for context in running.contexts:
            context.close()
        server.shutdown()
        thread.join()
        server.server_close()
    assert running.complaints == []
