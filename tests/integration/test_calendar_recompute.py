"""A year's list arrives after cases have counted with it: their due dates move, once, with a reason, and replay."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from bench.offerings import Shape, write_offerings
from cli.calendar_recompute import Recomputed, recompute_all
from cli.main import main
from engine.calendar import install, read_list
from engine.calendar.watch import EVERY
from engine.case.handlers import APPLY
from engine.case.running import TASK
from engine.case.state import Timer
from engine.catalogue import load_catalogue
from engine.commands import SYSTEM, Actor, FireTimer, MoveCase, RecomputeDueDates, RecordCheck
from engine.engine import Engine
from engine.errors import AlreadyDone, BinglianError, NotPermitted, NotPossible
from engine.instants import from_text, to_text
from engine.journal import Json
from engine.settings import default_processes
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.integration.test_commitment import INSPECTOR, delivered
from tests.rounds import Rounds
from tests.slow_calendar import BEIJING, SlowCalendar, known_lists
from tests.web import site_of
from tests.year_lists import FORMS, LIST_2027, Days, as_csv, as_toml, forget_later_lists
from timers.sweep import Swept, sweep

DECEMBER = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
JANUARY = datetime(2027, 1, 20, 2, 0, tzinfo=UTC)
"""Monday 21 December 2026 and Wednesday 20 January 2027, 10:00 in Beijing."""
SIMPLE = "T"
ITEM = Shape(SIMPLE, blocks=0, loop=True)
"""An item of these tests; its first step, of three working days, is the market's."""


class Year:
    """Offices over one database and one folder of processes, one after another; every case verifies at the end."""

    def __init__(self, folder: Path, start: datetime, *codes: str) -> None:
        self.folder, self.clock, self.stack = folder, ManualClock(start), ExitStack()
        self.processes = folder / "processes"
        self.processes.mkdir()
        write_offerings(self.processes, [ITEM])
        for code in codes:
            shutil.copytree(default_processes() / code, self.processes / code)

    def open(self) -> Office:
        """An engine as a restarted service has it."""
        return self.stack.enter_context(opened_office(self.folder, self.clock, processes=self.processes))

    def load(self, days: Days, year: int = 2027, replace: bool = False) -> None:
        """The list of a year is imported."""
        file = self.folder / f"{year}.toml"
        file.write_text(as_toml(days, year), encoding="utf-8")
        done = install(self.processes / "calendars", "cn", read_list(file), replace)
        assert done.status == "written"

    def command(self, *arguments: str) -> Result:
        """The command line over the same database and folder."""
        settings = {
            "BINGLIAN_PROCESSES": str(self.processes), "BINGLIAN_SECRET_KEY": "a secret of the tests",
            "BINGLIAN_DATABASE_URL": f"sqlite:///{self.folder / 'binglian.db'}",
        }  # fmt: skip
        return CliRunner().invoke(main, ["calendar", *arguments], env=settings)


def needed(code: str) -> set[str]:
    """A bundle, its items, and whatever items make what those ask for."""
    catalogue, found, waiting = load_catalogue(default_processes()), set[str](), [code]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            for item in catalogue.offering(one).items:
                waiting += [item.code, *(m.produced_by for m in item.materials if m.produced_by)]
    return found


@pytest.fixture(autouse=True)
def _until_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_later_lists(monkeypatch)


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    """In January, with the item of these tests; the list is late."""
    opened = Year(tmp_path, JANUARY)
    with opened.stack:
        yield opened


@pytest.fixture
def bundle(tmp_path: Path) -> Iterator[Year]:
    """In December, with a bundle too."""
    opened = Year(tmp_path, DECEMBER, *needed("B02"))
    with opened.stack:
        yield opened


def test_a_provisional_due_date_moves_when_the_list_is_loaded_and_the_journal_says_which_days_moved_it(
    bundle: Year,
) -> None:
    office = bundle.open()
    case_id = office.accept("B02")
    before = office.case(case_id)
    assert before.statutory_due_at is not None
    assert before.statutory_provisional
    bundle.load(LIST_2027)
    office = bundle.open()
    report = recompute_all(office.engine)
    (told,) = report.cases
    case, entry = office.case(case_id), office.engine.read.case(case_id, SYSTEM).entries[-1]
    assert (entry.kind, entry.facts["calendar"]) == ("DueDatesRecomputed", office.engine.read.calendar.version)
    assert not case.statutory_provisional
    statutory = next(clock for clock in told["clocks"] if clock["clock"] == "statutory")
    assert (statutory["old"], statutory["new"]) == (before.statutory_due_at, case.statutory_due_at)
    # 45 working days from 21 December: six of their weekdays become holidays, two weekend days working days.
    assert local(office.engine, before.statutory_due_at) == "2027-02-23 17:30"
    assert local(office.engine, case.statutory_due_at) == "2027-03-01 17:30"
    names = {day["date"]: (day["was"], day["is"], day["name_zh"]) for day in statutory["days"]}
    assert names["2027-02-08"] == ("workday", "holiday", "春节")
    assert names["2027-02-14"] == ("weekend", "made_up_workday", "春节")
    assert len(names) == 8


def local(engine: Engine, text: str | None) -> str:
    assert text is not None
    return f"{engine.read.calendar.local(from_text(text)):%Y-%m-%d %H:%M}"


def test_every_running_clock_gets_the_date_it_would_have_had_with_the_list(bundle: Year) -> None:
    office = bundle.open()
    late = [office.accept(code) for code in ("B02", SIMPLE)]
    bundle.load(LIST_2027)
    office = bundle.open()
    early = [office.accept(code) for code in ("B02", SIMPLE)]
    recompute_all(office.engine)
    for one, other in zip(late, early, strict=True):
        assert dates(office, one) == dates(office, other)


def dates(office: Office, case_id: str) -> Json:
    """Every date of a case that is shown or fires."""
    case = office.case(case_id)
    return {
        "case": (case.promised_due_at, case.promised_provisional, case.statutory_due_at, case.statutory_provisional),
        "items": {i.code: (i.due_at, i.provisional, i.statutory_due_at, i.statutory_provisional)
                  for i in case.items.values()},
        "tasks": {t.id: (t.due_at, t.provisional) for t in case.open_tasks()},
        "timers": {t.id: t.due_at for t in case.timers.values()},
    }  # fmt: skip


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock of ``glance`` says, in the last place."""
    said = [100.0]
    monkeypatch.setattr("engine.calendar.watch.monotonic", lambda: said[-1])
    return said


def test_a_service_that_runs_counts_with_the_list_a_second_later(bundle: Year, seconds: list[float]) -> None:
    running, before = bundle.open(), bundle.open()
    early = running.case(running.accept("B02"))
    assert early.statutory_provisional
    bundle.load(LIST_2027)
    assert running.case(running.accept("B02")).statutory_provisional, "an act looks once in a second"
    seconds.append(seconds[-1] + EVERY)
    late = running.case(running.accept("B02"))
    assert (late.statutory_due_at, late.statutory_provisional) == ("2027-03-01T09:30:00.000000Z", False)
    site_of(before.engine).test_client().get("/healthz")
    assert before.engine.read.calendar.version == running.engine.read.calendar.version, "pages have it too"
    assert recompute_all(running.engine).cases, "what was counted before moves as ever"


def test_a_list_that_cannot_be_read_changes_nothing_until_it_is_mended(
    bundle: Year, seconds: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    running = bundle.open()
    calendar, path = running.engine.read.calendar, bundle.processes / "calendars" / "cn" / "2027.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("year = [", encoding="utf-8")
    case_id = running.accept("B02")
    assert running.engine.read.calendar is calendar
    assert "2027.toml" in caplog.text and running.case(case_id).statutory_provisional
    path.unlink()
    bundle.load(LIST_2027)
    seconds.append(seconds[-1] + EVERY)
    assert not running.case(running.accept("B02")).statutory_provisional


def test_recomputing_twice_changes_nothing_and_writes_nothing(year: Year) -> None:
    office = year.open()
    case_id = office.accept(SIMPLE)
    with pytest.raises(AlreadyDone):
        office.engine.execute(RecomputeDueDates(case_id), SYSTEM)
    year.load(LIST_2027)
    office = year.open()
    assert len(recompute_all(office.engine).cases) == 1
    entries = len(office.engine.read.case(case_id, SYSTEM).entries)
    assert recompute_all(office.engine) == Recomputed(office.engine.read.calendar.version, False, unchanged=1)
    assert len(office.engine.read.case(case_id, SYSTEM).entries) == entries


def test_a_dry_run_says_what_the_run_then_does_and_writes_nothing(year: Year) -> None:
    office = year.open()
    case_id = office.accept(SIMPLE)
    before = office.case(case_id).state_bytes()
    year.load(LIST_2027)
    office = year.open()
    tried = recompute_all(office.engine, dry_run=True)
    assert office.case(case_id).state_bytes() == before
    done = recompute_all(office.engine)
    assert tried.cases == done.cases
    assert (tried.dry_run, done.dry_run) == (True, False)


def test_a_date_that_stands_becomes_definite_and_its_case_is_reported_too(year: Year) -> None:
    year.clock.set(datetime(2026, 12, 29, 2, 0, tzinfo=UTC))
    office = year.open()
    case_id = office.accept(SIMPLE)
    step = next(task for task in office.case(case_id).open_tasks())
    year.load(LIST_2027)
    office = year.open()
    (told,) = recompute_all(office.engine).cases
    tasks = [clock for clock in told["clocks"] if clock["clock"] == TASK]
    assert [(clock["of"], clock["moved"], clock["provisional"], clock["days"]) for clock in tasks] == [
        (step.id, False, False, [])
    ]
    assert {clock["old"] for clock in tasks} == {clock["new"] for clock in tasks} == {step.due_at}


def test_the_deadline_moves_with_its_date_and_fires_once_then(year: Year) -> None:
    year.clock.set(datetime(2027, 2, 2, 2, 0, tzinfo=UTC))  # the list is late
    office = year.open()
    case_id = office.accept(SIMPLE)
    before = sorted(timer.due_at for timer in office.case(case_id).timers.values())
    year.load(LIST_2027)
    office = year.open()
    recompute_all(office.engine)
    dues = sorted(timer.due_at for timer in office.case(case_id).timers.values())
    assert dues == sorted(task.due_at or "" for task in office.case(case_id).open_tasks())
    assert dues > before
    year.clock.set(from_text(dues[-1]) + timedelta(seconds=1))
    assert sweep(office.engine) == Swept(fired=len(dues))
    assert sweep(office.engine) == Swept()


def test_a_deadline_that_moves_into_the_past_fires_at_the_next_sweep(year: Year) -> None:
    year.clock.set(datetime(2027, 1, 29, 2, 0, tzinfo=UTC))
    office = year.open()
    case_id = office.accept(SIMPLE)
    first = min(from_text(timer.due_at) for timer in office.case(case_id).timers.values())
    year.load({**LIST_2027, **dict.fromkeys((datetime(2027, 1, 31, tzinfo=UTC).date(),), (True, "春节"))})
    year.clock.set(first - timedelta(minutes=1))
    office = year.open()
    recompute_all(office.engine)
    moved = min(from_text(timer.due_at) for timer in office.case(case_id).timers.values())
    assert moved < year.clock() < first
    assert sweep(office.engine).fired == 1


def test_a_deadline_that_fired_is_not_armed_again_though_its_date_moves_on(year: Year) -> None:
    year.clock.set(datetime(2027, 2, 3, 2, 0, tzinfo=UTC))
    office = year.open()
    case_id = office.accept(SIMPLE)
    due = max(from_text(timer.due_at) for timer in office.case(case_id).timers.values())
    year.clock.set(due + timedelta(seconds=1))
    assert sweep(office.engine).fired == 1
    year.load(LIST_2027)
    office = year.open()
    recompute_all(office.engine)
    (task,) = office.case(case_id).open_tasks()
    assert (task.escalation, office.case(case_id).timers) == (1, {})
    assert from_text(task.due_at or "") > year.clock()
    year.clock.advance(days=60)
    assert sweep(office.engine) == Swept()
    told = [notice for notice in notices(office) if notice["template"] == "step_overdue"]
    assert len(told) == 1


def notices(office: Office) -> list[dict[str, Json]]:
    office.engine.outbox.deliver_in_app(office.clock())
    return office.engine.outbox.notices_for("market", frozenset({"section_head"}))


def test_somebody_about_to_fire_a_deadline_that_has_moved_fires_nothing_and_holds_nothing_up(year: Year) -> None:
    year.clock.set(datetime(2027, 2, 3, 2, 0, tzinfo=UTC))
    office = year.open()
    case_id = office.accept(SIMPLE)
    (timer,) = office.case(case_id).timers.values()
    year.clock.set(from_text(timer.due_at) + timedelta(seconds=1))
    (leased,) = office.engine.lease()
    year.load(LIST_2027)
    office = year.open()
    recompute_all(office.engine)
    with pytest.raises(NotPossible, match="not due yet"):
        office.engine.execute(FireTimer(case_id, leased.timer_id), SYSTEM)
    (moved,) = office.case(case_id).timers.values()
    assert office.engine.due() == from_text(moved.due_at)
    year.clock.set(from_text(moved.due_at) + timedelta(seconds=1))
    assert sweep(office.engine) == Swept(fired=1)


def test_a_corrected_list_moves_definite_dates_as_in_january_2020(year: Year) -> None:
    year.load(LIST_2027)
    year.clock.set(datetime(2027, 1, 25, 2, 0, tzinfo=UTC))
    office = year.open()
    case_id = office.accept(SIMPLE)
    assert not office.case(case_id).statutory_provisional
    longer = {**LIST_2027, **{datetime(2027, 2, 15, tzinfo=UTC).date() + timedelta(n): (False, "春节") for n in (0, 1)}}
    year.load(longer, replace=True)
    office = year.open()
    (told,) = recompute_all(office.engine).cases
    statutory = next(clock for clock in told["clocks"] if clock["clock"] == "statutory")
    assert (statutory["was_provisional"], statutory["provisional"], statutory["moved"]) == (False, False, True)
    assert statutory["days"] == []


def test_a_list_that_is_taken_back_makes_dates_provisional_again(year: Year) -> None:
    year.load(LIST_2027)
    office = year.open()
    case_id = office.accept(SIMPLE)
    (year.processes / "calendars" / "cn" / "2027.toml").unlink()
    office = year.open()
    recompute_all(office.engine)
    assert office.case(case_id).statutory_provisional


def test_decided_steps_and_ended_cases_keep_what_they_have(year: Year) -> None:
    office = year.open()
    closed, running = office.accept(SIMPLE), office.accept(SIMPLE)
    office.finish(closed)
    office.decide(running, min(office.open(running)))
    decided = {t.id: t for t in office.case(running).tasks.values() if t.closed_at}
    before = office.case(closed).state_bytes()
    year.load(LIST_2027)
    office = year.open()
    assert [case["case"] for case in recompute_all(office.engine).cases] == [running]
    assert office.case(closed).state_bytes() == before
    assert {t.id: t for t in office.case(running).tasks.values() if t.closed_at} == decided
    with pytest.raises(NotPossible, match="in progress"):
        office.engine.execute(RecomputeDueDates(closed), SYSTEM)


def test_an_application_is_deemed_accepted_on_the_morning_the_list_makes_it(year: Year) -> None:
    year.clock.set(datetime(2027, 2, 1, 10, tzinfo=BEIJING))
    office = year.open()
    case_id = office.submit(SIMPLE).case_id
    assert local(office.engine, office.case(case_id).timers["deemed"].due_at) == "2027-02-09 09:00"
    year.load(LIST_2027)
    office = year.open()
    assert [case["case"] for case in recompute_all(office.engine).cases] == [case_id]
    case = office.case(case_id)
    opening, due = local(office.engine, case.timers["deemed"].due_at), local(office.engine, case.terms["answer"].due_at)
    assert due > "2027-02-12"
    assert opening[:10] > due[:10]
    assert not case.terms["answer"].provisional
    year.clock.set(datetime(2027, 2, 9, 9, tzinfo=BEIJING))
    assert sweep(office.engine) == Swept()
    year.clock.set(datetime.fromisoformat(opening).replace(tzinfo=BEIJING))
    assert sweep(office.engine).fired == 1
    assert office.case(case_id).accepted_at == case.submitted_at


def test_a_case_that_was_moved_keeps_the_limits_its_clocks_were_started_with(year: Year) -> None:
    office = year.open()
    stayed, moved = office.accept(SIMPLE), office.accept(SIMPLE)
    (year.folder / "longer").mkdir()
    longer = write_offerings(year.folder / "longer", [replace(ITEM, limit="9")])
    shutil.copy(longer / SIMPLE / "item.toml", year.processes / SIMPLE / "item.toml")
    shutil.copy(longer / SIMPLE / "process.bpmn", year.processes / SIMPLE / "process.bpmn")
    office = year.open()
    office.engine.execute(MoveCase(moved, office.engine.deployments.current(SIMPLE).version, "新规定"), SYSTEM)
    year.load(LIST_2027)
    office = year.open()
    assert len(recompute_all(office.engine).cases) == 2
    assert dates(office, moved) == dates(office, stayed)
    assert not office.case(moved).promised_provisional


def test_only_an_administrator_or_the_system_recomputes(year: Year) -> None:
    office = year.open()
    case_id = office.accept(SIMPLE)
    year.load(LIST_2027)
    office = year.open()
    with pytest.raises(NotPermitted):
        office.engine.execute(RecomputeDueDates(case_id), CLERK)
    admin = Actor("super1", "supervision", frozenset({"admin"}))
    done = office.engine.execute(RecomputeDueDates(case_id, "once"), admin)
    assert office.engine.execute(RecomputeDueDates(case_id, "once"), admin) == done


def test_a_case_that_fails_is_reported_and_holds_nobody_up(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    office = year.open()
    broken, healthy = office.accept(SIMPLE), office.accept(SIMPLE)
    year.load(LIST_2027)
    office = year.open()
    execute = office.engine.execute

    def failing(command: RecomputeDueDates, actor: Actor) -> object:
        if command.case_id == broken:
            raise BinglianError("test.broken", "坏", "broken")
        return execute(command, actor)

    monkeypatch.setattr(office.engine, "execute", failing)
    report = recompute_all(office.engine)
    assert [case["case"] for case in report.cases] == [healthy]
    assert [failure["error"]["code"] for failure in report.failed] == ["test.broken"]


def test_a_second_check_is_counted_from_the_new_end_of_the_time_to_put_things_right(tmp_path: Path) -> None:
    year = Year(tmp_path, JANUARY, *needed("FIRECHK"))
    with year.stack:
        office = year.open()
        case_id = delivered(office)
        year.clock.set(datetime(2027, 1, 25, 2, 0, tzinfo=UTC))
        found = RecordCheck(case_id, "FIRECHK", "correctable", "缺一具灭火器", "检查记录 7 号")
        office.engine.execute(found, INSPECTOR)
        before = office.case(case_id).terms
        assert before["check.2"].starts == before["check.2.put_right"].due_at
        year.load(LIST_2027)
        recompute_all(office.engine)
        case = office.case(case_id)
        slow = SlowCalendar(known_lists() | {2027: {day: told[0] for day, told in LIST_2027.items()}})
        until, _ = slow.due(datetime(2027, 1, 25, 10, tzinfo=BEIJING), Decimal(10), "working_days")
        due, _ = slow.due(until, Decimal(5), "working_days")
        assert to_text(until) != before["check.2.put_right"].due_at
        assert case.terms["check.2.put_right"].due_at == case.terms["check.2"].starts == to_text(until)
        assert case.checks["2"].due_at == case.timers["check.2"].due_at == case.terms["check.2"].due_at == to_text(due)
        assert not recompute_all(office.engine).cases


def test_on_the_command_line_the_report_names_every_case_and_the_days(bundle: Year) -> None:
    office = bundle.open()
    number = office.case(office.accept("B02")).number
    file = bundle.folder / "list.csv"
    file.write_text(as_csv(LIST_2027), encoding="utf-8")
    done = bundle.command("import", str(file), "--into", str(bundle.processes))
    assert (done.exit_code, "已写入" in done.output) == (0, True)
    tried = bundle.command("recompute", "--dry-run")
    assert f"{number}\n" in tried.output
    assert "2027-02-23 17:30 → 2027-03-01 17:30" in tried.output
    assert "2027-02-08 节假日 holiday 春节" in tried.output
    assert "nothing was changed" in tried.output
    told = json.loads(bundle.command("recompute", "--json").output)
    assert [case["number"] for case in told["cases"]] == [number]
    assert "unchanged: 1" in bundle.command("recompute").output


@pytest.mark.parametrize("form", FORMS)
def test_the_list_may_come_in_any_form(bundle: Year, form: str) -> None:
    office = bundle.open()
    case_id = office.accept("B02")
    file = bundle.folder / f"given{form}"
    file.write_text(FORMS[form](LIST_2027), encoding="utf-8")
    assert bundle.command("import", str(file)).exit_code == 0
    assert bundle.command("recompute").exit_code == 0
    assert local(office.engine, office.case(case_id).statutory_due_at) == "2027-03-01 17:30"


def test_the_handler_is_known_to_replay() -> None:
    assert "DueDatesRecomputed" in APPLY


def test_a_winter_of_cases_whose_lists_come_late_ends_with_the_slow_models_dates(bundle: Year, rounds: Rounds) -> None:
    """Cases are accepted and decided day after day; the list of 2027 comes on a random day; every date is checked."""
    random = Random(20270101)
    office, lists = bundle.open(), known_lists()
    cases: list[str] = []
    days = rounds(test=8, long=60)
    arrival = random.randrange(1, days)
    for day in range(days):
        bundle.clock.advance(hours=random.randrange(1, 30))
        cases.append(office.accept(random.choice(["B02", SIMPLE])))
        act(office, random.choice(cases), random)
        sweep(office.engine)
        if day == arrival:
            bundle.load(LIST_2027)
            lists[2027] = {date: told[0] for date, told in LIST_2027.items()}
            office = bundle.open()
            recompute_all(office.engine)
        for case_id in cases:
            check(office, case_id, SlowCalendar(lists))


def act(office: Office, case_id: str, random: Random) -> None:
    steps = sorted(office.open(case_id))
    if steps:
        office.decide(case_id, random.choice(steps))


def check(office: Office, case_id: str, slow: SlowCalendar) -> None:
    case = office.case(case_id)
    for task in case.open_tasks():
        start = from_text(task.opened_at).astimezone(BEIJING)
        due, provisional = slow.due(start, Decimal(task.limit), task.unit)
        assert (from_text(task.due_at or ""), task.provisional) == (due, provisional), task
        assert all(timer.due_at == task.due_at for timer in case.timers.values() if timer.task == task.id)


def test_reminders_and_rungs_move_with_a_list_that_comes_late_and_the_journal_says_so(year: Year) -> None:
    shutil.copy(default_processes() / "policies.toml", year.processes / "policies.toml")
    year.clock.set(datetime(2027, 2, 3, 2, 0, tzinfo=UTC))
    office = year.open()
    late, fresh = office.accept(SIMPLE), ""
    (armed,) = office.case(late).timers.values()
    year.clock.set(from_text(armed.due_at))
    assert sweep(office.engine) == Swept(fired=1), "the reminder, on the morning before"
    fresh = office.accept(SIMPLE)
    old = {case_id: only_timer(office, case_id) for case_id in (late, fresh)}
    year.load(LIST_2027)
    office = year.open()
    assert len(recompute_all(office.engine).cases) == 2
    for case_id, before in old.items():
        after = only_timer(office, case_id)
        assert (after.id, after.due_at > before.due_at) == (before.id, True)
        entry = office.engine.read.case(case_id, SYSTEM).entries[-1]
        assert entry.facts["timers"] == {after.id: after.due_at}
    assert [only_timer(office, late).level, only_timer(office, fresh).level] == [2, 1]
    year.clock.set(from_text(only_timer(office, fresh).due_at))
    sweep(office.engine)
    year.clock.advance(days=60)
    sweep(office.engine)
    assert [one.level for one in office.case(late).escalations.values()] == [1, 2, 3, 4]


def only_timer(office: Office, case_id: str) -> Timer:
    (timer,) = office.case(case_id).timers.values()
    return timer
