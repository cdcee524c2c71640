"""Timers in working time: limits of working days, office hours and cycles of them, by the national calendar."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import load_calendar
from engine.calendar.timers import timer_calendar
from engine.diagram.schedule import ZONE
from engine.errors import BinglianError, DiagramError
from engine.runtime.standalone import Bus, DiagramRejected, Run
from engine.settings import default_processes
from tests.scenarios.drawing import (
    boundary,
    call,
    catch,
    definitions,
    drawing,
    end,
    event_gateway,
    event_sub,
    flows,
    message,
    parallel,
    process,
    script,
    start,
    throw,
    timer,
    users,
)
from tests.scenarios.runs import Begin, Play

CALENDAR = timer_calendar(load_calendar(default_processes() / "calendars"))
FRIDAY = datetime(2026, 2, 13, 10, tzinfo=ZONE)
"""The last Friday before the Spring Festival: Saturday is a working day, the nine days after it are days off."""
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZONE)


def at(instant: datetime) -> dict[str, Any]:
    """The keywords of a run that begins at an instant and knows the calendar."""
    return {"clock": lambda: instant, "calendar": CALENDAR}


def waits(**definition: str) -> bytes:
    """A catch event ``c`` with a timer."""
    return drawing(start(), catch("c", timer(**definition)), end(), flows("s > c > e"))


def fires(play: Play, begun: datetime, *instants: str) -> None:
    """The timer fires at exactly these local times, one after the other, and then never again."""
    now = begun
    for text in instants:
        due = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        assert play.run.next_timer() == due
        before = len(play.done)
        play.run.advance(due - now - timedelta(seconds=1))
        assert len(play.done) == before
        play.run.advance(timedelta(seconds=1))
        now = due
        assert len(play.done) > before
    assert play.run.next_timer() is None


@pytest.mark.parametrize(
    ("begun", "duration", "due"),
    [
        (FRIDAY, "workdays(5)", "2026-02-27T17:30"),
        (FRIDAY, "workdays(1)", "2026-02-14T17:30"),
        (FRIDAY, "workdays(0)", "2026-02-13T17:30"),
        (FRIDAY, "workdays(0.5)", "2026-02-13T15:00"),
        (FRIDAY, "workdays(1.5)", "2026-02-24T14:00"),
        (FRIDAY, "office(PT4H)", "2026-02-13T15:30"),
        (FRIDAY, "office(PT14H)", "2026-02-24T10:00"),
        (FRIDAY, "P5D", "2026-02-18T10:00"),
        (FRIDAY, "PT4H", "2026-02-13T14:00"),
    ],
)
def test_working_time_leaves_out_holidays_nights_and_lunch_and_iso_does_not(
    begin: Begin, begun: datetime, duration: str, due: str
) -> None:
    play = begin(waits(duration=duration), **at(begun))
    fires(play, begun, due)
    play.ended("s c e")


@pytest.mark.parametrize("definition", ["date", "duration", "cycle"])
def test_an_expression_may_give_working_time_to_any_timer(begin: Begin, definition: str) -> None:
    play = begin(waits(**{definition: '"workdays(" + str(n) + ")"'}), data={"n": 5}, **at(FRIDAY))
    fires(play, FRIDAY, "2026-02-27T17:30")
    play.ended("s c e")


def test_a_reminder_in_working_time_and_a_deadline_in_days_on_one_activity(begin: Begin) -> None:
    drawn = drawing(
        start(), users("a"), boundary("reminder", "a", timer(cycle="R/workdays(1)"), interrupting=False),
        boundary("deadline", "a", timer(duration="P2D")), end(), flows("s > a > e; reminder > e; deadline > e"),
    )  # fmt: skip
    play = begin(drawn, **at(MONDAY))
    fires(play, MONDAY, "2026-03-03T17:30", "2026-03-04T09:00")
    play.ended("s reminder e deadline e")


def counted(cycle: str) -> bytes:
    """A task ``a`` beside which ``n`` counts the firings."""
    return drawing(
        start(), users("a"), script("b", "n = n + 1"), boundary("x", "a", timer(cycle=cycle), interrupting=False),
        end(), flows("s > a > e; x > b > e"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cycle", "instants"),
    [
        ("R3/workdays(2)", ("2026-02-24T17:30", "2026-02-26T17:30", "2026-02-28T17:30")),
        ("R3/workdays(0.5)", ("2026-02-13T15:00", "2026-02-14T10:00", "2026-02-14T15:00")),
        ("R2/office(PT4H)", ("2026-02-13T15:30", "2026-02-14T11:00")),
        ("R2/2026-02-14T09:00/workdays(1)", ("2026-02-14T09:00", "2026-02-24T17:30")),
        ("R0/workdays(1)", ("2026-02-14T17:30",)),
    ],
)
def test_each_firing_of_a_cycle_begins_the_next_period(begin: Begin, cycle: str, instants: tuple[str, ...]) -> None:
    play = begin(counted(cycle), data={"n": 0}, **at(FRIDAY))
    fires(play, FRIDAY, *instants)
    assert (play.data["n"], play.open) == (len(instants), ["a"])


def test_an_endless_cycle_reminds_every_working_day_until_its_activity_completes(begin: Begin) -> None:
    play = begin(counted("R/workdays(1)"), data={"n": 0}, **at(FRIDAY))
    play.advance(days=18)
    assert play.data["n"] == 7, "14, 24, 25, 26, 27 and 28 February, 2 March"
    play.do("a")
    play.advance(days=30)
    play.ended(data={"n": 7})


def test_many_firings_in_one_advance_are_those_of_one_after_another(begin: Begin) -> None:
    once, often = (begin(counted("R9/office(PT90M)"), data={"n": 0}, **at(MONDAY)) for _ in range(2))
    once.advance(days=1)
    for _ in range(24 * 4):
        often.advance(minutes=15)
    assert once.data == often.data
    assert once.run.next_timer() == often.run.next_timer()


def test_a_timer_begun_by_another_one_counts_from_that_one(begin: Begin) -> None:
    play = begin(
        drawing(start(), catch("t1", timer(duration="P1D")), catch("t2", timer(duration="office(PT2H)")),
                catch("t3", timer(duration="workdays(1)")), end(), flows("s > t1 > t2 > t3 > e")),
        **at(MONDAY),
    )  # fmt: skip
    fires(play, MONDAY, "2026-03-03T09:00", "2026-03-03T11:00", "2026-03-04T17:30")
    play.ended("s t1 t2 t3 e")


def test_it_races_other_events_and_starts_event_sub_processes_and_processes(begin: Begin) -> None:
    drawn = drawing(
        start("s", timer(duration="office(PT1H)")), event_gateway("g"), catch("m", message("m")),
        catch("t", timer(duration="workdays(3)")), end(), flows("s > g > m > e; g > t > e"),
        event_sub("h", start("s2", timer(cycle="R2/workdays(1)"), interrupting=False), end("e2"), flows("s2 > e2")),
    )  # fmt: skip
    late, told = begin(drawn, **at(MONDAY)), begin(drawn, **at(MONDAY))
    late.advance(hours=1)
    assert late.waiting == ["m", "s2", "t"]
    late.advance(days=10)
    late.ended("s g s2 e2 h s2 e2 h t e")
    told.advance(hours=1)
    told.message("m")
    told.ended("s g m e")


PIECES = ["workdays", "office", "(", ")", "PT4H", "P1D", "3", "0.5", "R3/", "R/", "n", "+", '"', " ", "（", "-", ","]
SOME = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
TEXTS = SOME | SOME.map("workdays({})".format) | SOME.map("R2/office({})".format) | SOME.map('"workdays(" + {}'.format)


@given(TEXTS, st.sampled_from(["date", "duration", "cycle"]))
def test_whatever_a_timer_says_it_is_refused_in_words_or_armed_and_kept(text: str, form: str) -> None:
    files = {"p.bpmn": waits(**{form: text})}
    try:
        run = Run(files, data={"n": "3)"}, **at(FRIDAY))
    except BinglianError as error:
        assert error.message_zh
        assert error.message_en
        return
    due = run.next_timer()
    assert due is not None
    assert Run.restore(run.dump(), files, **at(FRIDAY)).next_timer() == due
    run.advance(max(due - FRIDAY, timedelta(0)))
    assert run.finished


def test_a_wrong_text_is_refused_before_anything_runs(begin: Begin) -> None:
    with pytest.raises(DiagramRejected) as caught:
        begin(waits(duration="workdays(two)"), **at(MONDAY))
    (finding,) = caught.value.findings
    assert (finding.element, finding.rule) == ("c", "timer")
    assert "workdays(3)" in finding.message_zh
    assert "workdays(3)" in finding.hint


def test_an_expression_that_gives_a_wrong_text_is_an_error_and_changes_nothing(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), catch("c", timer(duration="wait")), end(), flows("s > a > c > e")), **at(MONDAY)
    )
    for wrong in ("workdays(-1)", "office(P1D)", "workday(3)", "R3/workdays(0)"):
        with play.refused(DiagramError, "c: the time"):
            play.do("a", wait=wrong)
    play.do("a", wait="workdays(1)")
    play.advance(days=2)
    play.ended("s a c e")


DEEP = definitions(
    process(start(), users("a"), call("k", "called"), end(), flows("s > a > k > e")),
    process(start("s1"), users("b"), boundary("x", "b", timer(duration="workdays(1)")), end("e1"), end("e2"),
            flows("s1 > b > e1; x > e2"), identity="called", executable=False),
)  # fmt: skip


def test_without_a_calendar_the_error_names_the_element_and_changes_nothing(begin: Begin) -> None:
    play = begin(DEEP, clock=lambda: MONDAY)
    with play.refused(DiagramError, "k > x: a timer in working days or office time needs a calendar"):
        play.do("a")
    assert play.open == ["a"]


def test_with_the_calendar_that_comes_with_the_package(begin: Begin) -> None:
    play = begin(DEEP, clock=lambda: FRIDAY, calendar=timer_calendar())
    play.do("a")
    assert play.open == ["b"]
    fires(play, FRIDAY, "2026-02-14T17:30")
    play.ended("s a s1 x e2 k e")


def test_a_year_outside_the_calendar_is_an_error_that_names_the_element(begin: Begin) -> None:
    late = datetime(2299, 12, 30, 9, tzinfo=ZONE)
    play = begin(DEEP, **at(late))
    with play.refused(DiagramError, "k > x"):
        play.do("a")


def test_a_diagram_without_such_timers_asks_no_calendar(begin: Begin) -> None:
    def ask(*_: object) -> Any:
        raise AssertionError("asked")

    play = begin(waits(duration="PT1H"), clock=lambda: MONDAY, calendar=ask)
    play.advance(hours=1)
    play.ended("s c e")


def test_the_calendar_is_asked_once_for_each_timer_that_begins_and_not_after_saving() -> None:
    asked = []

    def ask(begun: datetime, time: Any) -> tuple[datetime, bool]:
        asked.append((begun, str(time.amount), time.unit))
        return CALENDAR(begun, time)

    drawn = {"p.bpmn": drawing(
        start(), parallel("f"), users("a"), boundary("x", "a", timer(cycle="R/workdays(2)"), interrupting=False),
        catch("c", timer(duration="office(PT1H)")), end(), flows("s > f > a > e; f > c > e; x > e"),
    )}  # fmt: skip
    again = partial(Run.restore, sources=drawn, calendar=ask)
    run = again(again(Run(drawn, clock=lambda: MONDAY, calendar=ask).dump()).dump())
    first = [(MONDAY, "2", "working_days"), (MONDAY, "3600", "office_seconds")]
    assert asked == first
    run.advance(timedelta(days=2, hours=9))
    assert asked == [*first, (datetime(2026, 3, 4, 17, 30, tzinfo=ZONE), "2", "working_days")]


def test_a_message_that_begins_a_timer_in_another_run_asks_the_calendar_of_that_run() -> None:
    bus = Bus()
    waits_for = {"p.bpmn": drawing(
        start(), catch("g", message("go")), catch("c", timer(duration="workdays(1)")), end(), flows("s > g > c > e")
    )}  # fmt: skip
    sends = {"q.bpmn": drawing(start(), users("a"), throw("t", message("go")), end(), flows("s > a > t > e"))}
    other = Run(waits_for, bus=bus, clock=lambda: MONDAY, calendar=CALENDAR)
    sender = Run(sends, bus=bus, clock=lambda: MONDAY)
    sender.complete(sender.ready()[0].id)
    assert other.next_timer() == datetime(2026, 3, 3, 17, 30, tzinfo=ZONE)
