"""Notices by mail and in chats: one message for what waited, in words, over a connection that is protected."""

import ast
import re
import ssl
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import trustme

from engine.commands import SYSTEM, FireTimer, NameApplicant
from engine.errors import BadInput
from engine.settings import Mail, NoticeSettings
from engine.store.deliveries import APPRISE, MAIL, OutgoingNotice
from engine.store.records import Account
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.receivers import PLAIN, PUBLIC, Postbox, mail_server, overdue, send
from timers.channels import channels_of, wording_of
from timers.delivery_words import NOTICES
from timers.sweep import deliver

ROOT = Path(__file__).parents[2]
CASES = ("market@example.org", "clinic@example.org")


@pytest.fixture
def box() -> Iterator[Postbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def authority() -> trustme.CA:
    """Somebody who issues certificates, whom nobody trusts yet."""
    return trustme.CA()


@pytest.fixture
def secure_box(authority: trustme.CA) -> Iterator[Postbox]:
    """A mail server that offers STARTTLS, with a certificate of its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with mail_server(context) as running:
        yield running


def mail_to(box: Postbox, security: str = "none", **changes: str) -> NoticeSettings:
    return replace(PLAIN, mail=Mail("127.0.0.1", box.port, security, "notices@example.org", **changes))


def join(office: Office, name: str, **changes: object) -> None:
    """A section head with an address."""
    person = Account(f"{name}_head", "某人", name, frozenset({"section_head"}), email=f"{name}@example.org")
    office.engine.records.save_account(replace(person, **changes), "")  # type: ignore[arg-type]


@pytest.fixture
def mailed(tmp_path: Path, clock: ManualClock, box: Postbox) -> Iterator[Office]:
    """An office in which the section heads of market regulation and of the clinic get mail."""
    with opened_office(tmp_path, clock, notices=mail_to(box)) as opened:
        join(opened, "market")
        join(opened, "clinic")
        yield opened


def fire(office: Office, case_id: str, step: str) -> None:
    """The deadline of a step fires now, and its notice is delivered."""
    case = office.case(case_id)
    timer = next(one.id for one in case.timers.values() if one.task and case.tasks[one.task].step == step)
    office.engine.execute(FireTimer(case_id, timer), SYSTEM)
    deliver(office.engine)


def test_notices_of_one_person_within_the_window_are_one_message(mailed: Office, box: Postbox) -> None:
    first, second = mailed.accept("B02"), mailed.accept("B02")
    mailed.clock.advance(days=30)
    fire(mailed, first, "LIC_CHECK.review")
    fire(mailed, first, "HEALTHCERT.site")
    mailed.clock.advance(minutes=14)
    fire(mailed, second, "LIC_CHECK.review")
    assert send(mailed.engine, MAIL) == 0, "the window is open"
    mailed.clock.advance(minutes=1)
    assert send(mailed.engine, MAIL) == 2, "each head gets one, a quarter of an hour after the first notice"
    told = {recipient: (subject, text) for recipient, subject, text in box.read()}
    assert set(told) == {*CASES}
    subject, text = told["market@example.org"]
    assert subject == "[并联] 2 条通知"
    for case_id in (first, second):
        assert mailed.case(case_id).number in text
        assert f"{PUBLIC}/inbox/{case_id}/" in text
    assert told["clinic@example.org"][0] == f"[并联] 超期提醒 {mailed.case(first).number}"
    mailed.clock.advance(days=1)
    assert send(mailed.engine, MAIL) == 0


def test_the_applicant_of_a_case_gets_no_letter_of_it_for_the_role_he_holds(mailed: Office, box: Postbox) -> None:
    own, other = mailed.accept("B02"), mailed.accept("B02")
    mailed.engine.execute(NameApplicant(own, "market_head", "群众反映"), CLERK)
    mailed.clock.advance(days=30)
    fire(mailed, own, "LIC_CHECK.review")
    mailed.clock.advance(minutes=15)
    assert (send(mailed.engine, MAIL), box.read()) == (0, [])
    fire(mailed, other, "LIC_CHECK.review")
    mailed.clock.advance(minutes=15)
    assert send(mailed.engine, MAIL) == 1
    assert [recipient for recipient, *_ in box.read()] == ["market@example.org"]


def test_a_message_that_is_sent_again_is_the_same_one_whatever_came_in_between(mailed: Office, box: Postbox) -> None:
    first, second = mailed.accept("B02"), mailed.accept("B02")
    mailed.clock.advance(days=30)
    fire(mailed, first, "LIC_CHECK.review")
    mailed.clock.advance(minutes=15)
    box.refusals = ["451 later"]
    send(mailed.engine, MAIL)
    (row,) = mailed.engine.deliveries.undelivered()
    assert (row["problem"], row["recipient"]) == ("mail SMTPRecipientsRefused", "market_head")
    fire(mailed, second, "LIC_CHECK.review")
    mailed.clock.advance(minutes=15)
    assert send(mailed.engine, MAIL) == 2
    keys = [letter["X-Binglian-Key"] for _, letter in box.letters]
    assert row["key"] in keys
    assert sorted(keys) == sorted(f"{case_id}-3-1-mail" for case_id in (first, second))
    assert all("条通知" not in subject for _, subject, _ in box.read())
    assert len({letter["Message-ID"] for _, letter in box.letters}) == 2


def test_a_letter_is_readable_as_text_and_as_a_page(mailed: Office, box: Postbox) -> None:
    case_id = overdue(mailed)
    mailed.clock.advance(minutes=15)
    send(mailed.engine, MAIL)
    letter = next(letter for recipient, letter in box.letters if recipient == "market@example.org")
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_charset() for part in letter.iter_parts()] == ["utf-8", "utf-8"]
    assert letter["Date"].datetime == mailed.clock()
    page = letter.get_body(("html",))
    assert page is not None
    assert mailed.case(case_id).number in page.get_content()
    applicant = mailed.engine.records.applicant(case_id)
    personal = [text for text in applicant.values() if len(text) > 3]
    assert not [text for text in personal if text in str(box.read())]


def test_the_language_is_that_of_the_installation(
    tmp_path: Path, clock: ManualClock, box: Postbox, told_once: Path
) -> None:
    notices = replace(mail_to(box), language="en")
    with opened_office(tmp_path, clock, notices=notices, processes=told_once) as office:
        join(office, "market")
        case_id = overdue(office)
        clock.advance(minutes=15)
        send(office.engine, MAIL)
        ((_, subject, text),) = box.read()
        assert subject == f"[Binglian] Step overdue {office.case(case_id).number}"
        assert "was due by 2026-03-02 17:30" in text


def test_only_people_who_are_there_and_have_an_address_get_mail(mailed: Office, box: Postbox) -> None:
    join(mailed, "market", active=False)
    join(mailed, "clinic", email="")
    overdue(mailed)
    mailed.clock.advance(minutes=15)
    assert send(mailed.engine, MAIL) == 0


def test_who_left_before_the_message_went_out_gets_nothing(mailed: Office, box: Postbox) -> None:
    overdue(mailed)
    join(mailed, "market", active=False)
    mailed.clock.advance(minutes=15)
    assert send(mailed.engine, MAIL) == 2
    assert [recipient for recipient, _, _ in box.read()] == ["clinic@example.org"]
    assert mailed.engine.deliveries.undelivered() == []


@pytest.mark.parametrize("trusted", [True, False])
def test_with_starttls_nothing_is_said_to_a_server_that_cannot_be_trusted(
    tmp_path: Path, clock: ManualClock, secure_box: Postbox, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch,
    trusted: bool,
) -> None:  # fmt: skip
    if trusted:
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    settings = mail_to(secure_box, "starttls", user="me", password="a password")
    with opened_office(tmp_path, clock, notices=settings) as office:
        join(office, "market")
        overdue(office)
        clock.advance(minutes=15)
        send(office.engine, MAIL)
        problems = [row["problem"] for row in office.engine.deliveries.undelivered()]
    assert problems == ([] if trusted else ["mail SSLCertVerificationError"])
    assert len(secure_box.letters) == trusted
    said = [command.split()[0].upper() for command in secure_box.commands]
    assert said[:2] == ["EHLO", "STARTTLS"]
    assert ("AUTH" in said) is trusted


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_server_without_tls_is_given_nothing(tmp_path: Path, clock: ManualClock, box: Postbox, security: str) -> None:
    with opened_office(tmp_path, clock, notices=mail_to(box, security)) as office:
        join(office, "market")
        overdue(office)
        clock.advance(minutes=15)
        send(office.engine, MAIL)
        assert len(office.engine.deliveries.undelivered()) == 1
    assert box.letters == []


class Chats(ModuleType):
    """What the library apprise is asked, and what it answers."""

    def __init__(self) -> None:
        super().__init__("apprise")
        self.told: list[tuple[str, str, str]] = []
        self.refusing: set[str] = set()
        self.Apprise = lambda: Chat(self)


class Chat:
    def __init__(self, chats: Chats) -> None:
        self._chats = chats
        self._url = ""

    def add(self, url: str) -> bool:
        self._url = url
        return "://" in url

    def notify(self, title: str, body: str) -> bool:
        self._chats.told.append((self._url, title, body))
        return self._url not in self._chats.refusing


@pytest.fixture
def chats(monkeypatch: pytest.MonkeyPatch) -> Chats:
    """Stands in for the library, which most installations do not have."""
    chats = Chats()
    monkeypatch.setitem(sys.modules, "apprise", chats)
    return chats


def test_a_chat_that_is_out_of_reach_does_not_make_the_others_hear_it_twice(
    tmp_path: Path, clock: ManualClock, chats: Chats, told_once: Path
) -> None:
    urls = ("wecombot://one", "feishu://two")
    with opened_office(tmp_path, clock, notices=replace(PLAIN, apprise=urls), processes=told_once) as office:
        case_id = overdue(office)
        clock.advance(minutes=15)
        chats.refusing = {urls[1]}
        assert send(office.engine, APPRISE) == 2
        (row,) = office.engine.deliveries.undelivered()
        assert row["problem"] == "apprise refused"
        chats.refusing = set()
        clock.advance(minutes=1)
        assert send(office.engine, APPRISE) == 1
    assert sorted(url for url, _, _ in chats.told) == sorted([urls[0], urls[1], urls[1]])
    assert {title for _, title, _ in chats.told} == {"[并联] 2 条通知"}, "the acceptance is the applicant's"
    assert all(re.search(rf"\n{case_id}-\d-1-apprise$", body) for _, _, body in chats.told)


def test_a_chat_address_that_cannot_be_used_is_named_by_its_place_only(
    tmp_path: Path, clock: ManualClock, chats: Chats
) -> None:
    with (
        opened_office(tmp_path, clock, notices=replace(PLAIN, apprise=("a://b", "token"))) as office,
        pytest.raises(BadInput, match="address 2 cannot be used"),
    ):
        channels_of(office.engine)


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with (
        opened_office(tmp_path, clock, notices=replace(PLAIN, apprise=("a://b",))) as office,
        pytest.raises(BadInput, match=r"BINGLIAN_APPRISE_URLS needs binglian\[notify\]"),
    ):
        channels_of(office.engine)


def test_every_notice_the_engine_writes_has_words_in_both_languages(office: Office) -> None:
    written = {
        node.args[0].value
        for path in (ROOT / "engine" / "case").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Notice" and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    assert written - {*NOTICES} == set()
    plain = wording_of(office.engine)
    facts = {"number": "N", "step": "FOOD.site", "item": "FOOD", "cause": "SIGN"}
    facts |= dict.fromkeys(("due", "since"), "2026-03-02T09:30:00.000000Z")
    for template in NOTICES:
        notice = OutgoingNotice("c", 1, 1, template, "market", "head", "t", "", facts)
        zh, en = (replace(plain, language=language).notice(notice) for language in ("zh", "en"))
        assert re.search("[一-鿿]", zh.title + zh.text)
        assert not re.search("[一-鿿{}]", en.title + en.text)
