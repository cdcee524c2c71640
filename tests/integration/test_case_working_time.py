"""Cases with timer events in working days and office hours: on time, once, replayed without a calendar."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cli.calendar_recompute import recompute_all
from engine.bootstrap import build_auditor
from engine.calendar import WorkCalendar, install, read_list
from engine.case.state import CANCELLED, CLOSED
from engine.case.timekeeping.recompute import TIMER_EVENT
from engine.catalogue import load_catalogue
from engine.commands import SYSTEM, AcceptCase, FireTimer, MoveCase, RecomputeDueDates
from engine.errors import AlreadyDone, DiagramError, NotPossible
from engine.instants import from_text
from engine.journal import Json
from engine.settings import Settings
from engine.simulation import Assumptions, Durations, Request, simulate
from engine.simulation.distributions import Exact
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.integration.test_case_events import HANDLING, REMINDED, end, event, event_timer, flows, timer
from tests.integration.test_case_more_bpmn import redraw
from tests.slow_calendar import BEIJING
from tests.year_lists import LIST_2027, as_toml, forget_later_lists
from timers.sweep import Swept, sweep

FRIDAY = datetime(2026, 2, 13, 10, tzinfo=BEIJING)
"""The last Friday before the Spring Festival; the Saturday after it is a working day, the nine days then are not."""


def within(text: str) -> str:
    """The sign permit with a deadline on its handling."""
    return HANDLING.replace(timer("timeDuration", "P20D"), timer("timeDuration", text))


def reminded(text: str) -> str:
    """The sign permit with reminders beside its review."""
    return REMINDED.replace(timer("timeCycle", "R2/P1D"), timer("timeCycle", text))


class Drawn:
    """Offices over one database, one after another, with the sign permit drawn anew each time."""

    def __init__(self, folder: Path, live_cases: int) -> None:
        self.folder, self.live_cases = folder, live_cases
        self.clock, self.stack, self.count = ManualClock(FRIDAY), ExitStack(), 0

    def open(self, body: str, calendars: Callable[[Path], None] = lambda folder: None) -> Office:
        self.count += 1
        processes = redraw(self.folder / f"processes{self.count}", body).parents[1]
        calendars(processes / "calendars")
        manager = opened_office(self.folder, self.clock, processes=processes, live_cases=self.live_cases)
        return self.stack.enter_context(manager)


@pytest.fixture(params=[256, 0], ids=["kept", "dropped"])
def drawn(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Drawn]:
    """With cases kept in memory, and with each read back for every act; all verify at the end."""
    offices = Drawn(tmp_path, request.param)
    with offices.stack:
        yield offices


def due(office: Office, case_id: str) -> str:
    """When the one timer event of the case is due, local."""
    case = office.case(case_id)
    return local(case.timers[event_timer(case)].due_at)


def local(text: str) -> str:
    return from_text(text).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def asked(office: Office, case_id: str) -> list[list[str]]:
    """What each entry of the journal asked about timer events."""
    entries = office.engine.read.case(case_id, SYSTEM).entries
    return [[name for name, _ in entry.answers if name.startswith("timer:")] for entry in entries]


def fired(office: Office, case_id: str) -> int:
    kinds = [entry.kind for entry in office.engine.read.case(case_id, SYSTEM).entries]
    return kinds.count("TimerEventFired")


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("workdays(5)", "2026-02-27 17:30"),
        ("workdays(0.5)", "2026-02-13 15:00"),
        ("office(PT14H)", "2026-02-24 10:00"),
        ("PT14H", "2026-02-14 00:00"),
        ('"workdays(" + str(1 + 4) + ")"', "2026-02-27 17:30"),
    ],
)
def test_a_deadline_at_the_border_ends_the_handling_at_its_instant_and_not_before(
    drawn: Drawn, text: str, until: str
) -> None:
    office = drawn.open(within(text))
    case_id = office.accept("SIGN")
    assert due(office, case_id) == until
    name = event_timer(office.case(case_id))
    instant = from_text(office.case(case_id).timers[name].due_at)
    office.clock.set(instant - timedelta(seconds=1))
    sweep(office.engine)
    with pytest.raises(NotPossible):
        office.engine.execute(FireTimer(case_id, name), SYSTEM)
    office.clock.set(instant)
    sweep(office.engine)
    case = office.case(case_id)
    assert (case.status, case.outcome, fired(office, case_id)) == (CLOSED, "refused", 1)
    assert {task.status for task in case.tasks.values() if task.step == "SIGN.review"} == {CANCELLED}
    with pytest.raises(AlreadyDone):
        office.engine.execute(FireTimer(case_id, name), SYSTEM)


def test_it_goes_with_the_handling_that_ends_in_time(drawn: Drawn) -> None:
    office = drawn.open(within("workdays(5)"))
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review")
    office.clock.advance(days=10)
    office.decide(case_id, "SIGN.decide")
    assert not [name for name in office.case(case_id).timers if "@" in name]
    assert office.finish(case_id).outcome == "granted"
    assert sum(map(len, asked(office, case_id))) == 1


def test_reminders_beside_a_step_come_at_close_of_business_of_every_working_day(drawn: Drawn) -> None:
    office = drawn.open(reminded("R3/workdays(1)"))
    case_id = office.accept("SIGN")
    instants = []
    for _ in range(3):
        instants.append(due(office, case_id))
        office.clock.set(datetime.fromisoformat(instants[-1]).replace(tzinfo=BEIJING) + timedelta(hours=5))
        sweep(office.engine)
    assert instants == ["2026-02-14 17:30", "2026-02-24 17:30", "2026-02-25 17:30"], "a late sweep moves nothing"
    assert (sorted(office.open(case_id)), fired(office, case_id)) == (["SIGN.review"], 3)
    assert not [name for name in office.case(case_id).timers if "@" in name]
    assert [len(names) for names in asked(office, case_id) if names] == [1, 1, 1]
    assert office.finish(case_id).outcome == "granted"


def test_one_question_serves_all_timers_of_an_act_that_begin_alike(drawn: Drawn) -> None:
    remind = timer("timeCycle", "R2/workdays(1)")
    three = ("".join(event(f"r{n}", "handling", remind, interrupting=False) for n in "abc")
             + "".join(end(f"e{n}") for n in "abc") + flows("ra > ea; rb > eb; rc > ec"))  # fmt: skip
    office = drawn.open(within("workdays(5)") + three)
    case_id = office.accept("SIGN")
    office.clock.set(datetime(2026, 2, 14, 17, 30, tzinfo=BEIJING))
    sweep(office.engine)
    assert fired(office, case_id) == 3
    names = [[name.split(":")[1] for name in each] for each in asked(office, case_id)]
    assert names == [[], ["5", "1"], ["1"], ["1"], ["1"]]


def test_what_the_calendar_said_is_in_the_journal_and_a_replay_asks_no_calendar(
    drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = drawn.open(within("workdays(5)"))
    case_id = office.accept("SIGN")
    entry = next(e for e in office.engine.read.case(case_id, SYSTEM).entries if e.kind == "ApplicationAccepted")
    answers = dict(entry.answers)
    name = "timer:5:working_days:2026-02-13T02:00:00.000000Z"
    told = {"at": "2026-02-27T09:30:00.000000Z", "provisional": False, "calendar": office.engine.read.calendar.version}
    assert answers[name] == told

    def ask(*_: object) -> Json:
        raise AssertionError("a calendar was asked")

    monkeypatch.setattr(WorkCalendar, "lines_from", ask)
    auditor = build_auditor(office.engine)
    assert auditor.verify().differences == ()
    assert auditor.rebuild([case_id]).differences == ()
    assert due(office, case_id) == "2026-02-27 17:30"


def test_a_text_that_the_act_makes_wrong_refuses_the_act_and_names_the_event(drawn: Drawn) -> None:
    office = drawn.open(within('"workdays(" + str(-sign_width) + ")"'))
    case_id = office.submit("SIGN").case_id
    with pytest.raises(DiagramError, match="late: the time 'workdays\\(-100\\)': working days are written workdays"):
        office.engine.execute(AcceptCase(case_id), CLERK)
    assert office.case(case_id).status == "submitted"


@pytest.mark.parametrize("text", ["workdays(x)", "workday(3)", "office(P1D)", "R3/workdays(0)"])
def test_a_wrong_text_is_not_deployed(drawn: Drawn, text: str) -> None:
    with pytest.raises(DiagramError) as caught:
        drawn.open(within(text))
    assert re.search("workdays\\(|office\\(", caught.value.message_zh)
    assert re.search("workdays\\(|office\\(", caught.value.message_en)


def test_a_case_that_moves_counts_anew_and_a_trial_of_the_move_needs_no_calendar(drawn: Drawn) -> None:
    case_id = drawn.open(within("P20D")).accept("SIGN")
    drawn.clock.set(datetime(2026, 2, 14, 10, tzinfo=BEIJING))
    office = drawn.open(within("workdays(2)"))
    version = office.engine.deployments.current("SIGN").version
    assert build_auditor(office.engine).move_report(case_id, version).impossible == ()
    office.engine.execute(MoveCase(case_id, version, "新版本"), SYSTEM)
    assert due(office, case_id) == "2026-02-25 17:30"
    office.clock.set(datetime(2026, 2, 25, 17, 30, tzinfo=BEIJING))
    sweep(office.engine)
    assert office.case(case_id).status == CLOSED


# --- a list that comes late


@pytest.fixture
def late(drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """On the last working Wednesday of January 2027, whose list nobody has."""
    forget_later_lists(monkeypatch)
    drawn.clock.set(datetime(2027, 1, 27, 10, tzinfo=BEIJING))
    return drawn


def with_list(folder: Path) -> None:
    """The list of 2027 has been imported."""
    file = folder / "2027.toml.new"
    file.with_suffix("").write_text(as_toml(LIST_2027), encoding="utf-8")
    assert install(folder, "cn", read_list(file.with_suffix("")), replace=False).status == "written"


def told_of_events(cases: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return [clock for case in cases for clock in case["clocks"] if clock["clock"] == TIMER_EVENT]


@pytest.mark.parametrize(
    ("text", "before", "after", "days"),
    [
        ("workdays(3)", "2027-02-01 17:30", "2027-01-30 17:30", ["2027-01-30"]),
        ("office(PT21H)", "2027-02-01 10:00", "2027-01-30 10:00", ["2027-01-30"]),
    ],
)
def test_a_provisional_timer_event_moves_when_the_list_is_there_and_fires_then(
    late: Drawn, text: str, before: str, after: str, days: list[str]
) -> None:
    case_id = late.open(within(text)).accept("SIGN")
    office = late.open(within(text), with_list)
    assert due(office, case_id) == before
    tried = told_of_events(recompute_all(office.engine, dry_run=True).cases)
    (told,) = told_of_events(recompute_all(office.engine).cases)
    assert tried == [told]
    assert (local(told["old"]), local(told["new"]), told["moved"]) == (before, after, True)
    assert (told["was_provisional"], told["provisional"], told["element"]) == (True, False, "late")
    assert [day["date"] for day in told["days"]] == days
    assert told["name_zh"] == "定时事件 late"
    assert due(office, case_id) == after
    with pytest.raises(AlreadyDone):
        office.engine.execute(RecomputeDueDates(case_id), SYSTEM)
    office.clock.set(datetime.fromisoformat(after).replace(tzinfo=BEIJING))
    sweep(office.engine)
    assert office.case(case_id).status == CLOSED
    json.dumps(told)


def test_what_follows_a_recomputed_firing_counts_from_it(late: Drawn) -> None:
    body = reminded("R/workdays(3)")
    case_id = late.open(body).accept("SIGN")
    office = late.open(body, with_list)
    recompute_all(office.engine)
    assert due(office, case_id) == "2027-01-30 17:30"
    office.clock.set(datetime(2027, 1, 30, 17, 30, tzinfo=BEIJING))
    sweep(office.engine)
    assert due(office, case_id) == "2027-02-03 17:30"
    told = told_of_events(recompute_all(office.engine).cases)
    assert told == []
    assert fired(office, case_id) == 1


def test_an_instant_that_stands_becomes_definite_once(late: Drawn) -> None:
    body = within("workdays(1)")
    case_id = late.open(body).accept("SIGN")
    office = late.open(body, with_list)
    (told,) = told_of_events(recompute_all(office.engine).cases)
    assert (told["moved"], told["provisional"], told["days"]) == (False, False, [])
    assert told_of_events(recompute_all(office.engine).cases) == []
    assert due(office, case_id) == "2027-01-28 17:30"


def test_a_timer_event_that_moves_into_the_past_fires_at_the_next_sweep(late: Drawn) -> None:
    body = within("workdays(3)")
    case_id = late.open(body).accept("SIGN")
    late.clock.set(datetime(2027, 1, 31, 9, tzinfo=BEIJING))
    office = late.open(body, with_list)
    sweep(office.engine)
    assert office.case(case_id).status == "in_progress"
    recompute_all(office.engine)
    assert sweep(office.engine) != Swept()
    assert office.case(case_id).status == CLOSED


def test_timer_events_of_iso_durations_are_left_alone(late: Drawn) -> None:
    body = within("P20D")
    case_id = late.open(body).accept("SIGN")
    office = late.open(body, with_list)
    before = due(office, case_id)
    assert told_of_events(recompute_all(office.engine).cases) == []
    assert due(office, case_id) == before


# --- simulated


def test_a_simulation_asks_the_calendar_as_the_engine_does(tmp_path: Path) -> None:
    folder = redraw(tmp_path / "processes", within("workdays(2)")).parents[1]
    given = Assumptions(durations=Durations(default=Exact(3.0)))
    asked_for = Request(codes=("SIGN",), cases=4, seed=1, serial=False, more=0)
    settings = replace(Settings(), processes=folder)
    found = simulate(settings, load_catalogue(folder), asked_for, given)
    assert found.parallel.outcomes == {"refused": 4}, "three days of work do not fit into two"
    assert found.as_dict() == simulate(settings, load_catalogue(folder), asked_for, given).as_dict()
