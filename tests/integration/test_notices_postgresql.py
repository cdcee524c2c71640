"""Notices outside the application, sent by two workers over PostgreSQL at the same instant."""

from dataclasses import replace
from pathlib import Path

from engine.bootstrap import build_engine
from engine.settings import Mail, Settings, Webhook
from engine.store.deliveries import MAIL, WEBHOOK
from engine.store.records import Account
from tests.builders import SECRET, Office
from tests.clock import ManualClock
from tests.postgresql import postgresql, url_of
from tests.receivers import PLAIN, mail_server, overdue, send, send_at_once, web_server


def test_two_workers_send_each_notice_and_each_digest_once(clock: ManualClock, told_once: Path) -> None:
    with postgresql() as server, web_server() as hook, mail_server() as box:
        mail = Mail("127.0.0.1", box.port, "none", "notices@example.org")
        notices = replace(PLAIN, webhook=Webhook(hook.url, "s" * 32), mail=mail)
        settings = Settings(database_url=url_of(server), secret_key=SECRET, notices=notices, processes=told_once)
        engines = [build_engine(settings, clock) for _ in range(2)]
        tell_many(Office(engines[0], clock))
        hook.answers = [503, 503]
        send_at_once(engines, WEBHOOK)
        send_at_once(engines, MAIL)
        assert len(hook.keys) == len({*hook.keys}) == 24
        assert [(to, subject) for to, subject, _ in box.read()] == [("market@example.org", "[并联] 8 条通知")]
        assert [row["problem"] for row in engines[0].deliveries.undelivered()] == ["webhook HTTP 503"] * 2
        clock.advance(minutes=1)
        assert send(engines[1], WEBHOOK) == 2
        assert engines[0].deliveries.undelivered() == []
        for engine in engines:
            engine.close()


def tell_many(office: Office) -> None:
    """Eight cases, each accepted, and two deadlines of each past; the windows are over."""
    head = Account("market_head", "某人", "market", frozenset({"section_head"}), email="market@example.org")
    office.engine.records.save_account(head, "")
    for _ in range(7):
        office.accept("B02")
    overdue(office)
    office.clock.advance(minutes=15)
