"""Figures over cases made by hand: what is late, where its time went, what stood still."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Suspension, WorkCalendar, load_calendar
from engine.case.state import DONE, OPEN, SKIPPED
from engine.instants import to_text
from engine.settings import default_processes
from engine.statistics.chain import BETWEEN, OTHER_ITEM, OWN, by_day, chain_of, stretches
from engine.statistics.lateness import lateness_of
from engine.statistics.numbers import Share, WorkTime
from engine.statistics.plans import Plans, StepPlan
from engine.statistics.reading import accepted_between, case_of
from engine.statistics.records import CaseRecord, Pause, StepRecord, as_of

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""09:00 in Beijing, as the offices open."""
NOW = MONDAY + timedelta(days=60)
PLAN = StepPlan(
    order=("X.a", "X.b", "Y.a", "Y.b", "deliver"),
    before={"X.b": ("X.a",), "Y.a": ("X.b",), "Y.b": ("Y.a",), "deliver": ("Y.b",)},
    after={
        "X.a": frozenset({"X.b", "Y.a", "Y.b", "deliver"}), "X.b": frozenset({"Y.a", "Y.b", "deliver"}),
        "Y.a": frozenset({"Y.b", "deliver"}), "Y.b": frozenset({"deliver"}), "deliver": frozenset(),
    },
    limits={step: Fraction(2) for step in ("X.a", "X.b", "Y.a", "Y.b")} | {"deliver": Fraction(0)},
    names={"X.a": ("甲", "first")},
    items={"X.a": "X", "X.b": "X", "Y.a": "Y", "Y.b": "Y", "deliver": ""},
)  # fmt: skip


class OnePlan(Plans):
    """The same plan for every case."""

    def __init__(self, plan: StepPlan = PLAN) -> None:
        self.plan = plan

    def of(self, case: CaseRecord) -> StepPlan:
        """That plan."""
        return self.plan

    def department(self, code: str) -> tuple[str, str]:
        """Its code is its name."""
        return code, code


@cache
def calendar() -> WorkCalendar:
    """The calendar of the product."""
    return load_calendar(default_processes() / "calendars", "cn")


TIME = WorkTime(calendar())


def day(number: float) -> datetime:
    """An instant so many days after the first Monday."""
    return MONDAY + timedelta(days=number)


def step(name: str, opened: float, closed: float | None, due: float | None = None, status: str = DONE) -> StepRecord:
    """A step of the item before the point in its name; its department has the item's name too."""
    item = name.partition(".")[0] if "." in name else ""
    act = "deliver" if name == "deliver" else "review"
    return StepRecord(
        name, item, act, item.lower() or "window", OPEN if closed is None else status, day(opened),
        None if due is None else day(due), None if closed is None else day(closed),
    )  # fmt: skip


def case(
    steps: Sequence[StepRecord], closed: float | None = None, due: float | None = 10, **more: object
) -> CaseRecord:
    """A case accepted on the first Monday."""
    values: dict[str, object] = {
        "id": "c", "number": "1", "offering": "Z", "version": "v", "submitted": MONDAY, "accepted": MONDAY,
        "promised_due": None if due is None else day(due), "closed": None if closed is None else day(closed),
        "items": ("X", "Y"), "steps": tuple(steps), **more,
    }  # fmt: skip
    return CaseRecord(**values)  # type: ignore[arg-type]


SLOW = case(
    [
        step("X.a", 0, 1, 2), step("X.b", 1, 4, 3), step("Y.a", 4, 9, 6), step("Y.b", 9, 10, 11),
        step("deliver", 10, 11), step("Q.z", 0, 2),
    ],
    11, due=8,
)  # fmt: skip
"""Late: the item Y ended last and had waited four days for X; Q ran beside."""


def test_a_percentage_has_one_decimal_half_up_with_its_numbers() -> None:
    assert str(Share(475, 859)) == "475/859 = 55.3 %"
    assert str(Share(67, 475)) == "67/475 = 14.1 %"
    assert Share(1, 2000).as_dict() == {"number": 1, "total": 2000, "percent": 0.1}, "0.05 goes up"
    assert Share(0, 0).as_dict() == {"number": 0, "total": 0, "percent": None}
    assert str(Share(0, 0)) == "0/0"


def test_the_chain_goes_back_from_what_ended_last_and_names_the_wait_for_another_item() -> None:
    assert [task.step for task in chain_of(SLOW, PLAN, NOW)] == ["X.a", "X.b", "Y.a", "Y.b", "deliver"]
    found = stretches(SLOW, PLAN, NOW, TIME)
    assert [one.cause for one in found] == [OTHER_ITEM, OTHER_ITEM, OWN, OWN, OWN]
    assert [TIME.days(one.time) for one in found] == [1, 3, 3, 1, 1], "a weekend is in the third"
    assert [TIME.days(one.over) for one in found] == [0, 1, 2, 0, 0], "past its own due date"


def test_a_step_opened_again_follows_what_sent_it_back() -> None:
    back = case([step("X.a", 0, 1), step("Y.b", 1, 2), step("X.a", 2, 4), step("X.b", 4, 7)], 7)
    assert [task.step for task in chain_of(back, PLAN, NOW)] == ["X.a", "Y.b", "X.a", "X.b"]


def test_what_no_step_explains_is_between_steps() -> None:
    gap = case([step("X.a", 0, 1), step("X.b", 2, 3)], 4)
    assert [one.cause for one in stretches(gap, PLAN, NOW, TIME)] == [OWN, BETWEEN, OWN, BETWEEN]
    nothing = case([], 1)
    assert [one.cause for one in stretches(nothing, PLAN, NOW, TIME)] == [BETWEEN]


def test_days_that_stand_still_belong_to_who_stopped_the_clock_half_open() -> None:
    hearing = Pause("Y", False, Suspension(date(2026, 3, 9), date(2026, 3, 10)))
    asked = Pause("", True, Suspension(date(2026, 3, 3), date(2026, 3, 4)))
    found = stretches(replace(SLOW, pauses=(hearing, asked)), PLAN, NOW, TIME)
    lines = [(line.day.day, line.stretch.cause, line.share) for line in by_day(found, TIME)]
    assert lines == [
        (2, "other_item", 1), (3, "applicant", 1), (4, "other_item", 1), (5, "other_item", 1), (6, "own", 1),
        (9, "suspended", 1), (10, "own", 1), (11, "own", 1), (12, "own", 1),
    ]  # fmt: skip
    assert TIME.between(MONDAY, day(11), SLOW.all_pauses()) == 9 * TIME.per_day
    assert TIME.between(MONDAY, day(11), replace(SLOW, pauses=(hearing, asked)).all_pauses()) == 7 * TIME.per_day


def test_before_the_acceptance_the_applicants_time_is_apart_from_the_windows() -> None:
    early = replace(SLOW, submitted=day(-6), corrections=((day(-5), day(-3)),))
    found = stretches(early, PLAN, NOW, TIME)
    assert [(one.cause, TIME.days(one.time)) for one in found[:3]] == [("window", 1), ("applicant", 2), ("window", 2)]
    assert not any(one.counted for one in found[:3])


@given(
    lengths=st.lists(st.integers(0, 96), min_size=4, max_size=4),
    gaps=st.lists(st.sampled_from([0, 0, 5]), min_size=4, max_size=4),
    pauses=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6), st.booleans(), st.sampled_from(["", "X", "Y"]))),
    running=st.booleans(),
)
def test_every_instant_is_in_one_stretch_and_the_days_add_up(
    lengths: list[int], gaps: list[int], pauses: list[tuple[int, int, bool, str]], running: bool
) -> None:
    steps, at = [], 0.0
    for name, hours, gap in zip(PLAN.order, lengths, gaps, strict=False):
        steps.append(step(name, at + gap / 24, at + (gap + hours) / 24))
        at += (gap + hours) / 24
    if running:
        steps[-1] = replace(steps[-1], closed=None, status=OPEN)
    first = date(2026, 3, 2)
    stopped = [
        Pause(item, asked, Suspension(first + timedelta(start), first + timedelta(start + length)))
        for start, length, asked, item in pauses
    ]
    some = case(steps, None if running else at, pauses=tuple(stopped))
    found = stretches(some, PLAN, NOW, TIME)
    end = some.closed or NOW
    edges = [MONDAY, *(one.end for one in found)]
    assert [one.start for one in found] == edges[:-1]
    assert edges[-1] == end
    assert sum(one.time for one in found) == TIME.between(MONDAY, end)
    assert sum(line.share for line in by_day(found, TIME)) == pytest.approx(
        TIME.days(TIME.between(MONDAY, end)), abs=0.01
    )


def test_what_is_late_is_counted_by_step_and_department_finished_and_open_apart() -> None:
    running = case([step("X.a", 0, 1, 2), step("X.b", 1, None, 3), step("Y.a", 1, 1, 0, SKIPPED)], due=20, number="2")
    found = lateness_of([SLOW, running], OnePlan(), day(4), TIME)
    steps = {group.code: group for group in found.steps}
    assert (steps["X.a"].name_zh, str(steps["X.a"].finished.share)) == ("甲", "0/2 = 0.0 %")
    assert str(steps["X.b"].finished.share) == "1/1 = 100.0 %"
    assert (str(steps["X.b"].open.share), steps["X.b"].open.mean_over) == ("1/1 = 100.0 %", 1)
    assert str(steps["Y.a"].finished.share) == "1/1 = 100.0 %", "what was skipped does not count"
    assert found.steps[0].code == "X.b", "most late ones first"
    departments = {group.code: group for group in found.departments}
    assert str(departments["x"].finished.share) == "1/3 = 33.3 %"
    assert (str(found.finished.share), str(found.open.share)) == ("1/1 = 100.0 %", "0/1 = 0.0 %")
    assert found.finished.mean_over == found.finished.p90_over == 2, "ready two working days after the eighth"
    assert [late.case.number for late in found.late_cases] == ["1"]
    assert {cause: days for cause, days in found.causes.items() if days} == {"own": 5, "other_item": 4}
    assert [(one.code, one.days, one.over_days, one.cases) for one in found.blame] == [
        ("y", 4, 2, 1), ("x", 4, 1, 1), ("window", 1, 0, 0),
    ]  # fmt: skip


def test_what_stands_still_is_not_late_and_what_is_ready_is_judged_by_that() -> None:
    stopped = case([step("X.a", 0, None)], due=None)
    in_time = case([step("X.a", 0, 5, 5), step("deliver", 5, None)], due=8)
    found = lateness_of([stopped, in_time], OnePlan(), NOW, TIME)
    assert found.late_cases == ()
    assert (str(found.open.share), str(found.finished.share)) == ("0/1 = 0.0 %", "0/1 = 0.0 %")
    assert in_time.late(NOW) is False
    assert stopped.late(NOW) is None


def test_a_period_takes_both_its_days() -> None:
    cases = [replace(SLOW, number=str(n), accepted=day(n)) for n in range(4)]
    wanted = accepted_between(cases, calendar(), date(2026, 3, 3), date(2026, 3, 4))
    assert [one.number for one in wanted] == ["1", "2"]
    assert accepted_between(cases, calendar(), None, None) == cases


def test_an_earlier_moment_knows_nothing_of_what_came_later() -> None:
    hearing = Pause("Y", False, Suspension(date(2026, 3, 9), date(2026, 3, 10)))
    later = replace(SLOW, pauses=(hearing,), ended={"Q": day(8)})
    then = as_of(later, day(7.1), calendar())
    assert then is not None
    assert (then.closed, then.ready, then.ended) == (None, None, {})
    assert [task.step for task in then.open_steps] == ["Y.a"]
    assert then.pauses[0].days.ends is None
    assert as_of(later, day(-1), calendar()) is None
    assert as_of(later, day(12), calendar()) is later
    assert as_of(later, day(6), calendar()).pauses == ()  # type: ignore[union-attr]


def entry(kind: str, at: float) -> tuple[str, str]:
    return kind, to_text(day(at))


def test_a_stored_case_is_read_with_or_without_suspensions() -> None:
    state = {
        "id": "c", "number": "7", "offering": "Z", "version": "v", "submitted_at": to_text(day(-6)),
        "accepted_at": to_text(MONDAY), "items": {"X": {"code": "X", "status": "refused", "ended_at": to_text(day(3))}},
    }  # fmt: skip
    row = {
        "step": "X.a", "item": "X", "act": "review", "department": "x", "status": DONE,
        "opened_at": to_text(MONDAY), "due_at": None, "closed_at": to_text(day(3)),
    }  # fmt: skip
    supplied = ("MaterialsSupplied", "MaterialsSupplied", "ApplicationAccepted", "MaterialsSupplied")
    kinds = ("ApplicationSubmitted", "CorrectionRequested", *supplied)
    entries = [entry(kind, at) for at, kind in enumerate(kinds, start=-6)]
    read = case_of(state, [row], entries, calendar())
    assert (read.pauses, read.ended, read.items) == ((), {"X": day(3)}, ("X",))
    assert read.corrections == ((day(-5), day(-3)),), "what was supplied in pieces is one correction"
    assert read.steps[0].closed == day(3)
    stop = {"item": "", "procedure": "correction", "started_at": to_text(day(1))}
    stopped = case_of({**state, "suspensions": {"1": stop}}, [row], [], calendar())
    assert stopped.pauses == (Pause("", True, Suspension(date(2026, 3, 3))),)
    twice = [entry("CorrectionRequested", 1), entry("MaterialsSupplied", 2), entry("CorrectionRequested", 3)]
    assert case_of(state, [], twice, calendar()).corrections == ((day(1), day(2)), (day(3), None))
