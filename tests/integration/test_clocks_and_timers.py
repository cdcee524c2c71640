"""Due dates as instants; deadlines fired once, whoever sweeps and whenever."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from cli.main import main
from engine.bootstrap import build_engine
from engine.case.deployment import Get
from engine.commands import SYSTEM, Actor, DecideStep, FireTimer
from engine.errors import AlreadyDone, NotFound, NotPermitted, NotPossible
from engine.instants import from_text
from engine.store import Transaction
from engine.store.operations import JITTER, MAX_TRIES, DueTimer, longest_wait
from tests.builders import CLERK, Office, handler_of, opened_office
from tests.clock import ManualClock
from timers.scheduler import Alarm
from timers.sweep import Swept, sweep

BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def office(tmp_path: Path, clock: ManualClock, told_once: Path) -> Iterator[Office]:
    """Each step has one deadline; what policies make of it is told in tests/scenarios/policies."""
    with opened_office(tmp_path, clock, processes=told_once) as opened:
        yield opened


def local(text: str | None) -> str:
    assert text is not None
    return from_text(text).astimezone(BEIJING).isoformat(sep=" ", timespec="minutes")[:16]


def test_case_items_and_steps_have_their_own_due_instants(office: Office) -> None:
    case_id = office.accept("B02")  # Monday 2 March 2026, 09:00
    case = office.case(case_id)
    assert local(case.promised_due_at) == "2026-03-19 17:30", "the critical path: 13 working days"
    assert local(case.statutory_due_at) == "2026-05-08 17:30", "joint handling: 45 working days (行政许可法 42)"
    office.clock.advance(days=1)
    office.decide(case_id, "LIC_CHECK.review")
    food, tasks = office.case(case_id).items["FOOD"], office.open(case_id)
    assert local(food.due_at) == "2026-03-17 17:30", "10 working days from the opening of its first step"
    assert local(food.statutory_due_at) == "2026-03-24 17:30"
    assert local(tasks["FOOD.site"].due_at) == "2026-03-09 17:30"
    assert local(tasks["SIGN.review"].due_at) == "2026-03-05 14:00", "1 day, then half of 7 office hours"


def test_a_due_date_beyond_the_published_years_is_provisional(office: Office) -> None:
    office.clock.set(datetime(2026, 11, 20, 10, 0, tzinfo=BEIJING))
    case = office.case(office.accept("B02"))
    assert (case.promised_provisional, case.statutory_provisional) == (False, True)
    assert case.statutory_due_at is not None
    assert case.statutory_due_at > "2027"


def test_a_deadline_is_raised_once_and_its_section_head_is_told(office: Office) -> None:
    case_id = office.accept("B02")
    assert sweep(office.engine) == Swept()
    office.clock.advance(days=1)
    assert sweep(office.engine) == Swept(fired=1), "LIC_CHECK was due at the close of its first day"
    office.clock.advance(days=30)
    assert sweep(office.engine) == Swept(fired=1), "HEALTHCERT.site"
    assert sweep(office.engine) == Swept()
    late = {task.step: task.escalation for task in office.case(case_id).open_tasks()}
    assert late == {"LIC_CHECK.review": 1, "HEALTHCERT.site": 1}
    assert office.engine.outbox.deliver_in_app(office.clock()) == 3, "the acceptance and two deadlines"
    assert office.engine.outbox.deliver_in_app(office.clock()) == 0
    told = office.engine.outbox.notices_for("market", frozenset({"section_head"}))
    overdue = [notice for notice in told if notice["template"] == "step_overdue"]
    assert [notice["facts"]["step"] for notice in overdue] == ["LIC_CHECK.review"]


def test_a_decided_step_is_never_raised(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    office.decide(case_id, "HEALTHCERT.site")
    timers = office.case(case_id).timers
    assert {office.case(case_id).tasks[t.task].step for t in timers.values()} == set(office.open(case_id))
    office.clock.advance(days=365)
    office.finish(case_id)
    assert sweep(office.engine) == Swept()


def test_a_late_step_can_still_be_decided_and_a_second_firing_is_refused(office: Office) -> None:
    case_id = office.accept("B02")
    timer = next(iter(office.case(case_id).timers))
    office.clock.advance(days=30)
    with pytest.raises(NotPermitted):
        office.engine.execute(FireTimer(case_id, timer), CLERK)
    office.engine.execute(FireTimer(case_id, timer), SYSTEM)
    with pytest.raises(AlreadyDone):
        office.engine.execute(FireTimer(case_id, timer), SYSTEM)
    office.finish(case_id)


def test_two_sweeps_at_the_same_instant_fire_each_deadline_once(office: Office) -> None:
    cases = [office.accept("B02") for _ in range(10)]
    office.clock.advance(days=30)
    engines = [build_engine(office.engine.settings, office.clock) for _ in range(2)]
    barrier, swept = threading.Barrier(2), []

    def run(engine_number: int) -> None:
        barrier.wait()
        swept.append(sweep(engines[engine_number]))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.close()
    assert sum(s.fired for s in swept) == 20
    kinds = [e.kind for c in cases for e in office.engine.read.case(c, SYSTEM).entries]
    assert kinds.count("StepEscalated") == 20


def test_a_sweep_that_died_after_leasing_delays_its_deadlines_and_loses_none(office: Office) -> None:
    office.accept("B02")
    office.clock.advance(days=30)
    assert len(office.engine.timers.lease(office.clock(), 10)) == 2  # and then the process is killed
    assert sweep(office.engine) == Swept()
    office.clock.advance(seconds=office.engine.settings.lease_seconds + 1)
    assert sweep(office.engine) == Swept(fired=2)


def test_a_clock_set_back_neither_fires_again_nor_writes_older_entries(office: Office) -> None:
    case_id = office.accept("B02")
    office.clock.advance(days=30)
    sweep(office.engine)
    office.clock.advance(days=-40)
    assert sweep(office.engine) == Swept()
    office.decide(case_id, "LIC_CHECK.review")
    instants = [entry.instant for entry in office.engine.read.case(case_id, SYSTEM).entries]
    assert instants == sorted(instants)


@pytest.mark.parametrize("error", [NotPossible("test.poison", "坏", "poisoned"), KeyError("broken state")], ids=repr)
def test_a_poisoned_timer_is_set_aside_and_holds_nobody_up(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    # One case with a broken state once ended the sweep, and five such sweeps set healthy deadlines aside.
    poisoned, healthy = office.accept("B02"), office.accept("B13")
    office.clock.advance(days=30)
    change = office.engine._change

    def failing(transaction: Transaction, get: Get, command: FireTimer, *rest: Any) -> object:
        if command.case_id == poisoned:
            raise error
        return change(transaction, get, command, *rest)

    monkeypatch.setattr(office.engine, "_change", failing)
    assert sweep(office.engine).fired == len(office.case(healthy).open_tasks())
    pauses = []
    while (again := office.engine.due()) is not None:
        pauses.append((again - office.clock()).total_seconds())
        office.clock.set(again + timedelta(seconds=400))
        assert sweep(office.engine) == Swept(failed=2)
    for pause, longest in zip(pauses, (longest_wait(tries) for tries in range(1, MAX_TRIES)), strict=True):
        assert (1 - JITTER) * longest.total_seconds() <= pause <= longest.total_seconds(), "each pause is longer"
    aside = office.engine.timers.set_aside()
    assert {(row["case_id"], row["number"], row["tries"]) for row in aside} == {
        (poisoned, office.case(poisoned).number, MAX_TRIES)
    }
    assert aside[0]["problem"] in {"test.poison", "KeyError"}
    assert sweep(office.engine) == Swept(), "nobody tries it any more"
    monkeypatch.undo()
    office.engine.timers.retry(poisoned, aside[0]["timer_id"])
    assert sweep(office.engine) == Swept(fired=1), "an admin does, after the cause was mended"
    assert office.engine.timers.set_aside() == aside[1:]


def test_an_operator_lists_what_was_set_aside_and_has_it_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = office.accept("B02")
    office.clock.advance(days=30)
    for due in office.engine.lease():
        for tries in range(MAX_TRIES):
            office.engine.timers.fail(replace(due, tries=tries), "test.poison", office.clock())
    monkeypatch.setenv("BINGLIAN_DATABASE_URL", office.engine.settings.database_url)

    def told(*arguments: str) -> tuple[int, str]:
        ran = CliRunner().invoke(main, ["timers", *arguments])
        return ran.exit_code, ran.stdout

    code, text = told("--set-aside", "--json")
    rows = json.loads(text)["set_aside"]
    assert code == 1
    assert [row["case_id"] for row in rows] == [case_id, case_id]
    assert told("--retry", case_id, rows[0]["timer_id"]) == (0, "")
    assert sweep(office.engine) == Swept(fired=1)
    code, text = told("--set-aside")
    assert code == 1
    assert rows[1]["timer_id"] in text
    assert told("--retry", case_id, rows[1]["timer_id"], "--set-aside") == (0, "已搁置 set aside: 0\n")
    assert told("--retry", case_id, "no such timer")[0] == 2


def test_only_a_timer_that_was_set_aside_can_be_retried(office: Office) -> None:
    case_id = office.accept("B02")
    timer = next(iter(office.case(case_id).timers))
    office.clock.advance(days=30)
    office.engine.timers.lease(office.clock(), 10)
    with pytest.raises(NotFound, match="set aside"):
        office.engine.timers.retry(case_id, timer)
    assert sweep(office.engine) == Swept(), "the lease stands"


def test_timers_that_cannot_fire_together_fire_one_by_one_and_leave_no_trace_of_the_attempt(office: Office) -> None:
    cases = [office.accept("B13") for _ in range(3)]
    office.clock.advance(days=30)
    leased = office.engine.lease()
    decided, others = cases[1], [cases[0], cases[2]]
    for step in sorted(office.open(decided)):
        office.decide(decided, step)  # between the lease and the firing
    before = {case_id: office.case(case_id).revision for case_id in cases}
    first = {due.case_id: due for due in leased}
    with pytest.raises(AlreadyDone):
        office.engine.fire_together([first[case_id] for case_id in sorted(cases)])
    assert {case_id: office.case(case_id).revision for case_id in cases} == before
    office.engine.fire_together([first[case_id] for case_id in sorted(others)])
    assert [office.case(case_id).revision - before[case_id] for case_id in others] == [1, 1]
    office.clock.advance(minutes=2)
    swept = sweep(office.engine)
    assert (swept.fired, swept.failed) == (len(armed_before(leased, others)) - 2, 0)


def armed_before(leased: list[DueTimer], cases: list[str]) -> list[DueTimer]:
    return [due for due in leased if due.case_id in cases]


def test_when_a_whole_batch_fails_the_sweep_ends_and_the_next_one_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        office.accept("B02")
    office.clock.advance(days=30)
    lease = office.engine.lease
    monkeypatch.setattr(office.engine, "lease", lambda: lease(2))
    with monkeypatch.context() as broken:
        broken.setattr(office.engine, "_change", lambda *_: 1 // 0)
        assert sweep(office.engine) == Swept(failed=2)
    assert sweep(office.engine) == Swept(fired=4)
    office.clock.advance(minutes=1)
    assert sweep(office.engine) == Swept(fired=2)


def test_being_killed_again_and_again_before_firing_sets_no_deadline_aside(office: Office) -> None:
    office.accept("B02")
    office.clock.advance(days=30)
    for _ in range(MAX_TRIES + 1):
        assert len(office.engine.timers.lease(office.clock(), 10)) == 2
        office.clock.advance(seconds=office.engine.settings.lease_seconds + 1)
    assert sweep(office.engine) == Swept(fired=2)


def test_a_lease_goes_with_its_timer_and_keeps_no_alarm_ringing(office: Office) -> None:
    case_id = office.accept("B02")
    office.clock.advance(days=30)
    office.engine.timers.lease(office.clock(), 10)
    office.finish(case_id)
    assert office.engine.timers.next_due() is None


def test_leases_given_before_the_clock_was_set_back_do_not_hold_deadlines_up(office: Office) -> None:
    office.accept("B02")
    office.clock.advance(days=90)
    office.engine.timers.lease(office.clock(), 10)
    office.clock.advance(days=-60)
    assert sweep(office.engine) == Swept(fired=2)


def test_a_timer_is_not_fired_before_its_time(office: Office) -> None:
    case_id = office.accept("B02")
    with pytest.raises(NotPossible, match="not due yet"):
        office.engine.execute(FireTimer(case_id, next(iter(office.case(case_id).timers))), SYSTEM)


def test_the_alarm_fires_what_is_due_at_start_and_what_another_process_writes_later(office: Office) -> None:
    office.accept("B02")
    office.clock.advance(days=30)
    alarm = Alarm(office.engine)
    alarm.start()
    try:
        assert office.engine.timers.next_due() is None, "start-up swept what was due"
        other = build_engine(office.engine.settings, office.clock)
        late = Office(other, office.clock).accept("B13")
        due = other.timers.next_due()
        assert due is not None
        office.clock.set(due + timedelta(seconds=1))
        alarm.look()
        fired = [t.step for t in office.case(late).open_tasks() if t.escalation]
        other.close()
    finally:
        alarm.stop()
    assert fired == ["VACCERT.review"]


def test_an_overdue_list_begins_with_the_latest(office: Office, clock: ManualClock) -> None:
    for _ in range(3):
        office.accept("B02")
        clock.advance(days=1)
    clock.advance(days=10)
    first = office.engine.read.overdue(limit=4)
    rest = office.engine.read.overdue(first.after, limit=4)
    rows = [*first.rows, *rest.rows]
    assert len(rows) == 6
    assert rest.after is None
    assert [row["due_at"] for row in rows] == sorted(row["due_at"] for row in rows)
    assert office.engine.read.overdue_counts() == (6, 6)


def test_a_person_sees_counts_of_what_is_overdue_and_due_today(office: Office, clock: ManualClock) -> None:
    office.accept("B02")
    checker = Actor("m", "market", frozenset({"checker"}))
    assert vars(office.engine.read.inbox_counts(checker)) == {"all": 1, "overdue": 0, "today": 1}
    assert len(office.engine.read.inbox(checker, "today").rows) == 1
    clock.advance(days=1)
    office.accept("B02")
    assert vars(office.engine.read.inbox_counts(checker)) == {"all": 2, "overdue": 1, "today": 1}
    assert len(office.engine.read.inbox(checker, "overdue").rows) == 1
    task = office.engine.read.inbox(checker).rows[0]
    person = handler_of(office.case(task["case_id"]).tasks[task["task_id"]], "me")
    office.engine.execute(DecideStep(task["case_id"], task["task_id"], "agree"), person)
    assert [row["task_id"] for row in office.engine.read.done(person)] == [task["task_id"]]
