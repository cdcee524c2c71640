"""Notices outside the application: each arrives, once when all is well, under the same key when it is sent again."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cli.main import main
from engine.bootstrap import build_engine
from engine.instants import from_text
from engine.settings import Webhook
from engine.store.deliveries import WEBHOOK, Message, longest_pause
from engine.store.operations import JITTER
from engine.store.tables import delivery
from tests.builders import Office, opened_office, settings_for
from tests.clock import ManualClock
from tests.forked import errors_of, forked
from tests.receivers import PLAIN, PUBLIC, Hook, overdue, send, send_at_once, send_from_elsewhere, web_server
from timers.channels import channels_of
from timers.channels_webhook import signature
from timers.delivery import Couriers
from timers.sweep import deliver

SECRET = "a secret of thirty-two characters or more"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as running:
        yield running


@pytest.fixture
def hooked(tmp_path: Path, clock: ManualClock, hook: Hook, told_once: Path) -> Iterator[Office]:
    """An office whose notices are posted to ``hook``."""
    notices = replace(PLAIN, webhook=Webhook(hook.url, SECRET))
    with opened_office(tmp_path, clock, notices=notices, processes=told_once) as opened:
        yield opened


@dataclass
class Keeper:
    """A channel that keeps what it is given, after it did what the test wants."""

    act: Callable[[Message], None] = lambda message: None
    given: list[Message] = field(default_factory=list)

    def send(self, message: Message, now: datetime) -> None:
        self.given.append(message)
        self.act(message)


def test_every_notice_is_posted_once_signed_and_without_personal_data(hooked: Office, hook: Hook) -> None:
    case_id = overdue(hooked)
    assert send(hooked.engine) == 3, "the acceptance, for the applicant, and two deadlines"
    assert send(hooked.engine) == 0
    assert hook.keys[0] == f"{case_id}-2-1-webhook"
    assert len({*hook.keys}) == 3
    for headers, body in hook.posted:
        assert headers["X-Binglian-Signature"] == signature(SECRET, headers["X-Binglian-Timestamp"], body)
        assert headers["X-Binglian-Signature"] != signature("another", headers["X-Binglian-Timestamp"], body)
    accepted, *late = (json.loads(body) for _, body in hook.posted)
    assert (accepted["audience"], accepted["link"]) == ("applicant", f"{PUBLIC}/track")
    told = next(one for one in late if one["facts"]["step"] == "LIC_CHECK.review")
    number = hooked.case(case_id).number
    assert (told["template"], told["audience"], told["department"]) == ("step_overdue", "staff", "market")
    assert (told["title"], told["number"]) == ("超期提醒", number)
    assert told["link"] == f"{PUBLIC}/inbox/{case_id}/{told['task']}"
    assert "2026-03-02 17:30" in told["text"]
    personal = {text for text in hooked.engine.records.applicant(case_id).values() if len(text) > 3}
    assert personal
    assert not [text for text in personal for _, body in hook.posted if text in body.decode()]


@pytest.mark.parametrize("status", [500, 404, 302, 307])
def test_what_is_not_taken_is_posted_again_under_the_same_key_after_growing_pauses(
    hooked: Office, hook: Hook, status: int
) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    hook.answers = [status] * 3
    for tries in (1, 2, 3):
        assert send(hooked.engine) == 1
        (row,) = hooked.engine.deliveries.undelivered()
        assert (row["tries"], row["problem"]) == (tries, f"webhook HTTP {status}")
        pause = from_text(row["next_try_at"]) - hooked.clock()
        assert (1 - JITTER) * longest_pause(tries) <= pause <= longest_pause(tries)
        assert send(hooked.engine) == 0, "not before the pause is over"
        hooked.clock.advance(seconds=pause.total_seconds())
    assert send(hooked.engine) == 1
    assert hooked.engine.deliveries.undelivered() == []
    assert hook.keys == [hook.keys[0]] * 4
    assert len({body for _, body in hook.posted}) == 1


def test_pauses_have_a_cap() -> None:
    minutes = [longest_pause(tries).total_seconds() / 60 for tries in (1, 2, 3, 4, 5, 500)]
    assert minutes == [0.5, 2, 8, 32, 60, 60]


def test_a_message_that_fails_too_often_is_set_aside_and_tried_again_on_request(
    hooked: Office, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    hook.answers = [503] * PLAIN.tries
    for _ in range(PLAIN.tries):
        send(hooked.engine)
        hooked.clock.advance(hours=1)
    assert send(hooked.engine) == 0, "nobody tries it any more"
    monkeypatch.setenv("BINGLIAN_DATABASE_URL", hooked.engine.settings.database_url)
    code, text = timers("--undelivered", "--json")
    (row,) = json.loads(text)["undelivered"]
    assert code == 1
    assert (row["key"], row["tries"], row["next_try_at"], row["notices"]) == (hook.keys[0], PLAIN.tries, None, 1)
    assert timers("--redeliver", "no such key")[0] == 2
    assert timers("--redeliver", row["key"])[0] == 0
    assert send(hooked.engine) == 1
    assert {*hook.keys} == {row["key"]}
    assert timers("--undelivered") == (0, "未送达 undelivered: 0\n")
    assert timers("--redeliver", "all")[0] == 0


def timers(*arguments: str) -> tuple[int, str]:
    ran = CliRunner().invoke(main, ["timers", *arguments])
    return ran.exit_code, ran.stdout


def test_a_receiver_out_of_reach_is_a_failure_and_no_address_is_told(
    hooked: Office, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    nobody = Webhook("http://127.0.0.1:1/private", SECRET)
    settings = replace(hooked.engine.settings, notices=replace(PLAIN, webhook=nobody))
    other = build_engine(settings, hooked.clock)
    assert send(other) == 1
    other.close()
    assert "private" not in caplog.text
    assert [row["problem"] for row in hooked.engine.deliveries.undelivered()] == ["webhook ConnectionRefusedError"]


def test_killed_between_the_call_and_its_record_it_is_sent_again_under_the_same_key(
    hooked: Office, hook: Hook, tmp_path: Path
) -> None:
    # A process of its own, killed by the receiver while it waits for the answer.
    hooked.accept("B02")
    deliver(hooked.engine)
    notices = replace(PLAIN, webhook=Webhook(hook.url, SECRET))
    settings = replace(settings_for(tmp_path), database_url=hooked.engine.settings.database_url, notices=notices)
    process = forked(send_from_elsewhere, settings, said=tmp_path / "sender")
    hook.before_answering = lambda: os.kill(process.pid or 0, signal.SIGKILL)
    process.join(100)
    assert process.exitcode == -signal.SIGKILL, errors_of(tmp_path / "sender").read_text()
    hook.before_answering = lambda: None
    assert send(hooked.engine) == 0, "its lease stands"
    hooked.clock.advance(seconds=121)
    assert send(hooked.engine) == 1
    assert hook.keys == [hook.keys[0]] * 2
    hooked.clock.advance(days=1)
    assert send(hooked.engine) == 0


def test_being_killed_again_and_again_sets_nothing_aside(hooked: Office) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    for _ in range(PLAIN.tries + 2):
        assert hooked.engine.deliveries.lease(WEBHOOK, hooked.clock()) is not None
        hooked.clock.advance(seconds=121)
    assert send(hooked.engine) == 1


def test_two_workers_at_the_same_instant_send_each_message_once(hooked: Office, hook: Hook) -> None:
    for _ in range(10):
        hooked.accept("B02")
    deliver(hooked.engine)
    engines = [build_engine(hooked.engine.settings, hooked.clock) for _ in range(2)]
    send_at_once(engines)
    for engine in engines:
        engine.close()
    assert len(hook.keys) == len({*hook.keys}) == 10


def test_a_worker_whose_lease_is_over_changes_nothing_for_the_one_who_has_the_message_now(hooked: Office) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    deliveries = hooked.engine.deliveries
    slow = deliveries.lease(WEBHOOK, hooked.clock())
    hooked.clock.advance(seconds=121)
    quick = deliveries.lease(WEBHOOK, hooked.clock())
    assert slow is not None
    assert quick is not None
    assert deliveries.failed(slow, "too late", hooked.clock()) is False
    assert deliveries.undelivered() == []
    deliveries.delivered(quick, hooked.clock())
    assert deliveries.failed(quick, "after it arrived", hooked.clock()) is False
    assert deliveries.undelivered() == []


def test_nothing_is_sent_while_a_transaction_is_open(hooked: Office) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    held: list[int] = []

    def look(message: Message) -> None:
        held.append(hooked.engine.store.database.engine.pool.checkedout())  # type: ignore[attr-defined]
        other = Office(build_engine(hooked.engine.settings, hooked.clock), hooked.clock)
        other.submit("B13")  # another process writes meanwhile
        other.engine.close()

    assert send(hooked.engine, WEBHOOK, Keeper(look)) == 1
    assert held == [0]


def test_a_defect_in_a_channel_is_logged_and_the_message_kept(
    hooked: Office, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)

    def broken(message: Message) -> None:
        raise LookupError("a defect")

    assert send(hooked.engine, WEBHOOK, Keeper(broken)) == 1
    assert "a defect" in caplog.text
    assert [row["problem"] for row in hooked.engine.deliveries.undelivered()] == ["LookupError"]
    hooked.clock.advance(minutes=1)
    assert send(hooked.engine) == 1


def test_a_clock_set_back_holds_no_message_up(hooked: Office) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    hooked.engine.deliveries.lease(WEBHOOK, hooked.clock())
    hooked.clock.advance(days=-3)
    assert send(hooked.engine) == 1


def test_without_channels_nothing_is_kept_for_the_outside(office: Office) -> None:
    overdue(office)
    with office.engine.store.database.read() as connection:
        assert connection.execute(select(delivery)).all() == []
    assert channels_of(office.engine) == {}


def test_couriers_send_by_every_channel_and_end(hooked: Office, hook: Hook) -> None:
    hooked.accept("B02")
    deliver(hooked.engine)
    arrived = threading.Event()
    hook.before_answering = arrived.set
    couriers = Couriers(hooked.engine, channels_of(hooked.engine))
    couriers.start()
    assert arrived.wait(timeout=60)
    couriers.stop()
    assert len(hook.keys) == 1
