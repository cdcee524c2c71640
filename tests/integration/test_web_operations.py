"""What needs an administrator's hand: listed in words, tried again from the page, by supervision only."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.bootstrap import build_engine
from engine.settings import Mail, Settings, Webhook
from engine.store.deliveries import APPRISE, MAIL, WEBHOOK, Message
from engine.store.operations import MAX_TRIES
from engine.store.records import Account
from tests.builders import SECRET, Office, opened_office
from tests.clock import ManualClock
from tests.postgresql import postgresql, url_of
from tests.receivers import PLAIN, overdue, send
from tests.web import Visitor, site_of, texts
from timers.channels_errors import Undelivered
from timers.delivery_words import NOTICES as WORDED
from timers.sweep import Swept, deliver, sweep
from webapp.admin.operations import NOTICES, masked

PAGE = "/admin/operations"
RETRY, SEND = f"{PAGE}/retry", f"{PAGE}/send"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
CHATS = ("chats://first", "chats://second")


class Refusing:
    """A channel through which nothing arrives, until ``taken`` is set."""

    def __init__(self, problem: str = "mail SMTPServerDisconnected") -> None:
        self.problem, self.taken, self.sent = problem, False, [""]

    def send(self, message: Message, now: datetime) -> None:
        """Keeps who it was for; or says why not."""
        if not self.taken:
            raise Undelivered(self.problem)
        self.sent.append(message.recipient)


@pytest.fixture
def sending(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """An office that sends by every channel; the heads of two departments get mail."""
    notices = replace(
        PLAIN, webhook=Webhook("http://127.0.0.1:1/hook", "s" * 32), apprise=CHATS,
        mail=Mail("127.0.0.1", 1, "none", "notices@example.org"),
    )  # fmt: skip
    with opened_office(tmp_path, clock, notices=notices) as opened:
        for department in ("market", "clinic"):
            join(opened, department, f"{department}_head")
        yield opened


def join(office: Office, department: str, name: str) -> None:
    """A section head with an address."""
    person = Account(name, f"某人 {name}", department, frozenset({"section_head"}), email=f"{name}@example.org")
    office.engine.records.save_account(person, "")


def site(office: Office, language: str = "zh-CN") -> Visitor:
    """Somebody of supervision in front of the pages."""
    people = {one: office.engine.records.account(one) for one in ("market_head", "clinic_head")}
    app = site_of(office.engine)
    for known in filter(None, people.values()):
        office.engine.records.save_account(known, "")  # the demonstration's have no address
    return Visitor(app, "super1", language)


def set_aside(office: Office) -> None:
    """Every due timer fails until nobody tries it any more."""
    for due in office.engine.lease():
        for tries in range(MAX_TRIES):
            office.engine.timers.fail(replace(due, tries=tries), "test.poison", office.clock())


def refuse(office: Office, name: str, times: int, channel: Refusing) -> None:
    """So many tries of everything that waits for a channel fail."""
    for _ in range(times):
        office.clock.advance(hours=1)
        send(office.engine, name, channel)


def section(html: str, name: str) -> str:
    """What one of the three lists says."""
    found = re.search(rf'<section class="card" id="{name}".*?</section>', html, re.DOTALL)
    assert found
    return " ".join(texts(found[0]))


def test_only_supervision_may_look_or_act(office: Office) -> None:
    app = site_of(office.engine)
    for username in ("market1", "window1", "market_head"):
        visitor = Visitor(app, username)
        assert visitor.get(PAGE).status_code == 403
        for path in (RETRY, SEND):
            assert visitor.post(path, all="1", key="all").status_code == 403
    assert Visitor(app, "super1").get(PAGE).status_code == 200


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(office: Office) -> None:
    nobody = Visitor(site_of(office.engine))
    nobody.get("/signin")
    for answer in (nobody.get(PAGE), nobody.post(RETRY, all="1"), nobody.post(SEND, key="all")):
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/signin?next=/admin/operations"


def test_a_form_without_its_token_changes_nothing(office: Office) -> None:
    overdue_steps(office)
    supervisor = Visitor(site_of(office.engine), "super1")
    supervisor.token = ""
    before = office.engine.timers.set_aside()
    assert before
    for path in (RETRY, SEND):
        assert supervisor.post(path, all="1", key="all").status_code == 400
        assert supervisor.get(path).status_code == 405
        supervisor.token = ""
    assert office.engine.timers.set_aside() == before


def overdue_steps(office: Office) -> str:
    """A case of which two steps are late, and their timers set aside."""
    case_id = office.accept("B02")
    office.clock.advance(days=30)
    set_aside(office)
    return case_id


def test_without_anything_to_do_each_list_says_so(office: Office) -> None:
    office.accept("B02")
    supervisor = Visitor(site_of(office.engine), "super1")
    page = supervisor.get(PAGE)
    assert "没有被搁置的时限：" in section(page.text, "timers")
    assert "没有未送达的外发通知。" in section(page.text, "notices")
    assert "没有需要管理员处理的办件。" in section(page.text, "flags")
    assert 'data-action="all"' not in page.text
    supervisor.post(RETRY, all="1")
    assert "没有被搁置的时限。" in supervisor.get(PAGE).text
    supervisor.post(SEND, key="all")
    assert "没有被搁置的通知。" in supervisor.get(PAGE).text


def test_a_timer_set_aside_is_told_in_words_and_fires_after_it_is_tried_again(office: Office) -> None:
    case_id = overdue_steps(office)
    supervisor = Visitor(site_of(office.engine), "super1")
    page = supervisor.get(PAGE)
    shown = section(page.text, "timers")
    assert f'href="/cases/{case_id}"' in page.text
    for words in (
        office.case(case_id).number,
        "营业执照核验 · 系统核验",
        "市场监管",
        "2026-03-02 17:30",
        "test.poison",
        " 5 ",
    ):
        assert words in shown, words
    assert sweep(office.engine) == Swept(), "nobody tries it"
    first, second = office.engine.timers.set_aside()
    answer = supervisor.post(RETRY, case=case_id, timer=first["timer_id"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/operations#timers")
    assert "1 个时限将立即重试。" in supervisor.get(PAGE).text
    assert [row["timer_id"] for row in office.engine.timers.set_aside()] == [second["timer_id"]]
    assert (late(office, case_id, first), late(office, case_id, second)) == (False, False)
    fired(office)
    assert (late(office, case_id, first), late(office, case_id, second)) == (True, False)
    assert supervisor.post(RETRY, case=case_id, timer=first["timer_id"]).status_code == 303
    assert "没有这个被搁置的时限" in supervisor.get(PAGE).text, "a colleague was faster, and that is no error"
    supervisor.post(RETRY, all="1")
    fired(office)
    assert late(office, case_id, second)
    assert "没有被搁置的时限：" in section(supervisor.get(PAGE).text, "timers")


def late(office: Office, case_id: str, row: Mapping[str, Any]) -> bool:
    """Whether the step of a timer was raised with somebody."""
    return any(task.step == row["step"] and task.escalation for task in office.case(case_id).tasks.values())


def fired(office: Office) -> None:
    """What is due fires, with what follows from it, and nothing fails."""
    swept = sweep(office.engine)
    assert swept.fired >= 1
    assert swept.failed == 0


def test_timers_of_a_case_have_words_too(office: Office) -> None:
    office.submit("FOOD")
    office.clock.advance(days=30)
    set_aside(office)
    assert "受理期限" in section(Visitor(site_of(office.engine), "super1").get(PAGE).text, "timers")


def test_messages_that_did_not_arrive_are_told_without_addresses_and_sent_again(sending: Office) -> None:
    channel = Refusing()
    overdue(sending)
    refuse(sending, MAIL, PLAIN.tries, channel)
    supervisor = site(sending)
    page = supervisor.get(PAGE)
    shown = section(page.text, "notices")
    assert "某人 market_head m•••@example.org" in page.text.replace('</span> <span class="mute small a-under">', " ")
    assert not re.findall(r"\b\w+_head@", page.text)
    assert "超期提醒" in shown
    assert "mail SMTPServerDisconnected" in shown
    assert shown.count("已搁置") == 3, "the two messages, and what the word means"
    heads = {row["recipient"]: row["key"] for row in sending.engine.deliveries.undelivered()}
    notices = {row["recipient"]: row["notices"] for row in sending.engine.deliveries.undelivered()}
    assert set(heads) == {"market_head", "clinic_head"}
    channel.taken = True
    assert send(sending.engine, MAIL, channel) == 0
    supervisor.post(SEND, key=heads["market_head"], recipient="market_head")
    assert f"{notices['market_head']} 条通知将立即再次发送。" in supervisor.get(PAGE).text
    assert send(sending.engine, MAIL, channel) == 1
    supervisor.post(SEND, key=heads["market_head"], recipient="market_head")
    assert "没有这条被搁置的通知" in supervisor.get(PAGE).text
    supervisor.post(SEND, key="all")
    assert send(sending.engine, MAIL, channel) == 1
    assert channel.sent[1:] == ["market_head", "clinic_head"]
    assert "没有未送达的外发通知。" in supervisor.get(PAGE).text


def test_of_two_people_with_the_same_notice_only_the_one_asked_for_is_sent_again(sending: Office) -> None:
    channel = Refusing()
    join(sending, "market", "another_head")
    overdue(sending)
    refuse(sending, MAIL, PLAIN.tries, channel)
    supervisor = site(sending)
    row = next(one for one in sending.engine.deliveries.undelivered() if one["recipient"] == "market_head")
    supervisor.get(PAGE)
    assert supervisor.post(SEND, key=row["key"], recipient="market_head").status_code == 303
    channel.taken = True
    assert send(sending.engine, MAIL, channel) == 1
    assert channel.sent[1:] == ["market_head"]


def test_what_is_tried_again_by_itself_has_an_instant_and_no_button(sending: Office) -> None:
    overdue(sending)
    for name in (WEBHOOK, APPRISE):
        refuse(sending, name, 1, Refusing(f"{name} HTTP 503"))
    html = site(sending).get(PAGE).text
    shown = section(html, "notices")
    for words in ("Webhook", "设置中的接收地址", "webhook HTTP 503", "第 1 个群", "第 2 个群", "申请已受理"):
        assert words in shown, words
    assert not [chat for chat in CHATS if chat in html]
    assert not re.search('data-action="(again|all)"', html)
    assert re.search(r"2026-04-\d\d \d\d:\d\d", shown)


@pytest.mark.parametrize(
    ("address", "shown"),
    [("anna@example.org", "a•••@example.org"), ("a@b", "a•••@b"), ("odd", "•••"), ("", ""), ("@x", "•••@x")],
)
def test_no_address_is_shown_in_full(address: str, shown: str) -> None:
    assert masked(address) == shown


def late_timers(office: Office) -> None:
    for _ in range(53):
        office.accept("FOOD")
    office.clock.advance(days=30)
    set_aside(office)


def failed_messages(office: Office, cases: int = 53) -> None:
    for _ in range(cases):
        office.accept("FOOD")
    deliver(office.engine)
    refuse(office, WEBHOOK, 1, Refusing())


def flagged_cases(office: Office) -> None:
    for number in range(53):
        office.engine.flags.put_up(f"lost{number}", "state.lost", office.clock())


@pytest.mark.parametrize(
    ("made", "name", "row"),
    [
        (late_timers, "timers", "data-timer"), (failed_messages, "notices", "data-message"),
        (flagged_cases, "flags", "data-flag"),
    ],
    ids=["timers", "notices", "flags"],
)  # fmt: skip
def test_each_list_is_paged_by_key_and_shows_everything_once(
    sending: Office, made: Callable[[Office], None], name: str, row: str
) -> None:
    made(sending)
    supervisor = site(sending)
    first = supervisor.get(PAGE).text
    more = re.search(rf'href="({PAGE}\?{name}=[^"#]+)#{name}"', first)
    assert more
    second = supervisor.get(more[1].replace("&amp;", "&")).text
    seen = [re.findall(rf'{row}="([^"]+)"', html) for html in (first, second)]
    assert [len(one) for one in seen] == [50, 3]
    assert len({*seen[0], *seen[1]}) == 53
    assert f"?{name}=" not in second
    assert supervisor.get(f"{PAGE}?{name}=nonsense").text.count(f"{row}=") == 50


def test_the_lists_go_on_from_a_key_on_postgresql_too(clock: ManualClock) -> None:
    notices = replace(PLAIN, webhook=Webhook("http://127.0.0.1:1/", "s" * 32))
    with postgresql() as server:
        settings = Settings(database_url=url_of(server), secret_key=SECRET, notices=notices)
        with closing(build_engine(settings, clock)) as engine:
            office = Office(engine, clock)
            for _ in range(3):
                office.accept("FOOD")
            failed_messages(office, 0)
            clock.advance(days=30)
            set_aside(office)
            timers, messages = engine.timers.set_aside(), engine.deliveries.undelivered()
            assert (len(timers), len(messages)) == (3, 3)
            assert all(row["step"] and row["department"] == "market" for row in timers)
            first = timers[0]
            assert engine.timers.set_aside(2, (first["due_at"], first["case_id"], first["timer_id"])) == timers[1:]
            after = [messages[0][name] or "" for name in ("next_try_at", "key", "channel", "recipient")]
            assert engine.deliveries.undelivered(2, after) == messages[1:]
            key = messages[0]["key"]
            assert engine.deliveries.kinds([key]) == {(key, ""): {"case_accepted": 1}}
            assert engine.timers.retry_all() == 3


def test_in_english_no_chinese_is_left_but_names(sending: Office) -> None:
    overdue(sending)
    sending.accept("FOOD")
    sending.submit("B13")
    sending.engine.flags.put_up("lost", "state.lost", sending.clock())
    sending.clock.advance(days=30)
    set_aside(sending)
    for name in (MAIL, WEBHOOK, APPRISE):
        refuse(sending, name, PLAIN.tries, Refusing())
    said = " ".join(texts(site(sending, "en").get(PAGE).text))
    said = said.replace(sending.engine.records.names(["super1"])["super1"], "")
    assert "Send again" in said
    assert "Try again" in said
    assert CHINESE.findall(said) == []


def test_every_notice_that_leaves_the_application_has_words_here() -> None:
    assert {*WORDED} - {*NOTICES} == set()


def test_every_page_of_supervision_leads_to_the_others_and_marks_itself(office: Office) -> None:
    supervisor = Visitor(site_of(office.engine), "super1")
    paths = ("/admin/", "/admin/cases", "/admin/statistics", PAGE, "/admin/processes/")
    for path in paths:
        html = supervisor.get(path).text
        chips = re.search(r'<nav class="chips".*?</nav>', html, re.DOTALL)
        assert chips, path
        assert set(paths) <= set(re.findall(r'href="([^"]+)"', chips[0])), path
        assert re.findall(r'href="([^"]+)" aria-current="page"', chips[0]) == [path]
